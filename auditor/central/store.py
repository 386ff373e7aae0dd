"""Stores reports, many in one transaction, and keeps every sum that pages show.

The sums are made again from the rows of the schools at hand, never counted up, so that a report
out of order, a retired machine or an erasure cannot leave them wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from auditor.central.clock import now
from auditor.central.database import upsert
from auditor.central.tables import (
    FACTS,
    action,
    finding,
    machine,
    report,
    school,
    school_month,
    school_rule,
    sealed,
)
from auditor.central.verify import Arrived
from auditor.evidence import Record
from auditor.findings import Severity


class Receipt(Record, frozen=True, kw_only=True):
    """What the sender is told of an accepted report."""

    report: str
    """The digest of the report."""
    state: str
    """`accepted`, or `already` when this audit was here before."""


def put(connection: sa.Connection, items: Sequence[Arrived]) -> list[Receipt]:
    """Stores reports; the caller commits, and only then may anybody be told.

    Order within and between transactions follows the ids of schools, so that two processes that
    store for the same schools wait for each other instead of both failing.
    """
    there = _there(connection, [i.digest for i in items])
    new = {i.digest: i for i in items if i.digest not in there}
    made = sorted(new.values(), key=lambda i: (i.school_id, str(i.machine["name"]), i.taken))
    if made:
        _locked(connection, {i.school_id for i in made})
        machines = _machines(connection, made)
        ids = _reports(connection, made, machines)
        _latest(connection, made, machines, ids)
        _months(connection, {(i.school_id, i.month) for i in made})
        summed(connection, {i.school_id for i in made})
    fresh = set(new)
    states = []
    for i in items:
        states.append(
            Receipt(report=i.digest, state="accepted" if i.digest in fresh else "already")
        )
        fresh.discard(i.digest)
    return states


def _there(connection: sa.Connection, digests: list[str]) -> set[str]:
    found = connection.execute(sa.select(report.c.digest).where(report.c.digest.in_(digests)))
    return set(found.scalars())


def _locked(connection: sa.Connection, schools: Iterable[int]) -> None:
    """Takes the rows of the schools in the order of their ids; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        of = sa.select(school.c.id).where(school.c.id.in_(schools)).order_by(school.c.id)
        connection.execute(of.with_for_update()).all()


def _machines(connection: sa.Connection, items: Sequence[Arrived]) -> dict[tuple[int, str], Any]:
    """The machine of each report, made if it is new."""
    named = {(i.school_id, str(i.machine["name"])): i for i in items}
    m = machine.c

    def found() -> dict[tuple[int, str], Any]:
        rows = connection.execute(
            sa.select(m.id, m.school_id, m.name, m.last_seen, m.first_seen).where(
                m.school_id.in_({s for s, _ in named}), m.name.in_({n for _, n in named})
            )
        )
        return {(row.school_id, row.name): row for row in rows}

    known = found()
    missing = [
        {"school_id": s, **i.machine, "first_seen": i.taken}
        for (s, n), i in named.items()
        if (s, n) not in known
    ]
    if missing:
        connection.execute(upsert(connection, machine, ["school_id", "name"]).values(missing))
        known = found()
    return known


def _reports(
    connection: sa.Connection,
    items: Sequence[Arrived],
    machines: dict[tuple[int, str], Any],
) -> list[int]:
    """Their ids, in the order of the reports."""
    rows = [
        {
            "digest": i.digest,
            "school_id": i.school_id,
            "machine_id": machines[i.school_id, str(i.machine["name"])].id,
            "taken": i.taken,
            "received": i.received,
            "month": i.month,
            "via": i.via,
            "tool": i.tool,
            "pack": i.pack,
            "rules": i.rules,
            "key_id": i.key_id,
            "encrypted": i.encrypted,
            "size": len(i.sealed),
            **i.facts,
        }
        for i in items
    ]
    made = connection.execute(
        sa.insert(report).returning(report.c.id, sort_by_parameter_order=True), rows
    )
    ids = list(made.scalars())
    kept = [{"report_id": id_, "bytes": i.sealed} for id_, i in zip(ids, items, strict=True)]
    connection.execute(sa.insert(sealed), kept)
    return ids


