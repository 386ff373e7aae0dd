"""7z and rar archives: what is closed and how, and the members as far as they can be unpacked.

Rar's way of packing is not open; members that it only stored are read, the others are told.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from auditor.content import sevens
from auditor.content.identify import Kind
from auditor.content.parts import Locked, Locks, Member, Parts, Unread
from auditor.content.source import STEP, Source, Stretches, stream
from auditor.errors import Damaged
from auditor.evidence import ProtectionState, Why

KINDS = frozenset({"7z archive", "rar archive"})
READS = "each member; of rar, those stored unpacked"
LOCKS: Locks = (
    ("7z AES-256", ProtectionState.STRONG),
    ("RAR AES-128", ProtectionState.STRONG),
    ("RAR5 AES-256", ProtectionState.STRONG),
)

STRONG = ProtectionState.STRONG


def parts(source: Source, kind: Kind) -> Parts:
    """Its locks and its members."""
    if kind.name == "7z archive":
        yield from _seven(source)
    else:
        yield from _rar(source)


def _seven(source: Source) -> Parts:
    file = source.open()
    found = sevens.read(file)
    if found.hidden:
        yield Locked(STRONG, "7z AES-256", of="names hidden")
        return
    names = [n for n, empty in zip(found.names, found.empty, strict=False) if not empty]
    closed = [f for f in found.folders if f.closed]
    whole = len(closed) == len(found.folders)
    if closed and whole:
        yield Locked(STRONG, "7z AES-256", of="names can be read")
        return
    for folder in found.folders:
        here, names = names[: len(folder.files)], names[len(folder.files) :]
        if folder.closed:
            for _ in folder.files:
                yield Locked(STRONG, "7z AES-256", all=False)
        elif not sevens.readable(folder):
            yield Unread(Why.FORMAT, "part", len(folder.files))
        else:
            yield from _folder(source, file, folder, here)


def _folder(source: Source, file: BinaryIO, folder: sevens.Folder, names: list[str]) -> Parts:
    pieces, at = Stretches(sevens.unpacked(file, folder)), 0
    for size, sum_, name in zip(folder.files, folder.sums, names, strict=False):
        whole = sevens.checked(pieces.take(at, size), sum_)
        yield Member(source.member(name, stream(whole), size))
        at += size


class _Stored(NamedTuple):
    """A member of a rar archive."""

    name: str
    size: int
    at: int
    plain: bool
    """Whether it is stored as it is."""
    closed: bool


def _rar(source: Source) -> Parts:
    file = source.open()
    five = source.head.startswith(b"Rar!\x1a\x07\x01\x00")
    scheme = "RAR5 AES-256" if five else "RAR AES-128"
    found: list[_Stored] = []
    try:
        found.extend(_five(file) if five else _four(file))
    except _Hidden:
        yield Locked(STRONG, scheme, of="names hidden")
        return
    if found and all(m.closed for m in found):
        yield Locked(STRONG, scheme, of="names can be read")
        return
    packed = 0
    for member in found:
        if member.closed:
            yield Locked(STRONG, scheme, all=False)
        elif member.plain:
            yield Member(source.member(member.name, stream(_extent(file, member)), member.size))
        else:
            packed += 1
    if packed:
        yield Unread(Why.FORMAT, "rar archive", packed)


class _Hidden(Exception):
    """The headers are encrypted."""


def _extent(file: BinaryIO, member: _Stored) -> Iterator[bytes]:
    at, left = member.at, member.size
    while left > 0:
        file.seek(at)
        piece = file.read(min(left, STEP))
        if not piece:
            raise Damaged("this archive ends too early")
        at, left = at + len(piece), left - len(piece)
        yield piece


def _four(file: BinaryIO) -> Iterator[_Stored]:
    """The members of an archive of version 1.5 to 4."""
    at = 7
    while True:
        file.seek(at)
        head = file.read(7)
        if len(head) < 7:
            return
        kind, flags, size = struct.unpack_from("<BHH", head, 2)
        if size < 7 or kind == 0x7B:
            return
        body = file.read(size - 7)
        extra = struct.unpack_from("<I", body)[0] if flags & 0x8000 and len(body) >= 4 else 0
        if kind == 0x73 and flags & 0x80:
            raise _Hidden
        if kind == 0x74 and len(body) >= 25:
            yield _member_of_four(body, flags, at + size)
        at += size + extra


def _member_of_four(body: bytes, flags: int, at: int) -> _Stored:
    packed, _, _, _, _, _, method, names = struct.unpack_from("<IIBIIBBH", body)
    start = 25 + (8 if flags & 0x100 else 0)
    name = body[start : start + names].partition(b"\0")[0].decode("utf-8", "replace")
    folder = flags & 0xE0 == 0xE0
    return _Stored(name, packed, at, method == 0x30 and not folder, bool(flags & 4))


def _vint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for n in range(10):
        if at >= len(data):
            raise Damaged("this archive ends too early")
        value |= (data[at] & 0x7F) << (7 * n)
        at += 1
        if not data[at - 1] & 0x80:
            break
    return value, at


def _five(file: BinaryIO) -> Iterator[_Stored]:
    """The members of an archive of version 5."""
    at = 8
    while True:
        file.seek(at)
        head = file.read(16)
        if len(head) < 7:
            return
        size, start = _vint(head, 4)
        if not 0 < size < 4_000_000:
            return
        file.seek(at + start)
        body = file.read(size)
        kind, n = _vint(body, 0)
        flags, n = _vint(body, n)
        extra, n = _vint(body, n) if flags & 1 else (0, n)
        data, n = _vint(body, n) if flags & 2 else (0, n)
        if kind == 4:
            raise _Hidden
        if kind == 2:
            yield _member_of_five(body, n, extra, data, at + start + size)
        if kind == 5:
            return
        at += start + size + data


def _member_of_five(body: bytes, n: int, extra: int, data: int, at: int) -> _Stored:
    flags, n = _vint(body, n)
    _, n = _vint(body, n)
    _, n = _vint(body, n)
    n += 4 * (flags >> 1 & 1) + 4 * (flags >> 2 & 1)
    method, n = _vint(body, n)
    _, n = _vint(body, n)
    names, n = _vint(body, n)
    name = body[n : n + names].decode("utf-8", "replace")
    plain = method >> 7 & 7 == 0 and not flags & 1
    return _Stored(name, data, at, plain, _encrypted(body[len(body) - extra :] if extra else b""))


def _encrypted(extra: bytes) -> bool:
    at = 0
    while at < len(extra):
        size, start = _vint(extra, at)
        kind, _ = _vint(extra, start)
        if kind == 1:
            return True
        at = start + size
    return False
