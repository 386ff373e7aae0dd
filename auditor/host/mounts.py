r"""The mount table of Linux: which file trees there are, each once.

Sample of /proc/self/mountinfo (Linux 6.1):
    33 23 8:16 / /media/teacher/MY\040STICK rw,nosuid - vfat /dev/sdb rw,uid=1000
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

NETWORK = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "davfs",
        "fuse.sshfs", "fuse.rclone", "fuse.davfs", "fuse.glusterfs", "fuse.s3fs",
        "fuse.onedriver", "fuse.google-drive-ocamlfuse", "fuse.curlftpfs", "fuse.smbnetfs",
        "virtiofs",
    }
)  # fmt: skip

PSEUDO = frozenset(
    {
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts",
        "devtmpfs", "efivarfs", "fusectl", "fuse.gvfsd-fuse", "fuse.lxcfs", "fuse.portal",
        "fuse.snapfuse", "hugetlbfs", "mqueue", "nsfs", "overlay", "proc", "pstore", "ramfs",
        "rpc_pipefs", "securityfs", "selinuxfs", "squashfs", "sysfs", "tmpfs", "tracefs",
    }
)  # fmt: skip
"""Mounts without files of people: kernel tables, memory, program images and container layers."""


class Mount(NamedTuple):
    """One line of mountinfo."""

    number: str
    root: str
    mount: str
    options: str
    filesystem: str
    source: str


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
        if any(k.number == m.number and below(m.root, k.root) for k in kept):
            continue
        kept.append(m)
    return sorted(kept, key=lambda m: m.mount)


def below(path: str, top: str) -> bool:
    """Whether a path is a folder or lies in it."""
    return path == top or path.startswith(top.rstrip("/") + "/")
