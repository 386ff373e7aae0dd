"""`auditor central user`: the accounts of an authority."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from auditor.cli.authority import home_option, opened
from auditor.errors import CentralError


@click.group
def user() -> None:
    """Add, list and close accounts.

    Example: auditor central user add officer@example.gov.uk --role officer
    """


@user.command("add")
@home_option
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(["admin", "officer", "auditor", "school"]))
@click.option("--name", default="")
@click.option("--school", "urns", multiple=True, help="URN, for auditors and schools; repeatable.")
@click.option("--sign-on-only", is_flag=True, help="No password: single sign-on alone.")
@click.option("--password-file", type=click.File("r"), help="Instead of being asked; - for stdin.")
def add(
    home: str | None, email: str, role: str, name: str, urns: tuple[str, ...],
    sign_on_only: bool, password_file: Any,
) -> None:  # fmt: skip
    """Add an account.

    Example: auditor central user add head@hilltop.example --role school --school 999001
    """
    from auditor.central import enrolling, ledger, people

    _, engine = opened(home)
    word = "" if sign_on_only else _password(password_file)
    with engine.begin() as connection:
        schools = tuple(enrolling.school_of(connection, u) for u in urns)
        people.add(connection, email, people.Role(role), name=name, password=word, schools=schools)
        ledger.note(connection, "command line", "added account", f"{email} ({role})")
    click.echo(f"Added: {email} ({role})")


@user.command("list")
@home_option
def list_(home: str | None) -> None:
    """List the accounts.

    Example: auditor central user list
    """
    from auditor.central import people
    from auditor.central.database import reading

    _, engine = opened(home)
    with reading(engine) as connection:
        for row in people.accounts(connection):
            state = "closed" if row.disabled else "second factor" if row.totp else "password only"
            click.echo(f"{row.email}  {row.role}  {state}")


@user.command("close")
@home_option
@click.argument("email")
def close(home: str | None, email: str) -> None:
    """Close an account: it is signed out everywhere.

    Example: auditor central user close officer@example.gov.uk
    """
    from auditor.central import people

    _change(home, email, people.disable, "closed account")


@user.command("password")
@home_option
@click.argument("email")
@click.option("--password-file", type=click.File("r"), help="Instead of being asked; - for stdin.")
def password(home: str | None, email: str, password_file: Any) -> None:
    """Set another password; the account is signed out everywhere.

    Example: auditor central user password officer@example.gov.uk
    """
    from auditor.central import people

    word = _password(password_file)
    _change(home, email, lambda c, r: people.set_password(c, r, word), "set password of")


def _change(home: str | None, email: str, change: Callable[[Any, Any], None], what: str) -> None:
    from auditor.central import ledger, people

    _, engine = opened(home)
    with engine.begin() as connection:
        row = people.find(connection, email)
        if row is None:
            raise CentralError("there is no such account", where=email)
        change(connection, row)
        ledger.note(connection, "command line", what, email)
    click.echo(f"Done: {email}")


@user.command("reset")
@home_option
@click.argument("email")
def reset(home: str | None, email: str) -> None:
    """Take the second factor away, when somebody lost it: a new one is asked for at sign-in.

    Example: auditor central user reset officer@example.gov.uk
    """
    from auditor.central import people

    _change(home, email, people.reset, "took away second factor of")


def _password(file: Any) -> str:
    if file is not None:
        return str(file.readline().rstrip("\r\n"))
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
