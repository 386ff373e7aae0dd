"""How a table lies: where its headings stand, in one row, two, a column or nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.content.detect.columns import (
    NAMES,
    Column,
    agreeing,
    by_content,
    datum_of,
    name_shares,
    named,
    sampled,
)
from auditor.content.detect.compiled import Compiled, heading
from auditor.content.detect.naming import uncoded
from auditor.personal import Datum, Role

TOP = 15
"""Rows from the top among which the headings are looked for."""
SAMPLE = 200
"""Rows from the top whose cells tell what a column holds."""
MOST_COLUMNS = 300
PERSONS = frozenset(
    {
        Role.SURNAME,
        Role.FORENAME,
        Role.NAME,
        Role.SOME_NAME,
        Role.BESIDE,
        Role.IDENTIFIER,
        Role.BIRTH,
    }
)

EXPLAINING = frozenset(
    {
        "example",
        "examples",
        "length",
        "type",
        "data type",
        "description",
        "format",
        "required",
        "meaning",
    }
)
"""Headings of a list of fields."""

_PUPIL = re.compile(r"(?i)\b(?:pupil|child|student|learner|disgybl|plentyn)")

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What is known of a table before its rows are counted."""

    start: int
    """The first row below the headings."""
    columns: dict[int, Column]
    headings: frozenset[tuple[str, ...]] = frozenset()
    """Rows of headings, which may come again on every page."""
    public: int = 0
    """Headings that lists of books, players, suppliers or goods have."""
    above: str = ""
    """What stands above the headings: the title."""
    heads: frozenset[Role] = frozenset()
    """Roles of the data that its headings name, empty columns among them."""


def layout(compiled: Compiled, sample: Rows) -> Layout | None:
    """The layout of a table that begins with these rows; None when its columns name nobody."""
    headed = _headed(compiled, sample)
    if headed:
        return headed
    for row in sample[:TOP]:
        heads = named(compiled, row).values()
        filled = sum(bool(c.strip()) for c in row)
        public = sum(d.role is Role.PUBLIC for d in heads)
        plain = row is sample[0] and not any(c.isdecimal() for cell in row for c in cell)
        if len(heads) >= 3 or (public and (2 * len(heads) >= filled or plain)) or public > 1:
            return None  # it has headings, and they are of something else
    columns = _by_content(compiled, sample[:SAMPLE], {}, [])
    if not PERSONS & {c.datum.role for c in columns.values()}:
        return None
    above = " ".join(c for row in sample[:2] for c in row)[:500]
    return Layout(start=0, columns=columns, above=above)


def turned(compiled: Compiled, sample: Rows) -> list[list[str]] | None:
    """A form or transposed table as rows below headings; None when it is neither.

    Labels stand before their values, in one column or several; several values beside one label
    are several people, and so is a label that comes again.
    """
    if above := _names_above(compiled, sample):
        return above
    first = (next((c for c in row[:4] if c.strip()), "").strip() for row in sample[1:30])
    if not any(datum_of(compiled, c) for c in first):
        return None
    if any(c.strip().casefold() in EXPLAINING for row in sample[:3] for c in row):
        return None  # it explains data and holds none
    labelling = _labelling(compiled, sample)
    found = [pairs for row in sample for pairs in (_pairs(compiled, row, labelling),) if pairs]
    labels = Counter(d.id for pairs in found for d, _, _ in pairs)
    across = max(
        (len({d.id for d in named(compiled, r).values()}) for r in sample[:TOP]), default=0
    )
    if len(labels) < 3 or len(labels) <= across:
        return None
    names = {d.id: label for pairs in found for d, label, _ in pairs}
    widths = Counter(len(values) for pairs in found for _, _, values in pairs)
    wide = widths.most_common(1)[0][0] >= 2 and len(widths) <= 3
    records = _columns_of(found) if wide else _blocks(found)
    order = list(names)
    return [[names[n] for n in order]] + [[r.get(n, "") for n in order] for r in records]


