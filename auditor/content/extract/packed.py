"""Files packed one by one (gzip, bzip2, xz, zstd) and tar archives, packed or not."""

from __future__ import annotations

import bz2
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, BinaryIO, Protocol

from auditor.content.identify import Kind
from auditor.content.parts import Locks, Member, Parts, Unread
from auditor.content.source import STEP, Source, slices, stream, until_torn
from auditor.errors import Damaged
from auditor.evidence import Why

KINDS = frozenset({"gzip archive", "bzip2 archive", "xz archive", "zstd archive", "tar archive"})
READS = "what is packed"
LOCKS: Locks = ()

DICTIONARY = 80_000_000
"""Bytes that unpacking may take; more is asked for by nothing but an attack or an archivist."""
_ENDINGS = (".gz", ".bz2", ".xz", ".zst", ".tgz", ".tbz2", ".txz")


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def parts(source: Source, kind: Kind) -> Parts:
    """What is packed."""
    if kind.name == "tar archive":
        yield from _tar(source)
        return
    if kind.name == "zstd archive":
        try:
            import zstandard
        except ImportError:
            yield Unread(Why.TOOL_MISSING, "zstd archive")
            return
        torn: list[Exception] = []
        made = zstandard.ZstdDecompressor(max_window_size=DICTIONARY).stream_reader(
            stream(until_torn(_frames(source.chunks()), torn)), read_across_frames=True
        )
        yield Member(source.member(_inner(source.name), stream(_all_of(made, torn))))
        return
    pieces = _gunzipped(source.chunks()) if kind.name.startswith("gzip") else _others(source, kind)
    yield Member(source.member(_inner(source.name), stream(pieces)))


def _inner(name: str) -> str:
    return next((name[: -len(e)] for e in _ENDINGS if name.lower().endswith(e)), name)


def _gunzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    inflate, began = zlib.decompressobj(31), False
    for piece in slices(chunks):
        rest = piece
        while rest:
            if inflate.eof:
                if not rest.startswith(b"\x1f\x8b"):
                    return  # padding
                inflate = zlib.decompressobj(31)
            began = True
            yield inflate.decompress(rest, STEP)
            rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
    if began and not inflate.eof:
        raise Damaged("this file ends too early")


def _others(source: Source, kind: Kind) -> Iterator[bytes]:
    make: Callable[[], _Unpacker] = (
        bz2.BZ2Decompressor
        if kind.name.startswith("bzip2")
        else lambda: lzma.LZMADecompressor(memlimit=DICTIONARY)
    )
    unpacker, begun = make(), False
    for piece in slices(source.chunks()):
        rest, begun = piece if begun else piece.lstrip(b"\0"), True
        while rest:
            yield unpacker.decompress(rest)
            if not unpacker.eof:
                break
            rest, unpacker = unpacker.unused_data.lstrip(b"\0"), make()
            begun = bool(rest)
    if begun:
        raise Damaged("this file ends too early")


def _all_of(made: BinaryIO, torn: list[Exception]) -> Iterator[bytes]:
    """What is unpacked, then what its reading ended with."""
    while piece := made.read(STEP):
        yield piece
    if torn:
        raise torn[0]


def _frames(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of a zstd file.

    Raises:
        Damaged: They do not end where a frame does; its reader would not tell.
    """
    frames = _Frames()
    for piece in chunks:
        yield piece
        frames.feed(piece)
    if not frames.whole:
        raise Damaged("this file ends too early")


class _Frames:
    """Where the frames of a zstd file end (RFC 8878, 3.1), by the heads of their blocks."""

    def __init__(self) -> None:
        self.held = b""
        self.skip = 0
        self.within = False
        self.check = 0
        """Bytes that follow the last block of the frame."""

    @property
    def whole(self) -> bool:
        """Whether the last frame has ended."""
        return not (self.held or self.skip or self.within)

    def feed(self, piece: bytes) -> None:
        """More bytes."""
        gone = min(self.skip, len(piece))
        self.skip -= gone
        self.held += piece[gone:]
        while not self.skip and self._step():
            gone = min(self.skip, len(self.held))
            self.held, self.skip = self.held[gone:], self.skip - gone

    def _step(self) -> bool:
        """Takes the next head off, if it is there wholly."""
        if len(self.held) < (3 if self.within else 8):
            return False
        if self.within:
            block = int.from_bytes(self.held[:3], "little")
            self.within = not block & 1
            self.skip = 1 if block >> 1 & 3 == 1 else block >> 3
            self.skip += 3 + (0 if self.within else self.check)
        elif 0x184D2A50 <= int.from_bytes(self.held[:4], "little") <= 0x184D2A5F:
            self.skip = 8 + int.from_bytes(self.held[4:8], "little")
        else:
            flags = self.held[4]
            alone = flags >> 5 & 1
            self.skip = 5 + (not alone) + (0, 1, 2, 4)[flags & 3] + (alone, 2, 4, 8)[flags >> 6]
            self.within, self.check = True, 4 * (flags >> 2 & 1)
        return True


def _padded(pieces: Iterator[bytes], torn: list[Exception]) -> Iterator[bytes]:
    """The pieces, and after a tear zeros: of a stretch that ends too early tarfile gives none."""
    yield from pieces
    if torn:
        yield bytes(2 * STEP)


def _up_to_the_tear(opened: IO[bytes], torn: list[Exception]) -> Iterator[bytes]:
    while piece := opened.read(65_536):
        yield piece.rstrip(b"\0") if torn else piece


def _tar(source: Source) -> Parts:
    """The members, in the order in which they stand."""
    torn: list[Exception] = []
    pieces = stream(_padded(until_torn(source.chunks(), torn), torn))
    try:
        with tarfile.open(fileobj=pieces, mode="r|", bufsize=STEP) as found:
            for member in found:
                if member.isreg() and member.size:
                    opened = found.extractfile(member)
                    if opened:
                        made = stream(_up_to_the_tear(opened, torn))
                        yield Member(source.member(member.name, made, member.size))
                found.members.clear()  # type: ignore[attr-defined]
    except (tarfile.TarError, OSError) as e:
        raise Damaged("this archive ends too early or is torn") from e
    if torn:
        raise torn[0]
