"""Connections to the store, its migrations, and the statement that databases word differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from auditor.errors import CentralError

_BUSY = 30_000
"""Milliseconds that a SQLite writer waits for another."""


def connect(url: str) -> sa.Engine:
    """An engine for `sqlite:///FILE` or `postgresql://…`.

    SQLite commits are on the disk before they are answered (WAL, synchronous FULL).

    Raises:
        CentralError: The URL cannot be used.
    """
    try:
        if url.startswith("postgres"):
            rest = url.split("://", 1)[1] if "://" in url else ""
            return sa.create_engine(
                f"postgresql+psycopg://{rest}", pool_size=10, max_overflow=10, pool_pre_ping=True
            )
        if url.startswith("sqlite"):
            made = sa.create_engine(url, connect_args={"timeout": _BUSY / 1000})
            sa.event.listen(made, "connect", _sqlite)
            return made
    except (SQLAlchemyError, ImportError) as e:
        raise CentralError("the database's address cannot be used", hint=str(e)) from e
    raise CentralError(
        "the database's address begins with neither sqlite:/// nor postgresql://",
        hint='in central.toml: database = "postgresql://user:password@host/name"',
    )


def _sqlite(raw: Any, _record: object) -> None:
    for pragma in (
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = FULL",
        f"busy_timeout = {_BUSY}",
        "cache_size = -65536",
    ):
        raw.execute(f"PRAGMA {pragma}").close()


def migrate(engine: sa.Engine, to: str = "head", *, down: bool = False) -> None:
    """Brings the tables up, or back down, to a revision of `migrations`.

    Raises:
        CentralError: The database cannot be reached, or is newer than this program.
    """
    from alembic import command
    from alembic.util import CommandError

    try:
        with engine.connect() as connection:
            config = _config(connection)
            (command.downgrade if down else command.upgrade)(config, to)
            connection.commit()
    except CommandError as e:
        raise CentralError(
            "the database was made by a newer version of this program",
            hint=f"start it with that version ({e})",
        ) from e
    except DBAPIError as e:
        raise unreachable(e) from e


def revision(engine: sa.Engine) -> str | None:
    """The revision that the tables have; None when there are none yet."""
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config(connection: sa.Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def unreachable(error: DBAPIError) -> CentralError:
    """What to say when the database does not answer; never with its password."""
    first = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
    return CentralError(f"the database does not answer: {first}", hint="see that it is running")


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection for questions; nothing is written.

    Raises:
        CentralError: The database does not answer.
    """
    try:
        # Without a transaction each question is one way to the server and back, not three.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
    except sa.exc.OperationalError as e:
        raise unreachable(e) from e


def upsert(
    dialect: str,
    table: sa.Table,
    keys: Sequence[str],
    *,
    only_changed: bool = False,
    **changes: Any,
) -> Any:
    """An insert into `table` that, where `keys` are taken, changes or (without changes) skips.

    Rows are best handed to `execute`, or come by `from_select`: a statement with thousands of
    values takes SQLAlchemy longer to write than the database to do.

    Args:
        dialect: The database that words it: `postgresql` or `sqlite`.
        table: Where to.
        keys: The columns that make a row the same.
        only_changed: Whether rows that would stay as they are are not written at all.
        changes: Columns with their new values; None for that of the row to be inserted.
    """
    made: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    if not changes:
        return made.on_conflict_do_nothing(index_elements=keys)
    taken = {k: getattr(made.excluded, k) if v is None else v for k, v in changes.items()}
    where = None
    if only_changed:
        where = sa.or_(*(table.c[k].is_distinct_from(v) for k, v in taken.items()))
    return made.on_conflict_do_update(index_elements=keys, set_=taken, where=where)


def among(dialect: str, column: sa.Column[Any], name: str) -> sa.ColumnElement[bool]:
    """Whether a column is one of the values bound to `name`.

    For PostgreSQL an array, which makes the statement the same however many there are: it is
    planned once. The values are a list.
    """
    if dialect == "postgresql":
        values = sa.bindparam(name, type_=postgresql.ARRAY(column.type))
        return column == sa.func.any(values)
    return column.in_(sa.bindparam(name, expanding=True))


def numbered(connection: sa.Connection, table: sa.Table, many: int) -> list[int]:
    """The ids of rows that are about to be inserted; in SQLite nobody else may be writing."""
    if connection.dialect.name == "postgresql":
        of = {"name": table.name, "many": many}
        return list(connection.execute(_NUMBERS, of).scalars())
    last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0
    return list(range(last + 1, last + 1 + many))


_NUMBERS = sa.text(
    "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :many)"
)
