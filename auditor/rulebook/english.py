"""Says in English what a rule checks, for whoever reads rules without reading YAML."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Any

from auditor.findings import Verdict
from auditor.rulebook.asking import DO_NOT_KNOW
from auditor.rulebook.conditions import ALWAYS, Condition, Count, Every, Never, Some, Test
from auditor.rulebook.rules import Rule

_KINDS = {
    "machine": "this machine",
    "scan": "the audit itself",
    "school": "the school",
    "copies": "all copies together",
}
"""What there is one of; everything else is looked at one by one."""
_COMES_TO = {
    Verdict.PASS: "as it should be",
    Verdict.FAIL: "needs action",
    Verdict.NOT_APPLICABLE: "does not apply",
}


def checked(r: Rule) -> Iterator[str]:
    """What a rule looks at and what it wants to see, a sentence each."""
    if r.must is not None:
        looked = f"Looks at {_KINDS.get(r.kind, f'each {r.kind}')}"
        yield f"{looked}{f', where {said(r.where)}' if r.where is not ALWAYS else ''}."
        yield f"It passes when {said(r.must)}."
        yield "What cannot be told is never a pass."
        if r.needed:
            yield "Seeing none of them is not a pass either."
    if r.ask is not None:
        before = "Where the machine does not tell, asks" if r.must is not None else "Asks"
        yield f"{before}: {r.ask.question}"
        yield from _answers(r)


def _answers(r: Rule) -> Iterator[str]:
    if r.ask is None:
        return
    told = [f"'{c}' {_COMES_TO[v]}" for c, v in r.ask.choices.items()]
    if r.ask.within is not None:
        told.insert(0, f"a day at most {length(r.ask.within)} ago is as it should be")
    yield f"Answers: {'; '.join(told)}; '{DO_NOT_KNOW}' leaves it open."


def severities(r: Rule) -> Iterator[str]:
    """How bad a fail is, and when."""
    for word, when in r.severity:
        if when is ALWAYS:
            yield word.value if len(r.severity) == 1 else f"{word.value} otherwise"
        elif isinstance(when, Never):
            yield f"{word.value} unless {said(when.part)}"
        else:
            yield f"{word.value} when {said(when)}"


def said(condition: Condition) -> str:
    """A condition as a clause."""
    match condition:
        case Test(path, op, value):
            return _test(path, op, value)
        case Every(parts):
            return " and ".join(_inside(p) for p in parts) if parts else "always"
        case Some(parts):
            return " or ".join(_inside(p) for p in parts)
        case Never(part):
            return f"not ({said(part)})"
        case Count():
            return _count(condition)


def _inside(part: Condition) -> str:
    text = said(part)
    return f"({text})" if isinstance(part, Some) and len(part.parts) > 1 else text


def _count(c: Count) -> str:
    where = "" if c.where is ALWAYS else f" with {said(c.where)}"
    if (c.op, c.number) == ("at most", 0):
        return f"there is no {c.kind}{where}"
    return f"the number of {c.kind}s{where} is {c.op.replace('is', 'exactly')} {c.number}"


def _test(path: str, op: str, value: Any) -> str:
    name = path.replace(".", " ").replace("_", " ")
    if path.startswith("answer."):
        name = f"the answer to {path.removeprefix('answer.')}"
    if op == "known":
        return f"{name} is {'known' if value else 'not known'}"
    if isinstance(value, bool):
        return f"{name} is {'yes' if value is (op == 'is') else 'no'}"
    if op == "one of":
        return f"{name} is one of {', '.join(_value(v) for v in value)}"
    if op == "has":
        return f"{name} has '{value}' in it"
    if isinstance(value, timedelta):
        return f"{name} is {op} {length(value)} ago"
    return f"{name} {op if op.startswith('is') else f'is {op}'} {_value(value)}"


def _value(value: Any) -> str:
    return value.value.replace("_", " ") if isinstance(value, StrEnum) else str(value)


def length(value: timedelta) -> str:
    """A length of time in the largest unit that fits: `7 days`, `13 months`, `26 hours`."""
    hours = value / timedelta(hours=1)
    for unit, size in (("year", 8766.0), ("month", 730.56), ("week", 168.0), ("day", 24.0)):
        many = hours / size
        if many >= 1 and abs(many - round(many)) < 0.005:
            return f"{round(many)} {unit}{'s' if round(many) != 1 else ''}"
    return f"{round(hours)} hours"
