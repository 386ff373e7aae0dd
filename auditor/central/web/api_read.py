"""What programs may read: figures, schools, findings and rules, as the token's owner sees them.

GET /api/v1/about               what this is, and the key that reports are encrypted to
GET /api/v1/figures             the figure and how it comes about
GET /api/v1/schools             schools, a page at a time
GET /api/v1/schools/{urn}       one school with its machines
GET /api/v1/schools/{urn}/findings
GET /api/v1/rules               every rule with how many schools fail it
PUT /api/v1/schools             the list of schools, as CSV
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
from anyio import to_thread
from litestar import Request, get, put
from litestar.datastructures import State
from litestar.params import Parameter

from auditor import __version__
from auditor.central import figures, ledger, one_school, people, schools
from auditor.central.clock import now
from auditor.central.database import reading
from auditor.central.figures import PAGE, Slice
from auditor.central.people import Person, Role
from auditor.central.tallies import Facts
from auditor.central.tokens import Scope
from auditor.central.web.answers import Problem
from auditor.central.web.api_send import authorised, refusals
from auditor.central.web.state import Centre
from auditor.errors import CentralError
from auditor.evidence import Record

T = TypeVar("T", bound=Record)
Asked = Request[Any, Any, State]
Page = Annotated[int, Parameter(ge=1, le=10_000, description="Pages hold 100 entries")]
Word = Annotated[str, Parameter(max_length=200)]
Urn = Annotated[str, Parameter(pattern="^[0-9A-Za-z-]{1,20}$", description="The school's URN")]
State_ = Annotated[str, Parameter(query="state", max_length=20)]


class About(Record, frozen=True, kw_only=True):
    """What answers here."""

    authority: str
    version: str
    key: str
    """The age recipient that reports are encrypted to."""
    largest_mb: int


class SchoolShown(Record, frozen=True, kw_only=True):
    """A school and how it stands."""

    urn: str
    laestab: str
    name: str
    phase: str
    trust: str
    area: str
    region: str
    state: str
    """silent, keeps, unsure or clear."""
    last_report: datetime | None
    machines: int
    keeping: int
    doubtful: int
    copies: int
    unsure: int
    closed: int
    people_low: int
    people_high: int
    critical: int
    high: int
    other: int
    unknown: int


class MachineShown(Record, frozen=True, kw_only=True):
    """A machine by its latest report."""

    id: int
    name: str
    platform: str
    os: str
    last_seen: datetime | None
    copies: int
    unsure: int
    known: bool
    complete: bool
    critical: int
    high: int
    other: int
    unknown: int


class FindingShown(Record, frozen=True, kw_only=True):
    """What is not a pass."""

    rule: str
    verdict: str
    severity: str
    machine: str
    subject: str
    seen: str


class RuleShown(Record, frozen=True, kw_only=True):
    """A rule, and how many fail it."""

    rule: str
    title: str
    schools: int
    unsure: int
    machines: int


class Imported(Record, frozen=True, kw_only=True):
    """What an import did."""

    schools: int
    wrong: tuple[str, ...]


class SchoolsPage(Record, frozen=True, kw_only=True):
    """A page of schools."""

    page: int
    more: bool
    schools: tuple[SchoolShown, ...]


class OneSchool(Record, frozen=True, kw_only=True):
    """A school and its machines in use."""

    school: SchoolShown
    machines: tuple[MachineShown, ...]


class FindingsPage(Record, frozen=True, kw_only=True):
    """A page of findings."""

    page: int
    more: bool
    findings: tuple[FindingShown, ...]


def _made(kind: type[T], row: Facts) -> T:
    """A record of those columns that it names."""
    return kind(**{n: row[n] for n in kind.__struct_fields__})


def _reader(request: Asked) -> tuple[Centre, Person]:
    """For whom a request reads: the token's owner, or its school."""
    token = authorised(request, Scope.READ)
    centre: Centre = request.app.state.centre
    person = None
    if token.user_id is not None:
        with reading(centre.engine) as c:
            person = people.person(c, token.user_id)
    elif token.school_id is not None:
        person = Person(
            id=0, email=f"token {token.id}", name="", role=Role.SCHOOL, second_factor=False,
            schools=frozenset({token.school_id}),
        )  # fmt: skip
    if person is None:
        raise Problem(403, "forbidden", "the token's account is closed")
    with centre.engine.begin() as c:
        about = f"{request.url.path}?{request.url.query}"[:200]
        ledger.note(c, person.email, "read by API", about)
    return centre, person


@get(
    "/about",
    operation_id="about",
    summary="What answers here",
    tags=["reading"],
    security=[],
    sync_to_thread=True,
)
def about(request: Asked) -> About:
    """The authority's name, and the key that reports are encrypted to; for everybody."""
    centre: Centre = request.app.state.centre
    set_ = centre.home.settings
    return About(
        authority=set_.name, version=__version__, key=centre.home.recipient,
        largest_mb=set_.largest_mb,
    )  # fmt: skip


