"""Sealed reports: what holds, what is refused, and why."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("cryptography")
pytest.importorskip("pyrage")

from hypothesis import given
from hypothesis import strategies as st
from running import auditor
from sample_audit import laptop_audit

from auditor import keys, seal, wire
from auditor.errors import SealError
from auditor.seal import Refused, Why

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
KEY = keys.new_signing_key()
AUTHORITY = keys.new_identity()
OTHER = keys.new_identity()
TO = keys.recipient_of(AUTHORITY)
REPORT = wire.encode(laptop_audit())
SEALED = seal.seal(REPORT, KEY, urn="999999", now=NOW, to=TO)
SIGNED = seal.seal(REPORT, KEY, urn="999999", now=NOW)


def refused(sealed: bytes, *identities: str, largest: int = seal.LARGEST) -> Why:
    with pytest.raises(Refused) as told:
        seal.unseal(sealed, identities or (AUTHORITY,), largest=largest)
    assert told.value.hint or told.value.why is Why.TOO_LARGE
    return told.value.why


def test_the_authority_reads_what_the_school_wrote_and_who_it_was() -> None:
    opened = seal.unseal(SEALED, (OTHER, AUTHORITY))

    assert wire.decode(opened.report) == laptop_audit()
    assert opened.signer == KEY.public
    assert (opened.header.urn, opened.header.sealed, opened.encrypted) == ("999999", NOW, True)


def test_nothing_of_the_report_or_the_sender_shows_from_outside() -> None:
    assert b"999999" not in SEALED
    assert b"OFFICE-LAPTOP" not in SEALED


def test_a_report_that_is_only_signed_is_read_without_any_key() -> None:
    assert not seal.unseal(SIGNED).encrypted


def head_of(signed: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    magic, header, signature, body = signed.split(b"\n", 3)
    return magic, header, signature, body


def with_header(old: str, new: str) -> bytes:
    magic, header, signature, body = head_of(SIGNED)
    return b"\n".join([magic, header.replace(old.encode(), new.encode()), signature, body])


def resigned(header: bytes, body: bytes) -> bytes:
    """What an enrolled but hostile school can make: any header, rightly signed."""
    import base64

    head = b"auditor-sealed 1\n" + header + b"\n"
    return head + base64.b64encode(KEY.private.sign(head)) + b"\n" + body


BOMB = zlib.compress(b"\0" * 50_000_000)
HEADER = head_of(SIGNED)[1]


@pytest.mark.parametrize(
    ("sealed", "why"),
    [
        (b"", Why.NOT_SEALED),
        (REPORT, Why.NOT_SEALED),
        (b"auditor-sealed 1\n", Why.DAMAGED),
        (SIGNED.replace(b"auditor-sealed 1", b"auditor-sealed 9", 1), Why.NEWER),
        (with_header("999999", "999998"), Why.FORGED),
        (with_header('"to":""', f'"to":"{TO}"'), Why.FORGED),
        (SIGNED[:-1], Why.DAMAGED),
        (SIGNED + b"\0", Why.DAMAGED),
        (SEALED[:-1], Why.NOT_FOR_US),
        (SEALED[:200], Why.NOT_FOR_US),
        (seal.seal(REPORT, KEY, urn="1", now=NOW, to=keys.recipient_of(OTHER)), Why.NOT_FOR_US),
        (resigned(HEADER, BOMB), Why.DAMAGED),
        (resigned(HEADER.replace(b'"size":', b'"size":9'), BOMB), Why.TOO_LARGE),
        (resigned(b'{"signer":"AA=="}', b""), Why.DAMAGED),
        (resigned(b"[" * 4000, b""), Why.DAMAGED),
        (b"auditor-sealed 1\n" + b"x" * 100_000, Why.DAMAGED),
    ],
    ids=lambda v: v.value if isinstance(v, Why) else f"{len(v)} bytes",
)  # fmt: skip
def test_what_is_not_right_is_refused_with_its_reason(sealed: bytes, why: Why) -> None:
    assert refused(sealed, largest=1_000_000) is why


def test_a_report_wrapped_again_for_another_authority_is_refused() -> None:
    import pyrage

    forwarded = pyrage.encrypt(SIGNED, [pyrage.x25519.Recipient.from_str(TO)])

    assert refused(bytes(forwarded)) is Why.NOT_FOR_US


def test_a_file_beyond_the_limit_is_not_even_decrypted() -> None:
    assert refused(SEALED, largest=100) is Why.TOO_LARGE


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_no_changed_byte_is_accepted(place: int, change: int) -> None:
    changed = bytearray(SIGNED)
    changed[place] ^= change

    with pytest.raises(Refused):
        seal.unseal(bytes(changed))


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_and_nothing_else_happens(junk: bytes) -> None:
    for start in (b"", seal.MAGIC, seal.MAGIC + b"1\n", seal.AGE):
        with pytest.raises(Refused):
            seal.unseal(start + junk, (AUTHORITY,))


def test_a_refusal_crosses_from_a_worker_process() -> None:
    import pickle

    again = pickle.loads(pickle.dumps(Refused("no", why=Why.FORGED, where="x")))

    assert (again.problem, again.why, again.where) == ("no", Why.FORGED, "x")


def test_a_key_is_kept_for_its_owner_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "school.key"
    public = keys.save(KEY, file, comment="Hill Top\nPrimary", passphrase="tea cosy")

    assert keys.load(file, "tea cosy").public == KEY.public
    assert keys.public_of(public.read_text("utf-8")) == KEY.public
    assert public.read_text("utf-8").endswith(" Hill Top Primary\n")
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for passphrase in ("", "wrong"):
        with pytest.raises(SealError):
            keys.load(file, passphrase)
    with pytest.raises(SealError, match="not overwritten"):
        keys.save(KEY, file)
    assert "PRIVATE" not in repr(KEY)


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs ssh-keygen")
def test_the_fingerprint_is_the_one_that_other_tools_show(tmp_path: Path) -> None:
    public = keys.save(KEY, tmp_path / "k", comment="school")

    shown = subprocess.run(
        ["ssh-keygen", "-lf", str(public)], capture_output=True, text=True, check=True
    ).stdout

    assert shown.split()[1] == keys.fingerprint(KEY.public)


@pytest.mark.skipif(not shutil.which("age"), reason="needs Debian package age")
def test_age_itself_opens_what_is_sealed_and_seals_what_is_opened(tmp_path: Path) -> None:
    (tmp_path / "authority.keys").write_text(AUTHORITY + "\n", "utf-8")
    (tmp_path / "report.audit").write_bytes(SEALED)

    opened = subprocess.run(
        ["age", "-d", "-i", "authority.keys", "report.audit"],
        cwd=tmp_path, capture_output=True, check=True,
    ).stdout  # fmt: skip
    again = subprocess.run(["age", "-r", TO], input=opened, capture_output=True, check=True).stdout

    assert opened.startswith(b"auditor-sealed 1\n{")
    assert seal.unseal(again, (AUTHORITY,)).report == REPORT


@pytest.mark.parametrize("line", ["", "ssh-rsa AAAA", "ssh-ed25519 AAAA", "ssh-ed25519 !!"])
def test_what_is_no_public_key_is_told(line: str) -> None:
    with pytest.raises(SealError, match="not a public signing key"):
        keys.public_of(line)


def test_keys_are_made_and_reports_sealed_and_verified_by_command(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes(REPORT)
    made = auditor("keys", "new", "school.key", "--name", "Hill Top", cwd=tmp_path)
    office = auditor("keys", "new", "office.key", "--authority", cwd=tmp_path)
    to = next(w for w in office.stdout.split() if w.startswith("age1"))
    sealed = auditor("keys", "seal", "report.json", "--key", "school.key", "--to", to, cwd=tmp_path)
    good = auditor("keys", "verify", "report.audit", "--identity", "office.key", cwd=tmp_path)
    (tmp_path / "report.audit").write_bytes((tmp_path / "report.audit").read_bytes()[:-9])
    bad = auditor("keys", "verify", "report.audit", "--identity", "office.key", cwd=tmp_path)

    assert (made.returncode, office.returncode, sealed.returncode) == (0, 0, 0), sealed.stderr
    assert good.returncode == 0, good.stderr
    assert "999999" in good.stdout
    assert made.stdout.split("SHA256:")[1].split()[0] in good.stdout
    assert bad.returncode == 2
    assert "damaged" in bad.stderr
