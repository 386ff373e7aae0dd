"""A backup as evidence: what a command line or configuration says, and what lies at its target."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from auditor.backups.jobs import Job
from auditor.backups.repositories import look
from auditor.backups.targets import understood
from auditor.copies import Backup, BackupKind, Encrypted, Medium
from auditor.host import Host
from auditor.words import listed, shown


def backup(
    host: Host, job: Job, source: str, *, schedule: str = "", active: bool | None = None
) -> Backup:
    """The evidence of a job.

    Args:
        host: Tells what lies at a target on this machine.
        job: What is made.
        source: The probe.
        schedule: When, for people.
        active: Whether it runs by itself.
    """
    where = understood(job.target)
    kept = look(host, job.product, where.path)
    own = job.encrypted if kept.encrypted is Encrypted.UNKNOWN else kept.encrypted
    sources = tuple(shown(s) for s in job.sources)
    snapshot = job.kind is BackupKind.SNAPSHOT
    return Backup(
        id=f"{job.product}: {where.shown}" if where.shown else job.product,
        product=job.product,
        kind=job.kind,
        covers="the system's own files" if job.system_only else listed(sources),
        sources=tuple(s for s in sources if s.startswith("/") or s[1:2] == ":"),
        system_only=job.system_only,
        target=where.shown,
        medium=Medium.SAME_DISK if snapshot and not where.shown else where.medium,
        held=where.held,
        encrypted=own,
        encrypted_by=kept.encrypted_by or (job.encrypted_by if own is Encrypted.ON else ""),
        active=active,
        schedule=schedule,
        ran=kept.ran,
        last_success=kept.last_success,
        versions=kept.versions,
        oldest=kept.oldest,
        writable=kept.writable,
        source=source,
    )


def newest(moments: Iterable[datetime | None]) -> datetime | None:
    """The latest of some moments; None when none is known."""
    return max((m for m in moments if m), default=None)
