"""What each column of a table holds: by its heading, or by its cells where no heading tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from auditor.content.detect.checksums import birth
from auditor.content.detect.compiled import Compiled, heading
from auditor.content.detect.naming import shaped, standin, uncoded
from auditor.content.detect.phrasing import OWNERS, TAILS
from auditor.personal import Datum, Role

YOUNGEST = 2
"""Age in years of a nursery's youngest: later dates without a heading are no dates of birth."""
WEAK = frozenset({Role.BIRTH, Role.FACT, Role.SCHOOL})
"""What only a column without any heading is taken for by its cells."""
MEMO = 20_000
"""Cells of which it is remembered whether they are headings."""
AGREE = 30
"""Cells of a column that are held against its shape."""
NAMES = frozenset({Role.SURNAME, Role.FORENAME, Role.NAME, Role.SOME_NAME, Role.BESIDE})
_OF_A_YEAR = re.compile(r"20\d\d")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column whose content is known."""

    datum: Datum
    headed: bool
    """Whether a heading says so; otherwise its cells do."""
    share: float
    """Share of its cells that are what they should be, by list, check or shape."""


def datum_of(compiled: Compiled, cell: str) -> Datum | None:
    """The datum that a heading announces, by itself or without the words around it."""
    if not cell or len(cell) > 120 or cell[0].isdecimal():
        return None
    memo = compiled.memo
    if cell not in memo:
        if len(memo) > MEMO:
            memo.clear()
        memo[cell] = _datum_of(compiled, cell)
    return memo[cell]


def _datum_of(compiled: Compiled, cell: str) -> Datum | None:
    found = compiled.headings.get(heading(cell))
    if found:
        return found
    if "(" in cell or "[" in cell:
        found = compiled.headings.get(heading(_BRACKETS.sub(" ", cell)))
        if found:
            return found
    return _bare(compiled, heading(_BRACKETS.sub(" ", cell)).split())


def _bare(compiled: Compiled, words: list[str]) -> Datum | None:
    """The heading without whose it is and without remarks."""
    if len(words) > 7:
        return None
    for cut in range(min(3, len(words))):
        if cut and words[cut - 1] not in OWNERS:
            break
        rest = words[cut:]
        while rest:
            found = compiled.headings.get(" ".join(rest))
            if found and not (found.role is Role.PUBLIC and cut):
                return found
            if rest[-1] not in TAILS and not _OF_A_YEAR.fullmatch(rest[-1]):
                break
            rest = rest[:-1]
    return None


def named(compiled: Compiled, row: Sequence[str]) -> dict[int, Datum]:
    """The columns that a row of headings names."""
    found = ((n, datum_of(compiled, cell)) for n, cell in enumerate(row[:500]))
    return {n: d for n, d in found if d}


def sampled(rows: Sequence[Sequence[str]], column: int) -> list[str]:
    """Filled cells of a column, spread over the rows."""
    cells = [r[column].strip() for r in rows if column < len(r) and r[column].strip()]
    return cells[:: max(1, len(cells) // AGREE)][:AGREE]


def agreeing(compiled: Compiled, datum: Datum, cells: list[str]) -> Column | None:
    """The column, when its cells look like what the heading says; None when they do not."""
    if not cells:
        return None
    if datum.role in NAMES:
        return _names(compiled, datum, cells)
    shape = compiled.values.get(datum.id)
    fits = sum(shape.fullmatch(c) is not None for c in cells) / len(cells) if shape else 1.0
    return Column(datum, headed=True, share=fits) if fits >= 0.3 else None


def _names(compiled: Compiled, datum: Datum, cells: list[str]) -> Column | None:
    cells = [uncoded(c) for c in cells]
    real = [c for c in cells if not standin(c)]
    fits = sum(shaped(c) for c in real)
    if fits < 0.5 * len(cells):
        return None
    listed = compiled.naming
    told = {
        Role.SURNAME: listed.surname_cell,
        Role.FORENAME: listed.forenames_cell,
    }.get(datum.role, lambda c: listed.full(c) or (len(c.split()) == 1 and listed.plain(c)))
    return Column(datum, headed=True, share=sum(map(told, real)) / len(cells))


def by_content(compiled: Compiled, cells: list[str], *, headed: bool) -> Column | None:
    """What a column without a known heading holds, when its cells leave no doubt.

    Args:
        compiled: The definitions.
        cells: Some of its cells.
        headed: Whether it has a heading of its own, so that codes and dates are what that says.
    """
    if len(cells) < 2:
        return None
    for datum, shape in compiled.contents:
        if headed and datum.role in WEAK:
            continue
        fits = [c for c in cells if shape.fullmatch(c)]
        if len(fits) < 0.9 * len(cells):
            continue
        check = compiled.checks.get(datum.check)
        if datum.role is Role.BIRTH:
            check = partial(_born, today=compiled.year)
        if datum.check in {"uln", "nhs"} and len(fits) < 4:
            continue  # one number in eleven passes by chance
        if check and sum(map(check, fits)) < 0.8 * len(fits):
            continue
        return Column(datum, headed=False, share=len(fits) / len(cells))
    return _names_by_content(compiled, cells)


def _born(cell: str, today: int) -> bool:
    years = re.findall(r"(?:19|20)\d\d", cell)
    return birth(cell, today) and all(int(y) <= today - YOUNGEST for y in years)


def _names_by_content(compiled: Compiled, cells: list[str]) -> Column | None:
    if len(set(cells)) < 0.3 * len(cells) or not all(len(c) <= 60 for c in cells):
        return None
    listed = compiled.naming
    cells = [uncoded(c) for c in cells]
    if sum(c[:1].isupper() for c in cells) < 0.8 * len(cells):
        return None
    whole = sum(map(listed.full, cells)) / len(cells)
    first, last = name_shares(compiled, cells)
    name, share = max(("forename", first), ("surname", last), key=lambda s: s[1])
    if whole >= 0.6:
        name, share = "full-name", whole
    datum = compiled.by_id.get(name)
    return Column(datum, headed=False, share=share) if datum and share >= 0.6 else None


def name_shares(compiled: Compiled, cells: list[str]) -> tuple[float, float]:
    """How many of the cells are forenames, and how many surnames."""
    listed, many = compiled.naming, max(len(cells), 1)
    return (
        sum(map(listed.forenames_cell, cells)) / many,
        sum(map(listed.surname_cell, cells)) / many,
    )


def plain_names(columns: Iterable[Column]) -> bool:
    """Whether these columns name a person whole."""
    roles = {c.datum.role for c in columns}
    return {Role.SURNAME, Role.FORENAME} <= roles or Role.NAME in roles
