"""Text and delimited tables in UTF-8, UTF-16 and Windows-1252, a megabyte at a time."""

from __future__ import annotations

import codecs
import csv
import os
from collections import Counter
from collections.abc import Iterator

from auditor.content.identify import HEAD, Kind
from auditor.content.raw import Document, Passage

KINDS = frozenset({"text"})

STEP = 1_000_000
"""Bytes of a passage, and all of a file that is held at once."""
OVERLAP = 256
"""Bytes of a line too long for one passage that are repeated in the next."""
SNIFF = 25
"""Lines by which a table is told from text."""
DELIMITERS = ",;\t|"


def document(handle: int, size: int, kind: Kind, head: bytes) -> Document:
    """The text as UTF-8 passages; a table when its first lines have the same number of cells."""
    decode = codecs.getincrementaldecoder(kind.encoding)("replace").decode
    start = decode(head[kind.skip :], len(head) < HEAD)
    mark = delimiter(start[:HEAD])
    chunks = _chunks(handle, head[kind.skip :], kind.encoding)
    return Document(
        kind="table" if mark else "text",
        passages=passages(chunks),
        size=size,
        delimiter=mark,
    )


def _chunks(handle: int, head: bytes, encoding: str) -> Iterator[bytes]:
    """The file as UTF-8, in pieces of any length; UTF-8 passes as it stands."""
    if encoding == "utf-8":
        yield head
        while piece := os.read(handle, STEP):
            yield piece
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(head).encode("utf-8", "replace")
    while piece := os.read(handle, STEP):
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def passages(chunks: Iterator[bytes]) -> Iterator[Passage]:
    """Passages of about `STEP` bytes that end at line ends, lines longer than that cut."""
    waiting, overlap, first = bytearray(), 0, True
    for piece in chunks:
        waiting += piece
        while len(waiting) >= STEP + OVERLAP:
            end = waiting.rfind(b"\n", overlap, STEP) + 1
            cut = end or STEP
            yield Passage(data=bytes(waiting[:cut]), overlap=overlap, first=first)
            overlap = 0 if end else OVERLAP
            del waiting[: cut - overlap]
            first = False
    if len(waiting) > overlap:
        yield Passage(data=bytes(waiting), overlap=overlap, first=first)


def delimiter(start: str) -> str:
    """What parts the cells of a table; empty for running text.

    Args:
        start: The first lines.
    """
    lines = start.splitlines()
    if len(start) >= HEAD and len(lines) > 1:
        lines = lines[:-1]  # cut by the end of the head
    lines = [line for line in lines[:SNIFF] if line.strip()]
    if not lines or lines[0].lstrip().startswith(("{", "[", "<")):
        return ""
    best, mark = 0.0, ""
    for candidate in DELIMITERS:
        score = _score(lines, candidate)
        if score > best:
            best, mark = score, candidate
    return mark


def _score(lines: list[str], mark: str) -> float:
    """How much the lines look like rows of this delimiter: their share times the cells."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=mark) if row]
    except csv.Error:
        return 0.0
    if not widths:
        return 0.0
    width, rows = Counter(widths).most_common(1)[0]
    share = rows / len(widths)
    # Titles above a list and notes below it have other widths; prose has all of them.
    return share * min(width, 4) if width >= 2 and rows >= 2 and share >= 0.6 else 0.0
