"""A small authority for tests: schools, enrolments and sealed reports, on a real database."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from running import ROOT
from sample_audit import SAMPLES

from auditor import keys, seal, wire
from auditor.central import database, enrolling, schools, settings
from auditor.central.clock import now
from auditor.enrolment import Enrolment, encode
from auditor.findings import Audit
from auditor.keys import SigningKey

SCHOOLS = (
    "urn,laestab,name,phase,trust,area,region,contact,email\n"
    "999001,9990001,Hill Top Primary,Primary,,Borsetshire,West,A Head,office@hilltop.example\n"
    "999002,9990002,Mill Lane Primary,Primary,River Trust,Borsetshire,West,B Head,office@mill.example\n"
    "999003,9990003,Grange Secondary,Secondary,River Trust,Felpersham,West,C Head,office@grange.example\n"
    "999004,9990004,Silent Infants,Primary,,Felpersham,East,D Head,office@silent.example\n"
)


@dataclass
class Centre:
    """A home folder with its database and the keys of its schools."""

    home: settings.Home
    engine: sa.Engine
    signing: dict[str, SigningKey] = field(default_factory=dict)
    enrolments: dict[str, Enrolment] = field(default_factory=dict)

    def enrol(self, urn: str) -> Enrolment:
        if urn not in self.enrolments:
            self.signing[urn] = keys.new_signing_key()
            with self.engine.begin() as c:
                self.enrolments[urn] = enrolling.enrol(c, self.home, urn, "test")
                enrolling.add_key(
                    c,
                    self.signing[urn].public,
                    name="office",
                    school_id=enrolling.school_of(c, urn),
                )
        return self.enrolments[urn]

    def sealed(self, urn: str, sample: str = "laptop", **changes: Any) -> bytes:
        self.enrol(urn)
        return seal.seal(
            wire.encode(audit(sample, urn=urn, **changes)),
            self.signing[urn],
            urn=urn,
            now=now(),
            to=self.home.recipient,
        )


def audit(
    sample: str = "laptop",
    *,
    urn: str = "999001",
    name: str | None = None,
    taken: datetime | None = None,
    ago: timedelta = timedelta(hours=1),
) -> Audit:
    """A sample audit of a school's machine, taken lately."""
    made = SAMPLES[sample]()
    machine = made.evidence.machine
    machine = msgspec.structs.replace(
        machine,
        name=name or machine.name,
        taken=taken or now().replace(microsecond=0) - ago,
    )
    evidence = msgspec.structs.replace(made.evidence, machine=machine)
    return msgspec.structs.replace(made, urn=urn, evidence=evidence)


def new(folder: Path, url: str = "sqlite:///central.db", **more: object) -> Centre:
    """A new authority with four schools."""
    fields: dict[str, object] = {
        "name": "Borsetshire Council",
        "address": "http://127.0.0.1:1",
        "database": url,
    }
    home = settings.create(folder, settings.Settings(**(fields | more)))  # type: ignore[arg-type]
    engine = database.connect(home.database)
    database.migrate(engine)
    with engine.begin() as c:
        schools.import_csv(c, SCHOOLS)
    return Centre(home, engine)


def postgres_programs() -> Path | None:
    """Where Debian keeps the server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def postgres(**set_: str) -> Iterator[str]:
    """A PostgreSQL of our own on a socket in a temporary folder; its URL without a database."""
    set_ = {"shared_buffers": "256MB", **set_}
    programs = postgres_programs()
    assert programs, "needs Debian package postgresql"
    top = Path(tempfile.mkdtemp(prefix="pg-"))
    data = top / "data"
    as_ = []
    if os.geteuid() == 0:
        shutil.chown(top, "postgres", "postgres")
        as_ = ["runuser", "-u", "postgres", "--"]
    run = [*as_, str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "auditor"]
    subprocess.run(run, check=True, capture_output=True)
    options = f"-c listen_addresses='' -c unix_socket_directories='{top}'"
    options += "".join(f" -c {name}={value}" for name, value in set_.items())
    control = [*as_, str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(top / "log")]
    subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True)
    try:
        yield f"postgresql://auditor@/{{}}?host={top}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True)
        shutil.rmtree(top, ignore_errors=True)


def new_database(server: str) -> str:
    """The URL of a new, empty database on a server."""
    name = f"t{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(
        "postgresql+psycopg://" + server.format("postgres").split("://", 1)[1],
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as c:
        c.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.format(name)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def serving(home: Path, *options: str) -> Iterator[str]:
    """`auditor central serve` in a process of its own; its address."""
    port = free_port()
    with process(home, port, *options) as started:
        wait_for(port, started)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def process(home: Path, port: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process, killed at the end if it does not stop."""
    started = subprocess.Popen(
        [
            sys.executable, "-m", "auditor", "central", "serve", "--home", str(home),
            "--port", str(port), *options,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            started.kill()
            started.communicate()


def wait_for(port: int, started: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Until the server answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if started.poll() is not None:
            out = started.stdout.read() if started.stdout else b""
            raise AssertionError(f"the server ended: {out.decode()}")
        try:
            with socket.create_connection(("127.0.0.1", port), 0.5):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server does not listen")


def at(enrolment: Enrolment, address: str, file: Path) -> Path:
    """An enrolment file for a server that listens somewhere."""
    file.write_bytes(encode(msgspec.structs.replace(enrolment, address=address)))
    return file
