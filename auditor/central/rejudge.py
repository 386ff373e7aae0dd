"""Judges all stored evidence again, by newer or other rules, while everything else goes on.

It goes through the reports in the order in which they came, some in a transaction, and writes down
how far it is: stopped and started again, it goes on from there. What a report said when it came
stays in its sealed bytes; what it comes to now stands in `judged`, and for the latest report of
each machine also in the findings and sums that the pages show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from auditor import seal, wire
from auditor.central import store, tallies, verify
from auditor.central.clock import now
from auditor.central.settings import Home
from auditor.central.sums import summed
from auditor.central.tables import judged, judging, machine, report, sealed
from auditor.errors import CentralError, WireError
from auditor.judge import judge
from auditor.rulebook import Rulebook

_AT_ONCE = 25
_COUNTS = ("critical", "high", "other", "unknown", "passed")


def begin(engine: sa.Engine, rulebook: Rulebook, by: str) -> int:
    """A new judging, not yet run; its id.

    Raises:
        CentralError: One is going on.
    """
    with engine.begin() as c:
        if c.execute(sa.select(judging.c.id).where(judging.c.state == "running")).first():
            raise CentralError("all evidence is being judged already")
        total = c.execute(sa.select(sa.func.count()).select_from(report)).scalar_one()
        made = judging.insert().values(
            created=now(), pack=rulebook.pack.id, title=rulebook.pack.title,
            digest=rulebook.digest, by=by, state="running", total=total,
        )  # fmt: skip
        return int(c.execute(made.returning(judging.c.id)).scalar_one())


def unfinished(engine: sa.Engine) -> int | None:
    """The judging that a stop interrupted."""
    with engine.connect() as c:
        return c.execute(sa.select(judging.c.id).where(judging.c.state == "running")).scalar()


def give_up(connection: sa.Connection) -> None:
    """Ends a judging that cannot go on, such as when its rules have changed."""
    connection.execute(
        judging.update().where(judging.c.state == "running").values(state="failed", ended=now())
    )


def run(
    engine: sa.Engine,
    home: Home,
    rulebook: Rulebook,
    id_: int,
    tell: Callable[[int, int], bool] = lambda _done, _total: True,
) -> None:
    """Goes through what is left of a judging.

    Args:
        engine: The store.
        home: Whose keys open the reports.
        rulebook: The rules; those that `begin` was told of.
        id_: The judging.
        tell: Is told how many of how many reports are done; False stops, to go on later.

    Raises:
        CentralError: The rules are not those that it was begun with.
    """
    with engine.connect() as c:
        row = c.execute(sa.select(judging).where(judging.c.id == id_)).one()
    if row.digest != rulebook.digest:
        raise CentralError("the rules have changed since this was begun", hint="begin it again")
    last, done = row.last, row.done
    while tell(done, row.total):
        with engine.begin() as c:
            some = _some(c, last)
            store.locked(c, {r.school_id for r in some})
            newest = _newest(c, {r.machine_id for r in some})
            for r in some:
                _one(c, home, rulebook, id_, r, in_use=newest.get(r.id))
            if some:
                summed(c, {r.school_id for r in some})
            done += len(some)
            last = some[-1].id if some else last
            values = {"done": done, "last": last, "total": max(done, row.total)}
            if not some:
                values |= {"state": "done", "ended": now()}
            c.execute(judging.update().where(judging.c.id == id_).values(values))
        if not some:
            return


def _some(c: sa.Connection, last: int) -> list[Any]:
    r = report.c
    return list(
        c.execute(
            sa.select(
                r.id, r.school_id, r.machine_id, sealed.c.bytes,
            )
            .join(sealed, sealed.c.report_id == r.id)
            .where(r.id > last)
            .order_by(r.id)
            .limit(_AT_ONCE)
        )
    )  # fmt: skip


def _newest(c: sa.Connection, machines: set[int]) -> dict[int, bool]:
    """The latest reports of the machines, now that nobody else can change that.

    With each, whether its machine is in use.
    """
    m = machine.c
    found = c.execute(sa.select(m.report_id, m.retired).where(m.id.in_(machines)))
    return {row.report_id: row.retired is None for row in found}


def _one(
    c: sa.Connection, home: Home, rulebook: Rulebook, id_: int, r: Any, *, in_use: bool | None
) -> None:
    """Judges a report; `in_use` is None unless it is the latest of its machine."""
    try:
        audit = wire.decode(seal.unseal(r.bytes, home.identities).report)
    except (seal.Refused, WireError):
        return  # a key that is gone: what the report said when it came stays as it is
    again = msgspec.structs.replace(audit, findings=judge(audit.evidence, rulebook))
    facts, found = verify.facts(again), verify.findings(again)
    counts = {n: facts[n] for n in _COUNTS}
    kept = tallies.packed(found)
    c.execute(judged.insert().values(judging_id=id_, report_id=r.id, findings=kept, **counts))
    if in_use is not None:
        m = machine.c
        c.execute(machine.update().where(m.id == r.machine_id).values(judging_id=id_, **counts))
        change = store.Change(
            school_id=r.school_id, machine_id=r.machine_id, counted=in_use, counts=in_use,
            findings=found,
        )  # fmt: skip
        store.replaced(c, [change])
