"""Joins what probes saw of copies with the volumes that they lie on.

A target's place decides what it is worth: the disk that holds the data themselves, another one,
one that is carried, or one that was not attached when the audit looked.
"""

from __future__ import annotations

import ntpath
import posixpath
import re
from collections.abc import Iterable
from contextlib import suppress

import msgspec

from auditor.backups.repositories import open_to_all
from auditor.copies import Backup, BackupFiles, BackupKind, Held, Medium, SchoolSystem, SyncFolder
from auditor.errors import HostError, NotThere
from auditor.evidence import Place, Platform, Volume
from auditor.host import Host

DETACHABLE = ("/mnt/", "/media/", "/run/media/", "/Volumes/")
"""Where disks that come and go are mounted."""
_PLACED = {
    Place.REMOVABLE: (Medium.PORTABLE_DISK, Held.CARRIED),
    Place.OPTICAL: (Medium.DISC, Held.CARRIED),
    Place.NETWORK: (Medium.NETWORK, Held.UNKNOWN),
}


def joined(
    facts: Iterable[object], volumes: tuple[Volume, ...], host: Host, *, portable: bool | None
) -> list[object]:
    """The facts, those about copies with their volume, medium and place; each backup once.

    Args:
        facts: What the probes gave.
        volumes: The volumes among it.
        host: Tells whether a path exists.
        portable: Whether the machine itself is carried, and its other disks with it.
    """
    on = _Volumes(volumes, host, portable)
    found: list[object] = []
    backups: dict[str, Backup] = {}
    for fact in facts:
        if isinstance(fact, Backup):
            placed = _placed(fact, on)
            before = backups.get(fact.id)
            backups[fact.id] = _together(before, placed) if before else placed
        elif isinstance(fact, SyncFolder | SchoolSystem) and not fact.volume:
            found.append(msgspec.structs.replace(fact, volume=on.id_of(fact.path)))
        elif isinstance(fact, BackupFiles) and not fact.volume:
            found.append(msgspec.structs.replace(fact, volume=on.id_of(fact.folder)))
        else:
            found.append(fact)
    return [*found, *backups.values()]


def _together(one: Backup, other: Backup) -> Backup:
    """Two sights of the same backup as one: what the first did not tell is the second's."""
    silent = (None, "", (), "unknown")
    told = {
        name: getattr(other, name)
        for name in one.__struct_fields__
        if getattr(one, name) in silent and getattr(other, name) not in silent
    }
    return msgspec.structs.replace(one, **told)


def _placed(b: Backup, on: _Volumes) -> Backup:
    """The backup with the volume that its target lies on, and what that means."""
    volume = on.named(b.volume) or on.holding(b.target)
    if volume is None:
        away = b.held is Held.UNKNOWN and on.away(b.target)
        return msgspec.structs.replace(b, held=Held.OFFLINE if away else b.held)
    medium, held = _PLACED.get(volume.place, (Medium.UNKNOWN, Held.UNKNOWN))
    if volume.place is Place.FIXED:
        medium = on.beside(volume, b.sources)
        held = {True: Held.CARRIED, False: Held.ONSITE, None: Held.UNKNOWN}[on.portable]
    if b.kind is BackupKind.SNAPSHOT and b.medium is Medium.SAME_DISK:
        medium = b.medium
    writable = on.changeable(b.target) if b.writable is None else b.writable
    return msgspec.structs.replace(
        b,
        volume=volume.id,
        medium=medium if b.medium in {Medium.UNKNOWN, Medium.SAME_DISK} else b.medium,
        held=held if b.held is Held.UNKNOWN else b.held,
        writable=writable if volume.place is not Place.NETWORK else b.writable,
    )


class _Volumes:
    """The volumes of a machine, by the paths on them."""

    def __init__(self, volumes: tuple[Volume, ...], host: Host, portable: bool | None) -> None:
        self.volumes = volumes
        self.host = host
        self.portable = portable
        self.windows = host.platform is Platform.WINDOWS
        self.path = ntpath if self.windows else posixpath
        self.mounts = {v.mount for v in volumes if v.mount}
        with suppress(HostError):
            self.mounts |= {p.mount for p in host.partitions()}

    def named(self, name: str) -> Volume | None:
        """The volume of an id or device."""
        return next((v for v in self.volumes if name and name in {v.id, v.device}), None)

    def id_of(self, path: str) -> str:
        """The id of the volume that holds a path; empty when none does."""
        volume = self.holding(path)
        return volume.id if volume else ""

    def holding(self, path: str) -> Volume | None:
        """The volume that holds a path that exists; None when there is none, or no such path."""
        if not self._absolute(path):
            return None
        near = self._near(path)
        return None if near is None or self.missing(path, near) else near

    def _near(self, path: str) -> Volume | None:
        near = max((m for m in self.mounts if self._under(path, m)), key=len, default="")
        # A mount that is no volume, such as one in memory, tells nothing.
        return next((v for v in self.volumes if v.mount == near), None)

    def missing(self, path: str, near: Volume) -> bool:
        """Whether what a path leads to is not attached.

        An empty mount point lies on the system's disk, and no backup is written there.
        """
        if self.windows or near.mount.startswith(DETACHABLE):
            return False
        plain = re.split(r"[$*`{]", path)[0]
        if path.startswith(DETACHABLE):
            return self._there(plain) is False
        return self._there(plain) is False and self._there(posixpath.dirname(plain)) is False

    def away(self, path: str) -> bool:
        """Whether a path lies on something that was not attached when the audit looked."""
        near = self._near(path) if path.startswith(DETACHABLE) else None
        return near is not None and self.missing(path, near)

    def changeable(self, path: str) -> bool | None:
        """Whether ordinary accounts may change a path of this machine, or the folder it is in."""
        if not self._absolute(path):
            return None
        plain = re.split(r"[$*`{%]", path)[0]
        with suppress(HostError):
            whole = plain == path and self.host.status(path).folder
            return open_to_all(self.host, path if whole else self.path.dirname(plain))
        return None

    def _there(self, path: str) -> bool | None:
        """Whether a path exists; None when the system does not say."""
        try:
            self.host.status(path)
        except NotThere:
            return False
        except HostError:
            return None
        return True

    def beside(self, volume: Volume, sources: tuple[str, ...]) -> Medium:
        """Whether a built-in volume lies on the disk of the data or on another."""
        held = [v for s in sources if (v := self.holding(s))]
        held = held or [v for v in self.volumes if v.system]
        if not volume.disks or not held or not all(v.disks for v in held):
            same = any(v.id == volume.id for v in held)
            return Medium.SAME_DISK if same else Medium.UNKNOWN
        shared = any(set(v.disks) & set(volume.disks) for v in held)
        return Medium.SAME_DISK if shared else Medium.INTERNAL_DISK

    def _absolute(self, path: str) -> bool:
        return path[1:3] in {":\\", ":/", ":"} if self.windows else path.startswith("/")

    def _under(self, path: str, top: str) -> bool:
        a = self.path.normcase(self.path.normpath(path if path[1:] != ":" else path + "\\"))
        b = self.path.normcase(self.path.normpath(top))
        inside: bool = a == b or a.startswith(b.rstrip(self.path.sep) + self.path.sep)
        return inside
