"""The one door to the machine: every question a probe asks goes through a `Host`.

`this` is the machine we stand on; `recorded` replays one from a folder, so that a probe for any
system is tested on every system; `recorder` writes such folders. Nothing here writes to the
machine, and no question is asked through a shell.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from auditor.evidence import Platform, Record
from auditor.host.sectors import Sectors


class Partition(Record, frozen=True, kw_only=True):
    """One line of the system's mount table, as psutil tells it."""

    device: str
    mount: str
    filesystem: str
    options: tuple[str, ...] = ()


class Usage(Record, frozen=True, kw_only=True, tag="usage"):
    """Room on a mounted file system, in bytes."""

    size: int
    free: int


class Status(Record, frozen=True, kw_only=True, tag="status"):
    """What a file system says of a file or folder without opening it."""

    modified: datetime
    """With time zone."""
    size: int
    """Bytes."""
    folder: bool = False
    mode: int | None = None
    """POSIX permission bits; None on Windows."""
    owner: int | None = None
    """Number of the account that owns it, 0 for root; None on Windows."""


class Host(Protocol):
    """A machine that answers questions; each method raises a HostError when it cannot.

    AccessDenied, ToolMissing, NotThere and TimedOut say which way it could not.
    """

    @property
    def platform(self) -> Platform:
        """The family of the operating system."""

    @property
    def name(self) -> str:
        """The machine's own name."""

    @property
    def os(self) -> str:
        """Operating system and version for people."""

    @property
    def elevated(self) -> bool:
        """Whether we have administrator (root) rights."""

    def now(self) -> datetime:
        """The machine's clock, with time zone."""

    def partitions(self) -> tuple[Partition, ...]:
        """Every mount of the system, pseudo file systems included."""

    def usage(self, mount: str) -> Usage:
        """Room on the file system mounted at `mount`."""

    def battery(self) -> bool | None:
        """Whether the machine has a battery; None when the system does not say."""

    def read(self, path: str, limit: int = 65_536) -> bytes:
        """Up to `limit` bytes from the start of a small file."""

    def status(self, path: str) -> Status:
        """Times, size and permissions of a file or folder, links followed."""

    def names(self, folder: str) -> tuple[str, ...]:
        """The names in a folder, sorted."""

    def resolve(self, path: str) -> str:
        """The path with every link followed."""

    def environment(self, variable: str) -> str:
        """An environment variable of the account that runs the audit."""

    def run(self, *command: str, timeout: float = 20.0, any_exit: bool = False) -> bytes:
        """Standard output of a program that only reads; failing raises, unless any exit will do."""

    def registry(self, key: str, value: str) -> str | int | bytes | tuple[str, ...]:
        r"""A value of the Windows registry; `key` begins HKLM\, HKCU\ or HKU\."""

    def registry_keys(self, key: str) -> tuple[str, ...]:
        r"""The names of the keys below a registry key, sorted; `key` as for `registry`."""

    def registry_names(self, key: str) -> tuple[str, ...]:
        r"""The names of the values of a registry key, sorted; `key` as for `registry`."""

    def drive_type(self, root: str) -> int:
        r"""GetDriveTypeW of a Windows root such as `E:\`."""

    def volume_label(self, root: str) -> str:
        """The label of a Windows volume."""

    def sectors(self, device: str) -> Sectors:
        """What the first sectors of a drive or image file say; live drives need root."""

    def device_target(self, letter: str) -> str:
        r"""What a Windows drive letter such as `E:` leads to: `\Device\HarddiskVolume3`."""

    def changeable(self, folder: str) -> bool | None:
        """Whether ordinary accounts may change what others put into a folder of Windows."""

    def folder_encryption(self, path: str) -> str:
        """The cipher that Linux encrypts a folder with; empty for a folder that it does not."""

    def shortest_password(self) -> int:
        """Characters that a new password of a local Windows account must have at least."""
