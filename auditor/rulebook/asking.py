"""Questions that only a person can answer, as rules carry them under `ask`.

    ask: Is there a written rule on sticks?                     yes is right, no is not

    ask:
      question: When was a restore last tested?
      look: The log of the backup product, or whoever looks after it.
      date within: 120 days                                     a date is the answer
      choices: {never: fail, we keep no server: not_applicable}
      good for: 12 months                                       then it is asked again

Nobody has to know: `do not know` is always an answer, and leaves the question open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from auditor.evidence import Answer
from auditor.findings import Verdict
from auditor.rulebook import grammar, reading
from auditor.rulebook.reading import Node

DO_NOT_KNOW = "do not know"
GOOD_FOR = timedelta(days=366)
"""How long an answer stands where neither rule nor pack says otherwise: a school year."""
_DECIDES = (Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE)
_WORDS = {"true": "yes", "false": "no", "y": "yes", "n": "no", "don't know": DO_NOT_KNOW}
_MONTHS = "january february march april may june july august september october november december"


@dataclass(frozen=True, slots=True)
class Ask:
    """One question with its possible answers."""

    question: str
    look: str
    """Where the answer is found."""
    choices: dict[str, Verdict]
    within: timedelta | None
    """Set when a date is asked for: how long ago it may be."""
    good_for: timedelta | None
    """How long an answer stands; None for what the pack says."""

    def verdict(self, said: str, today: date | None) -> Verdict:
        """What an answer comes to; NEEDS_ANSWER when nobody knows."""
        if said in self.choices:
            return self.choices[said]
        day = dated(said) if self.within is not None else None
        if not day or not today or self.within is None or day > today + timedelta(days=1):
            return Verdict.NEEDS_ANSWER
        return Verdict.PASS if today - day <= self.within else Verdict.FAIL

    def understood(self, said: str) -> str:
        """An answer as one of the choices or as YYYY-MM-DD; empty when it is neither."""
        plain = " ".join(said.split())
        word = _WORDS.get(plain.casefold(), plain)
        for choice in (*self.choices, DO_NOT_KNOW):
            if word.casefold() == choice.casefold():
                return choice
        day = dated(plain) if self.within is not None else None
        return day.isoformat() if day else ""


def ask(node: Node) -> Ask:
    """The question in a block, or in a sentence that is answered by yes or no.

    Raises:
        RulebookError: Something in it is wrong.
    """
    if node.text is not None:
        return Ask(_question(node), "", {"yes": Verdict.PASS, "no": Verdict.FAIL}, None, None)
    f = reading.fields(
        node, ("question", "look", "choices", "date within", "good for"), ("question",)
    )
    within = grammar.duration(f["date within"]) if "date within" in f else None
    return Ask(
        question=_question(f["question"]),
        look=reading.text(f["look"]) if "look" in f else "",
        choices=_choices(f.get("choices"), within),
        within=within,
        good_for=grammar.duration(f["good for"]) if "good for" in f else None,
    )


def _question(node: Node) -> str:
    found = reading.text(node)
    if not found.endswith("?"):
        raise node.wrong("a question ends with a question mark")
    return found


def _choices(node: Node | None, within: timedelta | None) -> dict[str, Verdict]:
    if node is None:
        never = {"never": Verdict.FAIL}
        return never if within is not None else {"yes": Verdict.PASS, "no": Verdict.FAIL}
    if not node.pairs:
        raise node.wrong("choices stand here, each with its verdict", "{yes: pass, no: fail}")
    found = {}
    for key, value in node.pairs:
        said = reading.one_of(value, Verdict)
        if said not in _DECIDES:
            raise value.wrong("a choice comes to pass, fail or not_applicable")
        found[reading.text(key)] = said
    if within is None and not {Verdict.PASS, Verdict.FAIL} <= set(found.values()):
        raise node.wrong("one choice comes to pass and another to fail")
    return found


def dated(said: str) -> date | None:
    """The day in `2026-11-03`, `3/11/2026` or `3 November 2026`; None when it is no day."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        pass
    found = re.fullmatch(r"(\d{1,2})[ /.]([A-Za-z]+|\d{1,2})[ /.](\d{4})", said.strip())
    if not found:
        return None
    months = _MONTHS.split()
    word = found[2].casefold()
    named = [n for n, m in enumerate(months, 1) if len(word) >= 3 and m.startswith(word)]
    try:
        return date(int(found[3]), int(word) if word.isdigit() else named[0], int(found[1]))
    except (ValueError, IndexError):
        return None


def stands(answer: Answer, good_for: timedelta, taken: datetime) -> bool:
    """Whether an answer was not too old at the visit; one given since the visit is not."""
    return taken.date() - answer.given <= good_for


def about(answers: Iterable[Answer], subject: str) -> dict[str, Answer]:
    """The answers that hold for one thing, by rule: the newest, and its own before the school's."""
    found: dict[str, Answer] = {}
    for a in sorted(answers, key=lambda a: (bool(a.subject), a.given)):
        if a.subject in {"", subject}:
            found[a.rule] = a
    return found
