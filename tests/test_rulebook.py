from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import RulebookError
from auditor.evidence import Range
from auditor.rulebook import load, personal_data, problems
from auditor.rulebook.conditions import Scope, all_of, any_of, no
from auditor.rulebook.grammar import parse
from auditor.rulebook.reading import parse as yaml
from auditor.shipped import shipped
from auditor.words import UNBOUNDED

ROOT = Path(__file__).resolve().parent.parent
TRUTHS = st.sampled_from([True, False, None])


def test_the_shipped_rules_are_right_in_every_word_and_example() -> None:
    assert [str(p) for p in problems(shipped("rules"))] == []


def test_every_shipped_rule_has_a_remedy_for_every_system_and_a_reason() -> None:
    for r in load(shipped("rules")).rules:
        assert r.because, r.id
        for system in ("windows", "macos", "linux"):
            assert r.remedy.get(system) or r.remedy.get("any"), r.id


def test_every_shipped_rule_says_what_it_looks_like_when_it_is_done() -> None:
    assert [r.id for r in load(shipped("rules")).every if not r.done] == []


def test_no_text_of_a_rule_calls_anything_illegal() -> None:
    for file in (ROOT / "rules").rglob("*.yaml"):
        assert "illegal" not in file.read_text("utf-8").lower(), file.name


def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "rules", tmp_path / "rules"))


MISTAKES = [
    (
        "encryption.state: on}",
        "encryption.stat: on}",
        "has no 'encryption.stat'",
        "encryption.state",
    ),
    ("must: {encryption.state: on}", "must: {encryption.state: onn}", "'onn' is not known", "on"),
    (
        "must: {encryption.state: on}",
        "must: {encryption.state: unknown}",
        "nobody's value",
        "known",
    ),
    ("{system: yes, place", "{system: maybe, place", "neither yes nor no", ""),
    ("id: DRV-01", "id: DRV-99", "not the name of its file", ""),
    ("who: IT support", "hwo: IT support", "'hwo' is not known here", "who"),
    ("source: uk-gdpr", "source: uk-gdrp", "no source 'uk-gdrp'", "uk-gdpr"),
    ("critical: {machine.portable", "critcal: {machine.portable", "'critcal'", "critical"),
    ("  - high: always", "", "holds always", ""),
    ("verdict: unknown}", "verdict: fail}", "no example comes to 'unknown'", ""),
    ("{volume.name} is encrypted", "{volume.nam} is encrypted", "has no 'nam'", "name"),
    ("title: The system", "title: [The system", "not YAML", ""),
    ("title: The system drive is encrypted", "title: &a The system", "anchors", ""),
    ("takes: 30", "title: twice\ntakes: 30", "twice", ""),
]


@pytest.mark.parametrize(
    ("right", "wrong", "problem", "hint"), MISTAKES, ids=[m[1][:30] for m in MISTAKES]
)
def test_a_mistake_is_named_with_its_line_and_the_right_word(
    tmp_path: Path, right: str, wrong: str, problem: str, hint: str
) -> None:
    rules = copied(tmp_path)
    file = rules / "drives" / "DRV-01.yaml"
    text = file.read_text("utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), "utf-8")

    found = problems(rules)

    assert any(problem in p.problem for p in found), [p.problem for p in found]
    first = next(p for p in found if problem in p.problem)
    assert first.where.startswith("rules/drives/DRV-01.yaml:")
    assert hint in first.hint
    with pytest.raises(RulebookError):
        load(rules)


def test_an_example_that_does_not_hold_is_named(tmp_path: Path) -> None:
    rules = copied(tmp_path)
    file = rules / "media" / "REM-01.yaml"
    file.write_text(
        file.read_text("utf-8").replace(
            "encryption.state: off}}, verdict: fail", "encryption.state: on}}, verdict: fail"
        ),
        "utf-8",
    )

    (only,) = problems(rules)

    assert "comes to 'pass', not 'fail'" in only.problem


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    rules = copied(tmp_path)
    for name in ("drives/DRV-01", "media/REM-01", "files/FIL-08"):
        file = rules / f"{name}.yaml"
        file.write_text(file.read_text("utf-8").replace("who:", "hwo:"), "utf-8")

    assert len([p for p in problems(rules) if "hwo" in p.problem]) == 3


def test_a_pack_that_does_not_exist_is_named_with_the_nearest() -> None:
    with pytest.raises(RulebookError) as e:
        load(shipped("rules"), "school-defualt")

    assert "school-default" in e.value.hint


def test_a_folder_without_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="no rules"):
        load(tmp_path)
    with pytest.raises(RulebookError, match="no definitions"):
        personal_data.load(tmp_path)


