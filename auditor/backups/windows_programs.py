"""Programs of Windows that make backups: how the words of each are read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.backups.jobs import OFF, ON, Job, Reader, copied, options, product, snapshot
from auditor.backups.lines import Piece
from auditor.copies import BackupKind

_DATABASE = re.compile(
    r"\bBACKUP\s+(?:DATABASE|LOG)\s+[\[\"']?([\w$]+).*?\bTO\s+(?:DISK|URL|TAPE)\s*=\s*N?'([^']+)'",
    re.IGNORECASE | re.DOTALL,
)


def _robocopy(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    words = [w for w in p.arguments if not re.match(r"/[A-Za-z]", w)]
    if len(words) < 2 or p.has("/L", "/QUIT"):
        return None
    return copied(p.program, words[:1], words[1])


def _wbadmin(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    if not p.has("start") or not p.has("backup", "systemstatebackup"):
        return None
    sources = tuple(filter(None, p.value("-include").split(",")))
    return Job("Windows Server Backup", BackupKind.BACKUP, p.value("-backupTarget"), sources, OFF,
               system_only=p.has("systemstatebackup"))  # fmt: skip


def _sql(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    found = _DATABASE.search(" ".join(p.arguments))
    if found:
        closed = bool(re.search(r"\bENCRYPTION\s*\(", " ".join(p.arguments), re.IGNORECASE))
        return Job(
            "SQL Server",
            BackupKind.COPY,
            found[2],
            (f"database {found[1]}",),
            ON if closed else OFF,
        )
    file, base = p.value("-BackupFile"), p.value("-Database")
    if p.program == "backup-sqldatabase":
        closed = p.has("-EncryptionOption")
        return Job(
            "SQL Server", BackupKind.COPY, file, (f"database {base}",), ON if closed else OFF
        )
    return None


def _posh_copy(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    words = p.plain(options("-Path -Destination -DestinationPath -Filter -Exclude"))
    target = p.value("-Destination", "-DestinationPath") or (words[1] if len(words) > 1 else "")
    source = p.value("-Path", "-LiteralPath") or (words[0] if words else "")
    return copied(p.program, [source], target) if source and target else None


def _esentutl(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """Copies of database files in use, made by esentutl."""
    source, target = p.value("/y"), p.value("/d")
    return copied("esentutl", [source], target) if source and target else None


PROGRAMS: Mapping[str, Reader] = {
    "esentutl": _esentutl,
    "robocopy": _robocopy, "xcopy": _robocopy, "wbadmin": _wbadmin, "sqlcmd": _sql, "osql": _sql,
    "invoke-sqlcmd": _sql, "backup-sqldatabase": _sql, "copy-item": _posh_copy, "cpi": _posh_copy,
    "compress-archive": _posh_copy, "copy": _robocopy,
    "ntbackup": product("NTBackup", r"\bbackup\b", encrypted=OFF, target=("/F",)),
    "vssadmin": snapshot("Shadow copies", "create shadow"),
    "diskshadow": snapshot("Shadow copies"),
    "wmic": snapshot("Shadow copies", "shadowcopy call create"),
    "checkpoint-computer": snapshot("System Restore", system=True),
    "reflect": product("Macrium Reflect", r"-e\b"),
    "reflectbin": product("Macrium Reflect", r"-e\b"), "freefilesync": product("FreeFileSync"),
    "synctoycmd": product("SyncToy", "-r"), "veeam.endpoint.manager": product("Veeam Agent"),
    "bxtest": product("Backup Exec"),
    "bemcmd": product("Backup Exec"),
    "start-wbbackup": product("Windows Server Backup", encrypted=OFF),
    "sdclt": product("Windows backup", "/kickoff", encrypted=OFF),
}  # fmt: skip
"""By the name of the program or cmdlet."""
