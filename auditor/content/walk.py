"""Every regular file once: links are not followed, other volumes are not entered.

Folders and files are opened so that their access times stay, where the system allows it.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from auditor.content.left_out import is_left_out
from auditor.evidence import Record, Why

NOATIME: int = getattr(os, "O_NOATIME", 0)
OFFLINE = 0x1000 | 0x40000 | 0x400000
"""Windows attributes OFFLINE, RECALL_ON_OPEN, RECALL_ON_DATA_ACCESS: the file is in the cloud."""
DATALESS = 0x40000000
"""macOS flag SF_DATALESS: the file is in the cloud."""
LINK_TAGS = frozenset({0xA0000003, 0xA000000C})
"""Windows reparse tags of mount points and symbolic links. OneDrive's own tags are no links."""
LONG = 240
"""Characters from which Windows wants its prefix for long paths."""


class Root(Record, frozen=True, kw_only=True):
    """Where a scan starts."""

    path: str
    """Absolute and without links, as os.fsdecode gives it."""
    volume: str
    """Id of the volume it lies on; empty when it is on none that is known."""
    mounts: tuple[str, ...] = ()
    """Mounts below it that are volumes of their own or none at all; not entered."""
    remote: tuple[str, ...] = ()
    """Those of them that are on the network, which are told as left out."""
    whole_machine: bool = False
    """Whether folders of programs are left out."""
    system: bool = False
    """Whether it is the volume that the operating system runs from."""


class Item(NamedTuple):
    """A file to look into."""

    path: str
    volume: str
    size: int
    modified: int
    """Nanoseconds since 1970."""
    changed: int = 0
    """Likewise, of its last change of any sort; on Windows, when it was made."""


class Trouble(NamedTuple):
    """A folder or file that could not be had."""

    folder: str
    volume: str
    why: Why


class LeftOut(NamedTuple):
    """A folder that was left out on purpose."""

    folder: str


Met = Item | Trouble | LeftOut


def openable(path: str) -> str:
    """The path as the system wants it: Windows needs a prefix for long ones."""
    if sys.platform == "win32" and len(path) >= LONG and not path.startswith("\\\\"):
        return "\\\\?\\" + path
    return path


def open_quietly(path: str, flags: int) -> int:
    """A file descriptor for reading that leaves the access time alone if we own the file.

    Raises:
        OSError: As os.open.
    """
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    if NOATIME:
        with suppress(PermissionError):
            return os.open(openable(path), flags | NOATIME)
    return os.open(openable(path), flags)


def walk(roots: list[Root], keep_out: tuple[str, ...]) -> Iterator[Met]:
    """Everything under the roots, in the order of the names.

    Args:
        roots: Where to start; a root may also be a file.
        keep_out: Folders that are not entered, such as the one that the report goes to.
    """
    seen: set[tuple[int, int]] = set()
    for root in roots:
        yield from _Walk(root, keep_out, seen).run()


class _Walk:
    """The walk of one root."""

    def __init__(self, root: Root, keep_out: tuple[str, ...], seen: set[tuple[int, int]]) -> None:
        self.root = root
        self.closed = {os.path.normcase(p) for p in (*keep_out, *root.mounts)}
        self.remote = {os.path.normcase(p) for p in root.remote}
        self.seen = seen
        """Device and number of files with several names, so that each is read once."""

    def run(self) -> Iterator[Met]:
        """Everything under the root."""
        path = self.root.path
        try:
            if not stat.S_ISDIR(os.stat(openable(path)).st_mode):  # noqa: PTH116 - strings throughout
                with_parent = os.path.dirname(path)  # noqa: PTH120
                yield from self._file(path, os.lstat(openable(path)), with_parent)
                return
        except OSError as e:
            yield Trouble(path, self.root.volume, _why(e))
            return
        waiting = [path]
        while waiting:
            below: list[str] = []
            yield from self._folder(waiting.pop(), below)
            waiting.extend(reversed(below))

    def _folder(self, folder: str, below: list[str]) -> Iterator[Met]:
        """What lies in a folder; the folders in it to go on with are put into `below`."""
        entries, trouble = _entries(folder)
        if trouble:
            yield Trouble(folder, self.root.volume, trouble)
        for name, found in entries:
            path = os.path.join(folder, name)  # noqa: PTH118 - names that are not UTF-8
            if not stat.S_ISDIR(found.st_mode) or _is_link(found):
                yield from self._file(path, found, folder)
                continue
            left = self._closed(path, name)
            if left is None:
                below.append(path)
            elif left:
                yield LeftOut(path)

    def _closed(self, path: str, name: str) -> bool | None:
        """None to enter a folder, True for one left out on purpose, False for another volume."""
        if os.path.normcase(path) in self.closed:
            return os.path.normcase(path) in self.remote
        if self.root.whole_machine:
            below = os.path.relpath(path, self.root.path).replace(os.sep, "/")
            if is_left_out(below, name, system=self.root.system):
                return True
        return None

    def _file(self, path: str, found: os.stat_result, folder: str) -> Iterator[Met]:
        if not stat.S_ISREG(found.st_mode) or _is_link(found):
            return
        if found.st_nlink > 1:
            key = (found.st_dev, found.st_ino)
            if key in self.seen:
                return
            self.seen.add(key)
        if _in_cloud(found):
            yield Trouble(folder, self.root.volume, Why.IN_CLOUD)
        else:
            yield Item(path, self.root.volume, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _entries(folder: str) -> tuple[list[tuple[str, os.stat_result]], Why | None]:
    """Names and stats of a folder, sorted; with what could not be had said."""
    trouble: Why | None = None
    found: list[tuple[str, os.stat_result]] = []
    try:
        handle = _handle(folder)
        try:
            with os.scandir(openable(folder) if handle is None else handle) as entries:
                for entry in entries:
                    try:
                        found.append((entry.name, entry.stat(follow_symlinks=False)))
                    except OSError as e:
                        trouble = _why(e)
        finally:
            if handle is not None:
                os.close(handle)
    except OSError as e:
        trouble = _why(e)
    return sorted(found, key=lambda e: e[0]), trouble


def _handle(folder: str) -> int | None:
    """A descriptor that leaves the folder's access time alone; None where that cannot be."""
    if os.scandir not in os.supports_fd:
        return None
    return open_quietly(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))


def _why(error: OSError) -> Why:
    return Why.NEEDS_ADMIN if isinstance(error, PermissionError) else Why.UNREADABLE


def _is_link(found: os.stat_result) -> bool:
    if stat.S_ISLNK(found.st_mode):
        return True
    return getattr(found, "st_reparse_tag", 0) in LINK_TAGS


def _in_cloud(found: os.stat_result) -> bool:
    attributes: int = getattr(found, "st_file_attributes", 0)
    flags: int = getattr(found, "st_flags", 0)
    return bool(attributes & OFFLINE or flags & DATALESS)
