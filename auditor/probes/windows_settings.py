r"""Settings of Windows that decide who can copy records or come in, from the registry.

Any account may read these keys. What Windows takes a missing value for is written beside each.
The rule against writing to unencrypted sticks lies under SYSTEM\CurrentControlSet\Policies; the
branch of the same name under SOFTWARE\Policies is a common mistake and has no effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from auditor.errors import HostError, NotThere
from auditor.evidence import Platform, Setting, SettingId
from auditor.host import Host
from auditor.host.device_management import ordered
from auditor.host.powershell import ask as ask_powershell
from auditor.host.powershell import moment, whole, words
from auditor.host.registry import number

PLATFORMS = frozenset({Platform.WINDOWS})

DISKS = "{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}"
"""Class of removable disks (Microsoft Learn, Removable Storage Access)."""
STORAGE = r"SOFTWARE\Policies\Microsoft\Windows\RemovableStorageDevices"
WINDOWS = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
FVE = r"HKLM\SOFTWARE\Policies\Microsoft\FVE"
DESKTOP = r"HKCU\Control Panel\Desktop"
DESKTOP_POLICY = r"HKCU\Software\Policies\Microsoft\Windows\Control Panel\Desktop"
IDLE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
IDLE_BY_DEVICE_MANAGEMENT = r"HKLM\SOFTWARE\Microsoft\PolicyManager\current\device\DeviceLock"
LONGEST_IDLE = 900
"""Seconds that an unlocked screen may stand unused: the 15 minutes of rule ACC-05."""
TERMINAL = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server"


SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
SWITCHED_OFF = 4
"""Start of a driver that is not loaded."""
WRITE_PROTECT = r"HKLM\SYSTEM\CurrentControlSet\Control\StorageDevicePolicies"


class Value(NamedTuple):
    """A value of the registry that puts a setting in force."""

    key: str
    name: str
    wanted: int
    called: str


BITLOCKER_ONLY = Value(
    r"HKLM\SYSTEM\CurrentControlSet\Policies\Microsoft\FVE",
    "RDVDenyWriteAccess",
    1,
    "only sticks protected by BitLocker can be written",
)
WRITE_BLOCKS = (
    BITLOCKER_ONLY,
    Value(rf"HKLM\{STORAGE}\{DISKS}", "Deny_Write", 1, "removable disks cannot be written"),
    Value(rf"HKCU\{STORAGE}\{DISKS}", "Deny_Write", 1, "removable disks cannot be written"),
    Value(rf"HKLM\{STORAGE}", "Deny_All", 1, "removable storage is closed"),
    Value(rf"HKCU\{STORAGE}", "Deny_All", 1, "removable storage is closed"),
    Value(
        r"HKLM\SOFTWARE\Microsoft\PolicyManager\current\device\Storage",
        "RemovableDiskDenyWriteAccess",
        1,
        "device management blocks writing to removable disks",
    ),
)


def ask(host: Host) -> Iterator[Setting]:
    """Each setting, told or not."""
    yield write_block(host)
    yield automatic_sign_in(host)
    yield remote_desktop(host)
    yield screen_lock(host)
    yield key_escrow(host)
    yield encryption_waits(host)


def _first(host: Host, values: Sequence[Value]) -> tuple[Value | None, bool]:
    """The first value that is in force, and whether all could be read."""
    whole = True
    for value in values:
        try:
            if number(host, value.key, value.name) == value.wanted:
                return value, whole
        except HostError:
            whole = False
    return None, whole


def write_block(host: Host) -> Setting:
    """Whether records can be written to an unencrypted stick. Missing values mean that they can."""
    found, whole = _first(host, WRITE_BLOCKS)
    edition = ""
    with suppress(HostError):
        edition = str(host.registry(WINDOWS, "EditionID"))
    on: bool | None = found is not None if found or whole else None
    detail = f"Set: {found.called}." if found else ""
    if not found:
        on, detail = _besides(host, on)
    if found is BITLOCKER_ONLY and edition.startswith("Core"):
        on, detail = None, "The rule is set, but Windows Home does not heed it."
    return Setting(
        id=SettingId.REMOVABLE_WRITE_BLOCKED,
        about="writing to unencrypted sticks",
        on=on,
        detail=detail,
    )


def _besides(host: Host, on: bool | None) -> tuple[bool | None, str]:
    """What else closes sticks, where no policy of Windows does, or is thought to."""
    try:
        managed = ordered(host, "BitLocker", "RemovableDrivesRequireEncryption").on
        if managed:
            return True, "Set: device management allows writing to sticks with BitLocker only."
        if managed is None:
            return None, "Device management has a rule for it that is not understood."
        return _drivers(host) or _without_effect(host, on)
    except HostError:
        return None, ""


def _drivers(host: Host) -> tuple[bool | None, str] | None:
    """Whether the drivers of USB storage are off; fast drives come by one of their own."""
    if number(host, rf"{SERVICES}\USBSTOR", "Start") != SWITCHED_OFF:
        return None
    if number(host, rf"{SERVICES}\UASPStor", "Start") in {None, SWITCHED_OFF}:
        return True, "Set: USB storage is switched off."
    return False, "USB storage is switched off, but not for fast drives (UASPStor)."


def _without_effect(host: Host, on: bool | None) -> tuple[bool | None, str]:
    """Values that are believed to close sticks, and do not surely."""
    if number(host, WRITE_PROTECT, "WriteProtect") == 1:
        return None, "WriteProtect is set, which does not hold on every Windows."
    if on is False and number(host, FVE, "RDVDenyWriteAccess") == 1:
        return on, r"The rule stands under SOFTWARE\Policies, where Windows does not look for it."
    return on, ""


def automatic_sign_in(host: Host) -> Setting:
    """Whether the machine signs somebody in by itself. A missing value means that it does not."""
    on: bool | None = None
    with suppress(HostError):
        on = number(host, rf"{WINDOWS}\Winlogon", "AutoAdminLogon") == 1
    return Setting(id=SettingId.AUTOMATIC_SIGN_IN, about="automatic sign-in", on=on)


def remote_desktop(host: Host) -> Setting:
    """Whether Remote Desktop lets in anybody before they have signed in at the network level."""
    on: bool | None = None
    with suppress(HostError):
        denied = number(host, TERMINAL, "fDenyTSConnections")
        checked = number(host, rf"{TERMINAL}\WinStations\RDP-Tcp", "UserAuthentication")
        if denied == 1 or checked == 1:
            on = False
        elif denied == 0:
            on = True
    return Setting(
        id=SettingId.REMOTE_DESKTOP_OPEN, about="Remote Desktop without prior sign-in", on=on
    )


def screen_lock(host: Host) -> Setting:
    """Whether the screen locks after 15 minutes or less, for the account that runs the audit.

    Windows locks by a limit of the machine (InactivityTimeoutSecs) or by a screen saver that asks
    for the password; for each of its values a policy comes before the person's own choice.
    """
    on: bool | None = None
    with suppress(HostError):
        limit = number(host, IDLE, "InactivityTimeoutSecs") or 0
        on = 0 < limit <= LONGEST_IDLE or _screen_saver_locks(host)
        # What device management wrote there was never seen, so that it proves nothing.
        if not on and number(host, IDLE_BY_DEVICE_MANAGEMENT, "MaxInactivityTimeDeviceLock"):
            on = None
    return Setting(
        id=SettingId.SCREEN_LOCKS,
        about="screen lock",
        on=on,
        detail="Locking when the machine goes to sleep was not looked at." if on is False else "",
    )


def _screen_saver_locks(host: Host) -> bool:
    wanted = ("ScreenSaveActive", "ScreenSaverIsSecure", "ScreenSaveTimeOut")
    active, secure, idle = (_chosen(host, name) for name in wanted)
    return active == 1 and secure == 1 and 0 < (idle or 0) <= LONGEST_IDLE and _screen_saver(host)


def _chosen(host: Host, name: str) -> int | None:
    ruled = number(host, DESKTOP_POLICY, name)
    return number(host, DESKTOP, name) if ruled is None else ruled


def _screen_saver(host: Host) -> bool:
    """Whether a screen saver is chosen; without one the other values do nothing."""
    for key in (DESKTOP_POLICY, DESKTOP):
        try:
            return bool(host.registry(key, "SCRNSAVE.EXE"))
        except NotThere:
            continue
    return False


def _ruled(host: Host, name: str, managed: dict[str, str]) -> int | None:
    """A value of the policy, else of device management."""
    found = number(host, FVE, name)
    return {"true": 1, "false": 0}.get(managed.get(f"{name}_Name", "")) if found is None else found


def encryption_waits(host: Host) -> Setting:
    """Whether BitLocker was ordered or begun and protects nothing yet.

    A drive that is encrypted and has no protector waits for activation: its key lies in the clear.
    """
    on, detail = None, ""
    with suppress(HostError):
        home = host.environment("SystemDrive").upper()
        ours = [
            b
            for b in ask_powershell(host).part("bitlocker")
            if words(b, "DriveLetter").upper() == home
        ]
        asked = ordered(host, "BitLocker", "RequireDeviceEncryption").on
        on, detail = _waits(ours[0], ordered=asked) if ours else (None, "")
    return Setting(id=SettingId.ENCRYPTION_WAITS, about="BitLocker", on=on, detail=detail)


def _waits(drive: dict[str, Any], *, ordered: bool | None) -> tuple[bool | None, str]:
    state = whole(drive, "Conversion"), whole(drive, "Protection")
    if state == (1, 0):
        bare = drive.get("Protectors")
        detail = "The drive is encrypted and waits for activation." if bare == [] else ""
        return (not bare if isinstance(bare, list) else None), detail
    if state[0] == 0 and ordered:
        return True, "Device management ordered it, and the drive is not encrypted."
    return (False if state == (1, 1) or (state[0] == 0 and ordered is False) else None), ""


def key_escrow(host: Host) -> Setting:
    """Whether encryption of the system drive waits until its key is saved in the directory.

    Without the policy a key may have been saved by hand, which only the directory can tell; event
    845 of BitLocker's log, where it still stands, says that Windows saved one there.
    """
    on: bool | None = None
    detail = ""
    with suppress(HostError):
        managed = ordered(host, "BitLocker", "SystemDrivesRecoveryOptions").data
        saved = _ruled(host, "OSActiveDirectoryBackup", managed)
        first = _ruled(host, "OSRequireActiveDirectoryBackup", managed)
        if saved == 0 or first == 0:
            on = False
        elif saved == 1 and first == 1:
            on = True
    with suppress(HostError):
        saves = [moment(e, "When") for e in ask_powershell(host).part("escrow")]
        if on is None and (when := next((s for s in saves if s), None)):
            on, detail = True, f"Windows saved one to the directory on {when.day} {when:%B %Y}."
    return Setting(
        id=SettingId.RECOVERY_KEY_ESCROWED,
        about="recovery key of the system drive",
        on=on,
        detail=detail,
    )
