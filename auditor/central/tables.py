"""The tables. Sums that pages show are columns of `school`, `school_rule` and `school_month`.

They are brought up to date in the transaction that stores a report, so that no page has to add up
reports. `found` holds what is not a pass in the latest report of each machine, in one row that is
written with the report: a row for each finding is two thirds of the work and of the space. Older
findings are in the sealed reports, which are kept as they came.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(sa.TypeDecorator[datetime]):
    """A time with its zone; always UTC, also where the database has no zones (SQLite)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database; a time without a zone is a bug and refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite numbers its rows only in a column of its own integer type."""


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def _many(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _key(name: str, target: str, *, index: bool = False) -> sa.Column[Any]:
    to = sa.ForeignKey(target, ondelete="CASCADE")
    return sa.Column(name, BIG, to, nullable=False, index=index)


def _id() -> sa.Column[Any]:
    return sa.Column("id", BIG, primary_key=True)


def _facts() -> list[sa.Column[Any]]:
    """What a report comes to: the headline, and fails by severity."""
    return [
        *(_number(n) for n in ("copies", "unsure", "closed")),
        *(_many(n) for n in ("people_low", "people_high")),
        sa.Column("known", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("complete", sa.Boolean, nullable=False, server_default=sa.false()),
        *(_number(n) for n in ("critical", "high", "other", "unknown", "passed")),
    ]


FACTS = tuple(c.name for c in _facts())

school = sa.Table(
    "school", metadata, _id(),
    sa.Column("urn", sa.String(20), nullable=False, unique=True),
    *(_text(n) for n in ("laestab", "name", "phase", "trust", "area", "region", "contact", "email")),
    sa.Column("closed_on", sa.Date),
    # sums over its machines in use
    *(_number(n) for n in ("machines", "keeping", "doubtful", "carrying")),
    *(_number(n) for n in ("copies", "unsure", "closed")),
    *(_many(n) for n in ("people_low", "people_high")),
    *(_number(n) for n in ("critical", "high", "other", "unknown")),
    sa.Column("state", sa.String(10), nullable=False, server_default="silent"),
    sa.Column("first_report", Moment), sa.Column("last_report", Moment),
    sa.Index("ix_school_area", "area", "name"), sa.Index("ix_school_last_report", "last_report"),
    sa.Index("ix_school_trust", "trust"),
)  # fmt: skip
"""`state` is silent, keeps, unsure or clear: see `figures`."""

judging = sa.Table(
    "judging", metadata, _id(), sa.Column("created", Moment, nullable=False), sa.Column("ended", Moment),
    *(_text(n) for n in ("pack", "title", "digest", "by")),
    sa.Column("state", sa.String(10), nullable=False), _many("total"), _many("done"), _many("last"),
)  # fmt: skip
"""A time that all stored evidence was judged again; `last` is the report that it has come to."""

judged = sa.Table(
    "judged", metadata,
    _key("judging_id", "judging.id"), _key("report_id", "report.id", index=True),
    *(_number(n) for n in ("critical", "high", "other", "unknown", "passed")),
    sa.Column("findings", sa.LargeBinary, nullable=False),
    sa.PrimaryKeyConstraint("judging_id", "report_id"),
)  # fmt: skip
"""What a report came to then: counts, and what did not pass (JSON, compressed by zlib)."""

machine = sa.Table(
    "machine", metadata, _id(), _key("school_id", "school.id"),
    *(_text(n) for n in ("name", "platform", "os")),
    sa.Column("portable", sa.Boolean),
    sa.Column("first_seen", Moment), sa.Column("last_seen", Moment),
    sa.Column("report_id", BIG), sa.Column("retired", Moment), sa.Column("judging_id", BIG),
    *_facts(),
    sa.UniqueConstraint("school_id", "name"),
)  # fmt: skip

"""`judging_id` is set when its findings are of that judging, not as its report brought them."""

report = sa.Table(
    "report", metadata, _id(),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    _key("school_id", "school.id"), _key("machine_id", "machine.id"),
    sa.Column("taken", Moment, nullable=False), sa.Column("received", Moment, nullable=False),
    _number("month"), *(_text(n) for n in ("via", "tool", "pack", "rules")),
    sa.Column("key_id", BIG), sa.Column("encrypted", sa.Boolean, nullable=False), _number("size"),
    *_facts(),
    sa.Index("ix_report_machine_taken", "machine_id", "taken"),
    sa.Index("ix_report_school_month", "school_id", "month"),
    sa.Index("ix_report_received", "received"),
)  # fmt: skip

sealed = sa.Table(
    "sealed", metadata,
    sa.Column("report_id", BIG, sa.ForeignKey("report.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("bytes", sa.LargeBinary, nullable=False),
)  # fmt: skip
"""The reports as they came."""

found = sa.Table(
    "found", metadata,
    sa.Column("machine_id", BIG, sa.ForeignKey("machine.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("findings", sa.LargeBinary, nullable=False),
)  # fmt: skip
"""What did not pass on a machine, as `tallies.packed` writes it."""

school_rule = sa.Table(
    "school_rule", metadata,
    _key("school_id", "school.id"), sa.Column("rule", sa.String(12), nullable=False),
    *(_number(n) for n in ("fails", "unknowns", "severity", "waived")),
    *(_number(n) for n in ("critical", "high", "medium", "low", "info")),
    sa.PrimaryKeyConstraint("school_id", "rule"),
    # Of nothing that changes with a report, so that PostgreSQL need not write it again.
    sa.Index("ix_school_rule_rule", "rule", "school_id"),
)  # fmt: skip
"""How many machines of a school fail a rule (in all, and by its severity there), could not tell,
or fail it with a risk that the school accepted; severity is the worst rank."""

school_month = sa.Table(
    "school_month", metadata,
    _key("school_id", "school.id"), sa.Column("month", sa.Integer, nullable=False),
    _number("machines"), _number("keeping"), _number("doubtful"), _number("copies"), _number("fails"),
    sa.Column("state", sa.String(10), nullable=False),
    sa.PrimaryKeyConstraint("school_id", "month"), sa.Index("ix_school_month_month", "month", "state"),
)  # fmt: skip
"""A school by the last report of each of its machines in a month."""

action = sa.Table(
    "action", metadata, _id(), _key("school_id", "school.id"),
    sa.Column("rule", sa.String(12), nullable=False),
    *(_text(n) for n in ("owner", "note", "created_by", "done_by")),
    sa.Column("due", sa.Date), sa.Column("state", sa.String(10), nullable=False),
    sa.Column("created", Moment, nullable=False), sa.Column("done", Moment), sa.Column("verified", Moment),
    sa.Index("ix_action_school_state", "school_id", "state"), sa.Index("ix_action_due", "state", "due"),
)  # fmt: skip
"""`state` is open, done (somebody says so) or verified (a later report shows it)."""

signing_key = sa.Table(
    "signing_key", metadata, _id(),
    sa.Column("public", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("school_id", BIG, sa.ForeignKey("school.id", ondelete="CASCADE"), index=True),
    sa.Column("user_id", BIG, sa.ForeignKey("user.id", ondelete="CASCADE"), index=True),
    _text("name"), sa.Column("created", Moment, nullable=False), sa.Column("revoked", Moment),
)  # fmt: skip

token = sa.Table(
    "token", metadata, _id(),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    *(_text(n) for n in ("name", "scopes", "created_by")),
    sa.Column("school_id", BIG, sa.ForeignKey("school.id", ondelete="CASCADE"), index=True),
    sa.Column("user_id", BIG, sa.ForeignKey("user.id", ondelete="CASCADE"), index=True),
    sa.Column("created", Moment, nullable=False), sa.Column("expires", Moment),
    sa.Column("revoked", Moment), sa.Column("last_used", Moment),
)  # fmt: skip

quarantine = sa.Table(
    "quarantine", metadata, _id(),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("received", Moment, nullable=False, index=True),
    *(_text(n) for n in ("via", "why", "said")),
    sa.Column("school_id", BIG, sa.ForeignKey("school.id", ondelete="CASCADE"), index=True),
    _number("size"), sa.Column("bytes", sa.LargeBinary),
)  # fmt: skip

user = sa.Table(
    "user", metadata, _id(),
    sa.Column("email", sa.String(254), nullable=False, unique=True), _text("name"),
    sa.Column("role", sa.String(10), nullable=False),
    *(_text(n) for n in ("password", "subject")), sa.Column("totp", sa.LargeBinary),
    _number("totp_step"), _number("failures"), sa.Column("locked_until", Moment),
    sa.Column("created", Moment, nullable=False), sa.Column("disabled", Moment), sa.Column("last_seen", Moment),
)  # fmt: skip

user_school = sa.Table(
    "user_school", metadata, _key("user_id", "user.id"), _key("school_id", "school.id", index=True),
    sa.PrimaryKeyConstraint("user_id", "school_id"),
)  # fmt: skip
"""The schools that an auditor or a school's own person may see."""

session = sa.Table(
    "session", metadata,
    sa.Column("hash", sa.String(64), primary_key=True), _key("user_id", "user.id", index=True),
    sa.Column("csrf", sa.String(64), nullable=False), sa.Column("stage", sa.String(10), nullable=False),
    sa.Column("created", Moment, nullable=False), sa.Column("seen", Moment, nullable=False),
    *(_text(n) for n in ("address", "pending")),
)  # fmt: skip

look = sa.Table(
    "look", metadata, _id(), sa.Column("at", Moment, nullable=False, index=True),
    *(_text(n) for n in ("who", "what", "about", "address")),
)  # fmt: skip
"""Who did or looked at what; written, and deleted by retention, never changed."""

erasure = sa.Table(
    "erasure", metadata, _id(), sa.Column("at", Moment, nullable=False),
    *(_text(n) for n in ("who", "about", "why")), _number("reports"), _number("machines"),
)  # fmt: skip
