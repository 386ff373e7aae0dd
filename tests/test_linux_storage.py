"""Swap, key files, arrays, SMART and the history of devices of Linux machines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_samples import SAMPLES

from auditor.evidence import DeviceKind, EncryptionState, Gap, HealthState, Platform, SettingId, Why
from auditor.host.recorded import Answers, Recorded, Refusal
from auditor.host.sectors import Sectors
from auditor.host.sysfs import Blocks
from auditor.probes import linux_devices, linux_storage
from auditor.survey import survey

SWAPS = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"


def host(
    nodes: dict[str, dict[str, str]] | None = None,
    files: dict[str, str | Refusal] | None = None,
    outputs: dict[str, str | Refusal] | None = None,
    sectors: dict[str, Sectors | Refusal] | None = None,
    *,
    elevated: bool = False,
) -> Recorded:
    """A Linux machine.

    Args:
        nodes: Block devices: name → {"on": the node below, "uuid": dm/uuid, "of": disk of a partition}.
        files: Its small files.
        outputs: What programs print.
        sectors: What the first sectors of devices say.
        elevated: Whether we are root.
    """
    links: dict[str, str | Refusal] = {}
    folders: dict[str, tuple[str, ...] | Refusal] = {"/sys/class/block": tuple(nodes or ())}
    texts = dict(files or {})
    for n, (name, node) in enumerate((nodes or {}).items()):
        path = f"/sys/devices/{node['of']}/{name}" if "of" in node else f"/sys/devices/pci/{name}"
        links |= {
            f"/sys/class/block/{name}": path,
            f"/dev/{name}": f"/dev/{name}",
            f"/sys/dev/block/8:{n}": path,
        }
        folders[f"{path}/slaves"] = (node["on"],) if "on" in node else ()
        texts |= {f"{path}/size": "2048", f"{path}/dev": f"8:{n}"}
        if "uuid" in node:
            texts[f"{path}/dm/uuid"] = node["uuid"]
        if "of" in node:
            texts[f"{path}/partition"] = "1"
            links[f"/sys/class/block/{name}"] = f"{links['/sys/class/block/' + node['of']]}/{name}"
    return Recorded(
        Answers(
            platform=Platform.LINUX, name="office", os="Debian 12", elevated=elevated,
            now=datetime(2026, 11, 25, tzinfo=UTC), files=texts, links=links, folders=folders,
            outputs=outputs or {}, sectors=sectors or {},
        )
    )  # fmt: skip


PLAIN_DISK: dict[str, dict[str, str]] = {"sda": {}}
CRYPT: dict[str, dict[str, str]] = {"sda": {}, "dm-0": {"on": "sda", "uuid": "CRYPT-PLAIN-swap"}}
MOUNTS = "22 1 8:0 / / rw - ext4 /dev/sda rw\n"


@pytest.mark.parametrize(
    ("nodes", "lines", "expected"),
    [
        pytest.param({}, "", [(False, None)], id="no swap"),
        pytest.param({}, "/dev/zram0 partition 99 0 100\n", [(False, None)], id="compressed memory only"),
        pytest.param(PLAIN_DISK, "/dev/sda partition 99 0 -2\n", [(True, False)], id="a plain partition"),
        pytest.param(CRYPT, "/dev/dm-0 partition 99 0 -2\n", [(True, True)], id="encrypted with a key of the day"),
        pytest.param(PLAIN_DISK, "/swapfile file 99 0 -2\n", [(True, False)], id="a file on an open drive"),
        pytest.param(CRYPT, "/dev/dm-0 partition 9 0 -2\n/swapfile file 9 0 -3\n", [(True, True), (True, False)], id="both"),
        pytest.param({}, "/dev/gone partition 9 0 -2\n", [(True, None)], id="a device that is not there"),
    ],
)  # fmt: skip
def test_swap(
    nodes: dict[str, dict[str, str]], lines: str, expected: list[tuple[bool, bool | None]]
) -> None:
    machine = host(nodes, {"/proc/swaps": SWAPS + lines, "/proc/self/mountinfo": MOUNTS})

    assert [(s.on, s.encrypted) for s in linux_storage.swap(machine, Blocks(machine))] == expected


@pytest.mark.parametrize(
    ("crypttab", "expected"),
    [
        pytest.param("", [(False, None)], id="nothing"),
        pytest.param("data /dev/sdb1 none luks\nswap /dev/sdc /dev/urandom swap\n", [(False, None)], id="asked for, and swap"),
        pytest.param("# data /dev/sdb1 /root/key luks\n", [(False, None)], id="a comment"),
        pytest.param("data UUID=1 /root/key luks\n", [(True, False)], id="the key on an open drive"),
        pytest.param("data UUID=1 /key:/dev/sdx1 luks\n", [(False, None)], id="the key on a stick of its own"),
        pytest.param(Refusal(error="AccessDenied"), [(None, None)], id="not for everybody to read"),
    ],
)  # fmt: skip
def test_a_key_file_on_an_open_drive_is_told(
    crypttab: str | Refusal, expected: list[tuple[bool | None, bool | None]]
) -> None:
    machine = host(PLAIN_DISK, {"/etc/crypttab": crypttab, "/proc/self/mountinfo": MOUNTS})

    assert [
        (s.on, s.encrypted) for s in linux_storage.key_files(machine, Blocks(machine))
    ] == expected


MDSTAT = """Personalities : [raid1] [raid6] [raid5] [raid4]
md0 : active raid1 sdb1[1] sda1[0]
      1046528 blocks super 1.2 [2/2] [UU]

