"""Encrypted twins of labelled positives, by the programs that schools lock files with.

A twin must come out as locked: never as free of personal data, and never as a file that was missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import msoffcrypto
from labelled import Sample
from labelled_office import dressed
from writers import run

PASSWORD = "Thistlewhaite7"

Locker = Callable[[Path, Sample], Path]


def seven(folder: Path, sample: Sample) -> Path:
    """7-Zip's own format, names hidden as well."""
    run("7z", "a", f"-p{PASSWORD}", "-mhe=on", "twin.7z", sample.name, cwd=folder)
    return folder / "twin.7z"


def zip_aes(folder: Path, sample: Sample) -> Path:
    """A zip file with AES, as 7-Zip and WinZip make it."""
    run("7z", "a", "-tzip", "-mem=AES256", f"-p{PASSWORD}", "twin.zip", sample.name, cwd=folder)
    return folder / "twin.zip"


def open_pgp(folder: Path, sample: Sample) -> Path:
    """GnuPG with a password."""
    command = ["gpg", "--batch", "--pinentry-mode", "loopback", "--homedir", str(folder)]
    run(*command, "--passphrase", PASSWORD, "-o", "twin.gpg", "-c", sample.name, cwd=folder)
    return folder / "twin.gpg"


def age(folder: Path, sample: Sample) -> Path:
    """age, to a key made for the day."""
    run("age-keygen", "-o", "key", cwd=folder)
    public = (folder / "key").read_text().partition("public key: ")[2].split()[0]
    run("age", "-r", public, "-o", "twin.age", sample.name, cwd=folder)
    (folder / "key").unlink()
    return folder / "twin.age"


def office(folder: Path, sample: Sample) -> Path:
    """Word's and Excel's own password."""
    made = folder / f"twin{Path(sample.name).suffix}"
    with (folder / sample.name).open("rb") as plain, made.open("wb") as out:
        msoffcrypto.OfficeFile(plain).encrypt(PASSWORD, out)
    return made


def portable(folder: Path, sample: Sample) -> Path:
    """A PDF with a password to open it."""
    words = ["qpdf", "--encrypt", PASSWORD, "owner", "256", "--", sample.name, "twin.pdf"]
    run(*words, cwd=folder)
    return folder / "twin.pdf"


PACKED: tuple[Locker, ...] = (seven, zip_aes, open_pgp, age)
OWN: dict[str, tuple[Locker, ...]] = {
    ".xlsx": (office, office),
    ".docx": (office, office),
    ".pdf": (portable, portable, portable),
}


def twin(r: Random, sample: Sample, folder: Path) -> Sample:
    """The sample closed by one of the programs that can close such a file."""
    coat = dressed(r, sample)
    folder.mkdir()
    (folder / coat.name).write_bytes(coat.data)
    ways = PACKED + OWN.get(Path(coat.name).suffix, ())
    way = r.choice(ways)
    made = way(folder, coat)
    return replace(
        coat, name=made.name, data=made.read_bytes(), label=f"{coat.label} ({way.__name__})"
    )
