"""The workers: processes that open files, so that a file that crashes or hangs costs only itself.

They are spawned, as on Windows, on every system. Files travel in batches; when a batch fails its
files are tried again, each alone, and what fails alone becomes a gap.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from multiprocessing import get_context
from time import monotonic
from typing import Self

import msgspec
from pebble import ProcessExpired, ProcessPool

from auditor.content.detect import Detector
from auditor.content.limits import OUT_OF_MEMORY, limit_memory
from auditor.content.looking import Examined, examine
from auditor.content.twins import Twins
from auditor.content.walk import Item
from auditor.evidence import Why
from auditor.named import call
from auditor.personal import Definitions

BATCH_FILES = 64
BATCH_BYTES = 16_000_000
ENOUGH = 10.0
"""Seconds after which a worker hands back what is left of a batch."""
SECONDS = 60.0 + ENOUGH
"""Time for a batch, before its size counts: for one slow file after others."""
SLOWEST = 2_000_000
"""Bytes a second below which a file counts as hung."""
ABORTED = -6
"""Exit code of a worker that gave up, SIGABRT: as libraries do that are refused memory."""
DIED = "file that stopped its reader"
GAVE_UP = "file that made its reader give up, perhaps for want of memory"


_detector: Detector | None = None
_twins = Twins()


def start(definitions: bytes) -> None:
    """Readies a worker: the terminal's Ctrl-C is the parent's business.

    Args:
        definitions: What to look for, as MessagePack.

    What native readers print when they stumble may hold a piece of the file, and goes nowhere.
    """
    global _detector  # noqa: PLW0603 - one detector a process is the point of a worker
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory()
    _detector = Detector(msgspec.msgpack.decode(definitions, type=Definitions))


def work(batch: tuple[Item, ...]) -> list[Examined]:
    """Examines the files of a batch, in a worker: the first of them, when they take long."""
    if _detector is None:
        raise RuntimeError("the worker was not started")
    done: list[Examined] = []
    begun = monotonic()
    for item in batch:
        done.append(_examined(item, _detector))
        if monotonic() - begun > ENOUGH:
            break
    return done


def _examined(item: Item, detector: Detector) -> Examined:
    """What came of a file, or of one of the same contents that was read before."""
    seen = _twins.find(item)
    if seen is None:
        seen = examine(item, detector)
        _twins.keep(seen)
    return seen


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
        self.task = work
        self.pool = ProcessPool(
            max_workers=self.jobs,
            initializer=call,
            initargs=(__name__, start.__name__, msgspec.msgpack.encode(definitions)),
            # pebble types the context of Linux only
            context=get_context("spawn"),  # type: ignore[arg-type, unused-ignore]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.pool.close()  # type: ignore[no-untyped-call]
        else:
            self.pool.stop()  # type: ignore[no-untyped-call]
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
        waiting[self.pool.schedule(self.task, args=[batch], timeout=limit)] = batch

    def _collect(
        self, waiting: dict[Future[list[Examined]], tuple[Item, ...]]
    ) -> Iterator[Examined]:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED, timeout=0.5)
        for future in done:
            batch = waiting.pop(future)
            try:
                done_of_batch = future.result()
                yield from done_of_batch
                if rest := batch[len(done_of_batch) :]:
                    self._send(waiting, rest)
            except Exception as e:  # noqa: BLE001 - whatever a worker died of, the scan goes on
                if len(batch) > 1:
                    for item in batch:
                        self._send(waiting, (item,))
                else:
                    yield _lost(batch[0], e)


def _lost(item: Item, error: Exception) -> Examined:
    """The gap of a file whose worker died of it, or had to be ended."""
    if isinstance(error, TimeoutError):
        return Examined(item=item, why=Why.TIMED_OUT)
    ended = error.exitcode if isinstance(error, ProcessExpired) else None
    if ended == OUT_OF_MEMORY or isinstance(error, MemoryError):
        return Examined(item=item, why=Why.TOO_LARGE)
    return Examined(item=item, why=Why.NOT_UNDERSTOOD, detail=GAVE_UP if ended == ABORTED else DIED)
