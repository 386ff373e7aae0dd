"""What did not pass on a machine is one row; rules are counted by severity, and risks accepted."""

import json
import zlib
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from auditor.central.tables import BIG

revision = "0003"
down_revision = "0002"

_SEVERITIES = ("critical", "high", "medium", "low", "info")
_NEW = ("waived", *_SEVERITIES)
_PARTS = ("rule", "verdict", "severity", "subject", "seen")
_AT_ONCE = 500

_finding = sa.table("finding", *(sa.column(n) for n in ("id", "school_id", "machine_id", *_PARTS)))
_found = sa.table("found", sa.column("machine_id"), sa.column("findings", sa.LargeBinary))
_machine = sa.table("machine", *(sa.column(n) for n in ("id", "school_id", "retired")))
_rules = sa.table(
    "school_rule",
    *(sa.column(n) for n in ("school_id", "rule", "fails", "unknowns", "severity", *_NEW)),
)


def upgrade() -> None:
    """Gathers the findings of each machine in one row, and counts the rules again."""
    bind = op.get_bind()
    op.create_table(
        "found",
        sa.Column("machine_id", BIG, nullable=False),
        sa.Column("findings", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("machine_id", name="pk_found"),
        sa.ForeignKeyConstraint(
            ["machine_id"], ["machine.id"], ondelete="CASCADE", name="fk_found_machine_id"
        ),
    )
    # The bytes are compressed already, or encrypted: PostgreSQL need not try.
    _storage("EXTERNAL")
    for machines in _machines(bind):
        some = sa.select(_finding).where(_finding.c.machine_id.in_(machines))
        rows = bind.execute(some.order_by(_finding.c.machine_id, _finding.c.id)).mappings()
        kept = [
            {"machine_id": m, "findings": _packed(of)}
            for m, of in groupby(rows, lambda r: r["machine_id"])
        ]
        bare = set(machines) - {k["machine_id"] for k in kept}
        kept += [{"machine_id": m, "findings": _packed([])} for m in bare]
        bind.execute(_found.insert(), kept)
    for name in _NEW:
        op.add_column(
            "school_rule", sa.Column(name, sa.Integer, nullable=False, server_default="0")
        )
    op.drop_index("ix_school_rule_rule", "school_rule")
    bind.execute(_rules.delete())
    bind.execute(_counted())
    op.create_index("ix_school_rule_rule", "school_rule", ["rule", "school_id"])
    op.drop_table("finding")


def downgrade() -> None:
    """Spreads the findings again, a row each."""
    bind = op.get_bind()
    op.create_table(
        "finding",
        sa.Column("id", BIG, nullable=False),
        sa.Column("school_id", BIG, nullable=False),
        sa.Column("machine_id", BIG, nullable=False),
        sa.Column("rule", sa.String(12), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("subject", sa.Text, nullable=False, server_default=""),
        sa.Column("seen", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], ondelete="CASCADE", name="fk_finding_school_id"
        ),
        sa.ForeignKeyConstraint(
            ["machine_id"], ["machine.id"], ondelete="CASCADE", name="fk_finding_machine_id"
        ),
    )
    for machines in _machines(bind):
        joined = sa.select(_machine.c.school_id, _found).join(
            _machine, _machine.c.id == _found.c.machine_id
        )
        rows = [
            {
                "school_id": m.school_id,
                "machine_id": m.machine_id,
                **dict(zip(_PARTS, f, strict=True)),
            }
            for m in bind.execute(joined.where(_found.c.machine_id.in_(machines)))
            for f in json.loads(zlib.decompress(m.findings))
        ]
        if rows:
            bind.execute(_finding.insert(), rows)
    op.create_index("ix_finding_machine_id", "finding", ["machine_id"])
    op.create_index("ix_finding_school_rule", "finding", ["school_id", "rule"])
    op.drop_table("found")
    _storage("EXTENDED")
    op.drop_index("ix_school_rule_rule", "school_rule")
    for name in _NEW:
        op.drop_column("school_rule", name)
    op.create_index("ix_school_rule_rule", "school_rule", ["rule", "fails", "unknowns"])


def _storage(way: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"ALTER TABLE sealed ALTER COLUMN bytes SET STORAGE {way}")
    if way == "EXTERNAL":
        op.execute("ALTER TABLE found ALTER COLUMN findings SET STORAGE EXTERNAL")


def _machines(bind: sa.Connection) -> Iterator[list[int]]:
    """The machines that reported, some at a time."""
    last = 0
    while True:
        m = _machine.c
        some = sa.select(m.id).where(m.id > last).order_by(m.id).limit(_AT_ONCE)
        ids = list(bind.execute(some).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def _packed(rows: Any) -> bytes:
    found = [[r[n] for n in _PARTS] for r in rows]
    return zlib.compress(json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode(), 3)


def _counted() -> Any:
    """Counts the machines in use that add to each rule, a fail by its worst severity there."""
    f, m = _finding.c, _machine.c
    failed = f.verdict == "fail"
    rank = sa.case(*((f.severity == s, n) for n, s in enumerate(_SEVERITIES)), else_=4)
    each = (
        sa.select(
            f.school_id,
            f.rule,
            sa.func.min(sa.case((failed, rank))).label("worst"),
            sa.func.max(sa.case((f.verdict.in_(("unknown", "needs_answer")), 1), else_=0)).label(
                "unknown"
            ),
            sa.func.max(sa.case((f.verdict == "waived", 1), else_=0)).label("waived"),
        )
        .join(_machine, m.id == f.machine_id)
        .where(m.retired.is_(None))
        .group_by(f.school_id, f.rule, f.machine_id)
        .subquery()
    )
    c = each.c
    by = [sa.func.sum(sa.case((c.worst == n, 1), else_=0)) for n in range(len(_SEVERITIES))]
    made = sa.select(
        c.school_id,
        c.rule,
        sa.func.count(c.worst),
        sa.func.sum(c.unknown),
        sa.func.coalesce(sa.func.min(c.worst), len(_SEVERITIES)),
        sa.func.sum(c.waived),
        *by,
    ).group_by(c.school_id, c.rule)
    names = ("school_id", "rule", "fails", "unknowns", "severity", *_NEW)
    return _rules.insert().from_select(names, made)
