"""Reads files of answers and waivers for the commands that take them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from auditor.answering.private import named
from auditor.errors import AuditorError
from auditor.rulebook import Rulebook, answers
from auditor.rulebook.answers import Answers


def answered(files: tuple[str, ...], rulebook: Rulebook, today: date, nation: str = "") -> Answers:
    """What all files hold together; of two answers to one question, the newer counts.

    Raises:
        RulebookError: A file is wrong.
        AuditorError: A note or reason holds what looks like somebody's data.
    """
    read = [_read(f, rulebook, today) for f in files]
    return Answers(
        school=next((a.school for a in read if a.school), ""),
        urn=next((a.urn for a in read if a.urn), ""),
        nation=nation or next((a.nation for a in read if a.nation), ""),
        answers=tuple(a for found in read for a in found.answers),
        waivers=tuple(w for found in read for w in found.waivers),
    )


def _read(file: str, rulebook: Rulebook, today: date) -> Answers:
    found = answers.read(Path(file), rulebook.every, today, rulebook.retired)
    for a in found.answers:
        _decent(file, a.rule, a.note, a.by)
    for w in found.waivers:
        _decent(file, w.rule, w.reason, w.owner)
    _decent(file, "the head of the file", found.school, found.urn)
    return found


def _decent(file: str, about: str, *texts: str) -> None:
    for text in texts:
        private = named(text)
        if private:
            raise AuditorError(
                f"what stands at {about} looks like {private}, and no report holds anybody's data",
                where=file,
                hint="name the folder or the minutes instead",
            )
