"""What people said: questions, answer files, how long an answer stands, waivers."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec
import pytest
from sample_audit import TAKEN, clean, laptop

from auditor.errors import RulebookError
from auditor.evidence import Answer, Evidence, Waiver
from auditor.findings import Finding, Verdict
from auditor.judge import judge
from auditor.rulebook import Rulebook, answers, load
from auditor.rulebook.asking import Ask, ask
from auditor.rulebook.reading import parse as yaml
from auditor.shipped import shipped

TODAY = TAKEN.date()
REAL = """ask:
  question: When was a restore last tested?
  date within: 120 days
  choices: {never: fail, we keep no server: not_applicable}
"""


@cache
def book() -> Rulebook:
    return load(shipped("rules"))


def question(text: str) -> Ask:
    node = yaml(text, "x.yaml").get("ask")
    assert node is not None
    return ask(node)


def told(e: Evidence, rule: str) -> Finding:
    return next(f for f in judge(e, book()) if f.rule == rule)


def said(word: str, *, ago: int = 10, **more: object) -> Evidence:
    a = Answer(rule="GOV-01", said=word, given=TODAY - timedelta(days=ago), **more)  # type: ignore[arg-type]
    return msgspec.structs.replace(clean(), answers=(a,))


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("2026-11-01", Verdict.PASS),
        ("2026-07-28", Verdict.PASS),  # 119 days before the visit
        ("2026-07-26", Verdict.FAIL),
        ("2026-12-24", Verdict.NEEDS_ANSWER),  # has not come yet
        ("never", Verdict.FAIL),
        ("we keep no server", Verdict.NOT_APPLICABLE),
        ("do not know", Verdict.NEEDS_ANSWER),
        ("perhaps", Verdict.NEEDS_ANSWER),
    ],
)
def test_a_question_for_a_date_is_judged_by_its_age(answer: str, verdict: Verdict) -> None:
    assert question(REAL).verdict(answer, TODAY) is verdict


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("Never", "never"),
        ("we  keep no server", "we keep no server"),
        ("3 November 2026", "2026-11-03"),
        ("3 Nov 2026", "2026-11-03"),
        ("03/11/2026", "2026-11-03"),
        ("2026-11-03", "2026-11-03"),
        ("31/2/2026", ""),
        ("Don't know", "do not know"),
        ("yes", ""),
    ],
)
def test_answers_are_understood_as_people_write_them(written: str, understood: str) -> None:
    assert question(REAL).understood(written) == understood


@pytest.mark.parametrize("word", ["yes", "Yes", "true", "y"])
def test_yes_is_yes_however_yaml_spells_it(word: str) -> None:
    assert question("ask: Is there a rule?").understood(word) == "yes"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ask: There is a rule", "question mark"),
        ("ask: {question: 'Is it?', choices: {yes: pas}}", "'pas' is not known"),
        ("ask: {question: 'Is it?', choices: {yes: unknown}}", "pass, fail or not_applicable"),
        ("ask: {question: 'Is it?', choices: {yes: pass}}", "another to fail"),
        ("ask: {question: 'Is it?', choices: []}", "each with its verdict"),
        ("ask: {question: 'Is it?', date within: soon}", "no length of time"),
        ("ask: {look: here}", "'question' is missing"),
    ],
)
def test_a_question_that_is_wrong_is_told_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(RulebookError, match=problem) as e:
        question(text)
    assert e.value.where.startswith("x.yaml:1:")


def test_a_question_nobody_answered_needs_an_answer() -> None:
    found = told(clean(), "GOV-01")

    assert found.verdict is Verdict.NEEDS_ANSWER
    assert found.seen.endswith("?")
    assert found.subject.label == "The school"


@pytest.mark.parametrize(
    ("word", "verdict"),
    [("yes", Verdict.PASS), ("no", Verdict.FAIL), ("do not know", Verdict.NEEDS_ANSWER)],
)
def test_an_answer_decides_and_says_who_gave_it_and_when(word: str, verdict: Verdict) -> None:
    found = told(said(word, by="School business manager", note="privacy notice"), "GOV-01")

    assert found.verdict is verdict
    if verdict is not Verdict.NEEDS_ANSWER:
        assert "School business manager, 14 November 2026" in found.seen
        assert "privacy notice" in found.seen
        assert found.answer is not None


@pytest.mark.parametrize(("ago", "stands"), [(0, True), (365, True), (366, False), (-9, True)])
def test_an_answer_stands_for_a_year_and_one_given_since_the_visit_counts(
    ago: int, stands: bool
) -> None:
    found = told(said("yes", ago=ago), "GOV-01")

    assert found.verdict is (Verdict.PASS if stands else Verdict.NEEDS_ANSWER)


def test_the_newer_of_two_answers_counts() -> None:
    e = msgspec.structs.replace(
        clean(), answers=said("no", ago=2).answers + said("yes", ago=9).answers
    )

    assert told(e, "GOV-01").verdict is Verdict.FAIL


def read(text: str) -> answers.Answers:
    return answers.parse(yaml(text, "answers.yaml"), book().every, TODAY)


def test_a_file_of_answers_is_read_with_its_usual_name_and_day() -> None:
    found = read(
        "school: Hill Top\nnation: Wales\nby: Bursar\non: 20/11/2026\nanswers:\n"
        "  GOV-01: {answer: Yes, note: minutes}\n"
    )

    (a,) = found.answers
    assert (a.rule, a.said, a.by, a.given, a.note) == (
        "GOV-01", "yes", "Bursar", date(2026, 11, 20), "minutes",
    )  # fmt: skip
    assert (found.school, found.nation) == ("Hill Top", "Wales")


@pytest.mark.parametrize(
    "text",
    [
        "answers:\n",
        "answers:\n  GOV-01:\n",
        "answers:\n  GOV-01: {answer: }\n",
        "waivers:\n",
        "by: x",
    ],
)
def test_a_form_that_nobody_filled_in_is_no_error(text: str) -> None:
    assert read(text).answers == ()


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("answers: {GOV-001: yes}", "no rule 'GOV-001'", "GOV-01"),
        ("answers: {GOV-01: perhaps}", "does not answer GOV-01", "do not know"),
        ("answers: {DRV-01: yes}", "asks nothing", ""),
        ("answers: {GOV-01: {answr: yes}}", "'answr' is not known", "answer"),
        ("answers: {GOV-01: {answer: yes, on: 2027-01-01}}", "not come yet", ""),
        ("answers: {GOV-01: {answer: yes, on: soon}}", "is not a day", ""),
        ("nation: Walse", "'Walse' is not known", "Wales"),
        ("waivers: [{rule: REM-01, owner: Head, expires: 2027-01-01}]", "'reason' is missing", ""),
        ("waivers: [{rule: REM-99, reason: a, owner: Head, expires: 2027-01-01}]", "no rule 'REM-99'", ""),
        ("answers: {GOV-01: yes, GOV-01: no}", "twice", ""),
        ("waivers: [{rule: REM-01, reason: a, owner: Head, agreed: 2027-01-01, expires: 2027-07-01}]", "not come yet", ""),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_of_answers_is_named_with_its_place(
    text: str, problem: str, hint: str
) -> None:
    with pytest.raises(RulebookError, match=problem) as e:
        read(text)
    assert e.value.where.startswith("answers.yaml:1:")
    assert hint in e.value.hint


def waive(**fields: object) -> Evidence:
    usual: dict[str, object] = {
        "rule": "REM-01", "reason": "Fire drill list only.", "owner": "Head teacher",
        "expires": TODAY + timedelta(days=30),
    }  # fmt: skip
    return msgspec.structs.replace(
        laptop(),
        waivers=(Waiver(**(usual | fields)),),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("fields", "waived"),
    [
        ({}, True),
        ({"subject": "E:*"}, True),
        ({"subject": "*school usb*"}, True),
        ({"subject": "Q:*"}, None),
        ({"machine": "OFFICE-*"}, True),
        ({"machine": "LIBRARY-*"}, None),
        ({"rule": "REM-02"}, None),
        ({"expires": TODAY}, True),
        ({"expires": TODAY - timedelta(days=1)}, False),
        ({"agreed": TODAY + timedelta(days=1)}, True),
    ],
)
def test_a_waiver_covers_what_it_names_until_it_expires(
    fields: dict[str, object], waived: bool | None
) -> None:
    found = next(
        f for f in judge(waive(**fields), book()) if f.rule == "REM-01" and f.subject.id == "E:\\"
    )

    assert found.verdict is Verdict.FAIL, "a waiver never makes a pass"
    assert found.waived is bool(waived)
    assert (found.waiver is not None) is (waived is not None)


def test_an_answers_file_works_from_the_command_line(tmp_path: Path) -> None:
    from running import auditor

    file = tmp_path / "answers.yaml"
    file.write_text("answers: {GOV-01: {answer: yes, by: Bursar}}\n", "utf-8")
    done = auditor("scan", str(tmp_path), "--output", str(tmp_path / "out"), "--answers", str(file))

    assert done.returncode in {0, 1}
    from auditor import wire

    audit = wire.decode((tmp_path / "out" / "report.json").read_bytes())
    assert next(f for f in audit.findings if f.rule == "GOV-01").verdict is Verdict.PASS
