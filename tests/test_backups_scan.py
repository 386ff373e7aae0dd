"""`auditor scan` of a machine that real tools back up: what was expected beside what was seen.

The tools write below mounts in a namespace of their own, so that nothing of this machine is
touched. systemd itself runs there, starts the timers and notes how each service ended; the scan
is the real program's. Run with `-s` to see the table.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

SECRET = "hunter2-Wolverhampton"
ROOT = Path(__file__).resolve().parent.parent
TOOLS = (
    "restic", "borg", "borgmatic", "duplicity", "rsnapshot", "rclone", "backintime", "rsync",
    "unshare", "nsenter", "systemctl",
)  # fmt: skip

MAKE = r"""
set -eu
test "$$" = 1 || exit 9
exec > $OUT/made 2>&1
mount --make-rprivate /
mount -t proc proc /proc
mount --bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys
for place in /etc/cron.d /etc/systemd/system /etc/borgmatic /etc/timeshift /home /srv /media /run /var/lib/systemd /var/log; do
  mkdir -p $place; mount -t tmpfs tmpfs $place
done
export HOME=/home/office XDG_CONFIG_HOME=/home/office/.config RESTIC_PASSWORD=$SECRET BORG_PASSPHRASE=$SECRET PASSPHRASE=$SECRET
export BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
C=/home/office/.config
mkdir -p /srv/staff /srv/dup /srv/gpg $C/rclone $C/backintime $C/kopia
echo "UPN,Surname" > /srv/staff/pupils.csv

restic -q -r /srv/restic init; restic -q -r /srv/restic backup /srv/staff
restic -q -r /srv/stale init; restic -q -r /srv/stale backup /srv/staff
find /srv/stale -exec touch -d '60 days ago' {} +
borg init -e none /srv/borg-plain; borg create /srv/borg-plain::a /srv/staff
borg init -e repokey /srv/borg; borg create /srv/borg::a /srv/staff
duplicity full --no-encryption /srv/staff file:///srv/dup
duplicity full /srv/staff file:///srv/gpg
printf 'config_version\t1.2\nsnapshot_root\t/srv/rsnapshot/\ncmd_rsync\t/usr/bin/rsync\nretain\talpha\t6\nbackup\t/srv/staff/\tlocalhost/\n' > /home/office/rsnapshot.conf
touch /etc/rsnapshot.conf; mount --bind /home/office/rsnapshot.conf /etc/rsnapshot.conf; rsnapshot alpha
printf '[safe]\ntype = crypt\nremote = /srv/x\npassword = %s\n[open]\ntype = drive\ntoken = %s\n' $SECRET $SECRET > $C/rclone/rclone.conf
printf 'location:\n  source_directories: [/srv/staff]\n  repositories: [/srv/borg]\nstorage:\n  encryption_passphrase: %s\nretention:\n  keep_daily: 7\n' $SECRET > /etc/borgmatic/config.yaml

mount -t tmpfs usb /media; mkdir -p /media/ann/USBDISK
printf '%s\n' config.version=6 profiles.version=1 profile1.snapshots.mode=local profile1.snapshots.path=/srv/bit \
  profile1.snapshots.path.host=$(uname -n) profile1.snapshots.path.user=root profile1.snapshots.path.profile=1 \
  profile1.snapshots.include.1.type=0 profile1.snapshots.include.1.value=/srv/staff profile1.snapshots.include.size=1 \
  profile1.snapshots.exclude.size=0 profile1.snapshots.no_on_battery=false profile1.snapshots.password=$SECRET > $C/backintime/config
mkdir -p /srv/bit/backintime/$(uname -n)/root/1
PATH=/usr/bin:/bin backintime --config $C/backintime/config backup
printf '{"backup_device_uuid":"00000000-0000-0000-0000-00000000feed","btrfs_mode":"false","schedule_daily":"true","count_daily":"5","exclude":[]}' > /etc/timeshift/timeshift.json
mkdir -p /srv/kopia/q/0ab; touch /srv/kopia/kopia.repository.f /srv/kopia/q/0ab/51e5deac.f
printf '{"storage":{"type":"filesystem","config":{"path":"/srv/kopia"}},"encryptedPassword":"%s"}' $SECRET > $C/kopia/repository.config

