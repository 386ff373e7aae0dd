"""LZX, the stronger way in which cabinet archives are packed ([MS-PATCH] 2, as cabinets use it).

One block of a cabinet becomes one frame of at most 32 kB; the trees and the window go on.
"""

from __future__ import annotations

import struct

from auditor.errors import Damaged

_SLOTS = {15: 30, 16: 32, 17: 34, 18: 36, 19: 38, 20: 42, 21: 50}
"""Position slots by bits of the window."""
_EXTRA = [0, 0, *(min(n // 2 - 1, 17) for n in range(2, 51))]
_BASE = [sum(1 << e for e in _EXTRA[:n]) for n in range(51)]
_VERBATIM, _ALIGNED, _PLAIN = 1, 2, 3
_TRANSLATED = 32_768
"""Frames in which calls of a program were rewritten, when the packer did so."""


class _Bits:
    """Bits of little-endian words, the highest first."""

    def __init__(self, data: bytes) -> None:
        self.data = data + bytes(8)
        self.at = self.held = self.left = 0

    def peek(self) -> int:
        """The next sixteen bits, zeros after the end."""
        while self.left < 16:
            if self.at + 2 > len(self.data):
                raise Damaged("this archive ends too early")
            self.held = self.held << 16 | self.data[self.at] | self.data[self.at + 1] << 8
            self.at += 2
            self.left += 16
        return self.held >> (self.left - 16) & 0xFFFF

    def drop(self, count: int) -> None:
        """Passes over bits that were peeked at."""
        self.left -= count
        self.held &= (1 << self.left) - 1

    def take(self, count: int) -> int:
        """The next bits as a number."""
        value = 0
        while count > 0:
            some = min(count, 16)
            value = value << some | self.peek() >> (16 - some)
            self.drop(some)
            count -= some
        return value

    def aligned(self) -> None:
        """Goes on at the next whole word, as bytes; a whole word that was taken is given back."""
        self.at -= 2 * (self.left // 16)
        if self.left == 0:
            self.at += 2  # at a border the packer writes sixteen idle bits
        self.held = self.left = 0


class _Tree:
    """A tree of Huffman codes, as the symbol and length for each sixteen bits."""

    def __init__(self, lengths: bytes | bytearray) -> None:
        made: list[int] = []
        for size in range(1, 17):
            for symbol, length in enumerate(lengths):
                if length == size:
                    made += [symbol << 5 | size] * (1 << (16 - size))
        if len(made) > 65_536 or (made and len(made) < 65_536 and len(set(made)) > 1):
            raise Damaged("a tree of this archive is damaged")
        self.codes = made

    def next(self, bits: _Bits) -> int:
        """The next symbol."""
        at = bits.peek()
        if at >= len(self.codes):
            raise Damaged("a code of this archive is damaged")
        found = self.codes[at]
        bits.drop(found & 31)
        return found >> 5


class Lzx:
    """Unpacks the frames of a folder in their order.

    Args:
        window: Bits of the window, 15 to 21.

    Raises:
        Damaged: There is no such window.
    """

    def __init__(self, window: int) -> None:
        if window not in _SLOTS:
            raise Damaged("this archive is packed in a way that there is not")
        self.window = 1 << window
        self.main = bytearray(256 + 8 * _SLOTS[window])
        self.lengths = bytearray(249)
        self.recent = [1, 1, 1]
        self.kind = self.left = 0
        self.odd = False
        self.out = bytearray()
        self.frames = 0
        self.translated = -1
        """The size that calls were rewritten for; 0 for none, -1 before it is known."""

    def frame(self, data: bytes, size: int) -> bytes:
        """The bytes of the next block.

        Args:
            data: Packed.
            size: How many come out.

        Raises:
            Damaged: They are not what a packer writes.
        """
        bits = _Bits(data)
        if self.translated < 0:
            self.translated = bits.take(32) if bits.take(1) else 0
        del self.out[: -self.window]
        start = len(self.out)
        while len(self.out) - start < size:
            if not self.left:
                self._block(bits)
            before = len(self.out)
            self._some(bits, min(self.left, size - (before - start)))
            self.left -= len(self.out) - before
            if self.left < 0:
                raise Damaged("a block of this archive is damaged")
        made = bytes(self.out[start : start + size])
        self.frames += 1
        return self._calls(made) if self.translated else made

    def _block(self, bits: _Bits) -> None:
        """The head of a block and its trees."""
        if self.odd:
            bits.at += 1
            self.odd = False
        self.kind = bits.take(3)
        self.left = bits.take(24)
        if self.kind == _PLAIN:
            bits.aligned()
            if bits.at + 12 > len(bits.data):
                raise Damaged("this archive ends too early")
            self.recent = list(struct.unpack_from("<III", bits.data, bits.at))
            bits.at += 12
            self.odd = bool(self.left & 1)
            return
        if self.kind not in {_VERBATIM, _ALIGNED} or not self.left:
            raise Damaged("a block of this archive is damaged")
        if self.kind == _ALIGNED:
            self.tree_aligned = _Tree(bytes(bits.take(3) for _ in range(8)))
        self._read(bits, self.main, 0, 256)
        self._read(bits, self.main, 256, len(self.main))
        self._read(bits, self.lengths, 0, len(self.lengths))
        self.tree_main, self.tree_length = _Tree(self.main), _Tree(self.lengths)

    @staticmethod
    def _read(bits: _Bits, into: bytearray, first: int, last: int) -> None:
        """Lengths of codes, told by how they differ from those before."""
        tree = _Tree(bytes(bits.take(4) for _ in range(20)))
        while first < last:
            code = tree.next(bits)
            if code < 17:
                run, value = 1, (into[first] - code) % 17
            elif code < 19:
                run, value = (4 + bits.take(4), 0) if code == 17 else (20 + bits.take(5), 0)
            else:
                run = 4 + bits.take(1)
                value = (into[first] - tree.next(bits)) % 17
            run = min(run, last - first)
            into[first : first + run] = bytes([value]) * run
            first += run

    def _some(self, bits: _Bits, count: int) -> None:
        """At least so many bytes of the block."""
        if self.kind == _PLAIN:
            piece = bits.data[bits.at : bits.at + count]
            if len(piece) < count:
                raise Damaged("this archive ends too early")
            self.out += piece
            bits.at += count
            return
        out, next_ = self.out, self.tree_main.next
        end = len(out) + count
        while len(out) < end:
            symbol = next_(bits)
            if symbol < 256:
                out.append(symbol)
            else:
                self._copy(bits, symbol - 256)

    def _copy(self, bits: _Bits, symbol: int) -> None:
        size = (symbol & 7) + 2
        if size == 9:
            size += self.tree_length.next(bits)
        away = self._away(bits, symbol >> 3)
        out = self.out
        if not 0 < away <= len(out):
            raise Damaged("this archive refers to what is not there")
        at = len(out) - away
        if away >= size:
            out += out[at : at + size]
        else:
            out += (out[at:] * (size // away + 1))[:size]

    def _away(self, bits: _Bits, slot: int) -> int:
        """How far back a copy is taken from."""
        recent = self.recent
        if slot < 3:
            recent[0], recent[slot] = recent[slot], recent[0]
            return recent[0]
        extra = _EXTRA[slot]
        away = _BASE[slot] - 2
        if self.kind == _ALIGNED and extra >= 3:
            away += (bits.take(extra - 3) << 3) + self.tree_aligned.next(bits)
        else:
            away += bits.take(extra)
        self.recent = [away, recent[0], recent[1]]
        return away

    def _calls(self, data: bytes) -> bytes:
        """Calls of programs (E8) with their places again relative, as they were."""
        at = (self.frames - 1) * 32_768
        if self.frames > _TRANSLATED or len(data) <= 10:
            return data
        made, n = bytearray(data), 0
        while (n := data.find(b"\xe8", n, len(data) - 10)) >= 0:
            place: int = struct.unpack_from("<i", made, n + 1)[0]
            if -(at + n) <= place < self.translated:
                place += self.translated if place < 0 else -(at + n)
                struct.pack_into("<I", made, n + 1, place & 0xFFFFFFFF)
            n += 5
        return bytes(made)
