"""Zip files, also damaged ones: members by the directory at the end, else by their own headers.

Layout by PKWARE's APPNOTE 6.3.10; AES by WinZip's AE-2 (extra field 0x9901).
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, Protocol, cast

from auditor.content.parts import Locked
from auditor.content.source import STEP, Source, slices, stream
from auditor.errors import Damaged
from auditor.evidence import ProtectionState

DAMAGE = (OSError, EOFError, ValueError, LookupError, zlib.error, lzma.LZMAError, Damaged)
"""What reading a damaged member raises."""
_LOCAL = struct.Struct("<4s5H3I2H")
_MARK = b"PK\x03\x04"
STORED, DEFLATED, BZIP2, LZMA, AES = 0, 8, 12, 14, 99
_STRENGTHS = {1: "128", 2: "192", 3: "256"}


class Entry(NamedTuple):
    """One member as its header tells of it."""

    name: str
    size: int
    """Bytes of the member; 0 when its header does not say."""
    packed: int
    """Bytes that it takes in the file; -1 when its header does not say."""
    method: int
    flags: int
    at: int
    """Where its local header begins."""
    extra: bytes
    crc: int | None

    @property
    def closed(self) -> bool:
        """Whether it is encrypted."""
        return bool(self.flags & 1)


class Zip:
    """The members of a zip file.

    Args:
        source: Where its bytes come from; kept if it is a member itself.

    Raises:
        TooLarge: It is a member too large to be kept.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.file = source.open()
        self.damaged = False
        """Whether the directory is lost or some members were not found."""
        try:
            with zipfile.ZipFile(self.file) as directory:
                self.entries = [_entry(i) for i in directory.infolist() if not i.is_dir()]
        except (zipfile.BadZipFile, ValueError, LookupError, struct.error, NotImplementedError):
            self.damaged = True
            self.entries = list(_headers(self.file))
        self.names = {e.name: e for e in self.entries}

    @classmethod
    def of(cls, source: Source) -> Zip:
        """The one of this source, opened once."""
        if "zip" not in source.memo:
            source.memo["zip"] = cls(source)
        return cast("Zip", source.memo["zip"])

    def stream(self, entry: Entry) -> BinaryIO:
        """The member's bytes in order; damage comes through the reads."""
        return stream(self.pieces(entry))

    def pieces(self, entry: Entry) -> Iterator[bytes]:
        """The member's bytes, and whether they are what the directory promised.

        Raises:
            Damaged: They are not, after what could be had was given.
        """
        crc = 0
        for piece in _unpacked(slices(self._packed(entry)), entry.method):
            crc = zlib.crc32(piece, crc)
            yield piece
        if entry.crc is not None and entry.crc != crc:
            raise Damaged("a member is not what the directory says")

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """As `pieces`, counted in the file's budget."""
        for piece in self.pieces(entry):
            self.source.budget.spend(len(piece))
            yield piece

    def member(self, entry: Entry) -> Source:
        """The member as a source of its own."""
        return self.source.member(entry.name, self.stream(entry), entry.size)

    def _packed(self, entry: Entry) -> Iterator[bytes]:
        self.file.seek(entry.at)
        header = self.file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(_MARK):
            raise Damaged("a member is not where the directory says")
        at = entry.at + _LOCAL.size + sum(_LOCAL.unpack(header)[-2:])
        left = entry.packed if entry.packed >= 0 else 1 << 62
        while left > 0:
            self.file.seek(at)  # another member may have been read meanwhile
            piece = self.file.read(min(left, STEP))
            if not piece:
                if entry.packed >= 0:
                    raise Damaged("a member ends too early")
                return
            at += len(piece)
            left -= len(piece)
            yield piece


def locks(zipped: Zip) -> Iterator[Locked]:
    """How its members are closed: one lock for all of them, or one for each that is."""
    closed = [_lock(e) for e in zipped.entries if e.closed]
    open_ = [e for e in zipped.entries if not e.closed and e.size]
    if closed and not open_:
        weak = [c for c in closed if c[0] is not ProtectionState.STRONG]
        state, scheme = (weak or closed)[0]
        yield Locked(state, scheme, of="names can be read")
    else:
        for state, scheme in closed:
            yield Locked(state, scheme, all=False)


