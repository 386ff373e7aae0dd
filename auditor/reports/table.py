"""Tables for spreadsheets: findings, files and gaps as rows.

UTF-8 with a byte-order mark and CRLF, as Excel wants it. A cell that a spreadsheet would take for
a formula gets an apostrophe before it (OWASP, CSV injection), also behind a semicolon or tab, at
which a spreadsheet of another country would cut the line. The rows are of an audit already tamed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from auditor.findings import Audit
from auditor.reports import listing

Cells = dict[str, object]

_FORMULA = re.compile(r"(^|[;\t])(\s*)(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")


def table(columns: Sequence[str], rows: Iterable[Cells]) -> str:
    """The table, its headings in the first row; a column that a row has no use for is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: safe(v) for k, v in row.items()})
    return "\ufeff" + out.getvalue()


def safe(value: object) -> str:
    """The cell on one line, with nothing that a spreadsheet would work out."""
    # A line break inside a cell is legal and breaks half the programs that read tables.
    text = " ".join(str(value).splitlines())
    return _FORMULA.sub(r"\1\2'", text)


def findings(audit: Audit) -> Iterator[Cells]:
    """A row a finding."""
    for f in audit.findings:
        yield {
            "rule": f.rule,
            "area": f.area,
            "verdict": f.verdict.value,
            "severity": f.severity.value,
            "title": f.title,
            "subject": f.subject.label,
            "what": f.seen,
            "what to do": f.do,
            "audit": "complete" if audit.complete else "incomplete",
            "who can fix it": f.who,
            "how long it takes": f.takes,
            "rests on": "; ".join(
                f"{c.source.title}{', ' if c.section else ''}{c.section}" for c in f.because
            ),
        }


def files(audit: Audit) -> Iterator[Cells]:
    """A row a file with personal data, the gravest first."""
    state = {v.id: v.encryption.state.value for v in audit.evidence.volumes}
    for r in listing.rows(audit):
        f = r.file
        yield {
            "path": f.path,
            "folder": r.folder,
            "name": r.name,
            "volume": f.volume,
            "category": f.category,
            "kind": f.kind,
            "strength": f.strength.value,
            "sensitive": "yes" if f.special else "no",
            "kinds of data": listing.kinds(f),
            "people low": f.people.low,
            "people high": f.people.high,
            "encryption": state.get(f.volume, "unknown"),
            "protection": f.protection.state.value,
            "readable": {"open": "yes", "weak": "yes", "unknown": "not known"}.get(r.guard, "no"),
            "modified": f.modified.isoformat() if f.modified else "",
            "size in bytes": f.size,
            "read": "whole" if f.whole else "in part",
            "audit": "complete" if audit.complete else "incomplete",
        }


def gaps(audit: Audit) -> Iterator[Cells]:
    """A row a question that got no answer."""
    for g in audit.evidence.gaps:
        yield {
            "subject": g.about,
            "what": f"{g.why.replace('_', ' ')}. {g.detail}".strip(),
            "volume": g.volume,
            "count": g.count,
        }
