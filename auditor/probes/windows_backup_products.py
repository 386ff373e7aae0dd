r"""Backup products of others on Windows, as far as their own files and the registry tell.

Sample of a log of Veeam Agent:
    [04.05.2026 12:49:16.269]    Info    Job session '…' has been completed, status: 'Success', …
Sample of Duplicati's database, table Metadata:
    LastBackupFinished = 20170918T005617Z

Of most products only the presence can be told; the report then says whom to ask.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, tzinfo

from auditor.backups.files import DATABASE, whole_or_not
from auditor.backups.targets import understood
from auditor.copies import Backup, BackupKind, Encrypted
from auditor.errors import HostError
from auditor.evidence import Platform
from auditor.host import Host
from auditor.host.registry import keys, text

PLATFORMS = frozenset({Platform.WINDOWS})
SOURCE = "windows_backup_products"
UNINSTALL = (
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall",
)
SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
SQL = r"HKLM\SOFTWARE\Microsoft\Microsoft SQL Server"
LOG = 8_000_000
"""Bytes of a log that are read."""
LARGEST = 64_000_000
"""Bytes of Duplicati's database that are read."""

PRODUCTS = (
    ("Redstor", r"redstor|attix5|\besebackup", "Redstor's page or the school's provider"),
    ("Veeam Agent", r"veeam agent", "the Veeam icon beside the clock"),
    ("Acronis", r"acronis.*(?:backup|protect|agent)", "the Acronis console"),
    ("Macrium Reflect", r"macrium reflect", "Macrium's own window"),
    ("Backup Exec", r"backup exec", "the Backup Exec console"),
    ("Datto", r"datto (?:windows agent|backup|cloud)", "the school's IT provider"),
    ("Duplicati", r"\bduplicati", "Duplicati's own page"),
    ("UrBackup", r"urbackup", "the UrBackup server's page"),
    ("Arcserve", r"arcserve", "the Arcserve console"),
    ("Carbonite", r"carbonite", "Carbonite's own page"),
    ("CrashPlan", r"crashplan|code42", "CrashPlan's own page"),
    ("Backblaze", r"backblaze", "Backblaze's own page"),
    ("IDrive", r"\bidrive\b", "IDrive's own page"),
    ("Azure Backup", r"azure recovery services|azure backup", "the Azure portal"),
    ("N-able Backup", r"n-able.*backup|cove data prot|solarwinds.*backup", "the IT provider"),
    ("Altaro", r"altaro|hornetsecurity.*backup", "the Altaro console"),
    ("Ahsay", r"ahsay|\bobm\b", "the school's IT provider"),
    ("EaseUS Todo Backup", r"easeus todo", "its own window"),
    ("AOMEI Backupper", r"aomei backupper", "its own window"),
    ("Cobian Backup", r"cobian", "its own window"),
    ("SyncBack", r"syncback", "its own window"),
    ("MSP360", r"msp360|cloudberry", "its own window"),
)  # fmt: skip
"""Product, its name among the installed programs, and who can tell of its last run."""
SERVICE_NAMES = {
    "VeeamEndpointBackupSvc": "Veeam Agent", "AcrSch2Svc": "Acronis",
    "MacriumService": "Macrium Reflect",
    "BackupExecAgentAccelerator": "Backup Exec", "BackupExecJobEngine": "Backup Exec",
    "Duplicati": "Duplicati", "UrBackupClientBackend": "UrBackup", "DattoBackupAgent": "Datto",
    "obengine": "Azure Backup", "CrashPlanService": "CrashPlan", "bzserv": "Backblaze",
}  # fmt: skip
"""Services by which a product is known whose entry among the programs is missing."""


def ask(host: Host) -> Iterator[Backup]:
    """Each product: by its own files, or as present."""
    told = set()
    for made in (*veeam(host), *duplicati(host), *sql_server(host)):
        told.add(made.product)
        yield made
    for product, who in installed(host).items():
        if product not in told:
            yield present(host, product, who)


