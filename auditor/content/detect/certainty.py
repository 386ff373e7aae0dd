"""How sure it is that the rows of a table are about people in a school's care or employ."""

from __future__ import annotations

from auditor.content.detect.phrasing import CREDITS, GROUP, SCHOOL
from auditor.content.detect.table import People
from auditor.evidence import Strength
from auditor.personal import Role

_TELLING = frozenset({Role.BIRTH, Role.IDENTIFIER, Role.FACT})
_MONEY = "bank-details"
"""Pay alone is no fact about a person: suppliers have bank accounts too."""


def certainty(people: People) -> Strength | None:
    """How sure it is; None when it is not likely at all."""
    seen, columns = people.seen, people.columns.values()
    if not people.people:
        return None
    if any(seen.data[n].alone for n in seen.strong if n in seen.data):
        return Strength.CERTAIN
    if _named(people):
        return _of_named(people)
    if _parents(people):
        return Strength.LIKELY
    if any(c.datum.role is Role.SOME_NAME for c in columns):
        return _of_some_names(people, {c.datum.role for c in columns})
    return Strength.LIKELY if _of_unnamed(people) else None


def _parents(people: People) -> bool:
    """Whether it is a list of parents with how to reach them."""
    parents = any(people.columns[n].datum.who == "parents" for n in people.who)
    contact = any(c.datum.role is Role.CONTACT for c in people.columns.values())
    return parents and contact and not people.layout.public


def _of_unnamed(people: People) -> bool:
    """Nobody is named: a number, or a birth date with an address or facts, still tells who."""
    data = [c.datum for c in people.columns.values()]
    if people.seen.strong or any(d.id == "national-insurance-number" for d in data):
        return True
    facts = any(d.role is Role.FACT and d.id != _MONEY for d in data)
    contact = any(d.role is Role.CONTACT for d in data)
    return any(d.role is Role.BIRTH for d in data) and (facts or contact)


def _named(people: People) -> bool:
    """Whether the columns name people, not suppliers or books."""
    roles = {people.columns[n].datum.role for n in people.who}
    birth = any(c.datum.role is Role.BIRTH for c in people.columns.values())
    both = {Role.SURNAME, Role.FORENAME} <= roles
    return both or Role.NAME in roles or (Role.SURNAME in roles and birth) or bool(people.grid)


def _of_named(people: People) -> Strength | None:
    headed = any(people.columns[n].headed for n in people.who)
    roles = {c.datum.role for c in people.columns.values()}
    share, public = people.share(), people.layout.public
    if public and not (roles & {Role.IDENTIFIER} or _school_facts(people) or _classed(people)):
        return None
    if not headed or people.grid:
        return _of_unheaded(people, roles)
    if share < 0.1 and len(people.people) >= 5 and not roles & {Role.BIRTH, Role.IDENTIFIER}:
        return None  # a column of names in which nobody has one
    if roles & _TELLING:
        return Strength.CERTAIN
    if roles & {Role.CONTACT, Role.SCHOOL, Role.BESIDE}:
        return Strength.LIKELY
    return Strength.LIKELY if share >= 0.5 and len(people.people) >= 2 else None


def _of_unheaded(people: People, roles: set[Role]) -> Strength | None:
    """Names that only their cells tell: something a school notes must stand beside them."""
    if roles & {Role.BIRTH, Role.IDENTIFIER, Role.FACT}:
        return Strength.LIKELY
    if roles & {Role.SCHOOL, Role.BESIDE} and len(people.people) >= 3:
        return Strength.LIKELY
    if roles & {Role.CONTACT} and len(people.people) >= 3:
        return Strength.LIKELY
    above, many = people.layout.above, len(people.people)
    if CREDITS.search(above) or many < 5:
        return None
    group = GROUP.search(above) and many >= 8 and people.share() >= 0.7
    return Strength.LIKELY if SCHOOL.search(above) or group else None


def _of_some_names(people: People, roles: set[Role]) -> Strength | None:
    """A column headed `Name`, which companies and goods have too."""
    school = sum(c.datum.role is Role.SCHOOL for c in people.columns.values())
    share, public = people.share(), people.layout.public
    if public and not _school_facts(people):
        return None
    if share < 0.25 and not (roles & {Role.BIRTH} and roles & {Role.FACT, Role.IDENTIFIER}):
        return None
    if roles & _TELLING or school:
        return Strength.LIKELY
    return Strength.LIKELY if Role.CONTACT in roles and share >= 0.6 else None


def _classed(people: People) -> bool:
    """Whether a class stands beside names headed as those of people, as in a list of loans."""
    headed = any(people.columns[n].headed for n in people.who)
    return headed and any(
        c.headed and c.datum.id in {"registration-group", "year-group"}
        for c in people.columns.values()
    )


def _school_facts(people: People) -> bool:
    """Facts that only a school or an employer notes: needs, care, meals, safeguarding."""
    return any(
        c.datum.role is Role.FACT and c.datum.who == "pupils" for c in people.columns.values()
    )
