"""Backups of Windows from recorded machines: of French and German schools, failed, stale, plain."""

from __future__ import annotations

import base64
import json
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from auditor.backups.joining import joined
from auditor.copies import Backup, BackupKind, Encrypted
from auditor.evidence import (
    Encryption,
    EncryptionState,
    Gap,
    Place,
    Platform,
    Volume,
)
from auditor.host import Status
from auditor.host.powershell_backups import SCRIPT, command
from auditor.host.recorded import Answers, Recorded, Refusal, asked
from auditor.probes import windows_backup_products as products
from auditor.probes import windows_backups as backups

NOW = datetime(2026, 3, 11, 9, 0, tzinfo=timezone(timedelta(hours=1)))
SECRET = "hunter2-Wolverhampton"
LOCAL = r"C:\Users\buero\AppData\Local"
WSB_DISK = "\\\\?\\Volume{efb0c152-7d1a-4a8c-88f9-f27c47a58bf3}\\"
C_DISK = "\\\\?\\Volume{11111111-7d1a-4a8c-88f9-f27c47a58bf3}\\"
VOLUMES = [
    {"DeviceID": WSB_DISK, "DriveLetter": None, "Label": "WIN-R 10/03/2026 20:15:03 Disk01"},
    {"DeviceID": C_DISK, "DriveLetter": "C:", "Label": "System"},
]
SEEN = (
    Volume(id="C:\\", mount="C:\\", disks=("disk 0",), place=Place.FIXED, system=True, encryption=Encryption(state=EncryptionState.ON)),
    Volume(id="E:\\", mount="E:\\", disks=("disk 1",), place=Place.REMOVABLE, system=False, encryption=Encryption(state=EncryptionState.OFF)),
    Volume(id="volume 2", disks=("disk 2",), place=Place.REMOVABLE, system=False, encryption=Encryption(state=EncryptionState.OFF)),
)  # fmt: skip


def machine(answer: dict[str, Any] | str | None = None, **more: Any) -> Recorded:
    variables = {
        "SystemRoot": "C:\\Windows",
        "LOCALAPPDATA": LOCAL,
        "ProgramData": "C:\\ProgramData",
    }
    bare = Recorded(
        Answers(
            platform=Platform.WINDOWS, name="w", os="w", elevated=True, now=NOW, variables=variables
        )
    )
    said = answer if isinstance(answer, str) else json.dumps(answer or {})
    outputs: dict[str, str | Refusal] = {}
    if answer is not None:
        outputs[asked(command(bare))] = said
    return Recorded(
        Answers(
            platform=Platform.WINDOWS, name="office", os="Windows Server 2022", elevated=True, now=NOW,
            variables=variables, outputs=outputs, **more,
        )
    )  # fmt: skip


def told(host: Recorded) -> list[Backup]:
    facts = [*backups.ask(host), *products.ask(host)]
    assert SECRET.encode() not in msgspec.json.encode(facts)
    return [f for f in joined(facts, SEEN, host, portable=False) if isinstance(f, Backup)]


def summary(**more: Any) -> dict[str, Any]:
    return {
        "volumes": VOLUMES,
        "summary": [
            {
                "LastSuccess": "2026-03-10T19:16:00.0000000Z",
                "TargetPath": WSB_DISK.rstrip("\\"),
                "TargetLabel": "WIN-R 10/03/2026 20:15:03 Disk01",
                "LastAttempt": "2026-03-10T19:16:00.0000000Z",
                "Result": 0,
                "Versions": 101,
                "Next": "2026-03-11T21:00:00.0000000Z",
                **more,
            }
        ],
        "policy": {
            "value": [
                {"Targets": [WSB_DISK], "Volumes": ["C:"], "Folders": [], "Times": ["21:00"]}
            ],
            "Count": 1,
        },
        "sets": [{"Oldest": "2025-11-18T13:54:00.0000000Z"}],
        "events": [],
        "errors": {},
    }


def test_windows_server_backup_to_a_disk_without_a_letter_is_found_with_its_volume() -> None:
    (found,) = told(machine(summary()))

    assert (found.product, found.volume, found.medium.value, found.held.value) == (
        "Windows Server Backup",
        "volume 2",
        "portable_disk",
        "carried",
    )
    assert (found.encrypted, found.failed, found.versions, found.schedule) == (
        Encrypted.OFF,
        False,
        101,
        "daily at 21:00",
    )
    assert found.last_success == datetime(2026, 3, 10, 19, 16, tzinfo=UTC)
    assert found.oldest == datetime(2025, 11, 18, 13, 54, tzinfo=UTC)
    assert found.target == "WIN-R 10/03/2026 20:15:03 Disk01"


