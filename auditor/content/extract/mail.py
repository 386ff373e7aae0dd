"""Mail: messages (RFC 5322) and mailboxes of them, with everything that is attached."""

from __future__ import annotations

import email
import email.header
import email.message
import re
from collections.abc import Iterator

from auditor.content.identify import Kind
from auditor.content.parts import Is, Locked, Locks, Member, Parts, Unread
from auditor.content.passages import text
from auditor.content.source import Source
from auditor.evidence import ProtectionState, Why

KINDS = frozenset({"e-mail", "mailbox"})
READS = "headers, text, attachments, forwarded mail"
LOCKS: Locks = (("OpenPGP mail", ProtectionState.STRONG),)

MESSAGE = 12_000_000
"""Bytes of a message that are read at once; a longer one is read in pieces, and told."""
_START = re.compile(rb"(?:^|\n)From [^\r\n]{3,200}\d{4}[^\r\n]*\r?\n")
_SHOWN = ("From", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date", "Comments", "Keywords")


def parts(source: Source, kind: Kind) -> Parts:
    """The headers, the text and the attachments of a message; the messages of a mailbox."""
    if kind.name == "mailbox" or source.size > MESSAGE:
        for data, cut in _messages(source.chunks()):
            if cut:
                yield Unread(Why.TOO_LARGE, "part too large")
            source.budget.member()
            yield from _message(source, data)
        return
    yield from _message(source, source.data(MESSAGE))


def _messages(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The messages of a mailbox, and whether each was too long to be given wholly."""
    waiting, cut, at = bytearray(), False, 1
    for piece in chunks:
        waiting += piece
        while (found := _START.search(waiting, at)) is not None:
            yield bytes(waiting[: found.start()]), cut
            del waiting[: found.start() + waiting[found.start() :].startswith(b"\n")]
            cut, at = False, 1
        if len(waiting) > MESSAGE:
            yield bytes(waiting), True
            waiting, cut = bytearray(), True
        at = max(1, len(waiting) - 400)  # a line that begins a message may have been cut
    if waiting:
        yield bytes(waiting), cut


def _message(source: Source, data: bytes) -> Parts:
    if data.startswith(b"From "):
        data = data.partition(b"\n")[2]
    yield from _parts(source, email.message_from_bytes(data))


def _parts(source: Source, message: email.message.Message) -> Parts:
    yield text([_headers(message)], len(str(message.get("Subject", ""))), "")
    for part in message.walk():
        kind = part.get_content_type()
        if kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
            yield Is("e-mail")
        if kind == "multipart/encrypted":
            yield Locked(
                ProtectionState.STRONG, "OpenPGP mail", of="subject can be read", all=False
            )
        if part is not message and part.get("Subject"):
            yield text([_headers(part)], 0, "")  # a message that was forwarded
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or not payload.strip():
            continue
        name = _decoded(part.get_filename() or "")
        yield Member(_member(source, name, payload, part, kind))


def _member(
    source: Source, name: str, payload: bytes, part: email.message.Message, kind: str
) -> Source:
    if kind.startswith("text/"):
        charset = part.get_content_charset("utf-8") or "utf-8"
        try:
            payload = payload.decode(charset, "replace").encode("utf-8", "replace")
        except LookupError:
            payload = payload.decode("cp1252", "replace").encode("utf-8", "replace")
    source.budget.spend(len(payload))
    return Source.of_bytes(name, payload, source)


def _headers(message: email.message.Message) -> str:
    return "\n".join(
        f"{name}: {_decoded(str(value))}" for name in _SHOWN for value in message.get_all(name, [])
    )


def _decoded(value: str) -> str:
    try:
        return str(email.header.make_header(email.header.decode_header(value)))
    except (ValueError, LookupError, UnicodeError):
        return value
