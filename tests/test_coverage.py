"""Every control of the guidance has its rule, or a word on why it has none."""

from __future__ import annotations

from collections import Counter

from running import auditor

from auditor.rulebook import load
from auditor.rulebook.coverage import GATHERED, controls, table
from auditor.rulebook.facts import KINDS
from auditor.shipped import shipped

RULES = shipped("rules")


def test_every_control_has_a_rule() -> None:
    book = load(RULES)
    ids = {r.id for r in book.every}

    assert [c.id for c in controls(RULES) if (c.merged or c.id) not in ids] == []


def test_all_128_controls_are_there_once_92_of_them_core() -> None:
    found = controls(RULES)

    assert len({c.id for c in found}) == len(found) == 128
    assert Counter(c.tier for c in found) == {"core": 92, "extra": 36}


def test_what_a_rule_only_asks_says_why_no_machine_tells() -> None:
    book = load(RULES)
    asked = {r.id for r in book.every if r.must is None}

    assert [c.id for c in controls(RULES) if c.id in asked and not c.open] == []


def test_every_kind_of_evidence_has_somebody_who_gathers_it() -> None:
    assert set(GATHERED) == set(KINDS)


def test_the_table_has_a_line_a_control() -> None:
    book, found = load(RULES), controls(RULES)
    told = table(found, book)

    assert len([line for line in told.splitlines() if line.startswith("| ")]) == len(found) + 1
    assert auditor("rules", "coverage").stdout.strip() == told.strip()
