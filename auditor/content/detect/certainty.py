"""How sure it is that the rows of a table are about people in a school's care or employ."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.content.detect.phrasing import CREDITS, GROUP, PLACE, SCHOOL
from auditor.content.detect.table import People
from auditor.evidence import Strength
from auditor.personal import Role

_TELLING = frozenset({Role.BIRTH, Role.IDENTIFIER, Role.FACT})
_MONEY = "bank-details"
"""Pay alone is no fact about a person: suppliers have bank accounts too."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a table, beside its rows."""

    place: str = ""
    """The names of its file and of the folders around it."""
    facts: bool = False
    """Whether words of special facts stand in its cells."""

    def school(self, people: People) -> bool:
        """Whether a title, file or folder speaks of a class or pupils."""
        return bool(SCHOOL.search(f"{people.layout.above} {self.place}"))

    def group(self, people: People) -> bool:
        """Whether they speak of what a school has lists of."""
        around = f"{people.layout.above} {self.place}"
        return bool(GROUP.search(people.layout.above) or PLACE.search(around))


def certainty(people: People, around: Around = Around()) -> Strength | None:
    """How sure it is; None when it is not likely at all.

    Args:
        people: The table.
        around: What stands around it.
    """
    seen, columns = people.seen, people.columns.values()
    if not people.people:
        return None
    if any(seen.data[n].alone for n in seen.strong if n in seen.data):
        return Strength.CERTAIN
    if _named(people):
        return _of_named(people, around)
    if _parents(people):
        return Strength.LIKELY
    if any(c.datum.role is Role.SOME_NAME for c in columns):
        return _of_some_names(people, {c.datum.role for c in columns}, around)
    first = _of_first_names(people, around) or _of_surnames(people)
    return Strength.LIKELY if first or _of_unnamed(people) else None


def _of_surnames(people: People) -> bool:
    """Families by their surname, with what a school notes of them."""
    columns = people.columns.values()
    surname = any(c.datum.role is Role.SURNAME for c in columns)
    told = {c.datum.role for c in columns if c.headed} & {Role.FACT, Role.SCHOOL, Role.IDENTIFIER}
    return surname and bool(told) and people.share() >= 0.6 and len(people.people) >= 3


def _of_first_names(people: People, around: Around) -> bool:
    """Forenames alone, as on a kitchen door: with a class or a fact, or in a class's list."""
    columns = people.columns.values()
    many, share = len(people.people), people.share()
    if not any(c.datum.role is Role.FORENAME for c in columns) or people.layout.public:
        return False
    roles = {c.datum.role for c in columns} | people.layout.heads
    if share < 0.6 or many < 3 or CREDITS.search(f"{people.layout.above} {around.place}"):
        return False
    if len(people.grid) > 3 and many >= 12 and share >= 0.8:
        return True
    told = roles & {Role.SCHOOL, Role.FACT, Role.IDENTIFIER, Role.CONTACT} or around.facts
    return bool(told) or (many >= 6 and (around.school(people) or around.group(people)))


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


def _of_named(people: People, around: Around) -> Strength | None:
    headed = any(people.columns[n].headed for n in people.who)
    roles = {c.datum.role for c in people.columns.values()}
    share, public = people.share(), people.layout.public
    if public and not (roles & {Role.IDENTIFIER} or _school_facts(people) or _classed(people)):
        return None
    if not headed or people.grid:
        return _of_unheaded(people, roles, around)
    if share < 0.1 and len(people.people) >= 5 and not roles & {Role.BIRTH, Role.IDENTIFIER}:
        return None  # a column of names in which nobody has one
    if roles & _TELLING:
        return Strength.CERTAIN
    if roles & {Role.CONTACT, Role.SCHOOL, Role.BESIDE}:
        return Strength.LIKELY
    return Strength.LIKELY if share >= 0.5 and len(people.people) >= 2 else None


def _of_unheaded(people: People, roles: set[Role], around: Around) -> Strength | None:
    """Names that only their cells tell: something a school notes must stand beside them."""
    facts = roles | (people.layout.heads & {Role.FACT})
    if facts & {Role.BIRTH, Role.IDENTIFIER, Role.FACT}:
        return Strength.LIKELY
    above, many = f"{people.layout.above} {around.place}", len(people.people)
    if many >= 3 and (roles & {Role.SCHOOL, Role.BESIDE, Role.CONTACT} or around.facts):
        return Strength.LIKELY
    if CREDITS.search(above) or many < 4:
        return None
    cut = people.cut() >= 0.4 and many >= 8
    group = around.group(people) and people.share() >= 0.7
    return Strength.LIKELY if around.school(people) or group or cut else None


def _of_some_names(people: People, roles: set[Role], around: Around) -> Strength | None:
    """A column headed `Name`, which companies and goods have too."""
    school = sum(c.datum.role is Role.SCHOOL for c in people.columns.values())
    share, public = people.share(), people.layout.public
    if public and not _school_facts(people):
        return None
    if share < 0.25 and not (roles & {Role.BIRTH} and roles & {Role.FACT, Role.IDENTIFIER}):
        return None
    if roles & _TELLING or school:
        return Strength.LIKELY
    if share < 0.6 or CREDITS.search(f"{people.layout.above} {around.place}"):
        return None
    many = len(people.people) >= 3
    told = Role.CONTACT in roles or (many and (around.facts or Role.FACT in people.layout.heads))
    lists = many and (around.school(people) or (around.group(people) and share >= 0.8))
    return Strength.LIKELY if told or lists else None


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
