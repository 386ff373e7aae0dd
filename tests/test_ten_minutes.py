"""The page 'Write your own rule in ten minutes', followed word by word in an empty folder."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from running import auditor

PAGE = (Path(__file__).resolve().parent.parent / "rules" / "README.md").read_text("utf-8")


def test_the_page_is_followed_word_by_word_in_an_empty_folder(tmp_path: Path) -> None:
    told: list[str] = []
    for kind, block in re.findall(r"```(sh|yaml)\n(.*?)```", PAGE, re.DOTALL):
        if kind == "yaml":
            name = block.split("\n", 1)[0].removeprefix("# ")
            file = tmp_path / name
            assert file.is_file(), f"the command before it should have written {name}"
            file.write_text(block, "utf-8")
            continue
        for line in block.strip().splitlines():
            done = auditor(*shlex.split(line)[1:], cwd=tmp_path)
            assert done.returncode == 0, (line, done.stdout, done.stderr)
            told.append(done.stdout)

    whole = "\n".join(told)
    assert "all is well" in whole
    assert "KCC-01  Portable drives carry the school's label" in whole
    report = json.loads((tmp_path / "first-try" / "report.json").read_bytes())
    by_rule = {f["rule"]: f for f in report["findings"]}
    assert by_rule["KCC-02"]["verdict"] == "needs_answer"
    assert by_rule["KCC-01"]["verdict"] == "not_applicable"
    assert "REM-06" not in by_rule
    assert any("no disc writers" in c for c in report["rulebook"]["changes"])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["first-try", "kent"]


def test_every_command_that_the_page_names_exists() -> None:
    for name in set(re.findall(r"`auditor rules (\w+)", PAGE)):
        assert auditor("rules", name, "--help").returncode == 0, name
