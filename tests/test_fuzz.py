"""Files that were torn, flipped and spliced: none stops the scan, hangs it, or costs its neighbours."""

from __future__ import annotations

import sys
import time
import zipfile
from pathlib import Path
from random import Random

import pytest
from make import class_list
from test_formats import ARCHIVES, LOCKED
from writers import PLAIN

from auditor.content import Found, Root, pool, scan
from auditor.evidence import Why
from auditor.rulebook import personal_data
from auditor.shipped import shipped

NEIGHBOURS = 40


def seeds(top: Path) -> list[bytes]:
    """One whole file of each format and lock that can be written here."""
    top.mkdir()
    made: list[bytes] = []
    writers = {
        **PLAIN,
        **ARCHIVES,
        **{k: v[0] for k, v in LOCKED.items() if not k.startswith(("openssl", "S/MIME", "Open"))},
    }
    for n, (name, write) in enumerate(writers.items()):
        folder = top / f"{n}"
        folder.mkdir()
        try:
            got = write(folder / name) if name in PLAIN else write(folder)
        except pytest.skip.Exception:
            continue
        made.append((got if isinstance(got, Path) else folder / name).read_bytes())
    return made


def mutated(whole: bytes, others: list[bytes], random: Random) -> bytes:
    data = bytearray(whole)
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(len(data) or 1)
        much = random.randrange(1, max(2, len(data) // 4))
        way = random.randrange(7)
        if way == 0 and len(data) > 64:
            del data[max(64, at) :]
        elif way == 1:
            data[at : at + 1] = bytes([random.randrange(256)])
        elif way == 2:
            data[at : at + much] = bytes(len(data[at : at + much]))
        elif way == 3:
            del data[at : at + much]
        elif way == 4:
            data[at:at] = random.randbytes(random.randrange(1, 200))
        elif way == 5:
            other = random.choice(others)
            start = random.randrange(len(other))
            data[at : at + much] = other[start : start + much]
        else:
            data[at : at + 4] = random.choice(
                [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"]
            )
    return bytes(data)


def torn_tree(top: Path, count: int, seed: int) -> None:
    random = Random(seed)
    whole = seeds(top / "seeds")
    (top / "school").mkdir()
    for n in range(count):
        (top / "school" / f"{n:05} torn").write_bytes(mutated(whole[n % len(whole)], whole, random))
    for n in range(NEIGHBOURS):
        (top / "school" / f"{n * count // NEIGHBOURS:05} whole.csv").write_text(
            class_list(3, seed=n)
        )
    with zipfile.ZipFile(top / "school" / "zz all.zip", "w") as made:
        for n in range(0, count, 20):
            made.write(top / "school" / f"{n:05} torn")
        made.writestr("whole.csv", class_list(5, seed=99))


def looked(
    top: Path, count: int, seed: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[Found, float]:
    torn_tree(top, count, seed)
    monkeypatch.setattr(pool, "SECONDS", 30.0)
    found, begun = Found(), time.monotonic()
    scan(
        [Root(path=str((top / "school").resolve()), volume="/")],
        personal_data.load(shipped("rules")),
        found,
        jobs=2,
    )
    return found, time.monotonic() - begun


def assert_whole(found: Found, count: int) -> None:
    names = {Path(f.path).name for f in found.files}
    stopped = [g for g in found.gaps if g[2] is Why.TIMED_OUT or "its reader" in g[3]]

    assert found.met == count + NEIGHBOURS + 1, "every file has an answer"
    assert sum("whole.csv" in n for n in names) == NEIGHBOURS
    assert "zz all.zip" in names, "the last member is read though others are torn"
    assert not stopped


def test_a_few_torn_files_cost_nothing_but_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = looked(tmp_path, 120, 7, monkeypatch)

    assert_whole(found, 120)


@pytest.mark.slow
@pytest.mark.fuzz
@pytest.mark.parametrize("seed", [1, 2])
def test_two_thousand_torn_files_cost_nothing_but_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found, seconds = looked(tmp_path, 2_000, seed, monkeypatch)

    with capsys.disabled():
        told: dict[str, int] = {}
        for (_, _, why, detail), n in found.gaps.items():
            told[f"{why.value} {detail}"] = told.get(f"{why.value} {detail}", 0) + n
        sys.stdout.write(
            f"\n2,000 torn files in {seconds:.0f} s: {found.examined} read, gaps {told}\n"
        )
    assert_whole(found, 2_000)
