"""Which command lines make a backup, what they copy and where to.

A line is understood only as far as its program is known. Listing, checking, restoring and trial
runs are no backup, nor is fetching from a server onto the machine's own drive.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.backups.jobs import ON, REMOTE, Job, options
from auditor.backups.lines import Piece, pieces, script
from auditor.backups.programs import reader_of
from auditor.copies import BackupKind

_NOWHERE = re.compile(r"^(?:/dev/null|nul|-)$", re.IGNORECASE)
_TEMPORARY = re.compile(
    r"^(?:/tmp/|/var/tmp/|/run/|%temp%|.*\\temp\\|[a-z]:\\windows\\)", re.IGNORECASE
)


def classify(
    line: str, variables: Mapping[str, str] | None = None, *, windows: bool = False
) -> list[Job]:
    """The backups that a command line makes; none for any other line.

    Args:
        line: As it stands in a schedule, unit or script.
        variables: What is known of its environment.
        windows: Whether it is a line of Windows.
    """
    known = dict(variables or {})
    found = []
    for pipeline in pieces(line, known, windows=windows):
        job = _pipeline(pipeline, known)
        if job:
            found.append(job)
    return found


def classify_script(text: str, *, windows: bool = False) -> list[Job]:
    """The backups that a script makes, line by line."""
    found: list[Job] = []
    for line, variables in script(text):
        found += [j for j in classify(line, variables, windows=windows) if j not in found]
    return found


def _pipeline(pipeline: list[Piece], variables: Mapping[str, str]) -> Job | None:
    for piece in pipeline:
        reader = reader_of(piece.program)
        job = reader(piece, {**variables, **piece.environment}) if reader else None
        if job:
            return _through(job, pipeline)
    return None


def _through(job: Job, pipeline: list[Piece]) -> Job | None:
    """The job with what the rest of its pipeline does: encrypt, send, write to a file."""
    last = pipeline[-1]
    for piece in pipeline:
        if piece.program in {"gpg", "gpg2", "age", "rage", "openssl", "ccrypt"}:
            job = job._replace(encrypted=ON, encrypted_by=piece.program)
            into = piece.value("-o", "--output", "-out")
            job = job._replace(target=into or job.target)
    if job.target in {"", "-"} and (job.kind is BackupKind.COPY or len(pipeline) > 1):
        job = job._replace(target=last.into or _sent(last) or job.target)
    if job.kind is not BackupKind.COPY:
        return job
    if _NOWHERE.match(job.target or "-") or _TEMPORARY.match(job.target):
        return None
    whole = re.match(r"[/~$%\\]|[A-Za-z]:", job.target) or REMOTE.match(job.target)
    return job if whole and not job.target.startswith("/var/backups") else None


def _sent(last: Piece) -> str:
    """The computer or service that the last program of a pipeline sends to."""
    if last.program == "ssh":
        words = last.plain(options("-i -p -l -o"))
        return f"ssh://{words[0].rpartition('@')[2]}" if words else ""
    if last.program == "rclone" and last.has("rcat"):
        return last.plain()[-1]
    if last.program == "tee":
        return (last.plain() or [""])[0]
    if last.program == "btrfs" and last.plain()[:1] == ["receive"]:
        return last.plain()[-1]
    return last.value("of") if last.program == "dd" else ""
