"""What rules can see of copies: each backup with what it lies on, and the 3-2-1 question.

Derived purely from the evidence. RAID, shadow copies, snapshots on the same disk and images of
the system alone never count as a copy of the school's records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from auditor.copies import (
    Account,
    Backup,
    BackupFiles,
    BackupKind,
    Encrypted,
    Held,
    Medium,
    SchoolSystem,
    SyncFolder,
    SystemPart,
)
from auditor.evidence import Encryption, EncryptionState, Evidence, Place, Platform, Range, Record
from auditor.words import UNBOUNDED

REACHABLE = frozenset({Medium.SAME_DISK, Medium.INTERNAL_DISK})
"""What anybody who rules the machine can destroy with it."""


class Drive(Protocol):
    """What is needed of a volume's facts."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def place(self) -> Place:
        """What kind of thing it lies on."""

    @property
    def encryption(self) -> Encryption:
        """Its encryption."""

    @property
    def can_leave(self) -> bool | None:
        """Whether it is carried off the premises."""


class BackupFacts(Record, frozen=True, kw_only=True):
    """A backup with what is known of the thing it lies on."""

    id: str
    product: str
    kind: BackupKind
    covers: str
    target: str
    name: str
    """Product and target, for people."""
    medium: Medium
    held: Held
    place: Place | None
    """Of the volume that it lies on; None when it lies on none that was seen."""
    drive: str
    """What people call that volume."""
    drive_encryption: EncryptionState | None
    encrypted: Encrypted
    encrypted_by: str
    closed: bool | None
    """Whether a stranger who holds the target cannot read it: by itself, or by its volume."""
    can_leave: bool | None
    """Whether the copy can be carried off the premises."""
    counts: bool
    """Whether it is a copy of records: no snapshot, no mere presence, not the system alone."""
    other_device: bool | None
    """Whether it lies on another device than the data."""
    active: bool | None
    ran: bool | None
    last_success: datetime | None
    last_attempt: datetime | None
    failed: bool | None
    errors: int | None
    versions: int | None
    oldest: datetime | None
    retention: str
    writable: bool | None
    detail: str


class SyncFacts(Record, frozen=True, kw_only=True):
    """A synchronised folder and the volume that it lies on."""

    product: str
    account: Account
    path: str
    drive: str
    drive_encryption: EncryptionState | None
    protects_documents: bool | None
    """Whether it takes in the Documents folder."""


class SystemFacts(Record, frozen=True, kw_only=True):
    """A trace of a school system and the volume that it lies on."""

    product: str
    part: SystemPart
    path: str
    drive: str
    place: Place | None
    drive_encryption: EncryptionState | None
    modified: datetime | None


class BackupFilesFacts(Record, frozen=True, kw_only=True):
    """Backup files of one format in one folder, and the volume that they lie on."""

    folder: str
    format: str
    system: str
    files: int
    size: int
    newest: datetime | None
    oldest: datetime | None
    encrypted: Encrypted
    closed: bool | None
    """Whether a stranger cannot read them: by themselves, or by their volume."""
    place: Place | None
    drive: str
    drive_encryption: EncryptionState | None
    can_leave: bool | None


class CopiesFacts(Record, frozen=True, kw_only=True):
    """The copies of this machine's records as a whole: the 3-2-1 question."""

    server: bool | None
    """Whether the machine is a server or holds a school system's database."""
    records: bool | None
    """Whether there are records on it that could be lost."""
    set_up: bool | None
    """Whether a backup runs by itself."""
    backups: int
    """Backups that count as copies of records."""
    products: int
    """Backup products of which nothing but their presence could be told."""
    copies: Range
    """Copies on separate targets, the live one included; others may exist that no machine shows."""
    devices: Range
    """Separate devices that hold them, the machine's own included."""
    offsite: bool | None
    offline: bool | None
    """Whether one was out of reach when the audit looked."""
    closed: bool | None
    """Whether every copy is closed against a stranger."""
    newest: datetime | None
    """Last success of the newest of them."""
    versions: int | None
    """Most restore points that one of them keeps."""
    synced: bool | None
    """Whether the Documents folder is taken in by a cloud client of a work account."""
    snapshots: int
    """Earlier states on the same disk, which are no copies."""
    database: bool
    """Whether a school system's database lies here."""
    hosted: bool
    """Whether a school system of this machine is a host's."""
    databases_kept: int | None
    """Databases of a school system that its backups speak of; None where none was seen."""


