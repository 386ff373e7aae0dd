"""Property lists, as the programs of macOS print them and as they lie on its drives."""

from __future__ import annotations

import plistlib
from typing import Any
from xml.parsers.expat import ExpatError

from auditor.errors import HostError


def plist(printed: bytes) -> dict[str, Any]:
    """A property list; what stands before its head, as diskutil sometimes prints, is passed over.

    Raises:
        HostError: It is none.
    """
    start = max(printed.find(b"<?xml"), 0)
    try:
        found = plistlib.loads(printed[start:])
    except (plistlib.InvalidFileException, ExpatError, ValueError, TypeError, OverflowError) as e:
        raise HostError("the answer is not understood", where="property list") from e
    if not isinstance(found, dict):
        raise HostError("the answer is not understood", where="property list")
    return found
