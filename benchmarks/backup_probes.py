"""How fast backups are told by the names of their files, beside `find` and `du` over the same.

Peers, in the same run: `find -type f -printf` (names and times of every file, which is what a
reader would do that knows no layout) and `du -s`. The repositories are laid out as restic, Borg,
duplicity, rsnapshot and Kopia lay theirs out, with as many files as a school's server makes in
some years; their contents are empty, since no reader opens them but for some bytes.

    python benchmarks/backup_probes.py [--files 100000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from auditor.backups.repositories import NOTHING, look  # noqa: E402
from auditor.host.this import this_machine  # noqa: E402

SEGMENT = (
    b"BORG_SEG" + bytes(4) + (50).to_bytes(4, "little") + b"\0" + b"\1" * 32 + b"\3" + bytes(8)
)


def restic(top: Path, files: int) -> Iterator[Path]:
    """One pack in 100 has a snapshot."""
    yield top / "config"
    yield top / "keys" / "a1"
    for n in range(files // 100):
        yield top / "snapshots" / f"{n:064x}"
    for n in range(files - files // 100):
        yield top / "data" / f"{n % 256:02x}" / f"{n:064x}"


def borg(top: Path, files: int) -> Iterator[Path]:
    """1,000 segments a folder."""
    yield top / "config"
    for n in range(files):
        yield top / "data" / str(n // 1000) / str(n)


def duplicity(top: Path, files: int) -> Iterator[Path]:
    """Three files a night."""
    for n in range(files // 3):
        at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(1_500_000_000 + n * 86_400))
        for end in ("manifest.gpg", "sigtar.gpg", "vol1.difftar.gpg"):
            yield top / f"duplicity-full.{at}.{end}"


def rsnapshot(top: Path, files: int) -> Iterator[Path]:
    """Eleven snapshots of the same files."""
    names = [f"alpha.{n}" for n in range(6)] + [f"weekly.{n}" for n in range(5)]
    for name in names:
        for n in range(files // 11):
            yield top / name / "localhost" / f"{n % 200}" / f"file {n}.docx"


def kopia(top: Path, files: int) -> Iterator[Path]:
    """One pack in four is of metadata."""
    yield top / "kopia.repository.f"
    for n in range(files):
        yield top / ("q" if n % 4 == 0 else "p") / f"{n % 4096:03x}" / f"{n:029x}.f"


LAYOUTS: dict[str, Callable[[Path, int], Iterator[Path]]] = {
    "restic": restic, "Borg": borg, "duplicity": duplicity, "rsnapshot": rsnapshot, "Kopia": kopia,
}  # fmt: skip


def make(product: str, top: Path, files: int) -> int:
    """Writes the repository; says how many files it has."""
    made, folders = 0, set()
    for path in LAYOUTS[product](top, files):
        if path.parent not in folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            folders.add(path.parent)
        head = SEGMENT if product == "Borg" and path.name.isdecimal() else b""
        path.write_bytes(b"[repository]\n" if path.name == "config" else head)
        made += 1
    return made


def best(rounds: int, what: Callable[[], object]) -> float:
    """Seconds of the fastest of some rounds, all with a warm cache."""
    what()
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        what()
        took.append(time.perf_counter() - begun)
    return min(took)


def ran(*command: str) -> Callable[[], object]:
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    host = this_machine()
    print(f"{'repository':10} {'files':>8} {'auditor':>9} {'find':>9} {'du':>9}  of find   files/s")
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        for product in LAYOUTS:
            top = Path(folder, product)
            files = make(product, top, asked.files)
            found = look(host, product, str(top))
            assert found is not NOTHING, product
            assert found.last_success, product
            ours = best(asked.rounds, lambda p=product, t=top: look(host, p, str(t)))  # type: ignore[misc]
            walk = best(asked.rounds, ran("find", str(top), "-type", "f", "-printf", "%p %T@\n"))
            size = best(asked.rounds, ran("du", "-s", str(top)))
            print(
                f"{product:10} {files:8,} {ours:8.3f}s {walk:8.3f}s {size:8.3f}s "
                f"{ours / walk:8.2f} {files / ours:11,.0f}"
            )


if __name__ == "__main__":
    main()
