"""An authority's work in a real Chromium: pytest -m browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("litestar")
pytest.importorskip("sqlalchemy")
pytest.importorskip("pyrage")

import centre
import pyotp
from browsing import chromium, violations
from centre import Centre
from running import auditor
from visitor import PASSWORD

from auditor import wire
from auditor.central import enrolling, people
from auditor.central.people import Role

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PAGES = (
    "/", "/?group=trust", "/about-the-figure", "/schools", "/schools/999001", "/schools/999004",
    "/schools/999001/findings", "/schools/999001/machines/1", "/heat", "/rules", "/rules/REM-03", "/overdue",
    "/compare", "/committee", "/actions", "/quarantine", "/people", "/looks", "/judgings", "/account", "/nowhere",
)  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Centre, str]]:
    from datetime import timedelta

    made = centre.new(tmp_path_factory.mktemp("central") / "home")
    with made.engine.begin() as c:
        for name in ("admin", "second", "third"):
            people.add(c, f"{name}@example.org", Role.ADMIN, password=PASSWORD)
        people.add(
            c, "head@hilltop.example", Role.SCHOOL, password=PASSWORD,
            schools=(enrolling.school_of(c, "999001"),),
        )  # fmt: skip
    from auditor.central import folder
    from auditor.central.writer import Writer

    writer = Writer(made.engine)
    for days, sample in ((65, "laptop"), (33, "laptop"), (1, "clean")):
        for urn in ("999001", "999002"):
            sealed = made.sealed(
                urn,
                sample if urn == "999002" else "laptop",
                name="OFFICE",
                ago=timedelta(days=days),
            )
            folder.one(made.engine, made.home, writer, sealed, via="folder")
    folder.one(made.engine, made.home, writer, b"junk", via="folder")
    folder.one(made.engine, made.home, writer, made.sealed("999003", "nothing"), via="folder")
    writer.close()
    with centre.serving(Path(made.home.folder)) as address:
        yield made, address
    made.engine.dispose()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


KEPT: dict[str, dict[str, Any]] = {}
"""The session cookie of each account: signing in again would wait for the next code."""


def go(browser: Any, element: Any) -> None:
    """Clicks, and waits for the next page."""
    from selenium.webdriver.support.expected_conditions import staleness_of
    from selenium.webdriver.support.wait import WebDriverWait

    old = browser.find_element("tag name", "html")
    element.click()
    WebDriverWait(browser, 20).until(staleness_of(old))


def fill(browser: Any, **fields: str) -> None:
    for name, value in fields.items():
        browser.find_element("name", name).send_keys(value)
    go(browser, browser.find_element("css selector", "main form button"))


def sign_in(browser: Any, address: str, email: str = "admin@example.org") -> None:
    browser.delete_all_cookies()
    browser.get(f"{address}/sign-in")
    if email in KEPT:
        browser.add_cookie(KEPT[email])
        browser.get(address)
        return
    fill(browser, email=email, password=PASSWORD)
    if browser.current_url.endswith("/second-factor"):
        secret = browser.find_element("id", "secret").text
        fill(browser, code=pyotp.TOTP(secret).now())
    KEPT[email] = browser.get_cookie("__Host-auditor")


def complaints(browser: Any) -> list[str]:
    """What the browser holds against the pages: their shield, script or style."""
    said = [e["message"] for e in browser.get_log("browser") if e["level"] != "DEBUG"]
    return [m for m in said if "status of 40" not in m]


def look(browser: Any, width: int, scheme: str) -> None:
    features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", features)
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def test_an_authority_enrols_a_school_chases_it_and_signs_out(
    running: tuple[Centre, str], browser: Any, tmp_path: Path
) -> None:
    _, address = running
    allow = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", allow)
    look(browser, 1280, "light")
    sign_in(browser, address, "third@example.org")
    assert "Overview" in browser.title

    # enrol a school
    go(browser, browser.find_element("link text", "Schools"))
    go(browser, browser.find_element("link text", "Silent Infants"))
    assert "No report has come yet" in browser.find_element("tag name", "main").text
    browser.find_element("xpath", "//button[text()='Make an enrolment file']").click()
    file = tmp_path / "999004.enrolment"
    for _ in range(100):
        if file.exists():
            break
        time.sleep(0.1)
    file.write_text(file.read_text("utf-8").replace("http://127.0.0.1:1", address), "utf-8")

    # the school sends
    (tmp_path / "report.json").write_bytes(wire.encode(centre.audit(urn="", name="INFANTS-PC")))
    sent = auditor("send", str(tmp_path), "--enrolment", str(file))
    assert sent.returncode == 0, sent.stderr

    # it appears, and somebody acts
    browser.refresh()
    text = browser.find_element("tag name", "main").text
    assert "4\nunencrypted copies" in text
    assert "INFANTS-PC" in text
    browser.find_element("css selector", "#rules details summary").click()
    form = browser.find_element("css selector", "#rules details form")
    form.find_element("name", "owner").send_keys(" Mrs Example")
    go(browser, form.find_element("tag name", "button"))
    assert "Mrs Example" in browser.find_element("id", "actions").text

    # the school says that it is done, and its next report shows it
    go(browser, browser.find_element("css selector", "#actions form button"))
    assert "said to be done" in browser.find_element("id", "actions").text
    clean = centre.audit("clean", urn="", name="INFANTS-PC", ago=__import__("datetime").timedelta())
    (tmp_path / "report.json").write_bytes(wire.encode(clean))
    assert auditor("send", str(tmp_path), "--enrolment", str(file)).returncode == 0
    browser.refresh()
    assert "shown by a report" in browser.find_element("id", "actions").text

    go(browser, browser.find_element("xpath", "//button[text()='Sign out']"))
    KEPT.clear()
    assert browser.current_url == f"{address}/sign-in"
    browser.get(f"{address}/schools/999004")
    assert browser.current_url == f"{address}/sign-in"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_no_page_has_a_barrier_or_overflows(
    running: tuple[Centre, str], browser: Any, width: int, scheme: str
) -> None:
    _, address = running
    look(browser, width, scheme)
    found: list[str] = []
    browser.delete_all_cookies()
    browser.get(f"{address}/sign-in")
    found += violations(browser)
    fill(browser, email="second@example.org", password=PASSWORD)
    found += violations(browser)
    sign_in(browser, address)
    for path in PAGES:
        browser.get(address + path)
        found += [f"{path}: {v}" for v in violations(browser)]
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{path}: {wide} wide")

    assert found == []
    assert complaints(browser) == []


def test_the_report_of_a_machine_opens_in_its_own_shield(
    running: tuple[Centre, str], browser: Any
) -> None:
    _, address = running
    look(browser, 1280, "light")
    sign_in(browser, address, "head@hilltop.example")
    browser.get(f"{address}/schools/999001/machines/1")
    go(browser, browser.find_element("css selector", "table a"))

    assert "Hill Top Primary School" in browser.find_element("tag name", "body").text
    told = "return [...document.styleSheets].reduce((n, s) => n + s.cssRules.length, 0)"
    assert browser.execute_script(told) > 20, "its own style is let through"
    assert complaints(browser) == []


def test_everything_works_without_script(
    running: tuple[Centre, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    _, address = running
    with chromium(tmp_path_factory.mktemp("noscript"), script=False) as bare:
        bare.get(f"{address}/sign-in")
        fill(bare, email="head@hilltop.example", password=PASSWORD)
        assert bare.current_url == f"{address}/schools/999001"
        summary = bare.find_element("css selector", "#rules details summary")
        summary.click()
        go(bare, bare.find_element("css selector", "#rules details form button"))
        assert "Saved." in bare.find_element("tag name", "main").text
        go(bare, bare.find_element("xpath", "//button[text()='Sign out']"))
        assert bare.current_url.endswith("/sign-in")


def test_a_keyboard_alone_gets_to_the_content_and_through_signing_in(
    running: tuple[Centre, str], browser: Any
) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    _, address = running
    browser.delete_all_cookies()
    browser.get(f"{address}/sign-in")

    def press(*keys: str) -> None:
        ActionChains(browser).send_keys(*keys).perform()

    press(Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the content"
    press(Keys.TAB, Keys.TAB, "head@hilltop.example", Keys.TAB, PASSWORD, Keys.ENTER)
    time.sleep(1)
    assert browser.current_url == f"{address}/schools/999001"


def test_the_committee_report_prints_on_a4(
    running: tuple[Centre, str], browser: Any, tmp_path: Path
) -> None:
    import base64
    import shutil
    import subprocess

    _, address = running
    sign_in(browser, address)
    browser.get(f"{address}/committee")
    made = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    pdf = tmp_path / "committee.pdf"
    pdf.write_bytes(base64.b64decode(made["data"]))

    assert pdf.read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext"):
        text = subprocess.run(
            ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "Page 1 of" in text
        assert "Records that could leave our schools" in text
        assert "Sign out" not in text
