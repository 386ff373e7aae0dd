"""Made-up files of a school, each labelled with what it holds, and files that only look like it.

`corpus(seed)` gives a few hundred, never the same for two seeds: lists in the shapes that offices
make of them, letters, logs, plans and mail, and price lists, policies, novels and the like. Names
come from Faker's locales, a list of our own and, for one in ten, from syllables, so that no list
of names knows them all.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, partial
from random import Random

from faker import Faker
from make import nhs_number, uln_number, upn

LOCALES = ("en_GB",) * 6 + (
    "en_IN",
    "en_PK",
    "pl_PL",
    "ro_RO",
    "pt_PT",
    "en_NG",
    "lt_LT",
    "en_IE",
    "yo_NG",
)
OWN = (
    "Aisha Rahman|Yusuf Ali|Maryam Hussain|Zakariya Begum|Ayaan Miah|Kacper Nowak|Zuzanna Wójcik|Oluwaseun Adeyemi|"
    "Chidera Okafor|Kwame Boateng|Tinashe Moyo|Jayden Campbell|Shanice Gordon|Gurpreet Kaur|Arjun Patel|Simran Sidhu|"
    "Rhys Llewellyn|Cerys Ap Gwilym|Siân O'Neill|Wei Zhang|Linh Nguyen|Emre Yılmaz|Ioana Popescu|Lukas Kazlauskas|"
    "Freya Smith|Archie Brown|Isla-Rose Taylor|Noah Jones|Alfie Walker-Reid|Mabel Green|Will Young|Grace May|"
    "Mohammed Khan|Muhammad Ahmed|Fatima Abdi|Hodan Warsame|Bilal Chaudhry|Ruth Oyelaran|Daisy King|Rose Hill"
).split("|")


@dataclass
class Sample:
    """One file and what is true of it."""

    name: str
    data: bytes
    personal: bool
    shape: str
    """`table`, `document` or `negative`."""
    label: str
    people: int = 0


@dataclass
class Someone:
    forename: str
    surname: str
    born: date
    year: int
    form: str
    gender: str
    upn: str
    adno: str
    nhs: str
    uln: str
    phone: str
    postcode: str
    street: str
    email: str
    parent: str
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.forename} {self.surname}"


@cache
def faker(locale: str) -> Faker:
    return Faker(locale, use_weighting=True)


SYLLABLES = "ka lo mi ren ta vos el ber qui sha no dar fi zu lin mor pe ga thi wen".split()


def full(r: Random) -> tuple[str, str]:
    way = r.random()
    if way < 0.06:
        made = ["".join(r.choices(SYLLABLES, k=r.randint(2, 3))).title() for _ in range(2)]
        return made[0], made[1]
    if way < 0.35:
        first, _, last = r.choice(OWN).partition(" ")
        other = r.choice(OWN).partition(" ")[2] if r.random() < 0.6 else last
        return first, other
    f = faker(r.choice(LOCALES))
    f.seed_instance(r.randrange(10**9))
    return f.first_name().split()[0], f.last_name()


STREETS = "Church Lane|Mill Road|Station Road|High Street|Orchard Close|Kings Avenue|Park View|Elm Grove|Maple Drive|The Green".split(
    "|"
)


def someone(r: Random, years: tuple[int, int] = (1, 11), latest: int = 2025) -> Someone:
    first, last = full(r)
    year = r.randint(*years)
    born = date(latest - 5 - year, 9, 1) + timedelta(days=r.randrange(364))
    pf, pl = full(r)
    return Someone(
        forename=first, surname=last, born=born, year=year,
        form=r.choice([f"{year}{r.choice('ABCKLMR')}", f"{year}{r.choice('ABC')}{r.randint(1, 2)}", f"{year}.{r.randint(1, 4)}"]),
        gender=r.choice("MF"), upn=upn(r, temporary=r.random() < 0.05), adno=f"{r.randint(1000, 9999):06}",
        nhs=nhs_number(r), uln=uln_number(r), phone=r.choice(["07700 900{:03}", "07700900{:03}", "01632 960{:03}", "+44 7700 900{:03}"]).format(r.randrange(1000)),
        postcode=f"{r.choice(['LS', 'B', 'CF', 'NE', 'SW', 'M', 'LL'])}{r.randint(1, 29)} {r.randint(1, 9)}{r.choice('ABDEFGHJLN')}{r.choice('ABDEFGHJLN')}",
        street=f"{r.randint(1, 190)} {r.choice(STREETS)}", email=f"{pf.lower()[:1]}.{pl.lower().replace(' ', '')}{r.randint(1, 99)}@{r.choice(['gmail.com', 'hotmail.co.uk', 'yahoo.co.uk', 'btinternet.com'])}",
        parent=f"{r.choice(['Mr', 'Mrs', 'Ms', 'Miss', 'Dr'])} {pf} {last if r.random() < 0.6 else pl}",
    )  # fmt: skip


def crowd(r: Random, n: int, years: tuple[int, int] = (1, 11)) -> list[Someone]:
    made: dict[tuple[str, str], Someone] = {}
    while len(made) < n:
        p = someone(r, years)
        made[p.name.casefold(), str(p.born)] = p
    return list(made.values())


def dated(r: Random) -> Callable[[date], str]:
    return r.choice([lambda d: f"{d:%d/%m/%Y}", lambda d: f"{d:%Y-%m-%d}", lambda d: f"{d:%d.%m.%y}", lambda d: f"{d:%d %b %Y}",
                     lambda d: f"{d:%d-%m-%Y}", lambda d: f"{d.day} {d:%B} {d.year}", lambda d: f"{d:%Y-%m-%d} 00:00:00"])  # fmt: skip


def written(r: Random, rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(
        out, delimiter=r.choice(",,,,;\t|"), lineterminator=r.choice(["\r\n", "\n"])
    ).writerows(rows)
    text = out.getvalue()
    encoding = r.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"])
    return text.encode(encoding, "replace")


SURNAME = "Surname|Legal Surname|Last Name|LastName|Family name|Pupil Surname|surname|SURNAME|Cyfenw|Preferred Surname|Student Last Name|last_name|legalSurname".split(
    "|"
)
FORENAME = "Forename|Legal Forename|First Name|FirstName|Given name|Preferred Forename|Chosen Name|forename|FORENAME|Enw Cyntaf|First name(s)|first_name|Known as|Forename(s)".split(
    "|"
)
FULL = "Name|Pupil Name|Student|Student Name|Child|Child's Name|Pupil|Full Name|Name of child|Learner|NAME|Enw|Pupil's full name|Children|Surname, Forename".split(
    "|"
)
BORN = "DOB|Date of Birth|D.O.B.|Birth Date|DateOfBirth|Dyddiad Geni|D.O.B|Date Of Birth (dd/mm/yyyy)|DoB|birth_date".split(
    "|"
)
YEAR = "Year|Year Group|NC Year|Yr|Year Taught In|YearGroup|Blwyddyn|NCyearActual|Yr Gp".split("|")
FORM = "Reg|Reg Group|Registration Form|Form|Class|Tutor Group|Registration group|Dosbarth|Tutor|reg_group|Class Name".split(
    "|"
)
MORE: dict[str, tuple[str, Callable[[Random, Someone], str]]] = {
    "gender": ("Gender|Sex|M/F|Rhyw|Legal Sex", lambda r, p: p.gender),
    "upn": ("UPN|Unique Pupil Number|Pupil UPN|upn|UPN No.", lambda r, p: p.upn),
    "adno": ("Adno|Admission Number|Adm No|Admission No.|Student ID|MIS ID|Pupil ref", lambda r, p: p.adno),
    "nhs": ("NHS Number|NHS No|NHS", lambda r, p: p.nhs),
    "uln": ("ULN|Unique Learner Number", lambda r, p: p.uln),
    "sen": ("SEN|SEN Status|SEN Code|SEND|Special Needs|SEN Need|ALN|ADY", lambda r, p: r.choice(["", "N", "K", "E", "SEMH", "ASD", "SLCN"])),
    "fsm": ("FSM|Free School Meals|Eligible for free meals|FSM Ever 6|FSMeligible|PP|Pupil Premium Indicator|Disadvantaged", lambda r, p: r.choice(["Y", "N", "", "Yes", "No", "T", "F"])),
    "ethnicity": ("Ethnicity|Ethnic Group|Ethnicity Code", lambda r, p: r.choice(["WBRI", "APKN", "White - British", "Indian", "BAFR", "Any other"])),
    "eal": ("EAL|First Language|Home Language|English as additional language", lambda r, p: r.choice(["ENG", "Urdu", "Polish", "Y", "N"])),
    "lac": ("In care|Looked After|LAC|CLA|In LEA Care|Ever in care", lambda r, p: r.choice(["N", "N", "Y", ""])),
    "medical": ("Medical|Medical Conditions|Allergies|Medical notes|Dietary Needs|Medication", lambda r, p: r.choice(["", "", "Asthma - blue inhaler", "Nut allergy", "Epilepsy", "None", "Eczema"])),
    "attendance": ("% Attendance|Attendance|Att %|Attendance %", lambda r, p: f"{r.uniform(70, 100):.1f}"),
    "reading": ("Reading age|KS2 Reading|Maths|Predicted grade|Target|Effort", lambda r, p: str(r.randint(1, 120))),
    "postcode": ("Postcode|Post Code|Home postcode|PostCode", lambda r, p: p.postcode),
    "address": ("Address|Home Address|Address line 1|Street", lambda r, p: p.street),
    "phone": ("Telephone|Mobile|Home phone|Parent mobile|Contact number|Emergency phone|Tel", lambda r, p: p.phone),
    "email": ("Email|Parent email|Home Email|E-mail", lambda r, p: p.email),
    "parent": ("Parent/Carer|Priority 1 Contact|Parent name|Mother|Emergency contact|Contact 1", lambda r, p: p.parent),
    "religion": ("Religion|Faith", lambda r, p: r.choice(["Muslim", "Christian", "None", "Sikh"])),
    "behaviour": ("Behaviour points|Exclusions|Behaviour|Detentions", lambda r, p: str(r.randint(0, 9))),
    "doctor": ("Doctor|GP|GP Surgery", lambda r, p: "Dr " + r.choice(["Shah", "Lewis", "Obi"])),
    "house": ("House|Tutor|Bus route|Locker", lambda r, p: r.choice(["Red", "Blue", "Green"])),
    "custom": ("Seat|T-shirt size|Notes|Column1|Order", lambda r, p: str(r.randint(1, 40))),
}  # fmt: skip
TITLES = ("Hill Top Primary School|Class list {f}|Year {y} register|SEN register Autumn 2025|Printed on 14/09/2025|"
          "St Mary's CE Academy - Pupil data|CONFIDENTIAL|Trip to the science museum|Rhestr disgyblion").split("|")  # fmt: skip


def names_of(r: Random, people: list[Someone], heads: str) -> tuple[list[str], list[list[str]]]:
    way = r.random()
    if way < 0.55:
        cells = [[p.surname, p.forename] for p in people]
        head = [r.choice(SURNAME), r.choice(FORENAME)]
        if r.random() < 0.4:
            head, cells = head[::-1], [c[::-1] for c in cells]
    elif way < 0.8:
        cells, head = [[p.name] for p in people], [r.choice(FULL)]
    else:
        cells, head = [[f"{p.surname.upper() if r.random() < 0.3 else p.surname}, {p.forename}"] for p in people], [r.choice(FULL)]  # fmt: skip
    return head, cells


def listing(r: Random) -> tuple[list[str], list[list[str]], list[Someone]]:
    """Headings, rows and the people of a list."""
    lo = r.randint(1, 9)
    years = (lo, lo + r.randint(0, 2))
    people = crowd(r, r.choice([1, 2, 8, 14, 27, 30, 31, 60, 180, 420]), years)
    head, cells = names_of(r, people, "")
    born, when = r.choice(BORN), dated(r)
    columns: list[tuple[str, Callable[[Someone], str]]] = []
    if r.random() < 0.6:
        columns.append((born, lambda p: when(p.born)))
    if r.random() < 0.7:
        columns.append((r.choice(FORM), lambda p: p.form))
    if r.random() < 0.4:
        columns.append((r.choice(YEAR), lambda p: r.choice([str(p.year)])))
    for key in r.sample(list(MORE), r.randint(0, 8)):
        names, value = MORE[key]
        columns.append((r.choice(names.split("|")), partial(value, r)))
    if (
        not {n for n, _ in columns}
        - set(MORE["custom"][0].split("|"))
        - set(MORE["house"][0].split("|"))
    ):
        columns.append((r.choice(FORM), lambda p: p.form))
    r.shuffle(columns)
    at = 0 if r.random() < 0.7 else r.randint(0, len(columns))
    head = [n for n, _ in columns[:at]] + head + [n for n, _ in columns[at:]]
    rows = [[f(p) for _, f in columns[:at]] + c + [f(p) for _, f in columns[at:]] for p, c in zip(people, cells, strict=True)]  # fmt: skip
    return head, rows, people


def plain_list(r: Random) -> Sample:
    head, rows, people = listing(r)
    return Sample(
        "list.csv", written(r, [head, *rows]), True, "table", "headings in row 1", len(people)
    )


def titled_list(r: Random) -> Sample:
    head, rows, people = listing(r)
    width = len(head)
    top = [
        [r.choice(TITLES).format(f=people[0].form, y=people[0].year)] + [""] * (width - 1)
        for _ in range(r.randint(1, 3))
    ]
    top += [[""] * width] * r.randint(0, 2)
    tail = (
        [["Total", str(len(people))] + [""] * (width - 2)] if r.random() < 0.3 and width > 2 else []
    )
    return Sample(
        "list.csv", written(r, [*top, head, *rows, *tail]), True, "table", "title rows", len(people)
    )


def headless(r: Random) -> Sample:
    people = crowd(r, r.choice([6, 12, 28, 30, 90]), (r.randint(1, 9),) * 2)
    when = dated(r)
    way = r.choice(["born", "form", "upn", "contact", "sen"])
    rows = []
    for p in people:
        name = [p.surname, p.forename] if way != "form" else [p.name]
        more = {"born": [when(p.born), p.gender], "form": [p.form, p.gender], "upn": [p.upn, p.form],
                "contact": [p.phone, p.email], "sen": [p.form, r.choice("NKE"), when(p.born)]}[way]  # fmt: skip
        rows.append(name + more)
    return Sample(
        "export.csv", written(r, rows), True, "table", f"no headings ({way})", len(people)
    )


def two_rows(r: Random) -> Sample:
    people = crowd(r, r.choice([9, 25, 31, 62]))
    when = dated(r)
    up = [
        "Pupil",
        "",
        "",
        "",
        r.choice(["Mother", "Contact 1", "Parent / carer"]),
        "",
        r.choice(["SEN", "Medical"]),
        "",
    ]
    low = ["Surname", "Forename", "DOB", "Form", "Name", "Mobile", "Status", "Notes"]
    rows = [
        [
            p.surname,
            p.forename,
            when(p.born),
            p.form,
            p.parent,
            p.phone,
            r.choice(["K", "E", "N", ""]),
            "",
        ]
        for p in people
    ]
    top = [["Hill Top School contact and needs list"] + [""] * 7] if r.random() < 0.5 else []
    return Sample(
        "wide.csv",
        written(r, [*top, up, low, *rows]),
        True,
        "table",
        "two rows of headings",
        len(people),
    )


def transposed(r: Random) -> Sample:
    people = crowd(r, r.randint(2, 8))
    when = dated(r)
    rows = [["Name", *(p.name for p in people)], ["Date of birth", *(when(p.born) for p in people)],
            ["Class", *(p.form for p in people)], [r.choice(["SEN need", "Allergies"]), *(r.choice(["ASD", "Nuts", "K"]) for _ in people)]]  # fmt: skip
    if r.random() < 0.5:
        rows.insert(3, ["UPN", *(p.upn for p in people)])
    return Sample("transposed.csv", written(r, rows), True, "table", "transposed", len(people))


def key_value(r: Random) -> Sample:
    p, when = someone(r), dated(r)
    rows = [["Pupil details", ""], [r.choice(["Pupil name", "Name of child", "Full name"]), p.name], [r.choice(BORN), when(p.born)],
            [r.choice(FORM), p.form], ["Home address", p.street], ["Postcode", p.postcode], ["Parent/carer", p.parent], ["Emergency telephone", p.phone],
            [r.choice(["Medical conditions", "SEN status"]), r.choice(["Asthma", "K - SEMH"])]]  # fmt: skip
    if r.random() < 0.5:
        rows[1:2] = [["Surname", p.surname], ["Forename", p.forename]]
    return Sample("details.csv", written(r, rows), True, "table", "key-value sheet", 1)


def repeated(r: Random) -> Sample:
    """Many rows a person: an attendance or incident log."""
    people = crowd(r, r.choice([15, 40, 90]), (r.randint(1, 8),) * 2)
    kinds = ["Fighting", "Swearing", "Late", "Disruption in class", "Bullying"]
    rows = []
    for p in people:
        for _ in range(r.randint(1, 6)):
            rows.append([f"{r.randint(1, 28):02}/{r.randint(9, 12):02}/2025", p.name, p.form, r.choice(kinds), r.choice(["Mr Jones", "Miss Patel", "Mrs Owen"]), r.choice(["Detention", "Call home", ""])])  # fmt: skip
    r.shuffle(rows)
    head = ["Date", r.choice(["Student", "Pupil name", "Name"]), r.choice(FORM), r.choice(["Incident", "Incident type", "Behaviour"]), r.choice(["Reported by", "Staff", "Teacher"]), "Action taken"]  # fmt: skip
    return Sample(
        "log.csv", written(r, [head, *rows]), True, "table", "many rows a person", len(people)
    )


def side_by_side(r: Random) -> Sample:
    """Classes in columns: nothing but names."""
    people = crowd(r, r.choice([48, 80, 84]))
    width = 4
    forms = [f"{n}{r.choice('AB')}" for n in r.sample(range(1, 10), width)]
    columns = [[p.name for p in people[n::width]] for n in range(width)]
    rows = [[f"Class {f}" for f in forms], *(list(row) for row in zip(*columns, strict=True))]
    return Sample(
        "classes 2025.csv", written(r, rows), True, "table", "classes side by side", len(people)
    )


def cpoms(r: Random) -> Sample:
    people = crowd(r, r.choice([6, 20, 33]))
    rows = [[f"2025-{r.randint(1, 12):02}-{r.randint(1, 28):02} 09:{r.randint(10, 59)}", p.name, p.form, r.choice(["Cause for concern", "Child protection", "Parental contact", "Home issues"]),
             r.choice(["Arrived upset, said dad shouted all night.", "Social worker rang, CP conference next week.", "Mum reports separation.", "Mark on left arm, see body map."]), r.choice(["J Smith", "Head", "DSL"])] for p in people]  # fmt: skip
    head = [
        "Date",
        r.choice(["Student", "Student Name", "Linked student", "Pupil"]),
        "Class",
        r.choice(["Category", "Categories"]),
        r.choice(["Incident", "Details of concern"]),
        "Added by",
    ]
    return Sample(
        "incidents.csv", written(r, [head, *rows]), True, "table", "safeguarding log", len(people)
    )


def nino(r: Random) -> str:
    return f"{r.choice('ABCEGHJKLMNPRSTWXYZ')}{r.choice('ABCEGHJLMPRSTWXYZ')}{r.randrange(10**6):06}{r.choice('ABCD')}"


def staff(r: Random) -> Sample:
    people = crowd(r, r.choice([3, 18, 45, 110]))
    money = [["Surname", "First name", "NI Number", "Job title", "Gross pay", "Sort code", "Account number"]] + [
        [p.surname, p.forename, nino(r), r.choice(["Teacher", "TA", "Cook"]), f"{r.randint(1500, 4500)}.00", f"{r.randint(10, 99)}-{r.randint(10, 99)}-{r.randint(10, 99)}", str(r.randrange(10**7, 10**8))] for p in people]  # fmt: skip
    scr = [["Name", "Role", "Start date", "DBS number", "DBS date", "Barred list check", "Right to work", "Qualifications"]] + [
        [p.name, r.choice(["Teacher", "Governor", "Volunteer"]), "01/09/2021", f"00{r.randrange(10**10):010}", "12/08/2021", "Y", "Y", "QTS"] for p in people]  # fmt: skip
    sick = [["Employee", "Payroll No", "First day", "Last day", "Reason for absence", "Days"]] + [
        [p.name, p.adno, "03/02/2025", "07/02/2025", r.choice(["Stress", "Flu", "Operation"]), "5"] for p in people]  # fmt: skip
    contact = [["Name", "Position", "Mobile", "Home email", "Car reg"]] + [
        [p.name, r.choice(["Teacher", "TA", "Governor"]), p.phone, p.email, "AB12 CDE"] for p in people]  # fmt: skip
    rows, label = r.choice(
        [
            (money, "payroll"),
            (scr, "single central record"),
            (sick, "sickness"),
            (contact, "staff contacts"),
        ]
    )
    return Sample("staff.csv", written(r, rows), True, "table", label, len(people))


def accounts(r: Random) -> Sample:
    people = crowd(r, r.choice([12, 30, 200]))
    rows = [["Forename", "Surname", "Username", "Password"]] + [
        [p.forename, p.surname, f"{p.forename[:1]}{p.surname}{r.randint(10, 25)}".lower().replace(" ", ""), r.choice(["Apple", "River", "Tiger"]) + str(r.randint(10, 99))] for p in people]  # fmt: skip
    return Sample(
        "logins.csv", written(r, rows), True, "table", "user names and passwords", len(people)
    )


def ctf(r: Random) -> Sample:
    people = crowd(r, r.choice([1, 4, 30]))
    pupils = "".join(
        f"<Pupil><UPN>{p.upn}</UPN><Surname>{p.surname}</Surname><Forename>{p.forename}</Forename><DOB>{p.born}</DOB><Gender>{p.gender}</Gender>"
        f"<BasicDetails><FSMeligible>true</FSMeligible></BasicDetails><Address><PostCode>{p.postcode}</PostCode></Address></Pupil>\n"
        for p in people
    )
    text = f'<?xml version="1.0"?>\n<CTfile><Header><DocumentName>Common Transfer File</DocumentName></Header>\n<CTFpupilData>\n{pupils}</CTFpupilData></CTfile>\n'
    return Sample("9994321_CTF_9991234_001.xml", text.encode(), True, "table", "CTF", len(people))


def as_json(r: Random) -> Sample:
    people = crowd(r, r.choice([2, 15, 60]))
    data = [
        {
            "id": n,
            "firstName": p.forename,
            "lastName": p.surname,
            "dateOfBirth": str(p.born),
            "yearGroup": p.year,
            "sen": r.choice(["N", "K"]),
        }
        for n, p in enumerate(people)
    ]
    return Sample(
        "students.json",
        json.dumps(data, indent=r.choice([None, 1, 2]), ensure_ascii=False).encode(),
        True,
        "table",
        "JSON export",
        len(people),
    )


TABLES = (plain_list, plain_list, plain_list, plain_list, titled_list, titled_list, titled_list, headless, headless, two_rows, transposed, key_value,
          repeated, side_by_side, cpoms, staff, staff, accounts, ctf, as_json)  # fmt: skip


def corpus(seed: int, each: int = 60) -> Iterator[Sample]:
    """Samples of every kind, in any order."""
    from labelled_documents import DOCUMENTS
    from labelled_negatives import NEGATIVES

    r = Random(seed)
    for makers, times in ((TABLES, each * 2), (DOCUMENTS, each * 2), (NEGATIVES, each * 3)):
        for n in range(times):
            yield makers[n % len(makers)](r)
