"""Drives of a Windows machine: letters without any rights, the rest by one call of PowerShell.

What each source says, and how far it is believed:
- GetDriveTypeW calls a USB hard disk fixed, so that a drive is called fixed only by its bus.
- Win32_EncryptableVolume (administrators only) tells BitLocker in full: fully encrypted with
  protection off is suspended or waiting for activation, and its key lies in the clear.
- The shell's property (any account) is not documented; 1, 2, 3 and 6 are believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from auditor.errors import AccessDenied, HostError
from auditor.evidence import Encryption, EncryptionState, Gap, Place, Platform, Volume, Why
from auditor.host import Host, Partition
from auditor.host.powershell import Answers, whole, words
from auditor.host.powershell import ask as ask_powershell

PLATFORMS = frozenset({Platform.WINDOWS})
SOURCE = "windows_volumes"

PLACES = {2: Place.REMOVABLE, 3: Place.FIXED, 4: Place.NETWORK, 5: Place.OPTICAL}
"""Values of GetDriveTypeW (Microsoft Learn, fileapi.h)."""
RAM_DISK = 6
BUSES = {
    1: "scsi", 2: "atapi", 3: "ata", 4: "1394", 6: "fibre channel", 7: "usb", 8: "raid", 9: "iscsi",
    10: "sas", 11: "sata", 12: "sd", 13: "mmc", 14: "virtual", 15: "file", 16: "storage spaces",
    17: "nvme",
}  # fmt: skip
"""Values of MSFT_Disk.BusType (Microsoft Learn, Storage Management API)."""
CARRIED = frozenset({"usb", "1394", "sd"})
FIRMWARE = frozenset(
    {
        "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",  # EFI system
        "e3c9e316-0b5c-4db8-817d-f92df00215ae",  # Microsoft reserved
        "de94bba4-06d1-4d40-a16a-bfd50179d6ac",  # Windows recovery
    }
)
METHODS = {
    1: "AES-128 with diffuser", 2: "AES-256 with diffuser", 3: "AES-128", 4: "AES-256",
    5: "hardware encryption of the drive", 6: "XTS-AES-128", 7: "XTS-AES-256",
}  # fmt: skip
"""Values of Win32_EncryptableVolume.GetEncryptionMethod."""
OPEN_PANEL = "Open Control Panel, BitLocker Drive Encryption: it shows each drive's state."
AS_ADMIN = "Run the audit as administrator to see the state of every drive."


PROTECTORS = {
    1: "TPM", 2: "startup key", 3: "recovery password", 4: "TPM and PIN", 5: "TPM and startup key",
    6: "TPM, PIN and startup key", 7: "certificate", 8: "passphrase", 9: "TPM certificate",
    10: "Windows account",
}  # fmt: skip
"""Values of Win32_EncryptableVolume.GetKeyProtectorType."""


class Known(NamedTuple):
    """What PowerShell says, by drive letter (`C:`) or volume name."""

    volumes: dict[str, dict[str, Any]]
    buses: dict[str, str]
    models: dict[str, str]
    disks: dict[str, str]
    firmware: frozenset[str]
    encryption: dict[str, Encryption]
    refused: bool
    """Whether BitLocker was asked and this account may not know."""


NOTHING = Known({}, {}, {}, {}, frozenset(), {}, refused=False)


def ask(host: Host) -> Iterator[Volume | Gap]:
    """Every drive letter with something in it, then the volumes without one."""
    known = NOTHING
    try:
        known = understood(ask_powershell(host))
    except HostError as e:
        yield Gap(
            source="powershell",
            about="what PowerShell tells of drives",
            why=Why.TOOL_MISSING,
            detail=f"{e.problem[:1].upper()}{e.problem[1:]}.",
        )
    home = "C:"
    with suppress(HostError):
        home = host.environment("SystemDrive")
    for partition in host.partitions():
        kind = host.drive_type(partition.mount)
        if kind != RAM_DISK:
            yield from _lettered(host, partition, kind, known, home)
    for name, found in known.volumes.items():
        if not found.get("DriveLetter") and name not in known.firmware and found.get("FileSystem"):
            yield from _unlettered(name, found, known)


def understood(answers: Answers) -> Known:
    """PowerShell's answers put together."""
    volumes = {words(v, "DeviceID"): v for v in _part(answers, "volumes") if words(v, "DeviceID")}
    disks = {whole(d, "Number"): d for d in _part(answers, "disks")}
    buses, models, names, firmware = {}, {}, {}, set()
    for p in _part(answers, "partitions"):
        disk = disks.get(whole(p, "DiskNumber"), {})
        paths = p.get("AccessPaths")
        for path in paths if isinstance(paths, list) else [paths]:
            key = _key(path)
            names[key] = f"disk {whole(p, 'DiskNumber')}"
            buses[key] = _bus(disk.get("BusType"))
            models[key] = words(disk, "FriendlyName")
            if words(p, "GptType").strip("{}").lower() in FIRMWARE:
                firmware.add(key)
    firmware |= {
        n for n, v in volumes.items() if v.get("SystemVolume") is True and not v.get("DriveLetter")
    }
    refused, encryption = False, {}
    for item in _part(answers, "shell"):
        encryption[_key(item.get("DriveLetter"))] = by_shell(whole(item, "Protection"))
    try:
        for item in answers.part("bitlocker"):
            state = by_bitlocker(item)
            encryption[_key(item.get("DriveLetter") or item.get("DeviceID"))] = state
    except AccessDenied:
        refused = True
    except HostError:
        pass
    return Known(volumes, buses, models, names, frozenset(firmware), encryption, refused)


