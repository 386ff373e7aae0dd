"""Letters and lists that went through a scanner: read with the extra, counted without it."""

from __future__ import annotations

import io
import random
import socket
import struct
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from make import class_list, letter, pupils
from reading import read
from test_content import DEFINITIONS
from writers import PLAIN

from auditor.content import seeing
from auditor.content.detect import Detector
from auditor.content.looking import examine
from auditor.content.source import Budget
from auditor.content.walk import Item
from auditor.evidence import Why

CHILD = pupils(30, seed=8)[0]
EXTRA = pytest.mark.skipif(not seeing.can_see(), reason="needs auditor[ocr]")


def page(text: str, *, turned: float = 0.0, dots: int = 200) -> Any:
    """A page of paper with this text as a scanner sees it: not quite straight, not quite white."""
    pdfium = pytest.importorskip("pypdfium2")
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    held = io.BytesIO()
    made = canvas.Canvas(held, pagesize=(595, 842))
    made.setFont("Helvetica", 11)
    for n, line in enumerate(text.splitlines()):
        for column, cell in enumerate(line.split(",")):
            made.drawString(60 + 85 * column, 780 - 17 * n, cell)
    made.save()
    with pdfium.PdfDocument(held.getvalue()) as paper:
        shown = paper[0].render(scale=dots / 72, grayscale=True).to_pil()
    shown = shown.rotate(turned, fillcolor=255)
    drawn = random.Random(3)
    for _ in range(400):
        shown.putpixel((drawn.randrange(shown.width), drawn.randrange(shown.height)), 90)
    return shown.point(lambda shade: 20 + shade * 220 // 255)


def post() -> str:
    return letter(CHILD).replace(",", " ")


def wanted() -> tuple[str, ...]:
    return (CHILD.upn, CHILD.surname, f"{CHILD.born:%d/%m/%Y}")


def pdf(path: Path, *pages: Any) -> Path:
    pages[0].save(path, "PDF", resolution=200, save_all=True, append_images=list(pages[1:]))
    return path


@EXTRA
@pytest.mark.parametrize(
    "name", ["letter.png", "letter.jpg", "letter.tif", "letter.pdf", "letter.gif", "letter.webp"]
)
@pytest.mark.parametrize("turned", [0.0, 1.2])
def test_a_scanned_letter_is_read(
    tmp_path: Path, name: str, turned: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nothing is asked of the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    scan = page(post(), turned=turned)
    scan.save(tmp_path / name, **({"quality": 60} if name.endswith("jpg") else {}))

    got = read(tmp_path / name)

    assert not got.missing(*wanted())
    assert not got.unread
    assert not got.pictures


@EXTRA
def test_a_scanned_letter_is_a_file_with_personal_data(tmp_path: Path) -> None:
    scan = tmp_path / "IMG_0041.jpg"
    page(post(), turned=0.7).save(scan, quality=70)
    item = Item(str(scan), "/", scan.stat().st_size, scan.stat().st_mtime_ns)

    done = examine(item, Detector(DEFINITIONS))

    assert done.file
    assert {t.datum for t in done.file.contents} >= {"upn"}
    assert CHILD.surname not in repr(done)


@EXTRA
def test_a_list_on_paper_keeps_its_rows(tmp_path: Path) -> None:
    rows = [",".join(r.split(",")[:4]) for r in class_list(12, seed=8).splitlines()]
    page("\n".join(rows)).save(tmp_path / "list.png")

    got = read(tmp_path / "list.png")

    some = pupils(12, seed=8)
    together = [line for line in got.text.splitlines() if line.count("\t") >= 2]
    assert len(together) >= 12
    assert sum(p.surname in got.text for p in some) >= 11


@EXTRA
def test_every_page_of_a_scan_is_read(tmp_path: Path) -> None:
    first, second = page(post()), page("The second page\nSEN support plan of Tokworth")
    pdf(tmp_path / "scan.pdf", first, second)
    fax = [p.convert("1") for p in (first, second)]
    fax[0].save(tmp_path / "fax.tif", save_all=True, append_images=fax[1:], compression="group4")

    for name in ("scan.pdf", "fax.tif"):
        assert not read(tmp_path / name).missing(*wanted(), "Tokworth"), name


@EXTRA
def test_a_scan_within_a_document_is_read(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    page(post()).save(tmp_path / "scan.png")
    made = docx.Document()
    made.add_paragraph("See the letter below.")
    made.add_picture(str(tmp_path / "scan.png"))
    made.save(str(tmp_path / "letter.docx"))

    got = read(tmp_path / "letter.docx")

    assert not got.missing(*wanted())


@EXTRA
def test_a_page_with_text_of_its_own_is_not_read_twice(tmp_path: Path) -> None:
    PLAIN["form.pdf"](tmp_path / "form.pdf")
    before = seeing._engine.cache_info()

    read(tmp_path / "form.pdf")

    assert seeing._engine.cache_info() == before


def photograph() -> Any:
    image = pytest.importorskip("PIL.Image")
    drawn = random.Random(5)
    small = image.new("RGB", (40, 30))
    small.putdata([tuple(drawn.randrange(30, 170) for _ in range(3)) for _ in range(1_200)])
    return small.resize((1_600, 1_200))


@EXTRA
def test_a_photograph_is_left_alone_and_counted(tmp_path: Path) -> None:
    photograph().save(tmp_path / "sports day.jpg")
    before = seeing._engine.cache_info()

    got = read(tmp_path / "sports day.jpg")

    assert got.pictures == 1
    assert seeing._engine.cache_info() == before


def bomb(wide: int, high: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to a square of white, and a page of 10 GB at that."""

    def block(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + block(b"IHDR", head) + block(b"IDAT", body) + block(b"IEND", b"")


@EXTRA
@pytest.mark.parametrize(
    "data", [bomb(100_000, 100_000), bomb(2_000, 2_000), b"\x89PNG\r\n\x1a\n\0\0"]
)
def test_a_torn_or_monstrous_picture_costs_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.png").write_bytes(data)

    got = read(tmp_path / "x.png")

    assert got.pictures == 1
    assert not got.text


@EXTRA
def test_reading_a_scan_ends_with_the_time_of_its_file(tmp_path: Path) -> None:
    held = io.BytesIO()
    page(post()).save(held, "PNG")
    budget = Budget(100)
    budget.until = 0.0

    with pytest.raises(Exception, match="longer than a file is given"):
        seeing.read(held.getvalue(), budget)


@EXTRA
def test_pictures_take_so_much_of_a_files_time_and_the_rest_is_counted(tmp_path: Path) -> None:
    held = io.BytesIO()
    page(post()).save(held, "PNG")
    budget = Budget(100)

    assert CHILD.upn in seeing.read(held.getvalue(), budget)
    assert budget.sight < 20.0
    budget.sight = 0.0
    assert not seeing.read(held.getvalue(), budget)


def test_without_the_extra_scans_are_counted_as_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeing, "can_see", lambda: False)
    scan = page(post())
    scan.save(tmp_path / "letter.png")
    pdf(tmp_path / "letter.pdf", scan)

    assert read(tmp_path / "letter.png").pictures == 1
    assert read(tmp_path / "letter.pdf").unread == {Why.FORMAT}


@pytest.mark.parametrize("height", [1, 300, 599, 601, 2_340, 5_000])
def test_strips_lie_side_by_side_and_are_cut_where_nothing_is_written(height: int) -> None:
    ink = [row % 40 < 25 for row in range(height)]

    strips = list(seeing._strips([int(i) for i in ink]))

    assert strips[0][0] == 0
    assert strips[-1][1] == height
    assert all(a[1] == b[0] for a, b in pairwise(strips))
    assert not any(ink[top] for top, _ in strips[1:])
