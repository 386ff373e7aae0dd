"""The looks at the documents of one file, such as sheets, members and attachments, made one."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.content.crowd import Gathering
from auditor.content.detect.look import Look
from auditor.evidence import Strength, Tally

_ORDER = tuple(Strength)
"""Surest first."""


def combine(looks: Iterable[Look | None]) -> Look | None:
    """The look at a file of several documents; None when none holds personal data.

    What is only possible adds nothing beside what is sure. Nobody is counted twice who stands in
    two sheets by the same number or name.
    """
    found = [look for look in looks if look]
    if len(found) < 2:
        return found[0] if found else None
    surest = min(_ORDER.index(look.strength) for look in found)
    if _ORDER[surest] is not Strength.POSSIBLE:
        found = [look for look in found if look.strength is not Strength.POSSIBLE]
    # Most people first: the others are then mostly known.
    found.sort(key=lambda look: (-look.people.low, -look.people.high))
    everybody = Gathering()
    for look in found:
        everybody.add(look.people, look.crowd)
    first = max(found, key=lambda look: (look.weight, look.people.high))
    return Look(
        contents=_contents(found),
        people=everybody.people(),
        category=first.category,
        record=first.record,
        who=tuple(sorted({w for look in found for w in look.who})),
        strength=_ORDER[surest],
        special=any(look.special for look in found),
        whole=all(look.whole for look in found),
        weight=first.weight,
        keep=first.keep,
        dated=max((look.dated for look in found if look.dated), default=None),
        crowd=everybody.crowd(),
    )


def _contents(looks: list[Look]) -> tuple[Tally, ...]:
    made: dict[str, Tally] = {}
    for tally in (t for look in looks for t in look.contents):
        had = made.get(tally.datum)
        made[tally.datum] = tally if had is None else _both(had, tally)
    return tuple(sorted(made.values(), key=lambda t: (-t.count, t.datum)))


def _both(one: Tally, other: Tally) -> Tally:
    sure = min(one.strength, other.strength, key=_ORDER.index)
    return Tally(
        datum=one.datum,
        title=one.title,
        category=one.category,
        count=one.count + other.count,
        strength=sure,
    )
