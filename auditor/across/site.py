"""The machines of one visit or one school, seen together.

The newest audit of each machine counts. A problem that many machines share is told once; the
same list on several machines is known by its size, kinds and counts, never by its contents.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from auditor.across.compare import identity
from auditor.evidence import FileSeen, Place, Range, Record
from auditor.findings import Audit, Finding, Headline, Severity, Verdict
from auditor.rulebook.closed import called, counts, protected

FORMAT, VERSION = "auditor-site", 1
MOST_LISTS = 500
"""Lists with copies that a site report names; the gravest."""
MOST_PLACES = 50
"""Places of one list that it names."""


class Cell(Record, frozen=True, kw_only=True):
    """One area of one machine: rules by their worst answer."""

    fail: int = 0
    unknown: int = 0
    """Could not be told, or waits for an answer."""
    passed: int = 0
    worst: Severity | None = None
    """Of the fails."""


class MachineSeen(Record, frozen=True, kw_only=True):
    """One machine in the table."""

    name: str
    system: str
    taken: datetime
    where: str
    """The report it was read from, below the folder that was given."""
    page: str = ""
    """Relative path of the machine's own page, if it lies beside."""
    complete: bool
    headline: Headline
    areas: dict[str, Cell]


class Shared(Record, frozen=True, kw_only=True):
    """A problem with every machine that has it."""

    rule: str
    do: str
    area: str
    severity: Severity
    """The gravest."""
    machines: tuple[str, ...]
    things: int
    seen: str
    """What was seen on one of them."""
    who: str
    takes: str
    remedy: tuple[str, ...]


class CopyPlace(Record, frozen=True, kw_only=True):
    """Where one copy of a list lies."""

    machine: str
    drive: str
    path: str
    closed: bool | None
    """Whether file or drive is encrypted."""


class SameList(Record, frozen=True, kw_only=True):
    """Files that look like one list: equal in size, kinds of data and numbers of each."""

    category: str
    size: int
    people: Range
    special: bool
    copies: int
    """All of them; `places` names at most `MOST_PLACES`."""
    places: tuple[CopyPlace, ...]


class Stick(Record, frozen=True, kw_only=True):
    """A stick, card or disc that was in more than one machine, as far as can be told."""

    label: str
    machines: tuple[str, ...]
    copies: int
    """Its open copies, which the sum counts once for each machine."""


class NotRead(Record, frozen=True, kw_only=True):
    """A file that is no report, or a damaged one."""

    where: str
    why: str


class Site(Record, frozen=True, kw_only=True):
    """All machines of a site."""

    format: str = FORMAT
    version: int = VERSION
    schools: tuple[str, ...] = ()
    machines: tuple[MachineSeen, ...] = ()
    copies: int = 0
    unsure: int = 0
    people: Range = Range(low=0, high=0)
    known: bool = True
    """False when on no machine any file was looked at."""
    complete: bool = True
    shared: tuple[Shared, ...] = ()
    lists: tuple[SameList, ...] = ()
    more_lists: int = 0
    sticks: tuple[Stick, ...] = ()
    older: int = 0
    """Older audits of machines that were audited again."""
    not_read: tuple[NotRead, ...] = ()


class Gathering:
    """Takes in one audit after another and keeps no more of each than the site report needs."""

    def __init__(self) -> None:
        self._machines: dict[tuple[str, str], _Kept] = {}
        self._not_read: list[NotRead] = []
        self._older = 0

    def add(self, audit: Audit, where: str, page: str = "") -> None:
        """Takes in an audit; of two audits of a machine the newer stays.

        Args:
            audit: The audit.
            where: Its file, below the folder that was given.
            page: The relative path of its own page.
        """
        kept = _Kept(audit, where, page)
        key = (audit.school, kept.seen.name)
        old = self._machines.get(key)
        if old is not None:
            self._older += 1
            if old.seen.taken >= kept.seen.taken:
                return
        self._machines[key] = kept

    def refuse(self, where: str, why: str) -> None:
        """Notes a file that could not be read."""
        self._not_read.append(NotRead(where=where, why=why))

    def site(self) -> Site:
        """All that was taken in, the machines with most open copies first."""
        kept = sorted(self._machines.values(), key=_grave)
        lines = [k.seen.headline for k in kept]
        lists = _lists(kept)
        return Site(
            schools=tuple(sorted({k.school for k in kept} - {""})),
            machines=tuple(k.seen for k in kept),
            copies=sum(h.copies for h in lines),
            unsure=sum(h.unsure for h in lines),
            people=Range(
                low=max((h.people.low for h in lines), default=0),
                high=sum(h.people.high for h in lines),
            ),
            known=any(h.known for h in lines),
            complete=bool(lines) and all(h.known and h.complete for h in lines),
            shared=tuple(_shared(kept)),
            lists=tuple(lists[:MOST_LISTS]),
            more_lists=max(0, len(lists) - MOST_LISTS),
            sticks=tuple(_sticks(kept)),
            older=self._older,
            not_read=tuple(self._not_read),
        )


class _Kept:
    """What a site report needs of one audit."""

    def __init__(self, audit: Audit, where: str, page: str) -> None:
        machine = audit.evidence.machine
        self.school = audit.school
        self.failed = [f for f in audit.findings if f.verdict is Verdict.FAIL]
        self.seen = MachineSeen(
            name=machine.name,
            system=machine.os,
            taken=machine.taken,
            where=where,
            page=page,
            complete=audit.complete,
            headline=audit.headline,
            areas=_areas(audit.findings),
        )
        self.files = _files(audit, machine.name)
        self.sticks = _moving(audit)


