"""A headless Chromium, and where the judges of pages that npm installs are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NODE = Path(__file__).parent / "testbed" / "browser" / "node_modules"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
)  # fmt: skip


@contextmanager
def chromium(profile: Path, *, script: bool = True) -> Iterator[Any]:
    """The browser, or the test is skipped where its packages are not installed."""
    webdriver = pytest.importorskip("selenium.webdriver")
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("needs Debian packages chromium chromium-driver")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    if not script:
        refused = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", refused)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield opened
    finally:
        opened.quit()


def judge(name: str) -> Path:
    """A file of a package in tests/testbed/browser, or the test is skipped."""
    found = NODE / name
    if not found.exists():
        pytest.skip("needs npm install --ignore-scripts --prefix tests/testbed/browser")
    return found


def looked_at(browser: Any, page: Path, *, width: int = 1280, scheme: str = "light") -> None:
    """Opens a page at a width and in a colour scheme."""
    look = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", look)
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(page.as_uri())


def violations(browser: Any) -> list[str]:
    """What axe-core holds against the page as it stands: rule, help, and where."""
    browser.execute_script(judge("axe-core/axe.min.js").read_text("utf-8"))
    said = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations), e => done(String(e)))"
    )
    assert isinstance(said, list), said
    return [f"{v['id']}: {v['help']}: {n['html'][:120]}" for v in said for n in v["nodes"]]
