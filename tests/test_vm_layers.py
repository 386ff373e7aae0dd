"""Drives built on drives, BitLocker sticks, swap and a pulled stick in a real Linux: pytest -m vm."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest
from test_sectors import PASSPHRASE, bitlocker
from testing_beds import in_vm

from auditor import wire
from auditor.evidence import HealthState, SettingId
from auditor.findings import Audit, Verdict
from auditor.host.sectors import RECOVERY_PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.vm]

SCAN = "cd /tmp; python3 -m auditor scan --no-files --output /tmp/out-$1 --quiet >/dev/null 2>/tmp/err-$1; cat /tmp/err-$1"
BUILD = r"""
set -e
cd /dev/disk/by-id
dev() { for t in $(seq 50); do [ -e /dev/disk/by-id/*$1* ] && break; sleep 0.2; done; readlink -f /dev/disk/by-id/*$1* | head -1; }
key() { printf test-passphrase; }
seal() { key | cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "$1" -; key | cryptsetup open "$1" "$2" -; }
put() { mkfs.ext4 -q -O ^has_journal "$1"; mkdir -p "$2"; mount "$1" "$2"; }
a=$(dev TB-EXTRA0) b=$(dev TB-EXTRA1) c=$(dev TB-EXTRA2) d=$(dev TB-EXTRA3) e=$(dev TB-EXTRA4)
exec 3>&1 >/tmp/build.log 2>&1
pvcreate -q $a; vgcreate -q va $a; lvcreate -q -y -L 40M -n data va; lvcreate -q -y -L 8M -n swap va
seal /dev/va/data upper; put /dev/mapper/upper /mnt/luks-on-lvm
seal $b lower; pvcreate -q /dev/mapper/lower; vgcreate -q vb /dev/mapper/lower; lvcreate -q -y -l 50%FREE -n data vb
put /dev/vb/data /mnt/lvm-on-luks
cryptsetup open --type plain --cipher aes-xts-plain64 --key-size 256 --key-file /dev/urandom /dev/va/swap swap
mkswap /dev/mapper/swap; swapon /dev/mapper/swap
mdadm --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 $c $d; sleep 1
mdadm /dev/md0 --fail $d; put /dev/md0 /mnt/half-a-mirror
mkfs.ext4 -q -b 4096 -O encrypt $e; mkdir -p /mnt/folders; mount $e /mnt/folders; mkdir /mnt/folders/sen /mnt/folders/lists
python3 - <<'END'
import fcntl, os
folder = os.open("/mnt/folders/sen", os.O_RDONLY)
fcntl.ioctl(folder, 0x800C6613, bytes([0, 1, 4, 3]) + b"testonly")  # FS_IOC_SET_ENCRYPTION_POLICY, version 1
END
printf 'records UUID=1 /root/records.key luks\n' > /etc/crypttab; touch /root/records.key
udevadm settle
exec >&3
"""


def images(folder: Path) -> list[Path]:
    found = []
    for n in range(5):
        with (folder / f"blank{n}.img").open("wb") as f:
            f.truncate(96 << 20)
        found.append(folder / f"blank{n}.img")
    locked = folder / "bitlocker.img"
    locked.write_bytes(bitlocker(4, 4, (PASSPHRASE, RECOVERY_PASSWORD)))
    suspended = folder / "suspended.img"
    suspended.write_bytes(bitlocker(4, 4, (PASSPHRASE, RECOVERY_PASSWORD, 0)))
    return [*found, locked, suspended]


@functools.cache
def audits(folder: Path) -> dict[str, Audit]:
    """One machine, audited by root and by teacher."""
    teacher = f"setpriv --reuid=1000 --regid=1000 --init-groups env HOME=/home/teacher sh -c '{SCAN}' sh teacher"
    done = in_vm(
        f"({BUILD}) || cat /tmp/build.log; sh -c '{SCAN}' sh root; {teacher}; "
        "for u in root teacher; do echo @@; cat /tmp/out-$u/report.json; done",
        sticks=images(folder),
    )
    parts = done.stdout.split("@@\n")
    assert len(parts) == 3, done.stdout[-3000:] + done.stderr[-3000:]
    return {u: wire.decode(t.encode()) for u, t in zip(("root", "teacher"), parts[1:], strict=True)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Audit]:
    return audits(tmp_path_factory.mktemp("sticks"))


@pytest.mark.parametrize("who", ["root", "teacher"])
def test_encryption_is_told_through_every_layer(built: dict[str, Audit], who: str) -> None:
    told = {v.mount: v.encryption for v in built[who].evidence.volumes}

    assert told["/mnt/luks-on-lvm"].state == "on"
    assert told["/mnt/lvm-on-luks"].state == "on"
    assert told["/mnt/half-a-mirror"].state == "off"
    assert told["/mnt/luks-on-lvm"].product == "LUKS2"
    method = told["/mnt/luks-on-lvm"].method
    assert method == ("aes-xts-plain64, 512-bit key" if who == "root" else "")


def test_bitlocker_sticks_are_told_apart_by_root_only(built: dict[str, Audit]) -> None:
    told = {
        who: sorted(
            v.encryption.state.value
            for v in built[who].evidence.volumes
            if v.filesystem == "BitLocker"
        )
        for who in built
    }

    assert told == {"root": ["on", "suspended"], "teacher": ["unknown", "unknown"]}
    for audit in built.values():
        hidden = {v.id for v in audit.evidence.volumes if v.encryption.state == "unknown"}
        passed = {f.subject.id for f in audit.findings if f.verdict is Verdict.PASS}
        assert not hidden & passed


@pytest.mark.parametrize("who", ["root", "teacher"])
def test_encrypted_swap_a_degraded_mirror_and_a_key_file_are_told(
    built: dict[str, Audit], who: str
) -> None:
    evidence = built[who].evidence
    swap = [s for s in evidence.settings if s.id is SettingId.MEMORY_ON_DISK]
    keys = [s for s in evidence.settings if s.id is SettingId.KEY_BESIDE_LOCK]

    assert [(s.on, s.encrypted) for s in swap] == [(True, True)]
    assert [(s.on, s.encrypted) for s in keys] == [(True, False)], "the root drive lies open"
    states = {h.id: h.state for h in evidence.health}
    assert states["md0"] is HealthState.DEGRADED
    verdicts = {(f.rule, f.verdict) for f in built[who].findings}
    assert ("DRV-13", Verdict.PASS) in verdicts
    assert ("DRV-09", Verdict.FAIL) in verdicts
    assert ("DRV-15", Verdict.FAIL) in verdicts


@pytest.mark.parametrize("who", ["root", "teacher"])
def test_a_folder_that_the_kernel_encrypts_is_told_to_any_account(
    built: dict[str, Audit], who: str
) -> None:
    told = {
        s.volume: (s.on, s.detail)
        for s in built[who].evidence.settings
        if s.id is SettingId.FOLDERS_ENCRYPTED
    }

    assert told["/mnt/folders"] == (True, "Encrypted: /mnt/folders/sen (AES-256-XTS).")
    assert told["/"] == (False, ""), "its file system has not got the feature"
    state = {v.mount: v.encryption.state for v in built[who].evidence.volumes}
    assert state["/mnt/folders"] == "off", "one folder is not the drive"


@pytest.mark.parametrize("who", ["root", "teacher"])
def test_what_could_encrypt_itself_is_not_known_and_changes_no_verdict(
    built: dict[str, Audit], who: str
) -> None:
    told = [s for s in built[who].evidence.settings if s.id is SettingId.SELF_ENCRYPTING]

    assert told
    assert {s.on for s in told} == {None}
    assert all("sedutil" in s.detail for s in told)


PULL = r"""
cd /media/teacher/FATSTICK
python3 - <<'END'
from pathlib import Path
for n in range(120):
    Path(f"list{n:03}.csv").write_text("UPN,Surname,Forename,DOB\n" + "F999000120001,Example,Ann,2014-03-02\n" * 4000)
END
sync; echo 3 > /proc/sys/vm/drop_caches; cd /tmp
disk=$(basename $(readlink -f /dev/disk/by-id/*TB-FATSTICK*-part1) | sed 's/[0-9]*$//')
port=$(readlink -f /sys/block/$disk/device | sed 's#/host.*##; s#/[^/]*$##')
as() { if [ "@WHO@" = teacher ]; then exec setpriv --reuid=1000 --regid=1000 --init-groups env HOME=/home/teacher "$@"; else exec "$@"; fi; }
as python3 -m auditor scan --jobs 1 --output /tmp/out /media/teacher/FATSTICK >/tmp/said 2>&1 &
scan=$!
for t in $(seq 300); do grep -q FATSTICK /proc/$scan/task/*/children /dev/null; ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q 'FATSTICK/list0[1-9]' && break; sleep 0.05; done
echo 1 > $port/remove
wait $scan; echo "exit $?"
echo @@; cat /tmp/out/report.json
"""


@pytest.mark.parametrize("who", ["root", "teacher"])
def test_a_stick_pulled_while_it_is_scanned_costs_its_own_files_only(who: str) -> None:
    done = in_vm(PULL.replace("@WHO@", who))

    head, mark, body = done.stdout.partition("@@\n")
    assert mark, done.stdout[-2000:] + done.stderr[-2000:]
    audit = wire.decode(body.encode())
    assert audit.evidence.machine.elevated is (who == "root")
    assert re.search(r"exit [01]", head), head
    read = [f for f in audit.evidence.files if f.path.startswith("/media/teacher/FATSTICK")]
    lost = sum(g.count for g in audit.evidence.gaps if g.source == "files")
    assert lost, "the stick was pulled too late to prove anything"
    assert len(read) < 121
    about = {
        f.verdict
        for f in audit.findings
        if f.subject.id.endswith("FATSTICK") and f.rule.startswith("FIL")
    }
    assert Verdict.PASS not in about
