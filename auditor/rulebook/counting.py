"""Counting things for a condition, without taking the unseen for absent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from auditor.evidence import Range
from auditor.words import UNBOUNDED

NEEDS = {"file": "unseen_files", "volume": "survey_whole"}
"""The fact that tells how many things of a kind may be there unseen; else `probes_whole`."""


@dataclass(slots=True)
class Tallied:
    """Things that meet a condition, and those that may."""

    surely: int = 0
    maybe: int = 0
    people_low: int = 0
    people_high: int = 0
    largest: dict[int, int] = field(default_factory=dict)
    """Most people of one thing, by the people that things have in common."""

    def add(self, things: Iterable[Any], holds: Callable[[Any], bool | None]) -> None:
        """Counts the things by what a condition says of each."""
        for thing in things:
            truth = holds(thing)
            if truth is False:
                continue
            self.surely += truth is True
            self.maybe += truth is None
            people = getattr(thing, "people", None)
            if isinstance(people, Range):
                self._people(people, getattr(thing, "same_people", 0), sure=truth is True)

    def _people(self, people: Range, group: int, *, sure: bool) -> None:
        """Adds people; of things that have them in common only those beyond the largest so far."""
        known = self.largest.get(group, 0) if group else 0
        more = max(people.high - known, 0)
        self.people_high = min(self.people_high + more, UNBOUNDED)
        if group:
            self.largest[group] = known + more
        if sure:
            self.people_low = max(self.people_low, people.low)

    def number(self, hidden: int) -> Range:
        """How many there are, where `hidden` more may be unseen."""
        return Range(low=self.surely, high=min(self.surely + self.maybe + hidden, UNBOUNDED))

    def people(self, hidden: int) -> Range:
        """The people in them: the same list twice is the same people."""
        high = UNBOUNDED if hidden else min(self.people_high, UNBOUNDED)
        return Range(low=self.people_low, high=high)


def hidden(kind: str, look: Callable[[str], Any]) -> int:
    """How many things of a kind may be there unseen; UNBOUNDED when nobody can say.

    Args:
        kind: What is counted.
        look: Gives the value of a fact; files are those of the volume that is judged, if any.
    """
    if kind == "file":
        found = look("volume.unseen_files")
        found = look("scan.unseen_files") if found is None else found
        return UNBOUNDED if found is None else int(found)
    return 0 if look(f"scan.{NEEDS.get(kind, 'probes_whole')}") is True else UNBOUNDED
