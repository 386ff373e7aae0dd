"""`auditor answer`: the questions that no machine can answer."""

from __future__ import annotations

import textwrap
from pathlib import Path

import click

from auditor.answering.sheet import Sheet, choices
from auditor.cli.ruled import by_rules, rulebook
from auditor.errors import AuditorError
from auditor.findings import Verdict
from auditor.host.this import this_machine
from auditor.rulebook.rules import NATIONS, Rule
from auditor.words import count


@click.command
@click.argument("file", default="auditor-answers.yaml", type=click.Path(dir_okay=False))
@click.option("--web", is_flag=True, help="Ask in the browser, on this machine only.")
@click.option("--form", is_flag=True, help="Write all questions into FILE, to be mailed round.")
@click.option("--all", "every", is_flag=True, help="Ask also what has been answered.")
@click.option("--by", default="", help="Your role, such as 'School business manager'.")
@click.option("--school", default="", help="The school's name.")
@click.option("--nation", type=click.Choice(NATIONS, case_sensitive=False), help="Where it is.")
@by_rules
@click.option("--no-open", is_flag=True, help="With --web: print the address, open no browser.")
def answer(
    file: str,
    web: bool,
    form: bool,
    every: bool,
    by: str,
    school: str,
    nation: str | None,
    pack: str,
    folder: str | None,
    no_open: bool,
) -> int:
    """Answer the questions that no machine can answer.

    One question at a time; each answer is kept in FILE at once, so stop when you like and go on
    another day. Then: auditor scan --answers FILE

    \b
    Examples:
      auditor answer
      auditor answer --web --by "School business manager"
      auditor answer --form questions.yaml
    """
    book = rulebook(pack, folder)
    sheet = Sheet(Path(file), book, this_machine().now().date())
    if school or nation:
        found = sheet.found
        sheet.about(school=school or found.school, urn=found.urn, nation=nation or found.nation)
    if form:
        sheet.keep()
        click.echo(f"{count(len(sheet.questions()), 'question')} written to {file}.")
        return 0
    if web:
        return _web(sheet, by, no_open=no_open)
    return _terminal(sheet, by, every=every)


def _web(sheet: Sheet, by: str, *, no_open: bool) -> int:
    from auditor.answering.web import Form

    form = Form(sheet, by)

    def ready(address: str) -> None:
        click.echo(f"Answer the questions here, on this machine only: {address}")
        click.echo("Press Ctrl-C to stop; every answer is already saved.")
        if not no_open:
            click.launch(address)

    try:
        form.run(ready)
    except KeyboardInterrupt:
        click.echo("")
    return _ended(sheet)


def _terminal(sheet: Sheet, by: str, *, every: bool) -> int:
    left = list(sheet.questions()) if every else sheet.open()
    if left:
        click.echo(f"{count(len(left), 'question')}. Enter leaves one open, ? says more, q stops.")
        try:
            by = by or click.prompt("Your role, such as School business manager", default="")
            for n, r in enumerate(left, 1):
                if not _asked(sheet, r, by, f"{n} of {len(left)}"):
                    break
        except (click.Abort, EOFError, KeyboardInterrupt):
            click.echo("")
    return _ended(sheet)


def _asked(sheet: Sheet, r: Rule, by: str, place: str) -> bool:
    """Asks until there is an answer or the person goes on; False when they stop."""
    if r.ask is None:
        return True
    before = sheet.answer(r)
    click.echo("\n" + "\n".join(textwrap.wrap(f"[{place}] {r.ask.question}", 90)))
    offered = choices(r)
    for n, choice in enumerate(offered, 1):
        click.echo(f"  {n}  {choice}")
    while True:
        said = click.prompt(
            "Answer", default=before.said if before else "", show_default=bool(before)
        ).strip()
        if said in {"", "q"} or (before and said == before.said):
            return said != "q"
        if said == "?":
            click.echo("\n".join(filter(None, (r.ask.look, r.why, r.done))))
            continue
        try:
            _taken(sheet, r, _numbered(said, offered), by)
        except AuditorError as e:
            click.echo(" ".join(filter(None, (f"{e.problem[:1].upper()}{e.problem[1:]}.", e.hint))))
            continue
        return True


def _numbered(said: str, offered: list[str]) -> str:
    """The answer that a number stands for; anything else as it is."""
    return offered[int(said) - 1] if said.isdigit() and 0 < int(said) <= len(offered) else said


def _taken(sheet: Sheet, r: Rule, said: str, by: str) -> None:
    if r.ask is None or not r.ask.understood(said):
        raise AuditorError(f"'{said}' does not answer it", hint="Type ? for more.")
    note = click.prompt("How do you know? Minutes, a folder, no names", default="")
    sheet.put(r.id, said, by=by, note=note)
    if sheet.verdict(r) is Verdict.FAIL:
        click.echo(f"What to do: {r.do}.")


def _ended(sheet: Sheet) -> int:
    total, left = len(sheet.questions()), len(sheet.open())
    click.echo(f"{total - left} of {count(total, 'question')} answered, kept in {sheet.file}.")
    click.echo(f"Then: auditor scan --answers {sheet.file}")
    return 0
