"""What the server does by itself: judging again what was asked for, and sweeping once a day.

One thread of the process that starts the server, also where several workers answer.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from auditor.central import database, ledger, rejudge, retention
from auditor.central.clock import now
from auditor.central.settings import Home
from auditor.errors import AuditorError
from auditor.rulebook import Rulebook, load
from auditor.shipped import shipped

_LOOK = 5.0
"""Seconds between looks for something to do."""
_DAY = timedelta(days=1)


def rulebook(home: Home) -> Rulebook:
    """The authority's rules as they are now.

    Raises:
        RulebookError: One of its own rules is wrong.
    """
    own = home.settings.rules
    return load(Path(own) if own else shipped("rules"))


class Chores:
    """The thread; stop it, and what it was at goes on next time."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chores", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the report at hand."""
        self._stopped.set()
        self._thread.join(30)

    def _run(self) -> None:
        engine = database.connect(self._home.database)
        swept: datetime | None = None
        while not self._stopped.is_set():
            try:
                self._judge(engine)
                if swept is None or now() - swept > _DAY:
                    retention.sweep(engine, self._home)
                    retention.recount(engine)
                    swept = now()
            except (AuditorError, SQLAlchemyError) as e:
                self._failed(engine, e)
            self._stopped.wait(_LOOK)
        engine.dispose()

    def _judge(self, engine: sa.Engine) -> None:
        waiting = rejudge.unfinished(engine)
        if waiting is not None:
            rules = rulebook(self._home)
            rejudge.run(engine, self._home, rules, waiting, lambda *_: not self._stopped.is_set())

    def _failed(self, engine: sa.Engine, error: Exception) -> None:
        """Says so in the record, if there is one to write to; a judging that cannot go on ends."""
        try:
            with engine.begin() as c:
                ledger.note(c, "server", "failed at a chore", type(error).__name__)
                if isinstance(error, AuditorError):
                    rejudge.give_up(c)
        except SQLAlchemyError:
            return  # the database is away; the next look tries again
