"""Words in pictures, read by RapidOCR where it is installed: scanned letters and lists.

Its models come with it, so nothing is downloaded. A picture is looked into only when it is mostly
light, as paper is; photographs are left alone, and counted as pictures that were not read. A page
goes through in strips that are cut between lines, so that one takes little memory.
"""

from __future__ import annotations

import functools
import io
import logging
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from time import monotonic
from typing import Any

from auditor.content.limits import give_back_memory
from auditor.content.source import Budget

LONG = 2_340
"""Pixels of the longer side to which a page is brought: A4 at 200 dots an inch."""
LEAST = 300
"""Pixels of the shorter side below which no letter is read."""
UNPACKED = 100_000_000
"""Bytes that a picture may take unpacked."""
FRAMES = 200
"""Pages of one picture that are read."""
STRIP = 400
"""Pixels of height that are read at a time."""
_PAPER, _INK = 150, 110
"""Shades of grey, 0 to 255: lighter is paper, darker is ink."""
_SETTINGS = {
    "Global.log_level": "critical",
    "Global.use_cls": False,
    "Det.limit_side_len": 736,
    "Det.limit_type": "max",
    "Rec.rec_batch_num": 1,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
}


@functools.cache
def can_see() -> bool:
    """Whether words in pictures can be read on this machine."""
    return bool(find_spec("rapidocr") and find_spec("onnxruntime"))


def pages(data: bytes, budget: Budget) -> Iterator[str]:
    """The words of each page of a picture; nothing of one that shows no paper.

    Args:
        data: The picture, as PNG, JPEG, TIFF and the like.
        budget: Of the file.

    Raises:
        TimedOutReading: The time of the file is over.
        Exception: Whatever a damaged picture makes its reader raise.
    """
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # counted below, with the bytes that each pixel takes
    with Image.open(io.BytesIO(data)) as found:
        for n in range(min(getattr(found, "n_frames", 1), FRAMES)):
            budget.spend(0)
            found.seek(n)
            wide, high = found.size
            if found.format == "JPEG":
                found.draft("L", (LONG, LONG))
                wide, high = found.size
            if min(wide, high) < LEAST or wide * high * len(found.getbands()) > UNPACKED:
                continue
            page = ImageOps.exif_transpose(found).convert("L")
            page.thumbnail((LONG, LONG))
            said = words(page, budget)
            if said:
                yield said


def words(page: Any, budget: Budget) -> str:
    """The words of a page, line by line; none of one that is no paper.

    Args:
        page: A picture of Pillow's, in shades of grey.
        budget: Of the file.

    Raises:
        TimedOutReading: The time of the file is over.
    """
    import numpy

    shades = numpy.asarray(page)
    if not _is_paper(shades):
        return ""
    lines: list[str] = []
    for top, end in _strips((shades < _INK).sum(axis=1).tolist()):
        budget.spend(0)
        lines += _lines(numpy.stack([shades[top:end]] * 3, axis=-1))
    return "\n".join(lines)


def _is_paper(shades: Any) -> bool:
    """Whether most of it is light and some of it is dark."""
    light = float((shades > _PAPER).mean())
    return light > 0.5 and bool((shades < _INK).any())


def _strips(ink: list[int]) -> Iterator[tuple[int, int]]:
    """Where the strips begin and end: at the rows with the least ink, given that of each row."""
    at = 0
    while len(ink) - at > 1.5 * STRIP:
        rows = range(at + STRIP // 2, at + STRIP)
        end = min(rows, key=lambda row: (ink[row], -row))
        yield at, end
        at = end
    yield at, len(ink)


@functools.cache
def _engine() -> Callable[[Any], Any]:
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL + 1)
    give_back_memory()
    from rapidocr import RapidOCR

    made: Callable[[Any], Any] = RapidOCR(params=_SETTINGS)
    return made


def _lines(strip: Any) -> list[str]:
    """The lines of a strip; what stands side by side is one line, between tabs."""
    found = _engine()(strip)
    if found is None or found.boxes is None or not found.txts:
        return []
    rows: list[tuple[float, float, list[tuple[float, str]]]] = []
    boxes = zip(found.boxes.tolist(), found.txts, strict=True)
    for box, said in sorted(boxes, key=lambda b: min(y for _, y in b[0])):
        top, end = min(y for _, y in box), max(y for _, y in box)
        left, middle = min(x for x, _ in box), (top + end) / 2
        row = next((r for r in rows if r[0] <= middle <= r[1]), None)
        if row is None:
            row = (top, end, [])
            rows.append(row)
        row[2].append((left, said))
    return ["\t".join(said for _, said in sorted(cells)) for _, _, cells in rows]


def read(data: bytes, budget: Budget) -> str:
    """All words of a picture; none where they cannot be read or it cannot be opened.

    None either once the pictures of a file have taken `SIGHT`: a book of screenshots is no scan.

    Args:
        data: The picture.
        budget: Of the file.

    Raises:
        TimedOutReading: The time of the file is over.
        MemoryError: There was no room for it.
    """
    if not can_see() or budget.sight <= 0:
        return ""
    begun = monotonic()
    try:
        return "\n".join(pages(data, budget))
    except (OSError, ValueError, SyntaxError, LookupError):
        return ""
    finally:
        budget.sight -= monotonic() - begun
