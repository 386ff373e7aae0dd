"""What an attacker would try, tried against a running server, each by name."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("litestar")
pytest.importorskip("sqlalchemy")
pytest.importorskip("pyrage")

import centre
import httpx
import pyotp
import sqlalchemy as sa
from centre import Centre
from visitor import COOKIE, PASSWORD, Visitor

from auditor import keys, seal, wire
from auditor.central import enrolling, people, tables
from auditor.central.clock import now
from auditor.central.people import Role

pytestmark = [pytest.mark.slow, pytest.mark.central]

HOSTILE = (
    "<script>alert(1)</script>'\"><img src=x onerror=alert(2)>{{7*7}}';DROP TABLE school;--\u202e"
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Centre, str]]:
    made = centre.new(tmp_path_factory.mktemp("central") / "home", largest_mb=2)
    made.enrol("999001")
    made.enrol("999002")
    with made.engine.begin() as c:
        people.add(c, "officer@example.org", Role.OFFICER, password=PASSWORD)
        people.add(c, "victim@example.org", Role.OFFICER, password=PASSWORD)
        people.add(
            c, "head@hilltop.example", Role.SCHOOL, password=PASSWORD,
            schools=(enrolling.school_of(c, "999001"),),
        )  # fmt: skip
    with centre.serving(Path(made.home.folder)) as address:
        yield made, address
    made.engine.dispose()


def send(
    running: tuple[Centre, str], sealed: bytes, urn: str = "999001", token: str | None = None
) -> httpx.Response:
    c, address = running
    secret = token if token is not None else c.enrolments[urn].token
    return httpx.post(
        f"{address}/api/v1/reports", content=sealed, headers={"Authorization": f"Bearer {secret}"}
    )


def many(c: Centre, table: sa.Table) -> int:
    with c.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def signed(c: Centre, header: dict[str, object], body: bytes, urn: str = "999001") -> bytes:
    """What an enrolled school could make by hand: any header, any body, rightly signed."""
    key = c.signing[urn]
    full = {
        "signer": base64.b64encode(key.public).decode(), "sealed": "2026-11-25T09:00:00Z", "urn": urn,
        "to": "", "size": len(body), "sha256": "0" * 64, **header,
    }  # fmt: skip
    head = b"auditor-sealed 1\n" + json.dumps(full).encode() + b"\n"
    return head + base64.b64encode(key.private.sign(head)) + b"\n" + body


def forged(c: Centre) -> bytes:
    return seal.seal(
        wire.encode(centre.audit()),
        keys.new_signing_key(),
        urn="999001",
        now=now(),
        to=c.home.recipient,
    )


def nested(c: Centre) -> bytes:
    body = b'{"format":"auditor-report","version":1,"x":' + b"[" * 100_000
    digest = hashlib.sha256(body).hexdigest()
    return signed(c, {"size": len(body), "sha256": digest}, zlib.compress(body))


ATTACKS = {
    "forged by an unknown key": (forged, 422, "unknown_key"),
    "another school's report": (lambda c: c.sealed("999002"), 422, "other_school"),
    "truncated": (lambda c: c.sealed("999001")[:-100], 422, "not_for_us"),
    "one byte changed": (lambda c: c.sealed("999001")[:-1] + b"\0", 422, "not_for_us"),
    "a bomb of 500 MB": (
        lambda c: signed(c, {"size": 1000}, zlib.compress(b"\0" * 500_000_000)), 422, "damaged",
    ),
    "a bomb that announces itself": (
        lambda c: signed(c, {"size": 500_000_000}, zlib.compress(b"\0" * 500_000_000)), 422, "too_large",
    ),
    "a negative size": (lambda c: signed(c, {"size": -1}, b""), 422, "too_large"),
    "deep JSON": (nested, 422, "not_a_report"),
    "larger than is accepted": (lambda c: b"x" * 5_000_000, 413, "too_large"),
    "nothing": (lambda c: b"", 422, "not_sealed"),
    "plain report": (lambda c: wire.encode(centre.audit()), 422, "not_sealed"),
    "for another authority": (
        lambda c: seal.seal(
            wire.encode(centre.audit()), c.signing["999001"], urn="999001", now=now(),
            to=keys.recipient_of(keys.new_identity()),
        ), 422, "not_for_us",
    ),
    "a school that does not exist": (lambda c: signed(c, {"urn": "' OR 1=1 --"}, b""), 422, "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_report_is_refused_and_nothing_is_stored(
    running: tuple[Centre, str], attack: str
) -> None:
    c, _ = running
    make, status, why = ATTACKS[attack]
    before = many(c, tables.report)

    answer = send(running, make(c))

    assert (answer.status_code, answer.json()["why"]) == (status, why), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert many(c, tables.report) == before


def test_a_replayed_report_changes_nothing(running: tuple[Centre, str]) -> None:
    from datetime import timedelta

    c, _ = running
    old = c.sealed("999001", name="REPLAY", ago=timedelta(hours=3))
    fresh = c.sealed("999001", "clean", name="REPLAY", ago=timedelta(hours=1))
    assert [send(running, s).status_code for s in (old, fresh)] == [201, 201]

    again = send(running, old)

    assert again.json()["state"] == "already"
    with c.engine.connect() as connection:
        m = tables.machine.c
        kept = connection.execute(sa.select(m.copies).where(m.name == "REPLAY")).scalar_one()
    assert kept == 0, "the newer report still counts"


@pytest.mark.parametrize("token", ["x", "wrong", "auditor_" + "A" * 43, "' OR '1'='1", "x" * 5000])
def test_a_wrong_token_opens_nothing(running: tuple[Centre, str], token: str) -> None:
    assert send(running, b"x", token=token).status_code in {401, 429}


def test_a_school_s_token_reads_nothing(running: tuple[Centre, str]) -> None:
    c, address = running
    head = {"Authorization": f"Bearer {c.enrolments['999001'].token}"}

    for path in ("schools", "figures", "rules", "schools/999001", "schools/999001/findings"):
        assert httpx.get(f"{address}/api/v1/{path}", headers=head).status_code == 403
    assert (
        httpx.put(f"{address}/api/v1/schools", content="urn,name", headers=head).status_code == 403
    )


def test_a_key_of_another_school_cannot_be_taken_over(running: tuple[Centre, str]) -> None:
    c, address = running
    head = {"Authorization": f"Bearer {c.enrolments['999001'].token}"}
    line = keys.public_line(c.signing["999002"].public)

    answer = httpx.post(f"{address}/api/v1/keys", json={"public": line}, headers=head)

    assert (answer.status_code, answer.json()["why"]) == (409, "refused_key")


@pytest.mark.parametrize(
    "digest", ["../../../etc/passwd", "..%2f..%2fcentral.db", "a" * 63, "A" * 64, "%00" + "a" * 63]
)
def test_no_path_is_made_of_what_comes_in(running: tuple[Centre, str], digest: str) -> None:
    c, address = running
    head = {"Authorization": f"Bearer {c.enrolments['999001'].token}"}

    answer = httpx.put(
        f"{address}/api/v1/uploads/{digest}?offset=0&total=3", content=b"abc", headers=head
    )

    assert answer.status_code in {400, 404, 405}
    assert not (Path(c.home.folder) / "uploads").exists()
    for path in ("/static/../central.toml", "/static/..%2fcentral.toml", "/export/..%2f.csv"):
        assert httpx.get(address + path).status_code in {303, 404}


def test_hostile_words_in_a_report_are_shown_and_do_nothing(running: tuple[Centre, str]) -> None:
    import msgspec

    c, address = running
    made = centre.audit(name=HOSTILE)
    found = msgspec.structs.replace(
        made.findings[0], seen=HOSTILE, rule="XSS-99",
        subject=msgspec.structs.replace(made.findings[0].subject, label=HOSTILE),
    )  # fmt: skip
    evidence = msgspec.structs.replace(
        made.evidence,
        machine=msgspec.structs.replace(made.evidence.machine, os="=cmd|' /C calc'!A0"),
    )
    made = msgspec.structs.replace(
        made, findings=(found, *made.findings[1:]), evidence=evidence, school=HOSTILE
    )
    sealed = seal.seal(
        wire.encode(made), c.signing["999001"], urn="999001", now=now(), to=c.home.recipient
    )
    assert send(running, sealed).status_code == 201
    with c.engine.connect() as connection:
        m = tables.machine.c
        id_ = connection.execute(sa.select(m.id).where(m.name.contains("script"))).scalar_one()
    with Visitor(address) as v:
        v.sign_in("officer@example.org")
        for path in (
            "/schools/999001", "/schools/999001/findings", f"/schools/999001/machines/{id_}",
            "/rules", "/rules/XSS-99", "/schools?words=" + HOSTILE.replace("#", ""), "/looks",
        ):  # fmt: skip
            text = v.get(path).text
            assert "<script>alert" not in text, path
            assert "<img src=x" not in text, path
            assert "49" not in re.findall(r"\{\{7\*7\}\}|>49<", text), path
            assert "\u202e" not in text or "words=" in path, path
        csv = v.get("/export/machines.csv").text
        assert "'=cmd" in csv
        assert ",=cmd" not in csv
    assert many(c, tables.school) == 4


@pytest.mark.parametrize(
    "word", ["' OR 1=1 --", "%", "_", "\\", "'; DROP TABLE school; --", "\x00"]
)
def test_what_is_searched_for_is_never_part_of_a_query(
    running: tuple[Centre, str], word: str
) -> None:
    _, address = running
    with Visitor(address) as v:
        v.sign_in("head@hilltop.example")
        answer = v.client.get(f"{address}/schools", params={"words": word}, headers=v.cookie)

    assert answer.status_code in {200, 400}
    assert "Mill Lane" not in answer.text
    assert "Hill Top Primary" not in answer.text


def test_a_session_cannot_be_fixed_beforehand(running: tuple[Centre, str]) -> None:
    _, address = running
    planted = {"Cookie": f"{COOKIE}=planted-by-an-attacker"}
    form = {"email": "head@hilltop.example", "password": PASSWORD}

    answer = httpx.post(f"{address}/sign-in", data=form, headers=planted)

    line = answer.headers["set-cookie"]
    assert "planted" not in line
    for flag in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert flag.lower() in line.lower()
    assert "domain" not in line.lower()
    assert httpx.get(f"{address}/schools", headers=planted).status_code == 303


def test_the_secret_of_half_a_session_is_worth_nothing(running: tuple[Centre, str]) -> None:
    _, address = running
    with Visitor(address) as v:
        form = {"email": "victim@example.org", "password": PASSWORD}
        v._kept(v.client.post(f"{address}/sign-in", data=form))
        half = dict(v.cookie)
        assert v.get("/schools").headers["location"] == "/sign-in", "the second factor is missing"
        page = v.get("/sign-in/second-factor").text
        secret = re.search(r'<code id="secret">([A-Z2-7]+)</code>', page)
        assert secret
        code = pyotp.TOTP(secret[1]).now()
        v.code("/sign-in/second-factor", code)
        assert v.get("/schools").status_code == 200
        assert httpx.get(f"{address}/schools", headers=half).status_code == 303, "it got another"

    with Visitor(address) as again:
        again._kept(again.client.post(f"{address}/sign-in", data=form))
        assert again.code("/sign-in/code", code).status_code == 403, "each code opens once"


def test_brute_force_is_slowed_and_the_account_rests(tmp_path: Path) -> None:
    c = centre.new(tmp_path / "home")
    with c.engine.begin() as connection:
        people.add(connection, "victim@example.org", Role.ADMIN, password=PASSWORD)
    form = {"email": "victim@example.org"}
    with centre.serving(Path(c.home.folder)) as address:
        said = {
            httpx.post(f"{address}/sign-in", data=form | {"password": f"guess number {n}"}).text
            for n in range(people.TRIES)
        }
        right = httpx.post(f"{address}/sign-in", data=form | {"password": PASSWORD})
        other = httpx.post(
            f"{address}/sign-in", data={"email": "nobody@example.org", "password": "x" * 12}
        )
    assert right.status_code == 403, "even the right password waits"
    assert said | {right.text, other.text} == {right.text}, "no answer tells accounts apart"
    with c.engine.connect() as connection:
        row = people.find(connection, "victim@example.org")
        assert row is not None
        assert people.resting(row)
        assert (
            connection.execute(sa.select(sa.func.count()).select_from(tables.look)).scalar_one()
            == 10
        )
    c.engine.dispose()


def test_wrong_tries_from_one_address_are_ended(tmp_path: Path) -> None:
    c = centre.new(tmp_path / "home")
    with centre.serving(Path(c.home.folder)) as address:
        bearer = {"Authorization": "Bearer wrong"}
        codes = [
            httpx.get(f"{address}/api/v1/schools", headers=bearer).status_code for _ in range(30)
        ]
    assert codes[0] == 401
    assert codes[-1] == 429
    c.engine.dispose()


def test_the_server_does_not_listen_to_the_world_without_tls(tmp_path: Path) -> None:
    from running import auditor

    c = centre.new(tmp_path / "home")
    done = auditor("central", "serve", "--home", c.home.folder, "--host", "0.0.0.0")

    assert done.returncode == 2
    assert "without TLS" in done.stderr
    c.engine.dispose()


def test_secrets_lie_open_nowhere(running: tuple[Centre, str]) -> None:
    c, address = running
    with Visitor(address) as v:
        v.sign_in("officer@example.org")
    with c.engine.connect() as connection:
        everything = "".join(
            str(tuple(row))
            for table in tables.metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        )

    assert PASSWORD not in everything
    assert c.enrolments["999001"].token not in everything
    assert v.cookie["Cookie"].split("=", 1)[1] not in everything
    assert not v.secret or v.secret not in everything
    for name in ("central.toml", "authority.keys", "secret.key"):
        assert (Path(c.home.folder) / name).stat().st_mode & 0o077 == 0
