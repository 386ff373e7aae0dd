"""Tokens of the API: shown once, kept as digests, limited to scopes and, mostly, to one school."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa

from auditor.central.clock import now
from auditor.central.tables import school, token
from auditor.evidence import Record

_FRESH = timedelta(minutes=10)


class Scope(StrEnum):
    """What a token may do."""

    SEND = "reports:send"
    """Send the reports of its school, and enrol the keys that sign them."""
    READ = "read"
    """Read the figures, schools and findings that its owner may see."""
    SCHOOLS = "schools:write"
    """Bring the list of schools up to date."""


class Token(Record, frozen=True, kw_only=True):
    """A token that was shown."""

    id: int
    scopes: frozenset[str]
    school_id: int | None
    urn: str = ""
    user_id: int | None
    fresh: bool = True
    """Whether its use was noted lately."""


def digest(secret: str) -> str:
    """What is kept of a secret of 256 random bits: they need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(
    connection: sa.Connection,
    *scopes: Scope,
    name: str,
    by: str,
    school_id: int | None = None,
    user_id: int | None = None,
    expires: datetime | None = None,
) -> str:
    """A new token; the only time that it can be seen."""
    secret = f"auditor_{secrets.token_urlsafe(32)}"
    connection.execute(
        token.insert().values(
            hash=digest(secret),
            name=name,
            scopes=" ".join(scopes),
            created_by=by,
            school_id=school_id,
            user_id=user_id,
            created=now(),
            expires=expires,
        )
    )
    return secret


@cache
def _by_hash() -> sa.Select[Any]:
    t = token.c
    return (
        sa.select(t.id, t.scopes, t.school_id, t.user_id, t.last_used, school.c.urn)
        .outerjoin(school, school.c.id == t.school_id)
        .where(t.hash == sa.bindparam("hash"), t.revoked.is_(None))
        .where(sa.or_(t.expires.is_(None), t.expires > sa.bindparam("now")))
    )


def shown(connection: sa.Connection, secret: str) -> Token | None:
    """The token with that secret, unless it is unknown, revoked or expired."""
    row = connection.execute(_by_hash(), {"hash": digest(secret), "now": now()}).first()
    if row is None:
        return None
    return Token(
        id=row.id,
        scopes=frozenset(row.scopes.split()),
        school_id=row.school_id,
        urn=row.urn or "",
        user_id=row.user_id,
        fresh=row.last_used is not None and row.last_used > now() - _FRESH,
    )


def used(engine: sa.Engine, shown_: Token) -> None:
    """Notes that a token was used, at most every ten minutes: writers wait for each other."""
    if not shown_.fresh:
        with engine.begin() as connection:
            connection.execute(
                token.update().where(token.c.id == shown_.id).values(last_used=now())
            )


def revoke(connection: sa.Connection, id: int) -> None:  # noqa: A002 - the column's name
    """Ends a token for good."""
    connection.execute(
        token.update().where(token.c.id == id, token.c.revoked.is_(None)).values(revoked=now())
    )
