from __future__ import annotations

from functools import cache

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_audit import clean, laptop, nothing_seen, seen
from strategies import evidence

from auditor.evidence import (
    Encryption,
    EncryptionState,
    Evidence,
    Gap,
    Place,
    Protection,
    ProtectionState,
    Why,
)
from auditor.findings import Finding, Severity, Verdict
from auditor.judge import headline, judge
from auditor.rulebook import Rulebook, load
from auditor.shipped import shipped


@cache
def book() -> Rulebook:
    return load(shipped("rules"))


def verdicts(e: Evidence) -> dict[tuple[str, str], Verdict]:
    return {(f.rule, f.subject.id): f.verdict for f in judge(e, book())}


def with_volume(e: Evidence, mount: str, **fields: object) -> Evidence:
    made = tuple(msgspec.structs.replace(v, **fields) if v.id == mount else v for v in e.volumes)
    return msgspec.structs.replace(e, volumes=made)


def found(e: Evidence, rule: str, subject: str) -> Finding:
    return next(f for f in judge(e, book()) if (f.rule, f.subject.id) == (rule, subject))


def test_the_stick_of_the_office_laptop_is_critical_and_says_how_many() -> None:
    f = found(laptop(), "REM-03", "E:\\")

    assert f.verdict is Verdict.FAIL
    assert f.severity is Severity.CRITICAL
    assert "3 files" in f.seen
    assert "412 to 505 people" in f.seen
    assert f.remedy
    assert all(c.source.url for c in f.because)


def test_the_worst_comes_first() -> None:
    findings = judge(laptop(), book())
    fails = [f for f in findings if f.verdict is Verdict.FAIL]

    assert findings[: len(fails)] == tuple(fails)
    assert [f.severity.rank for f in fails] == sorted(f.severity.rank for f in fails)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, Verdict.FAIL),
        ({"encryption": Encryption(state=EncryptionState.ON)}, Verdict.NOT_APPLICABLE),
        ({"encryption": Encryption(state=EncryptionState.SUSPENDED)}, Verdict.FAIL),
        ({"encryption": Encryption(state=EncryptionState.UNKNOWN)}, Verdict.UNKNOWN),
        ({"place": Place.UNKNOWN}, Verdict.UNKNOWN),
        ({"place": Place.FIXED}, Verdict.NOT_APPLICABLE),
    ],
)
def test_records_on_a_stick_are_judged_by_what_is_known_of_it(
    change: dict[str, object], verdict: Verdict
) -> None:
    told = verdicts(with_volume(laptop(), "E:\\", **change))

    assert told.get(("REM-03", "E:\\"), Verdict.NOT_APPLICABLE) is verdict


@pytest.mark.parametrize(
    "hidden",
    [
        {"scan": {"complete": False}},
        {"scan": {"asked": False}},
        {"scan": {"roots": ("C:\\",)}},
        {"gap": Gap(source="files", about="1 file in E:\\", why=Why.UNREADABLE, volume="E:\\")},
        {
            "gap": Gap(
                source="files",
                about="2 zip archives in E:\\",
                why=Why.FORMAT,
                volume="E:\\",
                count=2,
            )
        },
    ],
)
def test_a_stick_on_which_nothing_was_found_passes_only_if_all_of_it_was_seen(
    hidden: dict[str, object],
) -> None:
    empty = msgspec.structs.replace(laptop(), files=())
    assert verdicts(empty)["REM-03", "E:\\"] is Verdict.PASS

    scan = msgspec.structs.replace(empty.scan, **hidden.get("scan", {}))  # type: ignore[arg-type]
    gaps = (*empty.gaps, hidden["gap"]) if "gap" in hidden else empty.gaps
    told = verdicts(msgspec.structs.replace(empty, scan=scan, gaps=gaps))

    assert told["REM-03", "E:\\"] is Verdict.UNKNOWN


def test_a_file_that_is_locked_by_itself_is_no_open_copy() -> None:
    locked = tuple(
        msgspec.structs.replace(f, protection=Protection(state=ProtectionState.STRONG))
        for f in laptop().files
    )
    e = msgspec.structs.replace(laptop(), files=locked)

    assert headline(e).copies == 0
    assert headline(e).unsure == 0


def test_weak_protection_closes_nothing() -> None:
    weak = tuple(
        msgspec.structs.replace(f, protection=Protection(state=ProtectionState.WEAK))
        for f in laptop().files
    )

    assert headline(msgspec.structs.replace(laptop(), files=weak)) == headline(laptop())


def test_the_headline_of_the_laptop() -> None:
    h = headline(laptop())

    assert (h.copies, h.unsure, h.people.low, h.people.high) == (4, 1, 412, 566)
    assert [(s.volume, s.copies, s.certain) for s in h.spots] == [
        ("E:\\", 3, True),
        ("F:\\", 1, True),
        ("G:\\", 1, False),
    ]


