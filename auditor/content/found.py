"""What the scan has found so far: the one thing here that changes while it runs."""

from __future__ import annotations

import posixpath
from collections import Counter

import msgspec

from auditor.content import keys
from auditor.content.backup_files import BackupFilesSeen
from auditor.content.detect.pictured import KIND as PHOTOGRAPHS
from auditor.content.grouping import Packed, groups, lists
from auditor.content.looking import Examined
from auditor.content.walk import LeftOut, Trouble
from auditor.evidence import (
    FileLocked,
    FileSeen,
    Gap,
    KeyFile,
    ProtectionState,
    Scan,
    Why,
)
from auditor.words import count, shown

SOURCE = "files"
MOST_GAPS = 2_000
"""Folders that are told apart in gaps; beyond, those of a volume are one gap."""
MOST_LEFT_OUT = 50
MOST_KEYS = 1_000
MOST_LOCKED = 5_000
"""Locked files that are told one by one; weak ones and passwords lying about come first."""

_SAY = {
    Why.NEEDS_ADMIN: "This account may not read them: run the audit as administrator.",
    Why.UNREADABLE: "They could not be read, or changed or went away meanwhile: scan again.",
    Why.IN_CLOUD: "They are only in the cloud; looking into them would download them.",
    Why.FORMAT: "This version does not open this format.",
    Why.TIMED_OUT: "Reading took longer than a file is given: look at them by hand.",
    Why.DAMAGED: "They are damaged; what could be read of them was looked at.",
    Why.TOO_LARGE: "They hold more than is read of one file: look at them by hand.",
    Why.LOCKED: "They are closed by a weak password, or held by another program.",
    Why.NOT_UNDERSTOOD: "They could not be understood: look at them by hand.",
}


class Found:
    """Collects files, gaps and counts."""

    def __init__(self) -> None:
        self.files: list[FileSeen] = []
        self.crowds: list[Packed] = []
        """Who is in each of the files; never written down."""
        self.albums: set[tuple[str, str]] = set()
        """Folders of photographs, by volume."""
        self.met = 0
        self.bytes = 0
        self.examined = 0
        self.not_opened = 0
        self.unreadable = 0
        self.pictures = 0
        self.known = 0
        self.locked: list[FileLocked] = []
        self.backups = BackupFilesSeen()
        self.keys: list[KeyFile] = []
        self.roots: list[str] = []
        self.left_out: list[str] = []
        self.gaps: Counter[tuple[str, str, Why, str]] = Counter()
        """How many files, by volume, folder, reason and detail."""

    def take(self, seen: Examined) -> None:
        """What came of one file."""
        self.met += 1
        self.bytes += seen.item.size
        self.examined += seen.opened
        self.pictures += seen.pictures
        self.backups.consider(seen.item.path, seen.item.volume, seen.kind)
        if seen.file and not self._shown(seen.file):
            self.files.append(seen.file)
            self.crowds.append(Packed.of(seen.crowd))
        if seen.locked:
            self.locked.append(seen.locked)
        self._take_key(seen)
        if seen.why:
            self.unreadable += 1
            folder = posixpath.dirname(seen.item.path.replace("\\", "/"))
            self.gaps[seen.item.volume, shown(folder), seen.why, seen.detail] += 1
        elif not seen.opened and not seen.locked:
            self.not_opened += 1

    def _take_key(self, seen: Examined) -> None:
        item = seen.item
        kind = seen.key or (keys.by_name(item.path) if item.size else "")
        if kind and len(self.keys) < MOST_KEYS:
            self.keys.append(KeyFile(path=shown(item.path), volume=item.volume, kind=kind))

    def _shown(self, file: FileSeen) -> bool:
        """Whether its folder of photographs is listed already: one picture stands for all."""
        if file.record != PHOTOGRAPHS:
            return False
        folder = (file.volume, posixpath.dirname(file.path.replace("\\", "/")))
        known = folder in self.albums
        self.albums.add(folder)
        return known

    def trouble(self, trouble: Trouble) -> None:
        """A folder or file that the walk could not have."""
        self.unreadable += 1
        self.gaps[trouble.volume, shown(trouble.folder), trouble.why, ""] += 1

    def leave_out(self, left: LeftOut) -> None:
        """A folder left out on purpose."""
        if len(self.left_out) < MOST_LEFT_OUT:
            self.left_out.append(shown(left.folder))
        elif len(self.left_out) == MOST_LEFT_OUT:
            self.left_out.append("and more")

    def all_gaps(self) -> list[Gap]:
        """The gaps, by folder; those of a volume together where there are too many folders."""
        gaps = self.gaps
        if len(gaps) > MOST_GAPS:
            gaps = Counter()
            for (volume, _, why, detail), n in self.gaps.items():
                gaps[volume, volume, why, detail] += n
        return [
            Gap(
                source=SOURCE,
                about=f"{count(n, detail or 'file', _many(detail))} in {folder}",
                why=why,
                detail=_SAY.get(why, ""),
                count=n,
                volume=volume,
            )
            for (volume, folder, why, detail), n in sorted(gaps.items())
        ]

    def all_files(self) -> tuple[FileSeen, ...]:
        """The files with personal data by path, those about the same people numbered alike."""
        counted = [(f.people.high, c) for f, c in zip(self.files, self.crowds, strict=True)]
        numbered = zip(self.files, groups(counted), lists(counted), strict=True)
        made = (msgspec.structs.replace(f, same_people=g, same_list=s) for f, g, s in numbered)
        return tuple(sorted(made, key=lambda f: (f.volume, f.path)))

    def all_locked(self) -> tuple[FileLocked, ...]:
        """The locked files by path, those that need a person's eye first where they are many."""
        strong = ProtectionState.STRONG
        ranked = sorted(
            self.locked,
            key=lambda f: (not f.password_beside, f.protection.state is strong, f.volume, f.path),
        )
        return tuple(sorted(ranked[:MOST_LOCKED], key=lambda f: (f.volume, f.path)))

    def all_keys(self) -> tuple[KeyFile, ...]:
        """The files that open encrypted drives, by path."""
        return tuple(sorted(self.keys, key=lambda k: (k.volume, k.path)))

    def summary(self, *, complete: bool, seconds: float) -> Scan:
        """The totals."""
        return Scan(
            asked=True,
            complete=complete,
            roots=tuple(self.roots),
            files=self.met,
            bytes=self.bytes,
            examined=self.examined,
            personal=len(self.files),
            not_opened=self.not_opened,
            unreadable=self.unreadable,
            pictures=self.pictures,
            known=self.known,
            locked=len(self.locked),
            left_out=tuple(self.left_out),
            seconds=round(seconds, 1),
        )


def _many(detail: str) -> str:
    if detail.endswith(("database", "archive", "document", "image", "backup")):
        return f"{detail}s"
    if detail.startswith("file "):
        return f"files {detail[5:]}"
    return f"{detail} files" if detail else "files"
