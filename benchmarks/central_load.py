"""How fast an authority's server takes reports in and shows its pages, as it fills.

    python benchmarks/central_load.py                                    # 8 clients, PostgreSQL
    python benchmarks/central_load.py --schools 24000 --reports 2400000 --keep 0.1    # a nation
    python benchmarks/central_load.py --schools 600 --reports 720000 --months 12 --keep 0.1 --sqlite

It starts a PostgreSQL of its own (Debian package postgresql) and brings in a list of made-up
schools. Reports made from the sample audits of the tests are stored as the server stores them, many
in a commit: a machine of every school a round, each again in every one of `--months`. Of `--keep`
of them the sealed bytes are kept, of the others one byte (they fill the disk and are read one at a
time). At every doubling 8 clients send reports that were really sealed, each answered after its
commit, and every page is asked 20 times over HTTP.

Rates are of this machine and whatever else runs on it. Milliseconds of CPU are nearer to the truth
on a busy one: of the server's processes, of PostgreSQL's, and of the clients.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import random
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import centre
import msgspec
import psutil
import sqlalchemy as sa
from visitor import PASSWORD, Visitor

from auditor import keys, seal, wire
from auditor.central import enrolling, people, schools, store, tables, tokens, verify
from auditor.central.clock import month, now
from auditor.central.people import Role
from auditor.central.verify import Arrived

PAGES = (
    "/", "/?group=trust", "/?area=Area+3", "/schools", "/schools?state=keeps", "/heat", "/rules",
    "/rules?area=Area+3", "/rules/REM-03", "/overdue", "/compare", "/committee", "/actions",
    "/schools/100050", "/schools/100050/findings",
)  # fmt: skip
WEIGHTS = {"laptop": 5, "clean": 4, "nothing": 1}
PER_COMMIT = 256
CLIENTS = 8
ENROLLED = 200
"""Schools that send over HTTP."""
TABLES = ("report", "sealed", "machine", "found", "school_rule", "school_month")


def listed(many: int) -> str:
    """A list of made-up schools: 160 to an area, 8 to a trust, for half of them."""
    lines = ["urn,name,phase,trust,area,region,email"]
    for n in range(many):
        phase = "Secondary" if n % 7 == 0 else "Primary"
        trust = f"Trust {n // 16}" if n % 16 < 8 else ""
        place = f"Area {n // 160},Region {n // 2700}"
        lines.append(f"{n + 100000},School {n},{phase},{trust},{place},o{n}@example.org")
    return "\n".join(lines)


@dataclass
class Bench:
    """A running authority, and what was asked for."""

    c: centre.Centre
    options: argparse.Namespace
    visitor: Visitor
    address: str
    tokens: dict[str, str]
    sent: int = 0

    def cpu(self) -> tuple[float, float]:
        """Seconds that the server and its PostgreSQL have used so far."""
        server = database = 0.0
        where = self.c.home.database.partition("host=")[2]
        for p in psutil.process_iter(["pid", "name"]):
            with contextlib.suppress(psutil.Error):
                used = sum(p.cpu_times()[:2])
                if p.info["name"] == "postgres":
                    line = [*p.cmdline(), *(p.parent() or p).cmdline()]
                    database += used if where and f"{where}/data" in line else 0.0
                elif p.pid != os.getpid() and psutil.Process() in p.parents():
                    server += used
        return server, database


def samples(c: centre.Centre) -> dict[str, Arrived]:
    """What each sample audit comes to when it arrives, with its real sealed bytes."""
    made = {}
    for name in WEIGHTS:
        key = keys.new_signing_key()
        audit = centre.audit(name, urn="100000")
        sealed = seal.seal(wire.encode(audit), key, urn="100000", now=now(), to=c.home.recipient)
        made[name] = verify.arrived(c.home, sealed, via="api")
    return made


def fill(
    c: centre.Centre,
    schools_: list[tuple[str, bytes]],
    turn: int,
    kinds: dict[str, Arrived],
    options: argparse.Namespace,
) -> float:
    """A report of one machine of every school; reports a second."""
    chance = random.Random(turn)
    number, age = divmod(turn, options.months)
    back = 11 - (number % 12 if options.months == 1 else age)
    taken = now() - timedelta(days=30 * back, minutes=turn % 1000 + 1)
    names = chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=len(schools_))
    chance.shuffle(schools_)
    begun = perf_counter()
    for start in range(0, len(schools_), PER_COMMIT):
        some = zip(schools_[start : start + PER_COMMIT], names[start:], strict=False)
        items = [
            msgspec.structs.replace(
                kinds[kind],
                digest=os.urandom(32).hex(),
                urn=urn,
                signer=signer,
                sealed=kinds[kind].sealed if chance.random() < options.keep else b"-",
                taken=taken,
                month=month(taken),
                machine={**kinds[kind].machine, "name": f"PC-{number}"},
            )
            for (urn, signer), kind in some
        ]
        with c.engine.begin() as connection:
            store.put(connection, items)
    return len(schools_) / (perf_counter() - begun)


def p95(times: list[float]) -> float:
    """Milliseconds that 19 of 20 stay under."""
    return 1000 * statistics.quantiles(times, n=20)[18]


def asked(b: Bench, path: str, times: int = 20) -> str:
    """p95 of a page over HTTP and the CPU that it costs on average, in milliseconds.

    The first time is left out.
    """
    b.visitor.get(path)
    took = []
    before = sum(b.cpu())
    for _ in range(times):
        begun = perf_counter()
        answer = b.visitor.get(path)
        took.append(perf_counter() - begun)
        assert answer.status_code == 200, (path, answer.status_code)
    return f"{path} {p95(took):.0f}/{1000 * (sum(b.cpu()) - before) / times:.0f}"


def size(c: centre.Centre) -> tuple[float, str]:
    """Gigabytes of the database, and of its large tables with their indexes."""
    if c.engine.dialect.name == "sqlite":
        return Path(c.home.database.removeprefix("sqlite:///")).stat().st_size / 1e9, ""
    with c.engine.connect() as connection:
        whole = connection.execute(sa.text("SELECT pg_database_size(current_database())"))
        ask = sa.text("SELECT pg_total_relation_size(CAST(:t AS regclass))")
        each = {t: connection.execute(ask, {"t": t}).scalar_one() / 1e9 for t in TABLES}
    return whole.scalar_one() / 1e9, " ".join(f"{t} {gb:.2f}" for t, gb in each.items())


def enrolled(c: centre.Centre, many: int) -> tuple[list[tuple[str, bytes]], dict[str, str]]:
    """A key for every school, and tokens for some of them; the keys of those are `c.signing`."""
    made, secrets = [], {}
    with c.engine.begin() as connection:
        rows = connection.execute(sa.select(tables.school.c.urn, tables.school.c.id))
        ids = {row.urn: row.id for row in rows}
        sending = set(random.Random(1).sample(sorted(ids), min(ENROLLED, many)))
        for urn, id_ in ids.items():
            key = keys.new_signing_key()
            enrolling.add_key(connection, key.public, name="load", school_id=id_)
            made.append((urn, key.public))
            if urn in sending:
                c.signing[urn] = key
                secrets[urn] = tokens.issue(
                    connection, tokens.Scope.SEND, name="load", by="load", school_id=id_
                )
    return made, secrets


def prepared(b: Bench, many: int) -> list[tuple[str, bytes]]:
    """Tokens and really sealed reports, each another, ready to be sent."""
    made = []
    bases = {kind: centre.audit(kind) for kind in ("laptop", "clean")}
    for n in range(many):
        urn, secret = list(b.tokens.items())[n % len(b.tokens)]
        b.sent += 1
        base = bases[random.choice(list(bases))]
        machine = msgspec.structs.replace(
            base.evidence.machine, name=f"SENT-{b.sent}", taken=now() - timedelta(minutes=1)
        )
        audit = msgspec.structs.replace(
            base, urn=urn, evidence=msgspec.structs.replace(base.evidence, machine=machine)
        )
        key = b.c.signing[urn]
        body = seal.seal(wire.encode(audit), key, urn=urn, now=now(), to=b.c.home.recipient)
        made.append((secret, body))
    random.shuffle(made)
    return made


def sent(b: Bench, waiting: list[tuple[str, bytes]], seconds: float) -> str:
    """What 8 clients had accepted, each over one connection that it keeps."""
    took: list[float] = []
    mean = sum(len(body) for _, body in waiting) / len(waiting) / 1000
    end = perf_counter() + seconds
    host = b.address.removeprefix("http://")

    def client() -> None:
        wire_ = http.client.HTTPConnection(host, timeout=60)
        while waiting and perf_counter() < end:
            secret, body = waiting.pop()
            begun = perf_counter()
            wire_.request("POST", "/api/v1/reports", body, {"Authorization": f"Bearer {secret}"})
            answer = wire_.getresponse()
            said = answer.read()
            assert answer.status == 201, said
            took.append(perf_counter() - begun)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    server, database = b.cpu()
    own, begun = process_time(), perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    spent, own = perf_counter() - begun, process_time() - own
    after = b.cpu()
    each = [1000 * s / len(took) for s in (after[0] - server, after[1] - database, own)]
    return (
        f"sent by {CLIENTS} clients: {len(took)} reports of {mean:.0f} kB, "
        f"{len(took) / spent:.0f} a second, p95 {p95(took):.0f} ms; CPU ms a report: "
        f"server {each[0]:.1f}, database {each[1]:.1f}, clients {each[2]:.1f}"
    )


@contextlib.contextmanager
def authority(options: argparse.Namespace, top: Path) -> Iterator[centre.Centre]:
    """An authority with its schools and an officer, on the database that was asked for."""
    more = {"second_factor": False, "requests_per_minute": 10**6, "name": "Load"}
    with contextlib.ExitStack() as stack:
        url = "sqlite:///central.db"
        if not options.sqlite:
            set_ = {"shared_buffers": "2GB", "max_wal_size": "8GB", "wal_compression": "on"}
            url = centre.new_database(stack.enter_context(centre.postgres(**set_)))
        c = centre.new(top / "home", url, **more)
        with c.engine.begin() as connection:
            connection.execute(tables.school.delete())
            schools.import_csv(connection, listed(options.schools))
            people.add(connection, "o@example.org", Role.OFFICER, password=PASSWORD)
        yield c
        c.engine.dispose()


def main() -> None:
    """Fills, asks, sends, and prints."""
    options = arguments()
    with tempfile.TemporaryDirectory() as name, authority(options, Path(name)) as c:
        known, secrets = enrolled(c, options.schools)
        workers = ["--workers", str(options.workers)] if not options.sqlite else []
        with centre.serving(Path(c.home.folder), *workers) as address, Visitor(address) as v:
            v.sign_in("o@example.org")
            b = Bench(c, options, v, address, secrets)
            sent(b, prepared(b, 200), 60)
            filled(b, known)
            print(sent(b, prepared(b, options.prepare), options.send), flush=True)


def filled(b: Bench, known: list[tuple[str, bytes]]) -> None:
    """Round after round until all are there or the time is up, with some lines at each doubling."""
    kinds, options = samples(b.c), b.options
    end, turn, next_look = perf_counter() + 60 * options.minutes, 0, 1
    while turn * len(known) < options.reports and perf_counter() < end:
        rate = fill(b.c, known, turn, kinds, options)
        turn += 1
        last = turn * len(known) >= options.reports or perf_counter() > end
        if turn >= next_look or last:
            next_look *= 2
            whole, each = size(b.c)
            print(
                f"\n{turn * len(known):,} reports, {whole:.2f} GB ({each}), stored {rate:.0f} a "
                f"second, load {os.getloadavg()[0]:.1f}"
            )
            print(sent(b, prepared(b, 400), 60))
            print("pages, p95/CPU in ms: " + ", ".join(asked(b, p) for p in PAGES), flush=True)


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--schools", type=int, default=1_000)
    parser.add_argument("--reports", type=int, default=4_000, help="stored before the last sending")
    parser.add_argument("--months", type=int, default=1, help="reports of each machine")
    parser.add_argument("--keep", type=float, default=1.0, help="share with their sealed bytes")
    parser.add_argument("--minutes", type=float, default=60, help="of storing, at most")
    parser.add_argument("--send", type=float, default=30, help="seconds of sending at the end")
    parser.add_argument("--prepare", type=int, default=8_000, help="reports sealed for that")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sqlite", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
