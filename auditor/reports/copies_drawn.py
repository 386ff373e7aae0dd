"""Where the copies are, as one drawing: this machine, each copy by where it is kept, what is asked.

A self-contained SVG: it needs only the colours of the page (`--c` and `--b` of good, bad, unsure),
and reads aloud through its description. What was not seen is drawn with a broken line and a
question mark, never left out and never called missing.
"""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from auditor.copies import Held, Medium
from auditor.findings import Audit, Finding, Verdict
from auditor.rulebook.copying import BackupFacts
from auditor.rulebook.facts import Facts, facts
from auditor.words import day

WIDTH, ROW, TOP = 720, 80, 70
"""Units of the drawing: its width, the height of a copy, the room for the headings."""
MOST = 4
"""Copies that one column draws; more are counted below them."""
COLUMNS = (
    ("Same disk", "lost together"),
    ("In the building", "fire and theft"),
    ("Carried, unplugged", "can be lost"),
    ("Off site", "another place"),
)
QUESTIONS = (
    ("BAK-03", "3 copies"),
    ("BAK-04", "2 devices"),
    ("BAK-05", "1 off site"),
    ("BAK-06", "1 out of reach"),
    ("BAK-07", "encrypted"),
    ("BAK-02", "recent"),
    ("BAK-09", "restore tested"),
)
"""The rules whose verdicts stand below the picture, with a word for each."""
_LOOKS = {"good": "yes", "bad": "no", "unsure": "not known", "ask": "ask a person"}
_SIGNS = {"good": "M-5 0l4 4 7-9", "bad": "M-5-5l10 10M5-5L-5 5"}


class Copy(NamedTuple):
    """One copy as it is drawn."""

    name: str
    place: str
    state: str
    look: str


def drawn(audit: Audit) -> str:
    """The drawing, as SVG markup whose every text is escaped."""
    known = facts(audit.evidence)
    columns = _columns(known)
    answers = [(word, *_answered(audit, rule)) for rule, word in QUESTIONS]
    rows = max(1, *(min(len(c), MOST) + (len(c) > MOST) for c in columns))
    height = TOP + rows * ROW + 96
    body = [
        *_heads(columns),
        *(
            _card(copy, x, n)
            for x, column in enumerate(columns)
            for n, copy in enumerate(column[:MOST])
        ),
        *(_more(len(c) - MOST, x) for x, c in enumerate(columns) if len(c) > MOST),
        *(_empty(x, known) for x, column in enumerate(columns) if not column),
        *_answers(answers, TOP + rows * ROW + 20),
    ]
    return (
        f'<svg class="copies" lang="en-GB" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="copies-t copies-d"><title id="copies-t">Where the copies are</title>'
        f'<desc id="copies-d">{escape(described(columns, answers))}</desc>{"".join(body)}</svg>'
    )


def described(columns: list[list[Copy]], answers: list[tuple[str, str, str]]) -> str:
    """The same in words, for whoever does not see the drawing."""
    parts = [
        f"{head}: " + ("; ".join(f"{c.name}, {c.place}, {c.state}" for c in column) or "none seen")
        for (head, _), column in zip(COLUMNS, columns, strict=True)
    ]
    parts += [f"{word}: {_LOOKS[look]}{f', {by}' if by else ''}" for word, look, by in answers]
    return ". ".join(parts) + "."


def _columns(known: Facts) -> list[list[Copy]]:
    """The copies by where they are kept; what counts as no copy stands with the data."""
    found: list[list[Copy]] = [[], [], [], []]
    for b in known.backups:
        if b.counts and b.ran is not False:
            found[_column(b)].append(_copy(b))
    return found


def _column(b: BackupFacts) -> int:
    if b.medium is Medium.SAME_DISK:
        return 0
    if b.held is Held.OFFSITE:
        return 3
    carried = b.held in {Held.CARRIED, Held.OFFLINE} or b.medium is Medium.PORTABLE_DISK
    return 2 if carried else 1


def _copy(b: BackupFacts) -> Copy:
    closed = {True: "encrypted", False: "not encrypted", None: "encryption not known"}[b.closed]
    when = f"of {day(b.last_success)}" if b.last_success else "age not known"
    good = b.closed and b.last_success and not b.failed
    look = "bad" if b.closed is False or b.failed else "good" if good else "unsure"
    return Copy(b.product, b.drive or b.target or "place not known", f"{closed}, {when}", look)


