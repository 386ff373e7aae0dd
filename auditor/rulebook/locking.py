"""Locked files as facts: how each is closed, and whether its password lies about."""

from __future__ import annotations

from auditor.evidence import Evidence, FileLocked, Folder, ProtectionState, Record

_FAMILIES = (
    ("zip", ("ZIP", "ZipCrypto")),
    ("pdf", ("PDF",)),
    ("office", ("Office", "OpenDocument", "Access")),
)


class LockedFacts(Record, frozen=True, kw_only=True):
    """A file closed by a password or key."""

    path: str
    name: str
    """The last part of its path."""
    folder: Folder
    kind: str
    family: str
    """`zip`, `pdf`, `office` or `other`: who makes locks of this sort."""
    state: ProtectionState
    scheme: str
    whole: bool
    """False when some of it can be read without the password."""
    password_beside: bool
    """Whether what looks like its password lies in its name or in a file beside it."""
    where_password: str


def locked(evidence: Evidence) -> tuple[LockedFacts, ...]:
    """The locked files of this evidence."""
    return tuple(_facts(f) for f in evidence.locked)


def _facts(f: FileLocked) -> LockedFacts:
    scheme = f.protection.scheme
    return LockedFacts(
        path=f.path,
        name=f.path.replace("\\", "/").rsplit("/", 1)[-1],
        folder=f.folder,
        kind=f.kind,
        family=next((n for n, marks in _FAMILIES if scheme.startswith(marks)), "other"),
        state=f.protection.state,
        scheme=scheme,
        whole=f.whole,
        password_beside=bool(f.password_beside),
        where_password=f.password_beside,
    )
