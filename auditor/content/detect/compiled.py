"""The definitions made ready: one automaton for all patterns, a table for all headings."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import re2

from auditor.content.detect.checksums import CHECKS, birth
from auditor.content.detect.naming import Naming
from auditor.personal import Datum, Definitions, Role

CONTEXT = frozenset({Role.SCHOOL, Role.ABOUT})
"""Roles whose pattern only shows what a text is about."""
NEAR = 40
"""Bytes of one line that may stand between a context word and the number it announces."""

_MARKS = {0x27: None, 0x2019: None, ord("%"): " percentage "}
_GAP = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[A-Z])(?=[A-Z][a-z])")


def options() -> Any:  # re2 ships no types
    """Bytes are matched as they are; patterns are of ASCII, so UTF-8 around them does no harm."""
    made = re2.Options()
    made.encoding = re2.Options.Encoding.LATIN1
    made.log_errors = False
    return made


def heading(cell: str) -> str:
    """A column heading as definitions write it: lower case, words apart, no punctuation."""
    apart = _CAMEL.sub(" ", cell.strip()[:80]).translate(_MARKS)
    return _GAP.sub(" ", apart).strip().lower()


@dataclass(frozen=True, slots=True)
class Pattern:
    """One datum's pattern, ready to find its matches."""

    datum: Datum
    finder: Any
    announced: bool
    """Whether the match begins with a context word and the value is its first group."""
    check: Callable[[str], bool] | None

    def values(self, text: bytes) -> Iterator[tuple[int, str]]:
        """Where each value stands and the value, those with a wrong check digit left out."""
        group = 1 if self.announced else 0
        for match in self.finder.finditer(text):
            value = match.group(group).decode("ascii", "replace")
            if self.check is None or self.check(value):
                yield match.start(group), value


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What matches anywhere in a passage."""

    patterns: list[Pattern]
    words: list[tuple[Datum, Any]]
    labels: bool
    """Whether there are labels such as `Surname:`, whose values are worth reading."""


class Compiled:
    """What every document is held against; made once a worker."""

    def __init__(self, definitions: Definitions) -> None:
        self.data = definitions.data
        self.year = definitions.year or time.localtime().tm_year
        """The year of the audit, after which nobody is born."""
        self.checks: dict[str, Callable[[str], bool]] = {
            **CHECKS,
            "birth": partial(birth, today=self.year),
        }
        self.memo: dict[str, Datum | None] = {}
        """Headings met before, for `columns.datum_of`."""
        self.naming = Naming(definitions.names)
        self.by_id = {d.id: d for d in self.data}
        self.order = {d.id: n for n, d in enumerate(self.data)}
        found = [p for d in self.data for p in _patterns(d, self.checks.get(d.check))]
        self.patterns = tuple(p for p, _ in found)
        worded = [(d, _wording(d)) for d in self.data if _wording(d)]
        self.words = tuple((d, re2.compile(s.encode(), options())) for d, s in worded)
        self.labels = _labels(self.data)
        self.sources = [s for _, s in found] + [s for _, s in worded] + [self.labels]
        """The patterns of the first stage as they are written, for comparisons with other tools."""
        self.phrases = re2.compile(
            _any(tuple(sorted({p for r in definitions.records for p in r.phrases}))).encode(),
            options(),
        )
        """Phrases of all kinds of record, in one pass."""
        # What a file is by its format is told of the file, not of the documents in it.
        self.kinds = tuple(r for r in definitions.records if not r.formats)
        self.record_names = tuple(
            (r, re2.compile("(?i)" + "|".join(f"(?:{n})" for n in r.names)))
            for r in self.kinds
            if r.names
        )
        self.set = re2.Set.SearchSet(options())
        for source in self.sources:
            self.set.Add(source)
        self.set.Compile()

    def hits(self, text: bytes) -> Hits:
        """The patterns, word lists and labels that match anywhere in the text."""
        found = sorted(self.set.Match(text) or ())
        first, last = len(self.patterns), len(self.sources) - 1
        return Hits(
            patterns=[self.patterns[n] for n in found if n < first],
            words=[self.words[n - first] for n in found if first <= n < last],
            labels=last in found,
        )

    @cached_property
    def headings(self) -> dict[str, Datum]:
        """Which datum a heading announces; the definition that comes first has it."""
        made: dict[str, Datum] = {}
        for datum in self.data:
            for name in datum.headings:
                made.setdefault(heading(name), datum)
        return made

    @cached_property
    def values(self) -> dict[str, re.Pattern[str]]:
        """What a cell under a datum's heading looks like, by id; absent for any text."""
        return {d.id: _shape(d.values) for d in self.data if d.values}

    @cached_property
    def contents(self) -> tuple[tuple[Datum, re.Pattern[str]], ...]:
        """What the cells of a column look like that tell their datum without a heading."""
        return tuple((d, _shape(d.content)) for d in self.data if d.content)

    @cached_property
    def secondary(self) -> tuple[Pattern, ...]:
        """Patterns too common to speak for themselves: counted in files that hold people anyway."""
        return tuple(
            Pattern(
                d,
                re2.compile(d.pattern.encode(), options()),
                announced=False,
                check=self.checks.get(d.check),
            )
            for d in self.data
            if d.pattern and d.role is Role.CONTACT
        )


