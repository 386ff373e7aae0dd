"""Walking, identifying, reading and the workers, on real trees."""

from __future__ import annotations

import io
import os
import sys
import time
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make import class_list
from running import ROOT
from trapping import trap

from auditor.content import Found, Root, Step, pool, scan
from auditor.content.detect import Detector
from auditor.content.extract import EXTRACTORS, plain
from auditor.content.extract.plain import delimiter
from auditor.content.folders import folder_of
from auditor.content.identify import HEAD, SIGNATURES, Group, identify
from auditor.content.left_out import is_left_out
from auditor.content.looking import examine, opened
from auditor.content.opening import Contents
from auditor.content.passages import OVERLAP, STEP, passages
from auditor.content.source import Budget, Source
from auditor.content.walk import Item, LeftOut, Trouble, walk
from auditor.evidence import Folder, Why
from auditor.rulebook import personal_data
from auditor.shipped import shipped

DEFINITIONS = personal_data.load(shipped("rules"))
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX files")
LIST = class_list(4)


def root(path: Path, **more: object) -> Root:
    return Root(path=str(path.resolve()), volume="/", **more)  # type: ignore[arg-type]


def walked(*roots: Root, keep_out: tuple[str, ...] = ()) -> list[str]:
    return [m.path for m in walk(list(roots), keep_out) if isinstance(m, Item)]


@POSIX
def test_every_file_is_met_once_whatever_links_there_are(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "pupils.csv").write_text(LIST)
    (tmp_path / "a" / "b" / "circle").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "copy.csv").symlink_to(tmp_path / "a" / "pupils.csv")
    (tmp_path / "a" / "hard.csv").hardlink_to(tmp_path / "a" / "pupils.csv")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")

    assert walked(root(tmp_path)) == [str(tmp_path / "a" / "hard.csv")]


@POSIX
def test_names_that_are_no_text_and_paths_of_any_length_are_met(tmp_path: Path) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9\n.csv")
    Path(odd).write_text(LIST)
    deep = tmp_path / ("x" * 200) / ("y" * 200)
    deep.mkdir(parents=True)
    (deep / ("z" * 200)).write_text(LIST)

    assert sorted(walked(root(tmp_path))) == sorted([odd, str(deep / ("z" * 200))])


