"""Every door of the server, listed from the server itself: who gets in, and what a line may carry.

A new route is tried without being named here: whoever adds one adds it to these tests. -m central.
"""

from __future__ import annotations

import csv
import io
import json
import re
import socket
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("litestar")
pytest.importorskip("sqlalchemy")
pytest.importorskip("pyrage")

import centre
import httpx
import msgspec
import sqlalchemy as sa
from centre import Centre
from visitor import PASSWORD, Visitor

from auditor import seal, wire
from auditor.central import enrolling, people, schools, settings, tables, tokens
from auditor.central.clock import now
from auditor.central.people import Role
from auditor.central.tokens import Scope
from auditor.central.web import connection
from auditor.central.web.serving import application
from auditor.central.web.state import opened

pytestmark = [pytest.mark.slow, pytest.mark.central]

OWN, OTHER = "999001", "999002"
CANARIES = ("Mill Lane", "MILL-CANARY", "999002", "office@mill", "E:\\MILL", "Grange")
"""Words of other schools than 999001."""
OPEN = {
    "/healthz", "/sign-in", "/sign-in/code", "/sign-in/second-factor", "/sign-on", "/sign-on/back",
    "/static/{name:str}", "/sign-out", "/api/v1/about", "/api/v1/openapi",
    "/api/v1/openapi/openapi.json", "/api/v1/openapi/{path:str}",
}  # fmt: skip
"""What is for everybody, or for whoever is about to sign in."""


def routes() -> list[tuple[str, str]]:
    """Each method and path of the server, as it is put together."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        c = centre.new(Path(name) / "home")
        made = opened(settings.read(Path(c.home.folder)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            app = application(made)
        made.close()
        c.engine.dispose()
        return sorted(
            (method, route.path)
            for route in app.routes
            for method in getattr(route, "methods", ())
            if method != "OPTIONS"
        )


ROUTES = routes()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Centre, str]]:
    made = centre.new(tmp_path_factory.mktemp("central") / "home", requests_per_minute=10**6)
    with made.engine.begin() as c:
        people.add(c, "officer@example.org", Role.OFFICER, password=PASSWORD)
        people.add(
            c, "head@hilltop.example", Role.SCHOOL, password=PASSWORD,
            schools=(enrolling.school_of(c, OWN),),
        )  # fmt: skip
    with centre.serving(Path(made.home.folder)) as address:
        for urn, name in ((OWN, "HILL-1"), (OTHER, "MILL-CANARY"), ("999003", "GRANGE-1")):
            sealed = made.sealed(urn, name=name)
            head = {"Authorization": f"Bearer {made.enrolments[urn].token}"}
            done = httpx.post(f"{address}/api/v1/reports", content=sealed, headers=head)
            assert done.status_code == 201
        with made.engine.begin() as c:
            c.execute(
                tables.action.insert().values(
                    school_id=enrolling.school_of(c, OTHER), rule="REM-03", owner="MILL-CANARY",
                    state="open", created=now(),
                )
            )  # fmt: skip
        yield made, address
    made.engine.dispose()


@pytest.fixture(scope="module")
def head(running: tuple[Centre, str]) -> Iterator[Visitor]:
    with Visitor(running[1]) as v:
        v.sign_in("head@hilltop.example")
        yield v


def ids(c: Centre, urn: str) -> dict[str, str]:
    """What stands in the paths of a school's own things."""
    with c.engine.connect() as connection_:
        of = sa.select(tables.school.c.id).where(tables.school.c.urn == urn).scalar_subquery()
        m, a = tables.machine.c, tables.action.c
        machine = connection_.execute(sa.select(m.id).where(m.school_id == of)).scalar()
        action = connection_.execute(sa.select(a.id).where(a.school_id == of)).scalar()
    return {"machine": str(machine), "action": str(action or 1)}


def at(c: Centre, path: str, urn: str) -> str:
    """A real address for the pattern of a route, of a school's things."""
    kind = "action" if "/actions/" in path else "machine"
    values = {
        "urn": urn, "id": ids(c, urn)[kind], "name": "machines.csv", "rule": "REM-03",
        "sha256": "a" * 64, "path": "x",
    }  # fmt: skip
    return re.sub(r"\{(\w+):\w+\}", lambda m: values[m[1]], path)


