"""How fast an authority's server takes reports in and shows its pages, as it fills.

    python benchmarks/central_load.py --schools 24000 --minutes 20          # PostgreSQL, a nation
    python benchmarks/central_load.py --schools 600 --minutes 5 --sqlite    # one authority

It starts a PostgreSQL of its own (Debian package postgresql), brings in a list of made-up schools,
and stores reports made from the sample audits of the tests, one machine of every school a round,
each round in another month. After every round it asks every page 20 times over HTTP. At the end
8 clients send real sealed reports for `--send` seconds. Rates are of this machine and whatever else
runs on it; what matters is how they grow.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import centre
import httpx
import msgspec
import sqlalchemy as sa
from sample_audit import SAMPLES
from visitor import PASSWORD, Visitor

from auditor import keys, seal, wire
from auditor.central import enrolling, people, schools, store, tables, tokens, verify
from auditor.central.clock import month, now
from auditor.central.people import Role
from auditor.central.verify import Arrived

PAGES = (
    "/", "/?group=trust", "/?area=Area+7", "/schools", "/schools?state=keeps", "/heat", "/rules",
    "/rules/REM-03", "/overdue", "/compare", "/committee", "/actions",
)  # fmt: skip
WEIGHTS = {"laptop": 5, "clean": 4, "nothing": 1}


def listed(many: int) -> str:
    """A list of made-up schools: 160 to an area, 8 to a trust, for half of them."""
    lines = ["urn,name,phase,trust,area,region,email"]
    for n in range(many):
        phase = "Secondary" if n % 7 == 0 else "Primary"
        trust = f"Trust {n // 16}" if n % 16 < 8 else ""
        place = f"Area {n // 160},Region {n // 2700}"
        lines.append(f"{n + 100000},School {n},{phase},{trust},{place},o{n}@example.org")
    return "\n".join(lines)


def samples(c: centre.Centre) -> dict[str, Arrived]:
    """What each sample audit comes to when it arrives, with its real sealed bytes."""
    made = {}
    for name, audit in SAMPLES.items():
        sealed = seal.seal(
            wire.encode(audit()),
            keys.new_signing_key(),
            urn="100000",
            now=now(),
            to=c.home.recipient,
        )
        made[name] = Arrived(
            sealed=sealed, digest="", school_id=1, urn="100000", key_id=1, via="api",
            encrypted=True, taken=now(), received=now(), month=0, machine={}, tool="auditor",
            facts=verify.facts(audit()), findings=verify.findings(audit()),
            pack="school-default", rules="0" * 64,
        )  # fmt: skip
    return made


def fill(c: centre.Centre, ids: list[int], turn: int, kinds: dict[str, Arrived]) -> float:
    """One machine more of every school; reports a second."""
    chance = random.Random(turn)
    taken = now() - timedelta(days=30 * (11 - turn % 12), minutes=turn)
    machine = {"platform": "windows", "os": "Windows 11", "portable": True}
    names = chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=len(ids))
    items = [
        msgspec.structs.replace(
            kinds[kind], digest=os.urandom(32).hex(), school_id=id_, taken=taken,
            month=month(taken), machine={**machine, "name": f"PC-{turn}"},
        )
        for id_, kind in zip(ids, names, strict=True)
    ]  # fmt: skip
    chance.shuffle(items)
    begun = perf_counter()
    for start in range(0, len(items), 64):
        with c.engine.begin() as connection:
            store.put(connection, items[start : start + 64])
    return len(items) / (perf_counter() - begun)


def p95(times: list[float]) -> float:
    """Milliseconds that 19 of 20 stay under."""
    return 1000 * statistics.quantiles(times, n=20)[18]


def asked(v: Visitor, path: str, times: int = 20) -> float:
    """p95 of a page over HTTP, in milliseconds, the first time left out."""
    v.get(path)
    took = []
    for _ in range(times):
        begun = perf_counter()
        answer = v.get(path)
        took.append(perf_counter() - begun)
        assert answer.status_code == 200, (path, answer.status_code)
    return p95(took)


def size(c: centre.Centre) -> float:
    """Gigabytes of the database."""
    if c.engine.dialect.name == "sqlite":
        return Path(c.home.database.removeprefix("sqlite:///")).stat().st_size / 1e9
    with c.engine.connect() as connection:
        return (
            float(
                connection.execute(
                    sa.text("SELECT pg_database_size(current_database())")
                ).scalar_one()
            )
            / 1e9
        )


def prepared(c: centre.Centre, ids: list[int], many: int) -> list[tuple[str, bytes]]:
    """Tokens and sealed reports of many schools, ready to be sent."""
    made = []
    urns = random.Random(1).sample(range(100000, 100000 + len(ids)), min(200, len(ids)))
    for urn in urns:
        with c.engine.begin() as connection:
            school_id = enrolling.school_of(connection, str(urn))
            key = keys.new_signing_key()
            enrolling.add_key(connection, key.public, name="load", school_id=school_id)
            secret = tokens.issue(
                connection, tokens.Scope.SEND, name="load", by="load", school_id=school_id
            )
        for n in range(many // len(urns)):
            kind = random.choice(["laptop", "clean"])
            audit = centre.audit(kind, urn=str(urn), name=f"SENT-{n}")
            made.append(
                (
                    secret,
                    seal.seal(
                        wire.encode(audit), key, urn=str(urn), now=now(), to=c.home.recipient
                    ),
                )
            )
    random.shuffle(made)
    return made


def sent(
    address: str, waiting: list[tuple[str, bytes]], clients: int, seconds: float
) -> tuple[int, list[float]]:
    """How many reports were accepted, and how long each took."""
    took: list[float] = []
    end = perf_counter() + seconds

    def client() -> None:
        with httpx.Client(timeout=60) as http:
            while waiting and perf_counter() < end:
                secret, body = waiting.pop()
                begun = perf_counter()
                answer = http.post(
                    f"{address}/api/v1/reports",
                    content=body,
                    headers={"Authorization": f"Bearer {secret}"},
                )
                assert answer.status_code == 201, answer.text
                took.append(perf_counter() - begun)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return len(took), took


@contextlib.contextmanager
def authority(options: argparse.Namespace, top: Path) -> Iterator[centre.Centre]:
    """An authority with its schools and an officer, on the database that was asked for."""
    more = {"second_factor": False, "requests_per_minute": 10**6, "name": "Load"}
    with contextlib.ExitStack() as stack:
        url = "sqlite:///central.db"
        if not options.sqlite:
            url = centre.new_database(stack.enter_context(centre.postgres()))
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
        workers = ["--workers", str(options.workers)] if not options.sqlite else []
        with centre.serving(Path(c.home.folder), *workers) as address, Visitor(address) as v:
            v.sign_in("o@example.org")
            filled(c, v, options)
            waiting = prepared(c, [0] * options.schools, options.prepare)
            begun = perf_counter()
            many, took = sent(address, waiting, 8, options.send)
            spent = perf_counter() - begun
            mean = sum(len(b) for _, b in waiting[:100]) / max(1, len(waiting[:100]))
            print(
                f"sent by 8 clients: {many} reports in {spent:.0f} s, {many / spent:.0f} a second; "
                f"p95 {p95(took):.0f} ms; {mean / 1000:.1f} kB each"
            )


def filled(c: centre.Centre, v: Visitor, options: argparse.Namespace) -> None:
    """Round after round until the time is up, with a line for each."""
    with c.engine.connect() as connection:
        ids = list(connection.execute(sa.select(tables.school.c.id)).scalars())
    kinds = samples(c)
    pages = [*PAGES, "/schools/100050", "/schools/100050/findings"]
    print("reports    GB  stored/s  p95 in ms of " + " ".join(pages))
    end, turn, next_look = perf_counter() + 60 * options.minutes, 0, 1
    while perf_counter() < end:
        rate = fill(c, ids, turn, kinds)
        turn += 1
        if turn == next_look or perf_counter() > end:
            next_look *= 2
            times = " ".join(f"{asked(v, p):.0f}" for p in pages)
            print(f"{turn * len(ids):>9,} {size(c):5.2f} {rate:9.0f}  {times}", flush=True)


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--schools", type=int, default=24_000)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--send", type=float, default=30, help="seconds of sending")
    parser.add_argument("--prepare", type=int, default=6_000, help="sealed reports made beforehand")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sqlite", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
