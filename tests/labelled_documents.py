"""Letters, plans, logs, minutes and mail about made-up people, labelled."""

from __future__ import annotations

from random import Random

from labelled import Sample, Someone, crowd, dated, full, nino, someone

HEADS = "Mrs J Whitmore|Mr D Okoro|Ms P Lindqvist|Mr Hughes|Dr A Bains".split("|")
SCHOOLS = "Hill Top Primary School|St Aidan's CE Academy|Ysgol y Bryn|Northgate High School".split(
    "|"
)


def he(p: Someone) -> tuple[str, str, str]:
    return ("he", "his", "him") if p.gender == "M" else ("she", "her", "her")


def doc(text: str, label: str, people: int = 1, name: str = "document.txt") -> Sample:
    return Sample(name, text.encode(), True, "document", label, people)


def sen_letter(r: Random) -> Sample:
    p, when = someone(r), dated(r)
    he_, his, him = he(p)
    ask = r.choice([
        f"Following our meeting with the educational psychologist, {p.forename} will be assessed for an EHCP.",
        f"I am writing about {p.forename}'s SEN support. {he_.title()} now receives speech and language therapy every Tuesday.",
        f"{p.forename} was diagnosed with ADHD in March and {his} support plan has been changed.",
        f"The paediatrician has confirmed that {p.forename} has autism. We would like to meet you to plan {his} support."])  # fmt: skip
    ref = r.choice(
        [
            f"Re: {p.name}, {p.form}",
            f"Re: {p.name} (DOB {when(p.born)})",
            f"{p.name} - Year {p.year}",
            "",
        ]
    )
    return doc(f"{r.choice(SCHOOLS)}\n\n12 November 2025\n\nDear {p.parent}\n\n{ref}\n\n{ask}\n\nPlease telephone the office to arrange a time.\n\nYours sincerely\n\n{r.choice(HEADS)}\n{r.choice(['SENCO', 'Head teacher', 'Inclusion manager'])}\n",
               "SEN letter")  # fmt: skip


def safeguarding_note(r: Random) -> Sample:
    p, q = someone(r), someone(r)
    he_, his, him = he(p)
    lines = [
        f"{p.forename} came to me at break and disclosed that {his} stepdad had hit {him} with a belt.",
        f"{p.forename} said that mum and dad had been fighting and that the police came.",
        f"I noticed bruising on {p.forename}'s left arm. {he_.title()} said {he_} fell off {his} bike.",
        f"{p.forename} has arrived hungry and in dirty clothes three times this week.",
        f"Mum rang to say that {p.forename} would not be in as they have moved to a refuge.",
    ]
    body = " ".join(r.sample(lines, r.randint(2, 4)))
    follow = r.choice(
        [
            "DSL informed at 11.20. Referral made to MASH.",
            "Spoke to social worker, who will visit tonight.",
            "Passed to the designated safeguarding lead. Early help to be offered.",
            "Logged on CPOMS. Strategy meeting on Thursday.",
        ]
    )
    head = r.choice(
        [
            f"Record of concern\nChild: {p.name}\nClass: {p.form}\nDate: 4/11/2025",
            f"{p.name} {p.form}",
            f"4.11.25 {p.name}",
            f"Safeguarding log - {p.forename} {p.surname[:1]}",
        ]
    )
    return doc(
        f"{head}\n\n{body}\n{follow}\n\n{r.choice(HEADS)}\n",
        "safeguarding narrative",
        name=r.choice(["note.txt", "concern.txt", "4 Nov.txt"]),
    )


def names_only(r: Random) -> Sample:
    """Forenames only, no identifiers, dates or labels."""
    p = someone(r)
    he_, his, him = he(p)
    a = r.choice([
        f"Really worried about {p.forename} today. {he_.title()} told me that {his} mum's boyfriend hits {him} and {he_} is scared to go home. I have told the DSL and we are ringing social services. {p.forename} stayed with me at lunch.",
        f"Another difficult day with {p.forename}. {he_.title()} swore at the teaching assistant and was restrained twice. Mum says {he_} has stopped taking {his} ADHD medication. I think we need the educational psychologist back in. {p.forename} has now been excluded for two days.",
        f"Quick update after the core group for {p.forename}. Dad did not attend. The social worker thinks the child protection plan should continue because of neglect. {p.forename} has head lice again and {his} clothes are dirty.",
        f"{p.forename} self-harmed again at the weekend. CAMHS have offered an appointment but mum does not want {him} to go. I have asked the school nurse to see {p.forename}."])  # fmt: skip
    return doc(f"{a}\n", "names only")


