r"""Images and file sets that Windows' own backup leaves on a drive, told by names alone.

Samples, the dates of which are UTC in every language:
    E:\WindowsImageBackup\OFFICE1\Backup 2026-03-10 191600\…vhdx
    E:\OFFICE1\Backup Set 2026-03-01 190000\Backup Files 2026-03-08 190000\Backup files 1.zip

Windows lets only administrators look into the first. Older images are shadow copies within the
drive, so one folder stands for several restore points and no number of them is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from auditor.backups.repositories import open_to_all
from auditor.copies import Backup, BackupKind, Encrypted
from auditor.errors import AccessDenied, HostError
from auditor.evidence import Gap, Why
from auditor.host import Host
from auditor.words import shown

IMAGES = "WindowsImageBackup"
MARK = "MediaID.bin"
"""A file at the top of a drive that Backup and Restore of Windows 7 writes to."""
_DATED = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d)(\d\d)(\d\d)$")


def on_drives(host: Host, source: str) -> Iterator[Backup | Gap]:
    """What lies at the top of every drive with a letter."""
    for partition in host.partitions():
        if "remote" in partition.options:
            continue
        top = partition.mount.rstrip("\\") + "\\"
        try:
            names = host.names(top)
        except HostError:
            continue
        if IMAGES in names:
            yield from _images(host, top, source)
        if MARK in names:
            yield from _sets(host, top, names, source)


def _images(host: Host, top: str, source: str) -> Iterator[Backup | Gap]:
    folder = top + IMAGES
    try:
        machines = host.names(folder)
    except AccessDenied:
        yield Gap(
            source=source,
            about=f"the images of Windows' own backup in {folder}",
            why=Why.NEEDS_ADMIN,
            detail="Run the audit as administrator to see of when they are.",
        )
        return
    except HostError:
        return
    for machine in machines:
        if not _ours(host, machine):
            continue
        with suppress(HostError):
            found = dates(host.names(rf"{folder}\{machine}"))
            if found:
                yield _made(host, "Windows image backup", folder, found, source)


def _sets(host: Host, top: str, names: tuple[str, ...], source: str) -> Iterator[Backup]:
    """Sets of files: the folder of a machine holds sets, and each set the runs since it began."""
    for machine in names:
        if not _ours(host, machine):
            continue
        found: list[datetime] = []
        with suppress(HostError):
            for name in host.names(top + machine):
                if _DATED.search(name):
                    found += dates([name])
                    with suppress(HostError):
                        found += dates(host.names(rf"{top}{machine}\{name}"))
        if found:
            yield _made(host, "Windows backup", top, sorted(found), source)


def dates(names: tuple[str, ...] | list[str]) -> list[datetime]:
    """The dates at the ends of names, in order.

    >>> dates(["Backup 2026-03-10 191600", "Catalog", "Backup 2026-99-10 191600"])
    [datetime.datetime(2026, 3, 10, 19, 16, tzinfo=datetime.timezone.utc)]
    """
    found = []
    for name in names:
        if match := _DATED.search(name):
            with suppress(ValueError):
                day, clock = match[1], f"{match[2]}:{match[3]}:{match[4]}"
                found.append(datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC))
    return sorted(found)


def _ours(host: Host, machine: str) -> bool:
    """Whether a folder is of this machine; images of others are no copies of what lies here."""
    return machine.casefold() == host.name.casefold()


def _made(host: Host, product: str, folder: str, found: list[datetime], source: str) -> Backup:
    return Backup(
        id=f"{product}: {shown(folder)}",
        product=product,
        kind=BackupKind.BACKUP,
        covers="this machine",
        target=shown(folder),
        encrypted=Encrypted.OFF,
        ran=True,
        last_success=found[-1],
        oldest=found[0],
        writable=open_to_all(host, folder),
        detail="Told by the names of its folders, in which older versions may not show.",
        source=source,
    )
