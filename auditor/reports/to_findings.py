"""The findings alone, as a table for a spreadsheet with a column for everything."""

from __future__ import annotations

from auditor.findings import Audit
from auditor.reports import table
from auditor.reports.tame import tame

SUFFIX = ".findings.csv"

COLUMNS = (
    "rule", "area", "verdict", "severity", "title", "subject", "what", "what to do",
    "who can fix it", "how long it takes", "rests on", "audit",
)  # fmt: skip


def render(
    audit: Audit,
    reader: str = "school",  # noqa: ARG001 - the same for every reader
    language: str = "en",  # noqa: ARG001
    digest: str = "",  # noqa: ARG001
) -> str:
    """The table, its headings in the first row."""
    return table.table(COLUMNS, table.findings(tame(audit)))
