"""What is known of one school: its machines, findings, reports, months and actions."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from auditor.central.figures import PAGE, seen_by
from auditor.central.people import Person
from auditor.central.tables import action, finding, machine, report, school, school_month


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
) -> Sequence[sa.RowMapping]:
    """A page of what is not a pass in the latest reports of a school's machines in use."""
    f = finding.c
    chosen = (
        sa.select(finding, machine.c.name.label("machine"))
        .join(machine, machine.c.id == f.machine_id)
        .where(f.school_id == school_id, machine.c.retired.is_(None))
    )
    for column, value in ((f.rule, rule), (f.verdict, verdict), (f.machine_id, machine_id)):
        if value:
            chosen = chosen.where(column == value)
    order = sa.case(
        *((f.severity == s, n) for n, s in enumerate(("critical", "high", "medium", "low"))),
        else_=4,
    )
    return (
        connection.execute(
            chosen.order_by(f.verdict, order, f.rule, f.id)
            .limit(PAGE + 1)
            .offset((page - 1) * PAGE)
        )
        .mappings()
        .all()
    )


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
