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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from auditor.evidence import Range
from auditor.rulebook import counting

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
SIDES: dict[str, Callable[[Any, Any], bool]] = {
    "at least": operator.ge,
    "at most": operator.le,
    "more than": operator.gt,
    "less than": operator.lt,
}


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
        key = (id(self), id(scope.things.get(scope.kind)))
        if key not in scope.memo:
            found = counting.Tallied()
            found.add(scope.others(self.kind), each(self.where, scope, self.kind))
            unseen = counting.hidden(self.kind, scope.look)
            scope.memo[key] = found.number(unseen), found.people(unseen)
        return scope.memo[key]

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


def each(condition: Condition, scope: Scope, kind: str) -> Callable[[Any], Truth]:
    """The condition as a function of one thing of a kind, for a hundred thousand of them.

    It says what `holds` says of a scope in which that thing stands.
    """
    match condition:
        case Every(parts):
            inner = [each(p, scope, kind) for p in parts]
            return lambda thing: all_of(f(thing) for f in inner)
        case Some(parts):
            inner = [each(p, scope, kind) for p in parts]
            return lambda thing: any_of(f(thing) for f in inner)
        case Never(part):
            whole = each(part, scope, kind)
            return lambda thing: no(whole(thing))
        case Count():
            truth = condition.holds(scope)
            return lambda thing: truth  # noqa: ARG005
        case Test():
            return _each_test(condition, scope, kind)


def _each_test(test: Test, scope: Scope, kind: str) -> Callable[[Any], Truth]:
    first, _, rest = test.path.partition(".")
    if rest and first != kind and first in scope.things:
        truth = test.holds(scope)
        return lambda thing: truth  # noqa: ARG005
    path = rest if rest and first == kind else test.path
    known, op, value = test.op == "known", test.op, test.value
    word = str(value).casefold() if op == "has" else ""

    def holds(thing: Any) -> Truth:
        found = getattr(thing, path, None) if "." not in path else None
        if found is None:
            found = _follow(thing, path)
        if found is None or (found == "unknown" and isinstance(found, StrEnum)):
            return (value is False) if known else None
        if known:
            return value is True
        if word:
            return word in str(found).casefold()
        return _compare(found, op, value, scope)

    return holds


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
    memo: dict[tuple[int, int], tuple[Range, Range]] = field(default_factory=dict)
    """Counts made before, by condition and thing: a sentence tells the number of a verdict."""

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
        return str(value).casefold() in str(found).casefold()
    if op in SIDES:
        if isinstance(value, timedelta):
            now = scope.look("machine.taken")
            return None if now is None else SIDES[op](now - found, value)
        return SIDES[op](found, value)
    return (found == value) is (op == "is")


def _range(found: Range, op: str, value: Any) -> Truth:
    if op in SIDES:
        low, high = SIDES[op](found.low, value), SIDES[op](found.high, value)
        return low if low is high else None
    if op == "one of":
        return any_of(_range(found, "is", v) for v in value)
    inside = found.low <= value <= found.high
    equal: Truth = (None if found.low < found.high else True) if inside else False
    return equal if op == "is" else no(equal)
