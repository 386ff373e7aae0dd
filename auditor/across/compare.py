"""Two audits of one machine: what was put right, what is new, what got worse.

Unknown is never an improvement: a stick that failed and was not plugged in this time, or a
question that got no answer, is not seen, not fixed. A stick is known again by label, model and
size, since drive letters move.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from enum import StrEnum

from auditor.evidence import EncryptionState, Evidence, FileSeen, Place, Record, Volume
from auditor.findings import Audit, Finding, Headline, Severity, Subject, Verdict
from auditor.rulebook.closed import counts

FORMAT, VERSION = "auditor-comparison", 1
MOST_FILES = 1_000
"""Files of each kind that a comparison lists."""


class Change(StrEnum):
    """What became of one rule's answer about one thing."""

    NEW = "new"
    """Fails now and did not fail before."""
    WORSE = "worse"
    """Failed before and fails more gravely now."""
    UNSEEN = "unseen"
    """Failed or passed before, and could not be told this time."""
    UNCHANGED = "unchanged"
    """Fails as before, or a little less gravely."""
    FIXED = "fixed"
    """Failed before, was seen again and does not fail now."""


class Step(Record, frozen=True, kw_only=True):
    """One rule's answer about one thing, then and now."""

    change: Change
    rule: str
    do: str
    area: str
    severity: Severity
    """Now; before, where there is no now."""
    was: Severity | None = None
    """Before, if it failed before."""
    subject: Subject
    before: str = ""
    """What was seen before."""
    now: str = ""
    """What was seen now; empty where the thing itself was not seen."""
    first_asked: bool = False
    """Whether the older audit did not know the rule."""


class Visit(Record, frozen=True, kw_only=True):
    """One of the two audits, in short."""

    machine: str
    taken: datetime
    tool: str
    rules: str
    """Digest of its rules."""
    complete: bool
    headline: Headline
    masked: bool = False
    """Whether names in its paths are hidden, by numbers that mean nothing in another audit."""


class Comparison(Record, frozen=True, kw_only=True):
    """All that differs between two audits."""

    format: str = FORMAT
    version: int = VERSION
    school: str = ""
    old: Visit
    new: Visit
    steps: tuple[Step, ...] = ()
    new_files: tuple[str, ...] = ()
    """Files with personal data that are there now and were not; at most `MOST_FILES`."""
    gone_files: tuple[str, ...] = ()
    """Files that were there, on drives that were looked into again, and are not any more."""
    files: tuple[int, int] = (0, 0)
    """Files with personal data before and now."""
    new_count: int = 0
    gone_count: int = 0

    @property
    def same_machine(self) -> bool:
        """Whether both audits name the same machine."""
        return self.old.machine == self.new.machine

    @property
    def same_rules(self) -> bool:
        """Whether the same rules judged both."""
        return self.old.rules == self.new.rules


def compare(old: Audit, new: Audit) -> Comparison:
    """What differs between two audits, the gravest first."""
    known_again = _known_again(old.evidence, new.evidence)
    before = {_key(f, known_again): f for f in old.findings}
    now = {_key(f, {}): f for f in new.findings}
    asked = {f.rule for f in old.findings}
    again = _Again(new, known_again)
    steps = [
        step
        for key in dict.fromkeys([*now, *before])
        if (step := _step(before.get(key), now.get(key), asked, again)) is not None
    ]
    order = list(Change)
    steps.sort(key=lambda s: (order.index(s.change), s.severity.rank, s.rule, s.subject.id))
    new_files, gone_files = _files(old.evidence, new.evidence, known_again)
    return Comparison(
        school=new.school or old.school,
        old=_visit(old),
        new=_visit(new),
        steps=tuple(steps),
        new_files=tuple(new_files[:MOST_FILES]),
        gone_files=tuple(gone_files[:MOST_FILES]),
        new_count=len(new_files),
        gone_count=len(gone_files),
        files=(sum(map(counts, old.evidence.files)), sum(map(counts, new.evidence.files))),
    )


def tally(comparison: Comparison) -> dict[Change, int]:
    """How many steps of each kind, all named."""
    found = Counter(s.change for s in comparison.steps)
    return {c: found[c] for c in Change}


def better(old: Headline, new: Headline) -> bool | None:
    """Whether the headline got better; None when that cannot be told."""
    if not (old.known and new.known):
        return None
    if new.copies != old.copies:
        fewer = new.copies < old.copies
        return None if fewer and (new.unsure > old.unsure or not new.complete) else fewer
    return None


def identity(v: Volume) -> tuple[str, str, int | None, str]:
    """By what a stick or disc is known again."""
    return v.label, v.model, v.size, v.filesystem


