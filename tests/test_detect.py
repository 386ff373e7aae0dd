from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make import HEADINGS, class_list, letter, pupils, row, table

from auditor.content.detect import Detector
from auditor.content.detect.checking import wrong
from auditor.content.detect.look import Look, masked
from auditor.content.extract.plain import delimiter
from auditor.content.passages import passages
from auditor.content.passages import text as running
from auditor.content.raw import Document, Passage
from auditor.evidence import Range, Strength
from auditor.rulebook import personal_data
from auditor.shipped import shipped


@cache
def detector() -> Detector:
    return Detector(personal_data.load(shipped("rules")))


def document(text: str | bytes) -> Document:
    raw = text.encode() if isinstance(text, str) else text
    mark = delimiter(raw[:65_536].decode("utf-8", "replace"))
    return Document(
        kind="table" if mark else "text",
        passages=passages(iter([raw])),
        size=len(raw),
        delimiter=mark,
    )


def look(text: str | bytes) -> Look | None:
    return detector().look(document(text))


def test_every_definition_agrees_with_its_own_examples() -> None:
    assert [e.problem for e in wrong(personal_data.load(shipped("rules")))] == []


PUPIL = "F999000120001,Example,Ann,2014-03-02"

FOUND = [
    ("a class list", class_list(30), 30, Strength.CERTAIN, "SEN register"),
    ("with semicolons", class_list(30, delimiter=";"), 30, Strength.CERTAIN, "SEN register"),
    ("with tabs", class_list(30, delimiter="\t"), 30, Strength.CERTAIN, "SEN register"),
    ("one pupil is enough", f"UPN,Surname,Forename,DOB\n{PUPIL}", 1, Strength.CERTAIN, "pupil list"),
    ("a UPN with a wrong letter", "UPN,Surname,Forename,DOB\nC123456789014,Old,Olive,2006-05-04", 1,
     Strength.CERTAIN, "pupil list"),
    ("a title above the headings", f"Hill Top Primary\nClass 3B,,,\n\nUPN,Surname,Forename,DOB\n{PUPIL}\n", 1,
     Strength.CERTAIN, "pupil list"),
    ("names and forms", "Forename,Surname,Reg Group\nAnn,Example,3B\nBob,Sample,3B\n", 2, Strength.LIKELY,
     "pupil list"),
    ("headings of a program", "LegalForename,LegalSurname,DateOfBirth,IsLookedAfter\nAnn,Example,02/03/2014,N\n",
     1, Strength.CERTAIN, "list of people"),
    ("Welsh headings", "Enw Cyntaf;Cyfenw;Dyddiad Geni\nEfa;Ap-Enghraifft;02/03/2014\n", 1, Strength.CERTAIN,
     "list of people"),
    ("quoted cells", '"Pupil name","Medical conditions"\n"Example, Ann","asthma, ""mild"""\n', 1,
     Strength.CERTAIN, "medical list"),
    ("payroll", "Surname,First name,NI Number,Sort Code,Account Number\nExample,Ann,JG103759A,00-00-00,12345678\n",
     1, Strength.CERTAIN, "payroll"),
    ("parents", "Pupil name,Parent,Home phone,Address\nAnn Example,Bob Example,01632 960123,1 No Street\n", 1,
     Strength.LIKELY, "pupil list"),
    ("a letter", letter(pupils(1)[0]), 1, Strength.CERTAIN, "SEN document"),
    ("two UPNs in a note", "Please add F999000120001 and G999999900001 to the trip.\n", 2, Strength.CERTAIN,
     "document about pupils"),
    ("a payslip", "National Insurance no: JG 10 37 59 A\nNet pay 1,234.00\n", 1, Strength.LIKELY, "payslip"),
    ("a form that was filled in", "Pupil name: Ann Example\nAllergy: nuts, has an epipen\n", 1, Strength.CERTAIN,
     "medical document"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "people", "strength", "category"), [f[1:] for f in FOUND], ids=[f[0] for f in FOUND]
)
def test_personal_data_is_found(text: str, people: int, strength: Strength, category: str) -> None:
    found = look(text)

    assert found is not None
    assert found.people == Range(low=people, high=people)
    assert found.strength is strength
    if category not in {"list of people", "pupil list"}:
        assert found.category == category


REFUSED = {
    "a price list": "Item,Price,Supplier\nGlue,1.20,Example Ltd\nPens,3.40,Sample plc\n",
    "suppliers": "Name,Email,Phone\nExample Ltd,sales@example.org,01632 960123\nSample plc,a@example.com,01632 960124\n",
    "a library": "ISBN,Title,Author\n9780000000002,A Book,A. Writer\n9780000000019,B Book,B. Writer\n",
    "a timetable": "Period,Mon,Tue\n1,Maths,English\n2,Art,PE\n",
    "a log": "".join(
        f"2026-11-24T10:00:{n:02} id=17000000{n:02} request 1234567899 ok\n" for n in range(60)
    ),
    "an empty form": "UPN,Surname,Forename,DOB\n,,,\n",
    "headings alone": "UPN,Surname,Forename,DOB\n",
    "a form to fill in": "Pupil name: ____________\nDate of birth: __/__/____\nSEN: yes / no\n",
    "a policy on UPNs": "Every pupil has a UPN: a letter and twelve digits. The school keeps it for life.\n",
    "a policy on SEN": "Our SENCO writes an EHCP with parents. Safeguarding concerns go to the DSL.\n",
    "a licence": "Copyright 2026 A. Writer <a.writer@example.org>\nPermission is hereby granted…\n",
    "a newsletter": "Dear all, the fair is on 4 May. Call the office on 01632 960123 or office@example.org.\n",
    "code": "def f(x):\n    return {'name': x, 'dob': None, 'nhs': 9434765918}\n",
    "numbers": "".join(f"{n}\n" for n in range(1_000_000_000, 1_000_000_900)),
    "nothing": "\n\n",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_holds_nobody_is_not_accused(text: str) -> None:
    assert look(text) is None


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("A UPN looks like F999000120001: a letter, then twelve digits.\n", None),
        ("Ref F999000120001 of today\n", Strength.POSSIBLE),
        ("Please send the file of the pupil with UPN F999000120001 to us.\n", Strength.LIKELY),
    ],
)
def test_one_upn_counts_by_what_stands_before_it(text: str, strength: Strength | None) -> None:
    found = look(text)

    assert (found.strength if found else None) is strength


