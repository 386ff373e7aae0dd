"""The page as a PDF, by WeasyPrint: the extra `auditor[pdf]`.

The same page as in a browser, printed by its own styles for paper: A4, page numbers, folded parts
open, tagged for screen readers (PDF/UA). Any browser's print does the same; this needs none.
"""

from __future__ import annotations

import logging
import re

from auditor.errors import AuditorError

MISSING = "a PDF needs the extra: pip install 'auditor[pdf]', or print report.html from a browser"


_DRAWING = re.compile(r"<svg class=\"copies\"[^>]*>")
_COLOURS = (("good", "#0f6134"), ("bad", "#a4161a"), ("unsure", "#754700"))
_STYLE = (
    "<style>text{fill:#000;font-size:13px}.head{font-weight:700;font-size:15px}"
    ".small{font-size:12px;fill:#444}.name,.strong{font-weight:600}.rule{stroke:#999}"
    ".card{fill:#fff;stroke-width:2}.sign{fill:none;stroke:#fff;stroke-width:3}"
    + "".join(
        f".{look} .card{{stroke:{c}}}.{look} circle{{fill:{c}}}.{look} .strong{{fill:{c}}}"
        for look, c in _COLOURS
    )
    + ".unsure .ask{fill:#fff;font-weight:700;font-size:17px}</style>"
)
"""The drawing's colours on paper: WeasyPrint applies no style of the page inside it."""


def printed(page: str) -> bytes:
    """The PDF of a page that `to_html` or `across_html` made.

    Raises:
        AuditorError: WeasyPrint or a library of the system that it needs is not installed.
    """
    try:
        import weasyprint
    except (ImportError, OSError) as e:
        raise AuditorError("there is nothing here that makes a PDF", hint=MISSING) from e
    # It tells of every style for screens that paper has no use for.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    page = _DRAWING.sub(lambda found: found[0] + _STYLE, page)
    document = weasyprint.HTML(string=page, url_fetcher=_nothing)
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


def _nothing(url: str) -> dict[str, object]:
    """A page needs nothing but itself; whatever asks for more gets none."""
    raise ValueError(f"not fetched: {url[:60]}")
