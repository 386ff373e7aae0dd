"""The report in a real browser: pytest -m browser."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sample_audit import SAMPLES

from auditor.reports import to_html

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
)  # fmt: skip
SECTIONS = (
    "Do these first", "Drives and media", "What was found", "Files with personal data", "What could not be seen",
    "How this was made",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver")
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("needs Debian packages chromium chromium-driver")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    yield opened
    opened.quit()


@pytest.fixture(params=SAMPLES)
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / "report.html"
    file.write_text(to_html.render(SAMPLES[request.param]()), "utf-8")
    return file


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_is_quiet(browser: Any, page: Path, width: int, scheme: str) -> None:
    look = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", look)
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get_log("performance")
    browser.get(page.as_uri())

    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert [e for e in browser.get_log("browser") if e["level"] != "DEBUG"] == []
    sent = [
        e["message"]
        for e in browser.get_log("performance")
        if "Network.requestWillBeSent" in e["message"]
    ]
    assert all("file://" in m for m in sent)


def test_the_list_of_files_is_filtered_and_sorted(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(to_html.render(SAMPLES["laptop"]()), "utf-8")
    browser.get(file.as_uri())
    shown = "return [...document.querySelectorAll('table.files tbody tr')].filter(r => !r.hidden).length"
    before = browser.execute_script(shown)

    browser.find_element("id", "filter").send_keys("payroll")

    assert before == 7
    assert browser.execute_script(shown) == 1
    assert "1 of 7" in browser.find_element("id", "shown").text


def test_every_section_is_printed_on_a4_with_page_numbers(
    browser: Any, page: Path, tmp_path: Path
) -> None:
    browser.get(page.as_uri())
    made = browser.execute_cdp_cmd(
        "Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True}
    )
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(base64.b64decode(made["data"]))

    assert pdf.read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext"):
        text = subprocess.run(
            ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert not [s for s in SECTIONS if s not in text]
        assert "Page 1 of" in text
        assert "Sources of the rules" in text
        assert "UK General Data Protection Regulation" in text, "folded parts are printed open"
