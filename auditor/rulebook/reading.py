"""YAML with the place of every word, so that an error can name file, line and column.

Scalars stay as they are written: `on`, `yes` and `12` become a state, a truth or a number only
where a reader below asks for one. That is why the booleans YAML 1.1 sees everywhere do no harm.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec
import yaml
from msgspec.structs import replace

from auditor.errors import RulebookError

LARGEST = 1_000_000
"""Bytes of the largest file that is read: a rule is a page, not a database."""
DEEPEST = 40

E = TypeVar("E", bound=StrEnum)

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""libyaml where PyYAML was built with it: fifty times as fast, with the same events."""
_AROUND = (
    yaml.StreamStartEvent,
    yaml.StreamEndEvent,
    yaml.DocumentStartEvent,
    yaml.DocumentEndEvent,
)


class Node(msgspec.Struct, frozen=True, gc=False):
    """A piece of a YAML file: a mapping, a list or a word."""

    where: str
    """file:line:column, both counted from 1."""
    text: str | None = None
    """The scalar as written; None for a mapping or list."""
    items: tuple[Node, ...] | None = None
    pairs: tuple[tuple[Node, Node], ...] | None = None

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        """Keys and values of a mapping, in the order of the file."""
        return ((k.text or "", v) for k, v in self.pairs or ())

    def get(self, key: str) -> Node | None:
        """The value of a key of a mapping; None when it has none."""
        return next((v for k, v in self if k == key), None)

    def wrong(self, problem: str, hint: str = "") -> RulebookError:
        """The error that this piece is wrong."""
        return RulebookError(problem, where=self.where, hint=hint)


def read(file: Traversable, name: str) -> Node:
    """The document in a file.

    Raises:
        RulebookError: It cannot be read or is not plain YAML.
    """
    return parse(content(file, name), name)


def content(file: Traversable, name: str) -> str:
    """The text of a file.

    Args:
        file: The file.
        name: What errors call it, such as `rules/drives/DRV-01.yaml`.

    Raises:
        RulebookError: It cannot be read, is too large or is not UTF-8.
    """
    try:
        raw = file.read_bytes()
        text = raw[: LARGEST + 1].decode("utf-8-sig")
    except OSError as e:
        raise RulebookError("the file cannot be read", where=name) from e
    except UnicodeDecodeError as e:
        raise RulebookError("the file is not UTF-8 text", where=name) from e
    if len(raw) > LARGEST:
        raise RulebookError("the file is too large for a rule", where=name)
    return text


def parse(text: str, name: str) -> Node:
    """The document in a text; see `read`.

    Raises:
        RulebookError: It is not plain YAML.
    """
    try:
        events = yaml.parse(text, Loader=_LOADER)
        found = [n for n in _documents(events, name) if n is not None]
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        problem = f"this is not YAML: {e.problem or e.context or 'not understood'}"
        raise RulebookError(problem, where=where, hint=_line(text, where)) from e
    except (yaml.YAMLError, RecursionError, ValueError) as e:
        raise RulebookError("this is not YAML", where=name) from e
    if not found:
        raise RulebookError("the file is empty", where=name)
    if len(found) > 1:
        raise found[1].wrong("a file holds one document", "take away the line of three hyphens")
    return found[0]


def _line(text: str, where: str) -> str:
    number = where.rsplit(":", 2)[-2]
    lines = text.splitlines()
    at = int(number) if number.isdigit() else 0
    if not 0 < at <= len(lines):
        return ""
    tab = "; use spaces instead of the tab" if "\t" in lines[at - 1] else ""
    shown = lines[at - 1].strip()[:120]
    return f"line {number} reads: {shown}{tab}"


def _documents(events: Iterator[yaml.Event], name: str) -> Iterator[Node | None]:
    for event in events:
        if not isinstance(event, _AROUND):
            found = _node(event, events, name, 0)
            empty = found.text == "" and isinstance(event, yaml.ScalarEvent) and event.style is None
            yield None if empty else found


def _node(event: yaml.Event, events: Iterator[yaml.Event], name: str, depth: int) -> Node:
    """The piece that begins with an event, and takes the events that belong to it."""
    mark = event.start_mark
    where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
    if getattr(event, "anchor", None) or getattr(event, "tag", None):  # an alias has an anchor too
        raise RulebookError(
            "anchors, aliases and tags are not used in rules",
            where=where,
            hint="write the words out",
        )
    if isinstance(event, yaml.ScalarEvent):
        return Node(where, text=event.value)
    if depth == DEEPEST:
        raise RulebookError("this is nested too deeply", where=where)
    parts: list[Node] = []
    for inner in events:
        if isinstance(inner, yaml.SequenceEndEvent):
            return Node(where, items=tuple(parts))
        if isinstance(inner, yaml.MappingEndEvent):
            return Node(where, pairs=_pairs(parts))
        parts.append(_node(inner, events, name, depth + 1))
    raise RulebookError("this is not YAML: it ends too early", where=where)


