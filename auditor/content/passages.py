"""Text and rows made into the passages of a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from auditor.content.raw import Document, Passage
from auditor.content.source import until_torn

STEP = 1_000_000
"""Bytes of a passage, and all of a file that is held at once."""
OVERLAP = 256
"""Bytes of a line too long for one passage that are repeated in the next."""
CELL = str.maketrans({"\t": " ", "\n": " ", "\r": " ", '"': "'"})
"""Cells are written bare between tabs, so that no cell opens a quote."""


def passages(chunks: Iterable[bytes]) -> Iterator[Passage]:
    """Passages of about `STEP` bytes that end at line ends, lines longer than that cut.

    Args:
        chunks: UTF-8 in pieces of any length.

    Raises:
        Exception: What the pieces ended with, after all that came before it.
    """
    waiting, overlap, first = bytearray(), 0, True
    torn: list[Exception] = []
    for piece in until_torn(chunks, torn):
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
    if torn:
        raise torn[0]


def text(pieces: Iterable[str], size: int, name: str = "") -> Document:
    """Running text as a document."""
    encoded = (p.encode("utf-8", "replace") for p in pieces)
    return Document(kind="text", passages=passages(encoded), size=size, name=name)


def table(rows: Iterable[Sequence[str]], size: int, name: str = "") -> Document:
    """Rows of cells as a document."""
    return Document(
        kind="table", passages=passages(lines(rows)), size=size, delimiter="\t", name=name
    )


def lines(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Rows as lines of cells between tabs, some at a time."""
    waiting: list[str] = []
    size = 0
    for row in rows:
        line = "\t".join(row)
        if line.count("\t") >= len(row) or any(c in line for c in '"\n\r'):
            line = "\t".join([c.translate(CELL) if c else "" for c in row])
        waiting.append(line)
        size += len(line) + 1
        if size > 65_536:
            yield ("\n".join(waiting) + "\n").encode("utf-8", "replace")
            waiting, size = [], 0
    if waiting:
        yield ("\n".join(waiting) + "\n").encode("utf-8", "replace")
