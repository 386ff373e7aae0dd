"""Drives of a Mac, by diskutil and fdesetup, without root.

`diskutil apfs list -plist` says of each volume whether it is encrypted and whether that is
FileVault. On machines with a T2 or Apple chip everything is encrypted with a key that the machine
gives to anybody, so that only FileVault counts for the volumes of the system. Preboot, Recovery,
VM and the like are never encrypted, hold no records and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from auditor.errors import HostError
from auditor.evidence import Encryption, EncryptionState, Gap, Place, Platform, Volume, Why
from auditor.host import Host
from auditor.host.core_storage import Logical, volumes
from auditor.host.plists import plist

PLATFORMS = frozenset({Platform.MACOS})
SOURCE = "macos_volumes"

NETWORK = frozenset({"smbfs", "afpfs", "nfs", "webdav"})
PSEUDO = frozenset({"autofs", "devfs", "nullfs"})
PARTS = "/System/Volumes/"
"""Mounts of the system's helper volumes; the records of /System/Volumes/Data are reached by /."""
ROLES = frozenset({"System", "Data", "User", "Backup"})
"""Roles of APFS volumes that hold people's files; a volume without a role does too."""
FILES = {
    "Apple_HFS": "hfs", "Apple_HFSX": "hfs", "Microsoft Basic Data": "fat or ntfs",
    "DOS_FAT_32": "fat", "DOS_FAT_16": "fat", "Windows_NTFS": "ntfs", "Windows_FAT_32": "fat",
    "Windows_FAT_16": "fat",
}  # fmt: skip
"""Kinds of partitions that hold files as they are: none of them is encrypted by itself."""
CORE_STORAGE = "Apple_CoreStorage"
BUSES = {
    "USB": "usb", "SATA": "sata", "PCI-Express": "nvme", "Apple Fabric": "nvme",
    "Secure Digital": "sd", "FireWire": "firewire", "Disk Image": "file", "ATAPI": "atapi",
}  # fmt: skip
SETTINGS = "Open System Settings, Privacy & Security, FileVault: it says whether it is on."


class Drive(NamedTuple):
    """A physical disk."""

    place: Place
    bus: str
    model: str


def ask(host: Host) -> Iterator[Volume | Gap]:
    """Every volume of every drive, then the shares."""
    yield from _shares(host)
    try:
        listed = plist(host.run("/usr/sbin/diskutil", "list", "-plist"))
        apfs = plist(host.run("/usr/sbin/diskutil", "apfs", "list", "-plist"))
    except HostError as e:
        yield from _by_mounts(host, e)
        return
    disks = _dicts(listed, "AllDisksAndPartitions")
    mounts = {str(v.get("DeviceIdentifier")): str(v.get("MountPoint", "")) for d in disks
              for v in (*_dicts(d, "APFSVolumes"), *_dicts(d, "Partitions"), d)}  # fmt: skip
    drives: dict[str, Drive] = {}
    yield from _partitions(host, disks, drives, mounts)
    filevault = state_of_filevault(host)
    for container in _dicts(apfs, "Containers"):
        store = str(container.get("DesignatedPhysicalStore", ""))
        disk_name = store.rpartition("s")[0] or store
        below = drives.get(disk_name, Drive(Place.UNKNOWN, "", ""))
        if below.bus != "file":
            for volume in _dicts(container, "Volumes"):
                yield from _apfs(host, volume, disk_name, below, mounts, filevault)


def _partitions(
    host: Host, disks: list[dict[str, Any]], drives: dict[str, Drive], mounts: dict[str, str]
) -> Iterator[Volume | Gap]:
    """What lies on the partitions of physical disks, which are told to `drives`."""
    stored = volumes(host) if _has_core_storage(disks) else ()
    made = {s.device for s in stored}
    for disk in disks:
        name = str(disk.get("DeviceIdentifier"))
        # A disk that Core Storage makes is told with the partition below it.
        if name not in made and not _dicts(disk, "APFSPhysicalStores"):
            drives[name] = drive(host, name)
            parts = _dicts(disk, "Partitions")
            # Without partitions it may be one that Core Storage made, of which nothing is told.
            hidden = not parts and not stored and _has_core_storage(disks)
            for part in parts or [{**disk, "Content": CORE_STORAGE} if hidden else disk]:
                yield from _plain(host, part, name, drives[name], stored, mounts)


