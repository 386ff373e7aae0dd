"""Labels with their values in running text: forms, XML, JSON and vCards, made into rows.

`Surname: Example`, `<Surname>Example</Surname>` and `"surname": "Example"` all become a cell under
the heading Surname, so that one set of headings serves every shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

from auditor.content.detect.columns import datum_of
from auditor.content.detect.compiled import Compiled
from auditor.content.detect.layout import PERSONS
from auditor.content.detect.phrasing import ATTRIBUTE, BLANK, CELL, FORM, JSON, ROW, TAG, XML
from auditor.personal import Datum, Role

MOST = 250_000
"""Characters that are searched for labels."""


def pairs(compiled: Compiled, text: str) -> Iterator[tuple[Datum, str]]:
    """Labels that announce a datum, with the values beside them, in their order."""
    for label, value in _written(text[:MOST]):
        if BLANK.fullmatch(value):
            continue
        datum = datum_of(compiled, label)
        if datum and datum.role is not Role.PUBLIC:
            shape = compiled.values.get(datum.id)
            if shape is None or shape.fullmatch(value):
                yield datum, value


def table(compiled: Compiled, text: str) -> list[list[str]]:
    """The labelled values as rows below headings; empty when there are too few."""
    records: list[dict[str, str]] = [{}]
    names: dict[str, str] = {}
    for datum, value in pairs(compiled, text):
        if datum.id in records[-1] and datum.role in PERSONS:
            records.append({})
        records[-1].setdefault(datum.id, value)
        names.setdefault(datum.id, datum.headings[0] if datum.headings else datum.title)
    if len(names) < 2:
        return []
    return [list(names.values())] + [[r.get(n, "") for n in names] for r in records]


def html(text: str) -> list[list[str]]:
    """The rows of the tables of a web page or mail; empty for other text."""
    if "<tr" not in text[:MOST].lower():
        return []
    found = (CELL.findall(row) for row in ROW.split(text[:MOST])[1:])
    return [[unescape(TAG.sub(" ", c)).strip() for c in cells] for cells in found if cells]


def _written(text: str) -> Iterator[tuple[str, str]]:
    start = text[:2_000].lstrip()
    if "docbook" in start.lower() or "<article" in start or "projectmallard" in start:
        return  # manuals name their authors
    if start.startswith(("<", "\ufeff<")) and "</" in text:
        found = [(m.start(), m[1].rpartition(":")[2], m[2]) for m in XML.finditer(text)]
        found += [(m.start(), m[1], m[2]) for m in ATTRIBUTE.finditer(text)]
        yield from ((label, value) for _, label, value in sorted(found))
    elif start.startswith(("{", "[")):
        for m in JSON.finditer(text):
            yield m[1], m[2] or m[3] or m[4]
    else:
        for m in FORM.finditer(text):
            yield m[1], m[2].strip()
