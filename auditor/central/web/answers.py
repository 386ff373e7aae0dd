"""Errors: for programs RFC 9457 problem details with the reason in one word, for people a page."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from sqlalchemy.exc import OperationalError

from auditor.central.database import unreachable
from auditor.central.verify import Turned
from auditor.central.web.rendering import page
from auditor.central.web.visiting import NotAllowed, NotFound, NotSignedIn
from auditor.central.writer import Busy, NotStored
from auditor.errors import CentralError

PROBLEM = "application/problem+json"


class Problem(HTTPException):
    """An answer that is not what was asked for."""

    def __init__(
        self, status: int, why: str, detail: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail, status_code=status, headers=headers)
        self.why = why


def problem(
    status: int, why: str, detail: str, headers: dict[str, str] | None = None
) -> Response[bytes]:
    """The answer of a problem."""
    body = {"type": "about:blank", "status": status, "title": why, "why": why, "detail": detail}
    return Response(
        msgspec.json.encode(body), status_code=status, media_type=PROBLEM, headers=headers or {}
    )


def told(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:  # noqa: ARG001
    """An error of ours or of the framework, for the API; never a trace, never a value."""
    if isinstance(error, OperationalError):
        error = unreachable(error)
    if isinstance(error, CentralError):
        return _ours(error)
    if isinstance(error, Problem):
        return problem(error.status_code, error.why, error.detail, dict(error.headers or {}))
    if isinstance(error, HTTPException):
        headers = dict(error.headers or {})
        return problem(error.status_code, _word(error.status_code), _said(error), headers)
    return problem(500, "failed", "something went wrong here; nothing was stored")


def _ours(error: CentralError) -> Response[bytes]:
    if isinstance(error, Turned):
        return problem(422, error.why, error.problem)
    why, after = "unavailable", "60"
    if isinstance(error, Busy):
        why, after = "busy", "5"
    elif isinstance(error, NotStored):
        why = "not_stored"
    return problem(503, why, error.problem, {"Retry-After": after})


def shown(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """An error for people: a page, or the way to signing in."""
    if isinstance(error, NotSignedIn):
        return Redirect("/sign-in", status_code=303)
    status, said, hint = _words(error)
    centre = request.app.state.centre
    return page("error", status=status, centre=centre, said=said, hint=hint)


def _words(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, NotAllowed):
        hint = "Your account may not do that, or the page was open for too long: load it again."
        return 403, "This is not allowed", hint
    if isinstance(error, CentralError | OperationalError):
        return 503, "The store does not answer", "Nothing was changed. Try again in a minute."
    status = error.status_code if isinstance(error, HTTPException) else 500
    if isinstance(error, NotFound) or status in {404, 405}:
        return 404, "There is no such page", "It may be that of a school that you do not see."
    if status < 500:
        return status, "This was not understood", "Go back and try again."
    return 500, "Something went wrong here", "Nothing was changed. Tell whoever runs this server."


def _said(error: HTTPException) -> str:
    """What litestar says of a request; a message of validation names fields, never values."""
    extra = error.extra if isinstance(error.extra, list) else []
    fields = sorted({str(e.get("key", "")) for e in extra if isinstance(e, dict)} - {""})
    return f"wrong: {', '.join(fields)}" if fields else str(error.detail)[:200]


def _word(status: int) -> str:
    return {
        400: "wrong", 401: "unauthorised", 403: "forbidden", 404: "not_found",
        405: "not_allowed", 413: "too_large", 415: "wrong_type", 429: "too_often",
    }.get(status, "failed")  # fmt: skip
