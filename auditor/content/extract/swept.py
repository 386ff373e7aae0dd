"""Files that hold text as it is in an order of their own: its runs of letters are read.

Backups of SQL Server and other tapes (MTF) do, and its databases: pages hold rows as they are, so
that a plain backup shows them to anyone. A large one is sampled. Images of disks are recognised.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.content.identify import Kind
from auditor.content.parts import Locked, Locks, Parts, Unread
from auditor.content.passages import text
from auditor.content.randomness import looks_random
from auditor.content.source import Source
from auditor.content.sweep import readable
from auditor.evidence import ProtectionState, Why

KINDS = frozenset(
    {
        "SQL Server or tape backup",
        "SQL Server database",
        "disk image",
        "OneNote section",
        "Outlook Express folder",
        "torn compound file",
    }
)
READS = "runs of letters; of a large backup, samples; disk images are told"
LOCKS: Locks = (("backup compressed or encrypted", ProtectionState.UNKNOWN),)

WHOLE = 256_000_000
"""Bytes of a backup that are swept wholly; of a larger one, as many from places all over it."""
SAMPLES = 256


def parts(source: Source, kind: Kind) -> Parts:
    """What text it holds, or that it seems to be encrypted."""
    if kind.name == "disk image":
        yield Unread(Why.FORMAT, kind.name)
        return
    if kind.name == "torn compound file":
        yield Unread(Why.DAMAGED, "damaged document")
        yield text(readable(source.chunks()), source.size, source.name)
        return
    file = source.open()
    file.seek(min(source.size // 2, 1_000_000))
    middle = file.read(65_536)
    if looks_random(middle):
        yield Locked(ProtectionState.UNKNOWN, "backup compressed or encrypted")
        return
    if source.size > WHOLE:
        yield Unread(Why.TOO_LARGE, "part")
        yield text(readable(_samples(source)), source.size, source.name)
    else:
        yield text(readable(source.chunks()), source.size, source.name)


def _samples(source: Source) -> Iterator[bytes]:
    file = source.open()
    for n in range(SAMPLES):
        file.seek(source.size // SAMPLES * n)
        yield file.read(WHOLE // SAMPLES)
        source.budget.spend(0)
