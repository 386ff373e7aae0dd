"""Conditions: a small match written in YAML, checked against the facts when it is read.

    {encryption.state: on}                       a field is a value
    {people at least: 5, machine.portable: yes}  all lines of a block must hold
    {any: [{...}, {...}]}  {all: [...]}  {not: {...}}
    {encryption.state one of: [on, partial]}     {label has: SCHOOL}     {label known: no}
    {count: {of: file, where: {special: yes}, at most: 0}}

The answer is yes, no, or None for could not tell (Kleene's three-valued logic): None and false is
false, None or true is true.
"""

from __future__ import annotations

import operator
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from auditor.evidence import Range, Record
from auditor.rulebook import counting, reading
from auditor.rulebook.facts import AROUND, KINDS
from auditor.rulebook.reading import Node

Truth = bool | None
Look = Callable[[str], Any]
"""Gives the value of a dotted path, None when it is not known."""

OPERATORS = (
    "is not",
    "is",
    "at least",
    "at most",
    "more than",
    "less than",
    "one of",
    "has",
    "known",
)
COUNTED = ("counted", "counted_people")
"""What a sentence can say of the first count of its rule's condition."""
_SIDES: dict[str, Callable[[Any, Any], bool]] = {
    "at least": operator.ge,
    "at most": operator.le,
    "more than": operator.gt,
    "less than": operator.lt,
}
_UNITS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25}


@dataclass(frozen=True, slots=True)
class Test:
    """One line: a field, an operator, a value."""

    __test__ = False  # for pytest this is no test
    path: str
    op: str
    value: Any

    def holds(self, scope: Scope) -> Truth:
        """Whether it holds."""
        found = scope.look(self.path)
        unknown = found is None or (isinstance(found, StrEnum) and found == "unknown")
        if self.op == "known":
            return unknown is not self.value
        return None if unknown else _compare(found, self.op, self.value, scope)

    def paths(self) -> Iterator[str]:
        """The fields it looks at."""
        yield self.path


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Condition, ...]

    def holds(self, scope: Scope) -> Truth:
        """False when one part is false, else None when one is not known."""
        return all_of(p.holds(scope) for p in self.parts)

    def paths(self) -> Iterator[str]:
        """The fields it looks at."""
        for p in self.parts:
            yield from p.paths()


@dataclass(frozen=True, slots=True)
class Some:
    """One part at least holds."""

    parts: tuple[Condition, ...]

    def holds(self, scope: Scope) -> Truth:
        """True when one part is true, else None when one is not known."""
        return any_of(p.holds(scope) for p in self.parts)

    def paths(self) -> Iterator[str]:
        """The fields it looks at."""
        for p in self.parts:
            yield from p.paths()


@dataclass(frozen=True, slots=True)
class Never:
    """The part does not hold."""

    part: Condition

    def holds(self, scope: Scope) -> Truth:
        """The opposite; what is not known stays so."""
        return no(self.part.holds(scope))

    def paths(self) -> Iterator[str]:
        """The fields it looks at."""
        return self.part.paths()


@dataclass(frozen=True, slots=True)
class Count:
    """How many things of a kind meet a condition."""

    kind: str
    where: Condition
    op: str
    number: int

    def holds(self, scope: Scope) -> Truth:
        """Compares the number, as a range when some could not be told or seen."""
        return _compare(self.counted(scope)[0], self.op, self.number, scope)

    def counted(self, scope: Scope) -> tuple[Range, Range]:
        """How many there are, and of files how many people are in them."""
        found = counting.Tallied()
        around = scope.things.keys() - {self.kind}
        paths = tuple(
            p.removeprefix(f"{self.kind}.")
            for p in self.where.paths()
            if p.split(".", 1)[0] not in around
        )
        for group in counting.alike(scope.others(self.kind), paths):
            one = Scope(self.kind, {**scope.things, self.kind: group[0]}, scope.all)
            found.add(group, self.where.holds(one))
        unseen = counting.hidden(self.kind, scope.look)
        return found.number(unseen), found.people(unseen)

    def paths(self) -> Iterator[str]:
        """The fields it looks at, those of the things counted left out."""
        yield from ()


