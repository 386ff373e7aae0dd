"""An IT auditor goes from machine to machine with a stick in the pocket."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import ROOT, auditor

from auditor.cli.visit import named

PUPILS = "UPN,Surname,Forename,DOB\nF999000120001,Example,Ann,2014-03-02\n"


def visit(stick: Path, office: Path, said: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "auditor", "visit", str(office), "--to", str(stick), "--no-open", "--quiet"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, input=said, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "pupils.csv").write_text(PUPILS)
    return tmp_path / "office"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def test_each_machine_has_its_folder_and_nothing_is_overwritten(stick: Path, office: Path) -> None:
    first = visit(stick, office, "St Mary's / Infants\n")
    second = visit(stick, office, "\n")  # Enter takes the school visited last
    unasked = visit(stick, office, "")  # as a scheduled task, where nobody answers

    assert (first.returncode, second.returncode, unasked.returncode) == (1, 1, 1), first.stderr
    (school,) = (stick / "reports").iterdir()
    assert school.name == "St Mary's - Infants"
    machines = sorted(p for p in school.iterdir() if p.is_dir())
    assert len(machines) == 3
    for machine in machines:
        assert {p.name for p in machine.iterdir()} == {"report.html", "report.json", "report.csv"}
    site = json.loads((school / "site.json").read_bytes())
    assert site["machines"], "the school's page names the machine"
    assert "site.html" in first.stdout
    assert list(stick.iterdir()) == [stick / "reports"]


def test_reports_of_earlier_visits_are_not_looked_into(stick: Path, office: Path) -> None:
    (stick / "reports" / "Elsewhere").mkdir(parents=True)
    (stick / "reports" / "Elsewhere" / "old.csv").write_text(PUPILS)

    done = auditor(
        "visit", str(stick), str(office), "--to", str(stick), "--school", "Hill Top", "--no-open"
    )

    assert done.returncode == 1, done.stderr
    (report,) = (stick / "reports" / "Hill Top").glob("*/report.json")
    assert "Elsewhere" not in report.read_text("utf-8")
    assert '"personal":1' in report.read_text("utf-8").replace(" ", "")


def test_the_auditor_takes_away_no_name_of_a_child(stick: Path, office: Path) -> None:
    (office / "pupils.csv").rename(office / "SEN plan Zebedee Canary.csv")

    visit(stick, office, "Hill Top\n")

    for file in (stick / "reports").rglob("*"):
        assert not file.is_file() or b"Zebedee" not in file.read_bytes(), file


def test_a_stick_that_cannot_be_written_says_so_at_once(tmp_path: Path, office: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    done = visit(tmp_path / "file" / "below", office, "Hill Top\n")

    assert done.returncode == 2, done.stderr
    assert "what to do:" in done.stderr


@given(st.text(max_size=200))
def test_every_system_takes_the_folder_names(text: str) -> None:
    name = named(text)

    assert name
    assert len(name) <= 61
    assert not set(name) & set('<>:"/\\|?*\0')
    assert all(c.isprintable() for c in name)
    assert name[-1] not in " ."
    assert name.lower() not in {"con", "nul", "aux", "prn", "com1", "lpt9", ".", ".."}
