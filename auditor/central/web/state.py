"""What every request needs, made once when the server starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import sqlalchemy as sa
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from auditor.central import database
from auditor.central.chores import rulebook
from auditor.central.settings import Home
from auditor.central.writer import Writer
from auditor.rulebook.rules import Rule

REMEMBERED = 30.0
"""Seconds for which a sum over everything may be shown again."""


@dataclass(slots=True)
class Limits:
    """How often anybody may try. Counted in this process; locks of accounts are in the database."""

    wrong: RateLimitItemPerMinute
    """Wrong tokens, passwords or codes from one address."""
    token: RateLimitItemPerMinute
    """Requests with one token."""
    _window: SlidingWindowCounterRateLimiter = field(
        default_factory=lambda: SlidingWindowCounterRateLimiter(MemoryStorage())
    )

    def wrong_again(self, address: str) -> None:
        """Counts a wrong try."""
        self._window.hit(self.wrong, "wrong", address)

    def too_often_wrong(self, address: str) -> bool:
        """Whether an address tried too often."""
        return not self._window.test(self.wrong, "wrong", address)

    def too_often(self, token: int) -> bool:
        """Counts a request with a token, and says whether it is one too many."""
        return not self._window.hit(self.token, "token", str(token))


@dataclass(slots=True)
class Centre:
    """The running authority."""

    home: Home
    engine: sa.Engine
    writer: Writer
    limits: Limits
    _rules: dict[str, Rule] = field(default_factory=dict)
    _kept: dict[str, tuple[float, Any]] = field(default_factory=dict)

    def rulebook(self) -> dict[str, Rule]:
        """The authority's rules by id: titles and remedies come from here, never from a report."""
        if not self._rules:
            self._rules.update({r.id: r for r in rulebook(self.home).rules})
        return self._rules

    def remembered(self, name: str, make: Callable[[], Any]) -> Any:
        """What was made under this name in the last half minute, or made now."""
        at = monotonic()
        kept = self._kept.get(name)
        if kept is None or kept[0] < at - REMEMBERED:
            kept = (at, make())
            self._kept[name] = kept
        return kept[1]

    def close(self) -> None:
        """Writes what waits and lets go of the database."""
        self.writer.close()
        self.engine.dispose()


def opened(home: Home) -> Centre:
    """The authority of a home folder, its database brought up to this version.

    Raises:
        CentralError: The database does not answer or is of a newer version.
    """
    engine = database.connect(home.database)
    database.migrate(engine)
    limits = Limits(
        wrong=RateLimitItemPerMinute(home.settings.wrong_per_minute),
        token=RateLimitItemPerMinute(home.settings.requests_per_minute),
    )
    return Centre(home=home, engine=engine, writer=Writer(engine), limits=limits)
