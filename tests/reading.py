"""Reads a file as a worker does, and gives everything that came out of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from auditor.content.looking import opened
from auditor.evidence import Protection, Why


@dataclass(frozen=True)
class Read:
    """What came out of a file."""

    kind: str
    text: str
    tables: list[list[list[str]]]
    protection: Protection
    locks: list[str]
    unread: set[Why]
    pictures: int
    opened: int

    def missing(self, *words: str) -> list[str]:
        """Those of the words that did not come out."""
        return [w for w in words if not re.search(rf"(?<!\w){re.escape(w)}(?!\w)", self.text)]


def read(path: Path) -> Read:
    """All documents of a file."""
    texts, tables = [], []
    with opened(str(path)) as found:
        contents = found.contents
        for document in contents.documents():
            text = b"".join(p.data[p.overlap :] for p in document.passages).decode()
            texts.append(text)
            if document.kind == "table":
                tables.append([line.split(document.delimiter) for line in text.splitlines()])
        return Read(
            kind=contents.kind,
            text="\n".join(texts),
            tables=tables,
            protection=contents.protection(),
            locks=[lock.scheme for _, lock in contents.locks],
            unread={why for why, _ in contents.unread},
            pictures=contents.pictures,
            opened=contents.opened,
        )
