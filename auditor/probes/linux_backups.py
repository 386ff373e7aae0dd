"""Backups of a Linux machine: schedules, configurations and what lies at their targets.

Configuration, unit files and names of repository files are read; no backup tool is run, since
they lock, cache and even write configuration when they are only asked for their version.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

import msgspec

from auditor.backups import configs, schedules, units
from auditor.backups.configured import Configured
from auditor.backups.jobs import Job
from auditor.backups.made import backup, newest
from auditor.backups.repositories import NOTHING, Kept, look
from auditor.backups.schedules import Scheduled
from auditor.backups.units import NOTHING as NO_RUN
from auditor.backups.units import Ran
from auditor.copies import Backup, BackupKind, Encrypted
from auditor.evidence import Gap, Platform
from auditor.host import Host

PLATFORMS = frozenset({Platform.LINUX})
SOURCE = "linux_backups"
STARTED = frozenset({"borgmatic", "rsnapshot", "Back In Time"})
"""Tools that run only when cron or a timer starts them."""

CONFIGURED = frozenset({"snapper"})
"""Tools whose timer is switched on by their package, and does nothing before they are set up."""


def ask(host: Host) -> Iterator[Backup | Gap]:
    """Every backup that is scheduled or configured, each once."""
    planned: list[Scheduled] = []
    for found in (*schedules.cron(host), *schedules.timers(host)):
        if isinstance(found, Gap):
            yield found
        else:
            planned.append(found)
    encrypts = configs.rclone_encrypts(host)
    results = units.results(host, [(p.unit, p.timer) for p in planned])
    told: set[str] = set()
    for made in configs.all_of(host):
        plan = next((p for p in planned if p.job.product == made.job.product), None)
        told.add(made.job.product)
        seen = _configured(host, made, plan, results)
        # A package comes with a configuration that nobody uses: it never ran and never will.
        if seen.active is not False or seen.ran:
            yield seen
    for plan in planned:
        if plan.job.target or plan.job.product not in {*told, *CONFIGURED}:
            yield _planned(host, plan, encrypts, results)


def _configured(
    host: Host,
    made: Configured,
    plan: Scheduled | None,
    results: dict[str, Ran],
) -> Backup:
    """A job of a configuration, with the schedule that starts its tool."""
    seen = backup(host, made.job, SOURCE, schedule=made.schedule, active=made.active)
    kept = _inner(host, made)
    if plan and made.active is not True:
        seen = msgspec.structs.replace(seen, schedule=plan.when, active=plan.active)
    elif made.active is None and made.job.product in STARTED:
        seen = msgspec.structs.replace(seen, active=False)
    if kept is not NOTHING:
        seen = msgspec.structs.replace(
            seen, ran=kept.ran, last_success=kept.last_success, versions=kept.versions,
            oldest=kept.oldest, writable=kept.writable,
        )  # fmt: skip
    seen = msgspec.structs.replace(
        seen,
        retention=made.retention,
        detail=made.detail,
        last_success=seen.last_success or made.succeeded,
        last_attempt=made.tried,
        oldest=seen.oldest or made.oldest,
        versions=seen.versions if made.versions is None else made.versions,
        covers=made.covers or seen.covers,
    )
    return _with_result(seen, plan, results)


def _inner(host: Host, made: Configured) -> Kept:
    """What lies in the folder that a tool keeps below its target."""
    if not made.looked:
        return NOTHING
    folder = made.looked
    if made.job.product == "Timeshift":
        mount = next((p.mount for p in host.partitions() if p.device == made.job.target), "")
        folder = posixpath.join(mount, folder.lstrip("/")) if mount else ""
    return look(host, made.job.product, folder)


def _planned(
    host: Host,
    plan: Scheduled,
    encrypts: dict[str, bool],
    results: dict[str, Ran],
) -> Backup:
    """A job of a schedule."""
    job = _remote(plan.job, encrypts)
    if job.kind is BackupKind.BACKUP and not job.target:
        # Packages switch their timers on before anybody has configured them.
        job = job._replace(kind=BackupKind.PRODUCT)
    seen = backup(host, job, SOURCE, schedule=plan.when, active=plan.active)
    if job.kind is BackupKind.PRODUCT:
        unseen = "It is started by a schedule, but where it backs up to was not seen."
        seen = msgspec.structs.replace(seen, detail=unseen, active=None)
    return _with_result(seen, plan, results)


def _remote(job: Job, encrypts: dict[str, bool]) -> Job:
    """A job of rclone with what its configuration says of the remote."""
    found = re.match(r"^rclone:([^:]+):?", job.target)
    state = encrypts.get(found[1]) if found else None
    if state is None:
        return job
    return job._replace(
        encrypted=Encrypted.ON if state else Encrypted.OFF, encrypted_by="rclone" if state else ""
    )


def _with_result(seen: Backup, plan: Scheduled | None, results: dict[str, Ran]) -> Backup:
    """The backup with what systemd says of the last run of its service."""
    if plan is None:
        return seen
    last = results.get(plan.unit, NO_RUN)
    attempt = newest([last.ended, last.triggered, plan.triggered])
    success = seen.last_success
    if success is None and last.failed is False and seen.ran is None:
        success = last.ended
    return msgspec.structs.replace(
        seen,
        failed=last.failed,
        last_attempt=attempt or seen.last_attempt,
        last_success=success,
        errors=last.errors,
    )
