"""Who is asking: the visit that every page gets, and the forms that they may hand in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from anyio import to_thread
from litestar import Request
from litestar.datastructures import Cookie, State, UploadFile
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from auditor.central import ledger, people, sessions
from auditor.central.people import Person, Role
from auditor.central.sessions import Session
from auditor.central.web.state import Centre

COOKIE = "__Host-auditor"
"""Browsers take a cookie of this name over TLS (or this machine) alone, for this host alone."""


class NotSignedIn(Exception):
    """Nobody is signed in; the browser goes to the page for it."""


class NotAllowed(Exception):
    """Somebody is signed in and may not do that."""


class NotFound(Exception):
    """There is no such thing, or not for this person: both look the same."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request by somebody."""

    centre: Centre
    session: Session
    person: Person
    address: str

    def may(self, *roles: Role) -> None:
        """Goes no further unless the person has one of these roles.

        Raises:
            NotAllowed: They have not.
        """
        if self.person.role not in roles:
            raise NotAllowed

    def note(self, what: str, about: str = "") -> None:
        """Writes down that the person did or looked at something."""
        with self.centre.engine.begin() as connection:
            ledger.note(connection, self.person.email, what, about, self.address)


@dataclass(frozen=True, slots=True)
class Form:
    """A form that came with the session's own secret, so that no other site sent it."""

    fields: dict[str, str]
    files: dict[str, UploadFile] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return printable(self.fields.get(name, "")).strip()


Visiting = NamedDependency[SkipValidation[Visit]]
"""A page's parameter for its visit."""
Sent = NamedDependency[SkipValidation[Form]]
"""A page's parameter for the form that came."""


def printable(text: str) -> str:
    """Text without control characters, which no database and no page is the better for."""
    return "".join(c for c in text if c.isprintable())


def address_of(request: Request[Any, Any, State]) -> str:
    """Where a request came from; a proxy's word is taken only when serving was told so."""
    return request.client.host if request.client else ""


def session_of(request: Request[Any, Any, State]) -> Session | None:
    """The session of a request's cookie."""
    secret = request.cookies.get(COOKIE, "")
    if not secret:
        return None
    with request.app.state.centre.engine.begin() as connection:
        return sessions.going_on(connection, secret)


def visit_of(request: Request[Any, Any, State]) -> Visit:
    """The visit of somebody who is fully signed in.

    Raises:
        NotSignedIn: Nobody is.
    """
    centre: Centre = request.app.state.centre
    session = session_of(request)
    if session is None or not session.inside:
        raise NotSignedIn
    with centre.engine.connect() as connection:
        person = people.person(connection, session.user_id)
    if person is None:
        raise NotSignedIn
    return Visit(centre=centre, session=session, person=person, address=address_of(request))


async def form_of(request: Request[Any, Any, State]) -> Form:
    """The form of a request.

    Raises:
        NotSignedIn: There is no session.
        NotAllowed: The form does not carry the session's secret.
    """
    session = await to_thread.run_sync(session_of, request)
    if session is None:
        raise NotSignedIn
    made = await plain_form(request)
    if not secrets.compare_digest(made["csrf"].encode(), session.csrf.encode()):
        raise NotAllowed
    return made


async def plain_form(request: Request[Any, Any, State]) -> Form:
    """A form before there is a session: that of signing in."""
    came = await request.form()
    fields = {k: v for k, v in came.items() if isinstance(v, str)}
    return Form(fields=fields, files={k: v for k, v in came.items() if isinstance(v, UploadFile)})


def cookie(secret: str) -> Cookie:
    """The cookie of a session; it ends with the browser."""
    return Cookie(key=COOKIE, value=secret, path="/", secure=True, httponly=True, samesite="lax")


def no_cookie() -> Cookie:
    """Takes the cookie away."""
    return Cookie(
        key=COOKIE, value="", path="/", max_age=0, secure=True, httponly=True, samesite="lax"
    )
