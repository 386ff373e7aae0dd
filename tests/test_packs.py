"""Packs, and the folder of an authority that adds to the shipped rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from running import auditor
from sample_audit import clean, laptop

from auditor import endorsed
from auditor.audit import judged
from auditor.errors import RulebookError, SealError
from auditor.findings import Severity, Verdict
from auditor.judge import judge
from auditor.keys import fingerprint, new_signing_key
from auditor.rulebook import load, personal_data, problems
from auditor.shipped import shipped

SHIPPED = shipped("rules")
PACKS = sorted(p.name.removesuffix(".yaml") for p in (SHIPPED / "packs").iterdir())

PACK = """\
id: kent-2026
title: Kent, 2026
for: Schools maintained by Kent
publisher: Kent County Council
note: Agreed by the schools forum.
extends: school-default
leave out: {REM-06: Our machines have no disc writers.}
severity: {GOV-06: high}
thresholds: {retention: 3 years}
answers good for: 6 months
because: [{source: kent-policy}]
"""
SOURCE = """\
publisher: Kent County Council
documents:
  kent-policy:
    title: Information security policy
    url: https://www.example.org/policy
    basis: sector standard
    read on: 2026-11-01
    status: seen
"""
RULE = """\
id: KCC-01
title: Drives are called after their machine
do: Name the drive
for each: volume
where: {place: fixed}
must: {label known: yes}
severity: low
say: {fail: "{volume.name} has no name."}
why: Names help.
remedy: {any: [Name it.]}
who: IT support
takes: 1 minute
because: [{source: kent-policy, section: "4"}]
examples:
  - {given: {volume: {place: fixed, label: Data}}, verdict: pass}
  - {given: {volume: {place: fixed, label: unknown}}, verdict: fail}
  - {given: {volume: {place: unknown, label: unknown}}, verdict: unknown}
