"""The tools of those who write rules, and YAML that means harm or was never YAML."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from running import auditor

from auditor.errors import RulebookError
from auditor.rulebook import Rulebook, answers, catalogue, english, load, problems, reading
from auditor.rulebook.conditions import Condition, Scope, each
from auditor.rulebook.diffing import changes
from auditor.rulebook.grammar import parse
from auditor.rulebook.making import KINDS
from auditor.rulebook.schemas import SCHEMAS
from auditor.shipped import shipped

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules"


@cache
def book() -> Rulebook:
    return load(shipped("rules"))


class Core(yaml.SafeLoader):
    """Scalars as editors read them: YAML 1.2, in which yes, no, on and dates are words."""


Core.yaml_implicit_resolvers = {
    first: [
        (tag, shape) for tag, shape in found if tag.rsplit(":", 1)[1] in {"int", "float", "null"}
    ]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def editors(text: str) -> Any:
    return yaml.load(text, Core)


def schema_of(file: Path) -> str:
    folder = file.parent.name
    return {
        "packs": "pack",
        "guidance": "sources",
        "personal-data": "personal-data",
        "records": "record",
    }.get(folder, "rule")


@cache
def validator(kind: str) -> jsonschema.Draft202012Validator:
    made = SCHEMAS[kind]()
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made)


ALONE = {"retired.yaml", "coverage.yaml"}
"""Tables of the program's own, which nobody else writes."""
FILES = [
    f for f in sorted(RULES.rglob("*.yaml")) if f.name not in ALONE and f.parent.name != "masking"
]


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_every_shipped_file_is_valid_by_its_schema(file: Path) -> None:
    found = [
        e.message for e in validator(schema_of(file)).iter_errors(editors(file.read_text("utf-8")))
    ]

    assert found == []


WRONG = [
    ("encryption.state: on}", "encryption.stat: on}"),
    ("must: {encryption.state: on}", "must: {encryption.state: onn}"),
    ("who: IT support", "hwo: IT support"),
    ("  - critical: {machine", "  - critcal: {machine"),
    ("id: DRV-01", "id: drive-1"),
    ("for each: volume", "for each: volum"),
    ("why: ", "y: "),
]


@pytest.mark.parametrize(("right", "wrong"), WRONG, ids=[w[1] for w in WRONG])
def test_an_editor_marks_what_is_wrong(right: str, wrong: str) -> None:
    text = (RULES / "drives" / "DRV-01.yaml").read_text("utf-8")
    assert right in text

    assert not validator("rule").is_valid(editors(text.replace(right, wrong, 1)))


def test_the_forms_that_are_written_are_valid_by_their_schemas(tmp_path: Path) -> None:
    form = answers.written(answers.Answers(), [r for r in book().rules if r.ask])
    assert [e.message for e in validator("answers").iter_errors(editors(form))] == []
    filled = "nation: Wales\nanswers: {GOV-01: {answer: yes, on: 2026-11-20}, GOV-02: no, REM-01: [{about: E, answer: yes}]}"
    assert validator("answers").is_valid(editors(filled))
    assert not validator("answers").is_valid(editors("answers: {GOV-01: {answr: yes}}"))
    assert not validator("answers").is_valid(editors("waivers: [{rule: REM-01, owner: Head}]"))


@pytest.mark.parametrize("kind", ["report", *SCHEMAS])
def test_every_schema_is_printed(kind: str) -> None:
    done = auditor("schema", kind)

    assert done.returncode == 0, done.stderr
    jsonschema.Draft202012Validator.check_schema(json.loads(done.stdout))


@pytest.mark.parametrize("about", KINDS)
def test_a_scaffold_of_each_kind_passes_its_check_as_it_is(tmp_path: Path, about: str) -> None:
    pack = auditor("rules", "new", "kent-2026", "--pack", "--in", "kent", cwd=tmp_path)
    rule = auditor(
        "rules", "new", "KCC-01", "--about", about, "--area", "media", "--in", "kent", cwd=tmp_path
    )
    done = auditor("rules", "check", "kent", cwd=tmp_path)

    assert (pack.returncode, rule.returncode, done.returncode) == (0, 0, 0), done.stderr
    assert "all is well" in done.stdout
    text = (tmp_path / "kent" / "media" / "KCC-01.yaml").read_text("utf-8")
    assert validator("rule").is_valid(editors(text))


