"""The 3-2-1 question: copies, devices, off site, out of reach, encrypted, as one machine shows it.

RAID, shadow copies, snapshots on the same disk and images of the system alone never count as a
copy of the school's records. What no machine can show is unknown, and asked of people.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from auditor.copies import Account, BackupKind, Held, SystemPart
from auditor.evidence import Evidence, Platform, Range, Record
from auditor.rulebook.copying import BackupFacts
from auditor.words import UNBOUNDED

OTHERS = frozenset({"cloud_folders", "school_systems"})
"""The other probes of copies, beside those that are named for backups."""


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
    hosted: bool | None
    """Whether a sign says that the school system is a host's; None where none does."""
    databases_whole: bool | None
    """Whether backup files speak of every database of SIMS; None where they do not."""


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
        # A disk that is away and of which no success is known may never have held a copy.
        offline=True if any(b.held is Held.OFFLINE and b.last_success for b in good) else None,
        closed=_every(b.closed for b in kept) if kept else None,
        newest=max((b.last_success for b in kept if b.last_success), default=None),
        versions=max((b.versions for b in kept if b.versions is not None), default=None),
        synced=_synced(evidence),
        snapshots=sum(b.kind is BackupKind.SNAPSHOT for b in found),
        database=SystemPart.DATABASE in parts,
        hosted=bool(parts & {SystemPart.HOSTED, SystemPart.MOVED}) or None,
        databases_whole=_databases(evidence),
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
    hidden = any(g.source == "files" or g.source.endswith("_volumes") for g in evidence.gaps)
    whole = scan.asked and scan.complete and scan.examined and not scan.unreadable
    return False if whole and not hidden else None


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
    """Whether documents are taken in by the school's store; None where a client does not say."""
    if any(
        "documents" in (s.protects or ()) and s.account is Account.WORK for s in evidence.synced
    ):
        return True
    silent = any(s.protects is None or s.account is Account.UNKNOWN for s in evidence.synced)
    return None if silent or not seen_whole(evidence) else False


WHOLE = frozenset({"sims", "fms", "master", "msdb"})
"""Databases that a backup of SIMS has to hold (supplier's advice on backing up SIMS)."""


def _databases(evidence: Evidence) -> bool | None:
    names = {d for f in evidence.backup_files for d in f.databases}
    return names >= WHOLE or None
