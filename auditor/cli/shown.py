"""Where a command's result goes, and the options that commands with a page share."""

from __future__ import annotations

import click

from auditor.cli.writing import put

LANGUAGES = ("en", "cy")
"""Said here as well, so that help needs no catalogue; a test holds both lists together."""

language_option = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language of the page: English or Welsh. Rules speak English.",
)


def show(made: str, output: str | None) -> None:
    """Writes to the file, or to the terminal when none is named."""
    if output:
        put(output, made)
    else:
        click.echo(made, nl=False)
