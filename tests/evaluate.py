"""How well files are told apart and people counted, on made-up files of a seed.

python tests/evaluate.py --seed 41           a few hundred files, one table
python tests/evaluate.py --seed 41 --misses  and every file that was judged wrongly
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random

from labelled import Sample, corpus

from auditor.content.detect import Detector
from auditor.content.looking import examine
from auditor.content.walk import Item
from auditor.evidence import FileSeen, Strength
from auditor.rulebook import personal_data
from auditor.shipped import shipped


@dataclass
class Judged:
    sample: Sample
    file: FileSeen | None

    @property
    def flagged(self) -> bool:
        return self.file is not None and self.file.strength is not Strength.POSSIBLE

    @property
    def right(self) -> bool:
        return self.flagged == self.sample.personal

    @property
    def off(self) -> float:
        """By how much the number of people is wrong, as a share of the true number."""
        if self.file is None:
            return 1.0
        middle = (self.file.people.low + self.file.people.high) / 2
        return abs(middle - self.sample.people) / max(self.sample.people, 1)


def judge(samples: list[Sample], folder: Path) -> list[Judged]:
    detector = Detector(personal_data.load(shipped("rules")))
    judged = []
    for n, sample in enumerate(samples):
        path = folder / f"{n:04}" / sample.name
        path.parent.mkdir()
        path.write_bytes(sample.data)
        found = examine(
            Item(path=str(path), volume="", size=len(sample.data), modified=0), detector
        )
        judged.append(Judged(sample, found.file))
    return judged


def figures(judged: list[Judged]) -> dict[str, float]:
    """Recall of tables and documents, precision, and how often people are counted well."""
    of = {
        shape: [j for j in judged if j.sample.shape == shape]
        for shape in ("table", "document", "negative")
    }
    hits = sum(j.flagged and j.sample.personal for j in judged)
    wrong = sum(j.flagged and not j.sample.personal for j in judged)

    def share(of: list[Judged], good: float) -> float:
        found = [j for j in of if j.flagged]
        return sum(j.off <= good for j in found) / max(len(found), 1)

    return {
        "tables found": sum(j.flagged for j in of["table"]) / max(len(of["table"]), 1),
        "documents found": sum(j.flagged for j in of["document"]) / max(len(of["document"]), 1),
        "precision": hits / max(hits + wrong, 1),
        "people in tables within 10 %": share(of["table"], 0.1),
        "people in documents within 25 %": share(of["document"], 0.25),
    }


def show(judged: list[Judged], misses: bool) -> None:
    labels: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for j in judged:
        labels[j.sample.shape, j.sample.label].append(j)
    print(f"{'shape':<10}{'kind':<34}{'files':>6}{'right':>7}{'possible':>9}{'people right':>14}")
    for (shape, label), of in sorted(labels.items()):
        good = 0.1 if shape == "table" else 0.25
        flagged = [j for j in of if j.flagged]
        people = (
            f"{sum(j.off <= good for j in flagged)}/{len(flagged)}" if shape != "negative" else ""
        )
        possible = sum(j.file is not None and not j.flagged for j in of)
        print(
            f"{shape:<10}{label:<34}{len(of):>6}{sum(j.right for j in of):>7}{possible:>9}{people:>14}"
        )
    for name, value in figures(judged).items():
        print(f"{name:<36}{value:7.1%}")
    if misses:
        told: Counter[str] = Counter()
        for j in judged:
            bad_count = (
                j.flagged
                and j.sample.personal
                and j.off > (0.1 if j.sample.shape == "table" else 0.25)
            )
            if (not j.right or bad_count) and told[j.sample.label] < 3:
                told[j.sample.label] += 1
                print(
                    f"--- {j.sample.label}: personal {j.sample.personal}, flagged {j.flagged}, people {j.sample.people}",
                    f"seen {j.file.people if j.file else None} {j.file.category if j.file else ''}",
                    [c.datum for c in j.file.contents] if j.file else "",
                    j.sample.name,
                )
                print(j.sample.data[:600].decode("utf-8", "replace"))


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--seed", type=int, required=True)
    options.add_argument("--each", type=int, default=60, help="how many files; 60 makes 420")
    options.add_argument("--misses", action="store_true", help="print what was judged wrongly")
    options.add_argument(
        "--office", action="store_true", help="as Office, PDF, mail and database files"
    )
    chosen = options.parse_args()
    samples = list(corpus(chosen.seed, chosen.each))
    if chosen.office:
        from labelled_office import dressed

        samples = [dressed(Random(n), s) for n, s in enumerate(samples)]
    with tempfile.TemporaryDirectory() as folder:
        show(judge(samples, Path(folder)), chosen.misses)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
