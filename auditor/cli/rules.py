"""`auditor rules`: list, show and check."""

from __future__ import annotations

import textwrap
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from auditor.content.detect.checking import wrong
from auditor.errors import AuditorError, RulebookError
from auditor.rulebook import DEFAULT_PACK, Rulebook, load, personal_data, problems
from auditor.rulebook.reading import nearest
from auditor.rulebook.rules import Rule
from auditor.shipped import shipped
from auditor.words import count


@click.group
def rules() -> None:
    r"""List, show and check the rules.

    \b
    Examples:
      auditor rules list
      auditor rules show REM-03
      auditor rules check my-rules/
    """


@rules.command("list")
@click.option("--pack", default=DEFAULT_PACK, show_default=True, help="The pack of rules.")
def list_(pack: str) -> None:
    """One line a rule.

    Example: auditor rules list --pack school-default
    """
    for r in load(shipped("rules"), pack).rules:
        worst = r.severity[0][0].value
        click.echo(f"{r.id}  {worst:<8}  {r.area:<10}  {r.title}")


@rules.command
@click.argument("rule_id")
def show(rule_id: str) -> None:
    """Say in English what a rule asks, why, and what to do.

    Example: auditor rules show DRV-01
    """
    book = load(shipped("rules"))
    found = next((r for r in book.rules if r.id == rule_id.upper()), None)
    if found is None:
        hint = nearest(rule_id.upper(), [r.id for r in book.rules])
        raise AuditorError(f"there is no rule '{rule_id}'", hint=hint)
    click.echo(_described(found, book))


def _described(r: Rule, book: Rulebook) -> str:
    lines = [f"{r.id}  {r.title}", "", *textwrap.wrap(r.why, 90), ""]
    for word, _ in r.severity:
        lines.append(f"  severity   {word.value}{' in some cases' if len(r.severity) > 1 else ''}")
    lines += [f"  who        {r.who}", f"  takes      {r.takes}", ""]
    for system, steps in r.remedy.items():
        lines.append("What to do:" if system == "any" else f"What to do on {system}:")
        for n, step in enumerate(steps, 1):
            lines += textwrap.wrap(
                f"{n}. {step}", 88, initial_indent="  ", subsequent_indent="     "
            )
        lines.append("")
    lines.append("Because:")
    for b in r.because:
        s = book.sources[b.source]
        section = f", {b.section}" if b.section else ""
        lines.append(
            f"  {s.title}{section} ({s.publisher}; {s.basis.value}; {s.status}, read {s.read_on})"
        )
        lines.append(f"    {s.url}")
    return "\n".join(lines)


@rules.command
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False))
def check(folder: str | None) -> int:
    """Check a folder of rules: every word known, every source there, every example true.

    Example: auditor rules check rules/
    """
    top: Traversable = Path(folder) if folder else shipped("rules")
    found: list[RulebookError] = [*problems(top), *_data(top)]
    for p in found:
        click.echo(f"{p.where}: {p.problem}" + (f" ({p.hint})" if p.hint else ""), err=True)
    if found:
        click.echo(f"{count(len(found), 'problem')} found.", err=True)
        return 2
    book = load(top)
    examples = sum(len(r.examples) for r in book.rules)
    click.echo(
        f"{count(len(book.rules), 'rule')} with {count(examples, 'example')}, "
        f"{count(len(book.sources), 'source')} and "
        f"{count(len(personal_data.load(top).data), 'kind')} of personal data: all is well."
    )
    return 0


def _data(top: Traversable) -> list[RulebookError]:
    try:
        return wrong(personal_data.load(top))
    except RulebookError as e:
        return [e]
