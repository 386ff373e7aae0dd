"""Judges evidence by rules: pure, so that old evidence can be judged again by newer rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from auditor.evidence import Answer, Evidence, FileSeen, Place, Platform, Volume
from auditor.findings import Citation, Finding, Headline, Severity, Spot, Subject, Verdict
from auditor.rulebook import Rulebook, asking
from auditor.rulebook.closed import called, can_leave, counts, protected
from auditor.rulebook.conditions import Scope, all_of
from auditor.rulebook.facts import SCHOOL, Facts, facts, people, unseen
from auditor.rulebook.judging import answered, severity, unknown, verdict
from auditor.rulebook.rules import AREAS, Rule
from auditor.rulebook.waiving import waived
from auditor.words import day

_ORDER = list(Verdict)
_CALLED = {
    "file": ("path",),
    "locked": ("path",),
    "device": ("model",),
    "backup": ("name",),
    "sync": ("product", "path"),
    "system": ("product", "path"),
    "backup-files": ("format", "folder"),
}
"""The fields that name a thing to people."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What every rule is held against."""

    evidence: Evidence
    rulebook: Rulebook
    known: Facts
    answers: tuple[Answer, ...]
    """Those that stand."""
    school: dict[str, Answer]
    """Those of them that are about the school as a whole, by rule."""
    around: dict[str, object]
    """The things of which there is one."""
    every: dict[str, tuple[object, ...]]
    """All things of each kind; files also by volume."""

    def answers_about(self, subject: str) -> dict[str, Answer]:
        """The answers that hold for one thing, by rule."""
        if any(a.subject for a in self.answers):
            return asking.about(self.answers, subject)
        return self.school


def _case(evidence: Evidence, rulebook: Rulebook) -> _Case:
    known, said = facts(evidence), _standing(evidence, rulebook)
    around: dict[str, object] = {
        "machine": known.machine,
        "scan": known.scan,
        "school": SCHOOL,
        "copies": known.copies,
    }
    every: dict[str, tuple[object, ...]] = {
        "volume": known.volumes,
        "file": known.files,
        "setting": known.settings,
        "device": known.devices,
        "health": known.health,
        "locked": known.locked,
        "backup": known.backups,
        "sync": known.synced,
        "system": known.systems,
        "backup-files": known.backup_files,
    }
    on: dict[str, list[object]] = {}
    for f in known.files:
        on.setdefault(f"file on {f.volume.id if f.volume else ''}", []).append(f)
    every |= {k: tuple(v) for k, v in on.items()}
    return _Case(evidence, rulebook, known, said, asking.about(said, ""), around, every)


def judge(evidence: Evidence, rulebook: Rulebook) -> tuple[Finding, ...]:
    """What each rule says of each thing that it is about: fails first, the worst of them first."""
    case = _case(evidence, rulebook)
    found = [f for r in rulebook.rules for f in _judged(r, case)]
    return tuple(sorted((waived(f, evidence) for f in found), key=_rank))


def _rank(f: Finding) -> tuple[int, int, int, str, str]:
    return (_ORDER.index(f.verdict), f.severity.rank, AREAS.index(f.area), f.rule, f.subject.id)


def _judged(r: Rule, case: _Case) -> Iterator[Finding]:
    around, every = case.around, case.every
    reason = _not_meant(r, case.evidence)
    if reason:
        yield _left(r, case, reason)
        return
    kind = r.kind if case.evidence.machine_asked else SCHOOL.id
    about = False
    for thing in every.get(kind, (around.get(kind),)):
        subject = _subject(kind, thing, case.known)
        answers = case.answers_about(subject.id)
        words = {rule: a.said for rule, a in answers.items()}
        given = {rule: a.given for rule, a in answers.items()}
        scope = Scope(kind, {**around, kind: thing, "answer": words, "given": given}, every)
        came = verdict(r, scope) if kind == r.kind else answered(r, scope)
        answer = _decided(r, came, scope, answers.get(r.id))
        if came is not Verdict.NOT_APPLICABLE or answer:
            about = True
            yield _finding(r, came, scope, subject, case, answer)
    if not about:
        yield _nothing(r, case, Scope(r.kind, around, every))


