"""Files: walk → identify → extract → detect → count.

`scan` is the pipeline in one screen. A thread walks ahead and learns how much there is; workers
in processes of their own open the files; what they find is collected here, so that stopping
early loses nothing.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from time import monotonic

from auditor.content.found import Found
from auditor.content.journal import Journal
from auditor.content.looking import Examined
from auditor.content.pool import Workers
from auditor.content.walk import Item, LeftOut, Met, Root, Trouble, walk
from auditor.evidence import Record
from auditor.personal import Definitions
from auditor.words import shown

__all__ = ["Found", "Journal", "Root", "Step", "scan"]

AHEAD = 100_000
"""Files that the walk may be ahead of the workers."""
TELL = 0.1
"""Seconds between two steps that are told."""


class Step(Record, frozen=True, kw_only=True):
    """How far the scan is."""

    place: str
    """What is being looked at."""
    files: int
    bytes: int
    personal: int
    total_files: int | None = None
    """Known once the walk is through."""
    total_bytes: int | None = None


def scan(
    roots: Sequence[Root],
    definitions: Definitions,
    found: Found,
    *,
    keep_out: tuple[str, ...] = (),
    jobs: int | None = None,
    watch: Callable[[Step], None] | None = None,
    journal: Journal | None = None,
) -> None:
    """Looks into every file under the roots.

    Args:
        roots: Where to start.
        definitions: What to look for.
        found: Takes what is found, as it is found.
        keep_out: Folders that are not entered.
        jobs: Worker processes; None for one a core.
        watch: Is told how far the scan is, ten times a second at most.
        journal: Knows files of an earlier scan, and is told of those of this one.

    Raises:
        KeyboardInterrupt: The person stopped it; `found` holds what was found.
    """
    found.roots.extend(shown(r.path) for r in roots)
    ahead = _Ahead(list(roots), keep_out, found, journal)
    tell = _Telling(found, ahead, watch)
    with ahead, Workers(definitions, jobs) as workers:
        for seen in workers.run(ahead.items()):
            found.take(seen)
            if journal:
                journal.keep(seen)
            tell(seen)


class _Ahead:
    """Walks in a thread, ahead of the workers by a bounded number of files."""

    def __init__(
        self,
        roots: list[Root],
        keep_out: tuple[str, ...],
        found: Found,
        journal: Journal | None,
    ) -> None:
        self.journal = journal
        self.met: queue.Queue[Met | None] = queue.Queue(AHEAD)
        self.found = found
        self.files = self.bytes = 0
        self.done = False
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._walk, args=(roots, keep_out), daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.stop.set()

    def _walk(self, roots: list[Root], keep_out: tuple[str, ...]) -> None:
        try:
            for met in walk(roots, keep_out):
                if isinstance(met, Item):
                    self.files += 1
                    self.bytes += met.size
                if not self._put(met):
                    return
            self.done = True
        finally:
            self._put(None)

    def _put(self, met: Met | None) -> bool:
        while not self.stop.is_set():
            try:
                self.met.put(met, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False

    def items(self) -> Iterator[Item]:
        """The files to look into; the rest is noted as it comes by."""
        while (met := self.met.get()) is not None:
            if isinstance(met, Trouble):
                self.found.trouble(met)
            elif isinstance(met, LeftOut):
                self.found.leave_out(met)
            elif not met.size:
                self.found.take(Examined(item=met, opened=True))
            elif seen := self.journal and self.journal.find(met):
                self.found.known += 1
                self.found.take(seen)
            else:
                yield met


class _Telling:
    """Tells the watcher how far the scan is, now and then."""

    def __init__(self, found: Found, ahead: _Ahead, watch: Callable[[Step], None] | None) -> None:
        self.found, self.ahead, self.watch = found, ahead, watch
        self.last = 0.0

    def __call__(self, seen: Examined) -> None:
        if self.watch is None or monotonic() - self.last < TELL:
            return
        self.last = monotonic()
        self.watch(
            Step(
                place=shown(seen.item.path),
                files=self.found.met,
                bytes=self.found.bytes,
                personal=len(self.found.files),
                total_files=self.ahead.files if self.ahead.done else None,
                total_bytes=self.ahead.bytes if self.ahead.done else None,
            )
        )