def present(host: Host, product: str, who: str) -> Backup:
    """A product of which only the presence is told, Macrium with the time of its last log."""
    last = None
    if product == "Macrium Reflect":
        with suppress(HostError):
            folder = rf"{host.environment('ProgramData')}\Macrium\Reflect"
            logs = [n for n in host.names(folder) if n.lower().endswith(".html")]
            last = max((host.status(rf"{folder}\{n}").modified for n in logs), default=None)
    return Backup(
        id=product,
        product=product,
        kind=BackupKind.PRODUCT,
        last_attempt=last,
        detail=f"Whether and where it backs up is told by {who}: ask for its last report.",
        source=SOURCE,
    )


def installed(host: Host) -> dict[str, str]:
    """The backup products that are installed, with who can tell more."""
    found: dict[str, str] = {}
    who = {product: tells for product, _, tells in PRODUCTS}
    for key in UNINSTALL:
        with suppress(HostError):
            for name in keys(host, key):
                with suppress(HostError):
                    title = text(host, rf"{key}\{name}", "DisplayName")
                    found |= {
                        p: w for p, shape, w in PRODUCTS if re.search(shape, title, re.IGNORECASE)
                    }
    with suppress(HostError):
        services = set(keys(host, SERVICES))
        found |= {p: who[p] for s, p in SERVICE_NAMES.items() if s in services}
    return found


def _named(shape: str, title: str) -> bool:
    return re.search(shape, title, re.IGNORECASE) is not None


_SESSION = re.compile(
    r"\[(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d):(\d\d)[^\]]*\].*?Job session '[^']*' has been "
    r"completed, status: '(Success|Warning|Failed)'"
)


def veeam(host: Host) -> Iterator[Backup]:
    """Jobs of Veeam Agent: their logs say how each session ended, in local time."""
    with suppress(HostError):
        top = rf"{host.environment('ProgramData')}\Veeam\Endpoint"
        for job in host.names(top):
            sessions: list[tuple[datetime, bool]] = []
            for name in _logs(host, rf"{top}\{job}"):
                with suppress(HostError):
                    text_ = host.read(rf"{top}\{job}\{name}", LOG).decode("utf-8", "replace")
                    sessions += sessions_of(text_, host.now().tzinfo)
            if sessions:
                yield _veeam(sorted(sessions), host.now())


def _logs(host: Host, folder: str) -> list[str]:
    with suppress(HostError):
        return [n for n in host.names(folder) if n.endswith(".Backup.log")]
    return []


def sessions_of(log: str, zone: tzinfo | None) -> list[tuple[datetime, bool]]:
    """When each session of a log ended, and whether it succeeded; a warning is a success."""
    found = []
    for m in _SESSION.finditer(log):
        day, month, year, hour, minute, second = (int(g) for g in m.groups()[:6])
        with suppress(ValueError):
            when = datetime(year, month, day, hour, minute, second, tzinfo=zone)
            found.append((when, m[7] != "Failed"))
    return found


def _veeam(sessions: list[tuple[datetime, bool]], now: datetime) -> Backup:
    good = [when for when, ok in sessions if ok]
    return Backup(
        id="Veeam Agent",
        product="Veeam Agent",
        kind=BackupKind.BACKUP,
        ran=bool(good),
        last_success=good[-1] if good else None,
        last_attempt=sessions[-1][0],
        failed=not sessions[-1][1],
        errors=sum(not ok and (now - when).days < 7 for when, ok in sessions),
        active=None,
        detail="Where to and whether encrypted stands in the job's own settings.",
        source=SOURCE,
    )


def duplicati(host: Host) -> Iterator[Backup]:
    """Jobs of Duplicati: target and options of each; targets hold passwords and are cut."""
    for variable in ("LOCALAPPDATA", "ProgramData"):
        with suppress(HostError):
            folder = rf"{host.environment(variable)}\Duplicati"
            raw = host.read(rf"{folder}\Duplicati-server.sqlite", LARGEST)
            yield from jobs_of(raw)


