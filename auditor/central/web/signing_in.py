"""Signing in: a password, then the second factor; and signing out."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from anyio import to_thread
from cryptography.fernet import Fernet
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.response import Redirect

from auditor.central import ledger, people, sessions
from auditor.central.people import Role
from auditor.central.tables import user
from auditor.central.web.rendering import page
from auditor.central.web.state import Centre
from auditor.central.web.visiting import (
    COOKIE,
    Form,
    NotSignedIn,
    Sent,
    address_of,
    cookie,
    no_cookie,
    plain_form,
    session_of,
)

WRONG = (
    "The address, the password or the code is wrong, or there were too many tries. Wait a little."
)
_CODE, _SETUP, _HOME = "/sign-in/code", "/sign-in/second-factor", "/"
Asked = Request[Any, Any, State]


def vault(centre: Centre) -> Fernet:
    """What closes second factors in the database."""
    return Fernet(centre.home.secret)


def stage(row: Any, centre: Centre) -> str:
    """What has to come after the password."""
    if row.totp is not None:
        return "code"
    must = row.role in {Role.ADMIN, Role.OFFICER} and centre.home.settings.second_factor
    return "setup" if must else "in"


def begun(connection: sa.Connection, centre: Centre, row: Any, address: str) -> Response[Any]:
    """A session for an account whose first proof is right, and where it goes from there."""
    now_at = stage(row, centre)
    pending = ""
    if now_at == "setup":
        pending = vault(centre).encrypt(people.new_secret().encode()).decode()
    if now_at == "in":
        people.came_in(connection, row.id)
        ledger.note(connection, row.email, "signed in", address=address)
    secret = sessions.begin(connection, row.id, now_at, address=address, pending=pending)
    to = {"code": _CODE, "setup": _SETUP, "in": _HOME}[now_at]
    return Redirect(to, status_code=303, cookies=[cookie(secret)])


@get("/sign-in", include_in_schema=False, sync_to_thread=True)
def sign_in(request: Asked) -> Response[Any]:
    """The page for it."""
    return page("sign_in", centre=request.app.state.centre, said="")


@post("/sign-in", include_in_schema=False)
async def signed(request: Asked) -> Response[Any]:
    """Takes the password."""
    form = await plain_form(request)
    return await to_thread.run_sync(_signed, request, form)


def _signed(request: Asked, form: Form) -> Response[Any]:
    centre: Centre = request.app.state.centre
    address = address_of(request)
    row = None
    if not centre.limits.too_often_wrong(address):
        with centre.engine.begin() as connection:
            row = people.check(connection, form["email"][:254], form.fields.get("password", ""))
            if row is not None:
                return begun(connection, centre, row, address)
            ledger.note(connection, form["email"][:254], "was refused", "password", address)
    centre.limits.wrong_again(address)
    return page("sign_in", status=403, centre=centre, said=WRONG)


def _half(request: Asked, stage_: str) -> tuple[Centre, sessions.Session, Any]:
    """Centre, session and account of somebody in the middle of signing in."""
    centre: Centre = request.app.state.centre
    session = session_of(request)
    if session is None or session.stage != stage_:
        raise NotSignedIn
    with centre.engine.connect() as connection:
        row = connection.execute(
            sa.select(user).where(user.c.id == session.user_id, user.c.disabled.is_(None))
        ).first()
    if row is None:
        raise NotSignedIn
    return centre, session, row


@get("/sign-in/code", include_in_schema=False, sync_to_thread=True)
def code(request: Asked) -> Response[Any]:
    """Asks for the second factor's code."""
    centre, session, _ = _half(request, "code")
    return page("code", centre=centre, said="", token=session.csrf)


@post("/sign-in/code", include_in_schema=False, sync_to_thread=True)
def coded(request: Asked, form: Sent) -> Response[Any]:
    """Takes the code; the session gets another secret."""
    centre, session, row = _half(request, "code")
    address = address_of(request)
    if not centre.limits.too_often_wrong(address):
        with centre.engine.begin() as connection:
            if people.code_is_right(connection, vault(centre), row, form["code"]):
                return _inside(connection, session, row, address)
            ledger.note(connection, row.email, "was refused", "code", address)
    centre.limits.wrong_again(address)
    return page("code", status=403, centre=centre, said=WRONG, token=session.csrf)


@get("/sign-in/second-factor", include_in_schema=False, sync_to_thread=True)
def setup(request: Asked) -> Response[Any]:
    """Shows a new second factor."""
    return _setup_page(request, "")


def _setup_page(request: Asked, said: str) -> Response[Any]:
    import segno

    centre, session, row = _half(request, "setup")
    secret = vault(centre).decrypt(session.pending.encode()).decode()
    address = people.address_of(secret, row.email, centre.home.settings.name)
    picture = segno.make(address, error="m").svg_data_uri(scale=5)
    return page(
        "second_factor", status=403 if said else 200, centre=centre, said=said, secret=secret,
        picture=picture, token=session.csrf,
    )  # fmt: skip


@post("/sign-in/second-factor", include_in_schema=False, sync_to_thread=True)
def set_up(request: Asked, form: Sent) -> Response[Any]:
    """Takes the first code of a new second factor."""
    centre, session, row = _half(request, "setup")
    secret = vault(centre).decrypt(session.pending.encode()).decode()
    with centre.engine.begin() as connection:
        people.set_second_factor(connection, vault(centre), row.id, secret)
        fresh = connection.execute(sa.select(user).where(user.c.id == row.id)).one()
        if people.code_is_right(connection, vault(centre), fresh, form["code"]):
            ledger.note(connection, row.email, "set up a second factor")
            return _inside(connection, session, row, address_of(request))
        people.set_second_factor(connection, vault(centre), row.id, None)
    return _setup_page(request, "That is not the code. Try the next one.")


def _inside(
    connection: sa.Connection, session: sessions.Session, row: Any, address: str
) -> Response[Any]:
    sessions.end(connection, session.hash)
    people.came_in(connection, row.id)
    ledger.note(connection, row.email, "signed in", address=address)
    secret = sessions.begin(connection, row.id, "in", address=address)
    return Redirect(_HOME, status_code=303, cookies=[cookie(secret)])


@post("/sign-out", include_in_schema=False, sync_to_thread=True)
def sign_out(request: Asked, form: Sent) -> Response[Any]:  # noqa: ARG001 - its secret was checked
    """Ends the session, here and in the database."""
    centre: Centre = request.app.state.centre
    session = session_of(request)
    if session is not None:
        with centre.engine.begin() as connection:
            sessions.end(connection, session.hash)
    return Redirect("/sign-in", status_code=303, cookies=[no_cookie()])


HANDLERS = (sign_in, signed, code, coded, setup, set_up, sign_out)
__all__ = ["COOKIE", "HANDLERS", "WRONG", "begun", "stage", "vault"]
