"""Backups of Linux, by real tools where they are installed, to local, mounted and remote targets."""

from __future__ import annotations

import base64
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.backups.dconf import settings
from auditor.backups.joining import joined
from auditor.copies import Backup, BackupKind, Encrypted
from auditor.errors import HostError
from auditor.evidence import Platform
from auditor.host import Partition, Status
from auditor.host.recorded import Recorded
from auditor.host.recorder import Recorder
from auditor.host.this import ThisMachine
from auditor.probes import linux_backups

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux tools")

SECRET = "hunter2-Wolverhampton"
"""Stands in every password and key below, and nowhere else."""
DAYS = timedelta(days=1)
NOW = ThisMachine().now()


class Rooted(ThisMachine):
    """This machine with /etc, /home, /root and /var of another folder."""

    MOVED = (
        "/etc/",
        "/home",
        "/root",
        "/var/spool",
        "/var/lib/systemd",
        "/usr/lib/systemd",
        "/run/systemd",
        "/lib/systemd",
        "/usr/local",
    )

    def __init__(self, root: Path) -> None:
        self.root = root

    def at(self, path: str) -> str:
        return f"{self.root}{path}" if path.startswith(self.MOVED) else path

    def read(self, path: str, limit: int = 65_536) -> bytes:
        return super().read(self.at(path), limit)

    def names(self, folder: str) -> tuple[str, ...]:
        return super().names(self.at(folder))

    def status(self, path: str) -> Status:
        return super().status(self.at(path))

    def environment(self, variable: str) -> str:
        return "/root" if variable == "HOME" else super().environment(variable)


Test = TypeVar("Test", bound=Callable[..., None])


def needs(tool: str) -> Callable[[Test], Test]:
    """A test that runs a real backup tool, where it is installed."""

    def marked(test: Test) -> Test:
        there = pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed")
        made: Test = pytest.mark.slow(pytest.mark.tools(there(test)))
        return made

    return marked


class School:
    """A made-up office machine: its /etc and home, documents, and places to back up to."""

    def __init__(self, top: Path) -> None:
        self.root, self.data, self.usb = top / "root", top / "data", top / "usb"
        for folder in (self.root / "root", self.data, self.usb):
            folder.mkdir(parents=True)
        (self.data / "pupils.csv").write_text("UPN,Surname\nA123456789012,Quillfeather\n")

    def file(self, path: str, text: str) -> None:
        where = Path(f"{self.root}{path}")
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text, "utf-8")

    def run(self, *command: str, **env: str) -> None:
        home = str(self.root / "root")
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            env={
                **os.environ,
                "HOME": home,
                "XDG_CONFIG_HOME": f"{home}/.config",
                "BORG_BASE_DIR": "",
                "LC_ALL": "C.UTF-8",
                **env,
            },
        )

    def cron(self, text: str) -> None:
        self.file("/etc/cron.d/backup", text)

    def backups(self) -> list[Backup]:
        """What is told, with nothing in it that is a secret and nothing changed by the telling."""
        watched = Watched(self.root.parent)
        facts = list(linux_backups.ask(Rooted(self.root)))
        assert watched.unchanged()
        assert SECRET.encode() not in msgspec.json.encode(facts)
        recorder = Recorder(Rooted(self.root))
        again = list(linux_backups.ask(recorder))
        recording = msgspec.json.encode(recorder.answers())
        assert SECRET.encode() not in recording
        assert again == facts
        if b"left out" not in recording:  # what a recording must not hold, it cannot replay
            assert list(linux_backups.ask(Recorded(recorder.answers()))) == facts
        assert base64.b64encode(SECRET.encode())[4:-4] not in recording
        found = joined(facts, (), Rooted(self.root), portable=False)
        return [f for f in found if isinstance(f, Backup)]

    def backup(self) -> Backup:
        (found,) = self.backups()
        return found


