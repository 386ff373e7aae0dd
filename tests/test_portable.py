"""The program on a stick, on machines that have no Python: pytest -m portable."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from running import auditor
from testing_beds import in_wine

from auditor.portable import system

pytestmark = [pytest.mark.slow, pytest.mark.portable]

PUPILS = "UPN,Surname,Forename,DOB\nF999000120001,Example,Ann,2014-03-02\n"


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stick, its name with a blank as people name them, with the program of this system."""
    folder = tmp_path_factory.mktemp("media") / "AUDIT STICK"
    done = auditor("portable", str(folder))
    assert done.returncode == 0, done.stderr
    assert "READ ME.txt" in done.stdout
    return folder


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(p.relative_to(folder)): (p.stat().st_size, p.stat().st_mtime_ns)
        for p in folder.rglob("*")
        if p.is_file()
    }


def test_it_audits_without_python_and_writes_to_the_stick_alone(
    stick: Path, tmp_path: Path
) -> None:
    machine = tmp_path / "machine"
    for name in ("home", "tmp", "office"):
        (machine / name).mkdir(parents=True)
    (machine / "office" / "pupils.csv").write_text(PUPILS)
    before, program = everything(machine), everything(stick)

    done = subprocess.run(
        ["/bin/sh", str(stick / "audit-this-computer.sh"), str(machine / "office"), "--no-open"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(machine / "home"), "TMPDIR": str(machine / "tmp")},
        cwd=machine, input="Hill Top\n", capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip

    assert done.returncode == 1, done.stderr
    assert everything(machine) == before
    after = everything(stick)
    assert {name: after[name] for name in program} == program, "the program stays as it was"
    assert all(name.startswith("reports" + os.sep) for name in after.keys() - program.keys())
    (report,) = (stick / "reports" / "Hill Top").glob("*/report.json")
    plain = auditor("scan", str(machine / "office"), "--output", str(tmp_path / "plain"))
    assert plain.returncode == 1, plain.stderr
    mine, its = (json.loads(p.read_bytes()) for p in (tmp_path / "plain" / "report.json", report))
    assert [f["people"] for f in its["evidence"]["files"]] == [
        f["people"] for f in mine["evidence"]["files"]
    ]
    seen = [{(f["rule"], f["verdict"]) for f in each["findings"]} for each in (mine, its)]
    assert seen[0] == seen[1], "as much is seen as by the program that was installed"


def test_a_stick_without_links_holds_it(stick: Path) -> None:
    links = [p for p in stick.rglob("*") if p.is_symlink()]

    assert links == [], "FAT and exFAT have none"


def test_a_newer_program_takes_the_place_of_the_older_one_and_keeps_the_reports(
    stick: Path,
) -> None:
    (stick / "reports" / "Kept").mkdir(parents=True, exist_ok=True)
    (stick / "reports" / "Kept" / "report.json").write_text("{}")
    (stick / "auditor" / system() / "of-an-older-one").write_text("")

    done = auditor("portable", str(stick))

    assert done.returncode == 0, done.stderr
    assert (stick / "reports" / "Kept" / "report.json").exists()
    assert [p.name for p in (stick / "auditor").iterdir()] == [system()]
    assert not (stick / "auditor" / system() / "of-an-older-one").exists()


@pytest.mark.wine
def test_it_runs_from_a_stick_on_windows() -> None:
    bed = Path(os.environ.get("WINE_TESTBED", Path.home() / ".cache" / "auditor-wine"))
    usb = bed / "drives" / "usb"
    added = in_wine("--pip", "pyinstaller", "pywin32-ctypes", "pefile")
    assert added.returncode == 0, added.stderr[-2000:]
    shutil.rmtree(usb / "kit", ignore_errors=True)
    (usb / "office").mkdir(exist_ok=True)
    (usb / "office" / "pupils.csv").write_text(PUPILS)
    try:
        built = in_wine("-m", "auditor", "portable", "E:\\kit")
        assert built.returncode == 0, built.stderr[-2000:]
        assert (usb / "kit" / "auditor" / "windows-amd64" / "auditor.exe").exists()

        done = subprocess.run(
            ["wine", "cmd", "/c", "E:\\kit\\Audit this computer.cmd", "E:\\office", "--no-open"],
            env={**os.environ, "WINEPREFIX": str(bed / "prefix"), "WINEDEBUG": "-all"},
            input="Hill Top\n", capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=300, check=False,
        )  # fmt: skip

        reports = list((usb / "kit" / "reports" / "Hill Top").glob("*/report.json"))
        assert len(reports) == 1, done.stdout[-2000:]
        seen = json.loads(reports[0].read_bytes())
        assert [f["path"] for f in seen["evidence"]["files"]] == ["E:\\office\\pupils.csv"]
        assert seen["school"] == "Hill Top"
        assert (usb / "kit" / "reports" / "Hill Top" / "site.html").exists()
    finally:
        shutil.rmtree(usb / "kit", ignore_errors=True)
        shutil.rmtree(usb / "office", ignore_errors=True)
