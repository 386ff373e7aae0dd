"""One file: opened without a trace, identified, read, looked at."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from auditor.content.beside import password_beside
from auditor.content.crowd import Crowd
from auditor.content.detect import Detector, combine
from auditor.content.detect.look import Look
from auditor.content.folders import folder_of
from auditor.content.identify import Group, Kind, identify
from auditor.content.keeping import kept_by_system
from auditor.content.keys import RECOVERY, STARTUP, Watch, startup
from auditor.content.opening import Contents
from auditor.content.source import Source
from auditor.content.walk import Item, open_quietly
from auditor.errors import ContentError, Unreadable
from auditor.evidence import FileLocked, FileSeen, Protection, ProtectionState, Record, Why
from auditor.words import shown

HELD_OPEN = frozenset({32, 33})
"""Windows errors of a file that another program keeps to itself."""


class Examined(Record, frozen=True, kw_only=True):
    """What came of one file."""

    item: Item
    file: FileSeen | None = None
    """The file, when it holds personal data."""
    locked: FileLocked | None = None
    """The file, when it or a part of it is closed by a password or key."""
    kind: str = ""
    """What it is, by its first bytes; empty when that was not told."""
    opened: bool = False
    """Whether its contents were examined."""
    key: str = ""
    """What key to an encrypted drive it is or holds; empty for most."""
    pictures: int = 0
    """Pictures that it is or holds, whose text was not read."""
    why: Why | None = None
    """Why not, or not wholly."""
    detail: str = ""
    crowd: Crowd = Crowd()
    """Who is in the file, to recognise copies of one list; never written down."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose kind is known; its text comes as its documents are read."""

    kind: Kind
    contents: Contents
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
        source = Source.of_file(handle, Path(path).name, found.st_size)
        kind = identify(source.head)
        yield Opened(kind, Contents(source, kind), found.st_size, found.st_mtime_ns, handle)
    finally:
        os.close(handle)


def examine(item: Item, detector: Detector) -> Examined:
    """The border at which a file's failure becomes a gap."""
    try:
        with opened(item.path) as found:
            return _examined(item, found, detector)
    except PermissionError as e:
        held = getattr(e, "winerror", 0) in HELD_OPEN
        return Examined(item=item, why=Why.LOCKED if held else Why.NEEDS_ADMIN)
    except (OSError, ContentError):
        return Examined(item=item, why=Why.UNREADABLE)
    except MemoryError:
        return Examined(item=item, why=Why.TOO_LARGE)
    except Exception as e:  # noqa: BLE001 - a parser's bug must not cost its neighbours
        return Examined(item=item, why=Why.NOT_UNDERSTOOD, detail=type(e).__name__)


def _examined(item: Item, found: Opened, detector: Detector) -> Examined:
    contents = found.contents
    place, watch = around(item.path), Watch()
    told = detector.looks(watch.over(contents.documents()), place)
    look = combine([look for look, _ in told])
    if look is None and contents.group is Group.OTHER and contents.pictures:
        look = detector.pictured(item.path)
    if detector.cut:
        contents.unread[Why.TOO_LARGE, "text"] += detector.cut
    lock = contents.protection()
    if look or lock.state is not ProtectionState.STRONG:
        look = detector.holding(item.path, contents.kind, contents.source.head, look)
    why, detail = _missed(found, lock)
    return Examined(
        item=item,
        file=_seen(item, found, look, why) if look else None,
        locked=_locked(item, found) if contents.locks else None,
        kind=found.kind.name,
        opened=contents.opened > 0,
        key=_key(found, watch),
        pictures=contents.pictures,
        why=why,
        detail=detail,
        crowd=look.crowd if look else Crowd(),
    )


def around(path: str) -> str:
    """The names of a file and the two folders around it: what people call it is a hint."""
    return " / ".join(re.split(r"[\\/]", shown(path))[-3:])


def _key(found: Opened, watch: Watch) -> str:
    if watch.seen:
        return RECOVERY
    return STARTUP if startup(found.contents.source.head, found.size) else ""


def _missed(found: Opened, lock: Protection) -> tuple[Why | None, str]:
    """Why the file was not read, or not wholly; a strong lock is an answer and no gap."""
    contents = found.contents
    if found.changed():
        return Why.UNREADABLE, ""
    if contents.unread:
        (why, what), _ = contents.unread.most_common(1)[0]
        # A file that is not opened at all is named; of others, that a part is missing.
        whole = contents.opened or why is Why.DAMAGED or what.endswith("part")
        return why, contents.kind if whole else what
    if contents.locks and lock.state is not ProtectionState.STRONG:
        weak = any(k.state is not ProtectionState.STRONG for _, k in contents.locks)
        return (Why.LOCKED, contents.kind) if weak else (None, "")
    return None, ""


def _locked(item: Item, found: Opened) -> FileLocked:
    path = shown(item.path)
    return FileLocked(
        path=path,
        volume=item.volume,
        folder=folder_of(path),
        kind=found.contents.kind,
        size=found.size,
        modified=moment(found.modified),
        protection=found.contents.lock(),
        whole=not found.contents.opened,
        password_beside=password_beside(item.path),
    )


def _seen(item: Item, found: Opened, look: Look, why: Why | None) -> FileSeen:
    path = shown(item.path)
    return FileSeen(
        path=path,
        volume=item.volume,
        folder=folder_of(path),
        kind=found.contents.kind,
        category=look.category,
        who=look.who,
        size=found.size,
        modified=moment(found.modified),
        contents=look.contents,
        people=look.people,
        strength=look.strength,
        special=look.special,
        protection=kept_by_system(found.handle) or found.contents.protection(),
        whole=look.whole and why is None,
        record=look.record,
        dated=_dated(look, found.modified),
        review=_review(look, found.modified),
    )


def _dated(look: Look, modified: int) -> date | None:
    """The date of the data, as far as it is not after the file was last written."""
    written = moment(modified)
    if look.dated and written and look.dated > written.date() + timedelta(days=366):
        return None
    return look.dated


def _review(look: Look, modified: int) -> date | None:
    """When the usual time for keeping such a record is over, counted from the date of the data."""
    written = moment(modified)
    start = _dated(look, modified) or (written.date() if written else None)
    if not look.keep or start is None:
        return None
    months = start.year * 12 + start.month - 1 + look.keep
    return date(min(months // 12, 9999), months % 12 + 1, min(start.day, 28))


def moment(nanoseconds: int) -> datetime | None:
    """A file's time; None for one outside the years that can be written."""
    try:
        return datetime.fromtimestamp(nanoseconds // 10**9, UTC)
    except (ValueError, OverflowError, OSError):
        return None
