"""Every format: what was planted comes out, what is locked is told, what is torn is salvaged."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import by_hand
import pytest
from reading import read
from writers import CSV, PLAIN, needs, run

from auditor.content import opening
from auditor.content.extract import EXTRACTORS, extractor, table
from auditor.content.extract.pdf import _lock
from auditor.content.looking import opened
from auditor.content.source import Source
from auditor.evidence import ProtectionState as State
from auditor.evidence import Why

NAMED = ("Tokson", "Tokworth")
"""What stands in the list that goes into archives."""


@pytest.mark.parametrize("name", PLAIN)
def test_every_place_where_words_stand_is_read(tmp_path: Path, name: str) -> None:
    words = PLAIN[name](tmp_path / name)

    got = read(tmp_path / name)

    assert not got.missing(*words)
    assert not got.unread
    assert got.protection.state is State.NONE


def test_scripts_styles_fonts_and_pictures_of_a_page_are_no_text(tmp_path: Path) -> None:
    PLAIN["page.html"](tmp_path / "page.html")
    PLAIN["letter.rtf"](tmp_path / "letter.rtf")

    assert read(tmp_path / "page.html").missing("tokstyle", "tokscript") == [
        "tokstyle",
        "tokscript",
    ]
    assert read(tmp_path / "letter.rtf").missing("tokfont", "tokpicture") == [
        "tokfont",
        "tokpicture",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "class.xlsx",
        "transfer.xml",
        "base.sqlite",
        "old.dbf",
        "old.xls",
        "letter.docx",
        "letter.rtf",
        "page.html",
    ],
)
def test_rows_stay_rows(tmp_path: Path, name: str) -> None:
    PLAIN[name](tmp_path / name)

    tables = read(tmp_path / name).tables

    assert any(len(t) > 1 and len(t[0]) > 1 for t in tables)


def test_the_name_of_a_file_means_nothing(tmp_path: Path) -> None:
    PLAIN["class.xlsx"](tmp_path / "holiday.jpg")
    PLAIN["photo.jpg"](tmp_path / "class.xlsx")

    assert read(tmp_path / "holiday.jpg").kind == "Excel workbook"
    assert read(tmp_path / "class.xlsx").kind == "picture"


def listed(top: Path) -> Path:
    (top / "list.csv").write_text(CSV)
    return top / "list.csv"


def packed_zip(top: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(top / "x.zip", "w", method) as made:
        made.write(listed(top), "lists/list.csv")
    return top / "x.zip"


def packed_tar(top: Path, mode: str) -> Path:
    with tarfile.open(top / "x.tar", mode) as made:  # type: ignore[call-overload]
        made.add(listed(top), "list.csv")
    return top / "x.tar"


def by(name: str, *command: str) -> Callable[[Path], Path]:
    def make(top: Path) -> Path:
        needs(command[0])
        listed(top)
        run(*command, cwd=top)
        return top / name

    return make


ARCHIVES: dict[str, Callable[[Path], Path]] = {
    "zip": packed_zip,
    "zip, stored": lambda top: packed_zip(top, zipfile.ZIP_STORED),
    "zip, bzip2": lambda top: packed_zip(top, zipfile.ZIP_BZIP2),
    "zip, lzma": lambda top: packed_zip(top, zipfile.ZIP_LZMA),
    "tar": lambda top: packed_tar(top, "w"),
    "tar, gzip": lambda top: packed_tar(top, "w:gz"),
    "tar, bzip2": lambda top: packed_tar(top, "w:bz2"),
    "tar, xz": lambda top: packed_tar(top, "w:xz"),
    "gzip": by("list.csv.gz", "gzip", "-k", "list.csv"),
    "zstd": by("list.csv.zst", "zstd", "-q", "list.csv"),
    "7z": by("x.7z", "7z", "a", "-bd", "x.7z", "list.csv"),
    "7z, bzip2": by("x.7z", "7z", "a", "-bd", "-m0=bzip2", "x.7z", "list.csv"),
    "7z, deflate": by("x.7z", "7z", "a", "-bd", "-m0=deflate", "x.7z", "list.csv"),
    "7z, copied": by("x.7z", "7z", "a", "-bd", "-m0=copy", "x.7z", "list.csv"),
    "disc": by("x.iso", "genisoimage", "-quiet", "-J", "-o", "x.iso", "list.csv"),
    "disc, plain names": by("x.iso", "genisoimage", "-quiet", "-o", "x.iso", "list.csv"),
    "OpenPGP, packed": by("x.gpg", "gpg", "--batch", "--homedir", ".", "--store", "-o", "x.gpg", "list.csv"),
    "OpenPGP, packed, armoured": by("x.asc", "gpg", "--batch", "--homedir", ".", "-a", "--store", "-o", "x.asc", "list.csv"),
}  # fmt: skip


@pytest.mark.parametrize("name", ARCHIVES)
def test_what_is_packed_is_read(tmp_path: Path, name: str) -> None:
    got = read(ARCHIVES[name](tmp_path))

    assert not got.missing(*NAMED), name
    assert not got.unread
    assert any(t[0] == ["UPN", "Surname", "Forename", "DOB"] for t in got.tables), name


def test_archives_within_archives_are_read(tmp_path: Path) -> None:
    inner: Path = packed_tar(tmp_path, "w:gz")
    for n in range(4):
        with zipfile.ZipFile(tmp_path / f"{n}.zip", "w", zipfile.ZIP_DEFLATED) as made:
            made.write(inner, "inner")
        inner = tmp_path / f"{n}.zip"

    got = read(inner)

    assert not got.missing(*NAMED)
    assert not got.unread


def test_nesting_without_end_is_a_gap(tmp_path: Path) -> None:
    data = CSV.encode()
    for _ in range(30):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("inner.zip", data)
        data = held.getvalue()
    (tmp_path / "deep.zip").write_bytes(data)

    assert read(tmp_path / "deep.zip").unread == {Why.TOO_LARGE}


def openssl(name: str, *command: str) -> Callable[[Path], Path]:
    def make(top: Path) -> Path:
        needs("openssl")
        listed(top)
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem",
            "-subj", "/CN=school", cwd=top)  # fmt: skip
        run("openssl", *command, cwd=top)
        return top / name

    return make


def qpdf(*options: str) -> Callable[[Path], Path]:
    def make(top: Path) -> Path:
        needs("qpdf")
        PLAIN["form.pdf"](top / "plain.pdf")
        run("qpdf", *options, "--", "plain.pdf", "x.pdf", cwd=top)
        return top / "x.pdf"

    return make


def office(name: str, password: str = "secret") -> Callable[[Path], Path]:
    def make(top: Path) -> Path:
        from msoffcrypto.format.ooxml import OOXMLFile

        PLAIN[name](top / f"plain {name}")
        with (top / f"plain {name}").open("rb") as plain, (top / name).open("wb") as closed:
            OOXMLFile(plain).encrypt(password, closed)
        return top / name

    return make


def raw(start: bytes, size: int = 4_096, at: int = 0) -> Callable[[Path], Path]:
    def make(top: Path) -> Path:
        (top / "x").write_bytes((bytes(at) + start).ljust(size, b"\0\xff\x01"[:1]))
        return top / "x"

    return make


def noise(top: Path) -> Path:
    (top / "x.dat").write_bytes(os.urandom(1 << 20))
    return top / "x.dat"


def aged(*options: str) -> Callable[[Path], Path]:
    def make(top: Path) -> Path:
        pyrage = pytest.importorskip("pyrage")
        who = pyrage.x25519.Identity.generate().to_public()
        (top / "x.age").write_bytes(pyrage.encrypt(CSV.encode(), [who], armored="armor" in options))
        return top / "x.age"

    return make


def mixed(top: Path) -> Path:
    needs("zip")
    listed(top)
    (top / "open.txt").write_text("tokopen")
    run("zip", "-q", "x.zip", "open.txt", cwd=top)
    run("zip", "-q", "-P", "secret", "x.zip", "list.csv", cwd=top)
    return top / "x.zip"


GPG = ("gpg", "--batch", "--homedir", ".", "--pinentry-mode", "loopback", "--passphrase", "secret")

LOCKED: dict[str, tuple[Callable[[Path], Path], State, str]] = {
    "Word, agile": (office("letter.docx"), State.STRONG, "Office AES-256 (agile)"),
    "Excel, agile": (office("class.xlsx"), State.STRONG, "Office AES-256 (agile)"),
    "PowerPoint, agile": (office("talk.pptx"), State.STRONG, "Office AES-256 (agile)"),
    "Excel, everybody's password": (office("class.xlsx", "VelvetSweatshop"), State.NONE, ""),
    "PDF, owner password only": (qpdf("--encrypt", "", "owner", "256"), State.NONE, ""),
    "PDF, AES-256": (qpdf("--encrypt", "user", "owner", "256"), State.STRONG, "PDF AES-256"),
    "PDF, AES-256, object streams": (
        qpdf("--object-streams=generate", "--encrypt", "user", "owner", "256"), State.STRONG, "PDF AES-256"),
    "PDF, AES-128": (qpdf("--encrypt", "user", "owner", "128", "--use-aes=y"), State.STRONG, "PDF AES-128"),
    "PDF, RC4-128": (
        qpdf("--allow-weak-crypto", "--encrypt", "user", "owner", "128", "--use-aes=n"), State.WEAK, "PDF RC4-128"),
    "PDF, RC4-40": (qpdf("--allow-weak-crypto", "--encrypt", "user", "owner", "40"), State.WEAK, "PDF RC4-40"),
    "ZIP, ZipCrypto": (by("x.zip", "zip", "-q", "-P", "secret", "x.zip", "list.csv"), State.WEAK, "ZipCrypto"),
    "ZIP, AES-256": (
        by("x.zip", "7z", "a", "-bd", "-tzip", "-psecret", "-mem=AES256", "x.zip", "list.csv"), State.STRONG, "ZIP AES-256"),
    "ZIP, AES-128": (
        by("x.zip", "7z", "a", "-bd", "-tzip", "-psecret", "-mem=AES128", "x.zip", "list.csv"), State.STRONG, "ZIP AES-128"),
    "ZIP, mixed": (mixed, State.NONE, "ZipCrypto"),
    "7z": (by("x.7z", "7z", "a", "-bd", "-psecret", "x.7z", "list.csv"), State.STRONG, "7z AES-256"),
    "7z, names hidden": (
        by("x.7z", "7z", "a", "-bd", "-psecret", "-mhe=on", "x.7z", "list.csv"), State.STRONG, "7z AES-256"),
    "OpenPGP": (by("x.gpg", *GPG, "--symmetric", "-o", "x.gpg", "list.csv"), State.STRONG, "OpenPGP"),
    "OpenPGP, armoured": (by("x.asc", *GPG, "-a", "--symmetric", "-o", "x.asc", "list.csv"), State.STRONG, "OpenPGP"),
    "age": (aged(), State.STRONG, "age"),
    "age, armoured": (aged("armor"), State.STRONG, "age"),
    "openssl": (
        openssl("x", "enc", "-aes-256-cbc", "-pbkdf2", "-pass", "pass:x", "-in", "list.csv", "-out", "x"),
        State.UNKNOWN, "openssl enc, cipher not told"),
    "openssl, base64": (
        openssl("x", "enc", "-a", "-aes-256-cbc", "-pbkdf2", "-pass", "pass:x", "-in", "list.csv", "-out", "x"),
        State.UNKNOWN, "openssl enc, cipher not told"),
    "S/MIME, AES": (
        openssl("x.p7m", "smime", "-encrypt", "-aes256", "-outform", "DER", "-in", "list.csv", "-out", "x.p7m", "cert.pem"),
        State.STRONG, "S/MIME AES-256"),
    "S/MIME, 3DES": (
        openssl("x.p7m", "smime", "-encrypt", "-des3", "-outform", "DER", "-in", "list.csv", "-out", "x.p7m", "cert.pem"),
        State.WEAK, "S/MIME 3DES"),
    "S/MIME, signed only": (
        openssl("x.p7m", "smime", "-sign", "-nodetach", "-outform", "DER", "-in", "list.csv", "-out", "x.p7m", "-signer",
                "cert.pem", "-inkey", "key.pem"), State.NONE, ""),
    "LUKS": (raw(b"LUKS\xba\xbe\0\2"), State.STRONG, "LUKS"),
    "BitLocker": (raw(b"\xeb\x58\x90-FVE-FS-"), State.STRONG, "BitLocker"),
    "macOS image": (raw(b"encrcdsa"), State.STRONG, "macOS disk image AES"),
    "KeePass": (raw(b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5"), State.STRONG, "KeePass"),
    "AxCrypt": (raw(bytes.fromhex("c0b9072e4f93f146a015792ca1d9e821")), State.STRONG, "AxCrypt AES"),
    "rights-managed mail": (raw(bytes.fromhex("76e80460c411e386")), State.STRONG, "Office rights management"),
    "rights-managed file": (raw(b".pfile\1\0"), State.STRONG, "Azure rights management"),
    "eCryptfs": (raw(bytes(8) + bytes.fromhex("000000013c81b7f4") + b"\3\0\0\2"), State.STRONG, "eCryptfs"),
    "RAR": (by_hand.written(by_hand.rar4(names_hidden=False)), State.STRONG, "RAR AES-128"),
    "RAR, names hidden": (by_hand.written(by_hand.rar4(names_hidden=True)), State.STRONG, "RAR AES-128"),
    "RAR5": (by_hand.written(by_hand.rar5(names_hidden=False)), State.STRONG, "RAR5 AES-256"),
    "RAR5, names hidden": (by_hand.written(by_hand.rar5(names_hidden=True)), State.STRONG, "RAR5 AES-256"),
    "Access, encoded": (by_hand.written(by_hand.access(encoded=0x1234)), State.WEAK, "Access RC4-32"),
    "Access, AES": (
        by_hand.written(by_hand.access(xml=b'<?xml?><encryption><keyData keyBits="128"/>', mark=b"Standard ACE DB")),
        State.STRONG, "Access AES-128"),
    "Money": (by_hand.written(by_hand.access(mark=b"MSISAM Database")), State.UNKNOWN, "Microsoft Money"),
    "OpenDocument, Blowfish": (by_hand.odf("Blowfish CFB"), State.WEAK, "OpenDocument Blowfish"),
    "OpenDocument, GCM": (by_hand.odf("http://www.w3.org/2009/xmlenc11#aes256-gcm"), State.STRONG, "OpenDocument AES-256-GCM"),
    "OpenDocument, AES": (by_hand.odf("http://www.w3.org/2001/04/xmlenc#aes256-cbc"), State.STRONG, "OpenDocument AES-256"),
    "ZIP, PKWARE": (by_hand.written(by_hand.zipped(8, 0x41)), State.UNKNOWN, "ZIP with PKWARE strong encryption"),
    "ZIP, AES-192": (
        by_hand.written(by_hand.zipped(99, 1, bytes.fromhex("0199070002004145020800"))), State.STRONG, "ZIP AES-192"),
    "OpenPGP, old": (by_hand.written(b"\xc3\x04\x04\x09\x00\x02" + b"\xc9\x40" + os.urandom(64)), State.WEAK, "OpenPGP without integrity check"),
    "noise": (noise, State.UNKNOWN, "looks random: encrypted or wiped, ask"),
}  # fmt: skip
"""Writer, the state of the whole file, and the scheme told."""


@pytest.mark.parametrize("name", LOCKED)
def test_what_is_locked_is_told_and_what_is_not_is_read(tmp_path: Path, name: str) -> None:
    make, state, scheme = LOCKED[name]

    got = read(make(tmp_path))

    assert got.protection.state is state
    assert got.locks == ([scheme] if scheme else [])
    if state is not State.NONE:
        assert not got.text.strip()
    elif not scheme:
        assert got.text.strip()


def test_a_zip_with_some_members_locked_counts_as_open(tmp_path: Path) -> None:
    got = read(mixed(tmp_path))

    assert not got.missing("tokopen")
    assert got.missing(*NAMED) == list(NAMED)
    assert got.protection.of == "1 of 2 parts"


@pytest.mark.parametrize("name", ["letter.docx", "class.xlsx", "talk.pptx", "book.epub"])
def test_what_a_torn_document_still_holds_comes_out_and_it_is_told(
    tmp_path: Path, name: str
) -> None:
    PLAIN[name](tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    cut = whole[: whole.rindex(b"PK\1\2")]
    (tmp_path / name).write_bytes(cut)

    got = read(tmp_path / name)

    assert got.unread == ({Why.DAMAGED} if name != "book.epub" else got.unread)
    assert "tok" in got.text


def test_a_damaged_member_loses_only_itself(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("torn.csv", "tokfirst\n" + os.urandom(5_000).hex())
        made.writestr("whole.txt", "tokwhole")
    data = bytearray((tmp_path / "x.zip").read_bytes())
    data[2_000:2_400] = bytes(400)
    (tmp_path / "x.zip").write_bytes(data)

    got = read(tmp_path / "x.zip")

    assert not got.missing("tokwhole")
    assert got.unread == {Why.DAMAGED}


@pytest.mark.parametrize(
    "name", ["zip", "tar, gzip", "gzip", "7z", "7z, copied", "tar, xz", "zstd"]
)
def test_of_a_torn_archive_what_stands_before_the_tear_is_read(tmp_path: Path, name: str) -> None:
    rows = "".join(f"{os.urandom(6).hex()},Tokrow{n}\n" for n in range(40_000))
    (tmp_path / "more.csv").write_text(CSV + rows)
    made = {
        "zip": ("zip", "-q", "x", "more.csv"),
        "tar, gzip": ("tar", "czf", "x", "more.csv"),
        "tar, xz": ("tar", "cJf", "x", "more.csv"),
        "gzip": ("gzip", "-k", "-S", ".x", "more.csv"),
        "zstd": ("zstd", "-q", "-o", "x", "more.csv"),
        "7z": ("7z", "a", "-bd", "-m0=deflate", "x", "more.csv"),
        "7z, copied": ("7z", "a", "-bd", "-m0=copy", "x", "more.csv"),
    }[name]
    needs(made[0])
    run(*made, cwd=tmp_path)
    packed = next(p for p in tmp_path.iterdir() if p.name.startswith("x") or p.suffix == ".x")
    data = packed.read_bytes()
    if "7z" in name:  # its directory stands at the end
        middle = len(data) // 2
        packed.write_bytes(data[:middle] + bytes(64) + data[middle + 64 :])
    else:
        packed.write_bytes(data[: len(data) * 2 // 3])

    got = read(packed)

    assert not got.missing(*NAMED, "Tokrow5")
    assert got.unread == {Why.DAMAGED}


def test_a_bomb_is_stopped_and_told(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "x.docx", "w", zipfile.ZIP_DEFLATED) as made,
        made.open("word/document.xml", "w", force_zip64=True) as f,
    ):
        f.write(b"<w:document><w:p><w:t>tokfirst</w:t></w:p>")
        for _ in range(300):
            f.write((b"<w:p><w:t>" + b"a " * 5_000 + b"</w:t></w:p>") * 100)

    got = read(tmp_path / "x.docx")

    assert not got.missing("tokfirst")
    assert got.unread == {Why.TOO_LARGE}


def test_a_long_string_that_every_cell_shows_is_a_bomb_too(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    made = xlsxwriter.Workbook(str(tmp_path / "x.xlsx"))
    sheet = made.add_worksheet()
    for n in range(20_000):
        sheet.write_row(n, 0, ["x" * 30_000] * 20)
    made.close()

    with opened(str(tmp_path / "x.xlsx")) as found:
        out = sum(len(p.data) for d in found.contents.documents() for p in d.passages)

    assert Why.TOO_LARGE in {why for why, _ in found.contents.unread}
    assert out < 2 * (100_000_000 + 100 * found.size)


def test_entities_of_an_xml_are_never_expanded(tmp_path: Path) -> None:
    laughs = "".join(
        f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}{"&l" + str(n - 1) + ";" if n else ""}">'
        for n in range(40)
    )
    (tmp_path / "x.xml").write_text(
        f"<!DOCTYPE x [{laughs}]><x><y><a>&l39;</a><b>1</b></y><y><a>tokend</a><b>2</b></y></x>"
    )

    got = read(tmp_path / "x.xml")

    assert len(got.text) < 20_000
    assert not got.missing("tokend")


def test_a_scanned_letter_is_a_gap_and_a_photograph_is_counted(tmp_path: Path) -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    PLAIN["photo.jpg"](tmp_path / "photo.jpg")
    made = canvas.Canvas(str(tmp_path / "scan.pdf"))
    made.drawImage(str(tmp_path / "photo.jpg"), 0, 0, 500, 700)
    made.save()

    assert read(tmp_path / "scan.pdf").unread == {Why.FORMAT}
    assert read(tmp_path / "photo.jpg").pictures == 1


def test_files_within_documents_are_read(tmp_path: Path) -> None:
    PLAIN["letter.docx"](tmp_path / "letter.docx")
    PLAIN["class.xlsx"](tmp_path / "class.xlsx")
    with zipfile.ZipFile(tmp_path / "letter.docx", "a") as made:
        made.write(tmp_path / "class.xlsx", "word/embeddings/Microsoft_Excel_Sheet1.xlsx")

    assert not read(tmp_path / "letter.docx").missing("tokheading", "tokhiddensheet")


def test_a_pdf_gives_its_attachments(tmp_path: Path) -> None:
    needs("qpdf")
    PLAIN["form.pdf"](tmp_path / "plain.pdf")
    run("qpdf", "plain.pdf", "--add-attachment", str(listed(tmp_path)), "--", "x.pdf", cwd=tmp_path)

    assert not read(tmp_path / "x.pdf").missing("tokbody", *NAMED)


def test_an_empty_archive_is_read_and_holds_nothing(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w"):
        pass
    got = read(tmp_path / "x.zip")

    assert (got.opened, got.text, got.unread) == (1, "", set())


NOT_MADE = {
    "Office XOR", "Office RC4-128 (CryptoAPI)", "Office RC4 (CryptoAPI)", "Office AES-128 (standard)", "Office RC4-128",
    "Office extensible encryption", "EPUB rights management", "S/MIME AES-192", "S/MIME AES-128", "S/MIME RC2", "S/MIME",
    "S/MIME mail", "OpenPGP mail", "PDF with a security of its own", "PDF encryption", "backup compressed or encrypted",
}  # fmt: skip
"""Schemes of which nothing here writes a file; what is told of them rests on the papers of their makers."""
ELSEWHERE = {"Office RC4-40"}
"""Written by LibreOffice, in a suite of its own."""


def test_every_scheme_on_the_roll_has_a_file_that_shows_it() -> None:
    told = {scheme for reader in EXTRACTORS for scheme, _ in reader.LOCKS}
    shown = {scheme for _, _, scheme in LOCKED.values() if scheme}

    assert shown <= told
    assert told - shown - ELSEWHERE == NOT_MADE


def test_every_scheme_is_worth_what_the_roll_says() -> None:
    worth = {scheme: state for reader in EXTRACTORS for scheme, state in reader.LOCKS}

    assert not [
        n
        for n, (_, state, scheme) in LOCKED.items()
        if scheme and state not in {worth[scheme], State.NONE}
    ]


@pytest.mark.parametrize(
    ("dictionary", "scheme"),
    [
        (
            b"<</Filter/Standard/V 5/R 6/Length 256/CF<</StdCF<</CFM/AESV3/Length 32>>>>/StmF/StdCF>>",
            "PDF AES-256",
        ),
        (
            b"<</Filter/Standard/V 4/R 4/Length 128/CF<</StdCF<</CFM/AESV2/Length 16>>>>>>",
            "PDF AES-128",
        ),
        (
            b"<</Filter/Standard/V 4/R 4/Length 128/CF<</StdCF<</CFM/V2/Length 16>>>>>>",
            "PDF RC4-128",
        ),
        (b"<</V 2/R 3/Length 128/Filter /Standard>>", "PDF RC4-128"),
        (b"<</Filter/Adobe.PubSec/V 4>>", "PDF encryption"),
    ],
)
def test_the_cipher_of_a_pdf_is_the_one_that_its_trailer_points_to(
    tmp_path: Path, dictionary: bytes, scheme: str
) -> None:
    (tmp_path / "x.pdf").write_bytes(by_hand.pdf(dictionary))
    size = (tmp_path / "x.pdf").stat().st_size
    with (tmp_path / "x.pdf").open("rb") as file:
        assert _lock(Source.of_file(file.fileno(), "x.pdf", size)).scheme == scheme


def test_a_panic_of_a_native_reader_costs_one_member(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PanicException(BaseException):
        """As calamine's Rust raises it: no Exception, and of a module that cannot be imported."""

    class Panicking:
        def parts(self, source: object, kind: object) -> object:
            raise PanicException
            yield

    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr("a.json", "[1]")
        made.writestr("b.txt", "tokwhole")
    real = extractor
    monkeypatch.setattr(
        opening, "extractor", lambda kind: Panicking() if kind.name == "JSON" else real(kind)
    )

    got = read(tmp_path / "x.zip")

    assert not got.missing("tokwhole")
    assert got.unread == {Why.DAMAGED}


