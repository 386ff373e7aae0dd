from __future__ import annotations

import csv
import html.parser
import io
import itertools
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_audit import SAMPLES, clean_audit, laptop_audit, many, nothing_seen_audit, seen

from auditor import wire
from auditor.audit import judged
from auditor.cli.scan import code
from auditor.evidence import Evidence, Range
from auditor.findings import Audit, Severity, Verdict
from auditor.reports import REPORTS, load, to_csv, to_html, to_text
from auditor.reports.summary import Tone, headline, tone, verdict
from auditor.rulebook import load as rulebook
from auditor.shipped import shipped

GOLDEN = Path(__file__).parent / "golden"


def without_parts(page: str) -> str:
    """The page without its styles, script and drawings, which are files of their own."""
    page = re.sub(r"<style>.*?</style>", "<style>…</style>", page, flags=re.DOTALL)
    page = re.sub(r"<script>.*?</script>", "<script>…</script>", page, flags=re.DOTALL)
    page = re.sub(r'<svg( class="[\w ]+")?.*?</svg>', r"<svg\1>", page, flags=re.DOTALL)
    page = re.sub(r'(?<=id="digest">)[0-9a-f]{64}', "…", page)
    return re.sub(r"sha256-[A-Za-z0-9+/]{43}=", "sha256-…", page)


READ = [
    *itertools.product(SAMPLES, ("html", "json", "csv", "text")),
    *(("laptop", f) for f in REPORTS),
]
"""For people every sample, for machines the one with everything in it."""


@pytest.mark.parametrize(("name", "form"), dict.fromkeys(READ))
def test_reports_read_as_they_did(name: str, form: str, request: pytest.FixtureRequest) -> None:
    made = without_parts(load(form).render(SAMPLES[name]()))  # type: ignore[arg-type]
    file = GOLDEN / f"{name}{load(form).SUFFIX}"  # type: ignore[arg-type]
    if request.config.getoption("--update-golden"):
        file.write_bytes(made.encode())

    assert file.read_bytes().decode() == made


def test_every_format_stands_on_the_roll() -> None:
    files = {p.stem for p in (Path(to_html.__file__).parent).glob("to_*.py")}

    assert {f"to_{name}" for name in REPORTS} == files


@pytest.mark.parametrize(
    ("audit", "says", "looks"),
    [
        (laptop_audit(), "7 things need action now.", Tone.BAD),
        (clean_audit(), "Nothing that needs action was found.", Tone.GOOD),
        (nothing_seen_audit(), "could not look at anything", Tone.UNSURE),
    ],
)
def test_the_verdict_is_one_sentence_and_never_looks_better_than_it_is(
    audit: Audit, says: str, looks: Tone
) -> None:
    assert says in verdict(audit)
    assert tone(audit) is looks


def test_a_zero_is_good_only_when_everything_was_seen() -> None:
    whole = clean_audit().headline
    part = msgspec.structs.replace(whole, complete=False)
    none = msgspec.structs.replace(whole, known=False)

    assert headline(whole)[2] is Tone.GOOD
    assert headline(part)[2] is Tone.UNSURE
    assert headline(none)[0] == "?"


class Page(html.parser.HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [v for k, v in attrs if k == "id" and v]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_page_needs_nothing_but_itself(name: str) -> None:
    text = to_html.render(SAMPLES[name]())
    page = Page(text)

    assert not [t for t, a in page.tags if a.get("src") or (t == "link" and a.get("href"))]
    assert not [a for _, a in page.tags if any(k.startswith("on") or k == "style" for k in a)]
    assert "default-src 'none'" in text
    assert [a for t, a in page.tags if t == "script" and "type" not in a] == [{}]
    assert len(page.ids) == len(set(page.ids))
    links = {a["href"] for t, a in page.tags if t == "a" and (a.get("href") or "").startswith("#")}
    assert {link[1:] for link in links if link} <= set(page.ids)
    levels = [int(t[1]) for t, _ in page.tags if re.fullmatch(r"h[1-6]", t)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), "no heading is skipped"


def test_every_finding_file_and_gap_stands_on_the_page() -> None:
    audit = laptop_audit()
    text = " ".join("".join(Page(to_html.render(audit)).text).split())

    for f in audit.findings:
        assert (f.seen if f.verdict is not Verdict.NOT_APPLICABLE else f.title) in text
    for file in audit.evidence.files:
        assert file.path in text
    for gap in audit.evidence.gaps:
        assert gap.about in text


NASTY = st.one_of(
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "{{ 7*7 }}",
            "</style>",
            "\u202egnp.exe",
        ]
    ),
    st.text(max_size=30),
)


