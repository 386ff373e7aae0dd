"""The files alone, as a table for a spreadsheet with a column for everything."""

from __future__ import annotations

from auditor.findings import Audit
from auditor.reports import table
from auditor.reports.tame import tame

SUFFIX = ".files.csv"

COLUMNS = (
    "path", "folder", "name", "volume", "category", "kind", "strength", "sensitive",
    "kinds of data", "people low", "people high", "encryption", "protection", "readable",
    "modified", "size in bytes", "read", "audit",
)  # fmt: skip
"""`readable` says whether whoever holds the drive can read the file."""


def render(
    audit: Audit,
    reader: str = "school",  # noqa: ARG001 - the same for every reader
    language: str = "en",  # noqa: ARG001
    digest: str = "",  # noqa: ARG001
) -> str:
    """The table, its headings in the first row."""
    return table.table(COLUMNS, table.files(tame(audit)))
