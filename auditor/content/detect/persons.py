"""The people whom running text names: letters, logs and registers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from auditor.content.detect.naming import Naming, fold, standin
from auditor.content.detect.phrasing import (
    ACTS,
    CLASS,
    CONTACT,
    DOES,
    ENTRY,
    HELD,
    HOLDS,
    INTRODUCING,
    LETTER,
    LOWER,
    MONTHS,
    NAME,
    PARENT_OF,
    PLACES,
    POSSESSIVE,
    POSTED,
    RELATION,
    SAINT,
    STOP,
    TITLES,
    TOP_NAME,
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
    greeted: bool = False
    """Whether a letter begins with the name."""
    sure: bool = False
    """Whether a list knows the name, a word introduced it, or nothing else can be meant."""
    entry: bool = False
    """Whether a label or the start of an entry introduced the name."""
    acts: bool = False
    """Whether a verb of people follows the name once, or a class."""
    known: bool = False
    """Whether the list of forenames has the name, or a word or title introduces it."""
    does: bool = False
    """Whether anything is said of the person straight after the name."""
    likely: bool = False
    """Whether both names are on the lists, though both are also words."""
    owns: bool = False
    """Whether something belongs to the person that a school writes of: a mother, a plan."""
    classed: bool = False
    """Whether a class or year follows the name."""
    times: int = 0
    inside: int = 0
    """How often the name stands within a sentence, where only a name has a capital letter."""
    facts: set[tuple[str, str]] = field(default_factory=set)
    """Data and their words in sentences that name the person."""
    near: set[tuple[str, str]] = field(default_factory=set)
    """The same in the sentences around."""
    life: set[str] = field(default_factory=set)
    """Words of school and family in these sentences."""
    alone: bool = False
    """Whether one person is spoken of there: he, she."""
    warm: set[str] = field(default_factory=set)
    """Words of life around the name, in a text short enough for them to count."""

    def score(self, *, dated: bool) -> int:
        """How much is told of the person; from 5 on it is personal data.

        Args:
            dated: Whether the text says when something happened.
        """
        facts = len(self.facts)
        told = min(2 + facts, 5) - 1 if facts else 0
        told += min(len(self.near - self.facts), 2) + min(len(self.life), 3)
        told += 3 * self.owns + 2 * self.classed + 2 * self.entry + self.alone + dated
        strong = facts or self.near or self.classed or (self.owns and (dated or self.life))
        return told if strong else 0


def named(naming: Naming, text: str, persons: Persons) -> Iterator[Person]:
    """The people named in a sentence, each time that they are."""
    for match in NAME.finditer(text):
        before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() :][:6]
        if SAINT.search(before) or POSTED.match(after):
            continue
        written, after = _trimmed(match[0]), text[match.end() :][:60]
        after = match[0][len(written) :] + after
        words = POSSESSIVE.sub("", written).split()
        while len(words) > 1 and fold(words[0]) in STOP:
            words = words[1:]
        introduced = _introduced(text, match)
        begins = introduced or _begins(text, match)
        if not introduced and len(words) > 1 and fold(words[0]) in INTRODUCING:
            words, introduced = words[1:], True
        titled = fold(words[0]) in TITLES
        found = _titled(words[1:]) if titled else _whole(naming, words, introduced=introduced)
        if found:
            at = match.start() + max(match[0].find(words[found[2]]), 0)
            person = _met(persons, found[0], titled=titled, sure=found[1])
            _place(person, text[max(0, at - 40) : at], written, after)
            person.writes = person.writes or text.strip(" \t\r\n,") == match[0] == words[0]
            person.entry = person.entry or introduced or begins
            person.known = person.known or titled or introduced
            person.known = person.known or naming.forename(words[found[2]])
            person.likely = person.likely or (all(found[0]) and _both(naming, words[found[2] :]))
            yield person


def _trimmed(written: str) -> str:
    """Words with capitals without the abbreviations and days that follow a name: `EHCP Fri`."""
    words = written.split(" ")
    while len(words) > 2 and (
        fold(words[-1]) in STOP or (words[-1].isupper() and not words[0].isupper())
    ):
        words.pop()
    return " ".join(words)


def _titled(words: list[str]) -> tuple[tuple[str, ...], bool, int] | None:
    """The name after a title: a surname, with a forename where one is written out."""
    if not words or fold(words[-1]) in STOP or fold(words[0]) in PLACES:
        return None
    first = fold(words[0]) if len(words) > 1 and len(fold(words[0])) > 2 else ""
    return (first, fold(words[-1])), True, 0


def _introduced(text: str, match: re.Match[str]) -> bool:
    """Whether a label says that a name comes."""
    before = text[max(0, match.start() - 40) : match.start()]
    if before.endswith("\t"):
        return False  # the next heading of a table
    last = before.rstrip(" \t:,.").rpartition(" ")[2].rpartition("\n")[2].lower()
    return last in INTRODUCING or (last in {"of", "is"} and PARENT_OF.search(before) is not None)


def _begins(text: str, match: re.Match[str]) -> bool:
    """Whether a line begins with the name and a dash or colon: an entry about somebody."""
    begins = not text[: match.start()].rpartition("\n")[2].strip("-* \t")
    return begins and bool(ENTRY.match(text[match.end() :][:3]))


def _place(person: Person, before: str, written: str, after: str) -> None:
    """Notes what stands around a name: a post, a greeting, a class, what belongs to the person."""
    person.office = person.office or bool(HOLDS.match(after) or HELD.search(before))
    owning = POSSESSIVE.search(written) is not None or after.startswith(("' ", "’ "))
    person.owns = person.owns or (owning and bool(RELATION.match(after.lstrip("'’"))))
    person.classed = person.classed or bool(CLASS.match(after))
    person.acts = person.acts or person.classed or bool(ACTS.match(after))
    person.does = person.does or bool(DOES.match(after))
    person.inside += before.rstrip(" ").endswith(tuple(LOWER))
    person.writes = person.writes or bool(LETTER.search(before))
    person.greeted = person.greeted or before.rstrip().lower().endswith("dear")


def _whole(
    naming: Naming, words: list[str], *, introduced: bool
) -> tuple[tuple[str, ...], bool, int] | None:
    """Forename and surname among capitalised words, whether that is sure, and at which word."""
    for n, word in enumerate(words):
        first = fold(word)
        if any(fold(w) in PLACES for w in words[n + 1 :]) or standin(" ".join(words[n : n + 2])):
            return None
        if first in STOP or len(first) < 2 or (word.isupper() and len(word) < 3):
            continue
        rest = [w for w in words[n + 1 :] if fold(w) not in STOP]
        if (
            not rest
            and naming.forename(word)
            and words[n + 1 :][:1]
            and fold(words[n + 1]) in MONTHS
        ):
            rest = words[n + 1 : n + 2]
        found = _listed(naming, word, rest, introduced=introduced)
        if found is None and n == 0 and not naming.forename(word):
            found = _unlisted(word, rest, len(words))
        if found:
            return *found, n
    return None


def _listed(
    naming: Naming, word: str, rest: list[str], *, introduced: bool
) -> tuple[tuple[str, ...], bool] | None:
    """A name whose forename a list knows, or that a word introduced."""
    first, last = fold(word), fold(rest[-1]) if rest else ""
    if naming.forename(word):
        if not last:
            return ((first, ""), introduced or naming.plain(word)) if len(word) > 1 else None
        sure = naming.plain(word) or naming.surname(rest[-1])
        both_words = first in naming.words and last in naming.words
        return (first, last), introduced or (sure and not both_words)
    return ((first, last), True) if introduced else None


def _both(naming: Naming, words: list[str]) -> bool:
    return len(words) > 1 and naming.forename(words[0]) and naming.surname(words[-1])


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
    if person.likely and person.acts:
        return True
    if not person.inside or (person.times < 2 and not person.acts):
        return False
    return not any(n and re.search(rf"\b{re.escape(n)}\b", text) for n in person.name)


def heading_name(text: str) -> tuple[str, ...] | None:
    """The name that stands alone at the top of a CV, above an address; None when there is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()][:10]
    for n, line in enumerate(lines[:4]):
        words = [fold(w) for w in line.split()]
        named = TOP_NAME.fullmatch(line) and not (STOP | PLACES).intersection(words)
        if named and any(CONTACT.search(after) for after in lines[n + 1 : n + 6]):
            return words[0], words[-1]
    return None
