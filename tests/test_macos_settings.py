"""Settings, health and attached devices of Macs, from property lists and printed words."""

from __future__ import annotations

import base64
import json
import plistlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_samples import SAMPLES

from auditor.evidence import DeviceKind, DeviceSeen, Gap, Health, Platform, Setting
from auditor.host.recorded import Answers, Recorded, Refusal
from auditor.probes import macos_devices, macos_settings

MACS = SAMPLES / "macos"
FIREWALL = f"{macos_settings.FIREWALL} --getglobalstate"
PROFILES = "/usr/bin/profiles status -type enrollment"
FDESETUP = "/usr/bin/fdesetup status"
GROUPS = "/usr/bin/id -G"


def mac(
    files: dict[str, Any] | None = None,
    outputs: dict[str, str | Refusal] | None = None,
    *,
    os: str = "macOS 26.1",
    elevated: bool = False,
) -> Recorded:
    binary = {}
    texts: dict[str, str | Refusal] = {}
    for path, content in (files or {}).items():
        if isinstance(content, Refusal):
            texts[path] = content
        else:
            body = (
                content
                if isinstance(content, bytes)
                else plistlib.dumps(content, fmt=plistlib.FMT_BINARY)
            )
            binary[path] = base64.b64encode(body).decode()
    return Recorded(
        Answers(
            platform=Platform.MACOS, name="mac", os=os, elevated=elevated, now=datetime(2026, 11, 25, tzinfo=UTC),
            files=texts, binary=binary, outputs=outputs or {},
        )
    )  # fmt: skip


def told(host: Recorded) -> dict[str, Setting]:
    return {s.id.value: s for s in macos_settings.ask(host)}


LOGIN, UPDATE, SCREEN, MEDIA = (
    macos_settings.LOGIN,
    macos_settings.UPDATE,
    macos_settings.SCREEN,
    macos_settings.MEDIA,
)
REFUSED = Refusal(error="AccessDenied")
TODAY = datetime(2026, 11, 20)  # noqa: DTZ001 - property lists have dates without a zone
LONG_AGO = datetime(2026, 1, 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("question", "host", "on"),
    [
        ("automatic-sign-in", mac(), False),
        ("automatic-sign-in", mac({LOGIN: {"autoLoginUser": "zebedee"}}), True),
        ("automatic-sign-in", mac({LOGIN: REFUSED}), None),
        ("automatic-sign-in", mac({LOGIN: b"not a list"}), None),
        ("guest-enabled", mac({LOGIN: {"GuestEnabled": True}}), True),
        ("guest-enabled", mac({LOGIN: {"GuestEnabled": False}}), False),
        ("guest-enabled", mac({LOGIN: {"GuestEnabled": "no"}}), None),
        ("guest-enabled", mac(), None),
        ("firewall-on", mac(outputs={FIREWALL: "Firewall is enabled. (State = 1)\n"}), True),
        ("firewall-on", mac(outputs={FIREWALL: "Le coupe-feu est activé. (State = 2)\n"}), True),
        ("firewall-on", mac(outputs={FIREWALL: "Firewall is disabled. (State = 0)\n"}), False),
        ("firewall-on", mac(outputs={FIREWALL: "Firewall is enabled.\n"}), None),
        ("firewall-on", mac(), None),
        ("updates-recent", mac({UPDATE: {"LastSuccessfulDate": TODAY, "LastRecommendedUpdatesAvailable": 0}}), True),
        ("updates-recent", mac({UPDATE: {"LastSuccessfulDate": TODAY, "LastRecommendedUpdatesAvailable": 2}}), False),
        ("updates-recent", mac({UPDATE: {"LastSuccessfulDate": LONG_AGO, "LastRecommendedUpdatesAvailable": 0}}), None),
        ("updates-recent", mac({UPDATE: {"LastSuccessfulDate": "x"}}), None),
        ("screen-locks", mac({SCREEN: {"askForPassword": 1, "idleTime": 600}}), True),
        ("screen-locks", mac({SCREEN: {"askForPassword": True, "idleTime": 1800}}), False),
        ("screen-locks", mac({SCREEN: {"idleTime": 600}}), None),
        ("screen-locks", mac(), None),
        ("removable-write-blocked", mac({MEDIA: {"mount-controls": {"harddisk-external": ["read-only"]}}}), True),
        ("removable-write-blocked", mac({MEDIA: {"mount-controls": {"harddisk-external": ["authenticate"]}}}), None),
        ("removable-write-blocked", mac({MEDIA: {"mount-controls": ["deny"]}}), None),
        ("removable-write-blocked", mac(), None),
        ("daily-administrator", mac(outputs={GROUPS: "20 12 61 80 98\n"}), True),
        ("daily-administrator", mac(outputs={GROUPS: "20 12 61 380\n"}), False),
        ("daily-administrator", mac(outputs={GROUPS: "0 80\n"}, elevated=True), None),
        ("remotely-managed", mac(outputs={PROFILES: "Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\n"}), True),
        ("remotely-managed", mac(outputs={PROFILES: "Enrolled via DEP: No\nMDM enrollment: No\n"}), None),
        ("encryption-waits", mac(outputs={FDESETUP: "FileVault is Off, but will be enabled after the next restart.\n"}), True),
        ("encryption-waits", mac(outputs={FDESETUP: "FileVault is Off.\nDeferred enablement appears to be active for user 'zebedee'.\n"}), True),
        ("encryption-waits", mac(outputs={FDESETUP: "FileVault is On.\n"}), False),
        ("encryption-waits", mac(outputs={FDESETUP: "FileVault est activé.\n"}), None),
        ("system-supported", mac(os="macOS 26.1"), True),
        ("system-supported", mac(os="macOS 14.8"), None),
        ("system-supported", mac(os="macOS 12.7"), False),
        ("system-supported", mac(os="macOS 31.0"), None),
        ("system-supported", mac(os="Darwin"), None),
    ],
)  # fmt: skip
def test_settings(question: str, host: Recorded, on: bool | None) -> None:
    assert told(host)[question].on is on
    assert "zebedee" not in repr(told(host)), "the name of an account"


