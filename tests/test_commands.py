"""Which lines of schedules make a backup: real-looking ones, and look-alikes that make none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.backups.commands import classify, classify_script
from auditor.backups.targets import understood
from auditor.copies import BackupKind, Encrypted

UNIX = [
    # line, product, kind, target, encrypted
    ("restic -r /mnt/backup/repo backup /home", "restic", "backup", "/mnt/backup/repo", "on"),
    ("nice -n 19 ionice -c 3 restic backup --repo sftp:bak@nas.local:/srv/repo /srv/staff", "restic", "backup", "sftp: nas.local, /srv/repo", "on"),
    ("RESTIC_REPOSITORY=s3:s3.amazonaws.com/hilltop RESTIC_PASSWORD=hunter2 restic backup /home >/dev/null 2>&1", "restic", "backup", "Amazon S3 (s3.amazonaws.com)", "on"),
    ("flock -n /run/r.lock restic -r rest:https://school:hunter2@backup.example.org:8000/ backup /srv", "restic", "backup", "rest: backup.example.org", "on"),
    ("restic -r b2:hilltop-office:office backup /srv/staff", "restic", "backup", "Backblaze B2 (hilltop-office)", "on"),
    ("sudo -u backup borg create --stats /srv/borg::'{now}' /home /etc", "Borg", "backup", "/srv/borg", "unknown"),
    ("BORG_REPO=ssh://u1@u1.your-storagebox.de:23/./repo BORG_PASSPHRASE=hunter2 borg create ::x /home", "Borg", "backup", "ssh: u1.your-storagebox.de, /./repo", "unknown"),
    ("borg create bak@192.168.1.20:/volume1/borg::home-{now} /home", "Borg", "backup", "ssh: 192.168.1.20, /volume1/borg", "unknown"),
    ("/usr/bin/borgmatic --verbosity -1 --syslog-verbosity 1", "borgmatic", "backup", "", "unknown"),
    ("systemd-inhibit --who=borgmatic --why='Prevent interrupting' /usr/bin/borgmatic", "borgmatic", "backup", "", "unknown"),
    ("duplicity full --encrypt-key ABCD1234 /home file:///media/office/usb/dup", "duplicity", "backup", "/media/office/usb/dup", "on"),
    ("PASSPHRASE=hunter2 duplicity /srv scp://bak:hunter2@nas.local//srv/dup", "duplicity", "backup", "scp: nas.local, //srv/dup", "on"),
    ("duplicity --no-encryption /home file:///mnt/usb/plain", "duplicity", "backup", "/mnt/usb/plain", "off"),
    ("/usr/bin/rsnapshot alpha", "rsnapshot", "backup", "", "unknown"),
    ("backintime --profile-id 2 backup-job >/dev/null", "Back In Time", "backup", "", "unknown"),
    ("kopia snapshot create /home", "Kopia", "backup", "", "on"),
    ("rclone sync /srv/staff secret:office --log-file /var/log/rclone.log", "rclone", "copy", "rclone remote secret", "unknown"),
    ("rclone copy /srv/staff /mnt/usb/staff", "rclone", "copy", "/mnt/usb/staff", "off"),
    ("rsync -a --delete /srv/staff/ /mnt/usb/staff/", "rsync", "copy", "/mnt/usb/staff/", "off"),
    ("rsync -avz -e 'ssh -i /root/.ssh/id' /home backup@nas.local:/volume1/home", "rsync", "copy", "ssh: nas.local, /volume1/home", "off"),
    ("rsync -a --password-file /root/pw /home rsync://bak:hunter2@192.168.0.9/home", "rsync", "copy", "rsync: 192.168.0.9, /home", "off"),
    ("test -d /mnt/usb/office && rsync -a /srv /mnt/usb/office", "rsync", "copy", "/mnt/usb/office", "off"),
    ("tar czf /backup/home-$(date +%F).tar.gz /home", "tar", "copy", "/backup/home-$(date", "off"),
    ("tar -cz /srv | gpg -e -r office@example.org > /mnt/usb/srv.tar.gz.gpg", "tar", "copy", "/mnt/usb/srv.tar.gz.gpg", "on"),
    ("tar cz /srv | openssl enc -aes-256-cbc -k hunter2 -out /mnt/usb/srv.enc", "tar", "copy", "/mnt/usb/srv.enc", "on"),
    ("tar -c -f - /srv | ssh bak@nas.local 'cat > srv.tar'", "tar", "copy", "ssh: nas.local", "off"),
    ("pg_dump -U mis mis | gzip > /srv/backup/mis.sql.gz", "PostgreSQL dump", "copy", "/srv/backup/mis.sql.gz", "off"),
    ("mysqldump -u root -phunter2 moodle > /backup/moodle.sql", "MySQL dump", "copy", "/backup/moodle.sql", "off"),
    ("mysqldump --all-databases | age -r age1xyz -o /mnt/usb/all.age", "MySQL dump", "copy", "/mnt/usb/all.age", "on"),
    ("sqlite3 /srv/app.db \".backup '/mnt/usb/app.db'\"", "SQLite", "copy", "/mnt/usb/app.db", "off"),
    ("dd if=/dev/sda of=/mnt/usb/disk.img bs=4M", "dd", "copy", "/mnt/usb/disk.img", "off"),
    ("zfs send -w tank/home@today | ssh nas.local zfs recv pool/home", "ZFS", "backup", "ssh: nas.local", "on"),
    ("zfs snapshot -r tank/home@daily", "ZFS", "snapshot", "", "unknown"),
    ("timeshift --check --scripted", "Timeshift", "snapshot", "", "unknown"),
    ("snapper --config home create --cleanup-algorithm timeline", "snapper", "snapshot", "", "unknown"),
    ("cp -a /srv/staff /media/office/STICK/staff", "cp", "copy", "/media/office/STICK/staff", "off"),
    ("zip -r -P hunter2 /mnt/usb/office.zip /srv/office", "zip", "copy", "/mnt/usb/office.zip", "on"),
    ("bash -lc 'export PATH; restic -r /mnt/b backup /home && restic -r /mnt/b forget --prune'", "restic", "backup", "/mnt/b", "on"),
]  # fmt: skip

WINDOWS = [
    (r"robocopy D:\SIMS E:\SIMS /MIR /R:1 /W:1", "robocopy", "copy", r"E:\SIMS", "off"),
    (r'"C:\Windows\System32\Robocopy.exe" "C:\School Data" "\\SERVER2\backup$\office" /MIR /LOG:C:\log.txt', "robocopy", "copy", r"\\SERVER2\backup$\office", "off"),
    (r'cmd.exe /c "xcopy C:\Office F:\Office /E /Y /D"', "xcopy", "copy", r"F:\Office", "off"),
    (r"xcopy \\SERVER\office E:\office /s /d", "xcopy", "copy", r"E:\office", "off"),
    (r"wbadmin start backup -backupTarget:E: -include:C:,D: -allCritical -quiet", "Windows Server Backup", "backup", "E:", "off"),
    (r"wbadmin start backup -backupTarget:\\nas\wsb -user:nas\bak -password:hunter2 -include:C: -quiet", "Windows Server Backup", "backup", r"\\nas\wsb", "off"),
    (r"wbadmin start systemstatebackup -backupTarget:F: -quiet", "Windows Server Backup", "backup", "F:", "off"),
    (r"""sqlcmd -S .\SIMS -U sa -P hunter2 -Q "BACKUP DATABASE [SIMS] TO DISK = N'D:\Backup\sims.bak' WITH INIT" """, "SQL Server", "copy", r"D:\Backup\sims.bak", "off"),
    (r"""osql -E -Q "backup database fms to disk='E:\fms.bak'" """, "SQL Server", "copy", r"E:\fms.bak", "off"),
    (r"""sqlcmd -Q "BACKUP DATABASE SIMS TO DISK='D:\s.bak' WITH ENCRYPTION (ALGORITHM = AES_256, SERVER CERTIFICATE = c)" """, "SQL Server", "copy", r"D:\s.bak", "on"),
    (r"powershell.exe -NoProfile -Command Backup-SqlDatabase -ServerInstance . -Database SIMS -BackupFile E:\sims.bak", "SQL Server", "copy", r"E:\sims.bak", "off"),
    (r"powershell -Command Copy-Item -Path C:\Office -Destination E:\Office -Recurse -Force", "copy-item", "copy", r"E:\Office", "off"),
    (r'"C:\Program Files\7-Zip\7z.exe" a -phunter2 -mhe=on E:\office.7z C:\Office', "7z", "copy", r"E:\office.7z", "on"),
    (r'"C:\Program Files\7-Zip\7z.exe" a E:\office.7z C:\Office', "7z", "copy", r"E:\office.7z", "off"),
    (r"C:\Tools\rclone.exe sync D:\Office secret:office", "rclone", "copy", "rclone remote secret", "unknown"),
    (r"C:\restic\restic.exe -r E:\repo --password-file C:\pw.txt backup D:\Office", "restic", "backup", r"E:\repo", "on"),
    (r'"C:\Program Files\Macrium\Reflect\Reflect.exe" -e -w "C:\Users\it\Documents\Reflect\My Backup.xml" -full', "Macrium Reflect", "backup", "", "unknown"),
    (r'"C:\Program Files\Duplicati 2\Duplicati.CommandLine.exe" backup "file://E:\dup" C:\Office', "Duplicati", "backup", "", "unknown"),
    (r'"C:\Program Files\FreeFileSync\FreeFileSync.exe" "C:\jobs\office.ffs_batch"', "FreeFileSync", "backup", "", "unknown"),
    (r'"C:\Program Files\SyncToy 2.1\SyncToyCmd.exe" -R', "SyncToy", "backup", "", "unknown"),
    (r"ntbackup backup \"@C:\backup.bks\" /J nightly /F E:\nightly.bkf", "NTBackup", "backup", "", "unknown"),
    (r"vssadmin create shadow /for=C:", "Shadow copies", "snapshot", "", "unknown"),
    (r"wmic shadowcopy call create Volume=C:\\", "Shadow copies", "snapshot", "", "unknown"),
    (r"copy D:\SIMS\sims.bak \\nas\backup", "copy", "copy", r"\\nas\backup", "off"),
]  # fmt: skip

NOT_UNIX = [
    "restic -r /mnt/backup/repo check",
    "restic -r /mnt/backup/repo forget --keep-daily 7 --prune",
    "restic snapshots",
    "restic -r /mnt/b backup --dry-run /home",
    "borg prune --keep-daily=7 /srv/borg",
    "borg list /srv/borg",
    "duplicity restore file:///mnt/usb/dup /home",
    "duplicity collection-status file:///mnt/usb/dup",
    "duplicity remove-older-than 6M --force file:///mnt/usb/dup",
    "rsnapshot configtest",
    "rsync -avn /home /mnt/usb/home",
    "rsync --list-only rsync://mirror.example.org/debian",
    "rsync -a rsync://ftp.uk.debian.org/debian /srv/mirror/debian",
    "rsync -a deploy@web.example.org:/var/www /srv/www",
    "rsync -a /srv/build/ /var/www/html/",
    "tar xzf /mnt/usb/home.tar.gz -C /",
    "tar tf /backup/home.tar",
    "tar czf /tmp/logs.tgz /var/log",
    "tar cf - /var/log | wc -c",
    "dd if=/dev/zero of=/swapfile bs=1M count=1024",
    "dd if=/home/office/debian.iso of=/dev/sdb",
    "rclone sync onedrive:office /srv/office",
    "rclone lsd secret:",
    "cp /etc/hosts /etc/hosts.old",
    "cp -p alternatives.tar.0 backup/alternatives.tar",
    "cp -p /var/lib/dpkg/status /var/backups/dpkg.status",
    "cp -a $BACKUPS.0 backups.1",
    "cp -l ${CacheDir%/}/archives/*.deb $BackupArchiveDir",
    "tar cf alternatives.tar alternatives",
    "mysqldump --version",
    "mysqldump --no-data moodle > /backup/schema.sql",
    "pg_dump mis > /dev/null",
    "echo restic backup /home",
    "logger rsync -a /home /mnt/usb/home",
    "timeshift --list",
    "zfs list -t snapshot",
    "zfs destroy tank/home@old",
    "certbot renew --quiet",
    "run-parts --report /etc/cron.daily",
    "find /srv/backup -mtime +30 -delete",
    "/usr/bin/apt-get clean",
    "kopia maintenance run",
    "php /var/www/moodle/admin/cli/cron.php",
    "updatedb",
    "unattended-upgrade",
    "[ -x /usr/bin/backup-report ] && /usr/bin/backup-report --mail",
]

NOT_WINDOWS = [
    r"robocopy D:\SIMS E:\SIMS /MIR /L",
    r"robocopy \\SERVER\software C:\Deploy /E",
    r"xcopy \\SERVER\netlogon\fonts C:\Windows\Fonts /Y",
    r"robocopy C:\build C:\inetpub\wwwroot /MIR",
    r"wbadmin get versions",
    r"wbadmin delete backup -keepVersions:5",
    r"vssadmin list shadows",
    r"vssadmin delete shadows /all /quiet",
    r'sqlcmd -Q "RESTORE DATABASE SIMS FROM DISK = \'E:\sims.bak\'"',
    r'sqlcmd -Q "DBCC CHECKDB(SIMS)"',
    r"%windir%\system32\defrag.exe -c -h -k",
    r'"C:\Program Files\Google\Update\GoogleUpdate.exe" /ua /installsource scheduler',
    r"%windir%\system32\rundll32.exe Windows.Storage.ApplicationData.dll,CleanupTemporaryState",
    r"%SystemRoot%\System32\dsregcmd.exe $(Arg0) $(Arg1) $(Arg2)",
    r"powershell -Command Get-ChildItem E:\backup",
    r"powershell -Command Copy-Item C:\a.txt C:\Users\it\a.txt",
    r'"C:\Program Files\7-Zip\7z.exe" x E:\office.7z -oC:\Office',
    r"cmd /c del /q E:\backup\*.bak",
    r"schtasks /run /tn Backup",
    r"C:\Windows\system32\BackupTask.dll",
    r"net use Z: \\nas\backup hunter2 /user:bak",
    r"wuauclt /detectnow",
]


@pytest.mark.parametrize(
    ("line", "product", "kind", "target", "encrypted", "windows"),
    [(*row, False) for row in UNIX] + [(*row, True) for row in WINDOWS],
)
def test_a_line_that_makes_a_backup_is_told_with_its_target_and_never_its_password(
    line: str, product: str, kind: str, target: str, encrypted: str, windows: bool
) -> None:
    job = classify(line, windows=windows)[0]
    where = understood(job.target)

    assert (job.product, job.kind.value, job.encrypted.value) == (product, kind, encrypted)
    if kind != "snapshot" and target:
        assert where.shown == target
    assert "hunter2" not in where.shown + " ".join(job.sources) + job.product


@pytest.mark.parametrize(
    ("line", "windows"), [(x, False) for x in NOT_UNIX] + [(x, True) for x in NOT_WINDOWS]
)
def test_a_line_that_only_looks_like_a_backup_is_none(line: str, windows: bool) -> None:
    assert classify(line, windows=windows) == []


def test_the_table_has_the_lines_of_a_good_many_schools() -> None:
    assert len(UNIX + WINDOWS) >= 60
    assert len(NOT_UNIX + NOT_WINDOWS) >= 60


def test_a_script_is_read_with_its_variables() -> None:
    text = """#!/bin/sh
