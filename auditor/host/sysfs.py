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
suspended BitLocker volume opens by the same name although its key lies beside it in the clear.
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


class Blocks:
    """The block devices of one host; answers are kept, so make a new one for a new look."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.path = cache(self._path)
        self.udev = cache(self._udev)
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
        return tuple(sorted(set(self._down(node, ()))))

    def _down(self, node: str, seen: tuple[str, ...]) -> Iterator[str]:
        if node in seen:  # no kernel builds a circle, but a recording may hold anything
            return
        below = self.slaves(node)
        if below:
            for n in below:
                yield from self._down(n, (*seen, node))
        elif self.is_partition(node):
            yield from self._down(self.whole(node), (*seen, node))
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
        """Whether every way from the node down to a disk passes a mapping that decrypts."""
        ways = set(self._ways(node, ()))
        if not ways or "?" in ways:
            return Encryption(state=EncryptionState.UNKNOWN, why=Why.NOT_UNDERSTOOD)
        products = sorted(ways - {""})
        if not products:
            return Encryption(state=EncryptionState.OFF)
        state = EncryptionState.PARTIAL if "" in ways else EncryptionState.ON
        return Encryption(state=state, product=", ".join(products), locked=False)

    def _ways(self, node: str, seen: tuple[str, ...]) -> Iterator[str]:
        """For each way down: the product that encrypts it, empty for none, `?` for not known."""
        if node in seen or not self.path(node):
            yield "?"
            return
        uuid = self.text(node, "dm/uuid")
        product = next((p for start, p in _CRYPT.items() if uuid.startswith(start)), "")
        if product:
            yield product
        elif uuid.startswith("CRYPT-BITLK-"):
            yield "?"
        elif below := self.slaves(node):
            for n in below:
                yield from self._ways(n, (*seen, node))
        elif self.is_partition(node):
            yield from self._ways(self.whole(node), (*seen, node))
        else:
            # A mapping without anything below it is one that we could not follow.
            yield "?" if node.startswith(("dm-", "md", "loop")) else ""

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
