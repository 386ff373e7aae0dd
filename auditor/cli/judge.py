"""`auditor judge`: a saved audit under other or newer rules."""

from __future__ import annotations

import click
import msgspec

from auditor.cli.answered import answered
from auditor.cli.ruled import by_rules, rulebook
from auditor.cli.saved import read
from auditor.cli.writing import put


@click.command
@click.argument("file", type=click.Path())
@by_rules
@click.option(
    "--answers",
    "answers_",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="Answers and waivers given since; of two answers to a question, the newer counts.",
)
@click.option("--output", type=click.Path(), help="Write the new report.json here.")
def judge(
    file: str, pack: str, folder: str | None, answers_: tuple[str, ...], output: str | None
) -> None:
    """Judge a saved audit (report.json) again, without another visit.

    Example: auditor judge auditor-report/report.json --pack school-default --output new.json
    """
    from auditor.audit import judged
    from auditor.host.this import this_machine
    from auditor.reports import load as form

    old, book = read(file), rulebook(pack, folder)
    said = answered(answers_, book, this_machine().now().date())
    evidence = msgspec.structs.replace(
        old.evidence,
        answers=old.evidence.answers + said.answers,
        waivers=old.evidence.waivers + said.waivers,
        nation=said.nation or old.evidence.nation,
    )
    again = judged(evidence, book, school=old.school or said.school, urn=old.urn, by=old.by)
    if output:
        put(output, form("json").render(again, "auditor"))
    else:
        click.echo(form("text").render(again, "auditor"), nl=False)
