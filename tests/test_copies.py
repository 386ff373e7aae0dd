"""Time Machine, cloud folders, school systems and stray backup files, from recorded machines and real files."""

from __future__ import annotations

import functools
import os
import plistlib
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.backups.files import format_of, system_of
from auditor.content import Found, Root, scan
from auditor.content.backup_files import BackupFilesSeen
from auditor.copies import (
    Account,
    Backup,
    BackupFiles,
    BackupKind,
    Encrypted,
    SchoolSystem,
    SyncFolder,
    SystemPart,
)
from auditor.evidence import (
    Encryption,
    EncryptionState,
    Evidence,
    Gap,
    Machine,
    Place,
    Platform,
    Scan,
    Volume,
)
from auditor.findings import Verdict
from auditor.host import Partition, Status, accounts
from auditor.host.recorded import Answers, Recorded, Refusal
from auditor.judge import judge
from auditor.personal import Definitions
from auditor.probes import cloud_folders, macos_backups, school_systems
from auditor.rulebook import Rulebook
from auditor.rulebook import load as rulebook
from auditor.rulebook.copying import under
from auditor.rulebook.personal_data import load
from auditor.shipped import shipped

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = timedelta(days=1)
REFUSED = Refusal(error="AccessDenied")
HOME = "/Users/ann"


def mac(**more: Any) -> Recorded:
    return Recorded(
        Answers(
            platform=Platform.MACOS,
            name="mac",
            os="macOS 15.1",
            elevated=False,
            now=NOW,
            variables={"HOME": HOME},
            **more,
        )
    )


def windows(**more: Any) -> Recorded:
    variables = {
        "LOCALAPPDATA": r"C:\Users\ann\AppData\Local",
        "APPDATA": r"C:\Users\ann\AppData\Roaming",
    }
    return Recorded(
        Answers(
            platform=Platform.WINDOWS,
            name="pc",
            os="Windows 11",
            elevated=False,
            now=NOW,
            variables=variables,
            **more,
        )
    )


def text(found: dict[str, Any]) -> str:
    return plistlib.dumps(found).decode()


DISK = {"ID": "A", "Name": "Ann's backup", "Kind": "Local", "LastDestination": 1}
ATTACHED = {**DISK, "MountPoint": "/Volumes/Ann's backup"}
SHARE = {
    "ID": "B",
    "Name": "nas",
    "Kind": "Network",
    "URL": "smb://ann:hunter2@nas.local/TimeMachine",
}


def notes(**more: Any) -> dict[str, Any]:
    naive = NOW.replace(tzinfo=None)
    return {
        "AutoBackup": True,
        "Destinations": [
            {
                "DestinationID": "A",
                "LastKnownEncryptionState": "NotEncrypted",
                "SnapshotDates": [naive - 9 * DAY, naive - DAY],
                "AttemptDates": [naive - DAY],
                "RESULT": 0,
                **more,
            }
        ],
    }


ASK = f"{macos_backups.TMUTIL} destinationinfo -X"
PLIST = f"{macos_backups.PREFERENCES}.plist"
DEFAULTS = f"/usr/bin/defaults export {macos_backups.PREFERENCES} -"


def time_machine(listed: list[dict[str, Any]], kept: dict[str, Any] | None) -> list[Backup | Gap]:
    files: dict[str, str | Refusal] = {PLIST: text(kept) if kept is not None else REFUSED}
    return list(
        macos_backups.ask(
            mac(outputs={ASK: text({"Destinations": listed} if listed else {})}, files=files)
        )
    )


@pytest.mark.parametrize(
    ("more", "state", "failed"),
    [
        ({}, Encrypted.OFF, False),
        ({"LastKnownEncryptionState": "Encrypted"}, Encrypted.ON, False),
        ({"LastKnownEncryptionState": "FileVault", "RESULT": 21}, Encrypted.ON, True),
        ({"LastKnownEncryptionState": "Neu", "RESULT": None}, Encrypted.UNKNOWN, None),
    ],
)  # fmt: skip
def test_time_machine_is_told_by_its_notes(
    more: dict[str, Any], state: Encrypted, failed: bool | None
) -> None:
    kept = notes(**{k: v for k, v in more.items() if v is not None})
    if more.get("RESULT", 0) is None:
        del kept["Destinations"][0]["RESULT"]

    (found,) = time_machine([ATTACHED], kept)

    assert isinstance(found, Backup)
    assert (found.volume, found.active, found.versions, found.last_success) == (
        "/Volumes/Ann's backup",
        True,
        2,
        NOW - DAY,
    )
    assert (found.encrypted, found.failed, found.oldest) == (state, failed, NOW - 9 * DAY)


