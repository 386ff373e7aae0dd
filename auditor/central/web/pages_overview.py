"""What an authority sees of all its schools."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

import sqlalchemy as sa
from litestar import Response, get
from litestar.params import Parameter, QueryParameter
from litestar.response import Redirect

from auditor.central import charts, figures
from auditor.central.clock import now
from auditor.central.database import reading
from auditor.central.figures import GROUPS, PAGE, Slice
from auditor.central.people import Role
from auditor.central.tables import school
from auditor.central.web.rendering import page
from auditor.central.web.visiting import NotFound, Visit, Visiting
from auditor.rulebook.rules import AREAS

Page = Annotated[int, Parameter(ge=1, le=10_000)]
Word = Annotated[str, Parameter(max_length=200)]


def slice_of(
    area: Word = "",
    phase: Word = "",
    trust: Word = "",
    standing: Annotated[str, QueryParameter(name="state", max_length=20)] = "",
    words: Word = "",
) -> Slice:
    """The slice that a page's address asks for."""
    return Slice(area=area, phase=phase, trust=trust, state=standing, words=words.strip())


@get("/", include_in_schema=False, sync_to_thread=True)
def overview(visit: Visiting, part: Slice, group: Word = "area") -> Response[Any]:
    """The figure, and how it comes about, by area, phase or trust and over time."""
    if visit.person.role is Role.SCHOOL and len(visit.person.schools) == 1:
        return _own(visit)
    chosen = group if group in GROUPS else "area"
    at, days = now(), visit.centre.home.settings.overdue_days
    with reading(visit.centre.engine) as c:
        whole = figures.picture(c, part, visit.person, at, days)
        groups = figures.by(c, chosen, part, visit.person, at, days)
        months = figures.trend(c, part, visit.person, at)
    return page(
        "overview", visit, part=part, group=chosen, groups_by=list(GROUPS), whole=whole,
        groups=groups, months=months, chart=charts.share_over_time(months), at=at, days=days,
        survey=(figures.SURVEY_CARRY, figures.SURVEY_ENCRYPT),
    )  # fmt: skip


def _own(visit: Visit) -> Response[Any]:
    with reading(visit.centre.engine) as c:
        urn = c.execute(sa.select(school.c.urn).where(school.c.id.in_(visit.person.schools)))
        return Redirect(f"/schools/{urn.scalar_one()}", status_code=303)


@get("/about-the-figure", include_in_schema=False, sync_to_thread=True)
def about(visit: Visiting) -> Response[Any]:
    """How the figure is made, and what it may be compared with."""
    return page("about", visit, survey=figures.SURVEY)


@get("/schools", include_in_schema=False, sync_to_thread=True)
def schools(
    visit: Visiting,
    part: Slice,
    number: Page = 1,
    by: Annotated[str, Parameter(max_length=10)] = "",
) -> Response[Any]:
    """The schools, with how each stands; the worst first, so that whom to chase stands on top."""
    named = by == "name"
    with reading(visit.centre.engine) as c:
        rows = figures.schools(c, part, visit.person, page=number, worst=not named)
    return page(
        "schools", visit, part=part, rows=rows[:PAGE], more=len(rows) > PAGE, number=number,
        title="Schools", overdue=False, days=0, named=named,
    )  # fmt: skip


@get("/overdue", include_in_schema=False, sync_to_thread=True)
def overdue(visit: Visiting, part: Slice, number: Page = 1) -> Response[Any]:
    """The schools whose report is overdue, the longest first."""
    days = visit.centre.home.settings.overdue_days
    with reading(visit.centre.engine) as c:
        since = now() - timedelta(days=days)
        rows = figures.schools(c, part, visit.person, page=number, since=since)
    return page(
        "schools", visit, part=part, rows=rows[:PAGE], more=len(rows) > PAGE, number=number,
        title="Overdue", overdue=True, days=days, named=False,
    )  # fmt: skip


