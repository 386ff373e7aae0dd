"""Copies joined with their drives, the 3-2-1 question, and what the rules of backups make of schools."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.backups.joining import joined
from auditor.copies import (
    Account,
    Backup,
    BackupFiles,
    BackupKind,
    Encrypted,
    Held,
    Medium,
    SchoolSystem,
    SyncFolder,
    SystemPart,
)
from auditor.evidence import (
    Answer,
    Encryption,
    EncryptionState,
    Evidence,
    Gap,
    Machine,
    Place,
    Platform,
    Scan,
    Volume,
    Why,
)
from auditor.findings import Finding, Severity, Verdict
from auditor.host import Status
from auditor.host.recorded import Answers, Recorded, Refusal
from auditor.judge import judge
from auditor.rulebook import Rulebook, load
from auditor.rulebook.facts import facts
from auditor.rulebook.three_two_one import CopiesFacts
from auditor.shipped import shipped

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ON, OFF = Encryption(state=EncryptionState.ON), Encryption(state=EncryptionState.OFF)
SYSTEM = Volume(id="/", mount="/", disks=("sda",), place=Place.FIXED, system=True, encryption=ON)
DATA = Volume(id="/data", mount="/data", disks=("sda",), place=Place.FIXED, encryption=ON)
SECOND = Volume(id="/second", mount="/second", disks=("sdb",), place=Place.FIXED, encryption=OFF)
STICK = Volume(
    id="/media/ann/STICK",
    mount="/media/ann/STICK",
    disks=("sdc",),
    place=Place.REMOVABLE,
    encryption=OFF,
)
SAFE = Volume(
    id="/media/ann/SAFE",
    mount="/media/ann/SAFE",
    disks=("sdd",),
    place=Place.REMOVABLE,
    encryption=ON,
)
NAS = Volume(
    id="/mnt/nas",
    mount="/mnt/nas",
    place=Place.NETWORK,
    encryption=Encryption(state=EncryptionState.UNKNOWN),
)
VOLUMES = (SYSTEM, DATA, SECOND, STICK, SAFE, NAS)


def backup(target: str = "/second/b", **more: Any) -> Backup:
    fields: dict[str, Any] = {
        "id": f"rsync: {target}",
        "product": "rsync",
        "kind": BackupKind.COPY,
        "target": target,
        "encrypted": Encrypted.OFF,
        "active": True,
        "last_success": NOW - DAY,
    }
    return Backup(**(fields | more))


def there(*paths: str, refused: tuple[str, ...] = ()) -> Recorded:
    statuses: dict[str, Status | Refusal] = {
        p: Status(modified=NOW, size=1, folder=True) for p in paths
    }
    return Recorded(
        Answers(
            platform=Platform.LINUX, name="x", os="x", elevated=True, now=NOW, statuses=statuses
        )
    )


@pytest.mark.parametrize(
    ("target", "exists", "volume", "medium", "held"),
    [
        ("/second/b", True, "/second", Medium.INTERNAL_DISK, Held.ONSITE),
        ("/data/b", True, "/data", Medium.SAME_DISK, Held.ONSITE),
        ("/srv/b", True, "/", Medium.SAME_DISK, Held.ONSITE),
        ("/media/ann/STICK/b", True, "/media/ann/STICK", Medium.PORTABLE_DISK, Held.CARRIED),
        ("/mnt/nas/b", True, "/mnt/nas", Medium.NETWORK, Held.UNKNOWN),
        ("/mnt/usb/b", False, "", Medium.UNKNOWN, Held.OFFLINE),
        ("/mnt/usb/b", True, "/", Medium.SAME_DISK, Held.ONSITE),
        ("/backup/staff-$(date +%F).tgz", True, "/", Medium.SAME_DISK, Held.ONSITE),
        ("/nowhere/at/all", False, "", Medium.UNKNOWN, Held.UNKNOWN),
        ("ssh: nas.local, /srv", False, "", Medium.UNKNOWN, Held.UNKNOWN),
    ],
)  # fmt: skip
def test_a_target_is_joined_with_the_drive_that_it_lies_on(
    target: str, exists: bool, volume: str, medium: Medium, held: Held
) -> None:
    host = there(*([target.partition("$")[0].rsplit("/", 1)[0], target] if exists else []))

    (found,) = joined([backup(target)], VOLUMES, host, portable=False)

    assert isinstance(found, Backup)
    assert (found.volume, found.medium, found.held) == (volume, medium, held)


def test_an_empty_mount_point_is_no_backup_on_the_systems_disk() -> None:
    (found,) = joined([backup("/mnt/usb/repo")], VOLUMES, there("/mnt/usb"), portable=False)

    assert isinstance(found, Backup)
    assert (found.volume, found.held) == ("", Held.OFFLINE)


def test_the_second_disk_of_a_laptop_is_carried_with_it() -> None:
    (found,) = joined([backup("/second/b")], VOLUMES, there("/second/b"), portable=True)

    assert isinstance(found, Backup)
    assert found.held is Held.CARRIED


def test_two_sights_of_one_backup_are_one_with_what_both_tell() -> None:
    one = backup(last_success=None, schedule="daily")
    other = backup(active=None, versions=7)

    (found,) = joined([one, other], VOLUMES, there("/second/b"), portable=False)

    assert isinstance(found, Backup)
    assert (found.schedule, found.versions, found.last_success, found.active) == (
        "daily",
        7,
        NOW - DAY,
        True,
    )


def evidence(
    *backups: Backup,
    portable: bool | None = False,
    platform: Platform = Platform.LINUX,
    os: str = "Debian",
    **more: Any,
) -> Evidence:
    fields: dict[str, Any] = {
        "machine": Machine(
            name="pc",
            platform=platform,
            os=os,
            elevated=True,
            portable=portable,
            virtual=False,
            taken=NOW,
        ),
        "volumes": VOLUMES,
        "backups": backups,
        "scan": Scan(
            asked=True, complete=True, roots=tuple(v.id for v in VOLUMES), files=9, examined=9
        ),
    }
    return Evidence(**(fields | more))


def copies(*backups: Backup, **more: Any) -> CopiesFacts:
    return facts(evidence(*backups, **more)).copies


def placed(target: str, **more: Any) -> Backup:
    exists = [target] if target.startswith("/") else []
    (found,) = joined([backup(target, **more)], VOLUMES, there(*exists), portable=False)
    assert isinstance(found, Backup)
    return found


ONLINE = backup(
    "Amazon S3 (hill)",
    product="restic",
    kind=BackupKind.BACKUP,
    medium=Medium.ONLINE,
    held=Held.OFFSITE,
    encrypted=Encrypted.ON,
)
SNAPSHOT = backup(
    "",
    id="snapper",
    product="snapper",
    kind=BackupKind.SNAPSHOT,
    medium=Medium.SAME_DISK,
    encrypted=Encrypted.UNKNOWN,
)
TIMESHIFT = backup(
    "/second/t", id="t", product="Timeshift", kind=BackupKind.SNAPSHOT, system_only=True
)
AGENT = backup(
    "",
    id="Redstor",
    product="Redstor",
    kind=BackupKind.PRODUCT,
    active=None,
    last_success=None,
    encrypted=Encrypted.UNKNOWN,
)


def test_a_copy_beside_the_data_is_no_second_device() -> None:
    found = copies(placed("/data/b"))

    assert (found.copies.low, found.devices.low, found.set_up) == (1, 1, True)


def test_three_two_one_is_met_by_a_second_disk_and_an_online_service() -> None:
    found = copies(placed("/second/b"), ONLINE)

    assert (found.copies.low, found.devices.low, found.offsite, found.closed) == (3, 3, True, False)


def test_two_jobs_to_one_disk_are_one_copy() -> None:
    assert copies(placed("/second/a"), placed("/second/b")).copies.low == 2


def test_snapshots_images_of_the_system_and_mere_presence_are_no_copies() -> None:
    found = copies(SNAPSHOT, TIMESHIFT, AGENT)

    assert (found.copies.low, found.backups, found.snapshots, found.products) == (1, 0, 2, 1)
    assert (found.offsite, found.closed) == (None, None)
    assert found.set_up is None, "Redstor may well run"


def test_what_no_machine_can_show_is_never_no() -> None:
    found = copies()

    assert (found.offsite, found.offline, found.copies.high > 3, found.newest) == (
        None,
        None,
        True,
        None,
    )


def test_a_disk_that_is_away_is_a_copy_out_of_reach_only_if_a_success_is_known() -> None:
    away = backup("/mnt/usb/b", held=Held.OFFLINE, medium=Medium.PORTABLE_DISK)

    assert copies(away).offline is True
    assert copies(msgspec.structs.replace(away, last_success=None)).offline is None


@pytest.mark.parametrize(
    ("more", "set_up"),
    [
        ({}, False),
        ({"gaps": (Gap(source="linux_backups", about="x", why=Why.NEEDS_ADMIN),)}, None),
        ({"machine": Machine(name="v", platform=Platform.LINUX, os="x", elevated=True, virtual=True, taken=NOW)}, None),
        ({"machine": Machine(name="m", platform=Platform.MACOS, os="x", elevated=True, virtual=None, taken=NOW)}, False),
        ({"machine_asked": False}, None),
    ],
)  # fmt: skip
def test_that_nothing_backs_up_is_said_only_where_everything_was_seen(
    more: dict[str, Any], set_up: bool | None
) -> None:
    assert copies(**more).set_up is set_up


@cache
def rulebook() -> Rulebook:
    return load(shipped("rules"))


def judged(rule: str, *backups: Backup, **more: Any) -> list[Finding]:
    return [f for f in judge(evidence(*backups, **more), rulebook()) if f.rule == rule]


def verdicts(rule: str, *backups: Backup, **more: Any) -> list[Verdict]:
    return [f.verdict for f in judged(rule, *backups, **more)]


def test_the_backup_that_is_carried_home_on_a_plain_stick_is_critical() -> None:
    (found,) = judged("BAK-07", placed("/media/ann/STICK/b"))

    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.CRITICAL)
    assert "/media/ann/STICK" in found.seen
    assert any("online backup" in step or "hosted" in step for step in found.remedy) or found.remedy


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (placed("/media/ann/SAFE/b"), Verdict.PASS),
        (placed("/second/b"), Verdict.FAIL),
        (placed("/second/b", encrypted=Encrypted.ON), Verdict.PASS),
        (placed("/second/b", encrypted=Encrypted.UNKNOWN), Verdict.NEEDS_ANSWER),
        (placed("/mnt/nas/b"), Verdict.NEEDS_ANSWER),
        (ONLINE, Verdict.PASS),
        (SNAPSHOT, Verdict.NOT_APPLICABLE),
    ],
)  # fmt: skip
def test_a_backup_is_closed_by_itself_or_by_its_drive(made: Backup, verdict: Verdict) -> None:
    assert verdicts("BAK-07", made) == [verdict]


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"last_success": NOW - DAY}, Verdict.PASS),
        ({"last_success": NOW - 40 * DAY}, Verdict.FAIL),
        ({"last_success": NOW - DAY, "failed": True}, Verdict.FAIL),
        ({"last_success": None, "ran": False}, Verdict.FAIL),
        ({"last_success": None}, Verdict.UNKNOWN),
        ({"last_success": NOW - 40 * DAY, "active": False}, Verdict.NOT_APPLICABLE),
    ],
)  # fmt: skip
def test_the_age_of_the_last_success(more: dict[str, Any], verdict: Verdict) -> None:
    assert verdicts("BAK-02", placed("/second/b", **more)) == [verdict]


def test_a_server_has_to_be_backed_up_each_day() -> None:
    made = placed("/second/b", last_success=NOW - 3 * DAY)
    server = {"platform": Platform.WINDOWS, "os": "Windows Server 2022 Standard"}

    assert verdicts("BAK-02", made) == [Verdict.PASS]
    assert verdicts("BAK-02", made, **server) == [Verdict.FAIL]


DATABASE = SchoolSystem(
    product="SIMS", part=SystemPart.DATABASE, path="/data/sql", volume="/data", databases=("sims",)
)


def test_a_server_with_a_database_and_no_backup_is_critical() -> None:
    (found,) = judged("BAK-01", systems=(DATABASE,))

    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.CRITICAL)


def said(rule: str, words: str) -> tuple[Answer, ...]:
    return (Answer(rule=rule, said=words, given=NOW.date(), by="school business manager"),)


@pytest.mark.parametrize(
    ("rule", "answer", "verdict"),
    [
        ("BAK-05", None, Verdict.NEEDS_ANSWER),
        ("BAK-05", "yes", Verdict.PASS),
        ("BAK-05", "no", Verdict.FAIL),
        ("BAK-06", "yes", Verdict.PASS),
        ("BAK-03", "no", Verdict.FAIL),
        ("BAK-13", "it is hosted now", Verdict.FAIL),
        ("BAK-13", "it still runs here", Verdict.PASS),
        ("DRV-10", None, Verdict.PASS),
        ("BAK-09", "2026-10-01", Verdict.PASS),
        ("BAK-09", "never", Verdict.FAIL),
    ],
)  # fmt: skip
def test_people_answer_what_no_machine_tells(
    rule: str, answer: str | None, verdict: Verdict
) -> None:
    answers = said(rule, answer) if answer else ()

    assert verdicts(rule, placed("/second/b"), systems=(DATABASE,), answers=answers) == [verdict]


def test_an_answer_never_overrules_what_was_seen() -> None:
    made = placed("/media/ann/STICK/b")

    assert verdicts("BAK-07", made, answers=said("BAK-07", "yes")) == [Verdict.FAIL]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"ran": False, "last_success": None}, "rsync to /second/b has never succeeded."),
        ({"last_success": NOW - 90 * DAY}, "rsync to /second/b last succeeded on 26 August 2026."),
        (
            {"failed": True, "last_attempt": NOW},
            "rsync to /second/b last succeeded on 23 November 2026, and its last attempt of 24 November 2026 failed.",
        ),
        (
            {"failed": True, "last_success": None, "ran": None},
            "rsync to /second/b failed at its last attempt, and no success of it is known.",
        ),
    ],
)
def test_a_backup_that_is_not_recent_is_told_in_plain_words(
    more: dict[str, Any], said: str
) -> None:
    found = judge(evidence(placed("/second/b", **more)), rulebook())

    assert [f.seen for f in found if f.rule == "BAK-02"] == [said]


def dumped(volume: Volume, **more: Any) -> BackupFiles:
    fields: dict[str, Any] = {
        "folder": f"{volume.mount}/old",
        "volume": volume.id,
        "format": "SQL Server backup",
        "system": "SIMS",
        "files": 3,
        "size": 9,
        "newest": NOW - 100 * DAY,
        "oldest": NOW - 300 * DAY,
        "encrypted": Encrypted.OFF,
    }
    return BackupFiles(**(fields | more))


@pytest.mark.parametrize(
    ("rule", "files", "verdict"),
    [
        ("REM-04", dumped(STICK), Verdict.FAIL),
        ("REM-04", dumped(SAFE), Verdict.PASS),
        ("REM-04", dumped(STICK, encrypted=Encrypted.UNKNOWN), Verdict.UNKNOWN),
        ("REM-04", dumped(SECOND), Verdict.NOT_APPLICABLE),
        ("BAK-08", dumped(SECOND), Verdict.FAIL),
        ("BAK-08", dumped(DATA), Verdict.PASS),
        ("BAK-15", dumped(SECOND), Verdict.PASS),
        ("BAK-15", dumped(SECOND, oldest=NOW - 900 * DAY), Verdict.FAIL),
        ("FIL-07", dumped(STICK), Verdict.FAIL),
        ("FIL-07", dumped(SECOND), Verdict.FAIL),
        ("FIL-07", dumped(SECOND, folder="/second/b/sims"), Verdict.PASS),
    ],
)  # fmt: skip
def test_backup_files_lying_about(rule: str, files: BackupFiles, verdict: Verdict) -> None:
    assert verdicts(rule, placed("/second/b"), backup_files=(files,)) == [verdict]


def test_no_backup_files_are_only_known_after_a_whole_scan() -> None:
    stopped = Scan(asked=True, complete=False, roots=("/",))

    assert verdicts("REM-04") == [Verdict.NOT_APPLICABLE]
    assert verdicts("REM-04", scan=stopped) == [Verdict.UNKNOWN]


@pytest.mark.parametrize(
    ("account", "rule", "verdict"),
    [
        (Account.PRIVATE, "CLD-02", Verdict.FAIL),
        (Account.WORK, "CLD-02", Verdict.PASS),
        (Account.UNKNOWN, "CLD-02", Verdict.NEEDS_ANSWER),
        (Account.PRIVATE, "CLD-01", Verdict.PASS),
        (Account.WORK, "CLD-01", Verdict.NOT_APPLICABLE),
        (Account.WORK, "CLD-03", Verdict.PASS),
    ],
)  # fmt: skip
def test_cloud_folders(account: Account, rule: str, verdict: Verdict) -> None:
    folder = SyncFolder(product="OneDrive", account=account, path="/data/OneDrive", volume="/data")

    assert verdicts(rule, synced=(folder,)) == [verdict]


EVERYTHING = st.builds(
    Backup,
    id=st.sampled_from("abc"),
    product=st.sampled_from(["restic", "Time Machine", "rsync"]),
    kind=st.sampled_from(BackupKind),
    target=st.sampled_from(["/second/b", "x"]),
    volume=st.sampled_from(["", *(v.id for v in VOLUMES)]),
    medium=st.sampled_from(Medium),
    held=st.sampled_from(Held),
    encrypted=st.just(Encrypted.UNKNOWN),
    active=st.none(),
    ran=st.none(),
    writable=st.none(),
    errors=st.none(),
)  # fmt: skip


@given(st.lists(EVERYTHING, max_size=3))
def test_a_backup_of_which_nothing_is_known_passes_no_rule_of_its_own(made: list[Backup]) -> None:
    bare = [
        Volume(
            id=v.id,
            mount=v.mount,
            place=v.place,
            encryption=Encryption(state=EncryptionState.UNKNOWN),
        )
        for v in VOLUMES
    ]
    found = judge(evidence(*made, volumes=tuple(bare), scan=Scan(asked=False)), rulebook())

    own = {"BAK-02", "BAK-07", "BAK-12", "BAK-16", "BAK-17"}
    assert not [f for f in found if f.rule in own and f.verdict is Verdict.PASS]


def test_older_reports_still_read() -> None:
    old = msgspec.json.decode(msgspec.json.encode(evidence()), type=dict[str, Any])
    for name in ("backups", "synced", "systems", "backup_files"):
        del old[name]

    assert msgspec.json.decode(msgspec.json.encode(old), type=Evidence).backups == ()