@settings(max_examples=60)
@given(st.data())
def test_mutilated_files_give_errors_and_never_crash(data: st.DataObject) -> None:
    text = (ROOT / "rules" / "media" / "REM-03.yaml").read_text("utf-8")
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at, min(len(text), at + 40)))
    junk = data.draw(st.text(max_size=12))
    from auditor.rulebook.rules import rule

    try:
        rule(
            yaml(text[:at] + junk + text[end:], "rules/media/REM-03.yaml"),
            "media",
            "rules/media/REM-03.yaml",
        )
    except RulebookError as e:
        assert e.where.startswith("rules/media/REM-03.yaml")


def holds(text: str, **fields: object) -> bool | None:
    scope = Scope("volume", {"volume": fields, "machine": {}, "scan": {}}, {"file": ()})
    return parse(yaml(text, "x.yaml"), "volume").holds(scope)


@pytest.mark.parametrize(
    ("text", "fields", "truth"),
    [
        ("{place: removable}", {"place": "removable"}, True),
        ("{place: removable}", {"place": "fixed"}, False),
        ("{place: removable}", {}, None),
        ("{place is not: removable}", {"place": "fixed"}, True),
        ("{place is not: removable}", {}, None),
        ("{place one of: [fixed, optical]}", {"place": "optical"}, True),
        ("{place known: yes}", {}, False),
        ("{place known: no}", {}, True),
        ("{label has: school}", {"label": "OUR SCHOOL USB"}, True),
        ("{size at least: '1,000'}", {"size": 1000}, True),
        ("{size more than: 1000}", {"size": 1000}, False),
        ("{personal_files at most: 0}", {"personal_files": Range(low=0, high=0)}, True),
        ("{personal_files at most: 0}", {"personal_files": Range(low=0, high=3)}, None),
        ("{personal_files at most: 0}", {"personal_files": Range(low=1, high=UNBOUNDED)}, False),
        ("{personal_files: 2}", {"personal_files": Range(low=2, high=2)}, True),
        ("{personal_files is not: 2}", {"personal_files": Range(low=1, high=3)}, None),
        ("{any: [{place: fixed}, {system: yes}]}", {"place": "optical"}, None),
        ("{any: [{place: fixed}, {system: yes}]}", {"system": True}, True),
        ("{all: [{place: fixed}, {system: yes}]}", {"place": "optical"}, False),
        ("{not: {system: yes}}", {"system": False}, True),
        ("{system: on}", {"system": True}, True),
        ("{count: {of: file, at most: 0}}", {"unseen_files": 0}, True),
        ("{count: {of: file, at most: 0}}", {"unseen_files": 2}, None),
        ("{count: {of: file, at most: 3}}", {"unseen_files": 2}, True),
        ("{count: {of: file, at most: 0}}", {}, None),
        ("always", {}, True),
    ],
)
def test_conditions_have_three_answers(
    text: str, fields: dict[str, object], truth: bool | None
) -> None:
    assert holds(text, **fields) is truth


@given(TRUTHS, TRUTHS, TRUTHS)
def test_the_logic_is_kleenes(a: bool | None, b: bool | None, c: bool | None) -> None:
    assert all_of([a, b]) is all_of([b, a])
    assert all_of([a, all_of([b, c])]) is all_of([a, b, c])
    assert no(no(a)) is a
    assert no(all_of([a, b])) is any_of([no(a), no(b)])
    assert all_of([None, False]) is False
    assert any_of([None, True]) is True
