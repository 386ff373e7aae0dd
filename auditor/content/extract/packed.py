"""Files packed one by one (gzip, bzip2, xz, zstd) and tar archives, packed or not."""

from __future__ import annotations

import bz2
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol, cast

from auditor.content.identify import Kind
from auditor.content.parts import Locks, Member, Parts, Unread
from auditor.content.source import STEP, Source, stream
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
        made = zstandard.ZstdDecompressor(max_window_size=DICTIONARY).stream_reader(
            stream(source.chunks()), read_across_frames=True
        )
        yield Member(source.member(_inner(source.name), cast("BinaryIO", made)))
        return
    pieces = _gunzipped(source.chunks()) if kind.name.startswith("gzip") else _others(source, kind)
    yield Member(source.member(_inner(source.name), stream(pieces)))


def _inner(name: str) -> str:
    return next((name[: -len(e)] for e in _ENDINGS if name.lower().endswith(e)), name)


def _gunzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    inflate, began = zlib.decompressobj(31), False
    for piece in chunks:
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
    unpacker = make()
    for piece in source.chunks():
        rest = piece
        while rest:
            yield unpacker.decompress(rest)
            if not unpacker.eof:
                break
            rest, unpacker = unpacker.unused_data.lstrip(b"\0"), make()


def _tar(source: Source) -> Parts:
    """The members, in the order in which they stand."""
    try:
        with tarfile.open(
            fileobj=stream(source.chunks()), mode="r|", ignore_zeros=False, bufsize=STEP
        ) as found:
            for member in found:
                if member.isreg() and member.size:
                    opened = found.extractfile(member)
                    if opened:
                        yield Member(
                            source.member(member.name, cast("BinaryIO", opened), member.size)
                        )
                found.members.clear()  # type: ignore[attr-defined]
    except (tarfile.TarError, OSError) as e:
        raise Damaged("this archive ends too early or is torn") from e
