"""`auditor judge`: a saved audit under other or newer rules."""

from __future__ import annotations

import click

from auditor.cli.saved import read
from auditor.cli.writing import put


@click.command
@click.argument("file", type=click.Path())
@click.option("--pack", default="school-default", show_default=True, help="The pack of rules.")
@click.option("--output", type=click.Path(), help="Write the new report.json here.")
def judge(file: str, pack: str, output: str | None) -> None:
    """Judge a saved audit (report.json) again, without another visit.

    Example: auditor judge auditor-report/report.json --pack school-default --output new.json
    """
    from auditor.audit import judged
    from auditor.reports import load as form
    from auditor.rulebook import load
    from auditor.shipped import shipped

    old = read(file)
    again = judged(
        old.evidence, load(shipped("rules"), pack), school=old.school, urn=old.urn, by=old.by
    )
    if output:
        put(output, form("json").render(again, "auditor"))
    else:
        click.echo(form("text").render(again, "auditor"), nl=False)
