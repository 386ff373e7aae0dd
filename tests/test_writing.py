"""Letters, notes, plans, logs and minutes as schools write them, and what only looks like them."""

from __future__ import annotations

import pytest
from test_detect import look

from auditor.evidence import Strength

ABOUT_PEOPLE: list[tuple[int, str]] = [
    (
        1,
        """Section B: Special educational needs

Tobias is a sociable boy who was born at 29 weeks. He attends Meadow Infants. He has a diagnosis of moderate learning difficulties and epilepsy. Tobias uses single words and Makaton signs. His mother, Ms Danso, reports that sleep is difficult.

Section F: Provision
Tobias requires a high level of adult support throughout the day, delivered by a teaching assistant.""",
    ),
    (
        1,
        """EDUCATION, HEALTH AND CARE PLAN
Full name    Harriet Olumide-Price
Known as     Hattie
D.O.B        14th June 2013
Sex          Female
Address      14 Weavers Row, Halifax
Home language  English
""",
    ),
    (
        1,
        """Dear Ms Kowalczyk,

Zofia's attendance since September is 81.3%. We know that she has been ill with tonsillitis but this is the third period of absence. Please come to see me on Thursday at 3.30 so that we can agree how to help Zofia catch up.

Best wishes,
Lorraine Pickles
Attendance lead""",
    ),
    (
        2,
        """Weds 8th Oct - lunchtime. Kian and Rio fighting by the sheds again. Kian had a bloody nose. Rio says Kian called his nan a name. Both missed Thursday's football club. Rang both mums. KP""",
    ),
    (
        1,
        """Phone call from Ellie-Mae's grandmother 8.40. Ellie-Mae stayed with her last night because mum's partner had been drinking and was smashing things. Gran does not want to say more. Ellie-Mae very quiet, clinging. I have told Sharon (DSL).""",
    ),
    (
        5,
        """Present
Cllr M. Farooq (Chair)
Mrs S. Whitby
Mr T. Igwe
Miss R. Lowther (staff governor)

Apologies: Rev. P. Stone

1. Welcome and apologies
The chair welcomed governors. Apologies were received and accepted.
2. Budget monitoring
The bursar reported an underspend.""",
    ),
    (
        1,
        """PERSONAL DETAILS
Name: Bronagh McAteer
Address: Flat 2, 81 Lisburn Road, Belfast BT9 7AE
Mobile: 07700 900321

CAREER SUMMARY
2019-present: Higher level teaching assistant
2014-2019: Sales assistant, Boots

HOBBIES: running, baking""",
    ),
    (
        1,
        """Stage 1 absence meeting - notes
Employee: Mr Graham Sutcliffe (site manager)
Present: G Sutcliffe, H Marsden (HT), union rep
GS has had 14 days' absence in 6 months (back pain). Target: no more than 3 days in next 3 months. OH referral offered.""",
    ),
    (
        1,
        """Dear Headteacher

Re: Miss Paula Jarman, application for post of Midday Supervisor

Paula worked for us between 2017 and 2022. She was honest and hard working. Her sickness record was good. There were no disciplinary issues and I know of no reason why she should not work with children.

Yours, D. Fenwick""",
    ),
    (
        3,
        """4P guided reading notes
Amelia: fluent, needs to work on inference.
Jayden: struggling, still on phase 5, dyslexia screening booked
Sumaiya: off task, moved to table 2""",
    ),
    (
        1,
        """Mid-year appraisal, teaching staff
Teacher: Callum Frayne     Reviewer: Sara Idowu
Target 1 Pupil progress: 62% on track -- amber
Target 2 Lesson observation graded requires improvement. Support plan to start after half term.
""",
    ),
    (
        1,
        """Hi Jo
Just to let you know Kacper Wrona's dad is not allowed to collect him any more, there's a court order. Can reception staff be told? Mum's new number is 07700 900812.
Ta, Bev""",
    ),
    (
        1,
        """To: Year 9 tutors
Subject: RE: Destiny O

Destiny was permanently excluded this morning after the incident with the knife. Please don't discuss with students. Her brother in Y7 stays on roll.
Gill""",
    ),
    (
        30,
        """Swimming group B - Thursdays
"""
        + "\n".join(
            f"{f} {s}"
            for f, s in zip(
                "Aaliyah Ben Chloe Dawid Ewa Finn Grace Haroon Imogen Jack Keira Leon Maisie Nathan Orla Piotr Quinn Rosie Samir Tia Umar Vera Will Xena Yasmin Zak Alfie Bella Connor Daisy".split(),
                "Ali Brown Carter Dudek Evans Fox Gill Hussain Irving Jones Khan Lee Moss Nowak Owen Price Quigley Rahman Shah Todd Usman Vance Webb Xu Young Zafar Adams Banks Clark Dean".split(),
                strict=True,
            )
        ),
    ),
    (
        1,
        """Medical: Riley Thornhill (Y2) has a severe nut allergy. Two EpiPens in the medical room, expiry 03/26. In an emergency ring 999 then mum.""",
    ),
    (
        1,
        """Statement of Miss K Bright, teaching assistant. On 3 March I saw Tyler Hobson (8R) throw a chair at the supply teacher. Tyler ran off site. I radioed Mr Dunn.""",
    ),
    (
        1,
        """LAC Review 17/9/25
Child: Summer-Rose Tanner, Y5
SW: Fiona (Leeds). Placement stable. Summer-Rose wants more contact with her brother. PEP due November. Therapy to continue.""",
    ),
    (
        1,
        """Adroddiad blynyddol
Enw: Mali Fflur Prydderch      Blwyddyn: 4
Mae Mali wedi gweithio'n galed eleni. Presenoldeb: 96%""",
    ),
    (
        2,
        """Complaint received from Mr & Mrs Bannister about bullying of Lucas Bannister by Oscar Flint in Year 6. Lucas says that Oscar takes his dinner money. HT to investigate.""",
    ),
    (
        1,
        """Name of pupil ....... Noor Siddiqui
Form ....... 7G
Reason for referral to counsellor ....... low mood, not eating since parents separated
Parental consent ....... yes""",
    ),
    (
        1,
        """Exam access arrangements 2026: Joshua Lin, candidate 4021, 25% extra time and reader (processing speed SS 79).""",
    ),
    (
        1,
        """Dear Gail, Please find attached Mrs Odell's fit note. She is signed off for a further four weeks with anxiety. Can you adjust her pay from month 8? Regards, Tom""",
    ),
    (
        1,
        """FAO Children's Services
Multi-agency referral form
Child: Ibrahim Sesay   DOB 02.11.17   Ethnicity: Black African
Parent: Mariama Sesay
Reason: ongoing concerns about neglect and missed medical appointments""",
    ),
    (
        1,
        """Passport details for the ski trip: Hugo Barrington-Webb, passport number 533381234, expires 4/5/2027. EHIC held.""",
    ),
    (
        2,
        """twins Ava and Mia Reeves joining Reception Jan. previous nursery Little Stars. Ava has a hearing aid, Mia no needs. Mum single parent, FSM.""",
    ),
]
NOT_ABOUT_PEOPLE: list[str] = [
    """Dr Aziz Rahimi works at the university. His son studied law. The hospital opened in 1998 and treats children with cancer.""",
    """Child Protection and Safeguarding Policy 2025-26
Key contacts: DSL Sharon Wood; Deputy DSL Imran Malik; Chair of Governors Pauline Best; LADO Greg Dean 01632 960500
Abuse is a form of maltreatment of a child. Neglect is the persistent failure to meet a child's basic needs. Staff who have a concern about a child will speak to the DSL, who will decide whether to make a referral to children's social care.
If a child discloses abuse, listen, do not promise confidentiality, and write down what was said.""",
    """WALT: write a diary as Michael from Kensuke's Kingdom. Michael was washed overboard with his dog Stella. Kensuke, who had been a doctor in Nagasaki, saved his life. Success criteria: use the past tense.""",
    """Spring term clubs
Mon football Mr Carter, Tues choir Mrs Singh, Wed chess Mr Li. Cost £2. Return the slip below.
Name of child ________________ Class ______  Club ______""",
    """Congratulations to our new head boy and head girl! Sports day was won by Red house. Year 6 leavers' assembly is on 18 July. Mrs Green retires after 30 years; please sign her card.""",
    """FA Cup final: Saka scored twice and Bukayo's second was a beauty. Declan Rice was booked. Martin Ødegaard went off injured with a knee problem; the club doctor will assess him.""",
    """Agenda for governors' meeting: 1 Apologies 2 Declarations of interest 3 Minutes of the last meeting 4 Headteacher's report 5 Budget 6 Date of next meeting""",
    """Job description: SENCO. The post holder will maintain the SEN register, write individual education plans and liaise with the educational psychologist. Responsible to: the head teacher. Person specification: qualified teacher status, NASENCO award.""",
    """Person specification and advert. Teaching assistant, 30 hours, Grade C. Closing date 3 May. Contact Mrs L Page, school business manager, on 01632 960234 or office@hilltop.sch.uk. The school is committed to safeguarding and this post needs an enhanced DBS check.""",
    """How to complete the SEN support plan: put the pupil's name, date of birth and class in the box at the top. Under 'Area of need' choose one of the four areas. Example: 'Sam will read 20 words by March'. Do not write another child's name on the plan.""",
    """Staff handbook. Sickness absence: ring the head before 7.30. A return to work interview will be held after every absence. After seven days a fit note is needed. Disciplinary and grievance procedures are in appendix 3. The head teacher is Mrs Jane Holloway.""",
    """Sarah Jones Photography. Price list: 10x8 print £12. Order at sarahjonesphotography.example. Call Sarah on 07700 900111.""",
    """Dear Sir or Madam, we supply classroom furniture to schools. Our area manager, Peter Knowles, would be happy to call. Kind regards, Peter Knowles, Knowles Educational Ltd, 01632 960777""",
    """Once upon a time a girl called Matilda lived with her mother and father. Miss Honey was her teacher. "Children with special gifts," said Miss Trunchbull, "are a nuisance." Matilda's father was a crook who sold cars.""",
    """GCSE English Literature mock. Read the extract from An Inspector Calls. 'Eva Smith had been pregnant and drank disinfectant; she died in the infirmary.' How does Priestley present Sheila Birling? [30 marks]""",
    """Release notes 4.2: fixed a bug where the SEN status of a pupil was not shown. Thanks to Alice Cooper and Bob Marley for reports. Child protection flags now sync. Students without a UPN are skipped.""",
    """Year 5 maths homework. Aisha and Tom share 24 sweets in the ratio 1:3. Tom has asthma and runs 4 laps; Aisha runs 6. Who ran further and by how much? Show your working.""",
    """Cohort analysis. Pupil A: SEN K, attendance 84%, reading age 7.2. Pupil B: EHCP, PP, attendance 91%. Pupil C made accelerated progress after intervention.""",
    """NHS school nurse drop-in. Parents of children with asthma, diabetes or epilepsy can call Nurse Helen Briggs on 01632 960300. Head lice: treat the whole family.""",
    """Online safety tips from Childnet. Talk to your child about sexting. If you are worried, call the NSPCC. Report it to CEOP. Some children self-harm because of cyberbullying.""",
    """Names: John Smith, Jane Doe. INSERT INTO users (name, dob) VALUES ('Test User', '2000-01-01'); -- seed data""",
    """Autism Awareness Week: Greta Thunberg, Chris Packham and Anne Hegarty have all spoken about their autism diagnosis. Pupils can wear odd socks.""",
]


@pytest.mark.parametrize(
    ("people", "text"), ABOUT_PEOPLE, ids=[t[:30].strip() for _, t in ABOUT_PEOPLE]
)
def test_writing_about_a_person_is_found_and_the_people_counted(people: int, text: str) -> None:
    found = look(text)

    assert found is not None
    assert found.strength is not Strength.POSSIBLE
    assert abs((found.people.low + found.people.high) / 2 - people) <= 0.25 * people


@pytest.mark.parametrize("text", NOT_ABOUT_PEOPLE, ids=[t[:30].strip() for t in NOT_ABOUT_PEOPLE])
def test_writing_that_is_about_nobody_of_the_school_is_not_accused(text: str) -> None:
    assert look(text) is None
