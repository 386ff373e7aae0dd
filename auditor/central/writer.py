"""The queue before the store: reports that wait together are committed together.

Every commit waits for the disk, so that one a report would allow a few dozen a second. A sender
is answered only after the commit that holds its report; when that fails, each report of it is
tried alone, so that one that the database refuses does not take its neighbours with it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from auditor.central.store import Receipt, put
from auditor.central.verify import Arrived, Turned
from auditor.errors import CentralError

MOST = 64
"""Reports of one transaction."""
_LINGER = 0.008
"""Seconds that a transaction waits for company when the one before it had some: a dozen statements
for one report are a dozen for ten."""
_WAITING = 512
"""Reports that may wait; beyond, senders are asked to come back."""

_Waiting = tuple[Arrived, "Future[Receipt]"]


class Busy(CentralError):
    """More is coming in than is written; the sender comes back later."""


class NotStored(CentralError):
    """The database did not take the report: disk full, or not there."""


class Writer:
    """One thread that writes. Close it to write what waits and stop."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._waiting: deque[_Waiting] = deque()
        self._lock = threading.Lock()
        self._alone = True
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")

    def store(self, item: Arrived, timeout: float = 60.0) -> Receipt:
        """Stores a report, and comes back when it is on the disk.

        Raises:
            Turned: Its signer may not report for its school.
            Busy: Too many wait.
            NotStored: The database refused or is gone; nothing of the report was kept.
        """
        done: Future[Receipt] = Future()
        with self._lock:
            if len(self._waiting) >= _WAITING:
                raise Busy("too many reports are coming in at once")
            self._waiting.append((item, done))
        self._thread.submit(self._drain)
        try:
            return done.result(timeout)
        except TimeoutError as e:
            raise Busy("the database is slow to answer") from e

    def close(self) -> None:
        """Writes what waits, then stops."""
        self._thread.shutdown(wait=True)

    def _drain(self) -> None:
        """Commits what waits; most calls find that an earlier one took their report along."""
        if not self._waiting:
            return
        if not self._alone:
            time.sleep(_LINGER)
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        self._alone = len(batch) < 2
        try:
            self._write(batch)
        finally:
            # Nobody is left waiting, whatever happened.
            for _, done in batch:
                if not done.done():
                    done.set_exception(NotStored("the store failed"))

    def _write(self, batch: list[_Waiting]) -> None:
        try:
            with self._engine.begin() as connection:
                receipts = put(connection, [i for i, _ in batch])
        except SQLAlchemyError as e:
            if len(batch) == 1:
                batch[0][1].set_exception(_told(e))
            else:
                for one in batch:
                    self._write([one])
        else:
            for (_, done), receipt in zip(batch, receipts, strict=True):
                if isinstance(receipt, Turned):
                    done.set_exception(receipt)
                else:
                    done.set_result(receipt)


def _told(error: SQLAlchemyError) -> NotStored:
    reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
    return NotStored(f"the store could not take the report: {reason}")
