"""Counting things for a condition, quickly and without taking the unseen for absent.

Hundred thousand files look alike to a rule that asks for their category and folder, so that each
sort is judged once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
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

    def add(self, things: list[Any], truth: bool | None) -> None:
        """Counts things for which a condition has this answer."""
        if truth is False:
            return
        for thing in things:
            people = getattr(thing, "people", None)
            if isinstance(people, Range):
                group = getattr(thing, "same_people", 0)
                known = self.largest.get(group, 0) if group else 0
                more = max(people.high - known, 0)
                self.people_high = min(self.people_high + more, UNBOUNDED)
                if group:
                    self.largest[group] = known + more
                if truth:
                    self.people_low = max(self.people_low, people.low)
        if truth:
            self.surely += len(things)
        else:
            self.maybe += len(things)

    def number(self, hidden: int) -> Range:
        """How many there are, where `hidden` more may be unseen."""
        return Range(low=self.surely, high=min(self.surely + self.maybe + hidden, UNBOUNDED))

    def people(self, hidden: int) -> Range:
        """The people in them: the same list twice is the same people."""
        return Range(low=self.people_low, high=UNBOUNDED if hidden else self.people_high)


def alike(things: Iterable[Any], paths: tuple[str, ...]) -> Iterator[list[Any]]:
    """The things in groups that look alike in the fields of some paths."""
    of: dict[Any, list[Any]] = {}
    key = _key(paths)
    for thing in things:
        of.setdefault(key(thing), []).append(thing)
    yield from of.values()


def _key(paths: tuple[str, ...]) -> Callable[[Any], Any]:
    plain = [attrgetter(p) for p in paths if "." not in p]
    inside = [attrgetter(p.split(".", 1)[0]) for p in paths if "." in p]

    def key(thing: Any) -> Any:
        if isinstance(thing, dict):  # of an example
            return id(thing)
        return (*(get(thing) for get in plain), *(id(get(thing)) for get in inside))

    return key


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
