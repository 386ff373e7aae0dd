"""Lists in the shapes that offices make of them, and lists of other things."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from random import Random

import pytest
from labelled import Someone, crowd
from test_detect import look

from auditor.evidence import Strength


def C(rows: Sequence[Sequence[object]]) -> str:  # noqa: N802 - a table reads best with short names
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def born(person: Someone) -> str:
    return f"{person.born:%d/%m/%Y}"


p = crowd(Random(5), 30)


PEOPLE: list[tuple[str, int, str]] = [
    (
        "line breaks in headings",
        30,
        C(
            [["Surname", "First\nName", "Date of\nBirth", "Reg\nGrp"]]
            + [[x.surname, x.forename, born(x), x.form] for x in p]
        ),
    ),
    (
        "bilingual",
        30,
        C(
            [
                [
                    "Cyfenw / Surname",
                    "Enw Cyntaf / Forename",
                    "Dyddiad Geni / DOB",
                    "Dosbarth / Class",
                ]
            ]
            + [[x.surname, x.forename, born(x), x.form] for x in p]
        ),
    ),
    (
        "index and blank col",
        30,
        C(
            [["", "No.", "Pupil", "Yr", "FSM"]]
            + [["", i, x.name, x.year, "Y"] for i, x in enumerate(p)]
        ),
    ),
    (
        "marksheet",
        30,
        C(
            [
                ["Marksheet: Y9 Maths Autumn"],
                [],
                ["Students", "Assessment 1", "Assessment 2", "Effort"],
            ]
            + [[f"{x.surname}, {x.forename}", "34", "45", "2"] for x in p]
        ),
    ),
    (
        "register dates",
        30,
        C(
            [["Class 4M", "Mon 3/11", "Tue 4/11", "Wed 5/11", "Thu 6/11"]]
            + [[x.name, "/", "\\", "N", "/"] for x in p]
        ),
    ),
    (
        "seating plan",
        30,
        C([["Front of class"]] + [[x.name for x in p[i : i + 5]] for i in range(0, 30, 5)]),
    ),
    (
        "surname forename no comma",
        30,
        C(
            [["NAME", "FORM", "HOUSE"]]
            + [[f"{x.surname.upper()} {x.forename}", x.form, "Red"] for x in p]
        ),
    ),
    (
        "ldap",
        30,
        C(
            [["sn", "givenName", "sAMAccountName", "mail"]]
            + [
                [x.surname, x.forename, f"20{x.surname[:4]}", f"{x.forename}@hill.sch.uk"]
                for x in p
            ]
        ),
    ),
    (
        "address book",
        30,
        C(
            [["First Name", "Last Name", "E-mail Address", "Mobile Phone", "Home Street"]]
            + [[x.forename, x.surname, x.email, x.phone, x.street] for x in p]
        ),
    ),
    (
        "contacts of pupils",
        30,
        C(
            [
                [
                    "Pupil",
                    "Form",
                    "Contact 1 Name",
                    "Contact 1 Rel",
                    "Contact 1 Tel",
                    "Contact 2 Name",
                    "Contact 2 Tel",
                ]
            ]
            + [[x.name, x.form, x.parent, "Mother", x.phone, x.parent, x.phone] for x in p]
        ),
    ),
    (
        "parents only",
        30,
        C([["Parent/Guardian", "Email", "Mobile"]] + [[x.parent, x.email, x.phone] for x in p]),
    ),
    (
        "staff titled",
        30,
        C(
            [["Staff", "Role", "Phone"]]
            + [[f"Mrs {x.forename[0]} {x.surname}", "TA", x.phone] for x in p]
        ),
    ),
    (
        "birthdays",
        30,
        C(
            [["Name", "Birthday", "Class"]]
            + [[x.name, x.born.strftime("%d %B"), x.form] for x in p]
        ),
    ),
    (
        "exam seats",
        30,
        C(
            [["Candidate No", "Candidate Name", "Seat", "Room", "Access Arr"]]
            + [
                [str(4000 + i), f"{x.surname}, {x.forename}", "A1", "Hall", "25%"]
                for i, x in enumerate(p)
            ]
        ),
    ),
    (
        "library loans",
        30,
        C(
            [["Borrower", "Class", "Book title", "Author", "Due"]]
            + [[x.name, x.form, "Matilda", "Dahl, Roald", "12/12/2025"] for x in p]
        ),
    ),
    (
        "stacked blocks",
        30,
        C(
            [
                row
                for k in range(3)
                for row in (
                    [f"Class {k}"],
                    ["Surname", "Forename", "DOB"],
                    *([x.surname, x.forename, born(x)] for x in p[k * 10 : k * 10 + 10]),
                    [],
                )
            ]
        ),
    ),
    (
        "first aid log",
        28,
        C(
            [["Date", "Child", "Class", "Injury", "Treatment", "First aider"]]
            + [["3/11/25", x.name, x.form, "bumped head", "ice", "Mrs Lee"] for x in p[:28]]
        ),
    ),
    ("upn only + facts", 30, C([["UPN", "SEN", "FSM"]] + [[x.upn, "K", "Y"] for x in p])),
    (
        "dob postcode facts",
        30,
        C(
            [["DOB", "Postcode", "Ethnicity", "SEN"]]
            + [[born(x), x.postcode, "WBRI", "K"] for x in p]
        ),
    ),
    (
        "fixed title+notes",
        30,
        C(
            [["Hill Top"], ["Year 6 leavers - secondary transfer"], ["Updated 4/7/25"], []]
            + [["Child's surname", "Child's first name", "D of B", "Secondary school", "Siblings"]]
            + [[x.surname, x.forename, born(x), "Northgate", ""] for x in p]
        ),
    ),
    (
        "wide export",
        30,
        C(
            [
                [
                    "Estab",
                    "LA",
                    "UPN",
                    "FormerUPN",
                    "Surname",
                    "Forename",
                    "Middle",
                    "PrefSurname",
                    "DOB",
                    "Gender",
                    "Ethnicity",
                    "Lang",
                    "YearTaughtIn",
                    "RegGroup",
                    "EntryDate",
                    "FSM",
                    "SEN",
                ]
                + [f"Custom{i}" for i in range(40)]
            ]
            + [
                [
                    "4321",
                    "999",
                    x.upn,
                    "",
                    x.surname,
                    x.forename,
                    "",
                    x.surname,
                    born(x),
                    "M",
                    "WBRI",
                    "ENG",
                    "4",
                    x.form,
                    "01/09/2020",
                    "false",
                    "N",
                ]
                + ["x"] * 40
                for x in p
            ]
        ),
    ),
    (
        "google roster",
        30,
        C(
            [["Last Name", "First Name", "Email Address", "Essay (100)", "Quiz"]]
            + [[x.surname, x.forename, x.forename + "@s.org", "88", "9"] for x in p]
        ),
    ),
    (
        "key value two people",
        2,
        C(
            [
                ["Child 1", ""],
                ["Name", p[0].name],
                ["DOB", born(p[0])],
                ["Allergies", "nuts"],
                ["", ""],
                ["Child 2", ""],
                ["Name", p[1].name],
                ["DOB", born(p[1])],
                ["Allergies", "none"],
            ]
        ),
    ),
    (
        "governors",
        12,
        C(
            [["Governor", "Category", "Term of office ends", "Email"]]
            + [[x.name, "Parent", "31/08/2026", x.email] for x in p[:12]]
        ),
    ),
    ("clubs", 30, C([["Chess club sign-up"], ["Name", "Class"]] + [[x.name, x.form] for x in p])),
    ("coach list", 30, C([["Coach 1"], []] + [[i + 1, x.name] for i, x in enumerate(p)])),
    (
        "dinner register",
        30,
        C(
            [["Child", "Mon", "Tue", "Wed", "Balance"]]
            + [[x.name, "H", "S", "H", "-4.20"] for x in p]
        ),
    ),
    (
        "salary initials",
        20,
        C(
            [["Employee", "Ref", "Grade", "Scale Point", "Gross"]]
            + [[f"{x.forename[0]} {x.surname}", "E100", "C", "5", "1200.00"] for x in p[:20]]
        ),
    ),
    (
        "interview shortlist",
        6,
        C(
            [["Applicant", "Score", "Qualified?", "Reference received"]]
            + [[x.name, "14", "Y", "N"] for x in p[:6]]
        ),
    ),
    (
        "sn underscores",
        30,
        C(
            [["student_first_name", "student_last_name", "student_dob", "homeroom"]]
            + [[x.forename, x.surname, born(x), x.form] for x in p]
        ),
    ),
]
OTHERS: list[tuple[str, str]] = [
    (
        "visitor types",
        C([["Month", "Visitors", "Contractors"], ["Jan", "30", "4"], ["Feb", "22", "1"]]),
    ),
    (
        "school list",
        C(
            [["School", "Head teacher", "Postcode", "Phone", "URN"]]
            + [
                [f"{w} Primary", f"Mrs {x.surname}", x.postcode, x.phone, "100000"]
                for w, x in zip("Hill Mill Dale Lake Moor Rose Oak".split(), p[:7], strict=True)
            ]
        ),
    ),
    (
        "staff rota initials",
        C([["Duty", "Mon", "Tue"], ["Gate", "JS", "KP"], ["Hall", "AB", "CD"]]),
    ),
    ("house points", C([["House", "Points"], ["Red", "120"], ["Blue", "100"]])),
    (
        "prices w names",
        C(
            [
                ["Product", "Brand", "Price"],
                ["Victoria sponge", "Mr Kipling", "2.10"],
                ["Earl Grey", "Taylors", "3.10"],
            ]
        ),
    ),
    (
        "places",
        C(
            [
                ["Town", "County", "Population"],
                ["Lincoln", "Lincolnshire", "100000"],
                ["Chester", "Cheshire", "90000"],
                ["Preston", "Lancashire", "80000"],
            ]
        ),
    ),
    (
        "variables",
        C(
            [
                ["name", "type", "description"],
                ["surname", "text", "Family name"],
                ["dob", "date", "Date of birth"],
                ["upn", "text", "UPN"],
            ]
        ),
    ),
    (
        "data dictionary",
        C(
            [
                ["Field", "Length", "Example"],
                ["UPN", "13", "A123456789012"],
                ["Surname", "35", "Smith"],
                ["Forename", "35", "John"],
                ["DOB", "10", "01/02/2010"],
            ]
        ),
    ),
    (
        "kings",
        C(
            [
                ["Monarch", "House", "Reign", "Born"],
                ["Henry VIII", "Tudor", "1509-1547", "28/06/1491"],
                ["Mary I", "Tudor", "1553-1558", "18/02/1516"],
            ]
        ),
    ),
    (
        "poems",
        C(
            [
                ["Poem", "Poet", "Year"],
                ["Daffodils", "William Wordsworth", "1807"],
                ["If", "Rudyard Kipling", "1910"],
            ]
        ),
    ),
    (
        "artists",
        C(
            [
                ["Painting", "Artist", "Born"],
                ["Sunflowers", "Vincent van Gogh", "1853"],
                ["Haystacks", "Claude Monet", "1840"],
            ]
        ),
    ),
    (
        "F1",
        C(
            [["Driver", "Nationality", "Team", "Date of birth", "Wins"]]
            + [[x.name, "British", "Williams", "01/02/1990", "3"] for x in p]
        ),
    ),
    (
        "MPs",
        C(
            [["Name", "Party", "Constituency", "Email"]]
            + [[x.name, "Labour", "Leeds", "a@parliament.uk"] for x in p]
        ),
    ),
    (
        "events",
        C(
            [
                ["Date", "Event", "Lead"],
                ["3/11", "Harvest", "Mrs Lee"],
                ["4/11", "Trip", "Mr Khan"],
                ["5/11", "Fair", "Miss Fox"],
            ]
        ),
    ),
    (
        "contractors",
        C(
            [
                ["Contractor", "Trade", "Mobile", "Insurance expiry"],
                ["Bob Smith Plumbing", "Plumber", "07700900123", "1/1/26"],
                ["Green & Co", "Electrician", "07700900124", "1/1/26"],
            ]
        ),
    ),
    (
        "counts",
        C(
            [
                ["Ethnicity", "Boys", "Girls"],
                ["WBRI", "100", "120"],
                ["APKN", "30", "20"],
                ["BAFR", "10", "9"],
            ]
        ),
    ),
    (
        "survey",
        C(
            [
                ["Timestamp", "How old are you?", "Do you like school?", "Comments"],
                ["3/11/2025 10:00", "9", "Yes", "fun"],
                ["3/11/2025 10:01", "10", "No", "boring"],
            ]
        ),
    ),
    (
        "anon hash",
        C(
            [["student_hash", "sen", "fsm", "reading"]]
            + [[f"{Random(7).getrandbits(64):016x}", "K", "Y", "100"] for _ in range(30)]
        ),
    ),
    (
        "anon P codes DOB year",
        C(
            [["Ref", "Year of birth", "Gender", "SEN"]]
            + [[f"R{i}", "2014", "M", "K"] for i in range(30)]
        ),
    ),
    ("git log", C([["commit", "author", "date"]] + [["a1b2c3", x.name, "2024-01-01"] for x in p])),
    (
        "book club",
        C([["Title", "Author", "Year", "Rating"]] + [["Novel", x.name, "2001", "4"] for x in p]),
    ),
    (
        "cast",
        C(
            [
                ["Character", "Played by", "Film"],
                ["Hermione Granger", "Emma Watson", "HP1"],
                ["Ron Weasley", "Rupert Grint", "HP1"],
            ]
        ),
    ),
]


@pytest.mark.parametrize(("people", "text"), [x[1:] for x in PEOPLE], ids=[x[0] for x in PEOPLE])
def test_people_in_a_list_are_found_and_counted(people: int, text: str) -> None:
    found = look(text)

    assert found is not None
    assert found.strength is not Strength.POSSIBLE
    assert abs((found.people.low + found.people.high) / 2 - people) <= 0.1 * people


@pytest.mark.parametrize("text", [x[1] for x in OTHERS], ids=[x[0] for x in OTHERS])
def test_lists_of_other_things_are_not_accused(text: str) -> None:
    assert look(text) is None
