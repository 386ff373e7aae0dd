"""`auditor central`: an authority's store of reports and its pages."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.accounts import user
from auditor.cli.authority import home_option, opened
from auditor.errors import CentralError

if TYPE_CHECKING:
    pass

EXTRA = "pip install 'auditor[central]'"


@click.group
def central() -> None:
    """Collect reports from schools, see the picture, and chase what is open.

    \b
    Examples:
      auditor central init --name "Borsetshire Council" --address https://audit.example.gov.uk
      auditor central import schools.csv
      auditor central user add officer@example.gov.uk --role admin
      auditor central serve
    """
    if not all(find_spec(name) for name in ("litestar", "sqlalchemy", "alembic", "argon2")):
        raise CentralError("the central server needs more parts than scanning", hint=EXTRA)


@central.command("init")
@home_option
@click.option("--name", required=True, help="The authority's name, for the head of its pages.")
@click.option("--address", required=True, help="Where schools reach it: https://...")
@click.option("--database", default="sqlite:///central.db", show_default=True, help="Its URL.")
def init(home: str | None, name: str, address: str, database: str) -> None:
    """Make the authority's folder, its keys and its database.

    Example: auditor central init --name "Borsetshire Council" --address https://audit.example.gov.uk
    """
    from auditor.central import database as db
    from auditor.central import settings
    from auditor.enrolment import safe

    if not safe(address):
        raise CentralError("the address is neither https nor this machine", where=address)
    made = settings.create(
        settings.chosen(home), settings.Settings(name=name, address=address, database=database)
    )
    db.migrate(db.connect(made.database))
    click.echo(f"Ready: {made.folder}")
    click.echo(f"Public key, for the schools: {made.recipient}")
    click.echo("Keep a copy of authority.keys elsewhere: without it no report can be read.")
    click.echo("Next: auditor central import schools.csv; auditor central user add; … serve")


@central.command("serve")
@home_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8100, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--certificate", type=click.Path(exists=True, dir_okay=False), help="PEM, for TLS.")
@click.option("--key", type=click.Path(exists=True, dir_okay=False), help="PEM, for TLS.")
@click.option("--proxy", multiple=True, help="Address of a TLS proxy before it; may be repeated.")
def serve(
    home: str | None,
    host: str,
    port: int,
    workers: int,
    certificate: str | None,
    key: str | None,
    proxy: tuple[str, ...],
) -> None:
    """Serve the pages and take in reports.

    Example: auditor central serve --host 0.0.0.0 --certificate chain.pem --key key.pem
    """
    import os

    from auditor.central import settings
    from auditor.central.web.serving import serve as run

    folder = settings.chosen(home)
    os.environ["AUDITOR_CENTRAL"] = str(folder.resolve())
    scheme = "https" if certificate else "http"
    click.echo(f"Serving on {scheme}://{host}:{port} (Ctrl-C to stop)")
    run(
        folder, host=host, port=port, workers=workers, certificate=certificate, key=key,
        proxies=proxy,
    )  # fmt: skip


@central.command("import")
@home_option
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def import_(home: str | None, paths: tuple[Path, ...]) -> int:
    """Take in lists of schools (.csv), and reports from folders, files and mailboxes.

    Reports are *.audit files, or attachments in .eml and .mbox files. What came before is passed
    over, so that the same folder can be taken in every night. Leaves with 1 when any was refused.

    Example: auditor central import schools.csv /srv/drop
    """
    from auditor.central import folder, schools

    kept, engine = opened(home)
    refused = 0
    for path in paths:
        if path.suffix == ".csv":
            with engine.begin() as connection:
                done = schools.import_csv(connection, schools.decoded(_bytes(path)))
            click.echo(f"{path}: {done.schools} schools")
            for line in done.wrong:
                click.echo(f"  not taken: {line}", err=True)
            continue
        for taken in folder.take(engine, kept, [path]):
            refused += taken.state == "refused"
            click.echo(f"{taken.state}: {taken.where} {taken.said}".rstrip())
    return 1 if refused else 0


@central.command("enrol")
@home_option
@click.argument("urns", nargs=-1, metavar="URN...")
@click.option("--all", "all_", is_flag=True, help="Every school that has no enrolment yet.")
@click.option(
    "--output", default=".", show_default=True, type=click.Path(file_okay=False, path_type=Path)
)
def enrol(home: str | None, urns: tuple[str, ...], all_: bool, output: Path) -> None:
    """Write the enrolment file that a school needs to send.

    Example: auditor central enrol 999001 --output enrolments
    """
    from auditor import enrolment, keys
    from auditor.central import enrolling

    kept, engine = opened(home)
    if all_:
        with engine.begin() as connection:
            urns = (*urns, *enrolling.not_enrolled(connection))
    for urn in urns:
        with engine.begin() as connection:
            made = enrolling.enrol(connection, kept, urn, "command line")
        file = output / f"{urn}.enrolment"
        keys.write_private(file, enrolment.encode(made))
        click.echo(f"{made.school}: {file}")


@central.command("token")
@home_option
@click.argument("email")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(["read", "schools:write"]))
@click.option("--name", default="program", show_default=True, help="What it is for.")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650))
def token(home: str | None, email: str, scopes: tuple[str, ...], name: str, days: int) -> None:
    """Make a token with which a program reads as an account sees; it is shown once.

    Example: auditor central token officer@example.gov.uk --scope read --name dashboard
    """
    from datetime import timedelta

    from auditor.central import clock, ledger, people, tokens

    _, engine = opened(home)
    with engine.begin() as connection:
        row = people.find(connection, email)
        if row is None:
            raise CentralError("there is no such account", where=email)
        if "schools:write" in scopes and row.role != "admin":
            raise CentralError("only an administrator's token may change the list of schools")
        secret = tokens.issue(
            connection, *(tokens.Scope(s) for s in scopes or ("read",)), name=name,
            by="command line", user_id=row.id, expires=clock.now() + timedelta(days=days),
        )  # fmt: skip
        ledger.note(connection, "command line", "made token", f"{email} {' '.join(scopes)}")
    click.echo(secret)


@central.command("export")
@home_option
@click.argument(
    "what", type=click.Choice(["schools", "overdue", "machines", "findings", "actions"])
)
@click.option(
    "--format", "form", type=click.Choice(["csv", "json", "parquet"]), default="csv",
    show_default=True,
)  # fmt: skip
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
def export(home: str | None, what: str, form: str, output: Path) -> None:
    """Write a list to a file.

    Example: auditor central export overdue --output overdue.csv
    """
    from auditor.central import exports, figures, people
    from auditor.central.database import reading
    from auditor.cli.writing import put_pieces

    kept, engine = opened(home)
    everybody = people.Person(
        id=0, email="command line", name="", role=people.Role.ADMIN, second_factor=True
    )
    days = kept.settings.overdue_days
    with reading(engine) as connection:
        put_pieces(output, exports.export(connection, what, form, figures.Slice(), everybody, days))
    click.echo(f"Written: {output}")


@central.command("judge")
@home_option
def judge(home: str | None) -> None:
    """Judge all stored evidence again by the authority's present rules.

    Ctrl-C stops it; the command, or the running server, goes on from there.

    Example: auditor central judge
    """
    from auditor.central import rejudge
    from auditor.central.chores import rulebook

    kept, engine = opened(home)
    rules = rulebook(kept)
    waiting = rejudge.unfinished(engine)
    if waiting is None:
        waiting = rejudge.begin(engine, rules, "command line")

    def tell(done: int, total: int) -> bool:
        click.echo(f"{done:,} of {total:,}", err=True)
        return True

    rejudge.run(engine, kept, rules, waiting, tell)
    click.echo("Judged: every stored report")


@central.command("tidy")
@home_option
def tidy(home: str | None) -> None:
    """Delete what is older than the authority keeps; the server does so once a day.

    Example: auditor central tidy
    """
    from auditor.central import retention

    kept, engine = opened(home)
    found = retention.sweep(engine, kept)
    click.echo(
        f"Deleted: {found.reports} reports, {found.looks} looks, {found.refused} refused reports, "
        f"{found.uploads} unfinished uploads"
    )


@central.command("erase")
@home_option
@click.argument("urn")
@click.option("--machine", default="", help="One machine alone.")
@click.option("--why", required=True, help="Who asked, and why; it is recorded.")
@click.confirmation_option(prompt="Delete the reports for good?")
def erase(home: str | None, urn: str, machine: str, why: str) -> None:
    """Erase what is stored of a school or of one of its machines.

    Example: auditor central erase 999001 --why "Request of the head teacher, 24 November 2026"
    """
    from auditor.central import retention

    _, engine = opened(home)
    with engine.begin() as connection:
        reports, machines = retention.erase(connection, urn, "command line", why, machine)
    click.echo(f"Erased: {reports} reports of {machines} machines")


central.add_command(user)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        raise CentralError(f"cannot read this: {e.strerror}", where=str(path)) from e
