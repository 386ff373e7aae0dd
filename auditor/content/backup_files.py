"""Backup files that the scan comes by: gathered by folder and format, with their age.

Only files of certain kinds, or whose name is that of a backup, are looked at, and of them the first
bytes alone.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from auditor.backups import files
from auditor.content.folders import folder_of
from auditor.content.walk import open_quietly
from auditor.copies import BackupFiles, Encrypted
from auditor.evidence import Folder
from auditor.words import shown

KINDS = frozenset(
    {
        "SQL Server or tape backup",
        "SQL Server database",
        "disk image",
        "encrypted macOS disk image",
    }
)
"""Kinds that a backup file can be of, whatever it is called."""
_CALLED = re.compile(r"back.?up|image|sicherung|sauvegarde|archiv", re.IGNORECASE)
PASSING = frozenset(
    {Folder.DOWNLOADS, Folder.DESKTOP, Folder.TEMPORARY, Folder.RECYCLE_BIN, Folder.SHARED}
)
"""Folders in which things lie that nobody looks after."""
MOST = 500
"""Folders that are told apart."""


@dataclass(slots=True)
class _Set:
    """The backup files of one format in one folder, so far."""

    system: str = ""
    files: int = 0
    size: int = 0
    times: list[datetime] = field(default_factory=list)
    states: set[Encrypted] = field(default_factory=set)
    databases: set[str] = field(default_factory=set)


class BackupFilesSeen:
    """Collects the backup files of a scan."""

    def __init__(self) -> None:
        self.sets: dict[tuple[str, str, str, str], _Set] = {}

    def consider(self, path: str, volume: str, kind: str) -> None:
        """Looks at a file if there is reason to.

        Args:
            path: The file.
            volume: Id of the volume that it lies on.
            kind: What it is by its first bytes (`identify`), such as `disk image`.
        """
        if kind not in KINDS and not files.candidate(path):
            return
        try:
            handle = open_quietly(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            return
        try:
            head, status = os.read(handle, files.HEAD), os.fstat(handle)
        except OSError:
            return
        finally:
            os.close(handle)
        found = files.format_of(path, head)
        # A disk image is a backup only where it is called one: most are virtual machines.
        if found and (
            found[0] != "disk image" or _CALLED.search("/".join(re.split(r"[\\/]", path)[-2:]))
        ):
            self._add(path, volume, found, status, files.names_within(head))

    def _add(
        self,
        path: str,
        volume: str,
        found: tuple[str, Encrypted],
        status: os.stat_result,
        within: str,
    ) -> None:
        folder, name = (
            re.split(r"[\\/](?=[^\\/]*$)", path) if re.search(r"[\\/]", path) else ("", path)
        )
        near = (name, within, re.split(r"[\\/]", folder)[-1])
        system = next((s for n in near if (s := files.system_of(n))), "")
        key = (volume, shown(folder) or "/", found[0], system)
        if key not in self.sets and len(self.sets) >= MOST:
            return
        kept = self.sets.setdefault(key, _Set(system))
        kept.files += 1
        kept.size += status.st_size
        kept.states.add(found[1])
        kept.times.append(datetime.fromtimestamp(max(0, status.st_mtime), UTC))
        kept.databases |= {m[1].lower() for m in files.DATABASE.finditer(f"{name} {within}")}

    def all(self) -> tuple[BackupFiles, ...]:
        """The sets, by volume and folder."""
        return tuple(
            BackupFiles(
                folder=folder,
                volume=volume,
                format=form,
                system=kept.system,
                files=kept.files,
                size=kept.size,
                newest=max(kept.times),
                oldest=min(kept.times),
                encrypted=_one(kept.states),
                databases=tuple(sorted(kept.databases)),
                stray=folder_of(f"{folder}/") in PASSING,
            )
            for (volume, folder, form, _), kept in sorted(self.sets.items())
        )


def _one(states: set[Encrypted]) -> Encrypted:
    """One open file makes the set open; one that is not known leaves it so."""
    for state in (Encrypted.OFF, Encrypted.UNKNOWN):
        if state in states:
            return state
    return Encrypted.ON