@get("/heat", include_in_schema=False, sync_to_thread=True)
def heat(visit: Visiting, part: Slice, number: Page = 1) -> Response[Any]:
    """Schools by areas of rules, those with most to lose first."""
    with reading(visit.centre.engine) as c:
        rows = figures.schools(c, part, visit.person, page=number, worst=True)
        areas = {r.id: r.area for r in visit.centre.rulebook().values()}
        cells = figures.heat(c, [r["id"] for r in rows[:PAGE]], areas)
    return page(
        "heat", visit, part=part, rows=rows[:PAGE], more=len(rows) > PAGE, number=number,
        areas=AREAS, cells=cells,
    )  # fmt: skip


def _rules(c: sa.Connection, visit: Visit, part: Slice) -> Sequence[sa.RowMapping]:
    """Those of all schools add up a row for each school and rule: they may be half a minute old."""
    if part != Slice() or not visit.person.sees_all:
        return figures.rules(c, visit.person, part)
    made: Sequence[sa.RowMapping] = visit.centre.remembered(
        "rules", lambda: figures.rules(c, visit.person, part)
    )
    return made


@get("/rules", include_in_schema=False, sync_to_thread=True)
def rules(visit: Visiting, part: Slice) -> Response[Any]:
    """Every rule, with how many schools fail it."""
    with reading(visit.centre.engine) as c:
        rows = _rules(c, visit, part)
    return page("rules", visit, part=part, rows=rows, book=visit.centre.rulebook())


@get("/rules/{rule:str}", include_in_schema=False, sync_to_thread=True)
def rule(visit: Visiting, rule: str, part: Slice, number: Page = 1) -> Response[Any]:
    """One rule, and the schools that fail it."""
    with reading(visit.centre.engine) as c:
        rows = figures.failing(c, rule, part, visit.person, page=number)
    known = visit.centre.rulebook().get(rule)
    if known is None and not rows:
        raise NotFound
    return page(
        "rule", visit, id=rule, rule=known, part=part, rows=rows[:PAGE], more=len(rows) > PAGE,
        number=number,
    )  # fmt: skip


@get("/compare", include_in_schema=False, sync_to_thread=True)
def compare(
    visit: Visiting, part: Slice, earlier: int | None = None, later: int | None = None
) -> Response[Any]:
    """Two months beside each other."""
    at = now()
    with reading(visit.centre.engine) as c:
        months = figures.trend(c, part, visit.person, at, months=24)
        known = {m.month: m for m in months}
        last = later if later in known else max(known, default=0)
        first = earlier if earlier in known else min(known, default=0)
        changed = figures.changed(c, part, visit.person, first, last) if known else []
    return page(
        "compare", visit, part=part, months=months, first=known.get(first or 0),
        last=known.get(last or 0), changed=changed[:PAGE], more=len(changed) > PAGE,
    )  # fmt: skip


@get("/committee", include_in_schema=False, sync_to_thread=True)
def committee(visit: Visiting, part: Slice) -> Response[Any]:
    """The report for members, for printing: the figure, the trend, what fails most, who is late."""
    at, days = now(), visit.centre.home.settings.overdue_days
    visit.may(Role.ADMIN, Role.OFFICER)
    with reading(visit.centre.engine) as c:
        whole = figures.picture(c, part, visit.person, at, days)
        groups = figures.by(c, "area", part, visit.person, at, days)
        months = figures.trend(c, part, visit.person, at)
        worst = [r for r in _rules(c, visit, part) if r["schools"]][:10]
    return page(
        "committee", visit, part=part, whole=whole, groups=groups, months=months, worst=worst,
        chart=charts.share_over_time(months), at=at, days=days, book=visit.centre.rulebook(),
        survey=(figures.SURVEY_CARRY, figures.SURVEY_ENCRYPT), source=figures.SURVEY,
    )  # fmt: skip


HANDLERS = (overview, about, schools, overdue, heat, rules, rule, compare, committee)
