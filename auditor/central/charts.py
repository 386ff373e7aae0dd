"""Charts as SVG: drawn by hand, styled by class, with their words inside for who cannot see them.

Every chart stands beside a table of the same numbers; the SVG itself is one image with a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from auditor.central.figures import Month, percent

WIDTH, HEIGHT = 640, 220
_LEFT, _BOTTOM, _TOP = 46, 28, 10


def share_over_time(months: Sequence[Month]) -> Markup:
    """The share of reporting schools that keep copies, month by month, with that of the survey."""
    if len(months) < 2:
        return Markup()
    step = (WIDTH - _LEFT - 34) / (len(months) - 1)
    points = [(_LEFT + n * step, _level(m.keeps, m.reported)) for n, m in enumerate(months)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    every = max(1, len(months) // 6)
    labels = "".join(
        f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(m.label)}</text>'
        for (x, _), m in list(zip(points, months, strict=True))[::every]
    )
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in points)
    last = months[-1]
    first = months[0]
    name = (
        "Share of reporting schools that keep unencrypted copies: "
        f"{percent(first.keeps, first.reported)} in {first.label}, "
        f"{percent(last.keeps, last.reported)} in {last.label}"
    )
    return _svg(name, f'{_grid()}<polyline points="{line}"/>{dots}{labels}')


def _level(part: int, whole: int) -> float:
    share = part / whole if whole else 0.0
    return _TOP + (HEIGHT - _BOTTOM - _TOP) * (1 - share)


def _grid() -> str:
    made = []
    for value in (0, 25, 50, 75, 100):
        y = _level(value, 100)
        made.append(
            f'<line class="grid" x1="{_LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value} %</text>'
        )
    return "".join(made)


def bar(keeps: int, unsure: int, clear: int) -> Markup:
    """A row of three parts: keeps, unsure, clear."""
    whole = keeps + unsure + clear
    if not whole:
        return Markup()
    at, parts = 0.0, []
    for kind, value in (("bad", keeps), ("unsure", unsure), ("good", clear)):
        wide = 200 * value / whole
        if value:
            parts.append(f'<rect class="{kind}" x="{at:.1f}" width="{wide:.1f}" height="14"/>')
        at += wide
    name = f"{keeps} keep copies, {unsure} could not be told, {clear} keep none"
    return Markup(  # noqa: S704 - numbers and words of ours
        f'<svg class="bar" role="img" aria-label="{escape(name)}" viewBox="0 0 200 14" '
        f'preserveAspectRatio="none">{"".join(parts)}</svg>'
    )


def _svg(name: str, inside: str) -> Markup:
    return Markup(  # noqa: S704 - numbers and escaped words
        f'<svg class="chart" role="img" aria-label="{escape(name)}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">{inside}</svg>'
    )
