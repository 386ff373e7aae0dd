"""What a file is beyond its first bytes: the document that a zip holds, the format of a text."""

from __future__ import annotations

import re

from auditor.content.compound import Compound
from auditor.content.identify import Group, Kind
from auditor.content.randomness import looks_random
from auditor.content.source import Source
from auditor.content.zips import Zip

_TYPES = {
    b"opendocument.text": "OpenDocument text",
    b"opendocument.spreadsheet": "OpenDocument spreadsheet",
    b"opendocument.presentation": "OpenDocument presentation",
    b"opendocument.graphics": "OpenDocument drawing",
    b"epub+zip": "EPUB book",
}
_OFFICE = (
    ("word/", "Word document"),
    ("xl/workbook.bin", "binary Excel workbook"),
    ("xl/", "Excel workbook"),
    ("ppt/", "PowerPoint presentation"),
    ("Index/Document.iwa", "Apple iWork document"),
    ("Index.zip", "Apple iWork document"),
)
_STREAMS = (
    ("EncryptedPackage", "encrypted Office document"),
    ("__properties_version1.0", "Outlook message"),
    ("WordDocument", "Word 97-2003 document"),
    ("Workbook", "Excel 97-2003 workbook"),
    ("Book", "Excel 97-2003 workbook"),
    ("PowerPoint Document", "PowerPoint 97-2003 presentation"),
)
_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?"
    rb"(?>(?:<!--(?>.*?-->)\s*)*)<(!doctype html|html|head|body|table|div|p)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"\s*<(\?xml\b|[A-Za-z_][\w.:-]*[\s/>]|!DOCTYPE\s|!--)")
_JSON = re.compile(rb'\s*[\[{]\s*(["\[{\]}]|-?\d)')
_MBOX = re.compile(rb"From \S+.*\d{4}\r?\n[A-Za-z>]")
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,40}): ?[^\r\n]*(\r?\n[ \t][^\r\n]*)*\r?\n")
_SHEET = re.compile(
    rb"urn:schemas-microsoft-com:office:spreadsheet\"|office:mimetype=\"application/vnd\.oasis\.opendocument\.spreadsheet\""
)
_ROWS = re.compile(
    rb"(?im)^[ \t]*(?:(?:INSERT|REPLACE) (?:IGNORE )?INTO [^\n]{1,200}|COPY \S+ \([^)]*\) FROM stdin;)"  # noqa: E501
)
_STATEMENT = re.compile(
    rb"\s*(?:--|/\*|SET |USE |GO\b|DROP |CREATE |INSERT |REPLACE |BEGIN|START |LOCK |COPY |PRAGMA )",  # noqa: E501
    re.IGNORECASE,
)
_MAIL = frozenset(
    b"from to subject date received message-id mime-version return-path content-type delivered-to"
    b" reply-to x-mailer".split()
)


def refined(kind: Kind, source: Source) -> Kind:
    """The kind, more exactly where that can be told.

    Raises:
        Exception: Whatever a damaged container makes its reader raise.
    """
    if kind.group is Group.TEXT:
        return kind._replace(name=_text(source.head, kind))
    if kind.name == "zip archive or Office document":
        return kind._replace(name=_zip(Zip.of(source)))
    if kind.name == "unknown format" and _may_be_a_container(source):
        return Kind("random-looking file", Group.RECORDS)
    if kind.name == "Office 97-2003 document":
        return kind._replace(name=_compound(Compound.of(source)))
    return kind


def _may_be_a_container(source: Source) -> bool:
    """Whether it could be VeraCrypt's or SQLCipher's: whole sectors, random from the first byte."""
    size = source.size
    return size >= 16_384 and size % 512 == 0 and looks_random(source.head)


def _text(head: bytes, kind: Kind) -> str:
    start = head[kind.skip :]
    if kind.encoding.startswith("utf-16"):
        start = start[:4096].decode(kind.encoding, "ignore").encode()
    for pattern, name in ((_HTML, "HTML"), (_XML, "XML"), (_JSON, "JSON"), (_MBOX, "mailbox")):
        if pattern.match(start):
            return "XML spreadsheet" if name == "XML" and _SHEET.search(start) else name
    if _is_dump(start):
        return "SQL dump"
    return "e-mail" if _is_mail(start) else kind.name


def _is_dump(start: bytes) -> bool:
    """Whether it inserts rows into tables, and is not the script of a program that does."""
    return len(_ROWS.findall(start)) > 0 and _STATEMENT.match(start) is not None


def _is_mail(start: bytes) -> bool:
    """Whether it begins with headers of RFC 5322, two of them well known."""
    at, known = 0, set()
    while (match := _HEADER.match(start, at)) and at < 16_384:
        known.add(match[1].lower())
        at = match.end()
    return len(known & _MAIL) >= 3 or (b"from" in known and len(known & _MAIL) >= 2)


def _zip(found: Zip) -> str:
    mime = found.names.get("mimetype")
    if mime and not mime.closed:
        said = b"".join(found.chunks(mime))[:200]
        for part, name in _TYPES.items():
            if part in said:
                return name
    for start, name in _OFFICE:
        if any(e.name.startswith(start) for e in found.entries):
            return name
    if "content.xml" in found.names and "META-INF/manifest.xml" in found.names:
        return "OpenDocument text"
    return "zip archive"


def _compound(found: Compound) -> str:
    names = {n[-1] for n in found.names if len(n) == 1}
    return next((kind for name, kind in _STREAMS if name in names), "compound file")
