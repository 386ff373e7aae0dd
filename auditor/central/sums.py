"""The sums that pages show: of schools, of their rules and of their months.

Rules and months are moved by what a report changes (`tallies`), in the transaction that stores it;
those of a school as a whole are made again from its machines. `counted` makes those of the rules
again from nothing: for a machine that is retired or erased, and once a day for schools that have
reported, so that no mistake would stay. The statements are built once for each kind of database:
building one takes SQLAlchemy longer than many a database takes to run it, and they run with every
report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from auditor.central import tallies
from auditor.central.clock import now
from auditor.central.database import among
from auditor.central.tables import action, found, machine, school, school_month, school_rule
from auditor.central.tallies import MONTH, RULE, Counts
from auditor.findings import Severity

_SUMS = (
    "machines", "keeping", "doubtful", "carrying", "people_low", "copies", "unsure", "closed",
    "people_high", "critical", "high", "other", "unknown", "state", "first_report", "last_report",
)  # fmt: skip
_SILENT = {f"v_{n}": 0 for n in _SUMS} | {
    "v_state": "silent", "v_first_report": None, "v_last_report": None,
}  # fmt: skip
_AT_ONCE = 500


def summed(connection: sa.Connection, schools: Iterable[int]) -> None:
    """Makes the sums of these schools again from their machines, and looks at their actions."""
    these = {"schools": sorted(schools)}
    of = _of_schools(connection.dialect.name)
    made = {
        r["school_id"]: {f"v_{n}": r[n] for n in _SUMS}
        for r in connection.execute(of, these).mappings()
    }
    connection.execute(_to_schools(), [{"s": s, **made.get(s, _SILENT)} for s in these["schools"]])
    any_, verified, again = _actions(connection.dialect.name)
    if connection.execute(any_, these).first() is not None:
        connection.execute(verified, {**these, "now": now()})
        connection.execute(again, these)


def rules_moved(connection: sa.Connection, changes: Mapping[tuple[int, str], Counts]) -> None:
    """Adds to how many machines of a school fail a rule, by school and rule."""
    rows = [
        {"school_id": s, "rule": r, **dict(zip(RULE, changes[s, r], strict=True))}
        for s, r in sorted(changes)
    ]
    for row in rows:
        row["severity"] = _rank(row)
    _added(connection, school_rule, rows)
    if any(n < 0 for c in changes.values() for n in c):
        gone = _gone(connection.dialect.name)
        connection.execute(gone, {"schools": sorted({s for s, _ in changes})})


def months_moved(connection: sa.Connection, changes: Mapping[tuple[int, int], Counts]) -> None:
    """Adds to the months of schools, by school and month."""
    rows: list[dict[str, Any]] = [
        {"school_id": s, "month": m, **dict(zip(MONTH, changes[s, m], strict=True))}
        for s, m in sorted(changes)
    ]
    for row in rows:
        row["state"] = (
            "keeps" if row["keeping"] > 0 else "unsure" if row["doubtful"] > 0 else "clear"
        )
    _added(connection, school_month, rows)


def counted(connection: sa.Connection, schools: Iterable[int]) -> None:
    """Counts the rules of these schools again from the findings of their machines."""
    for s in sorted(schools):
        m = machine.c
        kept = (
            sa.select(found.c.findings)
            .join(machine, m.id == found.c.machine_id)
            .where(m.school_id == s, m.retired.is_(None))
        )
        changes: dict[tuple[int, str], Counts] = {}
        for findings in connection.execute(kept).scalars():
            tallies.add_rules(changes, s, {}, tallies.of_rules(tallies.unpacked(findings)))
        connection.execute(school_rule.delete().where(school_rule.c.school_id == s))
        rules_moved(connection, changes)


def _rank(row: Mapping[str, Any]) -> int:
    return next((s.rank for s in Severity if row[s.value] > 0), len(Severity))


def _added(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Adds the numbers of these rows to those that are there, or puts the rows there."""
    if not rows:
        return
    into, names = _adding(connection.dialect.name, table.name)
    if connection.dialect.name == "postgresql":
        connection.execute(into, {"rows": msgspec.json.encode(rows).decode()})
    else:
        connection.execute(into, [{n: r[n] for n in names} for r in rows])


