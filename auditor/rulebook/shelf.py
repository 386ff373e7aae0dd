"""Reads folders of rules, and finds what is wrong among them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable

from auditor.errors import RulebookError
from auditor.findings import Source
from auditor.rulebook import reading
from auditor.rulebook.packs import Pack, pack
from auditor.rulebook.reading import Node
from auditor.rulebook.rules import AREAS, Reference, Rule, rule
from auditor.rulebook.sources import sources

DEFAULT_PACK = "school-default"
RETIRED = "retired.yaml"


@dataclass(slots=True)
class Shelf:
    """What was read so far, and what was wrong with it."""

    rules: list[Rule] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    packs: dict[str, Pack] = field(default_factory=dict)
    wrong: list[RulebookError] = field(default_factory=list)
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    retired: dict[str, str] = field(default_factory=dict)
    """Ids that rules once had, each with what became of it."""
    tops: dict[str, str] = field(default_factory=dict)
    """By pack or rule, the folder that it came from."""
    _waiting: list[tuple[Node, str, str, bool]] = field(default_factory=list)
    """Rules that wait for the thresholds of the packs, if they name any."""

    def chain(self, name: str) -> list[Pack]:
        """A pack, what it extends, and so on; the default's thresholds stand behind all.

        Raises:
            RulebookError: There is no such pack, or they extend each other in a circle.
        """
        found: list[Pack] = []
        where = "rules/packs"
        while name:
            if name not in self.packs:
                hint = reading.nearest(name, self.packs)
                raise RulebookError(f"there is no pack '{name}'", where=where, hint=hint)
            if self.packs[name] in found:
                raise RulebookError("packs extend each other in a circle", where=where)
            found.append(self.packs[name])
            name, where = found[-1].extends, found[-1].where
        return found

    def thresholds(self, name: str) -> dict[str, str]:
        """The thresholds of a pack with those of the packs that it extends."""
        behind = [self.packs[DEFAULT_PACK]] if DEFAULT_PACK in self.packs else []
        chain = self.chain(name) if name in self.packs else []
        merged: dict[str, str] = {}
        for one in (*behind, *reversed(chain)):
            merged |= one.thresholds
        return merged


def read(tops: Sequence[tuple[Traversable, str]], name: str) -> Shelf:
    """Everything in some folders of rules, those of the program first.

    Args:
        tops: The folders, each with what errors call it.
        name: The pack whose thresholds stand in the rules.
    """
    shelf = Shelf()
    for top, called in tops:
        for folder in ("guidance", "packs", *AREAS):
            for file, path in _files(top, called, folder):
                try:
                    text = reading.content(file, path)
                    shelf.digest.update(f"{path}\0{text}".encode())
                    _put(shelf, text, folder, path, called)
                except RulebookError as e:
                    shelf.wrong.append(e)
        _retired(shelf, top, called)
    _rules(shelf, name)
    if not shelf.rules and not shelf.wrong:
        shelf.wrong.append(RulebookError("there are no rules here", where=str(tops[-1][0])))
    shelf.wrong.extend(_loose(shelf))
    return shelf


def _retired(shelf: Shelf, top: Traversable, called: str) -> None:
    """Ids that must not come back as something else: answers and waivers still name them."""
    file, path = top / RETIRED, f"{called}/{RETIRED}"
    if file.is_file():
        try:
            shelf.digest.update(path.encode() + b"\0" + file.read_bytes())
            found = reading.read(file, path)
            shelf.retired |= {name: reading.text(n) for name, n in found}
        except RulebookError as e:
            shelf.wrong.append(e)


def _rules(shelf: Shelf, name: str) -> None:
    try:
        thresholds = shelf.thresholds(name)
    except RulebookError as e:
        shelf.wrong.append(e)
        return
    for node, folder, path, measured in shelf._waiting:  # noqa: SLF001
        try:
            whole = reading.filled(node, thresholds) if measured else node
            shelf.rules.append(rule(whole, folder, path))
        except RulebookError as e:
            shelf.wrong.append(e)


def _files(top: Traversable, called: str, folder: str) -> Iterator[tuple[Traversable, str]]:
    place = top / folder
    if place.is_dir():
        for file in sorted(place.iterdir(), key=lambda f: f.name):
            if file.name.endswith((".yaml", ".yml")):
                yield file, f"{called}/{folder}/{file.name}"


def _put(shelf: Shelf, text: str, folder: str, path: str, called: str) -> None:
    node = reading.parse(text, path)
    if folder == "guidance":
        for key, source in sources(node).items():
            if key in shelf.sources:
                raise RulebookError(f"'{key}' is also the id of another source", where=path)
            shelf.sources[key] = source
    elif folder == "packs":
        made = pack(node, path)
        if made.id in shelf.packs:
            hint = "give yours a name of its own"
            raise RulebookError(f"'{made.id}' is also another pack", where=path, hint=hint)
        shelf.packs[made.id] = made
        shelf.tops[made.id] = called
    else:
        shelf._waiting.append((node, folder, path, "threshold" in text))  # noqa: SLF001


def _loose(shelf: Shelf) -> Iterator[RulebookError]:
    """References to what does not exist, and ids used twice."""
    seen: dict[str, str] = {}
    asks = {r.id for r in shelf.rules if r.ask}
    for r in shelf.rules:
        if r.id in shelf.retired:
            hint = shelf.retired[r.id]
            yield RulebookError(f"the id '{r.id}' is retired", where=r.file, hint=hint)
        if r.id in seen:
            hint = "give yours another id, or leave the other out in your pack with a reason"
            yield RulebookError(f"'{r.id}' is also the id of {seen[r.id]}", where=r.file, hint=hint)
        seen[r.id] = r.file
        yield from _unsourced(shelf, r.because)
        for asked in r.answers_used():
            if asked not in asks:
                hint = reading.nearest(asked, asks)
                problem = f"no rule with the id '{asked}' asks people anything"
                yield RulebookError(problem, where=r.file, hint=hint)
    if not shelf.wrong:
        yield from _packs(shelf, seen)


def _packs(shelf: Shelf, known: Collection[str]) -> Iterator[RulebookError]:
    for one in shelf.packs.values():
        yield from _unsourced(shelf, one.references())
        for name, where in one.names():
            if name not in known:
                hint = reading.nearest(name, known)
                yield RulebookError(f"there is no rule '{name}'", where=where, hint=hint)


def _unsourced(shelf: Shelf, cited: Sequence[Reference]) -> Iterator[RulebookError]:
    for b in cited:
        if b.source not in shelf.sources:
            hint = reading.nearest(b.source, shelf.sources)
            yield RulebookError(f"there is no source '{b.source}'", where=b.where, hint=hint)
