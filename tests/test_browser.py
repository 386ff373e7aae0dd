"""The report in a real browser: pytest -m browser."""

from __future__ import annotations

import base64
import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import chromium, judge, looked_at, violations
from sample_audit import SAMPLES, laptop, many

from auditor import wire
from auditor.reports import to_html

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SECTIONS = (
    "Do these first", "At a glance", "Drives and media", "Backups", "What was found", "Files with personal data",
    "What could not be seen", "How this was made",
)  # fmt: skip
OF_MACHINES = {"Drives and media", "Backups", "Files with personal data", "What could not be seen"}
ROWS = "return [...document.querySelectorAll('#rows tbody tr:not(.place)')].map(r => r.cells[0].innerText)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(params=[(n, r) for n in SAMPLES for r in ("school", "auditor")], ids="-".join)
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name, reader = request.param
    return written(tmp_path, to_html.render(SAMPLES[name](), reader))


def written(folder: Path, text: str) -> Path:
    file = folder / "report.html"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_is_quiet_and_everybody_can_use_it(
    browser: Any, page: Path, width: int, scheme: str
) -> None:
    browser.get_log("performance")
    looked_at(browser, page, width=width, scheme=scheme)

    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert [e for e in browser.get_log("browser") if e["level"] != "DEBUG"] == []
    told = [json.loads(e["message"])["message"] for e in browser.get_log("performance")]
    sent = [m["params"] for m in told if m["method"] == "Network.requestWillBeSent"]
    # A browser that has just been started may still be loading the empty page of its own.
    ours = [p["request"]["url"] for p in sent if not p["documentURL"].startswith("chrome://")]
    assert ours
    assert [u for u in ours if not u.startswith(("file://", "data:"))] == []
    assert violations(browser) == []
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert violations(browser) == [], "with everything unfolded"


def test_the_list_of_files_is_filtered_and_sorted(browser: Any, tmp_path: Path) -> None:
    looked_at(browser, written(tmp_path, to_html.render(SAMPLES["laptop"]())))
    assert len(browser.execute_script(ROWS)) == 7
    assert not browser.find_element("id", "plain").is_displayed()

    browser.find_element("id", "words").send_keys("PAYROLL staff")
    browser.find_element("id", "special").click()
    assert "Nothing matches" in browser.find_element("id", "shown").text
    browser.find_element("id", "special").click()

    assert browser.execute_script(ROWS) == ["E:\\staff\\\npayroll.csv"]
    assert browser.find_element("id", "shown").text == "1 to 1 of 1 shown"
    browser.find_element("id", "words").clear()
    browser.find_element("id", "special").click()
    browser.find_element("id", "special").click()
    heading = browser.find_element("css selector", "[data-key=people] button")
    heading.click()

    assert browser.execute_script(ROWS)[0].endswith("pupils.csv")
    heading.click()
    assert browser.execute_script(ROWS)[-1].endswith("pupils.csv")
    assert heading.find_element("xpath", "..").get_attribute("aria-sort") == "ascending"


def test_fifty_thousand_files_are_paged_added_up_and_searched(browser: Any, tmp_path: Path) -> None:
    looked_at(browser, written(tmp_path, to_html.render(many(50_000))))
    assert len(browser.execute_script(ROWS)) == 100
    assert browser.find_element("id", "shown").text == "1 to 100 of 50,000 shown"

    browser.find_element("id", "next").click()
    assert browser.find_element("id", "shown").text == "101 to 200 of 50,000 shown"
    browser.find_element("id", "byfolder").click()
    folders = browser.find_elements("css selector", "#folders tbody button")
    assert len(folders) == 100
    files = browser.execute_script(
        "return document.querySelector('#folders tbody tr:not(.place)').cells[1].innerText"
    )
    folders[0].click()

    assert browser.find_element("id", "shown").text == f"1 to 100 of {files} shown"
    assert violations(browser) == []


def test_a_filtered_list_is_printed_as_it_is_filtered(browser: Any, tmp_path: Path) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("needs Debian package poppler-utils")
    looked_at(browser, written(tmp_path, to_html.render(many(2_000))))
    browser.find_element("id", "words").send_keys("\\2013\\ pupils")
    browser.execute_async_script("setTimeout(arguments[0], 200)")
    shown = browser.find_element("id", "shown").text
    made = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    (tmp_path / "report.pdf").write_bytes(base64.b64decode(made["data"]))
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert shown == "1 to 100 of 143 shown"
    assert "1 to 143 of 143 shown" in " ".join(text.split()), "paper turns no pages"
    assert "\\2013\\" in text
    assert "\\2014\\" not in text


def test_without_script_the_gravest_files_are_there(tmp_path: Path) -> None:
    file = written(tmp_path, to_html.render(SAMPLES["laptop"]()))
    with chromium(tmp_path / "profile", script=False) as opened:
        looked_at(opened, file)
        text = opened.find_element("tag name", "body").text
        shown = opened.find_elements("css selector", "#plain tbody tr")
        hidden = opened.find_element("id", "list").is_displayed()

    assert "register 2023.csv" in text
    assert len(shown) == 7
    assert not hidden


