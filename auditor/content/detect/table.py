"""Lists of people: how many the rows are about, what they tell, and how sure that is.

Rows are read one by one up to `EXACT` bytes; beyond, lines are counted and a slice of each passage
is read to see how many of its people are new. People are those whom the rows are about: parents
and teachers named beside them are data about them and not counted.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from itertools import zip_longest

from auditor.content.crowd import NAME, Crowd, crowd
from auditor.content.detect.columns import NAMES, Column, named
from auditor.content.detect.compiled import Compiled
from auditor.content.detect.layout import SAMPLE, TOP, Layout, layout, turned
from auditor.content.detect.naming import key, standin, uncoded
from auditor.content.detect.tally import Seen
from auditor.content.raw import Passage
from auditor.evidence import Range
from auditor.personal import Role

EXACT = 200_000
"""Bytes of a list that are read row by row: beyond, about every row is somebody new."""
PATIENT = 3_000_000
"""The same for a log, in which people come again and again."""
SLICE = 20_000
"""Bytes of each later passage that are."""
FEW = 2_000
"""People up to whom each name is looked at again, to leave out totals and stand-ins."""
_CUT = re.compile(r"^[^\W\d_][^\s\d]+ [^\W\d_]\.?$")
_NOBODY = frozenset({"total", "totals", "average", "count", "mean", "grand total", "sum", "notes"})

csv.field_size_limit(2**26)


def rows(text: str, delimiter: str) -> list[list[str]]:
    """The rows of delimited text; quotes that are never closed are taken as they stand."""
    try:
        found = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:  # a NUL in a cell, say
        found = []
    if not found or any(cell.count("\n") > 20 for row in found[-3:] for cell in row):
        lines = text.replace("\0", "").splitlines()
        found = list(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE))
    return found


def headed(compiled: Compiled, passage: Passage, delimiter: str) -> bool:
    """Whether a table has headings that are known, whatever it is of."""
    read = rows(passage.data[:20_000].decode("utf-8", "replace"), delimiter)
    return any(len(named(compiled, row)) >= 3 for row in read[:TOP])


def public(compiled: Compiled, passage: Passage, delimiter: str) -> bool:
    """Whether a table has a heading of lists of books, players, suppliers or goods."""
    read = rows(passage.data[:20_000].decode("utf-8", "replace"), delimiter)
    heads = (d for row in read[:TOP] for d in named(compiled, row).values())
    return any(d.role is Role.PUBLIC for d in heads)


class People:
    """A table whose columns are known; rows are added passage by passage."""

    def __init__(self, compiled: Compiled, layout: Layout, delimiter: str) -> None:
        self.checks = compiled.checks
        self.layout, self.columns, self.delimiter = layout, layout.columns, delimiter
        self.seen = Seen()
        self.sample: Sequence[Sequence[str]] = ()
        """The first rows, as long as the look lasts."""
        self.people: set[object] = set()
        self.tight: set[object] = set()
        """People told apart by class too, where a name is all there is."""
        self.numbers: dict[str, set[str]] = {}
        self.named: set[str] = set()
        """Names as they are compared with those of other lists."""
        self.rows = self.read = self.more = 0
        self.exact = EXACT
        self.unread = 0.0
        """People in lines that were only counted, by the slices read among them."""
        self.ids: list[int] = []
        self.who: list[int] = []
        self.apart: list[int] = []
        self.grid: list[int] = []
        self.forms: list[int] = []

    @classmethod
    def of(cls, compiled: Compiled, passage: Passage, delimiter: str) -> People | None:
        """The table that begins with this passage; None when its columns name no people."""
        start, rest = _cut(passage.data, EXACT)
        made = cls.listed(compiled, rows(start.decode("utf-8", "replace"), delimiter), delimiter)
        if made:
            made.read = len(start)
            if len(made.people) < 0.5 * made.rows:
                made.exact = PATIENT
            made.more_of(rest)
        return made

    @classmethod
    def listed(
        cls, compiled: Compiled, read: list[list[str]], delimiter: str = ","
    ) -> People | None:
        """The same for rows that are at hand."""
        if len(read) <= 400 and (other := turned(compiled, read)):
            read = other
        found = layout(compiled, read[: SAMPLE + 20])
        if found is None:
            return None
        made = cls(compiled, found, delimiter)
        made.sample = read[found.start : found.start + SAMPLE]
        made.choose(made.sample)
        made.take(read[found.start :])
        return made

    def choose(self, sample: Sequence[Sequence[str]]) -> None:
        """Decides by which columns people are told apart."""
        by_role: dict[Role, list[int]] = {}
        for n, column in sorted(self.columns.items()):
            by_role.setdefault(column.datum.role, []).append(n)
        pair = by_role.get(Role.SURNAME, [])[:1] + by_role.get(Role.FORENAME, [])[:1]
        full = by_role.get(Role.NAME, []) + by_role.get(Role.SOME_NAME, [])
        full = full or by_role.get(Role.BESIDE, [])
        self.who = pair if len(pair) == 2 else (full[:1] or pair)
        if len(full) > 1 and len(pair) < 2 and not by_role.get(Role.BIRTH):
            unheaded = [n for n in full if not self.columns[n].headed]
            self.grid = unheaded if len(unheaded) == len(full) else []
        first = by_role.get(Role.FORENAME, [])
        if (
            len(first) > 2
            and not (pair[1:] or full)
            and not any(self.columns[n].headed for n in first)
        ):
            self.grid = first  # seats, tables or groups of one class
        school = [n for n in by_role.get(Role.SCHOOL, []) if self._short(n)]
        self.apart = by_role.get(Role.BIRTH, [])[:1]
        names = {tuple(self._cell(r, n) for n in self.who) for r in sample} if self.who else set()
        numbers = [n for n in by_role.get(Role.IDENTIFIER, []) if self.columns[n].datum.identifies]
        self.ids = [n for n in numbers if self._tells(n, sample, names)]
        self.ids.sort(key=lambda n: (not self.columns[n].datum.alone, n))
        self.ids = self.ids[:1]
        self.forms = [] if self.apart else school[:2]

    def _short(self, n: int) -> bool:
        return self.columns[n].datum.id in {"registration-group", "year-group"}

    @staticmethod
    def _cell(row: Sequence[str], n: int) -> str:
        return row[n].strip().casefold() if n < len(row) else ""

    def _tells(self, n: int, sample: Sequence[Sequence[str]], names: set[tuple[str, ...]]) -> bool:
        """Whether a number tells people apart here: filled, and as various as the names."""
        cells = [self._cell(r, n) for r in sample]
        distinct = len(set(cells) - {""})
        filled = sum(map(bool, cells))
        return filled >= 0.5 * len(cells) and (not names or distinct >= 0.8 * len(names))

    def add(self, passage: Passage) -> None:
        """The rows of a passage further on."""
        self.more_of(passage.data)

    def more_of(self, data: bytes) -> None:
        """Rows further on: read as far as is worth it, then skimmed."""
        start, rest = _cut(data, max(self.exact - self.read, 0))
        self.read += len(start)
        if start:
            self.take(rows(start.decode("utf-8", "replace"), self.delimiter))
        self.skim(rest)

    def skim(self, data: bytes) -> None:
        """Lines that are counted, with a slice from their middle to tell who is new in them."""
        lines = data.count(b"\n")
        if not lines:
            return
        middle = data.find(b"\n", max(len(data) // 2 - SLICE // 2, 0)) + 1
        some, _ = _cut(data[middle:], SLICE)
        known, before = len(self.people), self.rows
        self.take(rows(some.decode("utf-8", "replace"), self.delimiter))
        read = self.rows - before
        if read:
            self.more += max(lines - read, 0)
            self.unread += max(lines - read, 0) * (len(self.people) - known) / read

    def take(self, read: Sequence[Sequence[str]]) -> None:
        """Counts people and data column by column, which is how a long list stays quick."""
        heads = self.layout.headings
        if heads and len(read) <= FEW:
            read = [r for r in read if tuple(c.strip() for c in r) not in heads]
        width = max(self.columns) + 1
        columns: list[tuple[str, ...]] = list(zip_longest(*(r[:width] for r in read), fillvalue=""))
        columns += [("",) * len(read)] * (width - len(columns))
        for n, column in self.columns.items():
            filled = len(read) - columns[n].count("")
            if filled:
                self._note(n, column, filled, columns[n])
        self._count(columns, len(read))
        self.rows += len(read)

    def _count(self, columns: list[tuple[str, ...]], height: int) -> None:
        if self.grid:
            for n in self.grid:
                found = {c.strip() for c in columns[n]} - {""}
                self.people |= found
                self.named |= {key(c) for c in found}
            self.tight = self.people
            return
        names = list(zip(*(columns[n] for n in self.who + self.apart), strict=True))
        names = names or [()] * height
        width = len(self.who)
        nothing = {t for t in set(names) if not any(c.strip() for c in t)}
        nobody: set[tuple[str, ...]] = set()
        if len(names) <= FEW and width:
            nobody = {t for t in set(names) - nothing if _nobody(t[:width])}
            nothing |= nobody
        persons: list[object] = [t if t not in nothing else None for t in names]
        if self.ids:
            numbers = columns[self.ids[0]]
            kind = self.columns[self.ids[0]].datum.id
            if nobody:
                numbers = tuple(
                    "" if t in nobody else i for i, t in zip(numbers, names, strict=True)
                )
            persons = [i.strip() or p for i, p in zip(numbers, persons, strict=True)]
            self.numbers.setdefault(kind, set()).update({i.strip().upper() for i in numbers} - {""})
        self.people |= set(persons) - {None}
        if not self.ids and self.forms:
            forms = zip(*(columns[n] for n in self.forms), strict=True)
            self.tight |= {(p, f) for p, f in zip(persons, forms, strict=True) if p is not None}
        else:
            self.tight = self.people
        self.named |= {key(*t[:width]) for t in set(names) - nothing if t[:width]} - {""}

    def _note(self, n: int, column: Column, count: int, cells: Sequence[str]) -> None:
        """Adds a column's count, and whether one of its first values passes its check."""
        datum = column.datum
        values = [c.strip() for c in cells[:SAMPLE] if c.strip()]
        value = values[0] if values else ""
        self.seen.add(datum, f"column {n + 1}", value, count)
        check = self.checks.get(datum.check)
        if check and datum.id not in self.seen.strong and any(map(check, values)):
            self.seen.strong.add(datum.id)

    def count(self) -> Range:
        """How many people the rows are about."""
        low, high = sorted((len(self.people), len(self.tight)))
        if not self.more:
            return Range(low=low, high=high)
        return Range(low=low + round(self.unread * 0.96), high=high + round(self.unread * 1.04))

    def crowd(self) -> Crowd:
        """Who they are, by their numbers and by their names."""
        return crowd({**self.numbers, NAME: self.named})

    def share(self, roles: frozenset[Role] = NAMES) -> float:
        """How many of the cells under names are names, by the lists."""
        found = [
            c.share for n, c in self.columns.items() if c.datum.role in roles and n in self.who
        ]
        return sum(found) / len(found) if found else 0.0

    def cut(self) -> float:
        """How many of the first people have an initial for a surname, as in `Ann B`."""
        some = [str(p[0] if isinstance(p, tuple) else p) for p in list(self.people)[:60]]
        return sum(bool(_CUT.search(uncoded(s.strip()))) for s in some) / max(len(some), 1)

    @property
    def whole(self) -> bool:
        """Whether every row was read."""
        return not self.more


def _cut(data: bytes, size: int) -> tuple[bytes, bytes]:
    """The data up to a line's end near that size, and the rest."""
    if size <= 0:
        return b"", data
    if len(data) <= size * 1.2:
        return data, b""
    end = data.rfind(b"\n", 0, size) + 1
    return data[:end], data[end:]


def _nobody(cells: tuple[str, ...]) -> bool:
    """Whether these cells name nobody: a total, a stand-in, nothing."""
    filled = [c.strip() for c in cells if c.strip()]
    return not filled or any(c.casefold() in _NOBODY for c in filled) or all(map(standin, filled))
