"""What is there of copies: backups, synchronised folders, school systems and their backup files.

Part of the evidence; see `auditor.evidence`. A target is written for people and never holds a
user name or password. None, and the word `unknown`, mean that it could not be told.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from auditor.record import Record


class BackupKind(StrEnum):
    """What a job makes."""

    BACKUP = "backup"
    """Versions that a backup product keeps."""
    COPY = "copy"
    """Files copied by a script or a system's own tool."""
    SNAPSHOT = "snapshot"
    """Earlier states on the same disk, or of the system's own files only: no backup."""
    PRODUCT = "product"
    """A backup product of which nothing but its presence could be told."""


class Medium(StrEnum):
    """What a copy is put on."""

    SAME_DISK = "same_disk"
    """The disk that holds the data themselves."""
    INTERNAL_DISK = "internal_disk"
    """Another disk inside the machine."""
    PORTABLE_DISK = "portable_disk"
    """A stick, card or disk on a cable."""
    DISC = "disc"
    TAPE = "tape"
    NETWORK = "network"
    """A share or another computer that the machine reaches by its own name or address."""
    ONLINE = "online"
    """A storage or backup service on the internet."""
    UNKNOWN = "unknown"


class Held(StrEnum):
    """Where a copy stays, as far as the machine shows it."""

    ONSITE = "onsite"
    OFFSITE = "offsite"
    CARRIED = "carried"
    """On something that can be put in a bag; nothing shows where it goes at night."""
    OFFLINE = "offline"
    """On something that was not attached when the audit looked."""
    UNKNOWN = "unknown"


class Encrypted(StrEnum):
    """Whether a copy itself is closed, whatever it lies on."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


class Backup(Record, frozen=True, kw_only=True):
    """A backup that this machine makes to one target, or an earlier state that it keeps."""

    id: str
    """Unique in this audit: product and target."""
    product: str
    kind: BackupKind
    covers: str = ""
    """What is copied, for people."""
    sources: tuple[str, ...] = ()
    """The folders that are copied, where they are known."""
    system_only: bool = False
    """Whether only the system's own files are in it, and nobody's documents."""
    target: str = ""
    """Where to, for people; without user names, passwords and keys."""
    volume: str = ""
    """Id of the volume that the target lies on, if it is one of this audit."""
    medium: Medium = Medium.UNKNOWN
    held: Held = Held.UNKNOWN
    encrypted: Encrypted = Encrypted.UNKNOWN
    """Whether the backup itself is encrypted; a volume's encryption stands with the volume."""
    encrypted_by: str = ""
    active: bool | None = None
    """Whether it runs by itself."""
    schedule: str = ""
    """When, for people."""
    ran: bool | None = None
    """Whether it has ever succeeded."""
    last_success: datetime | None = None
    last_attempt: datetime | None = None
    failed: bool | None = None
    """Whether the last attempt failed."""
    errors: int | None = None
    """Failed runs within the last seven days."""
    versions: int | None = None
    """Restore points that are there."""
    oldest: datetime | None = None
    """The oldest of them."""
    retention: str = ""
    """How long they are kept, for people."""
    writable: bool | None = None
    """Whether ordinary accounts of the machine may change what lies at the target."""
    detail: str = ""
    """What could not be told, and how to see it."""
    source: str = ""
    """The probe that saw it."""


class Account(StrEnum):
    """Whose account a cloud folder belongs to."""

    WORK = "work"
    PRIVATE = "private"
    UNKNOWN = "unknown"


class SyncFolder(Record, frozen=True, kw_only=True):
    """A folder that a cloud client keeps alike with an online store."""

    product: str
    account: Account = Account.UNKNOWN
    path: str
    """Where it lies, as shown to people; without an e-mail address."""
    volume: str = ""
    protects: tuple[str, ...] | None = None
    """Which of desktop, documents and pictures it also takes in; None when not told."""
    last: datetime | None = None
    """When it last took them in."""


class SystemPart(StrEnum):
    """What of a school system is on a machine."""

    DATABASE = "database"
    """Data files of its database."""
    SERVER = "server"
    """A database server or a service of the system."""
    CLIENT = "client"
    """A program that shows data held elsewhere."""
    DOCUMENTS = "documents"
    """Its store of linked documents."""
    MOVED = "moved"
    """What was left behind when the system went to a host."""
    HOSTED = "hosted"
    """A sign that the system is used at its supplier's."""


class SchoolSystem(Record, frozen=True, kw_only=True):
    """A trace of a management information or finance system."""

    product: str
    part: SystemPart
    path: str = ""
    volume: str = ""
    modified: datetime | None = None
    """When its data last changed, if that was told."""
    databases: tuple[str, ...] = ()
    """Names of the databases that were seen."""
    detail: str = ""


class BackupFiles(Record, frozen=True, kw_only=True):
    """The backup files and disk images of one format in one folder."""

    folder: str
    """As shown to people."""
    volume: str = ""
    format: str
    """SQL Server backup, Veeam backup, disk image …, by their first bytes."""
    system: str = ""
    """The school system that their names speak of, if they do."""
    files: int
    size: int
    """Bytes of all of them."""
    newest: datetime | None = None
    oldest: datetime | None = None
    encrypted: Encrypted = Encrypted.UNKNOWN
    databases: tuple[str, ...] = ()
    """Names of databases of a school system that the file names speak of."""
    stray: bool | None = None
    """Whether they lie among passing things: downloads, a desktop, a temporary folder, a bin."""
