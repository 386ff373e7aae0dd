"""Excel 97-2003 and binary workbooks, by calamine; comments and headers by what else is text.

Calamine reads a workbook as a whole, so that large ones are left.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any

from auditor.content.compound import Compound
from auditor.content.identify import Kind
from auditor.content.parts import Locked, Locks, Member, Parts, Unread
from auditor.content.passages import table, text
from auditor.content.source import Source
from auditor.content.sweep import readable
from auditor.content.zips import Zip
from auditor.evidence import ProtectionState, Why

KINDS = frozenset({"Excel 97-2003 workbook", "binary Excel workbook"})
READS = "cells, hidden ones too, comments, headers, boxes, links, titles"
LOCKS: Locks = (
    ("Office XOR", ProtectionState.WEAK),
    ("Office RC4-40", ProtectionState.WEAK),
    ("Office RC4-128 (CryptoAPI)", ProtectionState.WEAK),
)

LARGEST = 32_000_000
"""Bytes of a workbook, unpacked, that is read as a whole."""
DEFAULT = "VelvetSweatshop"
_TEXTS = frozenset({0x0014, 0x0015, 0x00FC, 0x01B6, 0x001C, 0x003C, 0x0085, 0x01B8})
"""Records of headers, footers, strings, boxes, comments and links."""


def parts(source: Source, kind: Kind) -> Parts:
    """Its sheets and its other text, or its lock."""
    if kind.name == "binary Excel workbook":
        found = Zip.of(source)
        unpacked = sum(e.size for e in found.entries if e.name.startswith("xl/"))
        yield from _sheets(source, max(source.size, unpacked))
        return
    compound = Compound.of(source)
    name = "Workbook" if compound.has("Workbook") else "Book"
    data = compound.read(name, most=LARGEST)
    lock = _lock(data)
    if lock:
        opened = _by_default(source)
        if opened is None:
            yield lock
        else:
            yield Member(Source.of_bytes(source.name, opened, source))
        return
    yield from _sheets(source, source.size)
    yield text(_asides(data), source.size, source.name)
    yield text([compound.titles()], 0, source.name)


def _sheets(source: Source, size: int) -> Parts:
    from python_calamine import CalamineError, CalamineWorkbook

    if size > LARGEST:
        yield Unread(Why.TOO_LARGE, "workbook")
        return
    source.budget.spend(size)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(source.data()))
    except CalamineError:
        yield Unread(Why.DAMAGED, "damaged workbook")
        return
    for name in book.sheet_names:
        lost: list[int] = []
        yield table(_rows(book, name, lost), size, name)
        if lost:
            yield Unread(Why.DAMAGED, "damaged part")


def _rows(book: Any, name: str, lost: list[int]) -> Iterator[list[str]]:
    from python_calamine import CalamineError

    try:
        for row in book.get_sheet_by_name(name).iter_rows():
            yield [_shown(v) for v in row]
    except CalamineError:
        lost.append(1)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size


def _lock(data: bytes) -> Locked | None:
    """The record FILEPASS stands among the first, when there is one."""
    for n, (kind, body) in enumerate(_records(data)):
        if kind == 0x002F:
            return Locked(ProtectionState.WEAK, _scheme(body))
        if n > 20:
            break
    return None


def _scheme(body: bytes) -> str:
    if len(body) < 6 or body[:2] == b"\0\0":
        return "Office XOR"
    major, minor = struct.unpack_from("<HH", body, 2)
    if (major, minor) == (1, 1):
        return "Office RC4-40"
    bits = struct.unpack_from("<I", body, 2 + 12 + 16)[0] if len(body) >= 36 else 0
    return f"Office RC4-{bits if bits in range(40, 129) else 40} (CryptoAPI)"


def _by_default(source: Source) -> bytes | None:
    """The workbook, opened by the password that everybody has; None when that fails."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    made = BytesIO()
    try:
        file = msoffcrypto.OfficeFile(source.open())
        file.load_key(password=DEFAULT)
        file.decrypt(made)
    except (DecryptionError, FileFormatError, InvalidKeyError, ValueError, KeyError, OSError):
        return None
    return made.getvalue()


def _asides(data: bytes) -> Iterator[str]:
    """Comments, boxes, headers and links; strings of cells come again, which does no harm."""
    before = 0
    for kind, body in _records(data):
        known = kind in _TEXTS or (kind == 0x003C and before in _TEXTS)
        if known and kind != 0x00FC:
            # The marks of left, centre and right stand before the words of a header.
            words = re.sub(rb"&[LCR]", b" ", body) if kind in {0x0014, 0x0015} else body
            yield from readable([words])
        before = kind
