"""A folder of rules signed by the authority that wrote it: `rules.sig` in its top folder.

    auditor-rules 1
    signer: BASE64          the 32 bytes of an Ed25519 public key
    signature: BASE64       over the manifest

The manifest is a line for each `.yaml` or `.yml` file below the folder, in the order of their
names: the SHA-256 of the file in hex, two spaces, its path with forward slashes, a line feed. A
file that is added, changed or taken away breaks the signature, and rules whose signature is broken
are not used at all.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from pathlib import Path

from auditor.errors import SealError
from auditor.keys import SigningKey, ed25519_library, fingerprint

NAME = "rules.sig"
_FORM = re.compile(r"auditor-rules 1\nsigner: ([\w+/=]+)\nsignature: ([\w+/=]+)\n?")


def manifest(folder: Path) -> bytes:
    """What is signed: the digest and path of every file of rules.

    Raises:
        SealError: A file cannot be read.
    """
    found = sorted(
        (p.relative_to(folder).as_posix(), p)
        for p in folder.rglob("*")
        if p.suffix in {".yaml", ".yml"} and p.is_file()
    )
    try:
        lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {name}\n" for name, p in found]
    except OSError as e:
        raise SealError(f"cannot read the rules: {e.strerror}", where=str(folder)) from e
    return "".join(lines).encode("utf-8", "surrogateescape")


def sign(folder: Path, key: SigningKey) -> Path:
    """Signs a folder of rules as it is, and gives the file that was written.

    Raises:
        SealError: A file cannot be read or written.
    """
    signature = base64.b64encode(key.private.sign(manifest(folder))).decode()
    signer = base64.b64encode(key.public).decode()
    made = folder / NAME
    try:
        made.write_text(f"auditor-rules 1\nsigner: {signer}\nsignature: {signature}\n", "utf-8")
    except OSError as e:
        raise SealError(f"cannot write the signature: {e.strerror}", where=str(made)) from e
    return made


def signer(folder: Path) -> str:
    """The fingerprint of the key that signed a folder of rules; empty when nobody did.

    Raises:
        SealError: There is a signature, and it does not hold.
    """
    file = folder / NAME
    if not file.is_file():
        return ""
    try:
        found = _FORM.fullmatch(file.read_text("ascii"))
        public = base64.b64decode(found[1], validate=True) if found else b""
        signature = base64.b64decode(found[2], validate=True) if found else b""
    except (OSError, UnicodeDecodeError, binascii.Error) as e:
        raise _broken(file) from e
    if len(public) != 32:
        raise _broken(file)
    library = ed25519_library()
    from cryptography.exceptions import InvalidSignature

    try:
        library.Ed25519PublicKey.from_public_bytes(public).verify(signature, manifest(folder))
    except InvalidSignature as e:
        raise _broken(file) from e
    return fingerprint(public)


def _broken(file: Path) -> SealError:
    return SealError(
        "these rules are not as they were signed",
        where=str(file),
        hint="fetch the folder again from who publishes it",
    )