def drive(host: Host, name: str) -> Drive:
    """What `diskutil info` says of a physical disk; unknown where it says nothing."""
    try:
        info = plist(host.run("/usr/sbin/diskutil", "info", "-plist", name))
    except HostError:
        return Drive(Place.UNKNOWN, "", "")
    bus = BUSES.get(str(info.get("BusProtocol", "")), str(info.get("BusProtocol", "")).lower())
    model = str(info.get("MediaName", ""))
    if info.get("OpticalDeviceType") or info.get("OpticalMediaType"):
        return Drive(Place.OPTICAL, bus, model)
    outside = info.get("RemovableMediaOrExternalDevice", info.get("RemovableMedia"))
    inside = info.get("Internal")
    if bus in {"usb", "firewire", "sd"} or outside is True or inside is False:
        return Drive(Place.REMOVABLE, bus, model)
    return Drive(Place.FIXED if inside is True else Place.UNKNOWN, bus, model)


def state_of_filevault(host: Host) -> EncryptionState:
    """What `fdesetup status` says. Its second line, on progress, counts before its first."""
    try:
        said = host.run("/usr/bin/fdesetup", "status").decode("utf-8", "replace")
    except HostError:
        return EncryptionState.UNKNOWN
    if "in progress" in said:
        return EncryptionState.PARTIAL
    if said.startswith("FileVault is On."):
        return EncryptionState.ON
    # "Off, but will be enabled after the next restart" protects nothing yet.
    return EncryptionState.OFF if said.startswith("FileVault is Off") else EncryptionState.UNKNOWN


def _dicts(found: dict[str, Any], key: str) -> list[dict[str, Any]]:
    items = found.get(key)
    return [i for i in items if isinstance(i, dict)] if isinstance(items, list) else []


def _apfs(
    host: Host,
    volume: dict[str, Any],
    disk: str,
    below: Drive,
    mounts: dict[str, str],
    filevault: EncryptionState,
) -> Iterator[Volume | Gap]:
    roles = volume.get("Roles")
    roles = {r for r in roles if isinstance(r, str)} if isinstance(roles, list) else set()
    name = str(volume.get("DeviceIdentifier", ""))
    mount = mounts.get(name, "")
    if roles - ROLES or "System" in roles:
        return  # the sealed system volume holds no records; Data, beside it, does
    ours = mount == PARTS + "Data"
    encryption = _encryption(volume, roles, filevault if ours else None)
    yield from _volume(
        host,
        name,
        "/" if ours else mount,
        str(volume.get("Name", "")),
        "apfs",
        disk,
        below,
        encryption,
        system=ours,
    )


def _encryption(
    volume: dict[str, Any], roles: set[str], filevault: EncryptionState | None
) -> Encryption:
    """FileVault for the volumes of a system; any encryption for a drive of its own."""
    flag = volume.get("FileVault") if roles & {"Data", "User"} else volume.get("Encryption")
    if not isinstance(flag, bool):
        return Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_UNDERSTOOD)
    state = EncryptionState.ON if flag else EncryptionState.OFF
    if volume.get("CryptoMigrationOn") is True or filevault is EncryptionState.PARTIAL:
        state = EncryptionState.PARTIAL
    elif filevault is not None and filevault not in {state, EncryptionState.UNKNOWN}:
        return Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_UNDERSTOOD)
    if state is EncryptionState.OFF:
        return Encryption(state=state)
    product = "FileVault" if roles & {"Data", "User"} else "APFS encryption"
    return Encryption(state=state, product=product, locked=volume.get("Locked") is True)


def _has_core_storage(disks: list[dict[str, Any]]) -> bool:
    return any(p.get("Content") == CORE_STORAGE for d in disks for p in _dicts(d, "Partitions"))


