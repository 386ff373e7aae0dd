from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor import words
from auditor.evidence import Range


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (words.people(Range(low=1, high=1)), "1 person"),
        (words.people(Range(low=30, high=30)), "30 people"),
        (words.people(Range(low=0, high=1)), "0 to 1 people"),
        (words.people(Range(low=980, high=1200)), "980 to 1,200 people"),
        (words.people(Range(low=1, high=words.UNBOUNDED)), "at least 1 person"),
        (words.people(Range(low=0, high=words.UNBOUNDED)), "an unknown number of people"),
        (words.count(2, "copy", "copies"), "2 copies"),
        (words.count(1, "file"), "1 file"),
        (words.size(None), "size not known"),
        (words.size(0), "0 bytes"),
        (words.size(999), "999 bytes"),
        (words.size(1_500_000), "1.5 MB"),
        (words.size(64_000_000_000), "64 GB"),
        (words.day(datetime(2026, 11, 4, tzinfo=UTC)), "4 November 2026"),
        (words.day(None), "date not known"),
        (words.moment(datetime(2026, 11, 4, 9, 5, tzinfo=UTC)), "4 November 2026, 09:05"),
        (words.spent(1), "1 second"),
        (words.spent(200), "3 minutes"),
        (words.spent(7800), "2 hours 10 minutes"),
        (words.spent(7200), "2 hours"),
        (words.listed([]), ""),
        (words.listed(["a"]), "a"),
        (words.listed(["a", "b", "c"]), "a, b and c"),
        (words.listed(list("abcdefgh")), "a, b, c, d, e and 3 more"),
    ],
)
def test_numbers_are_said_as_people_say_them(given: str, said: str) -> None:
    assert said == given


# On Windows a name is any UTF-16, half characters included; elsewhere it is any bytes.
NAMES = (
    st.text(st.characters(), max_size=60)
    if sys.platform == "win32"
    else st.binary(max_size=60).map(os.fsdecode)
)


@given(NAMES)
def test_any_name_of_a_file_can_be_shown_and_encoded(name: str) -> None:
    shown = words.shown(name)

    assert shown.isprintable() or not shown
    shown.encode("utf-8")
