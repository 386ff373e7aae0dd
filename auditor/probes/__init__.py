"""Probes: one module a question; this page holds the Protocol and the open roll.

To add one: write a module with PLATFORMS and ask(), put its name on the roll, and give it a
recorded machine in tests/machines. The roll is explicit because discovery by name found nothing
in a frozen executable and so reported a clean machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from auditor.copies import Backup, BackupFiles, SchoolSystem, SyncFolder
from auditor.evidence import DeviceSeen, Gap, Health, Platform, Setting, Volume
from auditor.host import Host
from auditor.probes import (
    cloud_folders,
    linux_backups,
    linux_devices,
    linux_folders,
    linux_settings,
    linux_storage,
    linux_volumes,
    macos_backups,
    macos_devices,
    macos_settings,
    macos_volumes,
    remote_control,
    school_systems,
    self_encrypting,
    shares,
    windows_accounts,
    windows_backup_products,
    windows_backups,
    windows_protection,
    windows_safety,
    windows_settings,
    windows_volumes,
)

Copies = Backup | SyncFolder | SchoolSystem | BackupFiles
Fact = Volume | Setting | DeviceSeen | Health | Copies | Gap


class Probe(Protocol):
    """What a module must offer to stand on the roll."""

    __name__: str
    PLATFORMS: frozenset[Platform]

    def ask(self, host: Host) -> Iterator[Fact]:
        """Ask the machine; what it does not answer is a Gap or a HostError, never a guess."""


PROBES: tuple[Probe, ...] = (
    linux_volumes,
    macos_volumes,
    windows_volumes,
    windows_settings,
    windows_protection,
    windows_accounts,
    windows_safety,
    linux_settings,
    linux_backups,
    linux_storage,
    linux_devices,
    shares,
    macos_settings,
    macos_devices,
    windows_backups,
    windows_backup_products,
    macos_backups,
    cloud_folders,
    school_systems,
    remote_control,
    self_encrypting,
    linux_folders,
)
