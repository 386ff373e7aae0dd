r"""What PowerShell tells of this Windows beside its drives: health, protection, accounts, devices.

One call answers for all of it (auditor.host.powershell). The history of devices falls back to the
registry, which knows what was plugged in and not when:
    HKLM\SYSTEM\CurrentControlSet\Enum\USBSTOR\Disk&Ven_SanDisk&Prod_Ultra_Fit&Rev_1.00

Values of productState of the Security Center are not documented; the bit that every published
reading agrees on (0x1000: on) is believed for "on", with definitions that are not called old.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from auditor.errors import AccessDenied, HostError
from auditor.evidence import (
    DeviceKind,
    DeviceSeen,
    Gap,
    Health,
    HealthState,
    Platform,
    Setting,
    SettingId,
    Why,
)
from auditor.host import Host
from auditor.host.powershell import Answers, moment, whole, words
from auditor.host.powershell import ask as ask_powershell
from auditor.host.registry import keys, number

PLATFORMS = frozenset({Platform.WINDOWS})
SOURCE = "windows_safety"

HEALTH = {0: HealthState.GOOD, 1: HealthState.DEGRADED, 2: HealthState.FAILING}
"""HealthStatus of MSFT_PhysicalDisk and MSFT_VirtualDisk (Microsoft Learn, Storage API)."""
NAMES = {"healthy": 0, "warning": 1, "unhealthy": 2}
REDUNDANT = frozenset({"Mirror", "Parity"})
GUEST = 501
"""Last part of the identifier of the guest account, the same in every language."""
ON, OLD = 0x1000, 0x10
FRESH = 7
"""Days for which definitions count as current: rule ACC-20."""
RECENT = timedelta(days=30)
SHORTEST = 8
"""Characters from which a minimum is one at all; rule ACC-18 says what should be asked for."""
USB_BUS = "9d7debbc-c85d-11d1-9eb4-006008c3a19a"
"""GUID_BUS_TYPE_USB, by which a disk that Windows lists under SCSI is one on USB."""
USBSTOR = r"HKLM\SYSTEM\CurrentControlSet\Enum\USBSTOR"
LINKED = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
KINDS = {
    "DiskDrive": DeviceKind.STORAGE, "WPD": DeviceKind.PHONE, "CDROM": DeviceKind.DISC,
}  # fmt: skip


def ask(host: Host) -> Iterator[Setting | Health | DeviceSeen | Gap]:
    """Each question; without PowerShell what the registry and Windows itself still say."""
    answers = Answers({})
    with suppress(HostError):
        answers = ask_powershell(host)
    yield from health(answers)
    yield anti_malware(answers)
    yield guest(answers)
    yield updates(host, answers)
    yield password_length(host)
    yield from auto_unlock(answers)
    yield from devices(host, answers)
    yield from mapped_drives(host)


def _part(answers: Answers, name: str) -> list[dict[str, Any]] | None:
    """A part of the answer; None when the machine did not give it."""
    with suppress(HostError):
        return answers.part(name)
    return None


def health(answers: Answers) -> Iterator[Health | Gap]:
    """Each disk and each pool of Storage Spaces."""
    disks = _part(answers, "physical")
    for disk in disks or ():
        name = f"disk {words(disk, 'DeviceId')}"
        about = " ".join(filter(None, (name, words(disk, "FriendlyName"))))
        yield Health(id=name, about=about, state=_state(disk))
    if not disks:
        yield Gap(
            source=SOURCE,
            about="whether disks are about to fail",
            why=Why.NOT_SUPPORTED,
            detail="Windows did not list its disks: look in Settings, Storage, Disks & volumes.",
        )
    for n, pool in enumerate(_part(answers, "pools") or (), 1):
        kind = words(pool, "Resiliency")
        yield Health(
            id=f"storage space {n}",
            about=f"storage space {words(pool, 'FriendlyName')}".strip(),
            state=_state(pool),
            redundant=kind in REDUNDANT if kind else None,
        )


def _state(item: dict[str, Any]) -> HealthState:
    code = NAMES.get(words(item, "Health").lower(), whole(item, "Health"))
    return HEALTH.get(code, HealthState.UNKNOWN)


def anti_malware(answers: Answers) -> Setting:
    """Whether Defender or another product is on, with definitions of the last seven days."""
    on, detail = None, ""
    for found in _part(answers, "defender") or ():
        running = found.get("Enabled") is True and found.get("RealTime") is True
        age = whole(found, "Age")
        if running and 0 <= age <= FRESH:
            on, detail = True, f"Microsoft Defender, definitions {age} days old."
        elif running and age > FRESH:
            on, detail = False, f"Microsoft Defender's definitions are {age} days old."
        elif words(found, "Mode") == "Normal" and found.get("RealTime") is False:
            on, detail = False, "Microsoft Defender's real-time protection is off."
    products = [whole(p, "State") for p in _part(answers, "products") or ()]
    if on is not True and any(s > 0 and s & ON and not s & OLD for s in products):
        on, detail = True, "The Security Center calls the installed product on and current."
    elif on is False and len(products) > 1:
        on, detail = None, "Another product is installed beside Defender; look what it says."
    return Setting(id=SettingId.ANTI_MALWARE_ON, about="anti-malware", on=on, detail=detail)


def guest(answers: Answers) -> Setting:
    """Whether the built-in guest account may be used."""
    said = [
        a.get("Disabled") for a in _part(answers, "accounts") or () if whole(a, "Kind") == GUEST
    ]
    on = not said[0] if said and isinstance(said[0], bool) else None
    return Setting(id=SettingId.GUEST_ENABLED, about="guest account", on=on)


def updates(host: Host, answers: Answers) -> Setting:
    """Whether Windows installed an update within 30 days."""
    on, detail = None, "Look in Settings, Windows Update, Update history."
    for found in _part(answers, "updates") or ():
        last = moment(found, "Installed")
        if last is not None and last.year > 2000:
            on = host.now() - last <= RECENT
            detail = f"Last update {last.day} {last:%B %Y}."
    return Setting(id=SettingId.UPDATES_RECENT, about="updates", on=on, detail=detail)


def password_length(host: Host) -> Setting:
    """Whether short passwords of local accounts are refused. Cloud accounts have other rules."""
    on, detail = None, ""
    with suppress(HostError):
        least = host.shortest_password()
        on = least >= SHORTEST
        detail = f"Local passwords need {least} characters at least."
    return Setting(id=SettingId.PASSWORD_LENGTH, about="length of passwords", on=on, detail=detail)


def auto_unlock(answers: Answers) -> Iterator[Setting]:
    """Whether a carried drive opens by itself on this machine, one setting for each."""
    found = [v for v in _part(answers, "bitlocker") or () if isinstance(v.get("AutoUnlock"), bool)]
    for drive in found:
        letter = words(drive, "DriveLetter")
        yield Setting(
            id=SettingId.STICK_OPENS_ITSELF,
            about=f"automatic unlocking of {letter or 'a drive without a letter'}",
            on=drive["AutoUnlock"],
            volume=f"{letter}\\" if letter else "",
        )
    if not found:
        yield Setting(
            id=SettingId.STICK_OPENS_ITSELF, about="automatic unlocking of drives", on=None
        )


def devices(host: Host, answers: Answers) -> Iterator[DeviceSeen | Gap]:
    """Sticks, portable disks and phones that were plugged in, with when if Windows says."""
    found = _part(answers, "devices")
    if found is None:
        yield from _by_registry(host)
        return
    for item in found:
        way, bus = words(item, "Way").upper(), words(item, "Bus").strip("{}").lower()
        kind = KINDS.get(words(item, "Class"), DeviceKind.UNKNOWN)
        if way == "USBSTOR" or bus == USB_BUS or (way == "USB" and kind is DeviceKind.PHONE):
            present = item.get("Present")
            yield DeviceSeen(
                kind=kind,
                # People name their phones after themselves.
                model="a phone or camera"
                if kind is DeviceKind.PHONE
                else words(item, "Name") or "a device without a name",
                first=moment(item, "First"),
                last=moment(item, "Last"),
                attached=present if isinstance(present, bool) else None,
            )


def _by_registry(host: Host) -> Iterator[DeviceSeen | Gap]:
    try:
        for name in keys(host, USBSTOR):
            kind = DeviceKind.DISC if name.startswith("CdRom") else DeviceKind.STORAGE
            for _ in keys(host, rf"{USBSTOR}\{name}"):
                yield DeviceSeen(kind=kind, model=model(name))
    except HostError as e:
        why = Why.NEEDS_ADMIN if isinstance(e, AccessDenied) else Why.NOT_SUPPORTED
        yield Gap(source=SOURCE, about="sticks and phones used before", why=why)
        return
    yield Gap(
        source=SOURCE,
        about="when sticks and phones were used",
        why=Why.TOOL_MISSING,
        detail="PowerShell did not answer; the registry names devices without dates.",
    )


def model(name: str) -> str:
    """Maker and model of a name such as `Disk&Ven_SanDisk&Prod_Ultra_Fit&Rev_1.00`."""
    parts = dict(p.split("_", 1) for p in name.split("&") if "_" in p)
    told = " ".join(parts.get(k, "").replace("_", " ") for k in ("Ven", "Prod"))
    return " ".join(told.split()) or "a device without a name"


def mapped_drives(host: Host) -> Iterator[Gap]:
    r"""Network drives of the person at work, which an elevated program does not see.

    They belong to the sign-in of the person; HKCU\Network keeps those that come back.
    """
    missing, blind = [], host.elevated
    with suppress(HostError):
        seen = {p.mount[:2].upper() for p in host.partitions()}
        letters = {f"{k.upper()}:" for k in keys(host, r"HKCU\Network") if len(k) == 1}
        missing = sorted(letters - seen)
        blind = blind and number(host, LINKED, "EnableLinkedConnections") != 1
    if missing or blind:
        drives = ", ".join(missing) or "of the person at work"
        yield Gap(
            source=SOURCE,
            about=f"network drives {drives}",
            why=Why.NOT_SUPPORTED,
            detail="A program with administrator rights does not see the network drives of the "
            "person at work: run the audit once without rights too."
            if blind
            else "They are not connected now: open them once in File Explorer and scan again.",
        )
