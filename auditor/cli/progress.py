"""What the person sees while the scan runs: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import IO

from auditor.content import Step
from auditor.words import count, number, size, spent

EVERY = 10.0
"""Seconds between two plain lines."""


@contextmanager
def progress(*, quiet: bool, stream: IO[str] | None = None) -> Iterator[Callable[[Step], None]]:
    """Gives the function that the scan tells its steps to."""
    out = stream or sys.stderr
    if quiet:
        yield lambda _: None
    elif out.isatty():
        with _live(out) as tell:
            yield tell
    else:
        yield _lines(out)


def _lines(out: IO[str]) -> Callable[[Step], None]:
    begun = last = monotonic()

    def tell(step: Step) -> None:
        nonlocal last
        if monotonic() - last >= EVERY:
            last = monotonic()
            print(summary(step, last - begun), file=out, flush=True)

    return tell


def summary(step: Step, seconds: float) -> str:
    """One line: what was done, how fast, what was found, what is left."""
    rate = step.bytes / seconds if seconds > 0 else 0.0
    line = (
        f"{count(step.files, 'file')}, {size(step.bytes)} at {size(round(rate))}/s, "
        f"{number(step.personal)} with personal data"
    )
    rest = left(step, seconds)
    return f"{line}, {rest} left" if rest else line


def left(step: Step, seconds: float) -> str:
    """The time left, once the walk knows how much there is; empty before."""
    if not step.total_files or not step.files or seconds < 1:
        return ""
    # Small files cost by number and large ones by size: the slower of the two decides.
    parts = [step.files / step.total_files]
    if step.total_bytes:
        parts.append(step.bytes / step.total_bytes)
    done = min(parts)
    return f"about {spent(seconds * (1 - done) / done)}" if done > 0 else ""


@contextmanager
def _live(out: IO[str]) -> Iterator[Callable[[Step], None]]:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    begun = monotonic()
    console = Console(file=out, highlight=False)
    with Live(console=console, refresh_per_second=8, transient=True) as live:

        def tell(step: Step) -> None:
            here = Text(f"Looking at {step.place}", no_wrap=True, overflow="ellipsis")
            what = Text(summary(step, monotonic() - begun), style="bold")
            live.update(
                Text("\n").join([here, what, Text("Ctrl-C stops and keeps what was found")])
            )

        yield tell
