"""Keeps pupils' data out of answers: a note says where the proof is, never whom it is about."""

from __future__ import annotations

import re

from auditor.content.detect.checksums import nhs, nino, upn

_SHAPES = (
    (re.compile(r"\b[A-Za-z]\d{11}[A-Za-z0-9]\b"), upn, "a unique pupil number"),
    (re.compile(r"\b[A-Za-z]{2} ?(?:\d{2} ?){3}[A-Da-d]\b"), nino, "an insurance number"),
    (re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b"), nhs, "an NHS number"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), lambda _: True, "an e-mail address"),
)  # fmt: skip


def named(said: str) -> str:
    """What in a text looks like somebody's data, in words; empty when nothing does."""
    for shape, check, word in _SHAPES:
        if any(check(m[0]) for m in shape.finditer(said)):
            return word
    return ""
