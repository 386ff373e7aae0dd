"""Machines on which every probe of the roll has something to say, for tests that hold of all of them.

The recorded ones, and the same with what a busy office has besides: backups, cloud folders, a
school system, shares, remote control.
"""

from __future__ import annotations

import base64
import json
import plistlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from test_shares import EVERYONE, descriptor, entry
from test_windows_backups import VEEAM, summary

from auditor.evidence import Gap, Setting
from auditor.host import Host, Status
from auditor.host.powershell_backups import command as backups_command
from auditor.host.recorded import Recorded, Refusal, asked
from auditor.probes import (
    Probe,
    cloud_folders,
    linux_devices,
    macos_backups,
    macos_settings,
    remote_control,
    school_systems,
    shares,
    windows_accounts,
)

MACHINES = Path(__file__).parent / "machines"
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
REFUSED = Refusal(error="AccessDenied")
OLD = Status(modified=datetime(2026, 11, 24, 20, tzinfo=UTC), size=4096)
FOLDER = Status(modified=OLD.modified, size=0, folder=True, mode=0o755)


def recorded() -> dict[str, Recorded]:
    """The machines of tests/machines."""
    return {p.name: Recorded.load(p) for p in sorted(MACHINES.iterdir()) if p.is_dir()}


def _more(name: str, **more: Any) -> Recorded:
    """A recorded machine with more answers, table by table."""
    base = Recorded.load(MACHINES / name).answers
    tables = {k: {**getattr(base, k), **v} for k, v in more.items()}
    return Recorded(msgspec.structs.replace(base, **tables))


def _times(day: datetime) -> tuple[int, int]:
    made = int((day - windows_accounts.EPOCH).total_seconds()) * 10_000_000
    return made >> 32, made & 0xFFFF_FFFF


def windows() -> Recorded:
    """A server in the office: SIMS, its backups, a share for everybody, and AnyDesk."""
    people = f"{windows_accounts.PROFILES}\\S-1-5-21-1-2-3-1001"
    high, low = _times(datetime(2024, 1, 1, tzinfo=UTC))
    sql, drive = school_systems.SQL, cloud_folders.ONEDRIVE
    home = {"LOCALAPPDATA": r"C:\Users\o\AppData\Local", "ProgramData": r"C:\ProgramData"}
    top = r"C:\ProgramData\Veeam\Endpoint"
    base = Recorded.load(MACHINES / "windows-laptop-admin")
    with_home = msgspec.structs.replace(base.answers, variables={**base.answers.variables, **home})
    listed = summary()
    listed["tasks"] = [{"Name": "Copy", "State": 3, "Run": "robocopy.exe", "With": "C:\\SIMS E:\\SIMS /mir",
                        "LastRun": "2026-11-24T20:00:00.0000000Z", "Result": 1}]  # fmt: skip
    return _more(
        "windows-laptop-admin",
        variables=home,
        outputs={asked(backups_command(Recorded(with_home))): json.dumps(listed)},
        registry={
            f"{people}\\LocalProfileLoadTimeHigh": high, f"{people}\\LocalProfileLoadTimeLow": low,
            rf"{sql}\MSSQL15.SIMS\Setup\SQLDataRoot": r"D:\SQL",
            rf"{sql}\MSSQL15.SIMS\MSSQLServer\BackupDirectory": r"D:\SQL\Backup",
            rf"{drive}\Business1\UserFolder": r"C:\Users\o\OneDrive - Hill Top",
            rf"{drive}\Business1\KfmFoldersProtectedNow": 3584,
            rf"{remote_control.UNINSTALL[0]}\a\DisplayName": "AnyDesk",
            rf"{remote_control.UNINSTALL[0]}\b\DisplayName": "SIMS .net",
        },
        binary={rf"{shares.SHARES}\Security\Staff": _base64(descriptor(entry(EVERYONE)))},
        registry_names={shares.SHARES: ("Staff",), f"{shares.SHARES}\\Security": ("Staff",)},
        registry_keys={
            windows_accounts.PROFILES: (people.rpartition("\\")[2],), sql: ("MSSQL15.SIMS",),
            drive: ("Business1",), remote_control.UNINSTALL[0]: ("a", "b"),
        },
        folders={
            r"D:\SQL\DATA": ("SIMS.mdf", "SIMS_log.ldf"), r"D:\SQL\Backup": ("SIMS_20261124.bak",),
            top: ("Backup_Job",), rf"{top}\Backup_Job": ("Job.Backup.log",),
        },
        files={rf"{top}\Backup_Job\Job.Backup.log": VEEAM, r"D:\SQL\Backup\SIMS_20261124.bak": "TAPE"},
        statuses={r"D:\SQL\DATA\SIMS.mdf": OLD, r"D:\SQL\Backup\SIMS_20261124.bak": OLD},
    )  # fmt: skip


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def macos() -> Recorded:
    """A Mac with Time Machine on a disk, OneDrive, and TeamViewer."""
    naive = NOW.replace(tzinfo=None)
    disk = {
        "ID": "A",
        "Name": "Backup",
        "Kind": "Local",
        "LastDestination": 1,
        "MountPoint": "/Volumes/Backup",
    }
    kept = {"AutoBackup": True, "Destinations": [
        {"DestinationID": "A", "LastKnownEncryptionState": "Encrypted", "SnapshotDates": [naive], "RESULT": 0}]}  # fmt: skip
    return _more(
        "macos-macbook-teacher",
        variables={"HOME": "/Users/o"},
        outputs={f"{macos_backups.TMUTIL} destinationinfo -X": plistlib.dumps({"Destinations": [disk]}).decode()},
        files={
            f"{macos_backups.PREFERENCES}.plist": plistlib.dumps(kept).decode(),
            macos_settings.UPDATE: plistlib.dumps({"LastSuccessfulDate": naive, "LastRecommendedUpdatesAvailable": 0}).decode(),
            macos_settings.SCREEN: plistlib.dumps({"idleTime": 600, "askForPassword": 1}).decode(),
        },
        folders={"/Users/o/Library/CloudStorage": ("OneDrive-HillTop",), "/Applications": ("TeamViewer.app",)},
    )  # fmt: skip


