"""How fast text is scanned, against ripgrep with the same patterns, in one run on one core.

    python benchmarks/text_scan.py                 made-up log, letters, code and dense pupil lists
    python benchmarks/text_scan.py --folder DIR    the text files of a folder as well

CPU seconds of one process are compared, each the best of three, so that a busy machine matters
little.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from make import HEADINGS, pupils, row, table

from auditor.content.detect import Detector
from auditor.content.detect.compiled import Compiled
from auditor.content.identify import Group
from auditor.content.looking import opened
from auditor.rulebook import personal_data
from auditor.shipped import shipped

MB = 1_000_000
WORDS = Path(__file__).read_text("utf-8").split()


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--mb", type=int, default=100, help="size of each corpus")
    options.add_argument("--folder", type=Path, help="a folder of real text to scan as well")
    chosen = options.parse_args()
    definitions = personal_data.load(shipped("rules"))
    detector = Detector(definitions)
    with tempfile.TemporaryDirectory() as top:
        patterns = Path(top, "patterns")
        patterns.write_text("\n".join(Compiled(definitions).sources) + "\n", "utf-8")
        print(
            f"{'corpus':<22}{'size':>9}{'auditor':>12}{'rg -c':>12}{'ratio':>8}"
            f"{'rg --count-matches':>20}{'ratio':>8}   MB/s a core of CPU time"
        )
        for name, files in corpora(Path(top), chosen.mb, chosen.folder):
            size = sum(f.stat().st_size for f in files)
            ours = size / MB / best(partial(scan, detector, files))
            line = f"{name:<22}{size / MB:7.0f}MB{ours:12.1f}"
            for option, width in (("-c", 12), ("--count-matches", 20)):
                if not shutil.which("rg"):
                    line += "no rg here".rjust(width) + "       -"
                    continue
                theirs = size / MB / best(partial(ripgrep, option, patterns, files))
                line += f"{theirs:{width}.1f}{ours / theirs:8.2f}"
            print(line)


def corpora(top: Path, mb: int, folder: Path | None) -> Iterator[tuple[str, list[Path]]]:
    chance = random.Random(1)
    yield "clean log", [write(top / "log.txt", log(chance), mb)]
    yield "clean letters", [write(top / "letters.txt", letters(chance), mb)]
    yield "dense pupil CSV", [write(top / "pupils.csv", table([row(p) for p in pupils(5_000)]), mb)]
    small = [write(top / f"class {n}.csv", class_of(n), 0) for n in range(400)]
    yield "400 class lists", small
    yield "60 lists of 2 MB", [write(top / f"list {n}.csv", school_of(n), 0) for n in range(60)]
    if folder:
        found = [
            p
            for p in sorted(folder.rglob("*"))
            if p.is_file() and not p.is_symlink() and is_text(p)
        ]
        yield f"real: {folder.name}", found[:20_000]


def class_of(n: int) -> str:
    return table([row(p) for p in pupils(30, n)], headings=HEADINGS)


def school_of(n: int) -> str:
    return _shifted(n)


@cache
def _school() -> list[list[str]]:
    return [row(p) for p in pupils(29_000)]


def _shifted(n: int) -> str:
    """The same school with other numbers: making a million pupils takes longer than scanning."""
    return table([[f"{r[0][:5]}{n:02}{r[0][7:]}", *r[1:]] for r in _school()])


def log(chance: random.Random) -> str:
    line = "2026-11-24T{:02}:{:02}:{:02} server[{}]: GET /page/{} 200 {} bytes in {} ms\n"
    return "".join(
        line.format(*(chance.randrange(n) for n in (24, 60, 60, 30_000, 10**6, 10**7, 900)))
        for _ in range(20_000)
    )


def letters(chance: random.Random) -> str:
    return "".join(" ".join(chance.choices(WORDS, k=14)) + "\n" for _ in range(20_000))


def write(path: Path, text: str, mb: int) -> Path:
    raw = text.encode()
    path.write_bytes(raw * max(1, mb * MB // len(raw)))
    return path


def is_text(path: Path) -> bool:
    try:
        with opened(str(path)) as found:
            return found.kind.group is Group.TEXT
    except (OSError, ValueError):
        return False


def scan(detector: Detector, files: list[Path]) -> float:
    begun = time.process_time()
    for path in files:
        with opened(str(path)) as found:
            if found.kind.group is Group.TEXT:
                for document in found.contents.documents():
                    detector.look(document)
    return time.process_time() - begun


def ripgrep(option: str, patterns: Path, files: list[Path]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    names = [str(f) for f in files]
    for n in range(0, len(names), 2_000):
        command = [
            "rg",
            option,
            "-j1",
            "-a",
            "--no-config",
            "-f",
            str(patterns),
            "--",
            *names[n : n + 2_000],
        ]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode > 1:
            sys.exit(f"rg refused: {done.stderr.decode()[-300:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def best(measure: Callable[[], float]) -> float:
    return max(min(measure() for _ in range(3)), 1e-6)


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
