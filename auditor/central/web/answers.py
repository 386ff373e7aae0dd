"""Errors for programs: RFC 9457 problem details, with the reason in one word."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from auditor.central.verify import Turned
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
    if isinstance(error, CentralError):
        return _ours(error)
    if isinstance(error, Problem):
        return problem(error.status_code, error.why, error.detail, dict(error.headers or {}))
    if isinstance(error, HTTPException):
        return problem(error.status_code, _word(error.status_code), _said(error))
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
