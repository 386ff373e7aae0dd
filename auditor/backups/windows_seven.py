r"""Backup and Restore of Windows 7, which Windows 10 and 11 still have.

Sample of what it notes below HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsBackup:
    ScheduleParams\TargetDevice   PresentableName = Sauvegarde (E:)
    Status                        LastResultTime = 133861284000000000, LastResultHr = 0
Times are FILETIMEs, numbers of 100 ns since 1601; older versions write them as eight bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from auditor.backups.targets import understood
from auditor.copies import Backup, BackupKind, Encrypted
from auditor.errors import HostError
from auditor.host import Host
from auditor.host.registry import number, text

TOP = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsBackup"
TARGET, STATUS = rf"{TOP}\ScheduleParams\TargetDevice", rf"{TOP}\Status"
_LETTER = re.compile(r"(?:^|\()([A-Za-z]:)\\?\)?$")


def of_windows_7(host: Host, source: str) -> Iterator[Backup]:
    """The one backup that it makes; nothing where it was never set up."""
    name = ""
    for key, value in ((TARGET, "PresentableName"), (STATUS, "LastResultTargetPresentableName")):
        with suppress(HostError):
            name = name or text(host, key, value)
    if not name:
        return
    letter = _LETTER.search(name)
    where = understood(letter[1].upper() + "\\" if letter else name)
    success, tried = filetime(host, "LastSuccess"), filetime(host, "LastResultTime")
    result = None
    with suppress(HostError):
        result = number(host, STATUS, "LastResultHr")
    unknown = "Open Backup and Restore (Windows 7) in the Control Panel for its last run."
    yield Backup(
        id=f"Windows backup: {where.shown}",
        product="Windows backup",
        kind=BackupKind.BACKUP,
        target=where.shown,
        medium=where.medium,
        encrypted=Encrypted.OFF,
        ran=True if success else None if tried is None else False,
        last_success=success,
        last_attempt=tried,
        failed=None if tried is None or result is None else result != 0,
        detail="" if tried else unknown,
        source=source,
    )


def filetime(host: Host, value: str) -> datetime | None:
    """A time of its status; None where there is none that could be."""
    found: object = None
    with suppress(HostError):
        found = host.registry(STATUS, value)
    if isinstance(found, bytes) and len(found) == 8:
        found = int.from_bytes(found, "little")
    if isinstance(found, int) and 0 < found < 1 << 62:
        with suppress(OverflowError):
            return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=found // 10)
    return None