def _patterns(datum: Datum, check: Callable[[str], bool] | None) -> Iterator[tuple[Pattern, str]]:
    """The first-stage patterns of a datum with their sources.

    Contact details are everywhere and slow to look for, so that they have none. A number that
    other numbers look like has its context word in the pattern; one that only many of its kind
    make likely (`least`) also stands without.
    """
    if not datum.pattern or datum.role is Role.CONTACT or datum.role in CONTEXT:
        return
    if datum.context:
        source = f"{_any(datum.context)}[^\\n]{{0,{NEAR}}}?(?-i:({datum.pattern}))"
        finder = re2.compile(source.encode(), options())
        yield Pattern(datum, finder, announced=True, check=check), source
    if not datum.context or datum.least > 1:
        finder = re2.compile(datum.pattern.encode(), options())
        yield Pattern(datum, finder, announced=False, check=check), datum.pattern


def _shape(pattern: str) -> re.Pattern[str]:
    r"""A pattern for one cell; re is quicker than RE2 on so little text, and lacks only `\pL`."""
    return re.compile(pattern.replace("\\pL", r"[^\W\d_]"))


def _wording(datum: Datum) -> str:
    context = datum.pattern if datum.role in CONTEXT else ""
    return _any(datum.words) if datum.words else context


def _labels(data: tuple[Datum, ...]) -> str:
    """Labels of names, births and numbers before a colon, a tag's end, a quote, a gap or a line."""
    roles = {Role.SURNAME, Role.FORENAME, Role.NAME, Role.BIRTH}
    words = {h for d in data if d.role in roles for h in d.headings if len(h) > 3 and h.isascii()}
    gaps = "|".join(sorted(re.escape(w).replace("\\ ", "[ _-]?") for w in words))
    ends = "[\"'>]?[ \\t]{0,12}(?:[:=><|\\t]|\\r?$|  |\\.\\.\\.)"
    return rf"(?im)\b(?:{gaps})(?:\(s\))?{ends}"


def _cased(word: str) -> str:
    """Abbreviations count in capitals only: DSL is a person in a school, dsl a line to it."""
    return f"(?-i:{word})" if word.isupper() and len(word) < 7 else word


def _any(words: tuple[str, ...]) -> str:
    # re.escape would escape gaps and commas too, which other tools that read these patterns refuse.
    plain = (re.sub(r"[.^$*+?()\[\]{}|\\]", r"\\\g<0>", w) for w in words)
    ends = (
        ("\\b" if w[:1].isalnum() else "") + _cased(p) + ("\\b" if w[-1:].isalnum() else "")
        for w, p in zip(words, plain, strict=True)
    )
    return "(?i)(?:" + "|".join(ends) + ")"
