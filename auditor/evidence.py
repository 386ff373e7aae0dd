"""What is there: frozen records without opinion, the input of `judge`.

Probes and the content scan write these down; nothing here knows a rule. A value that could not
be told is `None`, or the word `unknown` of its enumeration, and a `Gap` says why. The records
hold counts, kinds and places of personal data, never a value of it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from auditor.copies import Backup, BackupFiles, SchoolSystem, SyncFolder
from auditor.hardware import DeviceKind, DeviceSeen, Health, HealthState
from auditor.record import Record
from auditor.settings import Setting, SettingId

__all__ = [  # part of the evidence; the rest is defined here
    "DeviceKind", "DeviceSeen", "Health", "HealthState", "Record", "Setting", "SettingId",
]  # fmt: skip


class Platform(StrEnum):
    """The families of operating systems that probes know."""

    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"


class Why(StrEnum):
    """Why a question has no answer."""

    NEEDS_ADMIN = "needs_admin"
    """The account running the audit may not ask."""
    TOOL_MISSING = "tool_missing"
    """The program or interface that would answer is not there."""
    TIMED_OUT = "timed_out"
    NOT_UNDERSTOOD = "not_understood"
    """There was an answer, but not one we can read with certainty."""
    NOT_SUPPORTED = "not_supported"
    """Nothing on this kind of machine can answer."""
    UNREADABLE = "unreadable"
    """The drive or file gave an error, vanished or changed while it was read."""
    DAMAGED = "damaged"
    """The file is torn or broken, and what could be read of it was."""
    TOO_LARGE = "too_large"
    LOCKED = "locked"
    """Closed by encryption or held by another program."""
    IN_CLOUD = "in_cloud"
    """Only a placeholder is on this machine; reading it would download it."""
    FORMAT = "format"
    """A file format that the audit does not open."""
    INTERRUPTED = "interrupted"
    """The person stopped the audit first."""


class Gap(Record, frozen=True, kw_only=True):
    """A question that could not be answered, and why."""

    source: str
    """The probe or part of the scan that asked, such as `linux_volumes`."""
    about: str
    """What is not known, in plain words: `encryption of E:`, `files in /home/ann/Documents`."""
    why: Why
    detail: str = ""
    """One plain sentence for the person who wants to see it next time."""
    count: int = 1
    """How many files or questions this stands for."""
    volume: str = ""
    """The id of the volume it is about, if it is about one."""


class Range(Record, frozen=True, kw_only=True):
    """A number known to lie between two bounds, both included."""

    low: int
    high: int


class Machine(Record, frozen=True, kw_only=True):
    """The computer audited."""

    name: str
    platform: Platform
    os: str
    """Name and version for people, such as `Windows 11 Pro 23H2`."""
    elevated: bool
    """Whether the audit ran with administrator (root) rights."""
    portable: bool | None = None
    """Whether it is a laptop or tablet that leaves the building."""
    virtual: bool | None = None
    taken: datetime
    """When the audit began, with time zone."""


class Place(StrEnum):
    """What kind of thing a volume lies on, which decides who can carry it away."""

    FIXED = "fixed"
    REMOVABLE = "removable"
    """Sticks, cards and anything on USB or FireWire, whatever the drive type says."""
    OPTICAL = "optical"
    NETWORK = "network"
    UNKNOWN = "unknown"


class EncryptionState(StrEnum):
    """Whether what lies on a volume can be read by whoever holds the drive."""

    ON = "on"
    OFF = "off"
    PARTIAL = "partial"
    """Encrypting or decrypting at the moment, or only some of its disks are encrypted."""
    SUSPENDED = "suspended"
    """Encrypted, but the key lies beside it in the clear."""
    UNKNOWN = "unknown"


class Encryption(Record, frozen=True, kw_only=True):
    """The encryption of one volume."""

    state: EncryptionState
    product: str = ""
    """BitLocker, FileVault, LUKS1, LUKS2, dm-crypt, VeraCrypt …"""
    method: str = ""
    """Cipher, when known, such as `XTS-AES-128`."""
    locked: bool | None = None
    """Whether it was closed when the audit looked."""
    recovery: bool | None = None
    """Whether a recovery key was made, so that a forgotten password does not lose the drive."""
    protectors: tuple[str, ...] = ()
    """What opens it, such as `TPM` or `recovery password`, as far as told."""
    opens_itself: bool | None = None
    """Whether this machine opens the drive without asking (BitLocker automatic unlock)."""
    used_space_only: bool | None = None
    """Whether only space in use was encrypted, so that what was deleted before may lie open."""
    why: Why | None = None
    """Why the state is unknown."""


class Volume(Record, frozen=True, kw_only=True):
    """A file system, or a closed container of one, on a drive of this machine or of the network."""

    id: str
    """Unique in this audit and meaningless outside it: the mount point, else the device."""
    mount: str = ""
    """Where its files are reached; empty when it is not mounted."""
    device: str = ""
    disks: tuple[str, ...] = ()
    """The whole disks below it, so that two volumes of one disk can be told."""
    label: str = ""
    model: str = ""
    """Maker and model of the drive, for finding the stick in the drawer. Never a serial number."""
    place: Place = Place.UNKNOWN
    bus: str = ""
    """usb, sata, nvme, sd, mmc, virtio, scsi, network …; empty when not known."""
    filesystem: str = ""
    size: int | None = None
    free: int | None = None
    system: bool | None = None
    """Whether the operating system runs from it."""
    read_only: bool | None = None
    encryption: Encryption


class Strength(StrEnum):
    """How sure the content scan is that a file holds personal data."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Tally(Record, frozen=True, kw_only=True):
    """How often one kind of personal datum was seen in a file."""

    datum: str
    """Id of its definition under rules/personal-data, such as `upn`."""
    title: str
    category: str
    count: int
    strength: Strength


