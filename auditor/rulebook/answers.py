r"""The file in which a school's answers and waivers go round.

nation: England
by: School business manager          stands for every answer without its own
on: 2026-11-20
answers:
  GOV-01: {answer: yes, note: "Contract with the county's DPO service, 2026"}
  BAK-09: {answer: 3 November 2026, by: IT support, on: 2026-11-04}
  GOV-02:                            nobody has answered yet
  REM-01:                            one answer a stick
    - {about: 'E:\', answer: yes}
waivers:
  - {rule: DRV-04, where: "D:*", reason: …, owner: Head teacher, expires: 2027-07-31}
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from importlib.resources.abc import Traversable

import msgspec

from auditor.evidence import Answer, Record, Waiver
from auditor.rulebook import reading
from auditor.rulebook.asking import DO_NOT_KNOW, Ask, dated
from auditor.rulebook.reading import Node
from auditor.rulebook.rules import NATIONS, Rule

_ANSWER = ("answer", "by", "on", "note", "about")
_WAIVER = ("rule", "where", "machine", "reason", "owner", "agreed", "expires")


class Answers(Record, frozen=True, kw_only=True):
    """What such a file holds."""

    school: str = ""
    urn: str = ""
    nation: str = ""
    answers: tuple[Answer, ...] = ()
    waivers: tuple[Waiver, ...] = ()


def read(
    file: Traversable, rules: Iterable[Rule], today: date, retired: Mapping[str, str] | None = None
) -> Answers:
    """The answers and waivers in a file.

    Args:
        file: The YAML file.
        rules: The rules whose ids may stand in it; answers go to those with a question.
        today: The day that counts for an answer without a date.
        retired: Ids that rules once had; answers and waivers to them are passed over.

    Raises:
        RulebookError: It is not such a file; `where` names the line.
    """
    return parse(reading.read(file, file.name), rules, today, retired)


def parse(
    node: Node, rules: Iterable[Rule], today: date, retired: Mapping[str, str] | None = None
) -> Answers:
    """The answers and waivers in a document; see `read`."""
    gone = retired or {}
    f = reading.fields(node, ("school", "urn", "nation", "by", "on", "answers", "waivers"))
    known = {r.id: r for r in rules}
    usual: dict[str, Node] = {k: n for k, n in f.items() if k in {"by", "on"} and n.text}
    return Answers(
        school=_text(f.get("school")),
        urn=_text(f.get("urn")),
        nation=_nation(f.get("nation")),
        answers=tuple(_answers(_still(f["answers"], gone), known, usual, today))
        if "answers" in f
        else (),
        waivers=tuple(
            _waiver(n, known, today)
            for n in reading.nodes(f.get("waivers"))
            if n.text != "" and _about(n) not in gone
        ),
    )


def _still(node: Node, gone: Mapping[str, str]) -> Node:
    """The answers to rules that are not retired."""
    if node.pairs is None:
        return node
    kept = tuple((k, v) for k, v in node.pairs if k.text not in gone)
    return msgspec.structs.replace(node, pairs=kept)


def _about(node: Node) -> str:
    rule = node.get("rule")
    return (rule.text if rule else "") or ""


def _text(node: Node | None) -> str:
    return reading.text(node) if node is not None and node.text != "" else ""


def _nation(node: Node | None) -> str:
    found = _text(node)
    if node is not None and found and found not in NATIONS:
        raise node.wrong(f"'{found}' is not known here", reading.nearest(found, NATIONS))
    return found


def _answers(
    node: Node, known: dict[str, Rule], usual: dict[str, Node], today: date
) -> Iterator[Answer]:
    if node.text == "":
        return
    if node.pairs is None:
        raise node.wrong("answers stand here, each under the id of its rule")
    for key, value in node.pairs:
        name = key.text or ""
        rule = known.get(name)
        if rule is None:
            raise key.wrong(f"there is no rule '{name}'", reading.nearest(name, known))
        if rule.ask is None:
            asked = [r for r, found in known.items() if found.ask]
            raise key.wrong(f"{name} asks nothing of people", reading.nearest(name, asked))
        for one in reading.nodes(value):
            found = _answer(name, rule.ask, one, usual, today)
            if found:
                yield found


def _answer(name: str, ask: Ask, node: Node, usual: dict[str, Node], today: date) -> Answer | None:
    """One answer; None for a line of a form that nobody has filled in."""
    if node.text == "":
        return None
    word = {"answer": node} if node.text is not None else reading.fields(node, _ANSWER, ("answer",))
    if word["answer"].text == "":
        return None
    f = {**usual, **{k: n for k, n in word.items() if n.text != ""}}
    said = ask.understood(reading.text(f["answer"]))
    if not said:
        raise f["answer"].wrong(
            f"'{f['answer'].text}' does not answer {name}: {ask.question}", _possible(ask)
        )
    given = day(f["on"]) if "on" in f else today
    if given > today:
        raise f["on"].wrong("this day has not come yet")
    return Answer(
        rule=name,
        said=said,
        given=given,
        by=_text(f.get("by")),
        note=_text(f.get("note")),
        subject=_text(f.get("about")),
    )


def _possible(ask: Ask) -> str:
    dates = ["a date such as 2026-11-03"] if ask.within is not None else []
    return "answer with one of: " + "; ".join([*ask.choices, *dates, "do not know"])


def _waiver(node: Node, known: dict[str, Rule], today: date) -> Waiver:
    f = reading.fields(node, _WAIVER, ("rule", "reason", "owner", "expires"))
    name = reading.text(f["rule"])
    if name not in known:
        raise f["rule"].wrong(f"there is no rule '{name}'", reading.nearest(name, known))
    agreed = day(f["agreed"]) if "agreed" in f else None
    if agreed and agreed > today:
        raise f["agreed"].wrong("this day has not come yet")
    return Waiver(
        rule=name,
        reason=reading.text(f["reason"]),
        owner=reading.text(f["owner"]),
        expires=day(f["expires"]),
        agreed=agreed,
        subject=_text(f.get("where")),
        machine=_text(f.get("machine")),
    )


def day(node: Node) -> date:
    """A day, as `2026-11-03`, `3/11/2026` or `3 November 2026`.

    Raises:
        RulebookError: It is none.
    """
    found = dated(reading.text(node))
    if found is None:
        raise node.wrong(f"'{node.text}' is not a day", "write for example 2026-11-24")
    return found


def written(found: Answers, rules: Iterable[Rule]) -> str:
    """The file that holds these answers, with every question, so that people can go on by hand.

    Args:
        found: What is to be written.
        rules: The rules with a question, in the order in which they are asked.
    """
    lines = [
        "# Answers for auditor. Each question stands above its rule; fill in what you know.",
        "# The answer 'do not know' leaves a question open, and so does an empty line.",
        *(f"{name}: {_quoted(getattr(found, name))}" for name in ("school", "urn", "nation")),
        "answers:",
    ]
    left = list(found.answers)
    for r in rules:
        own = [a for a in left if a.rule == r.id]
        left = [a for a in left if a.rule != r.id]
        lines += [*_asked(r), *_lines(r.id, own)]
    for name in dict.fromkeys(a.rule for a in left):
        lines += ["", *_lines(name, [a for a in left if a.rule == name])]
    if found.waivers:
        lines += ["", "waivers:", *(f"  - {_flow(_waived(w))}" for w in found.waivers)]
    return "\n".join(lines) + "\n"


def _asked(r: Rule) -> Iterator[str]:
    if r.ask is None:
        return
    dates = ["a date"] if r.ask.within is not None else []
    yield ""
    for text in (r.ask.question, r.ask.look):
        yield from (f"  # {line}" for line in textwrap.wrap(text, 92))
    yield f"  # Answer: {'; '.join([*dates, *r.ask.choices, DO_NOT_KNOW])}"


def _lines(name: str, own: list[Answer]) -> Iterator[str]:
    if not own:
        yield f"  {name}:"
    elif len(own) == 1 and not own[0].subject:
        yield f"  {name}: {_flow(_said(own[0]))}"
    else:
        yield f"  {name}:"
        yield from (f"    - {_flow(_said(a))}" for a in own)


def _said(a: Answer) -> dict[str, str]:
    return {
        "about": a.subject, "answer": a.said, "by": a.by, "on": a.given.isoformat(), "note": a.note,
    }  # fmt: skip


def _waived(w: Waiver) -> dict[str, str]:
    agreed = w.agreed.isoformat() if w.agreed else ""
    return {
        "rule": w.rule, "where": w.subject, "machine": w.machine, "reason": w.reason,
        "owner": w.owner, "agreed": agreed, "expires": w.expires.isoformat(),
    }  # fmt: skip


def _flow(values: dict[str, str]) -> str:
    return "{" + ", ".join(f"{k}: {_quoted(v)}" for k, v in values.items() if v) + "}"


def _quoted(said: str) -> str:
    """A scalar that reads back as it is: quoted where YAML could take it for something else."""
    if not said or re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 -]*", said):
        return said.strip()
    return json.dumps(said, ensure_ascii=not said.isprintable())


def clean(said: str) -> str:
    """What a person typed, on one line and without what no report can carry."""
    return " ".join("".join(c if c.isprintable() else " " for c in said).split())
