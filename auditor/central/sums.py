"""The sums that pages show, made again from the rows of some schools whenever these change.

The statements are built once for each kind of database: building one takes SQLAlchemy longer than
many a database takes to run it, and they run with every report.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from auditor.central.clock import now
from auditor.central.database import upsert
from auditor.central.tables import (
    action,
    finding,
    machine,
    report,
    school,
    school_month,
    school_rule,
)
from auditor.findings import Severity

_SUMS = (
    "machines", "keeping", "doubtful", "carrying", "people_low", "copies", "unsure", "closed",
    "people_high", "critical", "high", "other", "unknown", "state", "first_report", "last_report",
)  # fmt: skip
_SILENT = {f"v_{n}": 0 for n in _SUMS} | {
    "v_state": "silent", "v_first_report": None, "v_last_report": None,
}  # fmt: skip
_MONTH = ("machines", "keeping", "doubtful", "copies", "fails", "state")


def summed(connection: sa.Connection, schools: set[int]) -> None:
    """Makes the sums of these schools again."""
    these = {"schools": sorted(schools)}
    rows = connection.execute(_of_schools(), these).mappings()
    made = {r["school_id"]: {f"v_{n}": r[n] for n in _SUMS} for r in rows}
    connection.execute(_to_schools(), [{"s": s, **made.get(s, _SILENT)} for s in these["schools"]])
    into, gone = _rules(connection.dialect.name)
    connection.execute(into, these)
    connection.execute(gone, these)
    verified, again = _actions()
    connection.execute(verified, {**these, "now": now()})
    connection.execute(again, these)


def months_summed(connection: sa.Connection, touched: set[tuple[int, int]]) -> None:
    """Makes these months of schools again, each from the last report of each machine in it."""
    connection.execute(_months(connection.dialect.name), {"touched": sorted(touched)})


def _these(column: sa.Column[Any], name: str = "schools") -> sa.ColumnElement[bool]:
    return column.in_(sa.bindparam(name, expanding=True))


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _total(column: sa.Column[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(column), 0)


def _doubtful(c: Any) -> sa.ColumnElement[bool]:
    """A machine or report of which nobody can say that it keeps no copies."""
    found: sa.ColumnElement[bool] = (c.copies == 0) & ((c.unsure > 0) | ~c.known | ~c.complete)
    return found


def _state(keeping: sa.ColumnElement[int], unclear: sa.ColumnElement[int]) -> sa.Case[str]:
    return sa.case((keeping > 0, "keeps"), (unclear > 0, "unsure"), else_="clear")


@cache
def _of_schools() -> sa.Select[Any]:
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
    return sa.select(m.school_id, *columns).where(_these(m.school_id), kept).group_by(m.school_id)


@cache
def _to_schools() -> sa.Update:
    values: dict[str, Any] = {n: sa.bindparam(f"v_{n}") for n in _SUMS}
    return school.update().where(school.c.id == sa.bindparam("s")).values(values)


@cache
def _rules(dialect: str) -> tuple[Any, sa.Delete]:
    """How many machines fail each rule, or could not tell; and taking away rules that none does."""
    f, s = finding.c, school_rule.c
    failed, unclear = f.verdict == "fail", f.verdict.in_(("unknown", "needs_answer"))
    rank = sa.case(*((f.severity == s.value, s.rank) for s in Severity), else_=len(Severity))
    made = (
        sa.select(
            f.school_id,
            f.rule,
            sa.func.count(sa.distinct(sa.case((failed, f.machine_id)))),
            sa.func.count(sa.distinct(sa.case((unclear, f.machine_id)))),
            sa.func.min(sa.case((failed, rank), else_=len(Severity))),
        )
        .join(machine, machine.c.id == f.machine_id)
        .where(_these(f.school_id), machine.c.retired.is_(None))
        .group_by(f.school_id, f.rule)
    )
    changes: dict[str, Any] = dict.fromkeys(("fails", "unknowns", "severity"))
    keys = ["school_id", "rule"]
    into = upsert(dialect, school_rule, keys, only_changed=True, **changes)
    still = (
        sa.select(f.id)
        .join(machine, machine.c.id == f.machine_id)
        .where(f.school_id == s.school_id, f.rule == s.rule, machine.c.retired.is_(None))
        .exists()
    )
    gone = school_rule.delete().where(_these(s.school_id), ~still)
    return into.from_select([*keys, *changes], made), gone


@cache
def _months(dialect: str) -> Any:
    r = report.c
    turn = sa.func.row_number().over(
        partition_by=(r.school_id, r.month, r.machine_id), order_by=[r.taken.desc()]
    )
    last = (
        sa.select(
            r.school_id, r.month, r.copies, r.critical, r.high, r.other, r.unsure, r.known,
            r.complete, turn.label("turn"),
        )
        .where(sa.tuple_(r.school_id, r.month).in_(sa.bindparam("touched", expanding=True)))
        .subquery()
    )  # fmt: skip
    c = last.c
    keeping, unclear = _count(c.copies > 0), _count(_doubtful(c))
    fails = sa.func.coalesce(sa.func.sum(c.critical + c.high + c.other), 0)
    made = (
        sa.select(
            c.school_id, c.month, sa.func.count(), keeping, unclear, sa.func.sum(c.copies), fails,
            _state(keeping, unclear),
        )
        .where(c.turn == 1)
        .group_by(c.school_id, c.month)
    )  # fmt: skip
    keys = ["school_id", "month"]
    changes: dict[str, Any] = dict.fromkeys(_MONTH)
    into = upsert(dialect, school_month, keys, only_changed=True, **changes)
    return into.from_select([*keys, *changes], made)


@cache
def _actions() -> tuple[sa.Update, sa.Update]:
    """What a later report shows to be mended is verified; what it shows again is open again."""
    a, s = action.c, school_rule.c
    still = (
        sa.select(s.rule)
        .where(s.school_id == a.school_id, s.rule == a.rule, s.fails + s.unknowns > 0)
        .exists()
    )
    reported = sa.select(school.c.last_report).where(school.c.id == a.school_id).scalar_subquery()
    verified = (
        action.update()
        .where(_these(a.school_id), a.state != "verified", ~still, reported.is_not(None))
        .values(state="verified", verified=sa.bindparam("now"))
    )
    later = sa.or_(a.state == "verified", (a.state == "done") & (reported > a.done))
    again = (
        action.update()
        .where(_these(a.school_id), still, later)
        .values(state="open", verified=None, done=None)
    )
    return verified, again
