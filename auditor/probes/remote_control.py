r"""Programs by which others can work on the machine from afar, by their entries and folders.

Windows keeps a list of installed programs in the registry, a Mac a folder of programs, Linux the
programs in /usr/bin and /opt. What is carried on a stick and not installed is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from auditor.errors import HostError, NotThere
from auditor.evidence import Platform, Setting, SettingId
from auditor.host import Host
from auditor.host.registry import keys, text
from auditor.words import listed

PLATFORMS = frozenset({Platform.WINDOWS, Platform.MACOS, Platform.LINUX})
UNINSTALL = (
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall",
)
FOLDERS = {Platform.MACOS: ("/Applications",), Platform.LINUX: ("/usr/bin", "/opt")}
PROGRAMS = (
    ("TeamViewer", r"^teamviewer"), ("AnyDesk", r"^anydesk"), ("RustDesk", r"^rustdesk"),
    ("Splashtop", r"^splashtop"), ("LogMeIn", r"^logmein"), ("GoToMyPC", r"^gotomypc"),
    ("UltraVNC", r"^ultravnc"), ("TightVNC", r"^tight ?vnc"), ("RealVNC", r"^(?:real)?vnc ?server"),
    ("ScreenConnect", r"^(?:screenconnect|connectwise control)"),
    ("DWService", r"^dwagent|^dwservice"),
    ("Chrome Remote Desktop", r"^chrome remote desktop|^chrome-remote-desktop"),
    ("Supremo", r"^supremo"), ("Ammyy Admin", r"^ammyy"), ("Zoho Assist", r"^zoho assist"),
    ("BeyondTrust", r"^bomgar|^beyondtrust remote"), ("NoMachine", r"^nomachine"),
    ("Impero", r"^impero"), ("NetSupport", r"^netsupport"),
)  # fmt: skip
"""Program and how its name begins, in small letters."""


def ask(host: Host) -> Iterator[Setting]:
    """The one setting."""
    names, whole = _windows(host) if host.platform is Platform.WINDOWS else _folders(host)
    found = sorted({p for n in names for p, shape in PROGRAMS if re.search(shape, n.lower())})
    yield Setting(
        id=SettingId.REMOTE_CONTROL,
        about="remote-control programs",
        on=True if found else False if whole else None,
        detail=f"Found: {listed(found)}." if found else "",
    )


def _windows(host: Host) -> tuple[list[str], bool]:
    """The titles of the installed programs, and whether the lists could be read."""
    names, whole = [], True
    for key in UNINSTALL:
        try:
            entries = keys(host, key)
        except HostError:
            whole = False
            continue
        for entry in entries:
            with suppress(HostError):
                names.append(text(host, rf"{key}\{entry}", "DisplayName"))
    return names, whole and bool(names)


def _folders(host: Host) -> tuple[list[str], bool]:
    names: list[str] = []
    whole = True
    for folder in FOLDERS[host.platform]:
        try:
            names += host.names(folder)
        except NotThere:
            continue
        except HostError:
            whole = False
    return names, whole and bool(names)