def chronology(r: Random) -> Sample:
    p = someone(r)
    he_, his, _him = he(p)
    events = ["Late and without lunch.", "Mum attended meeting, agreed to early help.", "Police notification of domestic incident (Operation Encompass).", f"{p.forename} disclosed that dad had been drinking.",
              "Referral to MASH.", "Strategy meeting held.", "Initial child protection conference: plan for neglect.", "Core group. Social worker changed.", "Home visit, nobody in."]  # fmt: skip
    lines = "\n".join(
        f"{n:02}/{m:02}/2025\t{r.choice(events)}"
        for m in range(1, r.randint(5, 11))
        for n in (r.randint(1, 28),)
    )
    return doc(
        f"CHRONOLOGY\n\nName of child: {p.name}\nDate of birth: {p.born:%d/%m/%Y}\n\n{lines}\n",
        "chronology",
    )


def plan(r: Random) -> Sample:
    p, when = someone(r), dated(r)
    he_, his, _ = he(p)
    return doc(
        f"{r.choice(['SEN SUPPORT PLAN', 'Individual Education Plan', 'One page profile', 'Individual Development Plan (IDP)'])}\n\n"
        f"{r.choice(['Name', 'Pupil', 'Pupil name', 'Enw'])}: {p.name}    {r.choice(['DOB', 'Date of birth'])}: {when(p.born)}    {r.choice(['Class', 'Year', 'Dosbarth'])}: {p.form}\n\n"
        f"Area of need: {r.choice(['SEMH', 'Communication and interaction', 'Dyslexia'])}\nStrengths: {he_} is kind and good at drawing.\n"
        f"Outcomes: {p.forename} will be able to stay on task for ten minutes.\nProvision: speech and language therapy twice a week.\nReview date: 12/02/2026\n",
        "SEN plan",
    )


def register(r: Random) -> Sample:
    people = crowd(r, r.choice([12, 24, 30, 31]), (r.randint(1, 10),) * 2)
    how = r.choice(
        [
            "{n}. {p.forename} {p.surname}",
            "{p.surname}, {p.forename}",
            "{p.forename} {p.surname}  / / / /",
            "{n}  {p.surname} {p.forename}   \\ N /",
            "- {p.forename} {p.surname}",
        ]
    )
    title = r.choice(
        [
            f"Register: Class {people[0].form}",
            f"Year {people[0].year} trip - coach 1",
            f"Class {people[0].form} - Autumn term\nTeacher: Mrs Bell",
            f"After-school club, Year {people[0].year} pupils",
        ]
    )
    return doc(
        title + "\n\n" + "\n".join(how.format(n=n, p=p) for n, p in enumerate(people, 1)) + "\n",
        "register as text",
        len(people),
    )


def minutes(r: Random) -> Sample:
    people = [f"{a} {b}" for a, b in (full(r) for _ in range(r.randint(5, 9)))]
    titled = r.random() < 0.4
    show = (
        [
            f"{r.choice(['Mr', 'Mrs', 'Ms', 'Dr'])} {n.split()[0][0]} {n.split(' ', 1)[1]}"
            for n in people
        ]
        if titled
        else people
    )
    return doc(
        f"{r.choice(SCHOOLS)}\nMinutes of the meeting of the governing body held on 14 October 2025\n\nPresent: {show[0]} (Chair), {', '.join(show[1:-1])}\nApologies: {show[-1]}\n\n"
        f"1. Declarations of interest\n{show[1]} declared an interest in item 6.\n2. Minutes of the last meeting were agreed.\n3. Matters arising\nNone.\n"
        f"4. Headteacher's report\nThe head told governors that two pupils had been excluded. {show[2]} asked about staff absence.\n5. Date of next meeting: 2 December\n",
        "minutes", len(people),
    )  # fmt: skip


def cv(r: Random) -> Sample:
    p = someone(r)
    place = "\n".join([p.street, p.postcode, p.phone, p.email])
    return doc(
        f"{r.choice(['CURRICULUM VITAE', 'Curriculum Vitae', 'C.V.'])}\n\n{p.name}\n{place}\n\nEmployment history\n2018-2025  Teaching assistant, Northgate High School\n2012-2018  Nursery nurse, Little Acorns\n\n"
        f"Education and qualifications\nGCSE English B, Maths C\n\nPersonal statement\nI am a hard-working person who loves to work with children.\n\nReferences available on request\n",
        "CV", name=r.choice(["cv.txt", "TA application.txt"]),
    )  # fmt: skip


