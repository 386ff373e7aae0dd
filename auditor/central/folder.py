"""Reports from a drop folder, single files, or a mailbox export; the folder is only read.

A report that came before is passed over, so that the same folder can be taken in every night.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import mailbox
from collections.abc import Iterator
from email.message import EmailMessage, Message
from pathlib import Path

import sqlalchemy as sa

from auditor import seal
from auditor.central import quarantine
from auditor.central.settings import Home
from auditor.central.verify import Turned, arrived
from auditor.central.writer import Writer
from auditor.errors import CentralError
from auditor.evidence import Record


class Taken(Record, frozen=True, kw_only=True):
    """What became of one file or attachment."""

    where: str
    state: str
    """`accepted`, `already` or `refused`."""
    said: str = ""


def take(engine: sa.Engine, home: Home, paths: list[Path]) -> Iterator[Taken]:
    """Takes in every sealed report under these paths.

    Raises:
        CentralError: A path is not there, or the store cannot be written.
    """
    writer = Writer(engine)
    largest = home.settings.largest_mb * 1024 * 1024
    try:
        for where, via, came in _found(paths, largest):
            yield one(engine, home, writer, came, via=via, where=where)
    finally:
        writer.close()


def one(
    engine: sa.Engine,
    home: Home,
    writer: Writer,
    came: bytes,
    *,
    via: str,
    where: str = "",
    school_id: int | None = None,
) -> Taken:
    """Takes in one report; a refused one is in quarantine afterwards.

    Raises:
        CentralError: The store cannot be written; nothing was kept.
    """
    try:
        receipt = writer.store(arrived(home, came, via=via, school_id=school_id))
    except Turned as e:
        with engine.begin() as connection:
            quarantine.put(connection, came, e, via=via, most=home.settings.quarantine_most)
        return Taken(where=where, state="refused", said=e.problem)
    return Taken(where=where, state=receipt.state)


def _found(paths: list[Path], largest: int) -> Iterator[tuple[str, str, bytes]]:
    for path in paths:
        if not path.exists():
            raise CentralError("there is nothing here", where=str(path))
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            yield from _reports(file, largest)


def _reports(file: Path, largest: int) -> Iterator[tuple[str, str, bytes]]:
    """The sealed reports in a file: itself, or the attachments of its mails."""
    try:
        if file.suffix == ".mbox":
            with contextlib.closing(mailbox.mbox(file, create=False)) as box:
                for number, mail in enumerate(box, 1):
                    yield from _attached(mail, f"{file} mail {number}")
        elif file.suffix == ".eml":
            with file.open("rb") as raw:
                yield from _attached(
                    email.message_from_binary_file(raw, policy=email.policy.default), str(file)
                )
        elif file.suffix == seal.SUFFIX:
            # One byte more than is accepted, so that a larger file is refused without being read.
            with file.open("rb") as raw:
                yield str(file), "folder", raw.read(largest + 1)
    except OSError as e:
        raise CentralError(f"cannot read this: {e.strerror}", where=str(file)) from e


def _attached(mail: Message | EmailMessage, where: str) -> Iterator[tuple[str, str, bytes]]:
    for part in mail.walk():
        name = part.get_filename() or ""
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and (name.endswith(seal.SUFFIX) or seal.is_sealed(content)):
            yield f"{where}: {name or 'attachment'}", "mailbox", content
