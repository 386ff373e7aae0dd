"""A sealed report's first gate: opened, checked, and made ready to be stored, or refused.

`arrived` checks what can be told from the file: size, seal and signature; that it is a report of a
version we read, about a machine, and fresh. `enrolled` then checks, for many at once and in the
transaction that stores them, that each signer is enrolled, and for this school. Nothing of a report
is stored before.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa

from auditor import seal, wire
from auditor.central.clock import month, now
from auditor.central.database import among
from auditor.central.settings import Home
from auditor.central.tables import school, signing_key, user_school
from auditor.central.tallies import WAIVED, Finding
from auditor.errors import CentralError, WireError
from auditor.evidence import Evidence, Record
from auditor.findings import Audit, Severity, Verdict
from auditor.findings import Finding as Judged
from auditor.keys import fingerprint
from auditor.rulebook.closed import can_leave, counts, protected
from auditor.words import UNBOUNDED, shown

AHEAD = timedelta(days=1)
"""How far a machine's clock may be ahead."""
MOST_FINDINGS = 20_000
MOST_TEXT = 2_000
"""Characters kept of a name or sentence that a report brings."""
_MOST = 2**31 - 1
"""The largest number that a column takes."""


class Turned(CentralError):
    """A report that is not accepted; `why` says it in one word, the message in a sentence."""

    def __init__(self, problem: str, *, why: str, school_id: int | None = None) -> None:
        super().__init__(problem)
        self.why = why
        self.school_id = school_id


class Arrived(Record, frozen=True, kw_only=True):
    """A report that may be stored, once its signer is known."""

    sealed: bytes
    digest: str
    """Of the report itself, so that the same audit sealed twice is one."""
    signer: bytes
    handed_by: int | None
    """The school that handed it in, when that is known."""
    urn: str
    school_id: int = 0
    key_id: int = 0
    via: str
    encrypted: bool
    taken: datetime
    received: datetime
    month: int
    machine: dict[str, object]
    facts: dict[str, Any]
    tool: str
    pack: str
    rules: str
    findings: tuple[Finding, ...]
    """All that is not a pass."""


def arrived(home: Home, sealed: bytes, *, via: str, school_id: int | None = None) -> Arrived:
    """The report in these bytes, as far as the bytes tell.

    Args:
        home: Whose keys open it.
        sealed: The file as it came.
        via: How it came: `api`, `browser`, `folder` or `mailbox`.
        school_id: The school that handed it in, when that is known.

    Raises:
        Turned: It is not accepted.
    """
    largest = home.settings.largest_mb * 1024 * 1024
    try:
        opened = seal.unseal(sealed, home.identities, largest=largest)
        audit = wire.decode(opened.report)
    except seal.Refused as e:
        raise Turned(e.problem, why=e.why.value, school_id=school_id) from e
    except WireError as e:
        raise Turned(e.problem, why="not_a_report", school_id=school_id) from e
    _agrees(audit, opened.header.urn, school_id)
    at = now()
    _fresh(audit.evidence.machine.taken, at, home, school_id)
    return Arrived(
        sealed=sealed,
        digest=opened.header.sha256,
        signer=opened.signer,
        handed_by=school_id,
        urn=opened.header.urn,
        via=via,
        encrypted=opened.encrypted,
        taken=audit.evidence.machine.taken,
        received=at,
        month=month(audit.evidence.machine.taken),
        machine=_machine(audit.evidence),
        facts=facts(audit),
        tool=_cut(audit.tool),
        pack=_cut(audit.rulebook.pack),
        rules=_cut(audit.rulebook.digest)[:64],
        findings=findings(audit),
    )


def digest(sealed: bytes) -> str:
    """What a file that came in is known by."""
    return hashlib.sha256(sealed).hexdigest()


def enrolled(connection: sa.Connection, items: Sequence[Arrived]) -> list[Arrived | Turned]:
    """Each report with its school and key, or why it is not accepted.

    The rows of the schools are locked, in the order of their ids, until the transaction ends, so
    that two processes that store for the same schools wait for each other instead of both failing.
    """
    dialect = connection.dialect.name
    if dialect == "sqlite":  # which locks nothing before something is written
        connection.execute(_NOTHING)
    urns = {"urns": sorted({i.urn for i in items})}
    schools = {row.urn: row.id for row in connection.execute(_schools(dialect), urns)}
    publics = {"publics": list({i.signer for i in items})}
    keys = {bytes(row.public): row for row in connection.execute(_keys(dialect), publics)}
    return [_enrolled(connection, i, keys.get(i.signer), schools.get(i.urn)) for i in items]


_NOTHING = school.update().where(sa.false()).values(id=school.c.id)


@cache
def _schools(dialect: str) -> sa.Select[Any]:
    s = school.c
    chosen = sa.select(s.id, s.urn).where(among(dialect, s.urn, "urns")).order_by(s.id)
    return chosen.with_for_update()


