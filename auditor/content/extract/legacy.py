"""Office 97-2003: Word, Excel and PowerPoint in compound files, and other compound files.

Layouts by [MS-DOC] 2.4, [MS-XLS] 2.4 and [MS-PPT] 2.3. Where a document is protected, the sort of
protection is told by [MS-OFFCRYPTO]; all of it is weak by today's measure.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from auditor.content.compound import Compound
from auditor.content.identify import Kind
from auditor.content.parts import Locked, Locks, Member, Parts, Unread
from auditor.content.passages import text
from auditor.content.source import Source, stream
from auditor.content.sweep import readable
from auditor.evidence import ProtectionState, Why

KINDS = frozenset({"Word 97-2003 document", "PowerPoint 97-2003 presentation", "compound file"})
READS = "text, tables, headers, notes, comments, boxes, links, titles, embedded files"
LOCKS: Locks = (
    ("Office XOR", ProtectionState.WEAK),
    ("Office RC4-40", ProtectionState.WEAK),
    ("Office RC4-128 (CryptoAPI)", ProtectionState.WEAK),
    ("Office RC4 (CryptoAPI)", ProtectionState.WEAK),
)

_FIELD = re.compile(r"\x13[^\x13\x14\x15]*\x14|[\x13\x14\x15]")
_MARKS = str.maketrans(
    {**dict.fromkeys("\r\x0b\x0c", "\n"), **dict.fromkeys("\x01\x02\x05\x08", " ")}
    | {"\x07": "\t", "\x1e": "-", "\x1f": None}
)
_TEXTS = {0x0FA0: "utf-16-le", 0x0FA8: "latin-1", 0x0FBA: "utf-16-le"}
"""Record types of PowerPoint that are text."""


def parts(source: Source, kind: Kind) -> Parts:
    """Its text, or its lock, and its embedded files."""
    found = Compound.of(source)
    if kind.name.startswith("Word"):
        yield from _word(source, found)
    elif kind.name.startswith("PowerPoint"):
        yield from _slides(source, found)
    else:
        rest = [n for n in found.names if n[-1] not in {"\x01Ole10Native", "Package", "CONTENTS"}]
        yield text(_swept(found, rest), source.size, source.name)
    yield text([found.titles()], 0, source.name)
    yield from _embedded(source, found)


def _word(source: Source, found: Compound) -> Parts:
    main = found.read("WordDocument")
    flags = struct.unpack_from("<H", main, 0x0A)[0] if len(main) > 0x0C else 0
    table = "1Table" if flags & 0x0200 else "0Table"
    if flags & 0x0100:
        yield _word_lock(flags, found.start(table, count=200))
        return
    pieces = list(_pieces(main, found.read(table)))
    if pieces:
        yield text(_clean(pieces), source.size, source.name)
    else:
        yield Unread(Why.DAMAGED, "damaged document")
        yield text(readable([main]), source.size, source.name)


def _word_lock(flags: int, start: bytes) -> Locked:
    if flags & 0x8000:
        return Locked(ProtectionState.WEAK, "Office XOR")
    return Locked(ProtectionState.WEAK, _rc4(start))


def _rc4(header: bytes) -> str:
    """The sort of RC4, by the version at the start of its header."""
    if len(header) < 4:
        return "Office RC4"
    major, minor = struct.unpack_from("<HH", header)
    if (major, minor) == (1, 1):
        return "Office RC4-40"
    if minor == 2 and len(header) >= 40:
        bits = struct.unpack_from("<I", header, 12 + 16)[0]
        return f"Office RC4-{bits if bits in range(40, 129) else 40} (CryptoAPI)"
    return "Office RC4"


def _pieces(main: bytes, table: bytes) -> Iterator[str]:
    """The text by its piece table: body, footnotes, headers, comments and boxes in one order."""
    if len(main) < 0x01AA:
        return
    at, size = struct.unpack_from("<II", main, 0x01A2)
    data = table[at : at + size]
    n = 0
    while n < len(data) and data[n] == 1:  # properties before the pieces
        n += 3 + struct.unpack_from("<H", data, n + 1)[0]
    if n + 5 > len(data) or data[n] != 2:
        return
    n += 5
    count = (struct.unpack_from("<I", data, n - 4)[0] - 4) // 12
    if count <= 0 or n + 4 * (count + 1) + 8 * count > len(data):
        return
    ends = struct.unpack_from(f"<{count + 1}I", data, n)
    for i in range(count):
        place = struct.unpack_from("<I", data, n + 4 * (count + 1) + 8 * i + 2)[0]
        length = max(0, ends[i + 1] - ends[i])
        if place & 0x40000000:
            start = (place & 0x3FFFFFFF) // 2
            yield main[start : start + length].decode("cp1252", "replace")
        else:
            yield main[place : place + 2 * length].decode("utf-16-le", "replace")


def _clean(pieces: list[str]) -> Iterator[str]:
    whole = "".join(pieces)
    links = re.findall(r'HYPERLINK "([^"]*)"', whole)
    yield _FIELD.sub("", whole).translate(_MARKS).replace("\t\t", "\n")
    yield "\n".join(["", *links])


def _slides(source: Source, found: Compound) -> Parts:
    user = found.start("Current User", count=20)
    token = struct.unpack_from("<I", user, 12)[0] if len(user) >= 16 else 0
    if token == 0xF3D1C4DF or found.has("EncryptedSummary"):
        yield Locked(ProtectionState.WEAK, "Office RC4 (CryptoAPI)")
        return
    yield text(_records(found.read("PowerPoint Document")), source.size, source.name)


def _records(data: bytes) -> Iterator[str]:
    """The text records, wherever they are nested."""
    at, end = 0, len(data)
    while at + 8 <= end:
        version, kind, size = struct.unpack_from("<HHI", data, at)
        at += 8
        if version & 0x0F == 0x0F or kind == 0x138B:
            continue  # a container, or a tag that holds records as one does: they follow
        if kind in _TEXTS and at + size <= end:
            yield data[at : at + size].decode(_TEXTS[kind], "replace").translate(_MARKS) + "\n"
        at += size


def _embedded(source: Source, found: Compound) -> Parts:
    for name in found.names:
        if name[-1] in {"Package", "CONTENTS"}:
            data = found.read(*name)
            yield Member(source.member(name[-1], stream(iter([data])), len(data)))
        elif name[-1] == "\x01Ole10Native":
            label, data = _native(found.read(*name))
            yield Member(source.member(label, stream(iter([data])), len(data)))
        elif len(name) > 1 and name[-1] in {"WordDocument", "Workbook", "PowerPoint Document"}:
            yield text(readable([found.read(*name)]), source.size, source.name)


def _native(data: bytes) -> tuple[str, bytes]:
    """The file within an OLE package: name, path and path again stand before it."""
    try:
        at = 6
        end = data.index(b"\0", at)
        label = data[at:end].decode("cp1252", "replace")
        at = data.index(b"\0", end + 1) + 1 + 4
        size = struct.unpack_from("<I", data, at)[0]
        at += 4 + size
        size = struct.unpack_from("<I", data, at)[0]
    except (ValueError, struct.error):
        return "embedded object", data[4:]
    return label, data[at + 4 : at + 4 + size]


def _swept(found: Compound, names: list[list[str]]) -> Iterator[str]:
    """Whatever text the streams hold."""
    for name in names:
        yield from readable([found.read(*name)])
