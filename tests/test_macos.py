"""Drives of a Mac as diskutil and fdesetup tell them."""

from __future__ import annotations

import plistlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.evidence import EncryptionState, Platform
from auditor.host import Partition
from auditor.host.recorded import Answers, Recorded
from auditor.probes.macos_volumes import state_of_filevault
from auditor.survey import Survey, survey

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DISKUTIL = "/usr/sbin/diskutil"


def apfs(name: str, device: str, roles: list[str], on: bool, **more: object) -> dict[str, object]:
    return {
        "Name": name,
        "DeviceIdentifier": device,
        "Roles": roles,
        "Encryption": on,
        "FileVault": on,
        "Locked": False,
        **more,
    }


def macbook(filevault: bool = True) -> dict[str, dict[str, Any]]:
    """A MacBook with its own disk, an encrypted APFS drive, an exFAT stick and a mounted disk image."""
    return {
        "list -plist": {
            "AllDisksAndPartitions": [
                {"DeviceIdentifier": "disk0", "Content": "GUID_partition_scheme", "Partitions": [
                    {"DeviceIdentifier": "disk0s1", "Content": "Apple_APFS_ISC"},
                    {"DeviceIdentifier": "disk0s2", "Content": "Apple_APFS"}]},
                {"DeviceIdentifier": "disk3", "APFSPhysicalStores": [{"DeviceIdentifier": "disk0s2"}], "APFSVolumes": [
                    {"DeviceIdentifier": "disk3s1", "MountPoint": "/"},
                    {"DeviceIdentifier": "disk3s5", "MountPoint": "/System/Volumes/Data"},
                    {"DeviceIdentifier": "disk3s6", "MountPoint": "/System/Volumes/VM"}]},
                {"DeviceIdentifier": "disk4", "Content": "GUID_partition_scheme", "Partitions": [
                    {"DeviceIdentifier": "disk4s1", "Content": "EFI"},
                    {"DeviceIdentifier": "disk4s2", "Content": "Apple_APFS"}]},
                {"DeviceIdentifier": "disk5", "APFSPhysicalStores": [{"DeviceIdentifier": "disk4s2"}], "APFSVolumes": [
                    {"DeviceIdentifier": "disk5s1", "MountPoint": "/Volumes/SAFE"}]},
                {"DeviceIdentifier": "disk6", "Content": "FDisk_partition_scheme", "Partitions": [
                    {"DeviceIdentifier": "disk6s1", "Content": "Microsoft Basic Data", "VolumeName": "STICK",
                     "MountPoint": "/Volumes/STICK"}]},
                {"DeviceIdentifier": "disk7", "Content": "GUID_partition_scheme", "Partitions": [
                    {"DeviceIdentifier": "disk7s1", "Content": "Apple_HFS", "VolumeName": "Installer",
                     "MountPoint": "/Volumes/Installer"}]},
            ]
        },
        "apfs list -plist": {
            "Containers": [
                {"DesignatedPhysicalStore": "disk0s2", "Volumes": [
                    apfs("Macintosh HD", "disk3s1", ["System"], filevault),
                    apfs("Data", "disk3s5", ["Data"], filevault, Encryption=True),
                    apfs("VM", "disk3s6", ["VM"], False), apfs("Preboot", "disk3s2", ["Preboot"], False)]},
                {"DesignatedPhysicalStore": "disk4s2", "Volumes": [apfs("SAFE", "disk5s1", [], True)]},
            ]
        },
        "info -plist disk0": {"BusProtocol": "Apple Fabric", "Internal": True, "MediaName": "APPLE SSD"},
        "info -plist disk4": {"BusProtocol": "USB", "Internal": False, "MediaName": "Example drive"},
        "info -plist disk6": {"BusProtocol": "USB", "RemovableMediaOrExternalDevice": True, "MediaName": "Example stick"},
        "info -plist disk7": {"BusProtocol": "Disk Image", "Internal": False},
    }  # fmt: skip


