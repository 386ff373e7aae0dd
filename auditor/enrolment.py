"""What a school is given so that it can send: a small JSON file, `NAME.enrolment`.

It holds a secret token: whoever has the file can send reports as that school, and read nothing.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from auditor.errors import SealError
from auditor.evidence import Record

FORMAT = "auditor-enrolment"


class Enrolment(Record, frozen=True, kw_only=True):
    """Where a school's reports go, and what opens the door."""

    format: str = FORMAT
    version: int = 1
    address: str
    """Such as `https://audit.example.gov.uk`."""
    authority: str
    """Its name, for people."""
    key: str
    """The age recipient that reports are encrypted to."""
    urn: str
    school: str
    token: str

    def __repr__(self) -> str:
        return f"Enrolment({self.urn} at {self.address})"


def encode(made: Enrolment) -> bytes:
    """The file."""
    return bytes(msgspec.json.format(msgspec.json.encode(made), indent=2)) + b"\n"


def read(path: Path) -> Enrolment:
    """The enrolment in a file.

    Raises:
        SealError: It is not one, or its address is neither https nor this machine.
    """
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Enrolment)
    except OSError as e:
        raise SealError(
            f"cannot read the enrolment file: {e.strerror}",
            where=str(path),
            hint="ask the authority for the file, and name it with --enrolment",
        ) from e
    except (msgspec.DecodeError, UnicodeDecodeError) as e:
        raise _not_one(path) from e
    if found.format != FORMAT or found.version != 1:
        raise _not_one(path)
    if not safe(found.address):
        raise SealError(
            "the authority's address is not https, so that reports are not sent to it",
            where=str(path),
            hint="ask the authority for a new enrolment file",
        )
    return found


def safe(address: str) -> bool:
    """Whether an address is https, or never leaves this machine."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if re.search(r"[\s\\]", address) or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _here(host))


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _not_one(path: Path) -> SealError:
    return SealError(
        "this is not an enrolment file",
        where=str(path),
        hint="ask the authority for the file of your school",
    )