class ProtectionState(StrEnum):
    """Whether the file itself is closed by a password or key."""

    NONE = "none"
    WEAK = "weak"
    STRONG = "strong"
    UNKNOWN = "unknown"


class Protection(Record, frozen=True, kw_only=True):
    """The protection that the file carries itself, apart from the volume it lies on."""

    state: ProtectionState = ProtectionState.NONE
    scheme: str = ""
    """Standard and cipher, such as `ZIP AES-256`."""
    of: str = ""
    """What of the file is closed, when not all of it: `2 of 5 parts`, `names can be read`."""


class Folder(StrEnum):
    """Where on the machine a file lies, as far as that matters for the rules."""

    DOWNLOADS = "downloads"
    DESKTOP = "desktop"
    TEMPORARY = "temporary"
    RECYCLE_BIN = "recycle_bin"
    SYNCED = "synced"
    """Under a cloud client's folder."""
    SHARED = "shared"
    """Public and shared-computer folders."""
    OTHER = "other"


class FileSeen(Record, frozen=True, kw_only=True):
    """A file with personal data."""

    path: str
    """As shown to people; bytes that are not UTF-8 stand as \\xNN."""
    volume: str
    """Id of the volume it lies on; empty when no volume matched."""
    folder: Folder = Folder.OTHER
    kind: str
    """Its format, as `content.identify` calls it."""
    category: str = ""
    """What it is to a school: `pupil list`, `SEN register` …; `who` says whose data it holds."""
    who: tuple[str, ...] = ()
    size: int
    modified: datetime | None = None
    contents: tuple[Tally, ...]
    people: Range
    strength: Strength
    special: bool = False
    """Whether special category (UK GDPR Art 9) or otherwise sensitive data were seen."""
    protection: Protection = Protection()
    whole: bool = True
    """False when only part of it was examined."""
    record: str = ""
    """Id of the kind of record under rules/records, if it is of one."""
    dated: date | None = None
    """The end of the latest school year of which the data tell; never a day written in it."""
    review: date | None = None
    """From when keeping it should be looked at, by its kind; None for no advice."""
    same_people: int = 0
    """Files with the same number are about the same people: copies, parts, letters."""
    same_list: int = 0
    """Files with the same number are one list, however it is sorted or kept; 0 for no list."""


