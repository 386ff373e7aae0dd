"""Settings of a Mac that decide who can copy records or come in, without root.

Property lists under /Library/Preferences are for everybody to read; those that a management server
sets lie under /Library/Managed Preferences. Names of accounts are never taken down.

Samples:
    fdesetup status       FileVault is Off, but will be enabled after the next restart.
    profiles status -type enrollment       MDM enrollment: Yes (User Approved)
    socketfilterfw --getglobalstate        Firewall is enabled. (State = 1)
The last two, and the keys of software updates, are as published by others and were not seen on a
Mac of our own; what reads otherwise is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.errors import HostError, NotThere
from auditor.evidence import Platform, Setting, SettingId
from auditor.host import Host
from auditor.host.plists import plist
from auditor.host.support import macos, told

PLATFORMS = frozenset({Platform.MACOS})

OWN = "/Library/Preferences/"
MANAGED = "/Library/Managed Preferences/"
LOGIN = OWN + "com.apple.loginwindow.plist"
UPDATE = OWN + "com.apple.SoftwareUpdate.plist"
SCREEN = MANAGED + "com.apple.screensaver.plist"
MEDIA = MANAGED + "com.apple.systemuiserver.plist"
FIREWALL = "/usr/libexec/ApplicationFirewall/socketfilterfw"
STAFF = b"80"
"""Group id of the administrators (admin) on every Mac."""
LONGEST_IDLE = 900
"""Seconds that an unlocked screen may stand unused: the 15 minutes of rule ACC-05."""
RECENT = timedelta(days=30)


def ask(host: Host) -> Iterator[Setting]:
    """Each setting, told or not."""
    yield automatic_sign_in(host)
    yield guest(host)
    yield firewall(host)
    yield updates(host)
    yield screen_lock(host)
    yield write_block(host)
    yield daily_administrator(host)
    yield remote_management(host)
    yield encryption_waits(host)
    yield memory_on_disk()
    yield system_supported(host)


def kept(host: Host, path: str) -> dict[str, Any]:
    """A property list on the drive; empty when there is none.

    Raises:
        HostError: It cannot be read or is none.
    """
    try:
        return plist(host.read(path, 1_000_000))
    except NotThere:
        return {}


def automatic_sign_in(host: Host) -> Setting:
    """Whether somebody is signed in at the start. FileVault, when on, asks first all the same."""
    on: bool | None = None
    with suppress(HostError):
        on = bool(kept(host, LOGIN).get("autoLoginUser"))
    return Setting(id=SettingId.AUTOMATIC_SIGN_IN, about="automatic sign-in", on=on)


def guest(host: Host) -> Setting:
    """Whether the guest account may be used; a missing value is of a Mac that was never asked."""
    on: bool | None = None
    with suppress(HostError):
        said = kept(host, LOGIN).get("GuestEnabled")
        on = said if isinstance(said, bool) else None
    return Setting(id=SettingId.GUEST_ENABLED, about="guest account", on=on)


def firewall(host: Host) -> Setting:
    """Whether the application firewall is on: the number is the same in every language."""
    on: bool | None = None
    with suppress(HostError):
        said = re.search(rb"State = (\d)", host.run(FIREWALL, "--getglobalstate"))
        on = said[1] != b"0" if said else None
    return Setting(id=SettingId.FIREWALL_ON, about="firewall", on=on)


def updates(host: Host) -> Setting:
    """Whether a check within 30 days found nothing left to install."""
    on, detail = None, "Look in System Settings, General, Software Update."
    with suppress(HostError):
        found = kept(host, UPDATE)
        last, left = found.get("LastSuccessfulDate"), found.get("LastRecommendedUpdatesAvailable")
        if isinstance(last, datetime) and isinstance(left, int) and left >= 0:
            recent = host.now() - last.replace(tzinfo=UTC) <= RECENT
            on = False if left else recent or None
            detail = f"{left} updates wait." if left else "No update waits."
    return Setting(id=SettingId.UPDATES_RECENT, about="updates", on=on, detail=detail)


def screen_lock(host: Host) -> Setting:
    """Whether a policy locks the screen. What the person chose lies in their own folder."""
    on: bool | None = None
    with suppress(HostError):
        found = kept(host, SCREEN)
        idle, asks = found.get("idleTime"), found.get("askForPassword")
        if isinstance(idle, int) and asks == 1:
            on = 0 < idle <= LONGEST_IDLE
    return Setting(
        id=SettingId.SCREEN_LOCKS,
        about="screen lock",
        on=on,
        detail="" if on else "Look in System Settings, Lock Screen.",
    )


def write_block(host: Host) -> Setting:
    """Whether a policy closes external drives or makes them read-only."""
    on, detail = None, "No policy for external drives was seen; newer kinds of policy cannot be."
    with suppress(HostError):
        controls = kept(host, MEDIA).get("mount-controls")
        outside = controls.get("harddisk-external") if isinstance(controls, dict) else None
        if isinstance(outside, list) and set(map(str, outside)) & {"deny", "read-only"}:
            on, detail = True, "Set: a policy closes external drives or makes them read-only."
    return Setting(
        id=SettingId.REMOVABLE_WRITE_BLOCKED,
        about="writing to unencrypted sticks",
        on=on,
        detail=detail,
    )


def daily_administrator(host: Host) -> Setting:
    """Whether the account at work is an administrator's, by the number of its groups."""
    on: bool | None = None
    if not host.elevated:
        with suppress(HostError):
            groups = host.run("/usr/bin/id", "-G").split()
            on = STAFF in groups if groups else None
    return Setting(id=SettingId.DAILY_ADMINISTRATOR, about="rights of the account at work", on=on)


def remote_management(host: Host) -> Setting:
    """Whether a management server can lock or wipe the Mac. Without one, Find My still might."""
    on, detail = None, "No management server; whether Find My is on, the Mac does not say."
    with suppress(HostError):
        said = host.run("/usr/bin/profiles", "status", "-type", "enrollment")
        if re.search(rb"^MDM enrollment: Yes", said, re.MULTILINE):
            on, detail = True, ""
    return Setting(id=SettingId.REMOTELY_MANAGED, about="device management", on=on, detail=detail)


def encryption_waits(host: Host) -> Setting:
    """Whether FileVault was ordered and waits for a sign-out or restart (fdesetup status)."""
    on: bool | None = None
    with suppress(HostError):
        said = host.run("/usr/bin/fdesetup", "status").decode("utf-8", "replace")
        if re.search(r"will be enabled|Deferred enablement appears to be active", said):
            on = True
        elif said.startswith(("FileVault is On.", "FileVault is Off.")):
            on = False
    return Setting(id=SettingId.ENCRYPTION_WAITS, about="FileVault", on=on)


def memory_on_disk() -> Setting:
    """Swap of every macOS of today is encrypted with a key of its own at each start."""
    return Setting(
        id=SettingId.MEMORY_ON_DISK, about="memory written to a drive", on=True, encrypted=True
    )


def system_supported(host: Host) -> Setting:
    """Whether this release gets security updates, by Apple's practice: it publishes no dates."""
    found = re.search(r"macOS (\d+)", host.os)
    support = macos(int(found[1])) if found else None
    on, detail = told(support, host.now().date())
    return Setting(id=SettingId.SYSTEM_SUPPORTED, about="operating system", on=on, detail=detail)
