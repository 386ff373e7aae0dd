"""Where a command's result goes, and the options that commands with a page share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from auditor.cli.writing import put

if TYPE_CHECKING:
    from auditor.findings import Audit

LANGUAGES = ("en", "cy")
"""Said here as well, so that help needs no catalogue; a test holds both lists together."""

language_option = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language of the page: English or Welsh. Rules speak English.",
)

mask_option = click.option(
    "--mask",
    type=click.Choice(["auto", "paths", "none"]),
    default="auto",
    show_default=True,
    help="Hide what may be names in paths; auto hides them from --reader auditor, who takes the "
    "report away, and not from the school.",
)


def hidden(audit: Audit, mask: str, reader: str) -> Audit:
    """The audit as this reader may see it."""
    if mask == "none" or (mask == "auto" and reader == "school"):
        return audit
    from auditor.masking import masked

    return masked(audit)


def show(made: str, output: str | None) -> None:
    """Writes to the file, or to the terminal when none is named."""
    if output:
        put(output, made)
    else:
        click.echo(made, nl=False)
