"""What was plugged into a machine, and how well its disks are."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from auditor.record import Record


class DeviceKind(StrEnum):
    """What was plugged in."""

    STORAGE = "storage"
    """Sticks, portable disks and card readers."""
    PHONE = "phone"
    """Phones, cameras and players, which hold copies without a drive letter."""
    DISC = "disc"
    UNKNOWN = "unknown"


class DeviceSeen(Record, frozen=True, kw_only=True):
    """Something that was plugged into this machine and could have carried a copy away.

    Never a serial number: two sticks of one model are two records of the same words.
    """

    kind: DeviceKind
    model: str
    """Maker and model, as far as told."""
    first: datetime | None = None
    """When it was first seen."""
    last: datetime | None = None
    """When it was last plugged in."""
    attached: bool | None = None
    """Whether it is plugged in now."""


class HealthState(StrEnum):
    """Whether a drive, array or pool is about to lose what is on it."""

    GOOD = "good"
    DEGRADED = "degraded"
    """A part of it has failed; the next failure loses data."""
    FAILING = "failing"
    UNKNOWN = "unknown"


class Health(Record, frozen=True, kw_only=True):
    """The health of a disk, an array of disks or a storage pool."""

    id: str
    """The disk or array: `sda`, `md0`, `disk 1`."""
    about: str
    """For people: `disk sda (Model)`, `RAID array md0`."""
    state: HealthState
    redundant: bool | None = None
    """Whether it survives the loss of one disk. That is no backup."""
    detail: str = ""
