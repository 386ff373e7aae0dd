"""Single sign-on: a real provider in a real browser, and providers that lie. -m central, -m browser."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("litestar")
pytest.importorskip("sqlalchemy")
pytest.importorskip("pyrage")

import centre
import httpx
import msgspec
import sqlalchemy as sa
from centre import Centre
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from running import ROOT
from visitor import COOKIE

from auditor.central import people, tables
from auditor.central.clock import now
from auditor.central.people import Role
from auditor.central.settings import SignOn

BED = ROOT / "tests" / "testbed" / "oidc"
SECRET = "a secret of two"


def told(c: Centre, issuer: str) -> None:
    """Lets the authority sign people on with that provider."""
    on = SignOn(issuer=issuer, client_id="auditor", client_secret=SECRET, name="Example")
    toml = Path(c.home.folder) / "central.toml"
    lines = [f'{n} = "{getattr(on, n)}"' for n in SignOn.__struct_fields__]
    text = toml.read_text("utf-8").split("\n[sign_on]")[0]
    toml.write_text(text + "\n[sign_on]\n" + "\n".join(lines) + "\n", "utf-8")


def authority(tmp_path: Path, port: int, *emails: str) -> Centre:
    made = centre.new(tmp_path / "home", address=f"http://localhost:{port}")
    with made.engine.begin() as connection:
        for email in emails:
            people.add(connection, email, Role.OFFICER)
    return made


@contextmanager
def certified(back: str) -> Iterator[str]:
    """The provider of the testbed; its issuer."""
    node = shutil.which("node")
    if node is None or not (BED / "node_modules").exists():
        pytest.skip(f"needs node, and npm install --ignore-scripts --prefix {BED}")
    port = centre.free_port()
    started = subprocess.Popen(
        [node, "provider.mjs", str(port), back],
        cwd=BED,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        centre.wait_for(port, started)
        yield f"http://localhost:{port}"
    finally:
        started.terminate()
        started.communicate(timeout=20)


def signed_on(browser: Any, address: str, who: str) -> str:
    """The way of a person, from our page over the provider's forms and back; the page's words."""
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.wait import WebDriverWait

    browser.delete_all_cookies()
    browser.get(f"{address}/sign-in")
    browser.find_element(By.LINK_TEXT, "Sign in with Example").click()
    wait = WebDriverWait(browser, 30)
    wait.until(lambda b: b.find_elements(By.NAME, "login"))
    browser.find_element(By.NAME, "login").send_keys(who)
    browser.find_element(By.NAME, "password").send_keys("anything")
    for _ in range(2):  # the form, then what is to be told to us
        page = browser.find_element(By.TAG_NAME, "html")
        browser.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
        wait.until(partial(_gone, page))
        if browser.current_url.startswith(address):
            break
    wait.until(lambda b: b.current_url.startswith(address))
    return str(browser.find_element(By.TAG_NAME, "body").text)


def _gone(page: Any, browser: Any) -> bool:
    from selenium.webdriver.support.expected_conditions import staleness_of

    return bool(staleness_of(page)(browser)) and bool(browser.find_elements("tag name", "body"))


@pytest.mark.slow
@pytest.mark.browser
def test_an_officer_signs_on_at_a_real_provider_in_a_real_browser(tmp_path: Path) -> None:
    from browsing import chromium

    port = centre.free_port()
    address = f"http://localhost:{port}"
    c = authority(tmp_path, port, "officer@example.org", "unproved@example.org")
    with certified(f"{address}/sign-on/back") as issuer, chromium(tmp_path / "profile") as browser:
        told(c, issuer)
        with centre.process(Path(c.home.folder), port) as started:
            centre.wait_for(port, started)
            officer = signed_on(browser, address, "officer")
            here = urlsplit(browser.current_url).path
            kept = browser.get_cookie(COOKIE)
            stranger = signed_on(browser, address, "stranger")
            unproved = signed_on(browser, address, "unproved")

    assert here == "/"
    assert "Committee report" in officer
    assert kept["secure"]
    assert kept["httpOnly"]
    for refused in (stranger, unproved):
        assert "could not be used to sign in here" in refused
    with c.engine.connect() as connection:
        found = people.find(connection, "officer@example.org")
        assert found is not None
        assert found.subject == f"{issuer}|officer"
        said = list(connection.execute(sa.select(tables.look.c.about)).scalars())
    assert "no account for stranger@example.org" in said
    assert "the provider does not vouch for the address" in said
    c.engine.dispose()


NOW = int(now().timestamp())
KEY, OTHER = RSAKey.generate_key(2048), RSAKey.generate_key(2048)


class Provider(ThreadingHTTPServer):
    """A provider whose tokens are made by the test."""

    make: Callable[[dict[str, Any]], str]
    asked: dict[str, str]
    named = ""
    """The issuer that it says it is."""


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        own = f"http://localhost:{self.server.server_port}"
        path, _, query = self.path.partition("?")
        if path == "/authorize":
            self.server.asked = {k: v[0] for k, v in parse_qs(query).items()}
            back = f"{self.server.asked['redirect_uri']}?code=c&state={self.server.asked['state']}"
            self.send_response(303)
            self.send_header("Location", back)
            self.end_headers()
        elif path == "/keys":
            self._said({"keys": [KEY.as_dict(private=False, kid="k")]})
        else:
            self._said(
                {
                    "issuer": self.server.named or own,
                    "authorization_endpoint": f"{own}/authorize",
                    "token_endpoint": f"{own}/token",
                    "jwks_uri": f"{own}/keys",
                }
            )

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        claims = {
            "iss": f"http://localhost:{self.server.server_port}", "aud": "auditor", "sub": "s-1",
            "email": "officer@example.org", "email_verified": True, "iat": NOW,
            "exp": NOW + 300, "nonce": self.server.asked["nonce"],
        }  # fmt: skip
        token = self.server.make(claims)
        self._said({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _said(self, body: object) -> None:
        written = msgspec.json.encode(body)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *_: object) -> None:
        pass


def signed(claims: dict[str, Any], key: Any = KEY, alg: str = "RS256") -> str:
    return jwt.encode({"alg": alg, "kid": "k"}, claims, key)


def unsigned(claims: dict[str, Any]) -> str:
    import base64

    parts = [{"alg": "none", "kid": "k"}, claims]
    packed = [base64.urlsafe_b64encode(msgspec.json.encode(p)).rstrip(b"=") for p in parts]
    return (b".".join(packed) + b".").decode()


def by_public_key(claims: dict[str, Any]) -> str:
    """HS256 with the provider's public key as the secret."""
    pem = KEY.as_pem(private=False)
    return signed(claims, OctKey.import_key(pem), "HS256")


