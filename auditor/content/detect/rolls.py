"""Registers written as lines: names and little else, with the class, seat or ticks beside them.

A list of names is everywhere; a list of pupils shows that it is one by the classes behind the
names, by surnames cut to a letter as a class tells two of the same name apart, or by what its
title, its file and its folder are called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from auditor.content.detect.intimacy import public, words
from auditor.content.detect.naming import Naming, fold, standin, uncoded
from auditor.content.detect.phrasing import (
    CAPITAL,
    CREDITS,
    GROUP,
    PLACE,
    PLACES,
    SCHOOL,
    STOP,
    TAUGHT,
    TITLES,
)

HEAD = 60_000
"""Characters that are read for a register."""
SNIFF = 3_000
"""Bytes by whose lines it is told whether that is worth it."""
MOST_LINES = 2_000
_WORD = rf"[{CAPITAL}][\w'’.-]*"
_BULLET = r"(?:[-*\"'☐\u2022\u2610\u2611\u2713>#|\[\]()_ \t]|\b\d{1,3}[.):]?(?=\s)|[A-Z]\d{1,2}(?=\s)|\d{3,6}(?=\s)|\d{1,2}[.:]\d\d(?=\s))*"
_ENTRY = re.compile(
    rf"{_BULLET}(?P<name>{_WORD}(?:,? +{_WORD}){{0,4}})[*_]*(?P<rest>$|[ \t]*[\t,;:(–\-/=|.*_\\].*$| +\W?\d.*$|  .*$|(?:['’]s?)? birthday.*$)"
)
_SHAPE = re.compile(
    rb"(?m)^(?:[-*\"'>#|\[\]()_ \t]|\xe2\x80\xa2|\xe2\x98[\x90\x91]|\d{1,6}[.):]?\s|[A-Z]\d{1,2}\s|\d{1,2}[.:]\d\d\s){0,8}"
    rb"[A-Z\xc3-\xc8][\w\x80-\xff'.-]{1,24}(?:,? [A-Z\xc3-\xc8][\w\x80-\xff'.-]{0,24}){0,4}(?:\r?$|[*_]{0,2}[ \t]*[\t,;:(*|=/\\-]| ?\xe2\x80| +\W{0,2}\d|  |(?:'s?)? birthday)"
)
_RUN = re.compile(
    rb"[A-Z][\w\x80-\xff'-]+(?: [A-Z\xc3-\xc8][\w\x80-\xff'-]*)?(?: \([^)\n]{1,6}\))?(?:[,;]| &| and) ?"
    rb"[A-Z\xc3-\xc8][\w\x80-\xff'-]+(?: [A-Z\xc3-\xc8][\w\x80-\xff'-]*)?(?: \([^)\n]{1,6}\))?[,;] ?[A-Z\xc3-\xc8]"
)
_CLASS = re.compile(
    r"^[\s,;:(\[–-]*(?:(?:[Yy](?:ea)?r? ?)?(?:1[0-3]|[1-9]|R)[./-]?[A-Z]{1,2}\d?|[Yy](?:1[0-3]|[1-9]))(?![\w.])"
)
_LINE = re.compile(rb"\n[ \t]*[^\s]")
_INITIAL = re.compile(rf"[{CAPITAL}]\.?")
_CODE = re.compile(r"(?=.*\d)[\dA-Z*#./ -]{1,14}|\W+|- ?\d+ ?-")
"""A line that is a class, a number or a rule."""
_BRACKETED = re.compile(
    rf"({_WORD}(?: {_WORD}){{0,2}}) \((?:[Yy]|Year )?(?:1[0-3]|[1-9]|R)[./-]?[A-Z]{{0,2}}\d?\)"
)
_BORN = re.compile(
    r"birthday|\b(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:\d{4}|\d{2})\b"
)
_ROLE = re.compile(r"^[A-Z][a-z]+(?: [A-Za-z]+){0,2}: *(?=[A-Z][\w'’-]+ [A-Z])")
"""A post before the name of who holds it."""
_CLASSES = re.compile(r"\((?:[Yy]|Year )?(?:1[0-3]|[1-9]|R)[./-]?[A-Z]{0,2}\d?\)")
_REACHED = re.compile(
    r"(?:\+44[ -]?|\b0)7\d{3}[ -]?\d{3}[ -]?\d{3}\b|@(?:gmail|hotmail|yahoo|outlook|icloud|btinternet|live|sky)\."
)


@dataclass(slots=True)
class _Lines:
    """What the lines of a text hold."""

    lines: int = 0
    whole: list[str] = field(default_factory=list)
    initialled: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    grouped: list[str] = field(default_factory=list)
    """Names between commas, a line of them for each group."""
    groups: int = 0
    classed: int = 0
    bracketed: list[str] = field(default_factory=list)
    """Names with a class in brackets, wherever they stand."""
    grouped_classes: int = 0
    """Names between commas with a class behind them."""
    reached: int = 0
    """Whole names with a mobile telephone or a private address behind them."""
    rest: list[str] = field(default_factory=list)
    """Lines that name nobody."""

    @property
    def named(self) -> list[str]:
        """All names that lines begin with."""
        return [*self.whole, *self.initialled, *self.first]


def likely(head: bytes) -> bool:
    """Whether enough of the first lines look like those of a register for it to be read."""
    start = head[:SNIFF]
    shaped, lines = len(_SHAPE.findall(start)), len(_LINE.findall(start))
    return (shaped >= 2 and shaped * 4 >= lines) or _RUN.search(start) is not None


def roll(naming: Naming, head: bytes, place: str = "") -> list[str]:
    """The names of a register; empty when the text is none.

    Args:
        naming: The lists of names.
        head: The beginning of the text, UTF-8.
        place: What its file and the folders around it are called.
    """
    text = head[:HEAD].decode("utf-8", "replace")
    lines = [line for line in (raw.strip() for raw in text.splitlines()) if line]
    if not 1 <= len(lines) <= MOST_LINES:
        return []
    found = _read(naming, lines)
    rest = "\n".join(found.rest[:40])[:2_000]
    if CREDITS.search(rest) or CREDITS.search(place):
        return []
    school = bool(SCHOOL.search(rest) or SCHOOL.search(place))
    called = place.rpartition("/")[2]
    some = school or bool(GROUP.search(f"{rest} {called}") or PLACE.search(place))
    classed = max(found.classed, found.grouped_classes, len(found.bracketed)) >= 4
    if TAUGHT.search(place) or (public(text[:6_000]) and not (classed or school)):
        return []
    life = len(words(text[:6_000])) >= 2
    return _told(found, school=school, some=some or bool(PLACE.search(rest)), life=life)


def _told(found: _Lines, *, school: bool, some: bool, life: bool) -> list[str]:
    """The names, if their lines are those of a register."""
    share = len(found.named) / max(found.lines, 1)
    whole, cut, first = len(found.whole), len(found.initialled), len(found.first)
    if (
        (found.classed >= 4 and share >= 0.4)
        or (cut >= (4 if some else 8) and share >= 0.4)
        or (whole >= 3 and share >= 0.5 and school)
        or (whole >= 6 and share >= 0.4 and some)
        or (found.reached >= 2 and share >= 0.4)
        or (whole >= 10 and share >= 0.75 and whole >= 4 * first)
        or (first + cut >= 8 and share >= 0.7 and some)
        or (first + cut + whole >= 3 and share >= 0.6 and life)
    ):
        return found.named
    if found.grouped_classes >= 4:
        return found.grouped
    if len(found.bracketed) >= 4:
        return found.bracketed
    if found.groups >= 2 and len(found.grouped) >= 6 and some:
        return found.grouped
    return []


def _read(naming: Naming, lines: list[str]) -> _Lines:
    found = _Lines(lines=len(lines))
    before = False
    for line in lines:
        if _CODE.fullmatch(line):
            found.classed += before and bool(_CLASS.match(line))
            found.lines -= 1
            before = False
            continue
        before = False
        found.bracketed += [n for n in _BRACKETED.findall(line) if _kind(naming, n)]
        group = _group(naming, line)
        if group:
            found.groups += 1
            found.grouped += group
            found.grouped_classes += len(_CLASSES.findall(line))
            continue
        match = _ENTRY.match(_ROLE.sub("", line)) if len(line) <= 160 else None
        name = match["name"].strip(" ,.*_") if match else ""
        kind = _kind(naming, name)
        if match is None or kind is None:
            found.rest.append(line)
            continue
        before = True
        getattr(found, kind).append(name)
        found.reached += kind == "whole" and bool(_REACHED.search(match["rest"]))
        found.classed += (
            bool(_CLASS.match(match["rest"]))
            or "birthday" in match["rest"]
            or bool(_CLASS.match(name.rpartition(" ")[2]))
        )
    return found


def _kind(naming: Naming, name: str) -> str | None:
    """Whether it is a whole name, a forename with an initial, or a forename; None for none."""
    words = name.replace(",", " ").split()
    if not words or standin(name) or any(fold(w) in STOP or fold(w) in PLACES for w in words):
        return None
    if fold(words[0]) in TITLES:
        return "whole" if len(words) > 1 else None
    if len(words) == 2 and _INITIAL.fullmatch(words[1]):
        return "initialled" if naming.forename(words[0]) else None
    if len(words) > 1:
        return "whole" if naming.full(name) else None
    return "first" if naming.forename(name) else None


def _group(naming: Naming, line: str) -> list[str]:
    """The names of a line that is a group: a label, then names between commas."""
    if len(re.findall(r",|;| & | and ", line)) < 2 or len(line) > 1_000:
        return []
    items = [i.strip(" .") for i in re.split(r",| & |\band\b|;", line)]
    items[0] = items[0].rpartition(":")[2].strip()
    items = [i for i in map(uncoded, items) if i]
    names = [i for i in items if i[0].isupper() and _kind(naming, i)]
    return names if len(names) >= 3 and len(names) >= 0.7 * len(items) else []
