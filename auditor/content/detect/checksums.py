"""Check digits and letters of official numbers.

Each function takes a match as it was written, gaps included, and says whether the number can
exist. None of them says that it was ever given to anybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""23 letters, without I, O and S."""
OLDEST = 91
"""Years that have gone by, at most, since the birth of anybody of whom a school keeps records."""
NINO_NEVER = frozenset({"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})
"""Prefixes that are never given out (HM Revenue and Customs, NIM39110)."""


def upn(written: str) -> bool:
    """A unique pupil number, permanent or temporary.

    The first letter is the remainder by 23 of the other twelve, weighted 2 to 13; a temporary
    number's last letter counts as its place in the same alphabet. The local authority is not
    looked up: the lists in use lack Wales and the authorities of recent years.
    """
    number = written.upper()
    if len(number) != 13 or number[0] not in UPN_LETTERS or not number[1:12].isdecimal():
        return False
    if number[1:12] == "12345678901":
        return False  # what guides and forms give as an example
    last = number[12]
    if not (last.isdecimal() or last in UPN_LETTERS):
        return False
    digits = [int(c) for c in number[1:12]]
    digits.append(int(last) if last.isdecimal() else UPN_LETTERS.index(last))
    total = sum(d * w for d, w in zip(digits, range(2, 14), strict=True))
    return UPN_LETTERS[total % 23] == number[0]


def uln(written: str) -> bool:
    """A unique learner number: weights 10 to 2, the tenth digit is 10 less the remainder by 11.

    9999999999 stands for a number not yet known and is none.
    """
    digits = _digits(written)
    if len(digits) != 10 or digits[0] == 0 or digits == [9] * 10:
        return False
    rest = sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return rest != 0 and digits[9] == 10 - rest


def nhs(written: str) -> bool:
    """An NHS number: weights 10 to 2, the tenth digit is 11 less the remainder by 11."""
    digits = _digits(written)
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    check = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return check != 10 and digits[9] == check % 11


def nino(written: str) -> bool:
    """A National Insurance number by its prefix; it has no check digit."""
    number = written.replace(" ", "").upper()
    if len(number) not in {8, 9} or not number[2:8].isdecimal() or not number[:2].isalpha():
        return False
    if number[0] in "DFIQUV" or number[1] in "DFIOQUV" or number[:2] in NINO_NEVER:
        return False
    return len(number) == 8 or number[8] in "ABCD"


def chi(written: str) -> bool:
    """A CHI number (Scotland): a day of birth, then modulus 11 as in an NHS number."""
    digits = _digits(written)
    if len(digits) != 10 or not _day(digits[0] * 10 + digits[1], digits[2] * 10 + digits[3]):
        return False
    return nhs(written)


def licence(written: str) -> bool:
    """A driver number: its month (50 more for women) and day of birth must be able to exist."""
    digits = written[5:11]
    if len(written) != 16 or not digits.isdecimal():
        return False
    return _day(int(digits[3:5]), int(digits[1:3]) % 50)


def luhn(written: str) -> bool:
    """A payment card number by its last digit (ISO/IEC 7812-1)."""
    digits = _digits(written)
    twice = [d * 2 - 9 * (d > 4) for d in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and (sum(digits[::-2]) + sum(twice)) % 10 == 0


def account(written: str) -> bool:
    """An IBAN by modulus 97, or a sort code with an account number, which has no check here."""
    number = "".join(written.split()).upper()
    if number[:1].isdecimal():
        return True
    moved = number[4:] + number[:4]
    if not (15 <= len(number) <= 34 and moved.isalnum() and moved.isascii()):
        return False
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def birth(written: str, today: int | None = None) -> bool:
    """A date of which a living person can be born: day, month and year, or the other way round.

    Args:
        written: The date.
        today: The year of the audit; None for any.
    """
    found = re.fullmatch(r"(\d{1,4})[/. -](\d{1,2})[/. -](\d{1,4})(?:[T ].*)?", written.strip())
    if not found:
        return False
    day, month, year = (int(found[n]) for n in (1, 2, 3))
    if len(found[1]) == 4:
        day, year = year, day
    lived = today is None or today - OLDEST <= year <= today
    return _day(day, month) and (year < 100 or (lived and year > 1900))


def _day(day: int, month: int) -> bool:
    return (
        1 <= month <= 12 and 1 <= day <= (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    )


def _digits(written: str) -> list[int]:
    return [int(c) for c in written if c.isdecimal() and c.isascii()]


CHECKS: dict[str, Callable[[str], bool]] = {
    "upn": upn,
    "uln": uln,
    "nhs": nhs,
    "chi": chi,
    "nino": nino,
    "licence": licence,
    "luhn": luhn,
    "account": account,
    "birth": birth,
}
"""By the name that a definition gives in `check`."""
