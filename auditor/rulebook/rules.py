"""A rule, read from one YAML file under rules/."""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.evidence import Platform
from auditor.findings import Severity, Verdict
from auditor.rulebook import conditions, phrases, reading
from auditor.rulebook.conditions import ALWAYS, Condition
from auditor.rulebook.facts import AROUND, KINDS
from auditor.rulebook.phrases import Phrase
from auditor.rulebook.reading import Node

AREAS = ("drives", "media", "backups", "files", "access", "cloud", "governance")
"""The folders of rules, and the order of their areas in a report."""
FIELDS = (
    "id", "title", "do", "for each", "where", "needed", "must", "ask", "severity", "say", "why",
    "remedy", "who", "takes", "because", "nations", "examples",
)  # fmt: skip
NEEDED = ("id", "title", "do", "severity", "why", "remedy", "who", "takes", "because")
NATIONS = ("England", "Wales", "Scotland", "Northern Ireland")

_ID = re.compile(r"[A-Z]{3}-\d{2}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A section of a source, as a rule names it."""

    source: str
    section: str
    where: str


@dataclass(frozen=True, slots=True)
class Example:
    """Facts with the verdict that the rule must come to."""

    given: dict[str, dict[str, object]]
    verdict: Verdict
    where: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that guidance asks for, and how to see whether it is so."""

    id: str
    title: str
    """What should be so."""
    do: str
    """What to do when it is not, in a few words."""
    area: str
    kind: str
    where: Condition
    needed: bool
    """Whether there must be something that it is about, so that seeing none is not a pass."""
    must: Condition | None
    """None for a question that only a person can answer."""
    ask: str
    severity: tuple[tuple[Severity, Condition], ...]
    """The first whose condition holds."""
    say: dict[Verdict, Phrase]
    why: str
    remedy: dict[str, tuple[str, ...]]
    """Steps by platform; `any` for all."""
    who: str
    takes: str
    because: tuple[Reference, ...]
    nations: tuple[str, ...]
    examples: tuple[Example, ...]
    file: str

    def steps(self, platform: Platform) -> tuple[str, ...]:
        """The remedy on a platform."""
        return self.remedy.get(platform.value) or self.remedy.get("any", ())


def rule(node: Node, area: str, file: str) -> Rule:
    """The rule in a document.

    Raises:
        RulebookError: Something in it is wrong; `where` names file, line and column.
    """
    f = reading.fields(node, FIELDS, NEEDED)
    name = reading.text(f["id"])
    if not _ID.fullmatch(name) or not file.endswith(f"/{name}.yaml"):
        raise f["id"].wrong(
            f"the id '{name}' is not the name of its file", "such as DRV-01 in DRV-01.yaml"
        )
    if ("must" in f) is ("ask" in f):
        raise node.wrong("a rule has either 'must' or 'ask'")
    kind = reading.text(f["for each"]) if "for each" in f else "machine"
    if kind not in KINDS:
        raise f["for each"].wrong(f"there is no '{kind}' to look at", reading.nearest(kind, KINDS))
    must = conditions.parse(f["must"], kind) if "must" in f else None
    return Rule(
        id=name,
        title=reading.text(f["title"]),
        do=reading.text(f["do"]),
        area=area,
        kind=kind,
        where=conditions.parse(f["where"], kind) if "where" in f else ALWAYS,
        needed="needed" in f and reading.boolean(f["needed"]),
        must=must,
        ask=reading.text(f["ask"]) if "ask" in f else "",
        severity=tuple(_severities(f["severity"], kind)),
        say=_say(f.get("say"), kind, node) if must is not None else {},
        why=reading.text(f["why"]),
        remedy=_remedy(f["remedy"]),
        who=reading.text(f["who"]),
        takes=reading.text(f["takes"]),
        because=tuple(_reference(n) for n in reading.nodes(f["because"])),
        nations=_nations(f.get("nations")),
        examples=_examples(f.get("examples"), kind, node) if must is not None else (),
        file=file,
    )


def _severities(node: Node, kind: str) -> list[tuple[Severity, Condition]]:
    """A word, or a ladder of which the first line that holds counts."""
    if node.text is not None:
        return [(reading.one_of(node, Severity), ALWAYS)]
    found = []
    for line in reading.nodes(node):
        if not line.pairs or len(line.pairs) != 1:
            raise line.wrong("a line of severity is one 'word: condition'")
        word, condition = line.pairs[0]
        found.append((reading.one_of(word, Severity), conditions.parse(condition, kind)))
    if not found or found[-1][1] is not ALWAYS:
        raise node.wrong("the last line of a ladder holds always", "end with: - medium: always")
    return found


_SAID = {"fail": Verdict.FAIL, "pass": Verdict.PASS, "unknown": Verdict.UNKNOWN}


def _say(node: Node | None, kind: str, whole: Node) -> dict[Verdict, Phrase]:
    if node is None:
        raise whole.wrong(
            "'say' is missing", "say what was seen: say: {fail: …, pass: …, unknown: …}"
        )
    if node.text is not None:
        return {Verdict.FAIL: phrases.parse(node, kind)}
    f = reading.fields(node, _SAID, ("fail",))
    return {_SAID[name]: phrases.parse(n, kind) for name, n in f.items()}


def _remedy(node: Node) -> dict[str, tuple[str, ...]]:
    """Steps for every system, or by system."""
    if node.pairs is None:
        return {"any": reading.texts(node)}
    f = reading.fields(node, [*(p.value for p in Platform), "any"])
    missing = [] if "any" in f else [p.value for p in Platform if p.value not in f]
    if missing:
        raise node.wrong(f"there is no remedy for {missing[0]}", f"add {missing[0]}: or any:")
    return {name: reading.texts(n) for name, n in f.items()}


def _reference(node: Node) -> Reference:
    f = reading.fields(node, ("source", "section"), ("source",))
    section = reading.text(f["section"]) if "section" in f else ""
    return Reference(reading.text(f["source"]), section, f["source"].where)


def _nations(node: Node | None) -> tuple[str, ...]:
    found = reading.texts(node)
    for name, n in zip(found, reading.nodes(node), strict=True):
        if name not in NATIONS:
            raise n.wrong(f"'{name}' is not known here", reading.nearest(name, NATIONS))
    return found or NATIONS


def _examples(node: Node | None, kind: str, whole: Node) -> tuple[Example, ...]:
    found = tuple(_example(n, kind) for n in reading.nodes(node))
    for verdict in _SAID.values():
        if not any(e.verdict is verdict for e in found):
            raise (node or whole).wrong(
                f"no example comes to '{verdict.value}'",
                "give at least one each of pass, fail and unknown",
            )
    return found


def _example(node: Node, kind: str) -> Example:
    f = reading.fields(node, ("given", "verdict"), ("given", "verdict"))
    given: dict[str, dict[str, object]] = {}
    for name, block in reading.fields(f["given"], AROUND | {kind}).items():
        values = given.setdefault(name, {})
        for key, value in block.pairs or ():
            values[key.text or ""] = _given(key, value, name)
    return Example(given, reading.one_of(f["verdict"], Verdict), f["verdict"].where)


def _given(key: Node, value: Node, kind: str) -> object:
    """A value of an example; the word unknown stands for what could not be told."""
    found = conditions.field_type(key, key.text or "", kind)
    return None if value.text == "unknown" else conditions.value_of(value, found)
