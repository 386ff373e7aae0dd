"""`auditor compare`: what has changed between two audits of a machine."""

from __future__ import annotations

import click

from auditor.cli.saved import read
from auditor.cli.shown import language_option, show


@click.command
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "json"]),
    default="text",
    show_default=True,
)
@click.option("--output", type=click.Path(), help="Write to this file instead of the terminal.")
@click.option("--same-rules", is_flag=True, help="Judge both audits by today's rules first.")
@click.option("--pack", default="school-default", show_default=True, help="Pack for --same-rules.")
@language_option
def compare(
    old: str,
    new: str,
    form: str,
    output: str | None,
    same_rules: bool,
    pack: str,
    language: str,
) -> None:
    """Compare two audits of a machine: fixed, new, unchanged, worse.

    OLD and NEW are each a report.json or the folder that holds one. What was not seen this time,
    such as a stick that was not plugged in, is never called fixed.

    \b
    Examples:
      auditor compare visit-1 visit-2
      auditor compare 2025/report.json 2026/report.json --format html --output change.html
    """
    from auditor.across.compare import compare as compared

    before, now = read(old), read(new)
    if same_rules:
        from auditor.audit import judged
        from auditor.rulebook import load
        from auditor.shipped import shipped

        book = load(shipped("rules"), pack)
        before, now = (
            judged(a.evidence, book, school=a.school, urn=a.urn, by=a.by) for a in (before, now)
        )
    found = compared(before, now)
    if form == "json":
        from auditor.wire import written

        show(written(found), output)
    elif form == "html":
        from auditor.reports.across_html import compared as as_page

        show(as_page(found, language), output)
    else:
        from auditor.reports.across_text import compared as as_text

        show(as_text(found), output)
