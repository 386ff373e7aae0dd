"""Writes the Windows and macOS machines of this folder: python tests/machines/make.py.

No such machine stands here. Their answers have the shape of recorded ones (public reports of
Windows 11 and macOS 26), with names and numbers made up. The Linux machines are recordings of the
virtual machine of the tests, by record.py.
"""

from __future__ import annotations

import json
import plistlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from auditor.evidence import Platform
from auditor.host import Partition, Usage
from auditor.host.powershell import command
from auditor.host.recorded import FILE, Answers, Recorded, Refusal, asked
from auditor.probes import macos_settings, windows_accounts, windows_protection, windows_safety
from auditor.probes import windows_settings as settings

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
GUID = "\\\\?\\Volume{{00000000-0000-0000-0000-00000000000{}}}\\"
EFI = "{c12a7328-f81f-11d2-ba4b-00a0c93ec93b}"
DATA = "{ebd0a0a2-b9e5-4433-87c0-68b6b72699c7}"
REFUSED = Refusal(error="AccessDenied", problem="the system refused")


def save(name: str, answers: Answers) -> None:
    """Writes one machine."""
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    body = msgspec.json.format(msgspec.json.encode(answers, order="sorted"), indent=1)
    (folder / FILE).write_bytes(body + b"\n")


def volume(n: int, letter: str, filesystem: str, label: str, **more: Any) -> dict[str, Any]:
    return {
        "DeviceID": GUID.format(n), "DriveLetter": letter or None, "Label": label, "FileSystem": filesystem,
        "Capacity": 500_000_000_000, "DriveType": 3, "SystemVolume": False, **more,
    }  # fmt: skip


def printed(*, admin: bool) -> dict[str, Any]:
    """What the script prints on an office laptop with a stick and a backup disk without letter."""
    answer: dict[str, Any] = {
        "mode": "FullLanguage",
        "errors": {} if admin else dict.fromkeys(("bitlocker", "escrow"), "PermissionDenied"),
        "volumes": [
            volume(1, "C:", "NTFS", "Windows"), volume(2, "", "FAT32", "", SystemVolume=True),
            volume(3, "E:", "exFAT", "OFFICE", DriveType=2), volume(4, "", "NTFS", "Server backup"),
        ],
        "disks": [
            {"Number": 0, "FriendlyName": "Example NVMe", "BusType": 17},
            {"Number": 1, "FriendlyName": "Example Stick", "BusType": 7},
            {"Number": 2, "FriendlyName": "Example USB Disk", "BusType": 7},
        ],
        "partitions": [
            {"DiskNumber": d, "AccessPaths": [*([f"{a}\\"] if a else []), GUID.format(n)], "GptType": g}
            for n, d, a, g in ((1, 0, "C:", DATA), (2, 0, "", EFI), (3, 1, "E:", ""), (4, 2, "", DATA))
        ],
        "shell": [{"DriveLetter": "C:", "Protection": 1}, {"DriveLetter": "E:", "Protection": 2}],
        "physical": [
            {"DeviceId": str(n), "FriendlyName": f"Example {n}", "Health": h} for n, h in enumerate((0, 0, 2))
        ],
        "pools": [],
        "defender": [{"Enabled": True, "RealTime": True, "Age": 1, "Mode": "Normal"}],
        "products": [{"State": 397568}],
        "accounts": [{"Kind": 500, "Disabled": True}, {"Kind": 501, "Disabled": True}],
        "updates": [{"Installed": "2026-11-12T03:12:00.0000000"}],
        "devices": [
            {"Name": "Example Stick USB Device", "Class": "DiskDrive", "Way": "USBSTOR", "Present": True,
             "First": "2025-09-01T08:00:00.0000000Z", "Last": "2026-11-25T08:00:00.0000000Z", "Bus": ""},
            {"Name": "Apple iPhone", "Class": "WPD", "Way": "USB", "Present": False, "First": "", "Last": "", "Bus": ""},
        ],
    }  # fmt: skip
    if admin:
        answer["bitlocker"] = [
            {"DeviceID": GUID.format(1), "DriveLetter": "C:", "Protection": 1, "Conversion": 1, "Lock": 0,
             "Method": 6, "Flags": 1, "Recovery": 1, "Protectors": [1, 3], "Hardware": 2},
            {"DeviceID": GUID.format(3), "DriveLetter": "E:", "Protection": 0, "Conversion": 0, "Lock": 0, "Method": 0,
             "Protectors": [], "Hardware": 0},
            {"DeviceID": GUID.format(4), "DriveLetter": None, "Protection": 0, "Conversion": 1, "Lock": 0,
             "Method": 6, "Flags": 0, "Recovery": 1, "Protectors": [3, 8], "Hardware": 0, "AutoUnlock": True},
        ]  # fmt: skip
        answer["escrow"] = [{"When": "2025-09-01T08:05:00.0000000Z"}]
    return answer


def registry() -> dict[str, Any]:
    """Values as a school's Windows 11 Pro has them."""
    version, walls = windows_accounts.WINDOWS, windows_protection.FIREWALL
    return {
        f"{version}\\CurrentBuildNumber": "26200", f"{version}\\EditionID": "Professional",
        f"{version}\\InstallationType": "Client", f"{version}\\ProductName": "Windows 10 Pro",
        f"{settings.BITLOCKER_ONLY.key}\\{settings.BITLOCKER_ONLY.name}": 0,
        f"{windows_protection.MEMORY}\\PagingFiles": ("?:\\pagefile.sys",),
        f"{windows_protection.POWER}\\HibernateEnabled": 1,
        f"{windows_protection.SERVICES}\\CscService\\Start": 4,
        **{f"{walls}\\{n}\\EnableFirewall": 1 for n in windows_protection.NETWORKS},
        "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\fDenyTSConnections": 1,
    }  # fmt: skip


