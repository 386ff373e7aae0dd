"""Packs: which rules judge, for whom, how strictly and by whose word.

    id: kent-2026
    title: Kent, 2026
    for: Schools maintained by Kent County Council
    publisher: Kent County Council
    extends: school-default
    leave out: {REM-06: "Our machines have no disc writers."}
    severity: {GOV-06: high}
    thresholds: {yearly: 12 months}
    answers good for: 6 months

`rules` is `all` (what the extended pack has, and all rules beside this pack), a list of ids, or a
block that says for each which section of a source asks for it. A pack of a time gone by names it
under `dated`, and then cites nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from auditor.findings import Severity
from auditor.rulebook import asking, grammar, reading
from auditor.rulebook.reading import Node
from auditor.rulebook.rules import Reference, reference

FIELDS = (
    "id", "title", "for", "publisher", "note", "extends", "rules", "leave out", "severity",
    "thresholds", "answers good for", "dated", "because",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pack:
    """Which rules judge, for whom."""

    id: str
    title: str
    meant_for: str
    where: str
    publisher: str = ""
    note: str = ""
    extends: str = ""
    rules: tuple[str, ...] | None = None
    """Ids; None for those of the pack that it extends, and all that lie beside it."""
    asked_by: dict[str, tuple[Reference, ...]] = field(default_factory=dict)
    """By id, the sections that ask for a rule in the words of this pack."""
    left_out: dict[str, str] = field(default_factory=dict)
    """By id, the reason."""
    severity: dict[str, Severity] = field(default_factory=dict)
    thresholds: dict[str, str] = field(default_factory=dict)
    answers_good_for: timedelta = asking.GOOD_FOR
    """How long an answer stands where its rule says nothing else."""
    answers_said: bool = False
    """Whether the pack itself says that."""
    dated: str = ""
    """The years for which a historic pack spoke; empty for today's."""
    because: tuple[Reference, ...] = ()
    """What the pack as a whole rests on."""

    def names(self) -> list[tuple[str, str]]:
        """Every rule that it names, with the place to tell of in an error."""
        return [(r, self.where) for r in (*(self.rules or ()), *self.left_out, *self.severity)]

    def references(self) -> list[Reference]:
        """Every section that it cites."""
        return [*self.because, *(r for found in self.asked_by.values() for r in found)]


def pack(node: Node, name: str) -> Pack:
    """The pack in a document.

    Args:
        node: The document.
        name: The file, which has the name of the pack.

    Raises:
        RulebookError: Something in it is wrong.
    """
    f = reading.fields(node, FIELDS, ("id", "title", "for"))
    found = reading.text(f["id"])
    if not name.endswith(f"/{found}.yaml"):
        raise f["id"].wrong(f"the pack '{found}' stands in a file of another name")
    ids, asked_by = _rules(f.get("rules"))
    good_for = f.get("answers good for")
    return Pack(
        id=found,
        title=reading.text(f["title"]),
        meant_for=reading.text(f["for"]),
        where=name,
        publisher=reading.text(f["publisher"]) if "publisher" in f else "",
        note=reading.text(f["note"]) if "note" in f else "",
        extends=reading.text(f["extends"]) if "extends" in f else "",
        rules=ids,
        asked_by=asked_by,
        left_out={k: reading.text(v) for k, v in f["leave out"]} if "leave out" in f else {},
        severity={k: reading.one_of(v, Severity) for k, v in f.get("severity") or ()},
        thresholds=dict(_threshold(k, v) for k, v in f.get("thresholds") or ()),
        answers_good_for=grammar.duration(good_for) if good_for else asking.GOOD_FOR,
        answers_said=good_for is not None,
        dated=reading.text(f["dated"]) if "dated" in f else "",
        because=tuple(reference(n) for n in reading.nodes(f.get("because"))),
    )


def _rules(node: Node | None) -> tuple[tuple[str, ...] | None, dict[str, tuple[Reference, ...]]]:
    if node is None or node.text == "all":
        return None, {}
    if node.pairs is None:
        return reading.texts(node), {}
    asked = {k: tuple(reference(n) for n in reading.nodes(v) if n.text != "") for k, v in node}
    return tuple(asked), asked


def _threshold(name: str, node: Node) -> tuple[str, str]:
    """A length of time or a number, as it will stand in rules."""
    said = reading.text(node)
    if not said.isdigit():
        grammar.duration(node)
    return name, said
