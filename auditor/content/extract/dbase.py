"""dBASE and FoxPro tables (.dbf), by their header; deleted rows are still there and are read."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from auditor.content.identify import Kind
from auditor.content.parts import Locks, Parts
from auditor.content.passages import table
from auditor.content.source import Source

KINDS = frozenset({"dBASE table"})
READS = "rows, deleted ones too"
LOCKS: Locks = ()

_PAGES = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x64: "cp852",
          0xC8: "cp1250", 0xC9: "cp1251"}  # fmt: skip


class _Field(NamedTuple):
    name: str
    kind: bytes
    size: int


def parts(source: Source, kind: Kind) -> Parts:
    """Its rows."""
    _ = kind
    file = source.open()
    head = file.read(32)
    start, width = struct.unpack_from("<HH", head, 8)
    page = _PAGES.get(head[29], "cp1252")
    fields = list(_fields(file, page))
    yield table(_rows(file, fields, start, width, page, source), source.size, source.name)


def _fields(file: BinaryIO, page: str) -> Iterator[_Field]:
    while (raw := file.read(32))[:1] not in {b"\r", b""} and len(raw) == 32:
        name = raw[:11].partition(b"\0")[0].decode(page, "replace").strip()
        yield _Field(name, raw[11:12], raw[16] + (raw[17] << 8 if raw[11:12] == b"C" else 0))


def _rows(
    file: BinaryIO, fields: list[_Field], start: int, width: int, page: str, source: Source
) -> Iterator[list[str]]:
    yield [f.name for f in fields]
    file.seek(start)
    while len(raw := file.read(width)) == width and width:
        source.budget.spend(0)
        at, row = 1, []
        for field in fields:
            row.append(_value(raw[at : at + field.size], field.kind, page))
            at += field.size
        yield row


def _value(raw: bytes, kind: bytes, page: str) -> str:
    if kind == b"I" and len(raw) == 4:
        return str(struct.unpack("<i", raw)[0])
    found = raw.decode(page, "replace").strip(" \0")
    if kind == b"D" and len(found) == 8 and found.isdigit():
        return f"{found[:4]}-{found[4:6]}-{found[6:]}"
    return found
