"""The 49 per cent: a school office that takes its records home on a stick, told from end to end."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from make import class_list, letter, pupils

from auditor.audit import Plan, audit
from auditor.evidence import Encryption, EncryptionState, Machine, Place, Platform, Volume
from auditor.findings import Audit, Severity, Verdict
from auditor.host.recorded import Answers, Recorded
from auditor.reports import load as form
from auditor.rulebook import load, personal_data
from auditor.shipped import shipped
from auditor.survey import Survey

TAKEN = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)


def visit(
    stick: Path, office: Path, monkeypatch: pytest.MonkeyPatch, state: EncryptionState
) -> Audit:
    """An audit of a desktop whose drive is encrypted, with the stick in it."""
    volumes = (
        Volume(id=str(office), mount=str(office), label="Office", place=Place.FIXED, system=True,
               encryption=Encryption(state=EncryptionState.ON, product="BitLocker")),
        Volume(id=str(stick), mount=str(stick), label="HOME", place=Place.REMOVABLE, system=False,
               encryption=Encryption(state=state)),
    )  # fmt: skip
    machine = Machine(
        name="OFFICE",
        platform=Platform.WINDOWS,
        os="Windows 11",
        elevated=False,
        portable=False,
        taken=TAKEN,
    )
    # The drives are given; the files, their reading, the rules and the reports are real.
    monkeypatch.setattr(
        "auditor.audit.survey", lambda _: Survey(machine=machine, volumes=volumes, gaps=())
    )
    host = Recorded(
        Answers(platform=Platform.LINUX, name="OFFICE", os="any", elevated=False, now=TAKEN)
    )
    rules = shipped("rules")
    return audit(
        host, load(rules), personal_data.load(rules), Plan(school="Hill Top Primary", jobs=2)
    )


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    stick, office = tmp_path.resolve() / "stick", tmp_path.resolve() / "office"
    for p in (stick / "backup of friday", office / "lists"):
        p.mkdir(parents=True)
    (stick / "backup of friday" / "pupils.csv").write_text(class_list(212))
    (stick / "backup of friday" / "letter.txt").write_text(letter(pupils(1)[0]))
    (stick / "menu.csv").write_text("Day,Main,Pudding\nMonday,Pie,Fruit\nTuesday,Fish,Cake\n")
    (office / "lists" / "pupils.csv").write_text(class_list(212))
    return stick, office


def test_the_copy_that_goes_home_is_the_headline(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    stick, office = places
    made = visit(stick, office, monkeypatch, EncryptionState.OFF)

    assert made.headline.copies == 2
    assert made.headline.people.low == 212
    assert [s.volume for s in made.headline.spots] == [str(stick)]
    first = made.findings[0]
    assert (first.rule, first.severity, first.subject.id) == (
        "REM-03",
        Severity.CRITICAL,
        str(stick),
    )
    assert len([f for f in made.evidence.files if f.volume == str(office)]) == 1
    page = form("html").render(made)
    assert "Secure the records on unencrypted portable drives" in page
    assert "encrypted online backup" in page, "the way out of carrying is named"
    assert "Quillfeather" not in page


def test_the_same_stick_encrypted_is_no_finding(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = visit(*places, monkeypatch, EncryptionState.ON)

    assert made.headline.copies == 0
    # The folders of tests are temporary ones, which FIL-08 says, and ACC-10 knows an old backup.
    assert {f.rule for f in made.findings if f.verdict is Verdict.FAIL} <= {"FIL-08", "ACC-10"}
    assert {f.volume for f in made.evidence.files} == {str(p) for p in places}


def test_a_stick_whose_encryption_nobody_can_tell_is_unknown(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = visit(*places, monkeypatch, EncryptionState.UNKNOWN)

    assert (made.headline.copies, made.headline.unsure) == (0, 2)
    told = {f.rule: f.verdict for f in made.findings if f.subject.id == str(places[0])}
    assert told["REM-03"] is Verdict.UNKNOWN
    assert told["REM-01"] is Verdict.UNKNOWN


def test_old_evidence_is_judged_again_to_the_same_findings(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from auditor.audit import judged

    made = visit(*places, monkeypatch, EncryptionState.OFF)
    again = judged(made.evidence, load(shipped("rules")), school="", urn="", by="")

    assert again.findings == made.findings
    assert again == msgspec.structs.replace(made, school="")
