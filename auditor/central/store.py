"""Stores reports, many in one transaction, with every sum that pages show.

A report costs a dozen rows, however large it is and however many machines its school has, and the
statements are the same for one report and for hundreds: see `tallies` and `sums`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa

from auditor.central import tallies
from auditor.central.database import among, numbered, upsert
from auditor.central.sums import months_moved, rules_moved, summed
from auditor.central.tables import FACTS, found, machine, report, school, sealed
from auditor.central.tallies import Counts
from auditor.central.verify import Arrived, Turned, enrolled
from auditor.evidence import Record

_JUDGED = ("copies", "unsure", "known", "complete", "critical", "high", "other")
"""The facts that a month is made of."""


class Receipt(Record, frozen=True, kw_only=True):
    """What the sender is told of an accepted report."""

    report: str
    """The digest of the report."""
    state: str
    """`accepted`, or `already` when this audit was here before."""


class _One(msgspec.Struct):
    """A report on its way, with the row of its machine."""

    item: Arrived
    machine: dict[str, Any]
    """`id`, `retired`, `last_seen` and `known`: whether it reported before."""
    id: int


def put(connection: sa.Connection, items: Sequence[Arrived]) -> list[Receipt | Turned]:
    """Stores reports; the caller commits, and only then may anybody be told.

    Returns:
        For each its receipt, or why it was not accepted.
    """
    checked = enrolled(connection, items)
    may = [i for i in checked if isinstance(i, Arrived)]
    there = _there(connection, [i.digest for i in may])
    new = {i.digest: i for i in may if i.digest not in there}
    if new:
        _stored(connection, list(new.values()))
    states: list[Receipt | Turned] = []
    for i in checked:
        if isinstance(i, Turned):
            states.append(i)
        else:
            state = "accepted" if new.pop(i.digest, None) else "already"
            states.append(Receipt(report=i.digest, state=state))
    return states


def _there(connection: sa.Connection, digests: list[str]) -> set[str]:
    found_ = connection.execute(_digests(connection.dialect.name), {"digests": digests})
    return set(found_.scalars())


@cache
def _digests(dialect: str) -> sa.Select[Any]:
    return sa.select(report.c.digest).where(among(dialect, report.c.digest, "digests"))


def locked(connection: sa.Connection, schools: Iterable[int]) -> None:
    """Takes the rows of the schools in the order of their ids; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        of = sa.select(school.c.id).where(school.c.id.in_(schools)).order_by(school.c.id)
        connection.execute(of.with_for_update()).all()


def _stored(connection: sa.Connection, items: list[Arrived]) -> None:
    items.sort(key=lambda i: (i.school_id, str(i.machine["name"]), i.taken))
    machines = _machines(connection, items)
    ids = numbered(connection, report, len(items))
    made = [
        _One(item=i, machine=machines[i.school_id, str(i.machine["name"])], id=n)
        for i, n in zip(items, ids, strict=True)
    ]
    months = _months(connection, made)
    connection.execute(_INTO_REPORT, [_report(o) for o in made])
    connection.execute(_INTO_SEALED, [{"report_id": o.id, "bytes": o.item.sealed} for o in made])
    months_moved(connection, months)
    _latest(connection, made)
    summed(connection, {i.school_id for i in items})


_INTO_REPORT, _INTO_SEALED, _INTO_MACHINE = (t.insert() for t in (report, sealed, machine))


@cache
def _named(dialect: str) -> sa.Select[Any]:
    m = machine.c
    return sa.select(m.id, m.school_id, m.name, m.last_seen, m.retired).where(
        among(dialect, m.school_id, "schools"), among(dialect, m.name, "names")
    )


def _machines(
    connection: sa.Connection, items: Sequence[Arrived]
) -> dict[tuple[int, str], dict[str, Any]]:
    """The machine of each report, made if it is new."""
    first: dict[tuple[int, str], Arrived] = {}
    for i in items:
        first.setdefault((i.school_id, str(i.machine["name"])), i)
    wanted = {"schools": sorted({s for s, _ in first}), "names": sorted({n for _, n in first})}
    rows = connection.execute(_named(connection.dialect.name), wanted).mappings()
    machines = {(r["school_id"], r["name"]): {**r, "known": True} for r in rows}
    missing = [key for key in first if key not in machines]
    made = []
    for (s, n), id_ in zip(missing, numbered(connection, machine, len(missing)), strict=True):
        i = first[s, n]
        made.append({"id": id_, "school_id": s, **i.machine, "first_seen": i.taken})
        machines[s, n] = {"id": id_, "last_seen": None, "retired": None, "known": False}
    if made:
        connection.execute(_INTO_MACHINE, made)
    return machines


