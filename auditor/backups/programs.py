"""Programs of every system that make backups: how the words of each are read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.backups.jobs import (
    OFF,
    ON,
    REMOTE,
    UNKNOWN,
    Job,
    Reader,
    copied,
    options,
    product,
    snapshot,
)  # fmt: skip
from auditor.backups.lines import Piece
from auditor.backups.online_programs import PROGRAMS as ONLINE
from auditor.backups.windows_programs import PROGRAMS as WINDOWS
from auditor.copies import BackupKind


def _restic(p: Piece, env: Mapping[str, str]) -> Job | None:
    words = p.plain(
        options(
            "-r --repo --repository-file -p --password-file --password-command --key-hint --tag -o "
            "--option --exclude -e --iexclude --exclude-file --exclude-if-present --parent --time "
            "--exclude-larger-than --files-from --cacert --host -H --limit-upload --cache-dir "
            "--limit-download --compression --pack-size --retry-lock --read-concurrency "
            "--from-repo --from-password-file --group-by --stdin-filename"
        )
    )
    if p.has("--dry-run", "-n") or not words or words[0] not in {"backup", "copy"}:
        return None
    target = p.value("-r", "--repo") or env.get("RESTIC_REPOSITORY", "")
    insecure = p.has("--insecure-no-password")
    return Job(
        "restic", BackupKind.BACKUP, target, tuple(words[1:]), OFF if insecure else ON, "restic"
    )


def _borg(p: Piece, env: Mapping[str, str]) -> Job | None:
    words = p.plain(
        options(
            "--compression -C --exclude -e --comment --exclude-from --rsh --remote-path --pattern "
            "--patterns-from --exclude-if-present --lock-wait --repo -r --timestamp --umask -c "
            "--checkpoint-interval --chunker-params --files-cache --filter --stdin-name "
            "--upload-ratelimit --upload-buffer --remote-ratelimit"
        )
    )
    if not words or words[0] != "create" or p.has("--dry-run", "-n"):
        return None
    repository = words[1].partition("::")[0] if len(words) > 1 and "::" in words[1] else ""
    target = repository or p.value("--repo", "-r") or env.get("BORG_REPO", "")
    return Job("Borg", BackupKind.BACKUP, target, tuple(words[2:]))


def _duplicity(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    takes = options(
        "--exclude --include --encrypt-key --encrypt-sign-key --hidden-encrypt-key --sign-key "
        "--volsize --name --full-if-older-than --archive-dir --tempdir --log-file --gpg-options "
        "--exclude-filelist --include-filelist --exclude-if-present --num-retries --timeout "
        "--ssh-options --rsync-options --max-blocksize --verbosity -v"
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
    return Job("duplicity", BackupKind.BACKUP, words[1], (words[0],), OFF if plain else ON,
               "" if plain else "GnuPG")  # fmt: skip


def _rsync(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    takes = options(
        "-e --exclude --include --exclude-from --include-from --files-from --rsh --bwlimit "
        "--log-file --password-file --link-dest --copy-dest --compare-dest -f --filter -T "
        "--timeout --backup-dir --temp-dir --partial-dir --suffix --max-size --min-size --port "
        "--chmod --chown"
    )
    words = p.plain(takes)
    short = [a for a in p.arguments if re.fullmatch(r"-[A-Za-z]*n[A-Za-z]*", a)]
    if len(words) < 2 or short or p.has("--dry-run", "--list-only", "--daemon", "--server"):
        return None
    return copied("rsync", words[:-1], words[-1])


def _tar(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    flags = p.arguments[0].lstrip("-") if p.arguments else ""
    bundled = bool(re.fullmatch(r"[A-Za-z]+", flags)) and not p.arguments[0].startswith("--")
    creates = (bundled and "c" in flags) or p.has("--create", "-c")
    if not creates or (bundled and re.search(r"[xt]", flags)):
        return None
    words = p.plain(options("-C --directory -X --exclude -g --listed-incremental -f --file"))
    words = words[1:] if bundled and not p.arguments[0].startswith("-") else words
    target = p.value("-f", "--file")
    if not target and bundled and "f" in flags:
        target = words[0] if words else ""
        words = words[1:]
    return Job("tar", BackupKind.COPY, target or "-", tuple(words), OFF)


_FILES = ("-f", "--file", "--result-file", "-r", "--out", "-o", "--archive")


def _dumped(name: str, *into: str) -> Reader:
    """A program that writes a database to its output or to a file."""

    def reader(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
        if p.has("--version", "--help", "--schema-only", "--no-data"):
            return None
        target = p.into or p.value(*(into or _FILES))
        return Job(
            name, BackupKind.COPY, target or "-", (f"databases of {name.partition(' ')[0]}",), OFF
        )

    return reader


def _dd(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    source, target = p.value("if"), p.value("of")
    if not re.match(r"/dev/(?!zero|u?random|null)", source) or target.startswith("/dev/"):
        return None
    return Job("dd", BackupKind.COPY, target or "-", (source,), OFF)


def _cp(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    words = p.plain(options("-i -P -o -F") if p.program == "scp" else frozenset())
    return copied(p.program, words[:-1], words[-1]) if len(words) >= 2 else None


def _zfs(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """ZFS and Btrfs: what is sent is closed by itself only where it is sent raw."""
    words = p.plain()
    product = {"zfs": "ZFS", "btrfs": "Btrfs"}[p.program]
    if words[:1] == ["subvolume"]:
        words = words[1:]
    if words[:1] in (["snapshot"], ["snap"]):
        return Job(product, BackupKind.SNAPSHOT, "", (words[-1].partition("@")[0],))
    if words[:1] != ["send"]:
        return None
    raw = product == "ZFS" and p.has("-w", "--raw")
    state, by = (ON, "ZFS") if raw else (UNKNOWN if product == "ZFS" else OFF, "")
    return Job(product, BackupKind.BACKUP, "", tuple(words[1:][-1:]), state, by)


def _syncoid(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """syncoid: datasets to another pool, here or on another computer."""
    words = p.plain(options("--sshkey --sshport --sshcipher --identifier --source-bwlimit"))
    if len(words) != 2 or REMOTE.match(words[0]):
        return None
    raw = "w" in p.value("--sendoptions")
    far = words[1] if REMOTE.match(words[1]) else ""
    return Job("ZFS", BackupKind.BACKUP, far, (words[0],), ON if raw else UNKNOWN, "ZFS")


def _rdiff(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """rdiff-backup, in the manner of before version 2.1 and after it; `host::path` is far."""
    words = p.plain(options("--include --exclude --remote-schema --api-version -v --verbosity"))
    verbs = {"restore", "list", "verify", "remove", "info", "test", "compare", "calculate"}
    looks = re.search(r"(?:^|\s)(?:--?(?:list|verify|remove|compare|test|restore|l|r)\b)", " ".join(
        p.arguments))  # fmt: skip
    if looks or (words and words[0] in verbs):
        return None
    words = words[1:] if words[:1] == ["backup"] else words
    made = (
        copied("rdiff-backup", words[:-1], words[-1].replace("::", ":")) if len(words) > 1 else None
    )
    return made._replace(kind=BackupKind.BACKUP) if made else None


def _hot(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """Mariabackup and xtrabackup: the data folder of a running server."""
    target = p.value("--target-dir")
    if not p.has("--backup") or not target:
        return None
    closed = any(a.startswith("--encrypt") for a in p.arguments)
    state, by = (ON, p.program) if closed else (OFF, "")
    return Job("MySQL files", BackupKind.COPY, target, ("databases of MySQL",), state, by)


def _proxmox(p: Piece, env: Mapping[str, str]) -> Job | None:
    """Proxmox Backup: `user@realm@server:store`; closed only by a key of its own."""
    words = p.plain(options("--repository --keyfile --ns --backup-id --backup-type"))
    if words[:1] != ["backup"]:
        return None
    found = re.fullmatch(
        r"(?:.*@)?([\w.-]+)(?::\d+)?:([\w-]+)",
        p.value("--repository") or env.get("PBS_REPOSITORY", ""),
    )
    closed = bool(p.value("--keyfile")) or p.value("--crypt-mode") == "encrypt"
    state, by = (ON, "Proxmox Backup") if closed else (UNKNOWN, "")
    target = f"pbs://{found[1]}/{found[2]}" if found else ""
    return Job("Proxmox Backup", BackupKind.BACKUP, target, tuple(words[1:]), state, by)


def _hdiutil(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    source = p.value("-srcfolder")
    words = p.plain(options("-srcfolder -encryption -format -volname -fs -size"))
    if words[:1] != ["create"] or not source or len(words) < 2:
        return None
    made = copied("disk image", [source], words[-1])
    closed = bool(p.value("-encryption"))
    return made._replace(encrypted=ON, encrypted_by="hdiutil") if made and closed else made


def _gpg(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """One file closed onto another drive; within a pipeline the program before it is told."""
    if not p.has("-e", "--encrypt", "-c", "--symmetric", "-er", "-ce"):
        return None
    words = p.plain(options("-r --recipient -o --output --passphrase --passphrase-file --homedir"))
    target = p.value("-o", "--output")
    made = copied("gpg", words[-1:], target) if target else None
    return made._replace(encrypted=ON, encrypted_by="gpg") if made else None


def _duplicati(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """Duplicati by hand: it encrypts unless it is told not to."""
    words = p.plain()
    if "backup" not in words:
        return None
    after = words[words.index("backup") + 1 :]
    open_ = any(a.lower() in {"--no-encryption", "--no-encryption=true"} for a in p.arguments)
    state, by = (OFF, "") if open_ else (ON, "Duplicati")
    return Job("Duplicati", BackupKind.BACKUP, (after or [""])[0], tuple(after[1:]), state, by)


def _archive(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """7-Zip, WinRAR and zip: `7z a TARGET SOURCE`, `zip -r TARGET SOURCE`."""
    words = p.plain(options("-P -x -i") if p.program == "zip" else frozenset())
    if p.program == "zip":
        if not any(re.fullmatch(r"-[A-Za-z]*r[A-Za-z]*", a) for a in p.arguments):
            return None
    elif not words or words[0].lower() not in {"a", "u"}:
        return None
    else:
        words = words[1:]
    made = copied(p.program, words[1:], words[0]) if words else None
    marks = r"-P$|-e$|-er$" if p.program == "zip" else r"-h?p\S"
    closed = any(re.match(marks, a) for a in p.arguments)
    return made._replace(encrypted=ON, encrypted_by=p.program) if made and closed else made


def _sqlite(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    found = re.search(r"\.backup\s+'?\"?([^'\"\s]+)", " ".join(p.arguments))
    return Job("SQLite", BackupKind.COPY, found[1], tuple(p.plain()[:1]), OFF) if found else None


_BACKS_UP = r"\bbackup\b"
_STARTS = (
    ("duplicati", _duplicati),
    ("syncback", product("SyncBack")),
    ("trueimage", product("Acronis")),
    ("cobian", product("Cobian Backup")),
)
_PROGRAMS: Mapping[str, Reader] = {
    "restic": _restic, "rustic": _restic, "borg": _borg, "borgbackup": _borg,
    "mariabackup": _hot, "xtrabackup": _hot, "innobackupex": _hot, "hdiutil": _hdiutil,
    "gpg": _gpg, "gpg2": _gpg, "slapcat": _dumped("LDAP dump", "-l"),
    "duply": product("duplicity", r"\b(?:backup|full|incr)\b"),
    "btrbk": product("Btrfs", r"\b(?:run|resume)\b"),
    "dirvish": product("dirvish"), "dirvish-runall": product("dirvish"), "duplicity": _duplicity,
    "rsync": _rsync, "tar": _tar, "bsdtar": _tar, "dd": _dd, "cp": _cp,
    "scp": _cp, "ditto": _cp,
    "borgmatic": product("borgmatic", r"^$|create|--verbosity|-v|--syslog|--stats|--config|-c"),
    "rsnapshot": product("rsnapshot", r"^(?!.*(?:configtest|du|diff|-t\b))(?:.*\s)?[a-z]+$"),
    "backintime": product("Back In Time", r"\bbackup(?:-job)?\b|-b\b"),
    "deja-dup": product("Déjà Dup", "--backup"), "deja-dup-monitor": product("Déjà Dup"),
    "kopia": product("Kopia", r"snap(?:shot)?s? create", encrypted=ON),
    "proxmox-backup-client": _proxmox, "vzdump": product("Proxmox vzdump", target=("--dumpdir",)),
    "backup-manager": product("backup-manager"),
    "autorestic": product("restic", r"\b(?:backup|cron)\b", encrypted=ON),
    "resticprofile": product("restic", _BACKS_UP, encrypted=ON), "rdiff-backup": _rdiff,
    "tarsnap": product("Tarsnap", r"-\w*c", encrypted=ON), "bup": product("bup", "save"),
    "attic": _borg, "xfsdump": _dumped("xfsdump"), "dump": _dumped("dump"),
    "pg_dump": _dumped("PostgreSQL dump"), "pg_dumpall": _dumped("PostgreSQL dump"),
    "mysqldump": _dumped("MySQL dump"), "mariadb-dump": _dumped("MySQL dump"),
    "mongodump": _dumped("MongoDB dump"), "sqlite3": _sqlite, "zfs": _zfs, "btrfs": _zfs,
    "timeshift": snapshot("Timeshift", "--create", "--check", system=True),
    "snapper": snapshot("snapper", "create", "timeline"), "zfs-auto-snapshot": snapshot("ZFS"),
    "sanoid": snapshot("ZFS", "--cron", "--take-snapshots"), "lvcreate": snapshot("LVM", "-s"),
    "syncoid": _syncoid, "tmutil": product("Time Machine", "startbackup"),
    "7z": _archive, "7za": _archive, "7zr": _archive, "zip": _archive, "rar": _archive,
    "winrar": _archive, "carboncopycloner": product("Carbon Copy Cloner"),
    "arq_agent": product("Arq"),
    "urbackupclientctl": product("UrBackup", "start"), "acrocmd": product("Acronis", _BACKS_UP),
    "veeamconfig": product("Veeam Agent", "job start"),
}  # fmt: skip
"""By the name of the program."""


def reader_of(program: str) -> Reader | None:
    """What reads a program's words; some names vary: `duplicati.commandline`, `cobianbackup11`."""
    found = _PROGRAMS.get(program) or WINDOWS.get(program) or ONLINE.get(program)
    return found or next((r for start, r in _STARTS if program.startswith(start)), None)
