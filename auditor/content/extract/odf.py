"""OpenDocument text, spreadsheets and presentations (ISO 26300), and how they are locked.

Sheets are tables; in text and slides, tables are told apart from the text around them. Headers
and footers stand with the styles, titles with the meta data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.content.identify import Kind
from auditor.content.markup import ANY, attributes, matches, said
from auditor.content.parts import Locked, Locks, Member, Parts, Unread
from auditor.content.source import Source
from auditor.content.story import Story, documents
from auditor.content.zips import DAMAGE, Zip
from auditor.evidence import ProtectionState, Why

KINDS = frozenset(
    {
        "OpenDocument text",
        "OpenDocument spreadsheet",
        "OpenDocument presentation",
        "OpenDocument drawing",
    }
)
READS = (
    "text, tables, hidden ones too, headers, notes, comments, changes, boxes, links, "
    "titles, embedded files"
)
LOCKS: Locks = (
    ("OpenDocument AES-256", ProtectionState.STRONG),
    ("OpenDocument AES-256-GCM", ProtectionState.STRONG),
    ("OpenDocument Blowfish", ProtectionState.WEAK),
)
_PARTS = re.compile(r"(Object [^/]+/)?(content|styles|meta)\.xml$")
_ALIKE = 64
"""Cells repeated that are written out; more are empty space up to the edge of the sheet."""
_LINES = frozenset(
    b"p h line-break page user-defined title subject keyword description creator initial-creator"
    b" date".split()
)
_ASIDE = frozenset({b"annotation", b"note"})


def parts(source: Source, kind: Kind) -> Parts:
    """Its text and tables, or its lock, and its embedded files."""
    found = Zip.of(source)
    if found.damaged:
        yield Unread(Why.DAMAGED, "damaged document")
    lock = _lock(found)
    if lock:
        yield lock
        return
    reader = _Reader(found, sheet=kind.name == "OpenDocument spreadsheet")
    yield from documents(reader.pieces(), reader.story, source.size, source.name)
    if reader.lost:
        yield Unread(Why.DAMAGED, "damaged part", reader.lost)
    for entry in found.entries:
        if not entry.name.endswith((".xml", "mimetype", ".rdf")) and entry.size:
            embedded = entry.name.startswith(("Object", "ObjectReplacements")) is False
            yield Member(found.member(entry), essential=embedded)


def _lock(found: Zip) -> Locked | None:
    """How the package is closed, by its manifest: AES-256 since 2012, Blowfish before."""
    whole = "encrypted-package" in found.names
    entry = found.names.get("META-INF/manifest.xml")
    names: list[str] = []
    if entry and not entry.closed:
        names = [
            attributes(match[3]).get("algorithm-name", "")
            for match in matches(found.chunks(entry), ANY)
            if match[2] in {b"encryption-data", b"algorithm"}
        ]
    if not names and not whole:
        return None
    said_ = " ".join(names).lower()
    for mark, state, scheme in (
        ("gcm", ProtectionState.STRONG, "OpenDocument AES-256-GCM"),
        ("aes256", ProtectionState.STRONG, "OpenDocument AES-256"),
        ("aes", ProtectionState.STRONG, "OpenDocument AES"),
        ("blowfish", ProtectionState.WEAK, "OpenDocument Blowfish"),
    ):
        if mark in said_:
            return Locked(state, scheme)
    return Locked(ProtectionState.UNKNOWN, "OpenDocument encryption")


class _Reader:
    """Reads the parts of a package into one story."""

    def __init__(self, found: Zip, *, sheet: bool) -> None:
        self.found = found
        self.sheet = sheet
        self.story = Story()
        self.lost = 0
        self.times = 1
        self.given = ""
        """A date that the cell shows in some local form."""
        self.beside: list[str] | None = None
        """Text of a comment or note, which is no part of its cell."""
        self.hidden = 0

    def pieces(self) -> Iterator[str]:
        """The text, as it is read."""
        for entry in self.found.entries:
            if not _PARTS.match(entry.name) or not entry.packed:
                continue
            try:
                for match in matches(self.found.chunks(entry), ANY):
                    self._take(*match.groups())
                    yield from self.story.flush()
            except DAMAGE:
                self.lost += 1
            self.story.line()
            yield from self.story.end()

    def _take(self, slash: bytes, name: bytes, raw: bytes, text: bytes) -> None:
        alone = raw.endswith(b"/")
        if name in _ASIDE:
            self._aside(closing=bool(slash))
        elif name.startswith(b"table") or name == b"covered-table-cell":
            self._table(name, attributes(raw) if raw else {}, closing=bool(slash), alone=alone)
        elif name in {b"tab", b"s"}:
            self._add("\t" if name == b"tab" else " ")
        elif name == b"note-citation" and slash:
            self._add(" ")
        elif name in _LINES and (slash or alone):
            self._line()
        elif name == b"a" and not slash:
            self.story.aside(attributes(raw).get("href", ""))
        if text and not text.isspace() and (slash or name != b"text"):  # of a number's format
            self._add(said(text))

    def _add(self, text: str) -> None:
        if self.beside is not None:
            self.beside.append(text)
        else:
            self.story.add(text)

    def _line(self) -> None:
        if self.beside is not None:
            self.beside.append(" ")
        else:
            self.story.line()

    def _aside(self, *, closing: bool) -> None:
        if not closing:
            self.beside = []
        elif self.beside is not None:
            self.story.aside("".join(self.beside))
            self.beside = None

    def _table(self, name: bytes, known: dict[str, str], *, closing: bool, alone: bool) -> None:
        if name == b"table":
            (self.story.close_table if closing else self.story.open_table)()
        elif name == b"table-row" and closing:
            self.story.end_row()
        elif name in {b"table-cell", b"covered-table-cell"}:
            if not closing:
                repeated = known.get("number-columns-repeated", "1")
                self.times = min(int(repeated), _ALIKE) if repeated.isdigit() else 1
                self.given = known.get("date-value", "")
            if closing or alone:
                if self.given and self.story.depth == 1:
                    self.story.cell = [self.given.removesuffix("T00:00:00")]
                self.story.end_cell(self.times)
                self.times, self.given = 1, ""
