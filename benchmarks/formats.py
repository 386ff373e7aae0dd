"""How fast files of many formats are read: beside markitdown, beside unzip and pdftotext, again.

    python benchmarks/formats.py [--peer PYTHON]

PYTHON is one that has `markitdown[docx,xlsx,xls,pptx,pdf,outlook]`; without it that row is left
out. Files are made anew; times are of the wall, the best of three for the small ones. On a machine
with other work the wall tells little: what the parent's processor time is of the workers' says how
far more of them can help.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from make import HEADINGS, Pupil, class_list, letter, pupils, row  # noqa: E402

COPIES = 60
YEARS = 30
PEER = """
import sys, time, warnings
warnings.simplefilter("ignore")
from markitdown import MarkItDown
reader, done, failed = MarkItDown(), 0, 0
names = sys.stdin.read().split("\\n")
reader.convert(names[0])
begun = time.perf_counter()
for name in names:
    try:
        reader.convert(name); done += 1
    except Exception:
        failed += 1
print(time.perf_counter() - begun, done, failed)
"""


def corpus(top: Path) -> list[Path]:
    """Letters, class lists and slides of a school, in six formats, each with people of its own."""
    for n in range(COPIES):
        write(top, n)
    return sorted(top.iterdir())


def write(top: Path, n: int) -> None:
    some = pupils(30, seed=n)
    word(top / f"{n} letter.docx", some)
    workbook(top / f"{n} list.xlsx", n)
    slides(top / f"{n} talk.pptx", some)
    paper(top / f"{n} letter.pdf", some)
    (top / f"{n} list.csv").write_text(class_list(200, seed=n))
    page = f"<html><body><pre>{letter(some[1])}</pre></body></html>"
    (top / f"{n} page.html").write_text(page)


def word(path: Path, some: list[Pupil]) -> None:
    import docx

    text = docx.Document()
    for line in letter(some[0]).splitlines():
        text.add_paragraph(line)
    table = text.add_table(len(some), 4)
    for r, p in enumerate(some):
        for c, cell in enumerate(row(p)[:4]):
            table.cell(r, c).text = cell
    text.save(str(path))


def workbook(path: Path, n: int) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Class")
    for r, cells in enumerate([list(HEADINGS), *(row(p) for p in pupils(200, seed=n))]):
        sheet.write_row(r, 0, cells)
    book.close()


def slides(path: Path, some: list[Pupil]) -> None:
    import pptx

    talk = pptx.Presentation()
    for p in some[:5]:
        slide = talk.slides.add_slide(talk.slide_layouts[1])
        slide.shapes.title.text = f"{p.forename} {p.surname}"
        slide.notes_slide.notes_text_frame.text = letter(p)
    talk.save(str(path))


def paper(path: Path, some: list[Pupil]) -> None:
    from reportlab.pdfgen import canvas

    page = canvas.Canvas(str(path))
    for p in some[:4]:
        for y, line in enumerate(letter(p).splitlines()):
            page.drawString(72, 750 - 15 * y, line)
        page.showPage()
    page.save()


def ours(files: list[Path]) -> float:
    """Seconds to read the files in one process, without looking for anything in them."""
    from auditor.content.looking import opened

    begun = time.perf_counter()
    for file in files:
        with opened(str(file)) as found:
            for document in found.contents.documents():
                for _ in document.passages:
                    pass
    return time.perf_counter() - begun


def peer(python: str, files: list[Path]) -> tuple[float, str]:
    names = "\n".join(str(f) for f in files)
    done = subprocess.run(
        [python, "-c", PEER], input=names, capture_output=True, text=True, check=True
    )
    seconds, read, failed = done.stdout.split()
    return float(seconds), f"{read} read, {failed} not"


def commands(make: Callable[[Path], list[str]], files: list[Path]) -> float:
    begun = time.perf_counter()
    for file in files:
        subprocess.run(make(file), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


class Scanned(NamedTuple):
    """What a scan took, workers started anew."""

    seconds: float
    """Of the wall."""
    parent: float
    """Seconds of the processor, as the next."""
    workers: float
    memory: float
    """MB of the largest worker."""


def scanned(top: Path, out: Path, jobs: int) -> Scanned:
    from auditor.content import Found, Journal, Root, scan
    from auditor.rulebook import personal_data
    from auditor.shipped import shipped

    out.mkdir(exist_ok=True)
    definitions, found = personal_data.load(shipped("rules")), Found()
    here, most, done = psutil.Process(), [0], threading.Event()

    def sample() -> None:
        while not done.wait(0.5):  # asking costs the parent, whose time is measured too
            for child in here.children(recursive=True):
                with suppress(psutil.Error):
                    most[0] = max(most[0], child.memory_info().rss)

    sampling = threading.Thread(target=sample)
    sampling.start()
    begun, before = time.perf_counter(), os.times()
    with Journal(str(out), definitions) as journal:
        root = Root(path=str(top.resolve()), volume="/")
        scan([root], definitions, found, jobs=jobs, journal=journal)
    seconds, after = time.perf_counter() - begun, os.times()
    done.set()
    sampling.join()
    spent = [b - a for a, b in zip(before, after, strict=True)]
    return Scanned(seconds, sum(spent[:2]), sum(spent[2:4]), most[0] / 1e6)


def main() -> None:
    chosen = argparse.ArgumentParser()
    chosen.add_argument("--peer", default="")
    chosen.add_argument("--only", default="", help="speed or scan")
    asked = chosen.parse_args()
    with tempfile.TemporaryDirectory() as made:
        top = Path(made, "school")
        top.mkdir()
        files = corpus(top)
        if asked.only in {"", "speed"}:
            speed(files, asked.peer)
        if asked.only in {"", "scan"}:
            again(top, Path(made))


def speed(files: list[Path], other: str) -> None:
    for suffix in ("docx", "xlsx", "pptx", "pdf", "csv", "html", ""):
        some = [f for f in files if f.name.endswith(suffix)]
        mine = min(ours(some) for _ in range(3))
        each = 1000 / len(some)
        line = f"{suffix or 'all':5} {len(some):4} files  auditor {each * mine:7.2f} ms a file"
        if other:
            theirs, told = peer(other, some)
            line += f"  markitdown {each * theirs:8.2f} ms  {theirs / mine:6.1f} x  ({told})"
        print(line, flush=True)
    zipped = [f for f in files if f.suffix in {".docx", ".xlsx", ".pptx"}]
    paper = [f for f in files if f.suffix == ".pdf"]
    for name, some, make in (
        ("unzip -p", zipped, lambda f: ["unzip", "-p", str(f)]),
        ("pdftotext", paper, lambda f: ["pdftotext", str(f), "-"]),
    ):
        limit, mine = commands(make, some), min(ours(some) for _ in range(3))
        each = 1000 / len(some)
        print(
            f"{name:9} {each * limit:7.2f} ms, auditor {each * mine:7.2f} ms: {limit / mine:.2f} x"
        )


def again(top: Path, made: Path) -> None:
    """A larger tree: one worker, two, and again without a change."""
    big = made / "big"
    big.mkdir()
    for n in range(YEARS):
        for file in top.iterdir():
            data = file.read_bytes()
            # Another year: of the same shape, and no copy of the same file.
            if file.suffix in {".csv", ".html"}:
                data += b"\n" * n
            else:
                data += bytes(n)
            (big / f"{n} {file.name}").write_bytes(data)
    one, two = scanned(big, made / "one", 1), scanned(big, made / "two", 2)
    rescan = scanned(big, made / "two", 2)
    print(f"{sum(1 for _ in big.iterdir())} files: {one.seconds:.1f} s by one worker,")
    print(f"{two.seconds:.1f} s by two: {one.seconds / two.seconds:.2f} x as fast")
    print(
        f"again {rescan.seconds:.2f} s, {two.seconds / rescan.seconds:.0f} x as fast;"
        f" by the processor {(two.parent + two.workers) / (rescan.parent + rescan.workers):.0f} x"
    )
    for name, took in (("one", one), ("two", two)):
        print(
            f"{name}: processor {took.parent:.2f} s in the parent, {took.workers:.2f} s in workers:"
            f" {100 * took.parent / took.workers:.1f} %"
        )
    print(f"memory of a worker at most {two.memory:.0f} MB")


if __name__ == "__main__":
    main()
