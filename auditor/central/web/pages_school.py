"""One school: its machines, what is open, its history, and what it can do."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import sqlalchemy as sa
from litestar import Response, get, post
from litestar.response import Redirect

from auditor import enrolment, seal, wire
from auditor.central import enrolling, figures, folder, ledger, one_school, store
from auditor.central.clock import now
from auditor.central.database import reading
from auditor.central.figures import PAGE
from auditor.central.people import Role
from auditor.central.sums import counted, summed
from auditor.central.tables import action, machine, report, school_rule, sealed, signing_key, token
from auditor.central.web.pages_overview import Page, Word
from auditor.central.web.rendering import page
from auditor.central.web.visiting import NotAllowed, NotFound, Sent, Visit, Visiting
from auditor.errors import WireError
from auditor.keys import fingerprint
from auditor.reports import to_html

_CSP_OF_REPORT = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]+)"')


def school_of(c: sa.Connection, visit: Visit, urn: str) -> sa.RowMapping:
    """The school, for somebody who may see it.

    Raises:
        NotFound: There is none, or not for them.
    """
    row = figures.school_by(c, urn, visit.person)
    if row is None:
        raise NotFound
    return row


def _back(urn: str, mark: str = "") -> Response[Any]:
    return Redirect(f"/schools/{urn}{mark}", status_code=303)


@get("/schools/{urn:str}", include_in_schema=False, sync_to_thread=True)
def school(visit: Visiting, urn: str, said: Word = "") -> Response[Any]:
    """Everything about a school on one page."""
    with reading(visit.centre.engine) as c:
        row = school_of(c, visit, urn)
        r = school_rule
        rules = c.execute(
            sa.select(r).where(r.c.school_id == row["id"]).order_by(r.c.severity, r.c.fails.desc())
        )
        keys = sa.select(signing_key).where(signing_key.c.school_id == row["id"])
        tokens = sa.select(token).where(token.c.school_id == row["id"])
        values: dict[str, Any] = {
            "rules": rules.mappings().all(),
            "machines": one_school.machines(c, row["id"]),
            "months": one_school.months(c, row["id"]),
            "actions": one_school.actions(c, visit.person, school_id=row["id"]),
            "keys": c.execute(keys.order_by(signing_key.c.id)).mappings().all(),
            "tokens": c.execute(tokens.order_by(token.c.id)).mappings().all(),
        }
    visit.note("looked at school", urn)
    return page(
        "school", visit, school=row, book=visit.centre.rulebook(), said=_SAID.get(said, ""),
        fingerprint=fingerprint, officer=visit.person.sees_all, **values,
    )  # fmt: skip


_SAID = {
    "accepted": "The report was taken in.",
    "already": "This report was here already.",
    "refused": "The report was refused. It is in quarantine with the reason.",
    "no-file": "No file was chosen.",
    "saved": "Saved.",
}
"""What a page says after a form; by word, so that an address cannot put words into its mouth."""


@get("/schools/{urn:str}/findings", include_in_schema=False, sync_to_thread=True)
def findings(
    visit: Visiting, urn: str, rule: Word = "", verdict: Word = "", number: Page = 1
) -> Response[Any]:
    """What is not a pass on the school's machines."""
    with reading(visit.centre.engine) as c:
        row = school_of(c, visit, urn)
        rows = one_school.findings(c, row["id"], rule=rule, verdict=verdict, page=number)
    visit.note("looked at findings", urn)
    return page(
        "findings", visit, school=row, rows=rows[:PAGE], more=len(rows) > PAGE, number=number,
        rule=rule, verdict=verdict, book=visit.centre.rulebook(),
    )  # fmt: skip


@get("/schools/{urn:str}/machines/{id:int}", include_in_schema=False, sync_to_thread=True)
def machine_page(visit: Visiting, urn: str, id: int) -> Response[Any]:  # noqa: A002 - the path's word
    """One machine: what its latest report found, and the reports before it."""
    with reading(visit.centre.engine) as c:
        row = school_of(c, visit, urn)
        found = _machine(c, row["id"], id)
        rows = one_school.findings(c, row["id"], machine_id=id)
        reports = one_school.history(c, id)
    visit.note("looked at machine", f"{urn} {found['name']}")
    return page(
        "machine", visit, school=row, machine=found, rows=rows, reports=reports,
        book=visit.centre.rulebook(), officer=visit.person.sees_all,
    )  # fmt: skip


def _machine(c: sa.Connection, school_id: int, id_: int) -> sa.RowMapping:
    m = machine.c
    found = c.execute(sa.select(machine).where(m.id == id_, m.school_id == school_id))
    row = found.mappings().first()
    if row is None:
        raise NotFound
    return row


@get("/schools/{urn:str}/reports/{id:int}", include_in_schema=False, sync_to_thread=True)
def report_page(visit: Visiting, urn: str, id: int) -> Response[Any]:  # noqa: A002 - the path's word
    """A report as its school sees it, made from the sealed bytes that were kept."""
    with reading(visit.centre.engine) as c:
        row = school_of(c, visit, urn)
        kept = c.execute(
            sa.select(sealed.c.bytes)
            .join(report, report.c.id == sealed.c.report_id)
            .where(report.c.id == id, report.c.school_id == row["id"])
        ).scalar()
    if kept is None:
        raise NotFound
    try:
        text = to_html.render(wire.decode(seal.unseal(kept, visit.centre.home.identities).report))
    except (seal.Refused, WireError) as e:
        raise NotFound from e
    visit.note("opened report", f"{urn} {id}")
    allowed = _CSP_OF_REPORT.search(text)
    csp = (allowed[1].replace("&#39;", "'") if allowed else "default-src 'none'") + (
        "; frame-ancestors 'none'; sandbox allow-scripts"
    )
    return Response(
        text, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": csp}
    )