def test_a_french_server_whose_last_run_failed_after_a_success() -> None:
    """Its message was `Un périphérique qui n'existe pas a été spécifié`; only numbers are read."""
    (found,) = told(
        machine(summary(LastAttempt="2026-03-11T00:12:26.0000000Z", Result=2155348165, Versions=1))
    )

    assert found.failed is True
    assert found.last_attempt is not None
    assert found.last_success is not None
    assert found.last_attempt > found.last_success


def test_a_server_that_never_backed_up_has_never_run() -> None:
    (found,) = told(
        machine(
            summary(
                LastSuccess=None,
                LastAttempt="0001-01-01T00:00:00.0000000Z",
                Versions=0,
                TargetPath="",
                TargetLabel="",
            )
        )
    )

    assert (found.ran, found.last_success, found.failed) == (False, None, None)


def test_a_server_that_backs_up_to_a_share_is_told_by_its_name() -> None:
    (found,) = told(machine(summary(TargetPath=r"\\nas\wsb", TargetLabel=r"\\nas\wsb")))

    assert (found.target, found.medium.value, found.volume) == (r"\\nas\wsb", "network", "")


def test_a_refusal_is_a_gap_and_no_backup() -> None:
    host = machine(
        {
            "errors": {
                "summary": "PermissionDenied",
                "tasks": "PermissionDenied",
                "shadows": "PermissionDenied",
            }
        }
    )
    found = list(backups.ask(host))

    assert all(isinstance(f, Gap) for f in found)
    assert {f.about for f in found if isinstance(f, Gap)} == {
        "Windows Server Backup",
        "scheduled tasks",
    }


@pytest.mark.parametrize("answer", [None, "", "Zugriff verweigert", "[]"])
def test_without_powershell_nothing_is_called_none(answer: str | None) -> None:
    found = list(backups.ask(machine(answer)))

    assert [type(f) for f in found] == [Gap]


def task(run: str, arguments: str, **more: Any) -> dict[str, Any]:
    return {
        "errors": {},
        "tasks": [
            {
                "Name": "Nachtsicherung",
                "State": 3,
                "Actions": {"Run": run, "With": arguments},
                "Kinds": ["MSFT_TaskDailyTrigger"],
                "LastRun": "2026-03-10T22:00:00.0000000Z",
                "Result": 1,
                **more,
            }
        ],
    }


def test_a_german_task_that_copies_the_office_to_a_stick() -> None:
    (found,) = told(machine(task("robocopy.exe", r"C:\Büro E:\Büro /MIR")))

    assert (found.product, found.target, found.volume, found.schedule) == (
        "robocopy",
        "E:\\Büro",
        "E:\\",
        "daily",
    )
    assert (found.failed, found.active, found.encrypted, found.held.value) == (
        False,
        True,
        Encrypted.OFF,
        "carried",
    )
    assert found.last_success == datetime(2026, 3, 10, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("more", "failed", "active", "ran"),
    [
        ({"Result": 16}, True, True, None),
        ({"Result": 267011, "LastRun": "1999-11-30T00:00:00.0000000Z"}, None, True, False),
        ({"Result": 267009}, None, True, None),
        ({"State": 1}, False, False, None),
        ({"LastRun": None, "Result": None}, None, True, None),
    ],
    ids=["failed", "never ran", "runs now", "switched off", "not told"],
)
def test_the_result_of_a_task(
    more: dict[str, Any], failed: bool | None, active: bool, ran: bool | None
) -> None:
    (found,) = told(machine(task("robocopy.exe", r"C:\Office E:\Office /MIR", **more)))

    assert (found.failed, found.active, found.ran) == (failed, active, ran)


def test_a_task_that_runs_a_script_is_read_through_it_and_its_password_is_not() -> None:
    text = f"@echo off\r\nnet use Z: \\\\nas\\backup {SECRET} /user:bak\r\nrobocopy D:\\SIMS Z:\\SIMS /MIR\r\n"
    host = machine(
        task("cmd.exe", r'/c "C:\Scripts\nacht.bat"', Result=0),
        files={r"C:\Scripts\nacht.bat": text},
    )

    (found,) = told(host)

    assert (found.product, found.target) == ("robocopy", r"Z:\SIMS")