def _latest(
    connection: sa.Connection,
    items: Sequence[Arrived],
    machines: dict[tuple[int, str], Any],
    ids: list[int],
) -> None:
    """Machines whose latest report is among these take its facts and its findings."""
    newest: dict[int, tuple[Arrived, int]] = {}
    for i, id_ in zip(items, ids, strict=True):
        row = machines[i.school_id, str(i.machine["name"])]
        seen = newest[row.id][0].taken if row.id in newest else row.last_seen
        if seen is None or i.taken >= seen:
            newest[row.id] = (i, id_)
    if not newest:
        return
    columns = ("platform", "os", "portable", "last_seen", "report_id", "retired", *FACTS)
    connection.execute(
        machine.update()
        .where(machine.c.id == sa.bindparam("m"))
        .values({c: sa.bindparam(f"v_{c}") for c in columns}),
        [_facts_of(m, i, id_) for m, (i, id_) in newest.items()],
    )
    connection.execute(finding.delete().where(finding.c.machine_id.in_(list(newest))))
    rows = [row for m, (i, _) in newest.items() for row in _finding_rows(m, i)]
    if rows:
        connection.execute(sa.insert(finding), rows)


def _facts_of(machine_id: int, i: Arrived, report_id: int) -> dict[str, object]:
    values: dict[str, object] = {
        **{k: v for k, v in i.machine.items() if k != "name"},
        "last_seen": i.taken,
        "report_id": report_id,
        "retired": None,
        **i.facts,
    }
    return {"m": machine_id, **{f"v_{k}": v for k, v in values.items()}}


def _finding_rows(machine_id: int, i: Arrived) -> list[dict[str, object]]:
    names = ("rule", "verdict", "severity", "subject", "seen")
    return [
        {"school_id": i.school_id, "machine_id": machine_id, **dict(zip(names, f, strict=True))}
        for f in i.findings
    ]


def summed(connection: sa.Connection, schools: set[int]) -> None:
    """Makes the sums of these schools again."""
    _schools(connection, schools)
    _rules(connection, schools)
    _actions(connection, schools)


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def doubtful(table: sa.Table) -> sa.ColumnElement[bool]:
    """A machine or report of which nobody can say that it keeps no copies."""
    c = table.c
    return (c.copies == 0) & ((c.unsure > 0) | ~c.known | ~c.complete)


def _schools(connection: sa.Connection, schools: set[int]) -> None:
    m = machine.c
    kept = m.retired.is_(None) & m.report_id.is_not(None)

    def total(column: sa.Column[int]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(column), 0)

    keeping, unclear = _count(m.copies > 0), _count(doubtful(machine))
    state = sa.case(
        (sa.func.count() == 0, "silent"),
        (keeping > 0, "keeps"),
        (unclear > 0, "unsure"),
        else_="clear",
    )
    sums = {
        "machines": sa.func.count(),
        "keeping": keeping,
        "doubtful": unclear,
        "carrying": _count(m.copies + m.closed > 0),
        "people_low": sa.func.coalesce(sa.func.max(m.people_low), 0),
        **{
            n: total(m[n])
            for n in (
                "copies", "unsure", "closed", "people_high", "critical", "high", "other", "unknown",
            )
        },
        "state": state,
        "first_report": sa.func.min(m.first_seen),
        "last_report": sa.func.max(m.last_seen),
    }  # fmt: skip
    rows = connection.execute(
        sa.select(m.school_id, *(v.label(k) for k, v in sums.items()))
        .where(m.school_id.in_(schools), kept)
        .group_by(m.school_id)
    ).mappings()
    made = {r["school_id"]: {f"v_{k}": r[k] for k in sums} for r in rows}
    silent = {f"v_{k}": 0 for k in sums} | {
        "v_state": "silent", "v_first_report": None, "v_last_report": None,
    }  # fmt: skip
    connection.execute(
        school.update()
        .where(school.c.id == sa.bindparam("s"))
        .values({k: sa.bindparam(f"v_{k}") for k in sums}),
        [{"s": s, **made.get(s, silent)} for s in sorted(schools)],
    )


