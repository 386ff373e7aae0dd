"""Paths may name a child; a masked report does not."""

from __future__ import annotations

import importlib
from pathlib import Path

import msgspec
import pytest
from faker import Faker
from hypothesis import given, settings
from hypothesis import strategies as st
from running import auditor
from sample_audit import laptop, laptop_audit, seen
from strategies import evidence as any_evidence
from test_across import audited

from auditor import wire
from auditor.evidence import DeviceKind, DeviceSeen, Evidence, Gap, Scan, Why
from auditor.findings import Audit
from auditor.judge import headline
from auditor.masking import _words, masked
from auditor.reports import REPORTS, load

replace = msgspec.structs.replace
NAMES = Faker("en_GB")


def path(text: str) -> str:
    """What a masked audit makes of one path."""
    evidence = replace(laptop(), files=(seen(text, "E:\\", 3),))
    return masked(replace(laptop_audit(), evidence=evidence)).evidence.files[0].path


@pytest.mark.parametrize(
    ("shown", "becomes"),
    [
        ("E:\\SEN\\SEN plan - Jane Doe.docx", "E:\\SEN\\SEN plan - [hidden 1].docx"),
        ("C:\\Users\\jdoe\\Downloads\\Class 3B.csv", "C:\\Users\\[hidden 1]\\Downloads\\Class 3B.csv"),
        ("/home/ann/Documents/year 6 leavers 2023.xlsx", "/home/[hidden 1]/Documents/year 6 leavers 2023.xlsx"),
        ("E:\\Doe, Jane (Year 4).pdf", "E:\\[hidden 1] (Year 4).pdf"),
        ("E:\\jane.doe\\report for O'Neil.txt", "E:\\[hidden 1]\\report for [hidden 2].txt"),
        ("E:\\F999000120001.pdf", "E:\\[hidden 1].pdf"),
        ("E:\\letter 17-03-2014.doc", "E:\\letter [hidden 1].doc"),
        ("E:\\2014-03-17 care plan.doc", "E:\\[hidden 1] care plan.doc"),
        ("E:\\JaneDoe_SENPlan.docx", "E:\\[hidden 1].docx"),
        ("E:\\07700900461\\photos\\IMG_1.jpg", "E:\\[hidden 1]\\photos\\IMG_1.jpg"),
        ("\\\\server\\staff\\Zoë\\notes.txt", "\\\\server\\staff\\[hidden 1]\\notes.txt"),
        ("E:\\backup\\pupils.csv", "E:\\backup\\pupils.csv"),
        ("E:\\李小龍 plan.pdf", "E:\\[hidden 1] plan.pdf"),
        ("E:\\J Doe.pdf", "E:\\[hidden 1].pdf"),
        ("E:\\Mark Day\\Art.doc", "E:\\[hidden 1]\\[hidden 2].doc"),
    ],
)  # fmt: skip
def test_ordinary_words_stay_and_everything_else_is_hidden(shown: str, becomes: str) -> None:
    assert path(shown) == becomes


def test_no_word_that_stays_is_a_name() -> None:
    names = set()
    for locale in (
        "en_GB",
        "en_IE",
        "en_US",
        "en_IN",
        "pl_PL",
        "fr_FR",
        "de_DE",
        "it_IT",
        "pt_PT",
        "nl_NL",
    ):
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for field in dir(provider):
            if field.startswith(("first_names", "last_names")):
                names |= {str(n) for n in getattr(provider, field)}

    assert len(names) > 10_000
    assert not _words() & {n.casefold() for n in names}
    assert not _words() & {f"={n}" for n in names}


