"""Writes down every question put to a machine, with its answer, so that it can be replayed."""

from __future__ import annotations

import base64
import plistlib
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from auditor.errors import HostError
from auditor.evidence import Platform
from auditor.host import Host, Partition, Status, Usage
from auditor.host.plists import plist
from auditor.host.recorded import FILE, Answers, Refusal, asked
from auditor.host.removing import without_secrets
from auditor.host.sectors import Sectors

T = TypeVar("T")

_UDEV = "/run/udev/data/"
_KEPT = re.compile(
    r"^E:ID_(?:BUS|TYPE|VENDOR|MODEL|FS_(?:TYPE|VERSION|LABEL_ENC)|PART_ENTRY_TYPE|CDROM_MEDIA)=.*\n?",
    re.MULTILINE,
)
"""The lines of the udev database that are written down: none that tells one drive from another."""


_UNIQUE = re.compile(
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|\b[0-9a-f]{32}\b|\b\d{6}(?:-\d{6}){7}\b"
)
"""Identifiers that exist once in the world, and recovery keys should one stand in an answer."""


_ACCOUNT = re.compile(r"S-1-(5-21|12-1)-\d+-\d+-\d+-(\d+)")
"""Identifiers of accounts: of a domain or machine, and of Microsoft's directory."""
_DATABASES = ("/dconf/user", ".sqlite")
"""Ends of the names of databases that hold whatever programs put there."""
LONGEST_BINARY = 4096
"""Bytes of a file that is no text which a recording holds: a head, never the contents."""


def redacted(text: str, private: Sequence[str]) -> str:
    """A recording without names and unique identifiers, each replaced by one word throughout."""
    kept: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        found = match[0].lower()
        digits = f"{kept.setdefault(found, str(len(kept) + 1)):0>12}"
        return f"00000000-0000-0000-0000-{digits}" if "-" in found else f"{digits:0>32}"

    text = _UNIQUE.sub(number, text)
    text = _ACCOUNT.sub(r"S-1-\1-0-0-0-\2", text)
    for n, name in enumerate(sorted({p for p in private if len(p) > 2}, key=len, reverse=True), 1):
        whole = rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])"
        text = re.sub(whole, f"person{n}", text, flags=re.IGNORECASE)
    return text


