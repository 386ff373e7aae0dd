"""Backups of a Mac: Time Machine's disks, and the products of others as present.

Samples of `tmutil destinationinfo -X` (macOS 26), for any account:
    Destinations: [{ID: 0852943E-…, Name: Time Machine, Kind: Local, MountPoint: /Volumes/…}]
    MountPoint is missing while the disk is not attached.
Sample of /Library/Preferences/com.apple.TimeMachine.plist, which may need Full Disk Access:
    Destinations: [{DestinationID: 0852943E-…, LastKnownEncryptionState: NotEncrypted,
                    SnapshotDates: […], AttemptDates: […], RESULT: 0}]
Local snapshots lie on the Mac's own disk, and are no backup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from auditor.backups.targets import understood
from auditor.copies import Backup, BackupKind, Encrypted, Held, Medium
from auditor.errors import HostError, NotThere
from auditor.evidence import Gap, Platform, Why
from auditor.host import Host
from auditor.host.plists import plist

PLATFORMS = frozenset({Platform.MACOS})
SOURCE = "macos_backups"
TMUTIL = "/usr/bin/tmutil"
PREFERENCES = "/Library/Preferences/com.apple.TimeMachine"
LIMIT = 4_000_000
STATES = {"Encrypted": Encrypted.ON, "FileVault": Encrypted.ON, "NotEncrypted": Encrypted.OFF}
FULL_ACCESS = (
    "Open System Settings, Privacy & Security, Full Disk Access, allow it for the terminal, "
    "and run the audit again to see when Time Machine last ran and whether it is encrypted."
)
APPS = {
    "Carbon Copy Cloner.app": "Carbon Copy Cloner",
    "SuperDuper!.app": "SuperDuper!",
    "Arq.app": "Arq",
    "Backblaze.app": "Backblaze",
    "ChronoSync.app": "ChronoSync",
    "CrashPlan.app": "CrashPlan",
    "Duplicati.app": "Duplicati",
    "Acronis True Image.app": "Acronis",
}
"""Programs of other makers, by their folder below /Applications."""


def ask(host: Host) -> Iterator[Backup | Gap]:
    """Each destination of Time Machine, then what other products are there."""
    kept = preferences(host)
    listed = destinations(host)
    if kept is None and listed != []:
        yield Gap(
            source=SOURCE,
            about="when Time Machine last ran, and whether its disk is encrypted",
            why=Why.NEEDS_ADMIN,
            detail=FULL_ACCESS,
        )
    if listed is None and kept is not None:
        listed = [{"ID": d.get("DestinationID")} for d in _destinations(kept)]
    for found in listed or ():
        yield time_machine(found, kept)
    yield from others(host)


def destinations(host: Host) -> list[dict[str, Any]] | None:
    """Where Time Machine writes to; None when tmutil did not say."""
    try:
        printed = host.run(TMUTIL, "destinationinfo", "-X", any_exit=True)
        return _destinations(plist(printed)) if printed.strip() else None
    except HostError:
        return None


def preferences(host: Host) -> dict[str, Any] | None:
    """Time Machine's own notes; None when this account may not read them."""
    with suppress(NotThere):
        with suppress(HostError):
            return plist(host.read(PREFERENCES + ".plist", LIMIT))
        with suppress(HostError):
            return plist(host.run("/usr/bin/defaults", "export", PREFERENCES, "-"))
    return None


def time_machine(found: dict[str, Any], kept: dict[str, Any] | None) -> Backup:
    """One destination; what its notes do not tell stays unknown."""
    notes = next(
        (d for d in _destinations(kept or {}) if d.get("DestinationID") == found.get("ID")), {}
    )
    name = _text(found, "Name") or _text(notes, "LastKnownVolumeName")
    url = _text(found, "URL") or _text(notes, "NetworkURL")
    where = understood(url)
    mount = _text(found, "MountPoint")
    away = not url and bool(found.get("Kind")) and not mount
    made, tried = _moments(notes, "SnapshotDates"), _moments(notes, "AttemptDates")
    result = notes.get("RESULT")
    return Backup(
        id=f"Time Machine: {name or where.shown}",
        product="Time Machine",
        kind=BackupKind.BACKUP,
        covers="the whole Mac"
        + (", some folders left out" if (kept or {}).get("SkipPaths") else ""),
        target=name or where.shown,
        volume=mount,
        medium=Medium.NETWORK if url else Medium.PORTABLE_DISK if away else Medium.UNKNOWN,
        held=Held.OFFLINE if away else Held.UNKNOWN,
        encrypted=STATES.get(_text(notes, "LastKnownEncryptionState"), Encrypted.UNKNOWN),
        encrypted_by="Time Machine"
        if STATES.get(_text(notes, "LastKnownEncryptionState")) is Encrypted.ON
        else "",
        active=_truth((kept or {}).get("AutoBackup")),
        schedule="every hour" if (kept or {}).get("AutoBackup") else "",
        ran=bool(made) if notes else None,
        last_success=made[-1] if made else None,
        last_attempt=max([*made[-1:], *tried[-1:]], default=None),
        failed=result != 0 if isinstance(result, int) and not isinstance(result, bool) else None,
        versions=len(made) if notes else None,
        oldest=made[0] if made else None,
        retention="until space is needed",
        source=SOURCE,
    )


def others(host: Host) -> Iterator[Backup]:
    """Programs of other makers, of which only the presence is told."""
    with suppress(HostError):
        for name in host.names("/Applications"):
            if name in APPS:
                yield Backup(
                    id=APPS[name],
                    product=APPS[name],
                    kind=BackupKind.PRODUCT,
                    detail=f"Open {APPS[name]} to see where it writes to and when it last did.",
                    source=SOURCE,
                )


def _destinations(found: dict[str, Any]) -> list[dict[str, Any]]:
    listed = found.get("Destinations")
    return [d for d in listed if isinstance(d, dict)] if isinstance(listed, list) else []


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    return re.sub(r"[\x00-\x1f]", "", value) if isinstance(value, str) else ""


def _truth(value: object) -> bool | None:
    return bool(value) if isinstance(value, bool | int) else None


def _moments(found: dict[str, Any], key: str) -> list[datetime]:
    """Dates of a property list, which are UTC without saying so."""
    values = found.get(key)
    dates = [v for v in values if isinstance(v, datetime)] if isinstance(values, list) else []
    return sorted(d.replace(tzinfo=UTC) for d in dates)
