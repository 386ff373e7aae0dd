"""Numbers, sizes, dates and paths in plain English, the same in every report and rule.

>>> people(Range(low=30, high=30)), size(1_500_000), count(1, "file"), count(1200, "file")
('30 people', '1.5 MB', '1 file', '1,200 files')
"""

from __future__ import annotations

import os
import re
from datetime import date, datetime

from auditor.evidence import Range

UNBOUNDED = 2**40
"""The upper end of a range whose end is not known."""


def number(value: int) -> str:
    """A whole number with thousands separated by commas."""
    return f"{value:,}"


def count(value: int, thing: str, things: str = "") -> str:
    """A number with its noun: `1 file`, `3 files`, `2 copies`."""
    return f"{value:,} {thing if value == 1 else things or thing + 's'}"


def span(value: Range) -> str:
    """A range as people say it: `30`, `20 to 30`, `at least 20`, `an unknown number of`."""
    if value.high >= UNBOUNDED:
        return f"at least {value.low:,}" if value.low else "an unknown number of"
    return number(value.low) if value.low == value.high else f"{value.low:,} to {value.high:,}"


def amount(value: Range, thing: str, things: str = "") -> str:
    """A range with its noun: `1 file`, `3 to 5 files`."""
    last = value.high if value.high < UNBOUNDED else value.low
    return f"{span(value)} {thing if value.low == last == 1 else things or thing + 's'}"


def people(value: Range) -> str:
    """A range of people: `1 person`, `20 to 30 people`."""
    return amount(value, "person", "people")


def size(value: int | None) -> str:
    """Bytes in decimal units, as printed on the sticks themselves; `size not known` for None."""
    if value is None:
        return "size not known"
    amount, unit = float(value), "bytes"
    for bigger in ("kB", "MB", "GB", "TB", "PB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, bigger
    text = f"{amount:.0f}" if unit == "bytes" or amount >= 10 else f"{amount:.1f}"
    return f"{text} {unit}"


def day(value: date | None) -> str:
    """A date as written in Britain: `24 November 2026`; `date not known` for None."""
    return f"{value.day} {value:%B %Y}" if value else "date not known"


def moment(value: datetime | None) -> str:
    """Date and time of day: `24 November 2026, 14:05`."""
    return f"{day(value)}, {value:%H:%M}" if value else "time not known"


def spent(seconds: float) -> str:
    """A duration for people: `4 seconds`, `3 minutes`, `2 hours 10 minutes`."""
    whole = round(seconds)
    if whole < 60:
        return count(whole, "second")
    minutes, hours = whole // 60, whole // 3600
    if not hours:
        return count(minutes, "minute")
    rest = minutes - hours * 60
    return count(hours, "hour") + (f" {count(rest, 'minute')}" if rest else "")


_RECOVERY_KEY = re.compile(r"\d{6}(?:[ -]\d{6}){7}")


def shown(path: str | bytes) -> str:
    r"""A path that any report can carry: bytes that are not text stand as \xNN, controls too.

    A recovery key that somebody made the name of a file is left out.
    """
    try:
        text = os.fsencode(path).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half a character, which Windows allows in a name
        text = str(path).encode("utf-8", "backslashreplace").decode()
    text = _RECOVERY_KEY.sub("[recovery key]", text)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def listed(items: tuple[str, ...] | list[str], most: int = 5) -> str:
    """`a, b and c`; beyond `most`, `a, b and 7 more`."""
    kept = list(items[:most])
    if len(items) > most:
        kept.append(f"{len(items) - most:,} more")
    return kept[0] if len(kept) == 1 else ", ".join(kept[:-1]) + " and " + kept[-1] if kept else ""