def first_count(condition: Condition | None) -> Count | None:
    """The first count in a condition, for sentences that tell its number."""
    match condition:
        case Count():
            return condition
        case Every(parts) | Some(parts):
            return next((c for p in parts if (c := first_count(p))), None)
        case Never(part):
            return first_count(part)
    return None


Condition = Test | Every | Some | Never | Count
ALWAYS = Every(())


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition is held against: one thing, and what is around it."""

    kind: str
    things: Mapping[str, Any]
    """The thing under its kind, `machine` and `scan`; records, or plain tables in examples."""
    all: Mapping[str, tuple[Any, ...]]
    """Every thing of each kind, for counts."""

    def look(self, path: str) -> Any:
        """The value of a dotted path; a first word that is no kind is a field of the thing."""
        first, _, rest = path.partition(".")
        if first in self.things and rest:
            return _follow(self.things[first], rest)
        return _follow(self.things.get(self.kind), path)

    def others(self, kind: str) -> tuple[Any, ...]:
        """Every thing of a kind; of files, where a volume is judged, those that lie on it."""
        if kind == "file" and self.kind == "volume":
            return self.all.get(f"file on {self.look('volume.id')}", ())
        return self.all.get(kind, ())


def _follow(thing: Any, path: str) -> Any:
    if isinstance(thing, Mapping):
        if path in thing:
            return thing[path]
        first, _, rest = path.partition(".")
        return _follow(thing.get(first), rest) if rest else None
    for name in path.split("."):
        if thing is None:
            return None
        thing = getattr(thing, name, None)
    return thing


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's and."""
    answer: Truth = True
    for t in truths:
        if t is False:
            return False
        answer = None if t is None else answer
    return answer


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's or."""
    return no(all_of(no(t) for t in truths))


def no(truth: Truth) -> Truth:
    """Kleene's not."""
    return None if truth is None else not truth


def _compare(found: Any, op: str, value: Any, scope: Scope) -> Truth:
    if isinstance(found, Range):
        return _range(found, op, value)
    if op == "one of":
        return found in value
    if op == "has":
        return str(value).lower() in str(found).lower()
    if op in _SIDES:
        if isinstance(value, timedelta):
            now = scope.look("machine.taken")
            return None if now is None else _SIDES[op](now - found, value)
        return _SIDES[op](found, value)
    return (found == value) is (op == "is")


def _range(found: Range, op: str, value: Any) -> Truth:
    if op in _SIDES:
        low, high = _SIDES[op](found.low, value), _SIDES[op](found.high, value)
        return low if low is high else None
    if op == "one of":
        return any_of(_range(found, "is", v) for v in value)
    inside = found.low <= value <= found.high
    equal: Truth = (None if found.low < found.high else True) if inside else False
    return equal if op == "is" else no(equal)


def parse(node: Node, kind: str) -> Condition:
    """The condition in a block of YAML.

    Args:
        node: The block.
        kind: What the rule is about; its fields may stand without a prefix.

    Raises:
        RulebookError: A field, operator or value does not exist; `where` names its place.
    """
    if node.text == "always":
        return ALWAYS
    if node.pairs is None:
        raise node.wrong("a condition belongs here", "write {field: value}, or the word always")
    parts = tuple(_line(key, value, kind) for key, value in node.pairs)
    return parts[0] if len(parts) == 1 else Every(parts)


def _line(key: Node, value: Node, kind: str) -> Condition:
    word = key.text or ""
    if word in {"all", "any"}:
        parts = tuple(parse(n, kind) for n in reading.nodes(value))
        if not parts:
            raise value.wrong(f"'{word}' needs at least one condition")
        return Every(parts) if word == "all" else Some(parts)
    if word == "not":
        return Never(parse(value, kind))
    if word == "count":
        return _count(value)
    op = next((o for o in OPERATORS if word.endswith(f" {o}")), "is")
    path = word.removesuffix(f" {op}").strip() if word.endswith(f" {op}") else word
    return Test(path, op, _value(value, field_type(key, path, kind), op))