def _rules(connection: sa.Connection, schools: set[int]) -> None:
    """How many machines of each school fail each rule, or could not tell."""
    f, names = finding.c, ("school_id", "rule", "fails", "unknowns", "severity")
    failed = f.verdict == "fail"
    rank = sa.case(*((f.severity == s.value, s.rank) for s in Severity), else_=len(Severity))
    made = (
        sa.select(
            f.school_id,
            f.rule,
            sa.func.count(sa.distinct(sa.case((failed, f.machine_id)))),
            sa.func.count(sa.distinct(sa.case((~failed, f.machine_id)))),
            sa.func.min(sa.case((failed, rank), else_=len(Severity))),
        )
        .join(machine, machine.c.id == f.machine_id)
        .where(f.school_id.in_(schools), machine.c.retired.is_(None))
        .group_by(f.school_id, f.rule)
    )
    rows = [dict(zip(names, r, strict=True)) for r in connection.execute(made)]
    old = {
        (r.school_id, r.rule): tuple(r)
        for r in connection.execute(
            sa.select(school_rule).where(school_rule.c.school_id.in_(schools))
        )
    }
    _changed(connection, old, rows)


def _changed(
    connection: sa.Connection,
    old: dict[tuple[int, str], tuple[object, ...]],
    rows: list[dict[str, Any]],
) -> None:
    """Writes only rows that differ: month after month, most stay as they are."""
    keys = ("school_id", "rule")
    new = {(r["school_id"], r["rule"]): r for r in rows}
    write = [r for k, r in new.items() if old.get(k) != tuple(r.values())]
    if write:
        changes = dict.fromkeys(("fails", "unknowns", "severity"))
        connection.execute(upsert(connection, school_rule, keys, **changes).values(write))
    gone = [k for k in old if k not in new]
    if gone:
        s = school_rule.c
        connection.execute(school_rule.delete().where(sa.tuple_(s.school_id, s.rule).in_(gone)))


def _months(connection: sa.Connection, touched: set[tuple[int, int]]) -> None:
    """A school's month, from the last report of each machine in it."""
    r = report.c
    last = (
        sa.select(
            r.school_id, r.month, r.copies, r.critical, r.high, r.other,
            r.unsure, r.known, r.complete,
            sa.func.row_number()
            .over(partition_by=(r.school_id, r.month, r.machine_id), order_by=[r.taken.desc()])
            .label("turn"),
        )
        .where(sa.tuple_(r.school_id, r.month).in_(list(touched)))
        .subquery()
    )  # fmt: skip
    c = last.c
    keeping, unclear = _count(c.copies > 0), _count(doubtful(last))  # type: ignore[arg-type]
    fails = sa.func.coalesce(sa.func.sum(c.critical + c.high + c.other), 0)
    made = (
        sa.select(
            c.school_id, c.month, sa.func.count().label("machines"), keeping.label("keeping"),
            unclear.label("doubtful"), sa.func.sum(c.copies).label("copies"), fails.label("fails"),
            sa.case((keeping > 0, "keeps"), (unclear > 0, "unsure"), else_="clear").label("state"),
        )
        .where(c.turn == 1)
        .group_by(c.school_id, c.month)
    )  # fmt: skip
    rows = [dict(row) for row in connection.execute(made).mappings()]
    changes = dict.fromkeys(("machines", "keeping", "doubtful", "copies", "fails", "state"))
    connection.execute(
        upsert(connection, school_month, ("school_id", "month"), **changes).values(rows)
    )


def _actions(connection: sa.Connection, schools: set[int]) -> None:
    """What a later report shows to be mended is verified; what it shows again is open again."""
    a, s = action.c, school_rule.c
    still = (
        sa.select(s.rule)
        .where(s.school_id == a.school_id, s.rule == a.rule, s.fails + s.unknowns > 0)
        .exists()
    )
    here = a.school_id.in_(schools)
    reported = sa.select(school.c.last_report).where(school.c.id == a.school_id).scalar_subquery()
    connection.execute(
        action.update()
        .where(here, a.state != "verified", ~still, reported.is_not(None))
        .values(state="verified", verified=now())
    )
    connection.execute(
        action.update()
        .where(
            here, still, sa.or_(a.state == "verified", (a.state == "done") & (reported > a.done))
        )
        .values(state="open", verified=None, done=None)
    )
