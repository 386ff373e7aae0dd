"""Judging stored evidence again: when, with which rules, and what each report came to."""

import sqlalchemy as sa
from alembic import op

from auditor.central.tables import BIG, Moment

revision = "0002"
down_revision = "0001"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _number(name: str, kind: type[sa.Integer] = sa.Integer) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default="0")


def upgrade() -> None:
    """Adds the tables, and to each machine which judging its findings are of."""
    op.create_table(
        "judging",
        sa.Column("id", BIG, nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("ended", Moment),
        *(_text(n) for n in ("pack", "title", "digest", "by")),
        sa.Column("state", sa.String(10), nullable=False),
        *(_number(n, sa.BigInteger) for n in ("total", "done", "last")),
        sa.PrimaryKeyConstraint("id", name="pk_judging"),
    )
    op.create_table(
        "judged",
        sa.Column("judging_id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        *(_number(n) for n in ("critical", "high", "other", "unknown", "passed")),
        sa.Column("findings", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("judging_id", "report_id", name="pk_judged"),
        sa.ForeignKeyConstraint(
            ["judging_id"], ["judging.id"], ondelete="CASCADE", name="fk_judged_judging_id"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], ondelete="CASCADE", name="fk_judged_report_id"
        ),
    )
    op.create_index("ix_judged_report_id", "judged", ["report_id"])
    op.add_column("machine", sa.Column("judging_id", BIG))


def downgrade() -> None:
    """Takes them away again; the reports stay."""
    op.drop_column("machine", "judging_id")
    op.drop_table("judged")
    op.drop_table("judging")
