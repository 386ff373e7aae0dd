"""A rule, read from one YAML file under rules/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from auditor.evidence import Platform
from auditor.findings import Severity, Verdict
from auditor.rulebook import asking, grammar, phrases, reading
from auditor.rulebook.asking import Ask
from auditor.rulebook.conditions import ALWAYS, Condition
from auditor.rulebook.facts import AROUND, KINDS
from auditor.rulebook.phrases import Phrase
from auditor.rulebook.reading import Node

AREAS = ("drives", "media", "backups", "files", "access", "cloud", "governance")
"""The folders of rules, and the order of their areas in a report."""
FIELDS = (
    "id", "title", "do", "for each", "where", "needed", "must", "ask", "severity", "say", "why",
    "remedy", "done", "who", "takes", "because", "nations", "examples",
)  # fmt: skip
NEEDED = ("id", "title", "do", "severity", "why", "remedy", "who", "takes", "because")
NATIONS = ("England", "Wales", "Scotland", "Northern Ireland")

TODAY = datetime(2026, 11, 24, tzinfo=UTC)
"""The day on which examples play; any does."""
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
    others: dict[str, tuple[dict[str, object], ...]]
    """By kind, the things that a count is to meet."""
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
    """None for what only a person can answer."""
    ask: Ask | None
    """The question, alone or for where the machine does not tell."""
    severity: tuple[tuple[Severity, Condition], ...]
    """The first whose condition holds."""
    say: dict[Verdict, Phrase]
    why: str
    remedy: dict[str, tuple[str, ...]]
    """Steps by platform; `any` for all."""
    done: str
    """What it looks like when it is done."""
    who: str
    takes: str
    because: tuple[Reference, ...]
    nations: tuple[str, ...]
    examples: tuple[Example, ...]
    file: str

    def answers_used(self) -> Iterator[str]:
        """The ids of the questions whose answers its conditions look at."""
        for c in (self.where, self.must, *(when for _, when in self.severity)):
            for path in c.paths() if c is not None else ():
                if path.startswith("answer."):
                    yield path.removeprefix("answer.")

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
    if "must" not in f and "ask" not in f:
        raise node.wrong("a rule has 'must', 'ask' or both")
    usual = "machine" if "must" in f else "school"
    kind = reading.text(f["for each"]) if "for each" in f else usual
    if kind not in KINDS:
        raise f["for each"].wrong(f"there is no '{kind}' to look at", reading.nearest(kind, KINDS))
    must = grammar.parse(f["must"], kind) if "must" in f else None
    return Rule(
        id=name,
        title=reading.text(f["title"]),
        do=reading.text(f["do"]),
        area=area,
        kind=kind,
        where=grammar.parse(f["where"], kind) if "where" in f else ALWAYS,
        needed="needed" in f and reading.boolean(f["needed"]),
        must=must,
        ask=asking.ask(f["ask"]) if "ask" in f else None,
        severity=tuple(_severities(f["severity"], kind)),
        say=_say(f.get("say"), kind, node, must) if must is not None else {},
        why=reading.text(f["why"]),
        remedy=_remedy(f["remedy"]),
        done=reading.text(f["done"]) if "done" in f else "",
        who=reading.text(f["who"]),
        takes=reading.text(f["takes"]),
        because=tuple(reference(n) for n in reading.nodes(f["because"])),
        nations=_nations(f.get("nations")),
        examples=_examples(f.get("examples"), kind, node, asks="ask" in f, machine="must" in f),
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
        found.append((reading.one_of(word, Severity), grammar.parse(condition, kind)))
    if not found or found[-1][1] is not ALWAYS:
        raise node.wrong("the last line of a ladder holds always", "end with: - medium: always")
    return found


_SAID = {"fail": Verdict.FAIL, "pass": Verdict.PASS, "unknown": Verdict.UNKNOWN}


def _say(node: Node | None, kind: str, whole: Node, must: Condition) -> dict[Verdict, Phrase]:
    if node is None:
        raise whole.wrong(
            "'say' is missing", "say what was seen: say: {fail: …, pass: …, unknown: …}"
        )
    if node.text is not None:
        return {Verdict.FAIL: phrases.parse(node, kind, must)}
    f = reading.fields(node, _SAID, ("fail",))
    return {_SAID[name]: phrases.parse(n, kind, must) for name, n in f.items()}


def _remedy(node: Node) -> dict[str, tuple[str, ...]]:
    """Steps for every system, or by system."""
    if node.pairs is None:
        return {"any": reading.texts(node)}
    f = reading.fields(node, [*(p.value for p in Platform), "any"])
    missing = [] if "any" in f else [p.value for p in Platform if p.value not in f]
    if missing:
        raise node.wrong(f"there is no remedy for {missing[0]}", f"add {missing[0]}: or any:")
    return {name: reading.texts(n) for name, n in f.items()}


def reference(node: Node) -> Reference:
    """A section of a source: `{source: uk-gdpr, section: Art 32}`.

    Raises:
        RulebookError: It is none.
    """
    f = reading.fields(node, ("source", "section"), ("source",))
    section = reading.text(f["section"]) if "section" in f else ""
    return Reference(reading.text(f["source"]), section, f["source"].where)


def _nations(node: Node | None) -> tuple[str, ...]:
    found = reading.texts(node)
    for name, n in zip(found, reading.nodes(node), strict=True):
        if name not in NATIONS:
            raise n.wrong(f"'{name}' is not known here", reading.nearest(name, NATIONS))
    return found or NATIONS


def _examples(
    node: Node | None, kind: str, whole: Node, *, asks: bool, machine: bool
) -> tuple[Example, ...]:
    """Those in the rule: of every verdict, save that a mere question shows its own by its choices.

    Where a rule also asks, what the machine does not tell needs an answer.
    """
    found = tuple(_example(n, kind) for n in reading.nodes(node))
    for verdict in _SAID.values() if machine else ():
        open_ = (
            {verdict, Verdict.NEEDS_ANSWER} if asks and verdict is Verdict.UNKNOWN else {verdict}
        )
        if not any(e.verdict in open_ for e in found):
            raise (node or whole).wrong(
                f"no example comes to '{verdict.value}'",
                "give at least one each of pass, fail and unknown",
            )
    return found


def _example(node: Node, kind: str) -> Example:
    f = reading.fields(node, ("given", "verdict"), ("given", "verdict"))
    given: dict[str, dict[str, object]] = {}
    others: dict[str, tuple[dict[str, object], ...]] = {}
    many = {f"{k}s": k for k in KINDS}
    around = {kind, "answer", *AROUND}
    for name, block in reading.fields(f["given"], {*around, *many}).items():
        if name in many:
            found = tuple(_values(n, many[name]) for n in reading.nodes(block))
            others[many[name]] = found
            if many[name] == "file":
                others["file on None"] = found  # the volume of an example has no name
        elif name == "answer":
            given[name] = {k: reading.text(v) for k, v in block}
        else:
            given[name] = _values(block, name)
    return Example(given, others, reading.one_of(f["verdict"], Verdict), f["verdict"].where)


def _values(block: Node, kind: str) -> dict[str, object]:
    """The fields of one thing; the word unknown stands for what could not be told."""
    found: dict[str, object] = {}
    for key, value in block.pairs or ():
        type_ = grammar.field_type(key, key.text or "", kind)
        if value.text == "unknown":
            found[key.text or ""] = None
        elif type_ is str and value.text == "":
            found[key.text or ""] = ""
        elif type_ is datetime:
            found[key.text or ""] = _moment(value)
        else:
            found[key.text or ""] = grammar.value_of(value, type_)
    return found


def _moment(node: Node) -> datetime:
    """`today`, or `60 days ago`, seen from the day on which examples play."""
    said = reading.text(node)
    if said == "today":
        return TODAY
    if not said.endswith(" ago"):
        raise node.wrong("a moment of an example is today, or so long ago", "such as: 60 days ago")
    return TODAY - grammar.duration(msgspec.structs.replace(node, text=said.removesuffix(" ago")))
