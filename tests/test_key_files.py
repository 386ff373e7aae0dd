"""Keys to encrypted drives that lie about in files: told where they lie, never what they say."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_story import visit

from auditor import wire
from auditor.content import Found, Journal, Root, scan
from auditor.content.keys import RECOVERY, STARTUP, by_name, holds, startup
from auditor.content.looking import Examined
from auditor.content.walk import Item
from auditor.evidence import EncryptionState, KeyFile, Why
from auditor.findings import Audit, Severity, Verdict
from auditor.masking import masked
from auditor.reports import REPORTS
from auditor.reports import load as form
from auditor.rulebook import personal_data
from auditor.shipped import shipped

ID = "0A1B2C3D-4E5F-4A6B-8C7D-8E9FA0B1C2D3"
SAVED = f"BitLocker Recovery Key {ID}.TXT"


def key(seed: int) -> str:
    """A recovery password as BitLocker makes them, of no drive."""
    random = Random(seed)
    return "-".join(f"{random.randrange(65_536) * 11:06}" for _ in range(8))


def saved(number: str) -> bytes:
    """What Windows saves; it writes UTF-16 with a byte-order mark."""
    text = (
        f"BitLocker Drive Encryption recovery key\r\n\r\nIdentifier:\r\n\r\n\t{ID}\r\n\r\n"
        f"Recovery Key:\r\n\r\n\t{number}\r\n"
    )
    return b"\xff\xfe" + text.encode("utf-16-le")


def started(size: int = 156) -> bytes:
    """A startup key: the header that libbde documents, and no key."""
    words = [size, 1, 48, size]
    return b"".join(w.to_bytes(4, "little") for w in words) + bytes(size - 16)


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """A desktop whose drive is encrypted, and the stick that lies in its drawer."""
    stick, office = tmp_path.resolve() / "stick", tmp_path.resolve() / "office"
    stick.mkdir()
    (office / "it").mkdir(parents=True)
    (stick / SAVED).write_bytes(saved(key(1)))
    (stick / f"{ID}.BEK").write_bytes(started())
    (office / "it" / "all laptops.csv").write_text(
        "Machine,Key\n" + "".join(f"LAPTOP-{n},{key(n)}\n" for n in range(2, 9))
    )
    (office / f"{key(9)}.txt").write_text("the key is the name of this file")
    (office / "it" / "asset numbers.txt").write_text(
        "111111-222222-333333-444444-555555-666666-777777-888888"
    )
    return stick, office


def found_in(audit: Audit) -> dict[str, str]:
    return {re.split(r"[\\/]", k.path)[-1]: k.kind for k in audit.evidence.keys}


def test_a_key_on_the_stick_and_a_list_of_keys_in_the_office_are_found(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = visit(*places, monkeypatch, EncryptionState.OFF)
    stick, office = map(str, places)

    assert found_in(made) == {
        SAVED: RECOVERY,
        f"{ID}.BEK": STARTUP,
        "all laptops.csv": RECOVERY,
        "[recovery key].txt": RECOVERY,
    }
    told = {f.subject.id: f for f in made.findings if f.rule == "DRV-16"}
    assert {i: (f.verdict, f.severity) for i, f in told.items()} == {
        stick: (Verdict.FAIL, Severity.HIGH),
        office: (Verdict.FAIL, Severity.MEDIUM),
    }
    assert "2 files that open encrypted drives" in told[stick].seen
    assert "all laptops.csv" in told[office].seen


def test_no_key_comes_out_in_any_report_wire_or_journal(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = visit(*places, monkeypatch, EncryptionState.OFF)
    out = [form(f).render(made, r) for f in REPORTS for r in ("school", "auditor")]
    out += [wire.encode(made).decode(), wire.encode(masked(made)).decode()]
    definitions = personal_data.load(shipped("rules"))
    found = Found()
    with Journal(str(tmp_path), definitions) as journal:
        scan(
            [Root(path=str(p), volume=str(p)) for p in places],
            definitions,
            found,
            jobs=1,
            journal=journal,
        )
    out += [p.read_bytes().decode("latin-1") for p in tmp_path.glob("scan-journal*")]

    for n in range(1, 10):
        bare = key(n).replace("-", "")
        for text in out:
            assert key(n) not in text
            assert key(n).encode("utf-16-le").decode("latin-1") not in text
            assert bare not in text.replace("-", "")


def test_the_journal_tells_of_a_key_again_without_opening_the_file(
    places: tuple[Path, Path], tmp_path: Path
) -> None:
    definitions = personal_data.load(shipped("rules"))
    told: list[tuple[KeyFile, ...]] = []
    for _ in range(2):
        found = Found()
        with Journal(str(tmp_path), definitions) as journal:
            scan(
                [Root(path=str(places[1]), volume="/")], definitions, found, jobs=1, journal=journal
            )
        told.append(found.all_keys())

    assert found.known == 2, "the one whose name is a key is not written down"
    assert told[0] == told[1] != ()


def test_a_drive_without_keys_passes_only_when_all_of_it_was_seen(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for p in (*places[0].iterdir(), *(places[1] / "it").iterdir(), *places[1].glob("*.txt")):
        p.unlink()
    (places[0] / "reports.pst.zip").write_bytes(b"PK\x03\x04torn")
    made = visit(*places, monkeypatch, EncryptionState.ON)
    told = {f.subject.id: f.verdict for f in made.findings if f.rule == "DRV-16"}

    assert told == {str(places[0]): Verdict.UNKNOWN, str(places[1]): Verdict.PASS}


def test_a_key_is_found_in_a_letter_in_a_mail_and_in_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "handover.docx", "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        body = f"<w:p><w:r><w:t>Head teacher: {key(1)}</w:t></w:r></w:p>"
        made.writestr(
            "word/document.xml", f'<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>'
        )
    (tmp_path / "Re laptop.eml").write_text(f"From: it@school.example\nSubject: key\n\n{key(2)}\n")
    with zipfile.ZipFile(tmp_path / "old desktop.zip", "w") as made:
        made.writestr(SAVED, saved(key(3)))
    found = Found()
    scan(
        [Root(path=str(tmp_path), volume="/")], personal_data.load(shipped("rules")), found, jobs=1
    )

    assert [(Path(k.path).name, k.kind) for k in found.all_keys()] == [
        ("Re laptop.eml", RECOVERY), ("handover.docx", RECOVERY), ("old desktop.zip", RECOVERY),
    ]  # fmt: skip


@given(st.integers(0, 10**6))
def test_every_recovery_password_is_known_whatever_stands_between_its_groups(seed: int) -> None:
    number = key(seed)

    assert holds(number.encode())
    assert holds(number.replace("-", " ").encode())
    assert holds(number.replace("-", "\u2011").encode())


@given(st.lists(st.integers(0, 999_999), min_size=8, max_size=8))
def test_other_numbers_of_the_same_shape_are_no_key(groups: list[int]) -> None:
    made = "-".join(f"{g:06}" for g in groups).encode()
    real = all(g % 11 == 0 and g < 720_896 for g in groups)

    assert holds(made) is real


@given(st.binary(max_size=300))
def test_any_bytes_are_a_startup_key_only_by_their_own_length(head: bytes) -> None:
    assert not startup(head, len(head) + 1) or int.from_bytes(head[:4], "little") == len(head) + 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (f"E:\\{SAVED}", RECOVERY),
        ("/media/ann/BitLocker recovery key 3f.txt", RECOVERY),
        (f"E:\\{ID}.BEK", STARTUP),
        ("/srv/Lost your BitLocker recovery key.docx", ""),
        ("notes.bek", ""),
    ],
)
def test_names_that_windows_gives_are_known(name: str, kind: str) -> None:
    assert by_name(name) == kind


def test_a_key_that_may_not_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    found = Found()
    item = Item(path=str(tmp_path / SAVED), volume="/", size=900, modified=0, changed=0)
    found.take(Examined(item=item, why=Why.NEEDS_ADMIN))

    assert [k.kind for k in found.all_keys()] == [RECOVERY]
