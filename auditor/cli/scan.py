"""`auditor scan`: the audit of this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from auditor.audit import Plan, audit
from auditor.cli.answered import answered
from auditor.cli.progress import progress
from auditor.cli.ruled import by_rules, definitions, rulebook
from auditor.cli.shown import hidden, language_option, mask_option
from auditor.cli.writing import folder as writable
from auditor.cli.writing import put
from auditor.content.journal import NAME as JOURNAL
from auditor.evidence import Evidence
from auditor.findings import Audit, Severity, Verdict
from auditor.host.this import this_machine
from auditor.reports import Format
from auditor.reports import load as form
from auditor.rulebook.rules import NATIONS

WRITTEN: dict[str, Format] = {"report.html": "html", "report.json": "json", "report.csv": "csv"}


@click.command
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--output",
    default="auditor-report",
    show_default=True,
    type=click.Path(file_okay=False),
    help="The folder for the report; nothing is written anywhere else.",
)
@click.option("--school", default="", help="The school's name, for the head of the report.")
@click.option("--urn", default="", help="The school's unique reference number.")
@click.option("--by", default="", help="Who ran the audit: a role does, such as 'IT auditor'.")
@by_rules
@click.option(
    "--answers",
    "answers_",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="A file of answers and waivers; may be given again.",
)
@click.option(
    "--reader",
    type=click.Choice(["school", "auditor"]),
    default="school",
    show_default=True,
    help="Who reads the report: plain English, or with the technical detail.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), help="Worker processes; one a core if not said."
)
@click.option("--no-machine", is_flag=True, help="A self-assessment: judge the answers alone.")
@click.option(
    "--nation",
    type=click.Choice(NATIONS, case_sensitive=False),
    help="Where the school is, so that only rules of that nation apply.",
)
@click.option(
    "--full",
    is_flag=True,
    help="Read every file again, also those unchanged since the last scan to this folder.",
)
@click.option("--no-files", is_flag=True, help="Look at drives and settings only.")
@click.option(
    "--fail-on",
    type=click.Choice([s.value for s in Severity]),
    default=Severity.HIGH.value,
    show_default=True,
    help="Leave with code 1 when something of this severity or worse failed.",
)
@language_option
@mask_option
@click.option("--open", "open_", is_flag=True, help="Open the report when it is written.")
@click.option("--quiet", is_flag=True, help="No progress, and only the last lines.")
def scan(
    paths: tuple[str, ...],
    output: str,
    school: str,
    urn: str,
    by: str,
    pack: str,
    folder: str | None,
    answers_: tuple[str, ...],
    reader: str,
    jobs: int | None,
    no_machine: bool,
    nation: str | None,
    full: bool,
    no_files: bool,
    fail_on: str,
    language: str,
    mask: str,
    open_: bool,
    quiet: bool,
) -> int:
    """Audit this machine: drives, removable media and the files on them.

    Without PATHS, the user data of every local and removable drive is looked at; with PATHS, only
    the files under them. Ctrl-C stops early and still writes a report, marked incomplete.

    \b
    Examples:
      auditor scan
      auditor scan E:\\ --school "Hill Top Primary" --open
      auditor scan /media /srv/staff --output visit-1

    \b
    Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 wrong use or broken rules;
    3 could not audit, or stopped before anything was found.
    """
    leave_no_trace()
    out = writable(output)
    book, data = rulebook(pack, folder), definitions(folder)
    host = this_machine()
    said = answered(answers_, book, host.now().date(), nation or "")
    plan = Plan(
        paths=paths,
        machine=not no_machine,
        files=not no_files,
        keep_out=(str(out), *program()),
        jobs=jobs,
        journal=str(out),
        full=full,
        school=school or said.school,
        urn=urn or said.urn,
        by=by,
        answers=said,
    )
    with progress(quiet=quiet) as watch:
        done = hidden(audit(host, book, data, plan, watch), mask, reader)
    hand_over(done, out, reader, language, open_=open_)
    return code(done, Severity(fail_on))


def program() -> tuple[str, ...]:
    """The folder of a portable program: what it is made of is nobody's record."""
    return (str(Path(sys.executable).parent),) if getattr(sys, "frozen", False) else ()


def hand_over(done: Audit, out: Path, reader: str, language: str, *, open_: bool) -> None:
    """Writes the reports into a folder, prints the short one, and opens the page if asked.

    The journal knows every path as it is. So it goes where paths are hidden, and where none was
    kept from the reader it stays, to make the next scan quick.
    """
    for name, kind in WRITTEN.items():
        put(out / name, form(kind).render(done, reader, language))
    if done.masked:
        (out / JOURNAL).unlink(missing_ok=True)
    click.echo(form("text").render(done, reader), nl=False)
    page = Path(out, "report.html").resolve()
    click.echo(f"Report: {page}")
    if open_:
        click.launch(str(page))


def leave_no_trace() -> None:
    """A stick that we run from stays as it is; the workers know too."""
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True


def code(done: Audit, fail_on: Severity) -> int:
    """The exit code: 1 for a fail at or above the severity, 3 when nothing could be audited.

    A risk that somebody has accepted for a time is no reason to stop a script.
    """
    failed = [f for f in done.findings if f.verdict is Verdict.FAIL and not f.waived]
    if any(f.severity.rank <= fail_on.rank for f in failed):
        return 1
    return 3 if not done.complete or _blind(done.evidence) else 0


def _blind(seen: Evidence) -> bool:
    """Whether the audit saw neither a drive nor a file, so that no fail means nothing."""
    return seen.machine_asked and not seen.volumes and not seen.scan.examined
