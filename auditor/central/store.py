"""Stores reports, many in one transaction, with every sum that pages show.

The sums are made again from the rows of the schools at hand, never counted up, so that a report
out of order, a retired machine or an erasure cannot leave them wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from auditor.central.database import bulk, upsert
from auditor.central.sums import months_summed, summed
from auditor.central.tables import (
    FACTS,
    finding,
    machine,
    report,
    school,
    sealed,
)
from auditor.central.verify import Arrived
from auditor.evidence import Record


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
        locked(connection, {i.school_id for i in made})
        machines = _machines(connection, made)
        ids = _reports(connection, made, machines)
        _latest(connection, made, machines, ids)
        months_summed(connection, {(i.school_id, i.month) for i in made})
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


def locked(connection: sa.Connection, schools: Iterable[int]) -> None:
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
        connection.execute(upsert(connection.dialect.name, machine, ["school_id", "name"]), missing)
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
    connection.execute(_to_machine(), [_facts_of(m, i, id_) for m, (i, id_) in newest.items()])
    connection.execute(finding.delete().where(finding.c.machine_id.in_(list(newest))))
    rows = [row for m, (i, _) in newest.items() for row in _finding_rows(m, i)]
    if rows:
        bulk(connection, finding, FINDING, rows)


@cache
def _to_machine() -> sa.Update:
    columns = (
        "platform", "os", "portable", "last_seen", "report_id", "retired", "judging_id", *FACTS,
    )  # fmt: skip
    values: dict[str, Any] = {c: sa.bindparam(f"v_{c}") for c in columns}
    return machine.update().where(machine.c.id == sa.bindparam("m")).values(values)


def _facts_of(machine_id: int, i: Arrived, report_id: int) -> dict[str, object]:
    values: dict[str, object] = {
        **{k: v for k, v in i.machine.items() if k != "name"},
        "last_seen": i.taken,
        "report_id": report_id,
        "retired": None,
        "judging_id": None,
        **i.facts,
    }
    return {"m": machine_id, **{f"v_{k}": v for k, v in values.items()}}


FINDING = ("school_id", "machine_id", "rule", "verdict", "severity", "subject", "seen")


def _finding_rows(machine_id: int, i: Arrived) -> list[tuple[object, ...]]:
    return [(i.school_id, machine_id, *f) for f in i.findings]
