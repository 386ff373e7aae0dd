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
    ('/usr/local/bin/restic --password-file /root/.rp --repo /mnt/usbdisk/restic backup --exclude-caches /srv/samba --tag nightly', 'restic', 'backup', '/mnt/usbdisk/restic', 'on'),
    ('restic -r rclone:gdrive:school backup /home', 'restic', 'backup', 'rclone remote gdrive', 'on'),
    ('restic -r sftp:a@b:/x copy --from-repo /srv/restic', 'restic', 'backup', 'sftp: b, /x', 'on'),
    ("borg create --compression zstd,6 --exclude '*/.cache' ssh://bkp@nas.school.lan:22/backups/office::'{hostname}-{now:%Y-%m-%d}' /etc /home /srv", 'Borg', 'backup', 'ssh: nas.school.lan, /backups/office', 'unknown'),
    ('borgbackup create /mnt/hdd/borg::{now} /home', 'Borg', 'backup', '/mnt/hdd/borg', 'unknown'),
    ('borgmatic create --stats', 'borgmatic', 'backup', '', 'unknown'),
    ('duplicity incr --full-if-older-than 30D --encrypt-sign-key=ABC /srv/staff sftp://u:hunter2@host.example.org//backups', 'duplicity', 'backup', 'sftp: host.example.org, //backups', 'on'),
    ('duply office backup', 'duplicity', 'backup', '', 'unknown'),
    ('rsnapshot -c /etc/rsnapshot-office.conf daily', 'rsnapshot', 'backup', '', 'unknown'),
    ('timeshift --create --comments nightly --scripted', 'Timeshift', 'snapshot', '', 'unknown'),
    ('backintime backup-job', 'Back In Time', 'backup', '', 'unknown'),
    ('kopia snapshot create --all', 'Kopia', 'backup', '', 'on'),
    ('rclone copy --transfers 4 /srv/office b2:hilltop-primary/office', 'rclone', 'copy', 'rclone remote b2', 'unknown'),
    ('rsync -aHAX --delete --link-dest=/backup/latest /srv/ /backup/2026-11-25/', 'rsync', 'copy', '/backup/2026-11-25/', 'off'),
    ('rsync -rt /home/office/ nas:/volume1/backup/office', 'rsync', 'copy', 'ssh: nas, /volume1/backup/office', 'off'),
    ('tar -czpf /mnt/nas/backup-$(date +%Y%m%d).tgz --one-file-system /home /etc', 'tar', 'copy', '/mnt/nas/backup-$(date', 'off'),
    ('tar cf /dev/nst0 /home', 'tar', 'copy', '/dev/nst0', 'off'),
    ('mysqldump --all-databases | gzip > /backup/mysql-$(date +%F).sql.gz', 'MySQL dump', 'copy', '/backup/mysql-$(date', 'off'),
    ('mysqldump -u root -phunter2 moodle > /mnt/usb/moodle.sql', 'MySQL dump', 'copy', '/mnt/usb/moodle.sql', 'off'),
    ('pg_dump -Fc school -f /mnt/backup/school.dump', 'PostgreSQL dump', 'copy', '/mnt/backup/school.dump', 'off'),
    ('pg_dumpall | age -r age1xyz > /mnt/usb/all.sql.age', 'PostgreSQL dump', 'copy', '/mnt/usb/all.sql.age', 'on'),
    ('mariabackup --backup --target-dir=/backup/maria --user=root --password=x', 'MySQL files', 'copy', '/backup/maria', 'off'),
    ('xtrabackup --backup --target-dir=/mnt/nas/mysql', 'MySQL files', 'copy', '/mnt/nas/mysql', 'off'),
    ('dd if=/dev/sda of=/mnt/usb/office.img bs=4M', 'dd', 'copy', '/mnt/usb/office.img', 'off'),
    ('cp -a /srv/office /media/ann/KINGSTON/office', 'cp', 'copy', '/media/ann/KINGSTON/office', 'off'),
    ('zip -er /mnt/usb/sen.zip /srv/sen', 'zip', 'copy', '/mnt/usb/sen.zip', 'on'),
    ('7z a -phunter2 -mhe=on /mnt/usb/x.7z /srv/x', '7z', 'copy', '/mnt/usb/x.7z', 'on'),
    ('zfs send -R tank/home@daily | ssh backup@nas zfs recv pool/home', 'ZFS', 'backup', 'ssh: nas', 'unknown'),
    ('zfs snapshot -r tank@daily', 'ZFS', 'snapshot', '', 'unknown'),
    ('zfs-auto-snapshot --quiet --syslog --label=daily --keep=31 //', 'ZFS', 'snapshot', '', 'unknown'),
    ('sanoid --cron', 'ZFS', 'snapshot', '', 'unknown'),
    ('syncoid -r tank/home root@nas:backup/home', 'ZFS', 'backup', 'ssh: nas, backup/home', 'unknown'),
    ('btrfs send /snap/home | btrfs receive /mnt/usb/snap', 'Btrfs', 'backup', '/mnt/usb/snap', 'off'),
    ('btrbk run', 'Btrfs', 'backup', '', 'unknown'),
    ('snapper create -c timeline', 'snapper', 'snapshot', '', 'unknown'),
    ('proxmox-backup-client backup home.pxar:/home --repository root@pam@pbs.lan:store1', 'Proxmox Backup', 'backup', 'pbs: pbs.lan, /store1', 'unknown'),
    ('vzdump --all --storage nfs-backup --mode snapshot', 'Proxmox vzdump', 'backup', '', 'unknown'),
    ('urbackupclientctl start -i', 'UrBackup', 'backup', '', 'unknown'),
    ('rdiff-backup /home /mnt/usb/rdiff', 'rdiff-backup', 'backup', '/mnt/usb/rdiff', 'off'),
    ('rdiff-backup backup /home nas::/srv/rdiff', 'rdiff-backup', 'backup', 'ssh: nas, /srv/rdiff', 'off'),
    ('dirvish-runall --quiet', 'dirvish', 'backup', '', 'unknown'),
    ('autorestic -c /etc/autorestic.yml cron', 'restic', 'backup', '', 'on'),
    ('resticprofile -n default backup', 'restic', 'backup', '', 'on'),
    ('scp -r /srv/office bak@192.168.1.5:/backups/', 'scp', 'copy', 'ssh: 192.168.1.5, /backups/', 'off'),
    ('aws s3 sync /srv/office s3://hilltop-bucket/office --sse', 'AWS', 'copy', 'Amazon S3 (hilltop-bucket)', 'unknown'),
    ('gsutil -m rsync -r /srv gs://hilltop', 'gsutil', 'copy', 'Google Cloud storage (hilltop)', 'unknown'),
    ("azcopy sync /srv 'https://hilltop.blob.core.windows.net/bk?sv=hunter2'", 'AzCopy', 'copy', 'https: hilltop.blob.core.windows.net', 'unknown'),
    ('s3cmd sync /srv/office/ s3://hilltop/office/', 's3cmd', 'copy', 'Amazon S3 (hilltop)', 'unknown'),
    ("lftp -e 'mirror -R /srv/office /backup; quit' ftp.example.org", 'lftp', 'copy', 'ftp: ftp.example.org', 'off'),
    ('tmutil startbackup --auto', 'Time Machine', 'backup', '', 'unknown'),
    ('ditto /Users/office /Volumes/USB/office', 'ditto', 'copy', '/Volumes/USB/office', 'off'),
    ('hdiutil create -encryption AES-256 -srcfolder /Users/office /Volumes/USB/o.dmg', 'disk image', 'copy', '/Volumes/USB/o.dmg', 'on'),
    ("bash -c 'mount /mnt/usb && rsync -a /srv/ /mnt/usb/srv/ && umount /mnt/usb'", 'rsync', 'copy', '/mnt/usb/srv/', 'off'),
    ('sshpass -p hunter2 rsync -a /srv/ bak@nas.lan:/v/', 'rsync', 'copy', 'ssh: nas.lan, /v/', 'off'),
    ('cd /srv && tar cz . | ssh nas.lan dd of=/backup/srv.tgz', 'tar', 'copy', 'ssh: nas.lan', 'off'),
    ('docker exec db pg_dump -U app app > /mnt/usb/app.sql', 'PostgreSQL dump', 'copy', '/mnt/usb/app.sql', 'off'),
    ('mongodump --out /mnt/nas/mongo', 'MongoDB dump', 'copy', '/mnt/nas/mongo', 'off'),
    ('slapcat -l /backup/ldap.ldif', 'LDAP dump', 'copy', '/backup/ldap.ldif', 'off'),
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
    (r'"C:\Program Files\Duplicati 2\Duplicati.CommandLine.exe" backup "file://E:\dup" C:\Office', "Duplicati", "backup", r"E:\dup", "on"),
    (r'"C:\Program Files\FreeFileSync\FreeFileSync.exe" "C:\jobs\office.ffs_batch"', "FreeFileSync", "backup", "", "unknown"),
    (r'"C:\Program Files\SyncToy 2.1\SyncToyCmd.exe" -R', "SyncToy", "backup", "", "unknown"),
    (r"ntbackup backup \"@C:\backup.bks\" /J nightly /F E:\nightly.bkf", "NTBackup", "backup", r"E:\nightly.bkf", "off"),
    (r"vssadmin create shadow /for=C:", "Shadow copies", "snapshot", "", "unknown"),
    (r"wmic shadowcopy call create Volume=C:\\", "Shadow copies", "snapshot", "", "unknown"),
    (r"copy D:\SIMS\sims.bak \\nas\backup", "copy", "copy", r"\\nas\backup", "off"),
    ('robocopy D:\\Shared \\\\NAS01\\Backup\\Shared /MIR /R:1 /W:1 /LOG:C:\\Logs\\rc.log', 'robocopy', 'copy', '\\\\NAS01\\Backup\\Shared', 'off'),
    ('robocopy "D:\\SIMS Data" "E:\\SIMS Data" /E /Z', 'robocopy', 'copy', 'E:\\SIMS Data', 'off'),
    ('xcopy C:\\Users\\*.* F:\\Users /D /E /C /Y', 'xcopy', 'copy', 'F:\\Users', 'off'),
    ('wbadmin start systemstatebackup -backuptarget:F: -quiet', 'Windows Server Backup', 'backup', 'F:', 'off'),
    ('sqlcmd -S .\\SIMS -E -Q "BACKUP DATABASE sims TO DISK=\'E:\\s.bak\' WITH COMPRESSION, ENCRYPTION (ALGORITHM = AES_256, SERVER CERTIFICATE = c)"', 'SQL Server', 'copy', 'E:\\s.bak', 'on'),
    ('"C:\\Program Files\\7-Zip\\7z.exe" a -tzip E:\\office.zip D:\\Office', '7z', 'copy', 'E:\\office.zip', 'off'),
    ('"C:\\Program Files\\7-Zip\\7z.exe" a -t7z -mhe -p%PW% E:\\office.7z D:\\Office', '7z', 'copy', 'E:\\office.7z', 'on'),
    ('powershell -Command "Copy-Item D:\\Office -Destination \\\\nas\\bak -Recurse"', 'copy-item', 'copy', '\\\\nas\\bak', 'off'),
    ('powershell -Command "Compress-Archive -Path D:\\Office -DestinationPath E:\\o.zip"', 'compress-archive', 'copy', 'E:\\o.zip', 'off'),
    ('powershell -Command "Backup-SqlDatabase -ServerInstance .\\SIMS -Database sims -BackupFile D:\\b\\sims.bak"', 'SQL Server', 'copy', 'D:\\b\\sims.bak', 'off'),
    ('powershell -Command "Start-WBBackup -Policy (Get-WBPolicy)"', 'Windows Server Backup', 'backup', '', 'off'),
    ('"C:\\Program Files\\FreeFileSync\\FreeFileSync.exe" C:\\jobs\\office.ffs_batch', 'FreeFileSync', 'backup', '', 'unknown'),
    ('"C:\\Program Files (x86)\\2BrightSparks\\SyncBackFree\\SyncBackFree.exe" -m "Office to USB"', 'SyncBack', 'backup', '', 'unknown'),
    ('"C:\\Program Files\\Macrium\\Reflect\\Reflect.exe" -e -w "C:\\Users\\a\\Documents\\Reflect\\Full.xml" -full', 'Macrium Reflect', 'backup', '', 'unknown'),
    ('rclone.exe sync D:\\Office crypt:office --config C:\\rc.conf', 'rclone', 'copy', 'rclone remote crypt', 'unknown'),
    ('restic.exe -r s3:https://s3.eu-west-2.amazonaws.com/hilltop backup D:\\Office --use-fs-snapshot', 'restic', 'backup', 'Amazon S3 (s3.eu-west-2.amazonaws.com)', 'on'),
    ('cmd /c "xcopy /s /y D:\\Registers E:\\Registers"', 'xcopy', 'copy', 'E:\\Registers', 'off'),
    ('cmd.exe /c copy /y D:\\sims\\*.bak \\\\NAS\\sims', 'copy', 'copy', '\\\\NAS\\sims', 'off'),
    ('diskshadow /s C:\\scripts\\shadow.txt', 'Shadow copies', 'snapshot', '', 'unknown'),
    ('"C:\\Program Files\\Duplicati 2\\Duplicati.CommandLine.exe" backup "file://E:\\dup" D:\\Office --passphrase=hunter2', 'Duplicati', 'backup', 'E:\\dup', 'on'),
    ('"C:\\Program Files\\Veeam\\Endpoint Backup\\Veeam.EndPoint.Manager.exe" /backup', 'Veeam Agent', 'backup', '', 'unknown'),
    ('winscp.com /command "open sftp://u:p@host/" "put D:\\Office\\* /bak/" "exit"', 'WinSCP', 'copy', 'sftp: host, /', 'off'),
    ('"C:\\Program Files\\Git\\usr\\bin\\rsync.exe" -a /d/Office/ nas:/bak/', 'rsync', 'copy', 'ssh: nas, /bak/', 'off'),
    ('gpg --batch -e -r office -o E:\\s.gpg D:\\s.bak', 'gpg', 'copy', 'E:\\s.gpg', 'on'),
    ('ntbackup backup systemstate /F E:\\s.bkf', 'NTBackup', 'backup', 'E:\\s.bkf', 'off'),
    ('robocopy C:\\Users\\ann "C:\\Users\\ann\\OneDrive - Hilltop\\Backup" /MIR', 'robocopy', 'copy', 'C:\\Users\\ann\\OneDrive - Hilltop\\Backup', 'off'),
    ('robocopy %USERPROFILE%\\Documents H:\\Documents /MIR', 'robocopy', 'copy', 'H:\\Documents', 'off'),
    ('esentutl /y C:\\a.edb /d E:\\a.edb', 'esentutl', 'copy', 'E:\\a.edb', 'off'),
    ('mysqldump.exe -uroot -phunter2 eportal --result-file=E:\\ep.sql', 'MySQL dump', 'copy', 'E:\\ep.sql', 'off'),
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
    "restic -r /mnt/usb/r snapshots",
    "restic -r /mnt/usb/r restore latest --target /tmp/x",
    "restic -r /mnt/usb/r check --read-data-subset=5%",
    "borg prune --keep-daily 7 /srv/borg",
    "borg extract /srv/borg::x",
    "borgmatic prune",
    "borgmatic list",
    "duplicity collection-status file:///mnt/usb/d",
    "duplicity verify file:///mnt/usb/d /home",
    "duplicity remove-older-than 60D --force file:///mnt/usb/d",
    "kopia snapshot list",
    "rclone ls gdrive:",
    "rclone check /srv gdrive:srv",
    "rclone mount gdrive: /mnt/gdrive --daemon",
    "rclone sync onedrive:School /srv/mirror",
    "rsync -n -av /home /mnt/usb",
    "rsync -avz server:/srv/www /home/dev/www",
    "rsync -av /opt/app/build/ /var/www/html/",
    "tar xzf /mnt/nas/backup.tgz -C /",
    "tar -tzf /mnt/usb/b.tgz",
    "tar -czf /tmp/logs.tgz /var/log",
    "mysqldump --no-data moodle",
    "pg_restore -d school /mnt/backup/school.dump",
    "dd if=/dev/zero of=/swapfile bs=1M count=2048",
    "dd if=debian.iso of=/dev/sdb",
    "cp /etc/nginx/nginx.conf /etc/nginx/nginx.conf.bak",
    "7z x /mnt/usb/x.7z",
    "rdiff-backup --list-increments /mnt/usb/rdiff",
    "bconsole -c /etc/bacula/bconsole.conf",
    "aws s3 ls",
    "git push backup main",
    "apt-get update && apt-get -y upgrade",
    "logrotate /etc/logrotate.conf",
    "certbot renew -q",
    "find /backup -mtime +30 -delete",
    "rm -rf /mnt/usb/backup/old",
    "echo backup started | mail -s backup office@example.org",
    "updatedb --prunepaths=/backup",
    "/usr/sbin/ntpdate backup.ntp.org",
    "tmutil listbackups",
    "rsync --daemon --config=/etc/rsyncd.conf",
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
    "robocopy \\\\SERVER\\Deploy C:\\Deploy /E",
    "robocopy D:\\Shared E:\\Shared /L",
    "xcopy \\\\server\\netlogon\\shortcut.lnk C:\\Users\\Public\\Desktop /Y",
    "sqlcmd -S .\\SIMS -E -Q \"RESTORE VERIFYONLY FROM DISK='D:\\Backup\\sims.bak'\"",
    'sqlcmd -S .\\SIMS -E -Q "DBCC CHECKDB"',
    "powershell.exe -NoProfile -File C:\\Scripts\\Backup.ps1",
    "copy /y C:\\install\\setup.ini C:\\Windows\\Temp",
    "C:\\Windows\\System32\\rundll32.exe /d acproxy.dll,PerformAutochkOperations",
    "C:\\Windows\\system32\\defrag.exe -c -h -k -g -$",
    "net use Z: \\\\NAS\\backup /user:bak hunter2",
    "C:\\Windows\\System32\\sdclt.exe /CONFIGNOTIFICATION",
    '"C:\\Program Files\\Duplicati 2\\Duplicati.CommandLine.exe" list "file://E:\\dup"',
    "reg export HKLM\\SOFTWARE E:\\reg.reg",
    "bcdedit /export C:\\bcd.bak",
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
    assert len(UNIX + WINDOWS) >= 130
    assert len(NOT_UNIX + NOT_WINDOWS) >= 100


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
