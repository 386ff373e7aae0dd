"""Signing keys of schools and auditors, and the key pair to which reports are sealed.

A signing key is Ed25519 (RFC 8032): the private part is a PEM file (PKCS #8), the public part one
line as OpenSSH writes it, so that `ssh-keygen -lf` shows the same fingerprint. An authority's key
pair is an age X25519 identity (https://age-encryption.org/v1): one line `AGE-SECRET-KEY-1…`, whose
public part is `age1…`. Both libraries are imported when they are needed: scanning needs neither.
"""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.errors import SealError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

EXTRA = "install the parts for sending: pip install 'auditor[send]'"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that signs reports. Its text form never shows the key."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.private.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return f"SigningKey({fingerprint(self.public)})"


def new_signing_key() -> SigningKey:
    """A new key from the system's random numbers.

    Raises:
        SealError: The library for it is not installed.
    """
    return SigningKey(ed25519_library().Ed25519PrivateKey.generate())


def save(key: SigningKey, path: Path, comment: str = "", passphrase: str = "") -> Path:
    """Writes the private key, for its owner only, and the public key beside it as `.pub`.

    Args:
        key: The key.
        path: Where the private key goes; an existing file is never overwritten.
        comment: A name that ends the public line.
        passphrase: Encrypts the private file when given.

    Raises:
        SealError: The file exists or cannot be written.
    """
    from cryptography.hazmat.primitives import serialization as s

    closed: Any = s.NoEncryption()
    if passphrase:
        closed = s.BestAvailableEncryption(passphrase.encode())
    pem = key.private.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, closed)
    write_private(path, pem)
    public = path.with_name(path.name + ".pub")
    try:
        public.write_text(public_line(key.public, comment) + "\n", "utf-8")
    except OSError as e:
        raise _refused(public, e) from e
    return public


def load(path: Path, passphrase: str = "") -> SigningKey:
    """The signing key in a file.

    Raises:
        SealError: It cannot be read, is no Ed25519 key, or needs another passphrase.
    """
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(path.read_bytes(), passphrase.encode() if passphrase else None)
    except OSError as e:
        raise SealError(f"cannot read the key: {e.strerror}", where=str(path)) from e
    except TypeError as e:
        said = "needs its passphrase" if not passphrase else "has no passphrase"
        raise SealError(f"the key {said}", where=str(path)) from e
    except ValueError as e:
        raise SealError(
            "this is no private key, or the passphrase is wrong", where=str(path)
        ) from e
    if not isinstance(found, ed25519_library().Ed25519PrivateKey):
        raise SealError("the key is not an Ed25519 key", where=str(path), hint="auditor keys new")
    return SigningKey(found)


def write_private(path: Path, content: bytes) -> None:
    """Writes a new file that only its owner may read.

    Raises:
        SealError: It exists already, or the system refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        with os.fdopen(made, "wb") as out:
            out.write(content)
    except FileExistsError as e:
        raise SealError(
            "there is a key here already, and it is not overwritten",
            where=str(path),
            hint="give another name, or keep using this key",
        ) from e
    except OSError as e:
        raise _refused(path, e) from e


def public_line(public: bytes, comment: str = "") -> str:
    """The public key as OpenSSH writes it: `ssh-ed25519 AAAA… comment`."""
    blob = _ssh_string(b"ssh-ed25519") + _ssh_string(public)
    words = " ".join(comment.split())
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} {words}".strip()


def public_of(line: str) -> bytes:
    """The 32 bytes of a public line.

    Raises:
        SealError: The line is not the public part of an Ed25519 key.
    """
    words = line.split()
    head = _ssh_string(b"ssh-ed25519") + (32).to_bytes(4, "big")
    try:
        blob = base64.b64decode(words[1], validate=True) if len(words) > 1 else b""
    except ValueError:
        blob = b""
    if len(blob) != len(head) + 32 or not blob.startswith(head):
        raise SealError(
            "this is not a public signing key", hint="give the line from the file that ends in .pub"
        )
    return blob[len(head) :]


def fingerprint(public: bytes) -> str:
    """What people compare: `SHA256:…`, the same as `ssh-keygen -lf` shows."""
    blob = _ssh_string(b"ssh-ed25519") + _ssh_string(public)
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def new_identity() -> str:
    """A new age identity, `AGE-SECRET-KEY-1…`, for an authority.

    Raises:
        SealError: The library for it is not installed.
    """
    return str(age_library().x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """The public part, `age1…`, of an age identity.

    Raises:
        SealError: It is no age identity.
    """
    age = age_library()
    try:
        return str(age.x25519.Identity.from_str(identity.strip()).to_public())
    except age.IdentityError as e:
        raise SealError("this is not an age secret key") from e


def _ssh_string(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _refused(path: Path, error: OSError) -> SealError:
    return SealError(f"cannot write the key: {error.strerror}", where=str(path))


def ed25519_library() -> Any:
    """The Ed25519 module, imported now.

    Raises:
        SealError: It is not installed.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as e:
        raise SealError("signing needs the library cryptography", hint=EXTRA) from e
    return ed25519


def age_library() -> Any:
    """pyrage, imported now.

    Raises:
        SealError: It is not installed.
    """
    try:
        import pyrage
    except ImportError as e:
        raise SealError("sealing needs the library pyrage", hint=EXTRA) from e
    return pyrage