def everything(c: Centre) -> list[str]:
    """All rows but the record of looks and sessions, to see that nothing changed."""
    left = {"look", "session", "quarantine", "token"}
    with c.engine.connect() as connection_:
        return [
            str(tuple(row))
            for t in tables.metadata.sorted_tables
            if t.name not in left
            for row in connection_.execute(sa.select(t))
        ]


def test_there_are_doors_of_every_kind() -> None:
    paths = {p for _, p in ROUTES}
    assert paths >= OPEN, "what is open is there"
    assert len([p for p in paths if p not in OPEN]) > 25


@pytest.mark.parametrize(("method", "path"), [r for r in ROUTES if r[1] not in OPEN])
def test_nobody_who_is_not_signed_in_gets_through_any_door(
    running: tuple[Centre, str], method: str, path: str
) -> None:
    c, address = running
    before = everything(c)

    answer = httpx.request(method, address + at(c, path, OTHER), content=b"x=1")

    if path.startswith("/api/"):
        assert answer.status_code in {400, 401}, answer.text
    else:
        assert (answer.status_code, answer.headers.get("location")) == (303, "/sign-in")
    assert not any(word in answer.text for word in CANARIES)
    assert everything(c) == before


@pytest.mark.parametrize(
    ("method", "path"), [r for r in ROUTES if r[1] not in OPEN and not r[1].startswith("/api/")]
)
def test_a_school_s_person_reads_and_changes_nothing_of_another_school(
    running: tuple[Centre, str], head: Visitor, method: str, path: str
) -> None:
    c, address = running
    if path == "/account/password":
        return  # their own
    before, place = everything(c), at(c, path, OTHER)

    if method == "GET":
        answer = head.get(place)
    else:
        form = {
            "csrf": head.csrf(), "rule": "REM-03", "state": "gone", "kind": "token", "id": "1",
            "urn": OTHER, "why": "asked", "owner": "x", "note": "x", "due": "", "email": "x@y.zz",
            "role": "admin",
        }  # fmt: skip
        files = {"report": ("r.audit", c.sealed(OTHER, name="SMUGGLED"))}
        answer = head.client.post(
            address + place, data=form, headers=head.cookie,
            files=files if path.endswith("/upload") else None,
        )  # fmt: skip

    text = re.sub(re.escape(place), "", answer.text)
    assert not [w for w in CANARIES if w in text], (place, answer.status_code)
    if "{urn" in path or method == "POST":
        assert answer.status_code in {403, 404}, answer.status_code
    assert everything(c) == before


def api_tokens(c: Centre) -> dict[str, str]:
    """A reading token of a school, one of a school's person, and a sending one."""
    with c.engine.begin() as connection_:
        school_id = enrolling.school_of(connection_, OWN)
        person = people.find(connection_, "head@hilltop.example")
        assert person is not None
        read = Scope.READ
        return {
            "school": tokens.issue(connection_, read, name="t", by="t", school_id=school_id),
            "person": tokens.issue(connection_, read, name="t", by="t", user_id=person.id),
            "sender": c.enrolments[OWN].token,
        }


@pytest.mark.parametrize("whose", ["school", "person", "sender"])
def test_a_school_s_token_reads_and_changes_nothing_of_another_school(
    running: tuple[Centre, str], whose: str
) -> None:
    c, address = running
    head_ = {"Authorization": f"Bearer {api_tokens(c)[whose]}"}
    before = everything(c)
    for method, path in ROUTES:
        if not path.startswith("/api/") or path in OPEN or path.endswith("/keys"):
            continue
        body = c.sealed(OTHER, name="SMUGGLED") if path.endswith("/reports") else b"urn,name\n"
        place = at(c, path, OTHER) + ("?offset=0&total=9" if "uploads" in path else "")
        answer = httpx.request(method, address + place, content=body, headers=head_)
        assert not [w for w in CANARIES if w in answer.text.replace(place, "").replace(OTHER, "")]
        assert answer.status_code < 500, (place, answer.text)
        if "{urn" in path:
            assert answer.status_code in {403, 404}, place
    assert everything(c) == before
    for part in (Path(c.home.folder) / "uploads").glob("*"):
        part.unlink()


