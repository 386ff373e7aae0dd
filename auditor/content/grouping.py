"""Files about the same people, so that a list kept five times is not five times the people.

A file joins the largest file in which nearly all of its people are: a copy, an older version, a
class of the whole school's list, a letter about a pupil who stands in one. Only copies and
versions, in which nearly all of the larger file's people are as well, are the same list.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.content.crowd import Crowd, Keys, shared

NEARLY = 0.8
"""Share of a file's people who must be in another file for it to be about the same people."""
LOOKED_UP = 64
"""Keys of a file by which files that could hold its people are found."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A crowd in little memory: a sorted array for each kind of key."""

    kinds: tuple[tuple[str, array[int], int], ...]

    @classmethod
    def of(cls, crowd: Crowd) -> Packed:
        """The packed form of a crowd."""
        return cls(
            tuple((k, array("L", sorted(of.sample)), of.total) for k, of in crowd.keys.items())
        )

    def crowd(self) -> Crowd:
        """The crowd again."""
        return Crowd({k: Keys(frozenset(sample), total) for k, sample, total in self.kinds})


LIST = 4
"""People from whom on a file can be a list that is kept twice; letters about one are letters."""


def lists(files: Sequence[tuple[int, Packed]]) -> list[int]:
    """For each file the number of the list that it is a version of; 0 for what is no list."""
    some = [n for n, (people, _) in enumerate(files) if people >= LIST]
    made = [0] * len(files)
    for n, group in zip(some, groups([files[n] for n in some], both=True), strict=True):
        made[n] = group
    return made


def groups(files: Sequence[tuple[int, Packed]], *, both: bool = False) -> list[int]:
    """For each file the number of its group, from 1; 0 for a file whose people are not known.

    Args:
        files: How many people each is about, and who they are.
        both: Whether nearly all people of the larger file must be in the smaller one too.
    """
    made = [0] * len(files)
    leaders: dict[int, Crowd] = {}
    holders: dict[tuple[str, int], list[int]] = {}
    for n in sorted(range(len(files)), key=lambda n: -files[n][0]):
        crowd = files[n][1].crowd()
        if not crowd.keys:
            continue
        leader = _leader(crowd, leaders, holders, both=both)
        if leader is None:
            leader = n
            leaders[n] = crowd
            for kind, keys in crowd.keys.items():
                for key in keys.sample:
                    holders.setdefault((kind, key), []).append(n)
        made[n] = leader + 1
    return _numbered(made)


def _leader(
    crowd: Crowd,
    leaders: dict[int, Crowd],
    holders: dict[tuple[str, int], list[int]],
    *,
    both: bool,
) -> int | None:
    """The file met before that holds nearly all of these people."""
    met: Counter[int] = Counter()
    for kind, keys in crowd.keys.items():
        for key in sorted(keys.sample)[:LOOKED_UP]:
            met.update(holders.get((kind, key), ())[:50])
    for n, _ in met.most_common(5):
        within = (shared(crowd, leaders[n]) or 0.0) >= NEARLY
        if within and (not both or (shared(leaders[n], crowd) or 0.0) >= NEARLY):
            return n
    return None


def _numbered(made: list[int]) -> list[int]:
    """Groups numbered in the order of their files."""
    numbers: dict[int, int] = {0: 0}
    return [numbers.setdefault(g, len(numbers)) for g in made]
