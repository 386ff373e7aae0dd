"""What an authority's store needs over the years: newer rules, newer tables, retention, erasure, single sign-on."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("litestar")
pytest.importorskip("pyrage")

import centre
import httpx
import sqlalchemy as sa
from centre import Centre
from running import ROOT, auditor
from test_central_store import central, count, findings, row, server, take
from visitor import COOKIE, PASSWORD

from auditor.central import database, people, rejudge, retention, tables
from auditor.central.clock import now
from auditor.central.people import Role
from auditor.errors import CentralError
from auditor.rulebook import load

__all__ = ["central", "server"]


def other_rules(folder: Path) -> Path:
    """The rules of the project with REM-03 less severe."""
    shutil.copytree(ROOT / "rules", folder)
    rule = folder / "media" / "REM-03.yaml"
    text = re.sub(
        r"severity:.*?(?=\n\w)", "severity: low", rule.read_text("utf-8"), flags=re.DOTALL
    )
    rule.write_text(text, "utf-8")
    return folder


def rules_of(c: Centre, verdict: str = "fail") -> dict[str, str]:
    return {f[0]: f[2] for f in findings(c) if f[1] == verdict}


def test_all_evidence_is_judged_again_and_the_old_verdicts_are_kept(
    central: Centre, tmp_path: Path
) -> None:
    for n in range(3):
        take(central, central.sealed("999001", name=f"PC-{n}", ago=timedelta(days=40)))
        take(central, central.sealed("999001", name=f"PC-{n}"))
    before, kept = rules_of(central), row(central, tables.school, urn="999001")
    assert before["REM-03"] == "critical"
    with central.engine.connect() as c:
        came = set(c.execute(sa.select(tables.report.c.critical)).scalars())
    book = load(other_rules(tmp_path / "rules"))

    id_ = rejudge.begin(central.engine, book, "test")
    rejudge.run(central.engine, central.home, book, id_)

    after = rules_of(central)
    assert after["REM-03"] == "low"
    assert set(after) == set(before)
    school = row(central, tables.school, urn="999001")
    assert school["critical"] < kept["critical"]  # type: ignore[operator]
    assert (school["copies"], school["state"]) == (kept["copies"], kept["state"])
    job = row(central, tables.judging)
    assert (job["state"], job["done"], job["total"]) == ("done", 6, 6)
    assert count(central, tables.judged) == 6
    # What the reports said when they came is still there, as it was signed.
    assert count(central, tables.sealed) == 6
    with central.engine.connect() as c:
        assert set(c.execute(sa.select(tables.report.c.critical)).scalars()) == came
        assert set(c.execute(sa.select(tables.machine.c.judging_id)).scalars()) == {id_}

    take(central, central.sealed("999001", name="PC-0", ago=timedelta(minutes=1)))
    with central.engine.connect() as c:
        m = tables.machine.c
        assert c.execute(sa.select(m.judging_id).where(m.name == "PC-0")).scalar() is None


def test_judging_goes_on_where_it_was_stopped(
    central: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejudge, "_AT_ONCE", 2)
    take(central, *(central.sealed("999001", "clean", name=f"PC-{n}") for n in range(5)))
    book = load(ROOT / "rules")
    id_ = rejudge.begin(central.engine, book, "test")
    with pytest.raises(CentralError, match="already"):
        rejudge.begin(central.engine, book, "again")

    rejudge.run(central.engine, central.home, book, id_, lambda done, _: done < 4)
    assert (row(central, tables.judging)["done"], rejudge.unfinished(central.engine)) == (4, id_)
    rejudge.run(central.engine, central.home, book, id_)

    assert row(central, tables.judging)["state"] == "done"
    assert count(central, tables.judged) == 5
    with pytest.raises(CentralError, match="rules have changed"):
        rejudge.run(central.engine, central.home, load(other_rules(tmp_path / "r")), id_)


def test_the_tables_of_the_version_before_are_brought_up_with_their_data(central: Centre) -> None:
    take(central, central.sealed("999001"), central.sealed("999002", "clean"))
    database.migrate(central.engine, "0001", down=True)
    assert "judging" not in sa.inspect(central.engine).get_table_names()
    with central.engine.connect() as c:
        assert c.execute(sa.text("SELECT count(*) FROM report")).scalar() == 2

    database.migrate(central.engine)

    assert database.revision(central.engine) == "0003"
    assert row(central, tables.school, urn="999001")["state"] == "keeps"
    assert (count(central, tables.report), count(central, tables.sealed)) == (2, 2)
    assert take(central, central.sealed("999001", name="NEW"))[0].state == "accepted"


def test_a_database_of_a_newer_version_is_left_alone(central: Centre) -> None:
    with central.engine.begin() as c:
        c.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(CentralError, match="newer version"):
        database.migrate(central.engine)


def test_retention_takes_old_reports_but_never_the_latest_of_a_machine(central: Centre) -> None:
    take(
        central,
        central.sealed("999001", name="A", ago=timedelta(days=300)),
        central.sealed("999001", name="A", ago=timedelta(days=1)),
        central.sealed("999001", name="B", ago=timedelta(days=300)),
    )
    with central.engine.begin() as c:
        c.execute(tables.report.update().values(received=now() - timedelta(days=1000)))
        c.execute(tables.look.insert().values(at=now() - timedelta(days=900), who="x", what="y"))
    uploads = Path(central.home.folder) / "uploads"
    uploads.mkdir()
    (uploads / "1-x.part").write_bytes(b"x")

    found = retention.sweep(central.engine, central.home)

    assert (found.reports, found.looks, found.uploads) == (1, 1, 0)
    assert count(central, tables.report) == count(central, tables.sealed) == 2
    assert row(central, tables.school, urn="999001")["machines"] == 2
    assert count(central, tables.school_month) == 2, "the months stay"


def test_a_school_and_a_machine_are_erased_with_a_record(central: Centre) -> None:
    take(
        central,
        central.sealed("999001", name="A"),
        central.sealed("999001", "clean", name="B"),
        central.sealed("999002", name="C"),
    )
    with central.engine.begin() as c:
        with pytest.raises(CentralError, match="reason"):
            retention.erase(c, "999001", "admin", " ")
        assert retention.erase(c, "999001", "admin", "asked", "A") == (1, 1)
    assert row(central, tables.school, urn="999001")["state"] == "clear"
    with central.engine.begin() as c:
        assert retention.erase(c, "999001", "admin", "asked again") == (1, 1)

    assert row(central, tables.school, urn="999001")["state"] == "silent"
    for table in (tables.report, tables.sealed, tables.machine):
        assert count(central, table) == 1, table.name
    assert row(central, tables.school, urn="999002")["machines"] == 1
    assert count(central, tables.erasure) == 2
    # It may not come back by itself: the key and the token went with the school.
    assert take(central, central.sealed("999001", name="A"))[0].state == "refused"


def test_the_commands_of_a_fresh_machine(tmp_path: Path) -> None:
    (tmp_path / "schools.csv").write_text(centre.SCHOOLS, "utf-8")
    (tmp_path / "word").write_text(f"{PASSWORD}\n")

    def run(*words: str) -> str:
        done = auditor("central", *words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "age1" in run(
        "init", "--name", "Borsetshire", "--address", "https://audit.example.gov.uk"
    )
    assert "4 schools" in run("import", "schools.csv")
    run("user", "add", "a@example.gov.uk", "--role", "admin", "--password-file", "word")
    assert "password only" in run("user", "list")
    run("user", "reset", "a@example.gov.uk")
    run("user", "password", "a@example.gov.uk", "--password-file", "word")
    run("enrol", "999001", "--output", "enrolments")
    made = json.loads((tmp_path / "enrolments" / "999001.enrolment").read_text("utf-8"))
    assert made["address"] == "https://audit.example.gov.uk"
    run("export", "overdue", "--output", "overdue.csv")
    assert (tmp_path / "overdue.csv").read_text("utf-8-sig").count("\n") == 5
    assert run("token", "a@example.gov.uk", "--scope", "read").startswith("auditor_")
    assert "Judged" in run("judge")
    assert "Deleted: 0 reports" in run("tidy")
    assert "Erased: 0" in run("erase", "999001", "--why", "asked", "--yes")
    run("user", "close", "a@example.gov.uk")
    again = auditor("central", "init", "--name", "B", "--address", "https://x", cwd=tmp_path)
    assert (again.returncode, "already" in again.stderr) == (2, True)
    none = auditor("central", "serve", "--home", "nowhere", cwd=tmp_path)
    assert "auditor central init" in none.stderr


@pytest.fixture
def provider() -> Iterator[str]:
    pytest.importorskip("oidc_provider_mock")
    port = centre.free_port()
    started = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    centre.wait_for(port, started)
    yield f"http://localhost:{port}"
    started.terminate()
    started.wait(20)


@pytest.mark.slow
@pytest.mark.central
def test_somebody_signs_on_with_a_work_account(tmp_path: Path, provider: str) -> None:
    port = centre.free_port()
    address = f"http://127.0.0.1:{port}"
    from auditor.central.settings import SignOn

    on = SignOn(issuer=provider, client_id="auditor", client_secret="s", name="Example")
    c = centre.new(tmp_path / "home", address=address)
    toml = Path(c.home.folder) / "central.toml"
    lines = [f'{n} = "{getattr(on, n)}"' for n in SignOn.__struct_fields__]
    toml.write_text(toml.read_text("utf-8") + "\n[sign_on]\n" + "\n".join(lines) + "\n", "utf-8")
    with c.engine.begin() as connection:
        people.add(connection, "officer@example.org", Role.OFFICER)
    for who in ("s-1", "s-2", "s-3"):
        email = "nobody@example.org" if who == "s-3" else "officer@example.org"
        httpx.put(f"{provider}/users/{who}", json={"email": email, "email_verified": True})
    with centre.process(Path(c.home.folder), port) as started:
        centre.wait_for(port, started)
        first = signed_on(address, provider, "s-1")
        again = signed_on(address, provider, "s-1")
        same_address = signed_on(address, provider, "s-2")
        unknown = signed_on(address, provider, "s-3")
        replayed = httpx.get(f"{address}/sign-on/back?code=x&state=y")
    assert [a.status_code for a in (first, again)] == [303, 303], first.text[-600:]
    assert COOKIE in first.headers["set-cookie"]
    assert [a.status_code for a in (same_address, unknown, replayed)] == [403, 403, 403]
    with c.engine.connect() as connection:
        found = people.find(connection, "officer@example.org")
        assert found is not None
        assert found.subject == f"{provider}|s-1"
    c.engine.dispose()


def signed_on(address: str, provider: str, who: str) -> httpx.Response:
    """The way of a browser: to the provider, its form, and back."""
    begun = httpx.get(f"{address}/sign-on")
    assert begun.status_code == 303, begun.text[-500:]
    kept = {"Cookie": begun.headers["set-cookie"].split(";", 1)[0]}
    asked = httpx.post(begun.headers["location"], data={"sub": who})
    assert asked.is_redirect, asked.text[:500]
    assert asked.headers["location"].startswith(f"{address}/sign-on/back")
    return httpx.get(asked.headers["location"], headers=kept)


def test_settings_that_are_wrong_are_told(tmp_path: Path) -> None:
    from auditor.central import settings

    c = centre.new(tmp_path / "home")
    toml = Path(c.home.folder) / "central.toml"
    toml.write_text(toml.read_text("utf-8") + "overdue_dais = 3\n", "utf-8")

    with pytest.raises(CentralError, match="overdue_dais"):
        settings.read(Path(c.home.folder))
    assert "postgres" not in repr(c.home)
    c.engine.dispose()
