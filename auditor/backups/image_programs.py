"""Programs that write archives and images of whole drives, databases or machines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.backups.jobs import OFF, ON, UNKNOWN, Job, Reader, copied, options, product
from auditor.backups.lines import Piece
from auditor.copies import BackupKind


def _target(name: str, needed: str, *into: str, closed: str = "") -> Reader:
    """A program whose target is the value of an option.

    Args:
        name: The program, for people.
        needed: What its line must hold to be a backup.
        into: The options that name the target.
        closed: What its line holds where it encrypts.
    """

    def reader(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
        line = " ".join(p.arguments)
        target = p.value(*into)
        if not target or not re.search(needed, line):
            return None
        shut = bool(closed) and re.search(closed, line) is not None
        return Job(name, BackupKind.COPY, target, (), ON if shut else OFF, name if shut else "")

    return reader


def _cpio(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """cpio: `-o` writes an archive, `-p` copies to a folder."""
    flags = "".join(a for a in p.arguments if re.fullmatch(r"-[a-zA-Z]+", a))
    words = p.plain(options("-H -F -C -R"))
    if "p" in flags and words:
        return copied("cpio", [], words[-1])
    if "o" in flags:
        return Job("cpio", BackupKind.COPY, p.into or p.value("-F") or "-", (), OFF)
    return None


def _fsarchiver(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    words = p.plain(options("-z -Z -j -e -c"))
    if len(words) < 3 or words[0] not in {"savefs", "savedir"}:
        return None
    closed = bool(p.value("-c"))
    state, by = (ON, "fsarchiver") if closed else (OFF, "")
    return Job("fsarchiver", BackupKind.COPY, words[1], tuple(words[2:]), state, by)


def _zbackup(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    words = p.plain(options("--password-file --threads --cache-size"))
    if words[:1] != ["backup"] or len(words) < 2:
        return None
    open_ = p.has("--non-encrypted")
    state = ON if p.value("--password-file") else OFF if open_ else UNKNOWN
    return Job("ZBackup", BackupKind.BACKUP, words[1], (), state, "ZBackup" if state is ON else "")


def _bcp(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """bcp: a table of SQL Server written into a file."""
    words = p.plain(options("-S -U -P -d -t -r"))
    if len(words) < 3 or words[1].lower() not in {"out", "queryout"}:
        return None
    return copied("bcp", [words[0]], words[2])


def _curl(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """curl: a file that is sent to a server."""
    sent = p.value("-T", "--upload-file")
    where = next((w for w in p.arguments if re.match(r"(?:s?ftps?|https?)://", w)), "")
    return Job("curl", BackupKind.COPY, where, (sent,), OFF) if sent and where else None


PROGRAMS: Mapping[str, Reader] = {
    "cpio": _cpio, "fsarchiver": _fsarchiver, "zbackup": _zbackup, "bcp": _bcp,
    "dar": _target("dar", r"-c\b|--create", "-c", "--create", closed=r"-K\b|--key"),
    "pg_basebackup": _target("PostgreSQL files", r".", "-D", "--pgdata"),
    "export-vm": _target("Hyper-V export", r".", "-Path"),
    "curl": _curl,
    "barman": product("Barman", r"\bbackup\b"), "wal-g": product("WAL-G", r"backup-push"),
    "pgbackrest": product("pgBackRest", r"\bbackup\b"),
    "automysqlbackup": product("AutoMySQLBackup"),
    "duplicacy": product("Duplicacy", r"\bbackup\b"), "gitlab-backup": product("GitLab", "create"),
    "gitlab-rake": product("GitLab", "backup:create"), "iperius": product("Iperius Backup", "job"),
    "uranium": product("Uranium Backup", "job"),
}  # fmt: skip
"""By the name of the program."""
