"""Fixed, made-up audits: what the tests of wire and reports work on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec

from auditor.audit import judged
from auditor.copies import Account, Backup, BackupKind, Encrypted, Held, Medium, SyncFolder
from auditor.evidence import (
    Answer,
    DeviceKind,
    DeviceSeen,
    Encryption,
    EncryptionState,
    Evidence,
    FileLocked,
    FileSeen,
    Folder,
    Gap,
    Health,
    HealthState,
    Machine,
    Place,
    Platform,
    Protection,
    ProtectionState,
    Range,
    Scan,
    Setting,
    SettingId,
    Strength,
    Tally,
    Volume,
    Waiver,
    Why,
)
from auditor.findings import Audit
from auditor.rulebook import load
from auditor.shipped import shipped

TAKEN = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
OFF = Encryption(state=EncryptionState.OFF)
BITLOCKER = Encryption(
    state=EncryptionState.ON, product="BitLocker", method="XTS-AES-128", locked=False
)


def tally(datum: str, title: str, category: str, count: int) -> Tally:
    return Tally(
        datum=datum, title=title, category=category, count=count, strength=Strength.CERTAIN
    )


def seen(
    path: str, volume: str, many: int, category: str = "pupil list", **more: object
) -> FileSeen:
    fields: dict[str, object] = {
        "path": path,
        "volume": volume,
        "kind": "table",
        "category": category,
        "who": ("pupils",),
        "size": many * 120,
        "modified": datetime(2023, 7, 19, 9, 30, tzinfo=UTC),
        "contents": (
            tally("upn", "Unique pupil number (UPN)", "identity", many),
            tally("date-of-birth", "Date of birth", "identity", many),
        ),
        "people": Range(low=many, high=many),
        "strength": Strength.CERTAIN,
    }
    return FileSeen(**(fields | more))  # type: ignore[arg-type]


def laptop() -> Evidence:
    """The office laptop of a small school: encrypted itself, with a stick, a disc and a share."""
    e = "E:\\"
    return Evidence(
        machine=Machine(
            name="OFFICE-LAPTOP-2",
            platform=Platform.WINDOWS,
            os="Windows 11 Pro 23H2 22631",
            elevated=False,
            portable=True,
            virtual=False,
            taken=TAKEN,
        ),
        volumes=(
            Volume(
                id="C:\\",
                mount="C:\\",
                device="C:\\",
                label="Windows",
                place=Place.FIXED,
                bus="nvme",
                filesystem="NTFS",
                size=255_000_000_000,
                free=90_000_000_000,
                system=True,
                model="Example SSD 256",
                encryption=BITLOCKER,
            ),
            Volume(
                id="D:\\",
                mount="D:\\",
                device="D:\\",
                label="Data",
                place=Place.FIXED,
                bus="sata",
                filesystem="NTFS",
                size=500_000_000_000,
                system=False,
                encryption=Encryption(state=EncryptionState.SUSPENDED, product="BitLocker"),
            ),
            Volume(
                id=e,
                mount=e,
                device=e,
                label="SCHOOL USB",
                place=Place.REMOVABLE,
                bus="usb",
                filesystem="exFAT",
                size=15_500_000_000,
                system=False,
                model="Example Stick",
                encryption=OFF,
            ),
            Volume(
                id="F:\\",
                mount="F:\\",
                device="F:\\",
                label="LEAVERS 2019",
                place=Place.OPTICAL,
                bus="sata",
                filesystem="CDFS",
                size=4_000_000,
                read_only=True,
                system=False,
                encryption=OFF,
            ),
            Volume(
                id="G:\\",
                mount="G:\\",
                device="G:\\",
                label="",
                place=Place.UNKNOWN,
                bus="",
                filesystem="NTFS",
                size=1_000_000_000_000,
                system=False,
                encryption=Encryption(state=EncryptionState.UNKNOWN, why=Why.NEEDS_ADMIN),
            ),
            Volume(
                id="S:\\",
                mount="S:\\",
                device="S:\\",
                label="staff",
                place=Place.NETWORK,
                bus="network",
                filesystem="NTFS",
                encryption=Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_SUPPORTED),
            ),
        ),
        files=(
            seen("C:\\Users\\office\\Downloads\\Class 3B.csv", "C:\\", 28, folder=Folder.DOWNLOADS),
            seen("E:\\backup\\pupils.csv", e, 412),
            seen(
                "E:\\SEN\\register 2023.csv",
                e,
                57,
                "SEN list",
                special=True,
                contents=(
                    tally("upn", "Unique pupil number (UPN)", "identity", 57),
                    tally("sen", "Special educational needs", "sensitive", 57),
                ),
            ),
            seen(
                "E:\\staff\\payroll.csv",
                e,
                34,
                "staff list",
                who=("staff",),
                people=Range(low=34, high=36),
            ),
            seen("F:\\leavers.csv", "F:\\", 61),
            seen(
                "G:\\old laptop\\letters\\letter 12.txt",
                "G:\\",
                1,
                "document about a person",
                kind="text",
                strength=Strength.LIKELY,
            ),
            seen(
                "G:\\old laptop\\notes.txt",
                "G:\\",
                1,
                "document about a person",
                kind="text",
                strength=Strength.POSSIBLE,
            ),
        ),
        scan=Scan(
            roots=(e, "F:\\", "C:\\", "D:\\", "G:\\"),
            files=48_211,
            bytes=31_400_000_000,
            examined=9_120,
            personal=7,
            not_opened=38_804,
            unreadable=287,
            left_out=("C:\\Windows", "C:\\Program Files"),
            seconds=412.0,
        ),
        settings=(
            Setting(
                id=SettingId.REMOVABLE_WRITE_BLOCKED,
                about="writing to unencrypted sticks",
                on=False,
            ),
            Setting(id=SettingId.AUTOMATIC_SIGN_IN, about="automatic sign-in", on=False),
            Setting(
                id=SettingId.REMOTE_DESKTOP_OPEN,
                about="Remote Desktop without prior sign-in",
                on=None,
            ),
        ),
        gaps=(
            Gap(
                source="windows_volumes",
                about="encryption of G:\\",
                why=Why.NEEDS_ADMIN,
                volume="G:\\",
                detail="Run the audit as administrator to see the state of every drive.",
            ),
            Gap(
                source="files",
                about="275 Office 97-2003 documents in C:\\Users\\office\\Documents",
                why=Why.FORMAT,
                detail="This version does not open this format.",
                count=275,
                volume="C:\\",
            ),
            Gap(
                source="files",
                about="12 files in C:\\Users\\head",
                why=Why.NEEDS_ADMIN,
                count=12,
                volume="C:\\",
                detail="This account may not read them: run the audit as administrator.",
            ),
        ),
    )


def clean() -> Evidence:
    """A desktop with an encrypted drive and nothing on it that matters."""
    return Evidence(
        machine=Machine(
            name="LIBRARY-PC",
            platform=Platform.LINUX,
            os="Debian GNU/Linux 12 (bookworm)",
            elevated=True,
            portable=False,
            virtual=False,
            taken=TAKEN,
        ),
        volumes=(
            Volume(
                id="/",
                mount="/",
                device="/dev/mapper/root",
                disks=("nvme0n1",),
                place=Place.FIXED,
                bus="nvme",
                filesystem="ext4",
                size=250_000_000_000,
                system=True,
                encryption=Encryption(state=EncryptionState.ON, product="LUKS2", locked=False),
            ),
        ),
        scan=Scan(
            roots=("/",), files=1_200, bytes=900_000_000, examined=310, not_opened=890, seconds=3.5
        ),
    )


def nothing_seen() -> Evidence:
    """A machine on which no probe got an answer and the scan was stopped at once."""
    return Evidence(
        machine=Machine(
            name="LOCKED-PC",
            platform=Platform.WINDOWS,
            os="Windows 10 Pro",
            elevated=False,
            taken=TAKEN,
        ),
        scan=Scan(complete=False),
        gaps=(
            Gap(
                source="windows_volumes",
                about="part of what windows volumes asks",
                why=Why.NEEDS_ADMIN,
                detail="the system refused: C:\\",
            ),
        ),
    )


@cache
def _audit(evidence: Evidence) -> Audit:
    book = load(shipped("rules"))
    made = judged(
        evidence, book, school="Hill Top Primary School", urn="999999", by="School business manager"
    )
    # The digest follows every change of a rule's comma; the reports are compared without it.
    used = {name: getattr(made.rulebook, name) for name in made.rulebook.__struct_fields__}
    fields = {name: getattr(made, name) for name in made.__struct_fields__}
    return Audit(**(fields | {"rulebook": type(made.rulebook)(**(used | {"digest": "0" * 64}))}))


def laptop_audit() -> Audit:
    """Much to do."""
    return _audit(laptop())


def clean_audit() -> Audit:
    """Nothing to do."""
    return _audit(clean())


def nothing_seen_audit() -> Audit:
    """Nothing known."""
    return _audit(nothing_seen())


@cache
def answered() -> Evidence:
    """The laptop of a school that answered questions, accepted risks and makes backups."""
    day = TAKEN.date()
    return msgspec.structs.replace(
        laptop(),
        backups=(
            Backup(
                id="file-history", product="File History", kind=BackupKind.BACKUP, covers="Documents",
                target="E:\\ (SCHOOL USB)", volume="E:\\", medium=Medium.PORTABLE_DISK, held=Held.CARRIED,
                encrypted=Encrypted.OFF, active=True, last_success=TAKEN - timedelta(days=9), failed=True,
                source="windows_backup",
            ),
            Backup(
                id="online", product="Example Online Backup", kind=BackupKind.BACKUP, target="online store",
                medium=Medium.ONLINE, held=Held.OFFSITE, encrypted=Encrypted.UNKNOWN, active=True,
                last_success=TAKEN - timedelta(days=1), source="windows_backup",
            ),
        ),
        synced=(SyncFolder(product="OneDrive", account=Account.WORK, path="C:\\Users\\office\\OneDrive"),),
        answers=(
            Answer(rule="GOV-01", said="yes", given=day - timedelta(days=20), by="School business manager", note="policy of 3 October 2026"),
            Answer(rule="GOV-02", said="no", given=day - timedelta(days=20), by="School business manager"),
        ),
        waivers=(
            Waiver(rule="DRV-03", reason="The drive is replaced at half term.", owner="Head teacher", expires=day + timedelta(days=30), agreed=day - timedelta(days=2)),
            Waiver(rule="REM-02", reason="Trial of blocked sticks.", owner="IT support", expires=day - timedelta(days=1)),
        ),
        devices=(
            DeviceSeen(kind=DeviceKind.STORAGE, model="Example Stick 64", first=TAKEN - timedelta(days=900), last=TAKEN - timedelta(days=3)),
            DeviceSeen(kind=DeviceKind.PHONE, model="Example Phone", attached=True),
        ),
        locked=(
            FileLocked(path="E:\\SEN\\plans.7z", volume="E:\\", kind="7-Zip archive", size=120_000, modified=TAKEN, protection=Protection(state=ProtectionState.STRONG, scheme="AES-256")),
            FileLocked(path="E:\\old\\list.xls", volume="E:\\", kind="Excel 97-2003", size=40_000, protection=Protection(state=ProtectionState.WEAK, scheme="RC4"), password_beside="in its name"),
        ),
        health=(Health(id="disk 1", about="disk 1 (Example HDD)", state=HealthState.FAILING, detail="It tells of a failure to come."),),
    )  # fmt: skip


def answered_audit() -> Audit:
    """Answers, waivers and backups."""
    return _audit(answered())


def told_audit() -> Audit:
    """A self-assessment: answers, and no machine."""
    return _audit(
        Evidence(
            machine=Machine(
                name="Self-assessment",
                platform=Platform.WINDOWS,
                os="no machine was looked at",
                elevated=False,
                taken=TAKEN,
            ),
            answers=answered().answers,
            waivers=answered().waivers[1:],
            machine_asked=False,
        )
    )


SAMPLES = {
    "laptop": laptop_audit,
    "clean": clean_audit,
    "nothing": nothing_seen_audit,
    "answered": answered_audit,
    "told": told_audit,
}


def many(files: int) -> Audit:
    """A stick with that many class lists in a tree of folders."""
    evidence = laptop_audit().evidence
    made = tuple(
        seen(
            f"E:\\staff shared\\Class lists {n % 17}\\{2010 + n % 14}\\Year {n % 12} pupils {n}.csv",
            "E:\\",
            30,
        )
        for n in range(files)
    )
    return judged(
        msgspec.structs.replace(evidence, files=made),
        load(shipped("rules")),
        school="Hill Top",
        urn="",
        by="",
    )
