"""Nothing accepted is ever lost: the server killed, the disk full, the database gone. -m central."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("litestar")
pytest.importorskip("sqlalchemy")
pytest.importorskip("pyrage")

import centre
import httpx
import psutil
import sqlalchemy as sa
from centre import Centre

from auditor.central import database, tables

pytestmark = [pytest.mark.slow, pytest.mark.central]


def kept(url: str) -> dict[str, bytes]:
    """The digests of the reports in a database, with what was kept of each."""
    engine = database.connect(url)
    with engine.connect() as c:
        both = sa.select(tables.report.c.digest, tables.sealed.c.bytes).join(
            tables.sealed, tables.sealed.c.report_id == tables.report.c.id
        )
        found = {row.digest: row.bytes for row in c.execute(both)}
        orphans = c.execute(
            sa.select(sa.func.count())
            .select_from(tables.report)
            .outerjoin(tables.sealed, tables.sealed.c.report_id == tables.report.c.id)
            .where(tables.sealed.c.report_id.is_(None))
        ).scalar_one()
    engine.dispose()
    assert orphans == 0, "a report is there whole or not at all"
    return found


def reports(c: Centre, many: int, urn: str = "999001") -> list[bytes]:
    return [c.sealed(urn, "clean", name=f"PC-{n}") for n in range(many)]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if not centre.postgres_programs():
        pytest.skip("needs Debian package postgresql")
    with centre.postgres() as url:
        yield url


def killed(c: Centre, sender: Callable[[int], None], after: float, *options: str) -> None:
    """Six senders at a server that is killed after some seconds, its workers with it."""
    port = centre.free_port()
    with centre.process(Path(c.home.folder), port, *options) as running:
        centre.wait_for(port, running)
        threads = [threading.Thread(target=sender, args=(port,)) for _ in range(6)]
        for t in threads:
            t.start()
        time.sleep(after)
        workers = psutil.Process(running.pid).children(recursive=True)
        running.send_signal(signal.SIGKILL)
        for worker in workers:
            worker.kill()
        for t in threads:
            t.join()


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is of Unix")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "postgresql, 3 workers"])
def test_a_server_killed_while_reports_come_in_has_every_one_that_it_accepted(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = "sqlite:///central.db"
    if kind != "sqlite":
        url = centre.new_database(request.getfixturevalue("server"))
    options = ("--workers", "3") if "workers" in kind else ()
    c = centre.new(tmp_path / "home", url, requests_per_minute=10**6)
    waiting = reports(c, 240)
    head = {"Authorization": f"Bearer {c.enrolments['999001'].token}"}
    accepted: list[str] = []

    def post(http: httpx.Client, port: int, body: bytes) -> bool:
        try:
            answer = http.post(
                f"http://127.0.0.1:{port}/api/v1/reports", content=body, headers=head
            )
        except httpx.TransportError:
            return False
        assert answer.status_code == 201, answer.text
        accepted.append(answer.json()["report"])
        return True

    def sender(port: int) -> None:
        with httpx.Client(timeout=10) as http:
            while waiting and post(http, port, waiting.pop()):
                pass

    for killed_after in (0.4, 0.7, 1.1):
        killed(c, sender, killed_after, *options)

    assert accepted, "some came in before the first kill"
    found = kept(c.home.database)
    assert set(accepted) <= set(found)
    # The sums are those of the reports: nothing was stored by half.
    port = centre.free_port()
    with centre.process(Path(c.home.folder), port) as running:
        centre.wait_for(port, running)
    with c.engine.connect() as connection:
        s = tables.school.c
        machines = connection.execute(sa.select(s.machines).where(s.urn == "999001")).scalar_one()
    assert machines == len(found)
    c.engine.dispose()


def insisting(address: str, body: bytes, head: dict[str, str]) -> str:
    """The digest of a report that was sent until it was taken."""
    for _ in range(40):
        try:
            answer = httpx.post(address, content=body, headers=head, timeout=20)
        except httpx.TransportError:
            time.sleep(0.25)
            continue
        assert answer.status_code == 201, answer.text
        return str(answer.json()["report"])
    return "never taken"


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is of Unix")
def test_one_of_three_workers_killed_takes_no_accepted_report_with_it(
    tmp_path: Path, server: str
) -> None:
    """The others go on, another takes its place, and senders that lost the line send again."""
    c = centre.new(tmp_path / "home", centre.new_database(server), requests_per_minute=10**6)
    waiting = reports(c, 150)
    digests = len(waiting)
    head = {"Authorization": f"Bearer {c.enrolments['999001'].token}"}
    accepted: list[str] = []
    port = centre.free_port()

    def sender() -> None:
        while waiting:
            accepted.append(
                insisting(f"http://127.0.0.1:{port}/api/v1/reports", waiting.pop(), head)
            )

    with centre.process(Path(c.home.folder), port, "--workers", "3") as running:
        centre.wait_for(port, running)
        threads = [threading.Thread(target=sender) for _ in range(6)]
        for t in threads:
            t.start()
        ended = 0
        while any(t.is_alive() for t in threads) and ended < 4:
            time.sleep(0.5)
            workers = [
                p
                for p in psutil.Process(running.pid).children()
                if "multiprocessing.spawn" in " ".join(p.cmdline())
            ]
            if workers:
                workers[0].kill()
                ended += 1
        for t in threads:
            t.join()
    assert ended, "some were killed while reports came in"
    assert len(set(accepted)) == digests, "every sender had an answer in the end"
    assert set(accepted) == set(kept(c.home.database))
    c.engine.dispose()


def small_disk(folder: Path, megabytes: int) -> bool:
    """A file system of that size; needs root."""
    folder.mkdir()
    if os.geteuid() != 0:
        return False
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    return made.returncode == 0


def sent_until_refused(
    address: str, bodies: Iterable[bytes], head: dict[str, str]
) -> tuple[list[str], list[httpx.Response]]:
    """The reports that were accepted, and the first five refusals."""
    accepted: list[str] = []
    refused: list[httpx.Response] = []
    for body in bodies:
        answer = httpx.post(f"{address}/api/v1/reports", content=body, headers=head)
        if answer.status_code == 201:
            accepted.append(answer.json()["report"])
        else:
            refused.append(answer)
        if len(refused) == 5:
            break
    return accepted, refused


@pytest.mark.skipif(os.name == "nt", reason="needs a small file system")
def test_a_full_disk_is_told_and_keeps_every_report_that_was_accepted(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    if not small_disk(disk, 3):
        pytest.skip("needs the right to mount a small file system")
    try:
        c = centre.new(disk / "home", requests_per_minute=10**6)
        head = {"Authorization": f"Bearer {c.enrol('999001').token}"}
        with centre.serving(Path(c.home.folder)) as address:
            accepted, refused = sent_until_refused(address, reports(c, 300), head)
            assert refused, "the disk is full at last"
            assert {r.status_code for r in refused} == {503}
            assert {r.json()["why"] for r in refused} <= {"not_stored", "unavailable"}
            assert all("retry-after" in r.headers for r in refused)
            assert httpx.get(f"{address}/healthz").status_code == 200
        c.engine.dispose()
        assert set(accepted) == set(kept(c.home.database))
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.skipif(os.name == "nt", reason="needs a small file system")
def test_a_full_disk_under_postgresql_is_told_and_keeps_what_was_accepted(tmp_path: Path) -> None:
    """The tables of the server lie on a disk of 12 MB; its own log of changes elsewhere."""
    disk = tmp_path / "disk"
    if not centre.postgres_programs() or not small_disk(disk, 12):
        pytest.skip("needs Debian package postgresql, and the right to mount a small file system")
    try:
        with centre.postgres() as server:
            url = on_disk(server, disk)
            c = centre.new(tmp_path / "home", url, requests_per_minute=10**6)
            head = {"Authorization": f"Bearer {c.enrol('999001').token}"}
            with centre.serving(Path(c.home.folder), "--workers", "2") as address:
                accepted, refused = sent_until_refused(address, reports(c, 400), head)
                assert accepted, "some fitted"
                assert {r.status_code for r in refused} == {503}, "the disk is full at last"
                assert all("retry-after" in r.headers for r in refused)
            assert set(accepted) == set(kept(url))
            c.engine.dispose()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def on_disk(server: str, disk: Path) -> str:
    """A new database whose tables lie there; its URL."""
    inside = disk / "tables"
    inside.mkdir()
    if os.geteuid() == 0:
        for folder in (*reversed(disk.parents[:3]), disk):
            folder.chmod(0o755)
        shutil.chown(inside, "postgres", "postgres")
    url = centre.new_database(server)
    engine = sa.create_engine(
        "postgresql+psycopg://" + server.format("postgres").split("://", 1)[1],
        isolation_level="AUTOCOMMIT",
    )
    name = url.split("@/", 1)[1].split("?", 1)[0]
    with engine.connect() as c:
        c.execute(sa.text(f"CREATE TABLESPACE small LOCATION '{inside}'"))
        c.execute(sa.text(f"ALTER DATABASE {name} SET TABLESPACE small"))
    engine.dispose()
    return url


def test_a_database_that_is_gone_is_told_and_comes_back(tmp_path: Path) -> None:
    programs = centre.postgres_programs()
    if not programs:
        pytest.skip("needs Debian package postgresql")
    with centre.postgres() as server:
        c = centre.new(tmp_path / "home", centre.new_database(server))
        head = {"Authorization": f"Bearer {c.enrol('999001').token}"}
        data = Path(server.split("host=")[1]) / "data"
        as_ = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        control = [*as_, str(programs / "pg_ctl"), "-D", str(data), "-w"]
        with centre.serving(Path(c.home.folder)) as address:
            first, second = reports(c, 2)
            post = f"{address}/api/v1/reports"
            assert httpx.post(post, content=first, headers=head).status_code == 201
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)
            gone = httpx.post(post, content=second, headers=head, timeout=60)
            assert (gone.status_code, gone.json()["why"]) == (503, "unavailable")
            assert "password" not in gone.text
            page = httpx.get(f"{address}/", headers={"Cookie": "__Host-auditor=x"})
            assert page.status_code == 503
            options = f"-c listen_addresses='' -c unix_socket_directories='{data.parent}'"
            subprocess.run(
                [*control, "-o", options, "-l", str(data.parent / "log"), "start"],
                check=True,
                capture_output=True,
            )
            back = httpx.post(post, content=second, headers=head, timeout=60)
            assert back.status_code == 201
        assert len(kept(c.home.database)) == 2
        c.engine.dispose()
