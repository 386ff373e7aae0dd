"""Two audits of a machine, and the machines of a school."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from running import auditor
from sample_audit import BITLOCKER, OFF, clean, laptop, seen
from strategies import evidence as any_evidence

from auditor import wire
from auditor.across.compare import Change, better, compare, tally
from auditor.across.site import Gathering, Site
from auditor.audit import judged
from auditor.evidence import Encryption, EncryptionState, Evidence, Range
from auditor.findings import Audit, Verdict
from auditor.reports.across_html import compared, site
from auditor.rulebook import load
from auditor.shipped import shipped

BOOK = load(shipped("rules"))
replace = msgspec.structs.replace


def audited(
    evidence: Evidence, school: str = "Hill Top Primary School", **machine: object
) -> Audit:
    named = replace(evidence, machine=replace(evidence.machine, **machine))
    return judged(named, BOOK, school=school, urn="", by="")


def later(evidence: Evidence) -> Evidence:
    """The same machine half a year on."""
    taken = evidence.machine.taken + timedelta(days=180)
    return replace(evidence, machine=replace(evidence.machine, taken=taken))


def changed(evidence: Evidence, volume: str, **fields: object) -> Evidence:
    volumes = tuple(replace(v, **fields) if v.id == volume else v for v in evidence.volumes)
    return replace(evidence, volumes=volumes)


def without(evidence: Evidence, volume: str) -> Evidence:
    return replace(
        evidence,
        volumes=tuple(v for v in evidence.volumes if v.id != volume),
        files=tuple(f for f in evidence.files if f.volume != volume),
        scan=replace(evidence.scan, roots=tuple(r for r in evidence.scan.roots if r != volume)),
    )


def became(old: Evidence, new: Evidence, rule: str) -> set[Change]:
    found = compare(audited(old), audited(later(new)))
    return {s.change for s in found.steps if s.rule == rule}


def test_an_audit_compared_with_itself_has_nothing_fixed_new_or_worse() -> None:
    n = tally(compare(audited(laptop()), audited(later(laptop()))))

    assert n[Change.FIXED] == n[Change.NEW] == n[Change.WORSE] == n[Change.UNSEEN] == 0
    assert n[Change.UNCHANGED] == sum(f.verdict is Verdict.FAIL for f in audited(laptop()).findings)


def test_a_stick_that_was_encrypted_is_fixed() -> None:
    mended = changed(laptop(), "E:\\", encryption=BITLOCKER)

    assert Change.FIXED in became(laptop(), mended, "REM-01")
    assert Change.FIXED in became(laptop(), mended, "REM-03")
    found = compare(audited(laptop()), audited(later(mended)))
    assert better(found.old.headline, found.new.headline) is True
    assert found.new.headline.copies < found.old.headline.copies


def test_a_stick_left_in_a_drawer_is_not_fixed() -> None:
    assert became(laptop(), without(laptop(), "E:\\"), "REM-03") == {Change.UNSEEN}
    assert Change.FIXED not in became(laptop(), without(laptop(), "E:\\"), "REM-01")


def test_another_stick_under_the_same_letter_is_another_stick() -> None:
    other = changed(laptop(), "E:\\", label="NEW STICK", size=64_000_000_000, encryption=BITLOCKER)

    assert became(laptop(), other, "REM-03") == {Change.UNSEEN}


def test_a_stick_under_another_letter_is_the_same_stick() -> None:
    moved = changed(laptop(), "E:\\", id="H:\\", mount="H:\\", device="H:\\")
    moved = replace(
        moved,
        files=tuple(
            replace(f, volume="H:\\", path=f.path.replace("E:\\", "H:\\"))
            if f.volume == "E:\\"
            else f
            for f in moved.files
        ),
        scan=replace(moved.scan, roots=("H:\\", *moved.scan.roots[1:])),
    )
    found = compare(audited(laptop()), audited(later(moved)))

    assert became(laptop(), moved, "REM-03") == {Change.UNCHANGED}
    assert (found.new_count, found.gone_count) == (0, 0)


def test_a_question_that_got_no_answer_this_time_is_not_fixed() -> None:
    hidden = changed(laptop(), "D:\\", encryption=Encryption(state=EncryptionState.UNKNOWN))

    assert became(laptop(), hidden, "DRV-03") <= {Change.UNSEEN}


def test_a_drive_that_was_decrypted_is_new() -> None:
    worse = changed(laptop(), "C:\\", encryption=OFF)

    assert became(laptop(), worse, "DRV-01") == {Change.NEW}


def test_files_that_went_are_told_only_where_it_was_looked() -> None:
    fewer = replace(laptop(), files=laptop().files[2:])
    stopped = replace(fewer, scan=replace(fewer.scan, complete=False))

    assert compare(audited(laptop()), audited(later(fewer))).gone_count == 2
    assert compare(audited(laptop()), audited(later(stopped))).gone_count == 0
    assert compare(audited(fewer), audited(later(laptop()))).new_count == 2


def test_fewer_copies_are_not_better_when_more_could_not_be_told() -> None:
    was, now = audited(laptop()).headline, audited(laptop()).headline

    assert better(was, replace(now, copies=1)) is True
    assert better(was, replace(now, copies=9)) is False
    assert better(was, replace(now, copies=1, unsure=8)) is None
    assert better(was, replace(now, copies=1, complete=False)) is None
    assert better(was, replace(now, copies=0, known=False)) is None


@settings(max_examples=15)
@given(any_evidence(), any_evidence())
def test_nothing_is_fixed_that_does_not_pass_or_was_not_seen_again(
    old: Evidence, new: Evidence
) -> None:
    before, now = audited(old), audited(new)
    verdicts = {(f.rule, f.subject.kind, f.subject.id): f.verdict for f in now.findings}
    there = {v.id for v in new.volumes}
    for step in compare(before, now).steps:
        if step.change is Change.FIXED:
            verdict = verdicts.get((step.rule, step.subject.kind, step.subject.id))
            assert verdict not in {Verdict.FAIL, Verdict.UNKNOWN}
            assert verdict or step.subject.kind == "file" or step.subject.id in there or step.now


def gathered(*audits: tuple[Audit, str]) -> Site:
    made = Gathering()
    for audit, where in audits:
        made.add(audit, where)
    return made.site()


def school() -> Site:
    """An office laptop, the same machine a year ago, a clean PC, and a PC with the same stick."""
    office = audited(laptop())
    old = audited(laptop(), taken=laptop().machine.taken - timedelta(days=300))
    stick = audited(without(laptop(), "F:\\"), name="STAFFROOM-PC", portable=False)
    return gathered(
        (old, "a/old.json"), (office, "a/report.json"), (stick, "b/report.json"), (audited(clean()), "c/report.json")
    )  # fmt: skip


def test_a_school_is_seen_as_its_newest_audits_the_worst_machine_first() -> None:
    found = school()

    assert [m.name for m in found.machines] == ["OFFICE-LAPTOP-2", "STAFFROOM-PC", "LIBRARY-PC"]
    assert found.older == 1
    assert found.copies == sum(m.headline.copies for m in found.machines)
    assert found.people.low == max(m.headline.people.low for m in found.machines)


def test_a_problem_that_two_machines_share_is_told_once() -> None:
    shared = {s.rule: s for s in school().shared}

    assert shared["REM-03"].machines == ("OFFICE-LAPTOP-2", "STAFFROOM-PC")
    assert len(shared) == len(school().shared)


def test_the_same_list_on_two_machines_is_known_by_its_shape() -> None:
    found = school()
    register = next(s for s in found.lists if s.special)

    assert {p.machine for p in register.places} == {"OFFICE-LAPTOP-2", "STAFFROOM-PC"}
    assert register.people == Range(low=57, high=57)
    assert all(s.copies > 1 for s in found.lists)


def test_a_stick_that_was_in_two_machines_is_told_since_its_copies_count_twice() -> None:
    assert [(s.label, s.machines) for s in school().sticks] == [
        ("SCHOOL USB", ("OFFICE-LAPTOP-2", "STAFFROOM-PC"))
    ]
    lone = replace(laptop(), files=(seen("E:\\other.csv", "E:\\", 5),))
    other = audited(lone, name="STAFFROOM-PC")
    assert gathered((audited(laptop()), "a"), (other, "b")).sticks == ()


def test_a_site_without_reports_is_not_clean() -> None:
    empty = Gathering().site()
    page = site(empty)

    assert not empty.complete
    assert "No report could be read" in page


@pytest.mark.parametrize("form", ["text", "html", "json"])
def test_the_command_compares_two_visits(tmp_path: Path, form: str) -> None:
    (tmp_path / "old.json").write_bytes(wire.encode(audited(laptop())))
    mended = later(changed(laptop(), "E:\\", encryption=BITLOCKER))
    (tmp_path / "new.json").write_bytes(wire.encode(audited(mended)))

    done = auditor("compare", "old.json", "new.json", "--format", form, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    if form == "json":
        assert json.loads(done.stdout)["format"] == "auditor-comparison"
    else:
        assert "fixed" in done.stdout
    if form == "text":
        assert done.stdout.splitlines()[-1].endswith("4 before, 1 now")


def test_the_command_puts_a_visit_into_one_report(tmp_path: Path) -> None:
    for name, evidence in {"office": laptop(), "library": clean()}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_bytes(wire.encode(audited(evidence)))
        (tmp_path / name / "report.html").write_text("<!DOCTYPE html>")
    (tmp_path / "notes.json").write_text("{}")
    (tmp_path / "damaged.json").write_bytes(wire.encode(audited(clean()))[:900])

    done = auditor("site", ".", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    made = json.loads((tmp_path / "site.json").read_text("utf-8"))
    assert [m["name"] for m in made["machines"]] == ["OFFICE-LAPTOP-2", "LIBRARY-PC"]
    assert [n["where"] for n in made["not_read"]] == ["damaged.json"]
    page = (tmp_path / "site.html").read_text("utf-8")
    assert 'href="office/report.html"' in page
    assert "a machine may be missing" in page
    again = auditor("site", ".", cwd=tmp_path)
    assert again.returncode == 0, "its own files are no reports"


def test_a_page_compared_says_what_it_could_not_see() -> None:
    page = compared(compare(audited(laptop()), audited(later(without(laptop(), "E:\\")))))

    assert "What was not seen is not fixed" in page
    assert "Cannot be said to be better or worse" in page or "Fewer than before" in page