class Watched:
    """Every file and folder below, with what a careless reader would change, access time too."""

    def __init__(self, top: Path) -> None:
        self.top, self.paths = top, sorted(self.walk(top))
        for path in self.paths:  # so old that any reading would renew them
            s = os.lstat(path)
            if not stat.S_ISLNK(s.st_mode):
                os.utime(path, ns=(s.st_mtime_ns - 10**15, s.st_mtime_ns))
        self.before = self.state()

    @staticmethod
    def walk(top: Path) -> list[str]:
        return [f"{f}/{n}" for f, names, files in os.walk(top) for n in [*names, *files]]

    def state(self) -> dict[str, tuple[int, ...]]:
        seen: dict[str, tuple[int, ...]] = {}
        for path in self.paths:
            s = os.lstat(path)
            seen[path] = (s.st_mode, s.st_size, s.st_mtime_ns, s.st_atime_ns, s.st_ino)
        return seen

    def unchanged(self) -> bool:
        return self.state() == self.before and sorted(self.walk(self.top)) == self.paths


def age(top: Path, by: timedelta) -> None:
    """Makes everything below as old as that."""
    moment = (NOW - by).timestamp()
    for folder, names, files in os.walk(top):
        for name in [*names, *files]:
            os.utime(f"{folder}/{name}", (moment, moment), follow_symlinks=False)


def old(b: Backup) -> int:
    assert b.last_success is not None
    return round((NOW - b.last_success) / DAYS)


@pytest.fixture
def school() -> Iterator[School]:
    """Not below /tmp, where a copy counts as none."""
    with tempfile.TemporaryDirectory(
        dir="/mnt" if os.access("/mnt", os.W_OK) else Path.home(), ignore_cleanup_errors=True
    ) as top:
        yield School(Path(top))


@needs("restic")
@pytest.mark.parametrize("days", [0, 40])
def test_restic_from_cron_is_told_with_its_snapshots_encrypted_and_its_age(
    school: School, days: int
) -> None:
    repo = str(school.usb / "repo")
    for command in ("init", "backup", "backup"):
        school.run(
            "restic",
            "-r",
            repo,
            command,
            *([str(school.data)] if command == "backup" else []),
            RESTIC_PASSWORD=SECRET,
        )
    age(school.usb, days * DAYS)
    school.cron(
        f"RESTIC_REPOSITORY={repo}\nRESTIC_PASSWORD={SECRET}\n30 2 * * * root restic backup {school.data}\n"
    )

    found = school.backup()

    assert (found.product, found.target, found.schedule, found.active) == (
        "restic",
        repo,
        "daily at 02:30",
        True,
    )
    assert (found.encrypted, found.encrypted_by, found.versions, old(found)) == (
        Encrypted.ON,
        "restic",
        2,
        days,
    )
    assert found.sources == (str(school.data),)


@needs("restic")
def test_a_repository_that_was_made_and_never_filled_has_not_run(school: School) -> None:
    repo = str(school.usb / "repo")
    school.run("restic", "-r", repo, "init", RESTIC_PASSWORD=SECRET)
    school.cron(f"@daily root restic -r {repo} --password-file /root/pw backup /home\n")

    found = school.backup()

    assert (found.ran, found.last_success, found.versions) == (False, None, 0)


@needs("borg")
@pytest.mark.parametrize(
    ("mode", "state", "by"),
    [
        ("none", Encrypted.OFF, ""),
        ("repokey", Encrypted.ON, "Borg"),
        ("repokey-blake2", Encrypted.ON, "Borg"),
        ("keyfile", Encrypted.ON, "Borg"),
        ("authenticated", Encrypted.OFF, ""),
    ],
)
def test_borg_is_encrypted_as_its_segments_say_whatever_its_config_holds(
    school: School, mode: str, state: Encrypted, by: str
) -> None:
    repo = str(school.usb / "borg")
    secret = {"BORG_PASSPHRASE": SECRET, "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes"}
    school.run("borg", "init", "-e", mode, repo, **secret)
    school.run("borg", "create", f"{repo}::one", str(school.data), **secret)
    age(school.usb, 3 * DAYS)
    school.file(
        "/root/backup.sh",
        f"#!/bin/sh\nexport BORG_PASSPHRASE='{SECRET}'\nREPO={repo}\nborg create $REPO::'{{now}}' /srv/staff\nborg prune $REPO\n",
    )
    school.cron("0 3 * * 0 root /root/backup.sh\n")

    found = school.backup()

    assert (found.product, found.target, found.schedule) == ("Borg", repo, "weekly at 03:00")
    assert (found.encrypted, found.encrypted_by, found.ran, old(found)) == (state, by, True, 3)