def _visit(audit: Audit) -> Visit:
    return Visit(
        machine=audit.evidence.machine.name,
        taken=audit.evidence.machine.taken,
        tool=audit.tool,
        rules=audit.rulebook.digest,
        complete=audit.complete,
        headline=audit.headline,
        masked=audit.masked,
    )


def _known_again(old: Evidence, new: Evidence) -> dict[str, str]:
    """For each volume of old, its id in new; a name that nothing has when it is not there."""
    moving = {Place.REMOVABLE, Place.OPTICAL}
    there: dict[object, list[Volume]] = {}
    for v in new.volumes:
        # A label alone is no identity: half the sticks of a school are called USB.
        if v.place in moving and v.label and (v.size or v.model):
            there.setdefault(identity(v), []).append(v)
    once = Counter(identity(v) for v in old.volumes)
    ids = {v.id: v for v in new.volumes}
    made = {}
    for v in old.volumes:
        same = there.get(identity(v), [])
        if v.place not in moving or (v.id in ids and identity(ids[v.id]) == identity(v)):
            made[v.id] = v.id
        else:
            alone = len(same) == 1 and once[identity(v)] == 1
            made[v.id] = same[0].id if alone else f"\0{v.id}"
    return made


def _key(f: Finding, ids: dict[str, str]) -> tuple[str, str, str]:
    id_ = f.subject.id
    if f.subject.kind == "volume":
        id_ = ids.get(id_, id_)
    # A rule that met nothing is about the machine as a whole, however the machine is called.
    return f.rule, f.subject.kind, "" if f.subject.kind in {"machine", "scan"} else id_


class _Again:
    """Whether what failed before was looked at again."""

    def __init__(self, new: Audit, ids: dict[str, str]) -> None:
        scan = new.evidence.scan
        self._ids = ids
        # A rule says nothing of a drive whose kind or encryption could not be told: not a pass.
        self._volumes = {
            v.id
            for v in new.evidence.volumes
            if v.encryption.state is not EncryptionState.UNKNOWN and v.place is not Place.UNKNOWN
        }
        self._looked = set(scan.roots) if scan.asked and scan.complete else set()
        self._rules = {f.rule for f in new.findings}

    def seen(self, before: Finding) -> bool:
        """Whether the rule was asked again and its thing was there to be looked at."""
        if before.rule not in self._rules:
            return False
        if before.subject.kind == "volume":
            return self._ids.get(before.subject.id) in self._volumes
        if before.subject.kind == "file":
            return any(before.subject.id.startswith(root) for root in self._looked)
        return False


def _step(
    before: Finding | None, now: Finding | None, asked: set[str], again: _Again
) -> Step | None:
    failed = before is not None and before.verdict is Verdict.FAIL
    change = _change(before, now, again)
    told = now or before
    if change is None or told is None:
        return None
    return Step(
        change=change,
        rule=told.rule,
        do=told.do,
        area=told.area,
        severity=told.severity,
        was=before.severity if before is not None and failed else None,
        subject=told.subject,
        before=before.seen if before is not None else "",
        now=now.seen if now is not None else "",
        first_asked=told.rule not in asked,
    )


def _change(before: Finding | None, now: Finding | None, again: _Again) -> Change | None:
    old = before.verdict if before is not None else None
    if now is None:
        if before is None or old is not Verdict.FAIL:
            return None
        return Change.FIXED if again.seen(before) else Change.UNSEEN
    if now.verdict is Verdict.FAIL:
        if before is None or old is not Verdict.FAIL:
            return Change.NEW
        return Change.WORSE if now.severity.rank < before.severity.rank else Change.UNCHANGED
    if now.verdict in {Verdict.UNKNOWN, Verdict.NEEDS_ANSWER}:
        return Change.UNSEEN if old in {Verdict.FAIL, Verdict.PASS} else None
    return Change.FIXED if old is Verdict.FAIL else None


def _files(old: Evidence, new: Evidence, ids: dict[str, str]) -> tuple[list[str], list[str]]:
    before = {_place(f, old, ids): f for f in old.files if counts(f)}
    now = {_place(f, new, {}): f for f in new.files if counts(f)}
    looked = set(new.scan.roots) if new.scan.asked and new.scan.complete else set()
    fresh = [f.path for key, f in now.items() if key not in before]
    gone = [f.path for key, f in before.items() if key not in now and key[0] in looked]
    return fresh, gone


def _place(f: FileSeen, evidence: Evidence, ids: dict[str, str]) -> tuple[str, str]:
    """Volume and the path below its mount, so that a stick under another letter is the same."""
    mount = next((v.mount for v in evidence.volumes if v.id == f.volume), "")
    return ids.get(f.volume, f.volume), f.path.removeprefix(mount)