HUB = {
    "SPUSBDataType": [],
    "SPUSBHostDataType": [
        {"_name": "USB 4.0 Bus", "USBKeyHardwareType": "Built-in"},
        {"_name": "USB 3.1 Bus", "_items": [{"_name": "Hub", "USBKeyHardwareType": "Removable", "_items": [
            {"_name": " Made-up Stick ", "USBKeyHardwareType": "Removable", "USBDeviceKeySerialNumber": "0301702212"},
            {"_name": "Ann's iPhone", "USBKeyHardwareType": "Removable"}]}]},
    ],
    "SPCardReaderDataType": [{"_name": "Reader", "_items": [{"_name": "Card", "Media": [{}]}]}],
}  # fmt: skip


def test_attached_devices_are_found_behind_hubs_in_either_list_without_serial_numbers() -> None:
    found = list(macos_devices.attached(json.dumps(HUB).encode()))

    assert [(d.model, d.kind, d.attached) for d in found] == [
        ("Made-up Stick", DeviceKind.UNKNOWN, True),
        ("a phone or tablet", DeviceKind.PHONE, True),
        ("Card", DeviceKind.STORAGE, True),
    ]
    assert "0301702212" not in repr(found)
    assert "Ann" not in repr(found), "people name their phones after themselves"


def test_health_of_disks_and_the_missing_history() -> None:
    def printed(value: dict[str, Any]) -> str:
        return plistlib.dumps(value).decode()

    host = mac(
        outputs={
            "/usr/sbin/diskutil list -plist": printed({"WholeDisks": ["disk0", "disk1", "disk4", "disk9"]}),
            "/usr/sbin/diskutil info -plist disk0": printed({"MediaName": "APPLE SSD", "SMARTStatus": "Verified"}),
            "/usr/sbin/diskutil info -plist disk1": printed({"VirtualOrPhysical": "Virtual", "SMARTStatus": "Verified"}),
            "/usr/sbin/diskutil info -plist disk4": printed({"MediaName": "Stick", "SMARTStatus": "Not Supported"}),
            "/usr/sbin/diskutil info -plist disk9": printed({"MediaName": "Old", "SMARTStatus": "Failing"}),
        }
    )  # fmt: skip

    found = list(macos_devices.ask(host))

    assert {h.about: h.state.value for h in found if isinstance(h, Health)} == {
        "disk disk0 APPLE SSD": "good",
        "disk disk4 Stick": "unknown",
        "disk disk9 Old": "failing",
    }
    assert [g.about for g in found if isinstance(g, Gap)] == ["sticks and phones used before"]


@given(st.binary(max_size=300))
def test_answers_of_any_content_never_crash_and_never_pass(noise: bytes) -> None:
    text = noise.decode("latin-1")
    host = mac(
        dict.fromkeys((LOGIN, UPDATE, SCREEN, MEDIA), noise),
        dict.fromkeys((FIREWALL, PROFILES, FDESETUP), text),
    )
    found = told(host)

    for passing in (
        "screen-locks",
        "removable-write-blocked",
        "remotely-managed",
        "updates-recent",
    ):
        assert found[passing].on is not True
    assert found["automatic-sign-in"].on is not False
    assert not list(macos_devices.attached(noise))


@pytest.mark.skipif(not MACS.is_dir(), reason="recorded samples are not here")
@pytest.mark.parametrize(
    ("sample", "kinds"),
    [
        ("system_profiler-SPUSBHostDataType-macos26.json", {DeviceKind.UNKNOWN}),
        ("system_profiler-SPUSBDataType-msc.json", {DeviceKind.STORAGE}),
        ("system_profiler-SPUSBDataType-empty-macos26.json", None),
    ],
)
def test_recorded_lists(sample: str, kinds: set[DeviceKind] | None) -> None:
    found: list[DeviceSeen] = list(macos_devices.attached((MACS / sample).read_bytes()))

    if kinds is not None:
        assert {d.kind for d in found} == kinds
    assert not any(d.model[-8:].isdigit() for d in found)