@needs("borg")
def test_a_borg_repository_without_an_archive_has_not_run(school: School) -> None:
    repo = str(school.usb / "borg")
    school.run("borg", "init", "-e", "repokey", repo, BORG_PASSPHRASE=SECRET)
    school.cron(f"@daily root BORG_PASSPHRASE={SECRET} borg create {repo}::x /srv\n")

    assert school.backup().ran is False


BORGMATIC_OLD = """
location:
    source_directories: [{data}]
    repositories: [{repo}, 'ssh://u1:{secret}@u1.your-storagebox.de:23/./office']
storage:
    encryption_passphrase: {secret}
retention:
    keep_daily: 7
    keep_monthly: 6
"""
BORGMATIC_NEW = """
source_directories: [{data}]
repositories:
    - path: {repo}
      label: usb
    - path: ssh://u1:{secret}@u1.your-storagebox.de:23/./office
encryption_passphrase: {secret}
keep_daily: 7
keep_monthly: 6
"""
TIMER = "[Timer]\nOnCalendar=daily\nPersistent=true\n"


@needs("borgmatic")
@pytest.mark.parametrize("layout", [BORGMATIC_OLD, BORGMATIC_NEW], ids=["before 1.8", "since 1.8"])
def test_borgmatic_has_a_backup_for_each_repository_of_its_configuration(
    school: School, layout: str
) -> None:
    repo = str(school.usb / "borg")
    text = layout.format(data=school.data, repo=repo, secret=SECRET)
    school.run("borg", "init", "-e", "repokey", repo, BORG_PASSPHRASE=SECRET)
    school.file(
        "/root/.config/borgmatic/config.yaml",
        BORGMATIC_OLD.format(data=school.data, repo=repo, secret=SECRET).replace(
            f", 'ssh://u1:{SECRET}@u1.your-storagebox.de:23/./office'", ""
        ),
    )
    school.run("borgmatic", "create", BORG_PASSPHRASE=SECRET)
    school.file("/root/.config/borgmatic/config.yaml", text)
    school.file("/lib/systemd/system/borgmatic.timer", TIMER)
    school.file(
        "/lib/systemd/system/borgmatic.service",
        "[Service]\nExecStart=systemd-inhibit --who=b /usr/bin/borgmatic --verbosity -1\n",
    )
    school.file("/etc/systemd/system/timers.target.wants/borgmatic.timer", TIMER)

    here, away = school.backups()

    assert (here.target, here.encrypted, here.schedule, here.active, old(here)) == (
        repo,
        Encrypted.ON,
        "daily",
        True,
        0,
    )
    assert here.retention == "7 daily, 6 monthly"
    assert (away.target, away.held.value, away.medium.value) == (
        "ssh: u1.your-storagebox.de, /./office",
        "offsite",
        "online",
    )


@needs("duplicity")
@pytest.mark.parametrize("closed", [True, False], ids=["encrypted", "plain"])
def test_duplicity_is_encrypted_as_the_names_of_its_files_say(school: School, closed: bool) -> None:
    url = f"file://{school.usb}/dup"
    (school.usb / "dup").mkdir()
    option = [] if closed else ["--no-encryption"]
    school.run("duplicity", "full", *option, str(school.data), url, PASSPHRASE=SECRET)
    school.run("duplicity", "incr", *option, str(school.data), url, PASSPHRASE=SECRET)
    school.cron(
        f"@weekly root PASSPHRASE={SECRET} duplicity {' '.join(option)} {school.data} {url}\n"
    )

    found = school.backup()

    assert (found.product, found.target, found.schedule, found.versions, old(found)) == (
        "duplicity",
        f"{school.usb}/dup",
        "weekly",
        2,
        0,
    )
    assert found.encrypted is (Encrypted.ON if closed else Encrypted.OFF)


@needs("rsnapshot")
def test_rsnapshot_is_told_by_its_configuration_and_its_folders(school: School) -> None:
    root = school.usb / "rsnapshot"
    conf = f"config_version\t1.2\nsnapshot_root\t{root}/\ncmd_rsync\t/usr/bin/rsync\nretain\talpha\t6\nretain\tbeta\t7\nbackup\t{school.data}/\tlocalhost/\n"
    school.file("/etc/rsnapshot.conf", conf)
    for _ in range(3):
        school.run("rsnapshot", "-c", f"{school.root}/etc/rsnapshot.conf", "alpha")
    school.cron("0 */4 * * * root /usr/bin/rsnapshot alpha\n")

    found = school.backup()

    assert (found.target, found.versions, old(found), found.encrypted) == (
        f"{root}/",
        3,
        0,
        Encrypted.OFF,
    )
    assert (found.active, found.retention) == (True, "6 alpha, 7 beta")


