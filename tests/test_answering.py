"""Asking people: the sheet of answers, the terminal and the form of the browser."""

from __future__ import annotations

import http.client
import socket
import threading
import urllib.parse
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import auditor

from auditor.answering.private import named
from auditor.answering.sheet import Sheet
from auditor.answering.web import Form
from auditor.errors import AuditorError, RulebookError
from auditor.evidence import Answer, Waiver
from auditor.findings import Verdict
from auditor.rulebook import Rulebook, answers, load
from auditor.rulebook.answers import Answers, clean
from auditor.rulebook.reading import parse as yaml
from auditor.shipped import shipped

TODAY = date(2026, 11, 24)


@cache
def book() -> Rulebook:
    return load(shipped("rules"))


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    return Sheet(tmp_path / "answers.yaml", book(), TODAY)


def again(s: Sheet, days: int = 0) -> Sheet:
    return Sheet(s.file, book(), TODAY + timedelta(days=days))


def test_every_answer_is_kept_at_once_and_found_again(sheet: Sheet) -> None:
    sheet.about(school="Hill Top", urn="999999", nation="England")
    sheet.put("GOV-01", "Yes", by="Bursar", note="privacy notice, page 2")
    sheet.put("GOV-06", "3 November 2026", by="Head teacher")
    sheet.put("GOV-02", "do not know")

    found = again(sheet)

    assert {a.rule: a for a in found.found.answers} == {a.rule: a for a in sheet.found.answers}
    assert found.found.school == "Hill Top"
    assert len(found.open()) == len(found.questions()) - 2
    assert "GOV-02" in {r.id for r in found.open()}


def test_an_answer_is_asked_again_when_it_has_gone_stale(sheet: Sheet) -> None:
    sheet.put("GOV-01", "yes")

    assert "GOV-01" not in {r.id for r in again(sheet, 365).open()}
    assert "GOV-01" in {r.id for r in again(sheet, 366).open()}


def test_an_answer_replaces_the_one_before(sheet: Sheet) -> None:
    sheet.put("GOV-01", "yes")
    sheet.put("GOV-01", "no")

    (a,) = again(sheet).found.answers
    assert a.said == "no"


def test_schools_of_wales_are_not_asked_what_is_asked_in_england(sheet: Sheet) -> None:
    everywhere = {r.id for r in sheet.questions()}
    sheet.about(school="", urn="", nation="Wales")

    assert everywhere - {r.id for r in sheet.questions()} == {"GOV-13", "GOV-14", "GOV-15"}


@pytest.mark.parametrize(
    "note",
    [
        "list of UPN",
        "AB 12 34 56 C has it",
        "write to ann.example@school.example",
        "x" * 301,
    ],
)
def test_a_note_with_somebodys_data_is_refused_and_nothing_is_kept(sheet: Sheet, note: str) -> None:
    from random import Random

    from make import upn

    note = note.replace("UPN", upn(Random(1)))
    with pytest.raises(AuditorError):
        sheet.put("GOV-01", "yes", note=note)
    assert not sheet.file.exists()


@pytest.mark.parametrize(
    "note", ["minutes of 3 October 2026", "contract 2024/117", "tel. 01234 567890"]
)
def test_an_ordinary_note_is_kept(sheet: Sheet, note: str) -> None:
    assert named(note) == ""
    assert sheet.put("GOV-01", "yes", note=note).note == note


@pytest.mark.parametrize(
    ("rule", "said"), [("GOV-99", "yes"), ("DRV-01", "yes"), ("GOV-01", "maybe")]
)
def test_what_is_no_answer_is_refused(sheet: Sheet, rule: str, said: str) -> None:
    with pytest.raises(AuditorError):
        sheet.put(rule, said)
    assert not sheet.file.exists()


def test_a_file_that_is_wrong_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("answers: [", "utf-8")

    with pytest.raises(RulebookError, match="not YAML"):
        Sheet(file, book(), TODAY)
    assert file.read_text("utf-8") == "answers: ["


TEXTS = st.text(max_size=40).map(clean)
SAID = {r.id: [*r.ask.choices, "do not know"] for r in book().every if r.ask}


@st.composite
def some_answers(draw: st.DrawFn) -> Answers:
    days = st.dates(date(2020, 1, 1), TODAY)
    rules = draw(st.lists(st.sampled_from(sorted(SAID)), unique=True, max_size=5))
    given_ = tuple(
        Answer(
            rule=r, said=draw(st.sampled_from(SAID[r])), given=draw(days), by=draw(TEXTS), note=draw(TEXTS),
            subject=draw(st.sampled_from(["", "E:\\", "/media/ann/STICK: 1"])),
        )
        for r in rules
    )  # fmt: skip
    waivers = st.builds(
        Waiver, rule=st.sampled_from(sorted(SAID)), reason=TEXTS.filter(bool), owner=TEXTS.filter(bool),
        expires=days, agreed=st.none() | days, subject=TEXTS, machine=TEXTS,
    )  # fmt: skip
    return Answers(
        school=draw(TEXTS), nation=draw(st.sampled_from(["", "Wales"])), answers=given_,
        waivers=tuple(draw(st.lists(waivers, max_size=2))),
    )  # fmt: skip


