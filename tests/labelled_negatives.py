"""Files that look like records of people and are not."""

from __future__ import annotations

from random import Random

from labelled import Sample, full, written
from make import upn

WORDS = "school children learning week term reading maths trip library lunch garden science music sport team parents year class hall choir drama".split()


def no(name: str, data: bytes | str, label: str) -> Sample:
    return Sample(name, data.encode() if isinstance(data, str) else data, False, "negative", label)


def prices(r: Random) -> Sample:
    rows = [["Item", "Supplier", "Qty", "Unit price"]] + [
        [
            r.choice(["Glue", "Pens", "Paper"]),
            r.choice(["Smith & Sons", "Taylor Ltd", "Jones Office"]),
            str(r.randint(1, 90)),
            f"{r.uniform(1, 60):.2f}",
        ]
        for _ in range(r.randint(4, 60))
    ]
    return no("order.csv", written(r, rows), "price list")


def library(r: Random) -> Sample:
    head = r.choice(
        [
            ["ISBN", "Title", "Author", "Publisher", "Year"],
            ["Title", "Author", "ISBN-13", "Copies"],
            ["Book", "Author surname", "Author forename", "Shelf"],
        ]
    )
    rows = [head]
    for _ in range(r.randint(5, 80)):
        a = full(r)
        isbn, title = (
            f"978{r.randrange(10**10):010}",
            f"The {r.choice(['Secret', 'Lost', 'Last'])} {r.choice(['Garden', 'Dragon', 'Train'])}",
        )
        rows.append(
            {
                "ISBN": [isbn, title, f"{a[0]} {a[1]}", "Puffin", str(r.randint(1950, 2024))],
                "Title": [title, f"{a[1]}, {a[0]}", isbn, "2"],
                "Book": [title, a[1], a[0], "F"],
            }[head[0]]
        )
    return no("library.csv", written(r, rows), "library catalogue")


def timetable(r: Random) -> Sample:
    rows = [["Period", "Mon", "Tue", "Wed", "Thu", "Fri"]] + [
        [f"P{n}"]
        + [
            f"{r.choice(['Ma', 'En', 'Sc', 'Art'])} {r.choice('789')}{r.choice('ABC')} {r.choice(['JSM', 'KPA', 'Mr Lee', 'Mrs Shah'])} R{r.randint(1, 30)}"
            for _ in range(5)
        ]
        for n in range(1, 7)
    ]
    return no("timetable.csv", written(r, rows), "timetable")


def menu(r: Random) -> Sample:
    return no(
        "menu.txt",
        "LUNCH MENU WEEK 1\n\n"
        + "\n".join(
            f"{d}: {r.choice(['Fish', 'Chicken curry', 'Pasta'])} with {r.choice(['peas', 'beans'])}. Contains: gluten, milk. Vegetarian option available."
            for d in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
        )
        + "\nPlease tell us about any allergy.\n",
        "menu",
    )


def exam(r: Random) -> Sample:
    q = [
        f"{n}. {full(r)[0]} has {r.randint(3, 20)} apples and gives {r.randint(1, 3)} to {full(r)[0]}. How many are left?  [{r.randint(1, 3)} marks]"
        for n in range(1, r.randint(6, 16))
    ]
    return no(
        "paper.txt",
        "KEY STAGE 2 MATHEMATICS\nPaper 2: reasoning\n\nFirst name ____________\nLast name ____________\nDate of birth  Day __ Month __ Year __\nSchool name ____________\n\n"
        + "\n".join(q)
        + "\n",
        "exam paper",
    )


def novel(r: Random) -> Sample:
    a, b, c = full(r), full(r), full(r)
    parts = []
    for _ in range(r.randint(40, 300)):
        parts.append(r.choice([
            f"\"I am not going back to that school,\" said {a[0]}, and {b[0]} laughed.", f"{a[0]} {a[1]} walked down the lane while the rain fell on the playground.",
            f"\"Where is your mother?\" asked Mr {c[1]}. {a[0]} did not answer.", f"The teacher looked at {b[0]} over her glasses. \"Detention,\" she said.",
            f"{b[0]} thought of the hospital, of the long white corridor and the smell of soap.", f"It had been a hard winter, and {c[0]}'s father had lost his work at the mill.",
            "The sea was grey and the gulls were crying.", f"\"You must tell somebody,\" whispered {c[0]}. \"It is not your fault.\""]))  # fmt: skip
    return no(
        "story.txt",
        f"CHAPTER {r.choice(['ONE', 'TWO', 'SEVEN'])}\n\n"
        + "\n".join(" ".join(parts[n : n + 4]) for n in range(0, len(parts), 4))
        + "\n",
        "novel",
    )


