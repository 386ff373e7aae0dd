"""Running text: numbers, labelled dates and names, and the words of special facts."""

from __future__ import annotations

from typing import Any

from auditor.content.detect.compiled import CONTEXT, Compiled, Pattern
from auditor.content.detect.phrasing import AFTER, EXAMPLE, SAID
from auditor.content.detect.tally import Seen
from auditor.content.raw import Passage
from auditor.evidence import Range, Strength
from auditor.personal import Datum, Role

HEAD = 250_000
"""Bytes from the start of a text that are read for names, labels and addresses."""
CLOSE = 300_000
"""Bytes in which the matches of one pattern are counted; what lies beyond is estimated."""
ENOUGH = 20_000
"""Values of one pattern after which no more are counted."""


def _example(text: bytes, at: int) -> bool:
    """Whether what stands here is announced as an example: a guide explains, a record does not."""
    before = EXAMPLE.search(text, max(0, at - 120), at)
    return before is not None or AFTER.match(text, at, at + 60) is not None


class Prose:
    """What the passages of a document say of people."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.seen = Seen()
        self.values: dict[str, set[str]] = {}
        self.announced: set[str] = set()
        self.close: dict[str, int] = {}
        """Bytes looked at closely, by datum."""
        self.hit: dict[str, int] = {}
        """Bytes of the passages in which a datum was met at all."""
        self.line = 1
        self.head = b""
        self.words: dict[str, tuple[Datum, Any]] = {}
        """Word lists of which a word was met."""
        self.labels = False
        """Whether labels such as `Surname:` were met."""

    def add(self, passage: Passage, *, numbers: bool = True) -> bytes:
        """One more passage; without its numbers when its columns tell them already.

        Returns:
            What of it lies beyond the head and has words of special facts or labels in it.
        """
        room = max(HEAD - len(self.head), 0)
        new = passage.data[passage.overlap :]
        self.head += new[:room]
        hits = self.compiled.hits(passage.data)
        for pattern in hits.patterns if numbers else ():
            self._pattern(pattern, passage)
        for datum, finder in hits.words:
            self.words[datum.id] = (datum, finder)
            if datum.role not in CONTEXT:
                self._words(datum, finder, passage)
        self.labels = self.labels or hits.labels
        if hits.patterns or hits.words:
            self.line += passage.data.count(b"\n")
        told = hits.labels or any(d.role is Role.FACT for d, _ in hits.words)
        return new[room:] if told else b""

    def _pattern(self, pattern: Pattern, passage: Passage) -> None:
        datum = pattern.datum
        self.hit[datum.id] = self.hit.get(datum.id, 0) + len(passage.data)
        done = self.close.get(datum.id, 0)
        values = self.values.setdefault(datum.id, set())
        if done >= CLOSE or len(values) >= ENOUGH:
            return
        data = passage.data[: CLOSE - done] if len(passage.data) > CLOSE else passage.data
        self.close[datum.id] = done + len(data)
        for at, value in pattern.values(data):
            if at < passage.overlap or _example(passage.data, at):
                continue
            key = "".join(value.split()).upper()
            if key not in values:
                values.add(key)
                first = datum.id not in self.seen.first
                self.seen.add(datum, self._at(passage, at) if first else "", value)
            if pattern.announced or (
                datum.alone and SAID.search(passage.data, max(0, at - 60), at)
            ):
                self.announced.add(datum.id)
            if len(values) >= ENOUGH:
                break

    def _words(self, datum: Datum, finder: Any, passage: Passage) -> None:
        if datum.id not in self.seen.counts:
            match = finder.search(passage.data)
            if match:
                self.seen.add(datum, self._at(passage, match.start()), "")

    def _at(self, passage: Passage, at: int) -> str:
        before = passage.data.count(b"\n", 0, at)
        return f"line {self.line + before}"

    def drop_weak(self) -> None:
        """Forgets numbers that neither a word announced nor many of their kind make likely."""
        for name, values in self.values.items():
            datum = self.compiled.by_id[name]
            weak = not datum.alone and datum.role is Role.IDENTIFIER and name not in self.announced
            if weak and len(values) < datum.least:
                values.clear()
            if not values:
                self.seen.data.pop(name, None)
                self.seen.counts.pop(name, None)
                self.seen.first.pop(name, None)
            elif datum.check:
                self.seen.strong.add(name)

    def strength(self) -> Strength | None:
        """How sure it is that the text is about people; None when nothing says so."""
        roles = {d.role for d in self.seen.data.values()}
        strong = {n for n in self.seen.strong if self.seen.data[n].alone}
        if any(len(self.values[n]) > 1 for n in strong) or (
            strong and roles & {Role.BIRTH, Role.LABEL}
        ):
            return Strength.CERTAIN
        if Role.BIRTH in roles or (roles & {Role.IDENTIFIER} and not strong):
            return Strength.LIKELY
        if Role.LABEL in roles:
            return Strength.LIKELY if Role.FACT in roles else Strength.POSSIBLE
        if strong & self.announced:
            return Strength.LIKELY
        # One number by itself is as often the example of a guide as somebody's.
        return Strength.POSSIBLE if strong else None

    def people(self) -> Range:
        """How many people: as many as the datum with most distinct values has."""
        low, high = 1, 1
        for name, values in self.values.items():
            datum = self.compiled.by_id[name]
            if values and (datum.identifies or datum.role is Role.BIRTH):
                share = max(1.0, self.hit[name] / max(self.close.get(name, 0), 1))
                low = max(low, len(values))
                high = max(high, round(len(values) * share))
        return Range(low=low, high=high)

    @property
    def whole(self) -> bool:
        """Whether every passage with a match was looked at closely."""
        return all(self.close.get(n, 0) >= size for n, size in self.hit.items())

    def count_contacts(self) -> None:
        """Counts the addresses, postcodes and phones of a text that is about people."""
        for pattern in self.compiled.secondary:
            for at, value in pattern.values(self.head):
                before = self.head.count(b"\n", 0, at)
                self.seen.add(pattern.datum, f"line {before + 1}", value)
