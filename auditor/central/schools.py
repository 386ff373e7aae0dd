"""The list of schools, from a CSV such as that of Get Information about Schools (GIAS).

Columns are known by their headings in any order: those of GIAS (`URN`, `LA (code)`,
`EstablishmentNumber`, `EstablishmentName`, `PhaseOfEducation (name)`, `Trusts (name)`, `LA (name)`,
`GOR (name)`, `CloseDate`), and plain ones (`urn`, `laestab`, `name`, `phase`, `trust`, `area`,
`region`, `contact`, `email`). https://get-information-schools.service.gov.uk/Downloads
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from auditor.central.database import upsert
from auditor.central.tables import school
from auditor.errors import CentralError
from auditor.evidence import Record

_HEADINGS = {
    "urn": ("urn",),
    "laestab": ("laestab", "dfe number"),
    "la": ("la (code)",),
    "number": ("establishmentnumber",),
    "name": ("name", "establishmentname", "school"),
    "phase": ("phase", "phaseofeducation (name)"),
    "trust": ("trust", "trusts (name)"),
    "area": ("area", "la (name)", "local authority"),
    "region": ("region", "gor (name)"),
    "contact": ("contact", "head teacher"),
    "email": ("email", "mainemail"),
    "closed": ("closedate", "closed on"),
}
_URN = re.compile(r"[0-9A-Za-z-]{1,20}")


class Read(Record, frozen=True, kw_only=True):
    """What an import did."""

    schools: int
    """Rows taken: new schools and changed ones."""
    wrong: tuple[str, ...]
    """A line for each row that was not taken."""


def decoded(raw: bytes) -> str:
    """The text of a CSV: UTF-8 with or without a mark, else Windows-1252 as GIAS writes it."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def import_csv(connection: sa.Connection, text: str) -> Read:
    """Adds the schools of a CSV and brings known ones up to date, by URN.

    Raises:
        CentralError: It has no URN or no name column.
    """
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        places = _places(next(rows, []))
        found, wrong = _rows(rows, places)
    except csv.Error as e:
        raise CentralError(f"this is not a CSV: {e}") from e
    for start in range(0, len(found), 500):
        some = found[start : start + 500]
        changes: dict[str, Any] = dict.fromkeys([k for k in some[0] if k != "urn"])
        connection.execute(upsert(connection.dialect.name, school, ["urn"], **changes), some)
    return Read(schools=len(found), wrong=tuple(wrong))


def _rows(
    rows: Iterable[list[str]], places: dict[str, int]
) -> tuple[list[dict[str, object]], list[str]]:
    found: dict[str, dict[str, object]] = {}
    wrong = []
    for number, row in enumerate(rows, 2):
        cells = {k: _cell(row, p) for k, p in places.items()}
        if not any(cells.values()):
            continue
        if not _URN.fullmatch(cells["urn"]) or not cells["name"]:
            wrong.append(f"line {number}: no URN or no name")
        elif cells["urn"] in found:
            wrong.append(f"line {number}: URN {cells['urn']} stands in the list twice")
        else:
            found[cells["urn"]] = _school(cells)
    return list(found.values()), wrong


def _cell(row: list[str], place: int) -> str:
    text = row[place] if place < len(row) else ""
    return "".join(c for c in text if c.isprintable()).strip()


def _places(headings: list[str]) -> dict[str, int]:
    known = {h.strip().casefold(): place for place, h in enumerate(headings)}
    places = {
        name: next(known[h] for h in words if h in known)
        for name, words in _HEADINGS.items()
        if any(h in known for h in words)
    }
    if "urn" not in places or "name" not in places:
        raise CentralError(
            "the list of schools has no column for URN or name",
            hint="its first line holds headings such as: urn,name,phase,trust,area,email",
        )
    return places


def _school(cells: dict[str, str]) -> dict[str, object]:
    made: dict[str, object] = {
        k: v[:200] for k, v in cells.items() if k not in {"la", "number", "closed"}
    }
    if "laestab" not in made and cells.get("la") and cells.get("number"):
        made["laestab"] = f"{cells['la']}{cells['number'].zfill(4)}"
    if "closed" in cells:
        made["closed_on"] = _day(cells["closed"])
    return made


def _day(text: str) -> date | None:
    for form in ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
