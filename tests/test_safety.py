"""The three promises: unknown never passes, no pupil's data comes out, reading changes nothing."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from running import auditor

from auditor.content.walk import openable
from auditor.reports import REPORTS

CANARIES = {
    "surname": "Quillfeather",
    "forename": "Zebedee",
    "other surname": "Thistlewhaite",
    "UPN": "F999000120001",
    "date of birth": "17/03/2014",
    "iso date of birth": "2014-03-17",
    "NHS number": "943 476 5919",
    "ULN": "1234567899",
    "National Insurance number": "JG 10 37 59 A",
    "postcode": "ZZ99 3VZ",
    "street": "Crumblewick Lane",
    "phone": "07700 900461",
    "e-mail": "z.quillfeather@example.org",
    "condition": "hypoparathyroidism",
}
"""Made-up values that stand nowhere else in the project."""

TABLE = (
    "UPN,Surname,Forename,DOB,SEN,Postcode,Phone,Email,NHS Number,ULN,Medical,Address\n"
    "F999000120001,Quillfeather,Zebedee,17/03/2014,K,ZZ99 3VZ,07700 900461,z.quillfeather@example.org,"
    "943 476 5919,1234567899,hypoparathyroidism,4 Crumblewick Lane\n"
    "F999000120001,Thistlewhaite,Zebedee,2014-03-17,E,ZZ99 3VZ,07700 900461,z.quillfeather@example.org,"
    "943 476 5919,1234567899,hypoparathyroidism,4 Crumblewick Lane\n"
)
LETTER = (
    "Dear Mr Quillfeather,\n\nRe: Zebedee Quillfeather, date of birth 17/03/2014, UPN F999000120001\n"
    "NHS number 943 476 5919, National Insurance number JG 10 37 59 A.\n"
    "Zebedee has an EHCP and a diagnosis of hypoparathyroidism; a safeguarding referral was made.\n"
    "4 Crumblewick Lane, ZZ99 3VZ, 07700 900461, z.quillfeather@example.org\n"
)


def plant(top: Path) -> None:
    """The canaries in every shape that the scan reads, and in some that it cannot."""
    top.mkdir()
    (top / "pupils.csv").write_text(TABLE, "utf-8")
    (top / "semicolons.csv").write_text(TABLE.replace(",", ";"), "cp1252")
    (top / "tabs.tsv").write_text(TABLE.replace(",", "\t"), "utf-16")
    (top / "little.txt").write_text(TABLE, "utf-16-le")
    (top / "picture.jpg").write_text(TABLE, "utf-8")
    (top / "letter.txt").write_text(LETTER, "utf-8")
    (top / "cut.csv").write_bytes(TABLE.encode()[:-7])
    (top / "torn.csv").write_bytes(TABLE.encode() + b"\x00\xff\xfe\x00" * 40 + TABLE.encode())
    (top / "quote.csv").write_text(TABLE + '"never closed,' + TABLE, "utf-8")
    (top / "one line.csv").write_text(TABLE.replace("\n", " ") * 500, "utf-8")
    (top / "broken.pdf").write_bytes(b"%PDF-1.7\n" + LETTER.encode())
    (top / "broken.zip").write_bytes(b"PK\x03\x04" + TABLE.encode())
    (top / "empty.csv").write_bytes(b"")
    deep = Path(openable(str(top.resolve() / ("long-" * 45) / ("path-" * 20))))
    deep.mkdir(parents=True)
    (deep / "pupils.csv").write_text(TABLE, "utf-8")
    if sys.platform != "win32":
        Path(os.fsdecode(os.fsencode(top) + b"/caf\xe9.csv")).write_text(TABLE, "utf-8")
        os.mkfifo(top / "pipe")
        (top / "circle").symlink_to(top)


def forms(value: str) -> set[str]:
    """The value as it stands, without its gaps, and lower case."""
    return {value.casefold(), value.replace(" ", "").casefold()}


def leaks(text: str) -> list[str]:
    folded = text.casefold()
    return [
        name for name, value in CANARIES.items() if any(form in folded for form in forms(value))
    ]


def test_the_canaries_would_be_seen_if_they_came_out() -> None:
    assert len(leaks(TABLE + LETTER)) == len(CANARIES)


@pytest.mark.parametrize("reader", ["school", "auditor"])
def test_no_value_of_personal_data_reaches_any_output(tmp_path: Path, reader: str) -> None:
    plant(tmp_path / "office")

    done = auditor("scan", "office", "--output", "out", "--reader", reader, cwd=tmp_path)

    assert "pupils.csv" in (tmp_path / "out" / "report.json").read_text("utf-8"), "it was found"
    for file in (tmp_path / "out").iterdir():
        assert not leaks(file.read_bytes().decode("utf-8", "replace")), file.name
    assert not leaks(done.stdout)
    assert not leaks(done.stderr)


def test_explaining_a_file_shows_its_data_masked_only(tmp_path: Path) -> None:
    plant(tmp_path / "office")

    for name in ("pupils.csv", "letter.txt", "torn.csv", "tabs.tsv"):
        done = auditor("explain", str(tmp_path / "office" / name))

        assert done.returncode == 0, done.stderr
        assert "upn" in done.stdout.casefold()
        assert not leaks(done.stdout + done.stderr), name


def test_every_saved_form_of_a_report_is_free_of_values(tmp_path: Path) -> None:
    plant(tmp_path / "office")
    auditor("scan", "office", "--output", "out", cwd=tmp_path)

    for form in REPORTS:
        for reader in ("school", "auditor"):
            done = auditor(
                "report", "out/report.json", "--format", form, "--reader", reader, cwd=tmp_path
            )

            assert done.returncode == 0
            assert not leaks(done.stdout + done.stderr), form
    auditor(
        "compare", "out", "out", "--format", "html", "--output", "out/change.html", cwd=tmp_path
    )
    auditor("site", "out", cwd=tmp_path)
    for made in ("change.html", "site.html", "site.json"):
        assert not leaks((tmp_path / "out" / made).read_text("utf-8")), made


def state(top: Path, leave: Path) -> dict[str, tuple[int, ...]]:
    """Everything that a careless reader could change, of every file and folder but the output."""
    seen: dict[str, tuple[int, ...]] = {}
    for folder, names, files in os.walk(top):
        names[:] = [n for n in names if Path(folder, n) != leave]
        for name in [*names, *files]:
            s = Path(folder, name).lstat()
            if not stat.S_ISLNK(s.st_mode):
                key = os.fsencode(Path(folder, name)).decode("latin-1")
                seen[key] = (
                    s.st_mode,
                    s.st_size,
                    s.st_mtime_ns,
                    s.st_atime_ns,
                    s.st_ino,
                    s.st_nlink,
                )
    return seen


def age(top: Path) -> None:
    """Times so old that any reading would renew them (relatime does so when atime < mtime)."""
    for folder, _, files in os.walk(top, topdown=False):
        for name in files:
            os.utime(Path(folder, name), (978_307_200, 1_009_843_200), follow_symlinks=False)
        os.utime(folder, (978_307_200, 1_009_843_200))


@pytest.mark.skipif(
    sys.platform == "win32", reason="access times there are kept by the system's choice"
)
def test_reading_changes_nothing_not_even_the_times(tmp_path: Path) -> None:
    plant(tmp_path / "office")
    (tmp_path / "home").mkdir()
    (tmp_path / "tmp").mkdir()
    age(tmp_path)
    before = state(tmp_path, tmp_path / "home" / "out")
    age(tmp_path)  # our own look at the folders has touched them

    done = auditor(
        "scan",
        str(tmp_path),
        "--output",
        str(tmp_path / "home" / "out"),
        cwd=tmp_path / "home",
        env={"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp")},
    )

    assert done.returncode in {0, 1}, done.stderr
    after = state(tmp_path, tmp_path / "home" / "out")
    home = str(tmp_path / "home")  # its times change with the output folder inside
    assert {k: v for k, v in before.items() if k != home} == {
        k: v for k, v in after.items() if k != home
    }
