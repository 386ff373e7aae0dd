"""The questions in a real browser, with its scripts switched off: pytest -m browser.

AUDITOR_PICTURES=FOLDER keeps a picture of every page.
"""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from browsing import chromium, violations

from auditor.answering.sheet import Sheet
from auditor.answering.web import Form
from auditor.rulebook import load
from auditor.shipped import shipped

pytestmark = [pytest.mark.slow, pytest.mark.browser]
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("profile"), script=False) as opened:
        yield opened


@pytest.fixture
def form(tmp_path: Path) -> Iterator[Form]:
    sheet = Sheet(tmp_path / "auditor-answers.yaml", load(shipped("rules")), TODAY)
    made = Form(sheet)
    ready = threading.Event()
    runner = threading.Thread(target=made.run, args=(lambda _: ready.set(),))
    runner.start()
    ready.wait(5)
    yield made
    made.shutdown()
    runner.join(10)


def size(browser: Any, width: int, scheme: str) -> None:
    look = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", look)
    shape = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", shape)


def fits(browser: Any, width: int) -> bool:
    found = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]["width"]
    return bool(found <= width)


def picture(browser: Any, name: str) -> None:
    folder = os.environ.get("AUDITOR_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        made = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
        Path(folder, f"{name}.png").write_bytes(base64.b64decode(made["data"]))


def press(browser: Any, words: str) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    before = browser.find_element("css selector", "html")
    browser.find_element("xpath", f"//button[normalize-space()='{words}']").click()
    WebDriverWait(browser, 10).until(
        lambda b: b.find_element("css selector", "html") != before, "the page stayed as it was"
    )


def choose(browser: Any, words: str) -> None:
    browser.find_element(
        "xpath", f"//label[contains(@class,'choice')][normalize-space()='{words}']"
    ).click()


def heading(browser: Any) -> str:
    return str(browser.find_element("css selector", "legend, h1").text)


def test_a_business_manager_answers_in_the_browser_without_script(
    browser: Any, form: Form, tmp_path: Path
) -> None:
    size(browser, 1280, "light")
    browser.get(form.address)
    picture(browser, "1-overview")
    browser.find_element("id", "school").send_keys("Hill Top Primary School")
    browser.find_element("id", "by").send_keys("School business manager")
    press(browser, "Answer the open questions")

    first = form.sheet.open()[0]
    assert first.ask is not None
    assert heading(browser) == first.ask.question
    picture(browser, "2-question")
    press(browser, "Save and go on")
    assert "Not saved." in browser.find_element("css selector", "[role=alert]").text
    picture(browser, "3-nothing-chosen")
    choose(browser, "Only encrypted ones")
    browser.find_element("id", "note").send_keys("Asset list of September 2026")
    press(browser, "Save and go on")
    assert heading(browser) != first.ask.question
    a = form.sheet.answer(first)
    assert a is not None
    assert (a.said, a.by) == ("only encrypted ones", "School business manager")

    browser.get(f"{form.address}q/GOV-06")
    choose(browser, "On a day, which is")
    browser.find_element("id", "day").send_keys("11032026")
    picture(browser, "4-a-date")
    press(browser, "Save and go on")
    trained = form.sheet.rule("GOV-06")
    assert trained is not None
    kept = form.sheet.answer(trained)
    assert kept is not None
    assert kept.said in {"2026-11-03", "2026-03-11"}, "the order of day and month is the browser's"

    browser.get(form.address)
    press(browser, "Finish and stop the program")
    assert "Everything is saved" in heading(browser)
    picture(browser, "5-finished")
    text = (tmp_path / "auditor-answers.yaml").read_text("utf-8")
    assert "Asset list of September 2026" in text
    assert form.finished


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_is_quiet_and_asks_only_this_machine(
    browser: Any, form: Form, width: int, scheme: str
) -> None:
    size(browser, width, scheme)
    browser.get_log("performance")
    browser.get_log("browser")
    for page in ("", "q/REM-12", "q/GOV-06"):
        browser.get(form.address + page)
        assert fits(browser, width), page
        picture(browser, f"{scheme}-{width}-{page.replace('/', '-') or 'overview'}")

    noise = [e for e in browser.get_log("browser") if "favicon" not in e["message"]]
    assert [e for e in noise if e["level"] != "DEBUG"] == []
    sent = [
        e["message"]
        for e in browser.get_log("performance")
        if "Network.requestWillBeSent" in e["message"]
    ]
    assert sent
    assert all(f"127.0.0.1:{form.server_port}" in m for m in sent)


def test_the_form_is_used_by_keyboard_alone(browser: Any, form: Form) -> None:
    from selenium.webdriver.common.keys import Keys

    size(browser, 1280, "light")
    browser.get(f"{form.address}q/GOV-01")
    body = browser.find_element("css selector", "body")
    body.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the page"
    browser.switch_to.active_element.send_keys(Keys.TAB)
    browser.switch_to.active_element.send_keys(Keys.SPACE)
    browser.switch_to.active_element.send_keys(Keys.ENTER)

    rule = form.sheet.rule("GOV-01")
    assert rule is not None
    assert form.sheet.answer(rule) is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(form: Form, tmp_path: Path, scheme: str) -> None:
    with chromium(tmp_path / "profile") as browser:
        size(browser, 390, scheme)
        for page in ("", "q/REM-12", "q/GOV-06"):
            browser.get(form.address + page)
            browser.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
            browser.get(form.address + page)
            assert violations(browser) == [], page
        browser.get(f"{form.address}q/GOV-01")
        press(browser, "Save and go on")
        assert violations(browser) == [], "the page that says what is missing"
