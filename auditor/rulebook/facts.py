"""What rules can see: the evidence, joined so that each thing knows what lies on it.

Derived purely, so that evidence of long ago gives the same facts. None, and the word `unknown`
of an enumeration, mean that it could not be told.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from auditor.evidence import (
    DeviceSeen,
    Encryption,
    EncryptionState,
    Evidence,
    FileSeen,
    Folder,
    Health,
    Machine,
    Place,
    ProtectionState,
    Range,
    Record,
    Scan,
    Setting,
    SettingId,
    Strength,
    Volume,
    Why,
)
from auditor.rulebook import copying, three_two_one
from auditor.rulebook.closed import called, can_leave, counts, protected
from auditor.rulebook.copying import (
    BackupFacts,
    BackupFilesFacts,
    SyncFacts,
    SystemFacts,
)
from auditor.rulebook.locking import LockedFacts, locked
from auditor.rulebook.three_two_one import CopiesFacts
from auditor.words import UNBOUNDED, listed

LOOSE = frozenset({Folder.DOWNLOADS, Folder.DESKTOP, Folder.TEMPORARY, Folder.RECYCLE_BIN})
"""Folders where copies are forgotten."""
NONE = Range(low=0, high=0)


class VolumeFacts(Record, frozen=True, kw_only=True):
    """A volume with what is known of the files on it."""

    id: str
    mount: str
    label: str
    name: str
    """What people call it: mount and label."""
    model: str
    place: Place
    bus: str
    filesystem: str
    size: int | None
    system: bool | None
    read_only: bool | None
    mounted: bool
    encryption: Encryption
    cipher: str | None
    """The method of its encryption; None when the system did not say."""
    can_leave: bool | None
    """Whether it, or the machine that it is built into, is carried off the premises."""
    scanned: bool | None
    """Whether its files were looked at: None when only some were."""
    personal_files: Range
    """Files with personal data that carry no strong protection of their own."""
    people: Range
    """People in those files: from the largest file to the sum of all."""
    special_files: Range
    """Those of them with special category or sensitive data."""
    loose_files: Range
    """Those of them in Downloads, Desktop, temporary folders and the recycle bin."""
    loose_people: Range
    key_files: Range
    """Files on it that open encrypted drives."""
    key_places: str
    """Where some of them lie."""
    unseen_files: int
    """Files that may hold personal data and were not looked into; very many when nobody knows."""


class FileFacts(Record, frozen=True, kw_only=True):
    """A file with personal data and the volume that it lies on."""

    path: str
    folder: Folder
    kind: str
    category: str
    size: int
    people: Range
    strength: Strength
    special: bool
    name: str
    """The last part of its path."""
    who: str
    """Whose data it holds, such as `pupils, staff`."""
    data: str
    """Ids of the kinds of personal data in it, such as `upn, date-of-birth`."""
    modified: datetime | None
    same_people: int
    """Files with the same number are about the same people; 0 where that is not known."""
    overdue: bool
    """Whether the usual time for keeping such a record is over, so that it should be looked at."""
    alike: int
    """How many files, itself counted, are the same list: nearly the same people, in any form."""
    protected: bool | None
    """Whether its own protection or its volume's encryption closes it."""
    scheme: str
    """Standard and cipher of its own protection; empty when it has none."""
    volume: VolumeFacts | None


class SettingFacts(Record, frozen=True, kw_only=True):
    """A setting and the volume that it is about, if there is one."""

    id: SettingId
    about: str
    on: bool | None
    detail: str
    volume: VolumeFacts | None
    encrypted: bool | None
    """Whether the place that it is about is encrypted."""


class ScanFacts(Record, frozen=True, kw_only=True):
    """How much the audit saw."""

    asked: bool
    complete: bool
    files: int
    examined: int
    personal: int
    unreadable: int
    """Files that should have been examined and could not be."""
    drives: int
    """Volumes seen."""
    drives_unknown: int
    """Local volumes whose encryption could not be told."""
    drives_unopened: int
    """Volumes whose files could not be looked at."""
    unseen_files: int
    """Files of all volumes that may hold personal data and were not looked into."""
    copies_whole: bool
    """False when there may be backups, synchronised folders or school systems that nobody saw."""
    survey_whole: bool
    """False when there may be volumes that nobody saw."""
    probes_whole: bool
    """False when a question to the machine failed, so that there may be more than was told."""


