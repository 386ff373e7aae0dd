"""Whatever text stands in bytes of no known order: runs of letters, in one byte or two each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_RUNS = re.compile(
    rb"(?:[\x09\x0a\x0d\x20-\x7e\xa0-\xff]\x00){4,}|[\x09\x0a\x0d\x20-\x7e\xa0-\xff]{5,}"
)


def readable(chunks: Iterable[bytes]) -> Iterator[str]:
    """The runs, a line each.

    Args:
        chunks: Bytes in pieces; a run that a piece cuts comes as two.
    """
    for piece in chunks:
        found = []
        for match in _RUNS.finditer(piece):
            run = match[0]
            wide = run[1:2] == b"\0"
            found.append(run.decode("utf-16-le" if wide else "cp1252", "replace"))
        if found:
            yield "\n".join(found) + "\n"
