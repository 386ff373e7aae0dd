"""PDF: text, comments, form fields, links, titles and attached files, read by PDFium.

A password is told from the file itself: it counts only where the empty password does not open it,
since an owner password hides nothing. Algorithms by ISO 32000-2, 7.6.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from typing import Any

from auditor.content import seeing
from auditor.content.identify import Kind
from auditor.content.parts import Locked, Locks, Member, Parts, Unread
from auditor.content.passages import text
from auditor.content.source import STEP, Budget, Source
from auditor.errors import Damaged, TooLarge
from auditor.evidence import ProtectionState, Why

KINDS = frozenset({"PDF"})
READS = (
    "text, comments, form fields, links, titles, attached files; pages that are pictures with"
    " `auditor[ocr]`, else told"
)
LOCKS: Locks = (
    ("PDF AES-256", ProtectionState.STRONG),
    ("PDF AES-128", ProtectionState.STRONG),
    ("PDF RC4-128", ProtectionState.WEAK),
    ("PDF RC4-40", ProtectionState.WEAK),
    ("PDF with a security of its own", ProtectionState.UNKNOWN),
    ("PDF encryption", ProtectionState.UNKNOWN),
)

PAGES = 20_000
"""Pages of one file that are read."""
_REFERENCE = re.compile(rb"/Encrypt\s+(\d+)\s+(\d+)\s+R")
_KEY = re.compile(rb"/(V|R|Length)\s+(\d+)")
_METHOD = re.compile(rb"/CFM\s*/(V2|AESV2|AESV3|None)")
_VALUES = (b"Contents", b"V", b"T", b"TU", b"Subj")


def parts(source: Source, kind: Kind) -> Parts:
    """Its text and attached files, or its lock."""
    _ = kind
    import pypdfium2
    from pypdfium2 import raw

    file = source.open()
    try:
        found = pypdfium2.PdfDocument(file, autoclose=True)
    except pypdfium2.PdfiumError as e:
        if getattr(e, "err_code", None) == raw.FPDF_ERR_PASSWORD or "password" in str(e).lower():
            yield _lock(source)
            return
        if getattr(e, "err_code", None) == raw.FPDF_ERR_SECURITY:
            yield Locked(ProtectionState.UNKNOWN, "PDF with a security of its own")
            return
        yield from _salvaged(source)
        return
    try:
        yield from _read(source, _Pdf(found))
    finally:
        found.close()


def _read(source: Source, found: _Pdf) -> Parts:
    yield text(found.pieces(source), source.size, source.name)
    if found.cut:
        yield Unread(Why.TOO_LARGE, "part too large")
    if found.lost:
        yield Unread(Why.DAMAGED, "damaged part", found.lost)
    if found.pages and found.empty == found.pages:
        yield Unread(Why.FORMAT, "scanned PDF document")
    for n in range(min(found.pdf.count_attachments(), 1_000)):
        attached = found.pdf.get_attachment(n)
        data = bytes(attached.get_data())
        source.budget.spend(len(data))
        source.budget.member()
        yield Member(Source.of_bytes(attached.get_name(), data, source))


class _Pdf:
    """The text of an open document."""

    def __init__(self, pdf: Any) -> None:  # PDFium's binding ships no types
        self.pdf = pdf
        self.pages = len(pdf)
        self.empty = 0
        """Pages that hold pictures and no text."""
        self.lost = 0
        self.cut = False

    def pieces(self, source: Source) -> Iterator[str]:
        """The text page by page, then the titles."""
        import pypdfium2

        for n in range(self.pages):
            if n >= PAGES:
                self.cut = True
                break
            try:
                page = self.pdf[n]
            except (pypdfium2.PdfiumError, IndexError):
                self.lost += 1
                continue
            try:
                found = self._page(page, source.budget)
            finally:
                page.close()
            source.budget.spend(len(found))
            yield found + "\n"
        yield "\n".join(v for v in self.pdf.get_metadata_dict(skip_empty=True).values() if v)

    def _page(self, page: Any, budget: Budget) -> str:
        layer = page.get_textpage()
        try:
            found: str = layer.get_text_range(0, -1) if layer.count_chars() > 0 else ""
        finally:
            layer.close()
        notes = "\n".join(_notes(page))
        if not found.strip() and _pictures(page):
            found = _seen(page, budget)
            self.empty += not found and not notes
        return f"{found}\n{notes}".replace("\r\n", "\n")


def _seen(page: Any, budget: Budget) -> str:
    """The words of a page that is a picture, where they can be read."""
    if not seeing.can_see():
        return ""
    scale = min(seeing.LONG / max(*page.get_size(), 1), 200 / 72)
    made = page.render(scale=scale, grayscale=True)
    try:
        return seeing.words(made.to_pil(), budget)
    finally:
        made.close()


def _pictures(page: Any) -> bool:
    from pypdfium2 import raw

    objects = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    return next(iter(objects), None) is not None


def _notes(page: Any) -> Iterator[str]:
    """Comments, form fields and links of a page."""
    from pypdfium2 import raw

    for n in range(min(raw.FPDFPage_GetAnnotCount(page), 10_000)):
        note = raw.FPDFPage_GetAnnot(page, n)
        if not note:
            continue
        try:
            for key in _VALUES:
                size = raw.FPDFAnnot_GetStringValue(note, key, None, 0)
                if 2 < size < 1_000_000:
                    made = ctypes.create_string_buffer(size)
                    into = ctypes.cast(made, ctypes.POINTER(raw.FPDF_WCHAR))
                    raw.FPDFAnnot_GetStringValue(note, key, into, size)
                    yield made.raw[: size - 2].decode("utf-16-le", "replace")
            yield from _link(page, note)
        finally:
            raw.FPDFPage_CloseAnnot(note)


def _link(page: Any, note: Any) -> Iterator[str]:
    from pypdfium2 import raw

    link = raw.FPDFAnnot_GetLink(note)
    action = raw.FPDFLink_GetAction(link) if link else None
    if action:
        size = raw.FPDFAction_GetURIPath(page.pdf, action, None, 0)
        if 1 < size < 100_000:
            made = ctypes.create_string_buffer(size)
            raw.FPDFAction_GetURIPath(page.pdf, action, made, size)
            yield made.value.decode("utf-8", "replace")


def _lock(source: Source) -> Locked:
    """The algorithm, from the dictionary that the trailer points to and from nothing else."""
    found = _dictionary(source)
    keys = {
        m[1]: int(m[2])
        for m in _KEY.finditer(re.sub(rb"/CF\s*<<.*?>>\s*>>", b"", found, flags=re.DOTALL))
    }
    method = _METHOD.search(found)
    version, bits = keys.get(b"V", 0), keys.get(b"Length", 40)
    if b"/Filter/Standard" not in re.sub(rb"\s", b"", found):
        return Locked(ProtectionState.UNKNOWN, "PDF encryption")
    if version >= 5 or (method and method[1] == b"AESV3"):
        return Locked(ProtectionState.STRONG, "PDF AES-256")
    if version == 4 and method and method[1] == b"AESV2":
        return Locked(ProtectionState.STRONG, "PDF AES-128")
    return Locked(ProtectionState.WEAK, f"PDF RC4-{bits if version > 1 else 40}")


def _dictionary(source: Source) -> bytes:
    """The encryption dictionary; empty when it is not found."""
    file = source.open()
    size = source.size or len(source.data())
    file.seek(max(0, size - STEP))
    tail = file.read(STEP)
    found = list(_REFERENCE.finditer(tail)) or list(_REFERENCE.finditer(source.head))
    if not found:
        direct = re.search(rb"/Encrypt\s*<<(.*?)endobj|/Encrypt\s*<<(.{0,4000})", tail, re.DOTALL)
        return (direct[1] or direct[2]) if direct else b""
    number, generation = found[-1].groups()
    start = re.compile(
        rb"(?<!\d)" + number + rb"\s+" + generation + rb"\s+obj\b(.{0,4000})", re.DOTALL
    )
    file.seek(0)
    held = b""
    while piece := file.read(STEP):
        source.budget.spend(0)
        held = held[-8_000:] + piece
        match = start.search(held)
        if match:
            return bytes(match[1].partition(b"endobj")[0])
    return b""


def _salvaged(source: Source) -> Parts:
    """A PDF that PDFium refuses: whatever text its streams still give."""
    yield Unread(Why.DAMAGED, "damaged document")
    if b"/Encrypt" in source.head:
        yield Locked(ProtectionState.UNKNOWN, "PDF encryption", all=False)
    yield text(_streams(source), source.size, source.name)


_SHOWN = re.compile(rb"\(((?:[^()\\]|\\.)*)\)")


def _streams(source: Source) -> Iterator[str]:
    import zlib

    try:
        data = source.data()
    except TooLarge as e:
        raise Damaged("this PDF is damaged and too large to be mended") from e
    at = 0
    while (at := data.find(b"stream", at)) >= 0:
        start = at + 6 + (2 if data[at + 6 : at + 8] == b"\r\n" else 1)
        inflate = zlib.decompressobj()
        try:
            found = inflate.decompress(data[start : start + 2_000_000], 8_000_000)
        except zlib.error:
            found = b""
        source.budget.spend(len(found))
        if b"Tj" in found or b"TJ" in found:
            yield "\n".join(
                "".join(s.decode("latin-1") for s in _SHOWN.findall(line))
                for line in re.split(rb"T[jJ*]|'|\bTd\b", found)
            )
        at = data.find(b"endstream", at + 6)
        at = at + 9 if at >= 0 else len(data)
