"""What PowerShell and the registry tell of a Windows machine beside its drives."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.evidence import DeviceKind, DeviceSeen, EncryptionState, Gap, Health, Platform, Setting
from auditor.host.powershell import SCRIPT, command
from auditor.host.recorded import Answers, Recorded, Refusal, asked
from auditor.probes import windows_safety as safety
from auditor.probes import windows_settings
from auditor.probes.windows_volumes import by_bitlocker, by_others, by_shell

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
REFUSED = Refusal(error="AccessDenied")
SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"


def machine(answer: object | None, *, elevated: bool = False, **more: Any) -> Recorded:
    """A Windows machine whose PowerShell prints the answer as JSON."""
    bare = Recorded(
        Answers(platform=Platform.WINDOWS, name="o", os="Windows 11", elevated=False, now=NOW, variables={"SystemRoot": "C:\\Windows"})
    )  # fmt: skip
    line = asked(command(bare))
    outputs: dict[str, str | Refusal] = {} if answer is None else {line: json.dumps(answer)}
    return Recorded(
        Answers(
            platform=Platform.WINDOWS, name="office", os="Windows 11 Pro", elevated=elevated, now=NOW,
            variables={"SystemRoot": "C:\\Windows", "SystemDrive": "C:"}, outputs=outputs, **more,
        )
    )  # fmt: skip


def told(answer: object | None, **more: Any) -> dict[str, Setting]:
    return {f.id.value: f for f in safety.ask(machine(answer, **more)) if isinstance(f, Setting)}


DEFENDER = {"Enabled": True, "RealTime": True, "Age": 1, "Mode": "Normal"}


@pytest.mark.parametrize(
    ("answer", "on"),
    [
        pytest.param({"defender": [DEFENDER]}, True, id="Defender, fresh"),
        pytest.param({"defender": DEFENDER}, True, id="printed as one object"),
        pytest.param({"defender": {"value": [DEFENDER], "Count": 1}}, True, id="wrapped by 5.1"),
        pytest.param({"defender": [{**DEFENDER, "Age": 30}]}, False, id="definitions of last month"),
        pytest.param({"defender": [{**DEFENDER, "Age": "4294967295"}]}, False, id="definitions never fetched"),
        pytest.param({"defender": [{**DEFENDER, "RealTime": False}]}, False, id="switched off"),
        pytest.param({"defender": [{"Enabled": False, "RealTime": False, "Age": 900, "Mode": "Passive Mode"}], "products": [{"State": 0x041000}]}, True, id="another product, on"),
        pytest.param({"defender": [{"Enabled": False, "RealTime": False, "Age": 9, "Mode": "Not running"}]}, None, id="another product, unheard of"),
        pytest.param({"products": [{"State": 0x041010}]}, None, id="another product, old definitions"),
        pytest.param({"products": [{"State": 0x040000}]}, None, id="another product, off"),
        pytest.param({"errors": {"defender": "PermissionDenied"}}, None, id="refused"),
        pytest.param({"defender": [{"Enabled": "Ja", "RealTime": "Ja", "Age": "1"}]}, None, id="words for truth"),
        pytest.param(None, None, id="no PowerShell"),
    ],
)  # fmt: skip
def test_anti_malware(answer: object | None, on: bool | None) -> None:
    assert told(answer)["anti-malware-on"].on is on


@pytest.mark.parametrize(
    ("answer", "on"),
    [
        ({"accounts": [{"Kind": 500, "Disabled": False}, {"Kind": 501, "Disabled": True}]}, False),
        ({"accounts": [{"Kind": 501, "Disabled": False}]}, True),
        ({"accounts": [{"Kind": 500, "Disabled": False}]}, None),
        ({"accounts": [{"Kind": 501, "Disabled": "Nein"}]}, None),
        ({"errors": {"accounts": "PermissionDenied"}}, None),
        (None, None),
    ],
)
def test_the_guest_account(answer: object | None, on: bool | None) -> None:
    assert told(answer)["guest-enabled"].on is on


@pytest.mark.parametrize(
    ("installed", "on"),
    [
        ("2026-11-11T03:12:00.0000000", True),
        ("2026-11-11T03:12:00.1234567Z", True),
        ("2026-09-01T03:12:00.0000000Z", False),
        ("1601-01-01T00:00:00.0000000", None),  # never
        ("11/11/2026 03:12", None),
        ("", None),
        (17, None),
    ],
)
def test_updates(installed: object, on: bool | None) -> None:
    assert told({"updates": [{"Installed": installed}]})["updates-recent"].on is on


@pytest.mark.parametrize(
    ("least", "on"), [(0, False), (7, False), (8, True), (14, True), (REFUSED, None)]
)
def test_the_length_of_passwords(least: int | Refusal, on: bool | None) -> None:
    assert told({}, passwords={"shortest": least})["password-length"].on is on


def test_health_of_disks_and_storage_spaces_by_number_and_by_name() -> None:
    answer = {
        "physical": [
            {"DeviceId": "0", "FriendlyName": "NVMe One", "Health": 0},
            {"DeviceId": "1", "FriendlyName": "Old Disk", "Health": "Unhealthy"},
            {"DeviceId": "2", "FriendlyName": "Stick", "Health": 5},
        ],
        "pools": {"FriendlyName": "Space", "Health": 1, "Resiliency": "Mirror"},
    }

    found = {
        f.about: (f.state.value, f.redundant)
        for f in safety.ask(machine(answer))
        if isinstance(f, Health)
    }

    assert found == {
        "disk 0 NVMe One": ("good", None),
        "disk 1 Old Disk": ("failing", None),
        "disk 2 Stick": ("unknown", None),
        "storage space Space": ("degraded", True),
    }  # fmt: skip


DEVICES = {
    "devices": [
        {"Name": "SanDisk Ultra Fit USB Device", "Class": "DiskDrive", "Way": "USBSTOR", "Present": True, "First": "2025-01-02T08:00:00.0000000Z", "Last": "2026-11-20T08:00:00.0000000Z", "Bus": ""},
        {"Name": "Samsung T7", "Class": "DiskDrive", "Way": "SCSI", "Present": False, "First": "", "Last": None, "Bus": "{9d7debbc-c85d-11d1-9eb4-006008c3a19a}"},
        {"Name": "NVMe One", "Class": "DiskDrive", "Way": "SCSI", "Present": True, "Bus": ""},
        {"Name": "Ann's iPhone", "Class": "WPD", "Way": "USB", "Present": False, "Last": "2026-10-01T08:00:00.0000000Z"},
        {"Name": "E:\\", "Class": "WPD", "Way": "SWD", "Present": True},
    ]
}  # fmt: skip


def test_devices_of_usb_are_told_with_their_times_and_built_in_disks_are_not() -> None:
    found = [f for f in safety.ask(machine(DEVICES)) if isinstance(f, DeviceSeen)]

    assert [(d.model, d.kind, d.attached, d.last.year if d.last else None) for d in found] == [
        ("SanDisk Ultra Fit USB Device", DeviceKind.STORAGE, True, 2026),
        ("Samsung T7", DeviceKind.STORAGE, False, None),
        ("a phone or camera", DeviceKind.PHONE, False, 2026),
    ]


def test_without_powershell_the_registry_names_devices_and_a_gap_says_that_dates_are_missing() -> (
    None
):
    usbstor = safety.USBSTOR
    names = ("CdRom&Ven_HL&Prod_DVD&Rev_1", "Disk&Ven_SanDisk&Prod_Ultra_Fit&Rev_1.00")
    keys = {
        usbstor: names,
        rf"{usbstor}\{names[0]}": ("A",),
        rf"{usbstor}\{names[1]}": ("4C530001&0", "4C530002&0"),
    }

    found = list(safety.ask(machine(None, registry_keys=keys)))

    assert [(d.model, d.kind.value) for d in found if isinstance(d, DeviceSeen)] == [
        ("HL DVD", "disc"),
        ("SanDisk Ultra Fit", "storage"),
        ("SanDisk Ultra Fit", "storage"),
    ]
    assert any("when sticks" in f.about for f in found if isinstance(f, Gap))
    assert "4C530001" not in repr(found), "a serial number"


@pytest.mark.parametrize(
    ("letters", "elevated", "gap"),
    [
        ((), False, False),
        (("H",), False, True),
        ((), True, True),
    ],
)
def test_network_drives_that_the_audit_does_not_see(
    letters: tuple[str, ...], elevated: bool, gap: bool
) -> None:
    found = list(
        safety.ask(machine({}, elevated=elevated, registry_keys={r"HKCU\Network": letters}))
    )

    assert any("network drives" in f.about for f in found if isinstance(f, Gap)) is gap


@pytest.mark.parametrize(
    ("services", "target", "state", "product"),
    [
        ({}, "", "off", ""),
        ({rf"{SERVICES}\veracrypt": ()}, "", "unknown", "VeraCrypt"),
        ({rf"{SERVICES}\veracrypt": REFUSED}, "", "off", ""),
        ({r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\CMGShield": ()}, "", "unknown", "Dell Encryption"),
        ({}, r"\Device\VeraCryptVolumeE", "on", "VeraCrypt"),
        ({}, r"\Device\HarddiskVolume3", "off", ""),
    ],
)  # fmt: skip
def test_off_means_nothing_where_another_product_encrypts(
    services: dict[str, Any], target: str, state: str, product: str
) -> None:
    host = machine({}, registry_keys=services, targets={"E:": target} if target else {})

    found = by_others(host, "E:", by_shell(2))

    assert (found.state.value, found.product) == (state, product)


@pytest.mark.parametrize(
    ("more", "recovery", "opens", "used"),
    [
        ({}, None, None, None),
        ({"Recovery": 1, "AutoUnlock": False, "Flags": 1}, True, False, True),
        ({"Recovery": 0, "AutoUnlock": True, "Flags": 0}, False, True, False),
        ({"Recovery": "one", "AutoUnlock": "yes", "Flags": "x"}, None, None, None),
    ],
)
def test_what_else_bitlocker_tells_of_a_drive(
    more: dict[str, Any], recovery: bool | None, opens: bool | None, used: bool | None
) -> None:
    found = by_bitlocker({"Conversion": 1, "Protection": 1, "Lock": 0, "Method": 6, **more})

    assert found.state is EncryptionState.ON
    assert (found.recovery, found.opens_itself, found.used_space_only) == (recovery, opens, used)


def test_the_command_line_is_short_enough_for_windows() -> None:
    assert len(base64.b64encode(SCRIPT.encode("utf-16-le"))) < 30_000  # CreateProcessW takes 32,767


def test_powershell_is_started_once_for_all_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    host, started = machine({}), []
    run = host.run

    def counted(*line: str, **more: Any) -> bytes:
        started.append(line)
        return run(*line, **more)

    monkeypatch.setattr(host, "run", counted)

    for _ in range(3):
        list(safety.ask(host))

    assert len([c for c in started if "powershell" in c[0]]) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)
PARTS = [
    "physical",
    "pools",
    "defender",
    "products",
    "accounts",
    "updates",
    "devices",
    "bitlocker",
    "errors",
]


@given(st.dictionaries(st.sampled_from(PARTS), JSON, max_size=6))
def test_an_answer_of_any_shape_is_never_a_crash_and_never_a_pass(answer: dict[str, Any]) -> None:
    found = {f.id.value: f.on for f in safety.ask(machine(answer)) if isinstance(f, Setting)}

    assert found["anti-malware-on"] is not True
    assert found["guest-enabled"] is not False
    assert found["updates-recent"] is not True


@pytest.mark.parametrize(
    ("answer", "policy", "on"),
    [
        ({"escrow": [{"When": "2025-09-01T08:05:00.0000000Z"}]}, {}, True),
        (
            {"escrow": [{"When": "2025-09-01T08:05:00.0000000Z"}]},
            {"OSActiveDirectoryBackup": 0},
            False,
        ),
        ({"escrow": [{"When": "gestern"}]}, {}, None),
        ({"errors": {"escrow": "ObjectNotFound"}}, {}, None),
    ],
)
def test_an_event_says_that_the_recovery_key_was_saved(
    answer: object, policy: dict[str, int], on: bool | None
) -> None:
    registry = {rf"{windows_settings.FVE}\{name}": value for name, value in policy.items()}

    assert windows_settings.key_escrow(machine(answer, registry=registry)).on is on