def by_bitlocker(item: dict[str, Any]) -> Encryption:
    """The state that Win32_EncryptableVolume tells; anything odd is unknown."""
    conversion, protection = whole(item, "Conversion"), whole(item, "Protection")
    locked = {0: False, 1: True}.get(whole(item, "Lock"))
    method = METHODS.get(whole(item, "Method"), "")
    state = EncryptionState.UNKNOWN
    if locked or (conversion == 1 and protection == 1):
        state = EncryptionState.ON
    elif conversion == 1 and protection == 0:
        state = EncryptionState.SUSPENDED
    elif conversion == 0:
        state = EncryptionState.OFF
    elif conversion in {2, 3, 4, 5}:
        state = EncryptionState.PARTIAL
    if state is EncryptionState.UNKNOWN:
        return Encryption(state=state, why=Why.NOT_UNDERSTOOD)
    if state is EncryptionState.OFF:
        return Encryption(state=state, locked=locked)
    recovery, opens = whole(item, "Recovery"), item.get("AutoUnlock")
    return Encryption(
        state=state,
        product="BitLocker",
        method=method,
        locked=locked,
        recovery=recovery > 0 if recovery >= 0 else None,
        protectors=_protectors(item.get("Protectors")),
        opens_itself=opens if isinstance(opens, bool) else None,
        used_space_only={0: False, 1: True}.get(whole(item, "Flags") & 1)
        if whole(item, "Flags") >= 0
        else None,
    )


def _protectors(found: object) -> tuple[str, ...]:
    kinds = [found] if isinstance(found, int) else found if isinstance(found, list) else []
    named = {PROTECTORS[k] for k in kinds if isinstance(k, int) and k in PROTECTORS}
    return tuple(sorted(named))


def by_shell(protection: int) -> Encryption:
    """The state that System.Volume.BitLockerProtection tells; only 1, 2, 3 and 6 are believed."""
    if protection in {1, 6}:
        return Encryption(state=EncryptionState.ON, product="BitLocker", locked=protection == 6)
    if protection == 2:
        return Encryption(state=EncryptionState.OFF)
    if protection == 3:
        return Encryption(state=EncryptionState.PARTIAL, product="BitLocker")
    return Encryption(state=EncryptionState.UNKNOWN, why=Why.NEEDS_ADMIN)


SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
OTHERS = {
    "veracrypt": "VeraCrypt", "truecrypt": "TrueCrypt", "MfeEpePC": "Trellix Drive Encryption",
    "SGNAuthService": "Sophos SafeGuard", "eedservice": "Symantec Endpoint Encryption",
}  # fmt: skip
"""Services of other products that encrypt drives. The last three names are from memory."""
DELL = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\CMGShield"
"""Dell Encryption (Dell knowledge base 000129631)."""
CONTAINERS = {
    "\\Device\\VeraCryptVolume": "VeraCrypt", "\\Device\\TrueCryptVolume": "TrueCrypt",
}  # fmt: skip


def by_others(host: Host, letter: str, told: Encryption) -> Encryption:
    """What is left of an answer when another product may encrypt: its "off" is then unknown."""
    with suppress(HostError):
        target = host.device_target(letter)
        for start, product in CONTAINERS.items():
            if target.startswith(start):
                return Encryption(state=EncryptionState.ON, product=product, locked=False)
    if told.state is EncryptionState.OFF and (product := other_product(host)):
        return Encryption(state=EncryptionState.UNKNOWN, product=product, why=Why.NOT_UNDERSTOOD)
    return told


