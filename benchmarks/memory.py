"""The memory of a scan, whatever the size of a file.

python benchmarks/memory.py writes a table of pupils of many gigabytes and two files that begin as
Outlook's data files do, scans each by the real program, and prints the most memory that the parent
and any worker ever held, in MB. Needs as much room on the disk as --gigabytes says.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

MB = 1_000_000
ROWS = "".join(
    f"F{n:012d},Surname{n},Forename{n},{n % 28 + 1:02d}/{n % 12 + 1:02d}/201{n % 8}\n"
    for n in range(20_000)
).encode()
LETTER = (
    b"Dear parent, Ann Example (born 02/03/2014) was away on Monday. NHS 943 476 5919.\r\n" * 4000
)


def table(path: Path, size: int) -> None:
    """A list of pupils."""
    _filled(path, b"UPN,Surname,Forename,DOB\n", ROWS, size)


def torn(path: Path, size: int) -> None:
    """What begins as a data file of Outlook and is none."""
    _filled(path, b"!BDN" + bytes(560), LETTER, size)


def wide(path: Path, size: int) -> None:
    """The same in letters of two bytes, as Outlook keeps them."""
    _filled(path, b"!BDN" + bytes(560), LETTER.decode().encode("utf-16-le"), size)


def _filled(path: Path, head: bytes, piece: bytes, size: int) -> None:
    with path.open("wb") as out:
        out.write(head)
        for _ in range(size // len(piece)):
            out.write(piece)


def scanned(folder: Path, out: Path) -> tuple[float, float, float]:
    """Seconds, and the most of the parent and of a worker in MB, as the kernel kept count."""
    begun = time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "auditor",
        "scan",
        str(folder),
        "--output",
        str(out),
        "--quiet",
    ]
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    here, parent, worker = psutil.Process(started.pid), 0, 0
    while started.poll() is None:
        with suppress(psutil.Error):
            parent = max(parent, _most(here.pid))
            for child in here.children(recursive=True):
                worker = max(worker, _most(child.pid))
        time.sleep(0.1)
    return time.perf_counter() - begun, parent / MB, worker / MB


def _most(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def main() -> None:
    """Measures all of them."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--gigabytes", type=float, default=10, help="of the table")
    chosen = asked.parse_args()
    made: list[tuple[str, float, Callable[[Path, int], None]]] = [
        ("pupils.csv", chosen.gigabytes, table), ("mail.pst", 2, torn), ("wide.pst", 2, wide),
    ]  # fmt: skip
    print(f"{'file':12} {'GB':>5} {'seconds':>8} {'parent MB':>10} {'worker MB':>10}")
    for name, size, make in made:
        with tempfile.TemporaryDirectory() as top:
            folder = Path(top, "in")
            folder.mkdir()
            make(folder / name, int(size * 1000) * MB)
            seconds, parent, worker = scanned(folder, Path(top, "out"))
        print(f"{name:12} {size:5.1f} {seconds:8.1f} {parent:10.0f} {worker:10.0f}")


if __name__ == "__main__":
    main()