def policy(r: Random) -> Sample:
    dsl, senco = full(r), full(r)
    kind = r.choice(
        [
            "Safeguarding and child protection",
            "SEND",
            "Supporting pupils with medical conditions",
            "Behaviour and exclusions",
            "Data protection",
            "Attendance",
        ]
    )
    paras = ["All staff must report a safeguarding concern to the designated safeguarding lead (DSL) without delay.", "Any pupil who has an EHCP will have an annual review. Parents must be invited.",
             "The SENCO is responsible for keeping the SEN register and for writing support plans with parents.", "Medication will only be given where a parent has signed the form. Pupils with asthma should have an inhaler in school.",
             "A permanent exclusion will only be used as a last resort, in line with statutory guidance.", "Staff should record concerns on CPOMS. A child who makes a disclosure must be listened to.",
             "Looked-after children have a personal education plan, which should be reviewed each term.", "Where a pupil has self-harmed, staff must inform the DSL, who may make a referral to CAMHS or social services."]  # fmt: skip
    text = "\n\n".join(r.choices(paras, k=r.randint(8, 40)))
    names = f"Designated safeguarding lead: {dsl[0]} {dsl[1]}\nSENCO: {r.choice(['Mrs ' + senco[1], senco[0] + ' ' + senco[1]])}\nApproved by: Governing body   Date: September 2025\n"
    example = (
        f"A UPN is a letter and twelve digits, for example {upn(r)}.\n\n"
        if r.random() < 0.4
        else ""
    )
    return no(
        "policy.txt",
        f"Hill Top Primary School\n{kind} policy\n\n{names}\n{example}{text}\n",
        "policy",
    )


def upn_guide(r: Random) -> Sample:
    return no(
        "guide.txt",
        f"Unique pupil numbers: guide for schools\n\nA UPN identifies each pupil in England. It has 13 characters. For example, {upn(r)} is a permanent UPN: the first letter is a check letter. A temporary UPN, such as {upn(r, temporary=True)}, ends in a letter. Schools must not use a UPN on documents such as library cards.\n",
        "UPN guidance",
    )


def form(r: Random) -> Sample:
    return no("form.txt", r.choice([
        "ADMISSION FORM\n\nPupil's legal surname: ______________\nForename: ______________\nDate of birth: ___/___/____\nGender: M / F\nHome address: ______________\nPostcode: ________\nMedical conditions: ______________\nSEN: Yes / No\nEmergency contact: ______________\nSigned: ______________ (parent/carer)\n",
        "Record of concern\n\nChild's name:\nClass:\nDate of birth:\nDate and time of incident:\nDetails of concern:\n\n\nAction taken by DSL:\n\nSigned:\n",
        "SEN SUPPORT PLAN\n\nName: [pupil name]\nDOB: dd/mm/yyyy\nArea of need: [delete as applicable]\nOutcomes:\nProvision:\nReview date:\n",
        "Dear [Parent name]\n\nRe: [Pupil name], [Class]\n\nI am writing to inform you that [Pupil name] has been excluded for [number] days.\n\nYours sincerely\n\n[Head teacher]\n",
        "Dear «Salutation»\n\nRe: «Forename» «Surname» («RegGroup»)\n\n«Forename»'s attendance is «Attendance»%. This is below our expected 96%.\n\nYours sincerely\n"]), "empty form")  # fmt: skip


def empty_table(r: Random) -> Sample:
    head = ["UPN", "Surname", "Forename", "DOB", "SEN", "Year"]
    rows = [head] + r.choice(
        [
            [],
            [[""] * 6] * 30,
            [["A123456789012", "Bloggs", "Joe", "dd/mm/yyyy", "", ""]],
            [["[UPN]", "[Surname]", "[Forename]", "[DOB]", "", ""]],
        ]
    )
    return no(
        "template.csv",
        written(r, rows) if len(rows) > 1 else (",".join(head) + "\n").encode(),
        "empty table",
    )


def log(r: Random) -> Sample:
    return no(
        "server.log",
        "".join(
            f"2025-11-{r.randint(1, 28):02}T{r.randint(0, 23):02}:{r.randint(10, 59)}:00 INFO id={r.randrange(10**9, 10**10)} user=svc_{r.choice(['backup', 'web'])} session {r.randrange(10**9, 10**10)} ip 10.0.{r.randint(0, 255)}.{r.randint(1, 254)} took {r.randint(1, 900)} ms\n"
            for _ in range(r.randint(50, 800))
        ),
        "log",
    )


def numbers(r: Random) -> Sample:
    rows = [["Timestamp", "Meter", "Reading", "Reference"]] + [
        [
            str(1_700_000_000 + n * 900),
            f"{r.randrange(10**9, 10**10)}",
            f"{r.uniform(0, 99):.2f}",
            f"{r.randrange(10**7):07}",
        ]
        for n in range(r.randint(20, 400))
    ]
    return no("meter.csv", written(r, rows), "meter readings")


