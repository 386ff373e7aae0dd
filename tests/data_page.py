"""rules/personal-data/README.md: a page that tables each datum and kind of record, made from the rules."""

from __future__ import annotations

from pathlib import Path

from auditor.personal import Category, Datum, Definitions, RecordKind, Role

PAGE = Path(__file__).resolve().parent.parent / "rules" / "personal-data" / "README.md"

_CHECKS = {
    "upn": "check letter", "uln": "modulus 11", "nhs": "modulus 11", "chi": "day of birth, modulus 11", "nino": "known prefixes",
    "licence": "month and day", "luhn": "Luhn", "account": "modulus 97",
}  # fmt: skip
_STRENGTH = {
    Role.SURNAME: "with a forename or birth date", Role.FORENAME: "with a surname", Role.NAME: "with another datum, or in a list",
    Role.SOME_NAME: "where the cells are people's names and something else is told", Role.CONTACT: "never; beside a name",
    Role.SCHOOL: "never; beside a name", Role.FACT: "never; beside a name", Role.BESIDE: "beside those it belongs to; parents also alone",
    Role.LABEL: "possible alone, likely with a fact", Role.ABOUT: "never: shows what a text is about", Role.PUBLIC: "against: such lists are not counted",
}  # fmt: skip

TOP = """# What counts as personal data

This page is made from the files beside it and under `rules/records` (`python -m pytest --update-golden`); change those, not this.
An official number counts by itself only where its check leaves little to chance: one random 10-digit number in eleven passes
as an NHS number and one in eleven as a ULN, so these count under a heading or beside their name. School numbers (URN, UKPRN,
LAESTAB) name a school and no person: they are not looked for. Names are known by the lists in `rules/names`, by headings, and
by words that introduce them; a name alone never counts.

| datum | category | recognised by | counts alone | source |
|---|---|---|---|---|
"""
RECORDS = """
## Kinds of record

What a file is called in a report, and after how long keeping it should be reviewed. A period is a reason to look at the
school's own schedule, never to delete.

| kind | about | recognised by | review after | source of the period |
|---|---|---|---|---|
"""


def page(definitions: Definitions) -> str:
    """The page, as it should stand in the repository."""
    data = "".join(_datum(d) for d in sorted(definitions.data, key=_order))
    records = "".join(_record(r) for r in definitions.records)
    return TOP + data + RECORDS + records


def _order(datum: Datum) -> tuple[int, str]:
    return list(Category).index(datum.category), datum.title


def _datum(d: Datum) -> str:
    shown = []
    if d.pattern:
        check = f" with {_CHECKS[d.check]}" if d.check else ""
        shown.append(f"pattern{check}" + (" beside a word for it" if d.context else ""))
    if d.headings:
        shown.append(f"{len(d.headings)} headings, such as *{d.headings[0]}*")
    if d.content:
        shown.append("cells of a column without heading")
    if d.words:
        shown.append(f"{len(d.words)} words, such as *{d.words[0]}*")
    return f"| {d.title} | {d.category.value} | {'; '.join(shown)} | {_alone(d)} | {d.source} |\n"


def _alone(d: Datum) -> str:
    if d.alone:
        return "yes: two are certain, one beside its name is likely"
    if d.role is Role.BIRTH:
        return "yes, beside its label"
    if d.role is Role.IDENTIFIER:
        many = f" or {d.least} of them" if d.least > 1 else ""
        return f"under its heading or beside its name{many}" if d.pattern else "with a name"
    return _STRENGTH[d.role]


def _record(r: RecordKind) -> str:
    shown = []
    if r.columns:
        shown.append("columns: " + ", ".join(r.columns))
    if r.phrases:
        shown.append(f"{r.least} of {len(r.phrases)} phrases, such as *{r.phrases[0]}*")
    if r.formats:
        shown.append("format: " + ", ".join(r.formats))
    if r.names:
        shown.append("its name")
    keep = f"{r.keep // 12} years" if r.keep > 12 else f"{r.keep} months" if r.keep else "-"
    title = f"{r.title}, {r.document}" if r.document else r.title
    return (
        f"| {title} | {r.who or 'anybody'} | {'; '.join(shown)} | {keep} | {r.keep_why or '-'} |\n"
    )