# restic -r /mnt/old backup /nothing
export RESTIC_PASSWORD='hunter2'
REPO=/mnt/usb/repo
if mountpoint -q /mnt/usb; then
  restic -r "$REPO" backup \\
     /srv/staff /home
fi
"""
    (job,) = classify_script(text)

    assert (job.target, job.sources) == ("/mnt/usb/repo", ("/srv/staff", "/home"))


def test_a_batch_file_is_read_with_its_variables() -> None:
    text = "@echo off\r\nrem robocopy C:\\a E:\\b\r\nset TARGET=E:\\Office\r\nrobocopy C:\\Office %TARGET% /MIR\r\n"

    (job,) = classify_script(text, windows=True)

    assert (job.product, job.target) == ("robocopy", r"E:\Office")


def test_a_powershell_script_is_read_with_its_variables() -> None:
    text = "$to = 'F:\\Office'\nCopy-Item -Path C:\\Office -Destination $to -Recurse\n"

    (job,) = classify_script(text, windows=True)

    assert (job.kind, job.target, job.encrypted) == (BackupKind.COPY, r"F:\Office", Encrypted.OFF)


@given(st.text(max_size=300), st.booleans())
def test_no_line_breaks_the_reading(line: str, windows: bool) -> None:
    for job in classify(line, windows=windows):
        assert understood(job.target) is not None


@given(st.text(alphabet="abcdefgh\\/:@.-_ ?#%&=", max_size=60))
def test_no_target_shows_what_stands_before_an_at_sign_of_a_web_address(rest: str) -> None:
    shown = understood(f"https://user:s3cr3t@{rest}").shown

    assert "s3cr3t" not in shown
