"""All rules of a rulebook on one page, as Markdown, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from auditor.rulebook import Rulebook, english, worst
from auditor.rulebook.rules import AREAS, Rule

STATUS = {
    "seen": "read on the publisher's page",
    "second-hand": "known from another's account",
    "unverified": "not verified",
}
_COLUMNS = ("id", "area", "title", "severity", "asks", "nations", "who", "takes", "sources")


def table(book: Rulebook, form: str) -> str:
    """One line a rule.

    Args:
        book: The rules.
        form: text, md, csv or json.
    """
    rows = [_row(r) for r in book.rules]
    if form == "json":
        return json.dumps([_full(r, book) for r in book.rules], indent=2, ensure_ascii=False)
    if form == "csv":
        out = io.StringIO()
        made = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
        made.writeheader()
        made.writerows(rows)
        return out.getvalue().rstrip("\n")
    if form == "md":
        lines = ["| rule | what should be so | worst |", "|---|---|---|"]
        return "\n".join(
            [*lines, *(f"| {r['id']} | {r['title']} | {r['severity']} |" for r in rows)]
        )
    return "\n".join(f"{r['id']}  {r['severity']:<8}  {r['area']:<10}  {r['title']}" for r in rows)


def _row(r: Rule) -> dict[str, str]:
    return {
        "id": r.id, "area": r.area, "title": r.title, "severity": worst(r).value,
        "asks": "yes" if r.ask else "no", "nations": ", ".join(r.nations), "who": r.who,
        "takes": r.takes, "sources": ", ".join(b.source for b in r.because),
    }  # fmt: skip


def _full(r: Rule, book: Rulebook) -> dict[str, Any]:
    return {
        **_row(r), "nations": list(r.nations), "asks": r.ask.question if r.ask else None,
        "checks": list(english.checked(r)), "severity": list(english.severities(r)), "why": r.why,
        "remedy": {k: list(v) for k, v in r.remedy.items()}, "done": r.done,
        "because": [
            {
                "source": b.source, "section": b.section, "title": book.sources[b.source].title,
                "url": book.sources[b.source].url, "basis": book.sources[b.source].basis.value,
                "status": book.sources[b.source].status,
                "read_on": book.sources[b.source].read_on.isoformat(),
            }
            for b in r.because
        ],
    }  # fmt: skip


def page(book: Rulebook) -> str:
    """Everything there is to know of each rule, and every source, as one Markdown page."""
    head = [
        f"# {book.pack.title}", "", f"For: {book.pack.meant_for}.", "",
        f"{len(book.rules)} rules and {len(book.sources)} sources.",
        f"Digest of the files: `{book.digest}`.",
    ]  # fmt: skip
    if book.pack.note:
        head += ["", book.pack.note]
    lines = [*head, *(f"- {c}" for c in book.changes)]
    for area in AREAS:
        found = [r for r in book.rules if r.area == area]
        if found:
            lines += ["", f"## {area.capitalize()}"]
        for r in found:
            lines += _rule(r, book)
    return "\n".join([*lines, *_thresholds(book), *_sources(book)]) + "\n"


def _rule(r: Rule, book: Rulebook) -> Iterator[str]:
    yield from ("", f"### {r.id} {r.title}", "", r.why, "")
    yield from (f"- {line}" for line in english.checked(r))
    yield f"- Severity: {'; '.join(english.severities(r))}."
    if len(r.nations) < 4:
        yield f"- Asked in {' and '.join(r.nations)}."
    for system, steps in r.remedy.items():
        on = "" if system == "any" else f" on {system}"
        yield from ("", f"**What to do{on}** ({r.who}; {r.takes})", "")
        yield from (f"{n}. {step}" for n, step in enumerate(steps, 1))
    if r.done:
        yield from ("", f"**Done:** {r.done}")
    yield from ("", "**Because:**")
    for b in r.because:
        s = book.sources[b.source]
        yield f"- [{s.title}]({s.url}){f', {b.section}' if b.section else ''} ({s.basis.value})"


def _thresholds(book: Rulebook) -> Iterator[str]:
    yield from ("", "## Thresholds", "")
    yield from (f"- {name}: {value}" for name, value in book.thresholds)


def _sources(book: Rulebook) -> Iterator[str]:
    yield from ("", "## Sources", "")
    for s in sorted(book.sources.values(), key=lambda s: (s.publisher, s.title)):
        dated = f", {s.dated}" if s.dated else ""
        note = f" {s.note}" if s.note else ""
        yield (
            f"- {s.publisher}: [{s.title}]({s.url}){dated}. {s.basis.value.capitalize()}; "
            f"{STATUS[s.status]}, {s.read_on}.{note}"
        )
