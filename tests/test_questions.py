"""Which questions each kind of machine answers, with and without rights, from recorded machines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from auditor.evidence import EncryptionState, HealthState, Place, SettingId
from auditor.host.recorded import Recorded
from auditor.survey import Survey, survey

ROOT = Path(__file__).resolve().parent.parent
MACHINES = ROOT / "tests" / "machines"
COLUMNS = {
    "Windows, administrator": "windows-laptop-admin",
    "Windows": "windows-laptop-teacher",
    "Windows without PowerShell": "windows-no-powershell",
    "macOS": "macos-macbook-teacher",
    "Linux, root": "linux-drives-root",
    "Linux": "linux-drives-teacher",
}
ASKED = {
    SettingId.REMOVABLE_WRITE_BLOCKED: "unencrypted sticks can be written",
    SettingId.FIXED_WRITE_BLOCKED: "unencrypted built-in drives can be written",
    SettingId.DISC_BURNING_BLOCKED: "discs can be burned",
    SettingId.PHONES_BLOCKED: "phones can take copies",
    SettingId.AUTORUN_OFF: "programs start from sticks",
    SettingId.MEMORY_ON_DISK: "where memory is written, and whether encrypted",
    SettingId.KEY_BESIDE_LOCK: "key files of encrypted drives",
    SettingId.SELF_ENCRYPTING: "drives that could encrypt themselves",
    SettingId.FOLDERS_ENCRYPTED: "single folders encrypted",
    SettingId.ENCRYPTION_WAITS: "encryption that was ordered and waits",
    SettingId.STICK_OPENS_ITSELF: "sticks that open by themselves",
    SettingId.RECOVERY_KEY_ESCROWED: "recovery key held by the school",
    SettingId.SHARE_OPEN: "folders shared with everybody",
    SettingId.OFFLINE_FILES: "copies of network folders",
    SettingId.AUTOMATIC_SIGN_IN: "automatic sign-in",
    SettingId.SCREEN_LOCKS: "screen lock",
    SettingId.PASSWORD_LENGTH: "length of passwords",
    SettingId.GUEST_ENABLED: "guest account",
    SettingId.DAILY_ADMINISTRATOR: "daily account is an administrator",
    SettingId.IDLE_PROFILES: "accounts nobody uses",
    SettingId.REMOTE_DESKTOP_OPEN: "Remote Desktop",
    SettingId.SYSTEM_SUPPORTED: "system still supported",
    SettingId.UPDATES_RECENT: "updates of the last 30 days",
    SettingId.ANTI_MALWARE_ON: "anti-malware",
    SettingId.FIREWALL_ON: "firewall",
    SettingId.REMOTE_CONTROL: "remote-control programs",
    SettingId.REMOTELY_MANAGED: "device management",
}


def said(known: Iterable[bool]) -> str:
    """One word for some answers: all told, some told, none told, or nothing asked."""
    told = list(known)
    if not told:
        return NOTHING
    return "told" if all(told) else "partly" if any(told) else "not told"


def setting(wanted: SettingId) -> Callable[[Survey], str]:
    return lambda seen: said(s.on is not None for s in seen.settings if s.id is wanted)


def history(seen: Survey) -> str:
    gap = any("used before" in g.about for g in seen.gaps)
    partly = any("when sticks" in g.about for g in seen.gaps)
    return "not told" if gap else "partly" if partly else "told"


QUESTIONS: dict[str, Callable[[Survey], str]] = {
    "each drive inside, carried, disc or network": lambda s: said(v.place is not Place.UNKNOWN for v in s.volumes),
    "encryption of each local drive": lambda s: said(
        v.encryption.state is not EncryptionState.UNKNOWN for v in s.volumes if v.place is not Place.NETWORK
    ),
    "cipher of encrypted drives": lambda s: said(
        bool(v.encryption.method) for v in s.volumes if v.encryption.state is EncryptionState.ON
    ),
    "recovery key exists": lambda s: said(
        v.encryption.recovery is not None for v in s.volumes if v.encryption.state is EncryptionState.ON
    ),
    "disks about to fail": lambda s: said(h.state is not HealthState.UNKNOWN for h in s.health) if s.health else "not told",
    "sticks and phones used before": history,
    **{title: setting(i) for i, title in ASKED.items()},
}  # fmt: skip
NOTHING = "–"
TABLE = re.compile(r"^\| question \| Windows, administrator .*\n(?:\|.*\n)+", re.MULTILINE)


@pytest.fixture(scope="module")
def surveys() -> dict[str, Survey]:
    return {title: survey(Recorded.load(MACHINES / folder)) for title, folder in COLUMNS.items()}


def test_every_setting_is_a_question() -> None:
    assert ASKED.keys() == set(SettingId)


def test_readme_tables_what_each_kind_of_machine_tells(
    surveys: dict[str, Survey], request: pytest.FixtureRequest
) -> None:
    rows = [["question", *surveys], ["---"] * (len(surveys) + 1)]
    rows += [[q, *(ask(seen) for seen in surveys.values())] for q, ask in QUESTIONS.items()]
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    readme = ROOT / "README.md"
    text = readme.read_text("utf-8")
    if request.config.getoption("--update-golden"):
        readme.write_text(TABLE.sub(lambda _: table, text), "utf-8")
        return

    assert TABLE.findall(text) == [table]


@pytest.mark.parametrize(
    ("more", "less"),
    [("windows-laptop-admin", "windows-laptop-teacher"), ("windows-laptop-teacher", "windows-no-powershell"), ("linux-drives-root", "linux-drives-teacher")],
)  # fmt: skip
def test_fewer_rights_tell_less_and_never_something_else(more: str, less: str) -> None:
    full, part = (
        {
            v.mount or v.label: v.encryption.state
            for v in survey(Recorded.load(MACHINES / m)).volumes
        }
        for m in (more, less)
    )

    for name, state in part.items():
        assert state in {full[name], EncryptionState.UNKNOWN}


@pytest.mark.parametrize("machine", sorted(p.name for p in MACHINES.iterdir() if p.is_dir()))
def test_no_probe_falls_over_on_a_recorded_machine(machine: str) -> None:
    seen = survey(Recorded.load(MACHINES / machine))

    assert seen.volumes
    assert not [g for g in seen.gaps if "shape that this version does not know" in g.detail]
