"""The cells of Excel 97-2003 workbooks, and of those of Excel 5 and 95, row by row.

Records by [MS-XLS] 2.4. A sheet is read as its records come, so that one cell in the last row and
one in the first take no more memory than two cells do.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from auditor.content.numbers import Styles, short

STRINGS = 48_000_000
"""Bytes that the strings of a workbook may take in memory."""
_WIDEST = 16_384
_BOF, _EOF, _SHEET, _1904, _PAGE = 0x0809, 0x000A, 0x0085, 0x0022, 0x0042
_FORMAT, _FORMAT_OLD, _XF, _SST, _MORE = 0x041E, 0x001E, 0x00E0, 0x00FC, 0x003C
_NUMBER, _RK, _MULRK, _LABEL, _LABELSST, _RSTRING = 0x0203, 0x027E, 0x00BD, 0x0204, 0x00FD, 0x00D6
_FORMULA, _FORMULA_2, _STRING, _BOOL = 0x0006, 0x0406, 0x0207, 0x0205


class Records:
    """Records one after another; those that go on in others as one with several segments.

    Args:
        data: The stream of the workbook.
        at: Where the first of them begins.
    """

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at
        self.torn = False
        """Whether a record was longer than what is left."""

    def __iter__(self) -> Iterator[tuple[int, list[bytes]]]:
        while (record := self._next()) is not None:
            kind, body = record
            segments = [body]
            while self.data[self.at : self.at + 2] == b"\x3c\0" and (more := self._next()):
                segments.append(more[1])
            yield kind, segments

    def _next(self) -> tuple[int, bytes] | None:
        if self.at + 4 > len(self.data):
            return None
        kind, size = struct.unpack_from("<HH", self.data, self.at)
        body = self.data[self.at + 4 : self.at + 4 + size]
        self.torn |= len(body) < size
        self.at += 4 + size
        return kind, body


class Workbook:
    """What the cells of a workbook refer to.

    Args:
        data: The stream of the workbook.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.styles = Styles()
        self.strings: list[str] = []
        self.sheets: list[tuple[str, int]] = []
        """Names, and where each begins in the stream."""
        self.wide = True
        """False before Excel 97, whose strings are of one code page."""
        self.page = "cp1252"
        self.cut = False
        """Whether there are more strings than are held."""
        self.torn = False
        self._globals()

    def _globals(self) -> None:
        records = Records(self.data)
        formats: list[int] = []
        for kind, segments in records:
            body = segments[0]
            if kind == _EOF:
                break
            if kind == _BOF and len(body) >= 2:
                self.wide = body[:2] == b"\0\6"
            elif kind == _SHEET and len(body) > 7:
                name = self._short(body[6:])
                self.sheets.append((name, struct.unpack_from("<I", body)[0]))
            elif kind in {_FORMAT, _FORMAT_OLD} and len(body) > 4:
                self._format(body)
            elif kind == _XF and len(body) >= 4:
                formats.append(struct.unpack_from("<H", body, 2)[0])
            else:
                self._other(kind, segments)
        for number in formats:  # formats may stand after the styles that use them
            self.styles.add(number)
        self.torn |= records.torn

    def _other(self, kind: int, segments: list[bytes]) -> None:
        body = segments[0]
        if kind == _SST:
            self._strings(segments)
        elif kind == _1904:
            self.styles.from_1904 = body[:1] == b"\1"
        elif kind == _PAGE and len(body) >= 2:
            number = struct.unpack_from("<H", body)[0]
            self.page = {1200: "utf-16-le", 10000: "mac-roman", 32768: "mac-roman"}.get(
                number, f"cp{number}"
            )

    def _format(self, body: bytes) -> None:
        number = struct.unpack_from("<H", body)[0]
        code = self.string([body[2:]]) if self.wide else self._short(body[2:])
        self.styles.codes[number] = code

    def _short(self, body: bytes) -> str:
        """A string with one byte of length."""
        if self.wide:
            return _characters([bytes((body[0], 0)) + body[1:]])
        return self._decoded(body[1 : 1 + body[0]])

    def _decoded(self, raw: bytes) -> str:
        try:
            return raw.decode(self.page, "replace")
        except LookupError:
            return raw.decode("cp1252", "replace")

    def string(self, segments: list[bytes]) -> str:
        """A string with two bytes of length."""
        if self.wide:
            return _characters(segments)
        size = struct.unpack_from("<H", segments[0])[0] if len(segments[0]) >= 2 else 0
        return self._decoded(segments[0][2 : 2 + size])

    def _strings(self, segments: list[bytes]) -> None:
        reader, taken = _Strings(segments, at=8), 0
        while (value := reader.next()) is not None:
            taken += len(value) + 58
            if taken > STRINGS:
                self.cut = True
                return
            self.strings.append(value)

    def rows(self, start: int) -> Iterator[list[str]]:
        """The rows of the sheet that begins there, without those that are empty."""
        row: dict[int, str] = {}
        number, last, depth = -1, -1, 0
        records = Records(self.data, start)
        for kind, segments in records:
            depth += (kind == _BOF) - (kind == _EOF)
            if depth <= 0:
                break
            if kind == _STRING and last >= 0:
                row[last] = self.string(segments)
            for at, column, value in self._cells(kind, segments):
                if at != number and row:
                    yield _laid(row)
                    row = {}
                number, last = at, column
                row[column] = value
        self.torn |= records.torn
        if row:
            yield _laid(row)

    def _cells(self, kind: int, segments: list[bytes]) -> Iterator[tuple[int, int, str]]:
        body = segments[0]
        if kind not in _CELLS or len(body) < 7:
            return
        row, column, style = struct.unpack_from("<HHH", body)
        if kind == _MULRK:
            for n in range((len(body) - 6) // 6):
                style, packed = struct.unpack_from("<HI", body, 4 + 6 * n)
                yield row, column + n, self.styles.shown(short(packed), style)
        else:
            yield row, column, self._value(kind, [body[6:], *segments[1:]], style)

    def _value(self, kind: int, segments: list[bytes], style: int) -> str:
        body = segments[0]
        if kind in {_LABEL, _RSTRING}:
            return self.string(segments)
        if kind == _LABELSST:
            return nth(self.strings, body)
        if kind == _BOOL and len(body) >= 2:
            return "" if body[1] else str(bool(body[0])).upper()
        return self._number(kind, body, style)

    def _number(self, kind: int, body: bytes, style: int) -> str:
        if kind == _RK and len(body) >= 4:
            return self.styles.shown(short(struct.unpack_from("<I", body)[0]), style)
        if kind == _RK or len(body) < 8:
            return ""
        if kind != _NUMBER and body[6:8] == b"\xff\xff":  # the value of a formula is no number
            return str(bool(body[2])).upper() if body[0] == 1 else ""
        return self.styles.shown(struct.unpack_from("<d", body)[0], style)


_CELLS = frozenset({_NUMBER, _RK, _MULRK, _LABEL, _LABELSST, _RSTRING, _FORMULA, _FORMULA_2, _BOOL})


def nth(strings: list[str], body: bytes) -> str:
    """The string whose number stands there; none of one that there is not."""
    n = struct.unpack_from("<I", body)[0] if len(body) >= 4 else len(strings)
    return strings[n] if n < len(strings) else ""


def _laid(cells: dict[int, str]) -> list[str]:
    """The cells of a row in their columns."""
    made: list[str] = []
    for column in sorted(cells):
        if len(made) < column < _WIDEST:
            made += [""] * (column - len(made))
        made.append(cells[column])
    return made


def _characters(segments: list[bytes]) -> str:
    return _Strings(segments, at=0).next() or ""


class _Strings:
    """Strings of Excel 97, which a record that ends may cut anywhere.

    Args:
        segments: A record and those that it goes on in.
        at: Where the first string begins in the first.
    """

    def __init__(self, segments: list[bytes], at: int) -> None:
        self.segments = segments
        self.n, self.at = 0, at

    def _left(self) -> int:
        return len(self.segments[self.n]) - self.at

    def _turn(self) -> bool:
        """Goes to the next segment, if there is one."""
        if self.n + 1 >= len(self.segments):
            return False
        self.n, self.at = self.n + 1, 0
        return True

    def next(self) -> str | None:
        """The next string; None after the last."""
        if self._left() < 3 and not self._turn():
            return None
        if self._left() < 3:
            return None
        count, flags = struct.unpack_from("<HB", self.segments[self.n], self.at)
        self.at += 3
        runs = self._number("<H") * 4 if flags & 8 else 0
        more = self._number("<I") if flags & 4 else 0
        value = self._text(count, wide=bool(flags & 1))
        self._skip(runs + more)
        return value

    def _number(self, shape: str) -> int:
        size = struct.calcsize(shape)
        if self._left() < size:
            return 0
        value: int = struct.unpack_from(shape, self.segments[self.n], self.at)[0]
        self.at += size
        return value

    def _text(self, count: int, *, wide: bool) -> str:
        made = []
        while True:
            width = 2 if wide else 1
            some = min(count, self._left() // width)
            raw = self.segments[self.n][self.at : self.at + some * width]
            made.append(raw.decode("utf-16-le" if wide else "latin-1", "replace"))
            self.at += some * width
            count -= some
            if not count or not self._turn() or not self._left():
                return "".join(made)
            wide = bool(self.segments[self.n][0] & 1)  # each segment says anew
            self.at = 1

    def _skip(self, count: int) -> None:
        while count > self._left():
            count -= self._left()
            if not self._turn():
                return
        self.at += count
