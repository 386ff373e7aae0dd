"""Writes the files of a report: whole or not at all, and nowhere but where the person said."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from auditor.errors import AuditorError


def folder(path: str) -> Path:
    """The output folder, made if need be and tried, before an hour is spent on a scan.

    Raises:
        AuditorError: It cannot be written to.
    """
    made = Path(path)
    try:
        made.mkdir(parents=True, exist_ok=True)
        tried = made / f".writable-{os.getpid()}"
        tried.write_bytes(b"")
        tried.unlink()
    except OSError as e:
        raise _refused(path, e) from e
    return made


def put(path: str | Path, text: str) -> None:
    """Writes a file by way of a neighbour, so that a full disk never leaves half a report.

    Raises:
        AuditorError: The system refuses.
    """
    put_bytes(path, text.encode("utf-8", "backslashreplace"))


def put_bytes(path: str | Path, content: bytes) -> None:
    """Writes a file as `put` does.

    Raises:
        AuditorError: The system refuses.
    """
    put_pieces(path, (content,))


def put_pieces(path: str | Path, pieces: Iterable[bytes]) -> None:
    """Writes a file that comes in pieces as `put` does.

    Raises:
        AuditorError: The system refuses.
    """
    to = Path(path)
    part = to.with_name(f"{to.name}.part")
    try:
        with part.open("wb") as out:
            out.writelines(pieces)
        part.replace(to)
    except OSError as e:
        part.unlink(missing_ok=True)
        raise _refused(str(path), e) from e


def _refused(path: str, error: OSError) -> AuditorError:
    return AuditorError(
        f"cannot write here: {error.strerror or error}",
        where=path,
        hint="name a folder that you may write to: --output FOLDER",
    )
