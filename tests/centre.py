"""A small authority for tests: schools, enrolments and sealed reports, on a real database."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import sqlalchemy as sa
from sample_audit import SAMPLES

from auditor import keys, seal, wire
from auditor.central import database, enrolling, schools, settings
from auditor.enrolment import Enrolment
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

    def sealed(self, urn: str, sample: str = "laptop", **changes: object) -> bytes:
        self.enrol(urn)
        return seal.seal(
            wire.encode(audit(sample, urn=urn, **changes)),
            self.signing[urn],
            urn=urn,
            now=datetime.now(UTC),
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
        taken=taken or datetime.now(UTC).replace(microsecond=0) - ago,
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
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own on a socket in a temporary folder; its URL without a database."""
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
    options = f"-c listen_addresses='' -c unix_socket_directories='{top}' -c shared_buffers=256MB"
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