def test_an_attempt_newer_than_the_last_success_is_told() -> None:
    (found,) = time_machine([ATTACHED], notes(AttemptDates=[NOW.replace(tzinfo=None)], RESULT=11))

    assert isinstance(found, Backup)
    assert (found.last_success, found.last_attempt, found.failed) == (NOW - DAY, NOW, True)


def test_a_disk_that_is_not_attached_is_offline_and_a_share_shows_no_password() -> None:
    disk, share = time_machine([DISK, SHARE], notes())

    assert isinstance(disk, Backup)
    assert isinstance(share, Backup)
    assert (disk.held.value, disk.medium.value) == ("offline", "portable_disk")
    assert share.medium.value == "network"
    assert "hunter2" not in repr(share)
    assert share.ran is None


def test_notes_that_may_not_be_read_are_a_gap_and_the_rest_stays_unknown() -> None:
    gap, found = time_machine([ATTACHED], None)

    assert isinstance(gap, Gap)
    assert isinstance(found, Backup)
    assert (found.encrypted, found.last_success, found.ran, found.active) == (
        Encrypted.UNKNOWN,
        None,
        None,
        None,
    )


def test_notes_are_also_read_through_defaults() -> None:
    host = mac(
        outputs={ASK: text({"Destinations": [ATTACHED]}), DEFAULTS: text(notes())},
        files={PLIST: REFUSED},
    )

    (found,) = macos_backups.ask(host)

    assert isinstance(found, Backup)
    assert found.encrypted is Encrypted.OFF


def test_a_mac_without_time_machine_has_no_backup_and_no_gap() -> None:
    assert time_machine([], {}) == []
    assert time_machine([], None) == []


def test_a_mac_that_does_not_answer_is_a_gap() -> None:
    found = list(macos_backups.ask(mac()))

    assert [type(f) for f in found] == [Gap]


def test_another_program_is_told_as_present() -> None:
    host = mac(
        outputs={ASK: text({})},
        files={PLIST: text({})},
        folders={"/Applications": ("Arq.app", "Mail.app")},
    )

    assert [(b.product, b.kind) for b in macos_backups.ask(host) if isinstance(b, Backup)] == [
        ("Arq", BackupKind.PRODUCT)
    ]


def synced(host: Recorded) -> list[tuple[str, str, str, tuple[str, ...] | None]]:
    found = [f for f in cloud_folders.ask(host) if isinstance(f, SyncFolder)]
    return [(f.product, f.account.value, f.path, f.protects) for f in found]


@pytest.mark.parametrize(
    ("bits", "folders"),
    [
        (3584, ("desktop", "documents", "pictures")),
        (1536, ("desktop", "documents")),
        (0, ()),
        (None, ()),
        (7, None),
    ],
)  # fmt: skip
def test_onedrive_tells_whose_account_and_which_folders(
    bits: int | None, folders: tuple[str, ...] | None
) -> None:
    key = rf"HKCU\{cloud_folders.ONEDRIVE}"
    registry: dict[str, Any] = {
        rf"{key}\Business1\UserFolder": r"C:\Users\ann\OneDrive - Hill Top Primary",
        rf"{key}\Personal\UserFolder": r"C:\Users\ann\OneDrive",
    }
    if bits is not None:
        registry[rf"{key}\Business1\KfmFoldersProtectedNow"] = bits

    assert synced(windows(registry=registry, registry_keys={key: ("Business1", "Personal")})) == [
        ("OneDrive", "work", r"C:\Users\ann\OneDrive - Hill Top Primary", folders),
        ("OneDrive", "private", r"C:\Users\ann\OneDrive", ()),
    ]


OTHER, ABSENT, SERVICE = "S-1-5-21-1-2-3-1104", "S-1-12-1-9-8-7-6", "S-1-5-18"


