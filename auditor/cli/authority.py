"""Finds and opens the authority's folder, for the commands of `auditor central`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from auditor.central.settings import Home


def home_option(f: Callable[..., Any]) -> Callable[..., Any]:
    """The option that names the folder."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False),
        help="The authority's folder; AUDITOR_CENTRAL or ./auditor-central if not said.",
    )(f)


def opened(home: str | None) -> tuple[Home, Any]:
    """The authority's folder, and its database brought up to this version.

    Raises:
        CentralError: There is none, or the database does not answer.
    """
    from auditor.central import database, settings

    kept = settings.read(settings.chosen(home))
    engine = database.connect(kept.database)
    database.migrate(engine)
    return kept, engine
