"""Findings, files and gaps as one table for a spreadsheet; the first column tells them apart."""

from __future__ import annotations

from auditor.findings import Audit
from auditor.reports import table
from auditor.reports.tame import tame

SUFFIX = ".csv"

COLUMNS = (
    "record", "rule", "verdict", "severity", "subject", "what", "people low", "people high",
    "volume", "encryption", "modified", "size in bytes", "who can fix it", "how long it takes",
)  # fmt: skip
"""`record` is finding, file or gap; columns that a record has no use for are empty."""


def render(
    audit: Audit,
    reader: str = "school",  # noqa: ARG001 - the same for every reader
    language: str = "en",  # noqa: ARG001
    digest: str = "",  # noqa: ARG001
) -> str:
    """The table, its headings in the first row."""
    told = tame(audit)
    rows = [
        *({"record": "finding", **row} for row in table.findings(told)),
        *({"record": "file", **_file(row)} for row in table.files(told)),
        *({"record": "gap", "verdict": "unknown", **row} for row in table.gaps(told)),
    ]
    return table.table(COLUMNS, ({k: r[k] for k in COLUMNS if k in r} for r in rows))


def _file(row: table.Cells) -> table.Cells:
    what = f"{row['category']}: {row['kinds of data']}"
    return {**row, "verdict": row["strength"], "subject": row["path"], "what": what}
