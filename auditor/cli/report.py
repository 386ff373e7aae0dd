"""`auditor report`: a saved audit in another format."""

from __future__ import annotations

import click

from auditor.cli.saved import read
from auditor.cli.writing import put
from auditor.reports import REPORTS, Format, load


@click.command
@click.argument("file", type=click.Path())
@click.option(
    "--format", "form", type=click.Choice(sorted(REPORTS)), default="text", show_default=True
)
@click.option("--output", type=click.Path(), help="Write to this file instead of the terminal.")
@click.option(
    "--reader",
    type=click.Choice(["school", "auditor"]),
    default="school",
    show_default=True,
    help="Who reads it: plain English, or with the technical detail.",
)
def report(file: str, form: Format, output: str | None, reader: str) -> None:
    """Write a saved audit (report.json) in another format.

    Example: auditor report auditor-report/report.json --format csv --output findings.csv
    """
    made = load(form).render(read(file), reader)
    if output:
        put(output, made)
    else:
        click.echo(made, nl=False)
