"""The pages of the form: plain HTML that needs no script, filled from a sheet of answers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from auditor.answering.sheet import Sheet
from auditor.findings import Verdict
from auditor.rulebook.asking import DO_NOT_KNOW, dated
from auditor.rulebook.rules import AREAS, NATIONS, Rule
from auditor.shipped import shipped

_STATES = {
    Verdict.PASS: ("as it should be", "good"),
    Verdict.FAIL: ("needs action", "bad"),
    Verdict.NOT_APPLICABLE: ("does not apply", "open"),
    Verdict.NEEDS_ANSWER: ("open", "open"),
}
_AREAS = {
    "drives": "Drives",
    "media": "Sticks, discs and other media",
    "backups": "Backups",
    "files": "Files",
    "access": "Access and keeping",
    "cloud": "Cloud and remote work",
    "governance": "Rules and responsibilities",
}


def overview(sheet: Sheet, root: str, by: str, error: str = "") -> str:
    """All questions by area, and what the school is called."""
    every = sheet.questions()
    areas = [
        (_AREAS[area], [(r, *_STATES[sheet.verdict(r)]) for r in every if r.area == area])
        for area in AREAS
        if any(r.area == area for r in every)
    ]
    return _filled(
        sheet, root, view="overview", title="Questions", areas=areas, nations=NATIONS, by=by,
        error=error, file=str(sheet.file),
    )  # fmt: skip


def question(
    sheet: Sheet,
    root: str,
    r: Rule,
    by: str,
    error: str = "",
    typed: Mapping[str, str] | None = None,
) -> str:
    """One question with its choices, and what was said before.

    Args:
        sheet: The answers.
        root: The path that every page begins with.
        r: The rule that asks.
        by: The role of whoever answers.
        error: Why what was typed was not taken.
        typed: What that was, so that nobody has to type it again.
    """
    if r.ask is None:
        return overview(sheet, root, by)
    given = sheet.answer(r)
    before = {"said": given.said, "note": given.note, "by": given.by} if given else {}
    if given and dated(given.said):
        before |= {"said": "date", "day": given.said}
    shown = {"said": "", "note": "", "day": "", **(before if typed is None else typed)}
    after = following(sheet, r)
    title = f"Not saved: {r.ask.question}" if error else r.ask.question
    return _filled(
        sheet, root, view="question", rule=r, title=title, dated=r.ask.within is not None,
        choices=[*r.ask.choices, DO_NOT_KNOW], said=shown["said"], day=shown["day"],
        note=shown["note"], by=shown.get("by") or by, error=error,
        next=after.id if after else "", citations=sheet.citations(r),
    )  # fmt: skip


def closed(sheet: Sheet, root: str) -> str:
    """The last page, after which the program stops."""
    return _filled(sheet, root, view="closed", title="Saved", file=str(sheet.file))


def following(sheet: Sheet, r: Rule) -> Rule | None:
    """The next open question after one, from the start again where there is none."""
    every = [q for q in sheet.open() if q.id != r.id]
    order = [q.id for q in sheet.questions()]
    at = order.index(r.id) if r.id in order else -1
    later = [q for q in every if order.index(q.id) > at]
    return next(iter(later or every), None)


def _filled(sheet: Sheet, root: str, **values: Any) -> str:
    page, style, _ = _loaded()
    total = len(sheet.questions())
    return page.render(
        sheet=sheet, root=root, total=total, answered=total - len(sheet.open()),
        today=sheet.today.isoformat(), style=Markup(style),  # noqa: S704 - ours, no input
        **{"error": "", **values},
    )  # fmt: skip


def style_digest() -> str:
    """What the content security policy calls the only style that may be used."""
    return _loaded()[2]


@cache
def _loaded() -> tuple[jinja2.Template, str, str]:
    folder = shipped("templates")
    style = (folder / "answer.css").read_text("utf-8")
    made = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = made.from_string((folder / "answer.html").read_text("utf-8"))
    return page, style, f"sha256-{digest}"