md1 : active raid1 sdb2[1] sda2[0](F)
      1046528 blocks super 1.2 [2/1] [_U]
      [==>..................]  recovery = 12.6% (133/1046528) finish=1.2min speed=1K/sec

md2 : active raid0 sdc[1] sdd[0]
      2093056 blocks super 1.2 512k chunks

md3 : inactive sde[0](S)
      1046528 blocks super 1.2
md4 : active (auto-read-only) raid5 sdf[0] sdg[1] sdh[3]
      2093056 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/3] [UUU]

unused devices: <none>
"""


def test_arrays_are_told_by_mdstat() -> None:
    told = {h.id: (h.state.value, h.redundant) for h in linux_storage.mdstat(MDSTAT)}

    assert told == {
        "md0": ("good", True),
        "md1": ("degraded", True),
        "md2": ("good", False),
        "md3": ("failing", None),
        "md4": ("good", True),
    }


@pytest.mark.parametrize(
    ("printed", "state"),
    [
        ({"smart_status": {"passed": True}}, HealthState.GOOD),
        ({"smart_status": {"passed": False}}, HealthState.FAILING),
        ({"smart_status": {"passed": "yes"}}, HealthState.UNKNOWN),
        ({"smartctl": {"exit_status": 1}}, HealthState.UNKNOWN),
        ([], HealthState.UNKNOWN),
    ],
)
def test_smart(printed: object, state: HealthState) -> None:
    assert linux_storage.smart(json.dumps(printed).encode())[0] is state


def test_disks_without_smartctl_are_one_gap_and_no_pass() -> None:
    for elevated, why in ((True, Why.TOOL_MISSING), (False, Why.NEEDS_ADMIN)):
        machine = host({"sda": {}, "sdb": {}}, elevated=elevated)

        told = list(linux_storage.disks(machine, Blocks(machine)))

        assert {h.state for h in told if not isinstance(h, Gap)} == {HealthState.UNKNOWN}
        assert [(g.why, g.count) for g in told if isinstance(g, Gap)] == [(why, 2)]


def test_a_zfs_pool() -> None:
    machine = host(
        outputs={"/usr/sbin/zpool list -H -o name,health": "tank\tDEGRADED\nold\tONLINE\nx\tODD\n"}
    )

    assert [h.state.value for h in linux_storage.pools(machine)] == ["degraded", "good", "unknown"]


LUKS_HEADER = Sectors(
    filesystem="crypto_LUKS",
    product="LUKS2",
    state=EncryptionState.ON,
    method="aes-xts-plain64, 512-bit key",
)


@pytest.mark.parametrize(
    ("uuid", "header", "state", "method"),
    [
        pytest.param("CRYPT-LUKS2-1-x", None, "on", "", id="without root the header is not read"),
        pytest.param("CRYPT-LUKS2-1-x", LUKS_HEADER, "on", LUKS_HEADER.method, id="the cipher"),
        pytest.param("CRYPT-LUKS2-1-x", Sectors(product="LUKS2", state=EncryptionState.OFF, method="cipher_null-ecb"), "off", "", id="a cipher that does nothing"),
        pytest.param("CRYPT-LUKS2-1-x", Sectors(random=True), "on", "", id="a header kept apart"),
        pytest.param("CRYPT-BITLK-1-x", None, "unknown", "", id="BitLocker without root"),
        pytest.param("CRYPT-BITLK-1-x", Sectors(product="BitLocker", state=EncryptionState.ON, method="XTS-AES-128"), "on", "XTS-AES-128", id="BitLocker"),
        pytest.param("CRYPT-BITLK-1-x", Sectors(product="BitLocker", state=EncryptionState.SUSPENDED), "suspended", "", id="BitLocker, suspended"),
        pytest.param("CRYPT-VERITY-1-x", LUKS_HEADER, "off", "", id="verity checks and does not encrypt"),
    ],
)  # fmt: skip
def test_what_a_mapping_hides_is_told_by_its_header(
    uuid: str, header: Sectors | None, state: str, method: str
) -> None:
    nodes = {"sda": {}, "dm-0": {"on": "sda", "uuid": uuid}}
    machine = host(nodes, sectors={"/dev/sda": header} if header else {}, elevated=True)

    told = Blocks(machine).encryption("dm-0")

    assert (told.state.value, told.method) == (state, method)


@pytest.mark.parametrize(
    ("sectors", "expected"),
    [
        (Sectors(random=True), [("", "unknown")]),
        (Sectors(blank=True), []),
        (Sectors(filesystem="ntfs", state=EncryptionState.OFF), [("ntfs", "off")]),
        (Sectors(filesystem="swap", state=EncryptionState.OFF), []),
        (Sectors(filesystem="BitLocker", product="BitLocker", state=EncryptionState.SUSPENDED), [("BitLocker", "suspended")]),
        (LUKS_HEADER, [("crypto_LUKS", "on")]),
    ],
)  # fmt: skip
def test_a_drive_that_is_only_attached_is_recognised_by_its_first_sectors(
    sectors: Sectors, expected: list[tuple[str, str]]
) -> None:
    machine = host(
        {"sda": {}, "sdb": {}},
        {"/proc/self/mountinfo": MOUNTS},
        sectors={"/dev/sdb": sectors},
        elevated=True,
    )

    told = [
        (v.filesystem, v.encryption.state.value) for v in survey(machine).volumes if not v.mount
    ]

    assert told == expected


def line(message: str, when: int = 1_760_000_000) -> str:
    return (
        json.dumps(
            {"MESSAGE": message, "__REALTIME_TIMESTAMP": str(when * 1_000_000), "_HOSTNAME": "x"}
        )
        + "\n"
    )


def plugged(port: str, maker: str, product: str, when: int, *, storage: bool = True) -> str:
    told = [
        f"usb {port}: New USB device found, idVendor=0781, idProduct=5583, bcdDevice= 1.00",
        f"usb {port}: Product: {product}",
        f"usb {port}: Manufacturer: {maker}",
    ]
    if storage:
        told.append(f"usb-storage {port}:1.0: USB Mass Storage device detected")
    return "".join(line(m, when) for m in told)


def test_sticks_and_phones_of_the_journal_are_told_once_with_first_and_last_time() -> None:
    journal = (
        plugged("1-2", "SanDisk", "Ultra Fit", 1_700_000_000)
        + plugged("1-3", "Logitech", "USB Receiver", 1_700_000_100, storage=False)
        + plugged("1-2", "Kingston", "Kingston DataTraveler", 1_710_000_000)
        + plugged("2-1", "SanDisk", "Ultra Fit", 1_760_000_000)
        + plugged("1-4", "Apple Inc.", "iPhone", 1_750_000_000, storage=False)
        + "not json\n[]\n"
        + json.dumps({"MESSAGE": [1, 2], "__REALTIME_TIMESTAMP": "1"})
    )

    told = {d.model: (d.kind, d.first, d.last) for d in linux_devices.devices(journal.encode())}

    assert told == {
        "SanDisk Ultra Fit": (DeviceKind.STORAGE, datetime.fromtimestamp(1_700_000_000, UTC), datetime.fromtimestamp(1_760_000_000, UTC)),
        "Kingston DataTraveler": (DeviceKind.STORAGE, *[datetime.fromtimestamp(1_710_000_000, UTC)] * 2),
        "Apple Inc. iPhone": (DeviceKind.PHONE, *[datetime.fromtimestamp(1_750_000_000, UTC)] * 2),
    }  # fmt: skip


@given(st.binary(max_size=400))
def test_any_answer_is_a_gap_or_nothing_and_never_a_crash(noise: bytes) -> None:
    text = noise.decode("latin-1")
    assert all(d.kind is not DeviceKind.STORAGE for d in linux_devices.devices(noise))
    assert all(h.state is not HealthState.GOOD for h in linux_storage.mdstat(text))
    assert linux_storage.smart(noise)[0] is HealthState.UNKNOWN
    machine = host(PLAIN_DISK, {"/proc/swaps": text, "/etc/crypttab": text, "/proc/mdstat": text})
    told: list[Any] = list(linux_storage.ask(machine))
    assert not any(
        s.encrypted
        for s in told
        if getattr(s, "id", "") in {SettingId.MEMORY_ON_DISK, SettingId.KEY_BESIDE_LOCK}
    )


@pytest.mark.skipif(not (SAMPLES / "linux-real").is_dir(), reason="recorded samples are not here")
def test_recorded_answers_of_a_real_machine() -> None:
    folder = SAMPLES / "linux-real"
    swaps = (folder / "cat__proc_swaps.txt").read_text()
    machine = host(
        {}, {"/proc/swaps": swaps[swaps.index("Filename") :] if "Filename" in swaps else swaps}
    )

    assert list(linux_storage.swap(machine, Blocks(machine)))
    smart = (folder / "smartctl_-j_-a__dev_vda.txt").read_text()
    assert linux_storage.smart(smart[smart.index("{") :].encode())[0] is HealthState.UNKNOWN
