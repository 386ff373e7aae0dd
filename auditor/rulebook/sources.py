"""The documents that rules rest on: rules/guidance/*.yaml, one file a publisher."""

from __future__ import annotations

from datetime import date

from auditor.findings import Basis, Source
from auditor.rulebook import reading
from auditor.rulebook.reading import Node

STATUSES = ("seen", "second-hand", "unverified")
FIELDS = ("title", "url", "basis", "date", "read on", "status", "note", "publisher")


def sources(node: Node) -> dict[str, Source]:
    """The sources in a file: a publisher, then a block a document under its id.

    Raises:
        RulebookError: Something in it is wrong.
    """
    f = reading.fields(node, ("publisher", "documents"), ("publisher", "documents"))
    publisher = reading.text(f["publisher"])
    if f["documents"].pairs is None:
        raise f["documents"].wrong("documents stand here, each under its id")
    return {name: _source(name, n, publisher) for name, n in f["documents"]}


def _source(name: str, node: Node, publisher: str) -> Source:
    f = reading.fields(node, FIELDS, ("title", "url", "basis", "read on", "status"))
    status = reading.text(f["status"])
    if status not in STATUSES:
        raise f["status"].wrong(f"'{status}' is not known here", reading.nearest(status, STATUSES))
    url = reading.text(f["url"])
    if not url.startswith(("https://", "http://")):
        raise f["url"].wrong("a web address belongs here")
    return Source(
        id=name,
        publisher=publisher,
        title=reading.text(f["title"]),
        url=url,
        basis=reading.one_of(f["basis"], Basis),
        dated=reading.text(f["date"]) if "date" in f else "",
        read_on=_day(f["read on"]),
        status=status,
        note=reading.text(f["note"]) if "note" in f else "",
    )


def _day(node: Node) -> date:
    try:
        return date.fromisoformat(reading.text(node))
    except ValueError as e:
        raise node.wrong("a date belongs here", "write for example 2026-11-24") from e
