"""What the first sectors of a drive or image say of its encryption, byte by byte.

A signature says what a volume is, not that it is closed: a suspended and a decrypted BitLocker
volume both carry BitLocker's. So the header behind the signature is read, and what it does not
say is unknown. Nothing of a key slot is kept.

Sources: LUKS1 and LUKS2 on-disk format specifications (cryptsetup); the BitLocker format as
libbde documents it; ext4, XFS and APFS by their published layouts. BitLocker and LUKS headers
were checked against images of real systems (read 2026-11-25).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

from auditor.evidence import EncryptionState, Record

Read = Callable[[int, int], bytes]
"""Bytes at an offset; fewer at the end of the drive."""

HEAD = 66_048
"""Bytes from the start that hold every signature looked for; btrfs has the farthest."""
LUKS = b"LUKS\xba\xbe"
FVE = b"-FVE-FS-"
TO_GO = bytes.fromhex("3bd66749")
"""First bytes of the identifier that every BitLocker volume carries, as they lie on the drive."""
JSON_MAX = 4 << 20
"""Bytes of the largest LUKS2 metadata area (specification, section 2)."""
ENCRYPTED, DECRYPTED = 4, 1
"""States of a BitLocker volume in its metadata block."""
METHODS = {
    0x8000: "AES-128 with diffuser", 0x8001: "AES-256 with diffuser", 0x8002: "AES-128",
    0x8003: "AES-256", 0x8004: "XTS-AES-128", 0x8005: "XTS-AES-256",
}  # fmt: skip
KEY_SLOT = (2, 8)
"""Entry and value type of a key slot in BitLocker's metadata."""
PLAIN = (
    (3, b"NTFS    ", "ntfs"),
    (3, b"EXFAT   ", "exfat"),
    (82, b"FAT32   ", "vfat"),
    (54, b"FAT16   ", "vfat"),
    (54, b"FAT12   ", "vfat"),
    (1080, b"\x53\xef", "ext4"),
    (0, b"XFSB", "xfs"),
    (65_600, b"_BHRfS_M", "btrfs"),
    (1024, b"H+", "hfsplus"),
    (1024, b"HX", "hfsplus"),
    (32_769, b"CD001", "iso9660"),
    (32_769, b"BEA01", "udf"),
    (1040, b"\x10\x20\xf5\xf2", "f2fs"),
)
"""File systems that lie open: offset, signature, name."""
MEMBERS = (
    (4086, b"SWAPSPACE2", "swap"),
    (536, b"LVM2 001", "LVM2_member"),
    (4096, b"\xfc\x4e\x2b\xa9", "linux_raid_member"),
)
"""Parts of something larger, and swap."""
RANDOM = 7.9
"""Bits a byte from which 4 KiB look random: 7.95 is usual for them, text has about 4.5."""


class Sectors(Record, frozen=True, kw_only=True, tag="sectors"):
    """What lies on a drive, as far as its first sectors tell."""

    filesystem: str = ""
    """As the udev database would name it: crypto_LUKS, BitLocker, apfs, ntfs, swap …"""
    state: EncryptionState = EncryptionState.UNKNOWN
    product: str = ""
    method: str = ""
    recovery: bool | None = None
    """Whether a recovery password opens it."""
    blank: bool = False
    """Nothing but zeros at its start."""
    random: bool = False
    """No signature, and bytes that look random: an unmarked container, or a wiped drive."""


def recognise(read: Read) -> Sectors:
    """What the drive that `read` reads from holds. Anything odd or cut short is unknown."""
    head = read(0, HEAD)
    if head.startswith(LUKS):
        return _luks(head, read)
    if head[3:11] == FVE:
        return _bitlocker(head, 176, read)
    if head[3:11] == b"MSWIN4.1" and head[424:428] == TO_GO:
        return _bitlocker(head, 440, read)
    return _by_sign(head) or _without_sign(head)


def _by_sign(head: bytes) -> Sectors | None:
    if head[32:36] == b"NXSB":
        return Sectors(filesystem="apfs")
    if head[88:90] == b"CS" and head[:1] != b"\xeb":
        return Sectors(filesystem="core storage", product="Core Storage")
    for offset, sign, name in MEMBERS + PLAIN:
        if head[offset : offset + len(sign)] == sign:
            return Sectors(filesystem=name, state=EncryptionState.OFF)
    return None


def _without_sign(head: bytes) -> Sectors:
    if not any(head):
        return Sectors(blank=True)
    table = head[510:512] == b"\x55\xaa"  # a partition table; the parts are looked at themselves
    return Sectors(random=not table and len(head) >= 4096 and entropy(head[:4096]) >= RANDOM)


def entropy(data: bytes) -> float:
    """Shannon entropy in bits a byte; 0 for nothing."""
    return -sum(n / len(data) * math.log2(n / len(data)) for n in Counter(data).values())


