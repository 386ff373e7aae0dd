"""Rules that Intune and its like wrote into the registry, as real machines show them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.evidence import Platform
from auditor.host.device_management import DEVICE, NONE, UNKNOWN, ordered
from auditor.host.powershell import command
from auditor.host.recorded import Answers, Recorded, Refusal, asked
from auditor.probes import windows_protection, windows_settings
from auditor.probes.windows_volumes import by_bitlocker

REFUSED = Refusal(error="AccessDenied")
ENABLED = '<enabled/><data id="RDVCrossOrg" value="0"/>'
RECOVERY = (
    '<enabled/><data id="OSAllowDRA_Name" value="true"/><data id="OSActiveDirectoryBackup_Name" value="{}"/>'
    '<data id="OSRequireActiveDirectoryBackup_Name" value="{}"/>'
)  # fmt: skip
SERVICES = windows_settings.SERVICES


def machine(registry: dict[str, Any], bitlocker: list[dict[str, Any]] | None = None) -> Recorded:
    variables = {"SystemRoot": "C:\\Windows", "SystemDrive": "C:"}
    about: dict[str, Any] = {
        "platform": Platform.WINDOWS, "name": "w", "os": "Windows 11", "elevated": True,
        "now": datetime(2026, 11, 25, tzinfo=UTC), "variables": variables,
    }  # fmt: skip
    line = asked(command(Recorded(Answers(**about))))
    printed = json.dumps({"errors": {}, "bitlocker": bitlocker})
    outputs: dict[str, Any] = {line: printed} if bitlocker is not None else {}
    return Recorded(Answers(**about, registry=registry, outputs=outputs))


def told(host: Recorded) -> dict[str, tuple[bool | None, str]]:
    found = (*windows_settings.ask(host), *windows_protection.ask(host))
    return {s.id.value: (s.on, s.detail) for s in found}


@pytest.mark.parametrize(
    ("value", "said", "setting", "on"),
    [
        ("BitLocker\\RemovableDrivesRequireEncryption", ENABLED, "removable-write-blocked", True),
        ("BitLocker\\RemovableDrivesRequireEncryption", "<enabled />", "removable-write-blocked", True),
        ("BitLocker\\RemovableDrivesRequireEncryption", "<disabled/>", "removable-write-blocked", False),
        ("BitLocker\\RemovableDrivesRequireEncryption", "<aktiviert/>", "removable-write-blocked", None),
        ("BitLocker\\RemovableDrivesRequireEncryption_ProviderSet", 1, "removable-write-blocked", None),
        ("BitLocker\\RemovableDrivesRequireEncryption", REFUSED, "removable-write-blocked", None),
        ("Storage\\RemovableDiskDenyWriteAccess", 1, "removable-write-blocked", True),
        ("BitLocker\\FixedDrivesRequireEncryption", "<enabled/>", "fixed-write-blocked", True),
        ("BitLocker\\FixedDrivesRequireEncryption", b"\1", "fixed-write-blocked", None),
        ("BitLocker\\SystemDrivesRecoveryOptions", RECOVERY.format("true", "true"), "recovery-key-escrowed", True),
        ("BitLocker\\SystemDrivesRecoveryOptions", RECOVERY.format("true", "false"), "recovery-key-escrowed", False),
        ("BitLocker\\SystemDrivesRecoveryOptions", RECOVERY.format("wahr", "wahr"), "recovery-key-escrowed", None),
        ("Storage\\WPDDevicesDenyWriteAccessPerDevice", "<enabled/>", "phones-blocked", True),
        ("Autoplay\\TurnOffAutoPlay", '<enabled/><data id="Autorun_Box" value="255"/>', "autorun-off", True),
        ("Autoplay\\TurnOffAutoPlay", '<enabled/><data id="Autorun_Box" value="181"/>', "autorun-off", False),
        ("Autoplay\\TurnOffAutoPlay", "<enabled", "autorun-off", None),
    ],
)  # fmt: skip
def test_a_rule_of_device_management_is_read(
    value: str, said: Any, setting: str, on: bool | None
) -> None:
    registry = {f"{DEVICE}\\{value}": said}
    binary = isinstance(said, bytes)
    host = machine({} if binary else registry)
    if binary:
        host.answers.binary[f"{DEVICE}\\{value}"] = "AQ=="

    assert told(host)[setting][0] is on


@pytest.mark.parametrize(
    ("registry", "on", "detail"),
    [
        ({rf"{SERVICES}\USBSTOR\Start": 4}, True, "switched off"),
        ({rf"{SERVICES}\USBSTOR\Start": 4, rf"{SERVICES}\UASPStor\Start": 4}, True, "switched off"),
        ({rf"{SERVICES}\USBSTOR\Start": 4, rf"{SERVICES}\UASPStor\Start": 3}, False, "fast drives"),
        ({rf"{windows_settings.WRITE_PROTECT}\WriteProtect": 1}, None, "every Windows"),
        ({rf"{windows_settings.FVE}\RDVDenyWriteAccess": 1}, False, r"SOFTWARE\Policies"),
        ({}, False, ""),
    ],
)  # fmt: skip
def test_what_is_thought_to_close_sticks_is_told_for_what_it_is(
    registry: dict[str, Any], on: bool | None, detail: str
) -> None:
    found = told(machine(registry))["removable-write-blocked"]

    assert found[0] is on
    assert detail in found[1]


ORDERED = {f"{DEVICE}\\BitLocker\\RequireDeviceEncryption": 1}


@pytest.mark.parametrize(
    ("drive", "registry", "waits"),
    [
        ({"Conversion": 1, "Protection": 0, "Protectors": []}, {}, True),  # waiting for activation
        ({"Conversion": 1, "Protection": 0, "Protectors": [1, 3]}, {}, False),  # suspended: DRV-03
        ({"Conversion": 1, "Protection": 0}, {}, None),
        ({"Conversion": 1, "Protection": 1, "Protectors": [1, 3]}, ORDERED, False),
        ({"Conversion": 0, "Protection": 0, "Protectors": []}, ORDERED, True),
        ({"Conversion": 0, "Protection": 0, "Protectors": []}, {}, False),
        ({"Conversion": "wahr"}, ORDERED, None),
        (None, ORDERED, None),
    ],
)  # fmt: skip
def test_bitlocker_that_was_ordered_and_protects_nothing_is_told(
    drive: dict[str, Any] | None, registry: dict[str, Any], waits: bool | None
) -> None:
    drives = (
        [{"DriveLetter": "C:", **drive}, {"DriveLetter": "E:", "Conversion": 0}] if drive else None
    )

    assert told(machine(registry, drives))["encryption-waits"][0] is waits


def test_a_drive_waiting_for_activation_is_not_called_encrypted() -> None:
    assert (
        by_bitlocker({"Conversion": 1, "Protection": 0, "Protectors": []}).state.value
        == "suspended"
    )


@pytest.mark.parametrize(
    ("found", "named"),
    [([1, 3], ("TPM", "recovery password")), (4, ("TPM and PIN",)), ([], ()), (None, ()), (["1", None, 99], ())],
)  # fmt: skip
def test_what_opens_a_drive_is_named_by_kind(found: object, named: tuple[str, ...]) -> None:
    assert by_bitlocker({"Conversion": 1, "Protection": 1, "Protectors": found}).protectors == named


@given(st.text() | st.integers())
def test_any_value_is_in_force_only_when_it_says_so(value: str | int) -> None:
    found = ordered(machine({f"{DEVICE}\\BitLocker\\X": value}), "BitLocker", "X")

    said = value == 1 or (
        isinstance(value, str) and value.lstrip().lower().replace(" ", "").startswith("<enabled/>")
    )
    assert found.on is True if said else found.on is not True


def test_no_rule_is_no_rule() -> None:
    assert ordered(machine({}), "BitLocker", "X") == NONE
    assert ordered(machine({f"{DEVICE}\\BitLocker\\X_ProviderSet": 1}), "BitLocker", "X") == UNKNOWN
