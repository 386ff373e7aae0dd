r"""Drives, sticks, cards and discs of a Linux machine, from /proc and /sys, without root.

Sample of /proc/self/mountinfo (Linux 6.1):
    33 23 8:16 / /media/teacher/MY\040STICK rw,nosuid - vfat /dev/sdb rw,uid=1000
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from auditor.errors import HostError
from auditor.evidence import Encryption, EncryptionState, Gap, Place, Platform, Volume, Why
from auditor.host import Host, Usage
from auditor.host.sysfs import Blocks
from auditor.words import shown

PLATFORMS = frozenset({Platform.LINUX})
SOURCE = "linux_volumes"

NETWORK = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "glusterfs",
        "davfs",
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.davfs",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.onedriver",
        "fuse.google-drive-ocamlfuse",
        "fuse.curlftpfs",
        "fuse.smbnetfs",
        "virtiofs",
    ]
)
PSEUDO = frozenset(
    [
        "autofs",
        "binfmt_misc",
        "bpf",
        "cgroup",
        "cgroup2",
        "configfs",
        "debugfs",
        "devpts",
        "devtmpfs",
        "efivarfs",
        "fusectl",
        "fuse.gvfsd-fuse",
        "fuse.lxcfs",
        "fuse.portal",
        "fuse.snapfuse",
        "hugetlbfs",
        "mqueue",
        "nsfs",
        "overlay",
        "proc",
        "pstore",
        "ramfs",
        "rpc_pipefs",
        "securityfs",
        "selinuxfs",
        "squashfs",
        "sysfs",
        "tmpfs",
        "tracefs",
    ]
)
"""Mounts without files of people: kernel tables, memory, program images and container layers."""
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


class Mount(NamedTuple):
    """One line of mountinfo."""

    number: str
    root: str
    mount: str
    options: str
    filesystem: str
    source: str


def ask(host: Host) -> Iterator[Volume | Gap]:
    """Every mounted file system of a drive or share, then what is attached but not mounted."""
    blocks = Blocks(host)
    mounts = parse(host.read("/proc/self/mountinfo", 4_000_000).decode("utf-8", "surrogateescape"))
    busy = set()
    for mount in chosen(mounts):
        node = blocks.number(mount.number) or blocks.named(mount.source)
        busy.add(node)
        if mount.mount not in FIRMWARE:
            yield from _mounted(host, blocks, mount, node, mounts)
    busy |= {blocks.number(m.number) or blocks.named(m.source) for m in mounts}
    for node in blocks.nodes():
        if node not in busy and _is_leaf(blocks, node):
            yield from _unmounted(blocks, node)


def parse(mountinfo: str) -> list[Mount]:
    """The lines of /proc/self/mountinfo (proc(5)); lines of another shape are passed over."""
    found = []
    for line in mountinfo.splitlines():
        left, mark, right = line.partition(" - ")
        a, b = left.split(" "), right.split(" ")
        if mark and len(a) >= 6 and len(b) >= 2:
            found.append(Mount(a[2], _octal(a[3]), _octal(a[4]), a[5], b[0], _octal(b[1])))
    return found


def _octal(text: str) -> str:
    raw = re.sub(
        rb"\\([0-7]{3})",
        lambda m: bytes([int(m[1], 8) & 0xFF]),
        text.encode("utf-8", "surrogateescape"),
    )
    return raw.decode("utf-8", "surrogateescape")


def chosen(mounts: Iterable[Mount]) -> list[Mount]:
    """The mounts that count, each file tree once: without pseudo file systems and bind mounts.

    Two subvolumes of one btrfs are two trees; a folder mounted a second time is none.
    """
    kept: list[Mount] = []
    for m in sorted(mounts, key=lambda m: (len(m.root), len(m.mount), m.mount)):
        container = m.filesystem == "overlay" and m.mount == "/"
        if m.filesystem in PSEUDO and not container:
            continue
        if any(k.number == m.number and _below(m.root, k.root) for k in kept):
            continue
        kept.append(m)
    return sorted(kept, key=lambda m: m.mount)


def _below(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip("/") + "/")


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
    if mount.filesystem in NETWORK or not node:
        return Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_SUPPORTED)
    backing = blocks.text(node, "loop/backing_file")
    if backing:
        return _of_file(blocks, backing, mounts)
    if mount.filesystem == "btrfs":
        return _together([blocks.encryption(n) for n in _btrfs(blocks, node)])
    return blocks.encryption(node)


def _of_file(blocks: Blocks, path: str, mounts: list[Mount]) -> Encryption:
    """The encryption of the volume that an image file lies on."""
    holding = max(
        (m for m in mounts if _below(path, m.mount)), key=lambda m: len(m.mount), default=None
    )
    node = blocks.number(holding.number) if holding else ""
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
    known = udev.get("ID_FS_TYPE", "")
    return known not in MEMBERS and (bool(known) or not blocks.udev_runs)


def _unmounted(blocks: Blocks, node: str) -> Iterator[Volume | Gap]:
    kind = blocks.udev(node).get("ID_FS_TYPE", "")
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


def _closed(blocks: Blocks, node: str, kind: str) -> tuple[Encryption, Why, str]:
    """Encryption of something not mounted, and why its files were not seen."""
    if kind == "crypto_LUKS":
        on = Encryption(state=EncryptionState.ON, product="LUKS", locked=True)
        return on, Why.LOCKED, "Open it with its passphrase and scan again."
    unknown = Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_UNDERSTOOD)
    if kind == "BitLocker":
        return (
            unknown,
            Why.LOCKED,
            (
                "It carries the BitLocker signature, which a suspended or decrypted drive keeps: "
                "look at it on a Windows machine."
            ),
        )
    if not kind:
        return unknown, Why.NOT_UNDERSTOOD, "The system keeps no record of what is on this drive."
    return (
        blocks.encryption(node),
        Why.NOT_SUPPORTED,
        "It is attached but not opened: mount it and scan again.",
    )
