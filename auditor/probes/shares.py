r"""Folders that this machine shares over the network with everybody.

Windows keeps its shares in the registry, each with a security descriptor (Microsoft Open
Specifications, MS-DTYP 2.4.6) that only an administrator may read:
    HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Shares          Staff = ("Path=C:\Staff", …)
    HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Shares\Security  Staff = …
Linux has Samba's smb.conf(5) and NFS's exports(5). Who may read the files themselves is another
question: a share that is open to everybody is told, whatever lies behind it.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from contextlib import suppress

from auditor.errors import HostError, NotThere
from auditor.evidence import Platform, Setting, SettingId
from auditor.host import Host
from auditor.words import shown

PLATFORMS = frozenset({Platform.WINDOWS, Platform.LINUX})
ABOUT = "folders shared over the network"
SHARES = r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Shares"
EVERYBODY = {
    bytes.fromhex("010100000000000100000000"): "Everyone",
    bytes.fromhex("010100000000000507000000"): "Anonymous",
    bytes.fromhex("01010000000000050b000000"): "Authenticated Users",
    bytes.fromhex("01020000000000052000000022020000"): "Guests",
    bytes.fromhex("01020000000000052000000021020000"): "Users",
}
"""Security identifiers (MS-DTYP 2.4.2.4): S-1-1-0, S-1-5-7, S-1-5-11, S-1-5-32-546 and -545."""
ALLOWED, READ = 0, 0x1
"""An entry that allows, and the right to read or list (FILE_READ_DATA)."""
GENERIC = 0x9000_0000
"""GENERIC_ALL or GENERIC_READ."""
SAMBA, EXPORTS = "/etc/samba/smb.conf", "/etc/exports"
YES = frozenset({"yes", "true", "1"})
PRINTERS = frozenset({"global", "printers", "print$", "homes"})


def ask(host: Host) -> Iterator[Setting]:
    """One setting for each open share, or one that says that none is."""
    try:
        known = list(_windows(host) if host.platform is Platform.WINDOWS else _linux(host))
    except HostError:
        yield Setting(id=SettingId.SHARE_OPEN, about=ABOUT, on=None)
        return
    told = [k for k in known if k.on is not False]
    yield from told or [Setting(id=SettingId.SHARE_OPEN, about=ABOUT, on=False)]


def _windows(host: Host) -> Iterator[Setting]:
    try:
        names = host.registry_names(SHARES)
    except NotThere:
        return
    for name in names:
        try:
            said = host.registry(f"{SHARES}\\Security", name)
            on, who = opened(said) if isinstance(said, bytes) else (None, "")
        except NotThere:
            on, who = None, ""  # Windows' own choice, which differs between versions
        except HostError:
            on, who = None, ""
        detail = f"It is open to {who}." if who else ""
        if on is None:
            detail = "Run the audit as administrator to see whom it is open to."
        yield Setting(
            id=SettingId.SHARE_OPEN, about=f"shared folder {shown(name)}", on=on, detail=detail
        )


def opened(descriptor: bytes) -> tuple[bool | None, str]:
    """Whether a self-relative security descriptor lets everybody read, and who that is.

    No list of rights at all lets everybody in; one that does not read as it should is unknown.
    """
    if len(descriptor) < 20 or descriptor[0] != 1:
        return None, ""
    control = int.from_bytes(descriptor[2:4], "little")
    at = int.from_bytes(descriptor[16:20], "little")
    if not control & 0x4 or not at:
        return True, "Everyone"
    if at + 8 > len(descriptor):
        return None, ""
    count = int.from_bytes(descriptor[at + 4 : at + 6], "little")
    return _entries(descriptor, at + 8, count)


def _entries(data: bytes, at: int, count: int) -> tuple[bool | None, str]:
    for _ in range(count):
        size = int.from_bytes(data[at + 2 : at + 4], "little")
        if size < 16 or at + size > len(data):
            return None, ""
        mask = int.from_bytes(data[at + 4 : at + 8], "little")
        who = EVERYBODY.get(data[at + 8 : at + size], "")
        if who and data[at] == ALLOWED and mask & (READ | GENERIC):
            return True, who
        at += size
    return False, ""


def _linux(host: Host) -> Iterator[Setting]:
    with suppress(NotThere):
        yield from samba(host.read(SAMBA, 1_000_000).decode("utf-8", "replace"))
    with suppress(NotThere):
        yield from exports(host.read(EXPORTS, 1_000_000).decode("utf-8", "replace"))


def samba(text: str) -> Iterator[Setting]:
    """The shares of smb.conf(5) that need no password (`guest ok`, of old `public`)."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, delimiters=("=",))
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        yield Setting(id=SettingId.SHARE_OPEN, about="shares of Samba", on=None)
        return
    for name in parser.sections():
        if name.lower() in PRINTERS:
            continue
        said = (parser.get(name, k, fallback="") or "" for k in ("guest ok", "public"))
        on = any(s.strip().lower() in YES for s in said)
        yield Setting(
            id=SettingId.SHARE_OPEN,
            about=f"shared folder {shown(name)}",
            on=on,
            detail="It asks for no password." if on else "",
        )


def exports(text: str) -> Iterator[Setting]:
    """What NFS shares with any computer: a folder without a host, or with `*`."""
    for line in text.replace("\\\n", " ").splitlines():
        path, _, hosts = line.partition("#")[0].strip().partition(" ")
        if path:
            named = [h.partition("(")[0] for h in hosts.split() if not h.startswith("-")]
            on = not named or any(h in {"", "*"} for h in named)
            yield Setting(
                id=SettingId.SHARE_OPEN,
                about=f"shared folder {shown(path)}",
                on=on,
                detail="Any computer of the network may mount it." if on else "",
            )
