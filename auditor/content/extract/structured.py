"""XML and JSON: records that repeat become a table, everything else text with its labels.

Common transfer files (CTF), census returns and exports of management systems are of this shape.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from xml.parsers import expat

from auditor.content.identify import Kind
from auditor.content.markup import ANY, matches, said
from auditor.content.parts import Is, Locks, Parts
from auditor.content.passages import table, text
from auditor.content.source import Source
from auditor.errors import Damaged, TooLarge

KINDS = frozenset({"XML", "JSON"})
READS = "records as tables, the rest as text"
LOCKS: Locks = ()

COLUMNS = 200
ROWS = 500
"""Records by which the columns are told."""
REST = 50_000
"""Texts outside the records that are kept."""
WHOLE = 16_000_000
"""Bytes of JSON that are read as records; a larger one is read as text."""


def parts(source: Source, kind: Kind) -> Parts:
    """Its records as a table, or its text."""
    yield Is(kind.name)
    if kind.name == "JSON":
        yield from _json(source, kind)
        return
    yield from _xml(source)


def _xml(source: Source) -> Parts:
    record = _record(source.head)
    if record is None:
        yield text(_labelled(source.chunks()), source.size, source.name)
        return
    reader = _Records(record)
    rows = reader.rows(source.chunks())
    first = [row for _, row in zip(range(ROWS), rows, strict=False)]
    names = list(dict.fromkeys(n for row in first for n in row))[:COLUMNS]

    def lines() -> Iterator[list[str]]:
        yield [n.rpartition("/")[2] for n in names]
        for row in first:
            yield [row.get(n, "") for n in names]
        for row in rows:
            yield [row.get(n, "") for n in names]

    if first:
        yield table(lines(), source.size, source.name)
    if reader.rest:
        yield text(["\n".join(reader.rest)], source.size, source.name)
    if reader.left is not None:
        yield text(_labelled(reader.left), source.size, source.name)


def _record(head: bytes) -> tuple[str, ...] | None:
    """The path of the element nearest the root that repeats and holds others."""
    probe = _Probe()
    parser = probe.parser()
    try:
        parser.Parse(head, False)
    except expat.ExpatError:
        pass
    except Damaged:
        return None
    found = [p for p, n in probe.times.items() if n > 1 and probe.inner[p] > n]
    return min(found, key=lambda p: (len(p), -probe.times[p]), default=None)


class _Probe:
    """Counts the elements of a document by path, and how many each holds."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.times: Counter[tuple[str, ...]] = Counter()
        self.inner: Counter[tuple[str, ...]] = Counter()

    def parser(self) -> expat.XMLParserType:
        """An expat parser that refuses entities."""
        parser = expat.ParserCreate()
        parser.EntityDeclHandler = _refuse
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        return parser

    def start(self, name: str, known: dict[str, str]) -> None:
        """An element begins."""
        self.path.append(name.rpartition(":")[2])
        if len(self.path) > 500:
            raise Damaged("elements are nested too deep")
        self.times[tuple(self.path)] += 1
        for n in range(1, len(self.path)):
            self.inner[tuple(self.path[:n])] += 1
        self.inner[tuple(self.path)] += len(known)

    def end(self, name: str) -> None:
        """An element ends."""
        _ = name
        self.path.pop()


def _refuse(*_: object) -> None:
    raise Damaged("this document declares entities")