def _left(r: Rule, case: _Case, reason: str) -> Finding:
    scope = Scope(r.kind, {**case.around, "answer": {}}, case.every)
    subject = Subject(kind="school", id=SCHOOL.id, label=SCHOOL.name)
    found = _finding(r, Verdict.NOT_APPLICABLE, scope, subject, case)
    return msgspec.structs.replace(found, seen=reason)


def _not_meant(r: Rule, evidence: Evidence) -> str:
    """Why a rule does not apply before anything is looked at; empty when it does."""
    if evidence.nation and evidence.nation not in r.nations:
        return f"This is not asked of schools in {evidence.nation}."
    if not evidence.machine_asked and r.ask is None:
        return "No machine was part of this audit."
    return ""


def _standing(evidence: Evidence, rulebook: Rulebook) -> tuple[Answer, ...]:
    """The answers to rules of this book that are neither too old nor of the future."""
    asks = {r.id: r.ask for r in rulebook.rules if r.ask}
    taken = evidence.machine.taken
    return tuple(
        a
        for a in evidence.answers
        if a.rule in asks
        and asking.stands(a, asks[a.rule].good_for or rulebook.pack.answers_good_for, taken)
    )


def _decided(r: Rule, came: Verdict, scope: Scope, answer: Answer | None) -> Answer | None:
    """The answer, where the verdict would be another without it."""
    if answer is None:
        return None
    words = {k: v for k, v in scope.things["answer"].items() if k != r.id}
    without = Scope(scope.kind, {**scope.things, "answer": words}, scope.all)
    judged = verdict if scope.kind == r.kind else answered
    return answer if judged(r, without) is not came else None


def _nothing(r: Rule, case: _Case, scope: Scope) -> Finding:
    """A rule that met nothing it is about: not applicable only if everything was seen."""
    known = case.known
    blind = r.kind in {"volume", "file"} and not known.survey_whole
    blind = blind or (r.kind in {"backup", "sync", "system"} and not known.copies_whole)
    blind = blind or (
        r.kind in {"backup-files", "locked"} and not (known.scan.asked and known.scan.complete)
    )
    # A Windows machine has every setting: evidence without one is of before it was asked for.
    blind = blind or (r.kind == "setting" and known.machine.platform is Platform.WINDOWS)
    said = Verdict.UNKNOWN if blind or r.needed else Verdict.NOT_APPLICABLE
    whole = Subject(kind="machine", id=known.machine.name, label=known.machine.name)
    return _finding(r, said, scope, whole, case)


def _subject(kind: str, thing: object, known: Facts) -> Subject:
    id_, label = known.machine.name, known.machine.name
    if kind in {"volume", "school"}:
        id_, label = getattr(thing, "id", ""), getattr(thing, "name", "")
    elif kind == "setting":
        drive = getattr(getattr(thing, "volume", None), "id", "")
        id_ = " ".join(filter(None, (getattr(thing, "id", ""), drive)))
        label = getattr(thing, "about", "")
    elif kind == "health":
        id_, label = getattr(thing, "id", ""), getattr(thing, "about", "")
    elif kind in _CALLED:
        words = (str(getattr(thing, n, "")) for n in _CALLED[kind])
        id_ = label = " ".join(filter(None, words))
    return Subject(kind=kind, id=id_, label=label)


def _finding(
    r: Rule,
    said: Verdict,
    scope: Scope,
    subject: Subject,
    case: _Case,
    answer: Answer | None = None,
) -> Finding:
    return Finding(
        rule=r.id,
        title=r.title,
        do=r.do,
        area=r.area,
        verdict=said,
        severity=severity(r, scope),
        subject=subject,
        seen=_told(r, answer) if answer else _seen(r, said, scope, subject, case.evidence),
        because=tuple(
            Citation(source=case.rulebook.sources[b.source], section=b.section) for b in r.because
        ),
        why=r.why,
        remedy=r.steps(case.evidence.machine.platform),
        who=r.who,
        takes=r.takes,
        done=r.done,
        answer=answer,
    )


