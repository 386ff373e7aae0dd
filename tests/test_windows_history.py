"""What Windows' log, SQL Server's record and drives tell of backups; and who may change them."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_windows_backups import NOW, SECRET, WSB_DISK, machine, summary, told

from auditor.backups.windows_runs import runs
from auditor.copies import Backup, Encrypted, Held, Medium
from auditor.evidence import Gap
from auditor.host import Partition, Status
from auditor.host.accounts import PROFILES
from auditor.host.powershell import Answers
from auditor.host.recorded import Refusal
from auditor.host.rights import open_to_everybody
from auditor.probes import windows_backups as backups


def event(
    number: int, when: str, result: str | None = None, target: str = WSB_DISK
) -> dict[str, Any]:
    return {"Id": number, "When": f"2026-03-{when}:00.0000000Z", "Result": result, "Target": target}


FRENCH_WEEK = [
    event(1, "05T20:00"),
    event(4, "05T20:40", "0"), event(14, "05T20:40", "0"),
    event(5, "06T20:01", "0x80780085"), event(14, "06T20:01", "2155348101"),
    event(517, "07T20:01", "0x80780085"), event(14, "07T20:01", "2155348101"),
    event(14, "10T20:01", "2155348165"),
    event(197, "10T21:00", "0x80070005"),
]  # fmt: skip
"""A success, then three failures, one of them told twice; and a restore that failed."""


def test_a_french_server_whose_backup_fails_again_and_again_is_told_by_numbers_alone() -> None:
    answer = summary(LastSuccess="2026-03-05T20:00:00.0000000Z", LastAttempt="2026-03-10T20:00:00.0000000Z", Result=2155348165)  # fmt: skip

    (found,) = told(machine({**answer, "events": FRENCH_WEEK}))

    assert (found.failed, found.errors) == (True, 3)
    assert found.last_success is not None
    assert found.last_attempt is not None
    assert found.last_success < found.last_attempt


def test_a_run_after_what_the_summary_says_is_told_by_the_log() -> None:
    later = [event(14, "11T03:00", "2155348165")]

    (found,) = told(machine({**summary(), "events": later}))

    assert found.last_attempt == datetime(2026, 3, 11, 3, tzinfo=UTC)
    assert (found.failed, found.last_success) == (True, datetime(2026, 3, 10, 19, 16, tzinfo=UTC))


def test_a_german_windows_11_that_wbadmin_backs_up_to_a_share_has_no_summary() -> None:
    """`Die Sicherung wurde abgeschlossen` stands in the event, and is not read."""
    log = [event(14, "09T20:00", "0", r"\\nas\bild"), event(9, "10T20:00", None, r"\\nas\bild")]

    (found,) = told(machine({"errors": {}, "volumes": [], "events": {"value": log, "Count": 2}}))

    assert (found.product, found.target, found.medium) == (
        "Windows image backup", r"\\nas\bild", Medium.NETWORK,
    )  # fmt: skip
    assert (found.ran, found.failed, found.errors) == (True, True, 1)
    assert found.last_success == datetime(2026, 3, 9, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"events": []}, []),
        ({"errors": {"events": "ObjectNotFound"}}, []),
        ({"errors": {"events": "PermissionDenied"}}, None),
        ({"errors": {"events": "NotSpecified"}}, None),
        ({}, None),
        ({"events": [event(14, "09T20:00")]}, []),
        ({"events": [event(14, "09T20:00", "Zugriff verweigert")]}, []),
        ({"events": [event(225, "09T20:00", "0x1")]}, []),
    ],
    ids=["nothing ran", "no such log", "refused", "fault", "silent", "first version", "odd", "a restore"],
)  # fmt: skip
def test_what_the_log_does_not_say_is_not_made_up(
    said: dict[str, Any], expected: list[Any] | None
) -> None:
    assert runs(Answers(said)) == expected


def test_a_log_that_may_not_be_read_leaves_the_failures_unknown_and_says_so() -> None:
    answer = {**summary(), "errors": {"events": "PermissionDenied"}}
    del answer["events"]
    host = machine(answer)

    (found,) = told(host)

    assert found.errors is None
    assert "how often" in " ".join(f.about for f in backups.ask(host) if isinstance(f, Gap))


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "Id": st.one_of(st.integers(0, 800), st.text(max_size=3)),
                "When": st.one_of(st.none(), st.datetimes().map(lambda t: t.isoformat() + "Z")),
                "Result": st.one_of(st.none(), st.text(max_size=12), st.integers().map(hex)),
                "Target": st.one_of(st.none(), st.text(max_size=12)),
            }
        ),
        max_size=30,
    )
)
def test_no_log_breaks_the_reading_and_no_run_is_told_twice(events: list[dict[str, Any]]) -> None:
    found = runs(Answers({"events": events}))

    assert found is not None
    assert len(found) <= len(events)
    assert found == sorted(found)


def row(base: str, when: str, file: str, **more: Any) -> dict[str, Any]:
    return {"Base": base, "When": f"2026-03-{when}:00Z", "File": file, "Kind": "2", "Copy": False, "Closed": False, "Tde": False, **more}  # fmt: skip


def history(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"errors": {}, "events": [], "tasks": [], "databases": [{"Instance": "SIMS", "Sets": list(rows), **more}]}  # fmt: skip


def test_sql_server_says_of_when_each_database_was_last_backed_up_and_onto_what() -> None:
    answer = history(
        row("sims", "10T22:00", r"E:\SQL\sims_10.bak"),
        row("sims", "09T22:00", r"E:\SQL\sims_09.bak"),
        row("fms", "03T22:00", r"E:\SQL\fms_03.bak"),
    )

    (found,) = told(machine(answer))

    assert (found.covers, found.encrypted, found.versions) == (
        "databases fms and sims", Encrypted.OFF, 2,
    )  # fmt: skip
    assert (found.volume, found.held) == ("E:\\", Held.CARRIED)
    assert found.last_success == datetime(2026, 3, 3, 22, tzinfo=UTC), "finance is a week behind"


@pytest.mark.parametrize(
    ("more", "state", "by"),
    [
        ({"Closed": True}, Encrypted.ON, "SQL Server"),
        ({"Closed": False, "Tde": True}, Encrypted.ON, "the encryption of the database (TDE)"),
        ({"Closed": False, "Tde": False}, Encrypted.OFF, ""),
        ({"Closed": False, "Tde": None}, Encrypted.UNKNOWN, ""),
        ({"Closed": None, "Tde": False}, Encrypted.UNKNOWN, ""),
    ],
    ids=["encrypted", "database encrypted", "plain", "database gone", "before 2014"],
)
def test_whether_a_backup_of_sql_server_is_encrypted(
    more: dict[str, Any], state: Encrypted, by: str
) -> None:
    (found,) = told(machine(history(row("sims", "10T22:00", r"D:\b\s.bak", **more))))

    assert (found.encrypted, found.encrypted_by) == (state, by)


@pytest.mark.parametrize(
    ("file", "kind", "target", "medium"),
    [
        (r"\\.\Tape0", "5", "tape", Medium.TAPE),
        ("{F2E1A1B2-0}4", "7", "", Medium.UNKNOWN),
        (f"https://hill.blob.core.windows.net/sql/s.bak?sig={SECRET}", "9", "https: hill.blob.core.windows.net", Medium.ONLINE),
        (r"\\nas\sql\s.bak", "2", r"\\nas\sql", Medium.NETWORK),
    ],
    ids=["tape", "another product", "Azure", "share"],
)  # fmt: skip
def test_where_a_backup_of_sql_server_goes(
    file: str, kind: str, target: str, medium: Medium
) -> None:
    (found,) = told(machine(history(row("sims", "10T22:00", file, Kind=kind))))

    assert (found.target, found.medium) == (target, medium)


def test_a_folder_that_the_job_left_months_ago_is_no_failing_backup() -> None:
    old, new = row("sims", "01T22:00", r"D:\old\s.bak"), row("sims", "10T22:00", r"D:\new\s.bak")

    found = {b.target: b.active for b in told(machine(history(new, old)))}

    assert found == {r"D:\new": None, r"D:\old": False}


def test_sql_server_that_lets_this_account_not_in_is_a_gap() -> None:
    found = list(backups.ask(machine(history(Refused="NotSpecified"))))

    assert [type(f) for f in found] == [Gap]
    assert "SQL Server SIMS" in found[0].about  # type: ignore[union-attr]


DRIVES = (
    Partition(device="C:\\", mount="C:\\", filesystem="NTFS", options=("fixed",)),
    Partition(device="E:\\", mount="E:\\", filesystem="NTFS", options=("removable",)),
    Partition(device="G:\\", mount="G:\\", filesystem="", options=("remote",)),
)
IMAGE = r"E:\WindowsImageBackup"


def drive(**more: Any) -> list[Backup | Gap]:
    host = machine({"errors": {}, "events": [], "tasks": []}, partitions=DRIVES, **more)
    gaps = [f for f in backups.ask(host) if isinstance(f, Gap)]
    return [*told(host), *gaps]


def test_an_image_on_a_usb_disk_is_told_by_the_names_of_its_folders() -> None:
    (found,) = drive(
        folders={
            "E:\\": ("Fotos", "WindowsImageBackup"),
            IMAGE: ("OFFICE", "SERVER2"),
            rf"{IMAGE}\OFFICE": ("Backup 2026-03-08 191600", "Catalog", "MediaId"),
            rf"{IMAGE}\SERVER2": ("Backup 2026-03-09 191600",),
        },
        statuses={IMAGE: Status(modified=NOW, size=0, folder=True)},
        changeable={IMAGE: False},
    )

    assert isinstance(found, Backup)
    assert (found.volume, found.held, found.encrypted) == ("E:\\", Held.CARRIED, Encrypted.OFF)
    assert (found.last_success, found.writable) == (datetime(2026, 3, 8, 19, 16, tzinfo=UTC), False)


def test_images_that_only_an_administrator_may_list_are_a_gap() -> None:
    (gap,) = drive(folders={"E:\\": ("WindowsImageBackup",), IMAGE: Refusal(error="AccessDenied")})

    assert isinstance(gap, Gap)
    assert gap.about == rf"the images of Windows' own backup in {IMAGE}"


def test_backup_and_restore_of_windows_7_is_told_by_its_sets() -> None:
    (found,) = drive(
        folders={
            "E:\\": ("MediaID.bin", "OFFICE", "Photos"),
            r"E:\OFFICE": ("Backup Set 2026-01-04 190000", "Catalogs"),
            r"E:\OFFICE\Backup Set 2026-01-04 190000": (
                "Backup Files 2026-01-04 190000", "Backup Files 2026-03-01 190002",
            ),
        }
    )  # fmt: skip

    assert isinstance(found, Backup)
    assert (found.product, found.oldest) == ("Windows backup", datetime(2026, 1, 4, 19, tzinfo=UTC))
    assert found.last_success == datetime(2026, 3, 1, 19, 0, 2, tzinfo=UTC)


CONFIG = r"AppData\Local\Microsoft\Windows\FileHistory\Configuration"
SETTINGS = "<x><DPStatus>ENABLED</DPStatus><TargetUrl>{}</TargetUrl></x>"


def test_file_history_of_every_account_is_told_and_what_is_closed_is_a_gap() -> None:
    people = {
        "S-1-5-21-1-2-3-1001": "ann",
        "S-1-5-21-1-2-3-1002": "bob",
        "S-1-5-21-1-2-3-1003": "cat",
    }
    host = machine(
        {"errors": {}, "events": [], "tasks": []},
        registry_keys={PROFILES: tuple(people), "HKU": ()},
        registry={rf"{PROFILES}\{s}\ProfileImagePath": rf"C:\Users\{n}" for s, n in people.items()},
        files={
            rf"C:\Users\ann\{CONFIG}\Config1.xml": SETTINGS.format("E:\\"),
            rf"C:\Users\bob\{CONFIG}\Config1.xml": SETTINGS.format("E:\\"),
            rf"C:\Users\cat\{CONFIG}\Config1.xml": Refusal(error="AccessDenied"),
        },
    )  # fmt: skip

    found = told(host)
    (gap,) = [f for f in backups.ask(host) if isinstance(f, Gap)]

    assert [(b.product, b.target, b.volume) for b in found] == [
        ("File History", "E:\\", "E:\\")
    ] * 2
    assert (gap.about, gap.count) == ("File History of other accounts of this machine", 1)
    assert "Users" not in repr(found), "whose it is, is not told"


EVERYONE, USERS, ADMINS = (1, (0,)), (5, (32, 545)), (5, (32, 544))
DOMAIN_USERS, A_PERSON = (5, (21, 1, 2, 3, 513)), (5, (21, 1, 2, 3, 1104))
MODIFY, READ, ADD, FULL = 0x1301BF, 0x1200A9, 0x4, 0x1F01FF
INHERITED, ONLY_BELOW = 0x3, 0xB


def descriptor(*entries: tuple[int, int, int, tuple[int, tuple[int, ...]]]) -> bytes:
    """A security descriptor with these entries: type, flags, rights, whom."""
    body = b""
    for kind, flags, mask, (authority, parts) in entries:
        sid = struct.pack(">BBHL", 1, len(parts), 0, authority) + struct.pack(
            f"<{len(parts)}L", *parts
        )
        body += struct.pack("<BBHL", kind, flags, 8 + len(sid), mask) + sid
    acl = struct.pack("<BBHHH", 2, 0, 8 + len(body), len(entries), 0) + body
    return struct.pack("<BBHLLLL", 1, 0, 0x8004, 0, 0, 0, 20) + acl


@pytest.mark.parametrize(
    ("entries", "open_"),
    [
        ([(0, INHERITED, FULL, ADMINS), (0, INHERITED, MODIFY, USERS)], True),
        ([(0, INHERITED, FULL, EVERYONE)], True),
        ([(0, INHERITED, MODIFY, DOMAIN_USERS)], True),
        ([(0, ONLY_BELOW, 0x10000000, USERS)], True),
        ([(0, 0, 0x40, USERS)], True),
        ([(0, INHERITED, FULL, ADMINS), (0, INHERITED, READ, USERS)], False),
        ([(0, INHERITED, FULL, ADMINS), (0, 0x2, ADD, USERS)], False),
        ([(1, INHERITED, MODIFY, USERS), (0, INHERITED, MODIFY, USERS)], False),
        ([(0, INHERITED, FULL, A_PERSON)], False),
        ([], False),
    ],
    ids=["users may modify", "everyone", "domain users", "generic, for what is below", "delete children",
         "users may read", "users may only add", "denied", "one account", "nobody"],
)  # fmt: skip
def test_who_may_change_a_folder_of_windows(entries: list[Any], open_: bool) -> None:
    assert open_to_everybody(descriptor(*entries)) is open_


def test_a_folder_without_a_list_of_rights_is_open_as_on_a_stick() -> None:
    assert open_to_everybody(struct.pack("<BBHLLLL", 1, 0, 0x8000, 0, 0, 0, 0)) is True


@given(st.binary(max_size=200))
def test_no_descriptor_breaks_the_reading(noise: bytes) -> None:
    assert open_to_everybody(noise) in {True, False, None}
    assert open_to_everybody(b"\x01\x00\x04\x80" + noise) in {True, False, None}


def test_a_task_that_copies_to_a_folder_open_to_all_is_told_so() -> None:
    from test_windows_backups import task

    (found,) = told(
        machine(
            task("robocopy.exe", r"C:\Office E:\Office /MIR"),
            statuses={r"E:\Office": Status(modified=NOW - timedelta(days=1), size=0, folder=True)},
            changeable={r"E:\Office": True},
        )
    )

    assert found.writable is True