def test_rsnapshot_as_debian_installs_it_is_no_backup(school: School) -> None:
    school.file(
        "/etc/rsnapshot.conf",
        "snapshot_root\t/var/cache/rsnapshot-none/\nretain\talpha\t6\nbackup\t/home/\tlocalhost/\n",
    )
    school.file("/etc/cron.d/rsnapshot", "# 0 */4 * * *\troot\t/usr/bin/rsnapshot alpha\n")

    assert school.backups() == []


@needs("backintime")
def test_back_in_time_is_told_by_its_profile_and_its_snapshots(school: School) -> None:
    user, machine = "root", os.uname().nodename
    config = "\n".join(
        [
            "config.version=6",
            "profile1.snapshots.mode=local",
            f"profile1.snapshots.path={school.usb}",
            f"profile1.snapshots.path.host={machine}",
            f"profile1.snapshots.path.user={user}",
            "profile1.snapshots.path.profile=1",
            "profile1.snapshots.include.1.type=0",
            f"profile1.snapshots.include.1.value={school.data}",
            "profile1.snapshots.include.size=1",
            "profile1.snapshots.exclude.size=0",
            "profile1.snapshots.no_on_battery=false",
            "profiles.version=1",
        ]
    )
    school.file("/root/.config/backintime/config", config + "\n")
    (school.usb / "backintime" / machine / user / "1").mkdir(parents=True)
    school.run(
        "backintime",
        "--config",
        f"{school.root}/root/.config/backintime/config",
        "backup",
        PATH="/usr/bin:/bin",
    )
    school.cron(
        "@hourly root nice -n 19 ionice -c2 -n7 /usr/bin/backintime backup-job >/dev/null\n"
    )

    found = school.backup()

    assert (found.product, found.target, found.versions, old(found)) == (
        "Back In Time",
        str(school.usb),
        1,
        0,
    )
    assert (found.encrypted, found.schedule, found.sources) == (
        Encrypted.OFF,
        "every hour",
        (str(school.data),),
    )


def test_timeshift_keeps_the_system_alone_and_is_no_backup_of_records(school: School) -> None:
    school.file(
        "/etc/timeshift/timeshift.json",
        '{"backup_device_uuid": "8c0d", "btrfs_mode": "false", "schedule_daily": "true", "count_daily": "5", "exclude": []}',
    )

    found = school.backup()

    assert (found.kind, found.system_only, found.schedule, found.retention) == (
        BackupKind.SNAPSHOT,
        True,
        "daily",
        "5 daily",
    )


@needs("rclone")
@pytest.mark.parametrize(("kind", "state"), [("crypt", Encrypted.ON), ("drive", Encrypted.OFF)])
def test_a_remote_of_rclone_is_encrypted_only_if_it_is_of_the_kind_that_encrypts(
    school: School, kind: str, state: Encrypted
) -> None:
    conf = f"{school.root}/root/.config/rclone/rclone.conf"
    school.run(
        "rclone",
        "--config",
        conf,
        "config",
        "create",
        "office",
        kind,
        *(
            ["remote", str(school.usb), "password", SECRET]
            if kind == "crypt"
            else ["token", SECRET, "config_is_local", "false"]
        ),
    )
    school.cron(f"15 1 * * * root rclone sync {school.data} office:staff\n")

    found = school.backup()

    assert (found.target, found.encrypted) == ("rclone remote office", state)


def kopia(school: School, shards: str) -> Path:
    """A repository in a folder, as Kopia's documents lay it out (Sharding; repo/blob/sharded).

    No registry at hand has Kopia itself, so its names and folders are made by hand.
    """
    repo = school.usb / "kopia"
    repo.mkdir()
    for name in ("kopia.repository.f", "kopia.blobcfg.f", "kopia.maintenance.f"):
        (repo / name).write_bytes(b"{}")
    (repo / ".shards").write_text('{"default":[1,3],"maxNonShardedLength":20}')
    for kind in ("p", "q", "xn0_"):
        folder = repo / shards.format(kind[0])
        folder.mkdir(parents=True)
        (folder / f"6a0337723cbf33b5a198d-s31ab5f6a5cf09672{kind}.f").write_bytes(b"x")
    school.file(
        "/root/.config/kopia/repository.config",
        '{"storage": {"type": "filesystem", "config": {"path": "REPO"}}, "caching": {}, "clientOptions": {"username": "x"}}'.replace(
            "REPO", str(repo)
        ),
    )
    return repo