def code(r: Random) -> Sample:
    a = full(r)
    return no("models.py", r.choice([
        f"# Author: {a[0]} {a[1]} <{a[0].lower()}@example.org>\nclass Pupil(Model):\n    upn = CharField(max_length=13)\n    surname = CharField()\n    forename = CharField()\n    date_of_birth = DateField()\n    sen_status = CharField(choices=[('N', 'None'), ('K', 'SEN support'), ('E', 'EHCP')])\n",
        "CREATE TABLE pupils (id INTEGER PRIMARY KEY, upn CHAR(13), surname TEXT, forename TEXT, dob DATE, nhs_number TEXT);\nCREATE INDEX pupils_surname ON pupils (surname, forename);\n",
        "{\n  \"surname\": \"Surname\",\n  \"forename\": \"First name\",\n  \"dob\": \"Date of birth\",\n  \"upn\": \"Unique pupil number\",\n  \"errors\": {\"dob\": \"Please give a date of birth\"}\n}\n",
        "[database]\nuser = admin\npassword = changeme\nhost = localhost\n[mail]\nfrom = noreply@example.org\n"]), "code")  # fmt: skip


def licence(r: Random) -> Sample:
    people = [full(r) for _ in range(r.randint(1, 12))]
    return no(
        "LICENSE.txt",
        "\n".join(
            f"Copyright (c) {r.randint(1998, 2024)} {a} {b} <{a.lower()}@example.org>"
            for a, b in people
        )
        + "\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish.\n",
        "licence",
    )


def authors(r: Random) -> Sample:
    return no(
        "AUTHORS",
        "Maintainers and contributors\n\n"
        + "\n".join(
            f"{a} {b}{r.choice(['', ' <' + a.lower() + '@example.org>'])}"
            for a, b in (full(r) for _ in range(r.randint(5, 60)))
        )
        + "\n",
        "authors",
    )


def sports(r: Random) -> Sample:
    head = r.choice(
        [
            ["Pos", "Driver", "Team", "Laps", "Points"],
            ["Player", "Club", "Goals", "Assists", "Nationality"],
            ["Rank", "Name", "Nation", "Time", "Medal"],
            ["Player", "Date of birth", "Team", "Caps", "Goals"],
        ]
    )
    rows = [head]
    for n in range(r.randint(8, 40)):
        a = " ".join(full(r))
        rows.append(
            {
                "Pos": [str(n), a, "Ferrari", "57", str(n)],
                "Player": [a, "Leeds" if head[1] == "Club" else "12/03/1994", "4", "2", "English"],
                "Rank": [str(n), a, "GBR", "9.81", "Gold"],
            }[head[0]]
        )
    return no("results.csv", written(r, rows), "professional sport")


def suppliers(r: Random) -> Sample:
    rows = [["Supplier", "Contact", "Email", "Phone", "Account no"]] + [
        [
            f"{full(r)[1]} {r.choice(['Ltd', 'plc', '& Sons'])}",
            " ".join(full(r)),
            "sales@example.org",
            f"01632 960{r.randrange(1000):03}",
            str(r.randrange(10**5)),
        ]
        for _ in range(r.randint(5, 40))
    ]
    return no("suppliers.csv", written(r, rows), "supplier list")


def newsletter(r: Random) -> Sample:
    h = full(r)
    body = " ".join(
        r.choice(
            [
                f"Year {r.randint(1, 6)} enjoyed a trip to the museum.",
                "Please remember PE kits on Tuesday.",
                "The choir sang at the church.",
                "Attendance this week was 95.6%; well done Year 3!",
                "If your child has an allergy please tell the office.",
                "Parents' evening is on 12 November.",
                "Well done to all the pupils who took part in sports day.",
            ]
        )
        for _ in range(r.randint(6, 25))
    )
    return no(
        "newsletter.txt",
        f"Hill Top Primary School newsletter\n{r.randint(1, 28)} November 2025\n\nDear parents and carers\n\n{body}\n\nBest wishes\n{r.choice(['Mrs', 'Mr'])} {h[1]}\nHead teacher\n\nSchool office: 01632 960123, office@hilltop.sch.uk, Church Lane, LS1 4AB\n",
        "newsletter",
    )


