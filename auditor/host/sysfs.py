"""Linux block devices as /sys and the udev database tell them, to any user.

A node is a directory of /sys/class/block: a whole disk, a partition, or something built on them
(dm-crypt, LVM, RAID, loop). `slaves` of a node are the nodes it is built on.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from auditor.errors import HostError
from auditor.evidence import Encryption, EncryptionState, Place, Why
from auditor.host import Host
from auditor.host.sectors import Sectors

_CRYPT = {
    "CRYPT-LUKS1-": "LUKS1",
    "CRYPT-LUKS2-": "LUKS2",
    "CRYPT-PLAIN-": "dm-crypt",
    "CRYPT-TCRYPT-": "VeraCrypt",
    "CRYPT-LOOPAES-": "loop-AES",
    "CRYPT-FVAULT2-": "FileVault",
}
"""What `dm/uuid` begins with for a mapping that decrypts (cryptsetup, lib/libdevmapper.c).

CRYPT-VERITY and CRYPT-INTEGRITY check and do not encrypt. CRYPT-BITLK is left out on purpose: a
suspended BitLocker volume opens by the same name although its key lies beside it in the clear, so
that only its own header tells.
"""
_BUSES = (
    (re.compile(r"/usb\d+/"), "usb"),
    (re.compile(r"/fw\d+"), "firewire"),
    (re.compile(r"/nvme\d*/"), "nvme"),
    (re.compile(r"/ata\d+/"), "sata"),
    (re.compile(r"/virtio\d+/"), "virtio"),
    (re.compile(r"/mmc_host/"), "mmc"),
    (re.compile(r"/host\d+/"), "scsi"),
)


OPEN = Sectors(state=EncryptionState.OFF)
UNTOLD = Sectors()


class Blocks:
    """The block devices of one host; answers are kept, so make a new one for a new look."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.path = cache(self._path)
        self.udev = cache(self._udev)
        self.sectors = cache(self._sectors)
        self.udev_runs = bool(self._names("/run/udev/data"))

    def nodes(self) -> tuple[str, ...]:
        """Every block device, partitions included."""
        return self._names("/sys/class/block")

    def number(self, number: str) -> str:
        """The node of a `major:minor`; empty for one that has none, such as that of an overlay."""
        with suppress(HostError):
            return posixpath.basename(self.host.resolve(f"/sys/dev/block/{number}"))
        return ""

    def named(self, device: str) -> str:
        """The node of a path under /dev, links such as /dev/mapper/x followed; empty for none."""
        with suppress(HostError):
            name = posixpath.basename(self.host.resolve(device))
            return name if self.path(name) else ""
        return ""

    def text(self, node: str, attribute: str) -> str:
        """A one-line attribute of a node; empty when it has none."""
        with suppress(HostError):
            found = self.host.read(f"{self.path(node)}/{attribute}", 4096)
            return found.decode("utf-8", "replace").strip(" \n\0")
        return ""

    def size(self, node: str) -> int | None:
        """Bytes; sysfs counts sectors of 512 whatever the drive's own are."""
        sectors = self.text(node, "size")
        return int(sectors) * 512 if sectors.isdigit() else None

    def slaves(self, node: str) -> tuple[str, ...]:
        """The nodes that a node is built on."""
        return self._names(f"{self.path(node)}/slaves")

    def holders(self, node: str) -> tuple[str, ...]:
        """The nodes that are built on a node."""
        return self._names(f"{self.path(node)}/holders")

    def is_partition(self, node: str) -> bool:
        """Whether it is a partition of a disk."""
        return bool(self.text(node, "partition"))

    def is_disk(self, node: str) -> bool:
        """Whether it is a drive of its own: no partition, mapping, array, loop or memory."""
        made = node.startswith(("dm-", "md", "loop", "zram", "ram", "zd", "nbd", "fd"))
        return not made and not self.is_partition(node) and bool(self.size(node))

    def whole(self, node: str) -> str:
        """The disk of a partition; the node itself when it is not one."""
        return (
            posixpath.basename(posixpath.dirname(self.path(node)))
            if self.is_partition(node)
            else node
        )

    def parts(self, node: str) -> list[str]:
        """The partitions of a disk."""
        return [
            n for n in self.nodes() if n != node and self.path(n).startswith(self.path(node) + "/")
        ]

    def disks(self, node: str) -> tuple[str, ...]:
        """The whole disks at the bottom of a node, each once, sorted."""
        return tuple(sorted(self._down(node, set())))

    def _down(self, node: str, seen: set[str]) -> Iterator[str]:
        """Each node is followed once, however many ways lead to it, and a circle ends."""
        if node in seen:
            return
        seen.add(node)
        below = self.slaves(node)
        if below:
            for n in below:
                yield from self._down(n, seen)
        elif self.is_partition(node):
            yield from self._down(self.whole(node), seen)
        else:
            yield node

    def bus(self, node: str) -> str:
        """How the first of its disks is connected: usb, sata, nvme, sd …; empty when not known."""
        disk = next(iter(self.disks(node)), node)
        path = self.path(disk) + "/"
        found = next((name for pattern, name in _BUSES if pattern.search(path)), "")
        if found == "mmc" and self.text(disk, "device/type").upper() == "SD":
            return "sd"
        return found

    def place(self, node: str) -> Place:
        """What kind of thing it lies on; the most portable of its disks decides."""
        kinds = {self._disk_place(d) for d in self.disks(node)}
        for place in (Place.REMOVABLE, Place.OPTICAL, Place.FIXED):
            if place in kinds:
                return place
        return Place.UNKNOWN

    def _disk_place(self, disk: str) -> Place:
        if not self.path(disk):
            return Place.UNKNOWN
        if disk.startswith("sr") or self.text(disk, "device/type") == "5":
            return Place.OPTICAL
        # A USB hard disk has removable=0, so the bus comes before the flag.
        if self.bus(disk) in {"usb", "firewire", "sd"} or self.text(disk, "removable") == "1":
            return Place.REMOVABLE
        return Place.FIXED

    def encryption(self, node: str) -> Encryption:
        """Whether every way from the node down to a disk passes a mapping that decrypts.

        With root the header below each mapping is read too: it knows the cipher, and that of the
        null cipher or of a suspended BitLocker volume protects nothing.
        """
        ways = self._ways(node, {})
        states = {w.state for w in ways}
        if not ways or EncryptionState.UNKNOWN in states:
            return Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_UNDERSTOOD)
        state = states.pop() if len(states) == 1 else EncryptionState.PARTIAL
        if state is EncryptionState.OFF:
            return Encryption(state=state)
        return Encryption(
            state=state,
            product=", ".join(sorted({w.product for w in ways if w.product})),
            method=", ".join(sorted({w.method for w in ways if w.method})),
            recovery=next(iter(ways)).recovery if len(ways) == 1 else None,
            locked=False,
        )

    def _ways(self, node: str, known: dict[str, set[Sectors]]) -> set[Sectors]:
        """What encrypts each way down; each node is followed once, and a circle is not told."""
        if node not in known:
            known[node] = {UNTOLD}
            known[node] = self._below(node, known) if self.path(node) else {UNTOLD}
        return known[node]

    def _below(self, node: str, known: dict[str, set[Sectors]]) -> set[Sectors]:
        uuid = self.text(node, "dm/uuid")
        product = next((p for start, p in _CRYPT.items() if uuid.startswith(start)), "")
        below = self.slaves(node)
        if product or uuid.startswith("CRYPT-BITLK-"):
            return {self._mapping(product, below)}
        if below:
            return {way for n in below for way in self._ways(n, known)}
        if self.is_partition(node):
            return self._ways(self.whole(node), known)
        # A mapping without anything below it is one that we could not follow.
        return {UNTOLD if node.startswith(("dm-", "md", "loop")) else OPEN}

    def _mapping(self, product: str, below: tuple[str, ...]) -> Sectors:
        """A mapping that decrypts, and what its header says where it may be read.

        Only a header of the mapping's own kind is believed: a LUKS header kept apart leaves
        something else, or nothing that is known, at the start of the drive.
        """
        header = self.sectors(below[0]) if len(below) == 1 else None
        ours = header is not None and header.product == (product or "BitLocker")
        if header is not None and ours and header.state is not EncryptionState.UNKNOWN:
            return header
        if not product:
            return UNTOLD
        return Sectors(state=EncryptionState.ON, product=product)

    def _sectors(self, node: str) -> Sectors | None:
        """The first sectors of a node; None without the right to read them."""
        with suppress(HostError):
            return self.host.sectors(f"/dev/{node}")
        return None

    def label(self, node: str) -> str:
        """The label of its file system, from the udev database."""
        return _plain(self.udev(node).get("ID_FS_LABEL_ENC", ""))

    def model(self, node: str) -> str:
        """Maker and model of its first disk, as printed on it more or less."""
        disk = next(iter(self.disks(node)), node)
        maker, model = self.text(disk, "device/vendor"), self.text(disk, "device/model")
        maker = "" if maker.startswith("0x") or maker == "ATA" else maker
        return " ".join(f"{maker} {model or self.text(disk, 'device/name')}".split())

    def _udev(self, node: str) -> dict[str, str]:
        """The properties that udev keeps of a node: `E:KEY=value` lines of /run/udev/data/bN:M."""
        with suppress(HostError):
            found = self.host.read(f"/run/udev/data/b{self.text(node, 'dev')}")
            lines = found.decode("utf-8", "replace").splitlines()
            return dict(
                line[2:].split("=", 1) for line in lines if line[:2] == "E:" and "=" in line
            )
        return {}

    def _path(self, node: str) -> str:
        with suppress(HostError):
            return self.host.resolve(f"/sys/class/block/{node}") if node else ""
        return ""

    def _names(self, folder: str) -> tuple[str, ...]:
        with suppress(HostError):
            return self.host.names(folder)
        return ()


def _plain(encoded: str) -> str:
    r"""A udev value with its \x20 undone."""
    raw = re.sub(
        rb"\\x([0-9a-fA-F]{2})",
        lambda m: bytes([int(m[1], 16)]),
        encoded.encode("utf-8"),
    )
    return raw.decode("utf-8", "replace").strip()
