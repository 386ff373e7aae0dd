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
    dumps,
    flat,
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
from auditor.content.parts import Locks, Parts
from auditor.content.source import Source
from auditor.evidence import ProtectionState


class Extractor(Protocol):
    """What a module must offer to stand on the roll."""

    __name__: str
    KINDS: frozenset[str]
    """Names of the kinds it reads, as `identify` and `refine` give them."""
    READS: str
    """What comes out, for the table of formats."""
    LOCKS: Locks
    """The schemes of protection that it tells."""

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
    dumps,
    flat,
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


_WORTH = {
    ProtectionState.STRONG: "strong",
    ProtectionState.WEAK: "weak",
    ProtectionState.UNKNOWN: "ask",
}


def table() -> str:
    """The formats that are read and the locks that are told, as the rows of a Markdown table."""
    rows = ["| format | what is read | locks told |", "|---|---|---|"]
    for reader in sorted(EXTRACTORS, key=lambda e: sorted(e.KINDS)):
        told = []
        for state, word in _WORTH.items():
            schemes = [scheme for scheme, worth in reader.LOCKS if worth is state]
            told += [f"{word}: {', '.join(schemes)}"] if schemes else []
        kinds = ", ".join(sorted(reader.KINDS, key=str.casefold))
        rows.append(f"| {kinds} | {reader.READS} | {'; '.join(told) or 'none of its own'} |")
    return "\n".join(rows) + "\n"