def test_onedrive_of_every_account_of_a_shared_computer_is_told_as_far_as_windows_tells() -> None:
    """Two colleagues are signed in, a third is not: her folder shows, what it takes in does not."""
    theirs = rf"HKU\{OTHER}\{cloud_folders.ONEDRIVE}"
    absent = rf"{cloud_folders.ROOTS}\OneDrive!{ABSENT}!Business1|x\UserSyncRoots\{ABSENT}"
    private = rf"{cloud_folders.ROOTS}\OneDrive!{ABSENT}!Personal\UserSyncRoots\{ABSENT}"
    host = windows(
        registry_keys={
            "HKU": (".DEFAULT", OTHER, f"{OTHER}_Classes", SERVICE),
            accounts.PROFILES: (SERVICE, OTHER, ABSENT),
            theirs: ("Business1",),
            cloud_folders.ROOTS: (
                f"OneDrive!{OTHER}!Business1|y", f"OneDrive!{ABSENT}!Business1|x", f"OneDrive!{ABSENT}!Personal",
            ),
        },
        registry={
            rf"{theirs}\Business1\UserFolder": r"C:\Users\bob\OneDrive - Hill Top",
            rf"{theirs}\Business1\KfmFoldersProtectedNow": 0xE00,
            absent: r"C:\Users\cat\OneDrive - Hill Top",
            private: r"C:\Users\cat\OneDrive",
        },
    )  # fmt: skip
    facts = list(cloud_folders.ask(host))

    assert [(f.path, f.account, f.protects) for f in facts if isinstance(f, SyncFolder)] == [
        (r"C:\Users\bob\OneDrive - Hill Top", Account.WORK, ("desktop", "documents", "pictures")),
        (r"C:\Users\cat\OneDrive - Hill Top", Account.WORK, None),
        (r"C:\Users\cat\OneDrive", Account.PRIVATE, None),
    ]
    (gap,) = [f for f in facts if isinstance(f, Gap)]
    assert (gap.count, "not signed in" in gap.about) == (1, True)
    assert "S-1-" not in repr(facts)


def test_other_clients_of_windows_are_told_without_anybodys_address() -> None:
    roots = cloud_folders.ROOTS
    names = (
        "GoogleDrive!S-1-5-21!ann@gmail.com",
        "iCloudDrive!S-1-5-21!Personal",
        "OneDrive!S-1-5-21!Business1",
    )
    registry = {
        rf"{roots}\{n}\UserSyncRoots\S-1-5-21": rf"C:\Users\ann\{n.split('!')[0]} ann@gmail.com"
        for n in names
    }
    files = {
        r"C:\Users\ann\AppData\Local\Dropbox\info.json": '{"personal": {"path": "C:\\\\Users\\\\ann\\\\Dropbox"}}'
    }

    assert synced(windows(registry=registry, registry_keys={roots: names}, files=files)) == [
        ("Google Drive", "private", "C:\\Users\\ann\\GoogleDrive …", None),
        ("iCloud", "private", "C:\\Users\\ann\\iCloudDrive …", None),
        ("Dropbox", "private", r"C:\Users\ann\Dropbox", None),
    ]


def test_documents_on_the_schools_server_are_kept_elsewhere() -> None:
    registry = {rf"HKCU\{cloud_folders.SHELL}\Personal": r"\\SERVER\staff\ann\Documents"}

    assert synced(windows(registry=registry)) == [
        ("Folder redirection", "work", r"\\SERVER\staff\ann\Documents", ("documents",))
    ]


def test_the_cloud_folders_of_a_mac() -> None:
    top = f"{HOME}/Library/CloudStorage"
    host = mac(
        folders={
            top: (
                "Dropbox",
                "GoogleDrive-office@hilltop.sch.uk",
                "OneDrive-HillTop",
                "OneDrive-Personal",
            ),
            f"{HOME}/Library/Mobile Documents/com~apple~CloudDocs": ("Documents",),
        },
        files={
            f"{HOME}/{cloud_folders.MAC_ONEDRIVE}": text(
                {"AccountInfo_Business1": {"KfmFoldersProtectedNow": 1536}}
            )
        },
    )

    assert synced(host) == [
        ("Dropbox", "unknown", f"{top}/Dropbox", None),
        ("Google Drive", "work", f"{top}/GoogleDrive-…", None),
        ("OneDrive", "work", f"{top}/OneDrive-HillTop", ("desktop", "documents")),
        ("OneDrive", "private", f"{top}/OneDrive-Personal", ("desktop", "documents")),
        ("iCloud", "private", f"{HOME}/Library/Mobile Documents/com~apple~CloudDocs", None),
    ]


