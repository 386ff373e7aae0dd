"""The server's clock, in one place so that tests can set it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The time, with its zone (UTC)."""
    return datetime.now(UTC)  # noqa: TID251 - a server has no audited machine to ask


def month(moment: datetime) -> int:
    """The month of a moment as a number that sorts: 202611."""
    at = moment.astimezone(UTC)
    return at.year * 100 + at.month
