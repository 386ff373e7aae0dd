"""The machine itself: what it is, and whether it is one that people carry home."""

from __future__ import annotations

from contextlib import suppress

from auditor.errors import HostError
from auditor.evidence import Machine, Platform
from auditor.host import Host
from auditor.words import shown

PORTABLE = frozenset({8, 9, 10, 11, 14, 30, 31, 32})
"""Chassis types of laptops, notebooks and tablets (DMTF DSP0134, System Enclosure types)."""
DESK = frozenset({3, 4, 5, 6, 7, 13, 15, 16, 17, 23, 24, 25, 28, 29, 35})
"""Chassis types of desktops, towers, all-in-ones, mini PCs and servers."""
VIRTUAL = ("qemu", "kvm", "vmware", "virtualbox", "innotek", "xen", "parallels", "bochs", "bhyve")
"""Words in maker or product that only virtual machines use."""


def machine(host: Host) -> Machine:
    """The machine's own record."""
    return Machine(
        name=shown(host.name),
        platform=host.platform,
        os=host.os,
        elevated=host.elevated,
        portable=portable(host),
        virtual=virtual(host),
        taken=host.now(),
    )


def portable(host: Host) -> bool | None:
    """Whether it is a laptop or tablet; None when neither case nor battery tells."""
    kind = chassis(host)
    if kind in PORTABLE or host.battery():
        return True
    if kind in DESK:
        return False
    # No battery is told for certain by Windows and macOS; Linux says the same of a missing driver.
    return False if host.battery() is False and host.platform is not Platform.LINUX else None


def chassis(host: Host) -> int | None:
    """The chassis type of the firmware's tables; None when it is not told."""
    if host.platform is Platform.LINUX:
        with suppress(HostError, ValueError):
            return int(host.read("/sys/class/dmi/id/chassis_type", 16))
    return None


def virtual(host: Host) -> bool | None:
    """Whether it is a virtual machine; None when it does not say who made it."""
    words = ""
    for source in ("sys_vendor", "product_name"):
        with suppress(HostError):
            words += host.read(f"/sys/class/dmi/id/{source}", 256).decode("utf-8", "replace") + " "
    if host.platform is Platform.WINDOWS:
        for value in ("SystemManufacturer", "SystemProductName"):
            with suppress(HostError):
                key = r"HKLM\HARDWARE\DESCRIPTION\System\BIOS"
                words += str(host.registry(key, value)) + " "
    words = words.strip().lower()
    if not words:
        return None
    return any(w in words for w in VIRTUAL) or ("microsoft" in words and "virtual machine" in words)