@given(some_answers())
def test_what_is_written_reads_back_the_same(found: Answers) -> None:
    asking = [r for r in book().rules if r.ask]
    text = answers.written(found, asking)
    back = answers.parse(yaml(text, "answers.yaml"), book().every, TODAY)

    order = [r.id for r in asking] + list(SAID)
    assert sorted(back.answers, key=lambda a: a.rule) == sorted(found.answers, key=lambda a: a.rule)
    assert [a.rule for a in back.answers] == sorted(
        (a.rule for a in found.answers), key=order.index
    )
    assert (back.school, back.nation, back.waivers) == (found.school, found.nation, found.waivers)


def test_the_form_that_is_mailed_round_has_every_question_and_reads_as_empty(
    tmp_path: Path,
) -> None:
    done = auditor("answer", "--form", "form.yaml", cwd=tmp_path)

    assert done.returncode == 0
    text = (tmp_path / "form.yaml").read_text("utf-8")
    assert not [r.id for r in book().rules if r.ask and f"  {r.id}:\n" not in text]
    assert answers.parse(yaml(text, "form.yaml"), book().every, TODAY) == Answers()


def terminal(tmp_path: Path, typed: str, *more: str) -> str:
    import subprocess
    import sys

    from running import ROOT

    done = subprocess.run(
        [sys.executable, "-m", "auditor", "answer", "a.yaml", *more], cwd=tmp_path, input=typed, text=True,
        capture_output=True, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_terminal_asks_one_at_a_time_and_goes_on_another_day(tmp_path: Path) -> None:
    first = terminal(tmp_path, "Bursar\n1\nasset list\n?\nnonsense\n2\n\n\nq\n")
    second = terminal(tmp_path, "Bursar\nq\n")

    total = len([r for r in book().rules if r.ask])
    assert f"{total} questions." in first
    assert "does not answer it" in first
    assert f"2 of {total} questions answered" in first
    assert f"{total - 2} questions." in second
    assert "by: Bursar" in (tmp_path / "a.yaml").read_text("utf-8")


def test_the_end_of_input_loses_nothing(tmp_path: Path) -> None:
    terminal(tmp_path, "Bursar\n1\nasset list\n")

    assert "asset list" in (tmp_path / "a.yaml").read_text("utf-8")


@pytest.fixture
def form(sheet: Sheet) -> Iterator[Form]:
    made = Form(sheet, "Bursar")
    ready = threading.Event()
    runner = threading.Thread(target=made.run, args=(lambda _: ready.set(),))
    runner.start()
    ready.wait(5)
    yield made
    made.shutdown()
    runner.join(5)
    assert not runner.is_alive()


def ask(
    form: Form, path: str, post: dict[str, str] | None = None, **headers: str
) -> tuple[int, str, dict[str, str]]:
    to = http.client.HTTPConnection("127.0.0.1", form.server_port, timeout=5)
    body = urllib.parse.urlencode(post) if post is not None else None
    sent = (
        {"Content-Type": "application/x-www-form-urlencoded", **headers}
        if body is not None
        else headers
    )
    to.request("GET" if body is None else "POST", path, body, sent)
    came = to.getresponse()
    text = came.read().decode()
    to.close()
    return came.status, text, dict(came.getheaders())


def test_the_form_takes_an_answer_and_goes_on_to_the_next(form: Form) -> None:
    status, text, headers = ask(form, form.root + "q/GOV-01")
    assert status == 200
    assert "data protection officer" in text
    assert "script" not in text
    assert "default-src 'none'" in headers["Content-Security-Policy"]

    status, _, headers = ask(
        form, form.root + "q/GOV-01", {"said": "yes", "note": "notice", "by": "Head"}
    )

    assert status == 303
    assert headers["Location"].startswith(form.root + "q/")
    assert "GOV-01" not in headers["Location"]
    a = form.sheet.answer(next(r for r in book().rules if r.id == "GOV-01"))
    assert a is not None
    assert (a.said, a.by, a.note) == ("yes", "Head", "notice")


def test_a_date_counts_whether_its_button_was_pressed_or_not(form: Form) -> None:
    for said in ({"said": "date"}, {}):
        ask(form, form.root + "q/GOV-06", {**said, "day": "2026-11-03"})
        rule = form.sheet.rule("GOV-06")
        assert rule is not None
        assert form.sheet.verdict(rule) is Verdict.PASS


@pytest.mark.parametrize(
    "post",
    [{}, {"said": "date"}, {"said": "perhaps"}, {"said": "yes", "note": "ann@school.example"}],
)
def test_what_cannot_be_taken_is_said_on_the_page(form: Form, post: dict[str, str]) -> None:
    status, text, _ = ask(form, form.root + "q/GOV-01", post)

    assert status == 200
    assert 'role="alert"' in text
    assert form.sheet.found.answers == ()


def test_what_was_typed_is_still_there_when_it_was_not_taken(form: Form) -> None:
    post = {"said": "no", "note": "ask ann@school.example", "by": "Head of year"}
    _, text, _ = ask(form, form.root + "q/GOV-01", post)

    assert 'value="ask ann@school.example"' in text
    assert 'value="Head of year"' in text
    assert 'value="no" checked' in text


def test_a_date_that_was_given_stands_in_the_form(form: Form) -> None:
    form.sheet.put("GOV-06", "2026-11-03")
    _, text, _ = ask(form, form.root + "q/GOV-06")

    assert 'value="date" checked' in text
    assert 'value="2026-11-03"' in text


def test_markup_that_somebody_types_stays_text(form: Form) -> None:
    ask(form, form.root + "about", {"school": "<script>alert(1)</script>", "nation": "", "urn": ""})
    _, text, _ = ask(form, form.root)

    assert "<script" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    ("path", "post", "headers"),
    [
        ("/", None, {}),
        ("/wrong/q/GOV-01", None, {}),
        ("/wrong/q/GOV-01", {"said": "yes"}, {}),
        ("{root}", None, {"Host": "evil.example"}),
        ("{root}q/GOV-01", {"said": "yes"}, {"Host": "evil.example"}),
        ("{root}q/GOV-01", {"said": "yes"}, {"Origin": "https://evil.example"}),
        ("{root}q/GOV-01", {"said": "yes"}, {"Origin": "null"}),
    ],
)
def test_nobody_but_the_person_at_the_machine_is_answered(
    form: Form, path: str, post: dict[str, str] | None, headers: dict[str, str]
) -> None:
    status, text, _ = ask(form, path.format(root=form.root), post, **headers)

    assert status == 403
    assert form.secret not in text
    assert form.sheet.found.answers == ()