@pytest.mark.parametrize("shards", ["{0}/25c", "{0}00/255"], ids=["since 0.9", "before"])
def test_kopia_is_told_by_the_storage_of_its_configuration(school: School, shards: str) -> None:
    repo = kopia(school, shards)
    age(repo, 12 * DAYS)
    (repo / "kopia.maintenance.f").write_bytes(b"{}")
    school.file("/root/.config/kopia/repository.config.kopia-password", SECRET)
    school.file(
        "/root/.config/kopia/s3.config",
        '{"storage": {"type": "s3", "config": {"endpoint": "s3.amazonaws.com", "bucket": "hill", "secretAccessKey": "KEY"}}}'.replace(
            "KEY", SECRET
        ),
    )

    local, online = school.backups()

    assert (local.target, local.encrypted) == (str(repo), Encrypted.ON)
    assert old(local) == 12, "maintenance alone is no snapshot"
    assert (online.target, online.held.value) == ("Amazon S3 (s3.amazonaws.com)", "offsite")


def test_a_kopia_repository_that_was_made_and_never_filled_has_no_success(school: School) -> None:
    repo = kopia(school, "{0}/25c")
    shutil.rmtree(repo / "q")

    found = school.backup()

    assert (found.ran, found.last_success) == (None, None)


PROXMOX = f"""dir: local
\tpath /var/lib/vz
\tcontent iso,vztmpl

dir: usb
\tpath USB
\tcontent backup
\tprune-backups keep-daily=7,keep-weekly=4

pbs: away
\tdatastore office
\tserver pbs.school.example
\tusername backup@pbs
\tpassword {SECRET}
\tencryption-key 1

nfs: nas
\texport /volume1/pve
\tserver nas.local
"""
JOBS = """vzdump: backup-1
\tschedule 21:00
\tenabled 1
\tstorage usb
\tall 1

vzdump: backup-2
\tschedule sat 02:00
\tstorage away
\tvmid 100,101

vzdump: backup-3
\tschedule 04:00
\tstorage nas

vzdump: backup-4
\tenabled 0
\tstorage usb

vzdump: backup-5
\tschedule 05:00
\tstorage forgotten
"""


def test_proxmox_says_which_storage_each_job_goes_to_and_dumps_say_when(school: School) -> None:
    """Proxmox VE needs a machine of its own: its files are written as its manual shows them."""
    school.file("/etc/pve/storage.cfg", PROXMOX.replace("USB", str(school.usb)))
    school.file("/etc/pve/jobs.cfg", JOBS)
    (school.usb / "dump").mkdir()
    for day in ("2026_11_20", "2026_11_21"):
        for end in ("vma.zst", "log", "vma.zst.notes"):
            (school.usb / "dump" / f"vzdump-qemu-100-{day}-21_00_02.{end}").write_bytes(b"x")
    age(school.usb, 3 * DAYS)

    usb, away, nas, lost = school.backups()

    assert (usb.target, usb.encrypted, usb.versions, old(usb)) == (
        str(school.usb),
        Encrypted.OFF,
        2,
        3,
    )
    assert (usb.retention, usb.covers) == ("daily 7, weekly 4", "all virtual machines")
    assert (away.target, away.encrypted, away.active) == (
        "pbs: pbs.school.example, /office", Encrypted.ON, True,
    )  # fmt: skip
    assert (nas.target, nas.medium.value) == ("nfs: nas.local, /volume1/pve", "network")
    assert (lost.target, lost.encrypted) == ("", Encrypted.UNKNOWN)


