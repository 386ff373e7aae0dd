"""The portable program: a folder for a stick, for machines where nothing may be installed.

PyInstaller puts the interpreter, the packages and the rules into one folder. It is a folder and not
one file, because a one-file program unpacks itself into the audited machine's temporary folder, and
an audit writes nothing there. Programs for several systems lie side by side on one stick; each is
made on a machine of its own system.
"""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from contextlib import ExitStack
from importlib.resources import as_file
from importlib.util import find_spec
from pathlib import Path

from auditor.errors import AuditorError
from auditor.shipped import shipped

PROGRAM = "auditor"
UNUSED = (
    "auditor.central", "alembic", "hypothesis", "litestar", "psycopg", "pyarrow", "pytest",
    "setuptools", "sqlalchemy", "tkinter", "uvicorn", "weasyprint",
)  # fmt: skip
"""Left out: what serves an authority, and what tests."""
OCR = ("cv2", "numpy", "onnxruntime", "rapidocr")
"""What reads scanned letters: 400 MB, which not every stick has."""


def system() -> str:
    """This system as a folder's name, such as `windows-amd64` or `linux-x86_64`."""
    family = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    return f"{family}-{platform.machine().lower()}"


def build(to: Path, *, ocr: bool = False) -> Path:
    """Makes the portable program of this system below a folder, and what starts it beside it.

    Gives the program. An older one of the same system is replaced once the new one is whole.

    Args:
        to: The stick.
        ocr: Whether it reads scanned letters too.

    Raises:
        AuditorError: PyInstaller is missing or fails, or the folder cannot be written to.
    """
    place = to / PROGRAM / system()
    try:
        with tempfile.TemporaryDirectory(prefix="auditor-portable-") as work:
            made = _frozen(Path(work), ocr=ocr)
            fresh = place.with_name(f"{place.name}.new")
            shutil.rmtree(fresh, ignore_errors=True)
            # FAT and exFAT sticks hold no links, so each becomes the file it means.
            shutil.copytree(made, fresh, symlinks=False)
            shutil.rmtree(place, ignore_errors=True)
            fresh.replace(place)
        _beside(to, "READ ME.txt", "READ ME.txt", "\r\n")
        match sys.platform:
            case "win32":
                _beside(to, "windows.cmd", "Audit this computer.cmd", "\r\n")
            case "darwin":
                _beside(to, "posix.sh", "Audit this computer.command", "\n")
            case _:
                _beside(to, "posix.sh", "audit-this-computer.sh", "\n")
    except OSError as e:
        raise AuditorError(
            f"cannot make the portable program: {e.strerror or e}",
            where=str(e.filename or to),
            hint="name a folder or stick with 300 MB free that you may write to",
        ) from e
    return place / (f"{PROGRAM}.exe" if sys.platform == "win32" else PROGRAM)


def _beside(to: Path, text: str, name: str, newline: str) -> None:
    """Writes what a person reads or opens first."""
    said = (shipped("templates") / "portable" / text).read_text("utf-8")
    file = to / name
    file.write_text(said.replace("{system}", system()), "utf-8", newline=newline)
    file.chmod(0o755)


def _frozen(work: Path, *, ocr: bool) -> Path:
    if ocr and not find_spec("rapidocr"):
        raise AuditorError(
            "what reads scanned letters is not installed",
            hint="python -m pip install 'auditor[portable,ocr]', or leave out --ocr",
        )
    try:
        from PyInstaller.__main__ import run
    except ImportError as e:
        raise AuditorError(
            "PyInstaller, which makes portable programs, is not installed",
            hint="python -m pip install 'auditor[portable]'",
        ) from e
    start = work / "start.py"
    start.write_text("from auditor.__main__ import main\n\nmain()\n", "utf-8")
    with ExitStack() as stack:
        data = [
            word
            for name in ("rules", "templates")
            for folder in [stack.enter_context(as_file(shipped(name)))]
            for word in ("--add-data", f"{folder}:auditor/_shipped/{name}")
        ]
        out = ["--distpath", str(work / "dist"), "--workpath", str(work), "--specpath", str(work)]
        unused = UNUSED if ocr else (*UNUSED, *OCR)
        with_models = ["--collect-data", "rapidocr"] if ocr else []
        without = [word for name in unused for word in ("--exclude-module", name)]
        how = ["--noconfirm", "--onedir", "--console", "--log-level", "ERROR", "--name", PROGRAM]
        try:
            run([*how, *out, *data, *with_models, *without, str(start)])
        except SystemExit as e:
            raise AuditorError("PyInstaller could not make the program", where=str(e)) from e
    return work / "dist" / PROGRAM
