"""The drawing of where the copies are: what is seen, what is asked, what is not known."""

from __future__ import annotations

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_three_two_one import (
    DATABASE,
    EVERYTHING,
    NOW,
    ONLINE,
    SNAPSHOT,
    evidence,
    placed,
    rulebook,
    said,
)

from auditor.audit import judged
from auditor.copies import Backup, BackupKind, Encrypted, Medium
from auditor.evidence import Evidence, Scan
from auditor.reports import to_html
from auditor.reports.copies_drawn import MOST, drawn


def picture(seen: Evidence) -> str:
    return drawn(judged(seen, rulebook(), school="Hill Top", urn="", by=""))


def read_aloud(svg: str) -> str:
    found = ElementTree.fromstring(f"<both>{svg}</both>").find("svg/desc")
    assert found is not None
    return found.text or ""


def test_each_copy_stands_where_it_is_kept() -> None:
    svg = picture(
        evidence(
            placed("/data/b", id="1", product="tar"),
            placed("/second/b", id="2", product="Borg", encrypted=Encrypted.ON),
            placed("/media/ann/STICK/b", id="3", product="Windows Server Backup"),
            ONLINE,
            SNAPSHOT,
        )
    )

    assert read_aloud(svg).startswith(
        "Same disk: tar, /data, encrypted, of 23 November 2026. "
        "In the building: Borg, /second, encrypted, of 23 November 2026. "
        "Carried, unplugged: Windows Server Backup, /media/ann/STICK, not encrypted, of 23 November 2026. "
        "Off site: restic, Amazon S3 (hill), encrypted, of 23 November 2026."
    )
    assert "snapper" not in svg, "a snapshot is no copy"


def test_what_was_not_seen_is_a_question_and_never_missing() -> None:
    svg = picture(evidence(systems=(DATABASE,)))

    assert svg.count("? none seen") == 6, "three in each of the two drawings"
    assert "1 off site: ask a person" in read_aloud(svg)
    assert "no." not in read_aloud(svg).replace("none seen.", "")


def test_a_network_drive_or_a_name_is_not_said_to_stand_in_the_building() -> None:
    nas = Backup(
        id="1",
        product="restic",
        kind=BackupKind.BACKUP,
        target="sftp: nas.local",
        medium=Medium.NETWORK,
        active=True,
    )
    name = Backup(
        id="2", product="rclone", kind=BackupKind.COPY, target="rclone remote safe", active=True
    )

    said = read_aloud(picture(evidence(nas, name)))

    assert "In the building: none seen" in said
    assert "Place not known: restic, sftp: nas.local" in said
    assert "Place not known" not in picture(evidence(ONLINE))


def test_a_rule_that_passes_for_want_of_records_is_not_drawn_as_a_copy() -> None:
    whole = Scan(asked=True, complete=True, files=5, examined=5)

    said = read_aloud(picture(evidence(placed("/media/ann/STICK/b"), scan=whole)))

    assert "1 off site: no records here" in said
    assert "out of reach: no records here" in said


def test_a_failed_run_is_told_on_its_card() -> None:
    assert "last run failed" in read_aloud(picture(evidence(placed("/second/b", failed=True))))


def test_an_answer_is_shown_as_one() -> None:
    svg = picture(evidence(systems=(DATABASE,), answers=said("BAK-05", "yes")))

    assert "1 off site: yes, by answer of 2026-11-24" in read_aloud(svg)
    assert "as answered" in svg


@pytest.mark.parametrize("age", [1, 400])
def test_an_unencrypted_copy_is_never_drawn_as_good(age: int) -> None:
    made = placed("/second/b", last_success=NOW - timedelta(days=age))

    assert '<g class="bad"><rect class="card"' in picture(evidence(made))
    page = to_html.render(judged(evidence(made), rulebook(), school="", urn="", by=""))
    assert re.search(r'<li class="bad">.{0,400}rsync', page, re.DOTALL)


def test_more_copies_than_fit_are_counted() -> None:
    many = [placed("/second/b", id=str(n), product=f"job {n}") for n in range(MOST + 3)]

    assert "and 3 more" in picture(evidence(*many))


@given(st.lists(EVERYTHING, max_size=6), st.text(max_size=60))
def test_any_backup_gives_a_drawing_that_a_browser_can_read(
    made: list[Backup], target: str
) -> None:
    import msgspec

    clean = "".join(c for c in target if c.isprintable())
    odd = [msgspec.structs.replace(b, id=f"{n}", target=f'<&">{clean}') for n, b in enumerate(made)]

    svg = picture(evidence(*odd))

    wide, narrow = ElementTree.fromstring(f"<both>{svg}</both>")
    assert (wide.get("role"), narrow.get("aria-hidden")) == ("img", "true")
