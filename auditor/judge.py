"""Judges evidence by rules: pure, so that old evidence can be judged again by newer rules."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.evidence import Evidence, Place, Platform, Range, Volume
from auditor.findings import Citation, Finding, Headline, Severity, Spot, Subject, Verdict
from auditor.rulebook import Rulebook
from auditor.rulebook.conditions import Scope, all_of
from auditor.rulebook.facts import (
    Facts,
    called,
    can_leave,
    counts,
    facts,
    people,
    protected,
    unseen,
)
from auditor.rulebook.judging import severity, unknown, verdict
from auditor.rulebook.rules import AREAS, Rule

_ORDER = list(Verdict)


def judge(evidence: Evidence, rulebook: Rulebook) -> tuple[Finding, ...]:
    """What each rule says of each thing that it is about: fails first, the worst of them first."""
    known = facts(evidence)
    found = [f for r in rulebook.rules for f in _judged(r, known, evidence, rulebook)]
    return tuple(sorted(found, key=_rank))


def _rank(f: Finding) -> tuple[int, int, int, str, str]:
    return (_ORDER.index(f.verdict), f.severity.rank, AREAS.index(f.area), f.rule, f.subject.id)


def _judged(r: Rule, known: Facts, evidence: Evidence, rulebook: Rulebook) -> Iterator[Finding]:
    every: dict[str, tuple[object, ...]] = {
        "volume": known.volumes,
        "file": known.files,
        "setting": known.settings,
        "device": known.devices,
        "health": known.health,
    }
    around = {"machine": known.machine, "scan": known.scan}
    things = every.get(r.kind, (around.get(r.kind),))
    about = False
    for thing in things:
        scope = Scope(r.kind, {**around, r.kind: thing}, every)
        said = verdict(r, scope)
        if said is not Verdict.NOT_APPLICABLE:
            about = True
            yield _finding(r, said, scope, _subject(r, thing, known), evidence, rulebook)
    if not about:
        yield _nothing(r, known, evidence, rulebook, Scope(r.kind, around, every))


def _nothing(
    r: Rule, known: Facts, evidence: Evidence, rulebook: Rulebook, scope: Scope
) -> Finding:
    """A rule that met nothing it is about: not applicable only if everything was seen."""
    blind = r.kind in {"volume", "file"} and not known.survey_whole
    # A Windows machine has every setting: evidence without one is of before it was asked for.
    blind = blind or (r.kind == "setting" and known.machine.platform is Platform.WINDOWS)
    said = Verdict.UNKNOWN if blind or r.needed else Verdict.NOT_APPLICABLE
    whole = Subject(kind="machine", id=known.machine.name, label=known.machine.name)
    return _finding(r, said, scope, whole, evidence, rulebook)


def _subject(r: Rule, thing: object, known: Facts) -> Subject:
    name = known.machine.name
    if r.kind == "volume":
        return Subject(kind=r.kind, id=getattr(thing, "id", ""), label=getattr(thing, "name", ""))
    if r.kind == "setting":
        drive = getattr(getattr(thing, "volume", None), "id", "")
        name = " ".join(filter(None, (getattr(thing, "id", ""), drive)))
        return Subject(kind=r.kind, id=name, label=getattr(thing, "about", ""))
    if r.kind == "health":
        return Subject(kind=r.kind, id=getattr(thing, "id", ""), label=getattr(thing, "about", ""))
    if r.kind == "device":
        model = getattr(thing, "model", "")
        return Subject(kind=r.kind, id=model, label=model)
    if r.kind == "file":
        path = getattr(thing, "path", "")
        return Subject(kind=r.kind, id=path, label=path)
    return Subject(kind=r.kind, id=name, label=name)


def _finding(
    r: Rule, said: Verdict, scope: Scope, subject: Subject, evidence: Evidence, rulebook: Rulebook
) -> Finding:
    return Finding(
        rule=r.id,
        title=r.title,
        do=r.do,
        area=r.area,
        verdict=said,
        severity=severity(r, scope),
        subject=subject,
        seen=_seen(r, said, scope, subject, evidence),
        because=tuple(
            Citation(source=rulebook.sources[b.source], section=b.section) for b in r.because
        ),
        why=r.why,
        remedy=r.steps(evidence.machine.platform),
        who=r.who,
        takes=r.takes,
    )


def _seen(r: Rule, said: Verdict, scope: Scope, subject: Subject, evidence: Evidence) -> str:
    if said is Verdict.NEEDS_ANSWER:
        return r.ask
    if said is Verdict.NOT_APPLICABLE:
        return "There is nothing here that this rule is about."
    if subject.kind != r.kind:
        return f"{r.title}: what this is about was not seen, so that it cannot be told."
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
        people=Range(
            low=max((s.people.low for s in sure), default=0),
            high=sum(s.people.high for s in sure),
        ),
        spots=spots,
        known=evidence.scan.asked and evidence.scan.examined > 0,
        complete=evidence.scan.complete and bool(evidence.volumes) and not hidden,
    )


def _spots(v: Volume, evidence: Evidence) -> Iterator[Spot]:
    """The copies of a volume that surely are open and can leave, and those that may."""
    leaves = can_leave(v, evidence.machine)
    open_ = [
        (f, all_of([leaves, None if closed is None else not closed]))
        for f in evidence.files
        if f.volume == v.id and counts(f)
        for closed in [protected(f, v.encryption)]
    ]
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