printf '%s\n' "RESTIC_PASSWORD=$SECRET" \
  '0 1 * * * root restic -r /srv/restic backup /srv/staff' \
  '0 2 * * * root restic -r /srv/stale backup /srv/staff' \
  '0 3 * * * root borg create /srv/borg-plain::{now} /srv/staff' \
  '0 4 * * 0 root duplicity --no-encryption /srv/staff file:///srv/dup' \
  "0 5 * * 0 root PASSPHRASE=$SECRET duplicity /srv/staff file:///srv/gpg" \
  '0 6 * * * root rsnapshot alpha' \
  '0 7 * * * root rclone sync /srv/staff safe:staff' \
  '0 8 * * * root rclone sync /srv/staff open:staff' \
  '0 9 * * * root rsync -a /srv/staff /media/ann/GONE/staff' \
  "30 9 * * * root restic -r sftp:bak:$SECRET@nas.local:/srv/r backup /srv/staff" \
  '45 9 * * * root restic -r s3:s3.amazonaws.com/hill backup /srv/staff' \
  '50 9 * * * root borg list /srv/borg' \
  "0 10 * * * root duplicity /srv/staff scp://bak:$SECRET@nas.local//srv/dup" \
  '0 11 * * * root backintime backup-job' > /etc/cron.d/backup

put() { cat > /etc/systemd/system/$1; }
printf 'RESTIC_REPOSITORY=rest:https://school:%s@backup.example.org/\nRESTIC_PASSWORD=%s\nAWS_SECRET_ACCESS_KEY=%s\n' $SECRET $SECRET $SECRET > /home/office/restic.env
S='[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\n'
printf "${S}ExecStart=/usr/bin/rsync -a /srv/staff /media/ann/USBDISK/staff\n" | put usb.service
printf "${S}ExecStart=/usr/bin/rsync -a /srv/nothing /media/ann/USBDISK/wrong\n" | put wrong.service
printf "${S}EnvironmentFile=/home/office/restic.env\nExecStart=/usr/bin/restic backup /srv/staff\n" | put away.service
mkdir /etc/systemd/system/timers.target.wants
for name in usb wrong; do
  printf '[Unit]\nDefaultDependencies=no\n[Timer]\nOnActiveSec=1s\nOnCalendar=daily\nAccuracySec=1s\n' | put $name.timer
done
printf '[Unit]\nDefaultDependencies=no\n[Timer]\nOnCalendar=weekly\nPersistent=true\n' | put away.timer
for name in usb wrong away; do ln -s ../$name.timer /etc/systemd/system/timers.target.wants/; done
ln -s /lib/systemd/system/borgmatic.timer /etc/systemd/system/timers.target.wants/
mkdir -p /var/lib/systemd/timers; touch -d '9 days ago' /var/lib/systemd/timers/stamp-away.timer
printf '[Unit]\nWants=usb.timer wrong.timer\n' | put bed.target
export container=lxc
exec /lib/systemd/systemd --system --unit=bed.target --log-target=console --show-status=no
"""
"""Refuses to do anything unless it is the first process of its own namespace."""

SCAN = r"""
export HOME=/home/office
state() {
  for of in 'd %p %T@ %i %m' 'f %p %s %T@ %A@ %i %m' 'l %p %l'; do
    find /srv /home /media /etc/cron.d /etc/systemd/system /etc/borgmatic /etc/timeshift -type ${of%% *} -printf "$of\n" | sort
  done
}
state > $OUT/before
cd $ROOT && export PYTHONPATH=$ROOT
$PYTHON -m auditor scan --no-files --output $OUT/report > $OUT/printed 2>&1
for format in html csv sarif oscal text; do
  $PYTHON -m auditor report $OUT/report/report.json --format $format > $OUT/as-$format 2>&1
