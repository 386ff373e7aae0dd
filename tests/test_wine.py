"""The audit under Windows Python: pytest -m wine."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from testing_beds import ROOT, in_wine, requirements

pytestmark = [pytest.mark.slow, pytest.mark.wine]

BED = Path(os.environ.get("WINE_TESTBED", Path.home() / ".cache" / "auditor-wine"))
PUPILS = "UPN,Surname,Forename,DOB\nF999000120001,Example,Ann,2014-03-02\n"


@pytest.fixture(scope="module", autouse=True)
def windows() -> None:
    """Windows Python with the project's dependencies, and a planted list on the stick E:."""
    wanted = [r.partition(";")[0].strip() for r in requirements() if "!= 'win32'" not in r]
    wanted += ["colorama", *(r for r in requirements("test") if not r.startswith("auditor["))]
    stamp, mark = "\n".join(wanted), BED / "installed"
    if not mark.exists() or mark.read_text("utf-8") != stamp:
        done = in_wine("--pip", *wanted, timeout=1200)
        assert not done.returncode, done.stderr[-2000:]
        mark.write_text(stamp, "utf-8")
    (BED / "drives" / "usb" / "pupils.csv").write_text(PUPILS)


def test_a_scan_of_the_stick_writes_a_report(tmp_path: Path) -> None:
    out = tmp_path / "report"

    done = in_wine("-m", "auditor", "scan", "E:\\", "--output", "Z:" + str(out).replace("/", "\\"))

    document = json.loads((out / "report.json").read_bytes())
    drives = {
        v["mount"]: (v["place"], v["encryption"]["state"]) for v in document["evidence"]["volumes"]
    }
    assert drives["C:\\"] == ("fixed", "unknown")
    assert drives["E:\\"] == ("removable", "unknown")
    assert drives["F:\\"][0] == "optical"
    assert drives["G:\\"] == ("network", "unknown")
    assert [f["path"] for f in document["evidence"]["files"]] == ["E:\\pupils.csv"]
    rules = {f["rule"]: f["verdict"] for f in document["findings"] if f["subject"]["id"] == "E:\\"}
    assert rules["REM-03"] == "unknown", (
        "what Wine cannot tell of encryption is no pass and no fail"
    )
    written = {"report.html", "report.json", "report.csv", "scan-journal.sqlite"}
    assert {p.name for p in out.iterdir()} == written
    assert "SCHOOL USB" in done.stdout


def test_settings_planted_in_the_registry_are_read() -> None:
    plant = (
        "import winreg\n"
        "def put(k, n, v):\n"
        "    with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, k) as key: winreg.SetValueEx(key, n, 0, *v)\n"
        "put(r'SYSTEM\\CurrentControlSet\\Policies\\Microsoft\\FVE', 'RDVDenyWriteAccess', (winreg.REG_DWORD, 1))\n"
        "put(r'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon', 'AutoAdminLogon', (winreg.REG_SZ, '1'))\n"
        "put(r'SYSTEM\\CurrentControlSet\\Control\\Terminal Server', 'fDenyTSConnections', (winreg.REG_DWORD, 1))\n"
        "put(r'SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System', 'InactivityTimeoutSecs', (winreg.REG_DWORD, 600))\n"
        "put(r'SOFTWARE\\Policies\\Microsoft\\FVE', 'OSActiveDirectoryBackup', (winreg.REG_DWORD, 1))\n"
        "put(r'SOFTWARE\\Policies\\Microsoft\\FVE', 'OSRequireActiveDirectoryBackup', (winreg.REG_DWORD, 1))\n"
        "from auditor.host.this import this_machine\n"
        "from auditor.probes.windows_settings import ask\n"
        "print([(s.id.value, s.on) for s in ask(this_machine())])\n"
    )

    done = in_wine("-c", plant)

    expected = [
        ("removable-write-blocked", True),
        ("automatic-sign-in", True),
        ("remote-desktop-open", False),
        ("screen-locks", True),
        ("recovery-key-escrowed", True),
        ("encryption-waits", None),
    ]
    assert done.stdout.strip() == str(expected), done.stderr


