"""The same people in several files are counted once, as far as can be told."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make import HEADINGS, letter, pupils, row, table

from auditor.content import scan
from auditor.content.crowd import Gathering, crowd, shared
from auditor.content.found import Found
from auditor.content.grouping import Packed, groups
from auditor.content.walk import Root
from auditor.evidence import Range
from auditor.rulebook import personal_data
from auditor.rulebook.facts import people
from auditor.shipped import shipped


def of(names: list[str]) -> tuple[int, Packed]:
    return len(names), Packed.of(crowd({"name": names}))


ALL = [f"pupil {n}" for n in range(900)]
OTHERS = [f"other {n}" for n in range(300)]


@pytest.mark.parametrize(
    ("story", "lists", "expected"),
    [
        ("a copy", [ALL, list(ALL)], [1, 1]),
        ("an older copy with leavers", [ALL, ALL[:800] + OTHERS[:40]], [1, 1]),
        ("a class of the school", [ALL[30:60], ALL], [1, 1]),
        ("a letter about one of them", [ALL, ALL[5:6]], [1, 1]),
        ("another school", [ALL, OTHERS], [1, 2]),
        ("half of them", [ALL, ALL[:200] + OTHERS[:200]], [1, 2]),
        ("nobody known", [ALL, []], [1, 0]),
    ],
)
def test_files_about_the_same_people_are_grouped(
    story: str, lists: list[list[str]], expected: list[int]
) -> None:
    assert groups([of(names) for names in lists]) == expected


@given(st.permutations(range(6)))
def test_groups_do_not_depend_on_the_order_of_files(order: list[int]) -> None:
    lists = [ALL, ALL[:30], ALL[30:60], OTHERS, OTHERS[:10], ALL[:500]]
    found = groups([of(lists[n]) for n in order])
    by_list = dict(zip(order, found, strict=True))

    assert len({by_list[n] for n in (0, 1, 2, 5)}) == 1
    assert by_list[3] == by_list[4] != by_list[0]


@given(st.integers(1, 3000), st.integers(0, 3000), st.integers(0, 10**6))
def test_people_of_two_sheets_lie_between_the_larger_and_the_sum(
    one: int, both: int, seed: int
) -> None:
    first = [f"{seed} {n}" for n in range(one)]
    second = [f"{seed} {n}" for n in range(max(one - both, 0), one + 5)]
    gathered = Gathering()
    for names in (first, second):
        gathered.add(Range(low=len(names), high=len(names)), crowd({"name": names}))
    truth, found = len(set(first) | set(second)), gathered.people()

    assert max(len(first), len(second)) <= found.low <= found.high <= len(first) + len(second)
    assert abs(found.high - truth) <= 0.1 * truth + 5


def test_lists_without_a_key_in_common_cannot_be_compared() -> None:
    assert shared(crowd({"upn": ALL}), crowd({"name": ALL})) is None


def test_a_stick_with_copies_of_one_list_is_about_the_people_of_that_list(tmp_path: Path) -> None:
    school = pupils(240)
    (tmp_path / "all.csv").write_text(table([row(p) for p in school]), "utf-8")
    mixed = [row(p) for p in school]
    Random(3).shuffle(mixed)
    (tmp_path / "all (1).csv").write_text(table(mixed, ";"), "utf-8")
    (tmp_path / "names.csv").write_text(
        table(
            [[p.forename, p.surname, p.form] for p in school],
            headings=("First name", "Surname", "Class"),
        ),
        "utf-8",
    )
    (tmp_path / "3B.csv").write_text(
        table([row(p) for p in school[:28]], headings=HEADINGS), "utf-8"
    )
    (tmp_path / "letter.txt").write_text(letter(school[9]), "utf-8")
    found = Found()
    scan([Root(path=str(tmp_path), volume="")], personal_data.load(shipped("rules")), found, jobs=1)
    files = found.all_files()

    assert len(files) == 5
    assert {f.same_people for f in files} == {1}
    total = people(list(files), 0)
    assert total.low == 240
    assert total.high <= 250


def test_versions_of_a_list_are_one_list_and_a_class_of_it_is_not(tmp_path: Path) -> None:
    school = pupils(120)
    rows = [row(p) for p in school]
    last_year = rows[6:] + [row(p) for p in pupils(6, 77)]
    versions = {
        "all.csv": table(rows),
        "all by form.csv": table(sorted(rows, key=lambda r: r[-1]), ";"),
        "without numbers.csv": table([r[1:] for r in rows], headings=HEADINGS[1:]),
        "2024.csv": table(last_year),
        "3B.csv": table(rows[:28]),
        "others.csv": table([row(p) for p in pupils(30, 5)]),
    }
    for name, text in versions.items():
        (tmp_path / name).write_text(text, "utf-8")
    found = Found()
    scan([Root(path=str(tmp_path), volume="")], personal_data.load(shipped("rules")), found, jobs=1)
    files = {Path(f.path).name: f for f in found.all_files()}
    whole = ("all.csv", "all by form.csv", "without numbers.csv", "2024.csv")

    assert len({files[n].same_list for n in whole}) == 1
    assert files["3B.csv"].same_people == files["all.csv"].same_people
    assert len({files[n].same_list for n in ("all.csv", "3B.csv", "others.csv")}) == 3
    assert 120 <= people([files[n] for n in (*whole, "3B.csv")], 0).high <= 132
