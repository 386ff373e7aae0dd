"""Finds the rules and templates that come with the package.

They lie in `auditor/_shipped` of a wheel or frozen program and beside the package in a source
tree. Everything is read as a Traversable, never by a file-system path, so that a zip works too.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def shipped(folder: str) -> Traversable:
    """The shipped folder of that name: `rules` or `templates`."""
    inside = files("auditor") / "_shipped" / folder
    return inside if inside.is_dir() else Path(__file__).resolve().parent.parent / folder