def test_bareos_says_by_its_folders_of_files_where_it_writes_to(school: School) -> None:
    store = school.usb / "volumes"
    store.mkdir()
    (store / "Full-0001").write_bytes(b"BB02")
    age(store, 2 * DAYS)
    school.file(
        "/etc/bareos/bareos-fd.d/client/myself.conf", "Client {\n # PKI Encryption = Yes\n}\n"
    )
    school.file(
        "/etc/bareos/bareos-fd.d/director/d.conf", f'Director {{ Password = "{SECRET}" }}\n'
    )
    school.file(
        "/etc/bareos/bareos-sd.d/device/FileStorage.conf",
        f"Device {{\n  Archive Device = {store}\n}}\n",
    )

    found = school.backup()

    assert (found.product, found.target, found.encrypted, old(found)) == (
        "Bareos", str(store), Encrypted.UNKNOWN, 2,
    )  # fmt: skip


@pytest.mark.skipif(not Path("/usr/sbin/bacula-fd").exists(), reason="Bacula is not installed")
@pytest.mark.tools
@pytest.mark.slow
def test_bacula_as_debian_installs_it_is_told_as_present(school: School) -> None:
    text = Path("/etc/bacula/bacula-fd.conf").read_text("utf-8")
    school.file("/etc/bacula/bacula-fd.conf", text)
    checked = subprocess.run(
        ["bacula-fd", "-t", "-c", f"{school.root}/etc/bacula/bacula-fd.conf"],
        check=False,
        capture_output=True,
    )

    found = school.backup()

    assert checked.returncode == 0, "the program itself accepts the file"
    assert (found.product, found.kind) == ("Bacula", BackupKind.PRODUCT)
    for line in re.findall(r'Password = "([^"]+)"', text):
        assert line not in repr(found)


@needs("snapper")
def test_snapper_keeps_states_of_the_same_disk_and_is_no_backup(school: School) -> None:
    template = Path("/usr/share/snapper/config-templates/default").read_text("utf-8")
    top = school.usb / "home"
    for number, day in (("1", 20), ("2", 3)):
        (top / ".snapshots" / number).mkdir(parents=True)
        info = top / ".snapshots" / number / "info.xml"
        info.write_text("<snapshot/>")
        age(info.parent, day * DAYS)
    school.file(
        "/etc/snapper/configs/home", template.replace('SUBVOLUME="/"', f'SUBVOLUME="{top}"')
    )

    found = school.backup()

    assert (found.kind, found.versions, old(found)) == (BackupKind.SNAPSHOT, 2, 3)
    assert found.active is True
    assert "hourly" in found.retention


class Pooled(Rooted):
    """A machine with a pool of ZFS, as `zfs list` prints it."""

    def partitions(self) -> tuple[Partition, ...]:
        return (Partition(device="tank/home", mount="/home", filesystem="zfs"),)

    def run(self, *command: str, timeout: float = 20.0, any_exit: bool = False) -> bytes:
        if command[0] == "zfs":
            return b"tank/home@a\t1795564800\ntank/home@b\t1795478400\ntank@c\t-\nusb/x@d\t1795000000\n"
        return super().run(*command, timeout=timeout, any_exit=any_exit)


def test_snapshots_of_zfs_lie_in_their_pool_and_are_no_backup(school: School) -> None:
    found = [b for b in linux_backups.ask(Pooled(school.root)) if isinstance(b, Backup)]

    assert [(b.product, b.kind, b.covers, b.versions) for b in found] == [
        ("ZFS", BackupKind.SNAPSHOT, "pool tank", 2),
        ("ZFS", BackupKind.SNAPSHOT, "pool usb", 1),
    ]
    assert found[0].last_success == datetime.fromtimestamp(1795564800, UTC)


@needs("dconf")
def test_deja_dup_is_told_by_its_settings_and_the_names_of_its_files(school: School) -> None:
    target = school.usb / "deja"
    target.mkdir()
    for name in ("full.20261120T090000Z.manifest.gpg", "full.20261120T090000Z.vol1.difftar.gpg"):
        (target / f"duplicity-{name}").write_bytes(b"x")
    keys = school.root / "keys"
    keys.mkdir()
    (keys / "00").write_text(
        "[org/gnome/deja-dup]\nlast-backup='2026-11-20T09:00:00.1Z'\nlast-run='2026-11-23T09:00:00Z'\n"
        "periodic=true\nperiodic-period=7\ndelete-after=180\nbackend='local'\n"
        f"[org/gnome/deja-dup/local]\nfolder='{target}'\n[org/gnome/x]\ntoken='{SECRET}'\n"
    )
    (school.root / "root" / ".config" / "dconf").mkdir(parents=True)
    school.run("dconf", "compile", f"{school.root}/root/.config/dconf/user", str(keys))
    shutil.rmtree(keys)

    found = school.backup()

    assert (found.product, found.target, found.active) == ("Déjà Dup", str(target), True)
    assert (found.schedule, found.retention, found.encrypted) == (
        "every 7 days",
        "180 days",
        Encrypted.ON,
    )
    assert found.last_success == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert found.last_attempt == datetime(2026, 11, 23, 9, tzinfo=UTC)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_database_of_settings_or_none(raw: bytes) -> None:
    assert isinstance(settings(b"GVariant" + raw, "/"), dict)


