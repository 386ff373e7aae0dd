"""`auditor record`: a machine's answers in a folder, so that an odd machine can be replayed."""

from __future__ import annotations

import getpass
from contextlib import suppress
from pathlib import Path

import click

from auditor.cli.writing import folder
from auditor.errors import HostError
from auditor.host import Host
from auditor.host.recorder import Recorder
from auditor.host.this import this_machine
from auditor.survey import survey
from auditor.words import count

HOMES = ("/home", "/Users", "C:\\Users")
NOBODY = frozenset(
    {
        "administrator", "all users", "default", "default user", "lost+found", "public", "root",
        "shared", "system",
    }
)  # fmt: skip
"""Accounts and folders of the system, which are no person and stand in many paths."""


@click.command
@click.argument("directory", type=click.Path(file_okay=False))
def record(directory: str) -> None:
    """Write down what this machine answers, to replay it elsewhere.

    Names of the machine and of its users, serial numbers, unique identifiers and keys are left
    out or replaced; look through the one file before you send it.

    Example: auditor record odd-machine
    """
    out = folder(directory)
    host = this_machine()
    recorder = Recorder(host)
    seen = survey(recorder)
    recorder.save(out, names(host))
    told = f"{count(len(seen.volumes), 'drive')}, {count(len(seen.gaps), 'open question')}"
    click.echo(f"Recorded {told}: {out / 'machine.json'}")


def names(host: Host) -> list[str]:
    """The names that a recording must not carry: the machine's own and those of its users."""
    found = [host.name, host.name.partition(".")[0], Path.home().name]
    with suppress(KeyError, OSError, ImportError):
        found.append(getpass.getuser())
    for home in HOMES:
        with suppress(HostError):
            found += host.names(home)
    return [n for n in found if n.lower() not in NOBODY]