def _names_above(compiled: Compiled, sample: Rows) -> list[list[str]] | None:
    """A grid of marks or facts with the people across the top, as rows below headings."""
    for at, row in enumerate(sample[:4]):
        cells = [c.strip() for c in row[1:]]
        names = [c for c in cells if c]
        known = sum(compiled.naming.full(uncoded(c)) for c in names)
        if len(names) < 3 or known < 0.6 * len(names):
            continue
        below = [r for r in sample[at + 1 :] if r and r[0].strip()]
        told = sum(datum_of(compiled, r[0].strip()) is not None for r in below)
        marks = [c.strip() for r in below for c in r[1:] if c.strip()]
        marked = len(names) >= 5 and sum(len(c) < 5 for c in marks) >= 0.8 * len(marks) > 0
        if not below or (told < max(1, 0.4 * len(below)) and not marked):
            return None
        labels = [r[0].strip() for r in below]
        made = [["Full name", *labels]]
        for n, name in enumerate(cells, 1):
            if name:
                made.append([name, *(r[n] if n < len(r) else "" for r in below)])
        return made
    return None


Pair = tuple[Datum, str, list[str]]


def _labelling(compiled: Compiled, sample: Rows) -> frozenset[int]:
    """The columns in which labels stand: most of their cells are headings."""
    found = set()
    for n in range(min(max(map(len, sample), default=0), 60)):
        cells = [row[n].strip() for row in sample[:100] if n < len(row) and row[n].strip()]
        if cells and sum(datum_of(compiled, c) is not None for c in cells) >= 0.4 * len(cells):
            found.add(n)
    return frozenset(found)


def _pairs(compiled: Compiled, row: Sequence[str], labelling: frozenset[int]) -> list[Pair]:
    """Labels of a row with the values that follow each."""
    pairs: list[Pair] = []
    for n, cell in enumerate(c.strip() for c in row[:60]):
        datum = datum_of(compiled, cell) if n in labelling and 0 < len(cell) < 60 else None
        if datum:
            pairs.append((datum, cell, []))
        elif pairs and cell:
            pairs[-1][2].append(cell)
    return [p for p in pairs if p[2]] if all(p[2] for p in pairs[:1]) else []


def _columns_of(found: list[list[Pair]]) -> list[dict[str, str]]:
    most = max(len(values) for pairs in found for _, _, values in pairs)
    records: list[dict[str, str]] = [{} for _ in range(most)]
    for datum, _, values in (p for pairs in found for p in pairs):
        for record, value in zip(records, values, strict=False):
            record.setdefault(datum.id, value)
    return records


def _blocks(found: list[list[Pair]]) -> list[dict[str, str]]:
    records: list[dict[str, str]] = [{}]
    for datum, _, values in (p for pairs in found for p in pairs):
        if datum.id in records[-1] and datum.role in PERSONS:
            records.append({})
        records[-1].setdefault(datum.id, values[0])
    return records


def _best(compiled: Compiled, sample: Rows) -> tuple[int, dict[int, Datum], int]:
    """Where the headings begin, which columns they name, and how many rows they are."""
    most = 0.0
    best: tuple[int, dict[int, Datum], int] = (0, {}, 1)
    for at, row in enumerate(sample[:TOP]):
        if most > 2 and at > best[0] + 2:
            break
        below = sample[at + 1] if at + 1 < len(sample) else []
        for columns, height in (
            (named(compiled, row), 1),
            (_two_rows(compiled, row, below), 2),
        ):
            # Cells such as Y, N and M are headings too: what they name counts once.
            told = len({d.id for d in columns.values()}) + len(columns) / MOST_COLUMNS / 2
            if told > most:
                most, best = told, (at, columns, height)
    return best