def without(name: str) -> Callable[[dict[str, Any]], str]:
    return lambda claims: signed({k: v for k, v in claims.items() if k != name})


def with_(**changes: Any) -> Callable[[dict[str, Any]], str]:
    return lambda claims: signed({**claims, **changes})


LIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "another nonce": with_(nonce="of another sign-on"),
    "no nonce": without("nonce"),
    "for another client": with_(aud="another"),
    "for nobody": without("aud"),
    "by another issuer": with_(iss="https://evil.example"),
    "by no issuer": without("iss"),
    "expired": with_(exp=NOW - 3600),
    "without an end": without("exp"),
    "of nobody": without("sub"),
    "signed by another key": lambda claims: signed(claims, OTHER),
    "not signed": unsigned,
    "signed with the public key as a secret": by_public_key,
    "cut short": lambda claims: signed(claims)[:-10],
    "no token": lambda claims: "",
    # Of somebody new: whose account is bound already is known by the subject, whatever the address.
    "an address that is not proved": with_(sub="s-2", email_verified=False),
    "an address that is proved in words": with_(sub="s-2", email_verified="false"),
    "no address": with_(sub="s-2", email=None),
}


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Centre, str, Provider]]:
    port = centre.free_port()
    c = authority(tmp_path_factory.mktemp("central"), port, "officer@example.org")
    provider = Provider(("127.0.0.1", 0), Answers)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    told(c, f"http://localhost:{provider.server_port}")
    with centre.process(Path(c.home.folder), port) as started:
        centre.wait_for(port, started)
        yield c, f"http://localhost:{port}", provider
    provider.shutdown()
    provider.server_close()
    c.engine.dispose()


def round_(address: str, keep: bool = True) -> httpx.Response:
    """The way of a browser; without `keep` it is another browser that comes back."""
    with httpx.Client() as client:
        begun = client.get(f"{address}/sign-on")
        assert begun.status_code == 303, begun.text[-300:]
        cookie = begun.headers["set-cookie"].split(";", 1)[0]
        sent = client.get(begun.headers["location"])
    head = {"Cookie": cookie} if keep else {}
    return httpx.get(sent.headers["location"], headers=head)


@pytest.mark.slow
@pytest.mark.central
@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_the_provider_s_for_us_now_opens_nothing(
    lying: tuple[Centre, str, Provider], lie: str
) -> None:
    _, address, provider = lying
    provider.make = LIES[lie]

    answer = round_(address)

    assert answer.status_code == 403, lie
    assert f"{COOKIE}=" not in answer.headers.get("set-cookie", "")


@pytest.mark.slow
@pytest.mark.central
def test_the_true_token_opens_the_account_to_the_browser_that_asked_and_to_no_other(
    lying: tuple[Centre, str, Provider],
) -> None:
    _, address, provider = lying
    provider.make = signed

    assert round_(address, keep=False).status_code == 403
    answer = round_(address)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert f"{COOKIE}=" in answer.headers["set-cookie"]
    provider.named = "https://evil.example"
    assert httpx.get(f"{address}/sign-on").status_code == 503, "it calls itself another"
    provider.named = ""
