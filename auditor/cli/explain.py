"""`auditor explain`: why a file counts as personal data, for the person at the keyboard only."""

from __future__ import annotations

import os

import click

from auditor.content.detect import Detector, combine
from auditor.content.detect.look import Look
from auditor.content.looking import Opened, around, opened
from auditor.content.opening import Contents
from auditor.errors import AuditorError
from auditor.rulebook import personal_data
from auditor.shipped import shipped
from auditor.words import count, listed, people, shown


@click.command
@click.argument("file", type=click.Path())
def explain(file: str) -> None:
    """Say why a file counts as personal data.

    Samples are masked but for two characters, and nothing is written to disk.

    Example: auditor explain "E:\\Class lists\\3B.csv"
    """
    try:
        with opened(os.path.realpath(file)) as found:
            click.echo(_told(file, found, Detector(personal_data.load(shipped("rules")))))
    except OSError as e:
        raise AuditorError(
            f"cannot read the file: {e.strerror}",
            where=shown(file),
            hint="check the path and the rights",
        ) from e


def _told(file: str, found: Opened, detector: Detector) -> str:
    contents = found.contents
    place = around(os.path.realpath(file))
    told = list(detector.looks(contents.documents(), place))
    look, reasons = combine(look for look, _ in told), [r for _, some in told for r in some]
    if not contents.opened:
        return f"{shown(file)} is not opened: {_closed(contents)}."
    kind = ", ".join(filter(None, [contents.kind, found.kind.encoding]))
    if look is None:
        head = [f"{shown(file)} ({kind}) does not count as personal data."]
        head += ["What was seen is not enough by itself:"] if reasons else []
    else:
        about = people(look.people)
        head = [
            f"{shown(file)} ({kind})",
            f"is a {look.category}, {look.strength.value}: data of {about}"
            + (f" ({listed(look.who)})" if look.who else "")
            + (", some of it special category or sensitive" if look.special else ""),
        ]
        if look.dated or look.keep:
            head.append(_age(look))
    width = max((len(r.datum) for r in reasons), default=0)
    return "\n".join(
        head
        + [
            f"  {r.datum:<{width}}  {count(r.count, 'time'):<12} first in {r.where:<12} {r.sample}"
            for r in reasons
        ]
    )


def _age(look: Look) -> str:
    """Of when the data are, and after how long such a record should be looked at again."""
    parts = []
    if look.dated:
        parts.append(f"of the school year that ended in {look.dated.year}")
    if look.keep:
        months = look.keep
        long = count(months // 12, "year") if months > 12 else count(months, "month")
        parts.append(f"keeping it should be looked at after {long}")
    return f"The data are {'; '.join(parts)}." if look.dated else f"{parts[0].capitalize()}."


def _closed(contents: Contents) -> str:
    lock = contents.protection()
    if contents.locks:
        return f"{contents.kind}, closed by {lock.scheme}"
    return contents.kind
