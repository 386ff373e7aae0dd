"""Encryption beside that of whole drives: of the drive itself, of single folders, of older Macs."""

from __future__ import annotations

import plistlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_samples import SAMPLES
from test_device_management import machine as windows
from test_linux_storage import host as linux

from auditor.errors import HostError
from auditor.evidence import EncryptionState, Gap, Platform, Setting, Volume
from auditor.host.core_storage import encryption
from auditor.host.folder_encryption import policy
from auditor.host.recorded import Answers, Recorded, Refusal
from auditor.probes import linux_folders, macos_volumes, self_encrypting
from auditor.survey import survey

SCAN = (
    "Scanning for Opal compliant disks\n"
    "/dev/nvme0  2  Example SSD 960 EVO 250GB                2B7QCXE7\n"
    "/dev/sda    No  EXAMPLE LMT-256L9M-11 MSATA 256GB       HM8110B\n"
    "/dev/sdb   12  Example SSD 850 EVO 500GB                EMT01B6Q\n"
    "/dev/sdc    E  Example Enterprise                       0001\n"
    "No more disks present ending scan\n"
)
ASKED = "/usr/sbin/sedutil-cli --scan"
MISSING = Refusal(error="ToolMissing")


def test_a_scan_tells_which_drives_could_encrypt_themselves() -> None:
    assert self_encrypting.scanned(SCAN.encode()) == {
        "nvme0": True, "sda": False, "sdb": True, "sdc": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "elevated", "on"),
    [
        (SCAN, True, {"nvme0n1": True, "sda": False, "sdd": None}),
        (SCAN, False, {"nvme0n1": None, "sda": None, "sdd": None}),
        (MISSING, True, {"nvme0n1": None, "sda": None, "sdd": None}),
        ("Recherche de disques Opal\n/dev/sda Oui\n", True, {"nvme0n1": None, "sda": None, "sdd": None}),
    ],
)  # fmt: skip
def test_only_root_is_told_and_what_nobody_said_is_unknown(
    said: Any, elevated: bool, on: dict[str, bool | None]
) -> None:
    host = linux({"nvme0n1": {}, "sda": {}, "sdd": {}}, outputs={ASKED: said}, elevated=elevated)

    assert {s.about.split()[1]: s.on for s in self_encrypting.ask(host)} == on


def test_a_drive_that_could_encrypt_itself_is_not_called_encrypted() -> None:
    mounts: dict[str, str | Refusal] = {
        "/proc/self/mountinfo": "22 1 8:0 / / rw - ext4 /dev/sdb rw\n"
    }
    seen = survey(linux({"sdb": {}}, files=mounts, outputs={ASKED: SCAN}, elevated=True))

    assert [v.encryption.state for v in seen.volumes] == [EncryptionState.OFF]
    (told,) = (s for s in seen.settings if s.id == "self-encrypting")
    assert (told.on, "counts as no" in told.detail) == (True, True)


def test_windows_tells_it_to_administrators_with_bitlocker() -> None:
    drives = [
        {"DriveLetter": letter, "Conversion": 0, "Protection": 0, "Hardware": told}
        for letter, told in (("C:", 3), ("D:", 1), ("E:", 0), ("F:", "ja"))
    ]
    found = {s.about: s.on for s in self_encrypting.ask(windows({}, drives))}

    assert found == {"drive C:": True, "drive D:": True, "drive E:": False, "drive F:": None}
    assert [s.on for s in self_encrypting.ask(windows({}))] == [None]


@pytest.mark.skipif(not (SAMPLES / "linux").is_dir(), reason="recorded samples are not here")
def test_recorded_scans_are_read() -> None:
    told = [
        self_encrypting.scanned((SAMPLES / "linux" / name).read_bytes())
        for name in ("sedutil-scan.txt", "sedutil-scan-no.txt")
    ]

    assert told == [dict.fromkeys(("nvme0", "sda", "sdb", "sdc"), True), {"sda": False}]


