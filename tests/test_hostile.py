"""A report file that somebody made to do harm, and reports of long ago."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import auditor
from sample_audit import SAMPLES, answered_audit, laptop
from test_across import audited, later, school
from test_reports import Page

from auditor import wire
from auditor.across.compare import compare
from auditor.errors import WireError
from auditor.evidence import SettingId
from auditor.findings import Audit
from auditor.masking import masked
from auditor.reports import REPORTS, Format, load, to_html
from auditor.reports.across_html import compared, site
from auditor.reports.tame import LONGEST, tamed

GOLDEN = Path(__file__).parent / "golden"
FIXED = {  # what a reader of the file checks against a list of words, or a date or number in text
    "format", "verdict", "severity", "state", "place", "platform", "why", "basis", "strength", "folder", "taken",
    "modified", "read_on", "given", "expires", "agreed", "first", "last", "last_success", "last_attempt", "oldest",
    "newest", "kind", "medium", "held", "encrypted", "account", "part",
}  # fmt: skip
IDS = {s.value for s in SettingId}
NASTY = [
    "<script>alert(document.domain)</script>",
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "javascript:alert(1)",
    "{{ 7*7 }}{% for x in [1] %}",
    "%(num)s %s %n {0}",
    "\u202egnp.exe\u2066\u200f",
    "=cmd|'/c calc'!A0",
    "\x00\x07\x1b[31m\r\n\t",
    "]]><!-- --><![CDATA[",
    "../../../../etc/passwd",
    "A" * 5_000,
    "\U0001f600\ufffe\ue000",
]


def poisoned(value: Any, nasty: str, field: str = "") -> Any:
    """The document with every text that is free to be anything replaced."""
    if isinstance(value, dict):
        return {k: poisoned(v, nasty, k) for k, v in value.items()}
    if isinstance(value, list):
        return [poisoned(v, nasty, field) for v in value]
    free = isinstance(value, str) and field not in FIXED and value not in IDS
    return nasty if free else value


def hostile(nasty: str) -> Audit:
    document = json.loads(wire.encode(answered_audit()))
    return wire.decode(json.dumps(poisoned(document, nasty)).encode())


@pytest.mark.parametrize("nasty", NASTY, ids=lambda n: repr(n[:24]))
def test_a_hostile_report_does_no_harm_in_any_format(nasty: str) -> None:
    audit = hostile(nasty)
    plain = {t for t, _ in Page(to_html.render(answered_audit(), "auditor")).tags}
    for form in REPORTS:
        made = load(form).render(audit, "auditor")
        if form == "html":
            page = Page(made)
            assert {t for t, _ in page.tags} <= plain
            assert sum(t == "script" for t, _ in page.tags) == 2
            assert not [a for _, a in page.tags if any(k.startswith("on") for k in a)]
            links = [a["href"] or "" for t, a in page.tags if t == "a" and "href" in a]
            assert all(link.startswith(("#", "https://", "http://")) for link in links)
            assert len(made) < 3_000_000
        elif form in {"csv", "findings", "files"}:
            rows = list(csv.reader(io.StringIO(made.removeprefix("\ufeff"))))
            assert len({len(r) for r in rows}) == 1
        elif form == "junit":
            ET.fromstring(made)
        elif form in {"sarif", "oscal", "json"}:
            json.loads(made)
        if form != "json":
            assert not [c for c in made if not c.isprintable() and c not in "\n\r\ufeff"]
            assert "\u202e" not in made


@pytest.mark.parametrize("nasty", NASTY, ids=lambda n: repr(n[:24]))
def test_hostile_reports_do_no_harm_together(nasty: str) -> None:
    from auditor.across.site import Gathering

    gathering = Gathering()
    gathering.add(hostile(nasty), nasty[:500], nasty[:500])
    gathering.refuse(nasty[:500], nasty)
    for made in (site(gathering.site()), compared(compare(hostile(nasty), answered_audit()))):
        page = Page(made)
        assert sum(t == "script" for t, _ in page.tags) == 1
        assert "img" not in {t for t, _ in page.tags}
        links = [a["href"] or "" for t, a in page.tags if t == "a" and "href" in a]
        assert not [link for link in links if link.lower().startswith(("javascript:", "data:"))]
        assert len(made) < 3_000_000
    assert wire.decode(wire.encode(masked(hostile(nasty)))).masked


@settings(max_examples=30)
@given(st.text(max_size=40))
def test_any_text_can_be_shown(text: str) -> None:
    made = tamed(text)

    assert all(c.isprintable() or c == "\n" for c in made)
    assert tamed(made) == made


def test_names_of_ten_megabytes_are_cut_and_cost_no_more_than_their_reading() -> None:
    document = json.loads(wire.encode(answered_audit()))
    long = "A" * 10_000_000
    document["school"] = long
    document["evidence"]["volumes"][2]["label"] = long
    document["evidence"]["files"][0]["path"] = "E:\\" + long
    document["findings"][0]["seen"] = long
    audit = wire.decode(json.dumps(document).encode())

    for form in REPORTS:
        if form != "json":
            assert len(load(form).render(audit)) < 3_000_000, form
    assert len(wire.encode(masked(audit))) < 60_000_000


def test_a_text_longer_than_any_audit_writes_is_cut() -> None:
    assert len(tamed("x" * 10_000_000)) == LONGEST + 1


@pytest.mark.parametrize(
    "written",
    [
        b'{"format": "auditor-report", "version": 1, "tool": "\\ud800"}',
        b'{"format": "auditor-report", "version": 1e400}',
        b'{"format": "auditor-report", "version": 1, "evidence": ' + b"[" * 200_000 + b"}",
        b'{"format": "auditor-report", "format": "x", "version": 1}',
    ],
)
def test_json_made_to_break_its_reader_is_refused_with_a_reason(
    written: bytes, tmp_path: Path
) -> None:
    with pytest.raises(WireError):
        wire.decode(written)
    (tmp_path / "report.json").write_bytes(written)
    done = auditor("report", "report.json", cwd=tmp_path)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("file", sorted((GOLDEN / "older").glob("*.json")), ids=lambda p: p.stem)
@pytest.mark.parametrize("form", REPORTS)
def test_reports_of_earlier_versions_are_still_read(file: Path, form: Format) -> None:
    audit = wire.decode(file.read_bytes())

    assert audit.evidence.machine.name in load(form).render(audit) or form in {
        "csv",
        "findings",
        "files",
    }
    assert audit.headline.copies == 4
    assert wire.decode(wire.encode(audit)) == audit


def test_older_reports_keep_to_the_schema_of_today() -> None:
    for file in (GOLDEN / "older").glob("*.json"):
        jsonschema.validate(json.loads(file.read_bytes()), wire.schema())


@pytest.mark.parametrize("of", ["report", "comparison", "site"])
def test_every_document_has_a_published_schema(of: str) -> None:
    done = auditor("schema", of)
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    document = {
        "report": lambda: wire.encode(SAMPLES["answered"]()).decode(),
        "comparison": lambda: wire.written(compare(audited(laptop()), audited(later(laptop())))),
        "site": lambda: wire.written(school()),
    }[of]()

    jsonschema.validate(json.loads(document), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(document) | {"version": 99}, schema)