class Recorder:
    """Asks another host and keeps what it says; see `Host` for what each question means."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.tables: dict[str, dict[str, Any]] = {}

    @property
    def platform(self) -> Platform:
        """The family of the operating system."""
        return self.host.platform

    @property
    def name(self) -> str:
        """The machine's own name."""
        return self.host.name

    @property
    def os(self) -> str:
        """Operating system and version."""
        return self.host.os

    @property
    def elevated(self) -> bool:
        """Whether it has administrator rights."""
        return self.host.elevated

    def now(self) -> datetime:
        """The machine's clock."""
        return self.host.now()

    def partitions(self) -> tuple[Partition, ...]:
        """Every mount."""
        return self.host.partitions()

    def usage(self, mount: str) -> Usage:
        """Room on a file system."""
        return self._keep("usage", mount, lambda: self.host.usage(mount))

    def battery(self) -> bool | None:
        """Whether there is a battery."""
        return self.host.battery()

    def read(self, path: str, limit: int = 65_536) -> bytes:
        """A small file, without serial numbers."""
        return self._bytes("files", path, lambda: self.host.read(path, limit))

    def status(self, path: str) -> Status:
        """Times, size and permissions of a file or folder."""
        return self._keep("statuses", path, lambda: self.host.status(path))

    def names(self, folder: str) -> tuple[str, ...]:
        """The names in a folder."""
        return self._keep("folders", folder, lambda: self.host.names(folder))

    def resolve(self, path: str) -> str:
        """The path with every link followed."""
        return self._keep("links", path, lambda: self.host.resolve(path))

    def environment(self, variable: str) -> str:
        """An environment variable."""
        return self._keep("variables", variable, lambda: self.host.environment(variable))

    def run(self, *command: str, timeout: float = 20.0, any_exit: bool = False) -> bytes:
        """What a program prints."""
        line = asked(command)
        return self._bytes(
            "outputs", line, lambda: self.host.run(*command, timeout=timeout, any_exit=any_exit)
        )

    def registry(self, key: str, value: str) -> str | int | bytes | tuple[str, ...]:
        """A value of the registry."""
        name = f"{key}\\{value}"
        found = self._keep("registry", name, lambda: self.host.registry(key, value))
        if isinstance(found, bytes):
            self.tables["registry"].pop(name)
            self.tables.setdefault("binary", {})[name] = base64.b64encode(found).decode()
        return found

    def registry_keys(self, key: str) -> tuple[str, ...]:
        """The names of the keys below a registry key."""
        return self._keep("registry_keys", key, lambda: self.host.registry_keys(key))

    def registry_names(self, key: str) -> tuple[str, ...]:
        """The names of the values of a registry key."""
        return self._keep("registry_names", key, lambda: self.host.registry_names(key))

    def drive_type(self, root: str) -> int:
        """GetDriveTypeW of a root."""
        return self._keep("drive_types", root, lambda: self.host.drive_type(root))

    def volume_label(self, root: str) -> str:
        """The label of a volume."""
        return self._keep("labels", root, lambda: self.host.volume_label(root))

    def sectors(self, device: str) -> Sectors:
        """What the first sectors of a drive say; the sectors themselves are not kept."""
        return self._keep("sectors", device, lambda: self.host.sectors(device))

    def device_target(self, letter: str) -> str:
        """What a drive letter leads to."""
        return self._keep("targets", letter, lambda: self.host.device_target(letter))

    def changeable(self, folder: str) -> bool | None:
        """Whether ordinary accounts may change what lies in a folder."""
        return self._keep("changeable", folder, lambda: self.host.changeable(folder))

    def folder_encryption(self, path: str) -> str:
        """The cipher of a folder."""
        return self._keep("ciphers", path, lambda: self.host.folder_encryption(path))

    def shortest_password(self) -> int:
        """Characters of the shortest password."""
        return self._keep("passwords", "shortest", self.host.shortest_password)

    def answers(self) -> Answers:
        """All that was said so far, as a recording."""
        return Answers(
            platform=self.platform,
            name="recorded",
            os=self.os,
            elevated=self.elevated,
            now=self.now(),
            battery=self.battery(),
            partitions=self.partitions(),
            **self.tables,
        )

    def save(self, folder: Path, private: Sequence[str] = ()) -> None:
        """Writes the recording into the folder, which is made if need be.

        Args:
            folder: Where `machine.json` goes.
            private: Names of people and of the machine that must not be in it.

        Raises:
            OSError: The system refuses.
        """
        folder.mkdir(parents=True, exist_ok=True)
        text = msgspec.json.encode(self.answers()).decode("utf-8")
        body = msgspec.json.format(redacted(text, private).encode("utf-8"), indent=1)
        (folder / FILE).write_bytes(body + b"\n")

    def _keep(self, table: str, question: str, ask: Callable[[], T]) -> T:
        kept = self.tables.setdefault(table, {})
        try:
            kept[question] = ask()
        except HostError as e:
            kept[question] = Refusal(error=type(e).__name__, problem=e.problem)
            raise
        answer: T = kept[question]
        return answer

    def _bytes(self, table: str, question: str, ask: Callable[[], bytes]) -> bytes:
        found = self._keep(table, question, ask)
        if found.startswith(b"bplist"):
            with suppress(HostError):  # as text, so that names in it are found
                found = plistlib.dumps(plist(found))
        try:
            text = found.decode("utf-8")
        except UnicodeDecodeError:
            self.tables[table].pop(question)
            if table == "files" and (len(found) > LONGEST_BINARY or question.endswith(_DATABASES)):
                self.tables[table][question] = Refusal(error="NotThere", problem="left out")
                return found
            self.tables.setdefault("binary", {})[question] = base64.b64encode(found).decode()
            return found
        text = without_secrets(text)
        if question.startswith(_UDEV):
            text = "".join(_KEPT.findall(text))
        self.tables[table][question] = text
        return text.encode("utf-8")
