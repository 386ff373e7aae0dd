"""Kinds whose first bytes are told by their shape, where a mark alone would not be proof."""

from __future__ import annotations

import struct

_SIGNED = bytes.fromhex("06092a864886f70d010702")
_ENVELOPED = (bytes.fromhex("06092a864886f70d010703"), bytes.fromhex("060b2a864886f70d0109100117"))
_PICTURES = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"avif", b"heim", b"hevc"})
_TABLES = frozenset({0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8B, 0x8E, 0xCB, 0xF5, 0xFB})
"""Versions at the start of dBASE and FoxPro tables."""


def shape(head: bytes) -> str:
    """The kind of a file that begins with these bytes; empty when none of these.

    Args:
        head: Its first bytes.
    """
    if b"%PDF-" in head[:1_024]:
        return "PDF"
    if head[4:8] == b"ftyp" and head[8:12] in _PICTURES:
        return "picture"
    if _is_table(head):
        return "dBASE table"
    if head[:1] == b"\x30" and (_SIGNED in head[:24] or any(e in head[:24] for e in _ENVELOPED)):
        return "S/MIME file"
    if _is_ecryptfs(head):
        return "eCryptfs file"
    return "OpenPGP file" if _is_openpgp(head) else ""


def _is_table(head: bytes) -> bool:
    if len(head) < 65 or head[0] not in _TABLES:
        return False
    month, day = head[2], head[3]
    start, width = struct.unpack_from("<HH", head, 8)
    fields = (start - 33) // 32
    shaped = 1 <= month <= 12 and 1 <= day <= 31 and start > 64 and width > 1
    # FoxPro leaves room for a link after the end of the fields.
    return shaped and fields >= 1 and b"\r" in head[64 : start + 1] and head[32] > 32


def _is_ecryptfs(head: bytes) -> bool:
    if len(head) < 20:
        return False
    one, other = struct.unpack_from(">II", head, 8)
    return bool(one) and one ^ 0x3C81B7F5 == other


def _is_openpgp(head: bytes) -> bool:
    """Whether it begins with a packet that messages begin with, of a version there is."""
    if len(head) < 16 or not head[0] & 0x80:
        return False
    if head[0] & 0x40:
        tag, at = head[0] & 0x3F, 2 if head[1] < 192 or head[1] >= 224 else 3
        at = 6 if head[1] == 255 else at
    else:
        tag, at = head[0] >> 2 & 15, {0: 2, 1: 3, 2: 5, 3: 1}[head[0] & 3]
    version = head[at]
    if tag == 1:
        return version in {3, 6} and head[at + 9] in {1, 2, 16, 18, 25, 26}
    if tag == 3:
        return version in {4, 5, 6} and 1 <= head[at + 1] <= 13
    if tag == 4:
        return version in {3, 6} and head[at + 1] in {0, 1} and 1 <= head[at + 2] <= 14
    if tag == 8:
        return version in {1, 2, 3} and head[0] in {0xA3, 0xA2, 0xA1, 0xC8}
    return tag == 18 and version in {1, 2} and head[0] == 0xD2
