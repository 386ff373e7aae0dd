"""The only records that may hold a child's data; they live and die inside `auditor.content`.

Everything that is read becomes UTF-8 passages: running text as it stands, a table as lines of
delimited cells. Their repr shows a length and nothing more, so that a log or traceback of our own
cannot carry what they hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of a document, at most about 1 MB."""

    data: bytes
    """UTF-8. Ends at a line end unless one line is longer than a passage."""
    overlap: int = 0
    """Leading bytes that repeat the end of the passage before, when a long line was cut."""
    first: bool = False

    def __repr__(self) -> str:
        """A length, never the text."""
        return f"<passage of {len(self.data)} bytes>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file on its way through the scan: its passages, once, in order."""

    kind: str
    """`text` or `table`."""
    passages: Iterator[Passage]
    size: int
    """Bytes of the file, for estimates when only part of it is examined."""
    delimiter: str = ""
    """What stands between the cells of a table."""
    name: str = ""
    """The name of the file, member or sheet: a hint for what it is, never a proof."""

    def __repr__(self) -> str:
        """A kind, never the text."""
        return f"<{self.kind} of {self.size} bytes>"