@post("/schools/{urn:str}/actions", include_in_schema=False, sync_to_thread=True)
def new_action(visit: Visiting, form: Sent, urn: str) -> Response[Any]:
    """Gives a rule that fails at the school an owner and a day."""
    visit.may(Role.ADMIN, Role.OFFICER, Role.SCHOOL)
    rule = form["rule"]
    if not re.fullmatch(r"[A-Z]{3}-\d{2}", rule):
        raise NotFound
    with visit.centre.engine.begin() as c:
        row = school_of(c, visit, urn)
        c.execute(
            action.insert().values(
                school_id=row["id"],
                rule=rule,
                owner=form["owner"][:100],
                note=form["note"][:1000],
                due=_day(form["due"]),
                state="open",
                created=now(),
                created_by=visit.person.email,
            )
        )
        ledger.note(c, visit.person.email, "opened action", f"{urn} {rule}", visit.address)
    return _back(urn, "?said=saved#actions")


@post("/schools/{urn:str}/actions/{id:int}", include_in_schema=False, sync_to_thread=True)
def done(visit: Visiting, form: Sent, urn: str, id: int) -> Response[Any]:  # noqa: A002
    """Says that an action is done, or opens it again; a later report verifies it."""
    visit.may(Role.ADMIN, Role.OFFICER, Role.SCHOOL)
    state = "done" if form["state"] == "done" else "open"
    with visit.centre.engine.begin() as c:
        row = school_of(c, visit, urn)
        a = action.c
        changed = c.execute(
            action.update()
            .where(a.id == id, a.school_id == row["id"], a.state != "verified")
            .values(
                state=state,
                done=now() if state == "done" else None,
                done_by=visit.person.email if state == "done" else "",
            )
        )
        if changed.rowcount != 1:
            raise NotFound
        ledger.note(c, visit.person.email, f"action {state}", f"{urn} {id}", visit.address)
    return _back(urn, "?said=saved#actions")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@post("/schools/{urn:str}/upload", include_in_schema=False, sync_to_thread=True)
def upload(visit: Visiting, form: Sent, urn: str) -> Response[Any]:
    """Takes in a sealed report from the browser."""
    visit.may(Role.ADMIN, Role.OFFICER, Role.SCHOOL, Role.AUDITOR)
    with reading(visit.centre.engine) as c:
        row = school_of(c, visit, urn)
    came = form.files.get("report")
    content = came.file.read() if came is not None else b""
    if not content:
        return _back(urn, "?said=no-file#sending")
    taken = folder.one(
        visit.centre.engine, visit.centre.home, visit.centre.writer, content,
        via="browser", school_id=row["id"],
    )  # fmt: skip
    visit.note("handed in report", f"{urn} {taken.state}")
    return _back(urn, f"?said={taken.state}#sending")


@post("/schools/{urn:str}/enrol", include_in_schema=False, sync_to_thread=True)
def enrol(visit: Visiting, form: Sent, urn: str) -> Response[Any]:  # noqa: ARG001 - its secret was checked
    """Makes an enrolment file; its token is in it and nowhere else."""
    visit.may(Role.ADMIN, Role.OFFICER)
    with visit.centre.engine.begin() as c:
        school_of(c, visit, urn)
        made = enrolling.enrol(c, visit.centre.home, urn, visit.person.email)
        ledger.note(c, visit.person.email, "enrolled school", urn, visit.address)
    return Response(
        enrolment.encode(made),
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{urn}.enrolment"'},
    )


@post("/schools/{urn:str}/revoke", include_in_schema=False, sync_to_thread=True)
def revoke(visit: Visiting, form: Sent, urn: str) -> Response[Any]:
    """Ends a token or a key of the school."""
    visit.may(Role.ADMIN, Role.OFFICER)
    table = {"token": token, "key": signing_key}.get(form["kind"])
    if table is None or not form["id"].isdecimal():
        raise NotFound
    with visit.centre.engine.begin() as c:
        row = school_of(c, visit, urn)
        ended = table.update().where(
            table.c.id == int(form["id"]), table.c.school_id == row["id"], table.c.revoked.is_(None)
        )
        if c.execute(ended.values(revoked=now())).rowcount != 1:
            raise NotFound
        about = f"{urn} {form['kind']} {form['id']}"
        ledger.note(c, visit.person.email, "revoked", about, visit.address)
    return _back(urn, "?said=saved#sending")


@post("/schools/{urn:str}/machines/{id:int}/retire", include_in_schema=False, sync_to_thread=True)
def retire(visit: Visiting, form: Sent, urn: str, id: int) -> Response[Any]:  # noqa: A002
    """A machine that is no longer there counts no more; a new report brings it back."""
    if visit.person.role is Role.AUDITOR:
        raise NotAllowed
    with visit.centre.engine.begin() as c:
        row = school_of(c, visit, urn)
        store.locked(c, {row["id"]})
        found = _machine(c, row["id"], id)
        gone = now() if form["state"] == "gone" else None
        c.execute(machine.update().where(machine.c.id == id).values(retired=gone))
        counted(c, {row["id"]})
        summed(c, {row["id"]})
        ledger.note(
            c, visit.person.email, "retired machine" if gone else "brought back machine",
            f"{urn} {found['name']}", visit.address,
        )  # fmt: skip
    return _back(urn, "?said=saved#machines")


HANDLERS = (
    school, findings, machine_page, report_page, new_action, done, upload, enrol, revoke, retire,
)  # fmt: skip
