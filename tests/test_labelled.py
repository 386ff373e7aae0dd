"""The labelled corpus, on seeds of its own: what is promised holds on files nobody tuned for."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from evaluate import figures, judge
from labelled import corpus
from labelled_locked import PACKED, twin
from labelled_office import dressed
from writers import needs

from auditor.content.detect import Detector
from auditor.content.looking import Examined, examine
from auditor.content.walk import Item
from auditor.evidence import ProtectionState
from auditor.rulebook import personal_data
from auditor.shipped import shipped

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


def looked(path: Path) -> Examined:
    detector = Detector(personal_data.load(shipped("rules")))
    return examine(Item(path=str(path), volume="", size=path.stat().st_size, modified=0), detector)


def test_encrypted_twins_are_locked_and_never_free_of_personal_data(tmp_path: Path) -> None:
    needs("7z", "gpg", "age", "age-keygen", "qpdf")
    r = Random(88)
    positives = [s for s in corpus(88, each=24) if s.personal][::2]
    made = [twin(r, s, tmp_path / str(n)) for n, s in enumerate(positives)]
    told = {}
    for n, sample in enumerate(made):
        path = tmp_path / f"{n:03} {sample.name}"
        path.write_bytes(sample.data)
        told[sample.label, n] = looked(path)

    assert len(made) > 40
    assert len({s.label.rpartition("(")[2] for s in made}) > len(PACKED)
    assert [k for k, e in told.items() if e.locked is None or e.file is not None] == []
    strong = ProtectionState.STRONG
    assert {e.locked.protection.state for e in told.values() if e.locked} == {strong}
