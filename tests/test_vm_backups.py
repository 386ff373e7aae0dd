"""Backups onto real USB disks, by rsync, tar and restic, in the machine with real drives: -m vm."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from testing_beds import ROOT, in_vm

from auditor import wire
from auditor.copies import Backup, Held, Medium
from auditor.findings import Audit, Severity, Verdict

pytestmark = [pytest.mark.slow, pytest.mark.vm]

TOOLS = ROOT / ".vm-site" / "tools"
M = "/media/teacher/"
JOBS = rf"""
export PATH=$PATH:/src/.vm-site/tools LD_LIBRARY_PATH=/src/.vm-site/tools RESTIC_PASSWORD=hunter2 HOME=/root
rsync -a /srv/records/ {M}BACKUPHDD/records/
rsync -a /srv/records/ {M}SAFESTICK/records/
tar czf {M}SAFESTICK/office.tgz /srv/records
restic -q -r {M}FATSTICK/restic init && restic -q -r {M}FATSTICK/restic backup /srv/records
mkdir -p /etc/cron.d
printf '%s\n' 'RESTIC_PASSWORD=hunter2' \
  '0 1 * * * root rsync -a /srv/records/ {M}BACKUPHDD/records/' \
  '0 2 * * * root rsync -a /srv/records/ {M}SAFESTICK/records/' \
  '0 3 * * * root tar czf {M}SAFESTICK/office.tgz /srv/records' \
  '0 4 * * * root restic -r {M}FATSTICK/restic backup /srv/records' > /etc/cron.d/backup
state() {{ find {M} -type f -exec sha256sum {{}} + | sort | sha256sum; }}
"""
SCAN = "python3 -m auditor scan --no-files --output /tmp/out --quiet >/tmp/said 2>&1"
AWAY = f"umount {M}SAFESTICK && cryptsetup close stick"


def carried_in() -> None:
    """rsync and restic of this machine with their libraries, where the guest can run them."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    for name in ("rsync", "restic"):
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"needs {name}")
        shutil.copy(found, TOOLS / name)
        listed = subprocess.run(["ldd", found], capture_output=True, text=True, check=False).stdout
        for library in re.findall(r"=> (/\S+)", listed):
            if not re.search(r"/(?:libc|ld-linux|libm|libpthread)\b", library):
                shutil.copy(library, TOOLS / Path(library).name)


@functools.cache
def scanned(before: str = "true") -> Audit:
    carried_in()
    text = f"{JOBS}{before}; state >/tmp/1; cd /tmp; {SCAN}; state >/tmp/2; cmp -s /tmp/1 /tmp/2 || echo CHANGED; cat /tmp/out/report.json"
    done = in_vm(text)
    head, brace, body = done.stdout.partition("{\n")
    assert brace, done.stdout + done.stderr
    assert "CHANGED" not in head
    assert "hunter2" not in body
    return wire.decode((brace + body).encode())


def told(audit: Audit) -> dict[str, Backup]:
    return {b.target: b for b in audit.evidence.backups}


def verdicts(audit: Audit, rule: str) -> dict[str, tuple[Verdict, Severity]]:
    found = [f for f in audit.findings if f.rule == rule]
    return {f.subject.id: (f.verdict, f.severity) for f in found}


def test_a_copy_on_an_open_usb_disk_is_told_as_carried_and_open_and_one_on_luks_as_closed() -> None:
    audit = scanned()
    seen = {t: (b.volume, b.medium, b.held) for t, b in told(audit).items()}

    assert seen == {
        f"{M}BACKUPHDD/records/": (f"{M}BACKUPHDD", Medium.PORTABLE_DISK, Held.CARRIED),
        f"{M}SAFESTICK/records/": (f"{M}SAFESTICK", Medium.PORTABLE_DISK, Held.CARRIED),
        f"{M}SAFESTICK/office.tgz": (f"{M}SAFESTICK", Medium.PORTABLE_DISK, Held.CARRIED),
        f"{M}FATSTICK/restic": (f"{M}FATSTICK", Medium.PORTABLE_DISK, Held.CARRIED),
    }
    judged = verdicts(audit, "BAK-07")
    assert {k: v[0] for k, v in judged.items()} == {
        f"rsync to {M}BACKUPHDD/records/": Verdict.FAIL,
        f"rsync to {M}SAFESTICK/records/": Verdict.PASS,
        f"tar to {M}SAFESTICK/office.tgz": Verdict.PASS,
        f"restic to {M}FATSTICK/restic": Verdict.PASS,
    }
    assert judged[f"rsync to {M}BACKUPHDD/records/"][1] is Severity.CRITICAL


def test_a_luks_stick_in_the_safe_is_offline_and_not_called_open() -> None:
    audit = scanned(AWAY)
    safe = told(audit)[f"{M}SAFESTICK/records/"]

    assert (safe.held, safe.volume, safe.last_success) == (Held.OFFLINE, "", None)
    assert verdicts(audit, "BAK-07")[f"rsync to {M}SAFESTICK/records/"][0] is not Verdict.PASS
    assert verdicts(audit, "BAK-07")[f"rsync to {M}BACKUPHDD/records/"][0] is Verdict.FAIL