def test_rules_of_device_management_planted_in_the_registry_are_read() -> None:
    said = '<enabled/><data id="RDVCrossOrg" value="0"/>'
    plant = (
        "import winreg\n"
        "M, D, S = winreg.HKEY_LOCAL_MACHINE, winreg.REG_DWORD, winreg.REG_SZ\n"
        "B = r'SOFTWARE\\Microsoft\\PolicyManager\\current\\device\\BitLocker'\n"
        "F = r'SYSTEM\\CurrentControlSet\\Policies\\Microsoft\\FVE'\n"
        "def put(k, n, v, t):\n"
        "    with winreg.CreateKeyEx(M, k) as key: winreg.SetValueEx(key, n, 0, t, v)\n"
        "from auditor.host.this import this_machine\n"
        "from auditor.probes.windows_settings import write_block\n"
        "put(F, 'RDVDenyWriteAccess', 0, D)\n"
        "before = write_block(this_machine()).on\n"
        f"put(B, 'RemovableDrivesRequireEncryption', {said!r}, S)\n"
        "told = write_block(this_machine())\n"
        "put(B, 'RemovableDrivesRequireEncryption', '<what/>', S)\n"
        "odd = write_block(this_machine()).on\n"
        "winreg.DeleteKey(M, B)\n"
        "put(F, 'RDVDenyWriteAccess', 1, D)\n"
        "print(before, told.on, 'device management' in told.detail, odd)\n"
    )

    done = in_wine("-c", plant)

    assert done.stdout.split() == ["False", "True", "True", "None"], done.stderr


HERE = (
    "windows", "windows_safety", "windows_protection", "windows_backups", "macos", "macos_settings", "linux_settings",
    "shares", "probes", "sectors", "questions", "recovery_keys", "record", "roots", "checksums", "content", "safety",
    "story", "judge", "wire", "words", "journal", "copies", "commands", "three_two_one", "windows_history",
    "windows_products",
)  # fmt: skip
"""What differs most between systems: questions to the machine, reading of files, the promises."""


def test_the_platform_neutral_suite_passes() -> None:
    files = [f"tests/test_{name}.py" for name in HERE]
    done = in_wine("-m", "pytest", *files, "-q", "-p", "no:cacheprovider", timeout=1200)

    last = done.stdout.strip().splitlines()[-1]
    assert " passed" in last, done.stdout[-3000:]
    assert "failed" not in last, done.stdout[-3000:]
    assert "error" not in last, done.stdout[-3000:]


def test_the_program_leaves_the_checkout_alone() -> None:
    assert not (ROOT / "auditor-report").exists()
    assert shutil.which("wine")


def test_every_windows_probe_answers_or_says_why_not() -> None:
    plant = (
        "import winreg\n"
        "def put(k, n, v):\n"
        "    with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, k) as key: winreg.SetValueEx(key, n, 0, *v)\n"
        "D, S = winreg.REG_DWORD, winreg.REG_SZ\n"
        r"put(r'SYSTEM\CurrentControlSet\Enum\USBSTOR\Disk&Ven_SanDisk&Prod_Ultra_Fit&Rev_1.00\4C530001&0', 'FriendlyName', (S, 'x'))" + "\n"
        r"put(r'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\PublicProfile', 'EnableFirewall', (D, 0))" + "\n"
        r"put(r'SYSTEM\CurrentControlSet\Services\veracrypt', 'Start', (D, 0))" + "\n"
        "from auditor.host.this import this_machine\n"
        "from auditor.survey import survey\n"
        "import json, msgspec\n"
        "s = survey(this_machine())\n"
        "print('@@' + msgspec.json.encode(s).decode())\n"
    )  # fmt: skip
    try:
        done = in_wine("-c", plant)
    finally:
        in_wine("-c", r"import winreg; winreg.DeleteKey(winreg.HKEY_LOCAL_MACHINE, r'SYSTEM\CurrentControlSet\Services\veracrypt')")  # fmt: skip

    found = json.loads(done.stdout.partition("@@")[2])
    settings = {s["id"]: s["on"] for s in found["settings"]}
    assert settings["firewall-on"] is False
    assert {
        "password-length",
        "guest-enabled",
        "updates-recent",
        "anti-malware-on",
        "memory-on-disk",
    } <= settings.keys()
    assert settings["anti-malware-on"] is not True
    assert "SanDisk Ultra Fit" in [d["model"] for d in found["devices"]]
    assert "4C530001" not in done.stdout
    assert not [g for g in found["gaps"] if "shape" in g["detail"]], "no probe fell over"
    states = {v["mount"]: v["encryption"]["state"] for v in found["volumes"]}
    assert set(states.values()) == {"unknown"}