def test_other_volumes_and_the_output_folder_are_not_entered(tmp_path: Path) -> None:
    for name in ("here", "stick", "auditor-report"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.csv").write_text(LIST)
    top = root(tmp_path, mounts=(str(tmp_path.resolve() / "stick"),))

    found = walked(top, keep_out=(str(tmp_path.resolve() / "auditor-report"),))

    assert found == [str(tmp_path.resolve() / "here" / "x.csv")]


def test_a_root_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(LIST)

    assert walked(root(tmp_path / "x.csv")) == [str(tmp_path.resolve() / "x.csv")]


def test_a_root_that_went_away_is_told(tmp_path: Path) -> None:
    (only,) = walk([root(tmp_path / "gone")], ())

    assert isinstance(only, Trouble)
    assert only.why is Why.UNREADABLE


def test_program_folders_are_left_out_of_a_whole_machine_and_said(tmp_path: Path) -> None:
    for name in ("node_modules", "Downloads"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.csv").write_text(LIST)

    met = list(walk([root(tmp_path, whole_machine=True)], ()))

    assert [m.folder for m in met if isinstance(m, LeftOut)] == [
        str(tmp_path.resolve() / "node_modules")
    ]
    assert len([m for m in met if isinstance(m, Item)]) == 1
    assert len(walked(root(tmp_path))) == 2, "a folder that was named is looked into"


@pytest.mark.parametrize(
    ("path", "system", "left"),
    [
        ("usr", True, True),
        ("usr", False, False),  # a stick may have a folder of that name
        ("home/ann/Downloads", True, False),
        ("home/ann/.config/google-chrome", True, True),
        ("srv/usr", True, False),
        ("home/ann/project/.git", False, True),
        ("var/mail", True, False),
        ("var/backups", True, False),
        ("windows.old", True, False),  # old records lie there
    ],
)
@POSIX
def test_what_is_left_out(path: str, system: bool, left: bool) -> None:
    assert is_left_out(path, path.rpartition("/")[2], system=system) is left


@POSIX
def test_what_this_account_may_not_read_is_told(tmp_path: Path) -> None:
    closed = tmp_path / "office"
    (closed / "head").mkdir(parents=True)
    (closed / "pupils.csv").write_text(LIST)
    (closed / "mine.csv").write_text(LIST)
    detector = Detector(DEFINITIONS)
    for p in (tmp_path, *tmp_path.parents):
        if p.stat().st_uid == os.geteuid() and p != Path("/"):
            p.chmod(p.stat().st_mode | 0o055)
    (closed / "head").chmod(0)
    (closed / "pupils.csv").chmod(0)
    root_runs_this = os.geteuid() == 0
    if root_runs_this:
        os.seteuid(65_534)
    try:
        met = list(walk([root(closed)], ()))
        said = [
            m.why if isinstance(m, Trouble) else examine(m, detector).why
            for m in met
            if not isinstance(m, LeftOut)
        ]
    finally:
        if root_runs_this:
            os.seteuid(0)
        (closed / "head").chmod(0o700)

    assert sorted(str(w) for w in said) == ["None", "needs_admin", "needs_admin"]


IDENTIFIED = [
    (b"", "empty", Group.EMPTY, ""),
    (LIST.encode(), "text", Group.TEXT, "utf-8"),
    (b"\xef\xbb\xbf" + LIST.encode(), "text", Group.TEXT, "utf-8"),
    (LIST.encode("utf-16"), "text", Group.TEXT, "utf-16-le"),
    (LIST.encode("utf-16-le"), "text", Group.TEXT, "utf-16-le"),
    (LIST.encode("utf-16-be"), "text", Group.TEXT, "utf-16-be"),
    ("Zoë;Siân\n".encode("cp1252"), "text", Group.TEXT, "cp1252"),
    ("Zoë;Siân\n".encode(), "text", Group.TEXT, "utf-8"),
    (b"MZ is where we met\n", "text", Group.TEXT, "utf-8"),
    (b"MZ\x90\x00\x03\x00\x00\x00", "program", Group.OTHER, ""),
    (b"%PDF-1.7\n%\xe2\xe3", "PDF", Group.RECORDS, ""),
    (b"PK\x03\x04\x14\x00", "zip archive or Office document", Group.RECORDS, ""),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office 97-2003 document", Group.RECORDS, ""),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture", Group.OTHER, ""),
    (b"\x00" * 4096, "unknown format", Group.OTHER, ""),
    (os.urandom(4096), None, Group.OTHER, ""),
]


@pytest.mark.parametrize(("head", "name", "group", "encoding"), IDENTIFIED)
def test_a_file_is_what_its_first_bytes_say(
    head: bytes, name: str | None, group: Group, encoding: str
) -> None:
    kind = identify(head)

    assert kind.group is group
    assert kind.encoding == encoding
    assert name is None or kind.name == name


@given(st.binary(max_size=300))
def test_any_bytes_are_something(head: bytes) -> None:
    assert identify(head).name


def test_every_signature_is_found_at_its_place() -> None:
    for at, mark, name, group in SIGNATURES:
        head = bytes([0xFE]) * at + mark + b"\xfe\x00\x01" * 40
        assert identify(head)[:2] == (name, group), name


@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_text_in_every_encoding_is_read_to_the_letter(text: str, encoding: str) -> None:
    raw = text.encode(encoding, "replace")
    kind = identify(raw)
    if kind.group is not Group.TEXT or kind.name not in plain.KINDS:
        return  # too odd to be told from a program, or text with marks, which have a reader each
    whole = Source("x", len(raw), Budget(len(raw)), stream=io.BytesIO(raw))
    documents = Contents(whole, kind).documents()
    got = b"".join(p.data[p.overlap :] for d in documents for p in d.passages)

    if kind.encoding == {"utf-16": "utf-16-le"}.get(encoding, "utf-8"):
        assert (
            got.decode() == text.encode(encoding, "replace").decode(encoding).lstrip("\ufeff")
            or "\ufeff" in text
        )


@settings(max_examples=40)
@given(st.lists(st.binary(max_size=5), max_size=60), st.integers(1, 9))
def test_passages_give_back_the_whole_text_and_end_at_line_ends(
    pieces: list[bytes], factor: int
) -> None:
    chunks = [p * (STEP // 40) * factor if n % 7 == 0 else p for n, p in enumerate(pieces)]
    made = list(passages(iter(chunks)))

    assert b"".join(p.data[p.overlap :] for p in made) == b"".join(chunks)
    assert all(len(p.data) <= 2 * STEP + OVERLAP + max(map(len, chunks)) for p in made)
    assert [p.first for p in made] == [True] + [False] * (len(made) - 1) if made else True


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a,b\nc,d\n", ","),
        ("a;b;c\nd;e;f\n", ";"),
        ("a\tb\nc\td\n", "\t"),
        ("a|b\nc|d\n", "|"),
        ('"a,1";b\n"c,2";d\n"e,3";f\n', ";"),
        ("Title of the list\n\na,b,c\nd,e,f\ng,h,i\nj,k,l\n", ","),
        ("Dear all, the fair is on.\nPlease come.\nBring cake, tea, and friends.\n", ""),
        ('{"a": 1,\n"b": 2}\n', ""),
        ("one\ntwo\n", ""),
        ("", ""),
    ],
)
def test_a_table_is_told_from_text_by_its_rows(text: str, mark: str) -> None:
    assert delimiter(text) == mark


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        (r"C:\Users\ann\Downloads\x.csv", Folder.DOWNLOADS),
        (r"C:\Users\ann\OneDrive - School\Desktop\x.csv", Folder.DESKTOP),
        (r"C:\Users\ann\OneDrive - School\Documents\x.csv", Folder.SYNCED),
        (r"C:\$Recycle.Bin\S-1-5-21\$R12.csv", Folder.RECYCLE_BIN),
        (r"C:\Users\ann\AppData\Local\Temp\x.csv", Folder.TEMPORARY),
        (r"C:\Users\Public\Documents\x.csv", Folder.SHARED),
        ("/home/ann/.local/share/Trash/files/x.csv", Folder.RECYCLE_BIN),
        ("/media/ann/STICK/.Trash-1000/files/x.csv", Folder.RECYCLE_BIN),
        ("/Users/ann/.Trash/x.csv", Folder.RECYCLE_BIN),
        ("/home/ann/Desktop/x.csv", Folder.DESKTOP),
        ("/srv/desktop/x.csv", Folder.OTHER),
        ("/tmp/x.csv", Folder.TEMPORARY),
        ("/Users/ann/Library/CloudStorage/OneDrive-School/x.csv", Folder.SYNCED),
        ("/home/ann/Dropbox/x.csv", Folder.SYNCED),
        ("/home/ann/Documents/x.csv", Folder.OTHER),
        ("E:\\x.csv", Folder.OTHER),
    ],
)
def test_the_kind_of_folder_is_told_by_the_path(path: str, folder: Folder) -> None:
    assert folder_of(path) is folder


