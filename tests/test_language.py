"""Every page in every language: nothing untranslated, nothing lost in it."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from running import auditor
from sample_audit import SAMPLES, laptop
from test_across import audited, later, school

from auditor import wire, words
from auditor.across.compare import compare
from auditor.cli.shown import LANGUAGES as OFFERED
from auditor.errors import AuditorError
from auditor.evidence import Range
from auditor.reports import to_html
from auditor.reports.across_html import compared, site
from auditor.reports.language import ENGLISH, LANGUAGES, spoken

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "templates" / "languages"
OTHERS = sorted(set(LANGUAGES) - {"en"})
NUMBERS = [0, 1, 2, 3, 4, 6, 11, 1200]


@cache
def extracted() -> Catalog:
    """Every text of code and templates that goes through a catalogue."""
    found = Catalog(project="auditor", charset="utf-8")
    rows = extract_from_dir(
        str(ROOT),
        [("auditor/**.py", "python"), ("templates/**.html", "jinja2")],
        keywords={"gettext": None, "_": None, "ngettext": (1, 2), "plain_ngettext": (1, 2)},
        directory_filter=lambda folder: Path(folder).name not in {"tests", "node_modules", ".git"},
    )
    for file, _, message, _, _ in rows:
        found.add(message, locations=[(file.replace("\\", "/"), 1)])
    return found


def catalogue(code: str) -> Catalog:
    return read_po(io.BytesIO((CATALOGUES / f"{code}.po").read_bytes()), locale=code)


def fields(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|\{\d\}|--[\w-]+|\[hidden \d\]|report\.\w+", text))


def test_the_list_of_texts_is_of_today(request: pytest.FixtureRequest) -> None:
    ids = sorted(str(m.id) for m in extracted() if m.id)
    file = CATALOGUES / "report.pot"
    if request.config.getoption("--update-golden"):
        out = io.BytesIO()
        write_po(out, extracted(), omit_header=True, no_location=True, sort_output=True)
        file.write_bytes(out.getvalue())

    assert sorted(str(m.id) for m in read_po(io.BytesIO(file.read_bytes())) if m.id) == ids


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_says_every_text_and_no_other(code: str) -> None:
    theirs = {m.id: m for m in catalogue(code) if m.id}
    ours = {m.id for m in extracted() if m.id}

    assert not ours - set(theirs), "texts without a translation"
    assert not set(theirs) - ours, "translations of texts that are not there any more"
    assert not [i for i, m in theirs.items() if m.fuzzy or not all(m.string or [""])]


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_fills_in_what_the_english_does(code: str) -> None:
    wrong = []
    for m in catalogue(code):
        if not m.id:
            continue
        ids = (m.id,) if isinstance(m.id, str) else tuple(m.id)
        strings = (m.string,) if isinstance(m.string, str) else tuple(m.string or ())
        wanted = fields(ids[-1])
        # `1` may be said by a word, such as `blwydd oed`.
        wrong += [s for n, s in enumerate(strings) if fields(s) != wanted and (n or len(ids) == 1)]

    assert wrong == []


@pytest.mark.parametrize("n", NUMBERS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_numbers_have_their_nouns_in_every_language(code: str, n: int) -> None:
    say = spoken(code)

    for text in (say.files(n), say.copies(n), say.people(Range(low=n, high=n))):
        assert words.number(n) in text
    assert "%" not in say.spent(n) + say.listed(["a"] * n) + say.day(
        datetime(2026, 3, 1, tzinfo=UTC)
    )


def test_welsh_nouns_change_after_their_numbers() -> None:
    say = spoken("cy")

    assert [say.copies(n) for n in (1, 2, 3, 4)] == ["1 copi", "2 gopi", "3 chopi", "4 copi"]
    assert say.people(Range(low=2, high=30)) == "2 i 30 o bobl"
    assert say.moment(datetime(2026, 11, 24, 14, 5, tzinfo=UTC)) == "24 Tachwedd 2026, 14:05"


@pytest.mark.parametrize(
    "value",
    [
        Range(low=0, high=0),
        Range(low=1, high=1),
        Range(low=0, high=1),
        Range(low=2, high=1 << 40),
        Range(low=0, high=1 << 40),
    ],
)
def test_english_pages_speak_as_rules_do(value: Range) -> None:
    assert ENGLISH.people(value) == words.people(value)


@pytest.mark.parametrize("items", [[], ["a"], ["a", "b"], list("abcdefg")])
def test_english_lists_read_as_those_of_rules_do(items: list[str]) -> None:
    assert ENGLISH.listed(items) == words.listed(items)


@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 3600, 3661, 9000])
def test_english_durations_read_as_those_on_the_terminal_do(seconds: int) -> None:
    assert ENGLISH.spent(seconds) == words.spent(seconds)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_welsh_page_says_so_and_marks_what_is_english_on_it(name: str) -> None:
    page = to_html.render(SAMPLES[name](), language="cy")
    english = {str(m.id) for m in extracted() if isinstance(m.id, str) and len(m.id) > 30}

    assert '<html lang="cy">' in page
    assert "Copïau heb eu hamgryptio o ddata personol a all adael y safle" in page
    text = re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert not [e for e in english if e in text], "texts of the interface left in English"
    if name == "laptop":
        assert '<h3 lang="en-GB">Secure the records on unencrypted portable drives</h3>' in page


def test_pages_over_several_audits_speak_welsh_too() -> None:
    assert "Cymharu dau archwiliad" in compared(
        compare(audited(laptop()), audited(later(laptop()))), "cy"
    )
    assert "Yr un rhestr mewn sawl lle" in site(school(), "cy")


def test_the_command_writes_a_welsh_page_and_refuses_a_language_it_does_not_know(
    tmp_path: Path,
) -> None:
    (tmp_path / "report.json").write_bytes(wire.encode(SAMPLES["laptop"]()))
    done = auditor("report", ".", "--format", "html", "--language", "cy", cwd=tmp_path)
    refused = auditor("report", ".", "--language", "tlh", cwd=tmp_path)

    assert '<html lang="cy">' in done.stdout
    assert refused.returncode == 2
    assert tuple(LANGUAGES) == OFFERED
    with pytest.raises(AuditorError, match="no language 'tlh'"):
        spoken("tlh")
