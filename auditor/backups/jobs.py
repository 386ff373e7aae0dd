"""A backup as a command line names it, and when files that are copied are one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from auditor.backups.lines import Piece
from auditor.copies import BackupKind, Encrypted

REMOTE = re.compile(r"^(?:\\\\|//|[\w.+-]+://|(?:[\w.-]+@)?[\w.-]{2,}:(?!\\))")
CARRIED = re.compile(r"^(?:/mnt/|/media/|/run/media/|/volumes/|[abd-z]:)", re.IGNORECASE)
_NAMED = re.compile(r"back.?up|sauvegarde|sicherung|\bbak\b|archiv|offsite", re.IGNORECASE)
_ABSOLUTE = re.compile(r"^(?:/(?!var/backups)|[A-Za-z]:[\\/]|~)")
"""A whole path; Debian's own copies of its package lists in /var/backups are none of records."""
ON, OFF, UNKNOWN = Encrypted.ON, Encrypted.OFF, Encrypted.UNKNOWN


class Job(NamedTuple):
    """A backup that a command line makes."""

    product: str
    kind: BackupKind
    target: str = ""
    """As it is written; it may hold a password and goes through `targets.understood`."""
    sources: tuple[str, ...] = ()
    encrypted: Encrypted = UNKNOWN
    encrypted_by: str = ""
    system_only: bool = False
    profile: str = ""
    """The job file or profile that says the rest."""


Reader = Callable[[Piece, Mapping[str, str]], Job | None]
"""Reads one program's words, with what is known of its environment."""


def options(text: str) -> frozenset[str]:
    """Options that take a word of their own."""
    return frozenset(text.split())


def copied(product: str, sources: list[str], target: str) -> Job | None:
    """Files copied: to another computer, a drive other than C:, or a place named so."""
    if len(sources) == 1 and _folder(sources[0]) == _folder(target):
        return None  # kept beside the original: hosts.bak
    pulled = bool(sources) and all(REMOTE.match(s) for s in sources)
    far = bool(REMOTE.match(target))
    if pulled and (far or not CARRIED.match(target)):
        return None
    named = _ABSOLUTE.match(target) and _NAMED.search(target)
    if not (far or CARRIED.match(target) or named):
        return None
    return Job(product, BackupKind.COPY, target, tuple(sources), OFF)


def snapshot(product: str, *needed: str, system: bool = False) -> Reader:
    """A program that keeps an earlier state on the same disk."""

    def reader(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
        if needed and not any(n in " ".join(p.arguments).lower() for n in needed):
            return None
        return Job(product, BackupKind.SNAPSHOT, "", system_only=system)

    return reader


def product(
    name: str, *needed: str, encrypted: Encrypted = UNKNOWN, target: tuple[str, ...] = ()
) -> Reader:
    """A backup product that keeps target and schedule to itself."""

    def reader(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
        if needed and not any(re.search(n, " ".join(p.arguments), re.IGNORECASE) for n in needed):
            return None
        job = next((w for w in p.arguments if re.search(r"\.(xml|ffs_batch|conf|ya?ml)$", w)), "")
        by = name if encrypted is ON else ""
        return Job(name, BackupKind.BACKUP, p.value(*target), (), encrypted, by, profile=job)

    return reader


def _folder(path: str) -> str:
    """The folder of a file, in small letters; a path of its own where it has none."""
    head, _, name = re.sub(r"[\\/]+", "/", path).rpartition("/")
    return head.lower() if "." in name else path
