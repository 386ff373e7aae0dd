"""Reports: one module a format; this page holds the Protocol and the roll.

To add one: write a module with SUFFIX and render(), and put its name on the roll below.
"""

from __future__ import annotations

from typing import Literal as OneOf
from typing import Protocol, assert_never, get_args

from auditor.findings import Audit

Format = OneOf["html", "json", "csv", "findings", "files", "sarif", "oscal", "junit", "text"]
REPORTS: tuple[Format, ...] = get_args(Format)


class Report(Protocol):
    """What a module must offer to stand on the roll."""

    __name__: str
    SUFFIX: str

    def render(
        self, audit: Audit, reader: str = "school", language: str = "en", digest: str = ""
    ) -> str:
        """The whole report.

        Args:
            audit: What is reported.
            reader: `school` for plain English, `auditor` for the technical detail as well.
            language: Code of the language of the interface (`language.LANGUAGES`), as far as
                the format has words of its own.
            digest: SHA-256 of the report.json that the audit was read from; worked out from
                the audit when empty.
        """


def load(form: Format) -> Report:  # noqa: C901, PLR0911 - one case a format
    """The module of a format; imported now, since templates take their time."""
    match form:
        case "html":
            from auditor.reports import to_html

            return to_html
        case "json":
            from auditor.reports import to_json

            return to_json
        case "csv":
            from auditor.reports import to_csv

            return to_csv
        case "findings":
            from auditor.reports import to_findings

            return to_findings
        case "files":
            from auditor.reports import to_files

            return to_files
        case "sarif":
            from auditor.reports import to_sarif

            return to_sarif
        case "oscal":
            from auditor.reports import to_oscal

            return to_oscal
        case "junit":
            from auditor.reports import to_junit

            return to_junit
        case "text":
            from auditor.reports import to_text

            return to_text
    assert_never(form)
