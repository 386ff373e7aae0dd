"""How long 5,000 rules take to load, and all rules to judge a machine with 100,000 flagged files.

Peer of the loading: the same files composed by PyYAML's safe loader into plain Python. Peer of the
judging: one pass over the same files that counts them by volume in plain Python.

    python benchmarks/rules.py [--rules 5000] [--files 100000]
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from sample_audit import laptop, seen  # noqa: E402

from auditor.evidence import Evidence, Folder  # noqa: E402
from auditor.judge import judge  # noqa: E402
from auditor.rulebook import load  # noqa: E402
from auditor.shipped import shipped  # noqa: E402


def timed(what: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time()
    made = what()
    return time.process_time() - begun, made


def many(folder: Path, number: int) -> list[Path]:
    """The shipped rules again and again under other ids, in a folder of rules."""
    shutil.copytree(ROOT / "rules", folder)
    originals = sorted(p for p in folder.rglob("*.yaml") if re.fullmatch(r"[A-Z]{3}-\d\d", p.stem))
    texts = [(p.parent, p.read_text("utf-8")) for p in originals]
    made = list(originals)
    for n in range(number - len(made)):
        parent, text = texts[n % len(texts)]
        letters = "".join(chr(65 + n // 100 // 26**k % 26) for k in (2, 1, 0))
        name = f"{letters}-{n % 100:02}"
        old = text.split("\n", 1)[0].removeprefix("id: ")
        file = parent / f"{name}.yaml"
        if not file.exists():
            file.write_text(text.replace(old, name), "utf-8")
            made.append(file)
    return made


def crowded(number: int) -> Evidence:
    base = laptop()
    folders = list(Folder)
    files = tuple(
        msgspec.structs.replace(
            seen(f"E:\\{n // 200}\\list {n}.csv", ("C:\\", "E:\\", "F:\\")[n % 3], 20 + n % 40),
            folder=folders[n % len(folders)],
            special=n % 7 == 0,
            modified=datetime(2010 + n % 16, 1 + n % 12, 3, tzinfo=UTC),
        )
        for n in range(number)
    )
    return msgspec.structs.replace(base, files=files)


def plain(evidence: Evidence) -> Counter[tuple[str, str]]:
    return Counter((f.volume, f.folder.value) for f in evidence.files)


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--rules", type=int, default=5_000)
    told.add_argument("--files", type=int, default=100_000)
    asked = told.parse_args()
    with tempfile.TemporaryDirectory() as place:
        files = many(Path(place) / "rules", asked.rules)
        size = sum(f.stat().st_size for f in files)
        peer, _ = timed(lambda: [yaml.load(f.read_text("utf-8"), yaml.CSafeLoader) for f in files])
        ours, book = timed(lambda: load(Path(place) / "rules"))
    print(f"load {len(book.every):,} rules ({size / 1e6:.1f} MB)     {ours:6.2f} s")
    print(f"  the same files, yaml.CSafeLoader alone    {peer:6.2f} s   ratio {ours / peer:.2f}")
    evidence, rules = crowded(asked.files), load(shipped("rules"))
    peer, _ = timed(lambda: plain(evidence))
    ours, found = timed(lambda: judge(evidence, rules))
    print(
        f"judge {asked.files:,} files by {len(rules.rules)} rules    {ours:6.2f} s   "
        f"{len(found):,} findings"
    )
    print(f"  counting them by volume and folder        {peer:6.2f} s   ratio {ours / peer:.0f}")


if __name__ == "__main__":
    main()
