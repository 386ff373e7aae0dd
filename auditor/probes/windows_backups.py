r"""Windows' own backups: Windows Server Backup, tasks that copy, File History, shadow copies.

Sample of Config1.xml of File History (one a user):
    <DPFrequency>3600</DPFrequency>
    <DPStatus>ENABLED</DPStatus>
    <Target><TargetUrl>E:\</TargetUrl><TargetDriveType>FIXED</TargetDriveType></Target>

None of them encrypts; what they write is as closed as the volume that it lies on. A dedicated
disk of Windows Server Backup has no letter, and is found among the volumes by its own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from auditor.backups import sql_history
from auditor.backups.commands import classify, classify_script
from auditor.backups.images import on_drives
from auditor.backups.jobs import Job
from auditor.backups.lines import split
from auditor.backups.made import backup, newest
from auditor.backups.targets import understood
from auditor.backups.windows_runs import ONE_RUN, Run, bad_lately, last, runs
from auditor.backups.windows_seven import of_windows_7
from auditor.copies import Backup, BackupKind, Encrypted, Medium
from auditor.errors import AccessDenied, HostError, NotThere
from auditor.evidence import Gap, Platform, Why
from auditor.host import Host
from auditor.host.accounts import profiles
from auditor.host.powershell import Answers, moment, unwrapped, whole, words
from auditor.host.powershell_backups import ask as ask_powershell
from auditor.host.registry import number

PLATFORMS = frozenset({Platform.WINDOWS})
SOURCE = "windows_backups"
EARLIEST = 1990
"""Years before it are how Windows writes `never`."""
NEVER_RAN, RUNNING = 267011, 267009
"""Results of a task: 0x41303 has not run yet, 0x41301 runs now (Microsoft Learn, SCHED_S_*)."""
DISABLED = 1
"""State of a task that is switched off."""
TRIGGERS = {"MSFT_TaskDailyTrigger": "daily", "MSFT_TaskWeeklyTrigger": "weekly",
            "MSFT_TaskMonthlyTrigger": "monthly", "MSFT_TaskBootTrigger": "at every start",
            "MSFT_TaskLogonTrigger": "at every sign-in"}  # fmt: skip
AS_ADMIN = "Run the audit as administrator to see every task and Windows Server Backup."
RESTORE = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SystemRestore"


def ask(host: Host) -> Iterator[Backup | Gap]:
    """Every backup of Windows' own, then those that tasks make."""
    answers = Answers({})
    try:
        answers = ask_powershell(host)
    except HostError as e:
        yield _gap("backups and scheduled tasks", e)
    known = list(server_backup(host, answers))
    yield from known
    yield from of_windows_7(host, SOURCE)
    yield from images(host, known)
    yield from tasks(host, answers)
    yield from sql_history.of_answers(answers, SOURCE)
    yield from shadows(answers)
    yield from file_history(host)
    yield from restore_points(host)


def _gap(about: str, e: HostError) -> Gap:
    refused = isinstance(e, AccessDenied)
    detail = AS_ADMIN if refused else f"{e.problem[:1].upper()}{e.problem[1:]}."
    why = Why.NEEDS_ADMIN if refused else Why.TOOL_MISSING
    return Gap(source=SOURCE, about=about, why=why, detail=detail)


def images(host: Host, known: Iterable[Backup | Gap]) -> Iterator[Backup | Gap]:
    """What lies on drives with a letter, where Windows itself did not tell of it."""
    told = {b.target[:2].upper() for b in known if isinstance(b, Backup) and b.target}
    for found in on_drives(host, SOURCE):
        if isinstance(found, Gap) or found.target[:2].upper() not in told:
            yield found


def server_backup(host: Host, answers: Answers) -> Iterator[Backup | Gap]:
    """Windows Server Backup and wbadmin; nothing where neither has run."""
    done = runs(answers)
    try:
        found = (answers.part("summary") or [{}])[0]
    except NotThere:
        refused = (answers.found.get("errors") or {}).get("summary")
        if refused:
            yield _gap("Windows Server Backup", AccessDenied("the system refused"))
        elif done:
            yield by_log(host, answers, done)
        return
    except HostError as e:
        yield _gap("Windows Server Backup", e)
        return
    if done is None:
        yield _gap("how often Windows Server Backup failed", AccessDenied("the system refused"))
    yield _server(host, answers, found, done)


def by_log(host: Host, answers: Answers, done: list[Run]) -> Backup:
    """A backup that wbadmin made where nothing but its log tells of it, as on Windows 11."""
    target = next((r.target for r in reversed(done) if r.target), "")
    volume, where = _volume(answers, target)
    return Backup(
        id=f"Windows image backup: {where or volume}",
        product="Windows image backup",
        kind=BackupKind.BACKUP,
        target=where,
        volume=volume,
        medium=understood(where).medium if where and not volume else Medium.UNKNOWN,
        encrypted=Encrypted.OFF,
        ran=any(r.good for r in done),
        last_success=last(done, good=True),
        last_attempt=last(done, good=False),
        failed=not done[-1].good,
        errors=bad_lately(done, host.now()),
        detail="Told by Windows' own log, which says nothing of what is copied.",
        source=SOURCE,
    )