JOURNAL = "\n".join(
    json.dumps({"MESSAGE": m, "__REALTIME_TIMESTAMP": "1764000000000000"})
    for m in (
        "usb 1-2: New USB device found, idVendor=0781, idProduct=5583, bcdDevice= 1.00",
        "usb 1-2: Product: Ultra Fit",
        "usb-storage 1-2:1.0: USB Mass Storage device detected",
    )
)


SCAN = "Scanning for Opal compliant disks\n/dev/nvme0  2  Samsung SSD 960 EVO 250GB  2B7QCXE7\n/dev/sda No  LITEONIT LMT-256L9M-11  HM8110B\n"


def linux() -> Recorded:
    """An office machine with restic by cron, a broken mirror, Samba, Dropbox, and RustDesk."""
    words = " ".join(
        ("/usr/bin/journalctl --no-pager -q -o json -n", linux_devices.LINES, "-g", linux_devices.WANTED, "_TRANSPORT=kernel")
    )  # fmt: skip
    smart = json.dumps({"smart_status": {"passed": True}})
    return _more(
        "linux-drives-root",
        variables={"HOME": "/root"},
        ciphers={"/data": "", "/data/staff": "AES-256-XTS", "/": REFUSED},
        outputs={
            words: JOURNAL, "/usr/sbin/zpool list -H -o name,health": "tank\tONLINE\n",
            "/usr/sbin/sedutil-cli --scan": SCAN,
            "/usr/sbin/smartctl -j -H -n standby /dev/sda": smart,
        },
        files={
            "/etc/crontab": "0 20 * * * root restic -r /media/teacher/BACKUPHDD/r backup /srv/records\n",
            "/etc/samba/smb.conf": "[Staff]\npath=/srv/records\nguest ok = yes\n",
            "/root/.dropbox/info.json": json.dumps({"personal": {"path": "/root/Dropbox"}}),
            "/proc/mdstat": "md0 : active raid1 sdb1[1] sda1[0](F)\n      1046528 blocks super 1.2 [2/1] [U_]\n",
        },
        folders={"/usr/bin": ("rustdesk",), "/opt": (), "/data": ("staff",), "/data/.fscrypt/policies": ("1",), "/etc": ("crontab", "samba")},
    )  # fmt: skip


def answering() -> dict[str, Recorded]:
    """All of them, by name."""
    return {
        **recorded(),
        "windows-office": windows(),
        "macos-office": macos(),
        "linux-office": linux(),
    }


def told(probe: Probe, host: Host) -> list[Any]:
    """What a probe says of a machine, gaps and settings that are not known left out."""
    return [
        f for f in probe.ask(host)
        if not isinstance(f, Gap) and not (isinstance(f, Setting) and f.on is None)
    ]  # fmt: skip