@settings(max_examples=25)
@given(NASTY, NASTY, NASTY)
def test_no_name_breaks_out_of_the_page_or_the_table(school: str, path: str, label: str) -> None:
    evidence = laptop_audit().evidence
    files = (seen(path, "E:\\", 3),)
    volumes = tuple(msgspec.structs.replace(v, label=label) for v in evidence.volumes)
    audit = msgspec.structs.replace(
        laptop_audit(),
        school=school,
        evidence=msgspec.structs.replace(evidence, files=files, volumes=volumes),
    )
    plain = [t for t, _ in Page(to_html.render(laptop_audit())).tags]
    tags = [t for t, _ in Page(to_html.render(audit)).tags]

    assert tags.count("script") == 2
    assert "img" not in tags
    assert set(tags) <= set(plain)
    rows = list(csv.reader(io.StringIO(to_csv.render(audit).removeprefix("\ufeff"))))
    assert {len(r) for r in rows} == {len(to_csv.COLUMNS)}
    assert not [c for r in rows for c in r if c[:1] in {"=", "+", "-", "@", "\t"}]
    assert wire.decode(wire.encode(audit)) == audit


def test_the_table_has_a_row_for_everything() -> None:
    audit = laptop_audit()
    rows = list(csv.DictReader(io.StringIO(to_csv.render(audit).removeprefix("\ufeff"))))

    kinds = [r["record"] for r in rows]
    assert kinds.count("finding") == len(audit.findings)
    assert kinds.count("file") == len(audit.evidence.files)
    assert kinds.count("gap") == len(audit.evidence.gaps)
    assert "\r\n" in to_csv.render(audit)


def listed(page: str) -> dict[str, Any]:
    """The data of the page's list of files."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_a_thousand_files_make_a_page_of_at_most_a_megabyte_and_a_half() -> None:
    page = to_html.render(many(1_000))

    assert len(page.encode()) <= 1_500_000
    data = listed(page)
    paths = {data["folders"][r[1]] + r[2] for r in data["rows"]}
    assert paths == {f.path for f in many(1_000).evidence.files}


def test_the_gravest_files_stand_on_the_page_without_script_and_the_rest_are_counted() -> None:
    page = to_html.render(many(1_200))

    assert "The 100 gravest of 1,200 files" in page
    assert page.count("</strong></th>") == 100


def test_a_sensitive_file_comes_before_a_longer_list() -> None:
    data = listed(to_html.render(laptop_audit()))

    assert data["rows"][0][2] == "register 2023.csv"
    assert data["guards"][data["rows"][0][10]][0] == "Not encrypted"


def test_the_terminal_ends_with_the_headline() -> None:
    lines = to_text.render(laptop_audit()).splitlines()

    assert lines[-2].startswith(
        "Unencrypted copies of personal data that can leave the premises: 4"
    )
    assert all(len(line) <= 110 for line in lines)


@pytest.mark.parametrize("form", REPORTS)
def test_an_incomplete_audit_says_so_in_every_format(form: str) -> None:
    evidence: Evidence = laptop_audit().evidence
    stopped = msgspec.structs.replace(
        evidence, scan=msgspec.structs.replace(evidence.scan, complete=False)
    )
    audit = judged(stopped, rulebook(shipped("rules")), school="", urn="", by="")
    made = load(form).render(audit).lower()  # type: ignore[arg-type]

    assert "incomplete" in made or '"complete": false' in made or "complete: no" in made


def test_a_range_without_end_is_said_as_at_least() -> None:
    from auditor.words import UNBOUNDED, people

    assert people(Range(low=3, high=UNBOUNDED)) == "at least 3 people"
    assert str(UNBOUNDED) not in to_html.render(nothing_seen_audit())


def test_an_accepted_risk_is_no_action_due_and_no_clean_bill() -> None:
    audit = laptop_audit()
    waived = msgspec.structs.replace(
        audit, findings=tuple(msgspec.structs.replace(f, waived=True) for f in audit.findings)
    )
    known = msgspec.structs.replace(
        waived, findings=tuple(f for f in waived.findings if f.verdict is not Verdict.UNKNOWN)
    )

    assert "Nothing that needs action was found." in verdict(waived)
    assert "accepted for a time" in verdict(waived)
    assert tone(known) is Tone.UNSURE
    assert code(audit, Severity.HIGH) == 1
    assert code(waived, Severity.HIGH) == 0
    page = to_html.render(waived)
    assert "Accepted for a time" in page
    assert "<article" not in page