def test_a_mac_that_hides_its_cloud_folders_leaves_a_gap() -> None:
    host = mac(folders={f"{HOME}/Library/CloudStorage": REFUSED})

    assert [type(f) for f in cloud_folders.ask(host)] == [Gap]


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("GoogleDrive-ann@gmail.com", Account.PRIVATE),
        ("GoogleDrive-office@hilltop.lancs.sch.uk", Account.WORK),
        ("GoogleDrive-ann@example.org", Account.UNKNOWN),
        ("Dropbox", Account.UNKNOWN),
    ],
)  # fmt: skip
def test_an_account_is_private_or_the_schools_only_where_its_address_says_so(
    name: str, account: Account
) -> None:
    assert cloud_folders.whose(name) is account


@pytest.mark.parametrize(
    ("path", "top", "inside"),
    [
        (r"C:\Users\ann\OneDrive\list.csv", r"C:\Users\ann\OneDrive", True),
        (r"C:\Users\ann\OneDrive - School\list.csv", r"C:\Users\ann\OneDrive", False),
        ("/Users/ann/Library/CloudStorage/GoogleDrive-a@b.org/x", "/Users/ann/Library/CloudStorage/GoogleDrive-…", True),
        ("/Users/ann/Library/CloudStorage/Dropbox/x", "/Users/ann/Library/CloudStorage/GoogleDrive-…", False),
        ("/x", "", False),
    ],
)  # fmt: skip
def test_a_file_lies_below_a_folder(path: str, top: str, inside: bool) -> None:
    assert under(path, top) is inside


def traces(host: Recorded) -> list[SchoolSystem]:
    return [f for f in school_systems.ask(host) if isinstance(f, SchoolSystem)]


def test_a_server_with_sims_has_its_database_documents_and_what_was_left_behind() -> None:
    sql, data = school_systems.SQL, r"D:\MSSQL15.SIMS\MSSQL\DATA"
    host = windows(
        registry_keys={sql: ("MSSQL15.SIMS",)},
        registry={rf"{sql}\MSSQL15.SIMS\Setup\SQLDataRoot": r"D:\MSSQL15.SIMS\MSSQL"},
        partitions=(Partition(device="S:\\", mount="S:\\", filesystem="NTFS"),),
        folders={
            data: ("SIMS.mdf", "SIMS_log.ldf", "FMS.mdf", "master.mdf"),
            "S:\\": ("SIMS", "Photos"),
            r"S:\SIMS": ("DOCSTORAGE", "MovedToScomis"),
        },
        statuses={
            rf"{data}\SIMS.mdf": Status(modified=NOW, size=1),
            rf"{data}\FMS.mdf": Status(modified=NOW - DAY, size=1),
        },
    )

    database, documents, moved = traces(host)

    assert (database.product, database.part, database.path, database.modified) == (
        "SIMS",
        SystemPart.DATABASE,
        data,
        NOW,
    )
    assert database.databases == ("fms", "sims")
    assert (documents.part, documents.path) == (SystemPart.DOCUMENTS, r"S:\SIMS\DOCSTORAGE")
    assert (moved.part, moved.path) == (SystemPart.MOVED, r"S:\SIMS\MovedToScomis")


@pytest.mark.parametrize(
    ("service", "title", "product"),
    [
        ("MSSQL$SIMS", "SQL Server (SIMS)", "SIMS"),
        ("SIMSDocSvc", "SIMS Document Server", "SIMS"),
        ("IntegrisDB", "RM Integris Database Service", "RM Integris"),
        ("MSSQL$SQLEXPRESS", "SQL Server (SQLEXPRESS)", None),
        ("SimsUpdate", "@%SystemRoot%\\x.dll,-1", None),
        ("SIMSAgent", "SIMS Agent", None),
    ],
)
def test_a_service_that_holds_a_systems_data_makes_the_machine_its_server(
    service: str, title: str, product: str | None
) -> None:
    key = rf"{school_systems.SERVICES}\{service}\DisplayName"
    host = windows(
        registry_keys={school_systems.SERVICES: ("Spooler", service)}, registry={key: title}
    )

    found = [(s.product, s.part) for s in traces(host)]

    assert found == ([(product, SystemPart.SERVER)] if product else [])