def windows(name: str, *, admin: bool, powershell: bool = True) -> None:
    variables = {"SystemDrive": "C:", "SystemRoot": "C:\\Windows"}
    bare = Recorded(
        Answers(platform=Platform.WINDOWS, name="office", os="Windows 11", elevated=admin, now=NOW, variables=variables)
    )  # fmt: skip
    outputs: dict[str, Any] = {
        "C:\\Windows\\System32\\whoami.exe /groups /fo csv /nh": '"x","y","S-1-5-32-545","z"\n'
    }
    if powershell:
        outputs[asked(command(bare))] = json.dumps(printed(admin=admin))
    usbstor = windows_safety.USBSTOR
    stick = "Disk&Ven_Example&Prod_Stick&Rev_1.00"
    save(
        name,
        Answers(
            platform=Platform.WINDOWS, name="office", os="Windows 11 Pro 25H2", elevated=admin, now=NOW, battery=True,
            partitions=tuple(
                Partition(device=r, mount=r, filesystem=f, options=(o,))
                for r, f, o in (("C:\\", "NTFS", "fixed"), ("E:\\", "exFAT", "removable"))
            ),
            usage={r: Usage(size=500_000_000_000, free=200_000_000_000) for r in ("C:\\", "E:\\")},
            drive_types={"C:\\": 3, "E:\\": 2}, labels={"C:\\": "Windows", "E:\\": "OFFICE"},
            variables=variables, outputs=outputs, registry=registry(), passwords={"shortest": 8},
            registry_keys={usbstor: (stick,), f"{usbstor}\\{stick}": ("0",), "HKCU\\Network": ("H",)},
            targets={"C:": "\\Device\\HarddiskVolume3", "E:": "\\Device\\HarddiskVolume7"},
        ),
    )  # fmt: skip


def listed(value: dict[str, Any]) -> str:
    return plistlib.dumps(value).decode()


def macos(name: str, *, admin: bool) -> None:
    """A MacBook with FileVault and an exFAT stick."""
    disks = [
        {"DeviceIdentifier": "disk0", "Content": "GUID_partition_scheme",
         "Partitions": [{"DeviceIdentifier": "disk0s2", "Content": "Apple_APFS"}]},
        {"DeviceIdentifier": "disk3", "APFSPhysicalStores": [{"DeviceIdentifier": "disk0s2"}],
         "APFSVolumes": [{"DeviceIdentifier": "disk3s5", "MountPoint": "/System/Volumes/Data"}]},
        {"DeviceIdentifier": "disk6", "Content": "FDisk_partition_scheme",
         "Partitions": [{"DeviceIdentifier": "disk6s1", "Content": "Microsoft Basic Data", "VolumeName": "STICK",
                         "MountPoint": "/Volumes/STICK"}]},
    ]  # fmt: skip
    data = {
        "Name": "Data",
        "DeviceIdentifier": "disk3s5",
        "Roles": ["Data"],
        "Encryption": True,
        "FileVault": True,
        "Locked": False,
    }
    tool = "/usr/sbin/diskutil"
    outputs: dict[str, Any] = {
        f"{tool} list -plist": listed({"WholeDisks": ["disk0", "disk6"], "AllDisksAndPartitions": disks}),
        f"{tool} apfs list -plist": listed({"Containers": [{"DesignatedPhysicalStore": "disk0s2", "Volumes": [data]}]}),
        f"{tool} info -plist disk0": listed({"BusProtocol": "Apple Fabric", "Internal": True, "MediaName": "APPLE SSD", "SMARTStatus": "Verified"}),
        f"{tool} info -plist disk6": listed({"BusProtocol": "USB", "Internal": False, "MediaName": "Example Stick", "SMARTStatus": "Not Supported"}),
        "/usr/bin/fdesetup status": "FileVault is On.\n",
        "/usr/bin/id -G": "0\n" if admin else "20 12 61\n",
        f"{macos_settings.FIREWALL} --getglobalstate": "Firewall is enabled. (State = 1)\n",
        "/usr/bin/profiles status -type enrollment": "Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\n",
        "/usr/sbin/system_profiler -json SPUSBDataType SPUSBHostDataType SPCardReaderDataType": json.dumps(
            {"SPUSBHostDataType": [{"_name": "USB 3.1 Bus", "_items": [{"_name": "Example Stick", "USBKeyHardwareType": "Removable"}]}]}
        ),
    }  # fmt: skip
    save(
        name,
        Answers(
            platform=Platform.MACOS, name="head", os="macOS 26.1", elevated=admin, now=NOW, battery=True,
            outputs=outputs, files={macos_settings.LOGIN: listed({"GuestEnabled": False})},
        ),
    )  # fmt: skip


if __name__ == "__main__":
    windows("windows-laptop-admin", admin=True)
    windows("windows-laptop-teacher", admin=False)
    windows("windows-no-powershell", admin=False, powershell=False)
    macos("macos-macbook-admin", admin=True)
    macos("macos-macbook-teacher", admin=False)
