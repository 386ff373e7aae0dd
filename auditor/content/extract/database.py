"""SQLite databases: every table, read in memory so that nothing is written beside the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from auditor.content.identify import Kind
from auditor.content.parts import Locks, Parts, Unread
from auditor.content.passages import table, text
from auditor.content.source import HELD, Source
from auditor.content.sweep import readable
from auditor.evidence import Why

KINDS = frozenset({"SQLite database", "SQLite log"})
READS = "each table; of more than 48 MB and of logs (`-wal`, `-journal`), runs of letters"
LOCKS: Locks = ()

_MODE = slice(18, 20)
"""Where the header says whether there is a log of changes beside the file."""


def parts(source: Source, kind: Kind) -> Parts:
    """Each table; of a log the rows of its pages, which the database does not hold yet."""
    if kind.name == "SQLite log":
        yield text(readable(source.chunks()), source.size, source.name)
        return
    if source.size > HELD:
        yield text(readable(source.chunks()), source.size, source.name)
        yield Unread(Why.TOO_LARGE, "part")
        return
    data = bytearray(source.data())
    data[_MODE] = b"\x01\x01"  # a copy in memory has no log beside it
    with closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(bytes(data))
        del data
        source.drop()
        base.execute("PRAGMA trusted_schema=OFF")
        base.execute("PRAGMA cell_size_check=ON")
        base.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall():
            lost: list[int] = []
            yield table(_rows(base, name, lost, source), source.size, name)
            if lost:
                yield Unread(Why.DAMAGED, "damaged part")


def _rows(
    base: sqlite3.Connection, name: str, lost: list[int], source: Source
) -> Iterator[list[str]]:
    quoted = name.replace('"', '""')
    try:
        found = base.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608 - the name is the file's own
        yield [d[0] for d in found.description]
        for row in found:
            source.budget.spend(0)
            yield [_shown(v) for v in row]
    except sqlite3.Error:
        lost.append(1)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value[:200].decode("utf-8", "replace") if value.isascii() else ""
    return str(value)
