"""The machines that the slow tests run on: a real Linux with real drives, and Windows Python."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BEDS = ROOT / "tests" / "testbed"
SITE = ROOT / ".vm-site"


def requirements(extra: str = "") -> list[str]:
    """What pyproject.toml asks for, or what one of its extras does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return list(project["optional-dependencies"][extra] if extra else project["dependencies"])


def run(command: list[str], timeout: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", errors="replace",
        timeout=timeout, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def in_vm(
    shell: str, user: str = "", sticks: Sequence[Path] = ()
) -> subprocess.CompletedProcess[str]:
    """Runs shell text in the virtual machine, the project importable, its drives mounted.

    Args:
        shell: What to run.
        user: As whom; root if empty.
        sticks: Images that are attached as further USB sticks.
    """
    if not shutil.which("qemu-system-x86_64"):
        pytest.skip("needs Debian packages qemu-system-x86 mmdebstrap xorriso e2fsprogs cpio kmod")
    _site()
    # Making the machine prints to standard output, so it is made before anything is asked of it.
    built = run([str(BEDS / "linux" / "run-in-vm"), "--build"], 1500)
    assert built.returncode == 0, built.stderr[-2000:]
    who = ["--user", user] if user else []
    who += [word for stick in sticks for word in ("--stick", str(stick))]
    text = f"export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/src/.vm-site:/src; {shell}"
    return run([str(BEDS / "linux" / "run-in-vm"), *who, "-c", text], 1500)


def _site() -> None:
    """The dependencies as the guest imports them, made anew when the list changes."""
    stamp = hashlib.sha256("\n".join(requirements()).encode()).hexdigest()
    mark = SITE / "made-from"
    if mark.exists() and mark.read_text() == stamp:
        return
    shutil.rmtree(SITE, ignore_errors=True)
    python = shutil.which("python3.11") or sys.executable
    done = run([python, "-m", "pip", "install", "-q", "--target", str(SITE), *requirements()], 600)
    assert done.returncode == 0, done.stderr
    mark.write_text(stamp)


def in_wine(*arguments: str, timeout: float = 900) -> subprocess.CompletedProcess[str]:
    """Runs Windows Python under Wine; E: is a stick, F: a disc, G: a share, Z: this file system."""
    if not shutil.which("wine"):
        pytest.skip("needs Debian packages wine wine64 gcc-mingw-w64-x86-64 unzip")
    return run([str(BEDS / "windows" / "run-in-wine"), *arguments], timeout)
