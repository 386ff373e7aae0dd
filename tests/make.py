"""Made-up pupils and the files that schools make of them. Names come from a small list of our own."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from auditor.content.detect.checksums import UPN_LETTERS, nhs, uln

FORENAMES = (
    "Ann Bob Cara Dai Efa Femi Gwen Hari Ivy Jaya Kofi Lena Musa Nia Omar Poppy Rhys Sana Tom Una Vik Wren Yusuf "
    "Zoe Zebedee Ottoline"
).split()
SURNAMES = (
    "Example Sample Quillfeather Thistlewhaite Madeup Nobody Pretend Placeholder Fictor Inventa Dummyton Testworth "
    "Mockley Fakenham-Smith O'Specimen Ap-Enghraifft"
).split()


@dataclass(frozen=True)
class Pupil:
    upn: str
    surname: str
    forename: str
    born: date
    sen: str
    year: int
    form: str
    nhs: str
    uln: str
    postcode: str


def upn(random: Random, *, temporary: bool = False) -> str:
    """A UPN of the authority 999, which does not exist."""
    digits = f"999{random.randrange(10_000):04}{random.randrange(10, 27)}{random.randrange(100):02}"
    last = random.choice(UPN_LETTERS) if temporary else str(random.randrange(10))
    values = [int(c) for c in digits] + [UPN_LETTERS.index(last) if temporary else int(last)]
    return (
        UPN_LETTERS[sum(v * w for v, w in zip(values, range(2, 14), strict=True)) % 23]
        + digits
        + last
    )


def nhs_number(random: Random) -> str:
    while True:
        made = f"{random.randrange(4 * 10**9, 5 * 10**9)}"
        if nhs(made):
            return made


def uln_number(random: Random) -> str:
    while True:
        made = f"{random.randrange(10**9, 10**10)}"
        if uln(made):
            return made


def pupils(count: int, seed: int = 7) -> list[Pupil]:
    """That many different pupils; the same for the same seed."""
    random = Random(seed)
    made: dict[str, Pupil] = {}
    while len(made) < count:
        year = random.randrange(1, 12)
        p = Pupil(
            upn=upn(random),
            surname=random.choice(SURNAMES),
            forename=random.choice(FORENAMES),
            born=date(2026 - 5 - year, 9, 1) + timedelta(days=random.randrange(364)),
            sen=random.choice(["", "", "", "N", "K", "E"]),
            year=year,
            form=f"{year}{random.choice('ABC')}",
            nhs=nhs_number(random),
            uln=uln_number(random),
            postcode=f"ZZ{random.randrange(1, 99)} {random.randrange(10)}AA",
        )
        made[p.upn] = p
    return list(made.values())


HEADINGS = (
    "UPN",
    "Surname",
    "Forename",
    "DOB",
    "SEN",
    "Year",
    "Reg Group",
    "NHS Number",
    "Postcode",
)


def row(p: Pupil) -> list[str]:
    return [
        p.upn,
        p.surname,
        p.forename,
        p.born.strftime("%d/%m/%Y"),
        p.sen,
        str(p.year),
        p.form,
        p.nhs,
        p.postcode,
    ]


def table(rows: list[list[str]], delimiter: str = ",", headings: tuple[str, ...] = HEADINGS) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue()


def class_list(count: int, seed: int = 7, delimiter: str = ",") -> str:
    return table([row(p) for p in pupils(count, seed)], delimiter)


def letter(p: Pupil) -> str:
    return (
        f"Dear Mr and Mrs {p.surname}\n\nRe: {p.forename} {p.surname}, date of birth {p.born:%d/%m/%Y}\n"
        f"UPN {p.upn}, NHS number {p.nhs}\n\nWe met the educational psychologist about the EHCP.\n"
    )
