"""What came of each file, written down as it comes, so that a scan can go on where it ended.

A file is known again by its path, size and times; whoever is known is not opened. The journal lies
in the output folder and holds what the report holds: counts, kinds and places, never a value. It
begins anew when the definitions or this program are others.

Who is in a file, by which copies of one list are known, is enciphered with a key that only this
machine has: a journal on a stick that is lost tells nobody's name, not even to one who guesses.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path
from secrets import token_bytes
from typing import Self
from zlib import crc32

import msgspec

from auditor import __version__
from auditor.content.beside import password_beside
from auditor.content.crowd import Crowd, Keys
from auditor.content.keeping import SCHEMES
from auditor.content.keys import by_name
from auditor.content.looking import Examined
from auditor.content.seeing import can_see
from auditor.content.walk import Item
from auditor.errors import AuditorError
from auditor.evidence import FileLocked, FileSeen, Record, Why
from auditor.personal import Definitions

NAME = "scan-journal.sqlite"
AGAIN = frozenset({Why.NEEDS_ADMIN, Why.UNREADABLE, Why.LOCKED, Why.TOOL_MISSING})
"""Reasons that may be gone the next time, so that the file is tried again."""
EVERY = 500
"""Files that a killed scan loses at most."""
NONCE = 16
"""Bytes of chance, new for every crowd that is enciphered."""


class _Answer(Record, frozen=True, kw_only=True):
    """An examined file without its item, which the walk gives anew."""

    file: FileSeen | None = None
    locked: FileLocked | None = None
    opened: bool = False
    key: str = ""
    pictures: int = 0
    why: Why | None = None
    detail: str = ""
    crowd: bytes = b""
    """Enciphered; empty where nobody is known or this machine has no key."""


class Journal:
    """The journal of an output folder.

    Args:
        folder: The output folder.
        definitions: What is looked for.
        full: Whether what is written down already is left aside.
        key: What this machine alone knows, to encipher who is in a file; empty for nothing.

    Raises:
        AuditorError: It cannot be written there.
    """

    def __init__(
        self, folder: str, definitions: Definitions, *, full: bool = False, key: bytes = b""
    ) -> None:
        self.key = key
        path = Path(folder, NAME)
        try:
            self.base = _opened(path)
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)  # torn: the scan begins anew
            self.base = _opened(path)
        except OSError as e:
            raise AuditorError("the journal cannot be written", where=str(path)) from e
        self.encode = msgspec.msgpack.Encoder().encode
        self.decode = msgspec.msgpack.Decoder(_Answer).decode
        self.waiting: list[tuple[bytes, int, int, int, bytes]] = []
        self.known = 0
        """Files that were not opened since their answer is written down."""
        self._begin(_edition(definitions), full=full)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()
        self.base.close()

    def _begin(self, edition: str, *, full: bool) -> None:
        row = self.base.execute("SELECT value FROM about WHERE name='edition'").fetchone()
        if full or row != (edition,):
            self.base.execute("DELETE FROM seen")
            self.base.execute("INSERT OR REPLACE INTO about VALUES('edition', ?)", (edition,))
            self.base.commit()

    def find(self, item: Item) -> Examined | None:
        """What came of this file, if it is the same still."""
        row = self.base.execute(
            "SELECT answer FROM seen WHERE path=? AND size=? AND modified=? AND changed=?",
            (os.fsencode(item.path), item.size, item.modified, item.changed),
        ).fetchone()
        if row is None:
            return None
        try:
            answer = self.decode(row[0])
        except msgspec.DecodeError:
            return None
        self.known += 1
        return _again(item, answer, _opened_crowd(answer.crowd, self.key))

    def keep(self, seen: Examined) -> None:
        """Writes down what came of a file, unless it should be tried again."""
        if seen.why in AGAIN or (seen.file and seen.file.protection.scheme in SCHEMES):
            return
        item = seen.item
        if by_name(item.path):
            return  # the path may be a key itself, and the file is small
        answer = _Answer(
            file=seen.file,
            locked=seen.locked,
            opened=seen.opened,
            key=seen.key,
            pictures=seen.pictures,
            why=seen.why,
            detail=seen.detail,
            crowd=_closed_crowd(seen.crowd, self.key),
        )
        key = os.fsencode(item.path)
        self.waiting.append((key, item.size, item.modified, item.changed, self.encode(answer)))
        if len(self.waiting) >= EVERY:
            self.flush()

    def flush(self) -> None:
        """Puts what waits on the disk."""
        self.base.executemany("INSERT OR REPLACE INTO seen VALUES(?,?,?,?,?)", self.waiting)
        self.base.commit()
        self.waiting.clear()


def _opened(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, timeout=10)
    try:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=NORMAL")
        base.execute("CREATE TABLE IF NOT EXISTS about(name TEXT PRIMARY KEY, value TEXT)")
        base.execute(
            "CREATE TABLE IF NOT EXISTS seen(path BLOB PRIMARY KEY, size INTEGER, modified INTEGER,"
            " changed INTEGER, answer BLOB) WITHOUT ROWID"
        )
    except sqlite3.Error:
        base.close()  # Windows lets nobody delete a file that is open
        raise
    return base


def _closed_crowd(crowd: Crowd, key: bytes) -> bytes:
    """A crowd under this key; empty without one."""
    if not (key and crowd.keys):
        return b""
    plain = msgspec.msgpack.encode(
        {k: (sorted(of.sample), of.total) for k, of in crowd.keys.items()}
    )
    nonce = token_bytes(NONCE)
    return nonce + _stream(plain, key, nonce)


def _opened_crowd(closed: bytes, key: bytes) -> Crowd:
    """The crowd again; an empty one when it is another machine's."""
    if not (key and closed):
        return Crowd()
    plain = _stream(closed[NONCE:], key, closed[:NONCE])
    try:
        told = msgspec.msgpack.decode(plain, type=dict[str, tuple[list[int], int]])
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        return Crowd()
    return Crowd({k: Keys(frozenset(sample), total) for k, (sample, total) in told.items()})


def _stream(data: bytes, key: bytes, nonce: bytes) -> bytes:
    """The data and SHAKE256 of key and nonce, one laid over the other (a stream cipher)."""
    over = hashlib.shake_256(key + nonce).digest(len(data))
    return (int.from_bytes(data, "big") ^ int.from_bytes(over, "big")).to_bytes(len(data), "big")


def _again(item: Item, answer: _Answer, crowd: Crowd) -> Examined:
    """The answer for today's volume; a password may have come to lie beside it since."""
    replace = msgspec.structs.replace
    file = replace(answer.file, volume=item.volume) if answer.file else None
    locked = answer.locked
    if locked:
        beside = password_beside(item.path)
        locked = replace(locked, volume=item.volume, password_beside=beside)
    return Examined(
        item=item,
        file=file,
        locked=locked,
        opened=answer.opened,
        key=answer.key,
        pictures=answer.pictures,
        why=answer.why,
        detail=answer.detail,
        crowd=crowd,
    )


def _edition(definitions: Definitions) -> str:
    """What the answers depend on: definitions, the code that reads and detects, and its extra."""
    told = f"{__version__} {definitions.digest} {definitions.year} {can_see()}"
    made = hashlib.sha256(told.encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        made.update(f"{path.name} {crc32(path.read_bytes())}".encode())
    return made.hexdigest()
