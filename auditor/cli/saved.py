"""Reads a saved audit, with the errors that people need."""

from __future__ import annotations

import hashlib
from pathlib import Path

from auditor import wire
from auditor.errors import AuditorError
from auditor.findings import Audit


def read(path: str) -> Audit:
    """The audit in a report.json, or in the folder that holds one.

    Raises:
        AuditorError: The file cannot be read.
        WireError: It is not a report.
    """
    return read_with_digest(path)[0]


def read_with_digest(path: str) -> tuple[Audit, str]:
    """The audit and the SHA-256 of the file that it stands in.

    Raises:
        AuditorError: The file cannot be read.
        WireError: It is not a report.
    """
    file = Path(path)
    if file.is_dir():
        file = file / "report.json"
    try:
        written = file.read_bytes()
    except OSError as e:
        raise AuditorError(
            f"cannot read the report: {e.strerror}",
            where=str(file),
            hint="give the report.json of an audit, or the folder that holds it",
        ) from e
    return wire.decode(written, where=str(file)), hashlib.sha256(written).hexdigest()
