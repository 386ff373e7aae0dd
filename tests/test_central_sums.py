"""Laws of the sums that pages show: however reports come, they are those of what is stored."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("alembic")
pytest.importorskip("pyrage")

import centre
import msgspec
import sqlalchemy as sa
from centre import Centre
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.central import retention, store, sums, tables, tallies, verify
from auditor.central.clock import month, now
from auditor.central.verify import Arrived
from auditor.findings import Severity

RULES = ("DRV-01", "REM-03", "BAK-01")
findings = st.lists(
    st.tuples(
        st.sampled_from(RULES),
        st.sampled_from(["fail", "unknown", "needs_answer", "waived"]),
        st.sampled_from([s.value for s in Severity]),
        st.just("E:"),
        st.sampled_from(["seen", "not seen"]),
    ),
    max_size=5,
)
step = st.one_of(
    st.tuples(
        st.just("report"), st.sampled_from(["999001", "999002"]), st.sampled_from(["A", "B", "C"]),
        st.integers(0, 150), st.integers(0, 2), findings,
    ),
    st.tuples(st.just("retire"), st.sampled_from(["A", "B", "C"]), st.booleans()),
    st.tuples(st.just("erase"), st.sampled_from(["A", "B", "C"])),
)  # fmt: skip


def base(c: Centre) -> Arrived:
    return verify.arrived(c.home, c.sealed("999001"), via="api")


def made(c: Centre, kind: Arrived, step_: tuple[object, ...]) -> Arrived:
    """A report of a machine, so many days old, with so many copies and these findings."""
    _, urn, name, ago, copies, found = step_
    assert isinstance(found, list)
    taken = now() - timedelta(days=int(str(ago)))
    return msgspec.structs.replace(
        kind, digest=f"{id(step_):064x}", urn=urn, signer=c.signing[str(urn)].public, taken=taken,
        month=month(taken), machine={**kind.machine, "name": name}, findings=tuple(found),
        facts={**kind.facts, "copies": copies, "unsure": 0, "known": True, "complete": True},
    )  # fmt: skip


def counted(c: Centre) -> tuple[object, ...]:
    """The sums as they are kept."""
    with c.engine.connect() as connection:
        rules = connection.execute(sa.select(tables.school_rule)).all()
        months = connection.execute(sa.select(tables.school_month)).mappings().all()
    # A month that nobody reported in any more says the same as none.
    kept = [tuple(m.values()) for m in months if m["machines"]]
    return sorted(map(tuple, rules)), sorted(kept)


def counted_again(c: Centre) -> tuple[object, ...]:
    """The same from the machines and reports, by another way."""
    with c.engine.begin() as connection:
        ids = connection.execute(sa.select(tables.school.c.id)).scalars().all()
        sums.counted(connection, ids)
        reports = connection.execute(sa.select(tables.report).order_by(tables.report.c.id))
        last: dict[tuple[int, int], sa.RowMapping] = {}
        for r in reports.mappings():
            had = last.get((r["machine_id"], r["month"]))
            if had is None or r["taken"] >= had["taken"]:
                last[r["machine_id"], r["month"]] = r
        sum_: dict[tuple[int, int], Counter[str]] = {}
        for r in last.values():
            names = dict(zip(tallies.MONTH, tallies.of_month(r), strict=True))
            sum_.setdefault((r["school_id"], r["month"]), Counter()).update(names)
        connection.execute(tables.school_month.delete())
        for (school_id, number), m in sum_.items():
            state = "keeps" if m["keeping"] else "unsure" if m["doubtful"] else "clear"
            row = {n: m[n] for n in tallies.MONTH}
            made_ = {"school_id": school_id, "month": number, "state": state, **row}
            connection.execute(tables.school_month.insert(), made_)
    return counted(c)


def done(c: Centre, kind: Arrived, steps: list[tuple[object, ...]]) -> None:
    """Lets all this happen, reports that follow each other in one transaction."""
    waiting: list[Arrived] = []
    for one in [*steps, ("end",)]:
        if one[0] == "report":
            waiting.append(made(c, kind, one))
            continue
        with c.engine.begin() as connection:
            if waiting:
                store.put(connection, waiting)
        waiting = []
        with c.engine.begin() as connection:
            other(connection, one)


def other(connection: sa.Connection, one: tuple[object, ...]) -> None:
    m = tables.machine.c
    of = sa.select(tables.school.c.id).where(tables.school.c.urn == "999001")
    here = (m.school_id == of.scalar_subquery()) & (m.name == (one[1] if len(one) > 1 else ""))
    if connection.execute(sa.select(m.id).where(here)).first() is None:
        return
    if one[0] == "retire":
        gone = now() if one[2] else None
        connection.execute(tables.machine.update().where(here).values(retired=gone))
        id_ = connection.execute(of).scalar_one()
        sums.counted(connection, {id_})
        sums.summed(connection, {id_})
    elif one[0] == "erase":
        retention.erase(connection, "999001", "test", "asked", str(one[1]))


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(step, max_size=12))
def test_sums_are_those_of_what_is_stored_in_whatever_order_it_came(
    steps: list[tuple[object, ...]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        c = centre.new(Path(name) / "home")
        c.enrol("999002")
        done(c, base(c), steps)

        kept = counted(c)

        assert kept == counted_again(c)
        c.engine.dispose()


@settings(max_examples=100)
@given(found=findings)
def test_findings_are_kept_as_they_were(found: list[tallies.Finding]) -> None:
    assert list(tallies.unpacked(tallies.packed(found))) == found


@given(before=findings, after=findings)
def test_what_changes_added_to_what_was_is_what_is(
    before: list[tallies.Finding], after: list[tallies.Finding]
) -> None:
    sums_: dict[tuple[int, str], tallies.Counts] = {}
    tallies.add_rules(sums_, 1, {}, tallies.of_rules(before))
    tallies.add_rules(sums_, 1, tallies.of_rules(before), tallies.of_rules(after))
    assert {r: n for (_, r), n in sums_.items()} == tallies.of_rules(after)


def test_a_sum_that_went_wrong_is_right_again_within_a_day(tmp_path: Path) -> None:
    c = centre.new(tmp_path / "home")
    fails = [("DRV-01", "fail", "high", "E:", "seen")]
    done(c, base(c), [("report", "999001", name, 1, 2, fails) for name in "AB"])
    right = counted(c)
    wrong = tables.school_rule.update().values(fails=7)
    reported = tables.school.c.last_report.is_not(None)
    copies = sa.select(tables.school.c.copies).where(reported)
    with c.engine.begin() as connection:
        seen = connection.execute(copies).scalars().all()
        connection.execute(wrong)
        connection.execute(tables.school.update().where(reported).values(copies=99))
    assert counted(c) != right

    assert retention.recount(c.engine) == 1

    assert counted(c) == right
    with c.engine.connect() as connection:
        assert connection.execute(copies).scalars().all() == seen
    c.engine.dispose()
