"""What officers and administrators look after: accounts, refused reports, the record of looks."""

from __future__ import annotations

import contextlib
from typing import Any

import sqlalchemy as sa
from litestar import Response, get, post
from litestar.response import Redirect

from auditor.central import enrolling, ledger, one_school, people, rejudge, retention
from auditor.central.chores import rulebook
from auditor.central.database import reading
from auditor.central.figures import PAGE
from auditor.central.people import Role
from auditor.central.tables import judging, look, quarantine, school, user
from auditor.central.web.pages_overview import Page
from auditor.central.web.rendering import page
from auditor.central.web.visiting import NotAllowed, NotFound, Sent, Visit, Visiting
from auditor.errors import CentralError


@get("/actions", include_in_schema=False, sync_to_thread=True)
def actions(visit: Visiting, number: Page = 1) -> Response[Any]:
    """Every action that somebody may see, those due first."""
    with reading(visit.centre.engine) as c:
        rows = one_school.actions(c, visit.person, page=number)
    return page(
        "actions", visit, rows=rows[:PAGE], more=len(rows) > PAGE, number=number,
        book=visit.centre.rulebook(), today=None,
    )  # fmt: skip


@get("/quarantine", include_in_schema=False, sync_to_thread=True)
def refused(visit: Visiting, number: Page = 1) -> Response[Any]:
    """The reports that were refused, with the reason."""
    visit.may(Role.ADMIN, Role.OFFICER)
    q = quarantine.c
    chosen = (
        sa.select(
            q.id, q.received, q.via, q.why, q.said, q.size, q.digest, school.c.name, school.c.urn
        )
        .outerjoin(school, school.c.id == q.school_id)
        .order_by(q.received.desc(), q.id.desc())
    )
    with reading(visit.centre.engine) as c:
        rows = c.execute(chosen.limit(PAGE + 1).offset((number - 1) * PAGE)).mappings().all()
    return page("quarantine", visit, rows=rows[:PAGE], more=len(rows) > PAGE, number=number)


@get("/looks", include_in_schema=False, sync_to_thread=True)
def looks(visit: Visiting, number: Page = 1) -> Response[Any]:
    """Who did or looked at what."""
    visit.may(Role.ADMIN)
    chosen = sa.select(look).order_by(look.c.at.desc(), look.c.id.desc())
    with reading(visit.centre.engine) as c:
        rows = c.execute(chosen.limit(PAGE + 1).offset((number - 1) * PAGE)).mappings().all()
    return page("looks", visit, rows=rows[:PAGE], more=len(rows) > PAGE, number=number)


@get("/people", include_in_schema=False, sync_to_thread=True)
def accounts(visit: Visiting) -> Response[Any]:
    """The accounts."""
    return _accounts(visit, "")


def _accounts(visit: Visit, said: str) -> Response[Any]:
    visit.may(Role.ADMIN)
    with reading(visit.centre.engine) as c:
        rows = people.accounts(c)
    return page(
        "people", visit, status=422 if said else 200, rows=rows, said=said, roles=list(Role)
    )


@post("/people", include_in_schema=False, sync_to_thread=True)
def add(visit: Visiting, form: Sent) -> Response[Any]:
    """A new account."""
    visit.may(Role.ADMIN)
    try:
        role = Role(form["role"])
        with visit.centre.engine.begin() as c:
            of = tuple(enrolling.school_of(c, u) for u in form["schools"].split())
            word = form.fields.get("password", "")
            people.add(c, form["email"], role, name=form["name"][:100], password=word, schools=of)
            about = f"{form['email']} ({role})"
            ledger.note(c, visit.person.email, "added account", about, visit.address)
    except CentralError as e:
        return _accounts(visit, f"{e.problem}. {e.hint}")
    except ValueError:
        return _accounts(visit, "there is no such role")
    return Redirect("/people", status_code=303)


@post("/people/{id:int}/close", include_in_schema=False, sync_to_thread=True)
def close(visit: Visiting, form: Sent, id: int) -> Response[Any]:  # noqa: A002, ARG001
    """Closes an account, but never one's own."""
    visit.may(Role.ADMIN)
    with visit.centre.engine.begin() as c:
        row = c.execute(sa.select(user).where(user.c.id == id)).first()
        if row is None or row.id == visit.person.id:
            raise NotFound
        people.disable(c, row)
        ledger.note(c, visit.person.email, "closed account", row.email, visit.address)
    return Redirect("/people", status_code=303)


@get("/account", include_in_schema=False, sync_to_thread=True)
def account(visit: Visiting) -> Response[Any]:
    """One's own account."""
    return page("account", visit, said="")


@post("/account/password", include_in_schema=False, sync_to_thread=True)
def password(visit: Visiting, form: Sent) -> Response[Any]:
    """Another password; every session ends, this one too."""
    old, new = (form.fields.get(n, "") for n in ("old", "new"))
    try:
        with visit.centre.engine.begin() as c:
            row = people.check(c, visit.person.email, old)
            if row is not None:
                people.set_password(c, row, new)
                ledger.note(c, visit.person.email, "changed password", address=visit.address)
    except CentralError as e:
        return page("account", visit, status=422, said=e.problem)
    if row is None:
        return page("account", visit, status=403, said="the old password is wrong")
    return Redirect("/sign-in", status_code=303)


@get("/judgings", include_in_schema=False, sync_to_thread=True)
def judgings(visit: Visiting) -> Response[Any]:
    """When all stored evidence was judged again, and how far the one at hand is."""
    visit.may(Role.ADMIN)
    with reading(visit.centre.engine) as c:
        rows = (
            c.execute(sa.select(judging).order_by(judging.c.id.desc()).limit(50)).mappings().all()
        )
    return page("judgings", visit, rows=rows, going=any(r["state"] == "running" for r in rows))


@post("/judgings", include_in_schema=False, sync_to_thread=True)
def judge_again(visit: Visiting, form: Sent) -> Response[Any]:  # noqa: ARG001 - its secret was checked
    """Asks for it; the server does it in the background."""
    visit.may(Role.ADMIN)
    with contextlib.suppress(CentralError):  # one is going on already
        rejudge.begin(visit.centre.engine, rulebook(visit.centre.home), visit.person.email)
        visit.note("asked to judge all evidence again")
    return Redirect("/judgings", status_code=303)


@post("/schools/{urn:str}/erase", include_in_schema=False, sync_to_thread=True)
def erase(visit: Visiting, form: Sent, urn: str) -> Response[Any]:
    """Erases a school's data, when its URN was typed again and a reason given."""
    visit.may(Role.ADMIN)
    if form["urn"] != urn:
        raise NotAllowed
    try:
        with visit.centre.engine.begin() as c:
            retention.erase(c, urn, visit.person.email, form["why"][:500], form["machine"])
    except CentralError as e:
        raise NotFound from e
    return Redirect(f"/schools/{urn}?said=saved", status_code=303)


HANDLERS = (
    actions, refused, looks, accounts, add, close, account, password, judgings, judge_again, erase,
)  # fmt: skip
