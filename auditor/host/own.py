"""What a machine knows of itself and tells nobody: the key of what only it should read again."""

from __future__ import annotations

import hashlib
import re

from auditor.errors import HostError
from auditor.evidence import Platform
from auditor.host import Host

_UUID = re.compile(rb'"IOPlatformUUID" = "([^"]{8,64})"')


def own_key(host: Host) -> bytes:
    """32 bytes made from the identity that the system gave itself when it was installed.

    The identity itself is neither kept nor reported. Empty where the system has none or does not
    tell it.
    """
    try:
        told = _identity(host).strip()
    except HostError:
        return b""
    return (
        hashlib.blake2b(told, digest_size=32, person=b"auditor journal").digest() if told else b""
    )


def _identity(host: Host) -> bytes:
    match host.platform:
        case Platform.WINDOWS:
            return str(
                host.registry(r"HKLM\SOFTWARE\Microsoft\Cryptography", "MachineGuid")
            ).encode()
        case Platform.MACOS:
            found = _UUID.search(
                host.run("/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice")
            )
            return found[1] if found else b""
        case _:
            return host.read("/etc/machine-id")
