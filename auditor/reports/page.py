"""How a page is made: one file that needs nothing but itself.

Styles and script stand in the page and are named by their digests in its content security
policy, so that a browser loads and runs nothing else. The script only sorts, filters and draws
rows from data in the page; everything that matters is there without it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from auditor.reports import terms
from auditor.reports.language import Language
from auditor.shipped import shipped

STYLE, SCRIPT = "page.css", "page.js"


def page(template: str, say: Language, **told: Any) -> str:
    """The page of a template.

    Args:
        template: Its name under templates/.
        say: The language of its texts.
        told: What it shows.
    """
    style, script = part(STYLE), part(SCRIPT)
    return (
        _environment(say)
        .get_template(template)
        .render(
            say=say,
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            style_digest=_digest(style),
            script_digest=_digest(script),
            **told,
        )
    )


@cache
def _environment(say: Language) -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(part),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(say.gettext, say.plain_ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(
        number=lambda n: f"{n:,}",
        people=say.people,
        span=say.span,
        size=say.size,
        day=say.day,
        moment=say.moment,
        spent=say.spent,
        listed=say.listed,
        web=web,
        anchor=anchor,
    )
    made.globals.update(
        files=say.files,
        copies=say.copies,
        states=terms.states(say),
        severities=terms.severities(say),
        places=terms.places(say),
        areas=terms.areas(say),
        guards=terms.guards(say),
        bases=terms.bases(say),
        readings=terms.readings(say),
        locks=terms.locks(say),
        healths=terms.healths(say),
        devices=terms.devices(say),
        media=terms.media(say),
        held=terms.held(say),
        own=say.code == "en",
    )
    return made


@cache
def part(name: str) -> str:
    """The text of a file under templates/."""
    return (shipped("templates") / name).read_text("utf-8")


def web(address: str) -> str:
    """The address if it is one of the web; nothing else becomes a link."""
    return address if re.fullmatch(r"https?://[^\s\"'<>]+", address) else ""


def anchor(text: str) -> str:
    """A name that an element may have: letters, digits and dashes."""
    return "r-" + re.sub(r"[^A-Za-z0-9-]+", "-", text)[:40]


def _digest(text: str) -> str:
    """What a content security policy calls a block: `sha256-` and the digest of its text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
