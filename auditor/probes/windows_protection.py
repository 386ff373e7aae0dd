r"""Settings of Windows that keep copies from being made unseen, from the registry.

Any account may read these keys. Where Windows' choice without a value is known, it is written
beside the setting; where it is not, a missing value is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from auditor.errors import HostError
from auditor.evidence import Platform, Setting, SettingId
from auditor.host import Host
from auditor.host.device_management import either, ordered
from auditor.host.registry import keys, number, text, texts

PLATFORMS = frozenset({Platform.WINDOWS})

EXPLORER = r"Software\Microsoft\Windows\CurrentVersion\Policies\Explorer"
FVE = r"HKLM\SYSTEM\CurrentControlSet\Policies\Microsoft\FVE"
DEVICES = r"SOFTWARE\Policies\Microsoft\Windows\RemovableStorageDevices"
PHONES = ("{6AC27878-A6FA-4155-BA85-F98F491D4F33}", "{F33FDC04-D1AC-4E8E-9A30-19BBD4B108AE}")
"""Classes of portable devices; both must be closed (Microsoft Learn, Removable Storage Access)."""
MEMORY = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management"
POWER = r"HKLM\SYSTEM\CurrentControlSet\Control\Power"
SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
FIREWALL = rf"{SERVICES}\SharedAccess\Parameters\FirewallPolicy"
FIREWALL_POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall"
NETWORKS = ("DomainProfile", "StandardProfile", "PublicProfile")
ENROLMENTS = r"HKLM\SOFTWARE\Microsoft\Enrollments"
ENROLLED = 1
ALL_DRIVES = 0xFF
DISABLED = 4
"""Start of a service that is switched off."""


def ask(host: Host) -> Iterator[Setting]:
    """Each setting, told or not."""
    yield fixed_write_block(host)
    yield disc_burning(host)
    yield phones(host)
    yield autorun(host)
    yield offline_files(host)
    yield from memory_on_disk(host)
    yield firewall(host)
    yield remote_management(host)


def fixed_write_block(host: Host) -> Setting:
    """Whether built-in drives without BitLocker are read-only. A missing value means no."""
    on: bool | None = None
    with suppress(HostError):
        managed = ordered(host, "BitLocker", "FixedDrivesRequireEncryption").on
        on = either(number(host, FVE, "FDVDenyWriteAccess") == 1, managed)
    return Setting(
        id=SettingId.FIXED_WRITE_BLOCKED, about="writing to unencrypted built-in drives", on=on
    )


def disc_burning(host: Host) -> Setting:
    """Whether Explorer offers no burning of discs to this account; a program still could."""
    on: bool | None = None
    with suppress(HostError):
        on = number(host, rf"HKCU\{EXPLORER}", "NoCDBurning") == 1
    return Setting(id=SettingId.DISC_BURNING_BLOCKED, about="burning of discs", on=on)


def phones(host: Host) -> Setting:
    """Whether phones and cameras are closed to copies. Missing values mean that they are open."""
    on: bool | None = None
    with suppress(HostError):
        managed = ordered(host, "Storage", "WPDDevicesDenyWriteAccessPerDevice").on
        on = either(
            managed,
            any(
                number(host, rf"{hive}\{DEVICES}", "Deny_All") == 1
                or all(number(host, rf"{hive}\{DEVICES}\{c}", "Deny_Write") == 1 for c in PHONES)
                for hive in ("HKLM", "HKCU")
            ),
        )
    return Setting(id=SettingId.PHONES_BLOCKED, about="copies to phones and cameras", on=on)


def autorun(host: Host) -> Setting:
    """Whether nothing starts by itself from any kind of drive.

    Without a value Windows starts nothing from sticks but still offers to run what a disc names.
    """
    on: bool | None = None
    with suppress(HostError):
        for hive in ("HKLM", "HKCU"):
            drives = number(host, rf"{hive}\{EXPLORER}", "NoDriveTypeAutoRun")
            if drives is not None:
                on = drives & ALL_DRIVES == ALL_DRIVES
                break
        else:
            on = False
        managed = ordered(host, "Autoplay", "TurnOffAutoPlay")
        all_drives = managed.on and managed.data.get("Autorun_Box") == str(ALL_DRIVES)
        on = either(on, number(host, rf"HKLM\{EXPLORER}", "NoAutorun") == 1, all_drives)
    return Setting(id=SettingId.AUTORUN_OFF, about="programs that start by themselves", on=on)


def offline_files(host: Host) -> Setting:
    """Whether Windows keeps copies of network folders: only a service switched off says no.

    Editions without Offline Files have no such service.
    """
    home = _home(host)
    on: bool | None = None
    with suppress(HostError):
        driver = number(host, rf"{SERVICES}\CSC", "Start")
        service = number(host, rf"{SERVICES}\CscService", "Start")
        if DISABLED in {driver, service} or (driver is None and service is None):
            on = False
    return Setting(
        id=SettingId.OFFLINE_FILES,
        about="copies of network folders",
        volume=f"{home}\\",
        on=on,
        detail="" if on is False else "The service is there; whether it keeps copies, it hides.",
    )


def memory_on_disk(host: Host) -> Iterator[Setting]:
    """The drives that memory is written to, one setting for each.

    `?:` is a drive that Windows chooses, which is the system's own.
    """
    home = _home(host)
    about = "memory written to a drive"
    try:
        files = [line for line in texts(host, MEMORY, "PagingFiles") if line.strip()]
        hibernates = number(host, POWER, "HibernateEnabled")
    except HostError:
        yield Setting(id=SettingId.MEMORY_ON_DISK, about=about, on=None)
        return
    drives = {home if f.strip()[:1] == "?" else f.strip()[:2].upper() for f in files}
    drives |= {home} if hibernates == 1 else set()
    if not drives:
        # A missing value is of a Windows whose own choice is not known here.
        yield Setting(
            id=SettingId.MEMORY_ON_DISK, about=about, on=False if hibernates == 0 else None
        )
    for drive in sorted(drives):
        yield Setting(
            id=SettingId.MEMORY_ON_DISK,
            about=f"{about}: {drive}",
            on=True,
            volume=f"{drive}\\",
        )


def _home(host: Host) -> str:
    with suppress(HostError):
        return host.environment("SystemDrive").upper()
    return "C:"


def firewall(host: Host) -> Setting:
    """Whether Windows' firewall is on for every kind of network; a policy comes first."""
    on: bool | None = None
    with suppress(HostError):
        found = [_first_told(host, rf"{FIREWALL_POLICY}\{n}", rf"{FIREWALL}\{n}") for n in NETWORKS]
        if 0 in found:
            on = False
        elif all(f == 1 for f in found):
            on = True
    return Setting(id=SettingId.FIREWALL_ON, about="firewall", on=on)


def _first_told(host: Host, *keys: str) -> int | None:
    told = (number(host, key, "EnableFirewall") for key in keys)
    return next((t for t in told if t is not None), None)


def remote_management(host: Host) -> Setting:
    """Whether the machine is enrolled in device management, which can wipe it from afar.

    Values of an enrolment are not documented: one that says so is believed, none proves nothing.
    """
    on: bool | None = None
    with suppress(HostError):
        if any(_enrolled(host, rf"{ENROLMENTS}\{k}") for k in keys(host, ENROLMENTS)):
            on = True
    return Setting(id=SettingId.REMOTELY_MANAGED, about="device management", on=on)


def _enrolled(host: Host, key: str) -> bool:
    with suppress(HostError):
        return (
            bool(text(host, key, "ProviderID")) and number(host, key, "EnrollmentState") == ENROLLED
        )
    return False
