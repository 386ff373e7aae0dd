"""Three made-up schools, each as its machine and its people told it."""

from __future__ import annotations

from datetime import timedelta

from sample_audit import OFF, TAKEN, seen, tally

from auditor.copies import Backup, BackupKind, Encrypted, Held, Medium
from auditor.evidence import (
    Answer,
    Encryption,
    EncryptionState,
    Evidence,
    Folder,
    Gap,
    Machine,
    Place,
    Platform,
    Range,
    Scan,
    Setting,
    SettingId,
    Volume,
    Waiver,
    Why,
)
from auditor.findings import Verdict
from auditor.rulebook import Rulebook
from auditor.rulebook.conditions import Every, Test

CLOSED = Encryption(
    state=EncryptionState.ON, product="BitLocker", method="XTS-AES-256", locked=False, recovery=True,
    opens_itself=False, used_space_only=False,
)  # fmt: skip
UNKNOWN = Encryption(state=EncryptionState.UNKNOWN, why=Why.NEEDS_ADMIN)


def settings(book: Rulebook, *, good: bool | None) -> tuple[Setting, ...]:
    """Every setting that a rule asks for, at its good value, at its bad one, or not told."""
    found = {}
    for r in book.every:
        tests = r.where.parts if isinstance(r.where, Every) else (r.where,)
        ids = [t.value for t in tests if isinstance(t, Test) and t.path == "id"]
        if ids and isinstance(r.must, Test) and r.must.path == "on":
            value = r.must.value if good else not r.must.value
            on = None if good is None else value
            found[ids[0]] = Setting(id=ids[0], about=r.title.lower(), on=on)
    # These three are weighed with the drive that they are about; it is best when they are off.
    for name in (SettingId.KEY_BESIDE_LOCK, SettingId.OFFLINE_FILES, SettingId.MEMORY_ON_DISK):
        on = None if good is None else not good
        found[name] = Setting(id=name, about=name.value.replace("-", " "), on=on, volume="C:\\")
    return tuple(found.values())


def answers(book: Rulebook, best: Verdict, by: str, ago: int = 30) -> tuple[Answer, ...]:
    """Every question answered the same way: as it should be, or as it should not."""
    said = []
    for r in book.rules:
        if r.ask is None:
            continue
        given = TAKEN.date() - timedelta(days=ago)
        words = [c for c, v in r.ask.choices.items() if v is best]
        word = (
            (given - timedelta(days=20)).isoformat()
            if r.ask.within and best is Verdict.PASS
            else words[0]
        )
        said.append(Answer(rule=r.id, said=word, given=given, by=by, note="office file"))
    return tuple(said)


def machine(name: str, *, portable: bool, elevated: bool = True) -> Machine:
    return Machine(
        name=name, platform=Platform.WINDOWS, os="Windows 11 Pro 23H2", elevated=elevated, portable=portable,
        virtual=False, taken=TAKEN,
    )  # fmt: skip


def drive(mount: str, place: Place, closed: Encryption, **more: object) -> Volume:
    fields: dict[str, object] = {
        "id": mount, "mount": mount, "device": mount, "place": place, "encryption": closed,
        "filesystem": "NTFS", "system": mount == "C:\\", "disks": (mount[0],),
    }  # fmt: skip
    return Volume(**(fields | more))  # type: ignore[arg-type]


def well_kept(book: Rulebook) -> Evidence:
    """Everything encrypted, an encrypted online backup and a rotated disk, questions answered."""
    fresh = TAKEN - timedelta(hours=9)
    usual: dict[str, object] = {
        "kind": BackupKind.BACKUP, "covers": "all records", "encrypted": Encrypted.ON, "active": True, "ran": True,
        "last_success": fresh, "last_attempt": fresh, "failed": False, "errors": 0, "versions": 60,
        "oldest": TAKEN - timedelta(days=120), "schedule": "daily", "writable": False,
    }  # fmt: skip
    return Evidence(
        machine=machine("OFFICE-1", portable=True),
        volumes=(drive("C:\\", Place.FIXED, CLOSED, label="Windows", bus="nvme"),),
        scan=Scan(roots=("C:\\",), files=20_000, bytes=9_000_000_000, examined=4_000, not_opened=16_000, seconds=200.0),
        settings=settings(book, good=True),
        backups=(
            Backup(
                id="1", product="Example Online Backup", target="Example", medium=Medium.ONLINE,
                held=Held.OFFSITE, **usual,  # type: ignore[arg-type]
            ),
            Backup(
                id="2", product="Windows Server Backup", target="rotated disk", medium=Medium.PORTABLE_DISK,
                held=Held.OFFLINE, **usual,  # type: ignore[arg-type]
            ),
        ),
        answers=answers(book, Verdict.PASS, "School business manager"),
        nation="England",
    )  # fmt: skip


