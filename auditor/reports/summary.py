"""What every report begins with: the verdict in a sentence, the headline, what to do first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from auditor.evidence import Record
from auditor.findings import Audit, Finding, Headline, Severity, Verdict
from auditor.reports.language import ENGLISH, Language
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


def verdict(audit: Audit, say: Language = ENGLISH) -> str:
    """The audit in a sentence or two."""
    early = say.gettext("This audit is incomplete: it was stopped before its end.")
    parts = [] if audit.complete else [early]
    if saw_nothing(audit):
        nothing = say.gettext(
            "This audit could not look at anything: it says nothing about this machine."
        )
        return " ".join([nothing, *parts])
    return " ".join([*parts, *_counted(audit, say)])


def _counted(audit: Audit, say: Language) -> Iterator[str]:
    urgent = len({f.rule for f in failed(audit) if f.severity.rank <= Severity.HIGH.rank})
    other = len({f.rule for f in failed(audit) if f.severity.rank > Severity.HIGH.rank})
    unknown = len({f.rule for f in audit.findings if f.verdict is Verdict.UNKNOWN})
    asked = len({f.rule for f in audit.findings if f.verdict is Verdict.NEEDS_ANSWER})
    if urgent:
        yield say.ngettext(
            "%(num)s thing needs action now.", "%(num)s things need action now.", urgent
        )
    if other:
        yield say.ngettext(
            "%(num)s smaller thing should be looked at.",
            "%(num)s smaller things should be looked at.",
            other,
        )
    if not urgent and not other:
        yield say.gettext("Nothing that needs action was found.")
    waived = len({f.rule for f in accepted(audit)})
    if waived:
        yield say.ngettext(
            "%(num)s risk is accepted for a time.", "%(num)s risks are accepted for a time.", waived
        )
    if unknown:
        yield say.ngettext(
            "%(num)s thing could not be checked.", "%(num)s things could not be checked.", unknown
        )
    if asked:
        yield say.ngettext(
            "%(num)s question needs an answer.", "%(num)s questions need an answer.", asked
        )


def tone(audit: Audit) -> Tone:
    """How the whole looks; good only when nothing failed and nothing is unknown."""
    if saw_nothing(audit):
        return Tone.UNSURE
    if any(f.severity.rank <= Severity.HIGH.rank for f in failed(audit)):
        return Tone.BAD
    unknown = any(f.verdict is Verdict.UNKNOWN for f in audit.findings)
    if unknown or not audit.complete or failed(audit) or accepted(audit):
        return Tone.UNSURE
    return Tone.GOOD


def failed(audit: Audit) -> list[Finding]:
    """The fails that need action, the worst first."""
    return [f for f in audit.findings if f.verdict is Verdict.FAIL and not f.waived]


def accepted(audit: Audit) -> list[Finding]:
    """The fails whose risk somebody has accepted for a time."""
    return [f for f in audit.findings if f.verdict is Verdict.FAIL and f.waived]


def headline(shown: Headline, say: Language = ENGLISH) -> tuple[str, str, Tone]:
    """The number, the sentence after it, and how it looks."""
    if not shown.known:
        return "?", say.gettext("Not known: no files were looked at."), Tone.UNSURE
    told = list(_told(shown, say))
    tone = Tone.BAD if shown.copies else Tone.GOOD
    if not shown.copies and (shown.unsure or not shown.complete):
        tone = Tone.UNSURE
    number = f"{shown.copies:,}"
    if not told:
        whole = say.gettext("None were found, and everything could be looked at.")
        return number, whole, tone
    said = "; ".join(told)
    return number, said[:1].upper() + said[1:] + ".", tone


def _told(shown: Headline, say: Language) -> Iterator[str]:
    if shown.copies:
        yield say.gettext("data of %(people)s") % {"people": say.people(shown.people)}
    if shown.unsure and shown.copies:
        yield say.ngettext(
            "for %(num)s more copy it could not be told",
            "for %(num)s more copies it could not be told",
            shown.unsure,
        )
    elif shown.unsure:
        yield say.ngettext(
            "for %(num)s copy it could not be told",
            "for %(num)s copies it could not be told",
            shown.unsure,
        )
    if not shown.complete:
        yield say.gettext("not everything could be looked at, so there may be more")


def fixes(audit: Audit, say: Language = ENGLISH) -> list[Fix]:
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
            subjects=tuple(dict.fromkeys(_where(f, say) for f in found)),
            who=found[0].who,
            takes=found[0].takes,
        )
        for rule, found in list(by_rule.items())[:MOST_FIXES]
    ]


def _where(f: Finding, say: Language) -> str:
    """A thing by its name; a setting is always this machine's."""
    if f.subject.kind == "school":
        return say.gettext("The whole school")
    whole = f.subject.kind in {"machine", "scan", "setting", "copies"}
    return say.gettext("This machine") if whole else f.subject.label


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
