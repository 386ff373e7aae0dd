"""Letters, minutes, logs and plans: the people that running text names and what it says of them.

Names by themselves are everywhere. What makes a text personal data here is a person named close
to a fact about that person, or a kind of document that is about a person by nature. Guidance has
the facts without the people, a novel the people without the facts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from auditor.content.detect.compiled import CONTEXT, Compiled
from auditor.content.detect.naming import Naming
from auditor.content.detect.persons import Person, named, proper, roll
from auditor.content.detect.phrasing import (
    GENERIC,
    MADE_UP,
    PAST,
    PRESENT,
    RULE,
    SENTENCE,
    SPEECH,
)
from auditor.personal import Datum, RecordKind, Role

MOST = 300_000
"""Bytes of a document that are read for names."""
HITS = 300
"""Places of one kind of fact that are looked at."""


@dataclass(slots=True)
class Narrative:
    """What a text says of whom."""

    persons: dict[tuple[str, ...], Person] = field(default_factory=dict)
    data: dict[str, Datum] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    """How often the words of each datum were met."""
    school: int = 0
    words: int = 0
    rules: int = 0
    speech: int = 0
    past: bool = False
    """Whether it names years long gone."""
    present: bool = False
    """Whether it names years of this century."""
    made_up: int = 0
    """Different words that say that the people are not real."""
    record: RecordKind | None = None
    listed: list[str] = field(default_factory=list)
    """Names of a register: lines that are a name and little else."""

    def subjects(self) -> list[Person]:
        """The people whom the text is about: those of whom it tells facts, holders of posts not."""
        found = [p for p in self.persons.values() if p.facts and not p.office and p.sure]
        others = [p for p in found if not (p.writes or p.titled)]
        return others or [p for p in found if not p.titled] or found


def read(compiled: Compiled, head: bytes, words: list[tuple[Datum, Any]]) -> Narrative:
    """The people and facts of a text.

    Args:
        compiled: The definitions.
        head: The text's beginning, UTF-8.
        words: The word lists that were met in it.
    """
    head = head[:MOST]
    told = Narrative(words=head.count(b" ") + head.count(b"\n"))
    found: list[tuple[int, Datum]] = []
    for datum, finder in words:
        if datum.role in CONTEXT:
            told.school += len(_places(finder, head, 20))
        else:
            hits = _places(finder, head, HITS)
            told.data[datum.id] = datum
            told.counts[datum.id] += len(hits)
            found += [(at, datum) for at in hits]
    phrases = _phrases(compiled, head) if told.school or found else set()
    kinds = [k for k in compiled.kinds if k.phrases and met(k, phrases) >= k.least]
    if found or any(k.enough for k in kinds):
        told.rules = len(RULE.findall(head))
        told.past, told.present = bool(PAST.search(head)), bool(PRESENT.search(head))
        told.made_up = len({m.lower() for m in MADE_UP.findall(head)})
        told.speech = len(SPEECH.findall(head))
        _people(compiled.naming, head, found, told)
    people = sum(p.sure for p in told.persons.values())
    told.record = next((k for k in kinds if people >= k.people), None)
    if told.school and not told.subjects():
        told.listed = roll(compiled.naming, head)
    return told


def met(kind: RecordKind, phrases: set[str]) -> int:
    """How many of a kind's phrases are there."""
    return sum(p in phrases for p in kind.phrases)


def _phrases(compiled: Compiled, head: bytes) -> set[str]:
    return {m.group().lower().decode() for m in compiled.phrases.finditer(head[:60_000])}


def _places(finder: Any, head: bytes, most: int) -> list[int]:
    places = []
    for match in finder.finditer(head):
        places.append(match.start())
        if len(places) >= most:
            break
    return places


def _people(naming: Naming, head: bytes, found: list[tuple[int, Datum]], told: Narrative) -> None:
    bounds = [0, *(m.end() for m in SENTENCE.finditer(head))]
    facts: dict[int, list[Datum]] = {}
    for at, datum in found:
        if not GENERIC.search(head[max(0, at - 60) : at]):
            facts.setdefault(bisect_right(bounds, at) - 1, []).append(datum)
    mentions: list[tuple[int, Person]] = []
    for n in _worth(len(bounds), facts):
        start, end = bounds[n], bounds[n + 1] if n + 1 < len(bounds) else len(head)
        text = head[start : min(end, start + 5_000)].decode("utf-8", "replace")
        mentions += [(n, person) for person in named(naming, text, told.persons)]
    plain = head[:60_000].decode("utf-8", "replace")
    for person in {id(p): p for _, p in mentions}.values():
        person.sure = person.sure or proper(person, plain)
    for n, person in mentions:
        for near in (n - 1, n, n + 1):
            for datum in facts.get(near, ()):
                person.facts[datum.id] += 2 if near == n else 1


def _worth(sentences: int, facts: dict[int, list[Datum]]) -> Iterable[int]:
    """The sentences that are read for names: all of a letter, those near facts of a book."""
    if sentences <= 400:
        return range(sentences)
    near = {n + d for n in facts for d in range(-3, 4) if 0 <= n + d < sentences}
    return sorted(near | set(range(60)))


def about(told: Narrative) -> bool:
    """Whether the text is about people, and not a rule for all or a tale."""
    subjects = told.subjects()
    grave = [p for p in subjects if _grave(told, p)]
    mentions = sum(p.times for p in subjects)
    facts = sum(told.counts.values())
    dense = facts * 1000 >= 2 * max(told.words, 1)
    old = told.past and not told.present
    tale = (
        old
        or (told.words > 1500 and not dense)
        or (told.speech > 3 and told.speech * 1000 > 3 * told.words)
    )
    rules = (
        told.rules > 3
        and told.rules * 1000 > 9 * max(told.words, 80)
        and mentions * 6 < facts + told.rules
    )
    if told.listed:
        return True
    if tale or rules or told.made_up > 1:
        return False
    if told.record and told.record.enough and (_central(told) or told.record.people > 1):
        return True
    return any(
        (told.school or told.record) and (p.times > 1 or sum(p.facts.values()) > 1) for p in grave
    ) or any(_cared_for(told, p) or (len(p.facts) > 1 and p.times > 1) for p in grave)


def _central(told: Narrative) -> bool:
    """Whether somebody without a post or title is named as whom the document is about."""
    return any(p.sure and not (p.office or p.titled or p.writes) for p in told.persons.values())


def _cared_for(told: Narrative, person: Person) -> bool:
    """Whether what is told of a person comes from the language of schools and care alone."""
    care = (n for f, n in person.facts.items() if f in told.data and told.data[f].who == "pupils")
    return sum(care) >= 3


def _grave(told: Narrative, person: Person) -> bool:
    return any(told.data[f].role is Role.FACT for f in person.facts if f in told.data)
