"""What the probes say of recorded machines, and of machines built by hand in a few lines."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import AccessDenied, CannotAudit, HostError, NotThere
from auditor.evidence import EncryptionState, Gap, Machine, Place, Platform, Volume, Why
from auditor.host import Host, Partition, mounts
from auditor.host.about import machine
from auditor.host.recorded import Answers, Recorded, Refusal
from auditor.host.recorder import Recorder
from auditor.host.this import this_machine
from auditor.probes import PROBES
from auditor.survey import survey

MACHINES = Path(__file__).parent / "machines"
M = "/media/teacher/"
TESTBED = {
    "/": ("fixed", "off", "virtio"),
    "/srv/records": ("fixed", "on", "sata"),
    "/data": ("fixed", "off", "nvme"),
    M + "FATSTICK": ("removable", "off", "usb"),
    M + "EXFATSTICK": ("removable", "off", "usb"),
    M + "SAFESTICK": ("removable", "on", "usb"),
    M + "NTFSSTICK": ("removable", "off", "usb"),
    M + "BACKUPHDD": ("removable", "off", "usb"),
    M + "CAMERA": ("removable", "off", "sd"),
    M + "SCHOOLCD": ("optical", "off", "sata"),
}


@cache
def recorded(name: str) -> Recorded:
    return Recorded.load(MACHINES / name)


def told(host: Host) -> dict[str, tuple[str, str, str]]:
    return {
        v.mount or v.device: (v.place.value, v.encryption.state.value, v.bus)
        for v in survey(host).volumes
        if v.place is not Place.NETWORK
    }


@pytest.mark.parametrize("name", ["linux-drives-root", "linux-drives-teacher"])
def test_every_drive_of_the_recorded_machine_is_told_with_and_without_rights(name: str) -> None:
    assert told(recorded(name)) == TESTBED


def test_a_recording_carries_no_serial_number() -> None:
    for file in MACHINES.rglob("machine.json"):
        assert "TB-FATSTICK" not in file.read_text("utf-8"), file


NOW = datetime(2026, 11, 24, tzinfo=UTC)
PCI = "/sys/devices/pci0000:00/"


def linux(mounts: dict[str, str], nodes: dict[str, dict[str, str]], **more: object) -> Recorded:
    """A Linux machine of a few lines.

    Args:
        mounts: mount point → "node fstype".
        nodes: node → attributes; `at` is its place under /sys/devices, `slaves` and `holders` are
            names, and names in capitals are what udev knows of it.
    """
    files, links, folders = {}, {}, {"/sys/class/block": tuple(sorted(nodes))}
    if any(k.isupper() for a in nodes.values() for k in a):
        folders["/run/udev/data"] = ("b8:0",)
    for number, (name, attributes) in enumerate(nodes.items()):
        path = attributes.get("at", f"/sys/devices/virtual/block/{name}")
        links[f"/sys/class/block/{name}"] = links[f"/sys/dev/block/8:{number}"] = path
        links[f"/dev/{name}"] = f"/dev/{name}"
        files[f"{path}/dev"] = f"8:{number}\n"
        files[f"{path}/size"] = attributes.get("size", "2048") + "\n"
        for kind in ("slaves", "holders"):
            folders[f"{path}/{kind}"] = tuple(attributes.get(kind, "").split())
        udev = "".join(f"E:{k}={v}\n" for k, v in attributes.items() if k.isupper())
        files[f"/run/udev/data/b8:{number}"] = udev
        for key in attributes.keys() & {
            "dm/uuid",
            "partition",
            "removable",
            "device/type",
            "loop/backing_file",
        }:
            files[f"{path}/{key}"] = attributes[key] + "\n"
    order = list(nodes)
    lines = [
        f"{30 + n} 1 8:{order.index(v.split()[0]) if v.split()[0] in order else 99} / {m} rw - {v.split()[1]} "
        f"/dev/{v.split()[0]} rw"
        for n, (m, v) in enumerate(mounts.items())
    ]
    files["/proc/self/mountinfo"] = "\n".join(lines) + "\n"
    fields: dict[str, Any] = {"files": files, "links": links, "folders": folders, **more}
    return Recorded(
        Answers(platform=Platform.LINUX, name="pc", os="Linux", elevated=False, now=NOW, **fields)
    )


DISK = {"at": PCI + "0000:00:02.0/ata1/host0/block/sda"}
PART = {"at": PCI + "0000:00:02.0/ata1/host0/block/sda/sda1", "partition": "1"}
USB = {"at": PCI + "0000:00:03.0/usb2/2-1/host1/block/sdb", "removable": "0"}
NVME = {"at": PCI + "0000:00:09.0/nvme/nvme0/nvme0n1"}
LUKS = "CRYPT-LUKS2-0123456789abcdef-x"

STORIES = [
    ("LUKS on a partition", {"/": "dm-0 ext4"},
     {"sda": DISK, "sda1": PART | {"holders": "dm-0"}, "dm-0": {"slaves": "sda1", "dm/uuid": LUKS}}, ("fixed", "on")),
    ("LVM on LUKS", {"/": "dm-1 ext4"},
     {"sda": DISK, "sda1": PART | {"holders": "dm-0"}, "dm-0": {"slaves": "sda1", "dm/uuid": LUKS, "holders": "dm-1"},
      "dm-1": {"slaves": "dm-0", "dm/uuid": "LVM-abc"}}, ("fixed", "on")),
    ("LUKS on LVM", {"/": "dm-1 xfs"},
     {"sda": DISK, "sda1": PART, "dm-0": {"slaves": "sda1", "dm/uuid": "LVM-abc"},
      "dm-1": {"slaves": "dm-0", "dm/uuid": LUKS}}, ("fixed", "on")),
    ("plain LVM", {"/": "dm-0 ext4"},
     {"sda": DISK, "sda1": PART, "dm-0": {"slaves": "sda1", "dm/uuid": "LVM-abc"}}, ("fixed", "off")),
    ("LVM over one encrypted and one plain disk", {"/": "dm-1 ext4"},
     {"sda": DISK, "nvme0n1": NVME, "dm-0": {"slaves": "sda", "dm/uuid": LUKS},
      "dm-1": {"slaves": "dm-0 nvme0n1", "dm/uuid": "LVM-abc"}}, ("fixed", "partial")),
    ("RAID under LUKS", {"/": "dm-0 ext4"},
     {"sda": DISK, "nvme0n1": NVME, "md0": {"slaves": "sda nvme0n1"}, "dm-0": {"slaves": "md0", "dm/uuid": LUKS}},
     ("fixed", "on")),
    ("plain RAID", {"/": "md0 ext4"}, {"sda": DISK, "nvme0n1": NVME, "md0": {"slaves": "sda nvme0n1"}},
     ("fixed", "off")),
    ("dm-verity is no encryption", {"/": "dm-0 ext4"},
     {"sda": DISK, "dm-0": {"slaves": "sda", "dm/uuid": "CRYPT-VERITY-x"}}, ("fixed", "off")),
    ("plain dm-crypt", {"/": "dm-0 ext4"}, {"sda": DISK, "dm-0": {"slaves": "sda", "dm/uuid": "CRYPT-PLAIN-x"}},
     ("fixed", "on")),
    ("an open VeraCrypt stick", {"/mnt/x": "dm-0 vfat"},
     {"sdb": USB, "dm-0": {"slaves": "sdb", "dm/uuid": "CRYPT-TCRYPT-x"}}, ("removable", "on")),
    ("an open BitLocker stick may be suspended", {"/mnt/x": "dm-0 ntfs"},
     {"sdb": USB, "dm-0": {"slaves": "sdb", "dm/uuid": "CRYPT-BITLK-x"}}, ("removable", "unknown")),
    ("a USB disk that says it is not removable", {"/mnt/x": "sdb ext4"}, {"sdb": USB}, ("removable", "off")),
    ("a mapping without anything below", {"/": "dm-0 ext4"}, {"dm-0": {"dm/uuid": "LVM-x"}}, ("fixed", "unknown")),
    ("an SD card", {"/mnt/x": "mmcblk0 vfat"},
     {"mmcblk0": {"at": PCI + "0000:00:04.0/mmc_host/mmc0/mmc0:1/block/mmcblk0", "device/type": "SD"}},
     ("removable", "off")),
    ("the eMMC of a tablet", {"/": "mmcblk0 ext4"},
     {"mmcblk0": {"at": PCI + "0000:00:04.0/mmc_host/mmc0/mmc0:1/block/mmcblk0", "device/type": "MMC"}},
     ("fixed", "off")),
    ("an image file on an encrypted drive", {"/": "dm-0 ext4", "/mnt/x": "loop0 ext4"},
     {"sda": DISK, "dm-0": {"slaves": "sda", "dm/uuid": LUKS}, "loop0": {"loop/backing_file": "/srv/x.img"}},
     ("fixed", "on")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("mounts", "nodes", "expected"), [s[1:] for s in STORIES], ids=[s[0] for s in STORIES]
)
def test_encryption_is_found_through_every_layer(
    mounts: dict[str, str], nodes: dict[str, dict[str, str]], expected: tuple[str, str]
) -> None:
    last = list(mounts)[-1]
    place, state, _ = told(linux(mounts, nodes))[last]

    assert (place, state) == expected


@pytest.mark.parametrize(
    ("known", "state", "locked"),
    [
        ({"ID_FS_TYPE": "vfat"}, "off", None),
        ({"ID_FS_TYPE": "crypto_LUKS"}, "on", True),
        ({"ID_FS_TYPE": "BitLocker"}, "unknown", None),
    ],
)
def test_a_stick_that_is_only_attached_is_told(
    known: dict[str, str], state: str, locked: bool | None
) -> None:
    seen = survey(linux({"/": "sda ext4"}, {"sda": DISK, "sdb": USB | known}))

    stick = next(v for v in seen.volumes if v.device == "/dev/sdb")
    assert (stick.place, stick.encryption.state) == (Place.REMOVABLE, EncryptionState(state))
    if locked:
        assert stick.encryption.locked
    assert any(g.volume == "/dev/sdb" and g.about.startswith("files") for g in seen.gaps)


def test_without_udev_an_attached_stick_is_unknown_and_not_unencrypted() -> None:
    seen = survey(linux({"/": "sda ext4"}, {"sda": DISK, "sdb": USB}))

    stick = next(v for v in seen.volumes if v.device == "/dev/sdb")
    assert stick.encryption.state is EncryptionState.UNKNOWN


def test_boot_partitions_memory_and_bind_mounts_are_no_drives() -> None:
    lines = (
        "20 1 8:0 / / rw - ext4 /dev/sda rw\n"
        "21 20 8:1 / /boot/efi rw - vfat /dev/sda1 rw\n"
        "22 20 0:5 / /tmp rw - tmpfs tmpfs rw\n"
        "23 20 8:0 /srv/x /home/ann/x rw - ext4 /dev/sda rw\n"
        "24 20 0:9 / /mnt/office rw - cifs //server/office rw\n"
        "this line is of another shape\n"
    )
    host = linux({}, {"sda": DISK, "sda1": PART})
    host.answers.files["/proc/self/mountinfo"] = lines

    assert [(v.mount, v.place.value) for v in survey(host).volumes] == [
        ("/", "fixed"),
        ("/mnt/office", "network"),
    ]


def test_two_subvolumes_of_one_btrfs_are_both_looked_at() -> None:
    found = mounts.parse(
        "20 1 0:30 /@ / rw - btrfs /dev/sda1 rw\n21 20 0:30 /@home /home rw - btrfs /dev/sda1 rw\n"
        "22 20 0:30 /@home/ann /srv/ann rw - btrfs /dev/sda1 rw\n"
    )

    assert [m.mount for m in mounts.chosen(found)] == ["/", "/home"]


def test_mount_points_with_spaces_and_odd_bytes_are_read() -> None:
    (mount,) = mounts.parse("33 23 8:16 / /media/ann/MY\\040STICK rw,ro - vfat /dev/sdb rw\n")

    assert mount.mount == "/media/ann/MY STICK"


def windows(*drives: tuple[str, int, str]) -> Recorded:
    return Recorded(
        Answers(
            platform=Platform.WINDOWS, name="PC", os="Windows 11 Pro", elevated=False, now=NOW,
            partitions=tuple(Partition(device=d, mount=d, filesystem=f) for d, _, f in drives),
            drive_types={d: k for d, k, _ in drives},
            variables={"SystemDrive": "C:"},
        )
    )  # fmt: skip


def test_windows_drives_are_told_by_their_type_and_never_called_unencrypted() -> None:
    host = windows(
        ("C:\\", 3, "NTFS"),
        ("D:\\", 3, "NTFS"),
        ("E:\\", 2, "exFAT"),
        ("F:\\", 5, "CDFS"),
        ("G:\\", 4, "NTFS"),
        ("R:\\", 6, ""),
    )
    seen = survey(host)

    assert [(v.mount, v.place.value, v.encryption.state.value) for v in seen.volumes] == [
        ("C:\\", "fixed", "unknown"),
        ("D:\\", "unknown", "unknown"),  # a USB hard disk says the same
        ("E:\\", "removable", "unknown"),
        ("F:\\", "optical", "off"),
        ("G:\\", "network", "unknown"),
    ]
    assert {g.volume for g in seen.gaps} >= {"C:\\", "D:\\", "E:\\"}


@pytest.mark.parametrize(
    ("chassis", "battery", "portable"),
    [
        ("10", None, True),
        ("31", None, True),
        ("3", None, False),
        ("3", True, True),
        ("2", True, True),
        ("2", False, None),
        ("", None, None),
    ],
)
def test_a_laptop_is_told_by_its_case_or_battery(
    chassis: str, battery: bool | None, portable: bool | None
) -> None:
    host = linux({}, {}, battery=battery)
    host.answers.files["/sys/class/dmi/id/chassis_type"] = chassis

    assert machine(host).portable is portable


@pytest.mark.parametrize(
    ("vendor", "virtual"),
    [("QEMU", True), ("VMware, Inc.", True), ("Dell Inc.", False), ("", None)],
)
def test_a_virtual_machine_is_told_by_its_maker(vendor: str, virtual: bool | None) -> None:
    host = linux({}, {})
    host.answers.files["/sys/class/dmi/id/sys_vendor"] = vendor

    assert machine(host).virtual is virtual


class Broken:
    """A probe that says one thing and then fails."""

    __name__ = "auditor.probes.linux_volumes"
    PLATFORMS = frozenset({Platform.LINUX})

    def __init__(self, error: Exception) -> None:
        self.error = error

    def ask(self, host: Host) -> object:
        yield Gap(source="linux_volumes", about="one", why=Why.LOCKED)
        raise self.error


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (AccessDenied("no"), Why.NEEDS_ADMIN),
        (NotThere("no"), Why.NOT_SUPPORTED),
        (HostError("no"), Why.NOT_UNDERSTOOD),
        (KeyError("Quillfeather"), Why.NOT_UNDERSTOOD),
    ],
)
def test_a_probe_that_fails_costs_one_gap_and_keeps_what_it_said(
    error: Exception, why: Why
) -> None:
    seen = survey(linux({}, {}), [Broken(error)])  # type: ignore[list-item]

    assert [g.why for g in seen.gaps if g.source == "linux_volumes"] == [Why.LOCKED, why]
    assert "Quillfeather" not in repr(seen)


def test_a_machine_that_no_probe_knows_is_not_called_clean() -> None:
    with pytest.raises(CannotAudit):
        survey(linux({}, {}), [])


def test_every_probe_stands_on_the_roll() -> None:
    files = {p.stem for p in (Path(__file__).parent.parent / "auditor" / "probes").glob("*.py")} - {
        "__init__"
    }

    assert {p.__name__.rpartition(".")[2] for p in PROBES} == files


def test_this_machine_answers_and_its_recording_says_the_same(tmp_path: Path) -> None:
    recorder = Recorder(this_machine())
    live = survey(recorder)
    recorder.save(tmp_path)
    again = survey(Recorded.load(tmp_path))

    assert live.volumes
    assert again.volumes == live.volumes
    assert isinstance(live.machine, Machine)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_answers_never_crash_and_never_say_on(data: st.DataObject) -> None:
    answers = recorded("linux-drives-teacher").answers
    tables: dict[str, dict[str, Any]] = {
        "files": dict(answers.files),
        "links": dict(answers.links),
        "folders": dict(answers.folders),
    }
    junk = st.sampled_from(
        ["", "\0", "CRYPT", "-1", "9" * 30, "ünïcode", "E:ID_FS_TYPE=\n", "verschlüsselt"]
    )
    for _ in range(data.draw(st.integers(1, 6))):
        table = data.draw(st.sampled_from(sorted(tables)))
        key = data.draw(st.sampled_from(sorted(tables[table])))
        kind = data.draw(st.sampled_from(["gone", "refused", "junk"]))
        if kind == "gone":
            tables[table].pop(key, None)
        elif kind == "refused":
            tables[table][key] = Refusal(error="AccessDenied")
        else:
            value = data.draw(junk)
            tables[table][key] = (value,) if table == "folders" else value
    host = Recorded(msgspec.structs.replace(answers, **tables))

    seen = survey(host)

    on = {v.mount for v in seen.volumes if v.encryption.state is EncryptionState.ON and v.mount}
    assert on <= {"/srv/records", M + "SAFESTICK"}
    assert all(isinstance(v, Volume) for v in seen.volumes)
