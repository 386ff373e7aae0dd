"""How long the report's list of files takes in a browser: python benchmarks/report_page.py.

Milliseconds in headless Chromium, the middle of five, for pages of 1,000 and of 50,000 files.
The peer is the plain way: every row in the page, filtered by hiding rows, as such reports are
commonly built; it is measured on the same files in the same run.
"""

from __future__ import annotations

import html
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browsing import chromium, looked_at  # noqa: E402
from sample_audit import many  # noqa: E402

from auditor.findings import Audit  # noqa: E402
from auditor.reports import to_html  # noqa: E402

WAIT = "const done = arguments[arguments.length - 1], at = performance.now();"
END = "requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - at)));"
STEPS = {
    "search two words": "const w = document.getElementById('words'); w.value = 'year 7';"
    " w.dispatchEvent(new Event('input')); setTimeout(() => {",
    "sort by people": "document.querySelector('[data-key=people] button').click();",
    "sort by path": "document.querySelector('[data-key=path] button').click();",
    "add up by folder": "document.getElementById('byfolder').click();",
}
PLAIN = """<!DOCTYPE html><meta charset=utf-8><input id=words>
<table><tbody>{rows}</tbody></table><script>
const rows = [...document.querySelectorAll('tr')];
document.getElementById('words').addEventListener('input', e => {{
  const words = e.target.value.toLowerCase().split(/\\s+/);
  rows.forEach(r => {{
    const t = r.textContent.toLowerCase();
    r.hidden = !words.every(w => t.includes(w));
  }});
}});</script>"""


def plain(audit: Audit) -> str:
    """The peer: a page with every row in it."""
    cells = (
        (f.path, f.category, f.people.high, ", ".join(t.title for t in f.contents), f.modified)
        for f in audit.evidence.files
    )
    rows = ("<tr>" + "".join(f"<td>{html.escape(str(c))}" for c in row) for row in cells)
    return PLAIN.format(rows="".join(rows))


def loaded(browser: Any, page: Path) -> float:
    """Milliseconds until the page has been drawn."""
    began = time.perf_counter()
    looked_at(browser, page)
    browser.execute_async_script(WAIT + END)
    return (time.perf_counter() - began) * 1000


def stepped(browser: Any, step: str) -> float:
    """Milliseconds until what a step changes has been drawn; the wait for typing included."""
    script = WAIT + step + END + ("}, 121);" if "setTimeout" in step else "")
    return float(browser.execute_async_script(script))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chromium(Path(folder, "profile")) as browser:
        browser.set_script_timeout(120)
        print(f"{'page':<34}{'size':>9}{'made':>9}{'opened':>9}", *(f"{s:>18}" for s in STEPS))
        for n in (1_000, 50_000):
            audit = many(n)
            for name, make in (("report", to_html.render), ("every row in the page", plain)):
                began = time.perf_counter()
                page = Path(folder, "page.html")
                page.write_text(make(audit), "utf-8")
                made = time.perf_counter() - began
                opened = statistics.median(loaded(browser, page) for _ in range(5))
                steps = STEPS if name == "report" else dict([next(iter(STEPS.items()))])
                took = [
                    statistics.median(stepped(browser, s) for _ in range(5)) for s in steps.values()
                ]
                size = page.stat().st_size / 1e6
                print(
                    f"{f'{name}, {n:,} files':<34}{size:>7.2f}MB{made:>8.1f}s{opened:>7.0f}ms",
                    *(f"{t:>16.0f}ms" for t in took),
                    flush=True,
                )


if __name__ == "__main__":
    main()
