"""Windows drives as PowerShell tells them: with rights, without, in odd shapes, not at all."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import HostError, ToolMissing
from auditor.evidence import EncryptionState, Platform, Why
from auditor.host import Partition
from auditor.host.powershell import SCRIPT, Answers, command, parse
from auditor.host.recorded import Answers as Recording
from auditor.host.recorded import Recorded, Refusal, asked
from auditor.probes import windows_settings
from auditor.probes.windows_volumes import by_bitlocker, by_shell
from auditor.survey import Survey, survey

NOW = datetime(2026, 11, 24, tzinfo=UTC)
GUID = "\\\\?\\Volume{{00000000-0000-0000-0000-00000000000{}}}\\"
ESP = "{c12a7328-f81f-11d2-ba4b-00a0c93ec93b}"
DATA = "{ebd0a0a2-b9e5-4433-87c0-68b6b72699c7}"


def volume(n: int, letter: str, filesystem: str = "NTFS", **more: object) -> dict[str, object]:
    return {
        "DeviceID": GUID.format(n), "DriveLetter": letter or None, "Label": "", "FileSystem": filesystem,
        "Capacity": 10**11, "DriveType": 3, "SystemVolume": False, **more,
    }  # fmt: skip


def partition(n: int, disk: int, letter: str = "", kind: str = DATA) -> dict[str, object]:
    paths = [f"{letter}\\", GUID.format(n)] if letter else [GUID.format(n)]
    return {"DiskNumber": disk, "AccessPaths": paths, "GptType": kind}


def laptop() -> dict[str, Any]:
    """C: on BitLocker, a hidden EFI partition, a USB disk D: that calls itself fixed, a backup disk without a letter."""
    return {
        "mode": "FullLanguage",
        "errors": {},
        "volumes": [
            volume(1, "C:"), volume(2, "", "FAT32", SystemVolume=True), volume(3, "D:", "exFAT"),
            volume(4, "", Label="WSB backup"),
        ],
        "disks": [
            {"Number": 0, "FriendlyName": "Example SSD", "BusType": 17},
            {"Number": 1, "FriendlyName": "Example USB disk", "BusType": 7},
            {"Number": 2, "FriendlyName": "Example backup disk", "BusType": 7},
        ],
        "partitions": [
            partition(1, 0, "C:"), partition(2, 0, kind=ESP), partition(3, 1, "D:"), partition(4, 2),
        ],
        "bitlocker": [
            {"DeviceID": GUID.format(1), "DriveLetter": "C:", "Protection": 1, "Conversion": 1, "Lock": 0, "Method": 6},
            {"DeviceID": GUID.format(3), "DriveLetter": "D:", "Protection": 0, "Conversion": 0, "Lock": 0, "Method": 0},
            {"DeviceID": GUID.format(4), "DriveLetter": None, "Protection": 0, "Conversion": 1, "Lock": 0, "Method": 6},
        ],
        "shell": [{"DriveLetter": "C:", "Protection": 1}, {"DriveLetter": "D:", "Protection": 2}],
    }  # fmt: skip


def machine(printed: object | None, partitions: tuple[Partition, ...] = ()) -> Recorded:
    host = Recorded(
        Recording(
            platform=Platform.WINDOWS, name="PC", os="Windows 11 Pro", elevated=True, now=NOW, battery=True,
            partitions=partitions or (
                Partition(device="C:\\", mount="C:\\", filesystem="NTFS"),
                Partition(device="D:\\", mount="D:\\", filesystem="exFAT"),
            ),
            drive_types={"C:\\": 3, "D:\\": 3},
            variables={"SystemDrive": "C:", "SystemRoot": "C:\\Windows"},
        )
    )  # fmt: skip
    if printed is not None:
        text = printed if isinstance(printed, str) else json.dumps(printed)
        host.answers.outputs[asked(command(host))] = text
    return host


def told(seen: Survey) -> dict[str, tuple[str, str]]:
    return {v.mount or v.label: (v.place.value, v.encryption.state.value) for v in seen.volumes}


def test_an_administrator_sees_every_drive_its_bus_and_its_bitlocker() -> None:
    seen = survey(machine(laptop()))

    assert told(seen) == {
        "C:\\": ("fixed", "on"),
        "D:\\": ("removable", "off"),
        "WSB backup": ("removable", "suspended"),
    }
    assert seen.volumes[0].encryption.method == "XTS-AES-128"
    assert seen.volumes[1].model == "Example USB disk"


def test_an_ordinary_user_sees_what_the_shell_tells() -> None:
    answer = laptop()
    del answer["bitlocker"]
    answer["errors"] = {"bitlocker": "PermissionDenied"}
    seen = survey(machine(answer))

    assert told(seen)["C:\\"] == ("fixed", "on")
    assert told(seen)["D:\\"] == ("removable", "off")
    assert told(seen)["WSB backup"] == ("removable", "unknown")
    assert any("administrator" in g.detail for g in seen.gaps)


@pytest.mark.parametrize("printed", [None, "", "   ", "not json", "[]", '{"volumes":', "null"])
def test_without_powershell_drives_are_told_and_their_encryption_is_not_guessed(
    printed: str | None,
) -> None:
    seen = survey(machine(printed))

    assert told(seen) == {"C:\\": ("fixed", "unknown"), "D:\\": ("unknown", "unknown")}
    assert any(g.source == "powershell" for g in seen.gaps)


def test_single_objects_and_wrapped_lists_are_read_alike() -> None:
    answer = laptop()
    wrapped = answer | {
        "volumes": {"value": answer["volumes"], "Count": 4},
        "disks": answer["disks"],
        "shell": answer["shell"][0],
        "bitlocker": {"value": answer["bitlocker"], "Count": 3},
    }

    assert told(survey(machine(wrapped))) == told(survey(machine(answer)))


def test_buses_by_name_mean_the_same_as_by_number() -> None:
    answer = laptop()
    for disk, name in zip(answer["disks"], ["NVMe", "USB", "USB"], strict=True):
        disk["BusType"] = name

    assert told(survey(machine(answer))) == told(survey(machine(laptop())))


@pytest.mark.parametrize(
    ("conversion", "protection", "lock", "state"),
    [
        (1, 1, 0, "on"),
        (
            1,
            0,
            0,
            "suspended",
        ),  # also a device that waits for activation: its key lies in the clear
        (0, 0, 0, "off"),
        (2, 0, 0, "partial"),
        (3, 0, 0, "partial"),
        (4, 0, 0, "partial"),
        (None, 2, 1, "on"),  # locked: nothing else is told
        (None, None, None, "unknown"),
        (1, 2, 0, "unknown"),
        (9, 9, 9, "unknown"),
        ("Vollständig entschlüsselt", 1, 0, "unknown"),
    ],
)
def test_bitlocker_is_on_only_when_the_drive_is_encrypted_and_protected(
    conversion: object, protection: object, lock: object, state: str
) -> None:
    found = by_bitlocker({"Conversion": conversion, "Protection": protection, "Lock": lock})

    assert found.state is EncryptionState(state)


@pytest.mark.parametrize("value", range(-1, 12))
def test_of_the_shells_numbers_only_four_are_believed(value: int) -> None:
    expected = {1: "on", 6: "on", 2: "off", 3: "partial"}.get(value, "unknown")

    assert by_shell(value).state is EncryptionState(expected)


FVE = "HKLM\\SYSTEM\\CurrentControlSet\\Policies\\Microsoft\\FVE\\RDVDenyWriteAccess"
WRONG_FVE = "HKLM\\SOFTWARE\\Policies\\Microsoft\\FVE\\RDVDenyWriteAccess"
DENY = f"HKCU\\{windows_settings.STORAGE}\\{windows_settings.DISKS}\\Deny_Write"
EDITION = f"{windows_settings.WINDOWS}\\EditionID"
LOGON = f"{windows_settings.WINDOWS}\\Winlogon\\AutoAdminLogon"
RDP = f"{windows_settings.TERMINAL}\\fDenyTSConnections"
NLA = f"{windows_settings.TERMINAL}\\WinStations\\RDP-Tcp\\UserAuthentication"
REFUSED = Refusal(error="AccessDenied")


@pytest.mark.parametrize(
    ("registry", "told"),
    [
        ({}, (False, False, None)),
        ({FVE: 1}, (True, False, None)),
        ({FVE: 0}, (False, False, None)),
        ({FVE: "1"}, (True, False, None)),
        ({WRONG_FVE: 1}, (False, False, None)),  # the branch that has no effect
        ({FVE: 1, EDITION: "Core"}, (None, False, None)),  # Windows Home does not heed it
        ({DENY: 1, EDITION: "Core"}, (True, False, None)),
        ({FVE: REFUSED}, (None, False, None)),
        ({FVE: REFUSED, DENY: 1}, (True, False, None)),
        ({FVE: "ja"}, (None, False, None)),
        ({LOGON: "1"}, (False, True, None)),
        ({LOGON: "0"}, (False, False, None)),
        ({LOGON: REFUSED}, (False, None, None)),
        ({RDP: 1}, (False, False, False)),
        ({RDP: 0, NLA: 1}, (False, False, False)),
        ({RDP: 0, NLA: 0}, (False, False, True)),
        ({RDP: 0}, (False, False, True)),
        ({RDP: REFUSED}, (False, False, None)),
    ],
)
def test_settings_are_told_by_the_registry_and_unknown_where_it_refuses(
    registry: dict[str, Any], told: tuple[bool | None, ...]
) -> None:
    host = machine(None)
    host.answers.registry.update(registry)

    assert tuple(s.on for s in survey(host).settings)[:3] == told


IDLE = f"{windows_settings.IDLE}\\InactivityTimeoutSecs"
MANAGED = f"{windows_settings.IDLE_BY_DEVICE_MANAGEMENT}\\MaxInactivityTimeDeviceLock"
OWN, RULED = f"{windows_settings.DESKTOP}\\", f"{windows_settings.DESKTOP_POLICY}\\"
SAVER = {
    OWN + "ScreenSaveActive": "1",
    OWN + "ScreenSaverIsSecure": "1",
    OWN + "ScreenSaveTimeOut": "600",
    OWN + "SCRNSAVE.EXE": "C:\\Windows\\system32\\scrnsave.scr",
}
SAVED = f"{windows_settings.FVE}\\OSActiveDirectoryBackup"
FIRST = f"{windows_settings.FVE}\\OSRequireActiveDirectoryBackup"


@pytest.mark.parametrize(
    ("registry", "locks", "escrowed"),
    [
        ({}, False, None),
        ({IDLE: 900}, True, None),
        ({IDLE: 901}, False, None),
        ({IDLE: 0}, False, None),
        ({IDLE: REFUSED}, None, None),
        (SAVER, True, None),
        ({**SAVER, OWN + "ScreenSaverIsSecure": "0"}, False, None),
        ({**SAVER, OWN + "ScreenSaveTimeOut": "3600"}, False, None),
        ({**SAVER, RULED + "ScreenSaveTimeOut": "3600"}, False, None),  # the policy wins
        ({**SAVER, OWN + "SCRNSAVE.EXE": ""}, False, None),
        ({**SAVER, OWN + "ScreenSaveTimeOut": "bald"}, None, None),
        ({MANAGED: 10}, None, None),
        ({MANAGED: 10, IDLE: 600}, True, None),
        ({SAVED: 1, FIRST: 1}, False, True),
        ({SAVED: 1}, False, None),
        ({SAVED: 1, FIRST: 0}, False, False),
        ({SAVED: REFUSED, FIRST: 1}, False, None),
    ],
)
def test_screen_lock_and_key_escrow_are_told_by_the_registry(
    registry: dict[str, Any], locks: bool | None, escrowed: bool | None
) -> None:
    host = machine(None)
    host.answers.registry.update(registry)

    assert tuple(s.on for s in survey(host).settings)[3:5] == (locks, escrowed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from([*laptop(), "other"]), JSON))
def test_answers_of_any_shape_never_crash_and_never_say_on(answer: dict[str, object]) -> None:
    seen = survey(machine(answer))

    assert not [v for v in seen.volumes if v.encryption.state is EncryptionState.ON]
    assert not [g for g in seen.gaps if g.why is Why.NOT_UNDERSTOOD and "shape" in g.detail], (
        "the probe itself failed"
    )


@settings(max_examples=80)
@given(st.data())
def test_a_true_answer_with_one_word_changed_never_crashes(data: st.DataObject) -> None:
    answer = laptop()
    part = data.draw(st.sampled_from(["volumes", "disks", "partitions", "bitlocker", "shell"]))
    item = data.draw(st.sampled_from(answer[part]))
    key = data.draw(st.sampled_from(sorted(item)))
    item[key] = data.draw(JSON)

    seen = survey(machine(answer))

    assert {v.mount for v in seen.volumes if v.mount} == {"C:\\", "D:\\"}
    assert not [g for g in seen.gaps if "shape" in g.detail]


def test_the_script_never_asks_for_a_recovery_password() -> None:
    low = SCRIPT.lower()

    assert "numericalpassword" not in low
    assert "externalkey" not in low
    assert "get-bitlockervolume" not in low
    assert "keypackage" not in low


def test_the_script_is_powershell() -> None:
    grammar = pytest.importorskip("tree_sitter_powershell")
    from tree_sitter import Language, Parser

    parser = Parser(Language(grammar.language()))

    assert not parser.parse(SCRIPT.encode()).root_node.has_error
    assert parser.parse(SCRIPT.replace("} catch", "catch", 1).encode()).root_node.has_error


def test_powershell_is_called_by_its_absolute_path_and_quietly() -> None:
    line = command(machine(None))

    assert line[0] == "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
    assert {"-NoProfile", "-NonInteractive"} <= set(line)


def test_a_stub_that_prints_nothing_is_a_missing_tool() -> None:
    with pytest.raises(ToolMissing):
        parse(b"")
    with pytest.raises(HostError):
        parse(b"\xff\xfe\x00")
    with pytest.raises(HostError):
        Answers({}).part("volumes")


RECOVERY_KEY = re.compile(r"\d{6}(?:-\d{6}){7}")


@pytest.mark.parametrize("part", ["volumes", "disks", "partitions", "bitlocker", "shell"])
def test_a_recovery_key_in_an_answer_reaches_no_fact(part: str) -> None:
    key = "-".join(["111111"] * 8)
    answer = laptop()
    for item in answer[part]:
        item["RecoveryPassword"] = key
        item["KeyProtector"] = [{"KeyProtectorType": 3, "RecoveryPassword": key}]
    answer["errors"] = {"other": key}

    seen = survey(machine(answer))

    assert RECOVERY_KEY.search(str(answer)), "it was there to be taken"
    assert not RECOVERY_KEY.search(repr(seen))
