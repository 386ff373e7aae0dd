"""Findings and files as one table for a spreadsheet.

UTF-8 with a byte-order mark and CRLF, as Excel wants it. A cell that a spreadsheet would take for
a formula gets an apostrophe before it (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io

from auditor.findings import Audit
from auditor.words import shown

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
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in (*_findings(audit), *_files(audit), *_gaps(audit)):
        writer.writerow({k: _safe(v) for k, v in row.items()})
    return "\ufeff" + out.getvalue()


def _safe(value: object) -> str:
    text = str(value)
    if text[:1] and text[0] in "=+-@\t\r":
        text = "'" + text
    # A line break inside a cell is legal and breaks half the programs that read tables.
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text


def _findings(audit: Audit) -> list[dict[str, object]]:
    return [
        {
            "record": "finding",
            "rule": f.rule,
            "verdict": f.verdict,
            "severity": f.severity,
            "subject": f.subject.label,
            "what": f.seen,
            "who can fix it": f.who,
            "how long it takes": f.takes,
        }
        for f in audit.findings
    ]


def _files(audit: Audit) -> list[dict[str, object]]:
    state = {v.id: v.encryption.state for v in audit.evidence.volumes}
    return [
        {
            "record": "file",
            "verdict": f.strength,
            "subject": shown(f.path),
            "what": f"{f.category}: " + ", ".join(t.title for t in f.contents),
            "people low": f.people.low,
            "people high": f.people.high,
            "volume": f.volume,
            "encryption": state.get(f.volume, "unknown"),
            "modified": f.modified.isoformat() if f.modified else "",
            "size in bytes": f.size,
        }
        for f in audit.evidence.files
    ]


def _gaps(audit: Audit) -> list[dict[str, object]]:
    return [
        {
            "record": "gap",
            "verdict": "unknown",
            "subject": g.about,
            "what": f"{g.why.replace('_', ' ')}. {g.detail}".strip(),
            "volume": g.volume,
        }
        for g in audit.evidence.gaps
    ]
