"""What every report begins with: the verdict in a sentence, the headline, what to do first."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from auditor.evidence import Record
from auditor.findings import Audit, Finding, Headline, Severity, Verdict
from auditor.words import count, people

MOST_FIXES = 5
TITLE = "Unencrypted copies of personal data that can leave the premises"


class Tone(StrEnum):
    """How a result looks: always said in words as well as in colour."""

    BAD = "bad"
    UNSURE = "unsure"
    GOOD = "good"


class Fix(Record, frozen=True, kw_only=True):
    """One thing to do, for all that it mends."""

    rule: str
    title: str
    severity: Severity
    subjects: tuple[str, ...]
    who: str
    takes: str


def saw_nothing(audit: Audit) -> bool:
    """Whether the audit saw neither a drive nor the inside of a file."""
    seen = audit.evidence
    return seen.machine_asked and not seen.volumes and not seen.scan.examined


def verdict(audit: Audit) -> str:
    """The audit in a sentence or two."""
    if saw_nothing(audit):
        early = "" if audit.complete else " It is incomplete: it was stopped before its end."
        return f"This audit could not look at anything: it says nothing about this machine.{early}"
    urgent = len({f.rule for f in failed(audit) if f.severity.rank <= Severity.HIGH.rank})
    other = len({f.rule for f in failed(audit) if f.severity.rank > Severity.HIGH.rank})
    unknown = len({f.rule for f in audit.findings if f.verdict is Verdict.UNKNOWN})
    parts = []
    if not audit.complete:
        parts.append("This audit is incomplete: it was stopped before its end.")
    if urgent:
        parts.append(f"{count(urgent, 'thing')} {'needs' if urgent == 1 else 'need'} action now.")
    if other:
        parts.append(f"{count(other, 'smaller thing')} should be looked at.")
    if not urgent and not other:
        parts.append("Nothing that needs action was found.")
    if unknown:
        parts.append(f"{count(unknown, 'thing')} could not be checked.")
    return " ".join(parts)


def tone(audit: Audit) -> Tone:
    """How the whole looks; good only when nothing failed and nothing is unknown."""
    if saw_nothing(audit):
        return Tone.UNSURE
    if any(f.severity.rank <= Severity.HIGH.rank for f in failed(audit)):
        return Tone.BAD
    unknown = any(f.verdict is Verdict.UNKNOWN for f in audit.findings)
    if unknown or not audit.complete or failed(audit):
        return Tone.UNSURE
    return Tone.GOOD


def failed(audit: Audit) -> list[Finding]:
    """The fails, the worst first."""
    return [f for f in audit.findings if f.verdict is Verdict.FAIL]


def headline(shown: Headline) -> tuple[str, str, Tone]:
    """The number, the sentence after it, and how it looks."""
    if not shown.known:
        return "?", "Not known: no files were looked at.", Tone.UNSURE
    told = [f"data of {people(shown.people)}"] if shown.copies else []
    if shown.unsure:
        more = "more " if shown.copies else ""
        copies = count(shown.unsure, f"{more}copy", f"{more}copies")
        told.append(f"for {copies} it could not be told")
    if not shown.complete:
        told.append("not everything could be looked at, so there may be more")
    tone = Tone.BAD if shown.copies else Tone.GOOD
    if not shown.copies and (shown.unsure or not shown.complete):
        tone = Tone.UNSURE
    number = f"{shown.copies:,}"
    if not shown.copies and not told:
        return number, "None were found, and everything could be looked at.", tone
    said = "; ".join(told)
    return number, said[:1].upper() + said[1:] + ".", tone


def fixes(audit: Audit) -> list[Fix]:
    """The fixes that matter most, each once for everything that it mends."""
    by_rule: dict[str, list[Finding]] = {}
    for f in failed(audit):
        if f.severity is not Severity.INFO:
            by_rule.setdefault(f.rule, []).append(f)
    return [
        Fix(
            rule=rule,
            title=found[0].do,
            severity=found[0].severity,
            subjects=tuple(f.subject.label for f in found),
            who=found[0].who,
            takes=found[0].takes,
        )
        for rule, found in list(by_rule.items())[:MOST_FIXES]
    ]


def counts(audit: Audit) -> dict[Verdict, int]:
    """How many findings of each verdict, all five named."""
    found = Counter(f.verdict for f in audit.findings)
    return {v: found[v] for v in Verdict}


def spots(audit: Audit) -> list[str]:
    """The places of the headline, a line each."""
    return [
        f"{s.label}: {count(s.copies, 'copy', 'copies')}, data of {people(s.people)}"
        + ("" if s.certain else " (could not tell whether encrypted, or whether it can leave)")
        for s in audit.headline.spots
    ]
