"""`auditor visit`: one machine after another, each into its own folder on a stick."""

from __future__ import annotations

import re
import sys
from itertools import chain, count
from pathlib import Path

import click

from auditor.audit import Plan, audit
from auditor.cli.answered import answered
from auditor.cli.progress import progress
from auditor.cli.ruled import by_rules, definitions, rulebook
from auditor.cli.scan import code, hand_over, leave_no_trace, program
from auditor.cli.shown import hidden, language_option, mask_option
from auditor.cli.site import write as write_site
from auditor.cli.writing import folder as writable
from auditor.findings import Severity
from auditor.host import Host
from auditor.host.this import this_machine

REPORTS = "reports"
LONGEST = 60
"""Letters of a folder's name; a path on an old stick has to fit into 255."""
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
"""Names that Windows keeps for devices."""


@click.command
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--to",
    default=".",
    type=click.Path(file_okay=False),
    help="The folder that holds reports/; a portable copy means the stick it lies on.",
)
@click.option("--school", help="The school's name; asked for if not said.")
@by_rules
@click.option("--by", default="IT auditor", show_default=True, help="Who audits: a role.")
@click.option("--open/--no-open", "open_", default=True, show_default=True, help="Open the report.")
@language_option
@mask_option
@click.option("--quiet", is_flag=True, help="No progress, and only the last lines.")
def visit(
    paths: tuple[str, ...],
    to: str,
    school: str | None,
    pack: str,
    folder: str | None,
    by: str,
    open_: bool,
    language: str,
    mask: str,
    quiet: bool,
) -> int:
    """Audit this machine into a folder of its own, and bring the school's page up to date.

    For several machines a day. Asks for the school and offers the one visited last. Each audit
    goes to reports/SCHOOL/MACHINE DATE, where nothing is ever overwritten, and
    reports/SCHOOL/site.html holds all machines of the school. Paths are masked, as they are for
    every auditor's report.

    \b
    Examples:
      auditor visit --to E:\\
      auditor visit --school "Hill Top Primary" --no-open
    """
    leave_no_trace()
    reports = writable(str(Path(to, REPORTS)))
    host = this_machine()
    name = school if school is not None else _asked(reports)
    here = reports / named(name or "School")
    out = writable(str(_unused(here, host)))
    book, data = rulebook(pack, folder), definitions(folder)
    plan = Plan(
        paths=paths,
        keep_out=(str(reports), *program()),
        journal=str(out),
        school=name,
        by=by,
        answers=answered((), book, host.now().date()),
    )
    with progress(quiet=quiet) as watch:
        done = hidden(audit(host, book, data, plan, watch), mask, "auditor")
    hand_over(done, out, "auditor", language, open_=open_)
    write_site(here, here, language)
    click.echo(f"All machines of this school: {(here / 'site.html').resolve()}")
    if sys.stdin.isatty():
        click.pause("Press any key to close.")
    return code(done, Severity.HIGH)


def named(text: str) -> str:
    """A folder's name for a school or machine that every system takes.

    Letters of every language stay; what some system refuses becomes a hyphen.
    """
    plain = re.sub(r"[^\w .,'()&-]+", "-", text).strip(" .-")[:LONGEST].rstrip(" .")
    return f"{plain}-" if RESERVED.fullmatch(plain) else plain or "-"


def _asked(reports: Path) -> str:
    """The school, from the person; the one visited last when nobody is there to ask."""
    last = _last(reports)
    try:
        said: str = click.prompt("School", default=last or None, show_default=bool(last))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        return last
    return said.strip()


def _last(reports: Path) -> str:
    """The school whose page was written last."""
    pages = sorted(reports.glob("*/site.html"), key=lambda p: p.stat().st_mtime)
    return pages[-1].parent.name if pages else ""


def _unused(here: Path, host: Host) -> Path:
    """A folder that holds no report yet: two machines of a school can bear one name.

    One that an audit left without a report, because it was killed, is gone on with.
    """
    base = f"{named(host.name)} {host.now():%Y-%m-%d}"
    names = chain([base], (f"{base} ({n})" for n in count(2)))
    return next(here / n for n in names if not (here / n / "report.json").exists())
