"""Locked files end to end: what is told of them, and of the passwords that lie beside them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from running import auditor
from writers import CSV, needs, run

from auditor.content.beside import password_beside


@pytest.mark.parametrize(
    ("name", "beside", "where"),
    [
        ("SEN list (password Robin7).zip", {}, "in its name"),
        ("list pw=Robin7.zip", {}, "in its name"),
        ("list.zip", {"password.txt": "Robin7"}, "in a file beside it"),
        ("list.zip", {"Passwords.txt": "the password is Robin7"}, "in a file beside it"),
        ("list.zip", {"PIN for zip.txt": "4821"}, "in a file beside it"),
        ("list.zip", {"cyfrinair.txt": "Robin7"}, "in a file beside it"),
        ("list.zip", {"passwords.docx": b"PK\3\4"}, "in a file beside it"),
        ("list.zip", {}, ""),
        ("password protected list.zip", {}, ""),
        ("password reset form.zip", {}, ""),
        ("pinboard.zip", {"spinach.txt": "Robin7"}, ""),
        ("list.zip", {"password policy.txt": "The password is twelve letters long."}, ""),
        ("list.zip", {"passport scans.txt": "x"}, ""),
        ("list.zip", {"password.exe": "Robin7"}, ""),
    ],
)
def test_a_password_beside_its_file_is_seen(
    tmp_path: Path, name: str, beside: dict[str, str | bytes], where: str
) -> None:
    (tmp_path / name).write_bytes(b"x")
    for other, said in beside.items():
        (tmp_path / other).write_bytes(said.encode() if isinstance(said, str) else said)

    assert password_beside(str(tmp_path / name)) == where


def test_a_stick_of_locked_files_is_told_and_no_password_comes_out(tmp_path: Path) -> None:
    needs("zip", "7z")
    stick = tmp_path / "stick"
    stick.mkdir()
    (tmp_path / "list.csv").write_text(CSV)
    run("zip", "-q", "-P", "Thistlewhaite7", "stick/old.zip", "list.csv", cwd=tmp_path)
    run(
        "7z",
        "a",
        "-bd",
        "-tzip",
        "-pThistlewhaite7",
        "-mem=AES256",
        "stick/good.zip",
        "list.csv",
        cwd=tmp_path,
    )
    (stick / "password.txt").write_text("Thistlewhaite7")
    with zipfile.ZipFile(stick / "open.zip", "w") as made:
        made.writestr("list.csv", CSV)

    done = auditor("scan", "stick", "--output", "out", cwd=tmp_path)

    report = json.loads((tmp_path / "out" / "report.json").read_bytes())
    fails = {
        (f["rule"], Path(f["subject"]["id"]).name)
        for f in report["findings"]
        if f["verdict"] == "fail"
    }
    assert ("FIL-10", "old.zip") in fails
    assert ("FIL-10", "good.zip") not in fails
    assert {("FIL-13", "old.zip"), ("FIL-13", "good.zip")} <= fails
    assert [(Path(f["path"]).name, f["kind"]) for f in report["evidence"]["files"]] == [
        ("open.zip", "zip archive")
    ]
    assert report["evidence"]["scan"]["locked"] == 2
    locks = {Path(f["path"]).name: f["protection"]["state"] for f in report["evidence"]["locked"]}
    assert locks == {"old.zip": "weak", "good.zip": "strong"}
    gaps = [g for g in report["evidence"]["gaps"] if g["why"] == "locked"]
    assert [g["count"] for g in gaps] == [1], (
        "a weak lock hides what may be records; a strong one is an answer"
    )
    for file in (tmp_path / "out").iterdir():
        assert b"Thistlewhaite7" not in file.read_bytes(), file.name
    assert "Thistlewhaite7" not in done.stdout + done.stderr