class SchoolFacts(Record, frozen=True, kw_only=True):
    """The school as a whole, about which people are asked."""

    id: str = "school"
    name: str = "The school"


SCHOOL = SchoolFacts()


class Facts(Record, frozen=True, kw_only=True):
    """All facts of one audit."""

    machine: Machine
    scan: ScanFacts
    volumes: tuple[VolumeFacts, ...]
    files: tuple[FileFacts, ...]
    settings: tuple[SettingFacts, ...]
    copies: CopiesFacts
    backups: tuple[BackupFacts, ...]
    synced: tuple[SyncFacts, ...]
    systems: tuple[SystemFacts, ...]
    backup_files: tuple[BackupFilesFacts, ...]
    devices: tuple[DeviceSeen, ...]
    health: tuple[Health, ...]
    locked: tuple[LockedFacts, ...]
    copies_whole: bool
    """False when there may be backups, synchronised folders or school systems that nobody saw."""
    survey_whole: bool
    """False when a probe failed, so that there may be volumes that nobody saw."""


KINDS: dict[str, type[Record]] = {
    "school": SchoolFacts,
    "machine": Machine,
    "scan": ScanFacts,
    "volume": VolumeFacts,
    "file": FileFacts,
    "setting": SettingFacts,
    "copies": CopiesFacts,
    "backup": BackupFacts,
    "sync": SyncFacts,
    "system": SystemFacts,
    "backup-files": BackupFilesFacts,
    "device": DeviceSeen,
    "health": Health,
    "locked": LockedFacts,
}
"""What a rule can be about, by its word in `for each`."""
AROUND = frozenset({"machine", "scan", "school", "copies"})
"""The kinds of which there is one: any rule can look at them, by their name."""


def facts(evidence: Evidence) -> Facts:
    """The facts of this evidence."""
    machine = evidence.machine
    on: dict[str, list[FileSeen]] = {v.id: [] for v in evidence.volumes}
    for f in evidence.files:
        if f.volume in on and counts(f):
            on[f.volume].append(f)
    looks = Counter(_look(f) for f in evidence.files if counts(f))
    volumes = {v.id: _volume(v, on[v.id], evidence) for v in evidence.volumes}
    backups = copying.backups(evidence, volumes)
    hidden = {v.id: unseen(v, evidence) for v in evidence.volumes}
    return Facts(
        machine=machine,
        scan=_scan(evidence),
        volumes=tuple(volumes.values()),
        files=tuple(
            _file(f, volumes.get(f.volume), looks[_look(f)], machine.taken.date())
            for f in evidence.files
            if counts(f)
        ),
        settings=tuple(_setting(s, volumes) for s in evidence.settings),
        copies=three_two_one.copies(evidence, backups),
        backups=backups,
        synced=copying.synced(evidence, volumes, hidden),
        systems=copying.systems(evidence, volumes),
        backup_files=copying.backup_files(evidence, volumes),
        devices=evidence.devices,
        health=evidence.health,
        locked=locked(evidence),
        copies_whole=three_two_one.seen_whole(evidence),
        survey_whole=_survey_whole(evidence),
    )


def _survey_whole(evidence: Evidence) -> bool:
    return bool(evidence.volumes) and not any(
        g.source.endswith("_volumes") and not g.volume for g in evidence.gaps
    )


def _scan(evidence: Evidence) -> ScanFacts:
    local = [v for v in evidence.volumes if v.place is not Place.NETWORK]
    s: Scan = evidence.scan
    return ScanFacts(
        asked=s.asked,
        complete=s.complete,
        files=s.files,
        examined=s.examined,
        personal=s.personal,
        unreadable=s.unreadable,
        drives=len(evidence.volumes),
        drives_unknown=sum(v.encryption.state is EncryptionState.UNKNOWN for v in local),
        drives_unopened=sum(not v.mount for v in local),
        # A drive that nobody listed can hold any number of files.
        unseen_files=min(sum(unseen(v, evidence) for v in evidence.volumes), UNBOUNDED)
        if _survey_whole(evidence)
        else UNBOUNDED,
        copies_whole=three_two_one.seen_whole(evidence),
        survey_whole=_survey_whole(evidence),
        probes_whole=not any(g.source != "files" and not g.volume for g in evidence.gaps),
    )


