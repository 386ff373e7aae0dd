r"""Management information and finance systems: whether their data lie on this machine.

A school system that is hosted leaves a program or nothing; one that runs in school has data files,
a database server and a store of documents. Looked at are the data folders of SQL Server, the
services, the installed programs and the usual folders; data files that a server holds open are
told by name, size and time.

Samples:
    S:\SIMS, C:\Program Files\SIMS\SIMS .net, MSSQL15.SIMS\MSSQL\DATA\SIMS.mdf
    MovedToScomis (the old data of a school whose system went to a host)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from auditor.backups.files import DATABASE, system_of
from auditor.copies import SchoolSystem, SystemPart
from auditor.errors import AccessDenied, HostError
from auditor.evidence import Gap, Platform, Why
from auditor.host import Host
from auditor.host.registry import keys, text

PLATFORMS = frozenset({Platform.WINDOWS})
SOURCE = "school_systems"
SQL = r"HKLM\SOFTWARE\Microsoft\Microsoft SQL Server"
UNINSTALL = (
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall",
)
SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
_HOLDS = re.compile(r"^MSSQL\$|server|database|service manager|services manager", re.IGNORECASE)
FOLDERS = ("SIMS", "FMSSQL", "Integris", "CMIS", "Bromcom", "ScholarPack", "SEEMIS", "PSFDATA")
"""Folders at the top of a drive that these systems make."""
_DOCUMENTS = re.compile(r"docstorage|document ?server|linked ?doc", re.IGNORECASE)
_MOVED = re.compile(r"^moved ?to|^migrated|^old.?sims|sims.?old", re.IGNORECASE)
_HOSTED = re.compile(
    r"sims (?:next gen|connected|id\b)|hosted sims|scomis|arbor|bromcom cloud", re.IGNORECASE
)


def ask(host: Host) -> Iterator[SchoolSystem | Gap]:
    """Every trace, each once."""
    yield from databases(host)
    yield from folders(host)
    yield from services(host)
    yield from programs(host)


def databases(host: Host) -> Iterator[SchoolSystem | Gap]:
    """The data folders of SQL Server's instances, by the names of their files."""
    with suppress(HostError):
        for instance in keys(host, SQL):
            folder = ""
            with suppress(HostError):
                folder = text(host, rf"{SQL}\{instance}\Setup", "SQLDataRoot")
            if folder:
                yield from _data(host, rf"{folder}\DATA", instance)


def _data(host: Host, folder: str, instance: str) -> Iterator[SchoolSystem | Gap]:
    try:
        files = [n for n in host.names(folder) if n.lower().endswith(".mdf")]
    except AccessDenied:
        yield Gap(
            source=SOURCE,
            about=f"which databases lie in {folder}",
            why=Why.NEEDS_ADMIN,
            detail="Run the audit as administrator to see whether a school system is among them.",
        )
        return
    except HostError:
        return
    found: dict[str, list[str]] = {}
    for name in files:
        system = system_of(name) or (system_of(instance) if not _own(name) else "")
        if system:
            found.setdefault(system, []).append(name)
    for system, names in found.items():
        times = []
        for name in names:
            with suppress(HostError):
                times.append(host.status(rf"{folder}\{name}").modified)
        yield SchoolSystem(
            product=system,
            part=SystemPart.DATABASE,
            path=folder,
            modified=max(times, default=None),
            databases=tuple(sorted({m[1].lower() for n in names if (m := DATABASE.search(n))})),
        )


def _own(name: str) -> bool:
    """Whether a file is one of SQL Server's own databases."""
    return bool(re.match(r"(?:master|model|msdb|tempdb|mssqlsystem)", name, re.IGNORECASE))


def folders(host: Host) -> Iterator[SchoolSystem]:
    """The systems' folders at the top of each drive, and what was left behind by a move."""
    for partition in host.partitions():
        with suppress(HostError):
            for name in host.names(partition.mount):
                yield from _folder(host, partition.mount.rstrip("\\"), name)


def _folder(host: Host, top: str, name: str) -> Iterator[SchoolSystem]:
    path = rf"{top}\{name}"
    if _MOVED.match(name):
        product = system_of(name) or "SIMS"
        yield SchoolSystem(
            product=product, part=SystemPart.MOVED, path=path, modified=_time(host, path)
        )
    elif name.upper() in {f.upper() for f in FOLDERS}:
        inside: tuple[str, ...] = ()
        with suppress(HostError):
            inside = host.names(path)
        for part in inside:
            if _DOCUMENTS.search(part):
                yield SchoolSystem(
                    product=system_of(name) or name,
                    part=SystemPart.DOCUMENTS,
                    path=rf"{path}\{part}",
                    modified=_time(host, rf"{path}\{part}"),
                )
            elif _MOVED.match(part):
                product = system_of(name) or name
                yield SchoolSystem(product=product, part=SystemPart.MOVED, path=rf"{path}\{part}")


def _time(host: Host, path: str) -> datetime | None:
    with suppress(HostError):
        return host.status(path).modified
    return None


def services(host: Host) -> Iterator[SchoolSystem]:
    """Services that hold a system's data: its database server, its store of documents.

    A service is known by its name or by the name it shows; `@file,-1` is none that it shows.
    """
    seen: set[str] = set()
    with suppress(HostError):
        for name in keys(host, SERVICES):
            title = ""
            with suppress(HostError):
                title = text(host, rf"{SERVICES}\{name}", "DisplayName")
            product = system_of(name) or system_of(title)
            if product and product not in seen and _HOLDS.search(f"{name} {title}"):
                seen.add(product)
                yield SchoolSystem(product=product, part=SystemPart.SERVER, detail=title or name)


def programs(host: Host) -> Iterator[SchoolSystem]:
    """Installed programs: a client alone, or the sign of a hosted system."""
    seen = set()
    for key in UNINSTALL:
        with suppress(HostError):
            for name in keys(host, key):
                title = ""
                with suppress(HostError):
                    title = text(host, rf"{key}\{name}", "DisplayName")
                product = system_of(title)
                part = SystemPart.HOSTED if _HOSTED.search(title) else SystemPart.CLIENT
                if (product or part is SystemPart.HOSTED) and title not in seen:
                    seen.add(title)
                    yield SchoolSystem(product=product or title, part=part, detail=title)
