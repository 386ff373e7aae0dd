"""Files of every format, by the programs and libraries that schools' files come from.

Each word that begins with `tok` is planted in one place only, so that a place that is not read
shows by its own name.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

CSV = "UPN,Surname,Forename,DOB\nF999000120001,Tokson,Ann,2014-03-02\nH801200001001,Tokworth,Bob,2013-09-01\n"


def needs(*programs: str) -> None:
    """Skips the test where a program is not installed."""
    absent = [p for p in programs if not shutil.which(p)]
    if absent:
        pytest.skip(f"needs {', '.join(absent)}")


def run(*command: str, cwd: Path | None = None, stdin: bytes | None = None) -> None:
    done = subprocess.run(
        command, cwd=cwd, input=stdin, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stderr.decode(errors='replace')[-500:]}"


def word(path: Path) -> tuple[str, ...]:
    """A letter by python-docx."""
    docx = pytest.importorskip("docx")
    made = docx.Document()
    made.add_heading("tokheading")
    paragraph = made.add_paragraph("toksp")
    paragraph.add_run("lit").bold = True
    paragraph.add_run("run")
    made.add_paragraph("before\ttoktab")
    table = made.add_table(3, 2)
    for r in range(3):
        for c in range(2):
            table.cell(r, c).text = f"tokcell{r}{c}"
    made.sections[0].header.paragraphs[0].text = "tokheader"
    made.sections[0].footer.paragraphs[0].text = "tokfooter"
    made.add_comment(made.paragraphs[0].runs, text="tokcomment")
    made.core_properties.title = "toktitle"
    made.core_properties.subject = "toksubject"
    made.save(str(path))
    return ("tokheading", "toksplitrun", "toktab", "tokcell00", "tokcell21", "tokheader", "tokfooter",
            "tokcomment", "toktitle", "toksubject")  # fmt: skip


def workbook(path: Path) -> tuple[str, ...]:
    """A workbook by openpyxl."""
    openpyxl = pytest.importorskip("openpyxl")
    from openpyxl.comments import Comment

    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "tokname"
    sheet.append(["UPN", "DOB", "Phone", "Note"])
    sheet.append(["tokcell", date(2012, 3, 4), 7700900123, "=1+1"])
    sheet["B2"].number_format, sheet["C2"].number_format = "dd/mm/yyyy", "00000000000"
    sheet["A2"].comment = Comment("tokcomment", "office")
    sheet["D2"].hyperlink = "mailto:toklink@example.org"
    sheet.oddHeader.center.text = "tokheader"
    sheet["A3"] = "tokhiddenrow"
    sheet.row_dimensions[3].hidden = True
    other = made.create_sheet("other")
    other["C9"] = "tokhiddensheet"
    other.sheet_state = "veryHidden"
    sheet.protection.set_password("x")
    made.properties.title = "toktitle"
    made.save(path)
    return ("tokcell", "tokcomment", "tokheader", "tokhiddenrow", "tokhiddensheet", "toktitle",
            "2012-03-04", "07700900123", "toklink")  # fmt: skip


def workbook_by_another(path: Path) -> tuple[str, ...]:
    """A workbook by XlsxWriter, with text boxes and inline formulas."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    made = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet("Class")
    sheet.write_row(0, 0, ["Name", "Born"])
    sheet.write(1, 0, "tokcell")
    sheet.write_datetime(1, 1, date(2013, 9, 1), made.add_format({"num_format": "d mmm yyyy"}))
    sheet.write_rich_string(2, 0, "tok", made.add_format({"bold": True}), "rich")
    sheet.write_formula(3, 0, '="tok"&"formula"', None, "tokformula")
    sheet.insert_textbox(5, 1, "tokbox")
    sheet.set_header("&Ltokheader")
    sheet.add_table(7, 0, 8, 1, {"columns": [{"header": "tokcolumn"}, {"header": "b"}]})
    made.set_properties({"comments": "tokproperty"})
    made.close()
    return (
        "tokcell",
        "2013-09-01",
        "tokrich",
        "tokformula",
        "tokbox",
        "tokheader",
        "tokcolumn",
        "tokproperty",
    )


def slides(path: Path) -> tuple[str, ...]:
    """A presentation by python-pptx."""
    pptx = pytest.importorskip("pptx")
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = "toktitle"
    slide.placeholders[1].text = "tokbody"
    table = slide.shapes.add_table(2, 2, 0, 0, 10**6, 10**6).table
    table.cell(1, 1).text = "tokcell"
    slide.notes_slide.notes_text_frame.text = "toknotes"
    made.core_properties.title = "tokproperty"
    made.save(str(path))
    return ("toktitle", "tokbody", "tokcell", "toknotes", "tokproperty")


