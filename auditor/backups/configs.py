"""Configurations of Linux backup tools, read key by key: what is not asked for is not kept.

Sample of ~/.config/borgmatic/config.yaml:
    repositories:
        - path: ssh://u1@u1.your-storagebox.de/./repo
    encryption_passphrase: …          (never read into anything)
    keep_daily: 7
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

import yaml

from auditor.backups import dconf
from auditor.backups.jobs import Job
from auditor.copies import BackupKind, Encrypted
from auditor.errors import HostError
from auditor.host import Host

LIMIT = 262_144
"""Bytes of a configuration that are read."""


class Configured(NamedTuple):
    """A job of a tool's configuration."""

    job: Job
    retention: str = ""
    schedule: str = ""
    active: bool | None = None
    """None where only a schedule elsewhere tells."""
    detail: str = ""
    looked: str = ""
    """Where its files lie, when that is not the target itself."""
    succeeded: datetime | None = None
    """When it last did, by its own notes."""
    tried: datetime | None = None


def homes(host: Host) -> list[str]:
    """The home folders on this machine, that of this account first."""
    found = []
    with suppress(HostError):
        found.append(host.environment("HOME"))
    with suppress(HostError):
        found += [f"/home/{n}" for n in host.names("/home")]
    return list(dict.fromkeys([*found, "/root"]))


def all_of(host: Host) -> Iterator[Configured]:
    """The jobs of every tool that is configured on this machine."""
    yield from rsnapshot(host)
    yield from timeshift(host)
    yield from borgmatic(host, ("/etc/borgmatic", "/etc/borgmatic.d"))
    yield from kopia(host, "/etc/kopia")
    for home in homes(host):
        yield from borgmatic(host, (f"{home}/.config/borgmatic", f"{home}/.config/borgmatic.d"))
        yield from backintime(host, f"{home}/.config/backintime/config")
        yield from kopia(host, f"{home}/.config/kopia")
        yield from deja_dup(host, f"{home}/.config/dconf/user")
    yield from backintime(host, "/etc/backintime/config")
    yield from agents(host)
    yield from snapper(host)


def borgmatic(host: Host, folders: tuple[str, ...]) -> Iterator[Configured]:
    """borgmatic, in the layout of before version 1.8 (sections) or after it (flat)."""
    for folder in folders:
        for name in _names(host, folder):
            if not re.search(r"\.ya?ml$", name):
                continue
            found = _yaml(_text(host, f"{folder}/{name}"))
            flat = {**found, **_table(found, "location"), **_table(found, "retention")}
            keep = [
                f"{flat[f'keep_{word}']} {word}"
                for word in ("hourly", "daily", "weekly", "monthly", "yearly")
                if isinstance(flat.get(f"keep_{word}"), int)
            ]
            sources = tuple(s for s in _list(flat.get("source_directories")) if isinstance(s, str))
            for repository in _list(flat.get("repositories")):
                path = repository.get("path") if isinstance(repository, dict) else repository
                if isinstance(path, str):
                    job = Job("borgmatic", BackupKind.BACKUP, _borg_path(path), sources)
                    yield Configured(job, ", ".join(keep))


def _borg_path(path: str) -> str:
    return re.sub(r"^ssh://(?:[^@/]*@)", "ssh://", path)


def rsnapshot(host: Host, path: str = "/etc/rsnapshot.conf") -> Iterator[Configured]:
    """rsnapshot: fields parted by tabs, the first of the intervals is the newest."""
    text = _text(host, path)
    lines = [re.split(r"\t+", x.strip()) for x in text.splitlines() if x[:1] not in {"#", ""}]
    root = next((x[1] for x in lines if x[0] == "snapshot_root" and len(x) > 1), "")
    sources = tuple(x[1] for x in lines if x[0] == "backup" and len(x) > 1)
    keep = [f"{x[2]} {x[1]}" for x in lines if x[0] in {"retain", "interval"} and len(x) > 2]
    if root and sources:
        job = Job("rsnapshot", BackupKind.BACKUP, root, sources, Encrypted.OFF)
        yield Configured(job, ", ".join(keep))


