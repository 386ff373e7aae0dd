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

from auditor.content.detect import intimacy
from auditor.content.detect.compiled import CONTEXT, Compiled
from auditor.content.detect.naming import Naming
from auditor.content.detect.persons import Person, Persons, heading_name, named, proper
from auditor.content.detect.phrasing import (
    DATED,
    GENERIC,
    GOES_ON,
    MADE_UP,
    PAST,
    PRESENT,
    RULE,
    SCENES,
    SENTENCE,
    SINGULAR,
    SPEECH,
    TALE,
    TAUGHT,
    YOURS,
)
from auditor.personal import Datum, RecordKind, Role

MOST = 300_000
"""Bytes of a document that are read for names."""
HITS = 300
"""Places of one kind of fact that are looked at."""


_EMPLOYED = frozenset({"employment", "bank-details", "dbs-certificate"})
ENOUGH = 5
"""The score of a person from which a text is personal data about that person."""


@dataclass(slots=True)
class Narrative:
    """What a text says of whom."""

    persons: dict[tuple[str, ...], Person] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    """How often the words of each datum were met."""
    school: int = 0
    words: int = 0
    rules: int = 0
    speech: int = 0
    scenes: int = 0
    """Marks of a play: acts, scenes, who enters, who speaks."""
    past: bool = False
    """Whether it names years long gone."""
    present: bool = False
    """Whether it names years of this century."""
    dated: bool = False
    """Whether it says when something happened."""
    own: int = 0
    """How often it says you and your."""
    of_staff: set[str] = field(default_factory=set)
    """Different words of employment."""
    made_up: int = 0
    """Different words that say that the people are not real."""
    record: RecordKind | None = None
    listed: list[str] = field(default_factory=list)
    """Names of a register: lines that are a name and little else."""
    short: bool = False
    """Whether it is a note, in which a name does not stand by chance."""
    absent: bool = False
    """Whether the writer says that he or she cannot come, and why."""
    first: bool = False
    """Whether somebody tells of himself or herself in it."""

    def subjects(self) -> list[Person]:
        """The people whom the text is about."""
        scores = [(p, p.score(dated=self.dated)) for p in self._open()]
        best = max((s for _, s in scores), default=0)
        if best < ENOUGH and (warm := self.warm()):
            return warm
        return [p for p, s in scores if s >= ENOUGH or (s == best >= 3) or (p.facts and p.acts)]

    def best(self) -> int:
        """The score of the person of whom most is told."""
        return max((p.score(dated=self.dated) for p in self._open()), default=0)

    def warm(self) -> list[Person]:
        """The people of whom a note tells."""
        if not self.short:
            return []
        known = [p for p in self.persons.values() if p.sure and p.known and any(p.name)]
        private = [p for p in known if not p.office]
        if self.absent or (self.first and sum(self.counts.values()) > 1):
            others = [p for p in known if p.writes or p.office]
        else:
            others = []
        private = [p for p in private if not p.writes or p.greeted]
        named = [p for p in private if not p.titled] or [p for p in private if p.entry]
        words, least = intimacy.enough(self.words)
        told = [
            p
            for p in named
            if intimacy.shown(p, self.words)
            and len(p.warm) + len(p.facts) >= words
            and intimacy.warmth(p, dated=self.dated) >= least
        ]
        return told or [p for p in others if len(p.warm) or self.counts]

    def _open(self) -> list[Person]:
        """Those who can be subjects: not the writers and holders of posts, unless all are."""
        sure = [p for p in self.persons.values() if p.sure and not p.office]
        others = [p for p in sure if not (p.titled or p.writes)]
        return others or [p for p in sure if p.owns or p.entry or (p.alone and not p.writes)]


@dataclass(slots=True)
class _Sentence:
    """What is told in one sentence, whoever it is told of."""

    facts: set[tuple[str, str]] = field(default_factory=set)
    life: set[str] = field(default_factory=set)


