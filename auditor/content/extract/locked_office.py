"""Office documents under a password (ECMA-376 by [MS-OFFCRYPTO]): agile, standard and rights.

Excel closes some workbooks with a password of its own that everybody has, `VelvetSweatshop`; what
it opens is not protected, and is read.
"""

from __future__ import annotations

import io
import re
import struct

from auditor.content.compound import Compound
from auditor.content.identify import Kind
from auditor.content.parts import Locked, Locks, Member, Parts
from auditor.content.source import Source
from auditor.errors import TooLarge
from auditor.evidence import ProtectionState

KINDS = frozenset({"encrypted Office document"})
READS = "what everybody's password opens"
LOCKS: Locks = (
    ("Office AES-256 (agile)", ProtectionState.STRONG),
    ("Office AES-128 (standard)", ProtectionState.STRONG),
    ("Office rights management", ProtectionState.STRONG),
    ("Office RC4-128", ProtectionState.WEAK),
    ("Office extensible encryption", ProtectionState.UNKNOWN),
)

DEFAULT = "VelvetSweatshop"
_BITS = re.compile(rb'keyBits="(\d+)"')
_CIPHER = re.compile(rb'cipherAlgorithm="(\w+)"')


def parts(source: Source, kind: Kind) -> Parts:
    """Its lock, or the document when everybody's password opens it."""
    _ = kind
    found = Compound.of(source)
    opened = _by_default(source)
    if opened is not None:
        yield Member(Source.of_bytes(source.name, opened, source))
        return
    yield _lock(found.read("EncryptionInfo", most=1_000_000), found)


def _lock(info: bytes, found: Compound) -> Locked:
    if not info and any("DRM" in "".join(n) for n in found.names):
        return Locked(ProtectionState.STRONG, "Office rights management")
    major, minor = struct.unpack_from("<HH", info) if len(info) >= 4 else (0, 0)
    if (major, minor) == (4, 4):
        bits, cipher = _BITS.search(info), _CIPHER.search(info)
        name = cipher[1].decode() if cipher else "AES"
        state = ProtectionState.STRONG if name == "AES" else ProtectionState.WEAK
        return Locked(state, f"Office {name}-{bits[1].decode() if bits else '128'} (agile)")
    if minor == 2 and major in {2, 3, 4} and len(info) >= 36:
        algorithm, size = struct.unpack_from("<I4xI", info, 20)
        if algorithm in {0x660E, 0x660F, 0x6610}:
            return Locked(ProtectionState.STRONG, f"Office AES-{size} (standard)")
        return Locked(ProtectionState.WEAK, f"Office RC4-{size or 40}")
    if (major, minor) in {(3, 3), (4, 3)}:
        return Locked(ProtectionState.UNKNOWN, "Office extensible encryption")
    return Locked(ProtectionState.UNKNOWN, "Office encryption")


def _by_default(source: Source) -> bytes | None:
    """The document, opened by the password that everybody has; None when that fails."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    try:
        file = msoffcrypto.OfficeFile(source.open())
        file.load_key(password=DEFAULT, verify_password=True)
        if source.size > 24_000_000:
            raise TooLarge("this is too large to be opened")
        made = io.BytesIO()
        file.decrypt(made)
    except (DecryptionError, FileFormatError, InvalidKeyError, ValueError, KeyError, OSError):
        return None
    return made.getvalue()
