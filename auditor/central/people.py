"""Who may come in: accounts, passwords (argon2id), second factors (TOTP, RFC 6238) and roles."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import argon2
import pyotp
import sqlalchemy as sa
from cryptography.fernet import Fernet

from auditor.central.clock import now
from auditor.central.tables import session, user, user_school
from auditor.errors import CentralError
from auditor.evidence import Record

SHORTEST = 12
"""Characters of a password (NCSC: length, not symbols)."""
_LONGEST = 200
TRIES = 8
"""Wrong passwords or codes in a row before an account rests."""
REST = timedelta(minutes=15)


class Role(StrEnum):
    """What an account may do."""

    ADMIN = "admin"
    """Everything, accounts and erasure among it."""
    OFFICER = "officer"
    """Sees every school, sets actions, enrols schools."""
    AUDITOR = "auditor"
    """Sees the schools assigned, and may sign reports for them."""
    SCHOOL = "school"
    """Sees its own school and says what is done."""


class Person(Record, frozen=True, kw_only=True):
    """Somebody who is signed in."""

    id: int
    email: str
    name: str
    role: Role
    second_factor: bool
    schools: frozenset[int] = frozenset()
    """Ids of the schools of an auditor or a school's person."""

    @property
    def sees_all(self) -> bool:
        """Whether all schools are shown."""
        return self.role in {Role.ADMIN, Role.OFFICER}

    def sees(self, school_id: int) -> bool:
        """Whether that school is shown."""
        return self.sees_all or school_id in self.schools


@cache
def _hasher() -> argon2.PasswordHasher:
    return argon2.PasswordHasher()  # RFC 9106, low-memory profile


@cache
def _nobody() -> str:
    """A hash to check against when there is no such account, so that both take as long."""
    return _hasher().hash(secrets.token_urlsafe())


def add(
    connection: sa.Connection,
    email: str,
    role: Role,
    *,
    name: str = "",
    password: str = "",
    schools: tuple[int, ...] = (),
) -> int:
    """A new account; without a password it can only come by single sign-on.

    Raises:
        CentralError: The address is taken or none, the password too short, or schools are missing.
    """
    if "@" not in email or len(email) > 254 or any(c.isspace() for c in email):
        raise CentralError("this is not an e-mail address", where=email[:60])
    if (role in {Role.AUDITOR, Role.SCHOOL}) is not bool(schools):
        raise CentralError(
            "an auditor or school account needs its schools, and others have none",
            hint="name them with --school URN",
        )
    if find(connection, email) is not None:
        raise CentralError("there is an account with this address", where=email)
    made = connection.execute(
        user.insert()
        .values(
            email=email.casefold(),
            name=name or email.split("@", 1)[0],
            role=role.value,
            password=hashed(password, email) if password else "",
            created=now(),
        )
        .returning(user.c.id)
    ).scalar_one()
    for school_id in schools:
        connection.execute(user_school.insert().values(user_id=made, school_id=school_id))
    return int(made)


def find(connection: sa.Connection, email: str) -> Any | None:
    """The row of an account by its address, in any case of letters."""
    return connection.execute(sa.select(user).where(user.c.email == email.casefold())).first()


def accounts(connection: sa.Connection) -> list[Any]:
    """The rows of all accounts, by address."""
    return list(connection.execute(sa.select(user).order_by(user.c.email)))


def hashed(password: str, email: str = "") -> str:
    """The hash that is kept.

    Raises:
        CentralError: The password is too short, too long, or the address itself.
    """
    if not SHORTEST <= len(password) <= _LONGEST:
        raise CentralError(f"a password has {SHORTEST} to {_LONGEST} characters")
    if password.casefold() == email.casefold() or len(set(password)) < 5:
        raise CentralError("this password is too easy to guess")
    return _hasher().hash(password)


