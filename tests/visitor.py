"""Somebody with a browser, without its windows: signs in, with a second factor, and sends forms."""

from __future__ import annotations

import html
import re
from typing import Any, Self

import httpx
import pyotp

from auditor.central.clock import now

PASSWORD = "a tea cosy of wool"
COOKIE = "__Host-auditor"


class Visitor:
    """Keeps the session's cookie itself: programs do not send secure cookies over plain HTTP."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = httpx.Client(timeout=30)
        self.cookie: dict[str, str] = {}
        self.secret = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        for line in answer.headers.get_list("set-cookie"):
            if line.startswith(f"{COOKIE}="):
                self.cookie = {"Cookie": line.split(";", 1)[0]}
        return answer

    def get(self, path: str, *, follow: bool = False) -> httpx.Response:
        answer = self._kept(self.client.get(self.address + path, headers=self.cookie))
        # httpx drops a cookie header that was set by hand when it follows.
        return self.get(answer.headers["location"]) if follow and answer.is_redirect else answer

    def words(self, path: str) -> str:
        """The words of a page, as a reader sees them."""
        text = re.sub(
            r"<(script|style).*?</\1>", " ", self.get(path, follow=True).text, flags=re.DOTALL
        )
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())

    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/account").text)
        assert found
        return found[1]

    def post(self, path: str, **fields: Any) -> httpx.Response:
        fields = {"csrf": self.csrf(), **fields}
        return self._kept(self.client.post(self.address + path, data=fields, headers=self.cookie))

    def upload(self, path: str, content: bytes) -> httpx.Response:
        return self.client.post(
            self.address + path,
            data={"csrf": self.csrf()},
            files={"report": ("report.audit", content)},
            headers=self.cookie,
        )

    def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        """Signs in; sets up a second factor where one is asked for."""
        form = {"email": email, "password": password}
        answer = self._kept(self.client.post(f"{self.address}/sign-in", data=form))
        if answer.headers.get("location") == "/sign-in/second-factor":
            page = self.get("/sign-in/second-factor").text
            found = re.search(r'<code id="secret">([A-Z2-7]+)</code>', page)
            assert found
            self.secret = found[1]
            answer = self.code("/sign-in/second-factor", pyotp.TOTP(self.secret).now())
        elif answer.headers.get("location") == "/sign-in/code" and self.secret:
            answer = self.code("/sign-in/code", pyotp.TOTP(self.secret).at(now(), counter_offset=1))
        return answer

    def code(self, path: str, code: str) -> httpx.Response:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert found
        form = {"csrf": found[1], "code": code}
        return self._kept(self.client.post(self.address + path, data=form, headers=self.cookie))