def test_a_task_with_a_password_on_its_line_is_told_without_it() -> None:
    line = rf"start backup -backupTarget:\\nas\wsb -user:nas\bak -password:{SECRET} -include:C:,D: -quiet"

    (found,) = told(machine(task("wbadmin.exe", line, Result=0)))

    assert (found.target, found.covers) == (r"\\nas\wsb", "C: and D:")


def test_shadow_copies_and_restore_points_are_no_backup() -> None:
    made = {
        "errors": {},
        "shadows": [
            {"Made": "2026-03-10T07:00:00.0000000Z", "Volume": C_DISK},
            {"Made": "2026-03-09T07:00:00.0000000Z", "Volume": C_DISK},
        ],
    }
    (restore,) = [f"{backups.RESTORE}\\RPSessionInterval"]

    shadow, points = told(machine(made, registry={restore: 1}))

    assert (shadow.kind, shadow.versions, points.system_only) == (BackupKind.SNAPSHOT, 2, True)


@pytest.mark.parametrize(
    ("url", "keeps", "medium", "retention"),
    [
        (
            "E:\\",
            "<RetentionPolicyType>NO LIMIT</RetentionPolicyType>",
            "portable_disk",
            "until space is needed",
        ),
        (
            "\\\\nas\\FileHistory\\",
            "<RetentionPolicyType>DISABLED</RetentionPolicyType>",
            "network",
            "for ever",
        ),
    ],
)
def test_file_history_is_told_by_its_configuration_and_catalogue(
    url: str, keeps: str, medium: str, retention: str
) -> None:
    folder = rf"{LOCAL}\Microsoft\Windows\FileHistory\Configuration"
    config = f"<DataProtectionUserConfig>{keeps}<DPFrequency>3600</DPFrequency><DPStatus>ENABLED</DPStatus><Target><TargetUrl>{url}</TargetUrl></Target></DataProtectionUserConfig>"
    host = machine(
        {"errors": {}},
        files={rf"{folder}\Config1.xml": config},
        statuses={rf"{folder}\Catalog1.edb": Status(modified=NOW, size=1)},
    )

    (found,) = told(host)

    assert (found.product, found.medium.value, found.retention, found.active) == (
        "File History",
        medium,
        retention,
        True,
    )
    assert (found.schedule, found.last_success) == ("every 60 minutes", NOW)


VEEAM = (
    "[09.03.2026 22:10:45] <01> Info         Job session '16a6046b' has been completed, status: 'Success'\n"
    "[10.03.2026 22:10:45.269]    Error    Job session '16a6046c' has been completed, status: 'Failed', '0 B' of '1 GB' bytes\n"
)


def test_veeam_is_told_by_the_sessions_of_its_log_in_local_time() -> None:
    top = r"C:\ProgramData\Veeam\Endpoint"
    host = machine(
        {"errors": {}},
        folders={top: ("Backup_Job_OFFICE",), rf"{top}\Backup_Job_OFFICE": ("Job.Backup.log",)},
        files={rf"{top}\Backup_Job_OFFICE\Job.Backup.log": VEEAM},
    )

    (found,) = told(host)

    assert (found.failed, found.errors, found.last_success) == (
        True,
        1,
        datetime(2026, 3, 9, 22, 10, 45, tzinfo=NOW.tzinfo),
    )


