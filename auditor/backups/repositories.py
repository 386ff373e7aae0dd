"""What the names and times of a backup's own files tell, without its password.

Nothing is opened for writing and no lock is taken. Read are names, times, and of Borg the first
bytes of one segment and the lines of its config that hold no key.

Sample of a duplicity target:
    duplicity-full.20261124T001115Z.manifest.gpg
    duplicity-inc.20261124T001115Z.to.20261125T001115Z.vol1.difftar.gpg
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from auditor.copies import Encrypted
from auditor.errors import HostError, NotThere
from auditor.evidence import Record
from auditor.host import Host

FIRST_PERSON = 500
"""The first number of an account of a person, on Macs; Linux begins at 1000."""
MOST = 5_000
"""Files of one folder whose times are asked for: the newest ones of sorted names."""


class Kept(Record, frozen=True, kw_only=True):
    """What lies at a backup's target."""

    ran: bool | None = None
    last_success: datetime | None = None
    versions: int | None = None
    oldest: datetime | None = None
    encrypted: Encrypted = Encrypted.UNKNOWN
    encrypted_by: str = ""
    writable: bool | None = None


NOTHING = Kept()


def look(host: Host, product: str, path: str) -> Kept:
    """What lies at a path that a product backs up to; `NOTHING` where it cannot be told."""
    reader = READERS.get(product)
    if not path or reader is None:
        return NOTHING
    try:
        found = reader(host, path)
        writable = open_to_all(host, path)
    except HostError:
        return NOTHING
    return Kept(**{n: getattr(found, n) for n in Kept.__struct_fields__} | {"writable": writable})


def open_to_all(host: Host, path: str) -> bool | None:
    """Whether ordinary accounts may change what lies in a folder; None where it is not told.

    A folder that belongs to a person's account is not told either: it may be the backup's own.
    """
    try:
        found = host.status(path)
        if found.mode is None:
            return host.changeable(path)
    except HostError:
        return None
    # A sticky folder lets everybody add files, but not change those of others.
    if found.mode & 0o002 and not found.mode & 0o1000:
        return True
    return False if found.owner is not None and found.owner < FIRST_PERSON else None


def times(host: Host, folder: str, names: Iterable[str]) -> list[datetime]:
    """When each of some files was changed; those that vanish meanwhile are left out."""
    found = []
    for name in list(names)[-MOST:]:
        with suppress(HostError):
            found.append(host.status(posixpath.join(folder, name)).modified)
    return sorted(found)


def _of(moments: list[datetime], encrypted: Encrypted, by: str = "") -> Kept:
    return Kept(
        ran=bool(moments),
        last_success=moments[-1] if moments else None,
        versions=len(moments),
        oldest=moments[0] if moments else None,
        encrypted=encrypted,
        encrypted_by=by,
    )


def restic(host: Host, path: str) -> Kept:
    """A restic repository: one file in `snapshots/` for each; always encrypted."""
    host.status(posixpath.join(path, "config"))
    folder = posixpath.join(path, "snapshots")
    found = times(host, folder, host.names(folder))
    by = "restic" if host.names(posixpath.join(path, "keys")) else ""
    return _of(found, Encrypted.ON if by else Encrypted.UNKNOWN, by)


MOST_SEGMENTS = 20
"""Segments of a folder of Borg whose first bytes are read."""
SEGMENT = 64
"""Bytes of a segment that are read: its mark and the head of its first object, and no data."""
_BORG_TYPES: Mapping[int, bool] = {
    0: True,
    1: True,
    2: False,
    3: True,
    4: True,
    5: True,
    6: False,
    7: False,
}
"""Kinds of keys of Borg 1 (borg/crypto/key.py): 2 is none, 6 and 7 only authenticate."""


