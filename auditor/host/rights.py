r"""Who may change a folder of Windows: its security descriptor, taken apart.

A self-relative descriptor (Microsoft Open Specifications, MS-DTYP 2.4.6) has at 2 its control
bits and at 16 where its list of rights begins; each entry of the list (2.4.4) has a type, flags,
a size, a mask of rights and the identifier of whom it is about. A folder of FAT has no list.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from auditor.errors import AccessDenied, HostError, NotThere

ORDINARY = frozenset(
    bytes.fromhex(sid)
    for sid in (
        "010100000000000100000000",  # S-1-1-0, Everyone
        "010100000000000504000000",  # S-1-5-4, whoever sits at the machine
        "01010000000000050b000000",  # S-1-5-11, Authenticated Users
        "01020000000000052000000021020000",  # S-1-5-32-545, Users
    )
)
"""Groups that every account is in (MS-DTYP 2.4.2.4); of a domain also its users and staff."""
DOMAIN_USERS = (513).to_bytes(4, "little")
"""Last part of S-1-5-21-…-513."""
ALLOWED, DENIED = 0, 1
FOR_FILES, NOT_HERE = 0x1, 0x8
"""Flags: the entry is passed on to files; it does not hold for the folder itself."""
OF_FILES = 0x0001_0002 | 0x5000_0000
"""Rights that change a file: FILE_WRITE_DATA, DELETE, GENERIC_WRITE, GENERIC_ALL."""
OF_FOLDER = 0x000C_0040 | 0x1000_0000
"""Rights over all that is in a folder: FILE_DELETE_CHILD, WRITE_DAC, WRITE_OWNER, GENERIC_ALL."""


def open_to_everybody(descriptor: bytes) -> bool | None:
    """Whether ordinary accounts may change what lies in a folder; None for what is no descriptor.

    What they may only add is not meant: a new file harms no older backup.
    """
    if len(descriptor) < 20 or descriptor[0] != 1:
        return None
    control = int.from_bytes(descriptor[2:4], "little")
    at = int.from_bytes(descriptor[16:20], "little")
    if not control & 0x4 or not at:
        return True
    if at + 8 > len(descriptor):
        return None
    count = int.from_bytes(descriptor[at + 4 : at + 6], "little")
    denied: dict[bytes, int] = {}
    for kind, flags, mask, who in _entries(descriptor, at + 8, count):
        if not _ordinary(who):
            continue
        if kind == DENIED and not flags & NOT_HERE:
            denied[who] = denied.get(who, 0) | mask
        elif kind == ALLOWED and _changes(flags, mask & ~denied.get(who, 0)):
            return True
    return False


def _changes(flags: int, mask: int) -> bool:
    over_files = bool(flags & FOR_FILES) and bool(mask & OF_FILES)
    return over_files or (not flags & NOT_HERE and bool(mask & OF_FOLDER))


def _ordinary(who: bytes) -> bool:
    return who in ORDINARY or (
        who.startswith(bytes.fromhex("010500000000000515000000")) and who.endswith(DOMAIN_USERS)
    )


def _entries(data: bytes, at: int, count: int) -> Iterator[tuple[int, int, int, bytes]]:
    """Type, flags, rights and identifier of each entry; ends at one that does not fit."""
    for _ in range(count):
        size = int.from_bytes(data[at + 2 : at + 4], "little")
        if size < 16 or at + size > len(data):
            return
        sid = data[at + 8 : at + size]
        yield (
            data[at],
            data[at + 1],
            int.from_bytes(data[at + 4 : at + 8], "little"),
            sid[: 8 + 4 * sid[1]],
        )
        at += size


def descriptor_of(path: str) -> bytes:
    """The security descriptor of a file or folder, by GetFileSecurityW; only its list of rights.

    Raises:
        HostError: This is not Windows, or it refuses.
    """
    if sys.platform != "win32":
        raise NotThere("there are no security descriptors on this system", where=path)
    import ctypes

    api = ctypes.WinDLL("advapi32", use_last_error=True)
    size = ctypes.c_uint32(4096)
    for _ in range(2):
        room = ctypes.create_string_buffer(size.value)
        # 4 is DACL_SECURITY_INFORMATION; the owner is not asked for.
        if api.GetFileSecurityW(ctypes.c_wchar_p(path), 4, room, size.value, ctypes.byref(size)):
            return room.raw
        if ctypes.get_last_error() != 122:  # the room was too small
            break
    code = ctypes.get_last_error()
    if code == 5:
        raise AccessDenied("the system refused", where=path)
    if code in {2, 3}:
        raise NotThere("there is no such file", where=path)
    raise HostError(f"Windows answered with error {code}", where=path)
