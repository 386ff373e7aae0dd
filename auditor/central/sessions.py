"""Who is signed in. The cookie holds a random secret, the database its digest.

A session is made only by signing in, never taken from what a browser brings, so that it cannot be
fixed beforehand; it gets another secret whenever its rights grow.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa

from auditor.central.clock import now
from auditor.central.tables import session
from auditor.central.tokens import digest
from auditor.evidence import Record

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
_FRESH = timedelta(minutes=1)


class Session(Record, frozen=True, kw_only=True):
    """A session that is going on."""

    hash: str
    user_id: int
    csrf: str
    stage: str
    """`code` while the second factor is asked, `setup` while one must be made, `in`."""
    pending: str
    """What a step of signing in has to remember."""

    @property
    def inside(self) -> bool:
        """Whether signing in is finished."""
        return self.stage == "in"


def begin(
    connection: sa.Connection, user_id: int, stage: str, *, address: str = "", pending: str = ""
) -> str:
    """A new session; its secret, for the cookie."""
    secret, at = secrets.token_urlsafe(32), now()
    connection.execute(
        session.insert().values(
            hash=digest(secret),
            user_id=user_id,
            csrf=secrets.token_urlsafe(24),
            stage=stage,
            created=at,
            seen=at,
            address=address[:64],
            pending=pending,
        )
    )
    return secret


def going_on(connection: sa.Connection, secret: str) -> Session | None:
    """The session of a cookie, unless it was idle or lasted too long."""
    s, at = session.c, now()
    row = connection.execute(
        sa.select(session).where(
            s.hash == digest(secret), s.seen > at - IDLE, s.created > at - LONGEST
        )
    ).first()
    if row is None:
        return None
    if row.seen < at - _FRESH:
        connection.execute(session.update().where(s.hash == row.hash).values(seen=at))
    return Session(
        hash=row.hash, user_id=row.user_id, csrf=row.csrf, stage=row.stage, pending=row.pending
    )


def end(connection: sa.Connection, hash_: str) -> None:
    """Ends a session, and those that nobody can use any more."""
    s, at = session.c, now()
    stale = (s.seen < at - IDLE) | (s.created < at - LONGEST)
    connection.execute(session.delete().where((s.hash == hash_) | stale))
