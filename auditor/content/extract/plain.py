"""Text and delimited tables in UTF-8, UTF-16 and Windows-1252, a megabyte at a time."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator

from auditor.content.identify import HEAD, Kind
from auditor.content.parts import Is, Locks, Parts
from auditor.content.passages import passages
from auditor.content.raw import Document
from auditor.content.source import Source

KINDS = frozenset({"text"})
READS = "text and tables, in UTF-8, UTF-16 and Windows-1252"
LOCKS: Locks = ()

SNIFF = 25
"""Lines by which a table is told from text."""
DELIMITERS = ",;\t|"


def parts(source: Source, kind: Kind) -> Parts:
    """The text as UTF-8 passages; a table when its first lines have the same number of cells."""
    head = source.head
    decode = codecs.getincrementaldecoder(kind.encoding)("replace").decode
    start = decode(head[kind.skip :], len(head) < HEAD)
    mark = delimiter(start[:HEAD])
    if mark:
        yield Is("table")
    yield Document(
        kind="table" if mark else "text",
        passages=passages(_decoded(source.chunks(), kind)),
        size=source.size,
        delimiter=mark,
        name=source.name,
    )


def _decoded(chunks: Iterator[bytes], kind: Kind) -> Iterator[bytes]:
    """The file as UTF-8, in pieces of any length; UTF-8 passes as it stands."""
    first = next(chunks, b"")[kind.skip :]
    if kind.encoding == "utf-8":
        yield first
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(kind.encoding)("replace")
    yield decoder.decode(first).encode("utf-8", "replace")
    for piece in chunks:
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


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