def reference(r: Random) -> Sample:
    p = someone(r)
    he_, his, _ = he(p)
    return doc(
        f"{r.choice(['To whom it may concern', 'Reference for ' + p.name])}\n\nI have known {p.name} for six years as {his} line manager at {r.choice(SCHOOLS)}. {p.forename} is punctual and reliable and has had four days of sickness absence. "
        f"I consider {p.forename} suitable to work with children and would re-employ {r.choice(['without hesitation', 'with pleasure'])}.\n\n{r.choice(HEADS)}\nHead teacher\n",
        "reference",
    )


def appraisal(r: Random) -> Sample:
    p = someone(r)
    return doc(
        f"PERFORMANCE MANAGEMENT REVIEW 2024/25\nAppraisee: {p.name}\nAppraiser: {r.choice(HEADS)}\n\nObjective 1: raise attainment in mathematics in Year 5.\nNot met. {p.forename} needs support with behaviour management and lesson observation showed weaknesses.\n"
        f"Objective 2: lead the science subject team. Met.\n\nRecommendation on pay progression: {r.choice(['not recommended', 'M5 to M6'])}\n",
        "appraisal",
    )


def absence(r: Random) -> Sample:
    p = someone(r)
    he_, his, him = he(p)
    return doc(
        f"RETURN TO WORK INTERVIEW\nEmployee: {p.name}\nDates of absence: 3/2/25 to 21/2/25\nReason for absence: {r.choice(['work-related stress', 'operation on knee', 'depression'])}\n\n{p.forename} has been to {his} GP and has a fit note. "
        f"Occupational health referral agreed. Phased return for two weeks.\n",
        "sickness",
    )


def report(r: Random) -> Sample:
    p = someone(r)
    he_, his, him = he(p)
    return doc(
        f"END OF YEAR REPORT\n{r.choice(['Name', 'Pupil'])}: {p.name}   Class: {p.form}   Attendance: {r.uniform(80, 99):.1f}%\n\nReading: working towards the expected standard\nWriting: expected standard\nMaths: greater depth\n\n"
        f"{p.forename} has had a good year. {he_.title()} enjoys science and has many friends. {p.forename} should read every day at home.\n\nClass teacher: Miss Bell\n",
        "school report",
    )


def exclusion(r: Random) -> Sample:
    p = someone(r)
    he_, his, him = he(p)
    return doc(
        f"{r.choice(SCHOOLS)}\n\nDear {p.parent}\n\nI am writing to inform you of my decision to exclude {p.name} for a fixed term of {r.randint(1, 5)} days. This means that {p.forename} will not be allowed in school from 4 November. "
        f"The reason is that {he_} {r.choice(['brought a knife into school', 'assaulted another pupil', 'was persistently disruptive and swore at staff'])}.\n\nYours sincerely\n{r.choice(HEADS)}\n",
        "exclusion letter",
    )


def accident(r: Random) -> Sample:
    p = someone(r)
    return doc(
        f"ACCIDENT REPORT FORM\nName of injured person: {p.name}\nClass: {p.form}\nDate and time: 12/10/2025 10.45\nLocation: playground\nInjury: {r.choice(['bumped head', 'cut knee', 'suspected broken wrist'])}\nTreatment given: cold compress. Parent informed by telephone {p.phone}\nFirst aider: Mrs Owen\n",
        "accident form",
    )


def incident(r: Random) -> Sample:
    people = crowd(r, r.randint(2, 4))
    a, b = people[:2]
    more = "".join(f" {p.name} saw it." for p in people[2:])
    return doc(
        f"Incident in the playground\n\nOn Tuesday at lunch {a.name} pushed {b.name} to the ground. {b.forename} had a head injury and was seen by the first aider.{more} {a.forename} was given a detention and {a.parent} was told. This is the third behaviour incident this term.\n",
        "incident", len(people),
    )  # fmt: skip