def test_a_tar_to_a_dated_file_is_as_old_as_the_newest_of_its_files(school: School) -> None:
    school.run("tar", "czf", f"{school.usb}/staff-2026-11-01.tar.gz", str(school.data))
    age(school.usb, 9 * DAYS)
    school.run("tar", "czf", f"{school.usb}/staff-2026-11-08.tar.gz", str(school.data))
    school.cron(f"0 4 * * * root tar czf {school.usb}/staff-$(date +\\%F).tar.gz {school.data}\n")

    found = school.backup()

    assert (found.product, found.versions, old(found), found.encrypted) == (
        "tar",
        2,
        0,
        Encrypted.OFF,
    )


def test_a_timer_with_its_repository_in_a_file_of_secrets_is_told_without_them(
    school: School,
) -> None:
    school.file(
        "/etc/restic/env",
        f"RESTIC_REPOSITORY=sftp:bak:{SECRET}@nas.local:/srv/r\nRESTIC_PASSWORD={SECRET}\nAWS_SECRET_ACCESS_KEY={SECRET}\n",
    )
    school.file("/etc/systemd/system/restic.timer", "[Timer]\nOnCalendar=*-*-* 02:00\n")
    school.file(
        "/etc/systemd/system/restic.service",
        f"[Service]\nEnvironment=API_TOKEN={SECRET}\nEnvironmentFile=/etc/restic/env\nExecStart=/usr/bin/restic backup /srv\nExecStart=/usr/bin/restic forget\n",
    )

    found = school.backup()

    assert (found.target, found.active, found.schedule) == (
        "sftp: nas.local, /srv/r",
        False,
        "by the calendar *-*-* 02:00",
    )


def test_a_persistent_timer_says_when_it_was_last_tried(school: School) -> None:
    school.file("/etc/systemd/system/b.timer", TIMER)
    school.file(
        "/etc/systemd/system/b.service", "[Service]\nExecStart=rsync -a /srv/ bak@nas.local:/srv/\n"
    )
    school.file("/etc/systemd/system/timers.target.wants/b.timer", TIMER)
    school.file("/var/lib/systemd/timers/stamp-b.timer", "")

    found = school.backup()

    assert found.last_attempt is not None
    assert (found.active, found.last_success, found.encrypted, found.medium.value) == (
        True,
        None,
        Encrypted.OFF,
        "network",
    )


def test_an_agent_of_another_machines_backup_is_told_as_present_only(school: School) -> None:
    school.file(
        "/etc/bacula/bacula-fd.conf",
        f'FileDaemon {{\n  PKI Encryption = Yes\n}}\nDirector {{ Password = "{SECRET}" }}\n',
    )

    found = school.backup()

    assert (found.product, found.kind, found.encrypted) == (
        "Bacula",
        BackupKind.PRODUCT,
        Encrypted.ON,
    )
    assert "ask for its last report" in found.detail


def test_a_folder_that_everybody_may_write_to_is_told(school: School) -> None:
    school.run("tar", "czf", f"{school.usb}/a.tgz", str(school.data))
    (school.usb / "a.tgz").chmod(0o666)
    school.cron(f"@daily root tar czf {school.usb}/a.tgz {school.data}\n")

    assert school.backup().writable is True


