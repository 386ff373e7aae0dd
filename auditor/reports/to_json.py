"""The audit as versioned JSON: the form that other programs read."""

from __future__ import annotations

from auditor import wire
from auditor.findings import Audit

SUFFIX = ".json"


def render(audit: Audit, reader: str = "school", language: str = "en") -> str:  # noqa: ARG001
    """The document that `auditor schema` describes."""
    return wire.encode(audit).decode("utf-8")
