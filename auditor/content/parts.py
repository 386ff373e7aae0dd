"""What a reader of a format gives, part by part: text, members, locks, and what it had to leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from auditor.content.raw import Document
from auditor.content.source import Source
from auditor.evidence import ProtectionState, Why


@dataclass(frozen=True, slots=True)
class Member:
    """Something within the file that is of a format of its own."""

    source: Source
    essential: bool = True
    """False for a part, such as a preview picture, whose loss costs no records."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A part, or all of it, is closed by a password or key."""

    state: ProtectionState
    scheme: str
    """Cipher and standard, such as `ZIP AES-256`."""
    of: str = ""
    """What is closed, when not all: `names hidden`, `changes only`, the member."""
    all: bool = True
    """Whether nothing of the file can be read; False for one member among others."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A part that should have been read and was not."""

    why: Why
    what: str
    """In plain words and singular: `picture`, `damaged member`. Never a value."""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, whose words are not read."""


@dataclass(frozen=True, slots=True)
class Is:
    """What the file turned out to be, when its first bytes did not tell."""

    kind: str


Part: TypeAlias = Document | Member | Locked | Unread | Is | Picture
Parts: TypeAlias = Iterator[Part]
Locks: TypeAlias = tuple[tuple[str, ProtectionState], ...]
"""Schemes of protection that a reader tells, and what each is worth."""