@given(st.binary())
def test_any_bytes_of_a_scan_are_read_without_a_crash(printed: bytes) -> None:
    assert all(isinstance(v, bool) for v in self_encrypting.scanned(printed).values())


MOUNT = "22 1 8:0 / / rw - ext4 /dev/sda rw\n"
REFUSED = Refusal(error="AccessDenied")
CANNOT = Refusal(error="NotThere", problem="its file system encrypts no folders")


def folders(ciphers: dict[str, Any], names: dict[str, Any], mount: str = MOUNT) -> Setting | None:
    host = Recorded(
        Answers(
            platform=Platform.LINUX, name="x", os="x", elevated=False, now=datetime(2026, 11, 25, tzinfo=UTC),
            files={"/proc/self/mountinfo": mount}, ciphers=ciphers, folders=names,
        )
    )  # fmt: skip
    return next(linux_folders.ask(host), None)


@pytest.mark.parametrize(
    ("ciphers", "names", "on"),
    [
        pytest.param({"/": CANNOT}, {}, False, id="the feature is off"),
        pytest.param({"/": REFUSED}, {}, None, id="refused"),
        pytest.param({}, {}, None, id="nobody asked"),
        pytest.param({"/": "", "/srv": ""}, {"/": ("srv",)}, False, id="on, not set up, none"),
        pytest.param({"/": "", "/home/ann": "AES-256-XTS"}, {"/": (), "/home": ("ann",)}, True, id="a home"),
        pytest.param({"/": "", "/srv": REFUSED}, {"/": ("srv",)}, None, id="one could not be asked"),
        pytest.param({"/": ""}, {"/": REFUSED}, None, id="the top may not be listed"),
        pytest.param({"/": ""}, {"/": (), "/.fscrypt/policies": ("0a1b",)}, None, id="set up, not seen where"),
        pytest.param({"/": ""}, {"/": (), "/.fscrypt/policies": REFUSED}, None, id="whether set up is closed"),
    ],
)  # fmt: skip
def test_folders_that_linux_encrypts_are_told_without_rights(
    ciphers: dict[str, Any], names: dict[str, Any], on: bool | None
) -> None:
    found = folders(ciphers, names)

    assert found is not None
    assert found.on is on
    assert "0a1b" not in found.detail


def test_file_systems_that_encrypt_no_folders_are_not_asked() -> None:
    assert folders({}, {}, MOUNT.replace("ext4", "vfat")) is None


@pytest.mark.skipif(sys.platform != "linux", reason="the question of Linux")
def test_a_folder_of_this_machine_answers_or_says_why_not(tmp_path: Path) -> None:
    try:
        told = policy(str(tmp_path))
    except HostError as e:
        told = e.problem
    assert told in {"", "its file system encrypts no folders"}
    with pytest.raises(HostError):
        policy(str(tmp_path / "absent"))


def told(family: str | None, state: str | None, status: str = "Online") -> str:
    kind = {"CoreStorageLogicalVolumeFamilyEncryptionType": family} if family is not None else {}
    going = {"CoreStorageLogicalVolumeConversionState": state} if state is not None else {}
    return encryption(kind, {**going, "CoreStorageLogicalVolumeStatus": status}).state.value


@pytest.mark.parametrize(
    ("family", "state", "expected"),
    [
        ("AES-XTS", "Complete", "on"),
        ("AES-XTS", "Converting", "partial"),
        ("AES-XTS", "Pending", "partial"),
        ("AES-XTS", "Failed", "partial"),
        ("None", "Converting", "partial"),
        ("None", "Complete", "off"),
        ("None", "NoConversion", "off"),
        ("None", "Fertig", "unknown"),
        ("Keine", "Complete", "unknown"),
        ("AES-XTS", "Fertig", "unknown"),
        ("AES-XTS", None, "unknown"),
        (None, "Complete", "unknown"),
        (None, None, "unknown"),
    ],
)
def test_core_storage_is_on_only_when_encrypted_and_done(
    family: str | None, state: str | None, expected: str
) -> None:
    assert told(family, state) == expected


