"""Access databases: the tables by access-parser where it is installed, else what text they hold.

How they are locked: [MS-OFFCRYPTO] for Access 2007 and later; the header of older ones is under a
fixed key, and a word in it says whether the pages are encoded.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Protocol

from auditor.content.identify import Kind
from auditor.content.parts import Locked, Locks, Parts, Unread
from auditor.content.passages import table, text
from auditor.content.source import Source
from auditor.content.sweep import readable
from auditor.evidence import ProtectionState, Why

KINDS = frozenset({"Access database"})
READS = "each table"
LOCKS: Locks = (
    ("Access AES-128", ProtectionState.STRONG),
    ("Access RC4-32", ProtectionState.WEAK),
    ("Microsoft Money", ProtectionState.UNKNOWN),
)

LARGEST = 24_000_000
"""Bytes of a database that is read table by table; the reader takes several times as many."""
_KEY = b"\xc7\xda\x39\x6b"
_BITS = re.compile(rb'keyBits="(\d+)"')


def parts(source: Source, kind: Kind) -> Parts:
    """Its tables, or its lock."""
    _ = kind
    lock = _lock(source.head[:8_192])
    if lock:
        yield lock
        return
    try:
        from access_parser import AccessParser
    except ImportError:
        yield from _swept(source, Why.TOOL_MISSING)
        return
    if source.size > LARGEST:
        yield from _swept(source, Why.TOO_LARGE)
        return
    logging.getLogger("access_parser").setLevel(logging.CRITICAL + 1)
    made = _opened(AccessParser, source.data())
    for name in made.catalog:
        if not name.startswith("MSys"):
            yield table(_rows(made.parse_table(name)), source.size, name)


def _opened(parser: type, data: bytes) -> _Tables:
    """The library's parser of bytes; its own constructor takes a path only."""

    class Opened(parser):  # type: ignore[misc]
        def __init__(self) -> None:
            self.db_data = data
            self._parse_file_header(data)
            found = categorize_pages(data, self.page_size)
            self._table_defs, self._data_pages, self._all_pages = found
            self._tables_with_data = self._link_tables_to_data()
            self.catalog = self._parse_catalog()
            self.extra_props = self.parse_msys_table()

    from access_parser.utils import categorize_pages

    return Opened()


class _Tables(Protocol):
    """What is used of the library's parser."""

    catalog: dict[str, int]

    def parse_table(self, name: str) -> dict[str, list[object]]:
        """The columns of a table."""


def _rows(columns: dict[str, list[object]] | None) -> Iterator[list[str]]:
    if not columns:
        return
    yield list(columns)
    for n in range(max(map(len, columns.values()), default=0)):
        yield [_shown(c[n]) if n < len(c) else "" for c in columns.values()]


def _shown(value: object) -> str:
    if value is None or isinstance(value, bytes):
        return ""
    return str(value).removesuffix(" 00:00:00")


def _swept(source: Source, why: Why) -> Parts:
    yield text(readable(source.chunks()), source.size, source.name)
    yield Unread(why, "part")


def _lock(head: bytes) -> Locked | None:
    if b"<encryption" in head:
        bits = _BITS.search(head)
        return Locked(ProtectionState.STRONG, f"Access AES-{bits[1].decode() if bits else '128'}")
    if head[4:].startswith(b"MSISAM"):
        return Locked(ProtectionState.UNKNOWN, "Microsoft Money")
    plain = _rc4(_KEY, head[0x18 : 0x18 + 126])
    if any(plain[0x3E - 0x18 : 0x40 - 0x18]):
        return Locked(ProtectionState.WEAK, "Access RC4-32")
    return None


def _rc4(key: bytes, data: bytes) -> bytes:
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    out = bytearray()
    for c in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(c ^ box[(box[i] + box[j]) % 256])
    return bytes(out)