class _Records(_Probe):
    """Gives the records of a document as they end."""

    def __init__(self, record: tuple[str, ...]) -> None:
        super().__init__()
        self.record = record
        self.row: dict[str, str] = {}
        self.done: list[dict[str, str]] = []
        self.left: Iterator[bytes] | None = None
        """The pieces from a mistake on, which ends the reading of records."""
        self.rest: list[str] = []
        """What stands in no record, with the name of its element."""

    def rows(self, chunks: Iterator[bytes]) -> Iterator[dict[str, str]]:
        """Each record once it is complete."""
        parser = self.parser()
        parser.CharacterDataHandler = self.said
        for piece in chunks:
            try:
                parser.Parse(piece, False)
            except (expat.ExpatError, Damaged):
                self.left = chain([piece], chunks)
            yield from self.done
            self.done.clear()
            if self.left is not None:
                return

    def start(self, name: str, known: dict[str, str]) -> None:
        """An element begins; its attributes are cells too."""
        self.path.append(name.rpartition(":")[2])
        if len(self.path) > 500:
            raise Damaged("elements are nested too deep")
        if known and tuple(self.path[: len(self.record)]) == self.record:
            below = "/".join(self.path[len(self.record) - 1 :])
            for key, value in known.items():
                self._put(f"{below}/{key}", value)

    def said(self, value: str) -> None:
        """Text of an element."""
        if value.isspace():
            return
        if tuple(self.path[: len(self.record)]) == self.record:
            self._put("/".join(self.path[len(self.record) - 1 :]), value)
        elif len(self.rest) < REST:
            self.rest.append(f"{self.path[-1] if self.path else ''}: {value.strip()}")

    def _put(self, name: str, value: str) -> None:
        held = self.row.get(name)
        self.row[name] = value if held is None else f"{held} {value}"[:10_000]
        if len(self.row) > 10_000:
            raise TooLarge("a record has more parts than are read")

    def end(self, name: str) -> None:
        """An element ends, and with it maybe a record."""
        _ = name
        if tuple(self.path) == self.record and self.row:
            self.done.append(self.row)
            self.row = {}
        self.path.pop()


def _labelled(chunks: Iterator[bytes]) -> Iterator[str]:
    """Each text with the name of its element before it."""
    for match in matches(chunks, ANY):
        slash, name, raw, words = match.groups()
        if raw and b"=" in raw and not slash:
            yield f"{name.decode()} {said(raw)}\n"
        if words.strip():
            yield f"{name.decode()}: {said(words).strip()}\n" if not slash else said(words) + "\n"


def _json(source: Source, kind: Kind) -> Parts:
    try:
        made = json.loads(source.data(WHOLE)[kind.skip :].decode(kind.encoding, "replace"))
    except (ValueError, RecursionError, TooLarge):
        yield text(_as_text(source, kind), source.size, source.name)
        return
    rest: list[str] = []
    for name, rows in _lists(made, "", rest):
        columns = list(dict.fromkeys(k for row in rows[:ROWS] for k in row))[:COLUMNS]
        cells = [[row.get(c, "") for c in columns] for row in rows]
        yield table([[c.rpartition(".")[2] for c in columns], *cells], source.size, name)
    if rest:
        yield text(["\n".join(rest)], source.size, source.name)


def _as_text(source: Source, kind: Kind) -> Iterator[str]:
    import codecs

    decode = codecs.getincrementaldecoder(kind.encoding)("replace").decode
    for piece in source.chunks():
        # Each pair on a line of its own, so that a label stands beside its value only.
        yield decode(piece).replace('","', '",\n"').replace("},{", "},\n{")


def _lists(value: object, name: str, rest: list[str]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Lists of objects, wherever they are; what is in no list goes to the rest."""
    if isinstance(value, list) and sum(isinstance(v, dict) for v in value) > 1:
        yield name, [_flat(v) for v in value if isinstance(v, dict)]
    elif isinstance(value, list):
        for v in value:
            yield from _lists(v, name, rest)
    elif isinstance(value, dict):
        for key, v in value.items():
            yield from _lists(v, str(key), rest)
    elif value is not None:
        rest.append(f"{name}: {value}")


def _flat(value: dict[str, object], prefix: str = "") -> dict[str, str]:
    made: dict[str, str] = {}
    for key, v in value.items():
        if isinstance(v, dict):
            made |= _flat(v, f"{prefix}{key}.")
        elif v is not None:
            made[f"{prefix}{key}"] = json.dumps(v) if isinstance(v, list) else str(v)
    return made
