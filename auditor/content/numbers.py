"""Numbers of a spreadsheet as people see them: dates as dates, leading zeros kept.

Formats by ECMA-376 part 1, 18.8.30.
"""

from __future__ import annotations

import re
import struct
from datetime import datetime, timedelta

_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Built-in formats that are dates or times, in any language."""
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ZEROS = re.compile(r"0[0 -]*0")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's dates have no zone
_FROM_1904 = 1462
"""Days between the two calendars of spreadsheets."""


def is_date(number: int, code: str) -> bool:
    """Whether a number format shows a date or time.

    Args:
        number: Id of the format.
        code: Its code, when it is not built in.
    """
    if not code:
        return number in _DATES
    return bool(re.search(r"[dymhs]", _QUOTED.sub("", code.lower().partition(";")[0])))


def mask(code: str) -> str:
    """A format that keeps leading zeros, such as `00000000000`; empty for any other."""
    plain = code.partition(";")[0].replace("\\", "").replace('"', "").strip()
    return plain if _ZEROS.fullmatch(plain) else ""


def masked(value: str, shape: str) -> str:
    """A number written with the leading zeros and gaps that its format gives it."""
    digits = value.removesuffix(".0")
    if not digits.isdigit():
        return value
    digits = digits.zfill(shape.count("0"))
    left = list(digits)
    made = [left.pop() if c == "0" else c for c in reversed(shape)]
    return "".join(left) + "".join(reversed(made))


def date(value: str, *, from_1904: bool = False) -> str:
    """A serial number as an ISO date, with its time when it has one; other text as it is."""
    try:
        days = float(value) + (_FROM_1904 if from_1904 else 0)
        moment = _EPOCH + timedelta(days=days)
    except (ValueError, OverflowError):
        return value
    if days < 1:
        return moment.strftime("%H:%M")
    moment = (moment + timedelta(seconds=0.5)).replace(microsecond=0)
    return moment.isoformat(" ").removesuffix(" 00:00:00")


def plain(value: str) -> str:
    """A number without exponent or idle decimals: `7.700900123E9` is `7700900123`."""
    if "E" not in value and "e" not in value and not value.endswith(".0"):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value


class Styles:
    """The styles of a binary workbook, as far as they change what a number says."""

    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        """Number formats of its own, by id."""
        self.dates: set[int] = set()
        self.masks: dict[int, str] = {}
        self.count = 0
        self.from_1904 = False

    def add(self, number: int) -> None:
        """The next style, with the id of its number format."""
        code = self.codes.get(number, "")
        if is_date(number, code):
            self.dates.add(self.count)
        elif mask(code):
            self.masks[self.count] = mask(code)
        self.count += 1

    def shown(self, value: float, style: int) -> str:
        """A number in this style."""
        if style in self.dates:
            return date(str(value), from_1904=self.from_1904)
        said = plain(str(value))
        return masked(said, self.masks[style]) if style in self.masks else said


def short(packed: int) -> float:
    """A number that Excel packed into four bytes (RK, [MS-XLS] 2.5.122)."""
    if packed & 2:
        made = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        made = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return made / 100 if packed & 1 else made
