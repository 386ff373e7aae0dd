"""Labelled samples as Office, PDF, mail, database and zip files: the same people in other coats."""

from __future__ import annotations

import csv
import io
import sqlite3
import tempfile
import zipfile
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from random import Random

import docx
import openpyxl
from labelled import Sample
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped, unused-ignore]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped, unused-ignore]


def dressed(r: Random, sample: Sample) -> Sample:
    """The sample in another format; names of files stay, but for the ending."""
    text = decoded(sample.data)
    rows = cells(text) if sample.shape != "document" and sample.name.endswith(".csv") else []
    if rows:
        way = r.choice([xlsx, xlsx, xlsx, word_table, database, zipped])
        return way(r, sample, rows)
    if sample.name.endswith((".xml", ".json", ".py", ".html")) or not text.strip():
        return sample
    if sample.name.endswith(".eml"):
        return sample
    return r.choice([word, word, pdf, mail])(sample, text)


def decoded(data: bytes) -> str:
    for mark, encoding in (
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"\xef\xbb\xbf", "utf-8-sig"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def cells(text: str) -> list[list[str]]:
    mark = max(",;\t|", key=text[:2000].count)
    return list(csv.reader(io.StringIO(text), delimiter=mark))


def renamed(sample: Sample, data: bytes, ending: str) -> Sample:
    return replace(sample, data=data, name=f"{Path(sample.name).stem}{ending}")


def xlsx(r: Random, sample: Sample, rows: list[list[str]]) -> Sample:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(
            [int(c) if c.isdecimal() and len(c) < 6 and not c.startswith("0") else c for c in row]
        )
    if r.random() < 0.3:
        book.create_sheet("Sheet2").append(["Notes", "checked by office"])
    out = io.BytesIO()
    book.save(out)
    return renamed(sample, out.getvalue(), ".xlsx")


def word_table(r: Random, sample: Sample, rows: list[list[str]]) -> Sample:
    if len(rows) > 120:
        return xlsx(r, sample, rows)
    document = docx.Document()
    document.add_paragraph("List")
    width = max(map(len, rows))
    table = document.add_table(rows=0, cols=width)
    for row in rows:
        for cell, value in zip(table.add_row().cells, row + [""] * (width - len(row)), strict=True):
            cell.text = value
    return saved(sample, document)


def word(sample: Sample, text: str) -> Sample:
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph("".join(c for c in line if c.isprintable() or c == "\t"))
    return saved(sample, document)


def saved(sample: Sample, document: object) -> Sample:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return renamed(sample, out.getvalue(), ".docx")


def pdf(sample: Sample, text: str) -> Sample:
    """Only what Helvetica can write; other letters become plain ones."""
    out = io.BytesIO()
    page = Canvas(out, pagesize=A4)
    y = 800
    for line in text.splitlines():
        for start in range(0, max(len(line), 1), 95):
            page.drawString(40, y, line[start : start + 95])
            y -= 14
            if y < 40:
                page.showPage()
                y = 800
    page.save()
    return renamed(sample, out.getvalue(), ".pdf")


def mail(sample: Sample, text: str) -> Sample:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "office@hilltop.sch.uk",
        "head@hilltop.sch.uk",
        "please see below",
    )
    message.set_content(text)
    return renamed(sample, message.as_bytes(), ".eml")


def database(r: Random, sample: Sample, rows: list[list[str]]) -> Sample:
    heads = rows[0]
    if len(set(map(str.casefold, heads))) < len(heads) or "" in heads:
        return xlsx(r, sample, rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "data.db")
        db = sqlite3.connect(path)
        names = ", ".join('"' + h.replace('"', "") + '"' for h in heads)
        db.execute(f"CREATE TABLE data ({names})")
        full = [row + [""] * (len(heads) - len(row)) for row in rows[1:] if row]
        db.executemany(
            f"INSERT INTO data VALUES ({', '.join('?' * len(heads))})",
            [row[: len(heads)] for row in full],
        )
        db.commit()
        db.close()
        return renamed(sample, path.read_bytes(), ".db")


def zipped(r: Random, sample: Sample, rows: list[list[str]]) -> Sample:
    inner = xlsx(r, sample, rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(inner.name, inner.data)
    return renamed(sample, out.getvalue(), ".zip")
