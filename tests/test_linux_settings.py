"""What a Linux machine's own files say of sticks and of signing in."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.evidence import Platform, SettingId
from auditor.host.recorded import Answers, Recorded, Refusal
from auditor.probes.linux_settings import ask, daily_administrator

BOTH = "install usb-storage /bin/false\ninstall uas /usr/bin/true\n"
REFUSED = Refusal(error="AccessDenied")


def machine(files: dict[str, str | Refusal], *, listed: bool = True) -> Recorded:
    folders: dict[str, tuple[str, ...] | Refusal] = {"/etc": ("passwd",)} if listed else {}
    for path in files:
        folder, _, name = path.rpartition("/")
        before = folders.get(folder, ())
        assert isinstance(before, tuple)
        folders[folder] = (*before, name)
    return Recorded(
        Answers(
            platform=Platform.LINUX,
            name="office",
            os="Debian",
            elevated=False,
            now=datetime(2026, 11, 24, tzinfo=UTC),
            files=files,
            folders=folders,
        )
    )


@pytest.mark.parametrize(
    ("files", "blocked", "signs_in"),
    [
        ({}, False, False),
        ({"/etc/modprobe.d/sticks.conf": BOTH}, True, False),
        ({"/etc/modprobe.d/sticks.conf": "install usb_storage /bin/false\n"}, True, False),
        ({"/etc/modprobe.d/sticks.conf": "install uas /bin/false\n"}, False, False),
        ({"/etc/modprobe.d/sticks.conf": "# " + BOTH.splitlines()[0] + "\n"}, False, False),
        ({"/etc/modprobe.d/sticks.conf": "blacklist usb-storage\n"}, False, False),
        ({"/etc/modprobe.d/sticks.conf.off": BOTH}, False, False),
        ({"/etc/modprobe.d/sticks.conf": REFUSED}, None, False),
        ({"/etc/usbguard/rules.conf": REFUSED}, None, False),
        ({"/etc/gdm3/custom.conf": "[daemon]\nAutomaticLoginEnable = true\n"}, False, True),
        ({"/etc/gdm3/custom.conf": "[daemon]\n#AutomaticLoginEnable = true\n"}, False, False),
        ({"/etc/gdm3/custom.conf": "[daemon]\nAutomaticLoginEnable=false\n"}, False, False),
        ({"/etc/lightdm/lightdm.conf": "[Seat:*]\nautologin-user=ann\n"}, False, True),
        ({"/etc/lightdm/lightdm.conf": "[Seat:*]\nautologin-user=\n"}, False, False),
        ({"/etc/sddm.conf.d/a.conf": "[Autologin]\nSession=x\nUser=ann\n"}, False, True),
        ({"/etc/sddm.conf.d/a.conf": "[Autologin]\nUser=\n[Users]\nUser=x\n"}, False, False),
        ({"/etc/lightdm/lightdm.conf": REFUSED}, False, None),
        (
            {
                "/etc/systemd/system/getty@tty1.service.d/a.conf": "[Service]\nExecStart=-/sbin/agetty --autologin ann %I\n"
            },
            False,
            True,
        ),
    ],
)
def test_settings_are_told_by_the_files(
    files: dict[str, str | Refusal], blocked: bool | None, signs_in: bool | None
) -> None:
    assert [s.on for s in ask(machine(files))][:2] == [blocked, signs_in]


def test_a_machine_that_does_not_show_its_files_is_not_known() -> None:
    assert {s.on for s in ask(machine({}, listed=False))} == {None}


def test_the_name_of_the_account_is_not_taken_down() -> None:
    host = machine({"/etc/lightdm/lightdm.conf": "autologin-user=zebedee\n"})

    assert "zebedee" not in repr(list(ask(host)))


@given(st.text(max_size=200), st.text(max_size=200))
def test_files_of_any_content_never_crash_and_never_say_blocked(one: str, two: str) -> None:
    host = machine({"/etc/modprobe.d/a.conf": one, "/etc/gdm3/custom.conf": two})

    assert next(ask(host)).on is False


@pytest.mark.parametrize(
    ("release", "on"),
    [
        ('ID=ubuntu\nVERSION_ID="24.04"\n', True),
        ('ID=ubuntu\nVERSION_ID="20.04"\n', None),  # Ubuntu Pro goes on
        ('ID=debian\nVERSION_ID="12"\n', True),
        ("ID=debian\nVERSION_ID=11\n", False),
        ("ID=debian\n", None),  # testing has no version
        ("ID=fedora\nSUPPORT_END=2026-05-13\n", False),
        ("ID=fedora\nSUPPORT_END=2027-05-12\n", True),
        ("ID=fedora\nSUPPORT_END=soon\n", None),
        ('ID="unclosed\n', None),
        (Refusal(error="AccessDenied"), None),
    ],
)
def test_releases_end_on_their_day(release: str | Refusal, on: bool | None) -> None:
    told = {s.id: s.on for s in ask(machine({"/etc/os-release": release}))}

    assert told[SettingId.SYSTEM_SUPPORTED] is on


HISTORY = """
Start-Date: 2026-11-01  06:11:12
Commandline: /usr/bin/unattended-upgrade
Upgrade: libssl3:amd64 (3.0.17, 3.0.18)
End-Date: 2026-11-01  06:11:20

Start-Date: 2026-11-20  09:00:00
Install: gimp:amd64 (2.10)
End-Date: 2026-11-20  09:01:00
"""


@pytest.mark.parametrize(
    ("history", "on"),
    [
        (HISTORY, True),
        (HISTORY.replace("2026-11-01", "2026-09-01"), None),  # updates may be logged elsewhere
        ("", None),
        ("Start-Date: soon\nUpgrade: x\n", None),
        (Refusal(error="AccessDenied"), None),
    ],
)
def test_an_update_of_this_month_counts_and_an_installed_program_does_not(
    history: str | Refusal, on: bool | None
) -> None:
    told = {s.id: s for s in ask(machine({"/var/log/apt/history.log": history}))}

    assert told[SettingId.UPDATES_RECENT].on is on


@pytest.mark.parametrize(
    ("files", "on"),
    [
        ({}, None),
        ({"/etc/ufw/ufw.conf": "ENABLED=yes\n"}, True),
        ({"/etc/ufw/ufw.conf": "# ENABLED=yes\nENABLED=no\n"}, None),
        ({"/etc/systemd/system/multi-user.target.wants/firewalld.service": ""}, True),
        ({"/etc/systemd/system/multi-user.target.wants/cups.service": ""}, None),
    ],
)
def test_a_firewall_that_is_started_is_on_and_another_is_not_known(
    files: dict[str, str | Refusal], on: bool | None
) -> None:
    told = {s.id: s for s in ask(machine(files))}

    assert told[SettingId.FIREWALL_ON].on is on


@pytest.mark.parametrize(
    ("groups", "elevated", "on"),
    [
        ("ann sudo plugdev\n", False, True),
        ("ann plugdev\n", False, False),
        ("root\n", True, None),
        ("\n", False, None),
    ],
)
def test_an_administrator_by_day_is_told_by_the_groups(
    groups: str, elevated: bool, on: bool | None
) -> None:
    answers = machine({}).answers
    host = Recorded(
        msgspec.structs.replace(answers, outputs={"/usr/bin/id -nG": groups}, elevated=elevated)
    )

    assert daily_administrator(host).on is on
