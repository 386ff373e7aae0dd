"""The answers of one school while they are given: what is open, and where they are kept."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec

from auditor.answering.private import named
from auditor.errors import AuditorError
from auditor.evidence import Answer
from auditor.findings import Verdict
from auditor.rulebook import Rulebook, answers, worst
from auditor.rulebook.answers import Answers, clean
from auditor.rulebook.asking import DO_NOT_KNOW
from auditor.rulebook.rules import AREAS, Rule


class Sheet:
    """Questions and answers, kept in a file after every answer so that nothing is lost.

    Args:
        file: The YAML file; read when it is there, written by `keep`.
        rulebook: The rules that ask.
        today: The day of the answers.

    Raises:
        RulebookError: The file is there and wrong.
    """

    def __init__(self, file: Path, rulebook: Rulebook, today: date) -> None:
        self.file = file
        self.today = today
        self.good_for = rulebook.pack.answers_good_for
        asking = [r for r in rulebook.rules if r.ask]
        asking.sort(key=lambda r: (worst(r).rank, AREAS.index(r.area), r.id))
        self._asking = tuple(asking)
        self._sources = rulebook.sources
        self.found = (
            answers.read(file, rulebook.every, today, rulebook.retired)
            if file.exists()
            else Answers()
        )

    def questions(self) -> tuple[Rule, ...]:
        """The rules that ask this school, the gravest first."""
        nation = self.found.nation
        return tuple(r for r in self._asking if not nation or nation in r.nations)

    def citations(self, r: Rule) -> list[str]:
        """What a question rests on, in words."""
        found = [(self._sources[b.source], b.section) for b in r.because]
        return [f"{s.title}{', ' + part if part else ''} ({s.basis.value})" for s, part in found]

    def rule(self, name: str) -> Rule | None:
        """The rule with this id, if it asks."""
        return next((r for r in self._asking if r.id == name), None)

    def answer(self, r: Rule) -> Answer | None:
        """The newest answer that still stands."""
        period = (r.ask.good_for if r.ask else None) or self.good_for
        own = [a for a in self.found.answers if a.rule == r.id and not a.subject]
        own = [a for a in own if self.today - a.given <= max(period, timedelta(0))]
        return max(own, key=lambda a: a.given, default=None)

    def open(self) -> list[Rule]:
        """The questions without an answer that stands and decides."""
        return [r for r in self.questions() if self.verdict(r) is Verdict.NEEDS_ANSWER]

    def verdict(self, r: Rule) -> Verdict:
        """What the answer to a question comes to."""
        given = self.answer(r)
        if given is None or r.ask is None:
            return Verdict.NEEDS_ANSWER
        return r.ask.verdict(given.said, self.today)

    def put(self, name: str, said: str, *, by: str = "", note: str = "") -> Answer:
        """Takes an answer to the question of a rule, in place of the one before.

        Raises:
            AuditorError: There is no such question, or that does not answer it, or by or note
                hold somebody's data.
        """
        r = self.rule(name)
        if r is None or r.ask is None:
            raise AuditorError(f"no question has the number '{clean(name)[:20]}'")
        word = r.ask.understood(clean(said))
        if not word:
            raise AuditorError("that does not answer the question", hint=possible(r))
        made = Answer(
            rule=name, said=word, given=self.today, by=decent(by, 80), note=decent(note, 300)
        )
        kept = (a for a in self.found.answers if a.rule != name or a.subject)
        self.found = msgspec.structs.replace(self.found, answers=(*kept, made))
        self.keep()
        return made

    def about(self, *, school: str, urn: str, nation: str) -> None:
        """Takes the school's name, number and nation."""
        self.found = msgspec.structs.replace(
            self.found, school=decent(school, 120), urn=decent(urn, 12), nation=clean(nation)
        )
        self.keep()

    def keep(self) -> None:
        """Writes the file, whole or not at all.

        Raises:
            AuditorError: The system refuses.
        """
        part = self.file.with_name(f"{self.file.name}.part")
        try:
            part.write_text(answers.written(self.found, self._asking), "utf-8")
            part.replace(self.file)
        except OSError as e:
            part.unlink(missing_ok=True)
            raise AuditorError(
                f"cannot write the answers: {e.strerror or e}",
                where=str(self.file),
                hint="name a file in a folder that you may write to",
            ) from e


def decent(said: str, most: int) -> str:
    """A text that may stand in a report.

    Raises:
        AuditorError: It holds what looks like somebody's data, or is too long.
    """
    text = clean(said)
    if len(text) > most:
        raise AuditorError(f"that is too long: {most} characters are enough")
    private = named(text)
    if private:
        raise AuditorError(
            f"this looks like {private}, and no report holds anybody's data",
            hint="name the folder or the minutes instead",
        )
    return text


def possible(r: Rule) -> str:
    """The answers that a question has, in a sentence."""
    return f"Answer with one of: {'; '.join(choices(r))}."


def choices(r: Rule) -> list[str]:
    """The answers that a question has, a date first where it asks for one."""
    if r.ask is None:
        return []
    dates = ["a date, such as 3 November 2026"] if r.ask.within is not None else []
    return [*dates, *r.ask.choices, DO_NOT_KNOW]
