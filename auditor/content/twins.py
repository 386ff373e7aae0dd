"""Files of the same contents, read once: the copy of a list is known by all of its bytes.

What was seen is kept in the memory of a worker, under a hash with a key of its own; none of it is
written down.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from dataclasses import dataclass
from secrets import token_bytes

import msgspec

from auditor.content.beside import password_beside
from auditor.content.folders import folder_of
from auditor.content.keeping import SCHEMES
from auditor.content.looking import Examined, moment
from auditor.content.walk import Item, open_quietly
from auditor.words import shown

SIZES = 20_000
"""Sizes that are remembered; the longest unused is forgotten first."""
MANY = 8
"""Different contents of one size that are remembered."""
LEAST, MOST = 512, 200_000_000
"""Bytes between which a file is compared; a smaller one is read as fast."""
STEP = 1_048_576


@dataclass(slots=True)
class _Known:
    """A file that was read, and its hash once it was needed."""

    seen: Examined
    digest: bytes | None = None


class Twins:
    """What one worker remembers of the files it read."""

    def __init__(self) -> None:
        self.key = token_bytes(32)
        self.by_size: OrderedDict[int, list[_Known]] = OrderedDict()

    def find(self, item: Item) -> Examined | None:
        """What came of a file of the same contents; None when there was none."""
        known = self.by_size.get(item.size)
        if not known:
            return None
        self.by_size.move_to_end(item.size)
        digest = self._digest(item)
        if digest is None:
            return None
        for one in known:
            if one.digest is None:
                one.digest = self._digest(one.seen.item) or b""
            if one.digest == digest:
                return _of(item, one.seen)
        return None

    def keep(self, seen: Examined) -> None:
        """Remembers a file that was read wholly and without trouble."""
        item = seen.item
        system = seen.file and seen.file.protection.scheme in SCHEMES
        if seen.why or system or not LEAST <= item.size <= MOST:
            return
        known = self.by_size.setdefault(item.size, [])
        if len(known) < MANY:
            known.append(_Known(seen))
        if len(self.by_size) > SIZES:
            self.by_size.popitem(last=False)

    def _digest(self, item: Item) -> bytes | None:
        """The hash of a file that has not changed since the walk; None when it has."""
        try:
            handle = open_quietly(item.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            return None
        made = hashlib.blake2b(key=self.key, digest_size=32)
        try:
            while piece := os.read(handle, STEP):
                made.update(piece)
            found = os.fstat(handle)
        except OSError:
            return None
        finally:
            os.close(handle)
        same = (found.st_size, found.st_mtime_ns) == (item.size, item.modified)
        return made.digest() if same else None


def _of(item: Item, seen: Examined) -> Examined:
    """The same answer for another file."""
    path, replace = shown(item.path), msgspec.structs.replace
    where = {
        "path": path,
        "volume": item.volume,
        "folder": folder_of(path),
        "modified": moment(item.modified),
    }
    locked = seen.locked
    return replace(
        seen,
        item=item,
        file=replace(seen.file, **where) if seen.file else None,
        locked=replace(locked, **where, password_beside=password_beside(item.path))
        if locked
        else None,
    )
