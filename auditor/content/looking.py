"""One file: opened without a trace, identified, read, looked at."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from auditor.content.crowd import Crowd
from auditor.content.detect import Detector
from auditor.content.detect.look import Look
from auditor.content.extract import extractor
from auditor.content.folders import folder_of
from auditor.content.identify import HEAD, Group, Kind, identify
from auditor.content.raw import Document
from auditor.content.walk import Item, open_quietly
from auditor.errors import ContentError, Unreadable
from auditor.evidence import FileSeen, Record, Why
from auditor.words import shown


class Examined(Record, frozen=True, kw_only=True):
    """What came of one file."""

    item: Item
    file: FileSeen | None = None
    """The file, when it holds personal data."""
    opened: bool = False
    """Whether its contents were examined."""
    why: Why | None = None
    """Why not, or not wholly."""
    detail: str = ""
    crowd: Crowd = Crowd()
    """Who is in the file, to recognise copies of one list; never written down."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose kind is known; its text comes as the document is read."""

    kind: Kind
    document: Document | None
    """None for a format that is not opened."""
    size: int
    modified: int
    """Nanoseconds since 1970."""
    handle: int

    def changed(self) -> bool:
        """Whether it was written to since it was opened."""
        now = os.fstat(self.handle)
        return (now.st_size, now.st_mtime_ns) != (self.size, self.modified)


@contextmanager
def opened(path: str) -> Iterator[Opened]:
    """Opens a regular file for reading, without waiting for a pipe or following a link.

    Raises:
        OSError: The system refuses.
        Unreadable: It is no regular file.
    """
    flags: int = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    handle = open_quietly(path, os.O_RDONLY | flags)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable("this is no file", where=shown(path), hint="name a file, not a folder")
        head = os.read(handle, HEAD)
        kind = identify(head)
        reader = extractor(kind)
        document = reader.document(handle, found.st_size, kind, head) if reader else None
        if document:
            document = replace(document, name=Path(path).name)
        yield Opened(kind, document, found.st_size, found.st_mtime_ns, handle)
    finally:
        os.close(handle)


def examine(item: Item, detector: Detector) -> Examined:
    """The border at which a file's failure becomes a gap."""
    try:
        with opened(item.path) as found:
            return _examined(item, found, detector)
    except PermissionError:
        return Examined(item=item, why=Why.NEEDS_ADMIN)
    except (OSError, ContentError):
        return Examined(item=item, why=Why.UNREADABLE)
    except Exception as e:  # noqa: BLE001 - a parser's bug must not cost its neighbours
        return Examined(item=item, why=Why.NOT_UNDERSTOOD, detail=type(e).__name__)


def _examined(item: Item, found: Opened, detector: Detector) -> Examined:
    if found.document is None:
        why = Why.FORMAT if found.kind.group is Group.RECORDS else None
        return Examined(item=item, why=why, detail=found.kind.name)
    look = detector.look(found.document)
    why = Why.UNREADABLE if found.changed() else None
    file = _seen(item, found, found.document, look) if look else None
    crowd = look.crowd if look else Crowd()
    return Examined(item=item, file=file, opened=True, why=why, crowd=crowd)


def _seen(item: Item, found: Opened, document: Document, look: Look) -> FileSeen:
    path = shown(item.path)
    return FileSeen(
        path=path,
        volume=item.volume,
        folder=folder_of(path),
        kind=document.kind,
        category=look.category,
        who=look.who,
        size=found.size,
        modified=_moment(found.modified),
        contents=look.contents,
        people=look.people,
        strength=look.strength,
        special=look.special,
        whole=look.whole,
    )


def _moment(nanoseconds: int) -> datetime | None:
    """A file's time; None for one outside the years that can be written."""
    try:
        return datetime.fromtimestamp(nanoseconds // 10**9, UTC)
    except (ValueError, OverflowError, OSError):
        return None
