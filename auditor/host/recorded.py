"""A machine replayed from a folder: every question with the answer that a real one gave.

`machine.json` holds the answers as a table from question to answer. A question that was never
asked of the real machine is NotThere or ToolMissing; nothing is made up.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn, TypeVar, cast

import msgspec

from auditor import errors
from auditor.errors import HostError, NotThere, ToolMissing
from auditor.evidence import Platform, Record
from auditor.host import Partition, Status, Usage
from auditor.host.sectors import Sectors

T = TypeVar("T")

FILE = "machine.json"
SCRIPT_FOLLOWS = "-EncodedCommand"


class Refusal(Record, frozen=True, kw_only=True, tag="refusal"):
    """An answer that was an error."""

    error: str
    """Name of the HostError."""
    problem: str = ""


class Answers(Record, frozen=True, kw_only=True):
    """Everything a recorded machine says. Bytes that are not UTF-8 text stand as base64."""

    platform: Platform
    name: str
    os: str
    elevated: bool
    now: datetime
    battery: bool | None = None
    partitions: tuple[Partition, ...] = ()
    usage: dict[str, Usage | Refusal] = {}
    files: dict[str, str | Refusal] = {}
    binary: dict[str, str] = {}
    """Base64 of the files and outputs that are not text."""
    statuses: dict[str, Status | Refusal] = {}
    folders: dict[str, tuple[str, ...] | Refusal] = {}
    links: dict[str, str | Refusal] = {}
    variables: Mapping[str, str | Refusal] = {}
    outputs: dict[str, str | Refusal] = {}
    """Standard output by command line, its words joined by single spaces."""
    registry: dict[str, str | int | tuple[str, ...] | Refusal] = {}
    registry_keys: dict[str, tuple[str, ...] | Refusal] = {}
    registry_names: dict[str, tuple[str, ...] | Refusal] = {}
    drive_types: Mapping[str, int | Refusal] = {}
    labels: dict[str, str | Refusal] = {}
    sectors: dict[str, Sectors | Refusal] = {}
    targets: dict[str, str | Refusal] = {}
    changeable: dict[str, bool | Refusal | None] = {}
    ciphers: dict[str, str | Refusal] = {}
    """Of folders that Linux encrypts one by one."""
    passwords: dict[str, int | Refusal] = {}
    """Under one question, `shortest`: how long a password must be."""


def _refuse(refusal: Refusal, where: str) -> NoReturn:
    kind = getattr(errors, refusal.error, HostError)
    if not (isinstance(kind, type) and issubclass(kind, HostError)):
        kind = HostError
    raise kind(refusal.problem or "the machine refused", where=where)


class Recorded:
    """Replays the answers; see `Host` for what each question means."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    @classmethod
    def load(cls, folder: Path) -> Recorded:
        """The machine in that folder.

        Raises:
            HostError: There is no recording, or it is not one.
        """
        try:
            return cls(msgspec.json.decode((folder / FILE).read_bytes(), type=Answers))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as e:
            raise HostError("this is not the recording of a machine", where=str(folder)) from e

    @property
    def platform(self) -> Platform:
        """The family of the operating system."""
        return self.answers.platform

    @property
    def name(self) -> str:
        """The machine's own name."""
        return self.answers.name

    @property
    def os(self) -> str:
        """Operating system and version."""
        return self.answers.os

    @property
    def elevated(self) -> bool:
        """Whether the recording was made with administrator rights."""
        return self.answers.elevated

    def now(self) -> datetime:
        """When the recording was made."""
        return self.answers.now

    def partitions(self) -> tuple[Partition, ...]:
        """Every mount it had."""
        return self.answers.partitions

    def usage(self, mount: str) -> Usage:
        """Room on a file system, in bytes."""
        return _answer(self.answers.usage, mount)

    def battery(self) -> bool | None:
        """Whether it had a battery."""
        return self.answers.battery

    def read(self, path: str, limit: int = 65_536) -> bytes:
        """A small file."""
        if path in self.answers.binary:
            return base64.b64decode(self.answers.binary[path])[:limit]
        return _answer(self.answers.files, path).encode("utf-8")[:limit]

    def status(self, path: str) -> Status:
        """Times, size and permissions of a file or folder."""
        return _answer(self.answers.statuses, path)

    def names(self, folder: str) -> tuple[str, ...]:
        """The names in a folder."""
        return _answer(self.answers.folders, folder)

    def resolve(self, path: str) -> str:
        """The path with every link followed."""
        return _answer(self.answers.links, path)

    def environment(self, variable: str) -> str:
        """An environment variable."""
        return _answer(self.answers.variables, variable)

    def run(self, *command: str, timeout: float = 20.0, any_exit: bool = False) -> bytes:  # noqa: ARG002 - Host's signature
        """What the program printed."""
        line = asked(command)
        if line in self.answers.binary:
            return base64.b64decode(self.answers.binary[line])
        if line not in self.answers.outputs:
            raise ToolMissing("the program was not asked when this was recorded", where=line)
        return _answer(self.answers.outputs, line).encode("utf-8")

    def registry(self, key: str, value: str) -> str | int | bytes | tuple[str, ...]:
        """A value of the registry."""
        name = f"{key}\\{value}"
        if name in self.answers.binary:
            return base64.b64decode(self.answers.binary[name])
        return cast("str | int | tuple[str, ...]", _answer(self.answers.registry, name))

    def registry_keys(self, key: str) -> tuple[str, ...]:
        """The names of the keys below a registry key."""
        return _answer(self.answers.registry_keys, key)

    def registry_names(self, key: str) -> tuple[str, ...]:
        """The names of the values of a registry key."""
        return _answer(self.answers.registry_names, key)

    def drive_type(self, root: str) -> int:
        """GetDriveTypeW of a root."""
        return _answer(self.answers.drive_types, root)

    def volume_label(self, root: str) -> str:
        """The label of a volume."""
        return _answer(self.answers.labels, root)

    def sectors(self, device: str) -> Sectors:
        """What the first sectors of a drive said."""
        return _answer(self.answers.sectors, device)

    def device_target(self, letter: str) -> str:
        """What a drive letter led to."""
        return _answer(self.answers.targets, letter)

    def changeable(self, folder: str) -> bool | None:
        """Whether ordinary accounts could change what lay in a folder."""
        return _answer(self.answers.changeable, folder)

    def folder_encryption(self, path: str) -> str:
        """The cipher of a folder."""
        if path not in self.answers.ciphers:
            raise HostError("this was not asked when the machine was recorded", where=path)
        return _answer(self.answers.ciphers, path)

    def shortest_password(self) -> int:
        """Characters of the shortest password."""
        return _answer(self.answers.passwords, "shortest")


def asked(command: Sequence[str]) -> str:
    """The question that a command line puts: a script is left out, so that it may be improved."""
    words = list(command)
    if SCRIPT_FOLLOWS in words:
        del words[words.index(SCRIPT_FOLLOWS) + 1 :]
    return " ".join(words)


def _answer(table: Mapping[str, T | Refusal], question: str) -> T:
    if question not in table:
        raise NotThere("this was not asked when the machine was recorded", where=question)
    found = table[question]
    if isinstance(found, Refusal):
        _refuse(found, question)
    return found
