"""Settings of GNOME's programs, from the one file that dconf keeps them in (the GVDB format).

The file is a hash table: a head with the place of the table; then for each entry its parent, the
place of its name, its type and the place of its value, which ends with a zero byte and its type.
Only values under a path that is asked for are decoded, and only texts, truths and numbers.
"""

from __future__ import annotations

import struct

LARGEST = 4_000_000
"""Bytes of a database that are read."""
ITEM = 24
_SIZES = {b"i": "<i", b"u": "<I", b"x": "<q", b"t": "<Q"}

Value = str | bool | int


def settings(raw: bytes, under: str) -> dict[str, Value]:
    """The settings below a path, by their name from there on; empty for anything else.

    Args:
        raw: The database, such as ~/.config/dconf/user.
        under: A path that begins and ends with a slash, such as `/org/gnome/deja-dup/`.
    """
    try:
        return _settings(raw, under)
    except (struct.error, UnicodeDecodeError, IndexError, RecursionError, ValueError):
        return {}


def _settings(raw: bytes, under: str) -> dict[str, Value]:
    if raw[:8] != b"GVariant":
        return {}
    start, end = struct.unpack_from("<II", raw, 16)
    bloom, buckets = struct.unpack_from("<II", raw, start)
    first = start + 8 + 4 * (bloom & 0x07FFFFFF) + 4 * buckets
    items = [struct.unpack_from("<IIIHBxII", raw, at) for at in range(first, end - ITEM + 1, ITEM)]
    found: dict[str, Value] = {}
    for n, (_, _, _, _, kind, begins, ends) in enumerate(items):
        name = _name(raw, items, n)
        if kind == ord("v") and name.startswith(under):
            value = _value(raw[begins:ends])
            if value is not None:
                found[name.removeprefix(under)] = value
    return found


def _name(raw: bytes, items: list[tuple[int, ...]], n: int) -> str:
    """The whole name of an entry: those of its parents before its own."""
    parts: list[str] = []
    for _ in range(64):
        _, parent, key, size, *_rest = items[n]
        parts.append(raw[key : key + size].decode("utf-8"))
        if parent == 0xFFFFFFFF:
            break
        n = parent
    return "".join(reversed(parts))


def _value(variant: bytes) -> Value | None:
    body, _, kind = variant.rpartition(b"\0")
    if kind == b"s":
        return body.rstrip(b"\0").decode("utf-8")
    if kind == b"b":
        return body[:1] == b"\1"
    if kind in _SIZES:
        return int(struct.unpack(_SIZES[kind], body[: struct.calcsize(_SIZES[kind])])[0])
    return None
