"""The header of 7z archives, by 7zFormat.txt of the LZMA SDK: folders, coders and files."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from auditor.content.source import STEP, slices
from auditor.errors import Damaged, TooLarge

MARK = b"7z\xbc\xaf\x27\x1c"
_BZIP2 = b"\x04\x02\x02"
AES = b"\x06\xf1\x07\x01"
_HEADER_SIZE = 32
_MOST = 50_000_000
"""Bytes of a header, and files of an archive."""
_FILTERS = {
    b"\x03": lzma.FILTER_DELTA,
    b"\x03\x03\x01\x03": lzma.FILTER_X86,
    b"\x03\x03\x05\x01": lzma.FILTER_ARM,
    b"\x03\x03\x07\x01": lzma.FILTER_ARMTHUMB,
    b"\x04": lzma.FILTER_X86,
}
DICTIONARY = 80_000_000
"""Bytes of a dictionary, which unpacking takes in memory."""


@dataclass(slots=True)
class Folder:
    """Files packed together."""

    coders: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Method and properties of each, the last packed first."""
    packed: int = 1
    """Streams that it takes from the archive."""
    sizes: list[int] = field(default_factory=list)
    at: int = 0
    length: int = 0
    files: list[int] = field(default_factory=list)
    """Sizes of the files in it."""
    sums: list[int | None] = field(default_factory=list)
    """CRC-32 of each of these files; None where the archive has none."""
    crc: int | None = None
    """CRC-32 of all that comes out."""

    @property
    def size(self) -> int:
        """Bytes that come out."""
        return self.sizes[0] if self.sizes else 0

    @property
    def closed(self) -> bool:
        """Whether it is encrypted."""
        return any(method == AES for method, _ in self.coders)


@dataclass(slots=True)
class Seven:
    """What an archive holds."""

    folders: list[Folder] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    empty: list[bool] = field(default_factory=list)
    hidden: bool = False
    """Whether the names are encrypted too."""


def read(file: BinaryIO) -> Seven:
    """The header of an archive.

    Raises:
        Damaged: It cannot be read.
    """
    file.seek(0)
    start = file.read(_HEADER_SIZE)
    if len(start) < _HEADER_SIZE:
        raise Damaged("this archive ends too early")
    offset, size = struct.unpack_from("<QQ", start, 12)
    if size > _MOST:
        raise TooLarge("the header of this archive is longer than is read")
    file.seek(_HEADER_SIZE + offset)
    data = file.read(size)
    for _ in range(4):  # a header may be packed, and its header again
        if not data:
            return Seven()
        if data[0] == 0x01:
            return _Reader(data[1:]).header()
        if data[0] != 0x17:
            break
        (folder, *_rest) = _Reader(data[1:]).streams() or [Folder()]
        if folder.closed:
            return Seven(hidden=True)
        data = b"".join(unpacked(file, folder))
    raise Damaged("the header of this archive is not understood")


def checked(pieces: Iterator[bytes], wanted: int | None) -> Iterator[bytes]:
    """The bytes of a file, held against its sum when all have come.

    Raises:
        Damaged: The sum is another.
    """
    found = 0
    for piece in pieces:
        found = zlib.crc32(piece, found)
        yield piece
    if wanted is not None and found != wanted:
        raise Damaged("a file in this archive is not as it was packed")


def unpacked(file: BinaryIO, folder: Folder) -> Iterator[bytes]:
    """The bytes of a folder, in pieces.

    Raises:
        Damaged: It is packed in a way that is not read.
        TooLarge: Unpacking would take too much memory.
    """
    pieces = slices(_packed(file, folder))
    methods = [m for m, _ in folder.coders]
    if methods == [b"\x00"]:
        yield from pieces
    elif methods == [b"\x04\x01\x08"]:
        inflate = zlib.decompressobj(-15)
        for piece in pieces:
            yield inflate.decompress(piece)
        if not inflate.eof:
            raise Damaged("this archive ends too early")
    elif methods == [_BZIP2]:
        yield from _bunzipped(pieces)
    else:
        yield from _unlzma(pieces, folder)


def _bunzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = bz2.BZ2Decompressor()
    for piece in pieces:
        rest = piece
        while rest:  # several threads pack several streams
            yield unpacker.decompress(rest)
            if not unpacker.eof:
                break
            rest, unpacker = unpacker.unused_data, bz2.BZ2Decompressor()


def readable(folder: Folder) -> bool:
    """Whether its way of packing is one of those that are read."""
    methods = [m for m, _ in folder.coders]
    if methods in ([b"\x00"], [b"\x04\x01\x08"], [_BZIP2]):
        return True
    *before, last = methods or [b""]
    return (
        folder.packed == 1 and last in {b"\x03\x01\x01", b"\x21"} and set(before) <= set(_FILTERS)
    )


def _packed(file: BinaryIO, folder: Folder) -> Iterator[bytes]:
    at, left = _HEADER_SIZE + folder.at, folder.length
    while left > 0:
        file.seek(at)
        piece = file.read(min(left, STEP))
        if not piece:
            raise Damaged("this archive ends too early")
        at += len(piece)
        left -= len(piece)
        yield piece


def _unlzma(pieces: Iterator[bytes], folder: Folder) -> Iterator[bytes]:
    if not readable(folder):
        raise Damaged("this archive is packed in a way that is not read")
    unpacker = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_filter(*c) for c in folder.coders])
    left = folder.size
    for piece in pieces:
        rest = piece
        while left > 0 and not unpacker.eof:
            made = unpacker.decompress(rest, min(STEP, left))
            rest = b""
            left -= len(made)
            if made:
                yield made
            if unpacker.needs_input:
                break


