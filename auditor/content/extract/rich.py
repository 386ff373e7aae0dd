"""Rich text (RTF 1.9): text, tables, headers, comments, footnotes, boxes, links, embedded files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from auditor.content.identify import Kind
from auditor.content.parts import Is, Locks, Member, Parts
from auditor.content.source import Source, stream
from auditor.content.story import Story, documents

KINDS = frozenset({"rich text"})
READS = "text, tables, headers, notes, comments, boxes, links, titles, embedded files"
LOCKS: Locks = ()

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])"
    rb"|([^\\{}\r\n]+)|[\r\n]+"
)
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet pict themedata datastore colorschememapping latentstyles rsidtbl"
    b" generator listtable listoverridetable xmlnstbl objclass objname fldtype filetbl revtbl"
    b" panose falt blipuid bliptag wgrffmtfilter pgptbl mmathPr passwordhash".split()
)
_KEPT = frozenset(
    b"annotation atnauthor atrfstart footnote shptxt shpinst sv sn fldinst header footer headerl"
    b" headerr headerf footerl footerr footerf info title subject keywords doccomm company"
    b" formfield ffdeftext ffname pn pntext shp nonshppict do dptxbxtext atnid background"
    b" bkmkstart hlinkbase docvar userprops propname staticval".split()
)
_BREAKS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"tab": "\t", b"emdash": "-",
    b"endash": "-", b"lquote": "'", b"rquote": "'", b"ldblquote": '"', b"rdblquote": '"',
    b"bullet": "*",
}  # fmt: skip
_ENDS = frozenset(
    b"title subject keywords doccomm company annotation footnote header footer headerl headerr"
    b" headerf footerl footerr footerf sv fldinst shptxt".split()
)
"""What stands beside the text and not in it."""
_DEEP = 500


@dataclass(frozen=True, slots=True)
class _State:
    """What holds within a group."""

    skip: bool = False
    ends: bool = False
    """Whether something beside the text ends with the group."""
    data: bool = False
    """Whether it is an embedded file in hexadecimal."""
    uc: int = 1


def parts(source: Source, kind: Kind) -> Parts:
    """Its text, its tables, its embedded files."""
    _ = kind
    yield Is("rich text")
    reader = _Reader()
    yield from documents(reader.pieces(source.chunks()), reader.story, source.size, source.name)
    for data in reader.objects:
        yield Member(source.member("embedded object", stream(iter([data])), len(data)))


class _Reader:
    """Reads a file into a story."""

    def __init__(self) -> None:
        self.story = Story()
        self.state = _State()
        self.stack: list[_State] = []
        self.page = "cp1252"
        self.starred = False
        self.swallow = 0
        """Characters that stand for one already given in Unicode."""
        self.hexed = bytearray()
        self.objects: list[bytes] = []
        self.row = False
        self.beside: list[list[str]] = []

    def pieces(self, chunks: Iterator[bytes]) -> Iterator[str]:
        """The text, as it is read."""
        waiting = b""
        for piece in chunks:
            waiting += piece
            cut = max(waiting.rfind(b"\\", 0, -64), waiting.rfind(b"\n", 0, -64))
            if cut <= 0:
                continue
            self._tokens(waiting[:cut])
            waiting = waiting[cut:]
            yield from self.story.flush()
        self._tokens(waiting)
        for left in self.beside:
            self.story.aside("".join(left))
        yield from self.story.end()

    def _tokens(self, data: bytes) -> None:
        for match in _TOKEN.finditer(data):
            word, number, code, symbol, brace, text = match.groups()
            if text is not None:
                self._text(text)
            elif word is not None:
                self._word(word, int(number) if number else None)
            elif code is not None:
                self._add(bytes([int(code, 16)]).decode(self.page, "replace"))
            elif brace is not None:
                self._brace(opening=brace == b"{")
            elif symbol is not None:
                self._symbol(symbol)

    def _brace(self, *, opening: bool) -> None:
        self.swallow = 0
        if opening:
            if len(self.stack) < _DEEP:
                self.stack.append(self.state)
                self.state = replace(self.state, ends=False)
            return
        if self.state.data and self.hexed:
            self._object()
        if self.state.ends and self.beside:
            self.story.aside("".join(self.beside.pop()))
        self.state = self.stack.pop() if self.stack else _State()
        self.starred = False

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self.starred = True
        elif symbol in {b"\n", b"\r"}:
            self._add("\n")
        elif symbol in {b"~", b"_"}:
            self._add(" " if symbol == b"~" else "-")
        elif symbol in {b"\\", b"{", b"}"}:
            self._add(symbol.decode())

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self.starred = self.starred, False
        if word == b"objdata":
            self.state = replace(self.state, data=True)
        elif word in _SKIPPED or (starred and word not in _KEPT):
            self.state = replace(self.state, skip=True)
        elif word in _ENDS:
            if not self.state.ends:
                self.beside.append([])
            self.state = replace(self.state, ends=True)
        elif word in _BREAKS:
            self._add(_BREAKS[word])
        elif word in {b"trowd", b"cell", b"row", b"nestcell"}:
            self._table(word)
        elif number is not None:
            self._numbered(word, number)

    def _numbered(self, word: bytes, number: int) -> None:
        if word == b"u":
            self._add(chr(number % 65_536))
            self.swallow = 0 if self.state.skip else self.state.uc
        elif word == b"uc":
            self.state = replace(self.state, uc=max(0, min(number, 4)))
        elif word == b"ansicpg" and 0 < number < 65_536:
            self.page = f"cp{number}"
            try:
                b"".decode(self.page)
            except LookupError:
                self.page = "cp1252"

    def _table(self, word: bytes) -> None:
        if word == b"trowd":
            if not self.story.depth:
                self.story.open_table()
            self.row = True
        elif word in {b"cell", b"nestcell"}:
            self.story.end_cell()
        else:
            self.story.end_row()
            self.row = False

    def _text(self, raw: bytes) -> None:
        if self.state.data:
            if len(self.hexed) < 40_000_000:
                self.hexed += raw
            return
        self._add(raw.decode(self.page, "replace"))

    def _add(self, text: str) -> None:
        if self.state.skip or self.state.data:
            return
        if self.swallow:
            gone = min(self.swallow, len(text))
            self.swallow -= gone
            text = text[gone:]
        if self.beside:
            self.beside[-1].append(text)
            return
        if not text:
            return
        if self.story.depth and not self.row:
            self.story.close_table()
        for n, line in enumerate(text.split("\n")):
            if n:
                self.story.line()
            self.story.add(line)

    def _object(self) -> None:
        digits = bytes(c for c in self.hexed if c in b"0123456789abcdefABCDEF")
        self.hexed = bytearray()
        data = bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
        # [MS-OLEDS] 2.2.5: the embedded file stands after a header of names.
        for mark in (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"%PDF-"):
            at = data.find(mark)
            if 0 <= at < 4_096:
                self.objects.append(data[at:])
                return
