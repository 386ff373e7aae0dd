"""Pictures: what their makers wrote into them (EXIF, IPTC, XMP), and the words of scans."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress

from auditor.content import seeing
from auditor.content.identify import Kind
from auditor.content.parts import Locks, Parts, Picture
from auditor.content.passages import text
from auditor.content.source import Source
from auditor.content.sweep import readable

KINDS = frozenset({"picture"})
READS = "EXIF, IPTC, XMP and comments; scanned letters with `auditor[ocr]`; others are counted"
LOCKS: Locks = ()

LARGEST = 32_000_000
"""Bytes of a picture that is looked into."""
MOST = 1_000_000
"""Bytes of one packed text."""
_TEXTS = frozenset({b"tEXt", b"iTXt", b"zTXt", b"eXIf"})


def parts(source: Source, kind: Kind) -> Parts:
    """What is written in the picture and into its file; one without words that are read counts."""
    _ = kind
    shown = seeing.read(source.data(LARGEST), source.budget) if _may_be_read(source) else ""
    if shown:
        yield text([shown], source.size, source.name)
    else:
        yield Picture()
    data = source.head
    if data.startswith(b"\xff\xd8"):
        found = list(_segments(data))
    elif data.startswith(b"\x89PNG"):
        found = list(_blocks(data))
    else:
        found = []
    said = "".join(readable(found))
    if said:
        yield text([said], source.size, source.name)


def _may_be_read(source: Source) -> bool:
    return seeing.can_see() and source.size <= LARGEST


def _segments(data: bytes) -> Iterator[bytes]:
    """The segments of a JPEG that hold text."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] not in {0xDA, 0xD9}:
        size = struct.unpack_from(">H", data, at + 2)[0]
        if data[at + 1] in {0xE1, 0xED, 0xFE}:
            yield data[at + 4 : at + 2 + size]
        at += 2 + size


def _blocks(data: bytes) -> Iterator[bytes]:
    """The chunks of a PNG that hold text."""
    at = 8
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind in _TEXTS:
            body = data[at + 8 : at + 8 + size]
            yield body
            name, _, packed = body.partition(b"\0")
            if kind == b"zTXt" and packed:
                with suppress(zlib.error):
                    yield name + b" " + zlib.decompressobj().decompress(packed[1:], MOST)
        at += 12 + size
