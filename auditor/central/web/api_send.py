"""How a report comes in over the network, whole or in parts, and how its key is enrolled.

POST /api/v1/keys               the public key that will sign, under a school's token
POST /api/v1/reports            a sealed report
GET  /api/v1/uploads/{digest}   how much of a report has come so far
PUT  /api/v1/uploads/{digest}   its next part; the last one hands it in
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import msgspec
from anyio import to_thread
from litestar import Request, Response, get, post, put
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter

from auditor.central import enrolling, quarantine, tokens
from auditor.central.database import reading
from auditor.central.store import Receipt
from auditor.central.tokens import Scope, Token
from auditor.central.verify import Turned, arrived, digest
from auditor.central.web.answers import Problem
from auditor.central.web.state import Centre
from auditor.errors import CentralError, SealError
from auditor.evidence import Record
from auditor.keys import public_of

PART = 1024 * 1024
"""Bytes of the largest part."""
_MOST_UPLOADS = 8
"""Unfinished uploads of one school; the oldest makes way."""

Digest = Annotated[str, Parameter(pattern="^[0-9a-f]{64}$", description="SHA-256 of the file")]


class NewKey(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public key to enrol."""

    public: Annotated[str, msgspec.Meta(max_length=500, description="As in the file NAME.pub")]
    name: Annotated[str, msgspec.Meta(max_length=100)] = ""


class KeyEnrolled(Record, frozen=True, kw_only=True):
    """What became of a key."""

    state: str
    """`enrolled`, or `already`."""


class Uploaded(Record, frozen=True, kw_only=True):
    """How much of a report is here."""

    received: int
    """Bytes; the next part starts there."""
    receipt: Receipt | None = None
    """When it was whole and taken in."""


class ProblemShown(Record, frozen=True, kw_only=True):
    """RFC 9457 problem details."""

    type: str
    status: int
    title: str
    why: str
    """The reason in one word."""
    detail: str


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """What else may be answered, for the description of the API."""
    spec = ResponseSpec(
        data_container=ProblemShown,
        media_type="application/problem+json",
        generate_examples=False,
    )
    return dict.fromkeys((*statuses, 401, 403, 429, 503), spec)


def authorised(request: Request[Any, Any, State], scope: Scope) -> Token:
    """The token of a request, if it may do that.

    Raises:
        Problem: There is none, it is wrong or revoked, it may not, or it is used too often.
    """
    centre: Centre = request.app.state.centre
    address = request.client.host if request.client else ""
    if centre.limits.too_often_wrong(address):
        raise Problem(429, "too_often", "too many wrong tries", {"Retry-After": "60"})
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    found = None
    if scheme.lower() == "bearer" and secret:
        with reading(centre.engine) as connection:
            found = tokens.shown(connection, secret.strip())
    if found is None:
        centre.limits.wrong_again(address)
        raise Problem(
            401, "unauthorised", "the token is missing, wrong or revoked",
            {"WWW-Authenticate": "Bearer"},
        )  # fmt: skip
    if scope not in found.scopes:
        raise Problem(403, "forbidden", f"the token does not have the scope {scope.value}")
    if centre.limits.too_often(found.id):
        raise Problem(429, "too_often", "too many requests", {"Retry-After": "30"})
    return found


def _sender(request: Request[Any, Any, State]) -> tuple[Centre, Token, int]:
    token = authorised(request, Scope.SEND)
    if token.school_id is None:
        raise Problem(403, "forbidden", "the token is not that of a school")
    return request.app.state.centre, token, token.school_id


def _take(centre: Centre, token: Token, came: bytes, via: str) -> Receipt:
    """Checks and stores a report; comes back when it is on the disk."""
    try:
        receipt = centre.writer.store(
            arrived(centre.home, came, via=via, school_id=token.school_id)
        )
    except Turned as e:
        with centre.engine.begin() as connection:
            most = centre.home.settings.quarantine_most
            quarantine.put(connection, came, e, via=via, most=most)
        raise
    tokens.used(centre.engine, token)
    return receipt


