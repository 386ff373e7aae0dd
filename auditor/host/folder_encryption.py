"""Encryption that a Linux file system gives single folders (fscrypt), asked without any rights.

FS_IOC_GET_ENCRYPTION_POLICY_EX of the kernel (Documentation/filesystems/fscrypt.rst) tells the
policy of a folder that may be opened; ENODATA is a folder without one, EOPNOTSUPP and ENOTTY a
file system that has none. Of the policy only its cipher is kept.
"""

from __future__ import annotations

import errno
import os
import struct
import sys

from auditor.errors import AccessDenied, HostError, NotThere

GET_POLICY = 0xC0096616
"""FS_IOC_GET_ENCRYPTION_POLICY_EX."""
NONE = frozenset({errno.ENODATA}) if hasattr(errno, "ENODATA") else frozenset()
CANNOT = frozenset({errno.EOPNOTSUPP, errno.ENOTTY, errno.EINVAL, errno.ENOSYS})
CIPHERS = {1: "AES-256-XTS", 5: "AES-128-CBC", 7: "SM4-XTS", 9: "Adiantum"}
"""Modes of encrypting contents (linux/fscrypt.h)."""


def policy(path: str) -> str:
    """The cipher of a folder; empty for a folder that is not encrypted.

    Raises:
        NotThere: There is no such folder, or its file system encrypts no folders.
        AccessDenied: This account may not open it.
        HostError: It could not be asked.
    """
    if sys.platform != "linux":
        raise NotThere("folders are not encrypted one by one on this system", where=path)
    import fcntl

    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except PermissionError as e:
        raise AccessDenied("the system refused", where=path) from e
    except (FileNotFoundError, NotADirectoryError) as e:
        raise NotThere("there is no such folder", where=path) from e
    except OSError as e:
        raise HostError(e.strerror or "error", where=path) from e
    try:
        answer = fcntl.ioctl(handle, GET_POLICY, struct.pack("=Q", 24) + bytes(24))
    except OSError as e:
        if e.errno in NONE:
            return ""
        if e.errno in CANNOT:
            raise NotThere("its file system encrypts no folders", where=path) from e
        raise HostError(e.strerror or "error", where=path) from e
    finally:
        os.close(handle)
    return CIPHERS.get(answer[9], "a cipher that is not known here")