def timeshift(host: Host, path: str = "/etc/timeshift/timeshift.json") -> Iterator[Configured]:
    """Timeshift: the system's own files unless it is told to include /home. All values are text."""
    found = _json(_text(host, path))
    if not found.get("backup_device_uuid") and found.get("btrfs_mode") != "true":
        return
    kept = [k for k in ("hourly", "daily", "weekly", "monthly", "boot")
            if found.get(f"schedule_{k}") == "true"]  # fmt: skip
    device = ""
    with suppress(HostError):
        device = host.resolve(f"/dev/disk/by-uuid/{found.get('backup_device_uuid')}")
    includes = [str(x) for x in _list(found.get("exclude"))]
    homes_too = any(x.startswith(("+ /home", "+ /root")) for x in includes)
    job = Job("Timeshift", BackupKind.SNAPSHOT, device, ("/",), system_only=not homes_too)
    keep = ", ".join(f"{found.get(f'count_{k}')} {k}" for k in kept)
    yield Configured(job, keep, ", ".join(kept), bool(kept), looked="/timeshift/snapshots")


_BIT_MODES = {"local": Encrypted.OFF, "ssh": Encrypted.OFF, "local_encfs": Encrypted.ON,
              "ssh_encfs": Encrypted.ON}  # fmt: skip


def backintime(host: Host, path: str) -> Iterator[Configured]:
    """Back In Time: one profile or more in one file of `profileN.name=value`."""
    values = {k: v for k, _, v in (x.partition("=") for x in _text(host, path).splitlines())}
    numbers = sorted({m[1] for k in values if (m := re.match(r"profile(\d+)\.snapshots\.", k))})
    for n in numbers:
        at = f"profile{n}.snapshots."
        mode = values.get(at + "mode", "local")
        folder = values.get(at + "path", "")
        if mode.startswith("ssh"):
            host_name = values.get(at + "ssh.host", "")
            folder = f"ssh://{host_name}/{values.get(at + 'ssh.path', '').lstrip('/')}"
        sources = tuple(
            values[k]
            for k in sorted(values)
            if re.fullmatch(rf"{re.escape(at)}include\.\d+\.value", k)
        )
        closed = _BIT_MODES.get(mode, Encrypted.UNKNOWN)
        by = "EncFS" if closed is Encrypted.ON else ""
        job = Job("Back In Time", BackupKind.BACKUP, folder, sources, closed, by)
        names = [values.get(at + f"path.{x}", "") for x in ("host", "user")]
        inner = posixpath.join(folder, "backintime", *names, values.get(at + "path.profile", n))
        removes = values.get(at + "remove_old_snapshots.enabled") == "true"
        keep = "removed after a time" if removes else ""
        mode_of_schedule = values.get(at + "schedule.mode", "0")
        active = None if mode_of_schedule == "0" else True
        yield Configured(job, keep, "by its own schedule" if active else "", active, looked=inner)


def kopia(host: Host, folder: str) -> Iterator[Configured]:
    """Kopia: the storage of `repository.config`; its keys are not looked at."""
    for name in _names(host, folder):
        if name.endswith(".config"):
            storage = _table(_json(_text(host, f"{folder}/{name}")), "storage")
            config, kind = _table(storage, "config"), str(storage.get("type", ""))
            path = str(config.get("path", ""))
            target = {
                "filesystem": path,
                "sftp": f"sftp://{config.get('host', '')}/{path.lstrip('/')}",
                "webdav": str(config.get("url", "")),
                "s3": f"s3:{config.get('endpoint', '')}/{config.get('bucket', '')}",
                "rclone": f"rclone:{config.get('remotePath', '')}",
            }.get(kind, f"{kind}:{config.get('bucket', config.get('container', ''))}")
            if kind:
                job = Job("Kopia", BackupKind.BACKUP, target, (), Encrypted.ON, "Kopia")
                yield Configured(job, "by its policy")


def deja_dup(host: Host, path: str) -> Iterator[Configured]:
    """Déjà Dup, by its settings in dconf: its own schedule, and when it last ran."""
    raw = b""
    with suppress(HostError):
        raw = host.read(path, dconf.LARGEST)
    found = dconf.settings(raw, "/org/gnome/deja-dup/")
    if not found.keys() & {"last-backup", "last-run", "periodic"}:
        return
    backend = str(found.get("backend", "auto"))
    target = {
        "local": str(found.get("local/folder", "")),
        "remote": str(found.get("remote/uri", "")),
        "drive": f"/media/{found.get('drive/name', '')}/{found.get('drive/folder', '')}",
        "google": "google:", "microsoft": "microsoft:",
    }.get(backend, "")  # fmt: skip
    restic = found.get("tool") == "restic"
    state = Encrypted.ON if restic else Encrypted.UNKNOWN
    job = Job("Déjà Dup", BackupKind.BACKUP, target, ("/home",), state)
    days, every = found.get("delete-after", 0), found.get("periodic-period", 7)
    active = found.get("periodic") is True
    yield Configured(
        job,
        f"{days} days" if days else "for ever",
        f"every {every} days" if active else "",
        active,
        succeeded=_moment(found.get("last-backup")),
        tried=_moment(found.get("last-run")),
    )


