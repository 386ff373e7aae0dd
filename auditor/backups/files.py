r"""Backup files: their format by their first bytes, their school system by their names.

A backup of SQL Server is a tape archive (Microsoft Tape Format, 1.00a): it begins with TAPE and
names the program that wrote it in UTF-16. One that is compressed or encrypted begins with
MSSQLBAK, and which of the two it is stands further in; so that is unknown.

>>> format_of("D:\\old\\x.dat", b"TAPE" + bytes(60) + "Microsoft SQL Server".encode("utf-16-le"))
('SQL Server backup', <Encrypted.OFF: 'off'>)
>>> system_of("SIMS_2026-11-01.bak"), system_of("holiday.bak")
('SIMS', '')
"""

from __future__ import annotations

import re

from auditor.copies import Encrypted

HEAD = 65_536
"""Bytes that decide."""
_OFF, _ON, _UNKNOWN = Encrypted.OFF, Encrypted.ON, Encrypted.UNKNOWN

MARKS: tuple[tuple[int, bytes, str, Encrypted], ...] = (
    (0, b"MSSQLBAK", "SQL Server backup", _UNKNOWN),
    (0, b"PGDMP", "PostgreSQL dump", _OFF),
    (0, b"-- MySQL dump", "MySQL dump", _OFF),
    (0, b"-- MariaDB dump", "MySQL dump", _OFF),
    (0, b"/*!999999\\- enable the sandbox mode */", "MySQL dump", _OFF),
    (0, b"--\n-- PostgreSQL database", "PostgreSQL dump", _OFF),
    (0, b"vhdxfile", "disk image", _UNKNOWN),
    (0, b"conectix", "disk image", _UNKNOWN),
    (0, b"KDMV", "disk image", _UNKNOWN),
    (0, b"QFI\xfb", "disk image", _UNKNOWN),
    (0, b"encrcdsa", "macOS disk image", _ON),
    (0, b"\xb4nhD", "Acronis image", _UNKNOWN),
    (0, b"\xfe\xef\x01", "Ghost image", _UNKNOWN),
    (0, b"\x01\x0f\x00\x00", "SQL Server database", _OFF),
)
"""Offset, bytes, format and whether it is encrypted; what a disk image holds is not told."""
ENDINGS = {
    ".vbk": "Veeam backup", ".vib": "Veeam backup", ".vrb": "Veeam backup", ".tib": "Acronis image",
    ".tibx": "Acronis image", ".mrimg": "Macrium image", ".mrbak": "Macrium backup",
    ".spf": "ShadowProtect image", ".spi": "ShadowProtect image", ".v2i": "Symantec image",
    ".pbd": "EaseUS image", ".adi": "AOMEI image", ".gho": "Ghost image", ".fbk": "Firebird backup",
    ".gbk": "Firebird backup", ".bkf": "tape archive", ".mdf": "SQL Server database",
    ".vhd": "disk image", ".vhdx": "disk image", ".bak": "", ".dmp": "", ".sql": "", ".dump": "",
}  # fmt: skip
"""Formats by the end of the name, for what has no mark; empty where only a mark decides."""

SYSTEMS: tuple[tuple[str, str], ...] = (
    ("SIMS", r"(?<![a-z])(?:sims|fms)(?![a-z])|capita.?sims"),
    ("RM Integris", r"integris"),
    ("ScholarPack", r"scholar.?pack"),
    ("Bromcom", r"bromcom"),
    ("Arbor", r"(?<![a-z])arbor(?![a-z])"),
    ("SEEMiS", r"seemis"),
    ("CMIS", r"(?<![a-z])(?:cmis|eportal)(?![a-z])"),
    ("iSAMS", r"isams"),
    ("Progresso", r"progresso"),
    ("PSF finance", r"(?<![a-z])psf(?:inanc|data)"),
    ("Sage", r"(?<![a-z])sage(?:50|200|data|line| )"),
    ("Pupil Asset", r"pupil.?asset"),
)
"""School systems by the words of file, folder and service names."""
DATABASE = re.compile(r"(?<![a-z])(sims|fms|master|msdb)(?![a-z])", re.IGNORECASE)
"""Databases that a backup of SIMS consists of."""


def format_of(path: str, head: bytes) -> tuple[str, Encrypted] | None:
    """The format of a backup file and whether it is encrypted; None for any other file.

    Args:
        path: Only its ending is looked at.
        head: Its first `HEAD` bytes.
    """
    if head.startswith(b"TAPE") and head[4:64].count(0) > 20:
        return _tape(head)
    for at, mark, name, state in MARKS:
        if head.startswith(mark, at):
            return (name, state) if name != "SQL Server database" or _ends(path) == ".mdf" else None
    named = ENDINGS.get(_ends(path), "")
    # A file that is called an image and is text or empty is none.
    return (named, _UNKNOWN) if named and 0 in head else None


def _tape(head: bytes) -> tuple[str, Encrypted]:
    """Which program wrote a tape archive; Backup Exec can encrypt, the others do not."""
    if "Microsoft SQL Server".encode("utf-16-le") in head:
        return "SQL Server backup", _OFF
    if "NT Backup".encode("utf-16-le") in head or "NTBackup".encode("utf-16-le") in head:
        return "NTBackup archive", _OFF
    return "tape archive", _UNKNOWN


_DATA_FILE = re.compile(r"([\w $.-]{1,100})\.(?:mdf|ndf|ldf)", re.IGNORECASE)


def names_within(head: bytes) -> str:
    r"""Names of the data files that a backup of SQL Server tells of, whatever it is called itself.

    A restore lists them (RESTORE FILELISTONLY), so they stand in its head, in UTF-16.

    >>> names_within(b"TAPE" + bytes(9) + "x D:\\\\DATA\\\\SIMS.mdf".encode("utf-16-le"))
    'SIMS'
    """
    if not head.startswith(b"TAPE"):
        return ""
    # A name can begin at an odd byte.
    found = (m[1] for n in (0, 1) for m in _DATA_FILE.finditer(_text(head[n:])))
    return " ".join(dict.fromkeys(name.strip() for name in found))


def _text(raw: bytes) -> str:
    return raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace")


def whole_or_not(head: bytes) -> Encrypted:
    """Whether a backup of SQL Server is encrypted, by its first bytes."""
    found = format_of("x.bak", head)
    return found[1] if found else _UNKNOWN


def _ends(path: str) -> str:
    found = re.search(r"\.[A-Za-z0-9]{2,5}$", path)
    return found[0].lower() if found else ""


def candidate(path: str) -> bool:
    """Whether a file's name alone is reason to look at its first bytes."""
    return _ends(path) in ENDINGS


def system_of(name: str) -> str:
    """The school system that a name speaks of; empty for none."""
    return next((s for s, shape in SYSTEMS if re.search(shape, name, re.IGNORECASE)), "")