def _told(r: Rule, answer: Answer) -> str:
    """What a person said, who and when."""
    question = r.ask.question if r.ask else ""
    said = asking.dated(answer.said)
    word = day(said) if said else answer.said
    note = f" {answer.note.rstrip('.')}." if answer.note else ""
    return f"{question} {answer.by or 'The school'}, {day(answer.given)}: {word}.{note}"


def _seen(r: Rule, said: Verdict, scope: Scope, subject: Subject, evidence: Evidence) -> str:
    if said is Verdict.NEEDS_ANSWER:
        return r.ask.question if r.ask else r.title
    if said is Verdict.NOT_APPLICABLE:
        return "There is nothing here that this rule is about."
    if subject.kind != r.kind:
        return f"Could not see whether this is so: {r.title}."
    text = r.say[said].said(scope) if said in r.say else f"{subject.label}: {r.title.lower()}."
    if said is not Verdict.UNKNOWN:
        return text
    if said not in r.say:
        text = f"Could not tell for {subject.label}."
    hints = _hints(r, scope, subject, evidence)
    return " ".join([text, *hints])


def _hints(r: Rule, scope: Scope, subject: Subject, evidence: Evidence) -> list[str]:
    """What the gaps about this thing say on how to see it next time."""
    asked = unknown(r.must, scope) if r.must else ()
    encryption = any(p.endswith("encryption.state") for p in asked)
    words = "encryption" if encryption else "file"
    found = [
        g.detail
        for g in evidence.gaps
        if g.detail and subject.kind == "volume" and g.volume == subject.id and words in g.about
    ]
    return list(dict.fromkeys(found))[:2]


def headline(evidence: Evidence) -> Headline:
    """Unencrypted copies of personal data that can leave the premises."""
    spots = tuple(s for v in evidence.volumes for s in _spots(v, evidence))
    homeless = [f for f in evidence.files if counts(f) and not f.volume]
    sure = [s for s in spots if s.certain]
    reachable = [v for v in evidence.volumes if can_leave(v, evidence.machine) is not False]
    hidden = any(unseen(v, evidence) for v in reachable if v.encryption.state != "on")
    return Headline(
        copies=sum(s.copies for s in sure),
        unsure=sum(s.copies for s in spots if not s.certain) + len(homeless),
        people=people([f for v in evidence.volumes for f, t in _open(v, evidence) if t is True], 0),
        spots=spots,
        known=evidence.scan.asked and evidence.scan.examined > 0,
        complete=evidence.scan.complete and bool(evidence.volumes) and not hidden,
    )


def _spots(v: Volume, evidence: Evidence) -> Iterator[Spot]:
    """The copies of a volume that surely are open and can leave, and those that may."""
    open_ = _open(v, evidence)
    for certain, truth in ((True, True), (False, None)):
        found = [f for f, t in open_ if t is truth]
        if found:
            yield Spot(
                volume=v.id,
                label=called(v),
                place=_place(v),
                copies=len(found),
                people=people(found, 0),
                certain=certain,
            )


def _open(v: Volume, evidence: Evidence) -> list[tuple[FileSeen, bool | None]]:
    """The files of a volume, and whether each surely is open and can leave."""
    leaves = can_leave(v, evidence.machine)
    return [
        (f, all_of([leaves, None if closed is None else not closed]))
        for f in evidence.files
        if f.volume == v.id and counts(f)
        for closed in [protected(f, v.encryption)]
    ]


def _place(v: Volume) -> str:
    return {
        Place.FIXED: "drive of this machine",
        Place.REMOVABLE: "removable drive",
        Place.OPTICAL: "disc",
        Place.NETWORK: "network drive",
        Place.UNKNOWN: "drive",
    }[v.place]


def worst(findings: tuple[Finding, ...]) -> Severity | None:
    """The worst severity among the fails; None when nothing failed."""
    failed = [f.severity for f in findings if f.verdict is Verdict.FAIL]
    return min(failed, key=lambda s: s.rank, default=None)
