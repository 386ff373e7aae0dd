r"""Where a backup goes, by the words of its configuration, written so that no secret is in it.

>>> understood("sftp:office:hunter2@nas.local:/srv/backup").shown
'sftp: nas.local, /srv/backup'
>>> understood(r"\\SERVER2\backup$\sims").medium
<Medium.NETWORK: 'network'>
"""

from __future__ import annotations

import re
from typing import NamedTuple

from auditor.copies import Held, Medium
from auditor.words import shown


class Target(NamedTuple):
    """Where to."""

    shown: str
    """For people; no user name, password or key is in it."""
    path: str = ""
    """The path on this machine, if it is one."""
    medium: Medium = Medium.UNKNOWN
    held: Held = Held.UNKNOWN


SERVICES = {
    "s3": "Amazon S3", "b2": "Backblaze B2", "azure": "Azure storage", "gs": "Google Cloud storage",
    "swift": "OpenStack Swift", "onedrive": "OneDrive", "drive": "Google Drive",
    "gdrive": "Google Drive", "dropbox": "Dropbox", "mega": "MEGA", "box": "Box",
    "pcloud": "pCloud",
    "google": "Google Drive", "microsoft": "OneDrive", "pydrive": "Google Drive",
    "gdocs": "Google Drive", "jottacloud": "Jottacloud", "storj": "Storj", "tardigrade": "Storj",
    "wasabi": "Wasabi", "azureblob": "Azure storage", "googlecloudstorage": "Google Cloud storage",
    "gcs": "Google Cloud storage", "azblob": "Azure storage", "protondrive": "Proton Drive",
    "e2": "IDrive e2",
    "onedrivev2": "OneDrive", "googledrive": "Google Drive",
    "sharepoint": "SharePoint", "boto3+s3": "Amazon S3", "s3+http": "Amazon S3",
}  # fmt: skip
"""Storage services by the names that restic, rclone, duplicity, Kopia and Duplicati give them."""
HOSTS = (
    "amazonaws.com", "backblazeb2.com", "wasabisys.com", "borgbase.com", "rsync.net", "ovh.net",
    "your-storagebox.de", "blob.core.windows.net", "storage.googleapis.com", "redstor.com",
    "digitaloceanspaces.com", "r2.cloudflarestorage.com", "idrivee2.com", "scw.cloud",
    "dattobackup.com",
)  # fmt: skip
"""Ends of the names of computers that are such services."""
NETWORKED = frozenset(
    {"sftp", "ssh", "scp", "rsync", "ftp", "ftps", "smb", "cifs", "nfs", "afp", "webdav",
     "webdavs", "rest", "http", "https", "par2+ssh", "paramiko+sftp", "pexpect+sftp",
     "multi", "imap", "pbs", "urbackup", "dav", "davs"}
)  # fmt: skip
"""Ways to another computer."""
ODD = Target("a place of a kind that is not known")

_WEB = frozenset({"http", "https", "rest", "webdav", "webdavs", "dav", "davs", "s3"})
_SCP = re.compile(r"^(?:[^/\\\s:@]+@)?(\[[0-9a-fA-F:]+\]|[A-Za-z0-9][\w.-]+):(?!//)(.*)$")
_URL = re.compile(r"^([A-Za-z][\w+.-]*)://([^/\\?#]*)([^?#]*)")
_TAPE = re.compile(r"^(?:/dev/n?st\d+|/dev/tape/\S+|\\\\\.\\tape\d+)$", re.IGNORECASE)
_LETTER = re.compile(r"^[A-Za-z]:(?:[\\/]|$)")


def understood(text: str) -> Target:
    """What a target's text means; anything odd is unknown and not shown."""
    text = text.strip().strip("\"'")
    if not text:
        return Target("")
    if text.startswith(("\\\\", "//")) and not text.startswith(("\\\\?\\", "\\\\.\\")):
        return _share(text)
    if _TAPE.match(text):
        return Target(shown(text), "", Medium.TAPE)
    if text.startswith(("/", "~")) or _LETTER.match(text):
        return Target(shown(text), text)
    url = _URL.match(text)
    if url:
        return _url(url[1].lower(), url[2], url[3])
    return _prefixed(text)


def _share(text: str) -> Target:
    parts = [p for p in re.split(r"[\\/]+", text) if p]
    return Target(shown("\\\\" + "\\".join(parts)), "", Medium.NETWORK)


def _url(scheme: str, authority: str, path: str) -> Target:
    if scheme == "file":
        path = authority + path if re.fullmatch("[A-Za-z]:", authority) else path
        return Target(shown(path), path)
    host = authority.rpartition("@")[2]
    if scheme in SERVICES and (not host or not _address(host)):
        where = host.partition(":")[0] or path.strip("/").partition("/")[0]
        return _service(SERVICES[scheme], where)
    if scheme not in NETWORKED and scheme not in SERVICES:
        return ODD
    return _computer(scheme, host, path)


def _prefixed(text: str) -> Target:
    """`s3:…`, `rclone:remote:path`, `user@host:path`."""
    word, colon, rest = text.partition(":")
    scheme = word.lower()
    if not colon:
        return ODD
    if scheme in {"rest", "s3"} and (inner := _URL.match(rest)):
        return _url(scheme, inner[2], inner[3])
    if scheme == "rclone":
        return Target(shown(f"rclone remote {rest.partition(':')[0]}"))
    if scheme in SERVICES:
        bucket = rest.strip("/").partition(":")[0]
        host, _, inside = bucket.partition("/")
        return _url("s3", host, inside) if scheme == "s3" else _service(SERVICES[scheme], host)
    return _by_ssh(scheme, rest, text)


def _by_ssh(scheme: str, rest: str, text: str) -> Target:
    if scheme == "sftp":
        where = rest.removeprefix("//").rpartition("@")[2]
        host, mark, path = re.split(r"([:/])", where + "::", maxsplit=1)
        return _computer("sftp", host, (mark if mark == "/" else "") + path.rstrip(":"))
    scp = _SCP.match(text)
    return _computer("ssh", scp[1], scp[2]) if scp else ODD


def _address(host: str) -> bool:
    """Whether a service's host is a computer of one's own, such as MinIO on a school's network."""
    name = host.partition(":")[0]
    return "." in name and not any(name.endswith(h) for h in HOSTS)


def _service(name: str, where: str) -> Target:
    about = shown(where)
    text = f"{name} ({about})" if about and re.fullmatch(r"[\w.-]{1,63}", about) else name
    return Target(text, "", Medium.ONLINE, Held.OFFSITE)


def _computer(scheme: str, host: str, path: str) -> Target:
    """Another computer: off site only where its name is one of a known service."""
    name = host if host.startswith("[") else host.partition(":")[0]
    online = any(name.lower().endswith(h) for h in HOSTS)
    # The path of a web address can be a key by itself.
    path = "" if scheme in _WEB else shown(path)
    text = ", ".join(filter(None, (f"{scheme}: {shown(name)}", path)))
    if online:
        return Target(text, "", Medium.ONLINE, Held.OFFSITE)
    return Target(text, "", Medium.NETWORK)
