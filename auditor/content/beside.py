"""Whether the password of a locked file lies in its name, or in a file beside it.

Only small files whose names speak of passwords are opened, and only names are told: what the
password is, is neither kept nor written anywhere.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress

from auditor.content.walk import open_quietly, openable

_WORD = r"(?:pass ?-?_?(?:word|phrase|wd|code)?s?|pw|pwd|p/w|pin|cyfrinair)"
_NAME = re.compile(rf"(?<![a-z]){_WORD}(?![a-z])[\s_.:=-]*(?:is|for)?[\s_.:=-]*\S", re.IGNORECASE)
_ONLY_SAYS = re.compile(
    r"pass ?-?_?word[\s_-]*(protect|policy|reset|change|list|requir|guid|form)|with[\s_-]+pass"
    r"|protected|pass[\s_-]*(rate|list|mark|es\b)",
    re.IGNORECASE,
)
_NEIGHBOUR = re.compile(rf"(?<![a-z]){_WORD}(?![a-z])", re.IGNORECASE)
_TOLD = re.compile(
    rb"(?i)\b(?:pass(?:word|phrase|code)?|pw|pwd|pin|cyfrinair)\b\W{0,5}(?:is\W+)?\w{3,}"
)
_TEXTS = (".txt", ".md", ".rtf", ".doc", ".docx", ".html", ".eml", ".url", ".log", "")
MOST = 65_536
"""Bytes of a neighbour that are looked at."""
ENTRIES = 5_000
"""Names of the folder that are looked at."""


def password_beside(path: str) -> str:
    """Where the password seems to lie: in words for people, empty when nowhere.

    Args:
        path: The locked file, as os.fsdecode gives it.
    """
    folder, name = os.path.split(path)
    stem = os.path.splitext(name)[0]  # noqa: PTH122 - names that are not UTF-8
    if _NAME.search(stem) and not _ONLY_SAYS.search(stem):
        return "in its name"
    with suppress(OSError):
        if any(_tells(folder, other) for other in _neighbours(folder, name)):
            return "in a file beside it"
    return ""


def _neighbours(folder: str, name: str) -> list[str]:
    found: list[str] = []
    with os.scandir(openable(folder)) as entries:
        for n, entry in enumerate(entries):
            if n >= ENTRIES:
                break
            if entry.name == name or not _NEIGHBOUR.search(entry.name):
                continue
            if os.path.splitext(entry.name)[1].lower() in _TEXTS and entry.is_file(  # noqa: PTH122
                follow_symlinks=False
            ):
                found.append(entry.name)
    return found[:20]


def _tells(folder: str, name: str) -> bool:
    """Whether a file named for passwords says one; of a form that is packed, the name is enough."""
    if _ONLY_SAYS.search(name):
        return False
    try:
        handle = open_quietly(os.path.join(folder, name), os.O_RDONLY)  # noqa: PTH118
    except OSError:
        return False
    try:
        head = os.read(handle, MOST)
    finally:
        os.close(handle)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return True
    # A note may hold the bare word and nothing else.
    return bool(_TOLD.search(head)) or 0 < len(head.split()) <= 3