def pdf(path: Path) -> tuple[str, ...]:
    """A form by ReportLab: text, a comment, a field, a link, a title."""
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    made = canvas.Canvas(str(path))
    made.setTitle("toktitle")
    made.drawString(72, 700, "tokbody")
    made.textAnnotation("tokcomment", (10, 10, 40, 40))
    made.linkURL("mailto:toklink@example.org", (72, 600, 200, 620))
    made.acroForm.textfield(value="tokfield", x=72, y=500, name="surname")
    made.showPage()
    made.drawString(72, 700, "toksecond")
    made.save()
    return ("tokbody", "tokcomment", "toklink", "tokfield", "toksecond", "toktitle")


def mail(path: Path) -> tuple[str, ...]:
    """A message with two forms of its text and two attachments, one a message itself."""
    inner = EmailMessage()
    inner["Subject"] = "tokinner"
    inner.set_content("tokforwarded")
    made = EmailMessage()
    made["From"], made["To"] = "tokfrom@example.org", "tokto@example.org"
    made["Subject"] = "toksübject"
    made.set_content("tokplain")
    made.add_alternative("<p>tok<b>page</b></p>", subtype="html")
    made.add_attachment(
        CSV.encode(), maintype="application", subtype="octet-stream", filename="x.bin"
    )
    made.add_attachment(inner)
    path.write_bytes(bytes(made))
    return (
        "tokfrom",
        "tokto",
        "toksübject",
        "tokplain",
        "tokpage",
        "Tokson",
        "tokinner",
        "tokforwarded",
    )


def mailbox(path: Path) -> tuple[str, ...]:
    words: list[str] = []
    data = b""
    for n in range(3):
        made = EmailMessage()
        made["From"], made["Subject"] = "a@example.org", f"toksubject{n}"
        made.set_content(f"tokbody{n}\n\nFrom here on, nothing.\n")
        data += b"From a@example.org Thu Jan  1 00:00:00 2026\n" + bytes(made) + b"\n"
        words += [f"toksubject{n}", f"tokbody{n}"]
    path.write_bytes(data)
    return tuple(words)


def page(path: Path) -> tuple[str, ...]:
    path.write_text(
        "<!DOCTYPE html><html><head><title>toktitle</title><style>p{color:tokstyle}</style>"
        "<script>var tokscript=1</script></head><body><p>tok<i>split</i> &amp; tok&#x65;ntity"
        "<table><tr><th>UPN<th>Name<tr><td>tokcell<td>b</table><img alt='tokalt'>"
        "<a href='mailto:toklink@x.org'>x</a><input value=tokfield value='tokfield'></body></html>"
    )
    return ("toktitle", "toksplit", "tokentity", "tokcell", "tokalt", "toklink", "tokfield")


def transfer(path: Path) -> tuple[str, ...]:
    """A common transfer file, as far as its shape goes."""
    pupils = "".join(
        f"<Pupil><UPN>tokupn{n}</UPN><Surname>tokname{n}</Surname><DOB>2014-03-0{n}</DOB>"
        f"<BasicDetails><Ethnicity>tokdeep{n}</Ethnicity></BasicDetails></Pupil>"
        for n in range(1, 4)
    )
    path.write_text(
        "<?xml version='1.0' encoding='utf-8'?><CTfile><Header><DocumentName>CTF</DocumentName></Header>"
        f"<CTFpupilData>{pupils}</CTFpupilData></CTfile>"
    )
    return ("tokupn1", "tokname3", "tokdeep2", "2014-03-03")


def export(path: Path) -> tuple[str, ...]:
    path.write_text(
        '{"school":"tokouter","pupils":[{"upn":"tokupn1","home":{"postcode":"tokdeep"}},{"upn":"tokupn2"}]}'
    )
    return ("tokouter", "tokupn1", "tokdeep", "tokupn2")