def test_a_long_table_and_text_without_a_tag_are_given_piece_by_piece(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.docx", "w", zipfile.ZIP_DEFLATED) as made:
        cell = b"<w:tc><w:p><w:t>a</w:t></w:p></w:tc>"
        rows = (b"<w:tr>" + cell * 4 + b"</w:tr>") * 100_000
        made.writestr(
            "word/document.xml",
            b"<w:tbl>" + rows + b"<w:tr>" + cell + b"</w:tr></w:tbl><w:t>" + b"x" * 9_000_000,
        )

    got = read(tmp_path / "x.docx")

    assert got.text.count("a\ta\ta\ta") == 100_000
    assert got.text.count("x") >= 9_000_000 - 4


def test_rows_that_wait_in_the_log_of_a_database_are_read_and_nothing_is_written_beside_it(
    tmp_path: Path,
) -> None:
    live, still = tmp_path / "live", tmp_path / "still"
    live.mkdir()
    still.mkdir()
    base = sqlite3.connect(live / "pupils.sqlite")
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("CREATE TABLE pupils(upn, name)")
    base.execute("INSERT INTO pupils VALUES('A1', 'Tokmain')")
    base.commit()
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.execute("INSERT INTO pupils VALUES('A2', 'Tokwaiting')")
    base.commit()
    for name in ("pupils.sqlite", "pupils.sqlite-wal"):
        shutil.copy(live / name, still / name)
    base.close()
    before = {p.name: p.read_bytes() for p in still.iterdir()}

    assert not read(still / "pupils.sqlite").missing("Tokmain")
    assert "Tokwaiting" in read(still / "pupils.sqlite-wal").text
    assert {p.name: p.read_bytes() for p in still.iterdir()} == before


def test_a_database_too_large_to_be_held_is_swept_and_told(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "big.sqlite")
    base.execute("CREATE TABLE pupils(upn, name, photo)")
    base.executemany("INSERT INTO pupils VALUES(?,?,?)",
                     ((f"A{n}", f"Tokworth{n}", bytes(1_000_000)) for n in range(50)))  # fmt: skip
    base.commit()
    base.close()

    got = read(tmp_path / "big.sqlite")

    assert "Tokworth49" in got.text
    assert got.unread == {Why.TOO_LARGE}


def test_the_table_of_formats_in_the_readme_is_that_of_the_roll() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")

    shown = readme.partition("<!-- formats -->\n")[2].partition("<!-- /formats -->")[0]

    assert shown == table()
