"""Cabinets packed by LZX: made here bit by bit, opened by us and by cabextract."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import read
from writers import needs, run

from auditor.content.lzx import _BASE, _EXTRA, Lzx
from auditor.errors import Damaged
from auditor.evidence import Why

FRAME = 32_768
LENGTHS = [8] * 128 + [9] * 128 + [8] * 64 + [0] * 176
"""Of the codes: bytes, and copies of two to eight bytes from at most fourteen back."""


class Bits:
    def __init__(self) -> None:
        self.bits: list[int] = []

    def put(self, value: int, count: int) -> None:
        self.bits += [value >> n & 1 for n in reversed(range(count))]

    def bytes(self) -> bytes:
        padded = self.bits + [0] * (-len(self.bits) % 16)
        words = [int("".join(map(str, padded[n : n + 16])), 2) for n in range(0, len(padded), 16)]
        return struct.pack(f"<{len(words)}H", *words)


def codes(lengths: list[int]) -> dict[int, tuple[int, int]]:
    made, code = {}, 0
    for size in range(1, 17):
        for symbol, length in enumerate(lengths):
            if length == size:
                made[symbol] = (code, size)
                code += 1
        code <<= 1
    return made


def lens(out: Bits, wanted: list[int], before: list[int]) -> None:
    """Lengths by their difference, with a tree of four codes."""
    pre = [2 if n in {0, 1, 8, 9} else 0 for n in range(20)]
    for size in pre:
        out.put(size, 4)
    tree = codes(pre)
    for size, old in zip(wanted, before, strict=True):
        out.put(*tree[(old - size) % 17])


def packed(data: bytes) -> list[tuple[bytes, int]]:
    """The frames of one block over all of the data, and how much comes out of each."""
    tree, frames, whole = codes(LENGTHS), [], Bits()
    whole.put(0, 1)
    whole.put(1, 3)
    whole.put(len(data), 24)
    lens(whole, LENGTHS[:256], [0] * 256)
    lens(whole, LENGTHS[256:], [0] * 240)
    lens(whole, [0] * 249, [0] * 249)
    at = 0
    for start in range(0, len(data), FRAME):
        end = min(start + FRAME, len(data))
        while at < end:
            at += step(whole, tree, data, at, end)
        frames.append((whole.bytes(), end - start))
        whole = Bits()
    return frames


def step(out: Bits, tree: dict[int, tuple[int, int]], data: bytes, at: int, end: int) -> int:
    for away in range(2, min(14, at) + 1):
        size = next((n for n in range(min(8, end - at), 2, -1)
                     if all(data[at + k] == data[at + k - away] for k in range(n))), 0)  # fmt: skip
        slot = next((s for s in range(3, 8) if 0 <= away + 2 - _BASE[s] < 1 << _EXTRA[s]), None)
        if size and slot:
            out.put(*tree[256 + slot * 8 + size - 2])
            out.put(away + 2 - _BASE[slot], _EXTRA[slot])
            return size
    out.put(*tree[data[at]])
    return 1


def cabinet(data: bytes, name: bytes = b"list.csv", method: int = 0x0F03) -> bytes:
    blocks = packed(data) if data else []
    body = b"".join(struct.pack("<IHH", 0, len(b), n) + b for b, n in blocks)
    file = struct.pack("<IIHHHH", len(data), 0, 0, 0x5000, 0, 0x20) + name + b"\0"
    files_at = 36 + 8
    folder = struct.pack("<IHH", files_at + len(file), len(blocks), method)
    size = files_at + len(file) + len(body)
    head = b"MSCF" + struct.pack("<IIIIIBBHHHHH", 0, size, 0, files_at, 0, 3, 1, 1, 1, 0, 0, 0)
    return head + folder + file + body


PEOPLE = "UPN,Surname\n" + "".join(f"A{n:012},Tokworth{n} é\n" for n in range(3_000))


def test_what_lzx_packs_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.cab").write_bytes(cabinet(PEOPLE.encode()))

    got = read(tmp_path / "x.cab")

    assert got.text.strip() == PEOPLE.strip()
    assert not got.unread


def test_cabextract_opens_the_same(tmp_path: Path) -> None:
    needs("cabextract")
    (tmp_path / "x.cab").write_bytes(cabinet(PEOPLE.encode()))

    run("cabextract", "-q", "x.cab", cwd=tmp_path)

    assert (tmp_path / "list.csv").read_bytes() == PEOPLE.encode()


def test_what_is_packed_by_quantum_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.cab").write_bytes(cabinet(b"x" * 50, method=0x1472))

    assert read(tmp_path / "x.cab").unread == {Why.FORMAT}


def test_a_torn_cabinet_gives_its_frames_and_says_so(tmp_path: Path) -> None:
    whole = cabinet(PEOPLE.encode())
    (tmp_path / "x.cab").write_bytes(whole[: len(whole) * 2 // 3])

    got = read(tmp_path / "x.cab")

    assert not got.missing("Tokworth7")
    assert got.unread == {Why.DAMAGED}


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_come_out_or_are_damaged(first: bytes, second: bytes) -> None:
    lzx = Lzx(15)
    try:
        for data in (first, second):
            assert len(lzx.frame(data, 500)) == 500
    except Damaged:
        pass


@pytest.mark.parametrize("window", [0, 14, 22, 31])
def test_a_window_that_there_is_not_is_damage(window: int) -> None:
    with pytest.raises(Damaged):
        Lzx(window)
