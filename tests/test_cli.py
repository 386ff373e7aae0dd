from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner
from running import auditor
from sample_audit import laptop_audit

from auditor import wire
from auditor.cli import COMMANDS
from auditor.cli import auditor as program

PUPILS = "UPN,Surname,Forename,DOB\nF999000120001,Example,Ann,2014-03-02\n"


def saved(tmp_path: Path) -> Path:
    file = tmp_path / "report.json"
    file.write_bytes(wire.encode(laptop_audit()))
    return file


def test_help_names_every_command_and_imports_none_of_them() -> None:
    code = (
        "import sys; from auditor.__main__ import main; sys.argv[1:] = ['--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted(m for m in sys.modules if m in {'jinja2','yaml','re2','psutil','rich','msgspec'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)
    assert done.stdout.strip().endswith("[]")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    done = auditor(command, "--help")

    assert done.returncode == 0, done.stderr
    assert "xample" in done.stdout


def every_command(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    for name in group.list_commands(click.Context(group)):
        found = group.get_command(click.Context(group), name)
        yield (*path, name)
        if isinstance(found, click.Group):
            yield from every_command(found, *path, name)


@pytest.mark.parametrize("path", list(every_command(program)), ids=" ".join)
def test_examples_of_help_stand_on_lines_of_their_own(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(program, [*path, "--help"]).output

    # A raw docstring hands click a backslash and a b: it then folds the examples into one paragraph.
    assert "\\b" not in shown
    assert not re.search("[\x00-\x09\x0b-\x1f]", shown)
    told = shown.partition("Examples:")[2].partition("\n\n")[0].splitlines()[1:]
    assert all(line.startswith("    auditor ") for line in told)
    assert told or "Examples:" not in shown


def test_a_scan_writes_the_three_reports_and_ends_with_the_headline(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "pupils.csv").write_text(PUPILS)

    done = auditor(
        "scan", "office", "--school", "Hill Top Primary", "--urn", "999999", cwd=tmp_path
    )

    assert done.returncode in {0, 1}, done.stderr
    assert {p.name for p in (tmp_path / "auditor-report").iterdir()} == {
        "report.html",
        "report.json",
        "report.csv",
        "scan-journal.sqlite",
    }
    document = json.loads((tmp_path / "auditor-report" / "report.json").read_bytes())
    assert document["school"] == "Hill Top Primary"
    assert document["evidence"]["scan"]["personal"] == 1
    assert document["evidence"]["files"][0]["people"] == {"low": 1, "high": 1}
    assert "Unencrypted copies of personal data that can leave the premises" in done.stdout
    assert "report.html" in done.stdout.splitlines()[-1]


def test_a_scan_without_files_says_that_it_knows_nothing_of_them(tmp_path: Path) -> None:
    done = auditor("scan", "--no-files", "--quiet", cwd=tmp_path)

    document = json.loads((tmp_path / "auditor-report" / "report.json").read_bytes())
    assert done.returncode in {0, 1}
    assert document["evidence"]["scan"]["asked"] is False
    assert document["headline"]["known"] is False


def test_the_exit_code_follows_the_severity_asked_for(tmp_path: Path) -> None:
    (tmp_path / "Downloads").mkdir()
    (tmp_path / "Downloads" / "pupils.csv").write_text(PUPILS)

    strict = auditor("scan", "Downloads", "--fail-on", "info", cwd=tmp_path)

    assert strict.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["scan", "no-such-folder"], "no-such-folder"),
        (["scan", "--jobs", "0"], "--jobs"),
        (["scan", "--pack", "no-such-pack", "--no-files"], "no-such-pack"),
        (["report", "no-such-file"], "no-such-file"),
        (["judge", "no-such-file"], "no-such-file"),
        (["explain", "no-such-file"], "no-such-file"),
        (["rules", "show", "DRV01"], "DRV-01"),
        (["nonsense"], "nonsense"),
    ],
)
def test_wrong_use_gets_an_error_that_names_it_and_code_2(
    tmp_path: Path, arguments: list[str], says: str
) -> None:
    done = auditor(*arguments, cwd=tmp_path)

    assert done.returncode == 2, done.stdout
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_told_before_the_scan(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")

    done = auditor("scan", "--output", "taken/report", cwd=tmp_path)

    assert done.returncode == 2
    assert "what to do" in done.stderr


@pytest.mark.parametrize("form", ["html", "json", "csv", "text"])
def test_a_saved_audit_is_written_in_every_format(tmp_path: Path, form: str) -> None:
    done = auditor(
        "report", str(saved(tmp_path)), "--format", form, "--output", str(tmp_path / "out")
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out").stat().st_size > 1000


def test_a_saved_audit_can_be_judged_again(tmp_path: Path) -> None:
    done = auditor("judge", str(saved(tmp_path)), "--output", str(tmp_path / "again.json"))

    assert done.returncode == 0, done.stderr
    again = wire.decode((tmp_path / "again.json").read_bytes())
    assert again.evidence == laptop_audit().evidence
    assert again.findings


def test_the_schema_that_is_printed_is_that_of_the_wire() -> None:
    written = msgspec.json.decode(msgspec.json.encode(wire.schema()))

    assert json.loads(auditor("schema").stdout) == written


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT for one process there")
def test_ctrl_c_keeps_what_was_found_and_says_that_it_is_not_all(tmp_path: Path) -> None:
    office = tmp_path / "office"
    office.mkdir()
    (office / "a pupils.csv").write_text(PUPILS)
    line = "F999000120001,Example,Ann,2014-03-02\n" * 200_000
    for n in range(60):
        one = f"F999000120001,Example{n},Ann,2014-03-02\n"  # copies would be read once
        (office / f"big {n}.csv").write_text("UPN,Surname,Forename,DOB\n" + one + line)
    program = subprocess.Popen(
        [sys.executable, "-m", "auditor", "scan", "office", "--jobs", "1"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(2.5)
    os.kill(program.pid, signal.SIGINT)
    out, err = program.communicate(timeout=60)

    assert "Traceback" not in err
    if program.returncode not in {0, 1, 3}:
        pytest.fail(err)
    document = json.loads((tmp_path / "auditor-report" / "report.json").read_bytes())
    if document["complete"]:
        pytest.skip("this machine finished the scan before it could be stopped")
    assert document["headline"]["complete"] is False
    assert "incomplete" in (tmp_path / "auditor-report" / "report.html").read_text("utf-8").lower()
    assert "incomplete" in out.lower() or "not complete" in out.lower()
