"""On the way between a school and its authority: TLS, a proxy before the server, a proxy at school.

Everything is real: nginx and tinyproxy from Debian, a certificate authority of our own, the
program as a school runs it. -m central.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import ssl
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
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
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from running import auditor
from test_send import large_audit, visit
from visitor import PASSWORD

from auditor import wire
from auditor.central import people, tables
from auditor.central.clock import now
from auditor.central.people import Role

pytestmark = [
    pytest.mark.slow,
    pytest.mark.central,
    pytest.mark.skipif(os.name == "nt", reason="nginx and tinyproxy are Debian's"),
]


@dataclass
class Papers:
    """A certificate authority, and what it certified."""

    authority: Path
    certificate: Path
    key: Path

    @property
    def trusted(self) -> dict[str, str]:
        """The environment of a machine that trusts the authority."""
        return {"SSL_CERT_FILE": str(self.authority), "NO_PROXY": ""}


def papers(folder: Path, host: str = "localhost", days: int = 30) -> Papers:
    """A certificate for a host; with negative days it has expired."""
    folder.mkdir(exist_ok=True)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    name = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in ("Borsetshire CA", host)
    ]
    begun = now() - timedelta(days=100)
    names: list[x509.GeneralName] = [x509.DNSName(host)]
    if host == "localhost":
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))

    def signed(whose: int, until: timedelta, *, ca: bool) -> x509.Certificate:
        made = x509.CertificateBuilder(name[0], name[whose], keys[whose].public_key())
        made = made.serial_number(x509.random_serial_number())
        made = made.not_valid_before(begun).not_valid_after(now() + until)
        made = made.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        if not ca:
            made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return made.sign(keys[0], hashes.SHA256())

    written = Papers(folder / "ca.pem", folder / "chain.pem", folder / "key.pem")
    top, ours = signed(0, timedelta(days=90), ca=True), signed(1, timedelta(days=days), ca=False)
    pem = serialization.Encoding.PEM
    written.authority.write_bytes(top.public_bytes(pem))
    written.certificate.write_bytes(ours.public_bytes(pem) + top.public_bytes(pem))
    written.key.write_bytes(
        keys[1].private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return written


def machines(c: Centre) -> set[str]:
    with c.engine.connect() as connection:
        return set(connection.execute(sa.select(tables.machine.c.name)).scalars())


@contextmanager
def tls(c: Centre, own: Papers, *more: str) -> Iterator[int]:
    """The server with its own certificate; its port."""
    port = centre.free_port()
    given = ["--certificate", str(own.certificate), "--key", str(own.key), *more]
    with centre.process(Path(c.home.folder), port, *given) as started:
        centre.wait_for(port, started)
        yield port


@pytest.fixture(params=["one worker", "two workers"])
def secure(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Centre, Papers, str]]:
    """A server with its own certificate; two workers have a PostgreSQL."""
    with centre.postgres() if request.param == "two workers" else tmp() as url:
        made = centre.new(tmp_path / "home", centre.new_database(url) if url else "sqlite:///c.db")
        own = papers(tmp_path / "papers")
        more = ["--workers", "2"] if url else []
        with tls(made, own, *more) as port:
            yield made, own, f"https://localhost:{port}"
        made.engine.dispose()


@contextmanager
def tmp() -> Iterator[str]:
    yield ""


def test_a_school_sends_to_a_certificate_that_its_machine_trusts_and_to_no_other(
    secure: tuple[Centre, Papers, str], tmp_path: Path
) -> None:
    c, own, address = secure
    file = visit(tmp_path / "school", c, address, name="OVER-TLS")
    command = ["send", str(tmp_path / "school"), "--enrolment", str(file), "--tries", "1"]

    stranger = auditor(*command, env={"NO_PROXY": ""})
    trusted = auditor(*command, env=own.trusted)

    assert stranger.returncode == 3
    assert "certificate is not trusted" in stranger.stderr
    assert trusted.returncode == 0, trusted.stderr
    assert machines(c) == {"OVER-TLS"}


@pytest.mark.parametrize(("host", "days"), [("elsewhere.example", 30), ("localhost", -1)])
def test_a_certificate_of_another_name_or_of_last_year_gets_nothing(
    host: str, days: int, tmp_path: Path
) -> None:
    c = centre.new(tmp_path / "home")
    own = papers(tmp_path / "papers", host, days)
    with tls(c, own) as port:
        file = visit(tmp_path / "school", c, f"https://localhost:{port}")
        done = auditor(
            "send", str(tmp_path / "school"), "--enrolment", str(file), "--tries", "1",
            env=own.trusted,
        )  # fmt: skip

    assert done.returncode == 3
    assert "certificate is not trusted" in done.stderr
    assert machines(c) == set()
    c.engine.dispose()


def test_old_versions_of_tls_are_refused(tmp_path: Path) -> None:
    c = centre.new(tmp_path / "home")
    own = papers(tmp_path / "papers")
    with tls(c, own) as port:
        old = ssl.create_default_context(cafile=str(own.authority))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version = ssl.TLSVersion.TLSv1
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with (
            socket.create_connection(("localhost", port)) as plain,
            pytest.raises((ssl.SSLError, ConnectionError)),
        ):
            old.wrap_socket(plain, server_hostname="localhost")
    c.engine.dispose()


@pytest.mark.parametrize("wrong", ["key of another", "no certificate", "no key"])
def test_wrong_papers_are_told_in_three_lines(wrong: str, tmp_path: Path) -> None:
    c = centre.new(tmp_path / "home")
    own, other = papers(tmp_path / "a"), papers(tmp_path / "b")
    given = {
        "key of another": ["--certificate", str(own.certificate), "--key", str(other.key)],
        "no certificate": ["--certificate", str(own.key), "--key", str(own.key)],
        "no key": ["--certificate", str(own.certificate)],
    }[wrong]

    done = auditor(
        "central", "serve", "--home", c.home.folder, "--port", str(centre.free_port()), *given
    )

    assert done.returncode in {2, 3}, done.stderr
    assert "Traceback" not in done.stderr
    assert "certificate" in done.stderr
    c.engine.dispose()


NGINX = """
{user} daemon off; error_log {top}/error.log; pid {top}/pid;
events {{ }}
http {{
  access_log off; client_body_temp_path {top}/body; proxy_temp_path {top}/proxy;
  fastcgi_temp_path {top}/f; uwsgi_temp_path {top}/u; scgi_temp_path {top}/s;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {own.certificate}; ssl_certificate_key {own.key};
    location / {{
      proxy_pass http://127.0.0.1:{behind};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""


@contextmanager
def nginx(top: Path, own: Papers, behind: int) -> Iterator[str]:
    """A real nginx with TLS before a port; the address of its pages."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        pytest.skip("needs Debian package nginx-light")
    top.mkdir()
    port = centre.free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (top / "conf").write_text(NGINX.format(user=user, top=top, own=own, port=port, behind=behind))
    top.chmod(0o755)
    started = subprocess.Popen(
        [program, "-p", str(top), "-c", str(top / "conf"), "-e", str(top / "error.log")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        centre.wait_for(port, started)
        yield f"https://localhost:{port}"
    finally:
        started.terminate()
        started.communicate(timeout=20)


@contextmanager
def behind_nginx(c: Centre, tmp_path: Path, *options: str) -> Iterator[tuple[Papers, str, int]]:
    own = papers(tmp_path / "papers")
    port = centre.free_port()
    with (
        centre.process(Path(c.home.folder), port, *options) as started,
        nginx(tmp_path / "nginx", own, port) as address,
    ):
        centre.wait_for(port, started)
        yield own, address, port


def test_a_small_and_a_large_report_go_through_a_proxy_as_it_comes(tmp_path: Path) -> None:
    c = centre.new(tmp_path / "home")
    with behind_nginx(c, tmp_path, "--proxy", "127.0.0.1") as (own, address, _):
        file = visit(tmp_path / "school", c, address, name="BEHIND")
        command = ["send", str(tmp_path / "school"), "--enrolment", str(file)]
        small = auditor(*command, env=own.trusted)
        # More than the megabyte that nginx takes in one request as it is installed.
        (tmp_path / "school" / "report.json").write_bytes(wire.encode(large_audit("LARGE")))
        big = auditor(*command, env=own.trusted)

    assert small.returncode == 0, small.stderr
    assert big.returncode == 0, big.stderr
    assert machines(c) == {"BEHIND", "LARGE"}
    c.engine.dispose()


def came_from(c: Centre, address: str, own: Papers | None) -> str:
    """The address that the record gives for a wrong password from 127.0.0.5, who lies about it."""
    context = ssl.create_default_context(cafile=str(own.authority)) if own else False
    way = httpx.HTTPTransport(local_address="127.0.0.5", verify=context)
    host = address.split("://", 1)[1].replace("localhost", "127.0.0.1")
    with httpx.Client(transport=way) as client:
        answer = client.post(
            f"{address.split(':', 1)[0]}://{host}/sign-in",
            data={"email": "officer@example.org", "password": "a wrong password"},
            headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"},
        )
    assert answer.status_code == 403, answer.text
    with c.engine.connect() as connection:
        last = sa.select(tables.look.c.address).order_by(tables.look.c.id.desc()).limit(1)
        return str(connection.execute(last).scalar_one())


def test_a_proxy_s_word_on_the_client_is_taken_only_when_serving_was_told_so(
    tmp_path: Path,
) -> None:
    c = centre.new(tmp_path / "home")
    with c.engine.begin() as connection:
        people.add(connection, "officer@example.org", Role.OFFICER, password=PASSWORD)
    with behind_nginx(c, tmp_path, "--proxy", "127.0.0.1") as (own, address, port):
        through = came_from(c, address, own)
        past = came_from(c, f"http://127.0.0.1:{port}", None)
    shutil.rmtree(tmp_path / "nginx")
    with behind_nginx(c, tmp_path) as (own, address, _):
        untold = came_from(c, address, own)

    assert through == "127.0.0.5", "nginx names it, and what the client itself said is not taken"
    assert past == "127.0.0.5", "who comes past the proxy is no proxy"
    assert untold == "127.0.0.1", "without --proxy nobody's word is taken"
    c.engine.dispose()


def test_a_server_that_is_away_behind_its_proxy_is_tried_again(tmp_path: Path) -> None:
    c = centre.new(tmp_path / "home")
    own = papers(tmp_path / "papers")
    with nginx(tmp_path / "nginx", own, centre.free_port()) as address:
        file = visit(tmp_path / "school", c, address)
        done = auditor(
            "send", str(tmp_path / "school"), "--enrolment", str(file), "--tries", "2",
            env=own.trusted,
        )  # fmt: skip

    assert done.returncode == 3
    assert "502" in done.stderr
    assert "nothing is lost" in done.stderr
    c.engine.dispose()


@contextmanager
def tinyproxy(top: Path, allowed: int, *more: str) -> Iterator[tuple[int, Path]]:
    """A real forward proxy that lets one port through; its port and its log."""
    program = shutil.which("tinyproxy") or "/usr/bin/tinyproxy"
    if not Path(program).exists():
        pytest.skip("needs Debian package tinyproxy")
    top.mkdir()
    port, log = centre.free_port(), top / "log"
    lines = [
        f"Port {port}", "Listen 127.0.0.1", "Timeout 60", f'LogFile "{log}"', "LogLevel Connect",
        "MaxClients 10", f"ConnectPort {allowed}", *more,
    ]  # fmt: skip
    (top / "conf").write_text("\n".join(lines) + "\n")
    started = subprocess.Popen(
        [program, "-d", "-c", str(top / "conf")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        centre.wait_for(port, started)
        yield port, log
    finally:
        started.terminate()
        started.communicate(timeout=20)


def test_it_goes_through_a_school_s_proxy_to_a_private_authority(tmp_path: Path) -> None:
    c = centre.new(tmp_path / "home")
    own = papers(tmp_path / "papers")
    with (
        tls(c, own) as port,
        tinyproxy(tmp_path / "proxy", port, "BasicAuth school let-me-out") as (proxy, log),
    ):
        file = visit(tmp_path / "school", c, f"https://localhost:{port}", name="PROXIED")
        command = ["send", str(tmp_path / "school"), "--enrolment", str(file), "--tries", "1"]
        wrong = auditor(
            *command, "--proxy", f"http://school:canary-word@127.0.0.1:{proxy}", env=own.trusted
        )
        right = f"http://school:let-me-out@127.0.0.1:{proxy}"
        by_option = auditor(*command, "--proxy", right, env=own.trusted)
        by_machine = auditor(*command, env={**own.trusted, "HTTPS_PROXY": right})
        end = time.monotonic() + 10
        while log.read_text().count(f"CONNECT localhost:{port}") < 2 and time.monotonic() < end:
            time.sleep(0.1)

    assert wrong.returncode == 3
    assert "proxy refused" in wrong.stderr
    assert "canary-word" not in wrong.stderr + wrong.stdout
    assert by_option.returncode == 0, by_option.stderr
    assert "has it already" in by_machine.stdout, by_machine.stderr
    assert log.read_text().count(f"CONNECT localhost:{port}") >= 2, "both went through it"
    assert machines(c) == {"PROXIED"}
    c.engine.dispose()
