"""Fills the templates under templates/central; everything is escaped unless a chart made it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache
from typing import Any

import jinja2
from litestar import Response
from litestar.datastructures import Cookie

from auditor import __version__, words
from auditor.central import charts, figures
from auditor.central.web.visiting import Visit
from auditor.evidence import Range
from auditor.findings import Severity
from auditor.shipped import shipped

STATES = {
    "keeps": ("keeps unencrypted copies that can leave", "bad"),
    "unsure": ("could not be told", "unsure"),
    "clear": ("keeps none", "good"),
    "silent": ("has not reported", "plain"),
}
"""A school's state in words and colour; never colour alone."""
TONES = {"critical": "bad", "high": "bad", "medium": "unsure", "low": "plain", "info": "plain"}
VERDICTS = {
    "fail": "failed",
    "unknown": "could not be checked",
    "needs_answer": "needs an answer",
    "waived": "failed, and accepted by the school for now",
}


def page(
    name: str,
    visit: Visit | None = None,
    *,
    status: int = 200,
    cookies: list[Cookie] | None = None,
    **values: Any,
) -> Response[str]:
    """A page.

    Args:
        name: A template under templates/central.
        visit: Who sees it; None before signing in.
        status: The HTTP status.
        cookies: Cookies to set.
        values: What the template needs.
    """
    text = _environment().get_template(f"{name}.html").render(
        visit=visit, person=visit.person if visit else None,
        csrf=visit.session.csrf if visit else "", **values,
    )  # fmt: skip
    return Response(text, status_code=status, media_type="text/html", cookies=cookies or [])


def part(name: str) -> bytes:
    """A file under templates/central: the style and the script."""
    return (shipped("templates") / "central" / name).read_bytes()


@cache
def stamp(name: str) -> str:
    """A few digits of a file's digest, so that browsers fetch it again when it changes."""
    return hashlib.sha256(part(name)).hexdigest()[:12]


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: part(name).decode("utf-8")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters.update(
        number=words.number, size=words.size, day=_day, moment=words.moment, iso=_iso,
        people=lambda low, high: words.people(Range(low=low, high=max(low, high))),
    )  # fmt: skip
    made.globals.update(
        count=words.count, percent=figures.percent, bar=charts.bar, stamp=stamp, states=STATES,
        tones=TONES, verdicts=VERDICTS, severities=[s.value for s in Severity], version=__version__,
    )  # fmt: skip
    return made


def _day(value: datetime | date | None) -> str:
    return f"{value.day} {value:%B %Y}" if value else "never"


def _iso(value: datetime | date | None) -> str:
    return value.isoformat() if value else ""