@get(
    "/figures",
    operation_id="figures",
    summary="The figure",
    tags=["reading"],
    responses=refusals(400),
    sync_to_thread=True,
)
def figure(request: Asked, area: Word = "", phase: Word = "", trust: Word = "") -> figures.Picture:
    """How many schools reported, keep unencrypted copies that can leave, and so on."""
    centre, person = _reader(request)
    part = Slice(area=area, phase=phase, trust=trust)
    with reading(centre.engine) as c:
        return figures.picture(c, part, person, now(), centre.home.settings.overdue_days)


@get(
    "/schools",
    operation_id="schools",
    summary="Schools",
    tags=["reading"],
    responses=refusals(400),
    sync_to_thread=True,
)
def list_schools(
    request: Asked, area: Word = "", phase: Word = "", trust: Word = "", words: Word = "",
    standing: State_ = "", page: Page = 1,
) -> SchoolsPage:  # fmt: skip
    """The schools that the token's owner may see, by name."""
    centre, person = _reader(request)
    part = Slice(area=area, phase=phase, trust=trust, words=words, state=standing)
    with reading(centre.engine) as c:
        rows = figures.schools(c, part, person, page=page)
    shown = tuple(_made(SchoolShown, r) for r in rows[:PAGE])
    return SchoolsPage(page=page, more=len(rows) > PAGE, schools=shown)


def _school(c: sa.Connection, urn: str, person: Person) -> sa.RowMapping:
    row = figures.school_by(c, urn, person)
    if row is None:
        raise Problem(404, "not_found", "there is no such school, or not for this token")
    return row


@get(
    "/schools/{urn:str}",
    operation_id="school",
    summary="One school",
    tags=["reading"],
    responses=refusals(400, 404),
    sync_to_thread=True,
)
def one(request: Asked, urn: Urn) -> OneSchool:
    """A school with its machines in use."""
    centre, person = _reader(request)
    with reading(centre.engine) as c:
        row = _school(c, urn, person)
        machines = [m for m in one_school.machines(c, row["id"]) if m["retired"] is None]
    return OneSchool(
        school=_made(SchoolShown, row), machines=tuple(_made(MachineShown, m) for m in machines)
    )


@get(
    "/schools/{urn:str}/findings",
    operation_id="findings",
    summary="Findings of a school",
    tags=["reading"],
    responses=refusals(400, 404),
    sync_to_thread=True,
)
def list_findings(
    request: Asked, urn: Urn, rule: Word = "", verdict: Word = "", page: Page = 1
) -> FindingsPage:
    """What is not a pass in the latest reports of the school's machines."""
    centre, person = _reader(request)
    with reading(centre.engine) as c:
        row = _school(c, urn, person)
        rows = one_school.findings(c, row["id"], rule=rule, verdict=verdict, page=page)
    shown = tuple(_made(FindingShown, r) for r in rows[:PAGE])
    return FindingsPage(page=page, more=len(rows) > PAGE, findings=shown)


@get(
    "/rules",
    operation_id="rules",
    summary="Rules",
    tags=["reading"],
    responses=refusals(),
    sync_to_thread=True,
)
def list_rules(request: Asked) -> list[RuleShown]:
    """Every rule that some school fails or could not tell."""
    centre, person = _reader(request)
    book = centre.rulebook()
    with reading(centre.engine) as c:
        rows = figures.rules(c, person, Slice())
    return [
        RuleShown(
            rule=r["rule"], title=book[r["rule"]].title if r["rule"] in book else "",
            schools=int(r["schools"]), unsure=int(r["unsure"]), machines=int(r["machines"] or 0),
        )
        for r in rows
    ]  # fmt: skip


@put(
    "/schools",
    operation_id="importSchools",
    summary="Bring in the list of schools",
    tags=["administration"],
    responses=refusals(400, 413, 422),
)
async def import_schools(request: Asked) -> Imported:
    """Takes a CSV like that of GIAS; known schools are brought up to date, by URN."""
    centre, token = await to_thread.run_sync(_writer, request)
    came = await request.body()
    return await to_thread.run_sync(_import, centre, token, came)


def _writer(request: Asked) -> tuple[Centre, int]:
    return request.app.state.centre, authorised(request, Scope.SCHOOLS).id


def _import(centre: Centre, token: int, came: bytes) -> Imported:
    try:
        with centre.engine.begin() as c:
            done = schools.import_csv(c, schools.decoded(came))
            ledger.note(c, f"token {token}", "imported schools", str(done.schools))
    except CentralError as e:
        raise Problem(422, "not_a_list", f"{e.problem}. {e.hint}") from e
    return Imported(schools=done.schools, wrong=done.wrong[:100])


HANDLERS = (
    figure, list_schools, one, list_findings, list_rules, import_schools,
)  # fmt: skip