def borg(host: Host, path: str) -> Kept:
    """A Borg 1 repository. Its archives are counted only by its password."""
    head = host.read(posixpath.join(path, "config"), 4096)
    if not head.startswith(b"[repository]"):
        raise NotThere("this is no Borg repository", where=path)
    data = posixpath.join(path, "data")
    newest: list[datetime] = []
    objects: list[tuple[int, bool]] = []
    folders = sorted(host.names(data), key=_number)
    for folder in sorted({*folders[:1], *folders[-2:]}, key=_number):
        inside = posixpath.join(data, folder)
        names = sorted(host.names(inside), key=_number)
        newest += times(host, inside, names)
        for name in names[:MOST_SEGMENTS]:
            objects += _borg_objects(host.read(posixpath.join(inside, name), SEGMENT))
    state = _BORG_TYPES.get(objects[0][0]) if objects else None
    # The first thing in a new repository is its empty list of archives.
    ran = any(chunk for _, chunk in objects) or (None if len(newest) > MOST_SEGMENTS else False)
    return Kept(
        ran=ran,
        last_success=max(newest, default=None) if ran else None,
        encrypted=Encrypted.UNKNOWN if state is None else Encrypted.ON if state else Encrypted.OFF,
        encrypted_by="Borg" if state else "",
    )


def _borg_objects(segment: bytes) -> list[tuple[int, bool]]:
    """The kind of key of each object of a segment, and whether it is anything but the manifest.

    A segment is `BORG_SEG`, then entries of crc, size, tag, id and data (borg/repository.py).
    """
    at, found = 8, []
    while segment.startswith(b"BORG_SEG") and at + 50 <= len(segment):
        size, tag = int.from_bytes(segment[at + 4 : at + 8], "little"), segment[at + 8]
        if tag in {0, 3}:  # PUT, and PUT2 with eight more bytes of checksum
            kind = segment[at + 41 + (8 if tag == 3 else 0)]
            found.append((kind, any(segment[at + 9 : at + 41])))
        if size < 9:
            break
        at += size
    return found


