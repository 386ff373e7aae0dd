"""Discs as files (ISO 9660 with Joliet): each file on them is read."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from auditor.content.identify import Kind
from auditor.content.parts import Locks, Member, Parts, Unread
from auditor.content.source import STEP, Source, stream
from auditor.errors import Damaged
from auditor.evidence import Why

KINDS = frozenset({"disc image"})
READS = "each file, by ISO 9660 and Joliet"
LOCKS: Locks = ()

_SECTOR = 2_048
_FOLDERS = 100_000


def parts(source: Source, kind: Kind) -> Parts:
    """The files of the disc."""
    _ = kind
    file = source.open()
    root = _root(file)
    if root is None:
        yield Unread(Why.FORMAT, "disc image")
        return
    waiting, seen = [root[:2]], {root[0]}
    while waiting and len(seen) < _FOLDERS:
        for name, at, size, folder in _records(file, *waiting.pop(), wide=root[2]):
            if not folder:
                if size:
                    pieces = stream(_extent(file, at, size))
                    yield Member(source.member(name, pieces, size))
            elif at not in seen:
                seen.add(at)
                waiting.append((at, size))


def _root(file: BinaryIO) -> tuple[int, int, bool] | None:
    """Where the root folder lies, its size, and whether its names are in UTF-16 (Joliet)."""
    best = None
    for sector in range(16, 48):
        file.seek(sector * _SECTOR)
        head = file.read(_SECTOR)
        if len(head) < _SECTOR or head[1:6] != b"CD001" or head[0] == 255:
            break
        joliet = head[0] == 2 and head[88:91] in {b"%/@", b"%/C", b"%/E"}
        if head[0] == 1 or joliet:
            at, size = struct.unpack_from("<I4xI", head, 156 + 2)
            best = (at, size, joliet)
    return best


def _records(
    file: BinaryIO, at: int, size: int, *, wide: bool
) -> Iterator[tuple[str, int, int, bool]]:
    file.seek(at * _SECTOR)
    data = file.read(min(size, 16_000_000))
    n = 0
    while n + 33 < len(data):
        length = data[n]
        if not length:
            n = (n // _SECTOR + 1) * _SECTOR
            continue
        place, count = struct.unpack_from("<I4xI", data, n + 2)
        raw = data[n + 33 : n + 33 + data[n + 32]]
        if raw not in {b"\0", b"\1"}:
            name = raw.decode("utf-16-be" if wide else "latin-1", "replace").partition(";")[0]
            yield name, place, count, bool(data[n + 25] & 2)
        n += length


def _extent(file: BinaryIO, at: int, size: int) -> Iterator[bytes]:
    place, left = at * _SECTOR, size
    while left > 0:
        file.seek(place)
        piece = file.read(min(left, STEP))
        if not piece:
            raise Damaged("this disc image ends too early")
        place += len(piece)
        left -= len(piece)
        yield piece
