"""How fast files of many formats are read: beside markitdown, beside unzip and pdftotext, again.

    python benchmarks/formats.py [--peer PYTHON]

PYTHON is one that has `markitdown[docx,xlsx,xls,pptx,pdf,outlook]`; without it that row is left
out. Files are made anew; times are of the wall, the best of three for the small ones.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from make import HEADINGS, Pupil, class_list, letter, pupils, row  # noqa: E402

COPIES = 60
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


def scanned(top: Path, out: Path, jobs: int) -> tuple[float, float]:
    """Seconds that the files of a tree take, workers started anew, and MB of the largest worker."""
    from auditor.content import Found, Journal, Root, scan
    from auditor.rulebook import personal_data
    from auditor.shipped import shipped

    out.mkdir(exist_ok=True)
    definitions, found = personal_data.load(shipped("rules")), Found()
    here, most, done = psutil.Process(), [0], threading.Event()

    def sample() -> None:
        while not done.wait(0.05):
            for child in here.children(recursive=True):
                with suppress(psutil.Error):
                    most[0] = max(most[0], child.memory_info().rss)

    sampling = threading.Thread(target=sample)
    sampling.start()
    begun = time.perf_counter()
    with Journal(str(out), definitions) as journal:
        root = Root(path=str(top.resolve()), volume="/")
        scan([root], definitions, found, jobs=jobs, journal=journal)
    seconds = time.perf_counter() - begun
    done.set()
    sampling.join()
    return seconds, most[0] / 1e6


def main() -> None:
    chosen = argparse.ArgumentParser()
    chosen.add_argument("--peer", default="")
    chosen.add_argument("--only", default="", help="speed, scan or memory")
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
    for n in range(12):
        for file in top.iterdir():
            data = file.read_bytes()
            # Another year: of the same shape, and no copy of the same file.
            if file.suffix in {".csv", ".html"}:
                data += b"\n" * n
            else:
                data += bytes(n)
            (big / f"{n} {file.name}").write_bytes(data)
    one, _ = scanned(big, made / "one", 1)
    two, most = scanned(big, made / "two", 2)
    rescan, _ = scanned(big, made / "two", 2)
    print(f"{sum(1 for _ in big.iterdir())} files: one worker {one:.1f} s, two {two:.1f} s")
    print(f"two workers {one / two:.2f} x one; again {rescan:.2f} s, {two / rescan:.0f} x first")
    print(f"memory of a worker at most {most:.0f} MB")


if __name__ == "__main__":
    main()
