r"""Drives that can encrypt themselves, which says nothing of whether they do.

Linux has no file that tells it; sedutil asks the drive, for root, where it is installed. Windows
tells it with BitLocker, to administrators. That a drive can is never taken for encryption: without
a password of its own it opens for anybody, and hardware encryption has been broken before.

Sample of `sedutil-cli --scan` (second column: `No`, or the standards that the drive knows):
    /dev/nvme0  2  Samsung SSD 960 EVO 250GB                2B7QCXE7
    /dev/sda    No  LITEONIT LMT-256L9M-11 MSATA 256GB       HM8110B
Where Windows says `Hardware` (Win32_EncryptableVolume.GetHardwareEncryptionStatus): 0 cannot,
1 can and nothing protects, 2 encrypted by BitLocker itself, 3 encrypted by the drive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from auditor.errors import AccessDenied, HostError, ToolMissing
from auditor.evidence import Place, Platform, Setting, SettingId
from auditor.host import Host
from auditor.host.powershell import ask as ask_powershell
from auditor.host.powershell import whole, words
from auditor.host.sysfs import Blocks

PLATFORMS = frozenset({Platform.LINUX, Platform.WINDOWS})
SEDUTIL = ("/usr/sbin/sedutil-cli", "/usr/local/sbin/sedutil-cli", "/sbin/sedutil-cli")
_LINE = re.compile(r"^/dev/(\w+)[ \t]+(No|[12E]+)(?=[ \t]|$)", re.MULTILINE)
_NAMESPACE = re.compile(r"(?<=\d)n\d+$")
"""What Linux adds to the name of an NVMe drive, `nvme0`, for the disk on it, `nvme0n1`."""
CAN = "It can encrypt itself. Whether it does is not known, and counts as no."


def ask(host: Host) -> Iterator[Setting]:
    """One setting for each drive; unknown where nobody could be asked."""
    yield from _windows(host) if host.platform is Platform.WINDOWS else _linux(host)


def _setting(about: str, on: bool | None, volume: str = "", detail: str = "") -> Setting:
    said = detail or (CAN if on else "")
    return Setting(id=SettingId.SELF_ENCRYPTING, about=about, on=on, volume=volume, detail=said)


def _windows(host: Host) -> Iterator[Setting]:
    found: list[Setting] = []
    with suppress(HostError):
        for item in ask_powershell(host).part("bitlocker"):
            letter, told = words(item, "DriveLetter"), whole(item, "Hardware")
            if letter:
                on = {0: False, 1: True, 2: True, 3: True}.get(told)
                detail = "BitLocker relies on it." if told == 3 else ""
                found.append(_setting(f"drive {letter}", on, f"{letter}\\", detail))
    yield from found or [_setting("drives", None)]


def _linux(host: Host) -> Iterator[Setting]:
    blocks = Blocks(host)
    known: dict[str, bool] = {}
    detail = ""
    try:
        known = scanned(_scan(host))
    except ToolMissing:
        detail = "sedutil-cli would tell it, and is not installed."
    except HostError:
        detail = "Only an administrator may ask the drive, by sedutil-cli."
    for node in blocks.nodes():
        if blocks.is_disk(node) and blocks.place(node) is not Place.OPTICAL:
            about = " ".join(filter(None, ("disk", node, blocks.model(node))))
            on = known.get(node, known.get(_NAMESPACE.sub("", node)))
            yield _setting(about, on, detail=detail)


def _scan(host: Host) -> bytes:
    if not host.elevated:
        raise AccessDenied("only an administrator may ask", where=SEDUTIL[0])
    for program in SEDUTIL:
        with suppress(ToolMissing):
            return host.run(program, "--scan", timeout=60)
    raise ToolMissing("the program is not installed", where=SEDUTIL[0])


def scanned(printed: bytes) -> dict[str, bool]:
    """Each drive of `sedutil-cli --scan`, and whether it knows a standard of self-encryption."""
    text = printed.decode("utf-8", "replace")
    return {name: said != "No" for name, said in _LINE.findall(text)}