def old_mac(*, locked: bool = False, cs: bool = True) -> Recorded:
    """A Mac of 2014 with FileVault of its time on its disk, and an open stick."""
    disks = [
        {"DeviceIdentifier": "disk0", "Content": "GUID_partition_scheme", "Partitions": [
            {"DeviceIdentifier": "disk0s2", "Content": "Apple_CoreStorage"},
            {"DeviceIdentifier": "disk0s3", "Content": "Apple_Boot"}]},
        *([] if locked else [{"DeviceIdentifier": "disk1", "Content": "Apple_HFS", "MountPoint": "/"}]),
        {"DeviceIdentifier": "disk2", "Partitions": [
            {"DeviceIdentifier": "disk2s1", "Content": "DOS_FAT_32", "MountPoint": "/Volumes/STICK"}]},
    ]  # fmt: skip
    group = {"CoreStorageUUID": "G", "CoreStoragePhysicalVolumes": [{"CoreStorageUUID": "P"}],
             "CoreStorageLogicalVolumeFamilies": [
                 {"CoreStorageUUID": "F", "CoreStorageLogicalVolumes": [{"CoreStorageUUID": "V"}]}]}  # fmt: skip
    volume = {
        "CoreStorageLogicalVolumeConversionState": "Complete",
        "CoreStorageLogicalVolumeName": "Macintosh HD",
    }
    volume |= {"CoreStorageLogicalVolumeStatus": "Locked"} if locked else {
        "CoreStorageLogicalVolumeStatus": "Online", "DeviceIdentifier": "disk1"}  # fmt: skip
    said: dict[str, Any] = {
        "list -plist": {"AllDisksAndPartitions": disks}, "apfs list -plist": {"Containers": []},
        "info -plist disk0": {"BusProtocol": "SATA", "Internal": True},
        "info -plist disk2": {"BusProtocol": "USB", "Internal": False},
    }  # fmt: skip
    if cs:
        said |= {
            "cs list -plist": {"CoreStorageLogicalVolumeGroups": [group]},
            "cs info -plist P": {"DeviceIdentifier": "disk0s2"},
            "cs info -plist F": {"CoreStorageLogicalVolumeFamilyEncryptionType": "AES-XTS"},
            "cs info -plist V": volume,
        }  # fmt: skip
    outputs: dict[str, Any] = {
        f"/usr/sbin/diskutil {k}": plistlib.dumps(v).decode() for k, v in said.items()
    }
    return Recorded(
        Answers(platform=Platform.MACOS, name="x", os="macOS 10.13", elevated=False,
                now=datetime(2026, 11, 25, tzinfo=UTC), outputs=outputs)
    )  # fmt: skip


def drives(host: Recorded) -> list[tuple[str, str, str, bool | None]]:
    return [
        (v.mount, v.place.value, v.encryption.state.value, v.encryption.locked)
        for v in macos_volumes.ask(host)
        if isinstance(v, Volume)
    ]


def test_an_older_mac_with_filevault_is_told_once_and_as_encrypted() -> None:
    stick = ("/Volumes/STICK", "removable", "off", None)

    assert drives(old_mac()) == [("/", "fixed", "on", False), stick]
    assert drives(old_mac(locked=True)) == [("", "fixed", "on", True), stick]


def test_without_core_storage_in_diskutil_such_a_drive_is_unknown() -> None:
    found = list(macos_volumes.ask(old_mac(cs=False)))

    assert drives(old_mac(cs=False)) == [
        ("", "fixed", "unknown", None),
        ("/", "unknown", "unknown", None),
        ("/Volumes/STICK", "removable", "off", None),
    ]
    assert any(isinstance(f, Gap) and "encryption" in f.about for f in found)