def test_a_timer_that_a_package_switched_on_is_no_backup_before_somebody_configures_it(
    school: School,
) -> None:
    school.file("/lib/systemd/system/borgmatic.timer", TIMER)
    school.file(
        "/lib/systemd/system/borgmatic.service", "[Service]\nExecStart=/usr/bin/borgmatic\n"
    )
    school.file("/etc/systemd/system/timers.target.wants/borgmatic.timer", TIMER)

    found = school.backup()

    assert (found.kind, found.active, found.target) == (BackupKind.PRODUCT, None, "")


def test_a_machine_without_backups_has_none(school: School) -> None:
    school.cron("17 * * * * root cd / && run-parts --report /etc/cron.hourly\n")

    assert school.backups() == []
    assert Rooted(school.root).platform is Platform.LINUX


class Timed(Rooted):
    """A machine whose systemd and journal answer as recorded."""

    def __init__(self, root: Path, shown: dict[bool, bytes], journal: dict[str, bytes]) -> None:
        super().__init__(root)
        self.shown, self.journal = shown, journal

    @property
    def elevated(self) -> bool:
        return True

    def run(self, *command: str, timeout: float = 20.0, any_exit: bool = False) -> bytes:
        if command[0] == "systemctl":
            answer = self.shown.get("--timestamp=unix" in command)
            if answer is None:
                raise HostError("the program failed", where="systemctl")
            return answer
        if command[0] == "journalctl":
            return self.journal["before" if "--until=-7d" in command else "since"]
        return super().run(*command, timeout=timeout, any_exit=any_exit)


OLD_SHOW = (
    b"Result=exit-code\nExecMainExitTimestamp=Tue 2026-11-24 02:00:07 UTC\nId=b.service\n\n"
    b"LastTriggerUSec=Tue 2026-11-24 02:00:01 UTC\nId=b.timer\n"
)
NEW_SHOW = (
    b"Result=success\nExecMainExitTimestamp=@1795485607\nId=b.service\n\n"
    b"LastTriggerUSec=@1795485601\nId=b.timer\n"
)
NEVER_SHOW = (
    b"Result=success\nExecMainExitTimestamp=\nId=b.service\n\nLastTriggerUSec=\nId=b.timer\n"
)
FAILURE = b'{"UNIT":"b.service","MESSAGE":"b.service: Failed with result exit-code."}\n'


@pytest.mark.parametrize(
    ("shown", "journal", "failed", "tried", "errors"),
    [
        ({True: NEW_SHOW}, {"before": b"{}\n", "since": b""}, False, True, 0),
        ({False: OLD_SHOW}, {"before": b"{}\n", "since": FAILURE * 3}, True, True, 3),
        ({False: OLD_SHOW}, {"before": b"", "since": FAILURE * 2}, True, True, 2),
        ({False: OLD_SHOW}, {"before": b"", "since": FAILURE}, True, True, None),
        ({True: NEVER_SHOW}, {"before": b"", "since": b"not json\n"}, None, False, None),
        ({}, {"before": b"{}\n", "since": b""}, None, False, 0),
    ],
    ids=["systemd 252", "systemd 239", "short journal, two failures", "short journal, one", "never ran", "no systemd"],
)  # fmt: skip
def test_how_a_timer_ended_and_how_often_it_failed_of_late(
    school: School,
    shown: dict[bool, bytes],
    journal: dict[str, bytes],
    failed: bool | None,
    tried: bool,
    errors: int | None,
) -> None:
    school.file("/etc/systemd/system/b.timer", TIMER)
    school.file(
        "/etc/systemd/system/b.service", "[Service]\nExecStart=rsync -a /srv/ nas.local:/srv/\n"
    )
    school.file("/etc/systemd/system/timers.target.wants/b.timer", TIMER)

    (found,) = (
        f for f in linux_backups.ask(Timed(school.root, shown, journal)) if isinstance(f, Backup)
    )

    assert (found.failed, found.last_attempt is not None, found.errors) == (failed, tried, errors)
    assert (found.last_success is not None) is (failed is False)


def test_a_timer_of_a_package_without_a_configuration_is_no_snapshot(school: School) -> None:
    school.file("/lib/systemd/system/snapper-timeline.timer", TIMER)
    school.file(
        "/lib/systemd/system/snapper-timeline.service",
        "[Service]\nExecStart=/usr/lib/snapper/systemd-helper --timeline\nExecStart=snapper create -c timeline\n",
    )
    school.file("/etc/systemd/system/timers.target.wants/snapper-timeline.timer", TIMER)

    assert school.backups() == []
