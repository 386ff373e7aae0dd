"""What the registry of a Windows machine says of copies, memory, accounts and support."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.evidence import Platform, Setting
from auditor.host import Host
from auditor.host.recorded import Answers, Recorded, Refusal
from auditor.probes import windows_accounts as accounts
from auditor.probes import windows_protection as protection

NOW = datetime(2026, 11, 24, tzinfo=UTC)
REFUSED = Refusal(error="AccessDenied")
WHOAMI = "C:\\Windows\\System32\\whoami.exe"
EXPLORER = f"HKLM\\{protection.EXPLORER}\\"
USER_EXPLORER = f"HKCU\\{protection.EXPLORER}\\"
PHONE, CAMERA = (f"HKLM\\{protection.DEVICES}\\{c}\\Deny_Write" for c in protection.PHONES)
CSC = f"{protection.SERVICES}\\CSC\\Start"
CSC_SERVICE = f"{protection.SERVICES}\\CscService\\Start"
WALLS = [f"{protection.FIREWALL}\\{n}\\EnableFirewall" for n in protection.NETWORKS]
RULED_WALL = f"{protection.FIREWALL_POLICY}\\PublicProfile\\EnableFirewall"
PAGES = f"{protection.MEMORY}\\PagingFiles"
HIBERNATES = f"{protection.POWER}\\HibernateEnabled"
VERSION = f"{accounts.WINDOWS}\\"


def machine(
    registry: dict[str, Any],
    keys: dict[str, Any] | None = None,
    *,
    elevated: bool = False,
    **more: Any,
) -> Recorded:
    return Recorded(
        Answers(
            platform=Platform.WINDOWS, name="office", os="Windows 11 Pro", elevated=elevated, now=NOW,
            registry=registry, registry_keys=keys or {},
            variables={"SystemDrive": "C:", "SystemRoot": "C:\\Windows"}, **more,
        )
    )  # fmt: skip


def walls(*values: int) -> dict[str, int]:
    return dict(zip(WALLS, values, strict=True))


@pytest.mark.parametrize(
    ("question", "registry", "on"),
    [
        (protection.fixed_write_block, {}, False),
        (protection.fixed_write_block, {f"{protection.FVE}\\FDVDenyWriteAccess": 1}, True),
        (protection.fixed_write_block, {f"{protection.FVE}\\FDVDenyWriteAccess": REFUSED}, None),
        (protection.disc_burning, {}, False),
        (protection.disc_burning, {USER_EXPLORER + "NoCDBurning": 1}, True),
        (protection.phones, {}, False),
        (protection.phones, {PHONE: 1}, False),  # one class of two leaves a way
        (protection.phones, {PHONE: 1, CAMERA: 1}, True),
        (protection.phones, {f"HKCU\\{protection.DEVICES}\\Deny_All": 1}, True),
        (protection.phones, {PHONE: REFUSED}, None),
        (protection.autorun, {}, False),
        (protection.autorun, {EXPLORER + "NoDriveTypeAutoRun": 0xFF}, True),
        (protection.autorun, {EXPLORER + "NoDriveTypeAutoRun": 0x91}, False),
        (protection.autorun, {USER_EXPLORER + "NoDriveTypeAutoRun": 0xFF}, True),
        # What is set for the machine comes before the account's own.
        (
            protection.autorun,
            {EXPLORER + "NoDriveTypeAutoRun": 0x91, USER_EXPLORER + "NoDriveTypeAutoRun": 0xFF},
            False,
        ),
        (protection.autorun, {EXPLORER + "NoAutorun": 1}, True),
        (protection.offline_files, {}, False),  # an edition without them
        (protection.offline_files, {CSC: 1, CSC_SERVICE: 3}, None),
        (protection.offline_files, {CSC: 4, CSC_SERVICE: 3}, False),
        (protection.offline_files, {CSC: 1, CSC_SERVICE: 4}, False),
        (protection.offline_files, {CSC: REFUSED}, None),
        (protection.firewall, {}, None),
        (protection.firewall, walls(1, 1, 1), True),
        (protection.firewall, walls(1, 1, 0), False),
        (protection.firewall, walls(1, 1, 0) | {RULED_WALL: 1}, True),
        (protection.firewall, walls(1, 1, 1) | {RULED_WALL: 0}, False),
        (protection.remote_management, {}, None),
        (accounts.system_supported, {}, None),
    ],
)
def test_settings_of_a_real_registry(
    question: Callable[[Host], Setting], registry: dict[str, Any], on: bool | None
) -> None:
    assert question(machine(registry)).on is on


@pytest.mark.parametrize(
    ("registry", "told"),
    [
        ({PAGES: ("?:\\pagefile.sys",)}, [(True, "C:\\")]),
        ({PAGES: ("c:\\pagefile.sys 0 0", "D:\\pagefile.sys 4096 8192")}, [(True, "C:\\"), (True, "D:\\")]),
        ({PAGES: (), HIBERNATES: 1}, [(True, "C:\\")]),
        ({PAGES: ("",), HIBERNATES: 0}, [(False, "")]),
        ({}, [(None, "")]),
        ({PAGES: REFUSED}, [(None, "")]),
    ],
)  # fmt: skip
def test_memory_is_told_by_the_drive_it_is_written_to(
    registry: dict[str, Any], told: list[tuple[bool | None, str]]
) -> None:
    settings = list(protection.memory_on_disk(machine(registry)))

    assert [(s.on, s.volume) for s in settings] == told


def test_only_an_enrolment_that_is_complete_counts() -> None:
    key = f"{protection.ENROLMENTS}\\{{1}}\\"
    keys = {protection.ENROLMENTS: ("Context", "{1}")}

    done = machine({key + "ProviderID": "MS DM Server", key + "EnrollmentState": 1}, keys)
    half = machine({key + "ProviderID": "MS DM Server", key + "EnrollmentState": 2}, keys)

    assert protection.remote_management(done).on is True
    assert protection.remote_management(half).on is None


@pytest.mark.parametrize(
    ("printed", "elevated", "on"),
    [
        ('"BUILTIN\\Users","Alias","S-1-5-32-545",""\r\n', False, False),
        ('"VORDEFINIERT\\Administratoren","Alias","S-1-5-32-544","Gruppe"\r\n', False, True),
        ('"BUILTIN\\Administrators","Alias","S-1-5-32-544",""\r\n', True, None),
        ("", False, None),
        (Refusal(error="ToolMissing"), False, None),
    ],
)
def test_the_account_at_work_is_an_administrator_or_not(
    printed: str | Refusal, elevated: bool, on: bool | None
) -> None:
    command = " ".join((WHOAMI, "/groups", "/fo", "csv", "/nh"))
    host = machine({}, elevated=elevated, outputs={command: printed})

    assert accounts.daily_administrator(host).on is on


def loaded(account: str, ago: timedelta) -> dict[str, int]:
    ticks = int((NOW - ago - accounts.EPOCH).total_seconds()) * 10**7
    key = f"{accounts.PROFILES}\\{account}\\LocalProfileLoadTime"
    return {key + "High": ticks >> 32, key + "Low": ticks & 0xFFFFFFFF}


ANN, BEN = "S-1-5-21-1-2-3-1001", "S-1-12-1-4-5-6-7"


@pytest.mark.parametrize(
    ("registry", "on", "detail"),
    [
        (loaded(ANN, timedelta(3)) | loaded(BEN, timedelta(200)), False, "2 accounts, all used."),
        (loaded(ANN, timedelta(3)) | loaded(BEN, timedelta(500)), True, "1 of 2 accounts."),
        (loaded(ANN, timedelta(3)), None, ""),
        (loaded(ANN, timedelta(500)), True, "1 of 2 accounts."),
    ],
)
def test_accounts_nobody_uses_are_counted_and_not_named(
    registry: dict[str, Any], on: bool | None, detail: str
) -> None:
    host = machine(registry, {accounts.PROFILES: (BEN, "S-1-5-18", ANN)})

    setting = accounts.idle_profiles(host)

    assert (setting.on, setting.detail) == (on, detail)


@pytest.mark.parametrize(
    ("build", "edition", "kind", "on"),
    [
        ("19045", "Professional", "Client", None),  # Extended Security Updates are sold for it
        ("19044", "EnterpriseS", "Client", True),
        ("19044", "IoTEnterpriseS", "Client", None),
        ("19043", "Education", "Client", False),
        ("7601", "Professional", "Client", False),
        ("22631", "Enterprise", "Client", False),  # ended a fortnight ago
        ("26100", "ProfessionalEducation", "Client", False),  # goes with Pro
        ("26100", "Education", "Client", True),
        ("26200", "Core", "Client", True),
        ("29999", "Core", "Client", None),
        ("17763", "ServerStandard", "Server", True),
        ("9600", "ServerStandard", "Server", None),
        ("26100", "ServerStandard", "Server Core", True),
        ("twelve", "Core", "Client", None),
    ],
)
def test_versions_of_windows_end_on_their_day(
    build: str, edition: str, kind: str, on: bool | None
) -> None:
    named = {"CurrentBuildNumber": build, "EditionID": edition, "InstallationType": kind}
    host = machine({VERSION + name: value for name, value in named.items()})

    assert accounts.system_supported(host).on is on


@given(st.dictionaries(st.sampled_from([PAGES, CSC, *WALLS, HIBERNATES, EXPLORER + "NoDriveTypeAutoRun"]),
                       st.one_of(st.integers(), st.text(max_size=5), st.binary(max_size=4), st.just(REFUSED))))  # fmt: skip
def test_odd_values_never_crash(registry: dict[str, Any]) -> None:
    host = machine(registry)

    for probe in (protection, accounts):
        assert all(s.on in {True, False, None} for s in probe.ask(host))
