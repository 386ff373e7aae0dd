"""`auditor rules diff`: what has changed between two folders of rules."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.rulebook import DEFAULT_PACK, load
from auditor.rulebook.diffing import changes
from auditor.shipped import shipped


@click.command
@click.argument("old", type=click.Path(exists=True, file_okay=False))
@click.argument("new", required=False, type=click.Path(exists=True, file_okay=False))
@click.option("--pack", default=DEFAULT_PACK, show_default=True, help="The pack of rules.")
def diff(old: str, new: str | None, pack: str) -> int:
    """Tell in words what has changed from OLD to NEW, or to the shipped rules.

    Leaves with code 1 when something has changed.

    \b
    Examples:
      auditor rules diff rules-of-last-year
      auditor rules diff rules-2025 rules-2026
    """
    before = load(Path(old).resolve(), pack)
    after = load(Path(new).resolve() if new else shipped("rules"), pack)
    found = list(changes(before, after))
    click.echo("\n".join(found) if found else "Nothing has changed.")
    return 1 if found else 0
