"""HTML pages and EPUB books: text, tables, links; scripts and styles left out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from auditor.content.identify import Kind
from auditor.content.markup import ANY, attributes, matches, said
from auditor.content.parts import Is, Locked, Locks, Member, Parts
from auditor.content.source import Source
from auditor.content.story import Story, documents
from auditor.content.zips import Zip
from auditor.evidence import ProtectionState

KINDS = frozenset({"HTML", "EPUB book"})
READS = "text, tables, links, fields; pages of a book"
LOCKS: Locks = (("EPUB rights management", ProtectionState.UNKNOWN),)

_LINES = frozenset(
    b"p div br li ul ol dl dt dd h1 h2 h3 h4 h5 h6 hr pre section article header footer form option"
    b" label title blockquote address body caption".split()
)
_SKIPPED = frozenset({b"script", b"style"})
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_SHOWN = ("alt", "title", "content", "placeholder")


def parts(source: Source, kind: Kind) -> Parts:
    """The text and the tables of a page; the pages of a book."""
    if kind.name == "EPUB book":
        yield from _book(source)
        return
    yield Is("HTML")
    page = _Page()
    chunks = _decoded(source, kind)
    yield from documents(page.pieces(chunks), page.story, source.size, source.name)


def _book(source: Source) -> Parts:
    found = Zip.of(source)
    if "META-INF/encryption.xml" in found.names and "META-INF/rights.xml" in found.names:
        yield Locked(ProtectionState.UNKNOWN, "EPUB rights management", all=False)
    for entry in found.entries:
        if not entry.closed and entry.packed:
            text = entry.name.lower().endswith((".xhtml", ".html", ".htm", ".opf", ".ncx"))
            yield Member(found.member(entry), essential=text)


def _decoded(source: Source, kind: Kind) -> Iterator[bytes]:
    chunks = source.chunks()
    name = kind.encoding or "utf-8"
    said_ = _CHARSET.search(source.head[:4096])
    if name == "cp1252" and said_:
        name = said_[1].decode("ascii", "replace")
    first = next(chunks, b"")[kind.skip :]
    if name == "utf-8":
        yield first
        yield from chunks
        return
    try:
        decode = codecs.getincrementaldecoder(name)("replace").decode
    except LookupError:
        decode = codecs.getincrementaldecoder("cp1252")("replace").decode
    yield decode(first).encode("utf-8", "replace")
    for piece in chunks:
        yield decode(piece).encode("utf-8", "replace")


class _Page:
    """Reads a page into a story."""

    def __init__(self) -> None:
        self.story = Story()
        self.skipping = b""
        self.within = [False]
        """Whether we are in a cell, for each table around us."""

    def pieces(self, chunks: Iterator[bytes]) -> Iterator[str]:
        """The text, as it is read."""
        for match in matches(chunks, ANY):
            slash, name, raw, text = match.groups()
            self._take(bool(slash), name.lower(), raw)
            if not self.skipping and text:
                self.story.add(" ".join(said(text).split("\n")) if text.strip() else " ")
            yield from self.story.flush()
        yield from self.story.end()

    def _take(self, slash: bool, name: bytes, raw: bytes) -> None:
        if self.skipping:
            self.skipping = b"" if slash and name == self.skipping else self.skipping
        elif name in _SKIPPED and not slash and not raw.endswith(b"/"):
            self.skipping = name
        elif name in {b"table", b"tr", b"td", b"th"}:
            self._table(name, closing=slash)
        elif name in _LINES:
            self.story.line()
        elif b"=" in raw:
            self._attributes(raw)

    def _table(self, name: bytes, *, closing: bool) -> None:
        """Cells and rows also end where the next begins, as few pages say where they do."""
        if name in {b"td", b"th", b"tr"} or closing:
            self._end_cell()
        if name in {b"td", b"th"} and not closing:
            self.within[-1:] = [True]
        elif name == b"tr":
            self.story.end_row()
        elif name == b"table":
            (self.story.close_table if closing else self.story.open_table)()
            if not closing:
                self.within.append(False)
            elif len(self.within) > 1:
                self.within.pop()

    def _end_cell(self) -> None:
        if self.within[-1]:
            self.story.end_cell()
            self.within[-1] = False

    def _attributes(self, raw: bytes) -> None:
        known = attributes(raw)
        link = known.get("href", "")
        if link.startswith(("mailto:", "tel:")):
            self.story.aside(link)
        for name in _SHOWN:
            if known.get(name):
                self.story.aside(known[name])
        if "value" in known and known.get("type", "text") in {"text", "hidden", "email", "tel"}:
            self.story.aside(known["value"])
