"""The pages and the API of a running server, asked as a browser and a program would."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("litestar")
pytest.importorskip("sqlalchemy")
pytest.importorskip("pyrage")

import centre
import httpx
from centre import Centre
from visitor import PASSWORD, Visitor

from auditor.central import enrolling, people
from auditor.central.people import Role

pytestmark = [pytest.mark.slow, pytest.mark.central]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Centre, str]]:
    """A server with SQLite, and one with a PostgreSQL and two workers."""
    home = tmp_path_factory.mktemp("central") / "home"
    if request.param == "sqlite":
        yield from served(centre.new(home))
        return
    if not centre.postgres_programs():
        pytest.skip("needs Debian package postgresql")
    with centre.postgres() as server:
        yield from served(centre.new(home, centre.new_database(server)), "--workers", "2")


def served(made: Centre, *options: str) -> Iterator[tuple[Centre, str]]:
    with made.engine.begin() as c:
        of = {u: enrolling.school_of(c, u) for u in ("999001", "999002")}
        people.add(c, "admin@example.org", Role.ADMIN, password=PASSWORD)
        people.add(c, "officer@example.org", Role.OFFICER, password=PASSWORD)
        people.add(
            c, "visits@example.org", Role.AUDITOR, password=PASSWORD, schools=(of["999002"],)
        )
        people.add(
            c, "head@hilltop.example", Role.SCHOOL, password=PASSWORD, schools=(of["999001"],)
        )
    with centre.serving(Path(made.home.folder), *options) as address:
        for urn, name in (("999001", "OFFICE-1"), ("999001", "OFFICE-2"), ("999002", "MILL-1")):
            sealed = made.sealed(urn, name=name)
            head = {"Authorization": f"Bearer {made.enrolments[urn].token}"}
            assert (
                httpx.post(f"{address}/api/v1/reports", content=sealed, headers=head).status_code
                == 201
            )
        yield made, address
    made.engine.dispose()


@pytest.fixture(scope="module")
def officer(running: tuple[Centre, str]) -> Iterator[Visitor]:
    with Visitor(running[1]) as v:
        v.sign_in("officer@example.org")
        yield v


@pytest.fixture(scope="module")
def admin(running: tuple[Centre, str]) -> Iterator[Visitor]:
    with Visitor(running[1]) as v:
        v.sign_in("admin@example.org")
        yield v


@pytest.fixture(scope="module")
def head(running: tuple[Centre, str]) -> Iterator[Visitor]:
    with Visitor(running[1]) as v:
        v.sign_in("head@hilltop.example")
        yield v


PAGES = (
    "/", "/?group=trust", "/?area=Borsetshire", "/about-the-figure", "/schools", "/schools?state=keeps",
    "/schools?words=hill", "/schools/999001", "/schools/999004", "/schools/999001/findings",
    "/schools/999001/findings?rule=REM-03&verdict=fail", "/schools/999001/machines/1",
    "/schools/999001/reports/1", "/heat", "/rules", "/rules/REM-03", "/overdue", "/compare", "/committee",
    "/actions", "/quarantine", "/account",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_an_officer_gets_every_page_with_its_shield(officer: Visitor, path: str) -> None:
    answer = officer.get(path)

    assert answer.status_code == 200, answer.text[:500]
    assert answer.headers["x-content-type-options"] == "nosniff"
    csp = answer.headers["content-security-policy"]
    assert "default-src 'none'" in csp
    assert "unsafe-inline" not in csp
    assert "frame-ancestors 'none'" in csp
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [*PAGES, "/people", "/looks", "/export/schools.csv"])
def test_nobody_gets_in_without_signing_in(running: tuple[Centre, str], path: str) -> None:
    answer = httpx.get(running[1] + path)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_the_overview_tells_the_figure_and_what_it_is_not(officer: Visitor) -> None:
    text = officer.words("/")

    assert "100 % of the schools that reported keep unencrypted copies" in text
    assert "2 of 2" in text
    assert "2 schools have not reported and count neither way" in text
    assert "49 % of 933 primary schools" in text


def test_whom_to_chase_stands_first_and_by_name_when_asked(officer: Visitor) -> None:
    def listed(path: str) -> list[str]:
        return re.findall(r'href="/schools/(\d{6})"', officer.get(path).text)

    worst, named = listed("/schools"), listed("/schools?by=name")

    assert sorted(worst) == sorted(named)
    assert set(worst[:2]) == {"999001", "999002"}, (
        "those that keep copies before those that are silent"
    )
    assert worst != named
    assert "Those with most to lose first" in officer.words("/schools")


def test_a_school_sees_itself_and_nothing_else(head: Visitor) -> None:
    assert head.get("/", follow=True).url.path == "/schools/999001"
    assert "Mill Lane" not in head.words("/schools")
    for path in (
        "/schools/999002", "/schools/999002/findings", "/schools/999002/machines/3",
        "/schools/999001/machines/3", "/schools/999002/reports/3", "/schools/999001/reports/3",
    ):  # fmt: skip
        assert head.get(path).status_code == 404, path
    for path in ("/people", "/looks", "/quarantine", "/committee"):
        assert head.get(path).status_code == 403, path
    for what in ("schools", "machines", "findings", "overdue"):
        assert "999002" not in head.get(f"/export/{what}.csv").text
    assert head.post("/schools/999001/enrol").status_code == 403
    assert head.post("/schools/999002/actions", rule="REM-03").status_code == 404


def test_an_auditor_sees_the_schools_assigned(running: tuple[Centre, str]) -> None:
    with Visitor(running[1]) as v:
        v.sign_in("visits@example.org")

        assert v.get("/schools/999002").status_code == 200
        assert v.get("/schools/999001").status_code == 404
        assert v.post("/schools/999002/actions", rule="REM-03").status_code == 403


def test_an_action_is_opened_and_said_to_be_done(officer: Visitor, head: Visitor) -> None:
    opened = officer.post(
        "/schools/999001/actions", rule="REM-03", owner="Office <b>", due="2026-12-24", note="x"
    )
    assert opened.headers["location"] == "/schools/999001?said=saved#actions"

    text = head.get("/schools/999001").text
    assert "Office &lt;b&gt;" in text
    assert "24 December 2026" in text
    number = re.search(r'action="/schools/999001/actions/(\d+)"', text)
    assert number
    assert head.post(f"/schools/999001/actions/{number[1]}", state="done").status_code == 303
    assert "said to be done" in officer.get("/actions").text


def test_every_form_needs_the_secret_of_the_session(
    running: tuple[Centre, str], officer: Visitor
) -> None:
    from auditor.central.web import pages_admin, pages_school, signing_in

    handlers = (*pages_admin.HANDLERS, *pages_school.HANDLERS, *signing_in.HANDLERS)
    posts = [
        path.replace("{urn:str}", "999001").replace("{id:int}", "1")
        for h in handlers
        for path in h.paths
        if "POST" in h.http_methods and path != "/sign-in"
    ]

    assert len(posts) >= 11
    for path in posts:
        for wrong in ({}, {"csrf": "wrong"}):
            answer = officer.client.post(running[1] + path, data=wrong, headers=officer.cookie)
            assert answer.status_code == 403, path


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
def test_a_form_of_another_site_is_not_taken(
    running: tuple[Centre, str], headers: dict[str, str]
) -> None:
    form = {"email": "officer@example.org", "password": PASSWORD}

    assert httpx.post(f"{running[1]}/sign-in", data=form, headers=headers).status_code == 403


def test_a_report_is_handed_in_by_browser(running: tuple[Centre, str], head: Visitor) -> None:
    c, _ = running

    good = head.upload("/schools/999001/upload", c.sealed("999001", name="BROWSER"))
    again = head.upload("/schools/999001/upload", c.sealed("999002", name="MILL-2"))

    assert good.headers["location"].endswith("said=accepted#sending")
    assert again.headers["location"].endswith("said=refused#sending"), "another school's report"
    assert "BROWSER" in head.get("/schools/999001").text


def test_a_school_is_enrolled_in_the_browser_and_can_be_cut_off(
    running: tuple[Centre, str], officer: Visitor
) -> None:
    address = running[1]
    made = officer.post("/schools/999003/enrol")
    assert 'filename="999003.enrolment"' in made.headers["content-disposition"]
    bearer = {"Authorization": f"Bearer {made.json()['token']}"}
    about = f"{address}/api/v1/uploads/{'a' * 64}"
    assert httpx.get(about, headers=bearer).status_code == 200

    page = officer.get("/schools/999003").text
    number = re.search(
        r'name="kind" value="token"><input type="hidden" name="id" value="(\d+)"', page
    )
    assert number
    assert officer.post("/schools/999003/revoke", kind="token", id=number[1]).status_code == 303

    assert httpx.get(about, headers=bearer).status_code == 401


def test_a_machine_that_is_gone_counts_no_more(officer: Visitor) -> None:
    before = officer.words("/schools/999002")
    assert "4 unencrypted copies" in before
    officer.post("/schools/999002/machines/3/retire", state="gone")
    assert "No report has come yet" in officer.words("/schools/999002")
    officer.post("/schools/999002/machines/3/retire", state="here")
    assert officer.words("/schools/999002") == before


@pytest.mark.parametrize("what", ["schools", "overdue", "machines", "findings", "actions"])
def test_lists_are_taken_away_as_csv_json_and_parquet(officer: Visitor, what: str) -> None:
    import csv
    import io
    import json

    import pyarrow.parquet as pq

    table = list(csv.reader(io.StringIO(officer.get(f"/export/{what}.csv").text.lstrip("\ufeff"))))
    objects = json.loads(officer.get(f"/export/{what}.json").content)
    parquet = pq.read_table(io.BytesIO(officer.get(f"/export/{what}.parquet").content))

    assert len(table) - 1 == len(objects) == parquet.num_rows
    assert table[0] == parquet.column_names
    if objects:
        assert table[0] == list(objects[0])


def test_who_looked_at_what_is_on_record(admin: Visitor, officer: Visitor) -> None:
    officer.get("/schools/999001/reports/1")

    text = admin.words("/looks")
    assert "officer@example.org opened report 999001 1" in text
    assert "signed in" in text


def test_accounts_are_added_and_closed(running: tuple[Centre, str], admin: Visitor) -> None:
    made = admin.post(
        "/people", email="new@example.org", role="school", schools="999003", password=PASSWORD
    )
    assert made.status_code == 303
    short = admin.post("/people", email="n2@example.org", role="officer", password="short")
    assert (short.status_code, "12 to 200 characters" in short.text) == (422, True)
    with Visitor(running[1]) as v:
        v.sign_in("new@example.org")
        assert v.get("/schools/999003").status_code == 200
        row = next(r for r in admin.get("/people").text.split("<tr>") if "new@example.org" in r)
        number = re.search(r"/people/(\d+)/close", row)
        assert number
        assert admin.post(f"/people/{number[1]}/close").status_code == 303
        assert v.get("/schools/999003").headers["location"] == "/sign-in", "signed out at once"


def test_all_evidence_is_judged_again_in_the_background(
    running: tuple[Centre, str], admin: Visitor
) -> None:
    before = admin.words("/schools/999001")

    assert admin.post("/judgings").headers["location"] == "/judgings"

    for _ in range(120):
        text = admin.words("/judgings")
        if "done" in text:
            break
        time.sleep(0.5)
    assert "going on" not in text
    assert "by admin@example.org" not in text
    assert admin.words("/schools/999001") == before, "the same rules say the same"


def test_an_administrator_erases_a_school_after_typing_its_number(
    running: tuple[Centre, str], admin: Visitor, officer: Visitor
) -> None:
    c, _ = running
    admin.upload("/schools/999003/upload", c.sealed("999003", name="GONE"))
    assert "GONE" in admin.words("/schools/999003")
    assert officer.post("/schools/999003/erase", urn="999003", why="x").status_code == 403
    assert admin.post("/schools/999003/erase", urn="999001", why="x").status_code == 403

    assert admin.post("/schools/999003/erase", urn="999003", why="asked").status_code == 303

    assert "No report has come yet" in admin.words("/schools/999003")
    assert "erased 999003" in admin.words("/looks")


def test_signing_out_ends_the_session_for_good(running: tuple[Centre, str]) -> None:
    with Visitor(running[1]) as v:
        v.sign_in("head@hilltop.example")
        kept = dict(v.cookie)
        assert v.post("/sign-out").headers["location"] == "/sign-in"
        assert httpx.get(f"{running[1]}/schools/999001", headers=kept).status_code == 303
