"""Counts of what was seen in one document; the values are kept as long as the look lasts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from auditor.content.detect.look import Reason, masked
from auditor.evidence import Strength, Tally
from auditor.personal import Category, Datum

GRAVE = frozenset({Category.SPECIAL, Category.SENSITIVE, Category.CRIMINAL})
"""Categories whose loss harms most: UK GDPR Art 9 and 10, and what schools treat alike."""


@dataclass(slots=True)
class Seen:
    """The data of one document, counted."""

    data: dict[str, Datum] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    strong: set[str] = field(default_factory=set)
    """Data of which at least one value passed its check digit or stood alone."""
    first: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Where the first value of each datum stands, and the value masked."""

    def add(self, datum: Datum, where: str, value: str, count: int = 1) -> None:
        """One more value of a datum."""
        self.data[datum.id] = datum
        self.counts[datum.id] += count
        if datum.id not in self.first:
            self.first[datum.id] = (where, masked(value))

    def tallies(self, strength: Strength) -> tuple[Tally, ...]:
        """The counts, most frequent first."""
        return tuple(
            Tally(
                datum=name,
                title=self.data[name].title,
                category=self.data[name].category.value,
                count=count,
                strength=Strength.CERTAIN if name in self.strong else strength,
            )
            for name, count in sorted(self.counts.items(), key=lambda c: (-c[1], c[0]))
        )

    def reasons(self) -> tuple[Reason, ...]:
        """Where each datum was seen first, masked."""
        return tuple(
            Reason(datum=self.data[n].title, where=where, sample=sample, count=self.counts[n])
            for n, (where, sample) in self.first.items()
        )

    @property
    def grave(self) -> bool:
        """Whether a category that harms most was seen."""
        return any(d.category in GRAVE for d in self.data.values())
