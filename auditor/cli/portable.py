"""`auditor portable`: puts the program on a stick, for machines without Python."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.writing import folder


@click.command
@click.argument("stick", type=click.Path(file_okay=False))
@click.option("--ocr", is_flag=True, help="With what reads scanned letters; 400 MB more.")
def portable(stick: str, ocr: bool) -> None:
    """Put the program on a stick, to run where nothing may be installed.

    Makes the program for the system that you run this on: on Windows one for Windows, on macOS
    one for macOS; do so on each, and one stick serves all. Takes about a minute and 200 MB, and
    needs PyInstaller: pip install 'auditor[portable]'.

    \b
    Examples:
      auditor portable E:\\
      auditor portable /media/auditor/STICK
    """
    from auditor.portable import build

    made = build(folder(stick), ocr=ocr)
    size = sum(f.stat().st_size for f in made.parent.rglob("*") if f.is_file())
    click.echo(f"{made} ({size // 1_000_000} MB). How to use it: {Path(stick, 'READ ME.txt')}")
