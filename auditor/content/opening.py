"""All that comes out of one file: its documents, however deep, its locks, and what was left.

A reader that fails costs the part it was at: what came before is kept, what comes beside is
read, and what was lost is told.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from auditor.content.extract import extractor
from auditor.content.identify import Group, Kind, identify
from auditor.content.parts import Is, Locked, Member, Part, Parts, Picture, Unread
from auditor.content.raw import Document, Passage
from auditor.content.refine import refined
from auditor.content.seeing import can_see
from auditor.content.source import DEPTH, Source
from auditor.errors import TimedOutReading, TooLarge
from auditor.evidence import Protection, ProtectionState, Why

_log = logging.getLogger(__name__)
_DAMAGED = (OSError, EOFError, ValueError, LookupError, ArithmeticError)
_TORN = {
    "zip archive or Office document": "zip archive",
    "Office 97-2003 document": "torn compound file",
}
"""What is read of a container whose directory cannot be."""
_WORST = (
    ProtectionState.NONE,
    ProtectionState.WEAK,
    ProtectionState.UNKNOWN,
    ProtectionState.STRONG,
)


class Contents:
    """What comes out of one file, as it is read.

    Args:
        source: The file.
        kind: What its first bytes say that it is.
    """

    def __init__(self, source: Source, kind: Kind) -> None:
        self.source = source
        self.head = kind
        self.kind = kind.name
        """What it is, more exactly once it is read."""
        self.group = kind.group
        self.opened = 0
        """Documents and empty containers that were read."""
        self.members = 0
        """Members that were met, at any depth."""
        self.pictures = 0
        self.locks: list[tuple[int, Locked]] = []
        """How deep each lock was met."""
        self.unread: Counter[tuple[Why, str]] = Counter()
        """Parts that were not read, by reason."""

    def documents(self) -> Iterator[Document]:
        """Each document once; read each to its end before the next."""
        yield from self._of(self.source, self.head)

    def protection(self) -> Protection:
        """How the file as a whole is closed; `none` as soon as anything in it can be read."""
        if not self.locks:
            return Protection()
        whole = [lock for depth, lock in self.locks if depth == 0 and lock.all]
        shut = whole or ([lock for _, lock in self.locks] if not self.opened else [])
        if not shut:
            return _with(self.lock(), ProtectionState.NONE)
        return _worst(shut)

    def lock(self) -> Protection:
        """The weakest lock in it, and how many parts it has that are closed."""
        made = _worst([lock for _, lock in self.locks])
        if self.opened:
            of = f"{len(self.locks)} of {max(self.members, len(self.locks))} parts"
            schemes = sorted({lock.scheme for _, lock in self.locks})
            return Protection(state=made.state, scheme=", ".join(schemes), of=of)
        return made

    def _of(self, source: Source, kind: Kind) -> Iterator[Document]:
        kind = self._guard(source, kind)
        if source.depth == 0:
            self.kind, self.group = kind.name, kind.group
        reader = extractor(kind)
        if reader is None:
            self._pass_by(kind)
            return
        before = self.opened, len(self.locks), sum(self.unread.values())
        parts = reader.parts(source, kind)
        while (part := self._next(parts)) is not None:
            yield from self._take(part, source)
        after = self.opened, len(self.locks), sum(self.unread.values())
        if before == after and kind.group is not Group.OTHER:
            self.opened += 1  # nothing in it is also an answer

    def _take(self, part: Part, source: Source) -> Iterator[Document]:
        match part:
            case Document():
                self.opened += 1
                yield replace(part, passages=self._passages(part.passages))
            case Member():
                yield from self._member(part)
            case Locked():
                self.members += not part.all
                self.locks.append((source.depth, part))
            case Unread():
                self.unread[part.why, part.what] += part.count
            case Picture():
                self.pictures += 1
            case Is() if source.depth == 0:
                self.kind = part.kind
            case Is():
                pass

    def _member(self, part: Member) -> Iterator[Document]:
        self.members += 1
        source = part.source
        if source.depth > DEPTH:
            self.unread[Why.TOO_LARGE, "archive nested too deep"] += 1
            return
        kind = self._kind(source)
        if kind is None or kind.group is Group.EMPTY:
            return
        if part.essential or kind.group is not Group.OTHER:
            yield from self._of(source, kind)
        elif kind.name == "picture" and can_see():
            yield from self._aside(source, kind)
        source.drop()

    def _aside(self, source: Source, kind: Kind) -> Iterator[Document]:
        """The words of a picture in a document: most are logos, so one without is not missed."""
        before = self.pictures, self.unread.copy()
        yield from self._of(source, kind)
        self.pictures, self.unread = before

    def _pass_by(self, kind: Kind) -> None:
        if kind.group is Group.RECORDS:
            self.unread[Why.FORMAT, kind.name] += 1

    def _kind(self, source: Source) -> Kind | None:
        try:
            return identify(source.head)
        except Exception as e:  # noqa: BLE001 - a member that cannot be had costs only itself
            self._lost(e)
            return None

    def _guard(self, source: Source, kind: Kind) -> Kind:
        try:
            return refined(kind, source)
        except Exception as e:  # noqa: BLE001 - told by the reader again, part by part
            _log.debug("kind not refined: %s", type(e).__name__)
            return kind._replace(name=_TORN.get(kind.name, kind.name))

    def _next(self, parts: Parts) -> Part | None:
        try:
            return next(parts, None)
        except BaseException as e:
            if not _of_a_parser(e):
                raise
            self._lost(e)
            return None

    def _passages(self, passages: Iterator[Passage]) -> Iterator[Passage]:
        try:
            yield from passages
        except BaseException as e:
            if not _of_a_parser(e):
                raise
            self._lost(e)

    def _lost(self, error: BaseException) -> None:
        _log.debug("a part was lost: %s", type(error).__name__)
        match error:
            case TimedOutReading():
                self.unread[Why.TIMED_OUT, "part"] += 1
            case TooLarge() | MemoryError():
                self.unread[Why.TOO_LARGE, "part too large"] += 1
            case _ if isinstance(error, _DAMAGED) or _is_of_a_format(error):
                self.unread[Why.DAMAGED, "damaged part"] += 1
            case _:
                self.unread[Why.NOT_UNDERSTOOD, type(error).__name__] += 1


def _with(made: Protection, state: ProtectionState) -> Protection:
    return Protection(state=state, scheme=made.scheme, of=made.of)


def _worst(locks: list[Locked]) -> Protection:
    worst = min(locks, key=lambda lock: _WORST.index(lock.state))
    return Protection(state=worst.state, scheme=worst.scheme, of=worst.of)


def _of_a_parser(error: BaseException) -> bool:
    """Whether it is a parser's error; those of Rust's panics stand beside Exception."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _is_of_a_format(error: BaseException) -> bool:
    """Whether a reader of a format says that the file is damaged: zlib.error, BadZipFile."""
    home = type(error).__module__.partition(".")[0]
    return home not in {"builtins", "auditor"} or type(error).__name__ == "Damaged"