def duplicati(folder: Path, url: str, options: dict[str, str], metadata: dict[str, str]) -> bytes:
    db = sqlite3.connect(folder / "d.sqlite")
    db.executescript(
        "PRAGMA journal_mode=WAL; CREATE TABLE Backup (ID INTEGER, Name TEXT, TargetURL TEXT);"
        "CREATE TABLE Option (BackupID INTEGER, Filter TEXT, Name TEXT, Value TEXT);"
        "CREATE TABLE Metadata (BackupID INTEGER, Name TEXT, Value TEXT);"
        "CREATE TABLE Schedule (ID INTEGER, Tags TEXT, Repeat TEXT);"
    )
    db.execute("INSERT INTO Backup VALUES (1, 'office', ?)", (url,))
    db.execute("INSERT INTO Schedule VALUES (1, 'ID=1', '1D')")
    db.executemany("INSERT INTO Option VALUES (1, '', ?, ?)", options.items())
    db.executemany("INSERT INTO Metadata VALUES (1, ?, ?)", metadata.items())
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return (folder / "d.sqlite").read_bytes()


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({"encryption-module": "aes", "passphrase": SECRET}, Encrypted.ON),
        ({"--no-encryption": "true"}, Encrypted.OFF),
    ],
)
def test_duplicati_is_told_by_its_database_without_its_passwords(
    tmp_path: Path, options: dict[str, str], state: Encrypted
) -> None:
    raw = duplicati(
        tmp_path,
        f"ssh://nas.local//srv/dup?auth-username=bak&auth-password={SECRET}",
        options,
        {"LastBackupFinished": "20260310T005617Z", "LastErrorDate": "20260311T005617Z"},
    )
    where = rf"{LOCAL}\Duplicati\Duplicati-server.sqlite"

    (found,) = told(machine({"errors": {}}, binary={where: base64.b64encode(raw).decode()}))

    assert (found.target, found.encrypted, found.schedule, found.failed) == (
        "ssh: nas.local, //srv/dup",
        state,
        "daily",
        True,
    )
    assert found.last_success == datetime(2026, 3, 10, 0, 56, 17, tzinfo=UTC)


def test_a_broken_database_of_duplicati_is_no_job() -> None:
    assert products.jobs_of(b"SQLite format 3\0" + bytes(90)) == []
    assert products.jobs_of(b"") == []


def test_a_backup_folder_of_sql_server_is_as_old_as_its_newest_file_and_plain_as_its_first_bytes() -> (
    None
):
    key, folder = f"{products.SQL}\\MSSQL15.SIMS", r"D:\SQL\Backup"
    head = b"TAPE" + bytes(60) + "Microsoft SQL Server".encode("utf-16-le")
    names = ("fms_1.bak", "sims_1.bak", "sims_2.bak", "notes.txt")
    host = machine(
        {"errors": {}},
        registry_keys={products.SQL: ("MSSQL15.SIMS", "Client")},
        registry={f"{key}\\MSSQLServer\\BackupDirectory": folder},
        folders={folder: names},
        statuses={rf"{folder}\{n}": Status(modified=NOW - timedelta(days=9 - i), size=9) for i, n in enumerate(names)},
        binary={rf"{folder}\sims_2.bak": base64.b64encode(head).decode()},
    )  # fmt: skip

    (found,) = told(host)

    assert (found.product, found.covers, found.encrypted) == (
        "SQL Server",
        "databases fms, sims",
        Encrypted.OFF,
    )
    assert found.last_success == NOW - timedelta(days=7)


def test_a_product_is_known_by_its_entry_or_its_service_and_the_report_says_whom_to_ask() -> None:
    key = products.UNINSTALL[1]
    host = machine(
        {"errors": {}},
        registry_keys={
            products.UNINSTALL[0]: (),
            key: ("{1}", "{2}"),
            products.SERVICES: ("AcrSch2Svc", "Spooler"),
        },
        registry={
            f"{key}\\{{1}}\\DisplayName": "Redstor Backup Pro",
            f"{key}\\{{2}}\\DisplayName": "7-Zip",
        },
    )

    found = told(host)

    assert [(b.product, b.kind) for b in found] == [
        ("Redstor", BackupKind.PRODUCT),
        ("Acronis", BackupKind.PRODUCT),
    ]
    assert "ask for its last report" in found[0].detail


def test_the_registry_of_another_account_may_refuse_without_costing_the_rest() -> None:
    refused = Refusal(error="AccessDenied")

    assert (
        told(
            machine(
                {"errors": {}}, registry_keys={products.SQL: refused, products.SERVICES: refused}
            )
        )
        == []
    )


def test_the_script_asks_for_no_password_and_changes_nothing() -> None:
    words = (
        "Password",
        "Set-",
        "New-",
        "Remove-",
        "Start-",
        "Stop-",
        "Invoke-",
        "Add-",
        "Out-File",
    )

    plain = SCRIPT.replace("New-Object Data.", "")

    assert not [w for w in words if w in plain]


def test_the_command_line_is_short_enough_for_windows() -> None:
    assert len(" ".join(command(machine({})))) < 32_000


def test_the_script_is_powershell() -> None:
    grammar = pytest.importorskip("tree_sitter_powershell")
    from tree_sitter import Language, Parser

    tree = Parser(Language(grammar.language())).parse(SCRIPT.encode())

    assert not tree.root_node.has_error
