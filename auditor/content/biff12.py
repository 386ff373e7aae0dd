"""The cells of binary workbooks of today (.xlsb), row by row. Records by [MS-XLSB] 2.4."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from auditor.content.biff import STRINGS, nth
from auditor.content.numbers import Styles, short

_ROW, _STRING, _BUNDLE, _BOOK, _FORMAT, _XF = 0, 19, 156, 153, 44, 47
_XFS, _XFS_END = 617, 618
_RK, _BOOL, _REAL, _TEXT, _SHARED = 2, 4, 5, 6, 7
_FORMULAS = {8: _TEXT, 9: _REAL, 10: _BOOL}
"""Cells with a formula, and what their value is kept as."""
_RICH = 62
_WIDEST = 16_384
_LONGEST = 16_000_000
"""Bytes of one record that are held."""


def records(chunks: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """Records one after another; one too long to be held comes empty.

    Args:
        chunks: The part, in pieces of any length.
    """
    held, at, skip = b"", 0, 0
    for piece in chunks:
        if skip >= len(piece):
            skip -= len(piece)
            continue
        held, at, skip = held[at:] + piece[skip:], 0, 0
        while True:
            head = _head(held, at)
            if head is None:
                break
            kind, size, start = head
            if size > _LONGEST:
                skip = max(0, start + size - len(held))
                at = min(len(held), start + size)
                yield kind, b""
                continue
            if start + size > len(held):
                break
            yield kind, held[start : start + size]
            at = start + size


def _head(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Kind, size and start of the body of the record there; None when it is not there wholly."""
    if at + 6 > len(data) and (at >= len(data) or not _whole(data, at)):
        return None
    kind = data[at]
    at += 1
    if kind & 0x80:
        kind = kind & 0x7F | data[at] << 7
        at += 1
    size = 0
    for n in range(4):
        size |= (data[at] & 0x7F) << 7 * n
        at += 1
        if not data[at - 1] & 0x80:
            break
    return kind & 0x3FFF, size, at


def _whole(data: bytes, at: int) -> bool:
    """Whether the last few bytes are a head nevertheless."""
    rest = data[at + 1 + (data[at] >> 7) :]
    return any(not b & 0x80 for b in rest[:4])


def wide(body: bytes, at: int) -> tuple[str, int]:
    """A string with four bytes of length, and where it ends; none of a torn one."""
    if at + 4 > len(body):
        return "", at
    count = struct.unpack_from("<I", body, at)[0]
    if count == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * count
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def styles(chunks: Iterator[bytes], made: Styles) -> None:
    """Notes the styles of the part `styles.bin`."""
    within = False
    for kind, body in records(chunks):
        if kind == _FORMAT and len(body) > 6:
            made.codes[struct.unpack_from("<H", body)[0]] = wide(body, 2)[0]
        elif kind in {_XFS, _XFS_END}:
            within = kind == _XFS
        elif kind == _XF and within and len(body) >= 4:
            made.add(struct.unpack_from("<H", body, 2)[0])


def sheets(chunks: Iterator[bytes], made: Styles) -> dict[str, str]:
    """The names of the sheets by the id of their part, of the part `workbook.bin`."""
    names = {}
    for kind, body in records(chunks):
        if kind == _BUNDLE and len(body) > 12:
            part, end = wide(body, 8)
            names[part] = wide(body, end)[0]
        elif kind == _BOOK and body:
            made.from_1904 = bool(body[0] & 1)
    return names


def strings(chunks: Iterator[bytes]) -> tuple[list[str], bool]:
    """The shared strings, and whether there are more than are held."""
    made: list[str] = []
    taken = 0
    for kind, body in records(chunks):
        if kind == _STRING:
            value, _ = wide(body, 1)
            taken += len(value) + 58
            if taken > STRINGS:
                return made, True
            made.append(value)
    return made, False


def rows(chunks: Iterator[bytes], shared: list[str], look: Styles) -> Iterator[list[str]]:
    """The rows of a sheet, without those that are empty.

    Args:
        chunks: The part of the sheet.
        shared: The shared strings.
        look: The styles.
    """
    row: list[str] = []
    for kind, body in records(chunks):
        if kind == _ROW:
            if row:
                yield row
            row = []
        elif (_RK <= kind <= 10 or kind == _RICH) and len(body) >= 8:
            column = struct.unpack_from("<I", body)[0]
            if len(row) < column < _WIDEST:
                row += [""] * (column - len(row))
            row.append(_value(_FORMULAS.get(kind, kind), body, shared, look))
    if row:
        yield row


def _value(kind: int, body: bytes, shared: list[str], look: Styles) -> str:
    if kind == _SHARED:
        return nth(shared, body[8:])
    if kind in {_TEXT, _RICH}:
        return wide(body, 8 + (kind == _RICH))[0]
    if kind == _BOOL and len(body) >= 9:
        return str(bool(body[8])).upper()
    return _number(kind, body, look)


def _number(kind: int, body: bytes, look: Styles) -> str:
    style = int.from_bytes(body[4:7], "little")
    if kind == _REAL and len(body) >= 16:
        return look.shown(struct.unpack_from("<d", body, 8)[0], style)
    if kind == _RK and len(body) >= 12:
        return look.shown(short(struct.unpack_from("<I", body, 8)[0]), style)
    return ""
