"""Paths as web standards write them, and identifiers that stay the same for the same audit."""

from __future__ import annotations

import uuid
from pathlib import PurePosixPath, PureWindowsPath

from auditor.evidence import Platform

_SPACE = uuid.UUID("5d0b7a52-3a52-4a0e-9c0c-6f3f8d0f9c11")
"""The namespace (RFC 9562) of every identifier that auditor makes."""


def uri(path: str, platform: Platform) -> str:
    """The path as a file URI (RFC 8089); as a relative reference when it is not absolute."""
    kind = PureWindowsPath if platform is Platform.WINDOWS else PurePosixPath
    made = kind(path)
    if made.is_absolute():
        return made.as_uri()
    return PurePosixPath("/", path.replace("\\", "/").lstrip("/") or "-").as_uri()[8:]


def name(*parts: str) -> str:
    """A UUID (version 5) that the same parts always get."""
    return str(uuid.uuid5(_SPACE, "\0".join(parts)))


def one_line(text: str) -> str:
    """The text without line breaks and double spaces; a dash for nothing at all."""
    return " ".join(text.split()) or "-"
