"""`auditor scan` of a machine that real tools back up: what was expected beside what was seen.

The tools write below mounts in a namespace of their own, so that nothing of this machine is
touched, and the scan is the real program's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SECRET = "hunter2-Wolverhampton"
ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("restic", "borg", "borgmatic", "duplicity", "rsnapshot", "rclone", "unshare")

SCRIPT = r"""
set -eu
for place in /etc/cron.d /etc/systemd/system /etc/borgmatic /home /srv /media; do
  mkdir -p $place; mount -t tmpfs tmpfs $place
done
export HOME=/home/office XDG_CONFIG_HOME=/home/office/.config RESTIC_PASSWORD=$SECRET BORG_PASSPHRASE=$SECRET PASSPHRASE=$SECRET
export BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
mkdir -p /srv/staff /srv/dup /srv/gpg /home/office/.config/rclone
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
printf '[safe]\ntype = crypt\nremote = /srv/x\npassword = %s\n[open]\ntype = drive\ntoken = %s\n' $SECRET $SECRET > /home/office/.config/rclone/rclone.conf
printf 'location:\n  source_directories: [/srv/staff]\n  repositories: [/srv/borg]\nstorage:\n  encryption_passphrase: %s\nretention:\n  keep_daily: 7\n' $SECRET > /etc/borgmatic/config.yaml
cat > /etc/cron.d/backup <<EOF
RESTIC_PASSWORD=$SECRET
0 1 * * * root restic -r /srv/restic backup /srv/staff
0 2 * * * root restic -r /srv/stale backup /srv/staff
0 3 * * * root borg create /srv/borg-plain::{now} /srv/staff
0 4 * * 0 root duplicity --no-encryption /srv/staff file:///srv/dup
0 5 * * 0 root PASSPHRASE=$SECRET duplicity /srv/staff file:///srv/gpg
0 6 * * * root rsnapshot alpha
0 7 * * * root rclone sync /srv/staff safe:staff
0 8 * * * root rclone sync /srv/staff open:staff
0 9 * * * root rsync -a /srv/staff /media/ann/GONE/staff
30 9 * * * root restic -r sftp:bak:$SECRET@nas.local:/srv/r backup /srv/staff
45 9 * * * root restic -r s3:s3.amazonaws.com/hill backup /srv/staff
50 9 * * * root borg list /srv/borg
EOF
printf '[Timer]\nOnCalendar=daily\n' > /etc/systemd/system/borgmatic.timer
printf '[Service]\nExecStart=/usr/bin/borgmatic\n' > /etc/systemd/system/borgmatic.service
mkdir /etc/systemd/system/timers.target.wants; ln -s ../borgmatic.timer /etc/systemd/system/timers.target.wants/
state() { find /srv /home /etc/cron.d /etc/systemd/system /etc/borgmatic -printf '%p %s %T@ %i %m\n' | sort; }
state > $OUT/before
set +e
cd $ROOT && PYTHONPATH=$ROOT $PYTHON -m auditor scan --no-files --output $OUT/report > $OUT/printed 2>&1
echo $? > $OUT/code
state > $OUT/after
"""

EXPECTED = {
    # target: product, encrypted, days since the last success, schedule
    "/srv/restic": ("restic", "on", 0, "daily at 01:00"),
    "/srv/stale": ("restic", "on", 60, "daily at 02:00"),
    "/srv/borg-plain": ("Borg", "off", 0, "daily at 03:00"),
    "/srv/borg": ("borgmatic", "on", 0, "daily"),
    "/srv/dup": ("duplicity", "off", 0, "weekly at 04:00"),
    "/srv/gpg": ("duplicity", "on", 0, "weekly at 05:00"),
    "/srv/rsnapshot/": ("rsnapshot", "off", 0, "daily at 06:00"),
    "rclone remote safe": ("rclone", "on", None, "daily at 07:00"),
    "rclone remote open": ("rclone", "off", None, "daily at 08:00"),
    "/media/ann/GONE/staff": ("rsync", "off", None, "daily at 09:00"),
    "sftp: nas.local, /srv/r": ("restic", "on", None, "daily at 09:30"),
    "Amazon S3 (s3.amazonaws.com)": ("restic", "on", None, "daily at 09:45"),
}


def row(b: dict[str, Any], taken: str) -> tuple[str, str, int | None, str]:
    from datetime import datetime

    last = b.get("last_success")
    days = (datetime.fromisoformat(taken) - datetime.fromisoformat(last)).days if last else None
    return b["product"], b["encrypted"], days, b["schedule"]


@pytest.mark.slow
@pytest.mark.tools
@pytest.mark.skipif(
    sys.platform != "linux"
    or any(shutil.which(t) is None for t in TOOLS)
    or getattr(os, "geteuid", lambda: 1)() != 0,
    reason="needs root and the tools",
)
def test_a_scan_tells_every_backup_that_real_tools_made_and_changes_none(tmp_path: Path) -> None:
    env = {
        **os.environ,
        "SECRET": SECRET,
        "OUT": str(tmp_path),
        "ROOT": str(ROOT),
        "PYTHON": sys.executable,
    }
    subprocess.run(
        ["unshare", "-m", "sh", "-c", SCRIPT], env=env, check=True, capture_output=True, timeout=300
    )

    report = (tmp_path / "report" / "report.json").read_text("utf-8")
    found = json.loads(report)
    audit = found.get("audit", found)
    seen = {
        b["target"]: row(b, audit["evidence"]["machine"]["taken"])
        for b in audit["evidence"]["backups"]
        if b["kind"] != "product"
    }

    assert {k: v for k, v in seen.items() if k in EXPECTED} == EXPECTED
    assert (tmp_path / "before").read_text() == (tmp_path / "after").read_text()
    for file in [tmp_path / "printed", *(tmp_path / "report").iterdir()]:
        assert SECRET not in file.read_text("utf-8-sig", errors="replace"), file.name