def _lock(entry: Entry) -> tuple[ProtectionState, str]:
    if entry.method == AES:
        return ProtectionState.STRONG, f"ZIP AES-{_strength(entry.extra)}".rstrip("-")
    if entry.flags & 0x40:
        return ProtectionState.UNKNOWN, "ZIP with PKWARE strong encryption"
    return ProtectionState.WEAK, "ZipCrypto"


def _strength(extra: bytes) -> str:
    at = 0
    while at + 4 <= len(extra):
        tag, size = struct.unpack_from("<HH", extra, at)
        if tag == 0x9901 and size >= 7 and at + 9 <= len(extra):
            return _STRENGTHS.get(extra[at + 8], "")
        at += 4 + size
    return ""


def _entry(i: zipfile.ZipInfo) -> Entry:
    crc = i.CRC if i.compress_type != AES else None
    return Entry(
        i.filename,
        i.file_size,
        i.compress_size,
        i.compress_type,
        i.flag_bits,
        i.header_offset,
        i.extra,
        crc,
    )


def _headers(file: BinaryIO) -> Iterator[Entry]:
    """The members whose own headers stand in the file, wherever they do."""
    at, waiting = 0, b""
    file.seek(0)
    while piece := file.read(STEP):
        waiting += piece
        found = -1
        while (found := waiting.find(_MARK, found + 1)) >= 0:
            if found + 2_000 > len(waiting) and len(piece) == STEP:
                break
            entry = _header(waiting, found, at)
            if entry:
                yield entry
        keep = found if found >= 0 else max(0, len(waiting) - 3)
        at += keep
        waiting = waiting[keep:]


def _header(data: bytes, found: int, base: int) -> Entry | None:
    if found + _LOCAL.size > len(data):
        return None
    _, _, flags, method, _, _, _, packed, size, names, extras = _LOCAL.unpack_from(data, found)
    start = found + _LOCAL.size
    name = data[start : start + names]
    if not 0 < names < 1_000 or b"\0" in name or name.endswith(b"/") or method > AES:
        return None
    known = not flags & 8 and packed != 0xFFFFFFFF
    return Entry(
        name.decode("utf-8" if flags & 0x800 else "cp437", "replace"),
        size if known else 0,
        packed if known else -1,
        method,
        flags,
        base + found,
        data[start + names : start + names + extras],
        None,
    )


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, /) -> bytes: ...


class _Lzma:
    """Zip's LZMA: two bytes of version, two of length, then the properties."""

    def __init__(self) -> None:
        self.start = b""
        self.inner: lzma.LZMADecompressor | None = None

    @property
    def eof(self) -> bool:
        return self.inner is not None and self.inner.eof

    def decompress(self, data: bytes, /) -> bytes:
        if self.inner is not None:
            return self.inner.decompress(data)
        self.start += data
        if len(self.start) < 9:
            return b""
        lclppb = self.start[4]
        filters = {
            "id": lzma.FILTER_LZMA1,
            "dict_size": min(struct.unpack_from("<I", self.start, 5)[0], 1 << 26),
            "lc": lclppb % 9,
            "lp": lclppb // 9 % 5,
            "pb": lclppb // 45,
        }
        self.inner = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[filters])
        return self.inner.decompress(self.start[9:])


def _unpacked(packed: Iterator[bytes], method: int) -> Iterator[bytes]:
    if method == STORED:
        yield from packed
    elif method == DEFLATED:
        yield from _inflated(packed)
    elif method in {BZIP2, LZMA}:
        unpacker: _Unpacker = bz2.BZ2Decompressor() if method == BZIP2 else _Lzma()
        for piece in packed:
            if unpacker.eof:
                break
            yield unpacker.decompress(piece)
    else:
        raise Damaged("a member is packed in a way that is not read")


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-15)
    for piece in packed:
        rest = piece
        while rest and not inflate.eof:
            yield inflate.decompress(rest, STEP)
            rest = inflate.unconsumed_tail
        if inflate.eof:
            return
    yield inflate.flush()
