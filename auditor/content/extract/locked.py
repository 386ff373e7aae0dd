"""Files and containers that are encrypted as a whole, each told by the mark of its maker.

OpenPGP (RFC 9580) and S/MIME (RFC 8551) also wrap what is only signed or packed: that is read.
"""

from __future__ import annotations

import base64
import bz2
import re
import zlib
from collections.abc import Iterator

from auditor.content.identify import Kind
from auditor.content.parts import Locked, Locks, Member, Parts
from auditor.content.source import Source, stream
from auditor.errors import Damaged
from auditor.evidence import ProtectionState as State

_WHOLE: dict[str, tuple[State, str]] = {
    "LUKS container": (State.STRONG, "LUKS"),
    "BitLocker volume": (State.STRONG, "BitLocker"),
    "encrypted macOS disk image": (State.STRONG, "macOS disk image AES"),
    "password safe": (State.STRONG, "KeePass"),
    "age file": (State.STRONG, "age"),
    "AxCrypt file": (State.STRONG, "AxCrypt AES"),
    "openssl file": (State.UNKNOWN, "openssl enc, cipher not told"),
    "eCryptfs file": (State.STRONG, "eCryptfs"),
    "rights-managed mail": (State.STRONG, "Office rights management"),
    "rights-managed file": (State.STRONG, "Azure rights management"),
    "random-looking file": (State.UNKNOWN, "looks random: encrypted or wiped, ask"),
}
KINDS = frozenset({*_WHOLE, "OpenPGP file", "S/MIME file"})
READS = "what is only signed or packed"
LOCKS: Locks = (
    *((scheme, state) for state, scheme in _WHOLE.values()),
    ("OpenPGP", State.STRONG),
    ("OpenPGP without integrity check", State.WEAK),
    ("S/MIME AES-256", State.STRONG),
    ("S/MIME AES-192", State.STRONG),
    ("S/MIME AES-128", State.STRONG),
    ("S/MIME 3DES", State.WEAK),
    ("S/MIME RC2", State.WEAK),
    ("S/MIME", State.UNKNOWN),
)

_ARMOR = re.compile(rb"-----BEGIN PGP [A-Z ]+-----\r?\n(?:[^\r\n]+\r?\n)*\r?\n([A-Za-z0-9+/=\s]+)")
_ENVELOPED = (bytes.fromhex("2a864886f70d010703"), bytes.fromhex("2a864886f70d0109100117"))
_AES = bytes.fromhex("6086480165030401")
"""NIST's arc of AES; the byte after it tells length and mode."""
_BITS = {
    b"\x02": "128",
    b"\x06": "128",
    b"\x16": "192",
    b"\x1a": "192",
    b"\x2a": "256",
    b"\x2e": "256",
}
_WEAK = (
    (bytes.fromhex("2a864886f70d0307"), "S/MIME 3DES"),
    (bytes.fromhex("2a864886f70d0302"), "S/MIME RC2"),
)


def parts(source: Source, kind: Kind) -> Parts:
    """Its lock, or what it wraps without one."""
    if kind.name in _WHOLE:
        yield Locked(*_WHOLE[kind.name])
    elif kind.name == "S/MIME file":
        yield from _smime(source)
    else:
        yield from _openpgp(source)


def _smime(source: Source) -> Parts:
    head = source.head
    if not any(e in head[:40] for e in _ENVELOPED):
        data = source.data(16_000_000)
        yield Member(Source.of_bytes(source.name, _content(data), source))
        return
    at = head.find(_AES)
    if at >= 0:
        yield Locked(State.STRONG, f"S/MIME AES-{_BITS.get(head[at + 8 : at + 9], '')}".rstrip("-"))
        return
    scheme = next((scheme for mark, scheme in _WEAK if mark in head), "")
    yield Locked(State.WEAK, scheme) if scheme else Locked(State.UNKNOWN, "S/MIME")


