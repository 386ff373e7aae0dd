"""Stands in for the work of a worker: some names kill or hang the process that opens them."""

from __future__ import annotations

import os
import signal
import time

from auditor.content import pool
from auditor.content.looking import Examined
from auditor.content.walk import Item


def trap(batch: tuple[Item, ...]) -> list[Examined]:
    for item in batch:
        name = os.path.basename(item.path)
        if "kills" in name:
            os.kill(os.getpid(), signal.SIGKILL)
        if "hangs" in name:
            time.sleep(60)
    return pool.work(batch)
