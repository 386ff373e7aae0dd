"""A document with paragraphs and tables, written down as it is met."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.content.passages import table
from auditor.content.passages import text as running
from auditor.content.raw import Document

MOST = 24_000_000
"""Bytes of tables that are held; what is more stays among the text, line by line."""
CELL = 64
"""Bytes that a cell takes beside its characters."""
FLUSH = 65_536


class Story:
    """Takes text, line ends, cells and rows; gives the text and the tables of a document.

    A table is a document of its own, since its headings say what its cells are; one of a single
    column or row is layout, and stays in the text.
    """

    def __init__(self) -> None:
        self.out: list[str] = []
        self.asides: list[str] = []
        self.waiting = 0
        self.tables: list[list[list[str]]] = []
        self.held = 0
        self.depth = 0
        self.rows: list[list[str]] = []
        self.row: list[str] = []
        self.cell: list[str] = []

    def add(self, text: str) -> None:
        """Text, where we are."""
        if self.depth:
            self.cell.append(text)
        else:
            self.out.append(text)
            self.waiting += len(text)

    def line(self) -> None:
        """A paragraph or line ends; what was said beside it follows."""
        self.add(" " if self.depth else "\n")
        if self.asides and not self.depth:
            self._aside()

    def aside(self, text: str) -> None:
        """Text that stands in no cell, wherever it was met: a comment, a link."""
        self.asides.append(text + "\n")
        self.waiting += len(text) + 1

    def _aside(self) -> None:
        self.out += self.asides
        self.asides = []

    def open_table(self) -> None:
        """A table begins; within another it is part of a cell."""
        if not self.depth:
            self.line()
        self.depth += 1
        if self.depth == 1:
            self.rows, self.row, self.cell = [], [], []

    def end_cell(self, times: int = 1) -> None:
        """A cell ends, or as many alike."""
        if self.depth == 1:
            self.row += ["".join(self.cell).strip()] * times
            self.cell = []
        elif self.depth:
            self.cell.append(" ")

    def end_row(self) -> None:
        """A row ends."""
        while self.row and not self.row[-1]:
            self.row.pop()
        if self.depth != 1 or not self.row:
            return
        self.held += sum(map(len, self.row)) + CELL * len(self.row)
        if self.held > MOST:
            self._spill()
            self.aside("\t".join(self.row))
        else:
            self.rows.append(self.row)
        self.row = []

    def close_table(self) -> None:
        """A table ends."""
        if self.depth == 1:
            self.end_row()
            if len(self.rows) > 1 and max(map(len, self.rows)) > 1:
                self.tables.append(self.rows)
                self.rows = []
            self._spill()
            self._aside()
        self.depth = max(0, self.depth - 1)

    def _spill(self) -> None:
        for row in self.rows:
            self.aside("\t".join(row))
        self.rows = []

    def flush(self, *, all_: bool = False) -> Iterator[str]:
        """The text so far, once there is enough of it."""
        if self.waiting > FLUSH and self.depth:
            self._aside()  # rows of a table too long to be held
        if self.waiting > FLUSH or (all_ and self.out):
            yield "".join(self.out)
            self.out, self.waiting = [], 0

    def end(self) -> Iterator[str]:
        """What is left of the text when the document ends, wherever that is."""
        while self.depth:
            self.end_cell()
            self.close_table()
        if self.asides:
            self.line()
        yield from self.flush(all_=True)


def documents(pieces: Iterator[str], story: Story, size: int, name: str) -> Iterator[Document]:
    """The text of a story, then its tables.

    Args:
        pieces: Writes the story as it is read, and gives its text.
        story: The same.
        size: Bytes of the file.
        name: Of the file, member or part.
    """
    yield running(pieces, size, name)
    while story.tables:
        yield table(story.tables.pop(0), size, name)
