"""What one report or machine adds to the sums of its school: plain counting, without a database.

Sums are moved by the difference between what a machine added before and what it adds now, so that
a report costs the same whether its school has one machine or a thousand.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from auditor.findings import Severity, Verdict

Finding = tuple[str, str, str, str, str]
FINDING = ("rule", "verdict", "severity", "subject", "seen")
"""What the parts of a finding are."""
WAIVED = "waived"
"""The verdict of a fail whose risk somebody at the school has accepted for now."""
RULE = ("fails", "unknowns", "waived", *(s.value for s in Severity))
"""What is counted of a rule: machines, by what they add."""
MONTH = ("machines", "keeping", "doubtful", "copies", "fails")
"""What is counted of a month."""
_UNCLEAR = {Verdict.UNKNOWN.value, Verdict.NEEDS_ANSWER.value}
_RANK = {s.value: s.rank for s in Severity}
_decoder = msgspec.json.Decoder(tuple[Finding, ...])

Counts = tuple[int, ...]
Facts = Mapping[str, Any] | sa.RowMapping


def packed(findings: Sequence[Finding]) -> bytes:
    """Findings as they are kept: JSON, compressed by zlib (RFC 1950)."""
    return zlib.compress(msgspec.json.encode(findings), 3)


def unpacked(kept: bytes) -> tuple[Finding, ...]:
    """The findings that `packed` wrote."""
    return _decoder.decode(zlib.decompress(kept))


def of_rules(findings: Iterable[Finding]) -> dict[str, Counts]:
    """What a machine with these findings adds to each rule, in the order of `RULE`."""
    worst: dict[str, int] = {}
    unclear, waived = set(), set()
    for rule, verdict, severity, _, _ in findings:
        if verdict == Verdict.FAIL.value:
            rank = _RANK.get(severity, len(_RANK) - 1)
            worst[rule] = min(rank, worst.get(rule, rank))
        elif verdict in _UNCLEAR:
            unclear.add(rule)
        elif verdict == WAIVED:
            waived.add(rule)
    return {
        rule: (
            int(rule in worst), int(rule in unclear), int(rule in waived),
            *(int(worst.get(rule) == n) for n in _RANK.values()),
        )
        for rule in {*worst, *unclear, *waived}
    }  # fmt: skip


def of_month(facts: Facts | None) -> Counts:
    """What a machine with these facts adds to a month, as `MONTH` orders it; None adds nothing."""
    if facts is None:
        return (0,) * len(MONTH)
    fails = facts["critical"] + facts["high"] + facts["other"]
    return 1, int(facts["copies"] > 0), int(doubtful(facts)), facts["copies"], fails


def doubtful(facts: Facts) -> bool:
    """Whether nobody can say that a machine with these facts keeps no copies."""
    clear = facts["unsure"] == 0 and facts["known"] and facts["complete"]
    return bool(facts["copies"] == 0 and not clear)


def moved(before: Counts, after: Counts) -> Counts:
    """By how much each count changes."""
    return tuple(a - b for a, b in zip(after, before, strict=True))


def add(sums: dict[Any, Counts], key: object, more: Counts) -> None:
    """Adds to one of several sums; a sum of which nothing is left to add is no longer there."""
    had = sums.pop(key, None)
    total = more if had is None else tuple(a + b for a, b in zip(had, more, strict=True))
    if any(total):
        sums[key] = total


def add_rules(
    sums: dict[tuple[int, str], Counts],
    school_id: int,
    before: dict[str, Counts],
    after: dict[str, Counts],
) -> None:
    """Adds what changes in a school when one of its machines adds `after` instead of `before`."""
    nothing = (0,) * len(RULE)
    for rule in {*before, *after}:
        change = moved(before.get(rule, nothing), after.get(rule, nothing))
        add(sums, (school_id, rule), change)