def _count(node: Node) -> Count:
    f = reading.fields(node, ("of", "where", *_SIDES, "is"), needed=("of",))
    kind = reading.text(f["of"])
    if kind not in KINDS:
        raise f["of"].wrong(f"'{kind}' cannot be counted", reading.nearest(kind, KINDS))
    ops = [o for o in (*_SIDES, "is") if o in f]
    if len(ops) != 1:
        raise node.wrong("a count is compared once", "add one of: at least, at most, more than, is")
    where = parse(f["where"], kind) if "where" in f else ALWAYS
    return Count(kind, where, ops[0], reading.integer(f[ops[0]]))


def field_type(node: Node, path: str, kind: str) -> Any:
    """The type of a field of the facts, None left out.

    Raises:
        RulebookError: There is no such field; the hint names the nearest.
    """
    first, _, rest = path.partition(".")
    if first == "answer" and rest:
        return str
    if path in COUNTED:
        return Range
    start: Any = KINDS[kind]
    around = AROUND | {kind}
    if first in around and rest:
        start, path = KINDS[first], rest
    for name in path.split("."):
        known = fields_of(start)
        if name not in known:
            names = [*_paths(KINDS[kind]), *(f"machine.{p}" for p in _paths(KINDS["machine"]))]
            names += [f"{k}.{p}" for k in AROUND - {"machine"} for p in _paths(KINDS[k])]
            whole = f"{first}.{path}" if start is not KINDS[kind] and first in around else path
            raise node.wrong(f"a {kind} has no '{path}'", reading.nearest(whole, names))
        start = known[name]
    return start


def fields_of(record: Any) -> dict[str, Any]:
    """The fields of a record with their types, None left out; empty for anything else."""
    if not (isinstance(record, type) and issubclass(record, Record)):
        return {}
    return {
        name: _bare(t)
        for name, t in typing.get_type_hints(record).items()
        if name in record.__struct_fields__
    }


def _bare(found: Any) -> Any:
    if typing.get_origin(found) in {types.UnionType, typing.Union}:
        return next(t for t in typing.get_args(found) if t is not type(None))
    return found


def _paths(record: Any, prefix: str = "") -> Iterator[str]:
    for name, kind in fields_of(record).items():
        if fields_of(kind) and kind is not Range:
            yield from _paths(kind, f"{prefix}{name}.")
        else:
            yield prefix + name


def _value(node: Node, kind: Any, op: str) -> Any:
    if op == "known":
        return reading.boolean(node)
    if op == "one of":
        return tuple(value_of(n, kind) for n in reading.nodes(node))
    if op in _SIDES and kind is datetime:
        return duration(node)
    if op in _SIDES and kind not in {int, Range}:
        raise node.wrong(f"'{op}' compares numbers and dates", "use is, is not, one of or has")
    return value_of(node, kind)


def value_of(node: Node, kind: Any) -> Any:
    """A value of a field's type.

    Raises:
        RulebookError: It is no such value.
    """
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        found = reading.one_of(node, kind)
        if found == "unknown":
            raise node.wrong("what is not known is nobody's value", "ask with: known: no")
        return found
    if kind is bool:
        return reading.boolean(node)
    if kind in {int, Range}:
        return reading.integer(node)
    if kind is datetime:
        raise node.wrong("a date is compared by its age", "write: at most: 7 days")
    return reading.text(node)


def duration(node: Node) -> timedelta:
    """A length of time, such as `7 days`.

    Raises:
        RulebookError: It is none.
    """
    words = reading.text(node).split()
    unit = words[1].rstrip("s") if len(words) == 2 else ""
    if unit not in _UNITS or not words[0].isdigit():
        raise node.wrong(f"'{node.text}' is no length of time", "write for example: 7 days")
    return timedelta(days=int(words[0]) * _UNITS[unit])