def _pairs(parts: list[Node]) -> tuple[tuple[Node, Node], ...]:
    found = tuple(zip(parts[::2], parts[1::2], strict=True))
    seen: set[str] = set()
    for key, _ in found:
        if key.text is None:
            raise key.wrong("a key must be a word")
        if key.text in seen:
            raise key.wrong(f"'{key.text}' stands here twice")
        seen.add(key.text)
    return found


_THRESHOLD = re.compile(r"\{threshold ([\w-]+)\}|^threshold ([\w-]+)$")


def filled(node: Node, thresholds: Mapping[str, str]) -> Node:
    """The document with the values that its pack sets for `threshold NAME`.

    Raises:
        RulebookError: There is no such threshold.
    """
    if node.text is not None:
        if "threshold" not in node.text:
            return node
        return replace(node, text=_THRESHOLD.sub(lambda m: _set(m, node, thresholds), node.text))
    if node.items is not None:
        return replace(node, items=tuple(filled(n, thresholds) for n in node.items))
    return replace(node, pairs=tuple((k, filled(v, thresholds)) for k, v in node.pairs or ()))


def _set(found: re.Match[str], node: Node, thresholds: Mapping[str, str]) -> str:
    name = found[1] or found[2]
    if name not in thresholds:
        raise node.wrong(f"no pack sets the threshold '{name}'", nearest(name, thresholds))
    return thresholds[name]


def text(node: Node) -> str:
    """A word or sentence; a folded one with single spaces.

    Raises:
        RulebookError: It is a list, a mapping or empty.
    """
    if node.text is None or not node.text.strip():
        raise node.wrong("a word or sentence belongs here")
    return " ".join(node.text.split())


def exact(node: Node) -> str:
    """A word kept to the letter, such as a pattern."""
    if node.text is None:
        raise node.wrong("a word belongs here")
    return node.text


def boolean(node: Node) -> bool:
    """Yes or no (also true or false, on or off).

    Raises:
        RulebookError: It is something else.
    """
    word = text(node).lower()
    if word in {"yes", "true", "on"}:
        return True
    if word in {"no", "false", "off"}:
        return False
    raise node.wrong(f"'{word}' is neither yes nor no")


def integer(node: Node) -> int:
    """A whole number; underscores may part thousands.

    Raises:
        RulebookError: It is something else.
    """
    try:
        return int(text(node).replace(",", ""))
    except ValueError as e:
        raise node.wrong(f"'{node.text}' is not a whole number") from e


def nodes(node: Node | None) -> tuple[Node, ...]:
    """The pieces of a list; a single piece counts as a list of one, nothing as an empty list."""
    if node is None:
        return ()
    return node.items if node.items is not None else (node,)


def texts(node: Node | None) -> tuple[str, ...]:
    """A list of words or sentences."""
    return tuple(text(n) for n in nodes(node))


def one_of(node: Node, kinds: type[E]) -> E:
    """A word of an enumeration.

    Raises:
        RulebookError: It is none of them; the hint names the nearest.
    """
    word = text(node)
    try:
        return kinds(word)
    except ValueError as e:
        raise node.wrong(f"'{word}' is not known here", nearest(word, kinds)) from e


def fields(node: Node, known: Iterable[str], needed: Iterable[str] = ()) -> dict[str, Node]:
    """The values of a mapping by key.

    Raises:
        RulebookError: It is no mapping, has a key that is not known, or lacks one it needs.
    """
    if node.pairs is None:
        raise node.wrong("a block of 'name: value' lines belongs here")
    known = list(known)
    for key, _ in node.pairs:
        if key.text not in known:
            raise key.wrong(f"'{key.text}' is not known here", nearest(key.text or "", known))
    found = dict(node)
    for name in needed:
        if name not in found:
            raise node.wrong(f"'{name}' is missing")
    return found


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint with the most similar of the known words, or all of them when none is similar."""
    known = [str(k) for k in known]
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"one of: {', '.join(sorted(known))}" if len(known) <= 30 else ""