def test_a_computer_with_the_program_alone_has_a_client() -> None:
    key = school_systems.UNINSTALL[1]
    host = windows(
        registry_keys={key: ("{1}", "{2}")},
        registry={
            rf"{key}\{{1}}\DisplayName": "SIMS .net",
            rf"{key}\{{2}}\DisplayName": "The Sims 4",
        },
    )

    assert [(t.product, t.part) for t in traces(host)] == [
        ("SIMS", SystemPart.CLIENT),
        ("SIMS", SystemPart.CLIENT),
    ]


def test_a_database_folder_that_may_not_be_read_is_a_gap() -> None:
    sql = school_systems.SQL
    host = windows(
        registry_keys={sql: ("MSSQL15.SIMS",)},
        registry={rf"{sql}\MSSQL15.SIMS\Setup\SQLDataRoot": r"D:\SQL"},
        folders={r"D:\SQL\DATA": REFUSED},
    )

    assert [type(f) for f in school_systems.ask(host)] == [Gap]


TAPE = b"TAPE" + bytes(60) + "Microsoft SQL Server".encode("utf-16-le") + bytes(900)


@pytest.mark.parametrize(
    ("name", "head", "form", "state"),
    [
        ("sims.bak", TAPE, "SQL Server backup", Encrypted.OFF),
        ("holiday.jpg", TAPE, "SQL Server backup", Encrypted.OFF),
        ("sims.bak", b"MSSQLBAK\x02" + bytes(90), "SQL Server backup", Encrypted.UNKNOWN),
        ("old.bkf", b"TAPE" + bytes(60) + "Windows NT Backup".encode("utf-16-le"), "NTBackup archive", Encrypted.OFF),
        ("be.bkf", b"TAPE" + bytes(60) + "Backup Exec".encode("utf-16-le"), "tape archive", Encrypted.UNKNOWN),
        ("office.vbk", bytes(200), "Veeam backup", Encrypted.UNKNOWN),
        ("sims.mdf", b"\x01\x0f\x00\x00" + bytes(90), "SQL Server database", Encrypted.OFF),
        ("mis.dump", b"PGDMP\x01\x0e" + bytes(9), "PostgreSQL dump", Encrypted.OFF),
        ("mac.dmg", b"encrcdsa" + bytes(20), "macOS disk image", Encrypted.ON),
    ],
)  # fmt: skip
def test_a_backup_file_is_known_by_its_first_bytes_whatever_it_is_called(
    name: str, head: bytes, form: str, state: Encrypted
) -> None:
    assert format_of(name, head) == (form, state)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("letter.bak", b"Dear parents,\n"),
        ("TAPE list.txt", b"TAPE MEASURES IN STOCK\nred, blue\n" * 9),
        ("notes.tib", b"these are notes"),
        ("song.mp3", b"\x01\x0f\x00\x00"),
        ("empty.bak", b""),
    ],
)  # fmt: skip
def test_a_file_that_is_only_called_a_backup_is_none(name: str, head: bytes) -> None:
    assert format_of(name, head) is None


