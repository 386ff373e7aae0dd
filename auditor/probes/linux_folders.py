"""Single folders of an open drive that Linux encrypts (fscrypt), told without any rights.

Homes and the folders at the top of each drive are asked; deeper ones are found with their files.
The folder .fscrypt at the top says that somebody set it up, and how many policies there are; which
folders they stand for, it does not say. What could not be asked stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from auditor.errors import HostError, NotThere
from auditor.evidence import Platform, Setting, SettingId
from auditor.host import Host
from auditor.host.mounts import chosen, parse
from auditor.words import listed, shown

PLATFORMS = frozenset({Platform.LINUX})
ABLE = frozenset({"ext4", "f2fs", "ubifs", "btrfs"})
"""File systems that can encrypt folders; btrfs may one day, and says that it does not."""
MOST = 200
"""Folders that are asked at the top of a drive, and as many below /home."""


def ask(host: Host) -> Iterator[Setting]:
    """One setting for each drive whose file system can encrypt folders."""
    text = host.read("/proc/self/mountinfo", 4_000_000).decode("utf-8", "surrogateescape")
    for mount in chosen(parse(text)):
        if mount.filesystem in ABLE:
            yield of_drive(host, mount.mount)


def of_drive(host: Host, mount: str) -> Setting:
    """Whether folders of a drive are encrypted: none only where all of them say so."""
    about = f"folders of {shown(mount)}"
    able, found, whole = _asked(host, mount)
    policies = _policies(host, mount)
    on: bool | None = True if found else None
    if not found and (able is False or (whole and policies == 0)):
        on = False
    detail = f"Encrypted: {listed(found)}." if found else ""
    if not found and policies:
        detail = "Folder encryption is set up; which folders it covers could not be seen."
    return Setting(
        id=SettingId.FOLDERS_ENCRYPTED, about=about, on=on, detail=detail, volume=shown(mount)
    )


def _asked(host: Host, mount: str) -> tuple[bool | None, list[str], bool]:
    """Whether the file system can, which folders are encrypted, and whether all could be asked."""
    try:
        host.folder_encryption(mount)
    except NotThere:
        return False, [], True
    except HostError:
        return None, [], False
    found, whole = [], True
    for folder in _folders(host, mount):
        if folder is None:
            whole = False
            continue
        try:
            cipher = host.folder_encryption(folder)
        except NotThere:
            continue
        except HostError:
            whole = False
            continue
        if cipher:
            found.append(f"{shown(folder)} ({cipher})")
    return True, found, whole


def _folders(host: Host, mount: str) -> Iterator[str | None]:
    """The folders at the top and in home, and None for some that could not be listed."""
    for top in dict.fromkeys((mount.rstrip("/"), f"{mount.rstrip('/')}/home")):
        try:
            names = host.names(top or "/")
        except NotThere:
            continue
        except HostError:
            yield None
            continue
        # ext4's own folder for what it found lost is root's alone and never encrypted.
        yield from (f"{top}/{n}" for n in names[:MOST] if n != "lost+found")
        if len(names) > MOST:
            yield None


def _policies(host: Host, mount: str) -> int | None:
    """How many policies fscrypt keeps there; None where that could not be seen."""
    with suppress(HostError):
        try:
            return len(host.names(f"{mount.rstrip('/')}/.fscrypt/policies"))
        except NotThere:
            return 0
    return None
