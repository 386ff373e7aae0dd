"""Cabinet archives (.cab) by [MS-CAB], packed by MSZIP, LZX or not at all; Quantum is told."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from auditor.content.identify import Kind
from auditor.content.lzx import Lzx
from auditor.content.parts import Locks, Member, Parts, Unread
from auditor.content.source import Source, Stretches, stream
from auditor.errors import Damaged
from auditor.evidence import Why

KINDS = frozenset({"cabinet archive"})
READS = "each member packed by MSZIP, LZX or not at all"
LOCKS: Locks = ()


STORED, MSZIP, LZX = 0, 1, 3


class _Folder(NamedTuple):
    at: int
    blocks: int
    method: int


def parts(source: Source, kind: Kind) -> Parts:
    """The files of the archive, folder by folder."""
    _ = kind
    file = source.open()
    head = file.read(36)
    if len(head) < 36:
        raise Damaged("this archive ends too early")
    files_at, folders, files, flags = struct.unpack_from("<I6xHHH", head, 16)
    reserve = _reserves(file) if flags & 4 else (0, 0)
    for n in range(2 * (flags & 1) + 2 * (flags >> 1 & 1)):
        _ = n, _string(file)  # names of the cabinets before and after
    found = []
    for _n in range(folders):
        found.append(_Folder(*struct.unpack("<IHH", file.read(8))))
        file.read(reserve[0])
    file.seek(files_at)
    listed = list(_files(file, files))
    for index, folder in enumerate(found):
        wanted = sorted(f for f in listed if f[0] == index)
        if folder.method & 15 not in {STORED, MSZIP, LZX}:
            yield Unread(Why.FORMAT, "cabinet archive")
            continue
        pieces = Stretches(_unpacked(file, folder, reserve[1]))
        for _index, start, size, name in wanted:
            yield Member(source.member(name, stream(pieces.take(start, size)), size))


def _reserves(file: BinaryIO) -> tuple[int, int]:
    header, folder, data = struct.unpack("<HBB", file.read(4))
    file.read(header)
    return folder, data


def _string(file: BinaryIO) -> bytes:
    made = bytearray()
    while (c := file.read(1)) not in {b"\0", b""} and len(made) < 300:
        made += c
    return bytes(made)


def _files(file: BinaryIO, count: int) -> Iterator[tuple[int, int, int, str]]:
    for _ in range(count):
        head = file.read(16)
        if len(head) < 16:
            raise Damaged("this archive ends too early")
        size, start, folder, _date, _time, flags = struct.unpack("<IIHHHH", head)
        name = _string(file)
        yield folder, start, size, name.decode("utf-8" if flags & 0x80 else "cp1252", "replace")


def _unpacked(file: BinaryIO, folder: _Folder, reserve: int) -> Iterator[bytes]:
    at, window, method = folder.at, b"", folder.method & 15
    lzx = Lzx(folder.method >> 8 & 31) if method == LZX else None
    for _ in range(folder.blocks):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            raise Damaged("this archive ends too early")
        size, out = struct.unpack_from("<HH", head, 4)
        file.seek(at + 8 + reserve)
        data = file.read(size)
        at += 8 + reserve + size
        if lzx:
            data = lzx.frame(data, out)
        elif method == MSZIP:
            inflate = zlib.decompressobj(-15, zdict=window)
            data = inflate.decompress(data[2:])
            window = data[-32_768:]
        yield data
