"""What LibreOffice writes, in every format that it can, and what it locks (slow: its own process)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from office_sources import SHEET, SHEET_WORDS, SLIDE_WORDS, SLIDES, TEXT, TEXT_WORDS
from reading import read
from writers import needs, run

from auditor.evidence import ProtectionState as State

pytestmark = [pytest.mark.slow, pytest.mark.office]

WRITTEN = [
    # format, source, words, those that LibreOffice itself leaves out of this format
    ("docx", TEXT, TEXT_WORDS, ()),
    ("odt", TEXT, TEXT_WORDS, ()),
    ("doc", TEXT, TEXT_WORDS, ()),
    ("rtf", TEXT, TEXT_WORDS, ()),
    ("pdf", TEXT, TEXT_WORDS, ("tokcomment", "tokhidden")),
    ("html", TEXT, TEXT_WORDS, ("tokcomment",)),
    (
        "epub",
        TEXT,
        TEXT_WORDS,
        ("tokcomment", "tokheader", "tokfooter", "toksubject"),
    ),
    ("xlsx", SHEET, [*SHEET_WORDS, "07700900123"], ()),
    ("ods", SHEET, [*SHEET_WORDS, "07700900123"], ()),
    ("xls", SHEET, [*SHEET_WORDS, "7700900123"], ("tokformula",)),
    ("pptx", SLIDES, SLIDE_WORDS, ()),
    ("odp", SLIDES, SLIDE_WORDS, ()),
    ("ppt", SLIDES, SLIDE_WORDS, ()),
    ("pdf", SLIDES, SLIDE_WORDS, ("tokcomment", "toknotes")),
]


@pytest.mark.parametrize(("form", "source", "words", "never"), WRITTEN)
def test_every_place_of_every_format_is_read(
    tmp_path: Path, form: str, source: str, words: list[str], never: tuple[str, ...]
) -> None:
    needs("soffice")
    start = {TEXT: "x.fodt", SHEET: "x.fods", SLIDES: "x.fodp"}[source]
    (tmp_path / start).write_text(source)
    run(
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        form,
        start,
        cwd=tmp_path,
    )

    got = read(tmp_path / f"x.{form}")

    assert {w for w in words if w not in got.text} == set(never)
    assert not got.unread


LOCK = """
import subprocess, sys, time, uno
from com.sun.star.beans import PropertyValue

def value(name, is_):
    made = PropertyValue()
    made.Name, made.Value = name, is_
    return made

profile, port, jobs = sys.argv[1], sys.argv[2], sys.argv[3:]
accept = f"socket,host=127.0.0.1,port={port};urp"
office = subprocess.Popen(["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore",
                           f"--accept={accept};"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
here = uno.getComponentContext()
resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
for _ in range(120):
    try:
        there = resolver.resolve(f"uno:{accept};StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.25)
desktop = there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)
for source, target, form in zip(*[iter(jobs)] * 3):
    document = desktop.loadComponentFromURL("file://" + source, "_blank", 0, (value("Hidden", True),))
    document.storeToURL("file://" + target, (value("FilterName", form), value("Password", "secret")))
    document.close(True)
try:
    desktop.terminate()
except Exception:
    pass
office.wait(30)
"""
LOCKS = {
    "x.odt": (TEXT, "x.fodt", "writer8", State.STRONG, "OpenDocument AES-256"),
    "x.ods": (SHEET, "x.fods", "calc8", State.STRONG, "OpenDocument AES-256"),
    "x.odp": (SLIDES, "x.fodp", "impress8", State.STRONG, "OpenDocument AES-256"),
    "x.doc": (TEXT, "x.fodt", "MS Word 97", State.WEAK, "Office RC4-40"),
    "x.xls": (SHEET, "x.fods", "MS Excel 97", State.WEAK, "Office RC4-40"),
}


def test_what_libreoffice_locks_is_told(tmp_path: Path) -> None:
    needs("soffice", "/usr/bin/python3")
    if subprocess.run(
        ["/usr/bin/python3", "-c", "import uno"], capture_output=True, check=False
    ).returncode:
        pytest.skip("needs the Debian package python3-uno")
    jobs = []
    for name, (source, start, form, _, _) in LOCKS.items():
        (tmp_path / start).write_text(source)
        jobs += [str(tmp_path / start), str(tmp_path / name), form]
    run("/usr/bin/python3", "-c", LOCK, str(tmp_path / "profile"), "28766", *jobs)

    got = {name: read(tmp_path / name) for name in LOCKS}

    assert {n: (g.protection.state, g.protection.scheme) for n, g in got.items()} == {
        n: (state, scheme) for n, (*_, state, scheme) in LOCKS.items()
    }
    assert not [
        n
        for n, g in got.items()
        if "tokbody" in g.text or "tokcell" in g.text or "toknotes" in g.text
    ]
