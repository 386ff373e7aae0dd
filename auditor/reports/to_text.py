"""The audit on a terminal: short, plain, the headline last, where the eye rests."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from auditor.evidence import Gap
from auditor.findings import Audit, Finding, Verdict
from auditor.reports.summary import TITLE, fixes, headline, spots, verdict
from auditor.reports.tame import tame
from auditor.words import count, listed, moment, number, size, spent

SUFFIX = ".txt"
WIDTH = 96
MOST = 12
"""Findings and gaps of a kind that a terminal shows; the other reports have all."""


def render(
    audit: Audit,
    reader: str = "school",
    language: str = "en",  # noqa: ARG001
    digest: str = "",  # noqa: ARG001
) -> str:
    """The report as lines of at most `WIDTH` columns where words allow."""
    audit = tame(audit)
    lines = [*_head(audit), *_fixes(audit), *_unknown(audit)]
    if reader == "auditor":
        lines += _all(audit)
    lines += [*_scan(audit), *_headline(audit)]
    return "\n".join(lines) + "\n"


def wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    """A text as lines of at most `WIDTH` columns where words allow."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _head(audit: Audit) -> Iterator[str]:
    machine = audit.evidence.machine
    who = f"{audit.school}: " if audit.school else ""
    yield f"{who}{machine.name}, {machine.os}, {moment(machine.taken)}"
    yield ""
    used = audit.rulebook
    if used.pack != "school-default":
        yield from wrap(" ".join([f"Rules: {used.title}.", *used.sentences()]))
    yield from wrap(verdict(audit))
    yield ""


def _fixes(audit: Audit) -> Iterator[str]:
    found = fixes(audit)
    if found:
        yield "Do these first"
    for n, fix in enumerate(found, 1):
        yield from wrap(f"{n}. [{fix.severity.value}] {fix.title}", "  ", "     ")
        yield from wrap(listed(fix.subjects, 4), "     ", "     ")
        yield f"     {fix.who}; {fix.takes}. More: auditor rules show {fix.rule}"
    if found:
        yield ""


def _unknown(audit: Audit) -> Iterator[str]:
    by_rule: dict[str, list[Finding]] = {}
    for f in audit.findings:
        if f.verdict is Verdict.UNKNOWN:
            by_rule.setdefault(f.rule, []).append(f)
    if by_rule:
        yield "Could not be checked"
    for first, *others in list(by_rule.values())[:MOST]:
        same = f" The same for {listed([f.subject.label for f in others], 4)}." if others else ""
        yield from wrap(first.seen + same, "  - ", "    ")
    if len(by_rule) > MOST:
        yield f"  - and {number(len(by_rule) - MOST)} more, in the report"
    if by_rule:
        yield ""


def _all(audit: Audit) -> Iterator[str]:
    yield "All findings"
    for f in audit.findings:
        yield from wrap(_line(f), "  ", "      ")
    yield ""
    yield "Not seen"
    for g in audit.evidence.gaps[: MOST * 5]:
        yield from wrap(_gap(g), "  ", "      ")
    yield ""


def _line(f: Finding) -> str:
    return f"{f.rule} {f.verdict.value} ({f.severity.value}): {f.seen}"


def _gap(g: Gap) -> str:
    return f"{g.about}: {g.why.value.replace('_', ' ')}. {g.detail}"


def _scan(audit: Audit) -> Iterator[str]:
    s = audit.evidence.scan
    if s.asked:
        yield from wrap(
            f"Looked into {count(s.examined, 'file')} of {number(s.files)} ({size(s.bytes)}) in "
            f"{spent(s.seconds)}; {number(s.personal)} with personal data, "
            f"{number(s.not_opened)} of kinds that are not opened, "
            f"{number(s.unreadable)} that could not be looked at."
        )
    else:
        yield "No files were looked at, as asked."
    yield ""


def _headline(audit: Audit) -> Iterator[str]:
    told, said, _ = headline(audit.headline)
    if not audit.complete:
        yield "INCOMPLETE: the audit was stopped before its end."
    yield from (f"  {line}" for line in spots(audit))
    yield f"{TITLE}: {told}"
    yield from wrap(said)
