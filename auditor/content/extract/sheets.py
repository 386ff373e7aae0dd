"""Excel workbooks (ECMA-376): each sheet a table, row by row, hidden ones too.

Read by patterns over bytes and never as a whole, so that a sheet of any size takes little memory.
Comments, text boxes, headers, links and the copies that pivot tables keep are read as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from auditor.content.identify import Kind
from auditor.content.markup import ANY, attributes, finder, matches, said
from auditor.content.numbers import date, is_date, mask, masked, plain
from auditor.content.parts import Locks, Member, Parts, Unread
from auditor.content.passages import table, text
from auditor.content.source import Source
from auditor.content.zips import DAMAGE, Entry, Zip
from auditor.errors import TooLarge
from auditor.evidence import Why

KINDS = frozenset({"Excel workbook"})
READS = (
    "cells, hidden ones too, dates and leading zeros, comments, headers, boxes, "
    "links, pivot tables, titles, embedded files; sheet protection closes nothing"
)
LOCKS: Locks = ()

STRINGS = 48_000_000
"""Bytes that the shared strings of a workbook may take in memory."""
_P = rb"(?:\w+:)?"
_ROW_END = re.compile(rb"</" + _P + rb"row\s*>")
_CELL = re.compile(
    rb"<" + _P + rb"c((?:\s[^>]*?)?)(?:/>|>(?:<" + _P + rb"f\b[^>]*?(?:/>|>[^<]*</" + _P
    + rb"f>))?(?:<" + _P + rb"v\b[^>]*>([^<]*)</" + _P + rb"v>)?(.*?)</" + _P + rb"c\s*>)",
    re.DOTALL,
)  # fmt: skip
_PLAIN = re.compile(rb' r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="(\w+)")?\s*')
_USUAL = re.compile(
    rb'<c r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="(\w+)")?(?:/>|>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?'
    rb"(?:<v>([^<]*)</v>|<is><t(?: [^>]*)?>([^<]*)</t></is>)?</c>)"
)
"""A cell as nearly every writer writes it: column, style, type, value, text in place."""
_TEXT = re.compile(rb"<" + _P + rb"t(?:\s[^>]*)?>([^<]*)</")
_SPOKEN = re.compile(rb"<" + _P + rb"rPh\b.*?</" + _P + rb"rPh>", re.DOTALL)
_STRING_END = re.compile(rb"</" + _P + rb"si\s*>|<" + _P + rb"si\s*/>")
_HEADER = re.compile(rb"<" + _P + rb"(?:odd|even|first)(?:Header|Footer)[^>]*>([^<]*)<")
_CODES = re.compile(r"&(?:[LCRPNDTFAZGBIUESXYO+-]|\"[^\"]*\"|\d+|K[0-9A-Fa-f+-]{5,6})")
_WORDS = finder(
    "t|text|v|s|title|subject|creator|description|keywords|category|lpwstr|Company|cNvPr|tableColumn",
    "p|comment|si|text|title|subject|creator|description|keywords|category|lpwstr|Company",
)
_TEXTS = re.compile(
    r"xl/(comments|threadedComments|drawings|charts|diagrams|pivotCache|externalLinks|tables|persons)"
    r".*\.xml$|docProps/.*\.xml$"
)
_SHEET = re.compile(r"xl/(worksheets|chartsheets|dialogsheets|macrosheets)/[^/]+\.xml$")
_WIDEST = 16_384


@dataclass(slots=True)
class _Book:
    """What the cells of a workbook refer to."""

    strings: list[str] = field(default_factory=list)
    dates: set[int] = field(default_factory=set)
    """Styles that show a date."""
    masks: dict[int, str] = field(default_factory=dict)
    """Styles that keep leading zeros."""
    names: dict[str, str] = field(default_factory=dict)
    """Names of the sheets by their parts."""
    from_1904: bool = False
    asides: list[str] = field(default_factory=list)
    """Headers and footers."""
    cut: bool = False
    """Whether there were more strings than are held."""
    lost: int = 0


def parts(source: Source, kind: Kind) -> Parts:
    """Its sheets, then its comments and other text, then its embedded files."""
    _ = kind
    found = Zip.of(source)
    if found.damaged:
        yield Unread(Why.DAMAGED, "damaged workbook")
    book = _book(found)
    for entry in found.entries:
        if re.match(
            r"xl/(worksheets|chartsheets|dialogsheets|macrosheets)/[^/]+\.xml$", entry.name
        ):
            name = book.names.get(entry.name, entry.name)
            rows = _rows(found.chunks(entry), book)
            yield table(source.budget.rows(_guarded(rows, book)), entry.size, name)
    yield text(_words(found, book), source.size, source.name)
    if book.cut:
        yield Unread(Why.TOO_LARGE, "part too large")
    if book.lost:
        yield Unread(Why.DAMAGED, "damaged part", book.lost)
    for entry in found.entries:
        if entry.name.startswith(("xl/embeddings/", "xl/media/")):
            yield Member(found.member(entry), essential="/embeddings/" in entry.name)


def _guarded(rows: Iterator[list[str]], book: _Book) -> Iterator[list[str]]:
    try:
        yield from rows
    except DAMAGE:
        book.lost += 1


def _book(found: Zip) -> _Book:
    book = _Book()
    for name, take in (
        ("xl/styles.xml", _styles),
        ("xl/workbook.xml", _workbook),
        ("xl/sharedStrings.xml", _strings),
    ):
        entry = found.names.get(name) or next(
            (e for e in found.entries if e.name.lower() == name.lower()), None
        )
        if entry:
            try:
                take(found, entry, book)
            except DAMAGE:
                book.lost += 1
    return book


def _styles(found: Zip, entry: Entry, book: _Book) -> None:
    codes: dict[int, str] = {}
    within, style = False, 0
    for match in matches(found.chunks(entry), ANY):
        slash, name, raw, _ = match.groups()
        if name == b"cellXfs":
            within = not slash
        elif name == b"numFmt" and not slash:
            known = attributes(raw)
            codes[_number(known.get("numFmtId", ""))] = known.get("formatCode", "")
        elif name == b"xf" and within and not slash:
            number = _number(attributes(raw).get("numFmtId", ""))
            code = codes.get(number, "")
            if is_date(number, code):
                book.dates.add(style)
            elif mask(code):
                book.masks[style] = mask(code)
            style += 1


def _number(value: str) -> int:
    return int(value) if value.isdigit() else 0


def _workbook(found: Zip, entry: Entry, book: _Book) -> None:
    by_id: dict[str, str] = {}
    rels = found.names.get("xl/_rels/workbook.xml.rels")
    if rels:
        for match in matches(found.chunks(rels), ANY):
            known = attributes(match[3])
            if "Id" in known:
                target = known.get("Target", "").removeprefix("/xl/")
                by_id[known["Id"]] = f"xl/{target}"
    for match in matches(found.chunks(entry), ANY):
        known = attributes(match[3]) if match[2] in {b"sheet", b"workbookPr"} else {}
        if match[2] == b"sheet" and known:
            book.names[by_id.get(known.get("id", ""), "")] = known.get("name", "")
        book.from_1904 |= known.get("date1904", "0") in {"1", "true"}


def _strings(found: Zip, entry: Entry, book: _Book) -> None:
    taken, waiting = 0, b""
    for piece in found.chunks(entry):
        *whole, waiting = _STRING_END.split(waiting + piece)
        for one in whole:
            value = _joined(one)
            taken += len(value) + 58
            if taken > STRINGS:
                book.cut = True
                return
            book.strings.append(value)
        if len(waiting) > STRINGS:
            raise TooLarge("a string of this workbook is longer than is read")


def _joined(raw: bytes) -> str:
    if b"rPh" in raw:
        raw = _SPOKEN.sub(b"", raw)
    return said(b"".join(_TEXT.findall(raw)))


def _rows(chunks: Iterator[bytes], book: _Book) -> Iterator[list[str]]:
    waiting = b""
    for piece in chunks:
        *whole, waiting = _ROW_END.split(waiting + piece)
        for raw in whole:
            row = _row(raw, book)
            if row:
                yield row
        if len(waiting) > 4_000_000:
            yield _row(waiting, book)
            waiting = b""
    last = _row(waiting, book)
    if last:
        yield last
    book.asides += [_CODES.sub(" ", said(h)) for h in _HEADER.findall(waiting)]


def _row(raw: bytes, book: _Book) -> list[str]:
    cells = _USUAL.findall(raw)
    if len(cells) != raw.count(b"<c ") or b":c " in raw:
        return _unusual(raw, book)
    row: list[str] = []
    for letters, style, kind, value, words in cells:
        at = _COLUMNS.get(letters) or _column(letters)
        if len(row) < at < _WIDEST:
            row += [""] * (at - len(row))
        if words:
            row.append(said(words))
        else:
            row.append(_value(value, None, kind, int(style) if style else 0, book) if value else "")
    return row


def _unusual(raw: bytes, book: _Book) -> list[str]:
    """A row whose cells are written in another way that the standard allows."""
    row: list[str] = []
    for match in _CELL.finditer(raw):
        known, value, rest = match.groups()
        plain_ = _PLAIN.fullmatch(known)
        letters, style, kind = plain_.groups() if plain_ else _odd(known)
        at = _column(letters) if letters else len(row)
        if len(row) < at < _WIDEST:
            row += [""] * (at - len(row))
        row.append(_value(value, rest, kind, int(style) if style else 0, book))
    return row


def _odd(known: bytes) -> tuple[bytes, bytes, bytes]:
    found = attributes(known)
    letters = found.get("r", "").rstrip("0123456789").encode()
    style = found.get("s", "")
    return letters, style.encode() if style.isdigit() else b"", found.get("t", "").encode()


def _column(letters: bytes) -> int:
    made = 0
    for c in letters:
        made = made * 26 + c - 64
    return made - 1


_COLUMNS = {bytes([c]): c - 65 for c in range(65, 91)}
"""The first columns, which most sheets have no more of."""


def _value(value: bytes | None, rest: bytes | None, kind: bytes, style: int, book: _Book) -> str:
    if value is None:
        return _joined(rest) if rest else ""
    found = said(value)
    if kind == b"s":
        n = _number(found.strip())
        return book.strings[n] if n < len(book.strings) else ""
    if kind in {b"str", b"b", b"e", b"inlineStr", b"d"}:
        return found
    if style in book.dates:
        return date(found, from_1904=book.from_1904)
    if style in book.masks:
        return masked(plain(found), book.masks[style])
    return plain(found)


def _words(found: Zip, book: _Book) -> Iterator[str]:
    yield from (f"{a}\n" for a in book.asides)
    for entry in found.entries:
        try:
            if _TEXTS.match(entry.name):
                yield from _said(found, entry)
            elif entry.name.endswith(".rels"):
                for match in matches(found.chunks(entry), ANY):
                    if b"External" in match[3]:
                        yield attributes(match[3]).get("Target", "") + "\n"
        except DAMAGE:
            book.lost += 1


def _said(found: Zip, entry: Entry) -> Iterator[str]:
    for match in matches(found.chunks(entry), _WORDS):
        opening, raw, _, words = match.groups()
        if opening is None:
            yield "\n"
        elif opening in {b"s", b"cNvPr", b"tableColumn"}:
            known = attributes(raw)
            yield " ".join(known[n] for n in ("v", "descr", "name") if known.get(n)) + "\n"
        else:
            yield said(words)