def _server(host: Host, answers: Answers, found: dict[str, Any], done: list[Run] | None) -> Backup:
    """Windows Server Backup by its summary, and by its log where that knows of a later run."""
    policy = (_part(answers, "policy") or [{}])[0]
    target = words(found, "TargetPath") or next(iter(_texts(policy, "Targets")), "")
    sources = tuple(_texts(policy, "Volumes") + _texts(policy, "Folders"))
    volume, where = _volume(answers, target)
    success, attempt = _past(found, "LastSuccess"), _past(found, "LastAttempt")
    times = _texts(policy, "Times")
    label = words(found, "TargetLabel") if volume and not where else ""
    failed = _failed(found, attempt)
    later = [r for r in done or () if attempt is None or r.when - attempt > ONE_RUN]
    if later:
        attempt, failed = later[-1].when, not later[-1].good
        success = newest([success, last(later, good=True)])
    return Backup(
        id=f"Windows Server Backup: {where or label}",
        product="Windows Server Backup",
        kind=BackupKind.BACKUP,
        covers=", ".join(sources),
        sources=sources,
        target=where or label,
        volume=volume,
        medium=understood(target).medium if not volume else Medium.UNKNOWN,
        encrypted=Encrypted.OFF,
        active=bool(times) if _part(answers, "policy") is not None else None,
        schedule=f"daily at {', '.join(times)}" if times else "",
        ran=success is not None,
        last_success=success,
        last_attempt=attempt,
        failed=failed,
        errors=None if done is None else bad_lately(done, host.now()),
        versions=whole(found, "Versions") if whole(found, "Versions") >= 0 else None,
        oldest=next((_past(s, "Oldest") for s in _part(answers, "sets") or ()), None),
        writable=_writable(host, target),
        source=SOURCE,
    )


def _writable(host: Host, target: str) -> bool | None:
    """Whether ordinary accounts may change the images, also on a disk without a letter."""
    local = target.startswith("\\\\?\\") or not target.startswith("\\\\")
    folder = target.rstrip("\\") + "\\WindowsImageBackup"
    with suppress(HostError):
        return host.changeable(folder) if target and local else None
    return None


def _failed(found: dict[str, Any], attempt: datetime | None) -> bool | None:
    """A result that is not 0; None when nothing was tried or no result was told."""
    result = whole(found, "Result")
    return None if attempt is None or "Result" not in found else result != 0


def _past(item: dict[str, Any], name: str) -> datetime | None:
    found = moment(item, name)
    return found if found and found.year > EARLIEST else None


def _volume(answers: Answers, target: str) -> tuple[str, str]:
    """The audit's id of a volume, and what to call it; both empty when it is none of them."""
    name = target.rstrip("\\") + "\\"
    known = {words(v, "DeviceID"): v for v in _part(answers, "volumes") or ()}
    if name in known:
        letter = words(known[name], "DriveLetter")
        index = sorted(known).index(name) + 1
        return (f"{letter}\\", f"{letter}\\") if letter else (f"volume {index}", "")
    where = understood(target)
    return "", "" if target.startswith("\\\\?\\") else where.shown


def tasks(host: Host, answers: Answers) -> Iterator[Backup | Gap]:
    """The backups that scheduled tasks make, by their own words or those of their scripts."""
    found = _part(answers, "tasks")
    if found is None and answers.found:
        yield _gap("scheduled tasks", AccessDenied("the system refused"))
    for task in found or ():
        for job in _jobs(host, task):
            yield _task(host, task, job)


def _jobs(host: Host, task: dict[str, Any]) -> list[Job]:
    jobs: list[Job] = []
    actions = unwrapped(task.get("Actions")) or []
    for action in actions if isinstance(actions, list) else [actions]:
        run, arguments = words(action, "Run").strip('"'), words(action, "With")
        line = f'"{run}" {arguments}'
        found = classify(line, windows=True) or _script(
            host, [run, *split(arguments, windows=True)]
        )
        jobs += [j for j in found if j not in jobs]
    return jobs


def _script(host: Host, arguments: list[str]) -> list[Job]:
    """The backups of the first script among some words."""
    for word in arguments[:8]:
        path = word.strip("\"'&")
        if re.search(r"^[A-Za-z]:\\.*\.(?:bat|cmd|ps1)$", path, re.IGNORECASE):
            with suppress(HostError):
                return classify_script(host.read(path).decode("utf-8", "replace"), windows=True)
    return []


