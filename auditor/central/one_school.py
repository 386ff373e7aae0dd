"""What is known of one school: its machines, findings, reports, months and actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auditor.central.figures import PAGE, seen_by
from auditor.central.people import Person
from auditor.central.tables import action, found, machine, report, school, school_month
from auditor.central.tallies import FINDING, unpacked
from auditor.findings import Severity


def machines(connection: sa.Connection, school_id: int) -> Sequence[sa.RowMapping]:
    """The machines of a school, those in use first, the worst of them first."""
    m = machine.c
    worst = (m.copies.desc(), m.critical.desc(), m.high.desc(), m.name)
    found = sa.select(machine).where(m.school_id == school_id)
    return connection.execute(found.order_by(m.retired.is_not(None), *worst)).mappings().all()


def findings(
    connection: sa.Connection,
    school_id: int,
    *,
    rule: str = "",
    verdict: str = "",
    machine_id: int | None = None,
    page: int = 1,
) -> Sequence[Mapping[str, Any]]:
    """A page of what is not a pass in the latest reports of a school's machines in use.

    What was failed comes first, the worst before the less bad.
    """
    m = machine.c
    chosen = (
        sa.select(m.id, m.name, found.c.findings)
        .join(machine, m.id == found.c.machine_id)
        .where(m.school_id == school_id, m.retired.is_(None))
        .order_by(m.id)
    )
    if machine_id:
        chosen = chosen.where(m.id == machine_id)
    rows = [
        {"machine": row.name, "machine_id": row.id, **dict(zip(FINDING, f, strict=True))}
        for row in connection.execute(chosen)
        for f in unpacked(row.findings)
        if rule in {"", f[0]} and verdict in {"", f[1]}
    ]
    rows.sort(key=lambda r: (r["verdict"], _RANK.get(r["severity"], len(_RANK)), r["rule"]))
    return rows[(page - 1) * PAGE : page * PAGE + 1]


_RANK = {s.value: s.rank for s in Severity}


def history(connection: sa.Connection, machine_id: int) -> Sequence[sa.RowMapping]:
    """The reports of a machine, the newest first."""
    r = report.c
    found = sa.select(report).where(r.machine_id == machine_id).order_by(r.taken.desc()).limit(120)
    return connection.execute(found).mappings().all()


def months(connection: sa.Connection, school_id: int) -> Sequence[sa.RowMapping]:
    """The months of a school, oldest first."""
    m = school_month.c
    found = sa.select(school_month).where(m.school_id == school_id).order_by(m.month.desc())
    return list(reversed(connection.execute(found.limit(24)).mappings().all()))


def actions(
    connection: sa.Connection, person: Person, *, school_id: int | None = None, page: int = 1
) -> Sequence[sa.RowMapping]:
    """Actions, those open and due first."""
    a = action.c
    chosen = (
        sa.select(action, school.c.name.label("school"), school.c.urn)
        .join(school, school.c.id == a.school_id)
        .where(seen_by(person))
    )
    if school_id is not None:
        chosen = chosen.where(a.school_id == school_id)
    order = sa.case((a.state == "open", 0), (a.state == "done", 1), else_=2)
    return (
        connection.execute(
            chosen.order_by(order, a.due.is_(None), a.due, a.id)
            .limit(PAGE + 1)
            .offset((page - 1) * PAGE)
        )
        .mappings()
        .all()
    )