def _luks(head: bytes, read: Read) -> Sectors:
    version = int.from_bytes(head[6:8], "big")
    if version == 1:
        cipher, mode = _word(head[8:40]), _word(head[40:72])
        bits = int.from_bytes(head[108:112], "big") * 8
        return _by_ciphers("LUKS1", {f"{cipher}-{mode}"}, bits)
    if version == 2:
        size = min(int.from_bytes(head[8:16], "big"), JSON_MAX)
        try:
            found = json.loads(read(4096, max(size - 4096, 0)).partition(b"\0")[0])
            return _luks2(found)
        except (ValueError, RecursionError, AttributeError, TypeError, KeyError):
            return Sectors(filesystem="crypto_LUKS", product="LUKS2")
    return Sectors(filesystem="crypto_LUKS", product="LUKS")


def _luks2(found: dict[str, Any]) -> Sectors:
    """LUKS2 by its metadata: a linear segment is one that lies open while it is encrypted."""
    segments = list(found["segments"].values())
    kinds = {s.get("type") for s in segments}
    if not segments or kinds - {"crypt", "linear", "hw-opal", "hw-opal-crypt"}:
        return Sectors(filesystem="crypto_LUKS", product="LUKS2")
    required = found.get("config", {}).get("requirements", {}).get("mandatory", [])
    if "linear" in kinds or any("reencrypt" in str(r) for r in required):
        state = EncryptionState.PARTIAL if kinds != {"linear"} else EncryptionState.OFF
        return Sectors(filesystem="crypto_LUKS", product="LUKS2", state=state)
    if kinds == {"hw-opal"}:
        method = "hardware encryption of the drive"
        return Sectors(
            filesystem="crypto_LUKS", product="LUKS2", state=EncryptionState.ON, method=method
        )
    ciphers = {str(s.get("encryption", "")) for s in segments if s.get("encryption")}
    sizes = [k.get("key_size", 0) for k in found.get("keyslots", {}).values()]
    return _by_ciphers("LUKS2", ciphers, max(sizes, default=0) * 8)


def _by_ciphers(product: str, ciphers: set[str], bits: int) -> Sectors:
    """The null cipher (cipher_null) encrypts nothing, whatever the header is called."""
    nulls = {c for c in ciphers if c.startswith(("cipher_null", "null"))}
    if nulls == ciphers:
        state = EncryptionState.OFF if ciphers else EncryptionState.UNKNOWN
    else:
        state = EncryptionState.PARTIAL if nulls else EncryptionState.ON
    named = ", ".join(sorted(ciphers))
    method = f"{named}, {bits}-bit key" if bits and named else named
    return Sectors(filesystem="crypto_LUKS", product=product, state=state, method=method)


def _word(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("ascii", "replace")


def _bitlocker(head: bytes, at: int, read: Read) -> Sectors:
    """The first of BitLocker's three metadata blocks that reads as one."""
    for n in range(3):
        offset = int.from_bytes(head[at + 8 * n : at + 8 * n + 8], "little")
        block = _block(read, offset)
        if block.startswith(FVE) and len(block) > 112:
            return _fve(block)
    return Sectors(filesystem="BitLocker", product="BitLocker")


def _block(read: Read, offset: int) -> bytes:
    try:
        return read(offset, 65_536) if offset else b""
    except (OSError, ValueError, OverflowError):
        return b""


def _fve(block: bytes) -> Sectors:
    now, then = (int.from_bytes(block[i : i + 2], "little") for i in (12, 14))
    slots = key_slots(block)
    method = METHODS.get(int.from_bytes(block[100:102], "little"), "")
    state = EncryptionState.UNKNOWN
    if (now, then) == (DECRYPTED, DECRYPTED):
        state, method = EncryptionState.OFF, ""
    elif now != then:
        state = EncryptionState.PARTIAL
    elif now == ENCRYPTED and slots:
        state = EncryptionState.SUSPENDED if CLEAR_KEY in slots else EncryptionState.ON
    return Sectors(
        filesystem="BitLocker", product="BitLocker", state=state, method=method,
        recovery=RECOVERY_PASSWORD in slots if slots else None,
    )  # fmt: skip


CLEAR_KEY, RECOVERY_PASSWORD = 0x0000, 0x0800
"""Protections of a key slot; a clear key is one that lies beside the lock."""


def key_slots(block: bytes) -> set[int]:
    """The kinds of protection of the key slots in a metadata block, never their contents."""
    found = set()
    end = min(64 + int.from_bytes(block[64:68], "little"), len(block))
    at = 112
    while at + 8 <= end:
        size, entry, value = (
            int.from_bytes(block[at + i : at + i + 2], "little") for i in (0, 2, 4)
        )
        if size < 8:
            break
        if (entry, value) == KEY_SLOT and at + 36 <= len(block):
            found.add(int.from_bytes(block[at + 34 : at + 36], "little"))
        at += size
    return found
