"""The numbers of the pages, read from the sums that `store` keeps.

A school's state follows the promise that unknown is never a pass:

    silent   no report yet
    keeps    a machine keeps unencrypted copies of personal data that can leave the premises
    unsure   none is known, but a machine could not be told or was not looked at whole
    clear    every machine was looked at, and none keeps such copies

**The figure** is the share of schools that keep such copies among the schools that reported. A
survey of 933 of 17,300 English primary schools by a supplier (RM School Management Solutions,
published in December 2007) asked a neighbouring question: 49 % said that they carried copies of
children's records off the premises every night, and 1 % that they encrypted them. The pages show
it as a documented comparison, not as the same measure: that was asked, this is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from auditor.central.clock import month as month_of
from auditor.central.people import Person
from auditor.central.tables import (
    school,
    school_month,
    school_rule,
)
from auditor.evidence import Record

SURVEY_CARRY, SURVEY_ENCRYPT = 49, 1
"""Per cent, December 2007; see above."""
SURVEY = (
    "https://www.dailymail.co.uk/news/article-504530/"
    "Lax-security-teachers-putting-2m-pupils-risk.html"
)
GROUPS = {"area": school.c.area, "phase": school.c.phase, "trust": school.c.trust}
"""What the picture can be cut by."""
SPACE = "\N{NO-BREAK SPACE}"
MOST_GROUPS = 160
"""Rows of the table of areas or trusts: more than there are authorities in England."""
PAGE = 100
"""Rows of one page of a list."""


class Slice(Record, frozen=True, kw_only=True):
    """Which schools are meant."""

    area: str = ""
    phase: str = ""
    trust: str = ""
    state: str = ""
    words: str = ""
    """Part of a name, or a URN."""

    def query(self, **changes: object) -> str:
        """The slice as a query string, with some of it changed."""
        from urllib.parse import urlencode

        fields = {n: getattr(self, n) for n in self.__struct_fields__} | changes
        return urlencode({k: v for k, v in fields.items() if v not in {"", None}})


class Picture(Record, frozen=True, kw_only=True):
    """How some schools stand."""

    name: str = ""
    schools: int
    reported: int
    overdue: int
    keeps: int
    unsure: int
    clear: int
    carries: int
    """Schools with copies that can leave, encrypted or not."""
    encrypts: int
    """Those of them of which all such copies are encrypted."""
    copies: int
    machines: int
    people_low: int
    critical: int

    @property
    def silent(self) -> int:
        """Schools without a report."""
        return self.schools - self.reported

    def share(self, part: int) -> str:
        """A part of the schools that reported, in per cent; `none` when none did."""
        return percent(part, self.reported)


def percent(part: int, whole: int) -> str:
    """A share for people: whole per cent, but never 0 % for some or 100 % for not all."""
    if not whole:
        return "none"
    if 0 < part < whole:
        value = 100 * part / whole
        if value < 1:
            return f"under 1{SPACE}%"
        if value > 99:
            return f"over 99{SPACE}%"
    return f"{100 * part / whole:.0f}{SPACE}%"


def seen_by(person: Person) -> sa.ColumnElement[bool]:
    """The schools that somebody may see."""
    if person.sees_all:
        return sa.true()
    return school.c.id.in_(person.schools)


def inside(part: Slice, person: Person) -> sa.ColumnElement[bool]:
    """The open schools of a slice that somebody may see."""
    s = school.c
    wanted: list[sa.ColumnElement[bool]] = [seen_by(person), s.closed_on.is_(None)]
    for name, column in (*GROUPS.items(), ("state", s.state)):
        if value := getattr(part, name):
            wanted.append(column == value)
    if part.words:
        like = "%" + part.words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        wanted.append(s.name.ilike(like, escape="\\") | (s.urn == part.words))
    return sa.and_(*wanted)


def _many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _sums(since: datetime) -> list[sa.ColumnElement[Any]]:
    s = school.c
    carries, reported = s.carrying > 0, s.state != "silent"
    encrypts = carries & (s.copies == 0) & (s.unsure == 0)
    return [
        sa.func.count().label("schools"),
        _many(reported).label("reported"),
        _many(late(since)).label("overdue"),
        *(_many(s.state == n).label(n) for n in ("keeps", "unsure", "clear")),
        _many(carries).label("carries"),
        _many(encrypts).label("encrypts"),
        *(
            sa.func.coalesce(sa.func.sum(s[n]), 0).label(n)
            for n in ("copies", "machines", "people_low", "critical")
        ),
    ]


def late(since: datetime) -> sa.ColumnElement[bool]:
    """Schools whose last report is from before a moment, or that never reported."""
    return school.c.last_report.is_(None) | (school.c.last_report < since)


def picture(
    connection: sa.Connection, part: Slice, person: Person, at: datetime, overdue_days: int
) -> Picture:
    """How the schools of a slice stand together."""
    since = at - timedelta(days=overdue_days)
    row = connection.execute(sa.select(*_sums(since)).where(inside(part, person)))
    return _made(row.mappings().one())


def by(
    connection: sa.Connection,
    group: str,
    part: Slice,
    person: Person,
    at: datetime,
    overdue_days: int,
) -> list[Picture]:
    """How they stand by area, phase or trust, most schools first."""
    column = GROUPS[group]
    since = at - timedelta(days=overdue_days)
    rows = connection.execute(
        sa.select(column.label("name"), *_sums(since))
        .where(inside(part, person))
        .group_by(column)
        .order_by(sa.desc("schools"), column)
        .limit(MOST_GROUPS)
    ).mappings()
    return [_made(row) for row in rows]


def _made(row: sa.RowMapping) -> Picture:
    """Sums come as decimals from some databases."""
    values: dict[str, Any] = {k: v if k == "name" else int(v) for k, v in row.items()}
    return Picture(**values)


class Month(Record, frozen=True, kw_only=True):
    """A month, by the schools that reported in it."""

    month: int
    keeps: int
    unsure: int
    clear: int

    @property
    def reported(self) -> int:
        """Schools that reported in it."""
        return self.keeps + self.unsure + self.clear

    @property
    def label(self) -> str:
        """`Nov 2026`."""
        return f"{date(self.month // 100, self.month % 100, 1):%b %Y}"


def trend(
    connection: sa.Connection, part: Slice, person: Person, at: datetime, months: int = 12
) -> list[Month]:
    """The last months, oldest first; months without any report are left out."""
    m = school_month.c
    first = month_of(at)
    first = first - 100 if months >= 12 else first
    chosen = sa.select(m.month, m.state, sa.func.count()).where(m.month > first)
    if part != Slice() or not person.sees_all:
        of = sa.select(school.c.id).where(inside(part, person))
        chosen = chosen.where(m.school_id.in_(of))
    found: dict[int, dict[str, int]] = {}
    for number, state, many in connection.execute(chosen.group_by(m.month, m.state)):
        found.setdefault(number, {})[state] = many
    return [
        Month(month=n, **{k: found[n].get(k, 0) for k in ("keeps", "unsure", "clear")})
        for n in sorted(found)
    ]


def changed(
    connection: sa.Connection, part: Slice, person: Person, earlier: int, later: int
) -> Sequence[sa.RowMapping]:
    """The first schools, by name, whose state differs between two months in which they reported."""
    one, two = school_month.alias("one"), school_month.alias("two")
    return (
        connection.execute(
            sa.select(
                school.c.urn, school.c.name,
                one.c.state.label("was"), two.c.state.label("is"),
                one.c.copies.label("copies_then"), two.c.copies.label("copies_now"),
            )
            .join(one, one.c.school_id == school.c.id)
            .join(two, two.c.school_id == school.c.id)
            .where(inside(part, person), one.c.month == earlier, two.c.month == later)
            .where(one.c.state != two.c.state)
            .order_by(school.c.name)
            .limit(PAGE + 1)
        )
        .mappings()
        .all()
    )  # fmt: skip


def schools(
    connection: sa.Connection,
    part: Slice,
    person: Person,
    *,
    page: int = 1,
    since: datetime | None = None,
    worst: bool = False,
    most: int = PAGE,
) -> Sequence[sa.RowMapping]:
    """A page of the schools of a slice, by name.

    With `since` only those overdue, the longest first; with `worst` those first that have most to
    lose: copies that can leave, then critical findings, then what could not be told.
    """
    wanted = inside(part, person)
    order: list[sa.ColumnElement[Any]] = [school.c.name]
    if since is not None:
        wanted &= late(since)
        order.insert(0, school.c.last_report.asc().nulls_first())
    if worst:
        most_first = (school.c.copies, school.c.critical, school.c.unsure)
        order[:0] = [number.desc() for number in most_first]
    return (
        connection.execute(
            sa.select(school)
            .where(wanted)
            .order_by(*order, school.c.id)
            .limit(most + 1)
            .offset((page - 1) * most)
        )
        .mappings()
        .all()
    )


def school_by(connection: sa.Connection, urn: str, person: Person) -> sa.RowMapping | None:
    """One school, if it exists and may be seen."""
    found = connection.execute(sa.select(school).where(school.c.urn == urn, seen_by(person)))
    return found.mappings().first()


def heat(
    connection: sa.Connection, ids: Sequence[int], areas: dict[str, str]
) -> dict[tuple[int, str], tuple[int, int, int]]:
    """For each school and area of rules: rules failed, rules not known, worst severity's rank."""
    r = school_rule.c
    found: dict[tuple[int, str], tuple[int, int, int]] = {}
    chosen = sa.select(r.school_id, r.rule, r.fails, r.unknowns, r.severity)
    # Thousands of rows for a page: taken apart by place, which is quicker than by name.
    for school_id, rule, failed, unclear, severity in connection.execute(
        chosen.where(r.school_id.in_(ids))
    ):
        at = (school_id, areas.get(rule, "other"))
        fails, unknowns, rank = found.get(at, (0, 0, 9))
        found[at] = (
            fails + (failed > 0),
            unknowns + (failed == 0 and unclear > 0),
            min(rank, severity if failed else 9),
        )
    return found