@post(
    "/reports",
    status_code=201,
    operation_id="sendReport",
    summary="Hand in a sealed report",
    responses=refusals(400, 413, 422),
    tags=["sending"],
)
async def send_report(request: Request[Any, Any, State]) -> Receipt:
    """Takes in a sealed report; answered when it is safely stored.

    The body is the file `report.audit`. The same report may be sent again: it is kept once.
    """
    centre, token, _ = await to_thread.run_sync(_sender, request)
    came = await request.body()
    if len(came) > centre.home.settings.largest_mb * 1024 * 1024:
        raise Problem(413, "too_large", "the report is larger than is accepted")
    return await to_thread.run_sync(_take, centre, token, came, "api")


@post(
    "/keys",
    operation_id="enrolKey",
    summary="Enrol a signing key",
    responses=refusals(400, 409, 422),
    tags=["sending"],
    sync_to_thread=True,
)
def enrol_key(request: Request[Any, Any, State], data: NewKey) -> Response[KeyEnrolled]:
    """Enrols the key that a school signs with; doing so again changes nothing."""
    centre, _, school_id = _sender(request)
    try:
        public = public_of(data.public)
        with centre.engine.begin() as connection:
            new = enrolling.add_key(connection, public, name=data.name, school_id=school_id)
    except SealError as e:
        raise Problem(422, "not_a_key", e.problem) from e
    except CentralError as e:
        raise Problem(409, "refused_key", e.problem) from e
    return Response(
        KeyEnrolled(state="enrolled" if new else "already"), status_code=201 if new else 200
    )


@get(
    "/uploads/{sha256:str}",
    operation_id="uploadState",
    summary="How much of an upload is here",
    responses=refusals(400),
    tags=["sending"],
    sync_to_thread=True,
)
def upload_state(request: Request[Any, Any, State], sha256: Digest) -> Uploaded:
    """How many bytes of a file have come, so that sending goes on where it broke off."""
    centre, _, school_id = _sender(request)
    part = _part(centre, school_id, sha256)
    return Uploaded(received=part.stat().st_size if part.exists() else 0)


@put(
    "/uploads/{sha256:str}",
    operation_id="uploadPart",
    summary="Send the next part",
    responses=refusals(400, 409, 413, 422),
    tags=["sending"],
)
async def upload_part(
    request: Request[Any, Any, State],
    sha256: Digest,
    offset: Annotated[int, Parameter(ge=0, le=2**31 - 1, description="Where the part starts")],
    total: Annotated[int, Parameter(ge=1, le=2**31 - 1, description="Bytes of the whole file")],
) -> Uploaded:
    """Takes a part of at most 1 MiB; the one that makes the file whole hands it in."""
    centre, token, school_id = await to_thread.run_sync(_sender, request)
    came = await request.body()
    return await to_thread.run_sync(
        _add, centre, token, _part(centre, school_id, sha256), came, offset, total
    )


def _add(
    centre: Centre, token: Token, part: Path, came: bytes, offset: int, total: int
) -> Uploaded:
    if len(came) > PART or max(total, offset + len(came)) > centre.home.settings.largest_mb << 20:
        raise Problem(413, "too_large", "the part or the report is larger than is accepted")
    here = part.stat().st_size if part.exists() else 0
    if offset != here or offset + len(came) > total or not came:
        raise Problem(409, "wrong_place", f"the next part starts at {here}")
    _make_way(part)
    try:
        with part.open("ab") as out:
            out.write(came)
    except OSError as e:
        raise Problem(503, "not_stored", f"could not keep the part: {e.strerror}") from e
    if offset + len(came) < total:
        return Uploaded(received=offset + len(came))
    whole = part.read_bytes()
    part.unlink(missing_ok=True)
    if digest(whole) != part.stem.split("-", 1)[1]:
        raise Problem(422, "damaged", "the parts do not make the file that was announced")
    return Uploaded(received=len(whole), receipt=_take(centre, token, whole, "api"))


def _part(centre: Centre, school_id: int, sha256: str) -> Path:
    """Where the parts of a school's upload gather; the digest is checked before it is a name."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise Problem(400, "wrong", "the digest is not one")
    return Path(centre.home.folder) / "uploads" / f"{school_id}-{sha256}.part"


def _make_way(part: Path) -> None:
    part.parent.mkdir(mode=0o700, exist_ok=True)
    school = part.name.split("-", 1)[0]
    others = sorted(part.parent.glob(f"{school}-*.part"), key=lambda p: p.stat().st_mtime)
    for old in [o for o in others if o != part][: -(_MOST_UPLOADS - 1)]:
        old.unlink(missing_ok=True)
