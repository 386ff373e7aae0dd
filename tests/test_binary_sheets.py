"""Old and binary workbooks: numbers as people see them, cells wherever they stand, and torn ones."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import read

from auditor.content import biff, biff12
from auditor.content.numbers import Styles, short
from auditor.evidence import Why

xlwt = pytest.importorskip("xlwt")


def old(path: Path, cells: dict[tuple[int, int], object], shape: str = "General") -> Path:
    made = xlwt.Workbook()
    sheet = made.add_sheet("Class 4B")
    style = xlwt.easyxf(num_format_str=shape)
    for (row, column), value in cells.items():
        sheet.write(row, column, value, style)
    made.save(str(path))
    return path


@pytest.mark.parametrize(
    ("value", "shape", "shown"),
    [
        (7700900123, "00000000000", "07700900123"),
        (7700900123, "General", "7700900123"),
        (date(2012, 3, 4), "dd/mm/yyyy", "2012-03-04"),
        (4857773456, "000 000 0000", "485 777 3456"),
        (0.5, "General", "0.5"),
        (-3, "General", "-3"),
        (123456.78, "#,##0.00", "123456.78"),
        (True, "General", "TRUE"),
    ],
)
def test_a_number_is_told_as_people_see_it(
    tmp_path: Path, value: object, shape: str, shown: str
) -> None:
    got = read(old(tmp_path / "x.xls", {(0, 0): "Value", (0, 1): "x", (1, 0): value}, shape))

    assert got.tables[0][1] == [shown]


def test_a_cell_in_the_last_corner_costs_no_more_than_a_cell(tmp_path: Path) -> None:
    path = old(tmp_path / "x.xls", {(0, 0): "Tokfirst", (65_535, 255): "Toklast"})
    read(path)
    tracemalloc.start()

    got = read(path)

    assert tracemalloc.get_traced_memory()[1] < 3_000_000
    tracemalloc.stop()
    assert not got.missing("Tokfirst", "Toklast")


def test_strings_that_records_cut_are_whole(tmp_path: Path) -> None:
    words = [f"Tok{n} " + "é" * (n % 7) + "ŵ" * (n % 3) + "x" * 90 for n in range(900)]
    cells: dict[tuple[int, int], object] = {(n, 0): w for n, w in enumerate(words)}

    got = read(old(tmp_path / "x.xls", cells))

    assert [row[0] for row in got.tables[0]] == words if got.tables else False
    assert not got.unread


def test_a_torn_workbook_gives_what_it_holds_and_says_so(tmp_path: Path) -> None:
    path = old(tmp_path / "x.xls", {(n, c): f"Tok{n}x{c}" for n in range(300) for c in range(3)})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"\x85\0", 0, len(data) // 2)
    data[at + 4 : at + 8] = struct.pack("<I", 1 << 30)  # the sheet is said to lie beyond the end
    path.write_bytes(data)

    got = read(path)

    assert not got.missing("Tok5x1")


@given(st.binary(max_size=400))
def test_any_bytes_are_a_workbook_without_an_error(data: bytes) -> None:
    book = biff.Workbook(data)
    for _, at in [*book.sheets, ("", 0)]:
        list(book.rows(at))
    list(biff12.rows(iter([data]), [], Styles()))


@given(st.integers(-(1 << 29), (1 << 29) - 1))
def test_whole_numbers_come_out_of_four_bytes(number: int) -> None:
    assert short((number << 2 & 0xFFFFFFFF) | 2) == number


def packed(records: list[tuple[int, bytes]]) -> bytes:
    made = bytearray()
    for kind, body in records:
        made += bytes([kind & 0x7F | 0x80, kind >> 7]) if kind > 127 else bytes([kind])
        size = len(body)
        while size > 127:
            made.append(size & 0x7F | 0x80)
            size >>= 7
        made.append(size)
        made += body
    return bytes(made)


RECORDS = st.lists(st.tuples(st.integers(0, 16_383), st.binary(max_size=300)), max_size=8)


@given(RECORDS, st.integers(1, 50))
def test_records_are_the_same_in_pieces_of_any_length(
    records: list[tuple[int, bytes]], step: int
) -> None:
    data = packed(records)
    pieces: Iterator[bytes] = (data[n : n + step] for n in range(0, len(data), step))

    assert list(biff12.records(pieces)) == list(biff12.records(iter([data]))) == records


def test_an_unlikely_length_is_passed_over() -> None:
    data = packed([(7, b"x")]) + b"\x07\xff\xff\xff\x7f" + bytes(100)

    assert list(biff12.records(iter([data]))) == [(7, b"x"), (7, b"")]


def test_a_workbook_of_no_sheets_is_damaged(tmp_path: Path) -> None:
    path = old(tmp_path / "x.xls", {(0, 0): "x"})
    data = path.read_bytes()
    path.write_bytes(data.replace(b"\x85\0", b"\x86\0"))

    assert read(path).unread == {Why.DAMAGED}