class FileLocked(Record, frozen=True, kw_only=True):
    """A file that is closed by a password or key, wholly or in part, whatever it holds."""

    path: str
    volume: str
    folder: Folder = Folder.OTHER
    kind: str
    size: int
    modified: datetime | None = None
    protection: Protection
    whole: bool = True
    """False when some of it could be read."""
    password_beside: str = ""
    """Where what looks like its password lies: `in its name`, `in a file beside it`."""


class KeyFile(Record, frozen=True, kw_only=True):
    """A file that opens an encrypted drive; of the key itself nothing is kept."""

    path: str
    """As shown to people."""
    volume: str
    """Id of the volume it lies on; empty when no volume matched."""
    kind: str
    """`BitLocker recovery key`, `BitLocker startup key`."""


class Scan(Record, frozen=True, kw_only=True):
    """What the content scan did, so that a reader can tell how much it means."""

    asked: bool = True
    """False when the person asked for no file scan."""
    complete: bool = True
    """False when it was stopped before its end."""
    roots: tuple[str, ...] = ()
    files: int = 0
    """Regular files met."""
    bytes: int = 0
    """Their sizes added up."""
    examined: int = 0
    """Files whose contents were examined."""
    personal: int = 0
    """Files with personal data."""
    not_opened: int = 0
    """Files of formats the audit does not open (pictures, programs and the like)."""
    unreadable: int = 0
    """Files that should have been examined and could not be; each is part of a Gap."""
    pictures: int = 0
    """Pictures met, as files and within documents, whose text was not read."""
    known: int = 0
    """Files not opened this time, since a scan before had and they are unchanged."""
    locked: int = 0
    """Files that are closed by a password or key, wholly or in part."""
    left_out: tuple[str, ...] = ()
    """Folders left out on purpose, such as those of the operating system."""
    seconds: float = 0.0


class Answer(Record, frozen=True, kw_only=True):
    """What a person of the school said to the question of one rule."""

    rule: str
    """Id of the rule that asks."""
    said: str
    """One of the choices of the question, or a date as YYYY-MM-DD where it asks for one."""
    given: date
    """When it was said."""
    by: str = ""
    """The role that said it: `School business manager`. Never a name."""
    note: str = ""
    """Where the proof is kept, such as `governors' minutes of 3 October 2026`."""
    subject: str = ""
    """Id of the one thing it is about, such as `E:\\`; empty for all of the school."""


class Waiver(Record, frozen=True, kw_only=True):
    """A risk that somebody has accepted, for a time and with a reason."""

    rule: str
    reason: str
    owner: str
    """The role that answers for it."""
    expires: date
    """The last day on which it holds."""
    agreed: date | None = None
    subject: str = ""
    """Pattern, with * and ?, of the ids it covers; empty for everything the rule is about."""
    machine: str = ""
    """Pattern of the machine names it covers; empty for all."""


class Evidence(Record, frozen=True, kw_only=True):
    """All that one audit saw."""

    machine: Machine
    volumes: tuple[Volume, ...] = ()
    files: tuple[FileSeen, ...] = ()
    scan: Scan = Scan(asked=False)
    gaps: tuple[Gap, ...] = ()
    settings: tuple[Setting, ...] = ()
    locked: tuple[FileLocked, ...] = ()
    """Files closed by a password or key; the first `content.found.MOST_LOCKED` of them."""
    backups: tuple[Backup, ...] = ()
    synced: tuple[SyncFolder, ...] = ()
    systems: tuple[SchoolSystem, ...] = ()
    backup_files: tuple[BackupFiles, ...] = ()
    answers: tuple[Answer, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    nation: str = ""
    """England, Wales, Scotland or Northern Ireland; empty when not said."""
    machine_asked: bool = True
    """False for a self-assessment, in which people answered and no machine was looked at."""
    devices: tuple[DeviceSeen, ...] = ()
    health: tuple[Health, ...] = ()
    keys: tuple[KeyFile, ...] = ()
    """Files that open encrypted drives; the first `content.found.MOST_KEYS` of them."""
