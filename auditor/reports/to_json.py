"""The audit as versioned JSON: the form that other programs read."""

from __future__ import annotations

from auditor import wire
from auditor.findings import Audit

SUFFIX = ".json"


def render(
    audit: Audit,
    reader: str = "school",  # noqa: ARG001 - the same for every reader
    language: str = "en",  # noqa: ARG001
    digest: str = "",  # noqa: ARG001
) -> str:
    """The document that `auditor schema` describes."""
    return wire.encode(audit).decode("utf-8")
