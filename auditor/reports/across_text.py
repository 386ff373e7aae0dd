"""A comparison on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.across.compare import Change, Comparison, Step
from auditor.reports import summary
from auditor.reports.across_html import sentence
from auditor.reports.language import ENGLISH
from auditor.reports.tame import tame
from auditor.reports.to_text import wrap
from auditor.words import moment

MOST = 12
"""Steps of a kind that a terminal shows."""
_HEADINGS = {
    Change.NEW: "New",
    Change.WORSE: "Worse",
    Change.UNSEEN: "Not seen this time (not known, not fixed)",
    Change.UNCHANGED: "As before",
    Change.FIXED: "Fixed",
}


def compared(found: Comparison) -> str:
    """The comparison in lines, its headline last."""
    return "\n".join(_lines(tame(found))) + "\n"


def _lines(found: Comparison) -> Iterator[str]:
    yield f"{found.new.machine}: {moment(found.old.taken)} and {moment(found.new.taken)}"
    yield ""
    yield from wrap(sentence(found, ENGLISH))
    yield from _warnings(found)
    for change in Change:
        steps = [s for s in found.steps if s.change is change]
        if steps:
            yield from ("", _HEADINGS[change])
        for s in steps[:MOST]:
            yield from wrap(_step(s), "  - ", "    ")
        if len(steps) > MOST:
            yield f"  - and {len(steps) - MOST} more"
    old, new = (summary.headline(v.headline) for v in (found.old, found.new))
    yield ""
    yield f"{summary.TITLE}: {old[0]} before, {new[0]} now"


def _step(s: Step) -> str:
    was = f", was {s.was}" if s.was and s.was is not s.severity else ""
    return f"[{s.severity}{was}] {s.do}: {s.now or s.before}"


def _warnings(found: Comparison) -> Iterator[str]:
    if not found.same_machine:
        yield f"These are two different machines: {found.old.machine} and {found.new.machine}."
    if found.new.taken < found.old.taken:
        yield "The audit named as the newer one is older."
    if not found.same_rules:
        yield "They were judged by different rules; --same-rules judges both by today's."
    if found.old.masked or found.new.masked:
        yield "Names in paths are hidden: what they name counts as not seen or new."
    if not (found.old.complete and found.new.complete):
        yield "INCOMPLETE: one of the audits was stopped before its end."
