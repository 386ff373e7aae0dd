"""What is plugged into a Mac, and whether its disks say that they are well.

macOS keeps no list of what was plugged in before. From macOS 26 on SPUSBDataType is empty while
devices are attached, and SPUSBHostDataType has them, so that both are asked.

Sample of `system_profiler -json SPUSBHostDataType` (macOS 26):
    {"SPUSBHostDataType": [{"_items": [{"_name": " SanDisk 3.2 Gen1",
        "USBKeyHardwareType": "Removable"}], "_name": "USB 3.1 Bus"}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from auditor.errors import HostError
from auditor.evidence import DeviceKind, DeviceSeen, Gap, Health, HealthState, Platform, Why
from auditor.host import Host
from auditor.host.plists import plist

PLATFORMS = frozenset({Platform.MACOS})
SOURCE = "macos_devices"
PROFILER = "/usr/sbin/system_profiler"
LISTS = ("SPUSBDataType", "SPUSBHostDataType", "SPCardReaderDataType")
DISKUTIL = "/usr/sbin/diskutil"
SMART = {"Verified": HealthState.GOOD, "Failing": HealthState.FAILING}
DEEPEST = 20
"""Hubs behind hubs that are followed."""
PHONES = ("iphone", "ipad", "ipod", "android")


def ask(host: Host) -> Iterator[DeviceSeen | Health | Gap]:
    """What is plugged in now, each disk's health, and that there is no history."""
    with suppress(HostError):
        yield from attached(host.run(PROFILER, "-json", *LISTS, timeout=60))
    yield Gap(
        source=SOURCE,
        about="sticks and phones used before",
        why=Why.NOT_SUPPORTED,
        detail="A Mac keeps no list of them: ask who uses sticks with it.",
    )
    yield from health(host)


def attached(printed: bytes) -> Iterator[DeviceSeen]:
    """Storage and phones among the USB devices; keyboards and hubs are left out."""
    try:
        found = json.loads(printed)
    except (ValueError, RecursionError):
        return
    for name in LISTS if isinstance(found, dict) else ():
        yield from _below(found.get(name), 0)


def _below(items: Any, depth: int) -> Iterator[DeviceSeen]:
    for item in items if isinstance(items, list) and depth < DEEPEST else ():
        if isinstance(item, dict):
            kind = _kind(item)
            if kind is not None:
                yield DeviceSeen(kind=kind, model=_model(kind, item), attached=True)
            yield from _below(item.get("_items"), depth + 1)


def _model(kind: DeviceKind, item: dict[str, Any]) -> str:
    """What it calls itself; people name their phones after themselves, so that a phone has none."""
    if kind is DeviceKind.PHONE:
        return "a phone or tablet"
    return " ".join(str(item.get("_name", "")).split()) or "a USB device"


def _kind(item: dict[str, Any]) -> DeviceKind | None:
    name = str(item.get("_name", "")).lower()
    if any(p in name for p in PHONES):
        return DeviceKind.PHONE
    if isinstance(item.get("Media"), list):
        return DeviceKind.STORAGE
    # The newer list does not tell a stick from a mouse; a hub has devices below it.
    outside = item.get("USBKeyHardwareType") == "Removable" and not item.get("_items")
    return DeviceKind.UNKNOWN if outside else None


def health(host: Host) -> Iterator[Health]:
    """SMARTStatus of each whole disk; USB disks say that they do not support it."""
    try:
        listed = plist(host.run(DISKUTIL, "list", "-plist"))
    except HostError:
        return
    names = listed.get("WholeDisks")
    for name in names if isinstance(names, list) else ():
        with suppress(HostError):
            info = plist(host.run(DISKUTIL, "info", "-plist", str(name)))
            if (
                info.get("VirtualOrPhysical") == "Virtual"
                or info.get("BusProtocol") == "Disk Image"
            ):
                continue
            about = " ".join(f"disk {name} {info.get('MediaName') or ''}".split())
            state = SMART.get(str(info.get("SMARTStatus")), HealthState.UNKNOWN)
            yield Health(id=str(name), about=about, state=state)
