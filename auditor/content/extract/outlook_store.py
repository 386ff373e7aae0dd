"""Outlook data files (PST, OST) by libpff: every message, its attachments, contacts and notes.

Their passwords and "compressible encryption" close nothing ([MS-PST] 5.1): the key is public.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.content.identify import Kind
from auditor.content.parts import Locks, Member, Parts, Unread
from auditor.content.passages import text
from auditor.content.source import HELD, Source, stream
from auditor.content.sweep import readable
from auditor.evidence import Why

KINDS = frozenset({"Outlook data file"})
READS = "every message, contact and note, with attachments; its password closes nothing"
LOCKS: Locks = ()

_WORDS = frozenset({0x001E, 0x001F})
_ELSEWHERE = frozenset({0x1000, 0x007D, 0x1013, 0x1009})
"""Bodies, which are read as such, and transport headers."""


def parts(source: Source, kind: Kind) -> Parts:
    """Every message in every folder."""
    _ = kind
    try:
        import pypff
    except ImportError:
        yield text(readable(source.chunks()), source.size, source.name)
        yield Unread(Why.TOOL_MISSING, "part")
        return
    store = pypff.file()
    try:
        store.open_file_object(source.open())
    except OSError:
        yield Unread(Why.DAMAGED, "damaged part")
        yield text(readable(source.chunks()), source.size, source.name)
        return
    try:
        waiting = [store.get_root_folder()]
        while waiting:
            folder = waiting.pop()
            for n in range(folder.get_number_of_sub_folders()):
                waiting.append(folder.get_sub_folder(n))  # noqa: PERF401 - each may be damaged
            for n in range(folder.get_number_of_sub_messages()):
                source.budget.member()
                yield from _message(source, folder, n)
    finally:
        store.close()


def _message(source: Source, folder: Any, number: int) -> Parts:
    try:
        message = folder.get_sub_message(number)
        said = list(_texts(message))
        body = message.get_plain_text_body()
        page = None if body else message.get_html_body()
        rich = None if body or page else message.get_rtf_body()
        attached = message.get_number_of_attachments()
    except OSError:
        yield Unread(Why.DAMAGED, "damaged part")
        return
    if body:
        said.append(body.decode("utf-8", "replace") if isinstance(body, bytes) else body)
    yield text(["\n".join(said)], len("".join(said)), "")
    for data in (page, rich):
        if data:
            yield Member(source.member("", stream(iter([data])), len(data)))
    for n in range(attached):
        yield from _attachment(source, message, n)


def _texts(message: Any) -> Iterator[str]:
    """The properties of a message or contact that are text."""
    for sets in range(message.get_number_of_record_sets()):
        found = message.get_record_set(sets)
        for n in range(found.get_number_of_entries()):
            entry = found.get_entry(n)
            if entry.get_value_type() in _WORDS and entry.get_entry_type() not in _ELSEWHERE:
                try:
                    yield entry.get_data_as_string() or ""
                except (OSError, ValueError):
                    continue


def _attachment(source: Source, message: Any, number: int) -> Parts:
    try:
        found = message.get_attachment(number)
        size = found.get_size()
        if size > HELD:
            yield Unread(Why.TOO_LARGE, "part too large")
            return
        data = found.read_buffer(size)
        name = found.get_long_filename() or ""
    except OSError:
        yield Unread(Why.DAMAGED, "damaged part")
        return
    yield Member(source.member(name, stream(iter([data])), len(data)))
