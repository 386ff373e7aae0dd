r"""What SQL Server itself has written down of its backups (msdb.dbo.backupset).

One row for each backup of a database, its file and whether it was encrypted when it was made
(encryptor_type, since SQL Server 2014). A database that is encrypted as a whole (TDE) has backups
that are closed too; that is asked of the database, since no backup file shows it.
"""

from __future__ import annotations

import ntpath
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from auditor.backups.targets import Target, understood
from auditor.copies import Backup, BackupKind, Encrypted, Medium
from auditor.errors import HostError, NotThere
from auditor.evidence import Gap, Why
from auditor.host.powershell import Answers, moment, unwrapped, whole, words
from auditor.words import listed, shown

TAPE, VIRTUAL, ONLINE = frozenset({5, 105}), frozenset({7, 107}), frozenset({9, 109})
"""Kinds of devices (Microsoft Learn, backupmediafamily); 2 and 102 are files on disk."""
LEFT = timedelta(days=7)
"""A folder is no longer used when newer backups of all its databases lie elsewhere since then."""
ASK = (
    "Run the audit with an account that may sign in to SQL Server, or ask whoever looks after the "
    "database for its last backup."
)


class Made(NamedTuple):
    """One backup of one database."""

    base: str
    when: datetime
    file: str
    kind: int
    closed: bool | None
    whole: bool | None
    """Whether the database itself is encrypted (TDE); None where that is not known any more."""


def of_answers(answers: Answers, source: str) -> Iterator[Backup | Gap]:
    """The backups of every instance by the folder or service they go to; a Gap for a refusal."""
    try:
        instances = answers.part("databases")
    except NotThere:
        return
    except HostError:
        yield _gap("SQL Server", source)
        return
    for instance in instances:
        name = shown(words(instance, "Instance"))
        if words(instance, "Refused"):
            yield _gap(f"SQL Server {name}", source)
            continue
        sets: dict[str, list[Made]] = defaultdict(list)
        for made in filter(None, map(_made, _rows(instance))):
            sets[_place(made)].append(made)
        newest = _newest([m for found in sets.values() for m in found])
        for place, found in sets.items():
            left = all(newest[b] - when > LEFT for b, when in _newest(found).items())
            yield _backup(place, found, source, active=False if left else None)


def _gap(about: str, source: str) -> Gap:
    return Gap(
        source=source,
        about=f"which backups {about} has made by its own record",
        why=Why.NEEDS_ADMIN,
        detail=ASK,
    )


def _rows(instance: dict[str, Any]) -> list[dict[str, Any]]:
    found = unwrapped(instance.get("Sets"))
    rows = found if isinstance(found, list) else [found]
    return [r for r in rows if isinstance(r, dict)]


def _made(row: dict[str, Any]) -> Made | None:
    when = moment(row, "When")
    if when is None:
        return None
    closed, own = row.get("Closed"), row.get("Tde")
    return Made(
        words(row, "Base"),
        when,
        words(row, "File"),
        whole(row, "Kind"),
        closed if isinstance(closed, bool) else None,
        own if isinstance(own, bool) else None,
    )


def _place(made: Made) -> str:
    """What its backups have in common: a folder, a service, tape, or another product's device."""
    if made.kind in TAPE:
        return "tape"
    if made.kind in VIRTUAL:
        return ""
    return made.file if made.kind in ONLINE else ntpath.dirname(made.file)


def _backup(place: str, found: list[Made], source: str, *, active: bool | None) -> Backup:
    kind = found[0].kind
    where = Target("tape", "", Medium.TAPE) if kind in TAPE else understood(place)
    bases = sorted({shown(m.base) for m in found if m.base})
    state, by = _closed(found)
    # A database that was deleted long ago has no backup of last night, and needs none.
    newest = _newest([m for m in found if m.whole is not None] or found)
    return Backup(
        id=f"SQL Server: {where.shown}",
        product="SQL Server",
        kind=BackupKind.COPY,
        covers=f"databases {listed(bases[:12])}" if bases else "databases",
        target=where.shown,
        medium=where.medium,
        held=where.held,
        encrypted=state,
        encrypted_by=by,
        active=active,
        ran=True,
        last_success=min(newest.values()),
        oldest=min(m.when for m in found),
        versions=max(Counter(m.base for m in found).values()),
        detail="Told by SQL Server's own record, which says nothing of files that were deleted."
        if place
        else "Another backup product takes it through SQL Server's virtual device.",
        source=source,
    )


def _newest(found: list[Made]) -> dict[str, datetime]:
    """The newest backup of each database: the one that is behind decides how old the set is."""
    newest: dict[str, datetime] = {}
    for made in found:
        newest[made.base] = max(made.when, newest.get(made.base, made.when))
    return newest


def _closed(found: list[Made]) -> tuple[Encrypted, str]:
    """Whether the newest backup of every database is encrypted, and by what."""
    newest = _newest(found)
    last = [m for m in found if m.when == newest[m.base]]
    if any(m.closed is False and m.whole is False for m in last):
        return Encrypted.OFF, ""
    if all(m.closed for m in last):
        return Encrypted.ON, "SQL Server"
    if all(m.closed or m.whole for m in last):
        return Encrypted.ON, "the encryption of the database (TDE)"
    return Encrypted.UNKNOWN, ""
