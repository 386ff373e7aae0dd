"""Dumps of databases as SQL: the rows that they insert, table by table, as they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from auditor.content.identify import Kind
from auditor.content.parts import Is, Locks, Parts
from auditor.content.passages import table
from auditor.content.source import Source

KINDS = frozenset({"SQL dump"})
READS = "the rows of INSERT and COPY statements, as tables"
LOCKS: Locks = ()

LONGEST = 8_000_000
"""Characters of one statement that are held; what is more of it is left."""
_NAME = r"([\w.$`\"\[\] -]+?)"
_CREATE = re.compile(rf"(?is)\s*CREATE TABLE (?:IF NOT EXISTS )?{_NAME}\s*\((.*)\)")
_COLUMN = re.compile(r"(?m)(?:^|,)\s*[`\"\[]?([A-Za-z_]\w*)[`\"\]]?\s+\w")
_INSERT = re.compile(
    rf"(?is)\s*(?:INSERT|REPLACE) (?:IGNORE )?INTO {_NAME}\s*(?:\(([^()]*)\)\s*)?VALUES\s*"
)
_COPY = re.compile(rf"(?is)\s*COPY {_NAME}\s*\(([^()]*)\) FROM stdin;")
_ROW = re.compile(r"\(((?:N?'(?:[^'\\]|''|\\.)*'|[^()'])*)\)", re.DOTALL)
_VALUE = re.compile(r"\s*(?:N?'((?:[^'\\]|''|\\.)*)'|([^,']*))\s*(?:,|$)", re.DOTALL)
_NOT_COLUMNS = frozenset({"primary", "key", "unique", "constraint", "index", "foreign", "check"})

Row = tuple[str, list[str]]


def parts(source: Source, kind: Kind) -> Parts:
    """Its tables, one after the other."""
    yield Is(kind.name)
    columns: dict[str, list[str]] = {}
    rows = _rows(_lines(source, kind), columns)
    row = next(rows, None)
    while row is not None:
        name = row[0]
        run = _Run(chain([row], rows), name)
        heads = columns.get(_bare(name), [])
        yield table(chain([heads] if heads else [], run), source.size, source.name)
        row = run.rest()


class _Run:
    """The rows of one table, up to the first of another."""

    def __init__(self, rows: Iterator[Row], name: str) -> None:
        self.rows, self.name = rows, name
        self.next: Row | None = None
        self.ended = False

    def __iter__(self) -> Iterator[list[str]]:
        for row in self.rows:
            if row[0] != self.name:
                self.next = row
                break
            yield row[1]
        self.ended = True

    def rest(self) -> Row | None:
        """The first row of the next table, once this one was read."""
        if not self.ended:
            for _ in self:
                pass
        return self.next


def _lines(source: Source, kind: Kind) -> Iterator[str]:
    waiting = ""
    for piece in source.chunks():
        waiting += piece.decode(kind.encoding or "utf-8", "replace")
        *lines, waiting = waiting.split("\n")
        yield from lines
    yield waiting


def _rows(lines: Iterator[str], columns: dict[str, list[str]]) -> Iterator[Row]:
    """Rows with the table that they are of; what a statement says of columns is noted."""
    for statement in _statements(lines):
        if found := _COPY.match(statement):
            columns[_bare(found[1])] = _names(found[2])
            yield from _copied(found[1], lines)
        elif found := _INSERT.match(statement):
            if found[2]:
                columns[_bare(found[1])] = _names(found[2])
            for row in _ROW.finditer(statement, found.end()):
                yield found[1], _values(row[1])
        elif found := _CREATE.match(statement):
            named = [n for n in _COLUMN.findall(found[2]) if n.lower() not in _NOT_COLUMNS]
            columns.setdefault(_bare(found[1]), named)


def _copied(name: str, lines: Iterator[str]) -> Iterator[Row]:
    """The rows that follow a COPY statement, up to its end mark."""
    for line in lines:
        if line.startswith("\\."):
            return
        yield name, ["" if c == "\\N" else c for c in line.rstrip("\r").split("\t")]


def _statements(lines: Iterator[str]) -> Iterator[str]:
    """Statements, whole as far as they are not too long; COPY ends with its first line."""
    held: list[str] = []
    size = 0
    for line in lines:
        if not held and (not line.strip() or line.startswith(("--", "/*", "SET ", "GO"))):
            continue
        held.append(line)
        size += len(line)
        ended = line.rstrip().endswith(";") or size > LONGEST
        if ended or (len(held) == 1 and _INSERT.match(line) and line.rstrip().endswith(")")):
            yield "\n".join(held)
            held, size = [], 0
    if held:
        yield "\n".join(held)


def _values(row: str) -> list[str]:
    found = []
    for text, bare in _VALUE.findall(row.strip() + ","):
        value = text.replace("''", "'").replace("\\'", "'") if text else bare.strip()
        found.append("" if value.upper() == "NULL" else value)
    return found[:-1] if found and not found[-1] else found


def _names(listed: str) -> list[str]:
    return [n.strip(' `"[]\r\n') for n in listed.split(",")]


def _bare(name: str) -> str:
    """A table without its schema and quotes."""
    return name.rpartition(".")[2].strip('`"[]').lower()
