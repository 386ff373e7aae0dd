"""Every backup product and cloud client that a school of any country may have on Windows."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from test_copies import windows
from test_windows_backups import NOW, SECRET, machine, told

from auditor.audit import judged
from auditor.backups import windows_seven
from auditor.copies import Account, BackupKind, Held, Medium, SyncFolder
from auditor.evidence import Evidence, Machine, Platform
from auditor.host import Status
from auditor.host.recorded import Recorded
from auditor.probes import cloud_folders
from auditor.probes import windows_backup_products as products
from auditor.reports import to_html
from auditor.rulebook import load
from auditor.shipped import shipped

QUIET: dict[str, Any] = {"errors": {}, "events": [], "tasks": []}
TITLES = [
    ("Veeam Agent for Microsoft Windows", "Veeam Agent"),
    ("Acronis Cyber Protect Home Office", "Acronis"),
    ("Agent Acronis Cyber Protection pour Windows", "Acronis"),
    ("Acronis Backup-Agent für Windows", "Acronis"),
    ("Macrium Reflect Free Edition", "Macrium Reflect"),
    ("Veritas Backup Exec (TM) Agent für Windows", "Backup Exec"),
    ("Redstor Backup & Recovery - Agent", "Redstor"),
    ("Datto Windows Agent", "Datto"),
    ("Duplicati 2", "Duplicati"),
    ("UrBackup Client 2.5", "UrBackup"),
    ("Microsoft Azure Recovery Services Agent", "Azure Backup"),
    ("EaseUS Todo Backup Free 13.5", "EaseUS Todo Backup"),
    ("Cobian Reflector", "Cobian Backup"),
]
NO_BACKUP = [
    "Microsoft Office Professionnel Plus 2021", "7-Zip 23.01 (x64)", "Sicherheitsupdate für Windows",
    "Acronis Disk Director", "Veeam Explorer", "Google Chrome", "Sauvegarde de polices 2.0", "Backblaze B2 CLI notes",
]  # fmt: skip


def installed(*titles: str) -> Recorded:
    top = products.UNINSTALL[0]
    names = tuple(f"{{{n}}}" for n in range(len(titles)))
    return machine(
        QUIET,
        registry_keys={top: names},
        registry={rf"{top}\{n}\DisplayName": t for n, t in zip(names, titles, strict=True)},
    )


@pytest.mark.parametrize(("title", "product"), TITLES, ids=[t for t, _ in TITLES])
def test_a_product_of_which_only_the_presence_is_told_says_so_and_counts_as_no_copy(
    title: str, product: str
) -> None:
    (found,) = told(installed("7-Zip", title))

    assert (found.product, found.kind, found.active) == (product, BackupKind.PRODUCT, None)
    assert (found.last_success, found.encrypted.value, found.held) == (
        None,
        "unknown",
        Held.UNKNOWN,
    )
    assert "ask for its last report" in found.detail


def test_other_programs_are_no_backup() -> None:
    found = {b.product for b in told(installed(*NO_BACKUP[:7]))}

    assert found == set()


@pytest.mark.parametrize(("service", "product"), products.SERVICE_NAMES.items())
def test_a_product_is_also_known_by_its_service(service: str, product: str) -> None:
    (found,) = told(machine(QUIET, registry_keys={products.SERVICES: ("Spooler", service)}))

    assert (found.product, found.kind) == (product, BackupKind.PRODUCT)


def test_the_report_says_that_only_the_presence_of_a_product_could_be_told() -> None:
    found = told(installed("Redstor Backup & Recovery - Agent"))
    place = Machine(
        name="office", platform=Platform.WINDOWS, os="Windows 11", elevated=True, taken=NOW
    )
    seen = Evidence(machine=place, backups=tuple(found))
    made = judged(seen, load(shipped("rules")), school="Hill Top", urn="", by="")

    page = to_html.render(made)
    words = " ".join(page.split())

    assert "Redstor" in words
    assert "ask for its last report" in words


def test_macrium_has_the_time_of_its_last_log() -> None:
    folder = r"C:\ProgramData\Macrium\Reflect"
    host = installed("Macrium Reflect Server Edition")
    with_log = machine(
        QUIET,
        registry_keys=host.answers.registry_keys,
        registry=host.answers.registry,
        folders={folder: ("2026-03-09-x.html", "CBT.log")},
        statuses={rf"{folder}\2026-03-09-x.html": Status(modified=NOW - timedelta(days=2), size=9)},
    )

    (found,) = told(with_log)

    assert (found.last_attempt, found.last_success) == (NOW - timedelta(days=2), None)


FILETIME = 134_176_428_000_000_000
"""The tenth of March 2026, 19:00 UTC, in 100 ns since 1601."""


@pytest.mark.parametrize(
    ("name", "target", "volume"),
    [
        ("Sauvegarde (E:)", "E:\\", "E:\\"),
        ("Lokaler Datenträger (E:)", "E:\\", "E:\\"),
        ("E:\\", "E:\\", "E:\\"),
        (r"\\serveur\sauvegarde", r"\\serveur\sauvegarde", ""),
    ],
)
@pytest.mark.parametrize("written", ["number", "bytes"])
def test_windows_7_backup_says_when_it_last_ran_and_how_it_ended(
    name: str, target: str, volume: str, written: str
) -> None:
    """The last attempt is newer than the last success, and ended with an error."""
    status = windows_seven.STATUS
    times = {"LastResultTime": FILETIME, "LastSuccess": FILETIME - 9 * 864_000_000_000}
    numbers = {rf"{status}\{k}": v for k, v in times.items() if written == "number"}
    raw = {
        rf"{status}\{k}": base64.b64encode(v.to_bytes(8, "little")).decode()
        for k, v in times.items() if written == "bytes"
    }  # fmt: skip
    host = machine(
        QUIET,
        registry={
            rf"{windows_seven.TARGET}\PresentableName": name, rf"{status}\LastResultHr": 0x81000037, **numbers,
        },
        binary=raw,
    )  # fmt: skip

    (found,) = told(host)

    assert (found.target, found.volume, found.failed, found.ran) == (target, volume, True, True)
    assert found.last_attempt == datetime(2026, 3, 10, 19, tzinfo=UTC)
    assert found.last_success == datetime(2026, 3, 1, 19, tzinfo=UTC)


def test_windows_7_backup_that_says_nothing_of_its_runs_says_how_to_see_them() -> None:
    key = rf"{windows_seven.TARGET}\PresentableName"

    (found,) = told(machine(QUIET, registry={key: "Backup (E:)"}))

    assert (found.ran, found.failed, found.last_attempt) == (None, None, None)
    assert "Control Panel" in found.detail


DRIVE = r"HKCU\Software\Google\DriveFS\PerAccountPreferences"
CLOUD = [
    # what is recorded, product, account, path
    ({"registry": {DRIVE: '{"per_account_preferences":[{"key":"1168","value":{"mount_point_path":"G"}}]}'}}, "Google Drive", Account.UNKNOWN, "G:\\"),
    ({"registry": {DRIVE: '{"per_account_preferences":[{"key":"1168","value":{"mount_point_path":"D:\\\\\\\\Ablage"}}]}'}}, "Google Drive", Account.UNKNOWN, "D:\\\\Ablage"),
    ({"files": {r"C:\Users\ann\AppData\Local\Dropbox\info.json": '{"business": {"path": "C:\\\\Users\\\\ann\\\\Dropbox (École)"}}'}}, "Dropbox", Account.WORK, r"C:\Users\ann\Dropbox (École)"),
    ({"registry_keys": {cloud_folders.ROOTS: ("iCloudDrive!S-1!Personal",)}, "registry": {rf"{cloud_folders.ROOTS}\iCloudDrive!S-1!Personal\UserSyncRoots\S-1": r"C:\Users\ann\iCloudDrive"}}, "iCloud", Account.PRIVATE, r"C:\Users\ann\iCloudDrive"),
]  # fmt: skip


@pytest.mark.parametrize(("recorded", "product", "account", "path"), CLOUD, ids=["letter", "folder", "Dropbox", "iCloud"])  # fmt: skip
def test_a_cloud_client_is_told_with_its_folder_and_whose_it_is(
    recorded: dict[str, Any], product: str, account: Account, path: str
) -> None:
    (found,) = [f for f in cloud_folders.ask(windows(**recorded)) if isinstance(f, SyncFolder)]

    assert (found.product, found.account, found.path) == (product, account, path)
    assert found.protects is None
    assert "1168" not in repr(found)


@pytest.mark.parametrize(
    "said", ["", "[]", "{}", '{"per_account_preferences": [1, {"value": 2}]}', "x" + SECRET]
)
def test_odd_notes_of_google_drive_are_none(said: str) -> None:
    assert list(cloud_folders.ask(windows(registry={DRIVE: said}))) == []


def test_a_share_of_windows_7_backup_is_a_network_and_no_disk() -> None:
    key = rf"{windows_seven.TARGET}\PresentableName"

    (found,) = told(machine(QUIET, registry={key: r"\\nas\sicherung"}))

    assert found.medium is Medium.NETWORK