def test_new_overwrites_nothing_and_takes_no_shipped_id(tmp_path: Path) -> None:
    auditor("rules", "new", "KCC-01", "--in", "kent", cwd=tmp_path)
    again = auditor("rules", "new", "KCC-01", "--title", "Another", "--in", "kent", cwd=tmp_path)
    taken = auditor("rules", "new", "DRV-01", "--in", "kent", cwd=tmp_path)

    assert (again.returncode, taken.returncode) == (2, 2)
    assert "there already" in again.stderr
    assert "shipped rule" in taken.stderr
    assert "Another" not in (tmp_path / "kent" / "governance" / "KCC-01.yaml").read_text("utf-8")


def test_check_points_at_the_place_in_the_line(tmp_path: Path) -> None:
    auditor("rules", "new", "KCC-01", "--about", "volume", "--in", "kent", cwd=tmp_path)
    file = tmp_path / "kent" / "governance" / "KCC-01.yaml"
    file.write_text(file.read_text("utf-8").replace("severity:", "severty:"), "utf-8")

    done = auditor("rules", "check", "kent", cwd=tmp_path)

    place, line, mark, hint = done.stderr.splitlines()[:4]
    assert done.returncode == 2
    assert place.startswith("kent/governance/KCC-01.yaml:")
    assert "'severty' is not known here" in place
    assert line.strip().startswith("severty: medium")
    assert mark.index("^") == line.index("severty")
    assert "did you mean 'severity'?" in hint


def test_show_says_in_english_what_is_checked_with_its_sources() -> None:
    done = auditor("rules", "show", "drv-01")

    assert "each volume, where system is yes" in done.stdout
    assert "It passes when encryption state is on." in done.stdout
    assert "critical when machine portable is yes; high otherwise" in done.stdout
    assert "https://" in done.stdout


def test_show_tells_of_a_retired_rule_and_of_one_the_pack_leaves_out() -> None:
    assert "retired" in auditor("rules", "show", "ACC-09").stdout
    assert "does not use it" in auditor("rules", "show", "FIL-22").stdout


@pytest.mark.parametrize("r", book().every, ids=lambda r: r.id)
def test_every_rule_can_be_said_in_english(r: Any) -> None:
    said = [*english.checked(r), *english.severities(r)]

    assert said
    assert all(s and "_" not in s.split("'")[0] for s in said), said
    assert not [s for s in said if "object at" in s or "<" in s]


@pytest.mark.parametrize(
    ("length", "words"),
    [({"days": 7}, "1 week"), ({"days": 8}, "8 days"), ({"hours": 26}, "26 hours"), ({"days": 13 * 30.44}, "13 months"),
     ({"days": 7 * 365.25}, "7 years"), ({"days": 1}, "1 day")],
)  # fmt: skip
def test_lengths_of_time_are_said_as_people_say_them(length: dict[str, float], words: str) -> None:
    assert english.length(timedelta(**length)) == words


@pytest.mark.parametrize("form", ["text", "md", "csv", "json"])
def test_the_list_has_every_rule_in_every_format(form: str) -> None:
    told = catalogue.table(book(), form)

    assert not [r.id for r in book().rules if r.id not in told]
    if form == "json":
        found = json.loads(told)
        assert {"checks", "remedy", "because", "why"} <= found[0].keys()


def test_the_catalogue_names_every_rule_source_and_threshold() -> None:
    page = catalogue.page(book())

    assert not [r.id for r in book().rules if f"### {r.id} {r.title}" not in page]
    assert not [s.url for s in book().sources.values() if s.url not in page]
    assert "- retention: 7 years" in page
    assert "not verified" in page


def test_diff_tells_what_came_what_went_and_what_changed(tmp_path: Path) -> None:
    old = Path(shutil.copytree(RULES, tmp_path / "old"))
    (old / "governance" / "GOV-18.yaml").unlink()
    rule = old / "drives" / "DRV-01.yaml"
    rule.write_text(rule.read_text("utf-8").replace("- high: always", "- medium: always"), "utf-8")
    pack = old / "packs" / "school-default.yaml"
    pack.write_text(
        pack.read_text("utf-8").replace("retention: 7 years", "retention: 6 years"), "utf-8"
    )

    told = list(changes(load(old), book()))

    assert "+ GOV-18 It is known which machines leave the site" in told
    assert "~ DRV-01 The system drive is encrypted" in told
    assert any("medium otherwise -> critical" in t or "severity:" in t for t in told)
    assert "threshold retention: 6 years -> 7 years" in told
    assert list(changes(book(), book())) == []
    assert auditor("rules", "diff", str(old)).returncode == 1


