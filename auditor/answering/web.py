"""Serves the form to the browser of this machine, and stops when the person has finished.

The only server of the scanner, and it serves nobody but this machine: it listens on the loopback
address, on a port of the system's choice; every address begins with a secret that is made anew at
each start; a page of another site cannot post to it, nor reach it under another host name.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from auditor.answering import page
from auditor.answering.sheet import Sheet
from auditor.errors import AuditorError

LOOPBACK = "127.0.0.1"
LARGEST = 20_000
"""Bytes of the largest form that is taken."""
IDLE = 60 * 60
"""Seconds without a request after which the program stops by itself."""


class Form(ThreadingHTTPServer):
    """The form while it runs.

    Args:
        sheet: Where answers go.
        by: The role that answers, where the person has not said it on the page.
    """

    daemon_threads = True

    def __init__(self, sheet: Sheet, by: str = "") -> None:
        super().__init__((LOOPBACK, 0), _Asked)
        self.sheet = sheet
        self.by = by
        self.lock = threading.Lock()
        self.secret = secrets.token_urlsafe(24)
        self.idle = threading.Event()
        self.finished = False

    @property
    def root(self) -> str:
        """The path that every page begins with."""
        return f"/{self.secret}/"

    @property
    def address(self) -> str:
        """Where the browser finds it."""
        return f"http://{LOOPBACK}:{self.server_port}{self.root}"

    def run(self, ready: Callable[[str], None]) -> bool:
        """Serves until the person has finished or has been away for long.

        Args:
            ready: Is given the address once pages can be had.

        Returns:
            Whether the person pressed finish.
        """
        watch = threading.Thread(target=self._watch, daemon=True)
        watch.start()
        ready(self.address)
        try:
            self.serve_forever(poll_interval=0.1)
        finally:
            self.server_close()
        return self.finished

    def _watch(self) -> None:
        while self.idle.wait(IDLE):
            self.idle.clear()
        self.shutdown()

    def end(self) -> None:
        """Stops after the page that is being sent."""
        self.finished = True
        threading.Thread(target=self.shutdown, daemon=True).start()


class _Asked(BaseHTTPRequestHandler):
    """One request of the browser."""

    server: Form
    protocol_version = "HTTP/1.1"
    server_version = "auditor"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        """A page."""
        with self.server.lock:
            if self._from_here():
                self._get(self.path[len(self.server.root) :])

    def do_POST(self) -> None:
        """A form that was filled in."""
        with self.server.lock:
            form = self._form() if self._from_here(posting=True) else None
            if form is not None:
                self._post(self.path[len(self.server.root) :], form)

    def _get(self, what: str) -> None:
        s = self.server
        kind, _, name = what.partition("/")
        rule = s.sheet.rule(name) if kind == "q" else None
        if rule:
            self._page(page.question(s.sheet, s.root, rule, s.by))
        elif not what:
            self._page(page.overview(s.sheet, s.root, s.by))
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _post(self, what: str, form: dict[str, str]) -> None:
        s = self.server
        kind, _, name = what.partition("/")
        if kind == "q" and s.sheet.rule(name):
            self._answer(name, form)
        elif kind == "about":
            self._about(form)
        elif kind == "finish":
            self._page(page.closed(s.sheet, s.root))
            s.end()
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _answer(self, name: str, form: dict[str, str]) -> None:
        s = self.server
        rule = s.sheet.rule(name)
        if rule is None:
            return
        try:
            said = form.get("said", "")
            if said in {"", "date"} and form.get("day"):
                said = form["day"]
            if said in {"", "date"}:
                raise AuditorError("Choose an answer, or leave the question open.")
            s.by = form.get("by", "") or s.by
            s.sheet.put(name, said, by=form.get("by", ""), note=form.get("note", ""))
        except AuditorError as e:
            self._page(page.question(s.sheet, s.root, rule, s.by, _told(e), form))
            return
        after = page.following(s.sheet, rule)
        self._go(f"q/{after.id}" if after else "")

    def _about(self, form: dict[str, str]) -> None:
        s = self.server
        try:
            s.sheet.about(
                school=form.get("school", ""),
                urn=form.get("urn", ""),
                nation=form.get("nation", ""),
            )
            s.by = form.get("by", "")
        except AuditorError as e:
            self._page(page.overview(s.sheet, s.root, s.by, _told(e)))
            return
        left = s.sheet.open()
        self._go(f"q/{left[0].id}" if left else "")

    def _from_here(self, *, posting: bool = False) -> bool:
        """Whether the request names this machine and the secret, and comes from our own page."""
        self.server.idle.set()
        host, port = self.headers.get("Host", ""), self.server.server_port
        ours = {f"{LOOPBACK}:{port}", f"localhost:{port}"}
        start = self.path[: len(self.server.root)]
        known = secrets.compare_digest(start.encode(), self.server.root.encode())
        origin = self.headers.get("Origin", "")
        foreign = posting and origin != "" and origin.removeprefix("http://") not in ours
        if host not in ours or not known or foreign:
            self.close_connection = True
            self._refuse(HTTPStatus.FORBIDDEN)
            return False
        return True

    def _form(self) -> dict[str, str] | None:
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > LARGEST:
            self.close_connection = True
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        sent = self.rfile.read(int(size)).decode("utf-8", "replace")
        return {k: v[0] for k, v in parse_qs(sent, max_num_fields=20).items()}

    def _page(self, text: str) -> None:
        self._send(HTTPStatus.OK, text.encode("utf-8", "replace"))

    def _go(self, where: str) -> None:
        self._send(HTTPStatus.SEE_OTHER, b"", {"Location": self.server.root + where})

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(status, f"<!DOCTYPE html><title>auditor</title><p>{status.phrase}.".encode())

    def _send(self, status: HTTPStatus, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            "Content-Security-Policy": "default-src 'none'; form-action 'self'; base-uri 'none'; "
            f"frame-ancestors 'none'; style-src '{page.style_digest()}'",
            "Referrer-Policy": "same-origin",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        for name, value in (headers | (more or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the stdlib's name
        """Says nothing: the terminal belongs to the person."""


def _told(e: AuditorError) -> str:
    return " ".join(filter(None, (e.problem[:1].upper() + e.problem[1:].rstrip(".") + ".", e.hint)))
