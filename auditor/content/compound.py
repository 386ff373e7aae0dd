"""Compound files (OLE2): the container of Office 97-2003, Outlook messages and locked Office files.

Layout by Microsoft's [MS-CFB]; read through olefile.
"""

from __future__ import annotations

from typing import Any, cast

import olefile

from auditor.content.source import HELD, Source
from auditor.errors import Damaged, TooLarge


class Compound:
    """The streams of a compound file.

    Raises:
        Damaged: Its directory cannot be read.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        try:
            # Without this, olefile raises for what it can read all the same.
            self.ole: Any = olefile.OleFileIO(source.open(), raise_defects=olefile.DEFECT_FATAL)
        except (OSError, IndexError, ValueError, TypeError) as e:
            raise Damaged("the directory of this compound file is damaged") from e
        self.names: list[list[str]] = self.ole.listdir(streams=True, storages=False)

    @classmethod
    def of(cls, source: Source) -> Compound:
        """The one of this source, opened once."""
        if "compound" not in source.memo:
            source.memo["compound"] = cls(source)
        return cast("Compound", source.memo["compound"])

    def has(self, *path: str) -> bool:
        """Whether there is such a stream."""
        return bool(self.ole.exists(list(path)))

    def read(self, *path: str, most: int = HELD) -> bytes:
        """A stream; empty when there is none.

        Raises:
            TooLarge: It is longer than `most`.
        """
        if not self.has(*path):
            return b""
        if self.ole.get_size(list(path)) > most:
            raise TooLarge("a stream is too large to be read as a whole")
        with self.ole.openstream(list(path)) as found:
            data: bytes = found.read()
        self.source.budget.spend(len(data))
        return data

    def start(self, *path: str, count: int = 4096) -> bytes:
        """The first bytes of a stream; empty when there is none."""
        return self.read(*path)[:count] if self.has(*path) else b""

    def titles(self) -> str:
        """Title, subject, keywords, comments and other properties that are text."""
        found = self.ole.get_metadata()
        names = ("title", "subject", "keywords", "comments", "author", "company", "manager")
        values = [getattr(found, n, None) for n in names]
        return "\n".join(_words(v) for v in values if v)


def _words(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
