"""Word and PowerPoint (ECMA-376): every part that holds text, embedded files and links.

Headers, footers, comments, footnotes, text boxes, tracked changes, hidden text, speaker notes and
titles all stand in parts of their own, in the same few elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.content.identify import Kind
from auditor.content.markup import ANY, attributes, finder, matches, said
from auditor.content.parts import Locks, Member, Parts, Unread
from auditor.content.source import Source
from auditor.content.story import Story, documents
from auditor.content.zips import DAMAGE, Entry, Zip
from auditor.evidence import Why

KINDS = frozenset({"Word document", "PowerPoint presentation"})
READS = (
    "text, tables, headers, notes, comments, changes, hidden text, boxes, links, "
    "titles, embedded files"
)
LOCKS: Locks = ()

_TAGS = finder(
    "t|delText|instrText|text|v|tab|br|cr|tbl|docPr|cNvPr|title|subject|creator|description"
    "|keywords|category|lpwstr|Manager|Company",
    "p|tc|tr|tbl|title|subject|creator|description|keywords|category|lpwstr|Manager|Company|text"
    "|pt",
)
_LINK = re.compile(rb"""<[^>]*TargetMode=["']External["'][^>]*>""")
_TEXT = re.compile(r"(word|ppt|docProps|customXml)/.*\.xml$")
_IDLE = re.compile(
    r".*/(theme|fontTable|settings|webSettings|styles|numbering|presProps|viewProps|tableStyles"
    r"|slideMasters|slideLayouts|notesMasters|handoutMasters|printerSettings|tags|stylesWithEffects|_rels)"
)
_FILES = re.compile(r"/(embeddings|media|activeX)/[^/]+$|chunk", re.IGNORECASE)
"""Embedded documents, pictures, and pages taken over as they were."""
_FIRST = ("word/document", "ppt/slides/")
_WORDS = frozenset(
    b"t delText text v title subject creator description keywords category lpwstr Manager"
    b" Company".split()
)


def parts(source: Source, kind: Kind) -> Parts:
    """Its text, its tables, its embedded files."""
    _ = kind
    found = Zip.of(source)
    if found.damaged:
        yield Unread(Why.DAMAGED, "damaged document")
    wanted = [e for e in found.entries if _TEXT.match(e.name) and not _IDLE.match(e.name)]
    wanted.sort(key=lambda e: not e.name.startswith(_FIRST))
    story = Story()
    lost: list[Entry] = []
    yield from documents(_pieces(found, wanted, story, lost), story, source.size, source.name)
    if lost:
        yield Unread(Why.DAMAGED, "damaged part", len(lost))
    for entry in found.entries:
        if _FILES.search(entry.name):
            yield Member(found.member(entry), essential="/media/" not in entry.name)


def _pieces(found: Zip, wanted: list[Entry], story: Story, lost: list[Entry]) -> Iterator[str]:
    for entry in wanted:
        try:
            own = entry.name.startswith("customXml/")
            for match in matches(found.chunks(entry), ANY if own else _TAGS):
                if own:
                    story.aside(said(match[4]).strip())
                else:
                    _take(story, match)
                yield from story.flush()
        except DAMAGE:
            lost.append(entry)
        yield from story.end()
    for entry in found.entries:
        if entry.name.endswith(".rels"):
            yield from _links(found, entry)


def _links(found: Zip, entry: Entry) -> Iterator[str]:
    try:
        raw = b"".join(found.chunks(entry))
    except DAMAGE:
        return
    for match in _LINK.finditer(raw):
        yield attributes(match[0]).get("Target", "") + "\n"


def _take(story: Story, match: re.Match[bytes]) -> None:
    opening, raw, closing, text = match.groups()
    if opening is None:
        _close(story, closing)
    elif opening in _WORDS:
        if text:
            story.add(said(text))
    elif opening in {b"docPr", b"cNvPr"}:
        _described(story, attributes(raw))
    elif opening == b"instrText":
        story.add(f" {said(text)} ")
    elif opening == b"tbl":
        story.open_table()
    elif opening == b"tab":
        story.add("\t")
    else:
        story.line()


def _described(story: Story, known: dict[str, str]) -> None:
    """The words that stand for a picture."""
    for name in ("descr", "title"):
        if known.get(name):
            story.aside(known[name])


def _close(story: Story, closing: bytes) -> None:
    if closing == b"tc":
        story.end_cell()
    elif closing == b"tr":
        story.end_row()
    elif closing == b"tbl":
        story.close_table()
    else:
        story.line()
