"""How reports get into an authority's store: what is kept, refused, summed, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("alembic")
pytest.importorskip("cryptography")
pytest.importorskip("pyrage")

import centre
import sqlalchemy as sa
from centre import Centre

from auditor.central import database, folder, tables, tallies
from auditor.central.folder import Taken
from auditor.central.writer import Writer


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    if not centre.postgres_programs():
        pytest.skip("needs Debian package postgresql")
    with centre.postgres() as url:
        yield url


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=[pytest.mark.slow, pytest.mark.central]),
    ]
)
def central(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    url = "sqlite:///central.db"
    if request.param == "postgresql":
        url = centre.new_database(request.getfixturevalue("server"))
    made = centre.new(tmp_path / "home", url)
    yield made
    made.engine.dispose()


def take(c: Centre, *came: bytes, via: str = "folder") -> list[Taken]:
    writer = Writer(c.engine)
    try:
        return [folder.one(c.engine, c.home, writer, b, via=via) for b in came]
    finally:
        writer.close()


def row(c: Centre, table: sa.Table, **where: object) -> dict[str, object]:
    with c.engine.connect() as connection:
        found = connection.execute(
            sa.select(table).where(*(table.c[k] == v for k, v in where.items()))
        ).mappings()
        return dict(found.one())


def count(c: Centre, table: sa.Table) -> int:
    with c.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def findings(c: Centre) -> list[tuple[str, ...]]:
    """What did not pass on any machine."""
    with c.engine.connect() as connection:
        kept = connection.execute(sa.select(tables.found.c.findings)).scalars()
        return [f for packed in kept for f in tallies.unpacked(packed)]


def test_the_list_of_schools_comes_in_and_again_changes_only_what_changed(central: Centre) -> None:
    from auditor.central.schools import import_csv

    with central.engine.begin() as c:
        again = import_csv(c, centre.SCHOOLS.replace("Silent Infants", "Quiet Infants"))

    assert (again.schools, again.wrong) == (4, ())
    assert count(central, tables.school) == 4
    assert row(central, tables.school, urn="999004")["name"] == "Quiet Infants"


def test_a_report_is_stored_once_with_its_sums(central: Centre) -> None:
    sealed = central.sealed("999001")

    assert [t.state for t in take(central, sealed, sealed)] == ["accepted", "already"]

    school = row(central, tables.school, urn="999001")
    assert (school["state"], school["machines"], school["keeping"]) == ("keeps", 1, 1)
    assert school["copies"] == 4
    assert school["people_low"] == 412
    assert row(central, tables.sealed)["bytes"] == sealed
    assert count(central, tables.report) == 1
    assert len(findings(central)) > 5
    assert row(central, tables.school, urn="999002")["state"] == "silent"
    assert row(central, tables.school_month)["state"] == "keeps"


def test_a_newer_report_replaces_the_findings_and_an_older_one_does_not(central: Centre) -> None:
    bad = central.sealed("999001", "laptop", name="PC-1")
    good = central.sealed("999001", "clean", name="PC-1", ago=timedelta(minutes=1))
    older = central.sealed("999001", "laptop", name="PC-1", ago=timedelta(days=2))
    take(central, bad)
    before = len(findings(central))

    take(central, good, older)

    assert row(central, tables.school, urn="999001")["state"] == "clear"
    assert row(central, tables.machine)["platform"] == "linux"
    assert len(findings(central)) < before
    assert count(central, tables.report) == 3


def test_unknown_is_never_clear(central: Centre) -> None:
    take(
        central,
        central.sealed("999001", "nothing"),
        central.sealed("999001", "clean", name="CLEAN"),
    )

    assert row(central, tables.school, urn="999001")["state"] == "unsure"


def other_key(c: Centre, urn: str) -> bytes:
    from auditor import keys, seal, wire

    return seal.seal(
        wire.encode(centre.audit(urn=urn)),
        keys.new_signing_key(),
        urn=urn,
        now=centre.audit().evidence.machine.taken,
        to=c.home.recipient,
    )


def about_another(c: Centre) -> bytes:
    c.enrol("999001")
    c.signing["999002"] = c.signing["999001"]
    return c.sealed("999002")


def not_a_report(c: Centre) -> bytes:
    from auditor import seal

    c.enrol("999001")
    return seal.seal(
        b'{"format":"auditor-report","version":1}',
        c.signing["999001"],
        urn="999001",
        now=centre.audit().evidence.machine.taken,
        to=c.home.recipient,
    )


@pytest.mark.parametrize(
    ("came", "why"),
    [
        (lambda c: b"no report", "not_sealed"),
        (lambda c: c.sealed("999001")[:-20], "not_for_us"),
        (lambda c: c.sealed("999001", ago=timedelta(days=500)), "stale"),
        (lambda c: c.sealed("999001", ago=timedelta(days=-3)), "future"),
        (lambda c: other_key(c, "999001"), "unknown_key"),
        (about_another, "other_school"),
        (not_a_report, "not_a_report"),
    ],
    ids=["no report", "cut", "stale", "future", "unknown key", "another school", "no audit"],
)
def test_what_is_refused_is_kept_aside_with_its_reason(
    central: Centre, came: object, why: str
) -> None:
    central.enrol("999002")
    sent = came(central)  # type: ignore[operator]

    told = take(central, sent, sent)

    assert [t.state for t in told] == ["refused", "refused"]
    kept = row(central, tables.quarantine)
    assert (kept["why"], kept["bytes"]) == (why, sent)
    assert told[0].said == kept["said"]
    assert count(central, tables.report) == 0


def test_a_revoked_key_opens_nothing(central: Centre) -> None:
    sealed = central.sealed("999001")
    with central.engine.begin() as c:
        c.execute(tables.signing_key.update().values(revoked=sa.func.current_timestamp()))

    assert take(central, sealed)[0].state == "refused"
    assert row(central, tables.quarantine)["why"] == "revoked_key"


def test_quarantine_forgets_the_oldest_beyond_its_limit(tmp_path: Path) -> None:
    c = centre.new(tmp_path / "home", quarantine_most=3)

    take(c, *(f"junk {n}".encode() for n in range(5)))

    assert count(c, tables.quarantine) == 3


def test_a_folder_and_a_mailbox_are_taken_in_again_and_again(
    central: Centre, tmp_path: Path
) -> None:
    import mailbox
    from email.message import EmailMessage

    drop = tmp_path / "drop" / "sub"
    drop.mkdir(parents=True)
    (drop / "report.audit").write_bytes(central.sealed("999001"))
    (drop / "notes.txt").write_text("not a report")
    (drop / "cut.audit").write_bytes(central.sealed("999001")[:500])
    mail = EmailMessage()
    mail["Subject"] = "our report"
    mail.set_content("attached")
    mail.add_attachment(
        central.sealed("999002"), maintype="application", subtype="octet-stream", filename="r.audit"
    )
    (drop / "one.eml").write_bytes(bytes(mail))
    box = mailbox.mbox(tmp_path / "drop" / "all.mbox")
    box.add(mail)
    box.close()
    before = {p: p.read_bytes() for p in drop.rglob("*") if p.is_file()}

    first = list(folder.take(central.engine, central.home, [tmp_path / "drop"]))
    again = list(folder.take(central.engine, central.home, [tmp_path / "drop"]))

    assert sorted(t.state for t in first) == ["accepted", "accepted", "already", "refused"]
    assert {t.state for t in again} == {"already", "refused"}
    assert count(central, tables.report) == 2
    assert {p: p.read_bytes() for p in drop.rglob("*") if p.is_file()} == before


def test_an_action_is_verified_by_the_report_that_shows_it_mended(central: Centre) -> None:
    take(central, central.sealed("999001", name="PC"))
    with central.engine.begin() as c:
        school = c.execute(sa.select(tables.school.c.id).where(tables.school.c.urn == "999001"))
        c.execute(
            tables.action.insert().values(
                school_id=school.scalar_one(),
                rule="REM-03",
                state="done",
                owner="Office",
                created=centre.audit().evidence.machine.taken,
                done=centre.audit().evidence.machine.taken,
            )
        )

    take(central, central.sealed("999001", name="PC", ago=timedelta(minutes=2)))
    assert row(central, tables.action)["state"] == "open", "the next report still shows it"

    take(central, central.sealed("999001", "clean", name="PC", ago=timedelta(minutes=1)))
    assert row(central, tables.action)["state"] == "verified"


def test_migrations_make_exactly_the_tables_and_take_them_away(central: Centre) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with central.engine.connect() as c:
        context = MigrationContext.configure(c)
        assert compare_metadata(context, tables.metadata) == []

    database.migrate(central.engine, "base", down=True)

    names = set(sa.inspect(central.engine).get_table_names())
    assert names <= {"alembic_version"}


def test_a_risk_that_the_school_accepted_is_told_and_not_counted(central: Centre) -> None:
    import msgspec

    from auditor import seal, wire

    central.enrol("999001")
    made = centre.audit()
    found = tuple(msgspec.structs.replace(f, waived=f.rule == "REM-03") for f in made.findings)
    sealed = seal.seal(
        wire.encode(msgspec.structs.replace(made, findings=found)),
        central.signing["999001"],
        urn="999001",
        now=made.evidence.machine.taken,
        to=central.home.recipient,
    )

    take(central, sealed)

    with central.engine.connect() as c:
        r = tables.school_rule.c
        assert "waived" in {f[1] for f in findings(central) if f[0] == "REM-03"}
        kept = c.execute(sa.select(r.fails, r.waived).where(r.rule == "REM-03")).one()
        assert tuple(kept) == (0, 1)
    school = row(central, tables.school, urn="999001")
    assert school["state"] == "keeps", "an accepted copy is still a copy that can leave"
