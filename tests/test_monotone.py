"""The law of the rulebook: better evidence never makes a verdict worse, less never makes one better.

Worse runs from pass and does-not-apply over could-not-tell and needs-an-answer to fail. The one
way round it is a person's word: where nothing was seen, an answer may pass what a look would have
failed. Such a pass says who said so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import TAKEN, evidence

from auditor.evidence import (
    Answer,
    Encryption,
    EncryptionState,
    Evidence,
    FileSeen,
    Gap,
    Place,
    Protection,
    ProtectionState,
    Why,
)
from auditor.findings import Finding, Verdict
from auditor.judge import judge
from auditor.rulebook import Rulebook, load
from auditor.rulebook.conditions import Every, Test
from auditor.shipped import shipped

RANK = {
    Verdict.PASS: 0, Verdict.NOT_APPLICABLE: 0, Verdict.UNKNOWN: 1, Verdict.NEEDS_ANSWER: 1, Verdict.FAIL: 2,
}  # fmt: skip
CLOSED = Encryption(
    state=EncryptionState.ON, product="BitLocker", method="XTS-AES-256", locked=False, recovery=True,
    opens_itself=False, used_space_only=False,
)  # fmt: skip
Change = Callable[[Evidence, int], Evidence]
replace = msgspec.structs.replace


@cache
def book() -> Rulebook:
    return load(shipped("rules"))


@cache
def wanted() -> dict[str, bool]:
    """The good value of each setting, as the rules have it."""
    found = {}
    for r in book().every:
        tests = r.where.parts if isinstance(r.where, Every) else (r.where,)
        ids = [t.value for t in tests if isinstance(t, Test) and t.path == "id"]
        if ids and isinstance(r.must, Test) and r.must.path == "on":
            found[ids[0]] = r.must.value
    return found


def verdicts(e: Evidence) -> dict[tuple[str, str], Finding]:
    return {(f.rule, f.subject.id): f for f in judge(e, book())}


def pick(items: tuple[object, ...], at: int) -> int | None:
    return at % len(items) if items else None


def one_volume(e: Evidence, at: int, **fields: object) -> Evidence:
    n = pick(e.volumes, at)
    made = tuple(replace(v, **fields) if k == n else v for k, v in enumerate(e.volumes))
    return replace(e, volumes=made)


def one_file(e: Evidence, at: int, **fields: object) -> Evidence:
    n = pick(e.files, at)
    return replace(
        e, files=tuple(replace(f, **fields) if k == n else f for k, f in enumerate(e.files))
    )


def one_setting(e: Evidence, at: int, *, good: bool) -> Evidence:
    n = pick(e.settings, at)
    made = tuple(
        replace(s, on=(wanted().get(s.id, s.on) if good else None)) if k == n else s
        for k, s in enumerate(e.settings)
    )
    return replace(e, settings=made)


def one_answer(e: Evidence, at: int, verdict: Verdict | None) -> Evidence:
    asking = [r for r in book().rules if r.ask]
    r = asking[at % len(asking)]
    kept = tuple(a for a in e.answers if a.rule != r.id)
    if verdict is None or r.ask is None:
        return replace(e, answers=kept)
    said = next((c for c, v in r.ask.choices.items() if v is verdict), TAKEN.date().isoformat())
    return replace(e, answers=(*kept, Answer(rule=r.id, said=said, given=TAKEN.date())))


def fewer_files(e: Evidence, at: int) -> Evidence:
    n = pick(e.files, at)
    return replace(e, files=tuple(f for k, f in enumerate(e.files) if k != n))


BETTER: dict[str, Change] = {
    "a drive is encrypted": lambda e, n: one_volume(e, n, encryption=CLOSED),
    "a file is locked": lambda e, n: one_file(
        e, n, protection=Protection(state=ProtectionState.STRONG)
    ),
    "a file is deleted": fewer_files,
    "a setting is put right": lambda e, n: one_setting(e, n, good=True),
    "a question is answered well": lambda e, n: one_answer(e, n, Verdict.PASS),
}
HOLE = Gap(source="files", about="files", why=Why.NEEDS_ADMIN)
LESS: dict[str, Change] = {
    "encryption is not told": lambda e, n: one_volume(e, n, encryption=Encryption(state=EncryptionState.UNKNOWN)),
    "the kind of drive is not told": lambda e, n: one_volume(e, n, place=Place.UNKNOWN),
    "the system drive is not told": lambda e, n: one_volume(e, n, system=None),
    "the scan was stopped": lambda e, n: replace(e, scan=replace(e.scan, complete=False)),
    "no files were looked at": lambda e, n: replace(e, files=(), scan=replace(e.scan, asked=False)),
    "a folder could not be read": lambda e, n: replace(
        e, gaps=(*e.gaps, *(replace(HOLE, volume=v.id) for v in e.volumes[n % 4 : n % 4 + 1]))
    ),
    "drives could not be listed": lambda e, n: replace(
        e, gaps=(*e.gaps, replace(HOLE, source="windows_volumes")), volumes=e.volumes[: n % 3],
        files=tuple(f for f in e.files if f.volume in {v.id for v in e.volumes[: n % 3]}),
    ),
    "a setting is not told": lambda e, n: one_setting(e, n, good=False),
    "a protection is not told": lambda e, n: one_file(e, n, protection=Protection(state=ProtectionState.UNKNOWN)),
    "the day of a file is not told": lambda e, n: one_file(e, n, modified=None),
    "nobody answers": lambda e, n: one_answer(e, n, None),
    "an answer is old": lambda e, n: replace(
        e, answers=tuple(replace(a, given=a.given - timedelta(days=900)) for a in e.answers)
    ),
    "the machine may be a laptop or not": lambda e, n: replace(e, machine=replace(e.machine, portable=None)),
}  # fmt: skip
ABOUT_THE_AUDIT = {"GOV-19", "FIL-17"}
"""Rules on how much was seen: they alone get worse, not better, by seeing less."""


PATHS = (
    "E:\\9991234_CTF_9994321_001.xml", "C:\\Users\\a\\Downloads\\9991234_SC1_999LL26_001.xml",
    "D:\\Old laptop Ann\\list.csv", "E:\\old.pst",
)  # fmt: skip


@st.composite
def varied(draw: st.DrawFn, f: FileSeen) -> FileSeen:
    """A file of any kind that a rule asks for."""
    data = draw(
        st.lists(st.sampled_from(["upn", "safeguarding", "sen", "bank-details"]), min_size=1)
    )
    return replace(
        f,
        path=draw(st.sampled_from([f.path, *PATHS])),
        kind=draw(st.sampled_from(["table", "zip archive", "mailbox", "Access database"])),
        category=draw(
            st.sampled_from(["pupil list", "exam results", "census return", "transfer file"])
        ),
        who=draw(st.sampled_from([(), ("pupils",), ("pupils", "staff")])),
        modified=draw(st.sampled_from([None, TAKEN, TAKEN - timedelta(days=6000)])),
        contents=tuple(replace(f.contents[0], datum=d) for d in data),
    )


@st.composite
def answered(draw: st.DrawFn) -> Evidence:
    e = draw(evidence())
    e = replace(e, files=tuple(draw(varied(f)) for f in e.files))
    for _ in range(draw(st.integers(0, 3))):
        word = draw(st.sampled_from([Verdict.PASS, Verdict.FAIL]))
        e = one_answer(e, draw(st.integers(0, 99)), word)
    return e


@pytest.mark.parametrize("name", BETTER)
@settings(max_examples=40, deadline=None)
@given(e=answered(), n=st.integers(0, 99))
def test_better_evidence_never_makes_a_verdict_worse(name: str, e: Evidence, n: int) -> None:
    before, after = verdicts(e), verdicts(BETTER[name](e, n))

    for key, f in after.items():
        if key in before and key[0] not in ABOUT_THE_AUDIT:
            assert RANK[f.verdict] <= RANK[before[key].verdict], (
                name,
                key,
                before[key].seen,
                f.seen,
            )


@pytest.mark.parametrize("name", LESS)
@settings(max_examples=40, deadline=None)
@given(e=answered(), n=st.integers(0, 99))
def test_less_evidence_never_turns_fail_or_unknown_into_pass(
    name: str, e: Evidence, n: int
) -> None:
    before, after = verdicts(e), verdicts(LESS[name](e, n))

    for key, f in after.items():
        open_ = key in before and before[key].verdict in {
            Verdict.FAIL,
            Verdict.UNKNOWN,
            Verdict.NEEDS_ANSWER,
        }
        if open_ and key[0] not in ABOUT_THE_AUDIT and f.verdict is Verdict.PASS:
            assert f.answer is not None, (name, key, before[key].seen, f.seen)


def test_the_good_value_of_settings_is_known_from_the_rules() -> None:
    assert len(wanted()) >= 15