def check(connection: sa.Connection, email: str, password: str) -> Any | None:
    """The account if the password is right and it may come in now; counts wrong tries.

    An address without account costs the same time. A resting account refuses the right password
    too, and does not say so.
    """
    row = find(connection, email)
    stored = row.password if row is not None and row.password else _nobody()
    try:
        right = _hasher().verify(stored, password[:_LONGEST]) and stored is not _nobody()
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        right = False
    if row is None or row.disabled is not None or resting(row):
        return None
    if not right:
        failed(connection, row)
        return None
    return row


def resting(row: Any) -> bool:
    """Whether too many wrong tries were made lately."""
    return row.locked_until is not None and row.locked_until > now()


def failed(connection: sa.Connection, row: Any) -> None:
    """Counts a wrong password or code; the eighth in a row gives the account a rest."""
    u = user.c
    many = connection.execute(
        user.update().where(u.id == row.id).values(failures=u.failures + 1).returning(u.failures)
    ).scalar_one()
    if many >= TRIES:
        connection.execute(
            user.update().where(u.id == row.id).values(failures=0, locked_until=now() + REST)
        )


def came_in(connection: sa.Connection, user_id: int) -> None:
    """Forgets wrong tries once somebody is in."""
    connection.execute(
        user.update()
        .where(user.c.id == user_id)
        .values(failures=0, locked_until=None, last_seen=now())
    )


def person(connection: sa.Connection, user_id: int) -> Person | None:
    """The person of an account that is not disabled."""
    row = connection.execute(
        sa.select(user).where(user.c.id == user_id, user.c.disabled.is_(None))
    ).first()
    if row is None:
        return None
    of = sa.select(user_school.c.school_id).where(user_school.c.user_id == user_id)
    return Person(
        id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        second_factor=row.totp is not None,
        schools=frozenset(connection.execute(of).scalars()),
    )


def set_password(connection: sa.Connection, row: Any, password: str) -> None:
    """Gives an account another password and ends its sessions.

    Raises:
        CentralError: The password is not good enough.
    """
    made = hashed(password, row.email)
    connection.execute(
        user.update()
        .where(user.c.id == row.id)
        .values(password=made, failures=0, locked_until=None)
    )
    connection.execute(session.delete().where(session.c.user_id == row.id))


def disable(connection: sa.Connection, row: Any) -> None:
    """Closes an account: it signs out everywhere and cannot come back."""
    connection.execute(user.update().where(user.c.id == row.id).values(disabled=now()))
    connection.execute(session.delete().where(session.c.user_id == row.id))


def reset(connection: sa.Connection, row: Any) -> None:
    """Takes a lost second factor away, with the binding to a work account; all sessions end."""
    connection.execute(
        user.update().where(user.c.id == row.id).values(totp=None, totp_step=0, subject="")
    )
    connection.execute(session.delete().where(session.c.user_id == row.id))


def new_secret() -> str:
    """A new second factor, in base 32 as authenticator apps take it."""
    return pyotp.random_base32()


def address_of(secret: str, email: str, issuer: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The 30-second step whose code this is, one either way for slow clocks; None if wrong."""
    totp = pyotp.TOTP(secret)
    digits = code.replace(" ", "")
    step = int(at.timestamp()) // 30
    for near in (step, step - 1, step + 1):
        if secrets.compare_digest(totp.at(near * 30).encode(), digits.encode()):
            return near
    return None


def code_is_right(connection: sa.Connection, vault: Fernet, row: Any, code: str) -> bool:
    """Whether a code is that of the account's second factor; each code opens once."""
    if row.totp is None or resting(row):
        return False
    step = step_of(vault.decrypt(row.totp).decode(), code, now())
    if step is not None:
        u = user.c
        moved = connection.execute(
            user.update().where(u.id == row.id, u.totp_step < step).values(totp_step=step)
        )
        if moved.rowcount == 1:
            return True
    failed(connection, row)
    return False


def set_second_factor(
    connection: sa.Connection, vault: Fernet, user_id: int, secret: str | None
) -> None:
    """Stores a second factor, closed by the home folder's key; None takes it away."""
    closed = vault.encrypt(secret.encode()) if secret else None
    connection.execute(user.update().where(user.c.id == user_id).values(totp=closed, totp_step=0))