@pytest.mark.parametrize("number", ["943 476 5919", "1234567899"])
def test_weak_numbers_count_with_a_word_beside_them_and_not_without(number: str) -> None:
    assert look(f"ref {number} of today\n") is None
    assert look(f"NHS number {number}; ULN {number}\n") is not None


def test_sensitive_data_are_told_apart() -> None:
    assert look(class_list(30)).special  # type: ignore[union-attr]
    assert not look(f"UPN,Surname,Forename,DOB\n{PUPIL}").special  # type: ignore[union-attr]


def test_a_pupil_with_many_rows_is_one_pupil() -> None:
    rows = [
        [p.upn, p.surname, p.forename, p.born.isoformat(), str(n)]
        for p in pupils(12)
        for n in range(9)
    ]
    found = look(table(rows, headings=("UPN", "Surname", "Forename", "DOB", "Mark")))

    assert found is not None
    assert found.people == Range(low=12, high=12)


def test_a_large_list_is_estimated_and_the_truth_lies_within() -> None:
    one = [row(p) for p in pupils(2_000)]
    rows = [[f"{r[0][:4]}{n:04}{r[0][8:]}", *r[1:]] for n in range(60) for r in one]
    truth = len({r[0] for r in rows})
    found = look(table(rows))

    assert found is not None
    assert not found.whole
    assert found.people.low <= truth <= found.people.high
    assert found.people.high <= found.people.low * 1.1


@given(st.permutations(range(25)), st.integers(0, 10))
def test_people_are_counted_blind_to_order_and_repetition(order: list[int], again: int) -> None:
    rows = [row(p) for p in pupils(25)]
    mixed = [rows[n] for n in order] + rows[:again]

    assert look(table(mixed)).people == Range(low=25, high=25)  # type: ignore[union-attr]


@settings(max_examples=60)
@given(st.text(max_size=400) | st.binary(max_size=400))
def test_any_text_and_any_bytes_are_looked_at_without_a_crash(text: str | bytes) -> None:
    look(text)
    look(
        (",".join(HEADINGS) + "\n").encode()
        + (text.encode("utf-8", "replace") if isinstance(text, str) else text)
    )


@given(st.text(min_size=1, max_size=60))
def test_a_masked_sample_shows_two_characters_at_most(value: str) -> None:
    shown = masked(value)

    assert len(shown.rstrip("•")) <= 2 or "•" in value
    assert len(shown) <= 14


def test_records_with_raw_text_never_show_it() -> None:
    passage = Passage(data=b"F999000120001")

    assert "F999" not in repr(passage)
    assert "F999" not in repr(document("F999000120001"))


def test_many_comments_at_the_start_of_a_file_do_not_stop_the_scan() -> None:
    from auditor.content.refine import _HTML

    comments = b"<!-- a -- b -->\n<!-- c -->\n" * 400

    assert _HTML.match(b"<?xml version='1.0'?>\n" + comments + b"<book>") is None
    assert _HTML.match(comments + b"<html>")


HARD = ["a" * 60_000, "A " * 30_000, "- " * 30_000, "Name:" * 12_000, " \n" * 30_000, "\"" * 40_000, "<td " * 15_000, "x, " * 20_000,
        "Ann Example's " * 4_000, "A-" * 30_000, "1/1/2020 " * 6_000, "_" * 60_000, "Surname\n\n" * 6_000, "(" * 40_000, "Dear " * 12_000]  # fmt: skip


@pytest.mark.parametrize("text", HARD, ids=[h[:8].strip() for h in HARD])
def test_text_made_to_be_slow_is_looked_at_to_its_end(text: str) -> None:
    look("Pupil name: SEN autism safeguarding DOB\n" + text)


def test_a_long_text_is_read_for_names_far_from_its_start() -> None:
    told = "".join(
        f"\n\n{p.forename} {p.surname} ({p.form}) was upset at lunch. {p.forename} said that dad had hit mum. "
        "Social worker informed, body map done.\n"
        for p in pupils(30)
    )
    start = (
        "Minutes of the buildings group. The roof was looked at and the gutters are clear.\n"
        * 4_000
    )
    found = detector().look(running([start + told], len(start)))

    assert found is not None
    assert found.whole
    assert 22 <= found.people.high <= 33


def test_a_text_too_long_to_be_read_for_names_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.content.detect.text.MOST", 300_000)
    line = "Pupils with asthma keep an inhaler in the office, as the policy says.\n"
    one = detector()
    list(one.looks([running([line * 20_000], 1_000_000)]))

    assert one.cut == 1
