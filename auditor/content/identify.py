"""What a file is, from its first bytes and never from its name."""

from __future__ import annotations

import codecs
import functools
import warnings
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from auditor.content.shapes import shape

HEAD = 65_536
"""Bytes from the start of a file that decide what it is."""


class Group(StrEnum):
    """What the scan does with a file."""

    TEXT = "text"
    """Read."""
    RECORDS = "records"
    """Of a format that often holds personal data and is not opened: a gap."""
    OTHER = "other"
    """Programs, pictures, sound and the like: counted as not opened."""
    EMPTY = "empty"


class Kind(NamedTuple):
    """What a file is."""

    name: str
    group: Group
    encoding: str = ""
    """Of text: utf-8, utf-16-le, utf-16-be or cp1252."""
    skip: int = 0
    """Bytes of the mark at its start."""


SIGNATURES: tuple[tuple[int, bytes, str, Group], ...] = (
    (0, b"%PDF-", "PDF", Group.RECORDS),
    (0, b"PK\x03\x04", "zip archive or Office document", Group.RECORDS),
    (0, b"PK\x05\x06", "zip archive", Group.RECORDS),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office 97-2003 document", Group.RECORDS),
    (0, b"{\\rtf", "rich text", Group.RECORDS),
    (0, b"SQLite format 3\0", "SQLite database", Group.RECORDS),
    (0, b"\x37\x7f\x06\x82", "SQLite log", Group.RECORDS),
    (0, b"\x37\x7f\x06\x83", "SQLite log", Group.RECORDS),
    (0, bytes.fromhex("d9d505f920a163d7"), "SQLite log", Group.RECORDS),
    (4, b"Standard Jet DB", "Access database", Group.RECORDS),
    (4, b"Standard ACE DB", "Access database", Group.RECORDS),
    (4, b"MSISAM Database", "Access database", Group.RECORDS),
    (0, b"!BDN", "Outlook data file", Group.RECORDS),
    (0, b"TAPE", "SQL Server or tape backup", Group.RECORDS),
    (0, b"MSSQLBAK", "SQL Server or tape backup", Group.RECORDS),
    (0, b"\x01\x0f\x00\x00\x08\x00\x01", "SQL Server database", Group.RECORDS),
    (0, b"\x1f\x8b", "gzip archive", Group.RECORDS),
    (0, b"BZh", "bzip2 archive", Group.RECORDS),
    (0, b"\xfd7zXZ\0", "xz archive", Group.RECORDS),
    (0, b"\x28\xb5\x2f\xfd", "zstd archive", Group.RECORDS),
    (0, b"7z\xbc\xaf\x27\x1c", "7z archive", Group.RECORDS),
    (0, b"Rar!\x1a\x07", "rar archive", Group.RECORDS),
    (257, b"ustar", "tar archive", Group.RECORDS),
    (0, b"MSCF", "cabinet archive", Group.RECORDS),
    (0, b"vhdxfile", "disk image", Group.RECORDS),
    (0, b"conectix", "disk image", Group.RECORDS),
    (0, b"QFI\xfb", "disk image", Group.RECORDS),
    (0, b"KDMV", "disk image", Group.RECORDS),
    (32_769, b"CD001", "disc image", Group.RECORDS),
    (0, b"LUKS\xba\xbe", "LUKS container", Group.RECORDS),
    (3, b"-FVE-FS-", "BitLocker volume", Group.RECORDS),
    (0, b"encrcdsa", "encrypted macOS disk image", Group.RECORDS),
    (0, b"\x03\xd9\xa2\x9a", "password safe", Group.RECORDS),
    (0, b"age-encryption.org/", "age file", Group.RECORDS),
    (0, b"-----BEGIN AGE ENCRYPTED FILE-----", "age file", Group.RECORDS),
    (0, b"Salted__", "openssl file", Group.RECORDS),
    (0, b"U2FsdGVkX1", "openssl file", Group.RECORDS),
    (0, b"-----BEGIN PGP MESSAGE-----", "OpenPGP file", Group.RECORDS),
    (0, bytes.fromhex("c0b9072e4f93f146a015792ca1d9e821"), "AxCrypt file", Group.RECORDS),
    (0, bytes.fromhex("76e80460c411e386"), "rights-managed mail", Group.RECORDS),
    (0, b".pfile", "rights-managed file", Group.RECORDS),
    (0, bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3"), "OneNote section", Group.RECORDS),
    (0, bytes.fromhex("cfad12fec5fd746f66e3d11196"), "Outlook Express folder", Group.RECORDS),
    (0, b"\xff\xd8\xff", "picture", Group.OTHER),
    (0, b"\x89PNG\r\n", "picture", Group.OTHER),
    (0, b"GIF8", "picture", Group.OTHER),
    (0, b"BM", "picture", Group.OTHER),
    (0, b"II*\0", "picture", Group.OTHER),
    (0, b"MM\0*", "picture", Group.OTHER),
    (8, b"WEBP", "picture", Group.OTHER),
    (0, b"\xd7\xcd\xc6\x9a", "picture", Group.OTHER),
    (40, b" EMF", "picture", Group.OTHER),
    (4, b"ftyp", "film", Group.OTHER),
    (0, b"ID3", "sound", Group.OTHER),
    (0, b"OggS", "sound", Group.OTHER),
    (0, b"RIFF", "sound or film", Group.OTHER),
    (0, b"\x1aE\xdf\xa3", "film", Group.OTHER),
    (0, b"MZ", "program", Group.OTHER),
    (0, b"\x7fELF", "program", Group.OTHER),
    (0, b"\xcf\xfa\xed\xfe", "program", Group.OTHER),
    (0, b"\xca\xfe\xba\xbe", "program", Group.OTHER),
    (0, b"!<arch>", "program library", Group.OTHER),
    (0, b"wOFF", "font", Group.OTHER),
    (0, b"wOF2", "font", Group.OTHER),
    (0, b"OTTO", "font", Group.OTHER),
    (0, b"\x00\x01\x00\x00\x00", "font", Group.OTHER),
)
"""Offset, bytes, name and group. Short marks that text could begin with are checked again below."""

_MAYBE_TEXT = frozenset(b"BM MZ GIF8 ID3 TAPE RIFF BZh MSCF OTTO KDMV".split())
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 27}) + b"\x7f"
_ASK = {
    "text/": Kind("text", Group.TEXT, "cp1252"),
    "image/": Kind("picture", Group.OTHER),
    "audio/": Kind("sound", Group.OTHER),
    "video/": Kind("film", Group.OTHER),
    "font/": Kind("font", Group.OTHER),
    "application/x-dosexec": Kind("program", Group.OTHER),
}
_UNKNOWN = Kind("unknown format", Group.OTHER)
_LEAST_TEXT = 200