def raw(address: str, sent: bytes, seconds: float = 10) -> bytes:
    """What is answered to these bytes, until the other side closes or falls silent."""
    host, port = address.removeprefix("http://").split(":")
    came = b""
    with socket.create_connection((host, int(port)), seconds) as line:
        line.settimeout(seconds)
        try:
            line.sendall(sent)
            while piece := line.recv(65536):
                came += piece
        except (TimeoutError, ConnectionError):
            pass
    return came


INNER = b"GET /sign-in HTTP/1.1\r\nHost: x\r\nX-Smuggled: yes\r\n\r\n"
SMUGGLED = {
    "two lengths": b"Content-Length: 0\r\nContent-Length: 57\r\n\r\n" + INNER,
    "a length and chunks": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + INNER,
    "chunks and something": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + INNER,
    "chunks spelled oddly": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + INNER,
    "a space before the colon": b"Content-Length : 0\r\n\r\n" + INNER,
    "a bare line feed in a name": b"X-A\nContent-Length: 57\r\n\r\n" + INNER,
    "a negative length": b"Content-Length: -1\r\n\r\n" + INNER,
    "a length with a sign": b"Content-Length: +57\r\n\r\n" + INNER,
    "a chunk of a wrong size": b"Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n" + INNER,
    "a nul in a header": b"X-A: a\0b\r\nContent-Length: 0\r\n\r\n" + INNER,
}  # fmt: skip


@pytest.mark.parametrize("trick", SMUGGLED)
def test_no_second_request_is_smuggled_in_the_first(
    running: tuple[Centre, str], trick: str
) -> None:
    """At most one answer for what two servers could read as one or two; then the line is closed."""
    _, address = running
    start = (
        b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    )

    came = raw(address, start + SMUGGLED[trick], 3)

    answers = re.findall(rb"HTTP/1\.1 (\d+)", came)
    assert answers in ([], [b"400"]), came


@pytest.mark.parametrize(
    "lines",
    [
        b"X-Large: " + b"a" * 100_000 + b"\r\n",
        b"".join(b"X-%d: %s\r\n" % (n, b"a" * 100) for n in range(2000)),
        b"Cookie: __Host-auditor=" + b"a" * 70_000 + b"\r\n",
    ],
    ids=["one", "many", "cookie"],
)
def test_headers_of_any_size_are_cut_off(running: tuple[Centre, str], lines: bytes) -> None:
    _, address = running

    came = raw(address, b"GET /sign-in HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n", 5)

    assert came == b"" or came.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431")), came[:200]
    long = raw(address, b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 5)
    assert b" 200 " not in long[:20]
    assert httpx.get(f"{address}/healthz").status_code == 200