def known(state: Encrypted) -> bool | None:
    """Whether it is encrypted; None for unknown."""
    return {Encrypted.ON: True, Encrypted.OFF: False, Encrypted.UNKNOWN: None}[state]


def closed(own: Encrypted, drive: Drive | None) -> bool | None:
    """Whether a copy is closed by itself or by its volume; a network's volume is not known."""
    itself, below = known(own), None
    if drive is not None and drive.place is not Place.NETWORK:
        state = drive.encryption.state
        below = None if state is EncryptionState.UNKNOWN else state is EncryptionState.ON
    if itself or below:
        return True
    return False if itself is False and below is False else None


def backups(evidence: Evidence, volumes: Mapping[str, Drive]) -> tuple[BackupFacts, ...]:
    """Every backup of the evidence."""
    return tuple(_backup(b, volumes.get(b.volume)) for b in evidence.backups)


def _backup(b: Backup, drive: Drive | None) -> BackupFacts:
    leaves = drive.can_leave if drive else None
    return BackupFacts(
        id=b.id,
        product=b.product,
        kind=b.kind,
        covers=b.covers,
        target=b.target,
        name=f"{b.product} to {b.target}" if b.target else b.product,
        medium=b.medium,
        held=b.held,
        place=drive.place if drive else None,
        drive=drive.name if drive else "",
        drive_encryption=drive.encryption.state if drive else None,
        encrypted=b.encrypted,
        encrypted_by=b.encrypted_by,
        closed=closed(b.encrypted, drive),
        can_leave=True if b.held is Held.CARRIED else leaves,
        counts=b.kind in {BackupKind.BACKUP, BackupKind.COPY} and not b.system_only,
        other_device={Medium.SAME_DISK: False, Medium.UNKNOWN: None}.get(b.medium, True),
        active=b.active,
        ran=True if b.last_success else b.ran,
        last_success=b.last_success,
        last_attempt=b.last_attempt,
        failed=b.failed,
        errors=b.errors,
        versions=b.versions,
        oldest=b.oldest,
        retention=b.retention,
        writable=b.writable,
        detail=b.detail,
    )


def synced(evidence: Evidence, volumes: Mapping[str, Drive]) -> tuple[SyncFacts, ...]:
    """Every synchronised folder of the evidence."""
    return tuple(_sync(s, volumes.get(s.volume)) for s in evidence.synced)


def _sync(s: SyncFolder, drive: Drive | None) -> SyncFacts:
    return SyncFacts(
        product=s.product,
        account=s.account,
        path=s.path,
        drive=drive.name if drive else "",
        drive_encryption=drive.encryption.state if drive else None,
        protects_documents=None if s.protects is None else "documents" in s.protects,
    )


def systems(evidence: Evidence, volumes: Mapping[str, Drive]) -> tuple[SystemFacts, ...]:
    """Every trace of a school system."""
    return tuple(_system(s, volumes.get(s.volume)) for s in evidence.systems)


def _system(s: SchoolSystem, drive: Drive | None) -> SystemFacts:
    return SystemFacts(
        product=s.product,
        part=s.part,
        path=s.path,
        drive=drive.name if drive else "",
        place=drive.place if drive else None,
        drive_encryption=drive.encryption.state if drive else None,
        modified=s.modified,
    )


def backup_files(evidence: Evidence, volumes: Mapping[str, Drive]) -> tuple[BackupFilesFacts, ...]:
    """Every folder with backup files."""
    return tuple(_files(f, volumes.get(f.volume)) for f in evidence.backup_files)


def _files(f: BackupFiles, drive: Drive | None) -> BackupFilesFacts:
    return BackupFilesFacts(
        folder=f.folder,
        format=f.format,
        system=f.system,
        files=f.files,
        size=f.size,
        newest=f.newest,
        oldest=f.oldest,
        encrypted=f.encrypted,
        closed=closed(f.encrypted, drive),
        place=drive.place if drive else None,
        drive=drive.name if drive else "",
        drive_encryption=drive.encryption.state if drive else None,
        can_leave=drive.can_leave if drive else None,
    )