def _answered(audit: Audit, rule: str) -> tuple[str, str]:
    """How a question stands, and who answered it where a person did."""
    found = [f for f in audit.findings if f.rule == rule]
    by = next((f"by answer of {f.answer.given.isoformat()}" for f in found if f.answer), "")
    return _look(found), by


def _look(found: list[Finding]) -> str:
    verdicts = {f.verdict for f in found}
    for verdict, look in (
        (Verdict.FAIL, "bad"), (Verdict.NEEDS_ANSWER, "ask"), (Verdict.UNKNOWN, "unsure"),
    ):  # fmt: skip
        if verdict in verdicts:
            return look
    return "good" if Verdict.PASS in verdicts else "unsure"


def _heads(columns: list[list[Copy]]) -> list[str]:
    wide = WIDTH / len(columns)
    return [
        f'<text class="head" x="{n * wide + 8:.0f}" y="24">{escape(head)}</text>'
        f'<text class="small" x="{n * wide + 8:.0f}" y="44">{escape(why)}</text>'
        f'<path class="rule" d="M{n * wide + 8:.0f} 56h{wide - 16:.0f}"/>'
        for n, (head, why) in enumerate(COLUMNS)
    ]


def _card(copy: Copy, column: int, row: int) -> str:
    wide, top = WIDTH / len(COLUMNS), TOP + row * ROW
    x = column * wide + 6
    closed, _, when = copy.state.partition(", ")
    dash = ' stroke-dasharray="5 4"' if copy.look == "unsure" else ""
    lines = (
        (16, "name", cut(copy.name, 19)),
        (32, "small", cut(copy.place)),
        (47, "small", when),
        (63, "small strong", closed),
    )
    texts = "".join(
        f'<text class="{c}" x="{x + 8:.0f}" y="{top + y}">{escape(t)}</text>' for y, c, t in lines
    )
    return (
        f'<g class="{copy.look}"><rect class="card" x="{x:.0f}" y="{top}" width="{wide - 12:.0f}" '
        f'height="{ROW - 8}" rx="5"{dash}/>{texts}</g>'
    )


def cut(text: str, most: int = 23) -> str:
    """A text that fits its card."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _more(number: int, column: int) -> str:
    x, y = column * WIDTH / len(COLUMNS) + 8, TOP + MOST * ROW + 16
    return f'<text class="small" x="{x:.0f}" y="{y}">and {number} more</text>'


def _empty(column: int, known: Facts) -> str:
    """A column without a copy: nothing wrong on the same disk, unknown everywhere else."""
    wide = WIDTH / len(COLUMNS)
    x = column * wide + 6
    if column == 0:
        snapshots = known.copies.snapshots
        said = f"{snapshots} snapshots, no copies" if snapshots else "none seen"
        return f'<text class="small" x="{x + 2:.0f}" y="{TOP + 16}">{said}</text>'
    return (
        f'<g class="unsure"><rect class="card" x="{x:.0f}" y="{TOP}" width="{wide - 12:.0f}" '
        f'height="{ROW - 8}" rx="5" stroke-dasharray="5 4"/>'
        f'<text class="name" x="{x + 8:.0f}" y="{TOP + 22}">? none seen</text>'
        f'<text class="small" x="{x + 8:.0f}" y="{TOP + 40}">no machine shows all</text></g>'
    )


def _answers(answers: list[tuple[str, str, str]], top: int) -> list[str]:
    """How each question of 3-2-1 and its friends stands, below the picture."""
    wide = WIDTH / len(answers)
    made = []
    for n, (word, look, by) in enumerate(answers):
        kind = "unsure" if look == "ask" else look
        lines = [(30, "small strong", word), (47, "small", _LOOKS[look])]
        if by:
            lines.append((63, "small", "as answered"))
        texts = "".join(
            f'<text class="{c}" y="{y}" text-anchor="middle">{escape(t)}</text>'
            for y, c, t in lines
        )
        place = f"translate({n * wide + wide / 2:.1f} {top})"
        made.append(
            f'<g class="{kind}" transform="{place}"><circle r="12"/>{_sign(look)}{texts}</g>'
        )
    return made


def _sign(look: str) -> str:
    if look in _SIGNS:
        return f'<path class="sign" d="{_SIGNS[look]}"/>'
    return '<text class="ask" y="6" text-anchor="middle">?</text>'
