"""`auditor rules check`: every word known, every source there, every example true."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from auditor.content.detect.checking import wrong
from auditor.content.detect.compiled import heading
from auditor.errors import RulebookError
from auditor.personal import Definitions
from auditor.rulebook import DEFAULT_PACK, load, personal_data, problems
from auditor.shipped import shipped
from auditor.words import count


@click.command
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False))
def check(folder: str | None) -> int:
    """Check a folder of rules: every word known, every source there, every example true.

    A folder without the pack school-default is checked together with the shipped rules, which it
    adds to.

    \b
    Examples:
      auditor rules check
      auditor rules check kent
    """
    rules, more = _tops(folder)
    found = [*problems(rules, more=more), *_data(rules, more)]
    for p in found:
        click.echo("\n".join(_told(p, rules, more)), err=True)
    if found:
        click.echo(f"{count(len(found), 'problem')} found.", err=True)
        return 2
    book = load(rules, more=more)
    click.echo(
        f"{count(len(book.every), 'rule')} with "
        f"{count(sum(len(r.examples) for r in book.every), 'example')} and "
        f"{count(sum(r.ask is not None for r in book.every), 'question')}, "
        f"{count(len(book.packs), 'pack')}, {count(len(book.sources), 'source')} and "
        f"{count(len(personal_data.load(rules, more=more).data), 'kind')} of personal data: "
        "all is well."
    )
    return 0


def _tops(folder: str | None) -> tuple[Traversable, Traversable | None]:
    if folder is None:
        return shipped("rules"), None
    top = Path(folder).resolve()
    whole = (top / "packs" / f"{DEFAULT_PACK}.yaml").is_file()
    return (top, None) if whole else (shipped("rules"), top)


def _data(rules: Traversable, more: Traversable | None) -> list[RulebookError]:
    try:
        found = personal_data.load(rules, more=more)
        return [*wrong(found), *_headings(found)]
    except RulebookError as e:
        return [e]


def _headings(found: Definitions) -> Iterator[RulebookError]:
    """Headings are compared in plain spelling, so that one written otherwise is never met."""
    for d in found.data:
        for h in d.headings:
            if heading(h) != h:
                yield RulebookError(
                    f"the heading '{h}' is never met",
                    where=f"rules/{personal_data.FOLDER}/{d.id}.yaml",
                    hint=f"write '{heading(h)}'",
                )


def _told(p: RulebookError, rules: Traversable, more: Traversable | None) -> Iterator[str]:
    """The problem as compilers tell theirs: place, words, the line with a mark, the right word."""
    yield f"{p.where}: {p.problem}"
    name, _, rest = p.where.partition(":")
    number, _, column = rest.partition(":")
    if number.isdigit():
        top = more if more is not None and name.split("/", 1)[0] == more.name else rules
        line = _line(top, name.split("/", 1)[-1], int(number))
        yield f"    {line}"
        if column.isdigit() and line.strip():
            yield f"    {' ' * (int(column) - 1)}^"
    if p.hint:
        yield f"    {p.hint}"


def _line(top: Traversable, name: str, number: int) -> str:
    try:
        lines = (top / name).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return lines[number - 1].expandtabs(1).rstrip() if 0 < number <= len(lines) else ""
