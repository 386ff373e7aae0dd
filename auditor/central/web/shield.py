"""What stands before every page and answer: headers that browsers obey, and nothing cached."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from auditor.central.web.answers import problem

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers then name no origin with our own forms either.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


_MOST_HEADERS = 32_768
"""Bytes; the parser's own limit holds only for headers that come in pieces."""
_CLOSE = {"Connection": "close"}


class Shield:
    """Sets the headers on every answer, that of an error too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI call."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = _refusal(scope) if scope["type"] == ScopeType.HTTP else None
        if refusal is not None:
            await problem(*refusal, _CLOSE).to_asgi_response(app=None, request=Request(scope))(
                scope, receive, sent
            )
            return
        await self._app(scope, receive, sent)


def _refusal(scope: Any) -> tuple[int, str, str] | None:
    """Status and words for a request that goes no further."""
    names = [name for name, _ in scope["headers"]]
    if sum(len(n) + len(v) for n, v in scope["headers"]) > _MOST_HEADERS:
        return 431, "too_large", "The request's headers are too large."
    if b"transfer-encoding" in names and b"content-length" in names:
        # Two ends could differ about where it ends (RFC 9112, 6.3: request smuggling).
        return 400, "wrong", "A request has one length."
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        return 400, "wrong", "No address has such a character."
    if _from_elsewhere(scope):
        return 403, "forbidden", "A form of another site is not taken."
    return None


def _from_elsewhere(scope: Any) -> bool:
    """Whether a browser says that a page of another site sent this form.

    The form's own secret is the proof for who is signed in; this also covers signing in itself.
    """
    if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
        return False
    headers = dict(scope["headers"])
    site = headers.get(b"sec-fetch-site", b"none").decode("latin-1")
    if site not in {"same-origin", "none"}:
        return True
    origin = headers.get(b"origin", b"").decode("latin-1")
    host = headers.get(b"host", b"").decode("latin-1")
    return bool(origin) and urlsplit(origin).netloc != host