def test_the_keyboard_alone_reaches_everything_in_the_order_of_the_page(
    browser: Any, tmp_path: Path
) -> None:
    from selenium.webdriver.common.keys import Keys

    looked_at(browser, written(tmp_path, to_html.render(SAMPLES["laptop"]())))
    wanted = browser.execute_script(
        "return [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex=\"0\"]')]"
        ".filter(e => e.checkVisibility()).length"
    )
    walked = []
    for _ in range(wanted):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        walked.append(
            browser.execute_script(
                "const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);"
                "return [e.tagName, r.top + scrollY, s.outlineStyle + s.outlineWidth, r.top >= 0 && r.bottom <= innerHeight]"
            )
        )

    assert {"A", "BUTTON", "INPUT", "SELECT", "SUMMARY"} <= {w[0] for w in walked}
    assert all(w[2] == "solid3px" for w in walked), "what has the focus is marked"
    assert all(w[3] for w in walked if w[0] != "DIV"), "what has the focus is in view"
    tops = [w[1] for w in walked[1:]]
    assert all(b >= a - 60 for a, b in itertools.pairwise(tops)), "the walk follows the page"
    browser.execute_script("document.activeElement.blur()")


def test_the_keyboard_alone_filters_and_sorts(browser: Any, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    looked_at(browser, written(tmp_path, to_html.render(SAMPLES["laptop"]())))
    browser.find_element("css selector", "[data-key=people] button").send_keys(Keys.ENTER)
    assert browser.execute_script(ROWS)[0].endswith("pupils.csv")
    browser.find_element("id", "special").send_keys(Keys.SPACE)
    assert browser.execute_script(ROWS) == ["E:\\SEN\\\nregister 2023.csv"]
    browser.find_element("css selector", ".headline summary").send_keys(Keys.ENTER)
    assert browser.find_element("css selector", ".headline details").get_attribute("open")


def test_every_section_is_printed_on_a4_with_page_numbers(
    browser: Any, page: Path, tmp_path: Path
) -> None:
    looked_at(browser, page)
    told = "self-assessment" in browser.find_element("tag name", "header").text
    sections = [s for s in SECTIONS if not told or s not in OF_MACHINES]
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
        assert not [s for s in sections if s not in text]
        assert "Page 1 of" in text
        assert "Sources of the rules" in text
        assert "UK General Data Protection Regulation" in text, "folded parts are printed open"


def test_a_pdf_is_made_without_a_browser_and_says_everything(tmp_path: Path) -> None:
    pytest.importorskip("weasyprint")
    if not shutil.which("pdftotext"):
        pytest.skip("needs Debian package poppler-utils")
    from running import auditor

    (tmp_path / "report.json").write_bytes(wire.encode(SAMPLES["answered"]()))
    done = auditor("report", ".", "--format", "pdf", "--output", "report.pdf", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    text, about = (
        subprocess.run([*command], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        for command in (("pdftotext", "-layout", "report.pdf", "-"), ("pdfinfo", "report.pdf"))
    )

    assert not [s for s in (*SECTIONS, "Answers and accepted risks") if s not in text]
    assert "Page 1 of" in text
    assert "register 2023.csv" in text
    assert "UK General Data Protection Regulation" in text, "folded parts are printed open"
    assert re.search(r"Tagged:\s+yes", about)
    assert "A4" in about
    refused = auditor("report", ".", "--format", "pdf", cwd=tmp_path)
    assert refused.returncode == 2
    assert "--output report.pdf" in refused.stderr


def faults(page: Path) -> list[str]:
    """What the Nu HTML checker holds against a page."""
    if not shutil.which("java"):
        pytest.skip("needs Java")
    checker = str(judge("vnu-jar/build/dist/vnu.jar"))
    said = subprocess.run(
        ["java", "-jar", checker, "--format", "gnu", "--stdout", str(page)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    # The checker does not work out the digests that our policy names styles and script by.
    return [line for line in said.splitlines() if "Content Security Policy" not in line]


def test_the_validator_of_html_finds_no_fault(page: Path) -> None:
    assert faults(page) == []


@pytest.fixture(params=["compare", "site", "nobody"])
def across(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    from test_across import audited, changed, later, school, without

    from auditor.across.compare import compare
    from auditor.across.site import Gathering
    from auditor.reports.across_html import compared, site

    if request.param == "compare":
        now = changed(without(laptop(), "F:\\"), "E:\\", encryption=laptop().volumes[0].encryption)
        return written(
            tmp_path, compared(compare(audited(without(laptop(), "G:\\")), audited(later(now))))
        )
    return written(tmp_path, site(school() if request.param == "site" else Gathering().site()))


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_over_several_audits_fit_and_everybody_can_use_them(
    browser: Any, across: Path, width: int, scheme: str
) -> None:
    looked_at(browser, across, width=width, scheme=scheme)

    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert [e for e in browser.get_log("browser") if e["level"] != "DEBUG"] == []
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert violations(browser) == []


def test_the_validator_finds_no_fault_in_pages_over_several_audits(across: Path) -> None:
    assert faults(across) == []


@pytest.mark.parametrize("nasty", range(6))
def test_a_hostile_report_runs_nothing_asks_for_nothing_and_stays_in_its_bounds(
    browser: Any, tmp_path: Path, nasty: int
) -> None:
    from test_hostile import NASTY, hostile

    browser.get_log("performance")
    looked_at(browser, written(tmp_path, to_html.render(hostile(NASTY[nasty]), "auditor")))

    assert browser.execute_script("return document.documentElement.scrollWidth") <= 1280
    assert [e for e in browser.get_log("browser") if e["level"] != "DEBUG"] == []
    sent = [
        e["message"] for e in browser.get_log("performance") if "requestWillBeSent" in e["message"]
    ]
    assert all("file://" in m for m in sent)
    assert not browser.execute_script("return !!document.querySelector('img, iframe, object')")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_welsh_page_fits_and_everybody_can_use_it(
    browser: Any, tmp_path: Path, width: int
) -> None:
    file = written(tmp_path, to_html.render(SAMPLES["answered"](), language="cy"))
    looked_at(browser, file, width=width)

    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert violations(browser) == []
    assert faults(file) == []