def _number(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdecimal() else (-1, name)


_DUPLICITY = re.compile(
    r"^duplicity-(?:full|inc)\.(?:\d{8}T\d{6}Z\.to\.)?(\d{8}T\d{6}Z)\.manifest(\.gpg)?(?:\.part)?$"
)


def duplicity(host: Host, path: str) -> Kept:
    """A duplicity target: a manifest for each backup; `.gpg` where it is encrypted."""
    found = [m for n in host.names(path) if (m := _DUPLICITY.match(n))]
    moments = sorted(datetime.strptime(m[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) for m in found)
    if not found:
        raise NotThere("there is no backup of duplicity here", where=path)
    closed = all(m[2] for m in found)
    return _of(moments, Encrypted.ON if closed else Encrypted.OFF, "GnuPG" if closed else "")


def rsnapshot(host: Host, path: str) -> Kept:
    """A root of rsnapshot: `alpha.0`, `alpha.1`, … by interval; plain files."""
    names = [n for n in host.names(path) if re.fullmatch(r"[A-Za-z]+\.\d+", n)]
    return _of(times(host, path, names), Encrypted.OFF)


_BIT = re.compile(r"^(\d{8}-\d{6})-\d{1,6}$")


def backintime(host: Host, path: str) -> Kept:
    """A folder of Back In Time: a folder `20261124-020001-123` for each snapshot; plain files."""
    names = [n for n in host.names(path) if _BIT.match(n)]
    return _of(times(host, path, names), Encrypted.OFF)


def timeshift(host: Host, path: str) -> Kept:
    """A folder of Timeshift's snapshots, named by their local time."""
    names = [n for n in host.names(path) if re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d", n)]
    return _of(times(host, path, names), Encrypted.OFF)


def kopia(host: Host, path: str) -> Kept:
    """A Kopia repository in a folder; always encrypted. Its snapshots are counted by password.

    Each snapshot writes packs of metadata, whose names begin with q, in folders of folders.
    """
    names = host.names(path)
    if not any(n.startswith("kopia.repository") for n in names):
        raise NotThere("this is no Kopia repository", where=path)
    packs = [n for n in names if re.fullmatch(r"q[0-9a-f]*", n)]
    last = max((m for n in packs if (m := _deepest(host, f"{path}/{n}", 2))), default=None)
    return Kept(
        ran=last is not None or None,
        last_success=last,
        encrypted=Encrypted.ON,
        encrypted_by="Kopia",
    )


NEWEST_FOLDERS = 4
"""Folders of one level that are looked into: those that changed last."""


def _deepest(host: Host, folder: str, depth: int) -> datetime | None:
    """When the newest file was written in a folder of folders; None for none."""
    found: list[tuple[datetime, str]] = []
    last: datetime | None = None
    for name in host.names(folder)[-MOST:]:
        with suppress(HostError):
            status = host.status(f"{folder}/{name}")
            if status.folder:
                found.append((status.modified, name))
            elif name.endswith(".f"):
                last = max(last or status.modified, status.modified)
    for _, name in sorted(found)[-NEWEST_FOLDERS:] if depth else ():
        below = _deepest(host, f"{folder}/{name}", depth - 1)
        last = max(filter(None, (last, below)), default=None)
    return last


_VZDUMP = re.compile(r"^vzdump-\w+-\d+-(\d{4})_(\d\d)_(\d\d)-(\d\d)_(\d\d)_(\d\d)\.(?:vma|tar)")


def vzdump(host: Host, path: str) -> Kept:
    """A folder of dumps of Proxmox VE, named by machine and local time; never encrypted."""
    if posixpath.basename(path) != "dump":
        raise NotThere("this is no folder of dumps", where=path)
    names = [n for n in host.names(path) if _VZDUMP.match(n) and not n.endswith((".log", ".notes"))]
    return _of(times(host, path, names), Encrypted.OFF)


def numbered(host: Host, path: str) -> Kept:
    """Snapshots of snapper: a folder `1`, `2`, … for each, with the file that describes it."""
    if posixpath.basename(path) != ".snapshots":
        raise NotThere("this is no folder of snapshots", where=path)
    names = [f"{n}/info.xml" for n in host.names(path) if n.isdecimal()]
    return _of(times(host, path, names), Encrypted.UNKNOWN)


def volumes(host: Host, path: str) -> Kept:
    """A folder of volumes of Bacula or Bareos: when one of them was last written."""
    found = times(host, path, host.names(path))
    return Kept(ran=bool(found) or None, last_success=found[-1] if found else None)


_CHANGING = re.compile(r"\$[({]?|[*`%]|\d{4}")


def files(host: Host, path: str) -> Kept:
    """Files that a script writes: those beside the target whose names begin and end alike."""
    folder, name = posixpath.split(path)
    start = _CHANGING.split(name)[0]
    names = [n for n in host.names(folder) if start and n.startswith(start)]
    found = times(host, folder, names)
    if not found:
        raise NotThere("the file is not there", where=path)
    return _of(found, Encrypted.UNKNOWN)


READERS: Mapping[str, Callable[[Host, str], Kept]] = {
    "restic": restic,
    "Borg": borg,
    "borgmatic": borg,
    "duplicity": duplicity,
    "Déjà Dup": duplicity,
    "rsnapshot": rsnapshot,
    "Back In Time": backintime,
    "Timeshift": timeshift,
    "Kopia": kopia,
    "Proxmox vzdump": vzdump,
    "snapper": numbered,
    "Bacula": volumes,
    "Bareos": volumes,
    "tar": files,
    "dd": files,
    "zip": files,
    "7z": files,
    "SQL Server": files,
    "PostgreSQL dump": files,
    "MySQL dump": files,
    "SQLite": files,
}
"""By product."""


def recognised(host: Host, path: str) -> tuple[str, Kept] | None:
    """The product whose repository a folder is, told by its files alone."""
    for product in ("restic", "Borg", "duplicity", "Kopia"):
        with suppress(HostError):
            return product, READERS[product](host, path)
    return None
