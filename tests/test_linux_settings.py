"""What a Linux machine's own files say of sticks and of signing in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.evidence import Platform, SettingId
from auditor.host.recorded import Answers, Recorded, Refusal
from auditor.probes.linux_settings import ask

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
        ({"/etc/modprobe.d/sticks.conf": "install usb_storage /bin/false\n"}, False, False),
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
    assert [s.on for s in ask(machine({}, listed=False))] == [None, None, None]


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
