"""Files that open encrypted drives: recovery keys saved as text, and startup keys.

What a file is stands in what comes out, never the key. A recovery password of BitLocker is eight
groups of six digits, each a multiple of 11 and below 720,896 (Microsoft Learn, BitLocker recovery
overview), so that no other number is taken for one. A startup key begins as libbde documents it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import re2

from auditor.content.detect.compiled import options
from auditor.content.raw import Document, Passage

RECOVERY = "BitLocker recovery key"
STARTUP = "BitLocker startup key"
GROUP, SMALLEST = 11, 720_896
"""What divides each group of a recovery password, and the number that none reaches."""
_DIGITS = re2.compile(rb"\d{6}(?:(?:-|\xe2\x80[\x90-\x95]| )\d{6}){7}", options())
_SIX = re.compile(rb"\d{6}")
_NAMES = (
    (RECOVERY, re.compile(r"(?i)bitlocker[ _-]?recovery[ _-]?key\b.*\.(?:txt|pdf|html?)")),
    (STARTUP, re.compile(r"(?i)\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?\.bek")),
)
"""Names that Windows gives to such files itself."""


def by_name(path: str) -> str:
    """What a file is by its name alone; empty for most."""
    name = re.split(r"[\\/]", path)[-1]
    if holds(name.encode("utf-8", "replace")):
        return RECOVERY
    return next((kind for kind, shape in _NAMES if shape.fullmatch(name)), "")


def startup(head: bytes, size: int) -> bool:
    """Whether a file is a startup key: its own length, version 1 and a header of 48 bytes."""
    numbers = [int.from_bytes(head[at : at + 4], "little") for at in (0, 4, 8, 12)]
    return 48 < size < 4096 and numbers == [size, 1, 48, size]


class Watch:
    """Looks at the text of a file as it passes."""

    def __init__(self) -> None:
        self.seen = False
        """Whether a recovery password stood in it."""

    def over(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The same documents, looked at as they are read."""
        for document in documents:
            yield replace(document, passages=self._over(document.passages))

    def _over(self, passages: Iterator[Passage]) -> Iterator[Passage]:
        for passage in passages:
            self.seen = self.seen or holds(passage.data)
            yield passage


def holds(text: bytes) -> bool:
    """Whether a recovery password of BitLocker stands in a text."""
    return any(_checked(found.group()) for found in _DIGITS.finditer(text))


def _checked(digits: bytes) -> bool:
    groups = [int(g) for g in _SIX.findall(digits)]
    return all(g % GROUP == 0 and g < SMALLEST for g in groups)
