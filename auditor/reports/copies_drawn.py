"""Where the copies are, as one drawing: this machine, each copy by where it is kept, what is asked.

A self-contained SVG: it needs only the colours of the page (`--c` and `--b` of good, bad, unsure),
and reads aloud through its description. What was not seen is drawn with a broken line and a
question mark, never left out and never called missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from auditor.copies import Held, Medium
from auditor.findings import Audit, Finding, Verdict
from auditor.rulebook.copying import BackupFacts
from auditor.rulebook.facts import Facts, facts
from auditor.words import day

CARD, ROW = 180, 80
"""Units of the drawing: the width of a column, and the height of a copy in it."""
MOST = 4
"""Copies that one column draws; more are counted below them."""
COLUMNS = (
    ("Same disk", "lost together"),
    ("In the building", "fire and theft"),
    ("Carried, unplugged", "can be lost"),
    ("Off site", "another place"),
    ("Place not known", "ask where it stands"),
)
"""The last is drawn only where there is such a copy: a network drive or a name does not say."""
NOT_TOLD = 4
QUESTIONS = (
    ("BAK-03", "3 copies"),
    ("BAK-04", "not on one disk"),
    ("BAK-05", "1 off site"),
    ("BAK-06", "out of reach"),
    ("BAK-07", "encrypted"),
    ("BAK-02", "recent"),
    ("BAK-09", "restore tested"),
)
"""The rules whose verdicts stand below the picture, with a word for each."""
_LOOKS = {"good": "yes", "bad": "no", "unsure": "not known", "ask": "ask a person",
          "none": "no records here"}  # fmt: skip
_SIGNS = {"good": "M-5 0l4 4 7-9", "bad": "M-5-5l10 10M5-5L-5 5"}


class Copy(NamedTuple):
    """One copy as it is drawn."""

    name: str
    place: str
    state: str
    look: str


def drawn(audit: Audit) -> str:
    """The drawing for wide pages and, beside it, the same for a phone; a page shows one of them.

    Every text of the markup is escaped; only the wide one is read aloud.
    """
    known = facts(audit.evidence)
    columns = _columns(known)
    if not columns[NOT_TOLD]:
        columns.pop()
    answers = [(word, *_answered(audit, rule, known)) for rule, word in QUESTIONS]
    wide, high, body = _side_by_side(columns, answers, known)
    told = escape(described(columns, answers))
    narrow, higher, stacked = _one_below_another(columns, answers, known)
    return (
        f'<svg class="copies wide" lang="en-GB" viewBox="0 0 {wide} {high}" role="img" '
        f'aria-labelledby="copies-t copies-d"><title id="copies-t">Where the copies are</title>'
        f'<desc id="copies-d">{told}</desc>{body}</svg>'
        f'<svg class="copies narrow" lang="en-GB" viewBox="0 0 {narrow} {higher}" '
        f'aria-hidden="true">{stacked}</svg>'
    )


def _side_by_side(
    columns: list[list[Copy]], answers: list[tuple[str, str, str]], known: Facts
) -> tuple[int, int, str]:
    """Width, height and markup with the columns beside each other."""
    top, wide = 70, CARD * len(columns)
    rows = max(1, *(min(len(c), MOST) + (len(c) > MOST) for c in columns))
    body: list[str] = []
    for n, column in enumerate(columns):
        body.append(_head(n, n * CARD + 8, 24, 20))
        body += _cards(column, n, known, [(n * CARD + 6, top + r * ROW) for r in range(MOST + 1)])
    body += _answers(answers, wide / len(answers), top + rows * ROW + 20, len(answers))
    return wide, top + rows * ROW + 96, "".join(body)


def _one_below_another(
    columns: list[list[Copy]], answers: list[tuple[str, str, str]], known: Facts
) -> tuple[int, int, str]:
    """The same with two cards to a row, for a page as wide as a phone."""
    y = 0
    body: list[str] = []
    for n, column in enumerate(columns):
        body.append(_head(n, 8, y + 22, 0))
        places = [(6 + r % 2 * CARD, y + 44 + r // 2 * ROW) for r in range(MOST + 1)]
        body += _cards(column, n, known, places)
        rows = -(-max(1, min(len(column), MOST + 1)) // 2)
        y += 52 + (rows * ROW if column or n else 24)
    body += _answers(answers, CARD * 2 / 3, y + 24, 3)
    return CARD * 2, y + -(-len(answers) // 3) * 84 + 20, "".join(body)


def described(columns: list[list[Copy]], answers: list[tuple[str, str, str]]) -> str:
    """The same in words, for whoever does not see the drawing."""
    parts = [
        f"{head}: " + ("; ".join(f"{c.name}, {c.place}, {c.state}" for c in column) or "none seen")
        for (head, _), column in zip(COLUMNS, columns, strict=False)
    ]
    parts += [f"{word}: {_LOOKS[look]}{f', {by}' if by else ''}" for word, look, by in answers]
    return ". ".join(parts) + "."


def _columns(known: Facts) -> list[list[Copy]]:
    """The copies by where they are kept; what counts as no copy stands with the data."""
    found: list[list[Copy]] = [[] for _ in COLUMNS]
    for b in known.backups:
        if b.counts and b.ran is not False:
            found[_column(b)].append(_copy(b))
    return found


def _column(b: BackupFacts) -> int:
    """Where a copy is kept; a network says of no drive in which building it stands."""
    if b.medium is Medium.SAME_DISK:
        return 0
    if b.held is Held.OFFSITE:
        return 3
    if b.held in {Held.CARRIED, Held.OFFLINE} or b.medium is Medium.PORTABLE_DISK:
        return 2
    return 1 if b.held is Held.ONSITE or b.medium is Medium.INTERNAL_DISK else NOT_TOLD


def _copy(b: BackupFacts) -> Copy:
    closed = {True: "encrypted", False: "not encrypted", None: "encryption not known"}[b.closed]
    when = f"of {day(b.last_success)}" if b.last_success else "age not known"
    when = "last run failed" if b.failed else when
    good = b.closed and b.last_success and not b.failed
    look = "bad" if b.closed is False or b.failed else "good" if good else "unsure"
    return Copy(b.product, b.drive or b.target or "place not known", f"{closed}, {when}", look)


def _answered(audit: Audit, rule: str, known: Facts) -> tuple[str, str]:
    """How a question stands, and who answered it where a person did."""
    found = [f for f in audit.findings if f.rule == rule]
    by = next((f"by answer of {f.answer.given.isoformat()}" for f in found if f.answer), "")
    look = _look(found)
    # A rule also passes where there is nothing to lose, and then no copy was seen.
    all_ = known.copies
    shown = {"BAK-03": all_.copies.low > 2, "BAK-05": all_.offsite, "BAK-06": all_.offline}
    idle = look == "good" and not by and all_.records is False and not shown.get(rule, True)
    return ("none" if idle else look), by


def _look(found: list[Finding]) -> str:
    verdicts = {f.verdict for f in found}
    for verdict, look in (
        (Verdict.FAIL, "bad"), (Verdict.NEEDS_ANSWER, "ask"), (Verdict.UNKNOWN, "unsure"),
    ):  # fmt: skip
        if verdict in verdicts:
            return look
    return "good" if Verdict.PASS in verdicts else "unsure"


def _head(column: int, x: float, y: float, apart: int) -> str:
    """The heading of a column, its reason below it or beside it, and a line."""
    head, why = COLUMNS[column]
    aside = (x, y + apart, "start") if apart else (CARD * 2 - 8, y, "end")
    long = (CARD if apart else CARD * 2) - 16
    return (
        f'<text class="head" x="{x:.0f}" y="{y:.0f}">{escape(head)}</text>'
        f'<text class="small" x="{aside[0]:.0f}" y="{aside[1]:.0f}" text-anchor="{aside[2]}">'
        f'{escape(why)}</text><path class="rule" d="M{x:.0f} {y + apart + 12:.0f}h{long}"/>'
    )


def _cards(
    column: list[Copy], n: int, known: Facts, places: Sequence[tuple[float, float]]
) -> list[str]:
    """The cards of a column at their places; more than fit are counted, none is a question."""
    if not column:
        return [_empty(n, known, *places[0])]
    made = [_card(c, *place) for c, place in zip(column[:MOST], places, strict=False)]
    if len(column) > MOST:
        x, y = places[MOST]
        said = f"and {len(column) - MOST} more"
        made.append(f'<text class="small" x="{x + 2:.0f}" y="{y + 16:.0f}">{said}</text>')
    return made


def _card(copy: Copy, x: float, top: float) -> str:
    closed, _, when = copy.state.partition(", ")
    dash = ' stroke-dasharray="5 4"' if copy.look == "unsure" else ""
    lines = (
        (16, "name", cut(copy.name, 18)),
        (32, "small", cut(copy.place)),
        (47, "small", when),
        (63, "small strong", closed),
    )
    texts = "".join(
        f'<text class="{c}" x="{x + 8:.0f}" y="{top + y:.0f}">{escape(t)}</text>'
        for y, c, t in lines
    )
    return (
        f'<g class="{copy.look}"><rect class="card" x="{x:.0f}" y="{top:.0f}" '
        f'width="{CARD - 12}" height="{ROW - 8}" rx="5"{dash}/>{texts}</g>'
    )


def cut(text: str, most: int = 23) -> str:
    """A text that fits its card."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _empty(column: int, known: Facts, x: float, top: float) -> str:
    """A column without a copy: nothing wrong on the same disk, unknown everywhere else."""
    if column == 0:
        snapshots = known.copies.snapshots
        said = f"{snapshots} snapshots, no copies" if snapshots else "none seen"
        return f'<text class="small" x="{x + 2:.0f}" y="{top + 16:.0f}">{said}</text>'
    return (
        f'<g class="unsure"><rect class="card" x="{x:.0f}" y="{top:.0f}" width="{CARD - 12}" '
        f'height="{ROW - 8}" rx="5" stroke-dasharray="5 4"/>'
        f'<text class="name" x="{x + 8:.0f}" y="{top + 22:.0f}">? none seen</text>'
        f'<text class="small" x="{x + 8:.0f}" y="{top + 40:.0f}">no machine shows all</text></g>'
    )


def _answers(
    answers: list[tuple[str, str, str]], wide: float, top: float, in_a_row: int
) -> list[str]:
    """How each question of 3-2-1 and its friends stands, below the picture."""
    made = []
    for n, (word, look, by) in enumerate(answers):
        kind = "unsure" if look in {"ask", "none"} else look
        lines = [(30, "small strong", word), (47, "small", _LOOKS[look])]
        if by:
            lines.append((63, "small", "as answered"))
        texts = "".join(
            f'<text class="{c}" y="{y}" text-anchor="middle">{escape(t)}</text>'
            for y, c, t in lines
        )
        x, y = n % in_a_row * wide + wide / 2, top + n // in_a_row * 84
        made.append(
            f'<g class="{kind}" transform="translate({x:.1f} {y:.0f})"><circle r="12"/>'
            f"{_sign(look)}{texts}</g>"
        )
    return made


def _sign(look: str) -> str:
    if look in _SIGNS:
        return f'<path class="sign" d="{_SIGNS[look]}"/>'
    return '<text class="ask" y="6" text-anchor="middle">?</text>'
