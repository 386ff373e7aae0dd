"""A mailbox, a database, a backup and an image are called what they are, whatever lies in them."""

from __future__ import annotations

import mailbox
import sqlite3
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from random import Random

import pytest
from make import letter, pupils

from auditor.content.detect import Detector
from auditor.content.looking import examine
from auditor.content.walk import Item
from auditor.evidence import FileSeen, Strength
from auditor.rulebook import personal_data
from auditor.rulebook.closed import counts
from auditor.shipped import shipped

DETECTOR = Detector(personal_data.load(shipped("rules")))
PEOPLE = pupils(20)
ROWS = [(p.surname, p.forename, str(p.born), p.upn) for p in PEOPLE]
TAPE = b"TAPE" + bytes(60) + "Microsoft SQL Server".encode("utf-16-le") + bytes(4000)


def seen(path: Path) -> FileSeen | None:
    size = path.stat().st_size
    return examine(Item(path=str(path), volume="", size=size, modified=0), DETECTOR).file


def database(path: Path) -> None:
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE pupil (surname, forename, dob, upn)")
    base.executemany("INSERT INTO pupil VALUES (?,?,?,?)", ROWS)
    base.commit()
    base.close()


def mails(path: Path) -> None:
    box = mailbox.mbox(path)
    for person in PEOPLE[:4]:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "office@hill.sch.uk", "head@hill.sch.uk", "Re:"
        mail["Date"] = "Mon, 3 Nov 2025 10:00:00 +0000"
        mail.set_content(letter(person))
        box.add(mail)
    box.close()


def plain_backup(path: Path) -> None:
    held = "\0".join(f"{p.forename} {p.surname} {p.upn} {p.born}" for p in PEOPLE)
    path.write_bytes(TAPE + held.encode("utf-16-le") + bytes(5000))


def dump(path: Path) -> None:
    rows = ",\n".join(str(r) for r in ROWS)
    path.write_text(f"-- MySQL dump 10.13\nINSERT INTO `pupil` VALUES {rows};\n", "utf-8")


def image(path: Path) -> None:
    path.write_bytes(b"\xb4nhD" + Random(1).randbytes(9_000) + bytes(9_000))


def virtual(path: Path) -> None:
    path.write_bytes(b"vhdxfile" + bytes(70_000))


@pytest.mark.parametrize(
    ("name", "make", "record", "category"),
    [
        ("school.db", database, "database", "database"),
        ("Sent.mbox", mails, "mailbox", "mailbox"),
        ("SIMS_2026-11-01.bak", plain_backup, "mis-backup", "MIS backup"),
        ("nightly.bak", plain_backup, "mis-backup", "MIS backup"),
        ("arbor.sql", dump, "mis-backup", "MIS backup"),
    ],
)
def test_what_a_file_is_gives_it_its_name_and_its_contents_the_rest(
    name: str, make: Callable[[Path], None], record: str, category: str, tmp_path: Path
) -> None:
    make(tmp_path / name)
    found = seen(tmp_path / name)

    assert found is not None
    assert (found.record, found.category.split(":")[0]) == (record, category)
    assert found.contents
    assert counts(found)


@pytest.mark.parametrize(
    ("name", "make", "record"),
    [
        ("Office PC.tib", image, "backup-image"),
        ("Office PC backup.vhdx", virtual, "backup-image"),
        ("Windows 11 test machine.vhdx", virtual, None),
    ],
)
def test_a_backup_that_cannot_be_read_is_possible_and_never_counted(
    name: str, make: Callable[[Path], None], record: str | None, tmp_path: Path
) -> None:
    folder = tmp_path / "Office"  # the folder of the test has the word backup in its name
    folder.mkdir()
    make(folder / name)
    found = seen(folder / name)

    assert (found.record if found else None) == record
    if found:
        assert found.strength is Strength.POSSIBLE
        assert not found.whole
        assert (found.people.low, found.people.high) == (0, 0)
        assert not counts(found)


def test_a_database_of_something_else_is_none(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "cache.db")
    base.execute("CREATE TABLE parts (name, weight)")
    base.executemany("INSERT INTO parts VALUES (?,?)", [(f"bolt {n}", n) for n in range(40)])
    base.commit()
    base.close()

    assert seen(tmp_path / "cache.db") is None