def _headed(compiled: Compiled, sample: Rows) -> Layout | None:
    """The layout by the row of headings, or the two rows, that names most columns."""
    at, columns, height = _best(compiled, sample)
    if not columns or (len(columns) == 1 and not PERSONS & {d.role for d in columns.values()}):
        return None  # a surname or a letter that is a heading too, such as Price or F
    start = at + height
    rows = sample[start : start + SAMPLE]
    heads = [[c.strip() for c in row] for row in sample[at:start]]
    if not _like_headings(compiled, heads[-1], columns):
        return None
    told = {n: agreeing(compiled, d, sampled(rows, n)) for n, d in columns.items()}
    kept = {n: c for n, c in told.items() if c and c.datum.role is not Role.PUBLIC}
    public = sum(d.role is Role.PUBLIC for d in columns.values())
    public *= not any(map(_PUPIL.search, heads[-1]))  # else it is told of pupils
    # A column whose cells are not what its heading says is told by its cells, as one without.
    kept |= _by_content(compiled, rows, {n: columns[n] for n in columns if told[n]}, heads)
    if not PERSONS & {c.datum.role for c in kept.values()}:
        return None
    kept |= _classes(compiled, rows, kept)
    return Layout(
        start=start,
        columns=kept,
        headings=frozenset(tuple(row) for row in heads),
        public=public,
        heads=frozenset(d.role for d in columns.values()),
        above=" ".join(c for row in sample[:at] for c in row if c.strip())[:500],
    )


def _like_headings(compiled: Compiled, row: list[str], columns: dict[int, Datum]) -> bool:
    """A row of headings has no values in it: no number, date or address among the cells."""
    cells = [c for n, c in enumerate(row) if c and n not in columns]
    told = (c for c in cells if any(x.isdecimal() or x == "@" for x in c))
    values = sum(any(shape.fullmatch(c) for _, shape in compiled.contents) for c in told)
    return values <= 0.4 * max(1, len(row)) or len(columns) >= 3


def _two_rows(compiled: Compiled, upper: Sequence[str], lower: Sequence[str]) -> dict[int, Datum]:
    """Columns named by a group above and a heading below, such as Mother: Name, Mobile."""
    filled = [c for c in upper if c.strip()]
    if len(filled) < 2 or not named(compiled, lower) or len(filled) > 0.8 * len(lower):
        return {}
    made, group = {}, ""
    for n, cell in enumerate(lower[:500]):
        above = upper[n].strip() if n < len(upper) else ""
        group = above or group
        low = cell.strip()
        datum = (
            (compiled.headings.get(f"{heading(group)} {heading(low)}") if low and group else None)
            or datum_of(compiled, low)
            or (datum_of(compiled, above) if not low else None)
        )
        if datum:
            made[n] = datum
    return made


def _by_content(
    compiled: Compiled, rows: Rows, known: dict[int, Datum], heads: list[list[str]]
) -> dict[int, Column]:
    """Columns without a known heading whose cells leave no doubt."""
    width = min(max((len(r) for r in rows), default=0), MOST_COLUMNS)
    found = {}
    for n in range(width):
        if n in known:
            continue
        headed = any(n < len(row) and row[n] for row in heads)
        column = by_content(compiled, sampled(rows, n), headed=headed)
        if column:
            found[n] = column
    return _paired(compiled, rows, found)


def _classes(compiled: Compiled, rows: Rows, known: dict[int, Column]) -> dict[int, Column]:
    """Columns of classes beside names, whatever an office calls them: Cl, Gp, 26/27."""
    if not any(c.datum.role in NAMES and c.share >= 0.6 for c in known.values()):
        return {}
    width = min(max((len(r) for r in rows), default=0), MOST_COLUMNS)
    found = {}
    for n in range(width):
        told = None if n in known else by_content(compiled, sampled(rows, n), headed=False)
        if told and told.datum.id == "registration-group":
            found[n] = told
    return found


def _paired(compiled: Compiled, rows: Rows, found: dict[int, Column]) -> dict[int, Column]:
    """Of two columns of single names, the surnames are those that are more so than the other."""
    single = [n for n, c in found.items() if c.datum.role in {Role.SURNAME, Role.FORENAME}]
    if len(single) != 2 or len({found[n].datum.role for n in single}) == 2:
        return found
    shares = {n: name_shares(compiled, sampled(rows, n)) for n in single}
    last = max(single, key=lambda n: shares[n][1] - shares[n][0])
    for n in single:
        datum = compiled.by_id["surname" if n == last else "forename"]
        found[n] = Column(datum, headed=False, share=shares[n][n == last])
    return found