def test_an_unencrypted_drive_leaves_with_a_laptop_and_stays_with_a_desktop() -> None:
    off = Encryption(state=EncryptionState.OFF)
    e = msgspec.structs.replace(clean(), files=(seen("/home/a/pupils.csv", "/", 9),))
    e = with_volume(e, "/", encryption=off)

    for portable, copies, unsure in ((True, 1, 0), (False, 0, 0), (None, 0, 1)):
        machine = msgspec.structs.replace(e.machine, portable=portable)
        h = headline(msgspec.structs.replace(e, machine=machine))
        assert (h.copies, h.unsure) == (copies, unsure)


def test_what_is_only_possible_is_not_counted() -> None:
    assert not any("notes.txt" in f.subject.id for f in judge(laptop(), book()))
    assert headline(laptop()).unsure == 1  # the letter, not the notes


def test_an_audit_that_saw_nothing_passes_nothing() -> None:
    findings = judge(nothing_seen(), book())

    assert not [f for f in findings if f.verdict is Verdict.PASS]
    assert not headline(nothing_seen()).known
    assert [f.rule for f in findings if f.verdict is Verdict.FAIL] == ["GOV-19"]


def test_a_clean_machine_fails_nothing() -> None:
    told = {f.verdict for f in judge(clean(), book()) if f.subject.kind != "school"}

    assert told == {Verdict.PASS, Verdict.NOT_APPLICABLE}
    assert headline(clean()).complete


@given(evidence())
def test_judging_is_total_and_the_same_each_time(e: Evidence) -> None:
    findings = judge(e, book())

    assert findings == judge(e, book())
    assert {f.rule for f in findings} == {r.id for r in book().rules}
    assert all(f.seen for f in findings)
    headline(e)


FORGETTABLE = ("place", "system", "encryption")


def forget(e: Evidence, at: int, what: str) -> Evidence:
    """The same machine with one thing less known of one drive."""
    unknown: dict[str, object] = {
        "place": Place.UNKNOWN,
        "system": None,
        "encryption": Encryption(state=EncryptionState.UNKNOWN),
    }
    return with_volume(e, e.volumes[at].id, **{what: unknown[what]})


@given(evidence().filter(lambda e: e.volumes), st.data())
def test_knowing_less_never_turns_a_fail_or_unknown_into_a_pass(
    e: Evidence, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(e.volumes) - 1))
    before, after = verdicts(e), verdicts(forget(e, at, data.draw(st.sampled_from(FORGETTABLE))))

    for key, verdict in before.items():
        if verdict in {Verdict.FAIL, Verdict.UNKNOWN} and key[0] != "GOV-19":
            assert after.get(key) is not Verdict.PASS, key


@given(evidence())
def test_a_setting_that_is_not_known_is_no_pass_and_no_fail(e: Evidence) -> None:
    blank = msgspec.structs.replace(
        e, settings=tuple(msgspec.structs.replace(s, on=None) for s in e.settings)
    )
    told = {f.verdict for f in judge(blank, book()) if f.subject.kind == "setting"}

    assert told <= {Verdict.UNKNOWN, Verdict.NEEDS_ANSWER}


def test_old_evidence_without_settings_is_unknown_on_windows_and_does_not_apply_elsewhere() -> None:
    old = msgspec.structs.replace(laptop(), settings=())
    told = {f.rule: f.verdict for f in judge(old, book())}
    other = {f.rule: f.verdict for f in judge(clean(), book())}

    assert {told[r] for r in ("REM-02", "ACC-06", "CLD-06")} == {Verdict.UNKNOWN}
    assert {other[r] for r in ("REM-02", "ACC-06", "CLD-06")} == {Verdict.NOT_APPLICABLE}


def test_evidence_of_before_a_setting_was_asked_for_is_unknown_for_it() -> None:
    told = {f.rule: f.verdict for f in judge(laptop(), book())}

    assert told["ACC-06"] is Verdict.PASS
    assert told["ACC-05"] is Verdict.UNKNOWN


@given(evidence())
def test_seeing_less_of_the_files_never_adds_a_pass(e: Evidence) -> None:
    blind = msgspec.structs.replace(e, scan=msgspec.structs.replace(e.scan, complete=False))
    passes = {k for k, v in verdicts(blind).items() if v is Verdict.PASS}

    assert passes <= {k for k, v in verdicts(e).items() if v is Verdict.PASS}


@given(evidence().filter(lambda e: e.volumes), st.data())
def test_encrypting_a_drive_never_adds_a_fail(e: Evidence, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(e.volumes) - 1))
    better = with_volume(e, e.volumes[at].id, encryption=Encryption(state=EncryptionState.ON))
    fails = {k for k, v in verdicts(better).items() if v is Verdict.FAIL}

    assert fails <= {k for k, v in verdicts(e).items() if v is Verdict.FAIL}
    assert headline(better).copies <= headline(e).copies


@given(evidence())
def test_the_headline_adds_up(e: Evidence) -> None:
    h = headline(e)

    assert h.copies == sum(s.copies for s in h.spots if s.certain)
    assert h.people.low <= h.people.high
    assert h.copies + h.unsure <= len(e.files)