def looked_at(path: Path, **more: object) -> Found:
    found = Found()
    scan([root(path)], DEFINITIONS, found, jobs=2, **more)  # type: ignore[arg-type]
    return found


def test_a_scan_finds_counts_and_tells_how_far_it_is(tmp_path: Path) -> None:
    for n in range(200):
        (tmp_path / f"{n}.txt").write_text("nothing\n")
    (tmp_path / "photo.jpg").write_text(LIST)
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7\n")
    (tmp_path / "real.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00")
    (tmp_path / "empty").touch()
    steps: list[Step] = []
    found = looked_at(tmp_path, watch=steps.append)
    total = found.summary(complete=True, seconds=1.0)

    assert (total.files, total.personal, total.not_opened, total.unreadable) == (204, 1, 1, 1)
    assert found.files[0].path.endswith("photo.jpg")
    assert found.files[0].kind == "table"
    assert [(g.why, g.count) for g in found.all_gaps()] == [(Why.DAMAGED, 1)]
    assert "1 PDF" in found.all_gaps()[0].about
    assert steps
    assert steps[-1].files <= 204


@POSIX
def test_a_sparse_file_of_ten_gigabytes_costs_nothing(tmp_path: Path) -> None:
    with (tmp_path / "sparse.csv").open("wb") as f:
        f.truncate(10 * 10**9)
    begun = time.monotonic()
    found = looked_at(tmp_path)

    assert not found.files
    assert time.monotonic() - begun < 10


def test_a_file_that_grows_while_it_is_read_is_kept_and_told(tmp_path: Path) -> None:
    file = tmp_path / "pupils.csv"
    file.write_text(LIST)
    with opened(str(file)) as found:
        file.write_text(LIST + LIST)
        assert found.changed()


class Crashing(Detector):
    def looks(self, documents: object, place: str = "") -> NoReturn:
        raise KeyError("Quillfeather")


def test_a_bug_in_a_parser_costs_one_file_and_shows_no_value(tmp_path: Path) -> None:
    file = tmp_path / "pupils.csv"
    file.write_text(LIST)
    item = Item(str(file), "/", file.stat().st_size, 0)

    done = examine(item, Crashing(DEFINITIONS))

    assert done.why is Why.NOT_UNDERSTOOD
    assert done.detail == "KeyError"
    assert "Quillfeather" not in repr(done)


def test_a_file_that_went_away_is_told(tmp_path: Path) -> None:
    done = examine(Item(str(tmp_path / "gone"), "/", 9, 0), Detector(DEFINITIONS))

    assert done.why is Why.UNREADABLE


@POSIX
def test_a_file_that_kills_or_hangs_its_worker_loses_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(70):
        (tmp_path / f"{n:02} pupils.csv").write_text(LIST)
    (tmp_path / "33 kills.csv").write_text(LIST)
    (tmp_path / "44 hangs.csv").write_text(LIST)
    monkeypatch.setattr(pool, "SECONDS", 2.0)
    items = [m for m in walk([root(tmp_path)], ()) if isinstance(m, Item)]
    workers = pool.Workers(DEFINITIONS, 2)
    monkeypatch.setattr(workers, "task", trap)
    with workers:
        done = list(workers.run(items))

    assert sum(d.file is not None for d in done) == 70
    assert {Path(d.item.path).name: d.why for d in done if d.why} == {
        "33 kills.csv": Why.NOT_UNDERSTOOD,
        "44 hangs.csv": Why.TIMED_OUT,
    }


def test_every_extractor_stands_on_the_roll() -> None:
    files = {p.stem for p in (ROOT / "auditor" / "content" / "extract").glob("*.py")} - {"__init__"}

    assert {e.__name__.rpartition(".")[2] for e in EXTRACTORS} == files
    assert HEAD <= STEP


def test_too_many_folders_with_gaps_become_one_a_volume() -> None:
    found = Found()
    for n in range(3_000):
        found.trouble(Trouble(f"/home/{n}", "/", Why.NEEDS_ADMIN))

    (only,) = found.all_gaps()
    assert only.count == 3_000
    assert only.volume == "/"
