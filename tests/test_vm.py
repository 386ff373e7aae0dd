"""The whole audit on a real Linux machine with real drives: pytest -m vm."""

from __future__ import annotations

import functools
import json
from typing import Any

import pytest
from testing_beds import in_vm

from auditor import wire
from auditor.findings import Audit, Severity, Verdict

pytestmark = [pytest.mark.slow, pytest.mark.vm]

M = "/media/teacher/"
EXPECTED = {
    "/": ("fixed", "off"),
    "/srv/records": ("fixed", "on"),
    "/data": ("fixed", "off"),
    M + "FATSTICK": ("removable", "off"),
    M + "EXFATSTICK": ("removable", "off"),
    M + "SAFESTICK": ("removable", "on"),
    M + "NTFSSTICK": ("removable", "off"),
    M + "BACKUPHDD": ("removable", "off"),  # a USB disk that says removable=0
    M + "CAMERA": ("removable", "off"),  # an SD card that says removable=0
    M + "SCHOOLCD": ("optical", "off"),
    "/src": ("network", "unknown"),  # 9p shares of the host
    "/run/ctl": ("network", "unknown"),
}
OPEN = {m for m, (place, state) in EXPECTED.items() if place == "removable" and state == "off"}
SCAN = (
    "python3 -m auditor scan --output /tmp/out --quiet >/tmp/said 2>/tmp/err; "
    'echo "exit $?"; cat /tmp/err; cat /tmp/out/report.json'
)


@functools.cache
def scanned(user: str) -> tuple[str, Audit]:
    done = in_vm(SCAN, user)
    head, brace, body = done.stdout.partition("{\n")
    assert brace, done.stdout + done.stderr
    return head, wire.decode((brace + body).encode())


@pytest.fixture(params=["", "teacher"], ids=["root", "teacher"])
def audit(request: pytest.FixtureRequest) -> Audit:
    head, made = scanned(request.param)
    assert head.split() == ["exit", "1"], head
    assert made.evidence.machine.elevated is not bool(request.param)
    return made


def failed(audit: Audit, rule: str) -> dict[str, Severity]:
    return {
        f.subject.id: f.severity
        for f in audit.findings
        if f.rule == rule and f.verdict is Verdict.FAIL
    }


def test_every_drive_gets_its_class_and_encryption_state(audit: Audit) -> None:
    seen = {v.mount: (v.place.value, v.encryption.state.value) for v in audit.evidence.volumes}

    assert seen == EXPECTED


def test_pupils_on_every_unencrypted_stick_disk_and_card_are_critical(audit: Audit) -> None:
    assert failed(audit, "REM-03") == dict.fromkeys(OPEN, Severity.CRITICAL)


def test_leavers_on_the_disc_are_critical(audit: Audit) -> None:
    assert failed(audit, "REM-05") == {M + "SCHOOLCD": Severity.CRITICAL}


def test_copies_on_encrypted_drives_are_seen_and_count_as_protected(audit: Audit) -> None:
    closed = {
        f.volume: f for f in audit.evidence.files if f.volume in {"/srv/records", M + "SAFESTICK"}
    }

    assert len(closed) == 2
    assert all(f.people.low == 2 for f in closed.values())
    fails = {f.subject.id for f in audit.findings if f.verdict is Verdict.FAIL}
    assert not fails & closed.keys()
    assert not {s.volume for s in audit.headline.spots} & closed.keys()


def test_the_headline_counts_each_open_copy_once(audit: Audit) -> None:
    sure = {s.volume for s in audit.headline.spots if s.certain}

    assert sure == OPEN | {M + "SCHOOLCD"}
    assert audit.headline.copies == len(OPEN) + 1


def test_what_teacher_may_not_read_is_told_and_never_passed() -> None:
    _, audit = scanned("teacher")

    assert any(g.why == "needs_admin" for g in audit.evidence.gaps)
    assert {f.verdict for f in audit.findings if f.subject.id == "/" and f.rule == "FIL-01"} == {
        Verdict.UNKNOWN
    }


def test_drives_that_are_only_attached_are_told_and_never_passed() -> None:
    done = in_vm(
        "umount /media/teacher/* 2>/dev/null; cryptsetup close stick; udevadm settle; "
        "cd /tmp; python3 -m auditor scan --output /tmp/out --quiet >/dev/null 2>&1; cat /tmp/out/report.json"
    )
    document: dict[str, Any] = json.loads(done.stdout)
    closed = [v for v in document["evidence"]["volumes"] if not v["mount"]]

    states = sorted((v["place"], v["filesystem"], v["encryption"]["state"]) for v in closed)
    assert states == [
        ("optical", "iso9660", "off"),
        ("removable", "crypto_LUKS", "on"),
        ("removable", "exfat", "off"),
        ("removable", "exfat", "off"),
        ("removable", "ntfs", "off"),
        ("removable", "vfat", "off"),
        ("removable", "vfat", "off"),
    ]
    verdicts = {
        f["verdict"] for f in document["findings"]
        if f["rule"] == "REM-03" and f["subject"]["kind"] == "volume"
    }  # fmt: skip
    assert verdicts == {"unknown"}