"""
DATUM = """\
id: bus-pass
title: Bus pass number
category: identity
role: fact
headings: [bus pass, bus pass no]
"""


@pytest.fixture
def kent(tmp_path: Path) -> Path:
    top = tmp_path / "kent"
    for name, text in {
        "packs/kent-2026": PACK, "guidance/kent": SOURCE, "drives/KCC-01": RULE, "personal-data/bus-pass": DATUM,
    }.items():  # fmt: skip
        file = top / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return top


def changed(top: Path, name: str, old: str, new: str) -> None:
    file = top / f"{name}.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("name", PACKS)
def test_every_pack_judges_every_sample(name: str) -> None:
    book = load(SHIPPED, name)

    for evidence in (laptop(), clean()):
        found = judge(evidence, book)
        assert {f.rule for f in found} == {r.id for r in book.rules}
        assert all(f.because for f in found)


@pytest.mark.parametrize("name", [p for p in PACKS if load(SHIPPED, p).pack.dated])
def test_a_historic_pack_cites_only_what_was_said_then(name: str) -> None:
    cited = {b.source for r in load(SHIPPED, name).rules for b in r.because}

    assert not cited & {"uk-gdpr", "dpa-2018", "dfe-cyber-standards", "duaa-2025"}


def test_a_themed_pack_names_its_own_clause_first() -> None:
    rule = next(r for r in load(SHIPPED, "ico-encryption").rules if r.id == "DRV-07")

    assert rule.because[0].source == "ico-encryption"
    assert len(rule.because) > 1


def test_cyber_essentials_is_not_cited_for_encryption() -> None:
    assert not {"DRV-01", "REM-01", "REM-03", "FIL-01"} & {
        r.id for r in load(SHIPPED, "cyber-essentials").rules
    }


def test_an_authoritys_folder_extends_tightens_silences_and_adds(kent: Path) -> None:
    assert problems(SHIPPED, more=kent) == []
    usual, book = load(SHIPPED), load(SHIPPED, more=kent)
    by_id = {r.id: r for r in book.rules}

    assert book.pack.id == "kent-2026", "the only pack of the folder is meant"
    assert set(by_id) == {r.id for r in usual.rules} - {"REM-06"} | {"KCC-01"}
    assert by_id["GOV-06"].severity[0][0] is Severity.HIGH
    assert dict(book.thresholds)["retention"] == "3 years"
    assert book.pack.answers_good_for.days == 182
    assert book.digest != usual.digest
    assert "bus-pass" in {d.id for d in personal_data.load(SHIPPED, more=kent).data}


def test_the_report_names_the_pack_and_every_change(kent: Path) -> None:
    used = judged(laptop(), load(SHIPPED, more=kent), school="", urn="", by="").rulebook

    assert (used.pack, used.publisher) == ("kent-2026", "Kent County Council")
    assert any("REM-06" in c and "no disc writers" in c for c in used.changes)
    assert any("GOV-06" in c and "high instead of medium" in c for c in used.changes)
    assert any("retention: 3 years instead of 7 years" in c for c in used.changes)


def test_a_tightened_threshold_judges_more_strictly(kent: Path) -> None:
    old = {f.subject.id: f for f in judge(laptop(), load(SHIPPED)) if f.rule == "ACC-01"}
    new = {f.subject.id: f for f in judge(laptop(), load(SHIPPED, more=kent)) if f.rule == "ACC-01"}

    assert old["F:\\"].verdict is Verdict.PASS
    assert new["F:\\"].verdict is Verdict.FAIL
    assert "3 years" in new["F:\\"].seen


def test_the_default_rules_can_still_be_asked_for_by_a_pack_of_the_folder(kent: Path) -> None:
    (kent / "packs" / "second.yaml").write_text(
        "{id: second, title: Second, for: All, extends: school-default}", "utf-8"
    )

    assert load(SHIPPED, more=kent).pack.id == "school-default"
    assert load(SHIPPED, "second", more=kent).pack.id == "second"


MISTAKES = [
    ("packs/kent-2026", "REM-06", "REM-66", "no rule 'REM-66'", "packs/kent-2026.yaml"),
    ("packs/kent-2026", "3 years", "three years", "no length of time", "packs/kent-2026.yaml:9:"),
    ("packs/kent-2026", "high", "hihg", "'hihg' is not known", "packs/kent-2026.yaml:8:"),
    (
        "packs/kent-2026",
        "school-default",
        "shcool-default",
        "no pack 'shcool-default'",
        "packs/kent-2026.yaml",
    ),
    ("packs/kent-2026", "school-default", "kent-2026", "in a circle", "packs/kent-2026.yaml"),
    (
        "packs/kent-2026",
        "kent-policy",
        "kent-polcy",
        "no source 'kent-polcy'",
        "packs/kent-2026.yaml:11:",
    ),
    (
        "drives/KCC-01",
        "id: KCC-01",
        "id: DRV-01",
        "not the name of its file",
        "drives/KCC-01.yaml:1:",
    ),
    ("drives/KCC-01", "kent-policy", "kent", "no source 'kent'", "drives/KCC-01.yaml:13:"),
    (
        "drives/KCC-01",
        "severity: low",
        "severity: threshold nothing",
        "no pack sets",
        "drives/KCC-01.yaml:7:",
    ),
    ("guidance/kent", "kent-policy", "uk-gdpr", "'uk-gdpr' is also the id", "guidance/kent.yaml"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "problem", "where"), MISTAKES, ids=[m[3] for m in MISTAKES]
)
def test_a_mistake_in_an_authoritys_folder_is_named_with_its_place(
    kent: Path, name: str, old: str, new: str, problem: str, where: str
) -> None:
    changed(kent, name, old, new)

    found = problems(SHIPPED, more=kent)

    assert any(problem in p.problem for p in found), [p.problem for p in found]
    assert next(p for p in found if problem in p.problem).where.startswith(f"kent/{where}")
    with pytest.raises(RulebookError):
        load(SHIPPED, more=kent)


def test_a_shipped_id_cannot_be_taken(kent: Path) -> None:
    text = (kent / "drives" / "KCC-01.yaml").read_text("utf-8").replace("KCC-01", "DRV-01")
    (kent / "drives" / "DRV-01.yaml").write_text(text, "utf-8")

    assert any(
        "'DRV-01' is also the id of rules/drives" in p.problem for p in problems(SHIPPED, more=kent)
    )


def test_a_signed_folder_is_named_and_a_changed_one_refused(kent: Path, tmp_path: Path) -> None:
    made = auditor("keys", "new", "kent.key", "--name", "Kent", cwd=tmp_path)
    signed = auditor("rules", "sign", str(kent), "--key", "kent.key", cwd=tmp_path)
    told = auditor("scan", "--no-machine", "--rules", str(kent), "--output", "out", cwd=tmp_path)
    by = json.loads((tmp_path / "out" / "report.json").read_bytes())["rulebook"]["signed_by"]

    assert (made.returncode, signed.returncode, told.returncode) == (0, 0, 0), told.stderr
    assert by
    assert by in made.stdout
    assert by in signed.stdout

    changed(kent, "packs/kent-2026", "3 years", "9 years")
    refused = auditor("scan", "--no-machine", "--rules", str(kent), "--output", "out", cwd=tmp_path)
    assert refused.returncode == 2
    assert "not as they were signed" in refused.stderr


@pytest.mark.parametrize(
    "tamper",
    [
        lambda top: (top / "media").mkdir() or (top / "media" / "KCC-09.yaml").write_text("x"),
        lambda top: (top / "drives" / "KCC-01.yaml").unlink(),
        lambda top: (top / "drives" / "KCC-01.yaml").rename(top / "drives" / "KCC-02.yaml"),
        lambda top: (top / "rules.sig").write_text("auditor-rules 1\nsigner: AAAA\nsignature: AAAA\n"),
        lambda top: (top / "rules.sig").write_bytes(b"\xff\xfe"),
        lambda top: (top / "rules.sig").write_text(""),
    ],
    ids=["added", "deleted", "renamed", "short key", "not text", "emptied"],
)  # fmt: skip
def test_every_change_of_a_signed_folder_is_noticed(
    kent: Path, tamper: Callable[[Path], object]
) -> None:
    key = new_signing_key()
    endorsed.sign(kent, key)
    assert endorsed.signer(kent) == fingerprint(key.public)
    tamper(kent)

    with pytest.raises(SealError):
        endorsed.signer(kent)


def test_scan_and_judge_take_the_folder(kent: Path, tmp_path: Path) -> None:
    place = tmp_path / "files"
    place.mkdir()
    done = auditor("scan", str(place), "--rules", str(kent), "--output", str(tmp_path / "out"))

    assert done.returncode in {0, 1}, done.stderr
    report = json.loads((tmp_path / "out" / "report.json").read_bytes())
    assert report["rulebook"]["pack"] == "kent-2026"
    again = auditor(
        "judge", str(tmp_path / "out"), "--rules", str(kent), "--output", str(tmp_path / "new.json")
    )
    assert again.returncode == 0, again.stderr
    assert json.loads((tmp_path / "new.json").read_bytes())["rulebook"] == report["rulebook"]