def _moment(value: object) -> datetime | None:
    with suppress(ValueError, TypeError):
        found = datetime.fromisoformat(str(value))
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


AGENTS = (
    ("Bacula", "/etc/bacula/bacula-fd.conf", "its director"),
    ("Bareos", "/etc/bareos/bareos-fd.d", "its director"),
    ("Bareos", "/etc/bareos/bareos-fd.conf", "its director"),
    ("UrBackup", "/etc/default/urbackupclient", "its server"),
    ("Veeam Agent", "/etc/veeam/veeam.ini", "its own window (veeam)"),
    ("Proxmox Backup", "/etc/pve/storage.cfg", "the Proxmox page"),
    ("Acronis", "/etc/Acronis", "its console"),
    ("Amanda", "/etc/amanda-client.conf", "its server"),
    ("BackupPC", "/etc/backuppc/config.pl", "its page"),
)
"""Agents whose jobs and results are kept elsewhere: product, its file, who can tell."""


def agents(host: Host) -> Iterator[Configured]:
    """Backup agents of which only the presence can be told; Bacula says whether it encrypts."""
    for product, path, who in AGENTS:
        try:
            host.status(path)
        except HostError:
            continue
        closed = re.search(
            r"^\s*PKI Encryption\s*=\s*yes", _text(host, path), re.IGNORECASE | re.MULTILINE
        )
        state, by = (Encrypted.ON, product) if closed else (Encrypted.UNKNOWN, "")
        job = Job(product, BackupKind.PRODUCT, "", (), state, by)
        detail = f"Whether and where it backs up is told by {who}: ask for its last report."
        yield Configured(job, detail=detail)


def snapper(host: Host) -> Iterator[Configured]:
    """snapper: snapshots on the same file system."""
    for name in _names(host, "/etc/snapper/configs"):
        text = _text(host, f"/etc/snapper/configs/{name}")
        found = re.search(r'^SUBVOLUME="([^"]+)"', text, re.MULTILINE)
        timeline = re.search(r'^TIMELINE_CREATE="yes"', text, re.MULTILINE)
        if found:
            job = Job("snapper", BackupKind.SNAPSHOT, found[1], (found[1],))
            yield Configured(job, schedule="every hour" if timeline else "", active=bool(timeline))


def rclone_encrypts(host: Host) -> dict[str, bool]:
    """Which remotes of rclone encrypt: only the names of sections and their types are kept."""
    kinds: dict[str, bool] = {}
    for home in homes(host):
        section = ""
        for line in _text(host, f"{home}/.config/rclone/rclone.conf").splitlines():
            if found := re.match(r"^\[(.+)\]\s*$", line):
                section = found[1]
            elif found := re.match(r"^type\s*=\s*(\w+)\s*$", line):
                kinds[section] = found[1] == "crypt"
    return kinds


def _names(host: Host, folder: str) -> tuple[str, ...]:
    with suppress(HostError):
        return host.names(folder)
    return ()


def _text(host: Host, path: str) -> str:
    with suppress(HostError):
        return host.read(path, LIMIT).decode("utf-8", "replace")
    return ""


def _yaml(text: str) -> dict[str, Any]:
    """A YAML table; anything that is not plain YAML is empty."""
    with suppress(yaml.YAMLError, RecursionError, ValueError):
        found = yaml.safe_load(re.sub(r"!\w+", "", text))
        return found if isinstance(found, dict) else {}
    return {}


def _json(text: str) -> dict[str, Any]:
    with suppress(ValueError, RecursionError):
        found = json.loads(text)
        return found if isinstance(found, dict) else {}
    return {}


def _table(found: dict[str, Any], key: str) -> dict[str, Any]:
    inner = found.get(key)
    return inner if isinstance(inner, dict) else {}


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []
