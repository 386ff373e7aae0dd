"""Drives of a Mac by their mounts; encryption is told as a gap until diskutil is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from auditor.errors import HostError
from auditor.evidence import Encryption, EncryptionState, Gap, Place, Platform, Volume, Why
from auditor.host import Host, Partition

PLATFORMS = frozenset({Platform.MACOS})
SOURCE = "macos_volumes"

PSEUDO = frozenset({"autofs", "devfs", "nullfs"})
NETWORK = frozenset({"smbfs", "afpfs", "nfs", "webdav"})
PARTS = ("/System/Volumes/",)
"""Helper volumes of the system. Data is reached through /, and Preboot, VM and Update hold none."""


def ask(host: Host) -> Iterator[Volume | Gap]:
    """Every mount that people see."""
    for partition in host.partitions():
        if partition.filesystem not in PSEUDO and not partition.mount.startswith(PARTS):
            yield from _volume(host, partition)


def _volume(host: Host, partition: Partition) -> Iterator[Volume | Gap]:
    mount, network = partition.mount, partition.filesystem in NETWORK
    room = None
    with suppress(HostError):
        room = host.usage(mount)
    yield Volume(
        id=mount,
        mount=mount,
        device=partition.device,
        label=mount.rpartition("/")[2],
        place=Place.NETWORK if network else Place.FIXED if mount == "/" else Place.UNKNOWN,
        bus="network" if network else "",
        filesystem=partition.filesystem,
        size=room.size if room else None,
        free=room.free if room else None,
        system=mount == "/",
        read_only="ro" in partition.options,
        encryption=Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_SUPPORTED),
    )
    if not network:
        yield Gap(
            source=SOURCE,
            about=f"encryption of {mount}",
            why=Why.NOT_SUPPORTED,
            detail="Open System Settings, Privacy & Security, FileVault: it says whether it is on.",
            volume=mount,
        )
