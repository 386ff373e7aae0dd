"""What a file is as a whole, by its format: a mailbox, a database, the backup of one, an image.

What lies in it is judged by its contents, as in any other file; what it is called comes from what
it is. A backup whose contents cannot be read may hold anybody's data: told as possible, with no
number of people.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from auditor.backups import files
from auditor.content.detect.look import Look
from auditor.evidence import Range, Strength
from auditor.personal import Definitions, RecordKind

BACKUPS = frozenset({"mis-backup", "backup-image"})
"""Kinds of record that are possible where nothing of their contents can be read."""
_CALLED = re.compile(r"back.?up|image|bckp|archiv", re.IGNORECASE)
_MACHINES = frozenset({"disk image", "macOS disk image"})
"""Formats of virtual machines and installers too, and of a backup only where one is called so."""


def holding(
    definitions: Definitions, path: str, kind: str, head: bytes, look: Look | None
) -> Look | None:
    """The look at a file, as the mailbox, database or backup that it is.

    Args:
        definitions: The kinds of record.
        path: The file; the last two parts of it are names that people gave.
        kind: Its format.
        head: Its first bytes.
        look: What its contents showed; None when they showed nothing or could not be read.
    """
    told = files.format_of(path, head[: files.HEAD])
    formats = {kind, told[0]} if told else {kind}
    called = " ".join(re.split(r"[\\/]", path)[-2:])
    record = next(
        (
            r
            for r in definitions.records
            if formats & set(r.formats) and _fits(r, kind, called, look)
        ),
        None,
    )
    if record is None:
        return look
    if look is not None:
        title = record.title
        category = title if look.category in {"", title} else f"{title}: {look.category}"
        return replace(
            look, category=category, record=record.id, weight=max(look.weight, record.weight)
        )
    said = told[0] if told else kind
    backup = said not in _MACHINES or bool(_CALLED.search(called))
    return _possible(record) if backup and record.id in BACKUPS else None


def _fits(record: RecordKind, kind: str, called: str, look: Look | None) -> bool:
    """Whether the name speaks of it or the contents show it, where either is asked for."""
    if not record.names:
        return True
    if kind.endswith("archive") and not _CALLED.search(called):
        return False
    held = {t.datum for t in look.contents} if look else set()
    return bool(held & set(record.columns)) or any(
        re.search(n, called, re.IGNORECASE) for n in record.names
    )


def _possible(record: RecordKind) -> Look:
    return Look(
        contents=(),
        people=Range(low=0, high=0),
        category=record.title,
        record=record.id,
        who=(record.who,) if record.who else (),
        strength=Strength.POSSIBLE,
        special=False,
        whole=False,
        weight=record.weight,
        keep=record.keep,
    )
