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
from auditor.copies import Backup, Encrypted
from auditor.evidence import Evidence
from auditor.reports import to_html
from auditor.reports.copies_drawn import MOST, drawn


def picture(seen: Evidence) -> str:
    return drawn(judged(seen, rulebook(), school="Hill Top", urn="", by=""))


def read_aloud(svg: str) -> str:
    found = ElementTree.fromstring(svg).find("desc")
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

    assert svg.count("? none seen") == 3
    assert "1 off site: ask a person" in read_aloud(svg)
    assert "no." not in read_aloud(svg).replace("none seen.", "")


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

    assert ElementTree.fromstring(svg).tag == "svg"
