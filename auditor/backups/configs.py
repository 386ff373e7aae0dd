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
from typing import Any

import yaml

from auditor.backups import agents, dconf
from auditor.backups.configured import Configured, homes, names_of, text_of
from auditor.backups.jobs import Job
from auditor.copies import BackupKind, Encrypted
from auditor.errors import HostError
from auditor.host import Host


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
    yield from agents.all_of(host)


def borgmatic(host: Host, folders: tuple[str, ...]) -> Iterator[Configured]:
    """borgmatic, in the layout of before version 1.8 (sections) or after it (flat)."""
    for folder in folders:
        for name in names_of(host, folder):
            if not re.search(r"\.ya?ml$", name):
                continue
            found = _yaml(text_of(host, f"{folder}/{name}"))
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
    text = text_of(host, path)
    lines = [re.split(r"\t+", x.strip()) for x in text.splitlines() if x[:1] not in {"#", ""}]
    root = next((x[1] for x in lines if x[0] == "snapshot_root" and len(x) > 1), "")
    sources = tuple(x[1] for x in lines if x[0] == "backup" and len(x) > 1)
    keep = [f"{x[2]} {x[1]}" for x in lines if x[0] in {"retain", "interval"} and len(x) > 2]
    if root and sources:
        job = Job("rsnapshot", BackupKind.BACKUP, root, sources, Encrypted.OFF)
        yield Configured(job, ", ".join(keep))


def timeshift(host: Host, path: str = "/etc/timeshift/timeshift.json") -> Iterator[Configured]:
    """Timeshift: the system's own files unless it is told to include /home. All values are text."""
    found = _json(text_of(host, path))
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
    values = {k: v for k, _, v in (x.partition("=") for x in text_of(host, path).splitlines())}
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
    for name in names_of(host, folder):
        if name.endswith(".config"):
            storage = _table(_json(text_of(host, f"{folder}/{name}")), "storage")
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


def rclone_encrypts(host: Host) -> dict[str, bool]:
    """Which remotes of rclone encrypt: only the names of sections and their types are kept."""
    kinds: dict[str, bool] = {}
    for home in homes(host):
        section = ""
        for line in text_of(host, f"{home}/.config/rclone/rclone.conf").splitlines():
            if found := re.match(r"^\[(.+)\]\s*$", line):
                section = found[1]
            elif found := re.match(r"^type\s*=\s*(\w+)\s*$", line):
                kinds[section] = found[1] == "crypt"
    return kinds


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