def _volume(v: Volume, on_it: list[FileSeen], evidence: Evidence) -> VolumeFacts:
    found = [f for f in on_it if f.protection.state is not ProtectionState.STRONG]
    hidden = unseen(v, evidence)
    loose = [f for f in found if f.folder in LOOSE]
    keys = [k.path for k in evidence.keys if k.volume == v.id]
    return VolumeFacts(
        id=v.id,
        mount=v.mount,
        label=v.label,
        name=called(v),
        model=v.model,
        place=v.place,
        bus=v.bus,
        filesystem=v.filesystem,
        size=v.size,
        system=v.system,
        read_only=v.read_only,
        mounted=bool(v.mount),
        encryption=v.encryption,
        cipher=v.encryption.method or None,
        can_leave=can_leave(v, evidence.machine),
        scanned=_scanned(v, evidence),
        personal_files=Range(low=len(found), high=_plus(len(found), hidden)),
        people=people(found, hidden),
        special_files=_among(sum(f.special for f in found), hidden),
        loose_files=_among(len(loose), hidden),
        loose_people=people(loose, hidden),
        key_files=_among(len(keys), hidden),
        key_places=listed(keys, 3),
        unseen_files=hidden,
    )


def unseen(v: Volume, evidence: Evidence) -> int:
    """How many files of a volume may hold personal data unseen; UNBOUNDED when nobody can say."""
    if _scanned(v, evidence) is not True:
        return UNBOUNDED
    hidden = 0
    for gap in evidence.gaps:
        if gap.volume == v.id and gap.source == "files":
            # A folder that was refused can hold any number of files.
            if gap.why in {Why.NEEDS_ADMIN, Why.UNREADABLE}:
                return UNBOUNDED
            hidden += gap.count
    return hidden


def _scanned(v: Volume, evidence: Evidence) -> bool | None:
    done = evidence.scan
    if not done.asked or not v.mount:
        return False
    if v.id in done.roots:
        return True if done.complete else None
    # A folder of the volume may have been named; whether one was makes no difference to a rule.
    return None if done.roots else False


def people(files: list[FileSeen], hidden: int) -> Range:
    """The people of some files: the same list twice is the same people."""
    low = max((f.people.low for f in files), default=0)
    largest: dict[int, int] = {}
    for n, f in enumerate(files):
        # A file whose people are not known stands for itself.
        group = f.same_people or -1 - n
        largest[group] = max(largest.get(group, 0), f.people.high)
    return Range(low=low, high=UNBOUNDED if hidden else sum(largest.values()))


def _among(number: int, hidden: int) -> Range:
    return Range(low=number, high=_plus(number, hidden))


def _plus(number: int, hidden: int) -> int:
    return min(number + hidden, UNBOUNDED)


def _setting(s: Setting, volumes: dict[str, VolumeFacts]) -> SettingFacts:
    volume = volumes.get(s.volume)
    encrypted = s.encrypted
    if encrypted is None and volume and volume.encryption.state is not EncryptionState.UNKNOWN:
        encrypted = volume.encryption.state is EncryptionState.ON
    return SettingFacts(
        id=s.id, about=s.about, on=s.on, detail=s.detail, volume=volume, encrypted=encrypted
    )


def _look(f: FileSeen) -> tuple[object, ...]:
    """What two copies of one list have in common, whatever they are called."""
    if f.same_list:
        return ("list", f.same_list)
    return (f.size, f.kind, f.category, f.people.low, f.people.high)


def _file(f: FileSeen, volume: VolumeFacts | None, alike: int, taken: date) -> FileFacts:
    return FileFacts(
        path=f.path,
        folder=f.folder,
        kind=f.kind,
        category=f.category,
        size=f.size,
        people=f.people,
        strength=f.strength,
        special=f.special,
        name=f.path.replace("\\", "/").rsplit("/", 1)[-1],
        who=", ".join(f.who),
        data=", ".join(t.datum for t in f.contents),
        modified=f.modified,
        same_people=f.same_people,
        overdue=f.review is not None and f.review <= taken,
        alike=alike,
        protected=protected(f, volume.encryption if volume else None),
        scheme=f.protection.scheme,
        volume=volume,
    )
