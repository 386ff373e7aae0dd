"""README cannot fall behind the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.cli import COMMANDS
from auditor.reports import REPORTS
from auditor.rulebook import load
from auditor.shipped import shipped

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_readme_names_every_command() -> None:
    assert not [name for name in COMMANDS if f"`auditor {name}" not in README]


def test_readme_names_no_command_that_does_not_exist() -> None:
    named = set(re.findall(r"`auditor ([a-z]+)", README))

    assert named <= set(COMMANDS)


def test_readme_names_every_format_of_a_report() -> None:
    assert not [name for name in REPORTS if f"`{name}`" not in README]


RULES = re.compile(r"^\| rule \| what should be so \| worst \|\n(?:\|.*\n)+", re.MULTILINE)


def test_readme_tables_every_rule(request: pytest.FixtureRequest) -> None:
    lines = [
        f"| {r.id} | {r.title} | {r.severity[0][0].value} |" for r in load(shipped("rules")).rules
    ]
    table = "\n".join(["| rule | what should be so | worst |", "|---|---|---|", *lines]) + "\n"
    if request.config.getoption("--update-golden"):
        readme = ROOT / "README.md"  # read again: other tables may have been written meanwhile
        readme.write_text(RULES.sub(lambda _: table, readme.read_text("utf-8")), "utf-8")
        return

    assert RULES.findall(README) == [table]


def test_readme_names_every_kind_of_personal_data() -> None:
    titles = [
        re.search(r"^title: (.+)$", p.read_text("utf-8"), re.MULTILINE)
        for p in sorted((ROOT / "rules" / "personal-data").glob("*.yaml"))
    ]

    assert titles
    assert not [t[1] for t in titles if t and t[1].strip("'\"").casefold() not in README.casefold()]


def test_readme_tells_the_command_of_every_slow_suite() -> None:
    marks = set(
        re.findall(r'^    "(\w+): ', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    )

    assert not [m for m in marks - {"slow"} if f"-m {m}" not in README]