def jobs_of(raw: bytes) -> list[Backup]:
    """The jobs in a database of Duplicati, opened in memory; none where it is not understood."""
    with suppress(sqlite3.Error, ValueError), closing(sqlite3.connect(":memory:")) as db:
        # A database in WAL mode asks for its log; what was last written there is not missed here.
        db.deserialize(raw[:18] + b"\x01\x01" + raw[20:])
        return [_duplicati(db, int(n), str(url)) for n, url in db.execute(_JOBS)]
    return []


_REPEATS = {"1D": "daily", "1W": "weekly", "1h": "every hour"}
_JOBS = "SELECT ID, TargetURL FROM Backup"


def _duplicati(db: sqlite3.Connection, job: int, url: str) -> Backup:
    said = dict(db.execute("SELECT Name, Value FROM Metadata WHERE BackupID = ?", (job,)))
    chosen = dict(
        db.execute(
            "SELECT Name, Value FROM Option WHERE BackupID = ? AND Name IN "
            "('encryption-module', '--no-encryption', 'keep-time', 'keep-versions')",
            (job,),
        )
    )
    where = understood(re.sub(r"^file://", "", url).partition("?")[0])
    success, failure = _stamp(said.get("LastBackupFinished")), _stamp(said.get("LastErrorDate"))
    plain = chosen.get("--no-encryption") == "true" or chosen.get("encryption-module") == ""
    kept = chosen.get("keep-versions") or chosen.get("keep-time") or ""
    planned = db.execute("SELECT Repeat FROM Schedule WHERE Tags = ?", (f"ID={job}",)).fetchone()
    return Backup(
        id=f"Duplicati: {where.shown}",
        product="Duplicati",
        kind=BackupKind.BACKUP,
        target=where.shown,
        medium=where.medium,
        held=where.held,
        encrypted=Encrypted.OFF if plain else Encrypted.ON,
        encrypted_by="" if plain else "Duplicati",
        active=planned is not None,
        schedule={"1D": "daily", "1W": "weekly", "1h": "every hour"}.get(
            str((planned or [""])[0]), ""
        ),
        ran=success is not None,
        last_success=success,
        last_attempt=max(filter(None, (success, failure)), default=None),
        failed=failure is not None and (success is None or failure > success),
        retention=str(kept),
        source=SOURCE,
    )


def _stamp(value: object) -> datetime | None:
    with suppress(ValueError, TypeError):
        return datetime.strptime(str(value), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return None


def sql_server(host: Host) -> Iterator[Backup]:
    """Backup folders of SQL Server's instances: the newest file is the last success."""
    with suppress(HostError):
        for instance in keys(host, SQL):
            with suppress(HostError):
                folder = text(host, rf"{SQL}\{instance}\MSSQLServer", "BackupDirectory")
                names = (
                    [n for n in host.names(folder) if n.lower().endswith(".bak")] if folder else []
                )
                if names:
                    yield _sql(host, folder, names)


def _sql(host: Host, folder: str, names: list[str]) -> Backup:
    """A folder of backup files. Whether one is encrypted, its first bytes say."""
    seen = sorted((host.status(rf"{folder}\{n}").modified, n) for n in names[-2_000:])
    state = Encrypted.UNKNOWN
    with suppress(HostError):
        state = whole_or_not(host.read(rf"{folder}\{seen[-1][1]}", 1024))
    bases = {m[0].lower() for n in names if (m := DATABASE.search(n))}
    return Backup(
        id=f"SQL Server: {folder}",
        product="SQL Server",
        kind=BackupKind.COPY,
        covers=f"databases {', '.join(sorted(bases))}" if bases else "databases",
        target=folder,
        encrypted=state,
        active=None,
        ran=True,
        last_success=seen[-1][0],
        oldest=seen[0][0],
        versions=len(names) // max(1, len(bases)),
        detail="By the times of its files; whether a job made them by itself, its console tells.",
        source=SOURCE,
    )
