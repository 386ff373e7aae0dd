"""What a worker may take: a file that asks for more is lost and told, and nothing else is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from make import class_list
from test_content import DEFINITIONS, root

from auditor.content import limits, pool
from auditor.content.looking import Examined
from auditor.content.walk import Item, walk
from auditor.evidence import Why

LIST = class_list(30, seed=4)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA is Linux's")


def greedy(batch: tuple[Item, ...]) -> list[Examined]:
    """A reader that takes memory without end, by Python's way, or by a library's that gives up."""
    return [_greedy(item) for item in batch]


def _greedy(item: Item) -> Examined:
    name = Path(item.path).name
    if "bomb" in name:
        held = []
        while True:
            held.append(b"x" * (1 << 24))
    if "native" in name:
        import ctypes

        libc = ctypes.CDLL(None)
        libc.malloc.restype = ctypes.c_void_p
        while found := libc.malloc(1 << 24):
            ctypes.memset(found, 1, 1 << 24)
        libc.abort()
    return pool.work((item,))[0]


@LINUX
def test_a_file_that_takes_memory_without_end_loses_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(70):
        (tmp_path / f"{n:02} pupils.csv").write_text(f"{LIST}\n{n}")
    (tmp_path / "33 bomb.csv").write_text(LIST)
    (tmp_path / "44 native.csv").write_text(LIST)
    items = [m for m in walk([root(tmp_path)], ()) if isinstance(m, Item)]
    workers = pool.Workers(DEFINITIONS, 2)
    monkeypatch.setattr(workers, "task", greedy)

    with workers:
        done = list(workers.run(items))

    assert sum(d.file is not None for d in done) == 70
    assert {Path(d.item.path).name: (d.why, d.detail) for d in done if d.why} == {
        "33 bomb.csv": (Why.TOO_LARGE, ""),
        "44 native.csv": (Why.NOT_UNDERSTOOD, pool.GAVE_UP),
    }


def outcome(code: str) -> int:
    return subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode


def test_a_worker_that_is_watched_is_ended_with_a_code_of_its_own() -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has jobs for this")
    code = (
        "import threading, time; from auditor.content import limits;"
        "threading.Thread(target=limits._watched, args=(150_000_000,), daemon=True).start();"
        "held = b'x' * 200_000_000; time.sleep(30)"
    )

    assert outcome(code) == limits.OUT_OF_MEMORY


def test_memory_within_the_limit_is_given_and_beyond_it_refused() -> None:
    if sys.platform == "darwin":
        pytest.skip("macOS refuses nothing; there the worker is watched")
    code = "from auditor.content.limits import *; limit_memory(300_000_000); held = bytearray({})"

    assert outcome(code.format(100_000_000)) == 0
    assert outcome(code.format(600_000_000)) != 0
