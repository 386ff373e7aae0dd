"""Which command lines make a backup, what they copy and where to.

A line is understood only as far as its program is known. Listing, checking, restoring and trial
runs are no backup, nor is fetching from a server onto the machine's own drive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from auditor.backups.lines import Piece, pieces, script
from auditor.copies import BackupKind, Encrypted

_REMOTE = re.compile(r"^(?:\\\\|//|[\w.+-]+://|(?:[\w.-]+@)?[\w.-]{2,}:(?!\\))")
_CARRIED = re.compile(r"^(?:/mnt/|/media/|/run/media/|/volumes/|[abd-z]:)", re.IGNORECASE)
_NAMED = re.compile(r"back.?up|sauvegarde|sicherung|\bbak\b|archiv|offsite", re.IGNORECASE)
_ABSOLUTE = re.compile(r"^(?:/(?!var/backups)|[A-Za-z]:[\\/]|~)")
"""A whole path; Debian's own copies of its package lists in /var/backups are none of records."""
_NOWHERE = re.compile(r"^(?:/dev/null|nul|-)$", re.IGNORECASE)
_TEMPORARY = re.compile(
    r"^(?:/tmp/|/var/tmp/|/run/|%temp%|.*\\temp\\|[a-z]:\\windows\\)", re.IGNORECASE
)
_DATABASE = re.compile(
    r"\bBACKUP\s+(?:DATABASE|LOG)\s+[\[\"']?([\w$]+).*?\bTO\s+(?:DISK|URL|TAPE)\s*=\s*N?'([^']+)'",
    re.IGNORECASE | re.DOTALL,
)
_ON, _OFF, _UNKNOWN = Encrypted.ON, Encrypted.OFF, Encrypted.UNKNOWN


class Job(NamedTuple):
    """A backup that a command line makes."""

    product: str
    kind: BackupKind
    target: str = ""
    """As it is written; it may hold a password and goes through `targets.understood`."""
    sources: tuple[str, ...] = ()
    encrypted: Encrypted = _UNKNOWN
    encrypted_by: str = ""
    system_only: bool = False
    profile: str = ""
    """The job file or profile that says the rest."""


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
        reader = PROGRAMS.get(piece.program) or _by_shape(piece.program)
        job = reader(piece, {**variables, **piece.environment}) if reader else None
        if job:
            return _through(job, pipeline)
    return None


def _through(job: Job, pipeline: list[Piece]) -> Job | None:
    """The job with what the rest of its pipeline does: encrypt, send, write to a file."""
    last = pipeline[-1]
    for piece in pipeline:
        if piece.program in {"gpg", "gpg2", "age", "rage", "openssl", "ccrypt"}:
            job = job._replace(encrypted=_ON, encrypted_by=piece.program)
            into = piece.value("-o", "--output", "-out")
            job = job._replace(target=into or job.target)
    if job.target in {"", "-"} and (job.kind is BackupKind.COPY or len(pipeline) > 1):
        job = job._replace(target=last.into or _sent(last) or job.target)
    if job.kind is not BackupKind.COPY:
        return job
    if _NOWHERE.match(job.target or "-") or _TEMPORARY.match(job.target):
        return None
    whole = re.match(r"[/~$%\\]|[A-Za-z]:", job.target) or _REMOTE.match(job.target)
    return job if whole and not job.target.startswith("/var/backups") else None


def _sent(last: Piece) -> str:
    """The computer or service that the last program of a pipeline sends to."""
    if last.program == "ssh":
        words = last.plain(_options("-i -p -l -o"))
        return f"ssh://{words[0].rpartition('@')[2]}" if words else ""
    if last.program == "rclone" and last.has("rcat"):
        return last.plain()[-1]
    if last.program == "tee":
        return (last.plain() or [""])[0]
    return last.value("of") if last.program == "dd" else ""


def _options(text: str) -> frozenset[str]:
    """Options that take a word of their own."""
    return frozenset(text.split())


def _restic(p: Piece, env: Mapping[str, str]) -> Job | None:
    words = p.plain(
        _options(
            "-r --repo -p --password-file --tag -o --exclude -e --exclude-file "
            "--cacert --host -H --limit-upload "
        )
    )
    if p.has("--dry-run", "-n") or not words or words[0] not in {"backup", "copy"}:
        return None
    target = p.value("-r", "--repo") or env.get("RESTIC_REPOSITORY", "")
    insecure = p.has("--insecure-no-password")
    return Job(
        "restic", BackupKind.BACKUP, target, tuple(words[1:]), _OFF if insecure else _ON, "restic"
    )


