"""What the authority has set: `central.toml` in its home folder, beside its keys and database.

central.toml     the settings below
authority.keys   age secret keys, one a line, the present one first; older ones still open reports
secret.key       closes what must not lie open in the database (second-factor secrets)
central.db       the database, unless `database` names a PostgreSQL
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec

from auditor import keys
from auditor.errors import CentralError, SealError
from auditor.evidence import Record

FILE = "central.toml"
HOME = "auditor-central"
"""The folder that commands take when none is named."""


class SignOn(Record, frozen=True, kw_only=True):
    """Single sign-on by OpenID Connect."""

    issuer: str
    """Such as `https://login.microsoftonline.com/TENANT/v2.0` or `https://accounts.google.com`."""
    client_id: str
    client_secret: str
    name: str = "your work account"
    """What the button says after `Sign in with`."""


class Settings(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings, each with what it is when not said."""

    name: str
    """The authority's name, for the head of its pages."""
    address: str
    """Where schools reach it, such as `https://audit.example.gov.uk`."""
    database: str = "sqlite:///central.db"
    """A SQLAlchemy URL; a relative SQLite path starts at the home folder."""
    overdue_days: int = 42
    """A school without a report for so long is overdue."""
    keep_months: int = 24
    """How long reports are kept that are not a machine's latest."""
    keep_looks_months: int = 12
    """How long the record of who looked at what is kept."""
    oldest_days: int = 400
    """An audit taken longer ago than this is refused as stale."""
    largest_mb: int = 32
    """Megabytes of the largest report taken in."""
    quarantine_most: int = 2_000
    """How many refused reports are kept."""
    wrong_per_minute: int = 20
    """Wrong passwords, codes or tokens from one address, before it has to wait."""
    requests_per_minute: int = 1_200
    """Requests with one token."""
    second_factor: bool = True
    """Whether officers and administrators must have one."""
    rules: str = ""
    """A folder of rules for judging again; empty for those that came with the program."""
    sign_on: SignOn | None = None


class Home(Record, frozen=True, kw_only=True):
    """A home folder, read."""

    folder: str
    settings: Settings
    identities: tuple[str, ...]
    """Age secret keys, the present one first."""
    secret: bytes

    def __repr__(self) -> str:
        return f"Home({self.folder})"

    @property
    def recipient(self) -> str:
        """The public key that schools encrypt to."""
        return keys.recipient_of(self.identities[0])

    @property
    def database(self) -> str:
        """The database's URL, with an absolute path when it is a file."""
        url = self.settings.database
        start = "sqlite:///"
        if url.startswith(start) and not Path(url.removeprefix(start)).is_absolute():
            return start + str(Path(self.folder).resolve() / url.removeprefix(start))
        return url


def create(folder: Path, settings: Settings) -> Home:
    """Makes a home folder with new keys.

    Raises:
        CentralError: There is one already, or it cannot be written.
    """
    from cryptography.fernet import Fernet

    if (folder / FILE).exists():
        raise CentralError(
            "there is a central store here already",
            where=str(folder / FILE),
            hint="start it with: auditor central serve",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        keys.write_private(folder / "authority.keys", keys.new_identity().encode() + b"\n")
        keys.write_private(folder / "secret.key", Fernet.generate_key())
        keys.write_private(folder / FILE, _toml(settings).encode())
    except OSError as e:
        raise CentralError(f"cannot write here: {e.strerror}", where=str(folder)) from e
    return read(folder)


def read(folder: Path) -> Home:
    """The home folder.

    Raises:
        CentralError: It is not one, or a setting is wrong.
    """
    try:
        settings = msgspec.toml.decode((folder / FILE).read_bytes(), type=Settings)
        lines = (folder / "authority.keys").read_text("utf-8").split()
        secret = (folder / "secret.key").read_bytes()
        for line in lines:
            keys.recipient_of(line)
    except FileNotFoundError as e:
        raise CentralError(
            "there is no central store here",
            where=str(e.filename),
            hint="set one up with: auditor central init",
        ) from e
    except OSError as e:
        raise CentralError(f"cannot read this: {e.strerror}", where=str(e.filename)) from e
    except (msgspec.DecodeError, UnicodeDecodeError) as e:
        raise CentralError(f"a setting is wrong: {e}", where=str(folder / FILE)) from e
    except SealError as e:
        raise CentralError(e.problem, where=str(folder / "authority.keys")) from e
    if not lines:
        raise CentralError("there is no key in it", where=str(folder / "authority.keys"))
    return Home(folder=str(folder), settings=settings, identities=tuple(lines), secret=secret)


def chosen(folder: str | None) -> Path:
    """The home folder that a command means: its option, else the environment, else the default."""
    return Path(folder or os.environ.get("AUDITOR_CENTRAL") or HOME)


def _toml(settings: Settings) -> str:
    """TOML whose strings are JSON strings, which TOML's basic strings take as they are."""
    made = ["# The settings of auditor central; README explains each."]
    for name in Settings.__struct_fields__:
        value = getattr(settings, name)
        if value is not None:
            made.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(made) + "\n"