def other_product(host: Host) -> str:
    """The other encryption product that is installed; empty for none that is known here."""
    for service, product in OTHERS.items():
        with suppress(HostError):
            host.registry_keys(rf"{SERVICES}\{service}")
            return product
    with suppress(HostError):
        host.registry_keys(DELL)
        return "Dell Encryption"
    return ""


def _lettered(
    host: Host, partition: Partition, kind: int, known: Known, home: str
) -> Iterator[Volume | Gap]:
    root, key = partition.mount, _key(partition.mount)
    bus = known.buses.get(key, "")
    system = root.upper().startswith(home.upper())
    place = _place(kind, bus, system=system)
    label, room = "", None
    with suppress(HostError):
        label = host.volume_label(root)
    with suppress(HostError):
        room = host.usage(root)
    encryption = by_others(host, key, _encryption(place, partition.filesystem, key, known))
    yield Volume(
        id=root,
        mount=root,
        device=root,
        disks=(known.disks[key],) if key in known.disks else (),
        label=label,
        model=known.models.get(key, ""),
        place=place,
        bus="network" if place is Place.NETWORK else bus,
        filesystem=partition.filesystem,
        size=room.size if room else None,
        free=room.free if room else None,
        system=system,
        encryption=encryption,
    )
    yield from _gaps(root, place, encryption, known)


def _place(kind: int, bus: str, *, system: bool) -> Place:
    """Fixed only where the bus says so: a USB hard disk claims to be."""
    place = PLACES.get(kind, Place.UNKNOWN)
    if bus in CARRIED and place in {Place.FIXED, Place.UNKNOWN}:
        return Place.REMOVABLE
    if bus == "file":
        return Place.UNKNOWN  # an image file; the drive that it lies on decides
    if place is Place.FIXED and not bus and not system:
        return Place.UNKNOWN
    return place


def _encryption(place: Place, filesystem: str, key: str, known: Known) -> Encryption:
    if key in known.encryption:
        return known.encryption[key]
    if place is Place.OPTICAL and filesystem.upper() in {"CDFS", "UDF"}:
        return Encryption(state=EncryptionState.OFF)
    why = Why.NEEDS_ADMIN if known.refused else Why.NOT_SUPPORTED
    return Encryption(state=EncryptionState.UNKNOWN, why=why)


def _gaps(root: str, place: Place, encryption: Encryption, known: Known) -> Iterator[Gap]:
    if encryption.state is EncryptionState.UNKNOWN and place is not Place.NETWORK:
        yield Gap(
            source=SOURCE,
            about=f"encryption of {root}",
            why=encryption.why or Why.NOT_SUPPORTED,
            detail=AS_ADMIN if known.refused else OPEN_PANEL,
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


def _unlettered(name: str, found: dict[str, Any], known: Known) -> Iterator[Volume | Gap]:
    """A volume that no letter leads to, such as the disk of Windows Server Backup."""
    shown = words(found, "Label") or known.disks.get(name, "a drive without a letter")
    index = sorted(known.volumes).index(name)
    place = _place(whole(found, "DriveType"), known.buses.get(name, ""), system=False)
    encryption = _encryption(place, words(found, "FileSystem"), name, known)
    volume = Volume(
        id=f"volume {index + 1}",
        device=f"volume {index + 1}",
        disks=(known.disks[name],) if name in known.disks else (),
        label=shown,
        model=known.models.get(name, ""),
        place=place,
        bus=known.buses.get(name, ""),
        filesystem=words(found, "FileSystem"),
        size=whole(found, "Capacity") if whole(found, "Capacity") >= 0 else None,
        system=False,
        encryption=encryption,
    )
    yield volume
    yield Gap(
        source=SOURCE,
        about=f"files on {shown}, which has no drive letter",
        why=Why.NOT_SUPPORTED,
        detail="Give it a letter in Disk Management and scan again, if its files matter.",
        volume=volume.id,
    )
    yield from _gaps(volume.id, place, encryption, known)


def _part(answers: Answers, name: str) -> list[dict[str, Any]]:
    with suppress(HostError):
        return answers.part(name)
    return []


def _key(path: object) -> str:
    r"""`C:` for `C:\`, and the name of a volume as it stands."""
    text = path if isinstance(path, str) else ""
    return text[:2].upper() if text[1:2] == ":" else text


def _bus(found: object) -> str:
    """A bus by its number, or by the name that newer versions print."""
    if isinstance(found, str) and not found.isdecimal():
        return found.strip().lower()
    return BUSES.get(whole({"x": found}, "x"), "")
