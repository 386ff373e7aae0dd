"""The people of a document or file, told apart without their names: is this list that list again?

A crowd keeps hashes of what tells people apart (numbers and whole names), a sample of them where
there are many. It lives in memory while a scan runs and is never written down, since a short
identifier can be guessed from its hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zlib import crc32

from auditor.evidence import Range

MOST = 512
"""Hashes kept of one kind of key; beyond, the smallest, which are a fair sample."""
SPACE = 2**32
NAME = "name"
"""The kind of key that whole names are; other kinds are ids of data, such as `upn`."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Distinct keys of one kind: the smallest hashes and how many there are in all."""

    sample: frozenset[int]
    total: int

    @property
    def below(self) -> int:
        """The hash below which the sample is complete."""
        return SPACE if self.total <= len(self.sample) else max(self.sample, default=0)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Keys by kind. Its repr shows numbers only."""

    keys: Mapping[str, Keys] = field(default_factory=dict)

    def __repr__(self) -> str:
        """How many, never which."""
        return f"<crowd of {max((k.total for k in self.keys.values()), default=0)}>"


def keys(values: Iterable[str]) -> Keys:
    """The keys of these distinct values."""
    hashes = {crc32(v.encode("utf-8", "replace")) * 2654435761 % SPACE for v in values}
    return Keys(frozenset(sorted(hashes)[:MOST]), len(hashes))


def crowd(values: Mapping[str, Iterable[str]]) -> Crowd:
    """The crowd of these values by kind; kinds without a value are left out."""
    made = {kind: keys(of) for kind, of in values.items()}
    return Crowd({kind: k for kind, k in made.items() if k.total})


def shared(one: Crowd, other: Crowd) -> float | None:
    """The share of the people of `one` who are in `other` too.

    None when they have no kind of key in common, or too few can be compared to say.
    """
    told = [s for k in one.keys if k in other.keys for s in (_shared(one.keys[k], other.keys[k]),)]
    known = [s for s in told if s is not None]
    return max(known) if known else None


def _shared(one: Keys, other: Keys) -> float | None:
    limit = min(one.below, other.below)
    some = [h for h in one.sample if h < limit]
    if len(some) < min(8, one.total):
        return None
    return sum(h in other.sample for h in some) / len(some)


class Gathering:
    """People of several documents counted together, nobody twice as far as keys tell."""

    def __init__(self) -> None:
        self.low = self.high = 0
        self.keys: dict[str, set[int]] = {}
        self.cut: dict[str, int] = {}
        """The hash below which what is kept of a kind is complete."""

    def add(self, people: Range, members: Crowd) -> None:
        """One more document's people."""
        shares = [s for k, of in members.keys.items() for s in self._new(k, of)]
        # Without a key in common it cannot be told whether they are known already.
        known = min(shares) if shares else None
        if not self.high:
            self.low, self.high = people.low, people.high
        elif known is None:
            self.low = max(self.low, people.low)
            self.high += people.high
        else:
            self.low = max(self.low + round(people.low * known), people.low)
            self.high = max(self.high + round(people.high * known), people.high)
        for kind, of in members.keys.items():
            self._keep(kind, of)

    def people(self) -> Range:
        """How many people there are in all."""
        return Range(low=self.low, high=self.high)

    def crowd(self) -> Crowd:
        """All of them as one crowd."""
        made = {}
        for kind, kept in self.keys.items():
            cut = self.cut[kind]
            total = len(kept) if cut >= SPACE else round(len(kept) * SPACE / max(cut, 1))
            sample = frozenset(sorted(kept)[:MOST])
            made[kind] = Keys(sample, max(total, len(sample)))
        return Crowd(made)

    def _new(self, kind: str, of: Keys) -> Iterable[float]:
        """The share of these keys that nobody had before; nothing when it cannot be told."""
        if kind not in self.keys:
            return
        limit = min(of.below, self.cut[kind])
        some = [h for h in of.sample if h < limit]
        if len(some) >= min(8, of.total):
            yield sum(h not in self.keys[kind] for h in some) / len(some)

    def _keep(self, kind: str, of: Keys) -> None:
        kept = self.keys.setdefault(kind, set())
        cut = min(self.cut.get(kind, SPACE), of.below)
        kept.update(of.sample)
        if len(kept) > 8 * MOST:
            cut = min(cut, sorted(kept)[4 * MOST])
        if cut < self.cut.get(kind, SPACE):
            kept = {h for h in kept if h < cut}
        else:
            kept = {h for h in kept if h < cut} if cut < SPACE else kept
        self.keys[kind], self.cut[kind] = kept, cut
