r"""Core Storage, in which Macs kept encrypted drives before APFS, by diskutil.

Samples (property lists, macOS 10.13; names without their first words, `CoreStorage` and
`CoreStorageLogicalVolume`):
    diskutil cs list -plist          Groups: [{PhysicalVolumes: […], Families: [{UUID: …, s: […]}]}]
    diskutil cs info -plist FAMILY   FamilyEncryptionType: AES-XTS or None
    diskutil cs info -plist VOLUME   ConversionState: Complete, Converting, Pending, Failed
                                     Status: Online or Locked, DeviceIdentifier: disk1
Newer releases have no `cs` any more; then nothing is told of such a drive but that it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from auditor.errors import HostError
from auditor.evidence import Encryption, EncryptionState, Why
from auditor.host import Host
from auditor.host.plists import plist

DISKUTIL = "/usr/sbin/diskutil"
MOST = 64
"""Volumes and families that are asked for."""


class Logical(NamedTuple):
    """A volume of Core Storage."""

    device: str
    """Its disk, such as `disk1`; empty while it is locked."""
    below: tuple[str, ...]
    """The partitions it lies on, such as `disk0s2`."""
    label: str
    encryption: Encryption


def volumes(host: Host) -> tuple[Logical, ...]:
    """Every volume of Core Storage; none where this macOS knows no Core Storage."""
    try:
        listed = plist(host.run(DISKUTIL, "cs", "list", "-plist"))
    except HostError:
        return ()
    return tuple(_all(host, listed))[:MOST]


def _all(host: Host, listed: dict[str, Any]) -> Iterator[Logical]:
    for group in _dicts(listed, "CoreStorageLogicalVolumeGroups"):
        stores = [_info(host, p) for p in _dicts(group, "CoreStoragePhysicalVolumes")]
        below = tuple(n for s in stores if (n := _text(s, "DeviceIdentifier")))
        for family in _dicts(group, "CoreStorageLogicalVolumeFamilies"):
            kind = _info(host, family)
            for volume in _dicts(family, "CoreStorageLogicalVolumes"):
                info = _info(host, volume)
                own = _text(info, "DesignatedCoreStoragePhysicalVolumeDeviceIdentifier")
                yield Logical(
                    device=_text(info, "DeviceIdentifier"),
                    below=below or ((own,) if own else ()),
                    label=_text(info, "CoreStorageLogicalVolumeName"),
                    encryption=encryption(kind, info),
                )


def encryption(family: dict[str, Any], volume: dict[str, Any]) -> Encryption:
    """What the family's kind and the volume's conversion say together.

    A conversion that is not complete, whichever way it goes, leaves something open.
    """
    kind = _text(family, "CoreStorageLogicalVolumeFamilyEncryptionType")
    going = _text(volume, "CoreStorageLogicalVolumeConversionState")
    status = _text(volume, "CoreStorageLogicalVolumeStatus")
    locked = {"Online": False, "Locked": True}.get(status)
    if going in {"Converting", "Pending", "Failed"} or "Backward" in going:
        return Encryption(state=EncryptionState.PARTIAL, product="FileVault", locked=locked)
    if kind == "AES-XTS" and going == "Complete":
        return Encryption(
            state=EncryptionState.ON, product="FileVault", method="AES-XTS", locked=locked
        )
    if kind == "None" and going in {"Complete", "NoConversion", ""}:
        return Encryption(state=EncryptionState.OFF)
    return Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_UNDERSTOOD)


def _info(host: Host, item: dict[str, Any]) -> dict[str, Any]:
    with suppress(HostError):
        if name := _text(item, "CoreStorageUUID"):
            return plist(host.run(DISKUTIL, "cs", "info", "-plist", name))
    return {}


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""


def _dicts(found: dict[str, Any], key: str) -> list[dict[str, Any]]:
    items = found.get(key)
    return [i for i in items if isinstance(i, dict)][:MOST] if isinstance(items, list) else []
