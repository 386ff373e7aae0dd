"""Readers: one module a format; this page holds the Protocol and the roll.

To add one: write a module with KINDS and parts(), and put its name on the roll.
"""

from __future__ import annotations

from typing import Protocol

from auditor.content.extract import (
    archives,
    binary_sheets,
    cabinet,
    database,
    dbase,
    desktop,
    disc,
    legacy,
    locked,
    locked_office,
    mail,
    odf,
    office,
    outlook,
    outlook_store,
    packed,
    pages,
    pdf,
    pictures,
    plain,
    rich,
    sheets,
    structured,
    swept,
    zipped,
)
from auditor.content.identify import Kind
from auditor.content.parts import Parts
from auditor.content.source import Source


class Extractor(Protocol):
    """What a module must offer to stand on the roll."""

    __name__: str
    KINDS: frozenset[str]
    """Names of the kinds it reads, as `identify` and `refine` give them."""

    def parts(self, source: Source, kind: Kind) -> Parts:
        """Its documents, members, locks and what could not be read, in any order.

        Each part is used up before the next is asked for. Errors of any kind may be raised;
        they end the reading of this source and nothing else.

        Args:
            source: Where its bytes come from.
            kind: What it is.
        """


EXTRACTORS: tuple[Extractor, ...] = (
    archives,
    swept,
    binary_sheets,
    cabinet,
    database,
    dbase,
    desktop,
    disc,
    legacy,
    locked,
    locked_office,
    mail,
    odf,
    office,
    outlook,
    outlook_store,
    packed,
    pages,
    pdf,
    pictures,
    plain,
    rich,
    sheets,
    structured,
    zipped,
)

_BY_KIND = {kind: e for e in EXTRACTORS for kind in e.KINDS}


def extractor(kind: Kind) -> Extractor | None:
    """The module that reads this kind; None when none does."""
    return _BY_KIND.get(kind.name)
