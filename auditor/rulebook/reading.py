"""YAML with the place of every word, so that an error can name file, line and column.

Scalars stay as they are written: `on`, `yes` and `12` become a state, a truth or a number only
where a reader below asks for one. That is why the booleans YAML 1.1 sees everywhere do no harm.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources.abc import Traversable
from typing import TypeVar

import yaml

from auditor.errors import RulebookError

LARGEST = 1_000_000
"""Bytes of the largest file that is read: a rule is a page, not a database."""
DEEPEST = 40

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Node:
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

    Args:
        file: The file.
        name: What errors call it, such as `rules/drives/DRV-01.yaml`.

    Raises:
        RulebookError: It cannot be read or is not plain YAML.
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
    return parse(text, name)


def parse(text: str, name: str) -> Node:
    """The document in a text; see `read`.

    Raises:
        RulebookError: It is not plain YAML.
    """
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
                at = token.start_mark
                raise RulebookError(
                    "anchors, aliases and tags are not used in rules",
                    where=f"{name}:{at.line + 1}:{at.column + 1}",
                    hint="write the words out",
                )
        found = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        problem = f"this is not YAML: {e.problem or e.context or 'not understood'}"
        raise RulebookError(problem, where=where, hint=_line(text, where)) from e
    except (yaml.YAMLError, RecursionError, ValueError) as e:
        raise RulebookError("this is not YAML", where=name) from e
    if found is None:
        raise RulebookError("the file is empty", where=name)
    return _node(found, name, 0)


def _line(text: str, where: str) -> str:
    number = where.rsplit(":", 2)[-2]
    lines = text.splitlines()
    at = int(number) if number.isdigit() else 0
    return f"line {number} reads: {lines[at - 1].strip()}" if 0 < at <= len(lines) else ""


def _node(found: yaml.Node, name: str, depth: int) -> Node:
    where = f"{name}:{found.start_mark.line + 1}:{found.start_mark.column + 1}"
    if depth > DEEPEST:
        raise RulebookError("this is nested too deeply", where=where)
    if isinstance(found, yaml.ScalarNode):
        return Node(where, text=found.value)
    if isinstance(found, yaml.SequenceNode):
        return Node(where, items=tuple(_node(n, name, depth + 1) for n in found.value))
    pairs = tuple((_node(k, name, depth + 1), _node(v, name, depth + 1)) for k, v in found.value)
    seen: set[str] = set()
    for key, _ in pairs:
        if key.text is None:
            raise key.wrong("a key must be a word")
        if key.text in seen:
            raise key.wrong(f"'{key.text}' stands here twice")
        seen.add(key.text)
    return Node(where, pairs=pairs)


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
