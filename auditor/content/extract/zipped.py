"""Zip archives: each member is read as if it were a file, however it is called."""

from __future__ import annotations

from auditor.content.identify import Kind
from auditor.content.parts import Locks, Member, Parts, Unread
from auditor.content.source import Source
from auditor.content.zips import Zip, locks
from auditor.evidence import ProtectionState, Why

KINDS = frozenset({"zip archive"})
READS = "each member, however deep"
LOCKS: Locks = (
    ("ZIP AES-256", ProtectionState.STRONG),
    ("ZIP AES-192", ProtectionState.STRONG),
    ("ZIP AES-128", ProtectionState.STRONG),
    ("ZipCrypto", ProtectionState.WEAK),
    ("ZIP with PKWARE strong encryption", ProtectionState.UNKNOWN),
)


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
