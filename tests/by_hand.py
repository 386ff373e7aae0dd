"""Locked files that no free program writes, as far as their headers go, by their makers' papers."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from auditor.content.extract.desktop import _KEY, _rc4


def written(data: bytes) -> Callable[[Path], Path]:
    def make(top: Path) -> Path:
        (top / "x").write_bytes(data)
        return top / "x"

    return make


def rar4(*, names_hidden: bool) -> bytes:
    """[unrar's technote]: mark, main header, one file header with its flag of encryption."""
    main = struct.pack("<HBHH6x", 0, 0x73, 0x80 if names_hidden else 0, 13)
    body = struct.pack("<IIBIIBBHI", 4, 4, 2, 0, 0, 29, 0x33, 5, 0x20) + b"a.csv"
    return (
        b"Rar!\x1a\x07\x00"
        + main
        + struct.pack("<HBHH", 0, 0x74, 0x8004, 7 + len(body))
        + body
        + b"data"
    )


def rar5(*, names_hidden: bool) -> bytes:
    """RAR 5.0 archive format: blocks of variable numbers; type 4 hides all, an extra record one file."""

    def block(body: bytes) -> bytes:
        return bytes(4) + bytes([len(body)]) + body

    main = block(bytes([1, 0, 0]))
    if names_hidden:
        return b"Rar!\x1a\x07\x01\x00" + block(bytes([4, 0, 0, 0, 15]) + bytes(16)) + bytes(64)
    extra = bytes([3, 1, 0, 0])
    fields = bytes([0, 4, 0x20, 0x80, 0x06, 1, 5]) + b"a.csv"
    return (
        b"Rar!\x1a\x07\x01\x00"
        + main
        + block(bytes([2, 3, len(extra), 4]) + fields + extra)
        + b"data"
    )


def access(*, encoded: int = 0, xml: bytes = b"", mark: bytes = b"Standard Jet DB") -> bytes:
    """[MDB Tools' notes]: the header from 0x18 on is under a fixed key; 0x3E holds the database's own."""
    plain = bytearray(126)
    struct.pack_into("<H", plain, 0x3E - 0x18, encoded)
    page = bytearray(b"\0\1\0\0" + mark.ljust(16, b"\0") + b"\1\0\0\0").ljust(0x18, b"\0") + _rc4(
        _KEY, bytes(plain)
    )
    return bytes(page.ljust(0x299, b"\0") + xml).ljust(4_096, b"\0")


def odf(algorithm: str) -> Callable[[Path], Path]:
    def make(top: Path) -> Path:
        with zipfile.ZipFile(top / "x.odt", "w") as made:
            made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
            made.writestr("content.xml", bytes(range(256)))
            made.writestr(
                "META-INF/manifest.xml",
                f"<manifest:manifest><manifest:file-entry><manifest:encryption-data><manifest:algorithm "
                f'manifest:algorithm-name="{algorithm}"/></manifest:encryption-data></manifest:file-entry></manifest:manifest>',
            )
        return top / "x.odt"

    return make


def zipped(method: int, flags: int, extra: bytes = b"") -> bytes:
    """One member whose flags say how it is closed (APPNOTE 4.4.4)."""
    local = (
        struct.pack("<4s5H3I2H", b"PK\3\4", 51, flags, method, 0, 0, 0, 4, 4, 5, len(extra))
        + b"a.csv"
        + extra
    )
    central = struct.pack(
        "<4s6H3I5H2I", b"PK\1\2", 51, 51, flags, method, 0, 0, 0, 4, 4, 5, len(extra), 0, 0, 0, 0, 0
    )
    central += b"a.csv" + extra
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local) + 4, 0)
    return local + b"data" + central + end


def pdf(dictionary: bytes) -> bytes:
    """A trailer that points to a dictionary of encryption, and another of the same shape that it does not."""
    body = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 0/Kids[]>>\nendobj\n"
    body += (
        b"9 0 obj\n<</Filter/Standard/V 1/R 2/Length 40>>\nendobj\n3 0 obj\n"
        + dictionary
        + b"\nendobj\n"
    )
    at = [body.index(b"%d 0 obj" % n) for n in (1, 2, 3)]
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % n for n in at)
    trailer = (
        b"trailer\n<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]>>\nstartxref\n%d\n%%%%EOF"
        % len(body)
    )
    return body + table + trailer