def rich(path: Path) -> tuple[str, ...]:
    path.write_bytes(
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 tokfont;}}{\info{\title toktitle}{\subject toksubject}}"
        rb"{\header tokheader\par}{\footer tokfooter\par}tok\b sp\b0 lit \'e9 tok\u233 ?\par"
        rb"{\*\annotation tokcomment\par}{\footnote tokfootnote}{\v tokhidden} "
        rb"{\field{\*\fldinst HYPERLINK mailto:toklink@x.org}{\fldrslt tokshown}}"
        rb"{\shp{\*\shpinst{\sp}{\shptxt tokbox\par}}}{\pict tokpicture}"
        rb"\trowd\intbl tokcell1\cell b\cell\row\trowd\intbl tokcell2\cell d\cell\row\pard tokafter\par}"
    )
    return ("toktitle", "toksubject", "tokheader", "tokfooter", "toksplit", "toké", "tokcomment", "tokfootnote",
            "tokhidden", "toklink", "tokshown", "tokbox", "tokcell1", "tokcell2", "tokafter")  # fmt: skip


def database(path: Path) -> tuple[str, ...]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE pupils(upn, surname, born)")
        base.executemany(
            "INSERT INTO pupils VALUES(?,?,?)",
            [(f"tokupn{n}", "Tokson", "2014-03-02") for n in range(500)],
        )
        base.execute('CREATE TABLE "odd "" name"(note TEXT)')
        base.execute('INSERT INTO "odd "" name" VALUES(?)', ("toknote" + "x" * 9_000 + " tokend",))
        base.execute("CREATE VIEW v AS SELECT load_extension('x')")
    return ("tokupn0", "tokupn499", "2014-03-02", "tokend")


def book(path: Path) -> tuple[str, ...]:
    import zipfile

    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/epub+zip")
        made.writestr("OEBPS/one.xhtml", "<html><body><p>tokpage</p></body></html>")
        made.writestr(
            "OEBPS/content.opf",
            "<package><metadata><dc:title>toktitle</dc:title></metadata></package>",
        )
    return ("tokpage", "toktitle")


def dbase(path: Path) -> tuple[str, ...]:
    dbf = pytest.importorskip("dbf")
    table = dbf.Table(str(path), "surname C(20); born D; roll N(5,0)", dbf_type="db3")
    table.open(mode=dbf.READ_WRITE)
    table.append({"surname": "tokname", "born": dbf.Date(2014, 3, 2), "roll": 77})
    table.append({"surname": "tokdeleted", "born": dbf.Date(2014, 3, 2), "roll": 78})
    dbf.delete(table[1])
    table.close()
    return ("tokname", "2014-03-02", "77", "tokdeleted")


def old_workbook(path: Path) -> tuple[str, ...]:
    xlwt = pytest.importorskip("xlwt")
    made = xlwt.Workbook()
    sheet = made.add_sheet("Class")
    sheet.write(0, 0, "Surname")
    sheet.write(0, 1, "Born")
    sheet.write(1, 0, "tokcell")
    sheet.write(1, 1, date(2014, 3, 2), xlwt.easyxf(num_format_str="D/M/YY"))
    sheet.header_str = b"tokheader"
    made.save(str(path))
    return ("tokcell", "2014-03-02", "tokheader")


def backup(path: Path) -> tuple[str, ...]:
    """The shape of a tape backup: its mark, then pages with rows as they are."""
    rows = "".join(f"tokrow{n} 2014-03-02 " for n in range(2_000))
    path.write_bytes(
        b"TAPE"
        + bytes(2_000)
        + rows.encode()
        + bytes(50_000)
        + "tokwide1 tokwide2".encode("utf-16-le")
        + bytes(4_000)
    )
    return ("tokrow0", "tokrow1999", "tokwide2")


def picture(path: Path) -> tuple[str, ...]:
    image = pytest.importorskip("PIL.Image")
    made = image.new("RGB", (8, 8))
    exif = made.getexif()
    exif[0x010E] = "tokdescription"
    made.save(path, "JPEG", exif=exif, comment=b"tokcomment")
    return ("tokdescription", "tokcomment")


PLAIN: dict[str, Callable[[Path], tuple[str, ...]]] = {
    "letter.docx": word,
    "class.xlsx": workbook,
    "other.xlsx": workbook_by_another,
    "talk.pptx": slides,
    "form.pdf": pdf,
    "mail.eml": mail,
    "box.mbox": mailbox,
    "page.html": page,
    "transfer.xml": transfer,
    "export.json": export,
    "letter.rtf": rich,
    "base.sqlite": database,
    "book.epub": book,
    "old.dbf": dbase,
    "old.xls": old_workbook,
    "school.bak": backup,
    "photo.jpg": picture,
}
"""Name of the file and its writer, which gives the words that it planted."""
