"""The two options that choose the rules, and what they choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor.endorsed import signer
from auditor.personal import Definitions
from auditor.rulebook import DEFAULT_PACK, Rulebook, load, personal_data
from auditor.shipped import shipped

F = TypeVar("F", bound=Callable[..., Any])


def by_rules(command: F) -> F:
    """Gives a command `--pack` and `--rules`, as its arguments pack and folder."""
    pack = click.option(
        "--pack", default=DEFAULT_PACK, show_default=True, help="The pack of rules."
    )
    folder = click.option(
        "--rules",
        "folder",
        type=click.Path(exists=True, file_okay=False),
        help="A folder of an authority's own rules, which adds to the shipped ones.",
    )
    return pack(folder(command))


def rulebook(pack: str, folder: str | None) -> Rulebook:
    """The rules of a pack, with those of a folder beside the shipped ones.

    Raises:
        RulebookError: A file is wrong, or there is no such pack.
        SealError: The folder is signed, and is not as it was signed.
    """
    more = beside(folder)
    signed_by = signer(more) if more is not None else ""
    return replace(load(shipped("rules"), pack, more=more), signed_by=signed_by)


def definitions(folder: str | None) -> Definitions:
    """The definitions of personal data, with those of a folder beside the shipped ones."""
    return personal_data.load(shipped("rules"), more=beside(folder))


def beside(folder: str | None) -> Path | None:
    """The folder as something to read; None when none was named."""
    return Path(folder).resolve() if folder else None