def _task(host: Host, task: dict[str, Any], job: Job) -> Backup:
    kinds = [TRIGGERS[k] for k in _texts(task, "Kinds") if k in TRIGGERS]
    active = whole(task, "State") != DISABLED
    made = backup(host, job, SOURCE, schedule=", ".join(kinds), active=active)
    ran, result = _past(task, "LastRun"), whole(task, "Result")
    # robocopy says by numbers below 8 what it copied (Microsoft Learn, robocopy).
    good = result == 0 or (job.product == "robocopy" and 0 < result < 8)
    tried = ran is not None and result not in {NEVER_RAN, RUNNING, -1}
    return msgspec.structs.replace(
        made,
        ran=made.ran if made.ran is not None else (False if result == NEVER_RAN else None),
        last_attempt=ran,
        failed=not good if tried else None,
        last_success=made.last_success or (ran if tried and good else None),
        covers=made.covers or ", ".join(job.sources),
    )


def shadows(answers: Answers) -> Iterator[Backup]:
    """Shadow copies lie on the disk that they are copies of, and are no backup."""
    found = sorted(filter(None, (_past(s, "Made") for s in _part(answers, "shadows") or ())))
    if found:
        yield Backup(
            id="Shadow copies",
            product="Shadow copies",
            kind=BackupKind.SNAPSHOT,
            medium=Medium.SAME_DISK,
            last_success=found[-1],
            oldest=found[0],
            versions=len(found),
            source=SOURCE,
        )


def file_history(host: Host) -> Iterator[Backup | Gap]:
    """File History, which every account sets up for itself."""
    tops: list[str] = []
    closed = seen = 0
    with suppress(HostError):
        tops.append(host.environment("LOCALAPPDATA"))
    tops += [rf"{p.folder}\AppData\Local" for p in profiles(host) if p.folder]
    for top in dict.fromkeys(t.rstrip("\\") for t in tops):
        folder = rf"{top}\Microsoft\Windows\FileHistory\Configuration"
        try:
            config = host.read(rf"{folder}\Config1.xml", 262_144).decode("utf-8-sig", "replace")
        except AccessDenied:
            closed += 1
        except HostError:
            continue
        else:
            seen += 1
            yield _history(host, folder, config, seen)
    if closed:
        yield Gap(
            source=SOURCE,
            about="File History of other accounts of this machine",
            why=Why.NEEDS_ADMIN,
            detail="Run the audit as administrator to see what every account has set up.",
            count=closed,
        )


def _history(host: Host, folder: str, config: str, number: int) -> Backup:
    """File History of one account, of which the first is ours; its catalogue tells the last run."""
    where = understood(_tag(config, "TargetUrl"))
    seconds = _tag(config, "DPFrequency")
    last = None
    with suppress(HostError):
        last = host.status(rf"{folder}\Catalog1.edb").modified
    return Backup(
        id=f"File History: {where.shown}" + (f" (account {number})" if number > 1 else ""),
        product="File History",
        kind=BackupKind.BACKUP,
        covers="the folders of one account",
        target=where.shown,
        medium=where.medium,
        encrypted=Encrypted.OFF,
        active=_tag(config, "DPStatus") == "ENABLED",
        schedule=f"every {int(seconds) // 60} minutes" if seconds.isdecimal() else "",
        ran=True if last else None,
        last_success=last,
        retention=_retention(config),
        detail="When it last succeeded is told by the time of its catalogue.",
        source=SOURCE,
    )


def _retention(config: str) -> str:
    """How long File History keeps versions."""
    kind, days = _tag(config, "RetentionPolicyType"), _tag(config, "MinimumRetentionAge")
    if kind == "DISABLED":
        return "for ever"
    return "until space is needed" if kind == "NO LIMIT" else f"{days} days" if days else ""


def _tag(config: str, name: str) -> str:
    found = re.search(rf"<{name}>([^<]*)</{name}>", config)
    return found[1].strip() if found else ""


def restore_points(host: Host) -> Iterator[Backup]:
    """System Restore keeps the system's own files, and no documents."""
    with suppress(HostError):
        if number(host, RESTORE, "RPSessionInterval"):
            yield Backup(
                id="System Restore",
                product="System Restore",
                kind=BackupKind.SNAPSHOT,
                system_only=True,
                medium=Medium.SAME_DISK,
                active=True,
                source=SOURCE,
            )


def _part(answers: Answers, name: str) -> list[dict[str, Any]] | None:
    with suppress(HostError):
        return answers.part(name)
    return None


def _texts(item: dict[str, Any], name: str) -> list[str]:
    found = unwrapped(item.get(name))
    return [t for t in (found if isinstance(found, list) else [found]) if isinstance(t, str) and t]
