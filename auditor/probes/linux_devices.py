"""Sticks and phones that were plugged into this Linux machine, from the kernel's messages.

Sample of `journalctl -o json` (systemd 252), one object a line:
    {"MESSAGE":"usb 1-2: Product: Ultra Fit","__REALTIME_TIMESTAMP":"1764000000000000", …}
    {"MESSAGE":"usb-storage 1-2:1.0: USB Mass Storage device detected", …}

Only root and the groups adm and systemd-journal see them, and only as far back as the journal
goes. Serial numbers are not asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from auditor.errors import HostError
from auditor.evidence import DeviceKind, DeviceSeen, Gap, Platform, Why
from auditor.host import Host

PLATFORMS = frozenset({Platform.LINUX})
SOURCE = "linux_devices"
LINES = "50000"
"""Newest messages that are read."""
WANTED = "usb-storage|uas |Product: |Manufacturer: |New USB device found"
_PART = re.compile(r"^usb (\S+): (Product|Manufacturer): (.*)$")
_NEW = re.compile(r"^usb (\S+): New USB device found")
_STORAGE = re.compile(r"^(?:usb-storage|uas) (\S+?):\d+\.\d+: ")
_PHONE = re.compile(
    r"\b(?:iphone|ipad|android|mtp|galaxy|pixel|camera|mobile|phone)\b", re.IGNORECASE
)


def ask(host: Host) -> Iterator[DeviceSeen | Gap]:
    """Each model once, with when it was first and last seen."""
    words = ("--no-pager", "-q", "-o", "json", "-n", LINES, "-g", WANTED, "_TRANSPORT=kernel")
    try:
        printed = host.run("/usr/bin/journalctl", *words, timeout=60, any_exit=True)
    except HostError as e:
        yield _gap(Why.TOOL_MISSING, f"{e.problem[:1].upper()}{e.problem[1:]}.")
        return
    found = sorted(devices(printed), key=lambda d: d.model)
    yield from found
    if not found and not host.elevated:
        yield _gap(Why.NEEDS_ADMIN, "Run the audit as administrator to see them.")
    elif not found and not printed.strip():
        yield _gap(Why.NOT_SUPPORTED, "The journal has no messages of USB devices.")


def _gap(why: Why, detail: str) -> Gap:
    return Gap(source=SOURCE, about="sticks and phones used before", why=why, detail=detail)


class Plug:
    """One time that something was plugged in."""

    def __init__(self, when: datetime) -> None:
        self.when = when
        self.parts: dict[str, str] = {}
        self.storage = False

    def model(self) -> str:
        """Maker and model, as the device names itself."""
        maker, product = self.parts.get("Manufacturer", ""), self.parts.get("Product", "")
        maker = "" if product.lower().startswith(maker.lower()) else maker
        return " ".join(f"{maker} {product}".split()) or "a USB device without a name"

    def kind(self) -> DeviceKind | None:
        """What it is; None for keyboards and the like."""
        if self.storage:
            return DeviceKind.STORAGE
        return DeviceKind.PHONE if _PHONE.search(self.model()) else None


def devices(printed: bytes) -> Iterator[DeviceSeen]:
    """The devices in the journal's messages; lines of another shape are passed over."""
    seen: dict[tuple[str, DeviceKind], list[datetime]] = {}
    for plug in _plugs(printed):
        if kind := plug.kind():
            seen.setdefault((plug.model(), kind), []).append(plug.when)
    for (model, kind), times in seen.items():
        yield DeviceSeen(kind=kind, model=model, first=min(times), last=max(times))


def _plugs(printed: bytes) -> list[Plug]:
    every: list[Plug] = []
    ports: dict[str, Plug] = {}
    for when, message in _messages(printed):
        part, storage = _PART.match(message), _STORAGE.match(message)
        found = _NEW.match(message) or part or storage
        if found is None:
            continue
        port = found[1]
        if port not in ports or not (part or storage):
            ports[port] = Plug(when)
            every.append(ports[port])
        if part:
            ports[port].parts[part[2]] = part[3].strip()
        ports[port].storage |= bool(storage)
    return every


def _messages(printed: bytes) -> Iterator[tuple[datetime, str]]:
    for line in printed.splitlines():
        try:
            found = json.loads(line)
            when = datetime.fromtimestamp(int(found["__REALTIME_TIMESTAMP"]) / 1e6, UTC)
            message = found["MESSAGE"]
        except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
            continue
        if isinstance(message, str):
            yield when, message