def test_the_form_listens_on_the_loopback_address_only(form: Form) -> None:
    assert form.server_address[0] == "127.0.0.1"
    others = {i[4][0] for i in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {
        "127.0.0.1"
    }
    for other in others:
        if not str(other).startswith("127."):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((str(other), form.server_port), timeout=1)


def test_a_form_too_large_is_refused(form: Form) -> None:
    assert ask(form, form.root + "q/GOV-01", {"note": "x" * 30_000})[0] == 413


def test_a_page_that_is_not_there_is_not_found(form: Form) -> None:
    assert ask(form, form.root + "q/DRV-01")[0] == 404
    assert ask(form, form.root + "q/../../etc/passwd")[0] == 404


def test_finish_stops_the_program(sheet: Sheet) -> None:
    form = Form(sheet)
    ended: list[bool] = []
    runner = threading.Thread(target=lambda: ended.append(form.run(lambda _: None)))
    runner.start()
    status, text, _ = ask(form, form.root + "finish", {})
    runner.join(5)

    assert status == 200
    assert "nothing was sent anywhere" in text
    assert ended == [True]


def test_a_form_that_nobody_uses_stops_by_itself(
    sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.answering.web.IDLE", 0.2)
    ended: list[bool] = []
    runner = threading.Thread(target=lambda: ended.append(Form(sheet).run(lambda _: None)))
    runner.start()
    runner.join(5)

    assert ended == [False]


def test_a_self_assessment_without_any_machine_is_an_audit(tmp_path: Path) -> None:
    from auditor import wire

    (tmp_path / "a.yaml").write_text(
        "school: Hill Top\nnation: Wales\nby: Bursar\nanswers: {GOV-01: yes, REM-12: yes}\n",
        "utf-8",
    )
    done = auditor("scan", "--no-machine", "--answers", "a.yaml", "--output", "out", cwd=tmp_path)

    assert done.returncode == 1, done.stderr
    audit = wire.decode((tmp_path / "out" / "report.json").read_bytes())
    by_rule = {f.rule: f for f in audit.findings}
    assert audit.school == "Hill Top"
    assert by_rule["REM-12"].verdict is Verdict.FAIL
    assert by_rule["GOV-01"].verdict is Verdict.PASS
    assert by_rule["GOV-02"].verdict is Verdict.NEEDS_ANSWER
    assert by_rule["GOV-13"].verdict is Verdict.NOT_APPLICABLE
    assert "Wales" in by_rule["GOV-13"].seen
    assert by_rule["DRV-01"].seen == "No machine was part of this audit."
    assert not [f for f in audit.findings if f.verdict is Verdict.UNKNOWN]


@pytest.mark.parametrize(
    "text",
    [
        "answers: {GOV-01: {answer: yes, note: 'ask ann@school.example'}}",
        "answers: {GOV-01: {answer: yes, by: AB123456C}}",
        "waivers: [{rule: REM-01, reason: 'of ann@school.example', owner: Head, expires: 2027-01-01}]",
    ],
)
def test_somebodys_data_in_a_file_of_answers_reaches_no_report(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    done = auditor("scan", "--no-machine", "--answers", "a.yaml", "--output", "out", cwd=tmp_path)

    assert done.returncode == 2
    assert "looks like" in done.stderr
    assert "ann@" not in done.stderr
    assert not (tmp_path / "out" / "report.json").exists()
