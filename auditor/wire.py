"""The only form in which an audit leaves the machine: versioned JSON.

The document is one object: `format`, `version`, then the fields of `findings.Audit`. Readers of
version 1 may meet fields they do not know and must pass over them; a change that alters the
meaning of a field, or removes one, raises the version.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from auditor.errors import WireError
from auditor.evidence import Record
from auditor.findings import Audit

FORMAT = "auditor-report"
VERSION = 1
LARGEST = 512 * 1024 * 1024
"""Bytes of the largest report that is read back."""


class Written(Audit, frozen=True, kw_only=True):
    """An audit as it stands in a file."""

    format: str
    version: int


class _Stamp(msgspec.Struct):
    """The part that says whether the rest can be understood."""

    format: str = ""
    version: int = 0


def encode(audit: Audit) -> bytes:
    """The audit as UTF-8 JSON, indented for people, the same bytes for the same audit."""
    body = msgspec.json.encode(audit)
    stamp = f'{{"format":"{FORMAT}","version":{VERSION},'.encode()
    return bytes(msgspec.json.format(stamp + body[1:], indent=2)) + b"\n"


def written(record: Record) -> str:
    """A record that names its own format and version, such as a comparison, as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2).decode() + "\n"


def digest(audit: Audit) -> str:
    """The SHA-256 of what `encode` writes: what a report shows and `report --verify` checks."""
    return hashlib.sha256(encode(audit)).hexdigest()


def decode(written: bytes, where: str = "") -> Audit:
    """The audit that `encode` wrote.

    Args:
        written: The whole file.
        where: Its name, for the error.

    Raises:
        WireError: It is not a report, is damaged, or is newer than this program.
    """
    if len(written) > LARGEST:
        raise WireError("the report is larger than any audit writes", where=where)
    try:
        found = _written.decode(written)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        _checked(written, where)
        raise WireError(
            f"the report is damaged: {_place(e)}",
            where=where,
            hint="fetch the file again from the machine that wrote it",
        ) from e
    _understood(found.format, found.version, where)
    return Audit(**{name: getattr(found, name) for name in Audit.__struct_fields__})


_written = msgspec.json.Decoder(Written)


def _checked(written: bytes, where: str) -> None:
    """Whether what could not be read says of itself that it is a report, and of which version."""
    try:
        stamp = msgspec.json.decode(written, type=_Stamp)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise _not_a_report(where) from e
    _understood(stamp.format, stamp.version, where)


def _understood(form: str, version: int, where: str) -> None:
    if form != FORMAT:
        raise _not_a_report(where)
    if not 1 <= version <= VERSION:
        raise WireError(
            f"the report has version {version}, and this program reads up to {VERSION}",
            where=where,
            hint="read it with a newer auditor",
        )


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the document."""
    return schema_of(Written, FORMAT, VERSION)


def schema_of(kind: type[Record], form: str, version: int) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a record that names its own format and version."""
    made = msgspec.json.schema(kind)
    written = made["$defs"][kind.__name__]
    written["properties"]["format"] = {"const": form}
    written["properties"]["version"] = {"const": version}
    written["required"] = sorted({"format", "version", *written.get("required", ())})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": form.replace("-", " "),
        **made,
    }


def _not_a_report(where: str) -> WireError:
    return WireError(
        "this is not a report written by auditor",
        where=where,
        hint="give the report.json of an audit",
    )


def _place(error: Exception) -> str:
    """Which field is wrong; never its value, which could be anything."""
    text = str(error)
    return f"field {text.rsplit(' - at ', 1)[1]}" if " - at " in text else "it is not whole JSON"
