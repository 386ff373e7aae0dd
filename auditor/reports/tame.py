"""Makes every text of an audit fit to be shown, whoever wrote the file that it was read from.

Controls and marks that turn the reading direction become visible escapes, and a text longer than
anything an audit writes is cut, so that a hostile report can neither mislead nor flood a page.
"""

from __future__ import annotations

from auditor.rewriting import R, rewritten

LONGEST = 2_000
"""Characters of a text that a page shows."""


def tame(record: R) -> R:
    """The record with each text printable and of bearable length."""
    return rewritten(record, lambda _record, _field, text: tamed(text))


def tamed(text: str) -> str:
    """The text itself, unless something in it does not belong on a page."""
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in text)


def _escaped(c: str) -> str:
    return " " if c in "\t\r\x0b\x0c" else c.encode("unicode_escape", "backslashreplace").decode()
