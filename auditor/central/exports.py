"""Lists as CSV, JSON or Parquet, a row at a time, for the people who may see them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from auditor.central import figures
from auditor.central.clock import now
from auditor.central.figures import Slice
from auditor.central.people import Person
from auditor.central.tables import Moment, action, found, machine, school
from auditor.central.tallies import FINDING, unpacked

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
_BLOCK = 2_000


def _schools(part: Slice, person: Person, _days: int) -> sa.Select[Any]:
    s = school.c
    wanted = (
        s.urn, s.laestab, s.name, s.phase, s.trust, s.area, s.region, s.state, s.last_report,
        s.machines, s.keeping, s.copies, s.unsure, s.closed, s.people_low, s.people_high,
        s.critical, s.high, s.other, s.unknown,
    )  # fmt: skip
    return sa.select(*wanted).where(figures.inside(part, person)).order_by(s.name, s.id)


def _overdue(part: Slice, person: Person, days: int) -> sa.Select[Any]:
    """Columns that a mail merge needs."""
    s = school.c
    since = now() - timedelta(days=days)
    return (
        sa.select(s.urn, s.name, s.contact, s.email, s.area, s.phase, s.trust, s.last_report)
        .where(figures.inside(part, person), figures.late(since))
        .order_by(s.last_report, s.name, s.id)
    )


def _machines(part: Slice, person: Person, _days: int) -> sa.Select[Any]:
    m = machine.c
    wanted = [m[n] for n in (
        "name", "platform", "os", "portable", "last_seen", "copies", "unsure", "closed",
        "people_low", "people_high", "known", "complete", "critical", "high", "other", "unknown",
    )]  # fmt: skip
    return (
        sa.select(school.c.urn, school.c.name.label("school"), *wanted)
        .join(school, school.c.id == m.school_id)
        .where(figures.inside(part, person), m.retired.is_(None))
        .order_by(school.c.urn, m.name)
    )


def _findings(part: Slice, person: Person, _days: int) -> sa.Select[Any]:
    """A row a machine; `_spread` makes one a finding of it."""
    m = machine.c
    return (
        sa.select(school.c.urn, school.c.name.label("school"), m.name.label("machine"), _FOUND)
        .join(machine, m.id == found.c.machine_id)
        .join(school, school.c.id == m.school_id)
        .where(figures.inside(part, person), m.retired.is_(None))
        .order_by(school.c.urn, m.id)
    )


_FOUND = found.c.findings
_MACHINES_AT_ONCE = 50


def _spread(blocks: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Rows of findings, from rows that end with all those of a machine."""
    for block in blocks:
        for start in range(0, len(block), _MACHINES_AT_ONCE):
            some = block[start : start + _MACHINES_AT_ONCE]
            yield [(*row[:-1], *f) for row in some for f in unpacked(row[-1])]


def _actions(part: Slice, person: Person, _days: int) -> sa.Select[Any]:
    a = action.c
    return (
        sa.select(
            school.c.urn, school.c.name.label("school"), a.rule, a.state, a.owner, a.due, a.note,
            a.created, a.done, a.verified,
        )
        .join(school, school.c.id == a.school_id)
        .where(figures.inside(part, person))
        .order_by(a.state, a.due, a.id)
    )  # fmt: skip


LISTS: dict[str, Callable[[Slice, Person, int], sa.Select[Any]]] = {
    "schools": _schools,
    "overdue": _overdue,
    "machines": _machines,
    "findings": _findings,
    "actions": _actions,
}
"""What can be had, by its name."""


def export(
    connection: sa.Connection, what: str, form: str, part: Slice, person: Person, days: int
) -> Iterator[bytes]:
    """A list, in pieces; memory does not grow with it.

    Args:
        connection: Held open until the last piece.
        what: One of `LISTS`.
        form: One of `FORMATS`.
        part: Which schools.
        person: For whom.
        days: After how many days a school is overdue.
    """
    chosen = LISTS[what](part, person, days)
    kinds = {str(c.key): c.type for c in chosen.selected_columns}
    stream = connection.execution_options(stream_results=True, max_row_buffer=_BLOCK)
    blocks = stream.execute(chosen).partitions(_BLOCK)
    if kinds.pop(_FOUND.key, None):
        kinds |= dict.fromkeys(FINDING, sa.Text())
        blocks = _spread(blocks)
    return {"csv": _csv, "json": _json, "parquet": _parquet}[form](kinds, blocks)


_Kinds = dict[str, sa.types.TypeEngine[Any]]


def _csv(kinds: _Kinds, blocks: Iterator[Sequence[Any]]) -> Iterator[bytes]:
    """UTF-8 with a mark and CRLF, as Excel wants it; no cell can be a formula."""
    yield b"\xef\xbb\xbf" + _lines([list(kinds)])
    for rows in blocks:
        yield _lines([[safe(v) for v in row] for row in rows])


def _lines(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def safe(value: object) -> str:
    """A cell that a spreadsheet shows and does not run (OWASP, CSV injection)."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = " ".join(str(value).splitlines())
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t"} and not _number(value) else text


def _number(value: object) -> bool:
    return isinstance(value, int | float)


def _json(kinds: _Kinds, blocks: Iterator[Sequence[Any]]) -> Iterator[bytes]:
    start = b"["
    for rows in blocks:
        for row in rows:
            yield start + b"\n" + msgspec.json.encode(dict(zip(kinds, row, strict=True)))
            start = b","
    yield b"\n]\n" if start == b"," else b"[]\n"


class _Sink(io.RawIOBase):
    """Where Parquet is written to: it forgets what was taken, and knows how far it is."""

    def __init__(self) -> None:
        self._made = bytearray()
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, some: Any) -> int:
        self._made += memoryview(some)
        self._at += len(some)
        return len(some)

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        made = bytes(self._made)
        self._made.clear()
        return made


def _parquet(kinds: _Kinds, blocks: Iterator[Sequence[Any]]) -> Iterator[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = _Sink()
    schema = pa.schema([(name, _arrow(pa, kind)) for name, kind in kinds.items()])
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for rows in filter(None, blocks):
            columns = dict(zip(kinds, zip(*rows, strict=True), strict=True))
            writer.write_table(pa.table(columns, schema=schema))
            yield sink.taken()
    yield sink.taken()


def _arrow(pa: Any, kind: sa.types.TypeEngine[Any]) -> Any:
    if isinstance(kind, Moment):
        return pa.timestamp("us", tz="UTC")
    if isinstance(kind, sa.Boolean):
        return pa.bool_()
    if isinstance(kind, sa.Integer):
        return pa.int64()
    return pa.date32() if isinstance(kind, sa.Date) else pa.string()