def identify(head: bytes) -> Kind:
    """What the file that begins with these bytes is.

    Args:
        head: Its first `HEAD` bytes, or all of a shorter file.
    """
    if not head:
        return Kind("empty", Group.EMPTY)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return Kind("text", Group.TEXT, encoding, len(mark))
    encoding = _text(head)
    told = "" if encoding else shape(head)
    if told:
        return Kind(told, Group.OTHER if told == "picture" else Group.RECORDS)
    for at, mark, name, group in SIGNATURES:
        if head.startswith(mark, at) and not (encoding and mark in _MAYBE_TEXT):
            return Kind(name, group)
    if encoding:
        return Kind("text", Group.TEXT, encoding)
    return _second_opinion(head) or _UNKNOWN


def _text(head: bytes) -> str:
    """The encoding of text without a mark; empty when it is no text."""
    zeros = head.count(0)
    if zeros:
        return _sixteen(head) or _torn(head)
    if len(head.translate(None, _CONTROL)) < len(head) * 0.995:
        return ""
    # The last character may have been cut by the end of the head.
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _sixteen(head: bytes) -> str:
    """UTF-16 without a mark: nearly all of every second byte is zero, as in any Western text."""
    even, odd = head[::2], head[1::2]
    if len(odd) >= 4 and odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if len(even) >= 4 and even.count(0) > 0.7 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return ""


def _torn(head: bytes) -> str:
    """Text with a damaged stretch further on is still read, for what can be read of it."""
    start = head[: head.index(0)]
    if len(start) < _LEAST_TEXT or b"\n" not in start or head.count(0) > len(head) // 2:
        return ""
    return _text(start)


@functools.cache
def _magic() -> Callable[[bytes], str] | None:
    """libmagic, where it is installed; asked only for what the table above does not know."""
    try:
        with warnings.catch_warnings():
            # The build for Windows is old enough for Python to warn about its source.
            warnings.simplefilter("ignore")
            import magic

        found = magic.Magic(mime=True)
    except (ImportError, OSError, AttributeError):
        return None
    failures = (magic.MagicException, OSError, UnicodeDecodeError)

    def ask(head: bytes) -> str:
        try:
            return str(found.from_buffer(head))
        except failures:
            return ""

    return ask


def _second_opinion(head: bytes) -> Kind | None:
    ask = _magic()
    said = ask(head[:4096]) if ask else ""
    return next((kind for start, kind in _ASK.items() if said.startswith(start)), None)
