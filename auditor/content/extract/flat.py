"""Spreadsheets written as one XML file: Excel 2003 XML, as MIS reports export it, and flat ODS."""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from auditor.content.identify import Kind
from auditor.content.parts import Is, Locks, Parts
from auditor.content.passages import table
from auditor.content.source import Source
from auditor.errors import Damaged

KINDS = frozenset({"XML spreadsheet"})
READS = "cells, sheet by sheet"
LOCKS: Locks = ()

_SHEETS = frozenset({"Worksheet", "table"})
_ROWS = frozenset({"Row", "table-row"})
_CELLS = frozenset({"Cell", "table-cell", "covered-table-cell"})
MOST_COLUMNS = 500


def parts(source: Source, kind: Kind) -> Parts:
    """Its sheets as tables, one after the other."""
    yield Is(kind.name)
    reader = _Sheets(source.chunks())
    while (first := next(reader.rows, None)) is not None:
        yield table(_sheet(first, reader), source.size, source.name)


def _sheet(first: list[str] | None, reader: _Sheets) -> Iterator[list[str]]:
    row = first
    while row:
        yield row
        row = next(reader.rows, None)


class _Sheets:
    """Rows as they end; an empty one where a sheet does."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.rows = self._read(chunks)
        self.done: list[list[str]] = []
        self.row: list[str] = []
        self.cell: list[str] = []
        self.inside = False
        self.times = 1

    def _read(self, chunks: Iterator[bytes]) -> Iterator[list[str]]:
        parser = expat.ParserCreate()
        parser.EntityDeclHandler = _refuse
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        for piece in chunks:
            parser.Parse(piece, False)
            yield from self.done
            self.done = []
        parser.Parse(b"", True)
        yield from self.done

    def _start(self, name: str, known: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local in _ROWS:
            self.row = []
        elif local in _CELLS:
            at = next((v for k, v in known.items() if k.rpartition(":")[2] == "Index"), "")
            while at.isdecimal() and len(self.row) < min(int(at) - 1, MOST_COLUMNS):
                self.row.append("")
            told = known.get("table:number-columns-repeated", "1")
            self.times = int(told) if told.isdecimal() else 1
            self.cell, self.inside = [], True

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in _CELLS:
            room = max(MOST_COLUMNS - len(self.row), 0)
            self.row += ["".join(self.cell).strip()] * min(self.times, room)
            self.inside = False
        elif local in _ROWS and any(self.row):
            while not self.row[-1]:
                self.row.pop()
            self.done.append(self.row)
        elif local in _SHEETS and self.done and self.done[-1]:
            self.done.append([])

    def _text(self, text: str) -> None:
        if self.inside:
            self.cell.append(text)


def _refuse(*_: object) -> None:
    raise Damaged("this document declares entities")
