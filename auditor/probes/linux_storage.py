"""Where a Linux machine writes memory, keeps keys, and how well its disks are, from /proc and /etc.

Samples:
    /proc/swaps          /dev/dm-1   partition  976892  0  -2
    /etc/crypttab        data UUID=…  /root/data.key  luks            (crypttab(5))
    /proc/mdstat         md0 : active raid1 sdb1[1] sda1[0](F)
                               1046528 blocks super 1.2 [2/1] [U_]
    smartctl -j -H       {"smart_status": {"passed": false}, …}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress

from auditor.errors import AccessDenied, HostError, NotThere, ToolMissing
from auditor.evidence import (
    EncryptionState,
    Gap,
    Health,
    HealthState,
    Place,
    Platform,
    Setting,
    SettingId,
    Why,
)
from auditor.host import Host
from auditor.host.mounts import below, chosen, parse
from auditor.host.sysfs import Blocks
from auditor.words import shown

PLATFORMS = frozenset({Platform.LINUX})
SOURCE = "linux_storage"

MEMORY = "memory written to a drive"
KEYS = "key files of encrypted drives"
NO_KEY_FILE = frozenset({"", "none", "-"})
RANDOM_KEYS = ("/dev/urandom", "/dev/random", "/dev/hw_random")
"""Keys made anew at every start, as swap has them."""
_ARRAY = re.compile(
    r"^(md\S*) : (\S+)(?: \((?:auto-)?read-only\))? (\S+)(.*)\n((?:[ \t]+.*\n?)*)", re.MULTILINE
)
_MEMBERS = re.compile(r"\[(\d+)/(\d+)\] \[([U_]+)\]")
REDUNDANT = frozenset({"raid1", "raid4", "raid5", "raid6", "raid10"})
POOLS = {
    "ONLINE": HealthState.GOOD, "DEGRADED": HealthState.DEGRADED, "FAULTED": HealthState.FAILING,
    "UNAVAIL": HealthState.FAILING, "SUSPENDED": HealthState.FAILING,
}  # fmt: skip
"""States of a ZFS pool (zpoolconcepts(7))."""


def ask(host: Host) -> Iterator[Setting | Health | Gap]:
    """Swap, key files, arrays, pools and disks."""
    blocks = Blocks(host)
    yield from swap(host, blocks)
    yield from key_files(host, blocks)
    yield from arrays(host)
    yield from pools(host)
    yield from disks(host, blocks)


def swap(host: Host, blocks: Blocks) -> Iterator[Setting]:
    """Each place that memory is written to; compressed memory (zram) is no drive."""
    try:
        lines = host.read("/proc/swaps").decode("utf-8", "replace").splitlines()[1:]
    except HostError:
        yield Setting(id=SettingId.MEMORY_ON_DISK, about=MEMORY, on=None)
        return
    places = [line.split()[0] for line in lines if line.split()]
    places = [p for p in places if not p.startswith("/dev/zram")]
    if not places:
        yield Setting(id=SettingId.MEMORY_ON_DISK, about=MEMORY, on=False)
    for place in places:
        node = _node(host, blocks, place)
        state = blocks.encryption(node).state if node else EncryptionState.UNKNOWN
        yield Setting(
            id=SettingId.MEMORY_ON_DISK,
            about=f"{MEMORY}: {shown(place)}",
            on=True,
            encrypted=_closed(state),
        )


def _closed(state: EncryptionState) -> bool | None:
    return None if state is EncryptionState.UNKNOWN else state is EncryptionState.ON


def _node(host: Host, blocks: Blocks, path: str) -> str:
    """The node of a device, or of the file system that a file lies on."""
    if path.startswith("/dev/"):
        return blocks.named(path)
    with suppress(HostError):
        mounts = chosen(
            parse(host.read("/proc/self/mountinfo", 4_000_000).decode("utf-8", "replace"))
        )
        holding = [m for m in mounts if below(path, m.mount)]
        if holding:
            return blocks.number(max(holding, key=lambda m: len(m.mount)).number)
    return ""


def key_files(host: Host, blocks: Blocks) -> Iterator[Setting]:
    """Key files that crypttab(5) names: one on an open drive of the machine opens the lock."""
    try:
        text = host.read("/etc/crypttab").decode("utf-8", "replace")
    except NotThere:
        yield Setting(id=SettingId.KEY_BESIDE_LOCK, about=KEYS, on=False)
        return
    except HostError:
        detail = "Only an administrator may read the list of encrypted drives."
        yield Setting(id=SettingId.KEY_BESIDE_LOCK, about=KEYS, on=None, detail=detail)
        return
    found = list(named_keys(text))
    if not found:
        yield Setting(id=SettingId.KEY_BESIDE_LOCK, about=KEYS, on=False)
    for name, path in found:
        node = _node(host, blocks, path)
        state = blocks.encryption(node).state if node else EncryptionState.UNKNOWN
        yield Setting(
            id=SettingId.KEY_BESIDE_LOCK,
            about=f"key file of the encrypted drive {shown(name)}",
            on=True,
            encrypted=_closed(state),
        )


def named_keys(crypttab: str) -> Iterator[tuple[str, str]]:
    """Name and key file of each line that has one.

    A key on a device of its own (`path:device`) travels apart, so that it is none here.
    """
    for line in crypttab.splitlines():
        fields = line.partition("#")[0].split()
        if len(fields) >= 3 and fields[2] not in NO_KEY_FILE:
            path, device = fields[2].partition(":")[::2]
            if not path.startswith(RANDOM_KEYS) and not device and path.startswith("/"):
                yield fields[0], path


def arrays(host: Host) -> Iterator[Health]:
    """Software RAID by /proc/mdstat, which any account may read."""
    with suppress(HostError):
        yield from mdstat(host.read("/proc/mdstat").decode("utf-8", "replace"))


def mdstat(text: str) -> Iterator[Health]:
    """The arrays of /proc/mdstat (md(4)); `_` stands for a disk that is missing."""
    for name, state, level, _, more in _ARRAY.findall(text):
        members = _MEMBERS.search(more)
        health, detail = HealthState.UNKNOWN, ""
        if state != "active":
            health, detail = HealthState.FAILING, "The array is not running."
        elif members:
            missing = members[3].count("_")
            health = HealthState.DEGRADED if missing else HealthState.GOOD
            detail = f"{missing} of {members[1]} disks missing." if missing else ""
        elif level in {"raid0", "linear"}:
            health = HealthState.GOOD
        redundant = level in REDUNDANT if state == "active" else None
        yield Health(
            id=name, about=f"RAID array {name}", state=health, redundant=redundant, detail=detail
        )


def pools(host: Host) -> Iterator[Health]:
    """ZFS pools by `zpool list`, whose words are never translated."""
    with suppress(HostError):
        printed = host.run("/usr/sbin/zpool", "list", "-H", "-o", "name,health")
        for line in printed.decode("utf-8", "replace").splitlines():
            name, _, said = line.partition("\t")
            state = POOLS.get(said.strip(), HealthState.UNKNOWN)
            yield Health(id=f"pool {name}", about=f"ZFS pool {name}", state=state)


def disks(host: Host, blocks: Blocks) -> Iterator[Health | Gap]:
    """What each disk says of itself by SMART: root's to ask, with smartmontools installed."""
    refused: list[HostError] = []
    for node in blocks.nodes():
        if not blocks.is_disk(node) or blocks.place(node) is Place.OPTICAL:
            continue
        state, detail = HealthState.UNKNOWN, ""
        try:
            state, detail = smart(_smartctl(host, node))
        except HostError as e:
            refused.append(e)
        about = " ".join(filter(None, ("disk", node, blocks.model(node))))
        yield Health(id=node, about=about, state=state, detail=detail)
    if refused:
        missing = isinstance(refused[0], ToolMissing)
        yield Gap(
            source=SOURCE,
            about="whether disks are about to fail",
            why=Why.TOOL_MISSING if missing else Why.NEEDS_ADMIN,
            detail=("Install smartmontools and run" if missing else "Run")
            + " the audit as administrator.",
            count=len(refused),
        )


def _smartctl(host: Host, node: str) -> bytes:
    if not host.elevated:
        raise AccessDenied("only an administrator may ask", where=node)
    # A sleeping disk is left asleep. The exit code is a set of bits, set also for old errors.
    words = ("-j", "-H", "-n", "standby", f"/dev/{node}")
    return host.run("/usr/sbin/smartctl", *words, any_exit=True)


def smart(printed: bytes) -> tuple[HealthState, str]:
    """What smartctl's JSON says; a disk that does not answer is unknown."""
    try:
        found = json.loads(printed)
        passed = found["smart_status"]["passed"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return HealthState.UNKNOWN, ""
    if passed is True:
        return HealthState.GOOD, ""
    if passed is False:
        return HealthState.FAILING, "The disk itself says that it is about to fail."
    return HealthState.UNKNOWN, ""
