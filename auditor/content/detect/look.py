"""What a look at a document gives: counts and kinds, never a value."""

from __future__ import annotations

from auditor.evidence import Range, Record, Strength, Tally


class Look(Record, frozen=True, kw_only=True):
    """The judgement on one document."""

    contents: tuple[Tally, ...]
    people: Range
    category: str
    who: tuple[str, ...]
    strength: Strength
    special: bool
    whole: bool = True
    """False when only part of it was examined closely."""


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