def read(
    compiled: Compiled,
    head: bytes,
    words: list[tuple[Datum, Any]],
    *,
    numbers: bool = False,
    place: str = "",
) -> Narrative:
    """The people and facts of a text.

    Args:
        compiled: The definitions.
        head: The text's beginning, UTF-8.
        words: The word lists that were met in it.
        numbers: Whether it has numbers that are somebody's.
        place: What its file and the folders around it are called.
    """
    head = intimacy.written(compiled.naming, head[:MOST])
    told = Narrative(words=head.count(b" ") + head.count(b"\n"))
    found: list[tuple[int, Datum, str]] = []
    for datum, finder in words:
        hits = _places(finder, head)
        if datum.role in CONTEXT:
            told.school += len(hits)
        else:
            told.counts[datum.id] += len(hits)
        found += [(at, datum, word) for at, word in hits]
    phrases = _phrases(compiled, head) if found else set()
    kinds = [k for k in compiled.kinds if k.phrases and met(k, phrases) >= k.least]
    short = told.words <= intimacy.SHORT
    if numbers or told.counts or told.school > 1 or short or any(k.enough for k in kinds):
        told.rules = len(RULE.findall(head))
        told.past, told.present = bool(PAST.search(head)), bool(PRESENT.search(head))
        told.dated = bool(DATED.search(head[:20_000]))
        told.made_up = len({m.lower() for m in MADE_UP.findall(head)})
        told.own = len(YOURS.findall(head[:20_000]))
        told.of_staff = {word for _, datum, word in found if datum.id in _EMPLOYED}
        told.speech = len(SPEECH.findall(head))
        told.scenes = len({m.upper()[:5] for m in SCENES.findall(head[:40_000])})
        told.scenes += 2 * bool(TALE.search(head))
        plain = head[: intimacy.SHORT * 12].decode("utf-8", "replace") if short else ""
        told.short = short and not (intimacy.public(plain) or TAUGHT.search(place))
        told.absent = told.short and intimacy.absent(plain)
        told.first = told.short and len(intimacy.FIRST.findall(plain)) > 1
        _people(compiled.naming, head, found, told)
        private = [p for p in told.persons.values() if p.sure and not (p.titled or p.office)]
        if told.short and told.words <= intimacy.PARAGRAPH and len(private) == 1:
            private[0].warm = intimacy.words(plain)  # all of it is about the one who is named
        elif told.short and told.words <= intimacy.PARAGRAPH:
            intimacy.title(plain, private)
    people = sum(p.sure for p in told.persons.values())
    told.record = next((k for k in kinds if people >= k.people), None)
    return told


def met(kind: RecordKind, phrases: set[str]) -> int:
    """How many of a kind's phrases are there."""
    return sum(p in phrases for p in kind.phrases)


def _phrases(compiled: Compiled, head: bytes) -> set[str]:
    return {m.group().lower().decode() for m in compiled.phrases.finditer(head[:60_000])}


def _places(finder: Any, head: bytes) -> list[tuple[int, str]]:
    places = []
    for match in finder.finditer(head):
        places.append((match.start(), match.group().decode("utf-8", "replace").lower()))
        if len(places) >= HITS:
            break
    return places


def _people(
    naming: Naming, head: bytes, found: list[tuple[int, Datum, str]], told: Narrative
) -> None:
    bounds = [0, *(m.end() for m in SENTENCE.finditer(head))]
    tells = _sentences(head, bounds, found)
    mentions: list[tuple[int, Person]] = []
    for n in _worth(len(bounds), tells):
        start, end = bounds[n], bounds[n + 1] if n + 1 < len(bounds) else len(head)
        text = head[start : min(end, start + 5_000)].decode("utf-8", "replace")
        mentions += [(n, person) for person in named(naming, text, told.persons)]
    _vouch(head, told.persons)
    for n, person in mentions:
        start, end = bounds[n], bounds[n + 2] if n + 2 < len(bounds) else len(head)
        if told.short:
            before = bounds[n - 1] if n else 0
            person.warm |= intimacy.words(head[before:end].decode("utf-8", "replace"))
        person.alone = person.alone or bool(SINGULAR.search(head[start : min(end, start + 600)]))
        goes_on = n + 1 < len(bounds) and GOES_ON.match(head, bounds[n + 1])
        for near in (n - 1, n, n + 1):
            if near in tells:
                same = near == n or (near == n + 1 and goes_on)
                (person.facts if same else person.near).update(tells[near].facts)
                person.life |= tells[near].life


