"""The sentences of rules: text with {fields} that are checked when the rule is read."""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from auditor import words
from auditor.evidence import Range
from auditor.rulebook import reading
from auditor.rulebook.conditions import COUNTED, Condition, Count, Scope, first_count
from auditor.rulebook.grammar import field_type
from auditor.rulebook.reading import Node

_NOUNS = {"people": ("person", "people"), "files": ("file", "files")}
"""What a range counts, by how its field's name ends."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence with fields."""

    parts: tuple[tuple[str, str], ...]
    """Text and the field that follows it; the last field is empty."""
    count: Count | None = None
    """What `{counted}` and `{counted_people}` tell of."""

    def said(self, scope: Scope) -> str:
        """The sentence about one thing."""
        counted = self.count.counted(scope) if self.count and self._counts() else ()
        found = dict(zip(COUNTED, counted, strict=False))
        return "".join(text + self._field(field, scope, found) for text, field in self.parts)

    def _counts(self) -> bool:
        return any(field in COUNTED for _, field in self.parts)

    def _field(self, field: str, scope: Scope, found: dict[str, Range]) -> str:
        if field in found and self.count:
            return _spoken_count(self.count, found[field], field)
        return spoken(field, scope.look(field)) if field else ""


def _spoken_count(count: Count, value: Range, field: str) -> str:
    if field == "counted_people":
        return words.people(value)
    return words.amount(value, count.kind, f"{count.kind}s")


def parse(node: Node, kind: str, must: Condition | None = None) -> Phrase:
    """The sentence in a node.

    Raises:
        RulebookError: A field in braces does not exist.
    """
    try:
        found = list(string.Formatter().parse(reading.text(node)))
    except ValueError as e:
        raise node.wrong(
            f"the braces are not right: {e}", "write {field}, or {{ for a brace"
        ) from e
    for _, field, spec, conversion in found:
        if field is not None:
            if spec or conversion or not field:
                raise node.wrong("only a field belongs between braces", "write {volume.name}")
            field_type(node, field, kind)
    count = first_count(must)
    if count is None and any(field in COUNTED for _, field, _, _ in found):
        raise node.wrong("nothing is counted here", "{counted} tells of a count in 'must'")
    return Phrase(tuple((text, field or "") for text, field, _, _ in found), count)


def spoken(field: str, value: Any) -> str:
    """A value as people say it; numbers of files and people with their noun."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Range):
        noun = next((n for end, n in _NOUNS.items() if field.endswith(end)), None)
        return words.amount(value, *noun) if noun else words.span(value)
    if isinstance(value, int):
        return words.size(value) if field.endswith("size") else words.number(value)
    if isinstance(value, datetime):
        return words.day(value)
    return str(value).replace("_", " ") if isinstance(value, StrEnum) else str(value)
