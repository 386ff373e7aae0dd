"""What a look at a document gives: counts and kinds, never a value."""

from __future__ import annotations

from datetime import date

from auditor.content.crowd import Crowd
from auditor.evidence import Range, Record, Strength, Tally


class Look(Record, frozen=True, kw_only=True):
    """The judgement on one document, or on one file of several documents."""

    contents: tuple[Tally, ...]
    people: Range
    category: str
    """What a head teacher would call it, such as `SEN register`."""
    who: tuple[str, ...]
    strength: Strength
    special: bool
    whole: bool = True
    """False when only part of it was examined closely."""
    record: str = ""
    """Id of the kind of record under rules/records; empty when it is of none of them."""
    weight: int = 0
    """How much harm its loss does, 0 to 10; decides what a file of several documents is called."""
    dated: date | None = None
    """The end of the latest school year of which the data tell; not the file's own date."""
    keep: int = 0
    """Months after that day from which keeping it should be looked at; 0 for no advice."""
    crowd: Crowd = Crowd()
    """Who they are, as far as needed to recognise the same people elsewhere."""


class Reason(Record, frozen=True, kw_only=True):
    """One reason for a judgement, for the terminal of the person who asked."""

    datum: str
    where: str
    """Heading and column, or line."""
    sample: str
    """The first two characters, the rest masked."""
    count: int


def masked(value: str) -> str:
    """The first characters and as many dots as there are others; too short values are all dots."""
    kept = min(2, len(value) // 4)
    return value[:kept] + "•" * min(len(value) - kept, 12)
