"""A job of a tool's configuration, and the files of configurations."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from auditor.backups.jobs import Job
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
    oldest: datetime | None = None
    versions: int | None = None
    covers: str = ""
    """What is copied, for people, where it is no folder."""


def homes(host: Host) -> list[str]:
    """The home folders on this machine, that of this account first."""
    found = []
    with suppress(HostError):
        found.append(host.environment("HOME"))
    with suppress(HostError):
        found += [f"/home/{n}" for n in host.names("/home")]
    return list(dict.fromkeys([*found, "/root"]))


def names_of(host: Host, folder: str) -> tuple[str, ...]:
    """The names in a folder; none where there is no such folder."""
    with suppress(HostError):
        return host.names(folder)
    return ()


def text_of(host: Host, path: str) -> str:
    """The text of a configuration; empty where there is none."""
    with suppress(HostError):
        return host.read(path, LIMIT).decode("utf-8", "replace")
    return ""