def survey_of_2007(book: Rulebook) -> Evidence:
    """One of the 49 %: the backup goes home each night on a stick, and nothing is encrypted."""
    e = "E:\\"
    return Evidence(
        machine=machine("OFFICE-PC", portable=False),
        volumes=(
            drive("C:\\", Place.FIXED, OFF, label="System", bus="sata"),
            drive(e, Place.REMOVABLE, OFF, label="NIGHTLY", bus="usb"),
            drive("D:\\", Place.OPTICAL, OFF, label="FRIDAY", bus="sata", read_only=True),
        ),
        files=(
            seen("C:\\Users\\office\\Documents\\pupils.csv", "C:\\", 233),
            seen("C:\\Users\\office\\Downloads\\9991234_SC1_999LL26_001.csv", "C:\\", 233, folder=Folder.DOWNLOADS),
            seen("E:\\backup\\pupils.csv", e, 233),
            seen(
                "E:\\backup\\SEN register.csv", e, 41, "SEN list", special=True,
                contents=(tally("upn", "Unique pupil number (UPN)", "identity", 41),
                          tally("sen", "Special educational needs", "sensitive", 41)),
            ),
            seen("E:\\backup\\payroll.csv", e, 29, "staff list", who=("staff",), people=Range(low=29, high=29)),
            seen("D:\\pupils.csv", "D:\\", 231),
        ),
        scan=Scan(roots=("C:\\", e, "D:\\"), files=900, bytes=400_000_000, examined=300, personal=6, not_opened=600, seconds=20.0),
        settings=settings(book, good=False),
        backups=(
            Backup(
                id="1", product="copy to a stick", kind=BackupKind.COPY, target=e, volume=e,
                medium=Medium.PORTABLE_DISK, held=Held.CARRIED, encrypted=Encrypted.OFF, active=True, ran=True,
                last_success=TAKEN - timedelta(hours=20), failed=False, versions=1, schedule="each evening",
            ),
        ),
        answers=answers(book, Verdict.FAIL, "School secretary"),
        waivers=(
            Waiver(
                rule="REM-05", reason="The Friday disc lies in the safe.", owner="Head teacher",
                agreed=TAKEN.date() - timedelta(days=400), expires=TAKEN.date() - timedelta(days=35),
            ),
            Waiver(
                rule="DRV-01", subject="C:*", reason="The machine is replaced in January.", owner="Head teacher",
                agreed=TAKEN.date() - timedelta(days=9), expires=TAKEN.date() + timedelta(days=68),
            ),
        ),
        nation="England",
    )  # fmt: skip


def without_rights(book: Rulebook) -> Evidence:
    """A laptop on a visit, by an account that may see next to nothing; nobody was asked."""
    return Evidence(
        machine=machine("STAFF-LAPTOP-7", portable=True, elevated=False),
        volumes=(
            drive("C:\\", Place.FIXED, UNKNOWN, label="Windows", bus="nvme"),
            drive("E:\\", Place.REMOVABLE, UNKNOWN, label="STICK", bus="usb"),
        ),
        files=(seen("E:\\3B.csv", "E:\\", 28),),
        scan=Scan(roots=("C:\\", "E:\\"), files=400, bytes=90_000_000, examined=90, personal=1, unreadable=310, seconds=9.0),
        gaps=(
            Gap(
                source="files", about="310 files in C:\\Users", why=Why.NEEDS_ADMIN, count=310, volume="C:\\",
                detail="This account may not read them: run the audit as administrator.",
            ),
            Gap(
                source="windows_volumes", about="encryption of C:\\", why=Why.NEEDS_ADMIN, volume="C:\\",
                detail="Run the audit as administrator to see the state of every drive.",
            ),
            Gap(source="windows_settings", about="settings of this machine", why=Why.NEEDS_ADMIN),
        ),
        settings=settings(book, good=None),
    )  # fmt: skip


SCHOOLS = {
    "well-kept": well_kept,
    "survey-of-2007": survey_of_2007,
    "without-rights": without_rights,
}