def _plain(
    host: Host, part: dict[str, Any], disk: str, below: Drive, stored: tuple[Logical, ...],
    mounts: dict[str, str],
) -> Iterator[Volume | Gap]:  # fmt: skip
    """A partition that holds files as they are, or one of Core Storage."""
    kind, name = str(part.get("Content", "")), str(part.get("DeviceIdentifier", ""))
    if below.bus == "file":
        return
    if kind == CORE_STORAGE:
        yield from _core_storage(host, name, disk, below, stored, mounts)
    elif kind in FILES:
        label, mount = str(part.get("VolumeName", "")), str(part.get("MountPoint", ""))
        off = Encryption(state=EncryptionState.OFF)
        yield from _volume(
            host, name, mount, label, FILES[kind], disk, below, off, system=mount == "/"
        )  # fmt: skip


def _core_storage(
    host: Host, name: str, disk: str, below: Drive, stored: tuple[Logical, ...],
    mounts: dict[str, str],
) -> Iterator[Volume | Gap]:  # fmt: skip
    """The volumes of Core Storage on a partition; one of several partitions is told once."""
    ours = [s for s in stored if name in s.below]
    for found in ours:
        if found.below[0] == name:
            mount = mounts.get(found.device, "")
            yield from _volume(
                host, found.device or name, mount, found.label, "core storage", disk, below,
                found.encryption, system=mount == "/",
            )  # fmt: skip
    if not ours:
        unknown = Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_SUPPORTED)
        mount = mounts.get(name, "")
        yield from _volume(
            host, name, mount, "", "core storage", disk, below, unknown, system=mount == "/"
        )  # fmt: skip


def _volume(  # noqa: PLR0913, PLR0917 - one volume, said once
    host: Host, name: str, mount: str, label: str, filesystem: str, disk: str, below: Drive,
    encryption: Encryption, *, system: bool,
) -> Iterator[Volume | Gap]:  # fmt: skip
    room = None
    with suppress(HostError):
        room = host.usage(mount) if mount else None
    called = mount or f"/dev/{name}"
    yield Volume(
        id=called,
        mount=mount,
        device=f"/dev/{name}",
        disks=(disk,),
        label=label,
        model=below.model,
        place=below.place,
        bus=below.bus,
        filesystem=filesystem,
        size=room.size if room else None,
        free=room.free if room else None,
        system=system,
        encryption=encryption,
    )
    if not mount:
        why = Why.LOCKED if encryption.locked else Why.NOT_SUPPORTED
        detail = "It is attached but not opened: open it in Disk Utility and scan again."
        yield Gap(
            source=SOURCE,
            about=f"files on {label or called}",
            why=why,
            detail=detail,
            volume=called,
        )
    if encryption.state is EncryptionState.UNKNOWN:
        why = encryption.why or Why.NOT_UNDERSTOOD
        yield Gap(
            source=SOURCE,
            about=f"encryption of {label or called}",
            why=why,
            detail=SETTINGS,
            volume=called,
        )


def _shares(host: Host) -> Iterator[Volume]:
    for p in host.partitions():
        if p.filesystem in NETWORK:
            yield Volume(
                id=p.mount,
                mount=p.mount,
                device=p.device,
                label=p.mount.rpartition("/")[2],
                place=Place.NETWORK,
                bus="network",
                filesystem=p.filesystem,
                encryption=Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_SUPPORTED),
            )


def _by_mounts(host: Host, error: HostError) -> Iterator[Volume | Gap]:
    """The drives as the mount table has them, when diskutil does not answer."""
    yield Gap(
        source="diskutil",
        about="what diskutil tells of drives",
        why=Why.TOOL_MISSING,
        detail=f"{error.problem[:1].upper()}{error.problem[1:]}.",
    )
    unknown = Encryption(state=EncryptionState.UNKNOWN, why=Why.TOOL_MISSING)
    for p in host.partitions():
        if p.filesystem not in NETWORK | PSEUDO and not p.mount.startswith(PARTS):
            place = Place.FIXED if p.mount == "/" else Place.UNKNOWN
            name = p.device.removeprefix("/dev/")
            label = p.mount.rpartition("/")[2]
            yield from _volume(
                host,
                name,
                p.mount,
                label,
                p.filesystem,
                "",
                Drive(place, "", ""),
                unknown,
                system=p.mount == "/",
            )
