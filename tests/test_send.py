"""`auditor send` against a running server: the whole way from a school's report to the store."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

pytest.importorskip("cryptography")
pytest.importorskip("pyrage")
pytest.importorskip("litestar")
pytest.importorskip("sqlalchemy")

import centre
import httpx
import sqlalchemy as sa
from centre import Centre
from running import auditor

from auditor import enrolment, keys, seal, wire
from auditor.central import tables
from auditor.errors import SealError, SendError
from auditor.findings import Audit
from auditor.send import WHOLE, Line

pytestmark = [pytest.mark.slow, pytest.mark.central]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Centre, str]]:
    made = centre.new(tmp_path_factory.mktemp("central") / "home")
    with centre.serving(Path(made.home.folder)) as address:
        yield made, address
    made.engine.dispose()


def visit(folder: Path, c: Centre, address: str, urn: str = "999001", **more: object) -> Path:
    """A school's folder: its report and its enrolment file."""
    folder.mkdir(exist_ok=True)
    (folder / "report.json").write_bytes(wire.encode(centre.audit(urn="", **more)))  # type: ignore[arg-type]
    return centre.at(c.enrol(urn), address, folder / "school.enrolment")


def test_a_school_sends_its_report_and_sends_it_again(
    running: tuple[Centre, str], tmp_path: Path
) -> None:
    c, address = running
    file = visit(tmp_path, c, address, name="SEND-1")

    first = auditor("send", str(tmp_path), "--enrolment", str(file))
    again = auditor("send", str(tmp_path), "--enrolment", str(file))

    assert first.returncode == 0, first.stderr
    assert "A signing key was made" in first.stdout
    assert "Borsetshire Council has it; report" in first.stdout
    assert again.returncode == 0
    assert "has it already" in again.stdout
    assert (tmp_path / "report.audit").read_bytes().startswith(b"age-encryption.org")
    with c.engine.connect() as connection:
        m = tables.machine.c
        known = connection.execute(sa.select(m.name).where(m.name == "SEND-1")).scalars()
        assert list(known) == ["SEND-1"]


def test_a_report_of_another_school_does_not_leave_the_machine(
    running: tuple[Centre, str], tmp_path: Path
) -> None:
    c, address = running
    file = visit(tmp_path, c, address)
    (tmp_path / "report.json").write_bytes(wire.encode(centre.audit(urn="999002")))

    done = auditor("send", str(tmp_path), "--enrolment", str(file))

    assert done.returncode == 3
    assert "about school 999002" in done.stderr
    assert not (tmp_path / "report.audit").exists()


def test_a_refused_report_is_told_with_the_reason_and_what_to_do(
    running: tuple[Centre, str], tmp_path: Path
) -> None:
    from datetime import timedelta

    c, address = running
    file = visit(tmp_path, c, address, ago=timedelta(days=500))

    done = auditor("send", str(tmp_path), "--enrolment", str(file))

    assert done.returncode == 3
    assert "too old" in done.stderr
    assert "audit the machine again" in done.stderr


def test_without_a_network_the_sealed_report_is_kept_and_three_lines_say_so(
    running: tuple[Centre, str], tmp_path: Path
) -> None:
    c, _ = running
    file = visit(tmp_path, c, f"http://127.0.0.1:{centre.free_port()}")

    done = auditor("send", str(tmp_path), "--enrolment", str(file), "--tries", "2")

    assert done.returncode == 3
    assert "could not be reached" in done.stderr
    assert "nothing is lost" in done.stderr
    assert (tmp_path / "report.audit").exists()


def test_a_proxy_that_is_not_there_is_told(running: tuple[Centre, str], tmp_path: Path) -> None:
    c, address = running
    file = visit(tmp_path, c, address)
    proxy = f"http://127.0.0.1:{centre.free_port()}"

    done = auditor(
        "send", str(tmp_path), "--enrolment", str(file), "--proxy", proxy, "--tries", "1"
    )

    assert done.returncode == 3
    assert "could not be reached" in done.stderr or "proxy" in done.stderr


class Recording(BaseHTTPRequestHandler):
    """A forwarding proxy that writes down what passes."""

    passed: list[str] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.passed.append(self.path)
        kept = {
            k: v for k, v in self.headers.items() if k.lower() not in {"host", "proxy-connection"}
        }
        got = httpx.post(self.path, content=body, headers=kept, trust_env=False)
        self.send_response(got.status_code)
        self.send_header("Content-Length", str(len(got.content)))
        self.end_headers()
        self.wfile.write(got.content)

    def log_message(self, *_: object) -> None:
        pass


def test_it_goes_through_the_proxy_of_the_environment(
    running: tuple[Centre, str], tmp_path: Path
) -> None:
    c, address = running
    file = visit(tmp_path, c, address.replace("127.0.0.1", "localhost"), name="PROXIED")
    proxy = HTTPServer(("127.0.0.1", 0), Recording)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    env = {"HTTP_PROXY": f"http://127.0.0.1:{proxy.server_port}", "NO_PROXY": ""}

    done = auditor("send", str(tmp_path), "--enrolment", str(file), env=env)
    proxy.shutdown()
    proxy.server_close()

    assert done.returncode == 0, done.stderr
    assert [p.rsplit("/", 1)[1] for p in Recording.passed] == ["keys", "reports"]


def large(c: Centre, name: str) -> bytes:
    """A sealed report of more than one part."""
    made = large_audit(name)
    return seal.seal(
        wire.encode(made),
        c.signing["999001"],
        urn="999001",
        now=made.evidence.machine.taken,
        to=c.home.recipient,
    )


