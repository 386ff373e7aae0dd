r"""Who uses this Windows machine, and whether the system itself is kept up.

Accounts are counted, never named. The account at work is looked up by the identifier of the
administrators' group, which is the same in every language.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from auditor.errors import HostError
from auditor.evidence import Platform, Setting, SettingId
from auditor.host import Host
from auditor.host.registry import keys, number, text
from auditor.host.support import told, windows

PLATFORMS = frozenset({Platform.WINDOWS})

WINDOWS = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
PROFILES = rf"{WINDOWS}\ProfileList"
PEOPLE = ("S-1-5-21-", "S-1-12-1-")
"""Local and domain accounts, and accounts of Microsoft's directory."""
ADMINISTRATORS = b"S-1-5-32-544"
IDLE = timedelta(days=400)
"""A school year and the summer after it."""
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def ask(host: Host) -> Iterator[Setting]:
    """Each setting, told or not."""
    yield daily_administrator(host)
    yield idle_profiles(host)
    yield system_supported(host)


def daily_administrator(host: Host) -> Setting:
    """Whether the account at work is an administrator's.

    Run with rights, the audit sees the account that lent them, which tells nothing of the day.
    """
    on: bool | None = None
    if not host.elevated:
        with suppress(HostError):
            program = host.environment("SystemRoot") + r"\System32\whoami.exe"
            groups = host.run(program, "/groups", "/fo", "csv", "/nh")
            if b"S-1-" in groups:
                on = ADMINISTRATORS in groups
    return Setting(id=SettingId.DAILY_ADMINISTRATOR, about="rights of the account at work", on=on)


def idle_profiles(host: Host) -> Setting:
    """Whether the machine keeps the profile of somebody who has not signed in for 400 days."""
    on, detail = None, ""
    with suppress(HostError):
        people = [k for k in keys(host, PROFILES) if k.startswith(PEOPLE)]
        last = [_last_used(host, rf"{PROFILES}\{k}") for k in people]
        idle = sum(used is not None and host.now() - used > IDLE for used in last)
        if idle:
            on, detail = True, f"{idle} of {len(people)} accounts."
        elif people and None not in last:
            on, detail = False, f"{len(people)} accounts, all used."
    return Setting(id=SettingId.IDLE_PROFILES, about="accounts nobody uses", on=on, detail=detail)


def _last_used(host: Host, key: str) -> datetime | None:
    """When a profile was last loaded: tenths of microseconds since 1601, in two halves."""
    with suppress(HostError, OverflowError):
        high = number(host, key, "LocalProfileLoadTimeHigh")
        low = number(host, key, "LocalProfileLoadTimeLow")
        if high and low is not None:
            return EPOCH + timedelta(microseconds=(high << 32 | low) // 10)
    return None


def system_supported(host: Host) -> Setting:
    """Whether this version of Windows still gets security updates."""
    on, detail = None, ""
    with suppress(HostError):
        build = text(host, WINDOWS, "CurrentBuildNumber")
        edition = text(host, WINDOWS, "EditionID")
        kind = text(host, WINDOWS, "InstallationType")
        if build.isdigit() and edition:
            support = windows(int(build), edition, server=kind.startswith("Server"))
            on, detail = told(support, host.now().date())
    return Setting(id=SettingId.SYSTEM_SUPPORTED, about="operating system", on=on, detail=detail)
