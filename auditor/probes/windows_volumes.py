"""Drives of a Windows machine by their letters, without PowerShell and without rights.

The drive type is all that this asks: it calls a USB hard disk fixed, and says nothing of
BitLocker. Both are told as gaps and never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from auditor.errors import HostError
from auditor.evidence import Encryption, EncryptionState, Gap, Place, Platform, Volume, Why
from auditor.host import Host, Usage

PLATFORMS = frozenset({Platform.WINDOWS})
SOURCE = "windows_volumes"

PLACES = {2: Place.REMOVABLE, 3: Place.FIXED, 4: Place.NETWORK, 5: Place.OPTICAL}
"""Values of GetDriveTypeW (Microsoft Learn, fileapi.h)."""
RAM_DISK = 6


def ask(host: Host) -> Iterator[Volume | Gap]:
    """Every drive letter with something in it."""
    home = "C:"
    with suppress(HostError):
        home = host.environment("SystemDrive")
    for partition in host.partitions():
        kind = host.drive_type(partition.mount)
        if kind != RAM_DISK:
            place = PLACES.get(kind, Place.UNKNOWN)
            system = partition.mount.upper().startswith(home.upper())
            if place is Place.FIXED and not system:
                place = Place.UNKNOWN  # a USB hard disk says the same
            yield from _volume(
                host,
                partition.mount,
                partition.filesystem,
                place,
                system=system,
            )


def _volume(
    host: Host, root: str, filesystem: str, place: Place, *, system: bool
) -> Iterator[Volume | Gap]:
    label, room = "", None
    with suppress(HostError):
        label = host.volume_label(root)
    with suppress(HostError):
        room = host.usage(root)
    plain = place is Place.OPTICAL and filesystem.upper() in {"CDFS", "UDF"}
    state = EncryptionState.OFF if plain else EncryptionState.UNKNOWN
    why = None if plain else Why.NOT_SUPPORTED
    yield Volume(
        id=root,
        mount=root,
        device=root,
        label=label,
        place=place,
        bus="network" if place is Place.NETWORK else "",
        filesystem=filesystem,
        size=room.size if isinstance(room, Usage) else None,
        free=room.free if isinstance(room, Usage) else None,
        system=system,
        encryption=Encryption(state=state, why=why),
    )
    if not plain and place is not Place.NETWORK:
        yield Gap(
            source=SOURCE,
            about=f"encryption of {root}",
            why=Why.NOT_SUPPORTED,
            detail="Open Control Panel, BitLocker Drive Encryption: it shows each drive's state.",
            volume=root,
        )
    if place is Place.UNKNOWN:
        yield Gap(
            source=SOURCE,
            about=f"whether {root} is inside the machine or on USB",
            why=Why.NOT_SUPPORTED,
            detail="Windows calls a USB hard disk a fixed drive: look whether a cable leads to it.",
            volume=root,
        )
