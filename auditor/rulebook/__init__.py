"""The rules as data: YAML under rules/, read with the place of every word.

`load` gives the rules of a pack and refuses anything that is wrong; `problems` finds all that is
wrong at once, and runs the examples that every rule carries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable

from auditor.errors import RulebookError
from auditor.findings import Source
from auditor.rulebook import reading
from auditor.rulebook.conditions import Scope
from auditor.rulebook.facts import AROUND
from auditor.rulebook.judging import verdict
from auditor.rulebook.reading import Node
from auditor.rulebook.rules import AREAS, Rule, rule
from auditor.rulebook.sources import sources

DEFAULT_PACK = "school-default"


@dataclass(frozen=True, slots=True)
class Pack:
    """Which rules judge, for whom."""

    id: str
    title: str
    meant_for: str
    rules: tuple[str, ...]
    """Ids; empty for all."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of one pack, with the sources that they rest on."""

    pack: Pack
    rules: tuple[Rule, ...]
    sources: dict[str, Source]
    digest: str
    """SHA-256 over every file that was read."""


@dataclass(slots=True)
class _Shelf:
    """What was read so far, and what was wrong with it."""

    rules: list[Rule] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    packs: dict[str, Pack] = field(default_factory=dict)
    wrong: list[RulebookError] = field(default_factory=list)
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)


def load(rules: Traversable, pack: str = DEFAULT_PACK) -> Rulebook:
    """The rulebook of a pack.

    Args:
        rules: The folder that holds drives/, media/, guidance/, packs/ …
        pack: Name of a file in packs/.

    Raises:
        RulebookError: A file is wrong, or there is no such pack.
    """
    shelf = _read(rules)
    if shelf.wrong:
        raise shelf.wrong[0]
    if pack not in shelf.packs:
        raise RulebookError(
            f"there is no pack '{pack}'",
            where="rules/packs",
            hint=reading.nearest(pack, shelf.packs),
        )
    chosen = shelf.packs[pack]
    kept = tuple(r for r in shelf.rules if not chosen.rules or r.id in chosen.rules)
    return Rulebook(chosen, kept, shelf.sources, shelf.digest.hexdigest())


def problems(rules: Traversable) -> list[RulebookError]:
    """Everything that is wrong with a folder of rules; empty when all is well."""
    shelf = _read(rules)
    found = list(shelf.wrong)
    for r in shelf.rules:
        found.extend(_examples(r))
    used = {b.source for r in shelf.rules for b in r.because}
    found.extend(
        RulebookError(
            f"no rule rests on '{name}'", where="rules/guidance", hint="remove it, or cite it"
        )
        for name in shelf.sources
        if name not in used
    )
    return found


def _read(rules: Traversable) -> _Shelf:
    shelf = _Shelf()
    for folder in ("guidance", *AREAS, "packs"):
        for file, name in _files(rules, folder):
            try:
                shelf.digest.update(name.encode() + b"\0" + file.read_bytes())
                _put(shelf, reading.read(file, name), folder, name)
            except RulebookError as e:
                shelf.wrong.append(e)
    if not shelf.rules and not shelf.wrong:
        shelf.wrong.append(RulebookError("there are no rules here", where=str(rules)))
    shelf.wrong.extend(_loose(shelf))
    return shelf


def _files(rules: Traversable, folder: str) -> Iterator[tuple[Traversable, str]]:
    place = rules / folder
    if place.is_dir():
        for file in sorted(place.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".yaml"):
                yield file, f"rules/{folder}/{file.name}"


def _put(shelf: _Shelf, node: Node, folder: str, name: str) -> None:
    if folder == "guidance":
        shelf.sources.update(sources(node))
    elif folder == "packs":
        made = _pack(node, name)
        shelf.packs[made.id] = made
    else:
        shelf.rules.append(rule(node, folder, name))


def _pack(node: Node, name: str) -> Pack:
    f = reading.fields(node, ("id", "title", "for", "rules"), ("id", "title", "for", "rules"))
    found = reading.text(f["id"])
    if not name.endswith(f"/{found}.yaml"):
        raise f["id"].wrong(f"the pack '{found}' stands in a file of another name")
    rules = reading.texts(f["rules"])
    return Pack(
        found, reading.text(f["title"]), reading.text(f["for"]), () if rules == ("all",) else rules
    )


def _loose(shelf: _Shelf) -> Iterator[RulebookError]:
    """References to what does not exist, and ids used twice."""
    seen: dict[str, str] = {}
    for r in shelf.rules:
        if r.id in seen:
            yield RulebookError(f"'{r.id}' is also the id of {seen[r.id]}", where=r.file)
        seen[r.id] = r.file
        for b in r.because:
            if b.source not in shelf.sources:
                hint = reading.nearest(b.source, shelf.sources)
                yield RulebookError(f"there is no source '{b.source}'", where=b.where, hint=hint)
    for pack in shelf.packs.values():
        for name in pack.rules:
            if name not in seen:
                hint = reading.nearest(name, seen)
                yield RulebookError(
                    f"there is no rule '{name}'", where=f"rules/packs/{pack.id}.yaml", hint=hint
                )


def _examples(r: Rule) -> Iterator[RulebookError]:
    for example in r.examples:
        scope = Scope(r.kind, {**{k: {} for k in {*AROUND, r.kind}}, **example.given}, {})
        found = verdict(r, scope)
        if found is not example.verdict:
            yield RulebookError(
                f"this example of {r.id} comes to '{found.value}', not '{example.verdict.value}'",
                where=example.where,
                hint="mend the rule or the example",
            )
