"""Extractors: one module a format; this page holds the Protocol and the roll.

To add one: write a module with KINDS and document(), and put its name on the roll.
"""

from __future__ import annotations

from typing import Protocol

from auditor.content.extract import plain
from auditor.content.identify import Kind
from auditor.content.raw import Document


class Extractor(Protocol):
    """What a module must offer to stand on the roll."""

    __name__: str
    KINDS: frozenset[str]
    """Names of the kinds it reads, as `identify` gives them."""

    def document(self, handle: int, size: int, kind: Kind, head: bytes) -> Document:
        """The file's text, as UTF-8 passages.

        Args:
            handle: An open descriptor at the end of the head.
            size: Bytes of the file.
            kind: What the file is.
            head: Its first bytes, already read.
        """


EXTRACTORS: tuple[Extractor, ...] = (plain,)


def extractor(kind: Kind) -> Extractor | None:
    """The module that reads this kind; None when none does."""
    return next((e for e in EXTRACTORS if kind.name in e.KINDS), None)
