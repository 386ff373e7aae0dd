"""Zip archives: each member is read as if it were a file, however it is called."""

from __future__ import annotations

from auditor.content.identify import Kind
from auditor.content.parts import Member, Parts, Unread
from auditor.content.source import Source
from auditor.content.zips import Zip, locks
from auditor.evidence import Why

KINDS = frozenset({"zip archive"})


def parts(source: Source, kind: Kind) -> Parts:
    """Its locks and its members."""
    _ = kind
    found = Zip.of(source)
    if found.damaged:
        yield Unread(Why.DAMAGED, "damaged archive")
    yield from locks(found)
    for entry in found.entries:
        if not entry.closed and entry.packed:
            yield Member(found.member(entry))
