"""Starts the program: `auditor`, or `python -m auditor`."""

from __future__ import annotations

import contextlib
import multiprocessing
import sys

import click

from auditor.cli import auditor
from auditor.errors import AuditorError


def main() -> None:
    """Runs a command and leaves with its exit code; errors of ours are three lines."""
    multiprocessing.freeze_support()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # replaced by a test or a window
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        sys.exit(auditor.main(prog_name="auditor", standalone_mode=False) or 0)
    except AuditorError as e:
        _tell(e)
        sys.exit(e.exit_code)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        sys.exit(3)
    except click.ClickException as e:
        e.show()
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away: nobody is left to tell
        sys.exit(0)


def _tell(error: AuditorError) -> None:
    click.echo(f"auditor: {error.problem}", err=True)
    if error.where:
        click.echo(f"  where: {error.where}", err=True)
    if error.hint:
        click.echo(f"  what to do: {error.hint}", err=True)


if __name__ == "__main__":
    main()
