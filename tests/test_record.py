from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import auditor

from auditor.backups.commands import classify
from auditor.backups.targets import understood
from auditor.host.recorded import Recorded
from auditor.host.recorder import Recorder, redacted
from auditor.host.removing import without_secrets
from auditor.host.this import this_machine
from auditor.survey import survey


def test_a_recorded_machine_is_replayed_to_the_same_drives(tmp_path: Path) -> None:
    done = auditor("record", "odd", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    again = survey(Recorded.load(tmp_path / "odd"))
    live = survey(this_machine())
    assert [(v.place, v.encryption) for v in again.volumes] == [
        (v.place, v.encryption) for v in live.volumes
    ]
    assert {p.name for p in (tmp_path / "odd").iterdir()} == {"machine.json"}


def test_names_keys_and_identifiers_are_replaced_throughout_and_alike() -> None:
    text = (
        "/media/zebedee/STICK /home/Zebedee zebedees OFFICE-PC "
        "3bd66749-292e-4ad8-8399-f6a339e3d001 CRYPT-LUKS2-a9b47f40494a4eb9a135878f9d01648d-x "
        "3BD66749-292E-4AD8-8399-F6A339E3D001 123456-123456-123456-123456-123456-123456-123456-123456"
    )
    made = redacted(text, ["zebedee", "office-pc"])

    assert "zebedee/" not in made.lower()
    assert "zebedees" in made, "another word that only begins like the name stays"
    assert "OFFICE-PC" not in made
    assert "3bd66749" not in made.lower()
    assert "a9b47f40" not in made
    assert "123456-123456" not in made
    assert "CRYPT-LUKS2-" in made, "what tells the encryption stays"
    assert made.count("00000000-0000-0000-0000-000000000001") == 2


@given(st.text(max_size=200), st.lists(st.text(max_size=8), max_size=3))
def test_any_text_is_redacted_without_a_crash_and_no_name_is_left(
    text: str, private: list[str]
) -> None:
    made = redacted(text, private)

    for name in private:
        if len(name) > 2 and name.isalpha() and not name.lower().startswith("person"):
            assert name.lower() not in made.lower().split()


def test_a_recorder_tells_the_same_as_the_host(tmp_path: Path) -> None:
    recorder = Recorder(this_machine())
    survey(recorder)
    recorder.save(tmp_path, ["nobody-of-that-name"])

    assert Recorded.load(tmp_path).partitions() == recorder.partitions()


SECRET = "hunter2-Wolverhampton"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"RESTIC_PASSWORD={SECRET}", "RESTIC_PASSWORD=[removed]"),
        (f"export BORG_PASSPHRASE='{SECRET}'", "export BORG_PASSPHRASE='[removed]'"),
        (f"encryption_passphrase: {SECRET}\nkeep_daily: 7", "encryption_passphrase: [removed]\nkeep_daily: 7"),
        (f'{{"secretAccessKey": "{SECRET}", "bucket": "hill"}}', '{"secretAccessKey": "[removed]", "bucket": "hill"}'),
        (f'"With":"start backup -password:{SECRET} -include:C:"', '"With":"start backup -password:[removed] -include:C:"'),
        (f'"With":"-password:{SECRET}","State":3', '"With":"-password:[removed]","State":3'),
        ('{"PasswordLength":8,"x":1}', '{"PasswordLength":8,"x":1}'),
        (f"password = {SECRET}\ntype = crypt", "password = [removed]\ntype = crypt"),
        (f"rest:https://bak:{SECRET}@nas.local/r", "rest:https://[removed]@nas.local/r"),
        (f"restic -r sftp:bak:{SECRET}@nas.local:/r", "restic -r sftp:[removed]@nas.local:/r"),
        (f"mysqldump -u root -p{SECRET} moodle", "mysqldump -u root -p[removed] moodle"),
        (f"openssl enc -aes-256-cbc -k {SECRET} -out x", "openssl enc -aes-256-cbc -k [removed] -out x"),
        (f"net use Z: \\\\nas\\backup {SECRET} /user:bak", "net use Z: \\\\nas\\backup [removed] /user:bak"),
        (f"key = hql{SECRET}\n\tWeQ{SECRET}\nid = 3", "key = [removed]\nid = 3"),
        (f"<AccessToken>{SECRET}</AccessToken>", "<AccessToken>[removed]</AccessToken>"),
        ("rsync -a /home bak@nas.local:/srv", "rsync -a /home bak@nas.local:/srv"),
    ],
)  # fmt: skip
def test_no_secret_of_a_configuration_is_recorded(text: str, left: str) -> None:
    assert without_secrets(text) == left