@cache
def _keys(dialect: str) -> sa.Select[Any]:
    k = signing_key.c
    chosen = sa.select(k.id, k.public, k.school_id, k.user_id, k.revoked)
    return chosen.where(among(dialect, k.public, "publics"))


def _enrolled(
    connection: sa.Connection, item: Arrived, key: Any, about: int | None
) -> Arrived | Turned:
    by, name = item.handed_by, fingerprint(item.signer)
    if key is None:
        said = f"the key that signed it is not enrolled here: {name}"
        return Turned(said, why="unknown_key", school_id=by)
    owner = key.school_id or by
    if key.revoked is not None:
        said = f"the key that signed it was revoked: {name}"
        return Turned(said, why="revoked_key", school_id=owner)
    if about is None or by not in {None, about} or not _may_sign(connection, key, about):
        said = f"it is about school {_cut(item.urn) or '(none named)'}, which this sender may not"
        return Turned(f"{said} report for", why="other_school", school_id=by or key.school_id)
    return msgspec.structs.replace(item, school_id=about, key_id=key.id)


def _may_sign(connection: sa.Connection, key: Any, about: int) -> bool:
    if key.school_id is not None:
        return bool(key.school_id == about)
    found = connection.execute(
        sa.select(user_school.c.school_id).where(
            user_school.c.user_id == key.user_id, user_school.c.school_id == about
        )
    ).first()
    return found is not None


def _agrees(audit: Audit, urn: str, owner: int | None) -> None:
    if audit.urn and audit.urn != urn:
        raise Turned(
            "the report names another school than its seal", why="other_school", school_id=owner
        )
    if not audit.evidence.machine.name.strip():
        raise Turned("the report names no machine", why="not_a_report", school_id=owner)
    if len(audit.findings) > MOST_FINDINGS:
        raise Turned("it has more findings than any audit makes", why="too_large", school_id=owner)


def _fresh(taken: datetime, at: datetime, home: Home, owner: int | None) -> None:
    if taken.tzinfo is None:
        raise Turned("its time has no time zone", why="not_a_report", school_id=owner)
    if taken > at + AHEAD:
        raise Turned("the machine's clock is ahead of ours", why="future", school_id=owner)
    if taken < at - timedelta(days=home.settings.oldest_days):
        raise Turned("the audit is too old to be taken in", why="stale", school_id=owner)


def _machine(evidence: Evidence) -> dict[str, object]:
    m = evidence.machine
    return {
        "name": _cut(m.name)[:200],
        "platform": m.platform.value,
        "os": _cut(m.os)[:200],
        "portable": m.portable,
    }


def facts(audit: Audit) -> dict[str, Any]:
    """The columns that a report comes to."""
    h = audit.headline
    fails = Counter(
        f.severity for f in audit.findings if f.verdict is Verdict.FAIL and not f.waived
    )
    told = Counter(f.verdict for f in audit.findings)
    return {
        "copies": _within(h.copies),
        "unsure": _within(h.unsure),
        "closed": closed(audit.evidence),
        "people_low": _within(h.people.low, UNBOUNDED),
        "people_high": _within(h.people.high, UNBOUNDED),
        "known": h.known,
        "complete": h.complete and audit.complete,
        "critical": fails[Severity.CRITICAL],
        "high": fails[Severity.HIGH],
        "other": fails.total() - fails[Severity.CRITICAL] - fails[Severity.HIGH],
        "unknown": told[Verdict.UNKNOWN] + told[Verdict.NEEDS_ANSWER],
        "passed": told[Verdict.PASS],
    }


def _within(value: int, most: int = _MOST) -> int:
    return max(0, min(value, most))


def closed(evidence: Evidence) -> int:
    """Copies that can leave the premises and are encrypted."""
    volumes = {v.id: v for v in evidence.volumes}
    return sum(
        f.volume in volumes
        and counts(f)
        and can_leave(volumes[f.volume], evidence.machine) is True
        and protected(f, volumes[f.volume].encryption) is True
        for f in evidence.files
    )


def findings(audit: Audit) -> tuple[Finding, ...]:
    """All that is neither a pass nor out of place."""
    return tuple(
        (f.rule[:12], _result(f), f.severity.value, _cut(f.subject.label), _cut(f.seen))
        for f in audit.findings
        if f.verdict not in {Verdict.PASS, Verdict.NOT_APPLICABLE}
    )


def _result(f: Judged) -> str:
    """The verdict; `waived` for a fail whose risk somebody at the school has accepted for now."""
    return WAIVED if f.waived and f.verdict is Verdict.FAIL else f.verdict.value


def _cut(text: str) -> str:
    """Text that any database and page can carry."""
    kept = text[:MOST_TEXT]
    return kept if kept.isprintable() else shown(kept)