@cache
def _adding(dialect: str, name: str) -> tuple[Any, tuple[str, ...]]:
    """The statement that adds rows to a table of sums, and their columns in its order.

    PostgreSQL takes the rows as one JSON text: a hundred rows are one statement that it has planned
    before, and cheaper to write down than arrays of them.
    """
    table = {t.name: t for t in (school_rule, school_month)}[name]
    keys = [c.name for c in table.primary_key]
    sums = RULE if table is school_rule else MONTH
    names = (*keys, *sums, "severity" if table is school_rule else "state")
    made: Any
    if dialect == "postgresql":
        rows = sa.func.json_to_recordset(sa.cast(sa.bindparam("rows", type_=sa.Text), sa.JSON))
        typed = rows.table_valued(*(sa.column(n, table.c[n].type) for n in names))
        given = typed.render_derived(with_types=True)
        made = postgresql.insert(table).from_select(names, sa.select(*(given.c[n] for n in names)))
    else:
        made = sqlite.insert(table)
    new = {n: table.c[n] + made.excluded[n] for n in sums}
    last = _worst(new) if table is school_rule else _state(new["keeping"], new["doubtful"])
    return made.on_conflict_do_update(index_elements=keys, set_={**new, names[-1]: last}), names


def _worst(new: Mapping[str, Any]) -> sa.Case[int]:
    return sa.case(*((new[s.value] > 0, s.rank) for s in Severity), else_=len(Severity))


@cache
def _gone(dialect: str) -> sa.Delete:
    r = school_rule.c
    nothing = (r.fails <= 0) & (r.unknowns <= 0) & (r.waived <= 0)
    return school_rule.delete().where(among(dialect, r.school_id, "schools"), nothing)


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _total(column: sa.Column[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(column), 0)


def _doubtful(c: Any) -> sa.ColumnElement[bool]:
    """A machine of which nobody can say that it keeps no copies: `tallies.doubtful`."""
    found_: sa.ColumnElement[bool] = (c.copies == 0) & ((c.unsure > 0) | ~c.known | ~c.complete)
    return found_


def _state(keeping: sa.ColumnElement[int], unclear: sa.ColumnElement[int]) -> sa.Case[str]:
    return sa.case((keeping > 0, "keeps"), (unclear > 0, "unsure"), else_="clear")


@cache
def _of_schools(dialect: str) -> sa.Select[Any]:
    """The sums of schools with machines in use."""
    m = machine.c
    keeping, unclear = _count(m.copies > 0), _count(_doubtful(m))
    values = {
        "machines": sa.func.count(),
        "keeping": keeping,
        "doubtful": unclear,
        "carrying": _count(m.copies + m.closed > 0),
        "people_low": sa.func.coalesce(sa.func.max(m.people_low), 0),
        "state": _state(keeping, unclear),
        "first_report": sa.func.min(m.first_seen),
        "last_report": sa.func.max(m.last_seen),
    }
    columns = [(values[n] if n in values else _total(m[n])).label(n) for n in _SUMS]
    kept = m.retired.is_(None) & m.report_id.is_not(None)
    these = among(dialect, m.school_id, "schools")
    return sa.select(m.school_id, *columns).where(these, kept).group_by(m.school_id)


@cache
def _to_schools() -> sa.Update:
    values: dict[str, Any] = {n: sa.bindparam(f"v_{n}") for n in _SUMS}
    return school.update().where(school.c.id == sa.bindparam("s")).values(values)


@cache
def _actions(dialect: str) -> tuple[sa.Select[Any], sa.Update, sa.Update]:
    """What a later report shows to be mended is verified; what it shows again is open again.

    The first statement finds out whether there is any action at all.
    """
    a, s = action.c, school_rule.c
    these = among(dialect, a.school_id, "schools")
    still = (
        sa.select(s.rule)
        .where(s.school_id == a.school_id, s.rule == a.rule, s.fails + s.unknowns > 0)
        .exists()
    )
    reported = sa.select(school.c.last_report).where(school.c.id == a.school_id).scalar_subquery()
    verified = (
        action.update()
        .where(these, a.state != "verified", ~still, reported.is_not(None))
        .values(state="verified", verified=sa.bindparam("now"))
    )
    later = sa.or_(a.state == "verified", (a.state == "done") & (reported > a.done))
    again = (
        action.update().where(these, still, later).values(state="open", verified=None, done=None)
    )
    return sa.select(a.id).where(these).limit(1), verified, again
