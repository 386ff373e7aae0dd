"""Reads conditions from YAML, and refuses every field, operator and value that does not exist."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from auditor.evidence import Range, Record
from auditor.rulebook import reading
from auditor.rulebook.conditions import (
    ALWAYS,
    COUNTED,
    OPERATORS,
    SIDES,
    Condition,
    Count,
    Every,
    Never,
    Some,
    Test,
)
from auditor.rulebook.facts import AROUND, KINDS
from auditor.rulebook.reading import Node

_UNITS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25}


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
    f = reading.fields(node, ("of", "where", *SIDES, "is"), needed=("of",))
    kind = reading.text(f["of"])
    if kind not in KINDS:
        raise f["of"].wrong(f"'{kind}' cannot be counted", reading.nearest(kind, KINDS))
    ops = [o for o in (*SIDES, "is") if o in f]
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


@cache
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
    if op in SIDES and kind is datetime:
        return duration(node)
    if op in SIDES and kind not in {int, Range}:
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
