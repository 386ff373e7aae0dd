"""JSON Schemas (2020-12) of every kind of YAML file, made from the facts that rules can see.

Editors complete and check with them; what they cannot say, such as that an example comes to its
verdict, `auditor rules check` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from auditor.evidence import Platform, Range
from auditor.findings import Basis, Severity, Verdict
from auditor.personal import Category, Datum, RecordKind, Role
from auditor.rulebook import packs, rules, sources
from auditor.rulebook.conditions import OPERATORS
from auditor.rulebook.facts import AROUND, KINDS
from auditor.rulebook.grammar import fields_of

Schema = dict[str, Any]

_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_TEXT: Schema = {"type": ["string", "number"], "minLength": 1}
_YES: Schema = {"enum": ["yes", "no", "true", "false", "on", "off", True, False]}
_DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$|^\d{1,2}[ /.]\w+[ /.]\d{4}$|^$"}
_LENGTH: Schema = {
    "type": "string",
    "pattern": r"^\d+ (hour|day|week|month|year)s?( ago)?$|^threshold [\w-]+$|^today$|^unknown$",
}
_NUMBER: Schema = {
    "type": ["integer", "string"],
    "pattern": r"^[\d_,]+$|^threshold [\w-]+$|^unknown$",
}
_ID = r"^[A-Z]{3}-\d{2}$"


def _word(kinds: type[StrEnum]) -> Schema:
    return {"enum": [k.value for k in kinds if k.value != "unknown"]}


def _many(of: Schema) -> Schema:
    return {"anyOf": [of, {"type": "array", "items": of}]}


def _block(properties: Schema, needed: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(needed),
        "additionalProperties": False,
    }


def _paths(record: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, kind in fields_of(record).items():
        if fields_of(kind) and kind is not Range:
            yield from _paths(kind, f"{prefix}{name}.")
        else:
            yield prefix + name, kind


def _visible(kind: str) -> Iterator[tuple[str, Any]]:
    """Every field that a condition about a kind can name."""
    yield from _paths(KINDS[kind])
    for name in sorted(AROUND | {kind}):
        yield from _paths(KINDS[name], f"{name}.")


def _value(kind: Any) -> Schema:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _word(kind)
    if kind is bool:
        return _YES
    if kind in {int, Range}:
        return _NUMBER
    return _LENGTH if kind is datetime else _SCALAR


def _tests(path: str, kind: Any) -> Iterator[tuple[str, Schema]]:
    """The keys that a condition can have for one field, with what may stand behind each."""
    compared = kind in {int, Range, datetime}
    yield path, _value(kind)
    for op in OPERATORS:
        if op == "known":
            yield f"{path} known", _YES
        elif op == "one of":
            yield f"{path} one of", _many(_value(kind))
        elif op == "has":
            yield f"{path} has", _SCALAR
        elif op.startswith("is") or compared:
            yield f"{path} {op}", _value(kind)


def _condition(kind: str) -> Schema:
    me = {"$ref": f"#/$defs/when-{kind}"}
    found = {key: value for path, type_ in _visible(kind) for key, value in _tests(path, type_)}
    counts = [
        _block(
            {"of": {"const": k}, "where": {"$ref": f"#/$defs/when-{k}"}}
            | dict.fromkeys(("at least", "at most", "more than", "less than", "is"), _NUMBER),
            ("of",),
        )
        for k in KINDS
    ]
    block = _block(
        found | {"all": _many(me), "any": _many(me), "not": me, "count": {"anyOf": counts}}
    )
    block["patternProperties"] = {
        r"^answer\.[A-Z]{3}-\d{2}( is| is not| one of| known)?$": _many(_SCALAR)
    }
    return {"anyOf": [{"const": "always"}, block]}


def rule() -> Schema:
    """The schema of a rule."""
    text, steps = _TEXT, _many(_TEXT)
    systems = _block({**{p.value: steps for p in Platform}, "any": steps})
    say = _block({"fail": text, "pass": text, "unknown": text}, ("fail",))
    ask = _block(
        {
            "question": {"type": "string", "pattern": r"\?$"},
            "look": text,
            "date within": _LENGTH,
            "good for": _LENGTH,
            "choices": {
                "type": "object",
                "additionalProperties": {"enum": ["pass", "fail", "not_applicable"]},
            },
        },
        ("question",),
    )
    made = _block(
        {
            "id": {"type": "string", "pattern": _ID},
            "title": text,
            "do": text,
            "for each": {"enum": list(KINDS)},
            "where": {},
            "needed": _YES,
            "must": {},
            "ask": {"anyOf": [{"type": "string", "pattern": r"\?$"}, ask]},
            "severity": {},
            "say": {"anyOf": [text, say]},
            "why": text,
            "remedy": {"anyOf": [steps, systems]},
            "done": text,
            "who": text,
            "takes": text,
            "because": _many(_reference()),
            "nations": _many({"enum": list(rules.NATIONS)}),
            "examples": _many(
                _block(
                    {"given": {"type": "object"}, "verdict": _word_all(Verdict)},
                    ("given", "verdict"),
                )
            ),
        },
        rules.NEEDED,
    )
    made["anyOf"] = [{"required": ["must", "say", "examples"]}, {"required": ["ask"]}]
    made["allOf"] = [_of_kind(kind) for kind in KINDS]
    return _whole("A rule of auditor", made, {f"when-{k}": _condition(k) for k in KINDS})


def _word_all(kinds: type[StrEnum]) -> Schema:
    return {"enum": [k.value for k in kinds]}


def _of_kind(kind: str) -> Schema:
    """What follows from `for each`; without it, the machine, or the school for a question."""
    when = {"$ref": f"#/$defs/when-{kind}"}
    word = _word(Severity)
    line = {
        "type": "object",
        "propertyNames": word,
        "additionalProperties": when,
        "maxProperties": 1,
    }
    named: Schema = {"properties": {"for each": {"const": kind}}, "required": ["for each"]}
    absent: Schema = {"not": {"required": ["for each"]}}
    usual = {"machine": "must", "school": "ask"}.get(kind)
    if usual:
        other = {"not": {"required": ["must"]}} if kind == "school" else {"required": ["must"]}
        named = {"anyOf": [named, {"allOf": [absent, other]}]}
    then = {
        "where": when,
        "must": when,
        "severity": {"anyOf": [word, {"type": "array", "items": line}]},
    }
    return {"if": named, "then": {"properties": then}}


def _reference() -> Schema:
    return _block({"source": _TEXT, "section": _TEXT}, ("source",))


def pack() -> Schema:
    """The schema of a pack."""
    asked = {
        "type": ["object", "null"],
        "additionalProperties": {"anyOf": [_many(_reference()), {"type": "null"}, {"const": ""}]},
    }
    ids = {"propertyNames": {"pattern": _ID}}
    return _whole(
        "A pack of rules of auditor",
        _block(
            {
                **dict.fromkeys(packs.FIELDS, _TEXT),
                "rules": {
                    "anyOf": [
                        {"const": "all"},
                        _many({"type": "string", "pattern": _ID}),
                        asked | ids,
                    ]
                },
                "leave out": {"type": "object", "additionalProperties": _TEXT, **ids},
                "severity": {"type": "object", "additionalProperties": _word(Severity), **ids},
                "thresholds": {
                    "type": "object",
                    "additionalProperties": {"anyOf": [_LENGTH, _NUMBER]},
                },
                "answers good for": _LENGTH,
                "because": _many(_reference()),
            },
            ("id", "title", "for"),
        ),
    )


def source() -> Schema:
    """The schema of a file of sources."""
    document = _block(
        {
            **dict.fromkeys(sources.FIELDS, _TEXT),
            "url": {"type": "string", "pattern": "^https?://"},
            "basis": _word(Basis),
            "status": {"enum": list(sources.STATUSES)},
            "read on": _DAY,
        },
        ("title", "url", "basis", "read on", "status"),
    )
    documents = {"type": "object", "additionalProperties": document}
    needed = ("publisher", "documents")
    return _whole("Sources of rules", _block({"publisher": _TEXT, "documents": documents}, needed))


def personal_data() -> Schema:
    """The schema of one kind of personal data."""
    lists = ("context", "headings", "words", "examples", "counter_examples")
    return _whole(
        "A kind of personal data",
        _block(
            {
                **dict.fromkeys(Datum.__struct_fields__, _SCALAR),
                **dict.fromkeys(lists, _many(_SCALAR)),
                "category": _word(Category),
                "role": _word(Role),
                "least": _NUMBER,
                "identifies": _YES,
                "alone": _YES,
            },
            ("id", "title", "category", "role"),
        ),
    )


def record() -> Schema:
    """The schema of one kind of record, such as a census return."""
    lists = ("phrases", "columns", "all_of", "names", "formats")
    numbers = ("weight", "least", "people", "keep")
    return _whole(
        "A kind of record",
        _block(
            {
                **dict.fromkeys(RecordKind.__struct_fields__, _SCALAR),
                **dict.fromkeys(lists, _many(_SCALAR)),
                **dict.fromkeys(numbers, _NUMBER),
                "enough": _YES,
            },
            ("id", "title"),
        ),
    )


def answers() -> Schema:
    """The schema of a file of answers and waivers."""
    open_: Schema = {"type": "null"}
    text: Schema = {"anyOf": [_SCALAR, open_]}
    one = _block({"about": text, "answer": text, "by": text, "on": _DAY, "note": text}, ("answer",))
    waiver = _block(
        {
            "rule": {"type": "string", "pattern": _ID},
            "where": text,
            "machine": text,
            "reason": _TEXT,
            "owner": _TEXT,
            "agreed": _DAY,
            "expires": _DAY,
        },
        ("rule", "reason", "owner", "expires"),
    )
    said = {"anyOf": [_SCALAR, open_, one, {"type": "array", "items": one}]}
    nation = {"enum": [*rules.NATIONS, "", None]}
    return _whole(
        "Answers and waivers of a school",
        _block(
            {
                "school": text,
                "urn": text,
                "nation": nation,
                "by": text,
                "on": _DAY,
                "answers": {
                    "type": ["object", "null"],
                    "additionalProperties": said,
                    "propertyNames": {"pattern": _ID},
                },
                "waivers": {"anyOf": [_many(waiver), open_]},
            },
        ),
    )


def _whole(title: str, made: Schema, defs: Schema | None = None) -> Schema:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return head | made | ({"$defs": defs} if defs else {})


SCHEMAS = {
    "rule": rule,
    "pack": pack,
    "sources": source,
    "personal-data": personal_data,
    "record": record,
    "answers": answers,
}
"""What each kind of file is checked by."""
