"""Reads a saved audit for the commands that work from one."""

from __future__ import annotations

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
    file = Path(path)
    if file.is_dir():
        file = file / "report.json"
    try:
        return wire.decode(file.read_bytes(), where=str(file))
    except OSError as e:
        raise AuditorError(
            f"cannot read the report: {e.strerror}",
            where=str(file),
            hint="give the report.json of an audit, or the folder that holds it",
        ) from e