def _vouch(head: bytes, persons: Persons) -> None:
    """Makes sure of names that no list knows, where nothing else can be meant."""
    top = heading_name(head[:1_500].decode("utf-8", "replace"))
    if top:
        persons.setdefault(top, Person(top, times=1)).entry = True
        persons[top].sure = True
    plain = head[:60_000].decode("utf-8", "replace")
    for person in persons.values():
        person.sure = person.sure or proper(person, plain)
    if sum(p.entry and p.sure for p in persons.values()) > 1:
        for person in persons.values():
            person.sure = person.sure or person.entry


def _sentences(
    head: bytes, bounds: list[int], found: list[tuple[int, Datum, str]]
) -> dict[int, _Sentence]:
    """What each sentence tells; what it says of pupils in general is left out."""
    tells: dict[int, _Sentence] = {}
    for at, datum, word in found:
        sentence = tells.setdefault(bisect_right(bounds, at) - 1, _Sentence())
        if datum.role is not Role.FACT:
            sentence.life.add(word.rstrip("s"))
        elif not GENERIC.search(head[max(0, at - 60) : at]):
            sentence.facts.add((datum.id, word))
    return tells


def _worth(sentences: int, tells: dict[int, _Sentence]) -> Iterable[int]:
    """The sentences that are read for names: all of a letter, those near facts of a book."""
    if sentences <= 400:
        return range(sentences)
    told = [n for n, s in tells.items() if s.facts]
    near = {n + d for n in told for d in range(-3, 4) if 0 <= n + d < sentences}
    return sorted(near | set(range(60)))


def about(told: Narrative) -> bool:
    """Whether the text is about people, and not a rule for all or a tale."""
    if told.listed:
        return True
    if _tale(told) or _rule(told) or told.made_up > 1:
        return False
    if told.record and told.record.enough and (_central(told) or told.record.people > 1):
        return True
    if told.warm() and not told.made_up:
        return True
    entries = [p for p in told.persons.values() if p.sure and p.entry and all(p.name)]
    if len(entries) >= 3 and told.school >= len(entries) and not told.made_up:
        return True
    return (told.best() >= ENOUGH and not _sparse(told)) or _addressed(told)


def _addressed(told: Narrative) -> bool:
    """Whether a letter tells one member of staff of that person's own employment."""
    greeted = [p for p in told.persons.values() if p.greeted]
    return len(greeted) == 1 and told.own > 1 and len(told.of_staff) > (not told.short)


def named_plainly(told: Narrative) -> bool:
    """Whether somebody is named who is not just the writer, in what is no tale and no rule."""
    return _central(told) and not (_tale(told) or _rule(told) or told.made_up > 1)


def against(told: Narrative) -> list[str]:
    """What speaks against a text being about people of a school, in words."""
    return [
        why
        for why, holds in (
            ("it reads as a story or as history", _tale(told)),
            ("it tells of people too seldom for its length", _sparse(told)),
            ("it says what is to be done for anybody, as a policy does", _rule(told)),
            ("it says that the people are made up", told.made_up > 1),
        )
        if holds and told.words
    ]


def _tale(told: Narrative) -> bool:
    """Whether it is a story or history: people of long ago or much speech."""
    if told.scenes > 1:
        return True
    spoken = told.speech > 3 and told.speech * 1000 > 3 * told.words
    return (told.past and not told.present) or spoken


def _sparse(told: Narrative) -> bool:
    """Whether facts are few and far between, as in a book."""
    return told.words > 700 and sum(told.counts.values()) * 1000 < 2 * told.words


def _rule(told: Narrative) -> bool:
    """Whether it says what is to be done for anybody, and names few to whom it was done."""
    mentions = sum(p.times for p in told.subjects())
    facts = sum(told.counts.values())
    many = told.rules > 3 and told.rules * 1000 > 9 * max(told.words, 80)
    return many and mentions * 6 < facts + told.rules


def _central(told: Narrative) -> bool:
    """Whether somebody is named as whom the document is about."""
    of_staff = told.record is not None and told.record.who == "staff"
    return any(
        p.sure and ((of_staff and (p.facts or p.entry)) or not (p.office or p.titled or p.writes))
        for p in told.persons.values()
    )
