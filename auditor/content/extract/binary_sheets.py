"""Excel 97-2003 and binary workbooks: cells row by row, and what else in them is text.

Numbers are told as people see them: dates as dates, leading zeros kept.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from io import BytesIO

from auditor.content import biff, biff12
from auditor.content.compound import Compound
from auditor.content.identify import Kind
from auditor.content.markup import ANY, attributes, finder, matches, said
from auditor.content.numbers import Styles
from auditor.content.parts import Locked, Locks, Member, Parts, Unread
from auditor.content.passages import table, text
from auditor.content.source import Source
from auditor.content.sweep import readable
from auditor.content.zips import Entry, Zip
from auditor.evidence import ProtectionState, Why

KINDS = frozenset({"Excel 97-2003 workbook", "binary Excel workbook"})
READS = "cells, hidden ones too, dates and leading zeros, comments, headers, boxes, links, titles"
LOCKS: Locks = (
    ("Office XOR", ProtectionState.WEAK),
    ("Office RC4-40", ProtectionState.WEAK),
    ("Office RC4-128 (CryptoAPI)", ProtectionState.WEAK),
)

LARGEST = 32_000_000
"""Bytes of an old workbook, which is held as a whole."""
DEFAULT = "VelvetSweatshop"
_TEXTS = frozenset({0x0014, 0x0015, 0x00FC, 0x01B6, 0x001C, 0x003C, 0x0085, 0x01B8})
_TEXT_PARTS = re.compile(r"xl/(comments|drawings|charts|tables).*\.(bin|xml)$|docProps/.*\.xml$")
_SAID = finder("t|title|subject|creator|description|keywords", "p|title|subject|creator")
"""Records of headers, footers, strings, boxes, comments and links."""


def parts(source: Source, kind: Kind) -> Parts:
    """Its sheets and its other text, or its lock."""
    if kind.name == "binary Excel workbook":
        yield from _twelve(source, Zip.of(source))
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
    yield from _eight(source, data)
    yield text(_asides(data), source.size, source.name)
    yield text([compound.titles()], 0, source.name)


def _eight(source: Source, data: bytes) -> Parts:
    """The sheets of a workbook of Excel 2003 or before."""
    book = biff.Workbook(data)
    for name, at in book.sheets:
        yield table(source.budget.rows(book.rows(at)), source.size, name)
    if book.cut:
        yield Unread(Why.TOO_LARGE, "part too large")
    if book.torn or not book.sheets:
        yield Unread(Why.DAMAGED, "damaged part")


def _twelve(source: Source, found: Zip) -> Parts:
    """The sheets of a binary workbook of today, and its comments and other text."""
    look = Styles()
    if "xl/styles.bin" in found.names:
        biff12.styles(found.chunks(found.names["xl/styles.bin"]), look)
    parts_ = _targets(found)
    names = biff12.sheets(found.chunks(found.names["xl/workbook.bin"]), look)
    shared, cut = _shared(found)
    titles = {parts_[part]: title for part, title in names.items() if part in parts_}
    for entry in found.entries:
        if re.match(r"xl/worksheets/[^/]+\.bin$", entry.name):
            rows = source.budget.rows(biff12.rows(found.chunks(entry), shared, look))
            yield table(rows, source.size, titles.get(entry.name, entry.name))
        elif _TEXT_PARTS.match(entry.name):
            yield text(_words(found, entry), source.size, source.name)
    if cut:
        yield Unread(Why.TOO_LARGE, "part too large")
    if found.damaged:
        yield Unread(Why.DAMAGED, "damaged workbook")


def _targets(found: Zip) -> dict[str, str]:
    """The parts of the workbook by their ids."""
    entry = found.names.get("xl/_rels/workbook.bin.rels")
    if entry is None:
        return {}
    known = [attributes(m[3]) for m in matches(found.chunks(entry), ANY)]
    return {k["Id"]: f"xl/{k.get('Target', '').removeprefix('/xl/')}" for k in known if "Id" in k}


def _shared(found: Zip) -> tuple[list[str], bool]:
    entry = found.names.get("xl/sharedStrings.bin")
    return biff12.strings(found.chunks(entry)) if entry else ([], False)


def _words(found: Zip, entry: Entry) -> Iterator[str]:
    if entry.name.endswith(".bin"):
        yield from readable(body for _, body in biff12.records(found.chunks(entry)))
    else:
        for match in matches(found.chunks(entry), _SAID):
            yield said(match[4]) if match[1] else "\n"


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
