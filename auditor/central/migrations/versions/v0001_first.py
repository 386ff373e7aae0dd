"""The first tables, frozen as they were: later steps change them, never this module."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from auditor.central.tables import BIG, Moment

revision = "0001"
down_revision = None

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def upgrade() -> None:
    """Makes the tables."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Removes them with all that is in them."""
    metadata.drop_all(op.get_bind())


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

machine = sa.Table(
    "machine", metadata, _id(), _key("school_id", "school.id"),
    *(_text(n) for n in ("name", "platform", "os")),
    sa.Column("portable", sa.Boolean),
    sa.Column("first_seen", Moment), sa.Column("last_seen", Moment),
    sa.Column("report_id", BIG), sa.Column("retired", Moment),
    *_facts(),
    sa.UniqueConstraint("school_id", "name"),
)  # fmt: skip

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

finding = sa.Table(
    "finding", metadata, _id(),
    _key("school_id", "school.id"), _key("machine_id", "machine.id", index=True),
    sa.Column("rule", sa.String(12), nullable=False), sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("severity", sa.String(10), nullable=False), *(_text(n) for n in ("subject", "seen")),
    sa.Index("ix_finding_school_rule", "school_id", "rule"),
)  # fmt: skip

school_rule = sa.Table(
    "school_rule", metadata,
    _key("school_id", "school.id"), sa.Column("rule", sa.String(12), nullable=False),
    _number("fails"), _number("unknowns"), _number("severity"),
    sa.PrimaryKeyConstraint("school_id", "rule"),
    sa.Index("ix_school_rule_rule", "rule", "fails", "unknowns"),
)  # fmt: skip

school_month = sa.Table(
    "school_month", metadata,
    _key("school_id", "school.id"), sa.Column("month", sa.Integer, nullable=False),
    _number("machines"), _number("keeping"), _number("doubtful"), _number("copies"), _number("fails"),
    sa.Column("state", sa.String(10), nullable=False),
    sa.PrimaryKeyConstraint("school_id", "month"), sa.Index("ix_school_month_month", "month", "state"),
)  # fmt: skip

action = sa.Table(
    "action", metadata, _id(), _key("school_id", "school.id"),
    sa.Column("rule", sa.String(12), nullable=False),
    *(_text(n) for n in ("owner", "note", "created_by", "done_by")),
    sa.Column("due", sa.Date), sa.Column("state", sa.String(10), nullable=False),
    sa.Column("created", Moment, nullable=False), sa.Column("done", Moment), sa.Column("verified", Moment),
    sa.Index("ix_action_school_state", "school_id", "state"), sa.Index("ix_action_due", "state", "due"),
)  # fmt: skip

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

erasure = sa.Table(
    "erasure", metadata, _id(), sa.Column("at", Moment, nullable=False),
    *(_text(n) for n in ("who", "about", "why")), _number("reports"), _number("machines"),
)  # fmt: skip