done
$PYTHON -m auditor record $OUT/recording >> $OUT/printed 2>&1
state > $OUT/after
"""

EXPECTED = {
    # target: product, encrypted, days since the last success, whether the last run failed, when
    "/srv/restic": ("restic", "on", 0, None, "daily at 01:00"),
    "/srv/stale": ("restic", "on", 60, None, "daily at 02:00"),
    "/srv/borg-plain": ("Borg", "off", 0, None, "daily at 03:00"),
    "/srv/borg": ("borgmatic", "on", 0, None, "daily"),
    "/srv/dup": ("duplicity", "off", 0, None, "weekly at 04:00"),
    "/srv/gpg": ("duplicity", "on", 0, None, "weekly at 05:00"),
    "/srv/rsnapshot/": ("rsnapshot", "off", 0, None, "daily at 06:00"),
    "/srv/bit": ("Back In Time", "off", 0, None, "daily at 11:00"),
    "/srv/kopia": ("Kopia", "on", 0, None, ""),
    "rclone remote safe": ("rclone", "on", None, None, "daily at 07:00"),
    "rclone remote open": ("rclone", "off", None, None, "daily at 08:00"),
    "/media/ann/GONE/staff": ("rsync", "off", None, None, "daily at 09:00"),
    "sftp: nas.local, /srv/r": ("restic", "on", None, None, "daily at 09:30"),
    "Amazon S3 (s3.amazonaws.com)": ("restic", "on", None, None, "daily at 09:45"),
    "scp: nas.local, //srv/dup": ("duplicity", "on", None, None, "daily at 10:00"),
    "/media/ann/USBDISK/staff": ("rsync", "off", 0, False, "daily"),
    "/media/ann/USBDISK/wrong": ("rsync", "off", None, True, "daily"),
    "rest: backup.example.org": ("restic", "on", None, None, "weekly"),
    "Timeshift": ("Timeshift", "unknown", None, None, "daily"),
}


def row(b: dict[str, Any], taken: str) -> tuple[str, str, int | None, bool | None, str]:
    last = b.get("last_success")
    days = (datetime.fromisoformat(taken) - datetime.fromisoformat(last)).days if last else None
    return b["product"], b["encrypted"], days, b.get("failed"), b.get("schedule", "")


def inside(started: subprocess.Popen[bytes], env: dict[str, str], text: str) -> str:
    """What shell text prints that runs beside the systemd of its own."""
    below = Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split()
    command = ["nsenter", "-t", *below[:1], "-a", "sh", "-c", text]
    done = subprocess.run(command, env=env, check=False, timeout=300, capture_output=True)
    return done.stdout.decode("utf-8", "replace").strip()


def booted(env: dict[str, str], out: Path) -> subprocess.Popen[bytes]:
    """A systemd of its own, once both of its services have run."""
    ways = ["--pid", "--fork", "--mount", "--uts", "--ipc", "--cgroup", "--kill-child"]
    started = subprocess.Popen(["unshare", *ways, "bash", "-c", MAKE], env=env)
    ran = "systemctl show -p ExecMainExitTimestampMonotonic --value usb.service wrong.service"
    for _ in range(120):
        time.sleep(1)
        if started.poll() is not None:
            break
        ended = inside(started, env, ran).split()
        if len(ended) == 2 and "0" not in ended:
            return started
    started.kill()
    started.wait()
    pytest.fail((out / "made").read_text(errors="replace")[-3000:])


@pytest.mark.slow
@pytest.mark.tools
@pytest.mark.skipif(
    sys.platform != "linux"
    or any(shutil.which(t) is None for t in TOOLS)
    or getattr(os, "geteuid", lambda: 1)() != 0,
    reason="needs root and the tools",
)
def test_a_scan_tells_every_backup_that_real_tools_made_and_changes_none(tmp_path: Path) -> None:
    env = {**os.environ, "SECRET": SECRET, "OUT": str(tmp_path), "ROOT": str(ROOT), "PYTHON": sys.executable}  # fmt: skip
    started = booted(env, tmp_path)
    try:
        inside(started, env, SCAN)
    finally:
        started.kill()
        started.wait()

    found = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    taken = found["evidence"]["machine"]["taken"]
    told = [b for b in found["evidence"]["backups"] if b["kind"] != "product"]
    seen = {b.get("target") or b["product"]: row(b, taken) for b in told}
    for target, expected in EXPECTED.items():
        print(f"{target:30} {expected}\n{'':25}seen: {seen.get(target)}")
    assert seen == EXPECTED
    away = next(b for b in told if b.get("target") == "rest: backup.example.org")
    tried = datetime.fromisoformat(away["last_attempt"])
    assert (datetime.fromisoformat(taken) - tried).days == 9, "the stamp of a persistent timer"
    assert (tmp_path / "before").read_text() == (tmp_path / "after").read_text()
    written = [p for p in tmp_path.rglob("*") if p.is_file() and p.name != "made"]
    assert len(written) >= 11
    for file in written:
        assert SECRET.encode() not in file.read_bytes(), file.name