def large_audit(name: str) -> Audit:
    """An audit with much text that does not compress."""
    import secrets

    import msgspec

    from auditor.evidence import Gap, Why

    made = centre.audit(name=name)
    gaps = tuple(
        Gap(source="files", about=secrets.token_hex(400), why=Why.FORMAT) for _ in range(6000)
    )
    evidence = msgspec.structs.replace(made.evidence, gaps=gaps)
    return msgspec.structs.replace(made, evidence=evidence)


def test_a_large_report_goes_on_where_it_broke_off(
    running: tuple[Centre, str], tmp_path: Path
) -> None:
    c, address = running
    file = centre.at(c.enrol("999001"), address, tmp_path / "e")
    sealed = large(c, "LARGE")
    assert len(sealed) > 2 * WHOLE
    slept: list[float] = []

    class Breaks(Line):
        """Loses the connection once, in the middle."""

        broke = False

        def _once(self, method: str, path: str, body: bytes, headers: object) -> object:  # type: ignore[override]
            if "offset=1048576" in path and not self.broke:
                self.broke = True
                return None, "the line broke"
            return super()._once(method, path, body, headers)  # type: ignore[arg-type]

    with Breaks(enrolment.read(file), sleep=slept.append, tell=lambda _: None) as line:
        sent = line.send(sealed)

    assert (sent.state, len(slept)) == ("accepted", 1)
    # A program that was stopped starts again where the server stands.
    second = large(c, "LARGE-2")
    place = f"/api/v1/uploads/{__import__('hashlib').sha256(second).hexdigest()}"
    head = {"Authorization": f"Bearer {c.enrolments['999001'].token}"}
    httpx.put(
        f"{address}{place}?offset=0&total={len(second)}", content=second[:WHOLE], headers=head
    )
    asked: list[str] = []

    class Told(Line):
        def _once(self, method: str, path: str, body: bytes, headers: object) -> object:  # type: ignore[override]
            asked.append(path)
            return super()._once(method, path, body, headers)  # type: ignore[arg-type]

    with Told(enrolment.read(file), sleep=slept.append, tell=lambda _: None) as again:
        assert again.send(second).state == "accepted"
    assert not any("offset=0&" in p for p in asked)
    assert not list((Path(c.home.folder) / "uploads").glob("*.part"))


def answering(*answers: tuple[int, str, bytes]) -> HTTPServer:
    """Something that answers so in turn, the last for ever."""
    left = list(answers)

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, kind, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.mark.parametrize(
    "page",
    [
        (200, "text/html", b"<html>This page is blocked by your school's web filter"),
        (200, "application/json", b"{}"),
        (200, "application/json", b""),
        (302, "text/html", b"sign in to the guest network"),
    ],
)
def test_a_web_filter_that_answers_for_the_authority_is_never_taken_for_it(
    page: tuple[int, str, bytes],
) -> None:
    server = answering(page)
    to = enrolment.Enrolment(
        address=f"http://127.0.0.1:{server.server_port}", authority="A", key="age1x", urn="1",
        school="S", token="t",
    )  # fmt: skip
    told: list[str] = []
    with (
        Line(to, sleep=lambda _: None, tell=told.append, tries=2) as line,
        pytest.raises(SendError, match="answered in the authority's place"),
    ):
        line.send(b"sealed")
    server.shutdown()
    server.server_close()
    assert told, "it was tried again"


def test_a_busy_server_is_asked_again_after_the_time_it_names(tmp_path: Path) -> None:
    answers = iter([(503, {"Retry-After": "7"}), (502, {}), (201, {})])

    class Busy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, headers = next(answers)
            body = b'{"report":"ab","state":"accepted"}' if status == 201 else b"<html>busy"
            self.send_response(status)
            for k, v in headers.items():
                self.send_header(k, v)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Busy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    to = enrolment.Enrolment(
        address=f"http://127.0.0.1:{server.server_port}", authority="A", key="age1x", urn="1",
        school="S", token="t",
    )  # fmt: skip
    slept: list[float] = []
    with Line(to, sleep=slept.append, tell=lambda _: None) as line:
        sent = line.send(b"sealed")
    server.shutdown()
    server.server_close()

    assert sent.state == "accepted"
    assert 5 < slept[0] < 9
    assert slept[1] < 4


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://audit.example.gov.uk", True),
        ("http://127.0.0.1:8100", True),
        ("http://localhost", True),
        ("http://audit.example.gov.uk", False),
        ("http://127.0.0.1.evil.example", False),
        ("ftp://audit.example.gov.uk", False),
        ("https://", False),
        ("", False),
    ],
)
def test_reports_go_out_over_https_alone(address: str, good: bool) -> None:
    assert enrolment.safe(address) is good


def test_what_is_no_enrolment_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_text('{"format":"auditor-enrolment","version":1}')
    for name in ("x", "missing"):
        with pytest.raises(SealError):
            enrolment.read(tmp_path / name)


def test_the_token_is_in_no_message(tmp_path: Path) -> None:
    to = enrolment.Enrolment(
        address=f"http://127.0.0.1:{centre.free_port()}", authority="A", key="age1x", urn="1",
        school="S", token="canary-token",
    )  # fmt: skip
    told: list[str] = []
    line = Line(to, sleep=lambda _: None, tell=told.append, tries=2)
    with line, pytest.raises(SendError) as stopped:
        line.enrol(keys.new_signing_key())

    assert "canary" not in f"{told} {stopped.value} {to!r}"
