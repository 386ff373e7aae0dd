"""Lets a school send: a token in an enrolment file, and the keys that sign its reports."""

from __future__ import annotations

import sqlalchemy as sa

from auditor import enrolment
from auditor.central import tokens
from auditor.central.clock import now
from auditor.central.settings import Home
from auditor.central.tables import school, signing_key, token
from auditor.errors import CentralError
from auditor.keys import fingerprint
from auditor.words import shown

MOST_KEYS = 200
"""Keys of one school: one a machine at most."""


def school_of(connection: sa.Connection, urn: str) -> int:
    """The id of the school with that URN.

    Raises:
        CentralError: It is not on the list.
    """
    found = connection.execute(sa.select(school.c.id).where(school.c.urn == urn)).scalar()
    if found is None:
        raise CentralError(
            f"there is no school with URN {urn}",
            hint="bring the list of schools in first: auditor central import schools.csv",
        )
    return int(found)


def enrol(connection: sa.Connection, home: Home, urn: str, by: str) -> enrolment.Enrolment:
    """A new enrolment for a school; earlier ones go on working until they are revoked.

    Raises:
        CentralError: It is not on the list.
    """
    id_ = school_of(connection, urn)
    name = connection.execute(sa.select(school.c.name).where(school.c.id == id_)).scalar()
    secret = tokens.issue(connection, tokens.Scope.SEND, name="sending", by=by, school_id=id_)
    return enrolment.Enrolment(
        address=home.settings.address.rstrip("/"),
        authority=home.settings.name,
        key=home.recipient,
        urn=urn,
        school=str(name),
        token=secret,
    )


def not_enrolled(connection: sa.Connection) -> list[str]:
    """The URNs of schools that have no token to send with."""
    t = token.c
    has = sa.select(t.id).where(t.school_id == school.c.id, t.revoked.is_(None)).exists()
    return list(connection.execute(sa.select(school.c.urn).where(~has)).scalars())


def add_key(
    connection: sa.Connection,
    public: bytes,
    *,
    name: str,
    school_id: int | None = None,
    user_id: int | None = None,
) -> bool:
    """Enrols a key for a school or an auditor; False when it was enrolled before.

    Raises:
        CentralError: It belongs to somebody else or was revoked, or there are too many.
    """
    k = signing_key.c
    there = connection.execute(sa.select(signing_key).where(k.public == public)).first()
    if there is not None:
        if there.school_id != school_id or there.user_id != user_id:
            raise CentralError(f"the key {fingerprint(public)} is enrolled for somebody else")
        if there.revoked is not None:
            raise CentralError(f"the key {fingerprint(public)} was revoked")
        return False
    if school_id is not None:
        many = connection.execute(
            sa.select(sa.func.count()).where(k.school_id == school_id, k.revoked.is_(None))
        ).scalar_one()
        if many >= MOST_KEYS:
            raise CentralError("the school has too many keys: revoke those not in use")
    connection.execute(
        signing_key.insert().values(
            public=public,
            school_id=school_id,
            user_id=user_id,
            name=shown(name[:100]),
            created=now(),
        )
    )
    return True