def test_who_sends_a_byte_a_minute_keeps_nobody_else_out(
    running: tuple[Centre, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, address = running
    host, port = address.removeprefix("http://").split(":")
    slow = [socket.create_connection((host, int(port))) for _ in range(60)]
    for n, line in enumerate(slow):
        line.sendall(b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nConte"[: 5 + n])
    begun = time.monotonic()
    assert httpx.get(f"{address}/healthz").status_code == 200
    for line in slow:
        line.settimeout(connection.HEAD + 10)
        assert line.recv(1) == b"", "it is closed without an answer"
        line.close()
    assert connection.HEAD - 3 < time.monotonic() - begun < connection.HEAD + 10


def test_a_body_that_does_not_come_ends_the_line() -> None:
    """The same clock, wound up faster, on uvicorn itself."""
    import asyncio

    import uvicorn

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while scope["type"] == "http" and (await receive())["type"] != "http.disconnect":
            pass

    async def tried() -> float:
        config = uvicorn.Config(
            app, http=connection.Connection, port=centre.free_port(), log_level="error"
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_connection("127.0.0.1", config.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
        begun = time.monotonic()
        assert await asyncio.wait_for(reader.read(), 30) == b""
        writer.close()
        server.should_exit = True
        await task
        return time.monotonic() - begun

    from unittest.mock import patch

    with patch.dict(connection._LASTS, {__import__("h11").SEND_BODY: 1.0}):
        assert 0.8 < asyncio.run(tried()) < 10


def test_a_host_that_is_not_ours_is_nowhere_in_an_answer(
    running: tuple[Centre, str], head: Visitor
) -> None:
    _, address = running
    for path in (
        "/",
        "/sign-in",
        "/schools",
        "/sign-on",
        "/nowhere",
        "/api/v1/openapi/openapi.json",
    ):
        for lie in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
            answer = httpx.get(address + path, headers={**head.cookie, **lie})
            assert "evil.example" not in answer.text
            assert "evil.example" not in answer.headers.get("location", "")


def test_what_is_answered_names_its_kind_and_its_letters_once(
    running: tuple[Centre, str], head: Visitor
) -> None:
    kinds = {
        "/schools": "text/html", "/static/central.css": "text/css", "/export/schools.csv": "text/csv",
        "/static/central.js": "text/javascript", f"/schools/{OWN}/reports/1": "text/html",
    }  # fmt: skip
    for path, kind in kinds.items():
        assert head.get(path).headers["content-type"] == f"{kind}; charset=utf-8", path


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example", "/\\evil.example", "/sign-in?next=https://evil.example",
        "/sign-in?url=//evil.example", "/schools/../../evil.example", "/%2f%2fevil.example",
        "/sign-on/back?error=x&redirect_uri=https://evil.example", "/https://evil.example",
    ],
)  # fmt: skip
def test_no_address_leads_elsewhere(running: tuple[Centre, str], path: str) -> None:
    _, address = running
    came = raw(
        address, b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    found = re.search(rb"(?i)location: (\S+)", came)
    assert found is None or re.fullmatch(rb"/(?!/|\\)[^\\]*", found[1]), came[:300]
    form = {"email": "head@hilltop.example", "password": PASSWORD, "next": "https://evil.example"}
    to = httpx.post(f"{address}/sign-in", data=form).headers["location"]
    assert to.startswith("/")
    assert "evil" not in to


FORMULAS = (
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
    " =1+1",
    "\n=1",
    "\uff1d1+1",
)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_list_is_a_formula(tmp_path: Path, formula: str) -> None:
    """Names that a school chose for itself, in every list and every column."""
    c = centre.new(tmp_path / "home", second_factor=False)
    out = io.StringIO()
    fields = ("urn", "laestab", "name", "phase", "trust", "area", "region", "contact", "email")
    writer = csv.DictWriter(out, fields)
    writer.writeheader()
    writer.writerow({n: OWN if n == "urn" else formula for n in fields})
    with c.engine.begin() as connection_:
        schools.import_csv(connection_, out.getvalue())
        people.add(connection_, "o@example.org", Role.OFFICER, password=PASSWORD)
    c.enrol(OWN)
    made = centre.audit(name=formula + "PC")
    label = msgspec.structs.replace(made.findings[0].subject, label=formula)
    hostile = msgspec.structs.replace(made.findings[0], seen=formula, subject=label)
    machine = msgspec.structs.replace(made.evidence.machine, os=formula)
    made = msgspec.structs.replace(
        made,
        findings=(hostile, *made.findings[1:]),
        evidence=msgspec.structs.replace(made.evidence, machine=machine),
    )
    sealed = seal.seal(wire.encode(made), c.signing[OWN], urn=OWN, now=now(), to=c.home.recipient)
    with centre.serving(Path(c.home.folder)) as address, Visitor(address) as v:
        head_ = {"Authorization": f"Bearer {c.enrolments[OWN].token}"}
        sent = httpx.post(f"{address}/api/v1/reports", content=sealed, headers=head_)
        assert sent.status_code == 201, sent.text
        v.sign_in("o@example.org")
        v.post(f"/schools/{OWN}/actions", rule="REM-03", owner=formula, note=formula, due="")
        for what in ("schools", "overdue", "machines", "findings", "actions"):
            text = v.get(f"/export/{what}.csv").content.decode("utf-8-sig")
            for row in csv.reader(io.StringIO(text)):
                for cell in row:
                    assert cell[:1] not in {"=", "+", "@", "\t", "\r", "\n"}, (what, cell)
                    assert not cell.lstrip().startswith(("=", "@", "\uff1d")), (what, cell)
                    assert cell[:1] != "-" or re.fullmatch(r"-\d+(\.\d+)?", cell), (what, cell)
            assert json.loads(v.get(f"/export/{what}.json").text) is not None
    c.engine.dispose()
