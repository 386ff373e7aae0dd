"""A scan that was killed goes on; one of an unchanged tree opens nothing; copies are read once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from make import class_list
from running import ROOT, auditor
from writers import CSV

from auditor.content import Found, Journal, Root, scan
from auditor.content.crowd import keys
from auditor.content.detect import Detector
from auditor.content.journal import NAME
from auditor.content.looking import examine
from auditor.content.twins import Twins
from auditor.content.walk import Item, walk
from auditor.rulebook import personal_data
from auditor.shipped import shipped

DEFINITIONS = personal_data.load(shipped("rules"))


def office(top: Path, count: int = 300) -> Path:
    top.mkdir()
    for n in range(count):
        (top / f"{n:03} list.csv").write_text(class_list(3, seed=n))
        (top / f"{n:03} note.txt").write_text(f"Nothing about anybody, for the {n}th time.\n")
    return top


def looked(top: Path, journal: Path | None, *, full: bool = False) -> tuple[Found, int]:
    found = Found()
    root = Root(path=str(top.resolve()), volume="/")
    if journal is None:
        scan([root], DEFINITIONS, found, jobs=2)
        return found, 0
    with Journal(str(journal), DEFINITIONS, full=full) as kept:
        scan([root], DEFINITIONS, found, jobs=2, journal=kept)
        return found, kept.known


def plain(found: Found) -> list[object]:
    return [
        sorted(found.files, key=lambda f: f.path),
        found.all_locked(),
        found.all_gaps(),
        found.examined,
        found.met,
    ]


def test_an_unchanged_tree_is_not_opened_again_and_gives_the_same_report(tmp_path: Path) -> None:
    top, out = office(tmp_path / "office"), tmp_path / "out"
    out.mkdir()
    first, _ = looked(top, out)
    for file in top.iterdir():
        os.utime(file, ns=(10**18, file.stat().st_mtime_ns))  # which changes ctime, once
    second, known = looked(top, out)

    assert known == (0 if sys.platform != "win32" else 600), (
        "a file whose inode was touched is read again"
    )
    third, known = looked(top, out)
    assert known == 600
    assert plain(first) == plain(second) == plain(third)
    if sys.platform == "linux":
        assert {file.stat().st_atime_ns for file in top.iterdir()} == {10**18}


def test_what_changed_is_read_again_and_what_went_is_gone(tmp_path: Path) -> None:
    top, out = office(tmp_path / "office", 20), tmp_path / "out"
    out.mkdir()
    looked(top, out)
    (top / "003 note.txt").write_text(CSV)
    (top / "004 list.csv").unlink()

    found, known = looked(top, out)

    assert known == 38
    assert plain(found) == plain(looked(top, None)[0])
    assert looked(top, out, full=True)[1] == 0


def test_a_file_that_could_not_be_had_is_tried_again(tmp_path: Path) -> None:
    top, out = office(tmp_path / "office", 1), tmp_path / "out"
    out.mkdir()
    lost = top / "000 list.csv"
    with Journal(str(out), DEFINITIONS) as kept:
        item = Item(str(lost), "/", 9, 0)
        kept.keep(examine(item._replace(path=str(top / "gone")), Detector(DEFINITIONS)))
        kept.flush()
        assert kept.find(item._replace(path=str(top / "gone"))) is None


def test_a_torn_journal_is_begun_anew(tmp_path: Path) -> None:
    top, out = office(tmp_path / "office", 2), tmp_path / "out"
    out.mkdir()
    (out / NAME).write_bytes(b"SQLite format 3\0" + b"torn" * 500)

    found, known = looked(top, out)

    assert known == 0
    assert len(found.files) == 2


def test_other_definitions_begin_it_anew(tmp_path: Path) -> None:
    import msgspec

    top, out = office(tmp_path / "office", 2), tmp_path / "out"
    out.mkdir()
    looked(top, out)
    with Journal(str(out), msgspec.structs.replace(DEFINITIONS, digest="other")) as kept:
        item = next(
            m for m in walk([Root(path=str(top.resolve()), volume="/")], ()) if isinstance(m, Item)
        )

        assert kept.find(item) is None


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_scan_that_was_killed_goes_on_where_it_ended(tmp_path: Path) -> None:
    office(tmp_path / "office", 1_500)
    program = subprocess.Popen(
        [sys.executable, "-m", "auditor", "scan", "office", "--output", "out", "--jobs", "1", "--quiet"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    begun = time.monotonic()
    while (
        time.monotonic() - begun < 60 and program.poll() is None and written(tmp_path / "out") < 500
    ):
        time.sleep(0.02)
    os.killpg(program.pid, signal.SIGKILL)
    program.wait()
    kept = written(tmp_path / "out")
    done = auditor("scan", "office", "--output", "out", cwd=tmp_path)

    report = json.loads((tmp_path / "out" / "report.json").read_bytes())
    assert 500 <= kept < 3_000
    assert report["evidence"]["scan"]["known"] == kept
    assert report["evidence"]["scan"]["files"] == 3_000, done.stderr
    assert report["evidence"]["scan"]["personal"] == 1_500
    assert written(tmp_path / "out") == 3_000


def written(out: Path) -> int:
    return len(paths(out))


def paths(out: Path) -> set[str]:
    if not (out / NAME).exists():
        return set()
    try:
        base = sqlite3.connect(f"file:{out / NAME}?mode=ro", uri=True)
        found = {os.fsdecode(row[0]) for row in base.execute("SELECT path FROM seen")}
        base.close()
    except sqlite3.Error:
        return set()
    return found


def test_copies_are_read_once_and_told_each_by_its_own_place(tmp_path: Path) -> None:
    text = class_list(40)
    for n in range(5):
        (tmp_path / f"{n}").mkdir()
        (tmp_path / f"{n}" / "list.csv").write_text(text)
    shutil.copy(tmp_path / "0" / "list.csv", tmp_path / "same size.csv")
    (tmp_path / "same size.csv").write_text(
        text.replace(text.split("\r\n")[1], "x" * len(text.split("\r\n")[1]))
    )
    detector, twins, read = Detector(DEFINITIONS), Twins(), 0
    files = []
    for item in (
        m for m in walk([Root(path=str(tmp_path.resolve()), volume="/")], ()) if isinstance(m, Item)
    ):
        seen = twins.find(item)
        if seen is None:
            seen = examine(item, detector)
            twins.keep(seen)
            read += 1
        files.append(seen.file)

    assert read == 2
    places = [Path(f.path).parent.name for f in files if f]
    assert sorted(places) == sorted([*"01234", tmp_path.name])
    assert len({f.contents for f in files if f}) == 2, "the one that only has their size is no copy"


def test_a_copy_that_changes_meanwhile_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(class_list(9))
    (tmp_path / "b.csv").write_text(class_list(9))
    detector, twins = Detector(DEFINITIONS), Twins()
    a, b = (
        m for m in walk([Root(path=str(tmp_path.resolve()), volume="/")], ()) if isinstance(m, Item)
    )
    twins.keep(examine(a, detector))
    (tmp_path / "b.csv").write_text("x" * b.size)

    assert twins.find(b) is None


def test_a_resumed_scan_knows_copies_of_a_list_as_the_first_did(tmp_path: Path) -> None:
    top, out = tmp_path / "office", tmp_path / "out"
    out.mkdir()
    top.mkdir()
    (top / "3B.csv").write_text(class_list(30, seed=5))
    lines = class_list(30, seed=5).splitlines()
    (top / "3B sorted.csv").write_text("\n".join([lines[0], *sorted(lines[1:])]))
    (top / "other.csv").write_text(class_list(30, seed=6))
    root = [Root(path=str(top), volume="/")]
    made = []
    for key in (b"k" * 32, b"k" * 32, b"another machine", b""):
        found = Found()
        with Journal(str(out), DEFINITIONS, key=key) as kept:
            scan(root, DEFINITIONS, found, jobs=1, journal=kept)
        made.append({Path(f.path).name: (f.same_people, f.same_list) for f in found.all_files()})
    first, again, elsewhere, keyless = made

    assert first["3B.csv"] == first["3B sorted.csv"] != first["other.csv"]
    assert again == first
    assert set(elsewhere.values()) == set(keyless.values()) == {(0, 0)}


def test_the_journal_holds_no_hash_of_a_name_or_number(tmp_path: Path) -> None:
    top, out = tmp_path / "office", tmp_path / "out"
    out.mkdir()
    top.mkdir()
    (top / "list.csv").write_text("Surname,Forename,DOB\nTokson,Ann,02/03/2014\n")
    found = Found()
    with Journal(str(out), DEFINITIONS, key=b"k" * 32) as kept:
        scan([Root(path=str(top), volume="/")], DEFINITIONS, found, jobs=1, journal=kept)
    raw = b"".join(p.read_bytes() for p in out.iterdir())
    (hashed,) = keys({"ann tokson"}).sample

    assert found.all_files()
    assert hashed in found.crowds[0].crowd().keys["name"].sample
    for form in (
        msgspec.msgpack.encode(hashed),
        hashed.to_bytes(4, "little"),
        str(hashed).encode(),
    ):
        assert form not in raw
    assert b"okson" not in raw
