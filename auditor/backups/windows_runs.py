"""Runs of Windows' own backup (wbadmin, Windows Server Backup) by its log of events.

Only the number of an event and its named fields are read, which are the same in every language.
Event 14 ends every run and says its result; 4 is a success; the others of level 2 say what failed
(manifest of the provider Microsoft-Windows-Backup; the fields of version 0 lack the result).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from auditor.errors import HostError
from auditor.host.powershell import Answers, moment, whole, words

SUCCESS, ENDED = 4, 14
FAILED = frozenset(
    {3, 5, 8, 9, 11, 12, 15, 17, 18, 19, 20, 21, 22, 25, 49, 50, 52, 517, 518, 521, 526, 527, 528,
     544, 545, 546, 561, 564, 565}
)  # fmt: skip
"""Events of a backup that are errors; the others of this log are of restores or only inform."""
ONE_RUN = timedelta(minutes=5)
"""Events nearer to each other are of the same run."""
LATELY = timedelta(days=7)


class Run(NamedTuple):
    """One run of the backup."""

    when: datetime
    good: bool
    target: str = ""
    """As Windows names it: a letter, a share or a volume without a letter."""


def runs(answers: Answers) -> list[Run] | None:
    """The runs of the last weeks, oldest first; None where the log could not be read."""
    try:
        events = answers.part("events")
    except HostError:
        # A log that is empty or does not exist is no secret: nothing ran.
        refused = answers.found.get("errors")
        nothing = isinstance(refused, dict) and refused.get("events") == "ObjectNotFound"
        return [] if nothing else None
    return _merged(sorted(r for e in events if (r := _run(e))))


def _run(event: dict[str, Any]) -> Run | None:
    """What one event says of a run; None for one that says neither good nor bad."""
    number, when = whole(event, "Id"), moment(event, "When")
    if when is None or number not in FAILED | {SUCCESS, ENDED}:
        return None
    result = _result(event)
    if number == ENDED and result is None:
        return None
    good = number == SUCCESS if number != ENDED else result == 0
    return Run(when, good, words(event, "Target"))


def _result(event: dict[str, Any]) -> int | None:
    """The result, which some versions of an event write as 0x…; None where there is none."""
    said = words(event, "Result")
    try:
        return int(said, 16 if said.lower().startswith("0x") else 10)
    except ValueError:
        return None


def _merged(found: Iterable[Run]) -> list[Run]:
    """Events of one run as one; a run is good only when all of its events are."""
    merged: list[Run] = []
    for run in found:
        before = merged[-1] if merged else None
        if before and run.when - before.when <= ONE_RUN:
            merged[-1] = Run(run.when, before.good and run.good, run.target or before.target)
        else:
            merged.append(run)
    return merged


def bad_lately(found: Iterable[Run], now: datetime) -> int:
    """How many runs failed within the last seven days."""
    return sum(not r.good and now - r.when <= LATELY for r in found)


def last(found: Iterable[Run], *, good: bool) -> datetime | None:
    """When the last run was, or the last that succeeded; None when there was none."""
    return max((r.when for r in found if r.good or not good), default=None)
