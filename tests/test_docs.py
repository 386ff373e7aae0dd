"""README cannot fall behind the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from data_page import PAGE, page

from auditor.cli import COMMANDS
from auditor.reports import REPORTS
from auditor.rulebook import load, personal_data
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


def test_the_page_of_personal_data_is_made_from_the_rules(request: pytest.FixtureRequest) -> None:
    made = page(personal_data.load(shipped("rules")))
    if request.config.getoption("--update-golden"):
        PAGE.write_text(made, "utf-8")

    assert PAGE.read_text("utf-8") == made, "python -m pytest --update-golden writes it anew"


def test_readme_tells_the_command_of_every_slow_suite() -> None:
    marks = set(
        re.findall(r'^    "(\w+): ', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    )

    assert not [m for m in marks - {"slow"} if f"-m {m}" not in README]
