"""What is a person's name: by lists of forenames and surnames, and by its shape."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from auditor.content.detect.phrasing import PARTICLES, PLACEHOLDERS, PLACES, STANDIN, TITLES
from auditor.personal import Names

_PLAIN = str.maketrans("łŁøØıəđðæœ’‘`´", "llooiaddee''''")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_SHAPE = re.compile(r"[^\W\d_][^\d@<>{}=_|*#]{0,59}")
_INITIAL = re.compile(r"[A-ZÀ-ÞȘȚŁŻŠČ]\.?")
_CAPITALS = re.compile(
    r"[A-ZÀ-ÞȘȚŁŻŠČ'’-]{2,}(?: [A-ZÀ-ÞȘȚŁŻŠČ'’-]{2,}){0,2} [A-ZÀ-ÞȘȚŁŻŠČ][^\W\d_A-Z]"
)
_NUMBER = re.compile(r"^\d{3,6}[ -]+(?=[^\W\d_])")
"""A candidate's number before the name."""
_OTHERS = re.compile(r" *[;&/] *[^\W\d_].*$")
"""Others named in the same cell."""
_CODES = re.compile(
    r"(?:[ ,-]+\(?(?:[Yy]\d{1,2}|(?:1[0-3]|[1-9R])[./-]?[A-Z]{1,2}\d?|1[0-3]|PP|SEND?|EAL|FSM|P?LAC|EHCP?|ALN)\)?)+(?: [A-Z])?$"  # noqa: E501 - an alternation reads best unbroken
    r"|(?<= [A-Z]) [A-Z](?: [A-Z])?$"
)
"""Classes and codes of needs that a school writes behind a name."""
_FORENAME_FIRST = re.compile(r"\s*,\s*")


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """A word as the lists write it: lower case, accents dropped."""
    plain = word.lower().translate(_PLAIN)
    if plain.isascii():
        return plain.strip(".'-")
    apart = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in apart if not unicodedata.combining(c)).strip(".'-")


def standin(cell: str) -> bool:
    """Whether a cell stands for a name without being one: `Pupil 12`, `XXXX`, `[name]`."""
    if STANDIN.fullmatch(cell):
        return True
    words = [fold(w) for w in _WORD.findall(cell)]
    return not words or any(w in PLACEHOLDERS for w in words) or words == ["a", "n", "other"]


def shaped(cell: str) -> bool:
    """Whether a cell could be a name at all: a few words of letters."""
    return (
        _SHAPE.fullmatch(cell) is not None
        and len(cell.split()) <= 6
        and not cell.endswith((":", "?"))
    )


def uncoded(cell: str) -> str:
    """A name without the class and codes that a school writes behind it: `Ann B 4K`, `Ann B PP K`.

    >>> uncoded("Ann B 4K"), uncoded("Ann Bee (9K)"), uncoded("Ann B PP K"), uncoded("Ann B")
    ('Ann B', 'Ann Bee', 'Ann B', 'Ann B')
    """
    return _CODES.sub("", _OTHERS.sub("", _NUMBER.sub("", cell)))


class Naming:
    """Tells names by lists."""

    def __init__(self, names: Names) -> None:
        self.forenames, self.surnames, self.words = names.forenames, names.surnames, names.words

    def forename(self, word: str) -> bool:
        """Whether a word is a forename; a double one by its first part."""
        name = fold(word)
        return name in self.forenames or ("-" in name and name.split("-")[0] in self.forenames)

    def surname(self, word: str) -> bool:
        """Whether a word is a surname; a double one by either part."""
        name = fold(word)
        if name in self.surnames:
            return True
        parts = [p for p in re.split(r"[-' ]", name) if len(p) > 2]
        return len(parts) > 1 and any(p in self.surnames for p in parts)

    def plain(self, word: str) -> bool:
        """Whether it is a forename and no other word."""
        name = fold(word)
        first = name.partition("-")[0] if "-" in name else name
        known = name in self.forenames or first in self.forenames
        return known and name not in self.words and (first == name or first not in self.words)

    def forenames_cell(self, cell: str) -> bool:
        """Whether a cell holds forenames and nothing else."""
        words = _words(cell)
        return 0 < len(words) <= 4 and shaped(cell) and self.forename(words[0])

    def surname_cell(self, cell: str) -> bool:
        """Whether a cell holds a surname and nothing else."""
        words = [w for w in _words(cell) if fold(w) not in PARTICLES]
        return 0 < len(words) <= 3 and any(self.surname(w) for w in words)

    def initialled(self, cell: str) -> bool:
        """Whether a cell is a forename with the initial of a surname, as classes tell two apart."""
        words = cell.split()
        return len(words) == 2 and bool(_INITIAL.fullmatch(words[1])) and self.forename(words[0])

    def full(self, cell: str) -> bool:  # noqa: PLR0911 - one line a way of writing a name
        """Whether a cell is the whole name of a person, in either order."""
        if "," in cell:
            parts = _FORENAME_FIRST.split(cell, maxsplit=1)
            after = _words(parts[1])
            return (
                shaped(cell)
                and len(_words(parts[0])) <= 3
                and bool(after)
                and (self.forename(after[0]) or (len(after) > 1 and self.forename(after[1])))
            )
        words = _words(cell)
        titled = bool(words) and fold(words[0]) in TITLES
        words = words[1:] if titled else words
        if not shaped(cell) or not 2 - titled <= len(words) <= 5:
            return False
        if titled:
            return words[-1][0].isupper() and fold(words[-1]) not in PLACES
        if len(words) == 2 and len(fold(words[0])) == 1:
            return self.surname(words[-1])
        if len(words) == 2 and len(fold(words[1])) == 1:  # Barker T
            return self.forename(words[0]) or self.surname(words[0])
        if cell.count(" ") and _CAPITALS.match(cell):  # SMITH Ann
            return self.forename(words[-1]) or self.surname(words[0])
        ends = self.surname(words[-1]), self.forename(words[0])
        if fold(words[0]) in self.words and not titled:
            return all(ends) and (fold(words[-1]) not in self.words or words[0][0].isupper())
        # A surname first without a comma, as some exports have it.
        return ends[1] or (self.surname(words[0]) and self.plain(words[-1]))


def key(*cells: str) -> str:
    """A name as the same person writes it in any order: forename and surname, nothing between.

    >>> key("Smith", "Ann Marie") == key("Ann Smith"), key("SMITH, Ann") == key("Ann Smith")
    (True, True)
    """
    if len(cells) > 1 and cells[0].isalpha() and cells[1].isalpha() and cells[0].isascii():
        one, other = cells[0].lower(), fold(cells[1])
        return f"{one} {other}" if one <= other else f"{other} {one}"
    if len(cells) > 1:
        first, last = _words(cells[1])[:1], _words(cells[0])[-1:]
    elif "," in cells[0]:
        before, after = cells[0].split(",", 1)
        first, last = _words(after)[:1], _words(before)[-1:]
    else:
        words = [w for w in _words(cells[0]) if fold(w) not in TITLES]
        first, last = words[:1], words[1:][-1:]
    return " ".join(sorted(fold(w) for w in first + last))


def _words(cell: str) -> list[str]:
    return _WORD.findall(cell)