def _content(data: bytes) -> bytes:
    """What a signature is over, from the first octet string of a signed message on."""
    start = data.find(bytes.fromhex("2a864886f70d010701"))  # id-data
    at = data.find(b"\x04", start + 9, start + 40) if start >= 0 else -1
    if at < 0:
        return b""  # certificates only
    size, n = data[at + 1], at + 2
    if size & 0x80:
        count = size & 0x7F
        size, n = int.from_bytes(data[n : n + count], "big"), n + count
    return data[n : n + size]


def _openpgp(source: Source) -> Parts:
    data = source.chunks()
    if source.head.lstrip().startswith(b"-----BEGIN"):
        found = _ARMOR.search(source.data(48_000_000))
        if not found:
            raise Damaged("this armoured message is not understood")
        body = re.sub(rb"\s", b"", found[1].partition(b"\n=")[0])
        data = iter([base64.b64decode(body + b"=" * (-len(body) % 4))])
    yield from _packets(source, data, 0)


def _packets(source: Source, data: Iterator[bytes], depth: int) -> Parts:
    """The first packets of a message decide: a lock, a key, or content that is read."""
    reader, closed = _Packets(data), False
    for _ in range(200):
        packet = reader.packet()
        if packet is None:
            if closed:
                yield Locked(State.STRONG, "OpenPGP")
            return
        tag, body = packet
        if tag in {9, 18, 20}:
            sealed = tag != 9
            scheme = "OpenPGP" if sealed else "OpenPGP without integrity check"
            yield Locked(State.STRONG if sealed else State.WEAK, scheme)
            return
        closed |= tag in {1, 3}
        if tag == 11:
            yield Member(source.member(source.name, stream(_literal(body))))
            return
        if tag == 8 and depth < 3:
            yield from _packets(source, _unpacked(body), depth + 1)
            return
        for _piece in body:
            pass


def _literal(body: Iterator[bytes]) -> Iterator[bytes]:
    first = b""
    while len(first) < 2 or len(first) < 6 + first[1]:
        piece = next(body, None)
        if piece is None:
            return
        first += piece
    yield first[6 + first[1] :]
    yield from body


def _unpacked(body: Iterator[bytes]) -> Iterator[bytes]:
    first = next(body, b"")
    while len(first) < 1 and (piece := next(body, b"")):
        first += piece
    kind, rest = first[:1], first[1:]
    if kind == b"\3":
        bunzip = bz2.BZ2Decompressor()
        for piece in (rest, *body):
            if not bunzip.eof:
                yield bunzip.decompress(piece)
        return
    inflate = zlib.decompressobj({b"\1": -15, b"\2": 15}.get(kind, 15))
    for piece in _all(rest, body):
        yield piece if kind == b"\0" else inflate.decompress(piece)


def _all(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


class _Packets:
    """Packets of old and new form, with partial lengths."""

    def __init__(self, data: Iterator[bytes]) -> None:
        self.data = data
        self.held = b""

    def take(self, count: int) -> bytes:
        """That many bytes, or fewer at the end."""
        while len(self.held) < count:
            piece = next(self.data, None)
            if piece is None:
                break
            self.held += piece
        got, self.held = self.held[:count], self.held[count:]
        return got

    def packet(self) -> tuple[int, Iterator[bytes]] | None:
        """Tag and body of the next packet; None at the end."""
        first = self.take(1)
        if not first or not first[0] & 0x80:
            return None
        if first[0] & 0x40:
            return first[0] & 0x3F, self._new()
        tag, kind = first[0] >> 2 & 15, first[0] & 3
        size = int.from_bytes(self.take(1 << kind), "big") if kind < 3 else 1 << 62
        return tag, self._body(size)

    def _body(self, size: int) -> Iterator[bytes]:
        while size > 0 and (piece := self.take(min(size, 65_536))):
            size -= len(piece)
            yield piece

    def _new(self) -> Iterator[bytes]:
        while first := self.take(1):
            size, more = first[0], False
            if 192 <= size < 224:
                size = (size - 192 << 8) + (self.take(1) or b"\0")[0] + 192
            elif size == 255:
                size = int.from_bytes(self.take(4), "big")
            elif size >= 224:
                size, more = 1 << (size & 31), True
            yield from self._body(size)
            if not more:
                return