def canary() -> Audit:
    """A child's and a teacher's name in every place that can hold a path."""
    name = "Zebedee Quillfeather"
    evidence = laptop()
    mount = f"/media/quillfeather/{name}"
    volumes = tuple(
        replace(v, id=mount, mount=mount, device=f"/dev/{name}", label=f"{name} USB") if v.id == "E:\\" else v
        for v in evidence.volumes
    )  # fmt: skip
    files = tuple(
        replace(f, volume=mount, path=f"{mount}/plan {name}.docx") if f.volume == "E:\\" else f
        for f in evidence.files
    )
    gaps = (
        *evidence.gaps,
        Gap(source="files", about=f"3 files in C:\\Users\\{name}\\{name}", why=Why.NEEDS_ADMIN, volume="C:\\"),
        Gap(source="files", about=f"encryption of {mount}", why=Why.LOCKED, volume=mount,
            detail=f"Open ~/{name}/x or /home/{name}/plans and look."),
    )  # fmt: skip
    scan: Scan = replace(
        evidence.scan, roots=(mount, "C:\\"), left_out=(f"/home/{name}/AppData", "C:\\Windows")
    )
    named = replace(
        evidence,
        volumes=volumes, files=files, gaps=gaps, scan=scan,
        devices=(DeviceSeen(kind=DeviceKind.PHONE, model="Example phone"),),
    )  # fmt: skip
    return audited(named)


@pytest.mark.parametrize("reader", ["school", "auditor"])
@pytest.mark.parametrize("form", REPORTS)
def test_no_format_of_a_masked_report_names_anybody(form: str, reader: str) -> None:
    plain = load(form).render(canary(), reader).casefold()  # type: ignore[arg-type]
    made = load(form).render(masked(canary()), reader).casefold()  # type: ignore[arg-type]

    assert "quillfeather" in plain, "the canary is where it can be seen"
    assert "quillfeather" not in made
    assert "zebedee" not in made


@settings(max_examples=25)
@given(
    st.integers(0, 10**6),
    st.sampled_from(["{} {}", "{}_{}", "{1}, {0}", "{}.{}", "{0}{1}", "{1}", "plan {0} {1} 2"]),
)
def test_no_name_of_a_made_up_pupil_survives(seed: int, shape: str) -> None:
    NAMES.seed_instance(seed)
    first, last = NAMES.first_name(), NAMES.last_name()
    made = path(f"E:\\SEN\\{shape.format(first, last)}\\{first} report.docx")

    words = {w.casefold() for w in "".join(c if c.isalnum() else " " for c in made).split()}
    assert not words & {first.casefold(), last.casefold()}


@settings(max_examples=15)
@given(any_evidence())
def test_masking_changes_no_number_and_no_verdict(evidence: Evidence) -> None:
    plain = audited(evidence)
    hidden = masked(plain)

    assert masked(hidden) is hidden
    assert [f.verdict for f in hidden.findings] == [f.verdict for f in plain.findings]
    assert hidden.headline.copies == plain.headline.copies
    assert headline(hidden.evidence).copies == plain.headline.copies, "volumes are still told apart"
    assert len({v.id for v in hidden.evidence.volumes}) == len(
        {v.id for v in plain.evidence.volumes}
    )
    assert wire.decode(wire.encode(hidden)) == hidden


def test_rules_and_settings_keep_their_words() -> None:
    plain, hidden = laptop_audit(), masked(laptop_audit())

    for ours, theirs in zip(plain.findings, hidden.findings, strict=True):
        assert (ours.title, ours.why, ours.remedy) == (theirs.title, theirs.why, theirs.remedy)
        if ours.subject.kind == "setting":
            assert ours.subject == theirs.subject


@pytest.mark.parametrize(
    ("options", "hidden"),
    [
        ((), False),
        (("--mask", "paths"), True),
        (("--reader", "auditor"), True),
        (("--reader", "auditor", "--mask", "none"), False),
    ],
)
def test_the_reader_and_mask_decide(tmp_path, options: tuple[str, ...], hidden: bool) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "report.json").write_bytes(wire.encode(canary()))
    done = auditor("report", str(tmp_path), "--format", "html", *options)

    assert done.returncode == 0, done.stderr
    assert ("Quillfeather" not in done.stdout) is hidden
    assert ("[hidden 1]" in done.stdout) is hidden


@pytest.mark.parametrize("options", [(), ("--mask", "paths"), ("--reader", "auditor")])
def test_a_masked_scan_leaves_no_journal_of_the_paths(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "SEN plan Quillfeather.csv").write_text("UPN\nF999000120001\n")

    done = auditor("scan", "office", *options, cwd=tmp_path)

    assert done.returncode in {0, 1}, done.stderr
    written = {p.name: p.read_bytes() for p in (tmp_path / "auditor-report").iterdir()}
    assert ("scan-journal.sqlite" in written) is not bool(options)
    assert any(b"Quillfeather" in content for content in written.values()) is not bool(options)
