"""The people whom running text names: letters, logs and registers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from auditor.content.detect.naming import Naming, fold, standin
from auditor.content.detect.phrasing import (
    ACTS,
    ENTRY,
    HELD,
    HOLDS,
    INTRODUCING,
    LEADING,
    LETTER,
    LOWER,
    NAME,
    PARENT_OF,
    PLACES,
    POSSESSIVE,
    ROLL,
    SAINT,
    SCHOOL,
    STOP,
    TITLES,
)

Persons = dict[tuple[str, ...], "Person"]


@dataclass(slots=True)
class Person:
    """Somebody whom the text names."""

    name: tuple[str, ...]
    """Forename and surname, folded; one of them may be missing."""
    titled: bool = False
    """Known with a title: an adult, by custom staff or a parent."""
    office: bool = False
    """Named as the holder of a post."""
    writes: bool = False
    """Who writes or is written to: greeted, signing, in the head of a mail."""
    sure: bool = False
    """Whether a list knows the name or a word introduced it."""
    times: int = 0
    entry: bool = False
    """Whether a word or the start of a line introduced the name."""
    acts: bool = False
    """Whether a verb of people follows the name once, or a class."""
    inside: int = 0
    """How often the name stands within a sentence, where only a name has a capital letter."""
    facts: Counter[str] = field(default_factory=Counter)
    """Ids of data told close to the name."""


def named(naming: Naming, text: str, persons: Persons) -> Iterator[Person]:
    """The people named in a sentence, each time that they are."""
    for match in NAME.finditer(text):
        words = POSSESSIVE.sub("", match[0]).split()
        while len(words) > 1 and fold(words[0]) in STOP:
            words = words[1:]
        if fold(words[0]) in TITLES:
            if len(words) > 1 and fold(words[-1]) not in STOP:
                person = _met(persons, ("", fold(words[-1])), titled=True, sure=True)
                yield _placed(person, text, match)
            continue
        if SAINT.search(text[max(0, match.start() - 12) : match.start()]):
            continue
        introduced = _introduced(text[max(0, match.start() - 40) : match.start()]) or bool(
            ENTRY.match(text[match.end() :][:3])
            and not text[: match.start()].rpartition("\n")[2].strip("-* \t")
        )
        if not introduced and len(words) > 1 and fold(words[0]) in INTRODUCING:
            words, introduced = words[1:], True
        name = _whole(naming, words, introduced=introduced)
        if name:
            person = _placed(_met(persons, name[0], sure=name[1]), text, match)
            person.entry = person.entry or introduced
            yield person


def _introduced(before: str) -> bool:
    last = before.rstrip(" \t:,").rpartition(" ")[2].lower()
    return last in INTRODUCING or (last == "of" and bool(PARENT_OF.search(before)))


def _placed(person: Person, text: str, match: re.Match[str]) -> Person:
    """Notes whether somebody is named as the holder of a post, or as writing or written to."""
    at = match.start() + len(LEADING.match(match[0])[0])  # type: ignore[index]
    before, after = text[max(0, at - 40) : at], text[match.end() :][:60]
    person.office = person.office or bool(HOLDS.match(after) or HELD.search(before))
    person.acts = person.acts or bool(ACTS.match(after))
    person.inside += text[: match.start()].rstrip(" ").endswith(tuple(LOWER))
    alone = match[0] == text.strip(" \t\r\n,") and " " not in match[0]
    person.writes = person.writes or alone or bool(LETTER.search(before))
    return person


def _whole(
    naming: Naming, words: list[str], *, introduced: bool
) -> tuple[tuple[str, ...], bool] | None:
    """Forename and surname among capitalised words, and whether that is sure."""
    for n, word in enumerate(words):
        first = fold(word)
        if any(fold(w) in PLACES for w in words[n + 1 :]) or standin(" ".join(words[n : n + 2])):
            return None
        if first in STOP or len(first) < 2 or (word.isupper() and len(word) < 3):
            continue
        rest = [w for w in words[n + 1 :] if fold(w) not in STOP]
        found = _listed(naming, word, rest, introduced=introduced)
        if found is None and n == 0 and not naming.forename(word):
            found = _unlisted(word, rest, len(words))
        if found:
            return found
    return None


def _listed(
    naming: Naming, word: str, rest: list[str], *, introduced: bool
) -> tuple[tuple[str, ...], bool] | None:
    """A name whose forename a list knows, or that a word introduced."""
    first, last = fold(word), fold(rest[-1]) if rest else ""
    if naming.forename(word):
        if not last:
            return ((first, ""), naming.plain(word)) if len(word) > 2 else None
        sure = naming.plain(word) or naming.surname(rest[-1])
        both_words = first in naming.words and last in naming.words
        return (first, last), sure and (not both_words or introduced)
    return ((first, last), True) if introduced and last else None


def _unlisted(word: str, rest: list[str], many: int) -> tuple[tuple[str, ...], bool] | None:
    """What may be a name that no list knows; never sure by itself."""
    first, last = fold(word), fold(rest[-1]) if rest else ""
    if last and len(rest) == 1 and many < 4 and min(len(first), len(last)) > 2:
        return (first, last), False
    if not rest and many == 1 and len(first) > 2 and not word.isupper():
        return (first, ""), False
    return None


def _met(
    persons: Persons,
    name: tuple[str, ...],
    *,
    titled: bool = False,
    sure: bool = False,
) -> Person:
    known = persons.get(name)
    if known is None and not name[1]:
        # A forename alone is the person who was named whole before.
        known = next((p for n, p in persons.items() if n[0] == name[0] and n[1]), None)
    if known is None and name[0] and name[1] and (first := persons.pop((name[0], ""), None)):
        known = persons[name] = first
        known.name = name
    if known is None and not name[1] and not sure:
        known = persons.get(("", name[0]))
    if known is None:
        known = persons[name] = Person(name, titled=titled)
    known.times += 1
    known.sure = known.sure or sure
    return known


def proper(person: Person, text: str) -> bool:
    """Whether a name that no list vouches for can be nothing else.

    It stands within sentences, more than once or beside a verb of people, and never as a word.
    """
    if not person.inside or (person.times < 2 and not person.acts):
        return False
    return not any(n and re.search(rf"\b{re.escape(n)}\b", text) for n in person.name)


def roll(naming: Naming, head: bytes) -> list[str]:
    """The names of a register: lines that are a name and little else, under a word of school."""
    text = head[:60_000].decode("utf-8", "replace")
    if not SCHOOL.search(text[:2_000]):
        return []
    lines = [line for line in (raw.strip() for raw in text.splitlines()) if line]
    if len(lines) < 4 or len(lines) > 2_000:
        return []
    found = [m[1].strip(" ,") for line in lines if (m := ROLL.match(line))]
    found = [n for n in found if not any(fold(w) in STOP for w in n.split())]
    sure = sum(map(naming.full, found))
    return found if sure >= max(3, 0.5 * len(lines)) else []
