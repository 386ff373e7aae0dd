"""What the first sectors of a drive say: real LUKS headers, and BitLocker's as its format has them."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.evidence import EncryptionState
from auditor.host.sectors import RECOVERY_PASSWORD, Read, Sectors, recognise
from auditor.host.this import this_machine

ON, OFF, PARTIAL, SUSPENDED, UNKNOWN = (
    EncryptionState.ON, EncryptionState.OFF, EncryptionState.PARTIAL, EncryptionState.SUSPENDED,
    EncryptionState.UNKNOWN,
)  # fmt: skip
PASSPHRASE, TPM, CLEAR, STARTUP = 0x2000, 0x100, 0, 0x200


def reader(drive: bytes) -> Read:
    f = io.BytesIO(drive)

    def read(offset: int, length: int) -> bytes:
        f.seek(offset)
        return f.read(length)

    return read


def key_slot(protection: int) -> bytes:
    value = bytes(26) + protection.to_bytes(2, "little") + bytes(44)
    size = 8 + len(value)
    return b"".join(n.to_bytes(2, "little") for n in (size, 2, 8, 1)) + value


def bitlocker(
    now: int, then: int, slots: tuple[int, ...], *, to_go: bool = False, method: int = 0x8004
) -> bytes:
    """A volume as BitLocker lays it out, without a single key."""
    drive = bytearray(2 << 20)
    guid = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")
    drive[0:3], drive[510:512] = b"\xeb\x58\x90", b"\x55\xaa"
    drive[3:11] = b"MSWIN4.1" if to_go else b"-FVE-FS-"
    where, offsets = (424, 440) if to_go else (160, 176)
    drive[where : where + 16] = guid
    for n, at in enumerate((1 << 20, 0x120000, 0x140000)):
        drive[offsets + 8 * n : offsets + 8 * n + 8] = at.to_bytes(8, "little")
        entries = b"".join(map(key_slot, slots))
        block = bytearray(112) + entries
        block[0:8] = b"-FVE-FS-"
        block[10:16] = b"".join(v.to_bytes(2, "little") for v in (2, now, then))
        block[64:68] = (48 + len(entries)).to_bytes(4, "little")
        block[100:102] = method.to_bytes(2, "little")
        drive[at : at + len(block)] = block
    return bytes(drive)


@pytest.mark.parametrize(
    ("now", "then", "slots", "state", "recovery"),
    [
        pytest.param(4, 4, (PASSPHRASE, RECOVERY_PASSWORD), ON, True, id="a stick with a password"),
        pytest.param(4, 4, (TPM,), ON, False, id="a laptop without a recovery key"),
        pytest.param(4, 4, (TPM, RECOVERY_PASSWORD, CLEAR), SUSPENDED, True, id="suspended for an update"),
        pytest.param(4, 4, (CLEAR,), SUSPENDED, False, id="waiting for activation"),
        pytest.param(1, 1, (TPM,), OFF, False, id="decrypted, the signature left behind"),
        pytest.param(3, 1, (TPM,), PARTIAL, False, id="half decrypted"),
        pytest.param(2, 4, (TPM,), PARTIAL, False, id="half encrypted"),
        pytest.param(4, 4, (), UNKNOWN, None, id="no key slot that we can see"),
        pytest.param(9, 9, (STARTUP,), UNKNOWN, False, id="a state of a later version"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("to_go", [False, True], ids=["volume", "to go"])
def test_bitlocker_is_told_by_its_metadata_and_not_by_its_signature(
    now: int,
    then: int,
    slots: tuple[int, ...],
    state: EncryptionState,
    recovery: bool | None,
    to_go: bool,
) -> None:
    found = recognise(reader(bitlocker(now, then, slots, to_go=to_go)))

    assert (found.filesystem, found.state, found.recovery) == ("BitLocker", state, recovery)


def test_bitlocker_with_its_first_metadata_block_damaged_is_read_from_the_next() -> None:
    drive = bytearray(bitlocker(4, 4, (PASSPHRASE,)))
    drive[1 << 20 : (1 << 20) + 8] = bytes(8)

    assert recognise(reader(bytes(drive))).state is ON


def test_the_bare_signature_is_unknown() -> None:
    assert recognise(reader(b"\xeb\x58\x90-FVE-FS-".ljust(4096, b"\0"))).state is UNKNOWN


def luks2(document: object) -> bytes:
    text = json.dumps(document).encode()
    head = b"LUKS\xba\xbe\x00\x02" + (16_384).to_bytes(8, "big")
    return head.ljust(4096, b"\0") + text.ljust(16_384 - 4096, b"\0") + bytes(32_768)


SEGMENT = {"type": "crypt", "encryption": "aes-xts-plain64"}
KEYSLOTS = {"0": {"key_size": 64}}


@pytest.mark.parametrize(
    ("document", "state", "method"),
    [
        ({"segments": {"0": SEGMENT}, "keyslots": KEYSLOTS}, ON, "aes-xts-plain64, 512-bit key"),
        ({"segments": {"0": {"type": "crypt", "encryption": "cipher_null-ecb"}}}, OFF, "cipher_null-ecb"),
        ({"segments": {"0": SEGMENT, "1": {"type": "linear"}}}, PARTIAL, ""),
        ({"segments": {"0": {"type": "linear"}}}, OFF, ""),
        ({"segments": {"0": SEGMENT}, "config": {"requirements": {"mandatory": ["online-reencrypt"]}}}, PARTIAL, ""),
        ({"segments": {"0": {"type": "hw-opal"}}}, ON, "hardware encryption of the drive"),
        ({"segments": {"0": {"type": "something new"}}}, UNKNOWN, ""),
        ({"segments": {}}, UNKNOWN, ""),
        ({}, UNKNOWN, ""),
        ([], UNKNOWN, ""),
    ],
)  # fmt: skip
def test_luks2_is_told_by_its_segments(
    document: object, state: EncryptionState, method: str
) -> None:
    found = recognise(reader(luks2(document)))

    assert (found.filesystem, found.state, found.method) == ("crypto_LUKS", state, method)


needs_cryptsetup = pytest.mark.skipif(
    sys.platform != "linux"
    or not (shutil.which("cryptsetup") or Path("/usr/sbin/cryptsetup").exists()),
    reason="needs cryptsetup",
)


@needs_cryptsetup
@pytest.mark.parametrize(
    ("options", "state", "method"),
    [
        (["--type", "luks1"], ON, "aes-xts-plain64, 512-bit key"),
        (["--type", "luks2"], ON, "aes-xts-plain64, 512-bit key"),
        (["--type", "luks2", "--cipher", "aes-cbc-essiv:sha256", "--key-size", "128"], ON, "aes-cbc-essiv:sha256, 128-bit key"),
        (["--type", "luks1", "--cipher", "cipher_null-ecb", "--key-size", "128"], OFF, "cipher_null-ecb, 128-bit key"),
    ],
)  # fmt: skip
def test_real_luks_headers_are_read(
    tmp_path: Path, options: list[str], state: EncryptionState, method: str
) -> None:
    image = tmp_path / "stick.img"
    with image.open("wb") as f:
        f.truncate(20 << 20)
    made = subprocess.run(
        ["cryptsetup", "luksFormat", "-q", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", *options, str(image), "-"],
        input=b"a passphrase", check=False, capture_output=True, env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"},
    )  # fmt: skip
    if made.returncode and b"null" in " ".join(options).encode():
        pytest.skip("this cryptsetup makes no volume with the null cipher")
    assert made.returncode == 0, made.stderr

    found = this_machine().sectors(str(image))

    assert (found.state, found.method) == (state, method)


@pytest.mark.parametrize(
    ("drive", "filesystem", "state"),
    [
        (b"\xeb\x52\x90NTFS    ", "ntfs", OFF),
        (b"\xeb\x76\x90EXFAT   ", "exfat", OFF),
        (b"\xeb\x58\x90MSWIN4.1".ljust(82, b"\0") + b"FAT32   ", "vfat", OFF),
        (bytes(1080) + b"\x53\xef", "ext4", OFF),
        (bytes(32) + b"NXSB", "apfs", UNKNOWN),
        (bytes(88) + b"CS", "core storage", UNKNOWN),
        (bytes(4086) + b"SWAPSPACE2", "swap", OFF),
        (bytes(4096), "", UNKNOWN),
        (b"", "", UNKNOWN),
    ],
)
def test_other_drives(drive: bytes, filesystem: str, state: EncryptionState) -> None:
    found = recognise(reader(drive.ljust(8192, b"\0")))

    assert (found.filesystem, found.state) == (filesystem, state)


def test_a_drive_of_random_bytes_is_a_question_and_a_blank_one_is_not() -> None:
    noise = random.Random(7).randbytes(100_000)

    assert recognise(reader(noise)) == Sectors(random=True)
    assert recognise(reader(bytes(100_000))) == Sectors(blank=True)
    assert not recognise(reader(b"Dear parents, " * 9000)).random


@given(st.binary(max_size=300), st.integers(0, 1 << 20), st.sampled_from(["bitlocker", "luks2"]))
def test_a_damaged_header_is_never_on_without_cause(noise: bytes, at: int, kind: str) -> None:
    whole = (
        bitlocker(1, 1, (TPM,))
        if kind == "bitlocker"
        else luks2({"segments": {"0": {"type": "linear"}}})
    )
    drive = bytearray(whole)
    at %= len(drive) - 300
    drive[at : at + len(noise)] = noise

    found = recognise(reader(bytes(drive[: len(drive) - at // 2])))

    assert found.state is not ON
