"""The definitions of personal data, as read from rules/personal-data.

The rulebook makes these from YAML and the content scan works from them; neither needs the other.
"""

from __future__ import annotations

from enum import StrEnum

from auditor.evidence import Record


class Category(StrEnum):
    """What kind of harm a datum does in the wrong hands."""

    IDENTITY = "identity"
    """Names, dates of birth, official numbers."""
    CONTACT = "contact"
    SPECIAL = "special"
    """UK GDPR Art 9: health, ethnicity, religion …"""
    SENSITIVE = "sensitive"
    """Not Art 9, but as harmful: SEN, safeguarding, looked-after, free meals, behaviour."""
    CRIMINAL = "criminal"
    FINANCE = "finance"
    CREDENTIALS = "credentials"


class Role(StrEnum):
    """What part a datum plays in a list of people."""

    SURNAME = "surname"
    FORENAME = "forename"
    NAME = "name"
    """The name of a person and of nothing else."""
    SOME_NAME = "some name"
    """A name that could also be that of a supplier or a product."""
    IDENTIFIER = "identifier"
    BIRTH = "birth"
    CONTACT = "contact"
    SCHOOL = "school"
    """What a school notes of a pupil: year group, class, attendance."""
    FACT = "fact"
    """A fact that harms when it is told: health, needs, care, pay."""
    ABOUT = "about"
    """Words that show what a text is about."""
    LABEL = "label"
    """A name after a label in running text."""
    BESIDE = "beside"
    """The name of somebody else beside the person that a row is about: a parent, a teacher."""
    PUBLIC = "public"
    """What lists of books, players and suppliers have: not about people in care or employ."""


class Datum(Record, frozen=True, kw_only=True):
    """One kind of personal datum and how it is recognised."""

    id: str
    title: str
    category: Category
    role: Role
    who: str = ""
    """pupils, staff or parents when the datum itself tells; empty otherwise."""
    identifies: bool = False
    """Whether distinct values are distinct people."""
    pattern: str = ""
    """RE2 syntax; empty when only headings or words show it."""
    check: str = ""
    """Name of the checksum in content.detect that a match must pass."""
    alone: bool = False
    """Whether one match counts without a heading or context words."""
    least: int = 1
    """Distinct matches needed before a file counts by this datum without a heading."""
    context: tuple[str, ...] = ()
    """Words that must stand close to a match which does not count alone."""
    headings: tuple[str, ...] = ()
    """Column headings, lower case, words separated by one space."""
    values: str = ""
    """RE2 pattern that a cell under such a heading must match in full; empty for any text."""
    content: str = ""
    """RE2 pattern that nearly all cells of a column without a known heading match in full."""
    words: tuple[str, ...] = ()
    """Words or phrases of running text that show the datum beside a person."""
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()
    source: str = ""
    """Document and section that defines it."""


class RecordKind(Record, frozen=True, kw_only=True):
    """A kind of record that schools keep, such as an SEN register or a payslip."""

    id: str
    title: str
    """What a head teacher would call it."""
    document: str = ""
    """The same for running text; empty where it is called the same."""
    who: str = ""
    """pupils, staff, parents or governors: whom such a record is about."""
    weight: int = 3
    """How much harm its loss does, 0 to 10."""
    phrases: tuple[str, ...] = ()
    """What stands in the text of such a document."""
    least: int = 2
    """How many of the phrases must be there."""
    people: int = 1
    """How many people such a document must name."""
    columns: tuple[str, ...] = ()
    """Ids of data any of which makes a table of people a list of this kind."""
    all_of: tuple[str, ...] = ()
    """Ids of data that must all be there as well."""
    names: tuple[str, ...] = ()
    """RE2 patterns that the name of such a file matches somewhere, whatever the case."""
    formats: tuple[str, ...] = ()
    """Formats of files that are such a record as a whole, whatever else is in them: a mailbox."""
    enough: bool = False
    """Whether the phrases and named people are enough for personal data, without further facts."""
    keep: int = 0
    """Months after the data's date from which keeping it should be reviewed; 0 for no advice."""
    keep_why: str = ""
    """Where that period comes from."""


class Names(Record, frozen=True, kw_only=True):
    """Names that people bear, lower case, accents dropped; none of them says anything alone."""

    forenames: frozenset[str] = frozenset()
    surnames: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    """Those of them that are also words or places, such as `will` and `green`."""


class Definitions(Record, frozen=True, kw_only=True):
    """All data looked for."""

    data: tuple[Datum, ...]
    digest: str = ""
    year: int = 0
    """The year of the audit, after which nobody is born; 0 for that of the clock."""
    names: Names = Names()
    records: tuple[RecordKind, ...] = ()