def mac(
    said: dict[str, dict[str, Any]], fdesetup: str | None = "FileVault is On.\n", noise: bytes = b""
) -> Recorded:
    outputs: dict[str, Any] = {
        f"{DISKUTIL} {name}": (noise + plistlib.dumps(answer)).decode()
        for name, answer in said.items()
    }
    if fdesetup is not None:
        outputs["/usr/bin/fdesetup status"] = fdesetup
    return Recorded(
        Answers(
            platform=Platform.MACOS, name="mac", os="macOS 15.1", elevated=False, now=NOW, battery=True, outputs=outputs,
            partitions=(
                Partition(device="/dev/disk3s1", mount="/", filesystem="apfs"),
                Partition(device="//office/staff", mount="/Volumes/staff", filesystem="smbfs"),
            ),
        )
    )  # fmt: skip


def told(seen: Survey) -> dict[str, tuple[str, str]]:
    return {v.mount or v.device: (v.place.value, v.encryption.state.value) for v in seen.volumes}


def test_a_macbook_with_a_drive_and_a_stick() -> None:
    assert told(survey(mac(macbook()))) == {
        "/": ("fixed", "on"),
        "/Volumes/SAFE": ("removable", "on"),
        "/Volumes/STICK": ("removable", "off"),
        "/Volumes/staff": ("network", "unknown"),
    }


def test_encrypted_at_rest_without_filevault_is_not_encrypted() -> None:
    seen = survey(mac(macbook(filevault=False), "FileVault is Off.\n"))

    assert told(seen)["/"] == ("fixed", "off")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("FileVault is On.\n", "on"),
        ("FileVault is Off.\n", "off"),
        ("FileVault is Off, but will be enabled after the next restart.\n", "off"),
        ("FileVault is On.\nEncryption in progress: Percent completed = 34.2\n", "partial"),
        ("FileVault is On.\nDecryption in progress: Percent completed = 7\n", "partial"),
        ("FileVault ist aktiviert.\n", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_filevault_is_on_only_when_it_says_so_and_is_done(said: str | None, state: str) -> None:
    assert state_of_filevault(mac(macbook(), said)) is EncryptionState(state)


def test_two_answers_that_disagree_are_unknown() -> None:
    assert told(survey(mac(macbook(filevault=True), "FileVault is Off.\n")))["/"] == (
        "fixed",
        "unknown",
    )


def test_a_locked_drive_is_told_as_closed() -> None:
    said = macbook()
    said["apfs list -plist"]["Containers"][1]["Volumes"][0]["Locked"] = True
    del said["list -plist"]["AllDisksAndPartitions"][3]["APFSVolumes"][0]["MountPoint"]
    seen = survey(mac(said))

    safe = next(v for v in seen.volumes if v.label == "SAFE")
    assert (safe.mount, safe.encryption.state, safe.encryption.locked) == (
        "",
        EncryptionState.ON,
        True,
    )
    assert any(g.volume == safe.id for g in seen.gaps)


def test_noise_before_the_answer_is_passed_over() -> None:
    assert told(survey(mac(macbook(), noise=b"diskutil: warning\n"))) == told(
        survey(mac(macbook()))
    )


def test_without_diskutil_the_mounts_are_told_and_nothing_is_guessed() -> None:
    seen = survey(mac({}))

    assert told(seen) == {"/": ("fixed", "unknown"), "/Volumes/staff": ("network", "unknown")}
    assert any(g.source == "diskutil" for g in seen.gaps)


VALUES: st.SearchStrategy[object] = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=6)
    | st.just([])
)


@settings(max_examples=120)
@given(st.data())
def test_one_changed_word_never_crashes_and_never_turns_a_stick_on(data: st.DataObject) -> None:
    said = macbook()
    at: Any = said[data.draw(st.sampled_from(sorted(said)))]
    for _ in range(data.draw(st.integers(0, 5))):
        keys = list(range(len(at))) if isinstance(at, list) else sorted(at)
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if not isinstance(at[key], dict | list):
            value = data.draw(VALUES)
            at[key] = "none" if value is None else value
            break
        at = at[key]

    seen = survey(mac(said))

    assert not [g for g in seen.gaps if "shape" in g.detail], "the probe itself failed"
    stick = [v for v in seen.volumes if v.label == "STICK"]
    assert all(v.encryption.state is not EncryptionState.ON for v in stick)
