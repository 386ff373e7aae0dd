"""Reads files of answers and waivers for the commands that take them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from auditor.rulebook import Rulebook, answers
from auditor.rulebook.answers import Answers


def answered(files: tuple[str, ...], rulebook: Rulebook, today: date, nation: str = "") -> Answers:
    """What all files hold together; of two answers to one question, the newer counts.

    Raises:
        RulebookError: A file is wrong.
    """
    read = [answers.read(Path(f), rulebook.every, today, rulebook.retired) for f in files]
    return Answers(
        school=next((a.school for a in read if a.school), ""),
        urn=next((a.urn for a in read if a.urn), ""),
        nation=nation or next((a.nation for a in read if a.nation), ""),
        answers=tuple(a for found in read for a in found.answers),
        waivers=tuple(w for found in read for w in found.waivers),
    )
