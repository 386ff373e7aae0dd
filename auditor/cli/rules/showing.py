"""`auditor rules list`, `show` and `catalogue`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import click

from auditor.cli.ruled import by_rules, rulebook
from auditor.errors import AuditorError
from auditor.rulebook import Rulebook, english, load
from auditor.rulebook.catalogue import STATUS, page, table
from auditor.rulebook.coverage import controls
from auditor.rulebook.coverage import table as table_of
from auditor.rulebook.reading import nearest
from auditor.rulebook.rules import Rule
from auditor.shipped import shipped


@click.command("list")
@by_rules
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "csv", "json"]),
    default="text",
    show_default=True,
    help="json has every word of every rule.",
)
def list_(pack: str, folder: str | None, form: str) -> None:
    """One line a rule.

    Example: auditor rules list --pack school-default --format csv
    """
    click.echo(table(rulebook(pack, folder), form))


@click.command
@by_rules
def catalogue(pack: str, folder: str | None) -> None:
    """Everything about every rule and source, as one Markdown page.

    Example: auditor rules catalogue > rules.md
    """
    click.echo(page(rulebook(pack, folder)), nl=False)


@click.command
def coverage() -> None:
    """From each control of the guidance to its rule, its evidence, and what remains open.

    Example: auditor rules coverage > coverage.md
    """
    rules = shipped("rules")
    click.echo(table_of(controls(rules), load(rules)))


@click.command
@click.argument("rule_id")
@by_rules
def show(rule_id: str, pack: str, folder: str | None) -> None:
    """Say in English what a rule asks, why, and what to do.

    Example: auditor rules show DRV-01
    """
    book = rulebook(pack, folder)
    here = {r.id: r for r in book.every} | {r.id: r for r in book.rules}
    found = here.get(rule_id.upper())
    if found is None and rule_id.upper() in book.retired:
        click.echo(f"{rule_id.upper()} is retired. {book.retired[rule_id.upper()]}")
        return
    if found is None:
        raise AuditorError(
            f"there is no rule '{rule_id}'", hint=nearest(rule_id.upper(), list(here))
        )
    out = found.id not in {r.id for r in book.rules}
    click.echo("\n".join(_described(found, book)))
    if out:
        click.echo(f"\nThe pack {book.pack.id} does not use it.")


def _described(r: Rule, book: Rulebook) -> Iterator[str]:
    yield from (f"{r.id}  {r.title}", "", *textwrap.wrap(r.why, 90), "")
    for line in english.checked(r):
        yield from textwrap.wrap(line, 90, initial_indent="  ", subsequent_indent="    ")
    yield ""
    yield from _labelled("severity", "; ".join(english.severities(r)))
    yield from _labelled("who", r.who)
    yield from _labelled("takes", r.takes)
    if len(r.nations) < 4:
        yield from _labelled("asked in", ", ".join(r.nations))
    yield ""
    for system, steps in r.remedy.items():
        yield "What to do:" if system == "any" else f"What to do on {system}:"
        for n, step in enumerate(steps, 1):
            yield from textwrap.wrap(
                f"{n}. {step}", 88, initial_indent="  ", subsequent_indent="     "
            )
        yield ""
    if r.done:
        yield from (*textwrap.wrap(f"Done: {r.done}", 90), "")
    yield "Because:"
    for b in r.because:
        s = book.sources[b.source]
        section = f", {b.section}" if b.section else ""
        yield (
            f"  {s.title}{section} ({s.publisher}; {s.basis.value}; "
            f"{STATUS[s.status]}, {s.read_on})"
        )
        yield f"    {s.url}"


def _labelled(word: str, text: str) -> list[str]:
    return textwrap.wrap(f"  {word:<10} {text}", 90, subsequent_indent=" " * 13)
