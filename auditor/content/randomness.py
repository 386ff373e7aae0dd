"""Whether bytes look random, as encrypted and wiped ones do: never a proof, a reason to ask."""

from __future__ import annotations

from collections import Counter

LEAST = 4_096
_LOW, _HIGH = 160.0, 370.0
"""Bounds of chi-square over 256 values between which 99.99 % of random bytes lie."""


def looks_random(data: bytes) -> bool:
    """Whether every byte is about as frequent as every other.

    Args:
        data: At least `LEAST` bytes, or the answer is no.
    """
    if len(data) < LEAST:
        return False
    expected = len(data) / 256
    found = Counter(data)
    square = sum((found.get(b, 0) - expected) ** 2 for b in range(256)) / expected
    return _LOW < square < _HIGH
