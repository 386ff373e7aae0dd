"""`auditor site`: the machines of a visit or a school in one report."""

from __future__ import annotations

import os
from pathlib import Path

import click

from auditor.across.site import Gathering, Site
from auditor.cli.saved import read
from auditor.cli.shown import language_option
from auditor.cli.writing import folder, put
from auditor.errors import AuditorError

LARGEST_LISTED = 64
"""Bytes of a file's beginning in which a report names its format."""


@click.command
@click.argument("directory", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--output",
    type=click.Path(file_okay=False),
    help="The folder for site.html and site.json; DIRECTORY itself if not said.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@language_option
def site(directory: str, output: str | None, quiet: bool, language: str) -> int:
    """Put the machines of a visit or a school into one report.

    Every report found under DIRECTORY counts, whatever its file is called; of several audits of a
    machine the newest. Writes site.html and site.json.

    \b
    Examples:
      auditor site visit-2026-11
      auditor site reports --output summary
    """
    out = folder(output or directory)
    found = write(Path(directory), out, language)
    if not quiet:
        for n in found.not_read:
            click.echo(f"left out: {n.where}: {n.why}", err=True)
        click.echo(
            f"{len(found.machines)} machines, {found.copies} unencrypted copies that can leave: "
            f"{(out / 'site.html').resolve()}"
        )
    return 0 if found.machines else 3


def write(top: Path, out: Path, language: str = "en") -> Site:
    """Puts every report below a folder into `site.html` and `site.json` of another.

    Raises:
        AuditorError: They cannot be written.
    """
    from auditor.reports.across_html import site as as_page
    from auditor.wire import written

    found = gather(top, out).site()
    put(out / "site.json", written(found))
    put(out / "site.html", as_page(found, language))
    return found


def gather(top: Path, out: Path) -> Gathering:
    """Every report below a folder."""
    gathering = Gathering()
    for file in sorted(top.rglob("*.json")):
        if not _may_be_report(file):
            continue
        where = str(file.relative_to(top))
        page = file.with_suffix(".html")
        address = Path(os.path.relpath(page, out)).as_posix() if page.is_file() else ""
        try:
            gathering.add(read(str(file)), where, address)
        except AuditorError as e:
            gathering.refuse(where, e.problem)
    return gathering


def _may_be_report(file: Path) -> bool:
    """Whether the file says that it is a report; a damaged one still does."""
    try:
        with file.open("rb") as f:
            return b'"auditor-report"' in f.read(LARGEST_LISTED)
    except OSError:
        return True  # it is told as not read, rather than passed over