@pytest.mark.parametrize(
    ("name", "system"),
    [("SIMS_20261101.bak", "SIMS"), ("fms.bak", "SIMS"), ("RMIntegrisG2.bak", "RM Integris"), ("bromcom-mis.dump", "Bromcom"),
     ("simsalabim.bak", ""), ("whimsical.bak", ""), ("harbour.bak", ""), ("office.bak", "")],
)  # fmt: skip
def test_the_school_system_that_a_name_speaks_of(name: str, system: str) -> None:
    assert system_of(name) == system


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A stick with three nightly backups under odd names, an image, and letters."""
    tmp_path = tmp_path / "stick"
    (tmp_path / "old").mkdir(parents=True)
    for n, name in enumerate(("sims_mon.bak", "fms_mon.bak", "SIMS copy.dat")):
        (tmp_path / "old" / name).write_bytes(TAPE)
        age = (NOW - (n + 1) * 100 * DAY).timestamp()
        os.utime(tmp_path / "old" / name, (age, age))
    (tmp_path / "letter.bak").write_text("Dear parents,\n")
    (tmp_path / "machine.vhdx").write_bytes(b"vhdxfile" + bytes(90))
    (tmp_path / "server backup.vhdx").write_bytes(b"vhdxfile" + bytes(90))
    return tmp_path


def test_backup_files_are_gathered_by_folder_with_their_generations_and_age(stick: Path) -> None:
    seen = BackupFilesSeen()
    for path in sorted(stick.rglob("*")):
        if path.is_file():
            seen.consider(
                str(path), "E:", "SQL Server or tape backup" if path.suffix == ".dat" else ""
            )

    image, old = seen.all()

    assert image == BackupFiles(
        folder=str(stick),
        volume="E:",
        format="disk image",
        files=1,
        size=98,
        newest=image.newest,
        oldest=image.newest,
        stray=True,  # it lies below a folder for temporary files
    )
    assert (old.folder, old.files, old.system, old.encrypted, old.databases) == (
        str(stick / "old"),
        3,
        "SIMS",
        Encrypted.OFF,
        ("fms", "sims"),
    )
    assert (old.newest, old.oldest) == (NOW - 100 * DAY, NOW - 300 * DAY)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no access time by default")
def test_looking_at_backup_files_leaves_no_trace(stick: Path) -> None:
    path = stick / "old" / "sims_mon.bak"
    os.utime(path, ns=(10**18, 2 * 10**18))

    BackupFilesSeen().consider(str(path), "E:", "")

    assert path.stat().st_atime_ns == 10**18


def test_the_scan_of_a_stick_tells_of_its_backups(stick: Path) -> None:
    found = Found()
    known = load(shipped("rules"))
    scan(
        [Root(path=str(stick), volume="E:", mounts=(), whole_machine=False, system=False)],
        known,
        found,
        jobs=1,
    )

    assert {(f.format, f.files) for f in found.backups.all()} == {
        ("SQL Server backup", 3),
        ("disk image", 1),
    }


def of_database(name: str) -> bytes:
    """The head of a plain backup of SQL Server, with the data file that it restores."""
    path = rf"D:\MSSQL\DATA\{name}.mdf".encode("utf-16-le")
    return TAPE + b"SSET" + bytes(40) + b"MSCI" + bytes(31) + path + bytes(64)


@functools.cache
def rules() -> Rulebook:
    return rulebook(shipped("rules"))


@functools.cache
def shapes() -> Definitions:
    return load(shipped("rules"))


PASSING = [
    # where below the home of ann, what it is called, its first bytes: which rule is broken by it
    ("Downloads", "upgrade.bak", TAPE, "FIL-23"),
    ("Desktop", "for the consultant.dat", TAPE, "FIL-23"),
    ("Desktop", "Old laptop backup.vhdx", b"vhdxfile" + bytes(90), "FIL-23"),
    ("Downloads", "moodle.sql", b"-- MySQL dump 10.13\n" + bytes(9), "FIL-23"),
    (".local/share/Trash/files", "x.bak", b"MSSQLBAK" + bytes(90), "FIL-23"),
    ("Downloads", "copy.bak", of_database("SIMS"), "FIL-07"),
    ("Documents", "2026.bak", of_database("Bromcom_Mis"), "FIL-07"),
    ("Documents", "office.bak", TAPE, "BAK-08"),
]


@pytest.mark.parametrize(("folder", "name", "head", "rule"), PASSING, ids=[p[1] for p in PASSING])
@pytest.mark.parametrize("place", [Place.FIXED, Place.REMOVABLE])
def test_a_backup_that_lies_about_is_a_finding_whatever_it_is_called(
    tmp_path: Path, folder: str, name: str, head: bytes, rule: str, place: Place
) -> None:
    home = tmp_path / "home" / "ann" / folder
    home.mkdir(parents=True)
    (home / name).write_bytes(head)
    found = Found()
    root = Root(path=str(tmp_path), volume="V", mounts=(), whole_machine=False, system=False)
    scan([root], shapes(), found, jobs=1)
    drive = Volume(
        id="V", mount=str(tmp_path), place=place, encryption=Encryption(state=EncryptionState.OFF)
    )
    seen = Evidence(
        machine=Machine(name="m", platform=Platform.LINUX, os="x", elevated=True, taken=NOW),
        volumes=(drive,),
        backup_files=found.backups.all(),
        scan=Scan(asked=True, complete=True, files=1, examined=1),
    )

    failed = {
        f.rule for f in judge(seen, rules())
        if f.verdict in {Verdict.FAIL, Verdict.UNKNOWN} and f.subject.kind == "backup-files"
    }  # fmt: skip

    assert rule in failed or (place is Place.REMOVABLE and rule == "BAK-08")
    if place is Place.REMOVABLE:
        assert "REM-04" in failed
