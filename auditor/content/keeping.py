"""Encryption that the file system gives a file, for as long as the file stays there.

A copy on a stick or in a mail is readable by anyone: EFS on Windows, fscrypt on Linux.
"""

from __future__ import annotations

import os
import struct
import sys

from auditor.evidence import Protection, ProtectionState

EFS = 0x4000
"""Windows' FILE_ATTRIBUTE_ENCRYPTED."""
SCHEMES = frozenset({"EFS", "fscrypt"})
"""What `kept_by_system` tells: of this file and place only, whatever a copy is."""
_GET_FLAGS = 0x80086601 if sys.maxsize > 2**32 else 0x80046601
_ENCRYPTED = 0x800
"""Linux' FS_IOC_GETFLAGS and FS_ENCRYPT_FL."""


def kept_by_system(handle: int) -> Protection | None:
    """How the file system closes an open file; None when it does not.

    Args:
        handle: Its descriptor.
    """
    attributes: int = getattr(os.fstat(handle), "st_file_attributes", 0)
    if attributes & EFS:
        return _kept("EFS")
    return _kept("fscrypt") if _flags(handle) & _ENCRYPTED else None


def _kept(scheme: str) -> Protection:
    return Protection(
        state=ProtectionState.STRONG, scheme=scheme, of="only while it stays where it is"
    )


def _flags(handle: int) -> int:
    if sys.platform != "linux":
        return 0
    import fcntl

    try:
        answer = fcntl.ioctl(handle, _GET_FLAGS, bytes(8))
    except OSError:
        return 0
    return int(struct.unpack("=q", answer)[0]) & 0xFFFFFFFF
