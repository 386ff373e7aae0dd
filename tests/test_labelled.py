"""The labelled corpus, on seeds of its own: what is promised holds on files nobody tuned for."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from evaluate import figures, judge
from labelled import corpus
from labelled_office import dressed

LEAST = {
    "tables found": 0.98,
    "documents found": 0.92,
    "precision": 0.97,
    "people in tables within 10 %": 0.9,
    "people in documents within 25 %": 0.9,
}


@pytest.mark.parametrize("office", [False, True], ids=["as text", "as office files"])
def test_the_corpus_is_told_apart_and_its_people_counted(office: bool, tmp_path: Path) -> None:
    samples = list(corpus(9_001, each=24))
    if office:
        samples = [dressed(Random(n), s) for n, s in enumerate(samples)]
    found = figures(judge(samples, tmp_path))

    assert {k: v for k, v in found.items() if v < LEAST[k]} == {}
