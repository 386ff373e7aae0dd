"""What an office writes down in passing, and what only looks like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.content.detect import Detector
from auditor.content.looking import examine
from auditor.content.walk import Item
from auditor.evidence import Strength
from auditor.rulebook import personal_data
from auditor.shipped import shipped

DETECTOR = Detector(personal_data.load(shipped("rules")))
NOTES: tuple[tuple[str, bool, str], ...] = (
    (
        "note1.txt",
        True,
        "Callum hasn't had breakfast again, third time this week. Spoke to him at break, says no food in house. Flagging to Mrs Hughes.",
    ),
    ("note2.txt", True, "Ellie-May - mum phoned, dentist at 2, will collect from office 1.30"),
    ("note3.txt", True, "Please can Reece and Tyler sit apart on the coach"),
    (
        "msg.txt",
        True,
        "Hi Sarah, just to let you know Oskar won't be in today, he was sick twice in the night. Thanks, Kasia (Oskar's mum)",
    ),
    (
        "wa.txt",
        True,
        "[03/10/2026, 18:22:10] Jo Bright: does anyone know what time the disco finishes\n[03/10/2026, 18:24:55] Leanne (Harvey's mum): 8 i think\n[03/10/2026, 18:30:01] Sunita: can someone bring Aarav home, I'm stuck at work x\n",
    ),
    (
        "abs.eml",
        True,
        "From: L Barnes <l.barnes@oakfield.sch.uk>\nTo: cover@oakfield.sch.uk\nSubject: absence\nDate: Mon, 2 Nov 2026 06:41:00 +0000\n\nMorning,\n\nI'm afraid I won't be in today, migraine came on last night and I can't look at a screen. Work for 9X is on the drive.\n\nLouise\n\nLouise Barnes\nTeacher of Geography\nOakfield High School\n01632 960111\n",
    ),
    (
        "allergy.txt",
        True,
        "KITCHEN - PLEASE CHECK\n\nMilo - dairy (anaphylaxis, pen in office)\nSofia T - egg\nHassan - no pork/halal\nBea - coeliac\nTheo W - nuts, sesame\n",
    ),
    (
        "club.txt",
        True,
        "Coding club Tues 3.15\nArlo 4M\nBilly 4M\nCasey 5P\nDina 5P\nErin 5P\nFarid 6H\n",
    ),
    (
        "bus.csv",
        True,
        "Stop,Time,Child,Contact\nMill Lane,8.05,Jude Harker,07700 900111\nMill Lane,8.05,Esme Harker,07700 900111\nThe Crown,8.12,Olly Dunn,07700 900222\nGreen,8.20,Kit Shaw,07700 900333\n",
    ),
    (
        "interp.csv",
        True,
        "Family,Language,Interpreter needed,Appt\nNowak,Polish,Y,4.10\nHaddad,Arabic,Y,4.20\nPetrenko,Ukrainian,Y,4.40\nOsman,Somali,N,5.00\n",
    ),
    (
        "fsm.txt",
        True,
        "Jack Simms\nAva Lowe\nRory Kent\nMia Patel\nJosh Reid\nLily-Ann Coles\nZak Omar\n\nthese are the ones on the free list, please don't charge",
    ),
    (
        "exam.csv",
        True,
        "Row A,Row B,Row C\n4012 Allen J,4020 Kaur S,4031 Ochieng D\n4013 Barker T,4021 Khan A,4032 Pike L\n4014 Chen W,4022 Lane M,4033 Quinn R\n",
    ),
    (
        "gov.txt",
        True,
        "GOVERNING BODY 2026\nChair: Margaret Tolley 07700 900555 m.tolley@gmail.com term ends 31/08/2028\nVice: Ian Beck 07700 900556 ianbeck@hotmail.co.uk term ends 14/02/2027\nParent: Nadia Aziz 07700 900557 nadia.aziz@yahoo.co.uk\n",
    ),
    (
        "slip.txt",
        True,
        "PAY ADVICE   Oakfield Academy Trust    Month 7\nEmployee: 004411  MRS D HOLLIS      NI: TN 31 12 58 B   Tax code 1257L\nBasic 2,314.50   TPS 223.10   PAYE 214.00  NI 161.22   Net 1,716.18\n",
    ),
    (
        "dbs.csv",
        True,
        "Name,Role,Cert,Issued,Seen by,List 99\nGwen Aldous,TA,001712345678,03/05/2022,BM,clear\nPaul Ritter,Site,001698765432,11/09/2021,BM,clear\nAsha Menon,Vol,001734567890,20/01/2024,HT,clear\n",
    ),
    (
        "trip.csv",
        True,
        "Zoo trip 14 June,,,,\nName,Paid,Form back,Lunch,Med\nHarley B,Y,Y,packed,inhaler\nSkye T,Y,N,school,\nNoah P,N,Y,packed,\nLexi R,Y,Y,school,travel sick\n",
    ),
    (
        "gform.csv",
        True,
        'Timestamp,Email Address,Your child\'s name,Class,Which days do you need?,Any dietary needs?\n2026/09/04 8:11:02 am GMT+1,jess.old@gmail.com,Toby Old,Y2 Oak,"Mon, Tue",none\n2026/09/04 9:30:45 am GMT+1,ravi77@outlook.com,Anya Rao,Reception,Thu,vegetarian\n',
    ),
    (
        "bilingual.txt",
        True,
        "Ysgol Bryn Glas / Bryn Glas School\nFfurflen ganiatâd / Consent form\nEnw'r plentyn / Child's name: Mabli Rees\nDosbarth / Class: 3\nAlergeddau / Allergies: penisilin\nRhif cyswllt / Contact number: 07700 900432\n",
    ),
    (
        "form.txt",
        True,
        "MEDICINE CONSENT\nChild ........ Zara Whitfield\nClass ........ Willow\nMedicine ..... Piriton 5ml\nTime ......... 12.30\nParent ....... K Whitfield  Date 3/11/26\n",
    ),
    (
        "seat.csv",
        True,
        "FRONT,,,\nAdam,Beth,Chris,Dan\nEmma,Femi,Grace,Hamza\nIvy,Jack,Kayla,Liam\nMia,Nina,Omar,Pia\n",
    ),
    (
        "grades.csv",
        True,
        ",En,Ma,Sc\nLouis Grant,4,5,5\nMaya Iqbal,6,7,7\nTom Jessop,3,4,3\nUma Kaur,8,8,9\nVera Lock,5,5,6\n",
    ),
    (
        "merit.txt",
        True,
        "Merit winners: Jacob T (7R), Leila M (7R), Owen P (8S), Daisy F (9T), Musa K (9T)",
    ),
    (
        "lac.txt",
        True,
        "LAC update - Shay (Y5) moved to new carers in Hull on Friday. Contact with birth mum supervised monthly. PEP 20/11. Do not share address.",
    ),
    (
        "photo.csv",
        True,
        "Pupil,Website,Press,Social media\nLucas Hay,Y,N,N\nPippa Lyon,N,N,N\nRiya Shah,Y,Y,Y\n",
    ),
    (
        "sig.eml",
        False,
        "From: School Office <office@oakfield.sch.uk>\nTo: All Staff <staff@oakfield.sch.uk>\nSubject: Fire drill\nDate: Tue, 3 Nov 2026 11:00:00 +0000\n\nDear all,\n\nThere will be a fire drill on Thursday. Please leave by the nearest exit and take registers.\n\nKind regards\n\nLinda Marsh\nOffice Manager\nOakfield High School\n01632 960111\n",
    ),
    (
        "pol.txt",
        False,
        "Attendance policy\n\nPupils must arrive by 8.45am. Parents should ring the school by 9am if a child is absent. The attendance officer will contact families where there is a concern. Persistent absence is below 90%. The headteacher may issue a penalty notice.\n",
    ),
    (
        "tt.csv",
        False,
        "Room,Mon,Tue,Wed,Thu,Fri\nHall,PE,PE,Assembly,Dance,PE\nLab 1,Sc 7,Sc 8,Sc 9,Sc 10,Sc 11\n",
    ),
    (
        "menu.txt",
        False,
        "Week 1\nMonday: Fish fingers, peas\nTuesday: Shepherd's pie\nWednesday: Roast chicken\nThursday: Pasta bake (v)\nFriday: Pizza\nAllergens: see Rosie in the kitchen\n",
    ),
    (
        "story.txt",
        False,
        'Chapter One\n\nTom crept down the stairs. His mum was crying in the kitchen. "What is it?" he asked. She shook her head. School would have to wait today.\n\n"It\'s your dad," she said at last. "He has gone."\n',
    ),
    (
        "quiz.txt",
        False,
        "Maths problem: Aisha has 12 apples. She gives Ben 5 and Carl 3. How many has she left? Tom runs 3km on Monday and 4km on Tuesday. How far does he run?\n",
    ),
    (
        "sup.csv",
        False,
        "Company,Contact,Tel,Email\nABC Stationery,John Price,01632 960222,john@abcstat.co.uk\nGreen Coaches,Wendy Hill,01632 960333,info@greencoaches.co.uk\nPrintWorks,Anil Shah,01632 960444,sales@printworks.co.uk\n",
    ),
    (
        "blank.txt",
        False,
        "Name of child: ______________\nClass: ______\nAllergies: ______________\nSigned (parent): ___________ Date: ______\n",
    ),
    (
        "lib.csv",
        False,
        "Title,Author,Class no,Copies\nMatilda,Roald Dahl,F DAH,3\nHoles,Louis Sachar,F SAC,6\nSkellig,David Almond,F ALM,4\n",
    ),
    (
        "cast.txt",
        False,
        "Film club: Paddington (2014)\nStarring Ben Whishaw, Hugh Bonneville, Sally Hawkins and Nicole Kidman. Directed by Paul King.\n",
    ),
    (
        "guide.txt",
        False,
        "How to report a concern\n\n1. Listen to the child. Do not promise to keep it secret.\n2. Write down what was said in the child's own words.\n3. Tell the designated safeguarding lead, Mrs Khan, the same day.\n",
    ),
    (
        "case.txt",
        False,
        "Training: what would you do?\nScenario 1: Leo, aged 9, tells you he is scared to go home. Discuss in pairs.\nScenario 2: Maya has bruises on her arm.\n",
    ),
)


def flagged(path: Path) -> bool:
    found = examine(Item(path=str(path), volume="", size=0, modified=0), DETECTOR).file
    return found is not None and found.strength is not Strength.POSSIBLE


@pytest.mark.parametrize(("name", "personal", "said"), NOTES, ids=[n for n, _, _ in NOTES])
def test_notes_and_lists_of_an_office(name: str, personal: bool, said: str, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / name).write_text(said, "utf-8")

    assert flagged(folder / name) is personal


def test_a_dump_without_numbers_is_read_as_its_tables(tmp_path: Path) -> None:
    rows = ",\n".join(
        f"({n},'{f}','O''Brien','4B',1)" for n, f in enumerate(("Ava", "Leo", "Mia", "Zak"))
    )
    (tmp_path / "dinner.sql").write_text(
        "-- MySQL dump 10.13\nCREATE TABLE `child` (`id` int, `forename` varchar(40), `surname` varchar(40),"
        f" `class` varchar(6), `fsm` tinyint);\nINSERT INTO `child` VALUES {rows};\n"
    )

    assert flagged(tmp_path / "dinner.sql")


def test_a_spreadsheet_of_one_xml_file_is_read(tmp_path: Path) -> None:
    cells = (
        ["Surname", "Forename", "DOB"],
        ["Shah", "Mia", "2015-03-02"],
        ["Reid", "Leo", "2015-05-01"],
    )
    rows = "".join(
        "<Row>" + "".join(f"<Cell><Data>{c}</Data></Cell>" for c in row) + "</Row>" for row in cells
    )
    (tmp_path / "export.xml").write_text(
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
        f"<Worksheet><Table>{rows}</Table></Worksheet></Workbook>"
    )

    assert flagged(tmp_path / "export.xml")
