"""The workers: processes that open files, so that a file that crashes or hangs costs only itself.

They are spawned, as on Windows, on every system. Files travel in batches; when a batch fails its
files are tried again, each alone, and what fails alone becomes a gap.
"""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from datetime import UTC, datetime
from multiprocessing import get_context

from pebble import ProcessExpired, ProcessPool

from auditor.content.detect import Detector
from auditor.content.extract import extractor
from auditor.content.folders import folder_of
from auditor.content.identify import HEAD, Group, identify
from auditor.content.walk import Item, open_quietly
from auditor.errors import ContentError
from auditor.evidence import FileSeen, Record, Why
from auditor.personal import Definitions
from auditor.words import shown

BATCH_FILES = 64
BATCH_BYTES = 16_000_000
SECONDS = 60.0
"""Time for a batch, before its size counts."""
SLOWEST = 2_000_000
"""Bytes a second below which a file counts as hung."""


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


_detector: Detector | None = None


def start(definitions: Definitions) -> None:
    """Readies a worker: the terminal's Ctrl-C is the parent's business."""
    global _detector  # noqa: PLW0603 - one detector a process is the point of a worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _detector = Detector(definitions)


def work(batch: tuple[Item, ...]) -> list[Examined]:
    """Examines the files of a batch, in a worker."""
    if _detector is None:
        raise RuntimeError("the worker was not started")
    return [examine(item, _detector) for item in batch]


def examine(item: Item, detector: Detector) -> Examined:
    """The border at which a file's failure becomes a gap."""
    try:
        return _examine(item, detector)
    except PermissionError:
        return Examined(item=item, why=Why.NEEDS_ADMIN)
    except (OSError, ContentError):
        return Examined(item=item, why=Why.UNREADABLE)
    except Exception as e:  # noqa: BLE001 - a parser's bug must not cost its neighbours
        return Examined(item=item, why=Why.NOT_UNDERSTOOD, detail=type(e).__name__)


def _examine(item: Item, detector: Detector) -> Examined:
    nonblocking: int = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    handle = open_quietly(item.path, os.O_RDONLY | nonblocking)
    try:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):  # it was replaced since the walk
            return Examined(item=item, why=Why.UNREADABLE)
        head = os.read(handle, HEAD)
        kind = identify(head)
        reader = extractor(kind)
        if reader is None:
            why = Why.FORMAT if kind.group is Group.RECORDS else None
            return Examined(item=item, why=why, detail=kind.name)
        document = reader.document(handle, before.st_size, kind, head)
        look = detector.look(document)
        after = os.fstat(handle)
    finally:
        os.close(handle)
    changed = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)
    why = Why.UNREADABLE if changed else None
    if look is None:
        return Examined(item=item, opened=True, why=why)
    file = FileSeen(
        path=shown(item.path),
        volume=item.volume,
        folder=folder_of(shown(item.path)),
        kind=document.kind,
        category=look.category,
        who=look.who,
        size=before.st_size,
        modified=_moment(before.st_mtime_ns),
        contents=look.contents,
        people=look.people,
        strength=look.strength,
        special=look.special,
        whole=look.whole,
    )
    return Examined(item=item, file=file, opened=True, why=why)


def _moment(nanoseconds: int) -> datetime | None:
    """A file's time; None for one outside the years that can be written."""
    try:
        return datetime.fromtimestamp(nanoseconds // 10**9, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def batches(items: Iterable[Item]) -> Iterator[tuple[Item, ...]]:
    """The items in batches that keep a worker busy for about a second."""
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += item.size
        if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)


class Workers:
    """The pool; leave the block with an exception and they are stopped at once."""

    def __init__(self, definitions: Definitions, jobs: int | None) -> None:
        self.jobs = jobs or os.cpu_count() or 1
        self.pool = ProcessPool(
            max_workers=self.jobs,
            initializer=start,
            initargs=(definitions,),
            context=get_context("spawn"),
        )

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.pool.close()
        else:
            self.pool.stop()
        self.pool.join()

    def run(self, items: Iterable[Item]) -> Iterator[Examined]:
        """What came of each item, in any order."""
        waiting: dict[Future[list[Examined]], tuple[Item, ...]] = {}
        for batch in batches(items):
            self._send(waiting, batch)
            while len(waiting) >= self.jobs * 3:
                yield from self._collect(waiting)
        while waiting:
            yield from self._collect(waiting)

    def _send(
        self, waiting: dict[Future[list[Examined]], tuple[Item, ...]], batch: tuple[Item, ...]
    ) -> None:
        limit = SECONDS + sum(i.size for i in batch) / SLOWEST
        waiting[self.pool.schedule(work, args=[batch], timeout=limit)] = batch

    def _collect(
        self, waiting: dict[Future[list[Examined]], tuple[Item, ...]]
    ) -> Iterator[Examined]:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED, timeout=0.5)
        for future in done:
            batch = waiting.pop(future)
            try:
                yield from future.result()
            except (TimeoutError, ProcessExpired) as e:
                if len(batch) > 1:
                    for item in batch:
                        self._send(waiting, (item,))
                else:
                    yield _lost(batch[0], e)


def _lost(item: Item, error: Exception) -> Examined:
    if isinstance(error, TimeoutError):
        return Examined(item=item, why=Why.TIMED_OUT)
    return Examined(item=item, why=Why.NOT_UNDERSTOOD, detail="the reader stopped")
