"""What rules can see of each backup, synchronised folder, school system and backup file.

Each is joined with the volume that it lies on, purely from the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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
from auditor.evidence import (
    Encryption,
    EncryptionState,
    Evidence,
    Place,
    Range,
    Record,
    Strength,
)
from auditor.words import UNBOUNDED


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
    personal_files: Range
    """Files with personal data in it."""


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
    system: str | None
    """The school system that they are of; None when their names speak of none."""
    in_place: bool | None
    """Whether a backup of this machine goes there; None where none of them was told."""
    stray: bool | None
    """Whether they lie among passing things: downloads, a desktop, a temporary folder, a bin."""
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


def synced(
    evidence: Evidence, volumes: Mapping[str, Drive], hidden: Mapping[str, int]
) -> tuple[SyncFacts, ...]:
    """Every synchronised folder of the evidence.

    Args:
        evidence: What was seen.
        volumes: The facts of its volumes.
        hidden: How many files of each volume may hold personal data unseen.
    """
    return tuple(_sync(s, volumes.get(s.volume), evidence, hidden) for s in evidence.synced)


def _sync(
    s: SyncFolder, drive: Drive | None, evidence: Evidence, hidden: Mapping[str, int]
) -> SyncFacts:
    inside = sum(
        f.strength is not Strength.POSSIBLE and under(f.path, s.path) for f in evidence.files
    )
    unseen = hidden.get(s.volume, UNBOUNDED)
    return SyncFacts(
        product=s.product,
        account=s.account,
        path=s.path,
        drive=drive.name if drive else "",
        drive_encryption=drive.encryption.state if drive else None,
        protects_documents=None if s.protects is None else "documents" in s.protects,
        personal_files=Range(low=inside, high=min(inside + unseen, UNBOUNDED)),
    )


def under(path: str, top: str) -> bool:
    """Whether a path lies below a folder, as Windows and Linux write them.

    Three dots in the folder's name stand for an address that was left out.
    """
    a, b = (p.replace("\\", "/").rstrip("/").casefold() for p in (path, top))
    if "…" in b:
        return re.match("[^/]*".join(map(re.escape, b.split("…"))) + "(?:/|$)", a) is not None
    return bool(b) and (a == b or a.startswith(b + "/"))


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
    homes = [b.target for b in evidence.backups] + [s.path for s in evidence.systems if s.path]
    return tuple(_files(f, volumes.get(f.volume), homes) for f in evidence.backup_files)


def _files(f: BackupFiles, drive: Drive | None, homes: list[str]) -> BackupFilesFacts:
    home = any(under(f.folder, h) or under(h, f.folder) for h in homes if len(h) > 3)
    return BackupFilesFacts(
        folder=f.folder,
        format=f.format,
        system=f.system or None,
        in_place=home if homes else None,
        stray=f.stray,
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
