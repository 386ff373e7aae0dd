from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make import nhs_number, uln_number, upn

from auditor.content.detect.checksums import CHECKS, UPN_LETTERS

SEEDS = st.integers(0, 2**32)


@pytest.mark.parametrize(
    ("check", "number", "valid"),
    [
        ("upn", "G999999900001", True),
        ("upn", "C823200112001", True),
        ("upn", "P207000016049", True),  # the sum is 266, which leaves 13
        ("upn", "Q207000016049", False),  # as one supplier's page prints it
        ("upn", "N82320011200A", True),  # temporary
        ("upn", "F681400412007", True),  # shaped like a Welsh one
        ("upn", "f681400412007", True),
        ("upn", "A12345678901", False),
        ("upn", "S123456789012", False),
        ("uln", "1000000000", True),
        ("uln", "1234567899", True),
        ("uln", "9999999999", False),
        ("uln", "0000000042", False),
        ("nhs", "943 476 5919", True),
        ("nhs", "943-476-5919", True),
        ("nhs", "943 476 5918", False),
        ("nhs", "0000000000", False),
        ("nino", "JG 10 37 59 A", True),
        ("nino", "QQ123456A", False),  # the example of every form
        ("nino", "BG103759A", False),
        ("nino", "JG103759E", False),
        ("nino", "JO103759A", False),
    ],
)
def test_numbers_that_are_known_to_be_right_or_wrong(check: str, number: str, valid: bool) -> None:
    assert CHECKS[check](number) is valid


@given(SEEDS, st.booleans())
def test_every_upn_that_is_made_is_accepted(seed: int, temporary: bool) -> None:
    assert CHECKS["upn"](upn(Random(seed), temporary=temporary))


@given(SEEDS, st.integers(1, 12), st.integers(1, 9))
def test_a_upn_with_one_digit_changed_is_refused(seed: int, at: int, by: int) -> None:
    number = upn(Random(seed))
    changed = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]

    assert not CHECKS["upn"](changed)


@given(SEEDS, st.sampled_from(UPN_LETTERS))
def test_a_upn_with_another_letter_is_refused(seed: int, letter: str) -> None:
    number = upn(Random(seed))

    assert CHECKS["upn"](letter + number[1:]) is (letter == number[0])


@given(SEEDS)
def test_made_weak_numbers_are_accepted_and_no_number_is_both(seed: int) -> None:
    learner, patient = uln_number(Random(seed)), nhs_number(Random(seed))

    assert CHECKS["uln"](learner)
    assert not CHECKS["nhs"](learner)
    assert CHECKS["nhs"](patient)
    assert not CHECKS["uln"](patient)


@given(st.sampled_from(sorted(CHECKS)), st.text(max_size=20))
def test_any_text_is_answered(check: str, text: str) -> None:
    assert CHECKS[check](text) in {True, False}
