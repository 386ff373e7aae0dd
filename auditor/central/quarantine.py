"""Reports that were refused, kept with the reason so that an officer can ask the school."""

from __future__ import annotations

import sqlalchemy as sa

from auditor.central.clock import now
from auditor.central.database import upsert
from auditor.central.tables import quarantine
from auditor.central.verify import Turned, digest

LARGEST = 8 * 1024 * 1024
"""Bytes kept of one; of a larger file only the record is kept."""


def put(connection: sa.Connection, came: bytes, turned: Turned, *, via: str, most: int) -> None:
    """Records a refusal; the oldest beyond `most` are forgotten."""
    q = quarantine.c
    connection.execute(
        upsert(
            connection.dialect.name, quarantine, ["digest"], received=None, why=None, said=None
        ).values(
            digest=digest(came),
            received=now(),
            via=via,
            why=turned.why,
            said=turned.problem,
            school_id=turned.school_id,
            size=len(came),
            bytes=came if len(came) <= LARGEST else None,
        )
    )
    kept = sa.select(q.id).order_by(q.received.desc(), q.id.desc()).offset(most).limit(1)
    last = connection.execute(kept).scalar()
    if last is not None:
        connection.execute(quarantine.delete().where(q.id <= last))