def _borg(p: Piece, env: Mapping[str, str]) -> Job | None:
    words = p.plain(
        _options(
            "--compression -C --exclude -e --comment --exclude-from --rsh --remote- "
            "path --lock-wait --repo -r "
        )
    )
    if not words or words[0] != "create" or p.has("--dry-run", "-n"):
        return None
    repository = words[1].partition("::")[0] if len(words) > 1 and "::" in words[1] else ""
    target = repository or p.value("--repo", "-r") or env.get("BORG_REPO", "")
    return Job("Borg", BackupKind.BACKUP, target, tuple(words[2:]))


def _duplicity(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    takes = _options(
        "--exclude --include --encrypt-key --sign-key --volsize --name --full- "
        "if-older-than --archive-dir --tempdir --log-file"
    )
    words = [w for w in p.plain(takes) if w not in {"full", "incr", "incremental", "backup", "inc"}]
    if (
        len(words) != 2
        or not words[0].startswith("/")
        or p.has("--dry-run")
        or "://" not in words[1]
    ):
        return None
    plain = p.has("--no-encryption")
    return Job("duplicity", BackupKind.BACKUP, words[1], (words[0],), _OFF if plain else _ON,
               "" if plain else "GnuPG")  # fmt: skip


def _rclone(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    words = p.plain(_options("--config --log-file --exclude --bwlimit"))
    if len(words) != 3 or words[0] not in {"sync", "copy"} or p.has("--dry-run", "-n"):
        return None
    if ":" in words[1] and not ("/" in words[1].partition(":")[0] or words[1][1:2] == ":"):
        return None  # fetched from a service
    local = words[2].startswith("/") or words[2][1:3] in {":\\", ":/"}
    target = words[2] if local else f"rclone:{words[2]}"
    return Job("rclone", BackupKind.COPY, target, (words[1],), _OFF if local else _UNKNOWN)


def _rsync(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    takes = _options(
        "-e --exclude --include --exclude-from --rsh --bwlimit --log-file "
        "--password-file --link-dest -f --filter --backup-dir -T"
    )
    words = p.plain(takes)
    short = [a for a in p.arguments if re.fullmatch(r"-[A-Za-z]*n[A-Za-z]*", a)]
    if len(words) < 2 or short or p.has("--dry-run", "--list-only", "--daemon", "--server"):
        return None
    return _copied("rsync", words[:-1], words[-1])


def _copied(product: str, sources: list[str], target: str) -> Job | None:
    """Files copied: to another computer, a drive other than C:, or a place named so."""
    pulled = bool(sources) and all(_REMOTE.match(s) for s in sources)
    far = bool(_REMOTE.match(target))
    if pulled and (far or not _CARRIED.match(target)):
        return None
    named = _ABSOLUTE.match(target) and _NAMED.search(target)
    if not (far or _CARRIED.match(target) or named):
        return None
    return Job(product, BackupKind.COPY, target, tuple(sources), _OFF)


def _tar(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    flags = p.arguments[0].lstrip("-") if p.arguments else ""
    bundled = bool(re.fullmatch(r"[A-Za-z]+", flags)) and not p.arguments[0].startswith("--")
    creates = (bundled and "c" in flags) or p.has("--create", "-c")
    if not creates or (bundled and re.search(r"[xt]", flags)):
        return None
    words = p.plain(_options("-C --directory -X --exclude -g --listed-incremental -f --file"))
    words = words[1:] if bundled and not p.arguments[0].startswith("-") else words
    target = p.value("-f", "--file")
    if not target and bundled and "f" in flags:
        target = words[0] if words else ""
        words = words[1:]
    return Job("tar", BackupKind.COPY, target or "-", tuple(words), _OFF)


def _dumped(name: str) -> Callable[[Piece, Mapping[str, str]], Job | None]:
    """A program that writes a database to its output or to a file."""

    def reader(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
        if p.has("--version", "--help", "--schema-only", "--no-data"):
            return None
        named = p.value("-f", "--file", "--result-file", "-r", "--out", "-o", "--archive")
        into = p.into or named
        return Job(
            name, BackupKind.COPY, into or "-", (f"databases of {name.partition(' ')[0]}",), _OFF
        )

    return reader


def _dd(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    source, target = p.value("if"), p.value("of")
    if not re.match(r"/dev/(?!zero|u?random|null)", source) or target.startswith("/dev/"):
        return None
    return Job("dd", BackupKind.COPY, target or "-", (source,), _OFF)


def _cp(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    words = p.plain(_options("-i -P -o -F") if p.program == "scp" else frozenset())
    return _copied(p.program, words[:-1], words[-1]) if len(words) >= 2 else None


def _zfs(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    words = p.plain()
    if words[:1] == ["subvolume"]:
        words = words[1:]
    if words[:1] in (["snapshot"], ["snap"]):
        kind, target = BackupKind.SNAPSHOT, words[-1].partition("@")[0]
        return Job(p.program.upper() if p.program == "zfs" else p.program, kind, target)
    if words[:1] != ["send"]:
        return None
    raw = p.has("-w", "--raw")
    state, by = (_ON, "ZFS") if raw else (_UNKNOWN, "")
    return Job(p.program.upper(), BackupKind.BACKUP, "", tuple(words[1:][-1:]), state, by)


def _snapshot(product: str, *needed: str, system: bool = False) -> Callable[..., Job | None]:
    """A program that keeps an earlier state on the same disk."""

    def reader(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
        if needed and not any(n in " ".join(p.arguments).lower() for n in needed):
            return None
        return Job(product, BackupKind.SNAPSHOT, "", system_only=system)

    return reader


def _product(
    name: str, *needed: str, encrypted: Encrypted = _UNKNOWN, target: tuple[str, ...] = ()
) -> Callable[..., Job | None]:
    """A backup product that keeps target and schedule to itself."""

    def reader(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
        if needed and not any(re.search(n, " ".join(p.arguments), re.IGNORECASE) for n in needed):
            return None
        job = next((w for w in p.arguments if re.search(r"\.(xml|ffs_batch|conf|ya?ml)$", w)), "")
        by = name if encrypted is _ON else ""
        return Job(name, BackupKind.BACKUP, p.value(*target), (), encrypted, by, profile=job)

    return reader


def _robocopy(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    words = [w for w in p.arguments if not re.match(r"/[A-Za-z]", w)]
    if len(words) < 2 or p.has("/L", "/QUIT"):
        return None
    return _copied(p.program, words[:1], words[1])


def _wbadmin(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    if not p.has("start") or not p.has("backup", "systemstatebackup"):
        return None
    sources = tuple(filter(None, p.value("-include").split(",")))
    return Job("Windows Server Backup", BackupKind.BACKUP, p.value("-backupTarget"), sources, _OFF,
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
            _ON if closed else _OFF,
        )
    file, base = p.value("-BackupFile"), p.value("-Database")
    if p.program == "backup-sqldatabase":
        return Job("SQL Server", BackupKind.COPY, file, (f"database {base}",), _OFF)
    return None


def _posh_copy(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    words = p.plain(_options("-Path -Destination -DestinationPath -Filter -Exclude"))
    target = p.value("-Destination", "-DestinationPath") or (words[1] if len(words) > 1 else "")
    source = p.value("-Path", "-LiteralPath") or (words[0] if words else "")
    return _copied(p.program, [source], target) if source and target else None


def _archive(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """7-Zip, WinRAR and zip: `7z a TARGET SOURCE`, `zip -r TARGET SOURCE`."""
    words = p.plain(_options("-P -x -i") if p.program == "zip" else frozenset())
    if p.program == "zip":
        if not any(re.fullmatch(r"-[A-Za-z]*r[A-Za-z]*", a) for a in p.arguments):
            return None
    elif not words or words[0].lower() not in {"a", "u"}:
        return None
    else:
        words = words[1:]
    made = _copied(p.program, words[1:], words[0]) if words else None
    marks = r"-P$|-e$|-er$" if p.program == "zip" else r"-h?p\S"
    closed = any(re.match(marks, a) for a in p.arguments)
    return made._replace(encrypted=_ON, encrypted_by=p.program) if made and closed else made


def _sqlite(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    found = re.search(r"\.backup\s+'?\"?([^'\"\s]+)", " ".join(p.arguments))
    return Job("SQLite", BackupKind.COPY, found[1], tuple(p.plain()[:1]), _OFF) if found else None


def _by_shape(program: str) -> Callable[[Piece, Mapping[str, str]], Job | None] | None:
    """Programs whose names vary: `duplicati.commandline`, `veeamagent_6`."""
    return next((reader for start, reader in _STARTS if program.startswith(start)), None)


_BACKS_UP = r"\bbackup\b"
_STARTS = (
    ("duplicati", _product("Duplicati", _BACKS_UP)),
    ("syncback", _product("SyncBack")),
    ("trueimage", _product("Acronis")),
    ("cobian", _product("Cobian Backup")),
)
PROGRAMS: Mapping[str, Callable[[Piece, Mapping[str, str]], Job | None]] = {
    "restic": _restic, "rustic": _restic, "borg": _borg, "duplicity": _duplicity,
    "rclone": _rclone, "rsync": _rsync, "tar": _tar, "bsdtar": _tar, "dd": _dd, "cp": _cp,
    "scp": _cp, "ditto": _cp,
    "borgmatic": _product("borgmatic", r"^$|create|--verbosity|-v|--syslog|--stats|--config|-c"),
    "rsnapshot": _product("rsnapshot", r"^(?!.*(?:configtest|du|diff|-t\b))(?:.*\s)?[a-z]+$"),
    "backintime": _product("Back In Time", r"\bbackup(?:-job)?\b|-b\b"),
    "deja-dup": _product("Déjà Dup", "--backup"), "deja-dup-monitor": _product("Déjà Dup"),
    "kopia": _product("Kopia", r"snap(?:shot)?s? create", encrypted=_ON),
    "proxmox-backup-client": _product("Proxmox Backup", _BACKS_UP, target=("--repository",)),
    "vzdump": _product("Proxmox vzdump", target=("--storage", "--dumpdir")),
    "backup-manager": _product("backup-manager"),
    "autorestic": _product("restic", _BACKS_UP, encrypted=_ON),
    "resticprofile": _product("restic", _BACKS_UP, encrypted=_ON), "rdiff-backup": _rsync,
    "tarsnap": _product("Tarsnap", r"-\w*c", encrypted=_ON), "bup": _product("bup", "save"),
    "attic": _borg, "xfsdump": _dumped("xfsdump"), "dump": _dumped("dump"),
    "pg_dump": _dumped("PostgreSQL dump"), "pg_dumpall": _dumped("PostgreSQL dump"),
    "mysqldump": _dumped("MySQL dump"), "mariadb-dump": _dumped("MySQL dump"),
    "mongodump": _dumped("MongoDB dump"), "sqlite3": _sqlite, "zfs": _zfs, "btrfs": _zfs,
    "timeshift": _snapshot("Timeshift", "--create", "--check", system=True),
    "snapper": _snapshot("snapper", "create", "timeline"), "zfs-auto-snapshot": _snapshot("ZFS"),
    "sanoid": _snapshot("ZFS", "--cron", "--take-snapshots"), "lvcreate": _snapshot("LVM", "-s"),
    "syncoid": _product("ZFS"), "tmutil": _product("Time Machine", "startbackup"),
    "robocopy": _robocopy, "xcopy": _robocopy, "wbadmin": _wbadmin, "sqlcmd": _sql, "osql": _sql,
    "invoke-sqlcmd": _sql, "backup-sqldatabase": _sql, "copy-item": _posh_copy, "cpi": _posh_copy,
    "compress-archive": _posh_copy, "7z": _archive, "7za": _archive, "7zr": _archive,
    "zip": _archive, "rar": _archive, "winrar": _archive, "copy": _robocopy,
    "ntbackup": _product("NTBackup", _BACKS_UP),
    "vssadmin": _snapshot("Shadow copies", "create shadow"),
    "diskshadow": _snapshot("Shadow copies"),
    "wmic": _snapshot("Shadow copies", "shadowcopy call create"),
    "checkpoint-computer": _snapshot("System Restore", system=True),
    "reflect": _product("Macrium Reflect", r"-e\b"),
    "reflectbin": _product("Macrium Reflect", r"-e\b"), "freefilesync": _product("FreeFileSync"),
    "synctoycmd": _product("SyncToy", "-r"), "veeam.endpoint.manager": _product("Veeam Agent"),
    "veeamconfig": _product("Veeam Agent", "job start"), "bxtest": _product("Backup Exec"),
    "bemcmd": _product("Backup Exec"),
    "start-wbbackup": _product("Windows Server Backup", encrypted=_OFF),
    "sdclt": _product("Windows backup", "/kickoff", encrypted=_OFF),
    "urbackupclientctl": _product("UrBackup", "start"), "acrocmd": _product("Acronis", _BACKS_UP),
    "carboncopycloner": _product("Carbon Copy Cloner"), "arq_agent": _product("Arq"),
}  # fmt: skip
