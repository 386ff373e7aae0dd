"""Check digits and letters of official numbers.

Each function takes a match as it was written, gaps included, and says whether the number can
exist. None of them says that it was ever given to anybody.
"""

from __future__ import annotations

from collections.abc import Callable

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""23 letters, without I, O and S."""
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


def _digits(written: str) -> list[int]:
    return [int(c) for c in written if c.isdecimal() and c.isascii()]


CHECKS: dict[str, Callable[[str], bool]] = {"upn": upn, "uln": uln, "nhs": nhs, "nino": nino}
"""By the name that a definition gives in `check`."""
