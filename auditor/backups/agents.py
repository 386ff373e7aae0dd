r"""Backups of Linux that another machine directs, and earlier states on the same disk.

Samples:
    /etc/pve/jobs.cfg     vzdump: backup-1f0a
                              schedule sat 02:00
                              storage usb
    /etc/pve/storage.cfg  dir: usb
                              path /mnt/usb
    /etc/bareos/bareos-sd.d/device/FileStorage.conf     Archive Device = /var/lib/bareos/storage
    /etc/snapper/configs/root                           SUBVOLUME="/"
    zfs list: tank/home@daily-2026-11-24<TAB>1795564800
Passwords stand beside these lines in several of the files, and are not looked at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from auditor.backups.configured import Configured, names_of, text_of
from auditor.backups.jobs import Job
from auditor.copies import BackupKind, Encrypted
from auditor.errors import HostError
from auditor.host import Host

PRESENT = (
    ("UrBackup", "/etc/default/urbackupclient", "its server"),
    ("Veeam Agent", "/etc/veeam/veeam.ini", "its own window (veeam)"),
    ("Acronis", "/etc/Acronis", "its console"),
    ("Amanda", "/etc/amanda-client.conf", "its server"),
    ("BackupPC", "/etc/backuppc/config.pl", "its page"),
)
"""Agents whose jobs and results are kept elsewhere: product, its file, who can tell."""
_TOLD = "Whether and where it backs up is told by {}: ask for its last report."


def all_of(host: Host) -> Iterator[Configured]:
    """Every one of them on this machine."""
    for product, path, who in PRESENT:
        with suppress(HostError):
            host.status(path)
            job = Job(product, BackupKind.PRODUCT)
            yield Configured(job, detail=_TOLD.format(who))
    yield from bacula(host)
    yield from proxmox(host)
    yield from snapper(host)
    yield from zfs(host)


_ENCRYPTS = re.compile(
    r"^\s*PKI\s*Encryption\s*=\s*\"?(?:yes|true|on)\b", re.IGNORECASE | re.MULTILINE
)
_DEVICE = re.compile(
    r"^\s*Archive\s*Device\s*=\s*\"?(/[^\"\n]*?)\"?\s*$", re.IGNORECASE | re.MULTILINE
)


def bacula(host: Host) -> Iterator[Configured]:
    """Bacula and Bareos: the agent says whether it encrypts, a storage daemon where it writes to.

    Volumes can hold the files of other machines as well; whether those encrypt is not told here.
    """
    for product, name in (("Bacula", "bacula"), ("Bareos", "bareos")):
        agent = _daemon(host, name, "fd")
        store = _daemon(host, name, "sd")
        closed = bool(_ENCRYPTS.search(agent))
        state, by = (Encrypted.ON, product) if closed else (Encrypted.UNKNOWN, "")
        targets = [t for t in dict.fromkeys(_DEVICE.findall(store)) if not t.endswith("/null")]
        for target in targets:
            job = Job(product, BackupKind.BACKUP, target, (), state, by)
            detail = "Which machines write there, and how each run ended, its director tells."
            yield Configured(job, detail=detail)
        if agent and not targets:
            job = Job(product, BackupKind.PRODUCT, "", (), state, by)
            yield Configured(job, detail=_TOLD.format("its director"))


def _daemon(host: Host, name: str, kind: str) -> str:
    """The configuration of a daemon: one file, or a folder of folders (Bareos)."""
    top = f"/etc/{name}/{name}-{kind}"
    text = text_of(host, f"{top}.conf")
    for folder in names_of(host, f"{top}.d"):
        for file in names_of(host, f"{top}.d/{folder}"):
            if file.endswith(".conf"):
                text += "\n" + text_of(host, f"{top}.d/{folder}/{file}")
    # What is commented out is no setting.
    return "\n".join(x for x in text.splitlines() if not x.lstrip().startswith("#"))


class Section(NamedTuple):
    """A section of a configuration of Proxmox VE."""

    kind: str
    name: str
    values: dict[str, str]


def sections(text: str) -> Iterator[Section]:
    """The sections of storage.cfg and jobs.cfg: `kind: name`, then indented keys and values."""
    found: Section | None = None
    for line in text.splitlines():
        if head := re.match(r"^([\w-]+):\s*(\S+)\s*$", line):
            if found:
                yield found
            found = Section(head[1], head[2], {})
        elif found and (inner := re.match(r"^\s+([\w-]+)(?:\s+(.*?))?\s*$", line)):
            found.values[inner[1]] = inner[2] or "1"
    if found:
        yield found


def proxmox(host: Host) -> Iterator[Configured]:
    """Jobs of Proxmox VE that back virtual machines up, with the storage that each goes to."""
    stores = {s.name: s for s in sections(text_of(host, "/etc/pve/storage.cfg"))}
    jobs = [j for j in sections(text_of(host, "/etc/pve/jobs.cfg")) if j.kind == "vzdump"]
    for job in jobs:
        yield _dumps(job, stores.get(job.values.get("storage", "")))
    if stores and not jobs:
        job_ = Job("Proxmox Backup", BackupKind.PRODUCT)
        yield Configured(job_, detail=_TOLD.format("the Proxmox page"))


def _dumps(job: Section, store: Section | None) -> Configured:
    """One job: only a Proxmox Backup Server takes what was encrypted before it is sent."""
    target, inner = _store(store)
    closed = store is not None and store.kind == "pbs" and "encryption-key" in store.values
    state = Encrypted.UNKNOWN if store is None else Encrypted.ON if closed else Encrypted.OFF
    keeps = job.values.get("prune-backups") or (store.values if store else {}).get("prune-backups")
    when = job.values.get("schedule") or job.values.get("starttime", "")
    by = "Proxmox" if closed else ""
    return Configured(
        Job("Proxmox vzdump", BackupKind.BACKUP, target, (), state, by),
        retention=(keeps or "").replace("keep-", "").replace("=", " ").replace(",", ", "),
        schedule=f"by the calendar {when}" if when else "",
        active=job.values.get("enabled", "1") != "0",
        looked=inner,
        covers="all virtual machines" if job.values.get("all") == "1" else "virtual machines",
    )


def _store(store: Section | None) -> tuple[str, str]:
    """Where a storage lies, as `targets.understood` reads it, and the folder of its files here."""
    if store is None:
        return "", ""
    v = store.values
    if store.kind == "pbs":
        return f"pbs://{v.get('server', '')}/{v.get('datastore', '')}", ""
    if store.kind == "nfs":
        return f"nfs://{v.get('server', '')}{v.get('export', '')}", f"/mnt/pve/{store.name}/dump"
    if store.kind == "cifs":
        return rf"\\{v.get('server', '')}\{v.get('share', '')}", f"/mnt/pve/{store.name}/dump"
    path = v.get("path", "")
    return path, f"{path}/dump" if path else ""


def snapper(host: Host) -> Iterator[Configured]:
    """snapper: snapshots on the same file system, a numbered folder for each."""
    for name in names_of(host, "/etc/snapper/configs"):
        text = text_of(host, f"/etc/snapper/configs/{name}")
        found = re.search(r'^SUBVOLUME="([^"]+)"', text, re.MULTILINE)
        timeline = re.search(r'^TIMELINE_CREATE="yes"', text, re.MULTILINE)
        if found:
            job = Job("snapper", BackupKind.SNAPSHOT, found[1], (found[1],))
            kept = re.findall(r'^TIMELINE_LIMIT_(\w+)="([1-9]\d*)"', text, re.MULTILINE)
            yield Configured(
                job,
                retention=", ".join(f"{n} {word.lower()}" for word, n in kept),
                schedule="every hour" if timeline else "",
                active=bool(timeline),
                looked=f"{found[1].rstrip('/')}/.snapshots",
            )


def zfs(host: Host) -> Iterator[Configured]:
    """Snapshots of ZFS by name and time, where a pool is mounted; they lie in the pool itself."""
    if not any(p.filesystem == "zfs" for p in host.partitions()):
        return
    printed = b""
    with suppress(HostError):
        printed = host.run("zfs", "list", "-H", "-p", "-t", "snapshot", "-o", "name,creation")
    made: dict[str, list[datetime]] = defaultdict(list)
    for line in printed.decode("utf-8", "replace").splitlines():
        name, _, when = line.partition("\t")
        if when.strip().isdecimal():
            made[name.partition("@")[0].partition("/")[0]].append(
                datetime.fromtimestamp(int(when), UTC)
            )
    for pool, times in made.items():
        yield Configured(
            Job("ZFS", BackupKind.SNAPSHOT, "", (pool,)),
            succeeded=max(times),
            oldest=min(times),
            versions=len(times),
            covers=f"pool {pool}",
        )
