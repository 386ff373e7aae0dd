"""Outlook messages (.msg), by [MS-OXMSG]: headers, text, attachments and attached messages."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from auditor.content.compound import Compound
from auditor.content.identify import Kind
from auditor.content.parts import Locked, Locks, Member, Parts
from auditor.content.passages import text
from auditor.content.source import Source, stream
from auditor.evidence import ProtectionState

KINDS = frozenset({"Outlook message"})
READS = "headers, text, attachments, attached messages"
LOCKS: Locks = (("S/MIME mail", ProtectionState.UNKNOWN),)

_SHOWN = (
    ("From", 0x0C1A), ("From", 0x0C1F), ("To", 0x0E04), ("Cc", 0x0E03), ("Bcc", 0x0E02),
    ("Subject", 0x0037), ("", 0x1000),
)  # fmt: skip
"""Properties of a message that are text, by [MS-OXPROPS]."""
_HTML, _RTF, _NAME, _LONG_NAME, _DATA, _CLASS = 0x1013, 0x1009, 0x3704, 0x3707, 0x3701, 0x001A
# [MS-OXRTFCP] 2.1.3.1.1: what every compressed rich text may refer to.
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def parts(source: Source, kind: Kind) -> Parts:
    """The message and everything attached to it, however deep."""
    _ = kind
    found = Compound.of(source)
    tops = {tuple(n[:-1]) for n in found.names if n[-1].startswith("__substg1.0_")}
    messages = sorted((t for t in tops if not t or t[-1] == "__substg1.0_3701000D"), key=len)
    for top in messages:
        yield from _message(source, found, top)
    for top in sorted(tops):
        if top and top[-1].startswith("__attach_version1.0_"):
            yield from _attached(source, found, top)


def _message(source: Source, found: Compound, top: tuple[str, ...]) -> Parts:
    yield text(_headers(found, top), source.size, source.name)
    if "smime" in _string(found, top, _CLASS).lower() and not _string(found, top, 0x1000):
        yield Locked(ProtectionState.UNKNOWN, "S/MIME mail", of="subject can be read", all=False)
    page = _bytes(found, top, _HTML)
    if page:
        yield Member(source.member("", stream(iter([page])), len(page)))
    packed = _bytes(found, top, _RTF)
    if packed and not page:
        rich = unpacked(packed)
        yield Member(source.member("", stream(iter([rich])), len(rich)))


def _headers(found: Compound, top: tuple[str, ...]) -> Iterator[str]:
    for name, number in _SHOWN:
        value = _string(found, top, number)
        if value:
            yield f"{name}: {value}\n" if name else f"\n{value}\n"
    depth = len(top) + 1
    for path in found.names:
        person = len(path) == depth + 1 and path[depth - 1].startswith("__recip_version1.0_")
        if (
            person
            and tuple(path[: depth - 1]) == top
            and path[-1][12:16] in {"3001", "3003", "39FE"}
        ):
            yield _decoded(found.read(*path), path[-1]) + "\n"


def _attached(source: Source, found: Compound, top: tuple[str, ...]) -> Parts:
    data = _bytes(found, top, _DATA)
    if data:
        name = _string(found, top, _LONG_NAME) or _string(found, top, _NAME)
        yield Member(source.member(name, stream(iter([data])), len(data)))


def _bytes(found: Compound, top: tuple[str, ...], number: int) -> bytes:
    return found.read(*top, f"__substg1.0_{number:04X}0102")


def _string(found: Compound, top: tuple[str, ...], number: int) -> str:
    for kind in ("001F", "001E"):
        name = f"__substg1.0_{number:04X}{kind}"
        data = found.read(*top, name)
        if data:
            return _decoded(data, name)
    return ""


def _decoded(data: bytes, name: str) -> str:
    return data.decode("utf-16-le" if name.endswith("001F") else "cp1252", "replace").rstrip("\0")


def unpacked(data: bytes) -> bytes:
    """Compressed rich text made whole ([MS-OXRTFCP] 2.2.3); as far as it goes when it is torn."""
    if len(data) < 16 or data[8:12] == b"MELA":
        return data[16:]
    made = _Window(min(struct.unpack_from("<I", data, 4)[0], 50_000_000))
    at = 16
    while at < len(data) and not made.full:
        flags = data[at]
        at += 1
        for bit in range(8):
            if flags >> bit & 1:
                made.repeat(int.from_bytes(data[at : at + 2], "big"))
                at += 2
            elif at < len(data):
                made.put(data[at])
                at += 1
    return bytes(made.out)


class _Window:
    """The last 4096 bytes, to which what follows may refer."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.ring = bytearray(_DICTIONARY.ljust(4096, b"\0"))
        self.here = len(_DICTIONARY)
        self.out = bytearray()
        self.ended = False

    @property
    def full(self) -> bool:
        """Whether the end was told, or all that was promised has come."""
        return self.ended or len(self.out) >= self.size

    def put(self, byte: int) -> None:
        """One more byte."""
        if not self.ended:
            self.out.append(byte)
            self.ring[self.here] = byte
            self.here = (self.here + 1) % 4096

    def repeat(self, pair: int) -> None:
        """Bytes that were there before; a reference to where we are is the end."""
        start = pair >> 4
        self.ended = self.ended or start == self.here
        for n in range(0 if self.ended else (pair & 15) + 2):
            self.put(self.ring[(start + n) % 4096])