def _report(o: _One) -> dict[str, Any]:
    i = o.item
    return {
        "id": o.id,
        "digest": i.digest,
        "school_id": i.school_id,
        "machine_id": o.machine["id"],
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


@cache
def _in_months(dialect: str) -> sa.Select[Any]:
    r = report.c
    return sa.select(r.machine_id, r.month, r.taken, *(r[n] for n in _JUDGED)).where(
        among(dialect, r.machine_id, "machines"), among(dialect, r.month, "months")
    )


def _months(connection: sa.Connection, made: Sequence[_One]) -> dict[tuple[int, int], Counts]:
    """What changes in the months: a machine counts by the last of its reports in each."""
    last: dict[tuple[int, int], Any] = {}
    known = sorted({o.machine["id"] for o in made if o.machine["known"]})
    if known:
        these = {"machines": known, "months": sorted({o.item.month for o in made})}
        for r in connection.execute(_in_months(connection.dialect.name), these).mappings():
            had = last.get((r["machine_id"], r["month"]))
            if had is None or r["taken"] >= had["taken"]:
                last[r["machine_id"], r["month"]] = r
    changes: dict[tuple[int, int], Counts] = {}
    for o in made:
        at = (o.machine["id"], o.item.month)
        had = last.get(at)
        if had is None or o.item.taken >= had["taken"]:
            last[at] = {"taken": o.item.taken, **o.item.facts}
            change = tallies.moved(tallies.of_month(had), tallies.of_month(o.item.facts))
            tallies.add(changes, (o.item.school_id, o.item.month), change)
    return changes


def months_of(connection: sa.Connection, machines: Sequence[int]) -> dict[tuple[int, int], Counts]:
    """What would leave the months of its school if these machines had never reported."""
    r = report.c
    rows = sa.select(report).where(r.machine_id.in_(machines)).order_by(r.taken)
    last = {(m["machine_id"], m["month"]): m for m in connection.execute(rows).mappings()}
    changes: dict[tuple[int, int], Counts] = {}
    for m in last.values():
        less = tallies.moved(tallies.of_month(m), tallies.of_month(None))
        tallies.add(changes, (m["school_id"], m["month"]), less)
    return changes


def _latest(connection: sa.Connection, made: Sequence[_One]) -> None:
    """Machines whose latest report is among these take its facts and its findings."""
    newest: dict[int, _One] = {}
    for o in made:
        had = newest.get(o.machine["id"])
        seen = had.item.taken if had else o.machine["last_seen"]
        if seen is None or o.item.taken >= seen:
            newest[o.machine["id"]] = o
    if not newest:
        return
    connection.execute(_to_machine(), [_facts_of(o) for o in newest.values()])
    replaced(
        connection,
        [
            Change(
                school_id=o.item.school_id,
                machine_id=id_,
                counted=o.machine["retired"] is None,
                findings=o.item.findings,
            )
            for id_, o in newest.items()
        ],
    )


class Change(Record, frozen=True, kw_only=True):
    """What did not pass on a machine now."""

    school_id: int
    machine_id: int
    counted: bool
    """Whether what did not pass before is in the sums of its school."""
    counts: bool = True
    """Whether this is to be."""
    findings: Sequence[tallies.Finding]


def replaced(connection: sa.Connection, machines: Sequence[Change]) -> None:
    """Keeps what did not pass on machines now, instead of what did not before; moves the sums."""
    dialect = connection.dialect.name
    kept = connection.execute(_kept(dialect), {"machines": [m.machine_id for m in machines]})
    before = {row.machine_id: bytes(row.findings) for row in kept}
    changes: dict[tuple[int, str], Counts] = {}
    rows = []
    for m in machines:
        had, has = before.get(m.machine_id), tallies.packed(m.findings)
        if had != has:
            rows.append({"machine_id": m.machine_id, "findings": has})
        if had != has or m.counted != m.counts:
            was = tallies.of_rules(tallies.unpacked(had)) if had and m.counted else {}
            now = tallies.of_rules(m.findings) if m.counts else {}
            tallies.add_rules(changes, m.school_id, was, now)
    if rows:
        connection.execute(_into_found(dialect), rows)
    rules_moved(connection, changes)


@cache
def _kept(dialect: str) -> sa.Select[Any]:
    return sa.select(found).where(among(dialect, found.c.machine_id, "machines"))


@cache
def _into_found(dialect: str) -> Any:
    return upsert(dialect, found, ["machine_id"], findings=None)


@cache
def _to_machine() -> sa.Update:
    columns = (
        "platform", "os", "portable", "last_seen", "report_id", "retired", "judging_id", *FACTS,
    )  # fmt: skip
    values: dict[str, Any] = {c: sa.bindparam(f"v_{c}") for c in columns}
    return machine.update().where(machine.c.id == sa.bindparam("m")).values(values)


def _facts_of(o: _One) -> dict[str, object]:
    i = o.item
    values: dict[str, object] = {
        **{k: v for k, v in i.machine.items() if k != "name"},
        "last_seen": i.taken,
        "report_id": o.id,
        "retired": None,
        "judging_id": None,
        **i.facts,
    }
    return {"m": o.machine["id"], **{f"v_{k}": v for k, v in values.items()}}
