"""`auditor send`: a report to the authority."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from auditor.enrolment import Enrolment
    from auditor.findings import Audit
    from auditor.keys import SigningKey


@click.command
@click.argument("report", type=click.Path(), default="auditor-report")
@click.option(
    "--enrolment",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file that the authority gave the school.",
)
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The signing key; signing.key beside the enrolment file if not said, made when missing.",
)
@click.option("--proxy", help="A proxy's URL, if not that of the environment.")
@click.option("--tries", default=6, show_default=True, type=click.IntRange(1, 20))
@click.option(
    "--mask",
    type=click.Choice(["paths", "none"]),
    default="paths",
    show_default=True,
    help="Hide what may be names in paths.",
)
@click.option("--only-seal", is_flag=True, help="Write report.audit and send nothing.")
def send(
    report: str,
    enrolment: Path,
    key: Path | None,
    proxy: str | None,
    tries: int,
    mask: str,
    only_seal: bool,
) -> None:
    """Sign, encrypt and send a report to the authority.

    Names in paths are hidden first. What goes out is written beside the report as report.audit;
    only the authority can read it. When the network is down nothing is lost: run the command
    again, or hand that file over.

    \b
    Examples:
      auditor send auditor-report --enrolment hill-top.enrolment
      auditor send auditor-report --enrolment hill-top.enrolment --only-seal
    """
    from auditor import enrolment as enrolments
    from auditor.cli.saved import read
    from auditor.cli.shown import hidden

    to = enrolments.read(enrolment)
    signing = _key(key or enrolment.with_name("signing.key"), to.school)
    audit = hidden(_of_school(read(report), to), mask, "auditor")
    folder = Path(report) if Path(report).is_dir() else Path(report).parent
    sealed = _sealed(folder / "report.audit", audit, signing, to)
    if only_seal:
        click.echo(f"Sealed: {folder / 'report.audit'}")
        return
    from auditor.send import Line

    def tell(said: str) -> None:
        click.echo(said, err=True)

    with Line(to, proxy=proxy, sleep=time.sleep, tell=tell, tries=tries) as line:
        line.enrol(signing, audit.evidence.machine.name)
        sent = line.send(sealed)
    word = "has it already" if sent.state == "already" else "has it"
    click.echo(f"Sent: {to.authority} {word}; report {sent.report[:12]}")


def _key(path: Path, school: str) -> SigningKey:
    from auditor import keys

    if path.exists():
        return keys.load(path)
    made = keys.new_signing_key()
    keys.save(made, path, school)
    click.echo(f"A signing key was made: {path} (keep it beside the enrolment file)")
    return made


def _of_school(audit: Audit, to: Enrolment) -> Audit:
    """A report that names no school gets that of the enrolment; another school's is refused."""
    import msgspec

    from auditor.errors import SendError

    if audit.urn and audit.urn != to.urn:
        raise SendError(
            f"the report is about school {audit.urn}, the enrolment file is that of {to.urn}",
            hint="use the enrolment file of the school that was audited",
        )
    return msgspec.structs.replace(audit, urn=to.urn, school=audit.school or to.school)


def _sealed(file: Path, audit: Audit, signing: SigningKey, to: Enrolment) -> bytes:
    """The sealed report: that of last time if it holds this report, so that sending goes on."""
    from auditor import seal, wire
    from auditor.cli.writing import put_bytes
    from auditor.host.this import this_machine

    body = wire.encode(audit)
    stamp = file.with_name(file.name + ".sha256")
    same = f"{hashlib.sha256(body).hexdigest()} {to.key}\n"
    if file.is_file() and stamp.is_file() and stamp.read_text("utf-8") == same:
        return file.read_bytes()
    made = seal.seal(body, signing, urn=to.urn, now=this_machine().now(), to=to.key)
    put_bytes(file, made)
    put_bytes(stamp, same.encode())
    return made