def _grave(k: _Kept) -> tuple[int, int, str]:
    h = k.seen.headline
    return -h.copies, -h.unsure, k.seen.name


def _areas(findings: Iterable[Finding]) -> dict[str, Cell]:
    rules: dict[tuple[str, str], list[Finding]] = {}
    for f in findings:
        rules.setdefault((f.area, f.rule), []).append(f)
    areas: dict[str, list[list[Finding]]] = {}
    for (area, _), found in rules.items():
        areas.setdefault(area, []).append(found)
    return {area: _cell(found) for area, found in areas.items()}


def _cell(rules: list[list[Finding]]) -> Cell:
    open_ = {Verdict.UNKNOWN, Verdict.NEEDS_ANSWER}
    verdicts = [{f.verdict for f in found} for found in rules]
    fails = [f.severity for found in rules for f in found if f.verdict is Verdict.FAIL]
    return Cell(
        fail=sum(Verdict.FAIL in v for v in verdicts),
        unknown=sum(Verdict.FAIL not in v and bool(v & open_) for v in verdicts),
        passed=sum(Verdict.PASS in v and not v & (open_ | {Verdict.FAIL}) for v in verdicts),
        worst=min(fails, key=lambda s: s.rank, default=None),
    )


class _Copy(NamedTuple):
    """A file in as few words as will do: a site can have millions."""

    machine: str
    drive: str
    path: str
    closed: bool | None


_List = tuple[str, int, int, int, bool]
"""Category, size, people low and high, whether sensitive."""


def _files(audit: Audit, machine: str) -> list[tuple[int, _List, _Copy]]:
    drives = {v.id: (called(v), v.encryption) for v in audit.evidence.volumes}
    made = []
    for f in audit.evidence.files:
        name, encryption = drives.get(f.volume, ("", None))
        if counts(f):
            told = (f.category, f.size, f.people.low, f.people.high, f.special)
            copy = _Copy(machine, name, f.path, protected(f, encryption))
            made.append((_likeness(f), told, copy))
    return made


def _likeness(f: FileSeen) -> int:
    """The same number for files that are equal in size, kinds of data and numbers of each."""
    tallies = tuple(sorted((t.datum, t.count) for t in f.contents))
    return hash((f.size, f.kind, f.category, f.people.low, f.people.high, tallies))


def _moving(audit: Audit) -> list[tuple[object, str, int]]:
    """Sticks and discs with open copies: what they are known by, their name, the copies."""
    copies = {s.volume: s.copies for s in audit.headline.spots}
    return [
        ((identity(v), _contents(audit, v.id)), v.label or called(v), copies[v.id])
        for v in audit.evidence.volumes
        if v.place in {Place.REMOVABLE, Place.OPTICAL} and v.id in copies
    ]


def _contents(audit: Audit, volume: str) -> frozenset[tuple[str, int]]:
    mount = next((v.mount for v in audit.evidence.volumes if v.id == volume), "")
    return frozenset(
        (f.path.removeprefix(mount), f.size) for f in audit.evidence.files if f.volume == volume
    )


def _shared(kept: list[_Kept]) -> list[Shared]:
    by_rule: dict[str, list[tuple[str, Finding]]] = {}
    for k in kept:
        for f in k.failed:
            by_rule.setdefault(f.rule, []).append((k.seen.name, f))
    made = []
    for rule, found in by_rule.items():
        worst = min((f for _, f in found), key=lambda f: f.severity.rank)
        made.append(
            Shared(
                rule=rule,
                do=worst.do,
                area=worst.area,
                severity=worst.severity,
                machines=tuple(dict.fromkeys(name for name, _ in found)),
                things=len(found),
                seen=worst.seen,
                who=worst.who,
                takes=worst.takes,
                remedy=worst.remedy,
            )
        )
    return sorted(made, key=lambda s: (s.severity.rank, -len(s.machines), s.rule))


def _lists(kept: list[_Kept]) -> list[SameList]:
    """Lists that lie in more than one place, open and sensitive ones first."""
    by_likeness: dict[tuple[int, _List], list[_Copy]] = {}
    for k in kept:
        for likeness, told, copy in k.files:
            by_likeness.setdefault((likeness, told), []).append(copy)
    made = [
        SameList(
            category=category,
            size=size,
            people=Range(low=low, high=high),
            special=special,
            copies=len(found),
            places=tuple(
                CopyPlace(machine=c.machine, drive=c.drive, path=c.path, closed=c.closed)
                for c in sorted(found, key=_open_first)[:MOST_PLACES]
            ),
        )
        for ((_, (category, size, low, high, special)), found) in by_likeness.items()
        if len(found) > 1
    ]
    return sorted(made, key=lambda s: (not s.special, -s.people.high, -s.copies))


def _open_first(c: _Copy) -> tuple[bool, bool, str, str]:
    return c.closed is True, c.closed is None, c.machine, c.path


def _sticks(kept: list[_Kept]) -> list[Stick]:
    by_identity: dict[object, list[tuple[str, str, int]]] = {}
    for k in kept:
        for known_by, label, copies in k.sticks:
            by_identity.setdefault(known_by, []).append((k.seen.name, label, copies))
    return [
        Stick(label=found[0][1], machines=tuple(name for name, _, _ in found), copies=found[0][2])
        for found in by_identity.values()
        if len(found) > 1
    ]
