"""Settings of Linux that decide who can copy records or come in, from /etc, without root.

Sample of /etc/gdm3/custom.conf:
    [daemon]
    AutomaticLoginEnable=true
Sample of /etc/modprobe.d/no-sticks.conf (modprobe.d(5)):
    install usb-storage /bin/false
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

from auditor.errors import HostError, NotThere
from auditor.evidence import Platform, Setting, SettingId
from auditor.host import Host
from auditor.host.support import linux, told

PLATFORMS = frozenset({Platform.LINUX})

MODULES = ("/etc/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d", "/run/modprobe.d")
_REFUSED = re.compile(r"^\s*install\s+(\S+)\s+(?:/usr)?/s?bin/(?:false|true)\s*$", re.MULTILINE)
DRIVER = "usb_storage"
"""Fast sticks come by uas, which needs this module too: with it refused neither loads (seen on
Linux 6.1)."""

SIGN_IN_FILES = (
    "/etc/gdm3/custom.conf",
    "/etc/gdm3/daemon.conf",
    "/etc/gdm/custom.conf",
    "/etc/lightdm/lightdm.conf",
    "/etc/sddm.conf",
)
SIGN_IN_FOLDERS = (
    "/etc/lightdm/lightdm.conf.d",
    "/usr/share/lightdm/lightdm.conf.d",
    "/etc/sddm.conf.d",
    "/usr/lib/sddm/sddm.conf.d",
    "/etc/systemd/system/getty@tty1.service.d",
)
_SIGNS_IN = re.compile(
    r"^\s*(?:(?:Automatic|Timed)LoginEnable\s*=\s*(?:true|1|yes)\b"  # GDM
    r"|autologin-user\s*=\s*\S"  # LightDM
    r"|ExecStart=.*\s(?:--autologin|-a)\s)",  # agetty(8)
    re.MULTILINE | re.IGNORECASE,
)
_SDDM = re.compile(r"^\[Autologin\][^\[]*?^User\s*=[ \t]*\S", re.MULTILINE)


def ask(host: Host) -> Iterator[Setting]:
    """Each setting, told or not."""
    try:
        host.names("/etc")
    except HostError:
        answers = False
    else:
        answers = True
    yield write_block(host, answers=answers)
    yield automatic_sign_in(host, answers=answers)
    yield system_supported(host)
    yield firewall(host, answers=answers)
    yield updates(host)
    yield daily_administrator(host)
    yield screen_lock()


def write_block(host: Host, *, answers: bool) -> Setting:
    """Whether the driver of USB storage is switched off; then no stick can be written.

    A list of allowed devices (USBGuard) is root's to read, so that it is told as not known.
    """
    texts, whole = _texts(host, (), MODULES)
    refused = {m.replace("-", "_") for t in texts for m in _REFUSED.findall(t)}
    on: bool | None = None
    detail = ""
    if DRIVER in refused:
        on, detail = True, "Set: USB storage is switched off."
    elif _there(host, "/etc/usbguard"):
        detail = "USBGuard is installed; its list of allowed devices is for administrators."
    elif answers and whole:
        on = False
    return Setting(
        id=SettingId.REMOVABLE_WRITE_BLOCKED,
        about="writing to unencrypted sticks",
        on=on,
        detail=detail,
    )


def automatic_sign_in(host: Host, *, answers: bool) -> Setting:
    """Whether a display manager or the first console signs somebody in by itself.

    None of them does unless a file says so. The account's name is not taken down.
    """
    texts, whole = _texts(host, SIGN_IN_FILES, SIGN_IN_FOLDERS)
    found = any(_SIGNS_IN.search(t) or _SDDM.search(t) for t in texts)
    on = True if found else False if answers and whole else None
    return Setting(id=SettingId.AUTOMATIC_SIGN_IN, about="automatic sign-in", on=on)


def system_supported(host: Host) -> Setting:
    """Whether this release still gets security updates, by os-release(5)."""
    on, detail = None, ""
    with suppress(HostError, ValueError):
        text = host.read("/etc/os-release").decode("utf-8", "replace")
        release = dict(
            word.split("=", 1) for word in shlex.split(text, comments=True) if "=" in word
        )
        on, detail = told(linux(release), host.now().date())
    return Setting(id=SettingId.SYSTEM_SUPPORTED, about="operating system", on=on, detail=detail)


FIREWALLS = ("ufw.service", "firewalld.service", "nftables.service")
STARTED = "/etc/systemd/system/multi-user.target.wants"
"""Services that systemd starts; ufw is ordered before the network and may stand elsewhere."""


def firewall(host: Host, *, answers: bool) -> Setting:
    """Whether a firewall is started with the system. Rules set otherwise cannot be seen."""
    on: bool | None = None
    detail = "No firewall service is started; rules may be set in another way."
    with suppress(HostError):
        ufw = host.read("/etc/ufw/ufw.conf").decode("utf-8", "replace")
        if re.search(r"^ENABLED\s*=\s*[\"']?yes", ufw, re.MULTILINE):
            on, detail = True, "ufw is enabled."
    with suppress(HostError):
        started = set(host.names(STARTED)) & {*FIREWALLS[1:]}
        if started:
            on, detail = True, f"{min(started)} is started with the system."
    if not answers:
        detail = ""
    return Setting(id=SettingId.FIREWALL_ON, about="firewall", on=on, detail=detail)


APT = "/var/log/apt/history.log"
_UPGRADED = re.compile(
    r"^Start-Date: (\d{4}-\d\d-\d\d)(?:(?!^$).)*?^Upgrade:", re.MULTILINE | re.DOTALL
)
RECENT = timedelta(days=30)


def updates(host: Host) -> Setting:
    """Whether packages were upgraded within 30 days, by the log of APT (dates are local).

    An older or missing entry proves nothing: the log is turned over every month.
    """
    on, detail = None, "The log of updates does not say."
    with suppress(HostError, ValueError):
        dates = _UPGRADED.findall(host.read(APT, 8_000_000).decode("utf-8", "replace"))
        if dates:
            last = date.fromisoformat(max(dates))
            recent = host.now().date() - last <= RECENT
            on = True if recent else None
            detail = f"Last update {last.day} {last:%B %Y}."
    return Setting(id=SettingId.UPDATES_RECENT, about="updates", on=on, detail=detail)


ADMINISTRATORS = frozenset({"sudo", "wheel", "admin"})


def daily_administrator(host: Host) -> Setting:
    """Whether the account at work may become root. Root itself tells nothing of the day."""
    on: bool | None = None
    if not host.elevated:
        with suppress(HostError):
            groups = set(host.run("/usr/bin/id", "-nG").decode("utf-8", "replace").split())
            on = bool(groups & ADMINISTRATORS) if groups else None
    return Setting(id=SettingId.DAILY_ADMINISTRATOR, about="rights of the account at work", on=on)


def screen_lock() -> Setting:
    """Each desktop keeps this in a database of its own; asking for it may write to it."""
    return Setting(
        id=SettingId.SCREEN_LOCKS,
        about="screen lock",
        on=None,
        detail="Look in the desktop's settings, Privacy, Screen lock.",
    )


def _texts(host: Host, files: tuple[str, ...], folders: tuple[str, ...]) -> tuple[list[str], bool]:
    """The configuration files that are there, and whether each of them could be read."""
    whole = True
    wanted = list(files)
    for folder in folders:
        try:
            wanted += [f"{folder}/{n}" for n in host.names(folder) if n.endswith(".conf")]
        except NotThere:
            continue
        except HostError:
            whole = False
    texts = []
    for path in wanted:
        try:
            texts.append(host.read(path).decode("utf-8", "replace"))
        except NotThere:
            continue
        except HostError:
            whole = False
    return texts, whole


def _there(host: Host, folder: str) -> bool:
    try:
        host.names(folder)
    except NotThere:
        return False
    except HostError:
        pass
    return True