def anonymous(r: Random) -> Sample:
    how = r.choice(["Pupil {n}", "P{n:03}", "Student {a}", "S{n}", "XXXX"])
    head = r.choice(
        [
            ["Pupil", "Gender", "SEN", "FSM", "Reading", "Maths"],
            ["ID", "Year", "Ethnicity", "Attendance", "SEN", "Score"],
            ["Name", "Class", "Score", "SEN", "FSM", "EAL"],
        ]
    )
    rows = [head] + [
        [
            how.format(n=n, a=chr(64 + (n - 1) % 26 + 1)),
            r.choice("MF"),
            r.choice(["N", "K", "E"]),
            r.choice("YN"),
            str(r.randint(80, 120)),
            str(r.randint(80, 120)),
        ]
        for n in range(1, r.randint(6, 60))
    ]
    return no("anonymised.csv", written(r, rows), "anonymised data")


def totals(r: Random) -> Sample:
    rows = (
        [["Year group", "Boys", "Girls", "SEN support", "EHCP", "FSM", "EAL"]]
        + [[f"Year {n}"] + [str(r.randint(0, 60)) for _ in range(6)] for n in range(1, 7)]
        + [["Total"] + ["200"] * 6]
    )
    return no("numbers.csv", written(r, rows), "totals by year")


def essay(r: Random) -> Sample:
    return no("lesson.txt", r.choice([
        "Lesson plan: The Tudors\n\nHenry VIII was born in 1491. Catherine of Aragon was his first wife; Anne Boleyn was his second. Pupils should be able to explain why Henry wanted a divorce. Extension: compare Mary Tudor and Elizabeth.\nHomework: write a diary entry.\n",
        "Florence Nightingale was born on 12 May 1820 in Florence. She was a nurse in the Crimean War, where she improved the hospital at Scutari. Pupils: draw a picture of Florence with her lamp. Mary Seacole was born in Jamaica in 1805.\n",
        "Assembly: Rosa Parks was arrested on 1 December 1955 because she would not give up her seat. Martin Luther King spoke for her. What would you have done?\n",
        "Stephen Hawking was diagnosed with motor neurone disease at the age of 21. He wrote A Brief History of Time. Albert Einstein was born on 14 March 1879.\n"]), "lesson about famous people")  # fmt: skip


def letter_all(r: Random) -> Sample:
    h = full(r)
    return no(
        "letter.txt",
        f"Dear parents and carers\n\nYear {r.randint(1, 6)} swimming\n\nYour child will go swimming on Fridays. Please tell us of any medical conditions such as asthma or epilepsy and make sure that medication is in school. Pupils with SEN will have extra support.\n\nYours faithfully\n\nMr {h[0][0]} {h[1]}\nHead teacher\n",
        "letter to all parents",
    )


def invoice(r: Random) -> Sample:
    a = full(r)
    return no(
        "invoice.txt",
        f"INVOICE 2025/{r.randint(100, 999)}\n{a[1]} Building Services Ltd\n12 Mill Road, Leeds, LS1 4AB\nTel 01632 960123  VAT reg 123 4567 89\n\nTo: Hill Top Primary School\nRepair of guttering  1 x 240.00\nSort code: 20-00-00  Account: 12345678\nContact: {a[0]} {a[1]}\n",
        "invoice",
    )


def manual(r: Random) -> Sample:
    return no(
        "manual.txt",
        f"SIMS quick guide: adding a pupil\n\n1. Open Focus | Pupil.\n2. Type the surname and forename, then the date of birth.\n3. Choose the SEN status (N, K or E) on the SEN tab.\n4. Save. The UPN is made by the system.\nTip: to find a pupil, type the first letters of the surname, such as Smi for Smith.\nWritten by {' '.join(full(r))}, version 3.2\n",
        "manual",
    )


def training(r: Random) -> Sample:
    a, b = full(r)[0], full(r)[0]
    return no(
        "training.txt",
        f"Safeguarding training: scenarios\n\nFor discussion in groups. The children in these scenarios are not real.\n\nScenario 1. {a} is seven. Staff notice that {a} is often hungry. What should you do?\nScenario 2. {b} tells you that an adult at home has hit her. Who must you tell? What would you write down?\nScenario 3. A pupil shows you a message on a phone.\n",
        "training scenarios",
    )


def cache_file(r: Random) -> Sample:
    return no(
        "f_00012a",
        f'<!DOCTYPE html><html><head><title>News</title><script>var uid={r.randrange(10**9, 10**10)};</script></head><body><div class="author">{" ".join(full(r))}</div><p>The minister {" ".join(full(r))} said that schools would get more money for pupils with special educational needs. Parents of children with autism welcomed it.</p><footer>Contact: news@example.org</footer></body></html>',
        "browser cache",
    )


NEGATIVES = (prices, library, timetable, menu, exam, novel, policy, policy, upn_guide, form, form, empty_table, log, numbers, code, code, licence, authors,
             sports, suppliers, newsletter, anonymous, anonymous, totals, essay, letter_all, invoice, manual, training, cache_file)  # fmt: skip
