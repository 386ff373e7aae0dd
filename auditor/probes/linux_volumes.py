"""Drives, sticks, cards and discs of a Linux machine, from /proc and /sys, without root.

With root the first sectors are read too, which know ciphers and what is on a drive that is only
attached.

lsblk and findmnt are not asked. They read these same files and udev's, so they know nothing more;
their columns and the types of their JSON differ between versions; and without udev's data lsblk
gives null for the file system of an encrypted drive as for that of an open one. Here the layers
below a volume come from /sys/block/*/slaves and dm/uuid, mounts from /proc/self/mountinfo, and what
neither tells, and udev has not seen, is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from auditor.errors import HostError, ToolMissing
from auditor.evidence import Encryption, EncryptionState, Gap, Place, Platform, Volume, Why
from auditor.host import Host, Usage
from auditor.host.mounts import NETWORK, Mount, below, chosen, parse
from auditor.host.sectors import Sectors
from auditor.host.sysfs import Blocks
from auditor.words import shown

PLATFORMS = frozenset({Platform.LINUX})
SOURCE = "linux_volumes"

STACKED = {
    "ecryptfs": "eCryptfs", "fuse.gocryptfs": "gocryptfs", "fuse.encfs": "EncFS",
    "fuse.cryfs": "CryFS", "fuse.securefs": "securefs", "fuse.veracrypt": "VeraCrypt",
}  # fmt: skip
"""File systems that show a folder of closed files as open ones while they are mounted."""
FIRMWARE = frozenset({"/boot", "/boot/efi", "/efi"})
"""Mounts that start the machine; they hold no user data and cannot be encrypted like the rest."""
FIRMWARE_TYPES = frozenset(
    {
        "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",  # EFI system
        "e3c9e316-0b5c-4db8-817d-f92df00215ae",  # Microsoft reserved
        "de94bba4-06d1-4d40-a16a-bfd50179d6ac",  # Windows recovery
        "21686148-6449-6e6f-744e-656564454649",  # BIOS boot
    }
)
MEMBERS = frozenset({"LVM2_member", "linux_raid_member", "swap", "zfs_member", "ddf_raid_member"})
"""Not file systems: parts of something larger, or swap."""


def ask(host: Host) -> Iterator[Volume | Gap]:
    """Every mounted file system of a drive or share, then what is attached but not mounted."""
    blocks = Blocks(host)
    mounts = parse(host.read("/proc/self/mountinfo", 4_000_000).decode("utf-8", "surrogateescape"))
    busy = set()
    for mount in chosen(mounts):
        node = _node(blocks, mount, mounts)
        busy.add(node)
        if mount.mount not in FIRMWARE:
            yield from _mounted(host, blocks, mount, node, mounts)
    busy |= {blocks.number(m.number) or blocks.named(m.source) for m in mounts}
    for node in blocks.nodes():
        if node not in busy and _is_leaf(blocks, node):
            yield from _unmounted(blocks, node)


def _mounted(
    host: Host, blocks: Blocks, mount: Mount, node: str, mounts: list[Mount]
) -> Iterator[Volume | Gap]:
    network = mount.filesystem in NETWORK
    encryption = _encryption(blocks, mount, node, mounts)
    room: Usage | None = None
    with suppress(HostError):
        room = host.usage(mount.mount)
    place = Place.NETWORK if network else blocks.place(node) if node else _placeless(mount)
    yield Volume(
        id=shown(mount.mount),
        mount=mount.mount,
        device=shown(mount.source),
        disks=blocks.disks(node) if node else (),
        label=blocks.label(node) if node else "",
        model=blocks.model(node) if node else "",
        place=place,
        bus="network" if network else blocks.bus(node) if node else "",
        filesystem=blocks.udev(node).get("ID_FS_TYPE", "") or mount.filesystem,
        size=room.size if room else None,
        free=room.free if room else None,
        system=mount.mount == "/",
        read_only="ro" in mount.options.split(","),
        encryption=encryption,
    )
    if encryption.state is EncryptionState.UNKNOWN and not network:
        yield Gap(
            source=SOURCE,
            about=f"encryption of {shown(mount.mount)}",
            why=encryption.why or Why.NOT_UNDERSTOOD,
            detail=f"Ask IT support how this {mount.filesystem} file system is stored.",
            volume=shown(mount.mount),
        )


def _placeless(mount: Mount) -> Place:
    """A file system without a device of its own: the root of a container, ZFS, FUSE."""
    return Place.FIXED if mount.filesystem in {"overlay", "zfs"} else Place.UNKNOWN


def _encryption(blocks: Blocks, mount: Mount, node: str, mounts: list[Mount]) -> Encryption:
    if mount.filesystem in STACKED:
        return Encryption(state=EncryptionState.ON, product=STACKED[mount.filesystem], locked=False)
    if mount.filesystem == "zfs":
        return zfs(blocks.host, mount.source)
    if mount.filesystem in NETWORK or not node:
        return Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_SUPPORTED)
    backing = blocks.text(node, "loop/backing_file")
    if backing:
        return _of_file(blocks, backing, mounts)
    if mount.filesystem == "btrfs":
        return _together([blocks.encryption(n) for n in _btrfs(blocks, node)])
    return blocks.encryption(node)


def zfs(host: Host, dataset: str) -> Encryption:
    """What `zfs get` says of a dataset; `-` is for pools of before encryption."""
    try:
        printed = host.run("/usr/sbin/zfs", "get", "-H", "-o", "value", "encryption", dataset)
    except HostError as e:
        why = Why.TOOL_MISSING if isinstance(e, ToolMissing) else Why.NOT_UNDERSTOOD
        return Encryption(state=EncryptionState.UNKNOWN, why=why)
    said = printed.decode("utf-8", "replace").strip()
    if said in {"off", "-"}:
        return Encryption(state=EncryptionState.OFF)
    if re.fullmatch(r"aes-\d{3}-[cg]cm", said):
        return Encryption(state=EncryptionState.ON, product="ZFS", method=said, locked=False)
    return Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_UNDERSTOOD)


def _node(blocks: Blocks, mount: Mount, mounts: list[Mount]) -> str:
    """The node that a mount lies on; for a file system of closed files, that of their folder."""
    if mount.filesystem in STACKED:
        return _holding(blocks, mount.source, [m for m in mounts if m is not mount])
    return blocks.number(mount.number) or blocks.named(mount.source)


def _holding(blocks: Blocks, path: str, mounts: list[Mount]) -> str:
    """The node of the file system that a path lies on; empty for none."""
    holding = max(
        (m for m in mounts if below(path, m.mount)), key=lambda m: len(m.mount), default=None
    )
    return blocks.number(holding.number) if holding else ""


def _of_file(blocks: Blocks, path: str, mounts: list[Mount]) -> Encryption:
    """The encryption of the volume that an image file lies on."""
    node = _holding(blocks, path, mounts)
    if not node or node.startswith("loop"):
        return Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_UNDERSTOOD)
    return blocks.encryption(node)


def _btrfs(blocks: Blocks, node: str) -> tuple[str, ...]:
    """All devices of the btrfs that a node belongs to; the node alone when /sys does not say."""
    with suppress(HostError):
        for uuid in blocks.host.names("/sys/fs/btrfs"):
            with suppress(HostError):
                devices = blocks.host.names(f"/sys/fs/btrfs/{uuid}/devices")
                if node in devices:
                    return devices
    return (node,)


def _together(parts: list[Encryption]) -> Encryption:
    states = {p.state for p in parts}
    if len(states) == 1:
        return parts[0]
    if EncryptionState.UNKNOWN in states:
        return Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_UNDERSTOOD)
    return Encryption(state=EncryptionState.PARTIAL)


def _is_leaf(blocks: Blocks, node: str) -> bool:
    """Whether a node that is not mounted could hold a file system of its own."""
    if node.startswith(("zram", "ram", "loop")) or not blocks.size(node):
        return False
    if blocks.holders(node) or blocks.parts(node):
        return False
    udev = blocks.udev(node)
    if udev.get("ID_PART_ENTRY_TYPE", "").lower() in FIRMWARE_TYPES:
        return False
    if blocks.place(node) is Place.OPTICAL and udev.get("ID_CDROM_MEDIA") != "1":
        return False
    return _kind(blocks, node) not in MEMBERS and _holds_something(blocks, node)


def _kind(blocks: Blocks, node: str) -> str:
    """What udev, else the first sectors, call the file system."""
    known = blocks.udev(node).get("ID_FS_TYPE", "")
    if not known and (seen := blocks.sectors(node)):
        return seen.filesystem
    return known


def _holds_something(blocks: Blocks, node: str) -> bool:
    """Not a blank drive. Without udev and root nobody knows, and so it is told."""
    if _kind(blocks, node):
        return True
    seen = blocks.sectors(node)
    return seen.random if seen else not blocks.udev_runs


def _unmounted(blocks: Blocks, node: str) -> Iterator[Volume | Gap]:
    kind = _kind(blocks, node)
    encryption, why, detail = _closed(blocks, node, kind)
    label = blocks.label(node) or f"/dev/{node}"
    yield Volume(
        id=f"/dev/{node}",
        device=f"/dev/{node}",
        disks=blocks.disks(node),
        label=blocks.label(node),
        model=blocks.model(node),
        place=blocks.place(node),
        bus=blocks.bus(node),
        filesystem=kind,
        size=blocks.size(node),
        system=False,
        read_only=blocks.text(node, "ro") == "1",
        encryption=encryption,
    )
    yield Gap(
        source=SOURCE, about=f"files on {label}", why=why, detail=detail, volume=f"/dev/{node}"
    )
    if encryption.state is EncryptionState.UNKNOWN:
        yield Gap(
            source=SOURCE,
            about=f"encryption of {label}",
            why=encryption.why or Why.NOT_UNDERSTOOD,
            detail=detail,
            volume=f"/dev/{node}",
        )


ATTACHED = "It is attached but not opened: mount it and scan again."
RANDOM = (
    "Nothing says what is on it, and it looks random: a VeraCrypt drive does, and so does one "
    "that was wiped. Ask who uses it."
)


def _closed(blocks: Blocks, node: str, kind: str) -> tuple[Encryption, Why, str]:
    """Encryption of something not mounted, and why its files were not seen."""
    seen = blocks.sectors(node)
    told = seen is not None and seen.state is not EncryptionState.UNKNOWN
    if told and seen is not None and kind in {"crypto_LUKS", "BitLocker"}:
        return _as_sectors(seen), Why.LOCKED, _opening(kind)
    if kind == "crypto_LUKS":
        on = Encryption(state=EncryptionState.ON, product="LUKS", locked=True)
        return on, Why.LOCKED, _opening(kind)
    unknown = Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_UNDERSTOOD)
    if kind in {"BitLocker", "apfs", "core storage"}:
        return unknown, Why.LOCKED, _opening(kind)
    if seen is not None and seen.random:
        return unknown, Why.NOT_UNDERSTOOD, RANDOM
    if not kind:
        return unknown, Why.NOT_UNDERSTOOD, "The system keeps no record of what is on this drive."
    return blocks.encryption(node), Why.NOT_SUPPORTED, ATTACHED


def _as_sectors(seen: Sectors) -> Encryption:
    off = seen.state is EncryptionState.OFF
    return Encryption(
        state=seen.state,
        product="" if off else seen.product,
        method=seen.method,
        recovery=seen.recovery,
        locked=not off,
    )


def _opening(kind: str) -> str:
    if kind == "crypto_LUKS":
        return "Open it with its passphrase and scan again."
    if kind == "BitLocker":
        return (
            "It carries the BitLocker signature, which a suspended or decrypted drive keeps: look "
            "at it on a Windows machine."
        )
    return "It comes from a Mac: look at it on one."