def _filter(method: bytes, properties: bytes) -> dict[str, int]:
    if method == b"\x03\x01\x01":
        if len(properties) < 5:
            raise Damaged("this archive is not understood")
        lclppb, size = properties[0], struct.unpack_from("<I", properties, 1)[0]
        made = {"id": lzma.FILTER_LZMA1, "dict_size": max(size, 4096)}
        made |= {"lc": lclppb % 9, "lp": lclppb // 9 % 5, "pb": lclppb // 45}
    elif method == b"\x21":
        bits = properties[0] if properties else 24
        size = (2 | bits & 1) << (bits // 2 + 11)
        made = {"id": lzma.FILTER_LZMA2, "dict_size": size}
    else:
        made = {"id": _FILTERS[method]}
        if method == b"\x03":
            made["dist"] = properties[0] + 1 if properties else 1
    if made.get("dict_size", 0) > DICTIONARY:
        raise TooLarge("unpacking this would take more memory than a file is given")
    return made


class _Reader:
    """Reads the properties of a header one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        if self.at >= len(self.data):
            raise Damaged("the header of this archive ends too early")
        self.at += 1
        return self.data[self.at - 1]

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise Damaged("the header of this archive ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self) -> int:
        first = self.byte()
        mask, value = 0x80, 0
        for n in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * n)
            value |= self.byte() << (8 * n)
            mask >>= 1
        return value

    def count(self) -> int:
        found = self.number()
        if found > len(self.data) * 8:
            raise Damaged("the header of this archive is not understood")
        return found

    def bits(self, count: int, *, short: bool = False) -> list[bool]:
        if short and self.byte():
            return [True] * count
        raw = self.take((count + 7) // 8)
        return [bool(raw[n // 8] & 0x80 >> n % 8) for n in range(count)]

    def header(self) -> Seven:
        made = Seven()
        while (kind := self.byte()) != 0:
            if kind == 0x04:
                made.folders = self.streams()
            elif kind == 0x05:
                self._files(made)
            else:
                self._skip()
        return made

    def _skip(self) -> None:
        self.take(self.number())

    def _files(self, made: Seven) -> None:
        count = self.count()
        made.names, made.empty = [""] * count, [False] * count
        while (kind := self.number()) != 0:
            end = self.number() + self.at
            if kind == 0x0E:
                made.empty = self.bits(count)
            elif kind == 0x11 and not self.byte():
                raw = self.data[self.at : end].decode("utf-16-le", "replace")
                names = raw.split("\0")[:count]
                made.names[: len(names)] = names
            self.at = end

    def streams(self) -> list[Folder]:
        """The folders of a description of streams."""
        folders: list[Folder] = []
        at, sizes = 0, [0]
        while (kind := self.byte()) != 0:
            if kind == 0x06:
                at, sizes = self._pack()
            elif kind == 0x07:
                folders = self._folders()
            elif kind == 0x08:
                self._substreams(folders)
        n = 0
        for folder in folders:
            folder.at = at + sum(sizes[:n])
            folder.length = sizes[n] if n < len(sizes) else 0
            folder.files = folder.files or [folder.size]
            folder.sums = folder.sums or [folder.crc]
            n += folder.packed
        return folders

    def _pack(self) -> tuple[int, list[int]]:
        at, count = self.number(), self.count()
        sizes = [0] * count
        while (kind := self.byte()) != 0:
            if kind == 0x09:
                sizes = [self.number() for _ in range(count)]
            elif kind == 0x0A:
                self._digests(count)
        return at, sizes

    def _digests(self, count: int) -> list[int | None]:
        known = self.bits(count, short=True)
        return [int.from_bytes(self.take(4), "little") if k else None for k in known]

    def _folders(self) -> list[Folder]:
        self.byte()  # 0x0B
        count = self.count()
        if self.byte():
            raise Damaged("the header of this archive lies elsewhere")
        made = [self._folder() for _ in range(count)]
        while (kind := self.byte()) != 0:
            if kind == 0x0C:
                for folder in made:
                    folder.sizes = [self.number() for _ in folder.coders]
            elif kind == 0x0A:
                for folder, crc in zip(made, self._digests(count), strict=True):
                    folder.crc = crc
        return made

    def _folder(self) -> Folder:
        made, ins, outs = Folder(), 0, 0
        for _ in range(self.count()):
            flags = self.byte()
            method = self.take(flags & 15)
            i, o = (self.count(), self.count()) if flags & 16 else (1, 1)
            properties = self.take(self.count()) if flags & 32 else b""
            made.coders.append((method, properties))
            ins, outs = ins + i, outs + o
        for _ in range(outs - 1):
            self.number(), self.number()
        made.packed = max(1, ins - (outs - 1))
        if made.packed > 1:
            for _ in range(made.packed):
                self.number()
        return made

    def _substreams(self, folders: list[Folder]) -> None:
        counts = [1] * len(folders)
        kind = self.byte()
        if kind == 0x0D:
            counts = [self.count() for _ in folders]
            kind = self.byte()
        for folder, count in zip(folders, counts, strict=True):
            some = [self.number() for _ in range(count - 1)] if kind == 0x09 else []
            folder.files = [*some, folder.size - sum(some)] if count else []
            folder.sums = [folder.crc] if count == 1 else [None] * count
        if kind == 0x09:
            kind = self.byte()
        while kind != 0:
            if kind == 0x0A:
                open_ = [f for f in folders if f.sums != [f.crc] or f.crc is None]
                told = iter(self._digests(sum(len(f.files) for f in open_)))
                for folder in open_:
                    folder.sums = [next(told) for _ in folder.files]
            kind = self.byte()
