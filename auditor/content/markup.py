"""Markup read by its tags, a piece at a time, whole or damaged.

A pattern over bytes finds the tags that matter; it builds no tree, follows no reference outside
and expands no entity, so that neither a torn file nor one made to harm can do more than be read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator

LONGEST = 4_000_000
"""Bytes without a tag that are held; more is given as it stands."""
ANY = re.compile(rb"<(/?)(?:[\w.-]+:)?([A-Za-z][\w.-]*)([^<>]*)>([^<]*)")
"""Every tag: closing slash, name without its prefix, attributes, the text after it."""
_ATTRIBUTE = re.compile(rb"""(?:[\w.-]+:)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


def finder(opening: str, closing: str) -> re.Pattern[bytes]:
    """Finds some tags of any prefix: opening name, attributes, closing name, the text after it.

    Args:
        opening: Names between bars.
        closing: Likewise, of closing tags.
    """
    prefix = r"(?:[\w.-]+:)?"
    found = rf"<(?:{prefix}({opening})(?=[\s/>])([^<>]*)|/{prefix}({closing})\s*)>([^<]*)"
    return re.compile(found.encode())


def matches(chunks: Iterable[bytes], pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """The matches of a pattern of tags, wherever pieces begin and end."""
    waiting = b""
    for piece in utf8(chunks):
        waiting += piece
        cut = waiting.rfind(b"<")
        if cut > 0:
            yield from pattern.finditer(_flat(waiting[:cut]))
            waiting = waiting[cut:]
        elif len(waiting) > LONGEST:
            yield from pattern.finditer(_flat(waiting))
            # What follows still belongs to the tag that all of this came after.
            waiting = waiting[: waiting.find(b">", 0, 2_000) + 1]
    yield from pattern.finditer(_flat(waiting))


def _flat(data: bytes) -> bytes:
    if b"<![CDATA[" in data:
        return _CDATA.sub(lambda m: m[1].replace(b"&", b"&amp;").replace(b"<", b"&lt;"), data)
    return data


def utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces in UTF-8, should they be UTF-16; nothing else is used in documents of today."""
    import codecs

    decode: Callable[[bytes], str] | None = None
    first = True
    for piece in chunks:
        if first:
            if piece[:2] in {b"\xff\xfe", b"\xfe\xff"} or piece[:4] in {b"<\0?\0", b"\0<\0?"}:
                name = "utf-16-be" if piece[:2] in {b"\xfe\xff", b"\0<"} else "utf-16-le"
                decode = codecs.getincrementaldecoder(name)("replace").decode
            first = False
        yield decode(piece).encode("utf-8", "replace") if decode else piece


def said(raw: bytes) -> str:
    """Text between tags, its entities resolved."""
    text = raw.decode("utf-8", "replace")
    return html.unescape(text) if "&" in text else text


def attributes(raw: bytes) -> dict[str, str]:
    """Attributes by name without its prefix."""
    return {
        m[1].decode("ascii", "replace"): said(m[2] if m[2] is not None else m[3])
        for m in _ATTRIBUTE.finditer(raw)
    }
