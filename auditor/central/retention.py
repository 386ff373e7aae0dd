"""What is kept for how long, and erasure on request with a record of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from auditor.central import ledger, store
from auditor.central.clock import now
from auditor.central.settings import Home
from auditor.central.sums import counted, months_moved, summed
from auditor.central.tables import erasure, look, machine, quarantine, report, school, session
from auditor.errors import CentralError
from auditor.evidence import Record

_MONTH = timedelta(days=30.44)
_QUARANTINE = timedelta(days=180)
_UPLOAD = timedelta(days=7)
_AT_ONCE = 2_000
_LATELY = timedelta(days=2)
"""A night and a day in which the server did not run."""


class Swept(Record, frozen=True, kw_only=True):
    """What a sweep took away."""

    reports: int
    looks: int
    refused: int
    uploads: int


def sweep(engine: sa.Engine, home: Home) -> Swept:
    """Deletes what is older than the authority keeps; the latest report of a machine always stays.

    The months of a school, which name nobody, stay as well.
    """
    at, set_ = now(), home.settings
    reports = 0
    latest = sa.select(machine.c.report_id).where(machine.c.report_id.is_not(None))
    old = (
        sa.select(report.c.id)
        .where(report.c.received < at - set_.keep_months * _MONTH, report.c.id.not_in(latest))
        .limit(_AT_ONCE)
    )
    while True:
        with engine.begin() as c:
            some = list(c.execute(old).scalars())
            c.execute(report.delete().where(report.c.id.in_(some)))
        reports += len(some)
        if len(some) < _AT_ONCE:
            break
    with engine.begin() as c:
        looks = c.execute(look.delete().where(look.c.at < at - set_.keep_looks_months * _MONTH))
        refused = c.execute(quarantine.delete().where(quarantine.c.received < at - _QUARANTINE))
        c.execute(session.delete().where(session.c.created < at - timedelta(days=1)))
        found = Swept(
            reports=reports, looks=looks.rowcount, refused=refused.rowcount, uploads=_uploads(home)
        )
        if any(getattr(found, n) for n in Swept.__struct_fields__):
            ledger.note(c, "retention", "swept", f"{found.reports} reports, {found.looks} looks")
    return found


def recount(engine: sa.Engine) -> int:
    """Makes the sums of every school that has reported lately again from nothing; how many.

    A school at a time, so that reports that arrive meanwhile wait for one school at most.
    """
    lately = school.c.last_report >= now() - _LATELY
    with engine.connect() as c:
        ids = list(c.execute(sa.select(school.c.id).where(lately).order_by(school.c.id)).scalars())
    for id_ in ids:
        with engine.begin() as c:
            store.locked(c, {id_})
            counted(c, {id_})
            summed(c, {id_})
    return len(ids)


def _uploads(home: Home) -> int:
    before = (now() - _UPLOAD).timestamp()
    stale = [p for p in Path(home.folder, "uploads").glob("*.part") if p.stat().st_mtime < before]
    for p in stale:
        p.unlink(missing_ok=True)
    return len(stale)


def erase(
    connection: sa.Connection, urn: str, who: str, why: str, machine_name: str = ""
) -> tuple[int, int]:
    """Erases a school with everything of it, or one of its machines; how many reports and machines.

    The school stays on the list, without any report, so that the list can be imported again. What
    was erased, when, by whom and why is recorded; nothing of its contents is.

    Raises:
        CentralError: There is no such school or machine, or no reason was given.
    """
    if not why.strip():
        raise CentralError("an erasure needs its reason", hint="say who asked, and when")
    id_ = connection.execute(sa.select(school.c.id).where(school.c.urn == urn)).scalar()
    if id_ is None:
        raise CentralError(f"there is no school with URN {urn}")
    store.locked(connection, {id_})
    m = machine.c
    wanted = m.school_id == id_
    if machine_name:
        wanted &= m.name == machine_name
    ids = list(connection.execute(sa.select(m.id).where(wanted)).scalars())
    if machine_name and not ids:
        raise CentralError(f"the school has no machine {machine_name}")
    reports = connection.execute(
        sa.select(sa.func.count()).where(report.c.machine_id.in_(ids))
    ).scalar_one()
    if machine_name:
        months_moved(connection, store.months_of(connection, ids))
    connection.execute(machine.delete().where(wanted))
    if not machine_name:
        row = connection.execute(sa.select(school).where(school.c.id == id_)).mappings().one()
        connection.execute(school.delete().where(school.c.id == id_))
        listed = ("urn", "laestab", "name", "phase", "trust", "area", "region", "closed_on")
        connection.execute(school.insert().values({n: row[n] for n in listed}))
    else:
        counted(connection, {id_})
        summed(connection, {id_})
    about = f"{urn} {machine_name}".strip()
    connection.execute(
        erasure.insert().values(
            at=now(), who=who, about=about, why=why, reports=reports, machines=len(ids)
        )
    )
    ledger.note(connection, who, "erased", about)
    return int(reports), len(ids)