def copies(evidence: Evidence, found: tuple[BackupFacts, ...]) -> CopiesFacts:
    """The 3-2-1 question, as far as this machine answers it.

    A machine never shows every copy: a server may be copied by the machine that it runs on, a
    disk may lie in the safe. So what is not seen is unknown, never no.
    """
    kept = [b for b in found if b.counts and b.ran is not False]
    good = [b for b in kept if b.last_success or b.active]
    parts = {s.part for s in evidence.systems}
    return CopiesFacts(
        server=_server(evidence),
        records=_records(evidence),
        set_up=_set_up(evidence, found),
        backups=len(kept),
        products=sum(b.kind is BackupKind.PRODUCT for b in found),
        copies=Range(low=1 + len({_place(b) for b in good if b.other_device}), high=UNBOUNDED),
        devices=Range(low=1 + len(_devices(good)), high=UNBOUNDED),
        offsite=True if any(b.held is Held.OFFSITE for b in good) else None,
        offline=True if any(b.held is Held.OFFLINE for b in good) else None,
        closed=_every(b.closed for b in kept) if kept else None,
        newest=max((b.last_success for b in kept if b.last_success), default=None),
        versions=max((b.versions for b in kept if b.versions is not None), default=None),
        synced=_synced(evidence),
        snapshots=sum(b.kind is BackupKind.SNAPSHOT for b in found),
        database=SystemPart.DATABASE in parts,
        hosted=SystemPart.HOSTED in parts or SystemPart.MOVED in parts,
        databases_kept=_databases(evidence),
    )


def _server(evidence: Evidence) -> bool | None:
    if any(s.part in {SystemPart.DATABASE, SystemPart.SERVER} for s in evidence.systems):
        return True
    if evidence.machine.platform is Platform.WINDOWS:
        return "server" in evidence.machine.os.lower()
    return False if evidence.machine.portable else None


def _records(evidence: Evidence) -> bool | None:
    """Whether records lie here; that none do is known only of a full scan."""
    if evidence.files or any(s.part is SystemPart.DATABASE for s in evidence.systems):
        return True
    scan = evidence.scan
    return False if scan.asked and scan.complete and scan.examined and not scan.unreadable else None


def _set_up(evidence: Evidence, found: tuple[BackupFacts, ...]) -> bool | None:
    """Whether a backup runs by itself; no is said only where every probe of backups answered."""
    ours = [b for b in found if b.counts]
    if any(b.active for b in ours):
        return True
    unsure = any(b.active is None for b in ours) or any(b.kind is BackupKind.PRODUCT for b in found)
    machine = evidence.machine
    # A virtual machine may be copied whole by the one that it runs on. No Mac says what it is.
    hosted = machine.virtual or (machine.virtual is None and machine.platform is not Platform.MACOS)
    return None if unsure or hosted or not seen_whole(evidence) else False


def seen_whole(evidence: Evidence) -> bool:
    """Whether every probe of backups answered for every account of the machine."""
    return evidence.machine_asked and not any(g.source.endswith("_backups") for g in evidence.gaps)


def _place(b: BackupFacts) -> str:
    """What tells one copy from another: the drive, or the target elsewhere."""
    return b.drive or b.target or b.id


def _devices(good: Iterable[BackupFacts]) -> set[str]:
    return {_place(b) for b in good if b.other_device}


def _every(truths: Iterable[bool | None]) -> bool | None:
    found = list(truths)
    if any(t is False for t in found):
        return False
    return None if any(t is None for t in found) else True


def _synced(evidence: Evidence) -> bool | None:
    """Whether documents are taken in by a work account; None when no client says."""
    said = [s for s in evidence.synced if s.protects is not None]
    if any("documents" in (s.protects or ()) and s.account is Account.WORK for s in said):
        return True
    return False if said else None


def _databases(evidence: Evidence) -> int | None:
    names = {d for f in evidence.backup_files for d in f.databases}
    return len(names) if names else None
