"""Lists of people: which columns hold what, how many people the rows are about.

The headings say what a column holds and the cells have to agree. Rows are read one by one up to
`EXACT` bytes; beyond, lines are counted and the people estimated from the rows read.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from auditor.content.detect.checksums import CHECKS
from auditor.content.detect.compiled import Compiled, heading
from auditor.content.detect.tally import Seen
from auditor.content.raw import Passage
from auditor.evidence import Range, Strength
from auditor.personal import Datum, Role

EXACT = 4_000_000
"""Bytes of a table that are read row by row."""
TOP = 8
"""Rows from the top among which the headings are looked for."""
SAMPLE = 200
"""Rows from the top whose cells must agree with the headings."""
AGREE = 8
"""Cells of a column that are held against its shape."""
NAMES = frozenset({Role.SURNAME, Role.FORENAME, Role.NAME})
PERSONS = NAMES | {Role.SOME_NAME, Role.IDENTIFIER}

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


class People:
    """A table whose columns are known; rows are added passage by passage."""

    def __init__(self, compiled: Compiled, columns: dict[int, Datum], delimiter: str) -> None:
        self.compiled = compiled
        self.columns = columns
        self.delimiter = delimiter
        self.seen = Seen()
        self.keys: set[int] = set()
        self.rows = 0
        self.named = 0
        """Rows whose person is told by name only."""
        self.more = 0
        """Lines beyond those read."""
        self.read = 0
        ids = [n for n, d in columns.items() if d.role is Role.IDENTIFIER]
        self.ids = sorted(ids, key=lambda n: (not columns[n].alone, n))
        self.names = [
            n for n, d in columns.items() if d.role in NAMES | {Role.SOME_NAME, Role.BIRTH}
        ]

    @classmethod
    def of(cls, compiled: Compiled, passage: Passage, delimiter: str) -> People | None:
        """The table that begins with this passage; None when its headings name no people."""
        read = rows(passage.data.decode("utf-8", "replace"), delimiter)
        found = _columns(compiled, read[:SAMPLE])
        if found is None:
            return None
        top, columns = found
        made = cls(compiled, columns, delimiter)
        made.read = len(passage.data)
        made.take(read[top + 1 :])
        return made

    def add(self, passage: Passage) -> None:
        """The rows of a passage further on."""
        if self.read >= EXACT:
            self.more += passage.data.count(b"\n")
            return
        self.read += len(passage.data)
        self.take(rows(passage.data.decode("utf-8", "replace"), self.delimiter))

    def take(self, read: list[list[str]]) -> None:
        """Counts people and data in rows; this is where a long list spends its time."""
        width, ids, names = max(self.columns, default=0) + 1, self.ids, self.names
        counts = dict.fromkeys(self.columns, 0)
        for row in read:
            cells = row if len(row) >= width else row + [""] * (width - len(row))
            person = next((cells[n] for n in ids if cells[n]), "").strip()
            if not person:
                person = "\n".join([cells[n].strip().casefold() for n in names]).strip()
                if not person:
                    continue
                self.named += 1
            self.rows += 1
            self.keys.add(hash(person))
            for n in counts:
                if cells[n]:
                    counts[n] += 1
        for n, count in counts.items():
            if count:
                self._note(n, count, read)

    def _note(self, column: int, count: int, read: list[list[str]]) -> None:
        """Adds a column's count, and whether one of its first values passes its check."""
        datum = self.columns[column]
        values = [row[column].strip() for row in read[:SAMPLE] if column < len(row) and row[column]]
        self.seen.add(datum, f"column {column + 1}", values[0] if values else "", count)
        check = CHECKS.get(datum.check)
        if check and datum.id not in self.seen.strong and any(map(check, values)):
            self.seen.strong.add(datum.id)

    def strength(self) -> Strength | None:
        """How sure it is that the rows are about people; None when it is not likely at all."""
        data = self.seen.data
        roles = {d.role for d in data.values()}
        # Pay alone is no fact about a person: suppliers have bank accounts too.
        facts = any(d.role is Role.FACT and d.id != "bank-details" for d in data.values())
        telling = facts or bool(roles & {Role.BIRTH, Role.IDENTIFIER})
        if any(data[n].alone for n in self.seen.strong):
            return Strength.CERTAIN
        if self._named(roles):
            return self._of_named(roles, telling=telling)
        if Role.SOME_NAME in roles:
            schools = sum(d.role is Role.SCHOOL for d in data.values())
            if telling or schools > 1:
                return Strength.LIKELY
            return Strength.POSSIBLE if schools or Role.FACT in roles else None
        return Strength.LIKELY if self.seen.strong or (facts and self.ids) else None

    @staticmethod
    def _named(roles: set[Role]) -> bool:
        """Whether the columns name people, not suppliers or books."""
        both = {Role.SURNAME, Role.FORENAME} <= roles
        return both or Role.NAME in roles or {Role.SURNAME, Role.BIRTH} <= roles

    def _of_named(self, roles: set[Role], *, telling: bool) -> Strength | None:
        if telling or Role.FACT in roles:
            return Strength.CERTAIN
        if roles & {Role.CONTACT, Role.SCHOOL}:
            return Strength.LIKELY
        return Strength.POSSIBLE if self.rows >= 3 else None

    def people(self) -> Range:
        """How many people the rows are about."""
        distinct = len(self.keys)
        high = distinct if not self.named else max(distinct, self.rows)
        if not self.more:
            return Range(low=distinct, high=high)
        share = distinct / max(self.rows, 1)
        # Where nearly every row was somebody new, the rest will be; else they may all be known.
        low = distinct + round(self.more * share * 0.95) if share > 0.95 else distinct
        return Range(low=low, high=high + self.more)

    @property
    def whole(self) -> bool:
        """Whether every row was read."""
        return not self.more


def _columns(compiled: Compiled, sample: list[list[str]]) -> tuple[int, dict[int, Datum]] | None:
    """The row of the headings and what each column holds; None when no row names people."""
    rows_found = ((at, dict(_named(compiled, row))) for at, row in enumerate(sample[:TOP]))
    at, found = next(((at, found) for at, found in rows_found if _tells(found)), (0, {}))
    if not found:
        return None
    agreed = {
        n: d for n, d in found.items() if _agrees(compiled, d, n, sample[at + 1 : at + SAMPLE])
    }
    return (at, agreed) if _tells(agreed) else None


def _named(compiled: Compiled, row: list[str]) -> Iterator[tuple[int, Datum]]:
    for n, cell in enumerate(row[:500]):
        datum = compiled.headings.get(heading(cell))
        if datum:
            yield n, datum


def _tells(columns: dict[int, Datum]) -> bool:
    """Whether these columns could be a list of people: one that names them and one more."""
    kinds = Counter(d.role for d in columns.values())
    alone = any(d.alone and d.role is Role.IDENTIFIER for d in columns.values())
    return alone or (len(columns) >= 2 and bool(PERSONS & kinds.keys()))


def _agrees(compiled: Compiled, datum: Datum, column: int, sample: list[list[str]]) -> bool:
    """Whether the cells look like what the heading says; an empty column has nothing to say."""
    cells = [row[column].strip() for row in sample if column < len(row) and row[column].strip()]
    shape = compiled.values.get(datum.id)
    if not cells or shape is None:
        return bool(cells)
    some = cells[:: max(1, len(cells) // AGREE)][:AGREE]
    return sum(shape.fullmatch(c) is not None for c in some) >= 0.3 * len(some)
