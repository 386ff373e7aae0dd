"""The rules as data: YAML under rules/, read with the place of every word.

`load` gives the rules of a pack and refuses anything that is wrong; `problems` finds all that is
wrong at once, and runs the examples that every rule carries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.resources.abc import Traversable

from auditor.errors import RulebookError
from auditor.findings import Severity, Source
from auditor.rulebook import checking, shelf
from auditor.rulebook.conditions import ALWAYS
from auditor.rulebook.packs import Pack
from auditor.rulebook.rules import Rule
from auditor.rulebook.shelf import DEFAULT_PACK, Shelf

__all__ = ["DEFAULT_PACK", "Pack", "Rulebook", "load", "problems"]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of one pack, with the sources that they rest on."""

    pack: Pack
    rules: tuple[Rule, ...]
    sources: dict[str, Source]
    digest: str
    """SHA-256 over every file that was read."""
    every: tuple[Rule, ...] = ()
    """All rules that were read, also those that the pack leaves out."""
    changes: tuple[str, ...] = ()
    """What the pack leaves out, weighs otherwise or measures otherwise, in sentences."""
    thresholds: tuple[tuple[str, str], ...] = ()
    packs: tuple[Pack, ...] = ()
    """All packs that were read."""
    signed_by: str = ""
    """Fingerprint of the key that signed the folder which adds to the shipped rules."""
    retired: dict[str, str] = field(default_factory=dict)
    """Ids that rules once had, each with what became of it."""


def load(
    rules: Traversable, pack: str = DEFAULT_PACK, *, more: Traversable | None = None
) -> Rulebook:
    """The rulebook of a pack.

    Args:
        rules: The folder that holds drives/, media/, guidance/, packs/ …
        pack: Name of a file in packs/. Where `more` holds a single pack and nothing else was
            asked for, that one.
        more: A folder of the same shape that adds to the first, such as an authority's.

    Raises:
        RulebookError: A file is wrong, or there is no such pack.
    """
    read, name = _shelf(rules, more, pack)
    chain = read.chain(name) if not read.wrong else []
    if read.wrong:
        raise read.wrong[0]
    chosen = replace(
        chain[0],
        answers_good_for=next(
            (p.answers_good_for for p in chain if p.answers_said), chain[0].answers_good_for
        ),
        publisher=next((p.publisher for p in chain if p.publisher), ""),
    )
    kept = _kept(read, chain)
    return Rulebook(
        chosen,
        tuple(_weighed(r, chain) for r in kept),
        read.sources,
        read.digest.hexdigest(),
        tuple(read.rules),
        tuple(_changes(read, chain)),
        tuple(sorted(read.thresholds(name).items())),
        tuple(read.packs.values()),
        retired=read.retired,
    )


def _shelf(rules: Traversable, more: Traversable | None, pack: str) -> tuple[Shelf, str]:
    tops = [(rules, "rules")]
    if more is not None:
        tops.append((more, more.name or "rules"))
        own = [
            f.name.rsplit(".", 1)[0]
            for f in ((more / "packs").iterdir() if (more / "packs").is_dir() else ())
            if f.name.endswith((".yaml", ".yml"))
        ]
        pack = own[0] if len(own) == 1 and pack == DEFAULT_PACK else pack
    return shelf.read(tops, pack), pack


def _kept(read: Shelf, chain: list[Pack]) -> list[Rule]:
    """The rules of a pack: its own list, or the extended pack's and what lies beside its own."""
    named = next((p for p in chain if p.rules is not None), None)
    ids = set(named.rules or ()) if named else {r.id for r in read.rules}
    if named is not None:
        nearer = {read.tops[p.id] for p in chain[: chain.index(named)]}
        own = {r.id for r in read.rules if r.file.split("/", 1)[0] in nearer}
        ids |= own
    out = {rule for p in chain for rule in p.left_out}
    return [r for r in read.rules if r.id in ids - out]


def _weighed(r: Rule, chain: list[Pack]) -> Rule:
    """The rule as the pack has it: its severity, and the sections that the pack itself names."""
    weight = next((p.severity[r.id] for p in chain if r.id in p.severity), None)
    asked = next((p.asked_by[r.id] for p in chain if p.asked_by.get(r.id)), ())
    dated = any(p.dated for p in chain)
    return replace(
        r,
        severity=((weight, ALWAYS),) if weight else r.severity,
        because=asked if dated else (*asked, *(b for b in r.because if b not in asked)),
    )


def _changes(read: Shelf, chain: list[Pack]) -> Iterator[str]:
    titles = {r.id: r for r in read.rules}
    usual = read.packs[DEFAULT_PACK].thresholds if DEFAULT_PACK in read.packs else {}
    for p in chain:
        for name, reason in p.left_out.items():
            yield f"{name} ({titles[name].title}) is left out: {reason}"
        for name, weight in p.severity.items():
            yield f"{name} ({titles[name].title}) counts as {weight.value}{_was(titles[name])}."
        for name, value in p.thresholds.items():
            if name in usual and usual[name] != value:
                yield f"{name.replace('-', ' ')}: {value} instead of {usual[name]}."


def _was(r: Rule) -> str:
    words = list(dict.fromkeys(s.value for s, _ in r.severity))
    return f" instead of {' or '.join(words)}"


def problems(rules: Traversable, *, more: Traversable | None = None) -> list[RulebookError]:
    """Everything that is wrong with a folder of rules; empty when all is well."""
    read, _ = _shelf(rules, more, DEFAULT_PACK)
    return [*read.wrong, *checking.problems(read)]


def worst(r: Rule) -> Severity:
    """The worst that a fail of this rule can be."""
    return min((s for s, _ in r.severity), key=lambda s: s.rank)
