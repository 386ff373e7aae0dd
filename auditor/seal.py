"""A report signed by who made it and encrypted to who may read it: `report.audit`.

The format, for others to implement. A sealed report is either the *signed part* below, or an age
file (https://age-encryption.org/v1, X25519 recipient, binary form) that holds it:

    auditor-sealed 1 LF
    HEADER LF
    SIGNATURE LF
    BODY

HEADER is one line of JSON (UTF-8, no line breaks): `signer` (base64 of the 32 bytes of an Ed25519
public key), `sealed` (RFC 3339 time, UTC), `urn` (the school that it is about), `to` (the `age1…`
recipient it was encrypted to, or empty), `size` (bytes of the report) and `sha256` (hex digest of
the report). SIGNATURE is the base64 of the Ed25519 signature (RFC 8032) over everything before it,
line breaks included. BODY is the report of `auditor.wire`, compressed by zlib (RFC 1950).

The signature lies inside the encryption, so that nobody sees who sent, and names the recipient, so
that a report cannot be handed on as if it had been sent to somebody else. A reader refuses unknown
fields never, a wrong digest, size, recipient or signature always, and checks the signature before
it decompresses anything.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from datetime import datetime
from enum import StrEnum

import msgspec

from auditor.errors import SealError
from auditor.evidence import Record
from auditor.keys import SigningKey, age_library, ed25519_library, recipient_of

SUFFIX = ".audit"
MAGIC = b"auditor-sealed "
VERSION = 1
AGE = b"age-encryption.org/v1\n"
LARGEST = 64 * 1024 * 1024
"""Bytes of the largest report that is opened, and of the largest sealed file."""
_HEADER = 4096


class Why(StrEnum):
    """Why a sealed report was refused."""

    NOT_SEALED = "not_sealed"
    """It is no sealed report at all."""
    NEWER = "newer"
    """A later version of the format."""
    NOT_FOR_US = "not_for_us"
    """Encrypted to, or addressed to, somebody else; or damaged in its encrypted part."""
    DAMAGED = "damaged"
    """Cut short, changed, or not what its header says."""
    FORGED = "forged"
    """The signature does not fit."""
    TOO_LARGE = "too_large"


class Refused(SealError):
    """A sealed report that cannot be accepted; `why` says it in one word for machines."""

    def __init__(self, problem: str, *, why: Why, where: str = "", hint: str = "") -> None:
        super().__init__(problem, where=where, hint=hint)
        self.why = why

    def __reduce__(self) -> tuple[object, ...]:
        return (_refused_again, (self.problem, self.why, self.where, self.hint))


def _refused_again(problem: str, why: Why, where: str, hint: str) -> Refused:
    return Refused(problem, why=why, where=where, hint=hint)


class Header(Record, frozen=True, kw_only=True):
    """What the signature vouches for, beside the report itself."""

    signer: str
    """Base64 of the 32 bytes of the public key."""
    sealed: datetime
    urn: str
    to: str = ""
    """The age recipient, or empty when it was only signed."""
    size: int
    """Bytes of the report before compression."""
    sha256: str


class Opened(Record, frozen=True, kw_only=True):
    """A sealed report whose signature, recipient, size and digest are right.

    Whether the signer is one that the reader trusts is the reader's business.
    """

    header: Header
    signer: bytes
    """The 32 bytes of the public key that signed it."""
    report: bytes
    """The report as `auditor.wire` wrote it."""
    encrypted: bool


def seal(report: bytes, key: SigningKey, *, urn: str, now: datetime, to: str = "") -> bytes:
    """The report, signed and, if there is a recipient, encrypted.

    Args:
        report: What `auditor.wire.encode` gave.
        key: Who signs.
        urn: The school that the report is about.
        now: The time of sealing, with its time zone.
        to: The authority's age recipient, `age1…`.

    Raises:
        SealError: The recipient is not one, or a library is missing.
    """
    header = Header(
        signer=base64.b64encode(key.public).decode(),
        sealed=now,
        urn=urn,
        to=to,
        size=len(report),
        sha256=hashlib.sha256(report).hexdigest(),
    )
    head = MAGIC + f"{VERSION}\n".encode() + msgspec.json.encode(header) + b"\n"
    signature = base64.b64encode(key.private.sign(head))
    signed = head + signature + b"\n" + zlib.compress(report, 6)
    return _encrypted(signed, to) if to else signed


def unseal(
    sealed: bytes, identities: tuple[str, ...] = (), *, largest: int = LARGEST, where: str = ""
) -> Opened:
    """Opens and verifies a sealed report.

    Args:
        sealed: The whole file.
        identities: Age secret keys of the reader, the present one first.
        largest: Bytes that the file, and the report in it, may have.
        where: A name for errors.

    Raises:
        Refused: It does not verify; the reason is in `why` and in words.
    """
    if len(sealed) > largest:
        raise Refused("the file is larger than is accepted", why=Why.TOO_LARGE, where=where)
    encrypted = sealed.startswith(AGE)
    signed = _decrypted(sealed, identities, where) if encrypted else sealed
    header, signer, body = _verified(signed, where)
    _meant_for(header, identities, encrypted=encrypted, where=where)
    if not 0 <= header.size <= largest:
        raise Refused("the report is larger than is accepted", why=Why.TOO_LARGE, where=where)
    report = _inflated(body, header.size, where)
    if hashlib.sha256(report).hexdigest() != header.sha256:
        raise _damaged(where)
    return Opened(header=header, signer=signer, report=report, encrypted=encrypted)


def is_sealed(start: bytes) -> bool:
    """Whether a file that starts so may be a sealed report."""
    return start.startswith((MAGIC, AGE))


def _verified(signed: bytes, where: str) -> tuple[Header, bytes, bytes]:
    """Header, signer and body of a signed part whose signature fits."""
    if not signed.startswith(MAGIC):
        raise Refused(
            "this is not a sealed report",
            why=Why.NOT_SEALED,
            where=where,
            hint="give the report.audit that auditor send wrote",
        )
    lines = signed[: 2 * _HEADER].split(b"\n", 3)
    if len(lines) < 4:
        raise _damaged(where)
    version, written, signature = lines[0].removeprefix(MAGIC), lines[1], lines[2]
    if version != str(VERSION).encode():
        raise Refused(
            "the sealed report has a version that this program does not read",
            why=Why.NEWER,
            where=where,
            hint="open it with a newer auditor",
        )
    head = signed[: len(lines[0]) + len(written) + 2]
    header, signer = _header(written, where)
    _check(signer, signature, head, where)
    return header, signer, signed[len(head) + len(signature) + 1 :]


def _header(written: bytes, where: str) -> tuple[Header, bytes]:
    try:
        header = msgspec.json.decode(written, type=Header)
        signer = base64.b64decode(header.signer, validate=True)
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, ValueError) as e:
        raise _damaged(where) from e
    if len(signer) != 32 or header.sealed.tzinfo is None:
        raise _damaged(where)
    return header, signer


def _check(signer: bytes, signature: bytes, head: bytes, where: str) -> None:
    from cryptography.exceptions import InvalidSignature

    try:
        public = ed25519_library().Ed25519PublicKey.from_public_bytes(signer)
        public.verify(base64.b64decode(signature, validate=True), head)
    except (InvalidSignature, binascii.Error, ValueError) as e:
        raise Refused(
            "the signature does not fit: the report was changed, or somebody else wrote it",
            why=Why.FORGED,
            where=where,
            hint="ask the school to send it again",
        ) from e


def _meant_for(header: Header, identities: tuple[str, ...], *, encrypted: bool, where: str) -> None:
    """A signed part says to whom it was sealed; wrapped for anybody else it is refused."""
    ours = {recipient_of(i) for i in identities}
    if (header.to and header.to not in ours) or (encrypted and not header.to):
        raise _not_for_us(where)


def _inflated(body: bytes, size: int, where: str) -> bytes:
    """The report; never more bytes than the signed header announces."""
    try:
        unpacker = zlib.decompressobj()
        report = unpacker.decompress(body, size + 1)
    except zlib.error as e:
        raise _damaged(where) from e
    if len(report) != size or not unpacker.eof or unpacker.unused_data:
        raise _damaged(where)
    return report


def _encrypted(signed: bytes, to: str) -> bytes:
    age = age_library()
    try:
        return bytes(age.encrypt(signed, [age.x25519.Recipient.from_str(to)]))
    except (age.RecipientError, age.EncryptError) as e:
        raise SealError(
            "the authority's public key is not one", hint="it begins with age1: copy it again"
        ) from e


def _decrypted(sealed: bytes, identities: tuple[str, ...], where: str) -> bytes:
    age = age_library()
    if not identities:
        raise _not_for_us(where)
    try:
        return bytes(age.decrypt(sealed, [age.x25519.Identity.from_str(i) for i in identities]))
    except age.DecryptError as e:
        raise _not_for_us(where) from e


def _not_for_us(where: str) -> Refused:
    return Refused(
        "the report is encrypted to somebody else, or was damaged on its way",
        why=Why.NOT_FOR_US,
        where=where,
        hint="check the authority's public key in the enrolment file, and send it again",
    )


def _damaged(where: str) -> Refused:
    return Refused(
        "the sealed report is damaged or cut short",
        why=Why.DAMAGED,
        where=where,
        hint="fetch it again from the machine that wrote it",
    )