def test_no_id_that_was_ever_shipped_is_gone_without_a_word(request: pytest.FixtureRequest) -> None:
    file = ROOT / "tests" / "golden" / "rule-ids.txt"
    now = {r.id for r in book().every}
    if request.config.getoption("--update-golden"):
        known = set(file.read_text("utf-8").split()) if file.exists() else set()
        file.write_text("\n".join(sorted(known | now)) + "\n", "utf-8")
    before = set(file.read_text("utf-8").split())

    assert before - now <= set(book().retired), "say in rules/retired.yaml what became of them"
    assert now <= before, "run pytest --update-golden to note the new ids"


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)
HOSTILE: list[tuple[str, bytes, str]] = [
    ("anchor bomb", BOMB.encode(), "anchors"),
    ("alias alone", b"a: *b", "anchors"),
    ("merge key", b"a: &x {b: c}\nd: {<<: *x}", "anchors"),
    ("python tag", b"!!python/object/apply:os.system ['touch /tmp/owned']", "tags"),
    ("binary tag", b"a: !!binary aGk=", "tags"),
    ("own tag", b"a: !run [x]", "tags"),
    ("ten megabytes", b"title: " + b"x" * 10_000_000, "too large"),
    ("deep lists", b"a: " + b"[" * 2_000, ""),
    ("deep blocks", b"\n".join(b" " * n + b"a:" for n in range(300)), "too deeply"),
    ("duplicate keys", b"id: A\nid: B", "twice"),
    ("a list as key", b"? [a, b]\n: c", "must be a word"),
    ("tab", b"id: X\n\ttitle: Y", "not YAML"),
    ("two documents", b"id: A\n---\nid: B", "one document"),
    ("empty", b"", "empty"),
    ("only a comment", b"# nothing\n", "empty"),
    ("a null byte", b"id: a\0b", ""),
    ("UTF-16", "id: DRV-01".encode("utf-16"), "not UTF-8"),
    ("Latin-1", "title: caf\xe9".encode("latin-1"), "not UTF-8"),
    ("a word", b"hello", "block of 'name: value'"),
    ("a list", b"- id: DRV-01", "block of 'name: value'"),
    ("a directive", b"%YAML 9.9\n---\nid: A", ""),
    ("unfinished quote", b'title: "abc', "not YAML"),
    ("a zip", b"PK\x03\x04" + bytes(range(256)) * 4, ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "problem"), HOSTILE, ids=[h[0] for h in HOSTILE])
def test_hostile_yaml_is_a_clear_error_at_once(
    tmp_path: Path, name: str, raw: bytes, problem: str
) -> None:
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))
    (rules / "drives" / "DRV-01.yaml").write_bytes(raw)
    begun = time.process_time()

    found = [p for p in problems(rules) if p.where.startswith("rules/drives/DRV-01.yaml")]

    assert time.process_time() - begun < 20, name
    assert found
    assert problem in found[0].problem
    assert all(len(p.problem) + len(p.hint) < 600 for p in found)
    assert not Path("/tmp/owned").exists()
    with pytest.raises(RulebookError):
        load(rules)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))
    for file in (rules / "drives").glob("*.yaml"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))

    assert problems(rules) == []


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_are_a_document_or_an_error(raw: bytes) -> None:
    class File:
        def read_bytes(self) -> bytes:
            return raw

    try:
        reading.read(File(), "x.yaml")  # type: ignore[arg-type]
    except RulebookError as e:
        assert e.where.startswith("x.yaml")


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_both_loaders_give_the_same_places(loader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (RULES / "files" / "FIL-06.yaml").read_text("utf-8")
    usual = reading.parse(text, "x.yaml")
    monkeypatch.setattr(reading, "_LOADER", getattr(yaml, loader))

    assert reading.parse(text, "x.yaml") == usual


CONDITIONS = [
    "{category has: List}", "{path has: old laptop}", "{folder one of: [downloads, desktop]}", "{special: yes}",
    "{protected: no}", "{protected known: no}", "{not: {protected: yes}}", "{size at least: 100}",
    "{people at most: 20}", "{modified more than: 30 days}", "{machine.portable: yes}", "{volume.system: yes}",
    "{any: [{special: yes}, {protected: no}]}", "{all: [{folder is not: other}, {people more than: 5}]}",
]  # fmt: skip


@pytest.mark.parametrize("text", CONDITIONS)
def test_many_things_at_once_are_judged_as_one_by_one(text: str) -> None:
    from sample_audit import laptop

    from auditor.rulebook.facts import facts

    known = facts(laptop())
    condition: Condition = parse(reading.parse(text, "x.yaml"), "file")
    around: dict[str, Any] = {"machine": known.machine, "scan": known.scan}
    judge: Callable[[Any], bool | None] = each(condition, Scope("scan", around, {}), "file")

    for f in known.files:
        alone = condition.holds(Scope("file", {**around, "file": f}, {}))
        assert judge(f) is alone, f.path