def rules(connection: sa.Connection, person: Person, part: Slice) -> Sequence[sa.RowMapping]:
    """How many schools and machines fail each rule, the most failed first."""
    r = school_rule.c
    chosen = sa.select(
        r.rule,
        _many(r.fails > 0).label("schools"),
        _many((r.fails == 0) & (r.unknowns > 0)).label("unsure"),
        sa.func.sum(r.fails).label("machines"),
        sa.func.min(r.severity).label("severity"),
    )
    if part != Slice() or not person.sees_all:
        chosen = chosen.where(r.school_id.in_(sa.select(school.c.id).where(inside(part, person))))
    return (
        connection.execute(chosen.group_by(r.rule).order_by(sa.desc("schools"), r.rule))
        .mappings()
        .all()
    )


def failing(
    connection: sa.Connection, rule: str, part: Slice, person: Person, *, page: int = 1
) -> Sequence[sa.RowMapping]:
    """A page of the schools that fail a rule or could not tell, the most machines first."""
    r = school_rule.c
    return (
        connection.execute(
            sa.select(school, r.fails, r.unknowns, r.severity.label("worst"))
            .join(school, school.c.id == r.school_id)
            .where(r.rule == rule, inside(part, person))
            .order_by(r.fails.desc(), r.unknowns.desc(), r.school_id)
            .limit(PAGE + 1)
            .offset((page - 1) * PAGE)
        )
        .mappings()
        .all()
    )
