"""`auditor report`: a saved audit in another format, or held against its page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import click

from auditor.cli.saved import read_with_digest
from auditor.cli.shown import hidden, language_option, mask_option, show
from auditor.cli.writing import put_bytes
from auditor.errors import AuditorError
from auditor.reports import REPORTS, Format, load

_SHOWN = re.compile(rb'id="digest">([0-9a-f]{64})<')
_DIGEST = re.compile(r"[0-9a-f]{64}")


@click.command
@click.argument("file", type=click.Path())
@click.option(
    "--format",
    "form",
    type=click.Choice([*sorted(REPORTS), "pdf"]),
    default="text",
    show_default=True,
)
@click.option("--output", type=click.Path(), help="Write to this file instead of the terminal.")
@click.option(
    "--reader",
    type=click.Choice(["school", "auditor"]),
    default="school",
    show_default=True,
    help="Who reads it: plain English, or with the technical detail.",
)
@language_option
@mask_option
@click.option(
    "--verify",
    metavar="PAGE",
    help="Check that FILE is what this report.html was made from, or has this SHA-256.",
)
def report(
    file: str,
    form: Format | Literal["pdf"],
    output: str | None,
    reader: str,
    language: str,
    mask: str,
    verify: str | None,
) -> int:
    """Write a saved audit (report.json) in another format, or check it against its page.

    \b
    Examples:
      auditor report auditor-report/report.json --format csv --output findings.csv
      auditor report auditor-report/report.json --format html --language cy --output adroddiad.html
      auditor report auditor-report/report.json --verify auditor-report/report.html
    """
    audit, digest = read_with_digest(file)
    if verify is not None:
        return _verified(digest, verify)
    told = hidden(audit, mask, reader)
    shown = digest if told is audit else ""
    if form == "pdf":
        _print(load("html").render(told, reader, language, shown), output)
    else:
        show(load(form).render(told, reader, language, shown), output)
    return 0


def _print(page: str, output: str | None) -> None:
    from auditor.reports.pdf import printed

    if output is None:
        raise AuditorError("a PDF is not for the terminal", hint="name a file: --output report.pdf")
    put_bytes(output, printed(page))


def _verified(digest: str, against: str) -> int:
    expected = _expected(against)
    if expected == digest:
        click.echo(f"The same: the page was made from this file, unchanged since. SHA-256 {digest}")
        return 0
    click.echo(
        f"NOT the same: the file has SHA-256 {digest}, and {expected} was expected. One of the two "
        "was changed, or they are of different audits.",
        err=True,
    )
    return 1


def _expected(against: str) -> str:
    """The digest that a page shows, or the one given."""
    if _DIGEST.fullmatch(against.strip().lower()):
        return against.strip().lower()
    try:
        found = _SHOWN.search(Path(against).read_bytes())
    except OSError as e:
        raise AuditorError(
            f"cannot read the page: {e.strerror}",
            where=against,
            hint="give the report.html of the audit, or the 64 digits of a SHA-256",
        ) from e
    if found is None:
        raise AuditorError("this page shows no digest of a report.json", where=against)
    return found[1].decode()
