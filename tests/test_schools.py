"""Three whole schools, every finding of each: run with --update-golden and read the difference."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from schools import SCHOOLS

from auditor.findings import Finding, Severity, Verdict
from auditor.judge import headline, judge
from auditor.rulebook import Rulebook, load
from auditor.shipped import shipped

GOLDEN = Path(__file__).parent / "golden"


@cache
def book() -> Rulebook:
    return load(shipped("rules"))


@cache
def findings(name: str) -> tuple[Finding, ...]:
    return judge(SCHOOLS[name](book()), book())


def line(f: Finding) -> str:
    waiver = f" [waived until {f.waiver.expires}]" if f.waived and f.waiver else ""
    waiver = f" [waiver ran out on {f.waiver.expires}]" if f.waiver and not f.waived else waiver
    return (
        f"{f.verdict.value:<14} {f.severity.value:<8} {f.rule} {f.subject.label}: {f.seen}{waiver}"
    )


@pytest.mark.parametrize("name", SCHOOLS)
def test_every_finding_of_the_school_is_as_it_was(
    name: str, request: pytest.FixtureRequest
) -> None:
    file = GOLDEN / f"school-{name}.txt"
    made = "\n".join(line(f) for f in findings(name)) + "\n"
    if request.config.getoption("--update-golden"):
        file.write_text(made, "utf-8")

    assert made == file.read_text("utf-8")


def test_the_well_kept_school_has_nothing_to_do() -> None:
    told = findings("well-kept")

    assert [line(f) for f in told if f.verdict is Verdict.FAIL] == []
    assert [line(f) for f in told if f.verdict is Verdict.NEEDS_ANSWER] == []
    assert len({f.rule for f in told if f.verdict is Verdict.PASS}) >= 60


def test_the_school_of_the_survey_hears_of_the_stick_first() -> None:
    told = findings("survey-of-2007")
    first = {f.rule for f in told if f.verdict is Verdict.FAIL and f.severity is Severity.CRITICAL}
    shown = headline(SCHOOLS["survey-of-2007"](book()))

    assert {"REM-03", "REM-12", "FIL-02"} <= first
    assert (shown.copies, shown.people.low) == (4, 233)
    assert [f.rule for f in told if f.waived] == ["DRV-01"]
    assert next(f for f in told if f.rule == "REM-05").waiver, "a waiver that ran out is shown"
    assert not next(f for f in told if f.rule == "REM-05").waived


def test_the_visit_without_rights_passes_next_to_nothing_and_says_why() -> None:
    told = findings("without-rights")

    assert next(f for f in told if f.rule == "GOV-19").verdict is Verdict.FAIL
    passed = {f.subject.id for f in told if f.verdict is Verdict.PASS}
    assert passed == {"E:\\"}, "only the stick, of which every file was looked at"
    assert any("as administrator" in f.seen for f in told if f.verdict is Verdict.UNKNOWN)
    asked = {f.rule for f in told if f.verdict is Verdict.NEEDS_ANSWER}
    assert asked >= {r.id for r in book().rules if r.ask and r.must is None}
