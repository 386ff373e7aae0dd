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
from auditor.rulebook.conditions import Scope, field_type
from auditor.rulebook.reading import Node

_NOUNS = {"people": ("person", "people"), "files": ("file", "files")}
"""What a range counts, by how its field's name ends."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence with fields."""

    parts: tuple[tuple[str, str], ...]
    """Text and the field that follows it; the last field is empty."""

    def said(self, scope: Scope) -> str:
        """The sentence about one thing."""
        return "".join(
            text + (spoken(field, scope.look(field)) if field else "") for text, field in self.parts
        )


def parse(node: Node, kind: str) -> Phrase:
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
    return Phrase(tuple((text, field or "") for text, field, _, _ in found))


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