@given(st.text(max_size=300))
def test_any_configuration_is_cut_without_a_crash_and_twice_is_once(text: str) -> None:
    once = without_secrets(text)

    assert isinstance(without_secrets(once), str)


CANARY = "hunter2-Wolverhampton"
LINES = [
r'sqlcmd -S . -U sa -P %s -Q "BACKUP DATABASE x"', r'osql -U sa -P%s', r'7z a -p%s E:\x.7z C:\x', r'rar a -hp%s E:\x.rar', r'zip -r -P %s x.zip y',
r'wbadmin start backup -user:nas\bak -password:%s -quiet', r'Duplicati backup "file://E:\d" --passphrase=%s', r"Duplicati backup 'ssh://h//p?auth-password=%s'",
r'azcopy sync C:\x "https://h.blob.core.windows.net/c?sv=1&sig=%s"', r'net use Z: \\nas\b %s /user:bak', r'net use \\nas\b /user:bak %s', r'curl -u bak:%s -T a ftp://h/', r'curl --user bak:%s x',
r'mysqldump -uroot -p%s db', r'mysqldump --password=%s db', r'winscp /command "open sftp://u:%s@h/"', r'lftp -u bak,%s -e "mirror -R a" h', r'sshpass -p %s rsync a b', r'sshpass -p%s rsync a b',
r'PGPASSWORD=%s pg_dump x', r'smbclient //h/s -U bak%%%s', r'openssl enc -aes-256-cbc -k %s -in a', r'openssl enc -pass pass:%s', r'gpg --passphrase %s -c a', r'gpg --batch --passphrase=%s -c a',
r'restic -r rest:https://u:%s@h/ backup x', r'restic -r sftp:u:%s@h:/x backup', r'rclone sync a :s3,access_key_id=x,secret_access_key=%s:b', r'mount -o username=x,password=%s //h/s /m', r'dar -c x -K aes:%s', r'BORG_PASSPHRASE="%s" borg create x',
r'robocopy a b /MIR & cmdkey /add:nas /user:x /pass:%s', r'schtasks /create /ru x /rp %s', r'psexec \\s -u x -p %s cmd', r'powershell -Command "$p=ConvertTo-SecureString %s -AsPlainText"', r'mongodump -u x -p %s', r'mongodump --uri mongodb://u:%s@h/db', r'plink -pw %s user@h', r'pscp -pw %s a h:', r'aws configure set aws_secret_access_key %s',
r'encryption_passphrase: %s', r'password = %s', r'"encryptedPassword":"%s"', r'profile1.snapshots.password=%s', r'token = {"access_token":"%s"}', r'<Password>%s</Password>', r'AccountKey=%s;', r'SharedAccessSignature=%s',
]  # fmt: skip
"""How tasks, crontabs, scripts and settings say a password, a key or a token."""


@pytest.mark.parametrize("line", LINES)
def test_no_way_of_saying_a_password_on_a_line_gets_into_a_recording(line: str) -> None:
    plain = line % CANARY
    within = json.dumps({"tasks": [{"Actions": [{"Run": "cmd", "With": plain}]}]})

    assert CANARY not in without_secrets(plain)
    assert CANARY not in without_secrets(within)
    assert json.loads(without_secrets(within))["tasks"], "what is left is still an answer"


def test_a_line_without_its_secrets_is_still_the_same_backup() -> None:
    from test_commands import UNIX, WINDOWS

    for rows, windows in ((UNIX, False), (WINDOWS, True)):
        for line, *_ in rows:
            left = without_secrets(line)
            assert "hunter2" not in left
            assert _told(left, windows) == _told(line, windows), line


def _told(line: str, windows: bool) -> list[tuple[str, str, str]]:
    return [
        (j.product, understood(j.target).shown, j.encrypted.value)
        for j in classify(line, windows=windows)
    ]
