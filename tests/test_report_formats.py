"""Machine formats, each read by a program that others wrote for it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import warnings
from pathlib import Path

import msgspec
import pytest
from browsing import judge
from hypothesis import given, settings
from sample_audit import SAMPLES, laptop_audit, seen
from strategies import evidence as any_evidence
from test_across import audited

from auditor.evidence import Evidence, Platform
from auditor.findings import Audit, Verdict
from auditor.reports import load, table
from auditor.reports.place import uri

replace = msgspec.structs.replace
with warnings.catch_warnings():
    # Of trestle's own dependencies; nothing of ours.
    warnings.simplefilter("ignore")
    trestle = pytest.importorskip(
        "trestle.oscal.assessment_results", reason="needs compliance-trestle"
    )


def hostile() -> Audit:
    """An audit whose every name wants to break out of something."""
    nasty = "=cmd|'/c calc'!A0\n;=1+1\t@x]]>&<\u202e\x00\ufffe\ud800 \U0001f600"
    evidence = laptop_audit().evidence
    return replace(
        laptop_audit(),
        school=nasty,
        evidence=replace(
            evidence,
            machine=replace(evidence.machine, name=nasty),
            files=(seen(f"E:\\{nasty}.csv", "E:\\", 3),),
            volumes=tuple(replace(v, label=nasty) for v in evidence.volumes),
        ),
        findings=tuple(
            replace(f, seen=nasty, subject=replace(f.subject, label=nasty, id=nasty + f.rule))
            for f in laptop_audit().findings
        ),
    )


AUDITS = {**SAMPLES, "hostile": hostile}


@pytest.mark.parametrize("name", AUDITS)
def test_oscal_is_what_trestle_reads(name: str) -> None:
    audit = AUDITS[name]()
    made = trestle.Model.model_validate_json(load("oscal").render(audit)).assessment_results

    result = made.results[0]
    told = [f for f in audit.findings if f.verdict is not Verdict.NOT_APPLICABLE]
    assert len(result.findings or []) == len(told)
    assert len(result.risks or []) == sum(f.verdict is Verdict.FAIL for f in told)
    for ours, theirs in zip(told, result.findings or [], strict=True):
        satisfied = theirs.target.status.state.value == "satisfied"
        assert satisfied is (ours.verdict is Verdict.PASS), "unknown is never satisfied"
    known = {o.uuid for o in result.observations or []}
    assert {
        r.observation_uuid for f in result.findings or [] for r in f.related_observations
    } <= known
    things = {i.uuid for i in result.local_definitions.inventory_items}
    assert {s.subject_uuid for o in result.observations or [] for s in o.subjects} <= things
    resources = {f"#{r.uuid}" for r in made.back_matter.resources}
    assert made.import_ap.href in resources


@settings(max_examples=10)
@given(any_evidence())
def test_oscal_of_any_machine_is_read(evidence: Evidence) -> None:
    trestle.Model.model_validate_json(load("oscal").render(audited(evidence)))


@pytest.mark.parametrize("name", AUDITS)
def test_junit_is_what_junitparser_reads(name: str) -> None:
    from junitparser import Error, Failure, JUnitXml, Skipped

    audit = AUDITS[name]()
    made = JUnitXml.fromstring(load("junit").render(audit).encode())
    cases = [case for suite in made for case in suite]

    assert len(cases) == made.tests == len(audit.findings)
    kinds = {
        Verdict.FAIL: Failure,
        Verdict.UNKNOWN: Error,
        Verdict.NEEDS_ANSWER: Skipped,
        Verdict.NOT_APPLICABLE: Skipped,
    }
    for verdict in Verdict:
        ours = sum(f.verdict is verdict for f in audit.findings)
        if verdict is Verdict.PASS:
            assert sum(not case.result for case in cases) == ours
        elif verdict in {Verdict.FAIL, Verdict.UNKNOWN}:
            found = sum(isinstance(r, kinds[verdict]) for case in cases for r in case.result)
            assert found == ours


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("name", AUDITS)
def test_sarif_is_what_its_own_validator_accepts(name: str, tmp_path: Path) -> None:
    log = tmp_path / "report.sarif"
    log.write_text(load("sarif").render(AUDITS[name](), digest="0" * 64), "utf-8")
    multitool = judge("@microsoft/sarif-multitool-linux/Sarif.Multitool")
    multitool.chmod(0o755)  # the package makes it a program in a script, which is not run here
    done = subprocess.run(
        [str(multitool), "validate", str(log), "--output", str(tmp_path / "said.sarif"), "--level", "Error;Warning"],
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    said = json.loads((tmp_path / "said.sarif").read_text("utf-8-sig"))
    results = said["runs"][0].get("results", [])

    assert done.returncode == 0, done.stdout
    # A drive has no lines to point at, and this project no web address yet.
    advice = {"SARIF2005", "SARIF2017"}
    assert [r for r in results if r["ruleId"] not in advice] == []


def test_sarif_says_what_each_verdict_is() -> None:
    audit = laptop_audit()
    run = json.loads(load("sarif").render(audit))["runs"][0]

    kinds = {"fail": "fail", "unknown": "open", "needs_answer": "review", "pass": "pass"}
    for ours, theirs in zip(audit.findings, run["results"], strict=True):
        assert theirs["kind"] == kinds.get(ours.verdict.value, "notApplicable")
        assert (theirs["level"] == "none") is (ours.verdict is not Verdict.FAIL)
        assert run["tool"]["driver"]["rules"][theirs["ruleIndex"]]["id"] == ours.rule
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == len(audit.evidence.gaps)
    assert len(run["artifacts"]) == len(audit.evidence.files)


@pytest.mark.parametrize(
    ("path", "platform", "made"),
    [
        ("E:\\SEN\\plan 1.csv", Platform.WINDOWS, "file:///E:/SEN/plan%201.csv"),
        ("\\\\server\\staff\\a#b.csv", Platform.WINDOWS, "file://server/staff/a%23b.csv"),
        ("/media/ann/café.csv", Platform.LINUX, "file:///media/ann/caf%C3%A9.csv"),
        ("notes 1.csv", Platform.LINUX, "notes%201.csv"),
        ("", Platform.LINUX, "-"),
    ],
)
def test_paths_become_uris(path: str, platform: Platform, made: str) -> None:
    assert uri(path, platform) == made


@pytest.mark.parametrize("form", ["csv", "findings", "files"])
@pytest.mark.parametrize("name", AUDITS)
def test_no_cell_of_a_table_is_worked_out_by_a_spreadsheet(name: str, form: str) -> None:
    text = load(form).render(AUDITS[name]())  # type: ignore[arg-type]
    for delimiter in (",", ";", "\t"):
        for row in csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter):
            assert not [c for c in row if re.match(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]", c)]


def test_the_tables_have_a_row_for_everything() -> None:
    audit = laptop_audit()

    for form, many in (("findings", len(audit.findings)), ("files", len(audit.evidence.files))):
        text = load(form).render(audit).removeprefix("\ufeff")  # type: ignore[arg-type]
        rows = list(csv.DictReader(io.StringIO(text)))
        assert len(rows) == many
        assert all(None not in r and None not in r.values() for r in rows)


@pytest.mark.parametrize(
    ("cell", "made"),
    [
        ("=1+1", "'=1+1"),
        ("  +44 7700", "  '+44 7700"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1", "a;'=1"),
        ("a\tb", "a\tb"),
        ("Year 6-7 list", "Year 6-7 list"),
        ("a\r\n=1", "a =1"),
        ("-5", "'-5"),
    ],
)  # fmt: skip
def test_a_cell_that_looks_like_a_formula_is_text(cell: str, made: str) -> None:
    assert table.safe(cell) == made
