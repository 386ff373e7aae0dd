"""Where bytes come from: a file, a member of a container, or a part that was decoded.

A source is read once, in order. Small ones are kept, so that they can be opened at any place;
a file can always be. What a file may cost in bytes, members and time is counted in its `Budget`,
however deep its members are nested.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import BinaryIO

from auditor.content.identify import HEAD
from auditor.errors import Damaged, TimedOutReading, TooLarge

STEP = 262_144
"""Bytes that are read at a time."""
HELD = 48_000_000
"""Bytes of members that are held in memory for one file, all depths together."""
DEPTH = 8
"""Containers within containers that are opened."""
MEMBERS = 200_000
"""Members of one file that are looked at."""
PLENTY = 100_000_000
"""Bytes that may come out of a file of any size."""
RATIO = 100
"""Times its own size that may come out of a file beyond `PLENTY`."""
SECONDS = 45.0
SIGHT = 20.0
SLOWEST = 2_000_000
"""Bytes a second below which reading is given up, beyond `SECONDS`."""


class Budget:
    """What reading one file may still cost.

    Args:
        size: Bytes of the file.
    """

    def __init__(self, size: int) -> None:
        self.out = PLENTY + RATIO * size
        self.members = MEMBERS
        self.held = HELD
        self.until = monotonic() + SECONDS + size / SLOWEST
        self.sight = SIGHT
        """Seconds that may still be taken to read pictures."""

    def spend(self, count: int) -> None:
        """Counts bytes that came out.

        Raises:
            TooLarge: More came out than any honest file of this size holds.
            TimedOutReading: The time of the file is over.
        """
        self.out -= count
        if self.out < 0:
            raise TooLarge("more comes out of this file than is read")
        if monotonic() > self.until:
            raise TimedOutReading("reading takes longer than a file is given")

    def rows(self, made: Iterable[list[str]]) -> Iterator[list[str]]:
        """Rows, with what comes out in them counted: cells may all show one long string.

        Raises:
            TooLarge: As `spend`; and TimedOutReading likewise.
        """
        for row in made:
            self.spend(sum(map(len, row)))
            yield row

    def member(self) -> None:
        """Counts a member.

        Raises:
            TooLarge: There are too many.
        """
        self.members -= 1
        if self.members < 0:
            raise TooLarge("this file has more members than are read")
        self.spend(0)

    def hold(self, count: int) -> None:
        """Counts bytes that are kept in memory.

        Raises:
            TooLarge: There is no room for them.
        """
        if count > self.held:
            raise TooLarge("this would take more memory than a file is given")
        self.held -= count


class _File(io.RawIOBase):
    """A descriptor as a file of its own position, so that several readers do not disturb."""

    def __init__(self, handle: int, size: int) -> None:
        self.handle, self.size, self.at = handle, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, to: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.at}.get(whence, self.size)
        self.at = max(0, start + to)
        return self.at

    def tell(self) -> int:
        return self.at

    def readinto(self, into: object) -> int:
        view = memoryview(into)  # type: ignore[arg-type]
        os.lseek(self.handle, self.at, os.SEEK_SET)
        piece = os.read(self.handle, len(view))
        view[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)


class Source:
    """Bytes on their way to a reader of their format."""

    def __init__(
        self,
        name: str,
        size: int,
        budget: Budget,
        *,
        stream: BinaryIO | None = None,
        handle: int = -1,
        depth: int = 0,
    ) -> None:
        self.name = name
        """Of the file or member; a hint for people and never for the reader."""
        self.size = size
        """Bytes as far as the container says; of a stream that does not say, 0."""
        self.budget = budget
        self.depth = depth
        self.memo: dict[str, object] = {}
        """What was worked out about it already, so that telling its kind and reading share it."""
        self._handle = handle
        self._stream = stream
        self._kept: bytes | None = None
        self._head: bytes | None = None
        self._held = 0

    @classmethod
    def of_file(cls, handle: int, name: str, size: int) -> Source:
        """The source of an open file."""
        return cls(name, size, Budget(size), handle=handle)

    @classmethod
    def of_bytes(cls, name: str, data: bytes, parent: Source) -> Source:
        """A part that was decoded already."""
        made = cls(name, len(data), parent.budget, depth=parent.depth + 1)
        made._kept = data
        return made

    def member(self, name: str, stream: BinaryIO, size: int = 0) -> Source:
        """A member of this container, read from a stream in order.

        Raises:
            TooLarge: There are too many.
        """
        self.budget.member()
        return Source(name, size, self.budget, stream=stream, depth=self.depth + 1)

    @property
    def head(self) -> bytes:
        """The first bytes, by which the kind is told."""
        if self._head is None:
            if self._kept is not None:
                self._head = self._kept[:HEAD]
            elif self._stream is not None:
                self._head = self._take(HEAD)
            else:
                self._head = _File(self._handle, self.size).read(HEAD) or b""
        return self._head

    def _take(self, count: int) -> bytes:
        """The next bytes of the stream, as many as were asked for if there are so many."""
        got = bytearray()
        while len(got) < count and (piece := self._read(count - len(got))):
            got += piece
        return bytes(got)

    def _read(self, count: int) -> bytes:
        if self._stream is None:
            return b""
        piece = self._stream.read(count)
        self.budget.spend(len(piece))
        return piece

    def chunks(self) -> Iterator[bytes]:
        """All bytes in order; once only if the source is a stream that was not kept."""
        if self._kept is not None:
            yield self._kept
            return
        head = self.head
        yield head
        if self._stream is not None:
            while piece := self._read(STEP):
                yield piece
            return
        file = _File(self._handle, self.size)
        file.seek(len(head))
        while piece := file.read(STEP) or b"":
            self.budget.spend(0)
            yield piece

    def open(self) -> BinaryIO:
        """A file that can be read at any place.

        Raises:
            TooLarge: It is a member too large to be kept.
        """
        if self._handle >= 0:
            return io.BufferedReader(_File(self._handle, self.size), 65_536)
        return io.BytesIO(self.data())

    def data(self, most: int = HELD) -> bytes:
        """All bytes, kept until `drop`.

        Args:
            most: Bytes beyond which they are not read.

        Raises:
            TooLarge: There are more.
        """
        if self._kept is None:
            if self.size > most:
                raise TooLarge("this is too large to be read as a whole")
            parts, total = [], 0
            for piece in self.chunks():
                total += len(piece)
                if total > most:
                    raise TooLarge("this is too large to be read as a whole")
                self.budget.hold(len(piece))
                self._held += len(piece)
                parts.append(piece)
            self._kept = b"".join(parts)
        return self._kept

    def drop(self) -> None:
        """Frees what was kept."""
        if self._held:
            self._kept = None
        self.budget.held += self._held
        self._held = 0


class Pieces(io.RawIOBase):
    """An iterator of pieces as a stream; its owner's errors come through its reads."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.rest = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, count: int = -1) -> bytes:
        """The next bytes; fewer than asked for at any time, none at the end."""
        while not self.rest:
            piece = next(self.pieces, None)
            if piece is None:
                return b""
            self.rest = piece
        if count < 0:
            got, self.rest = self.rest, b""
            return got
        got, self.rest = self.rest[:count], self.rest[count:]
        return got


def stream(pieces: Iterator[bytes]) -> BinaryIO:
    """Pieces as a stream that is read in order."""
    return Pieces(pieces)  # type: ignore[return-value]


class Stretches:
    """Unpacked bytes of several files in a row, given file by file in their order.

    Args:
        pieces: All of them.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.held = b""
        self.at = 0

    def take(self, start: int, size: int) -> Iterator[bytes]:
        """The bytes of one file; what stands before them and was not taken is passed over.

        Raises:
            Damaged: They end too early.
        """
        while self.at < start and (self.held or self._more()):
            self._give(start - self.at)
        left = size
        while left > 0:
            if not self.held and not self._more():
                raise Damaged("this archive ends too early")
            piece = self._give(left)
            left -= len(piece)
            yield piece

    def _give(self, most: int) -> bytes:
        piece, self.held = self.held[:most], self.held[most:]
        self.at += len(piece)
        return piece

    def _more(self) -> bool:
        while not self.held:
            piece = next(self.pieces, None)
            if piece is None:
                return False
            self.held = piece
        return True