def mail(r: Random) -> Sample:
    p = someone(r)
    he_, his, him = he(p)
    a, b = full(r), full(r)
    text = r.choice([
        f"Hi {b[0]},\n\nCan you make sure that {p.name} in {p.form} gets {his} inhaler before PE? {his.title()} asthma was bad last week and mum is worried.\n\nThanks\n{a[0]}",
        f"{b[0]}\n\n{p.forename} {p.surname} ({p.form}) has been put on a CIN plan. The social worker wants {his} attendance for this half term, please.\n\n{a[0]}",
        f"Dear {b[0]}\n\nPlease find below the details for the new starter: {p.name}, DOB {p.born:%d/%m/%Y}, UPN {p.upn}. Mum is on {p.phone}.\n\nRegards\n{a[0]}",
        f"Hi all\n\n{p.name} will be on a part-time timetable from Monday after {his} exclusion. {he_.title()} has an EHCP so we need the annual review brought forward.\n\n{a[0]}"])  # fmt: skip
    return Sample("message.eml", f"From: {a[0]} {a[1]} <{a[0].lower()}@hilltop.sch.uk>\nTo: {b[0]} {b[1]} <office@hilltop.sch.uk>\nSubject: {r.choice([p.forename, 'new starter', 'update', p.form])}\nDate: Tue, 4 Nov 2025 10:12:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode(),
                  True, "document", "mail", 1)  # fmt: skip


def payslip(r: Random) -> Sample:
    p = someone(r)
    return doc(
        f"PAY ADVICE\nEmployee: {p.name}\nEmployee no: {p.adno}\nNI number: {nino(r)}\nTax code: 1257L\nPay period: October 2025\n\nGross pay 2,345.00\nPension 190.00\nNet pay 1,784.22\n",
        "payslip",
    )


def consent(r: Random) -> Sample:
    p, when = someone(r), dated(r)
    return doc(
        f"TRIP CONSENT FORM\nI give permission for my child to go on the visit.\n\nChild's name: {p.name}\n{r.choice(['Date of birth', 'DOB'])}: {when(p.born)}\nDoctor: Dr Shah\nMedical conditions: {r.choice(['None', 'Asthma', 'Hay fever'])}\nEmergency contact: {p.parent} {p.phone}\nSigned: {p.parent}\n",
        "filled-in form",
    )


def notes(r: Random) -> Sample:
    """Several pupils, a line or two each."""
    people = crowd(r, r.randint(4, 9), (r.randint(1, 6),) * 2)
    say = [
        "on SEN support for dyslexia, needs a reader",
        "asthma, inhaler in the office",
        "LAC, foster carer is first contact",
        "behaviour has improved since detention",
        "EHCP for autism, one-to-one support",
        "CP plan, do not let dad collect",
        "nut allergy, epipen in bag",
        "attendance 78%, EWO involved",
    ]
    lines = "\n".join(
        f"{p.forename} {p.surname if r.random() < 0.7 else p.surname[:1]} - {r.choice(say)}"
        for p in people
    )
    return doc(
        f"{r.choice(['Handover notes', 'Pupil progress meeting', 'Class notes'])} {people[0].form}\n\n{lines}\n",
        "handover notes",
        len(people),
    )


def welsh(r: Random) -> Sample:
    p, when = someone(r), dated(r)
    return doc(
        f"CYNLLUN DATBLYGU UNIGOL\nEnw'r disgybl: {p.name}\nDyddiad geni: {when(p.born)}\nDosbarth: {p.form}\nAnghenion dysgu ychwanegol: awtistiaeth\n",
        "Welsh plan",
    )


def html_page(r: Random) -> Sample:
    people = crowd(r, r.choice([3, 12]))
    rows = "".join(
        f"<tr><td>{p.surname}</td><td>{p.forename}</td><td>{p.born:%d/%m/%Y}</td><td>{p.form}</td></tr>\n"
        for p in people
    )
    return Sample(
        "report.html",
        f"<html><head><title>Class report</title></head><body><h1>Pupils on SEN support</h1><table><tr><th>Surname</th><th>Forename</th><th>DOB</th><th>Class</th></tr>\n{rows}</table></body></html>".encode(),
        True,
        "document",
        "HTML report",
        len(people),
    )


DOCUMENTS = (sen_letter, safeguarding_note, names_only, chronology, plan, register, minutes, cv, reference, appraisal, absence, report,
             exclusion, accident, incident, mail, payslip, consent, notes, welsh, html_page, names_only, safeguarding_note, mail)  # fmt: skip
