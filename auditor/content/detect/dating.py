"""The date of the data: of which school year a file tells, whatever its own date says.

Always the last day of a school year, 31 August: a day written in a file can be a child's birthday,
and no report may carry that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from auditor.content.detect.columns import Column
from auditor.personal import Role

EARLIEST = 1990
AHEAD = 10
"""Years to come of which records tell: a school speaks of the year in which a child leaves."""
_YEAR = re.compile(r"(?<!\d)(20\d\d)\s?[-/–_]\s?(?:20)?(\d\d)(?![\d/.-])")
"""A school year: 2023-24, 2023/2024."""
_DAY = re.compile(
    r"(?<![\d/.-])(?:(\d{1,2})[/.-](\d{1,2})[/.-](\d{2,4})|(\d{4})-(\d{2})-(\d{2}))(?![\d/-])"
    r"|(?<!\d)(\d{1,2})(?:st|nd|rd|th)? (?:of )?"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*,? (\d{4})",
    re.IGNORECASE,
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_BORN = re.compile(r"(?i)(?:d\.?o\.?b|birth|born|geni)[^\n]{0,25}$")
MOST = 60_000
"""Characters that are searched for dates."""


def of_title(text: str) -> date | None:
    """The end of the school year that a file name or title gives."""
    found = [int(m[1]) + 1 for m in _YEAR.finditer(text) if (int(m[1]) + 1) % 100 == int(m[2])]
    return date(max(found), 8, 31) if found else None


def of_text(text: str, today: int) -> date | None:
    """The end of the school year of the latest day in a text, days of birth left out.

    Args:
        text: Its beginning.
        today: The year of the audit.
    """
    text = text[:MOST]
    days = (
        _day(m, today)
        for m in _DAY.finditer(text)
        if not _BORN.search(text[max(0, m.start() - 40) : m.start()])
    )
    latest = max((d for d in days if d), default=None)
    return date(latest.year + (latest.month > 8), 8, 31) if latest else None


def of_table(rows: Sequence[Sequence[str]], columns: dict[int, Column], today: int) -> date | None:
    """The school year of a list, by its pupils' ages and year groups or by its latest day."""
    births = [n for n, c in columns.items() if c.datum.role is Role.BIRTH]
    years = [n for n, c in columns.items() if c.datum.id == "year-group"]
    if births and years:
        told = [y for row in rows[:60] for y in _school_year(row, births[0], years[0], today)]
        if len(told) >= 3:
            return date(sorted(told)[len(told) // 2], 8, 31)
    others = [c for row in rows[:200] for n, c in enumerate(row) if n not in births]
    return of_text("\n".join(others), today)


def _school_year(row: Sequence[str], birth: int, year: int, today: int) -> Iterable[int]:
    if max(birth, year) >= len(row):
        return
    found, group = _DAY.search(row[birth]), re.search(r"1[0-3]|[1-9]", row[year])
    born = _day(found, today) if found else None
    if born and group:
        # Children of a school year are born from September to August; Year 1 is the year of six.
        yield born.year + (born.month >= 9) + 5 + int(group[0])


def _day(match: re.Match[str], today: int) -> date | None:
    if match[1]:
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        year += 0 if year > 99 else 2000 if 2000 + year <= today + AHEAD else 1900
    elif match[4]:
        year, month, day = int(match[4]), int(match[5]), int(match[6])
    else:
        day, month, year = int(match[7]), _MONTHS.index(match[8].lower()) + 1, int(match[9])
    try:
        return date(year, month, day) if EARLIEST <= year <= today + AHEAD else None
    except ValueError:
        return None
