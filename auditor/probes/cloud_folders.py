r"""Folders that a cloud client keeps alike, and whose account it is.

Samples:
    HKCU\Software\Microsoft\OneDrive\Accounts\Business1 KfmFoldersProtectedNow = 3584
    ~/Library/CloudStorage/OneDrive-HillTopPrimary, GoogleDrive-<address>
    ~/.dropbox/info.json {"personal": {"path": "/home/ann/Dropbox", …}}
Bits of KfmFoldersProtectedNow, as two recorded machines agree on: 0x200 Desktop, 0x400 Documents,
0x800 Pictures; others are unknown. Addresses of people are replaced by three dots.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress

from auditor.copies import Account, SyncFolder
from auditor.errors import AccessDenied, HostError
from auditor.evidence import Gap, Platform, Why
from auditor.host import Host
from auditor.host.accounts import profiles
from auditor.host.plists import plist
from auditor.host.registry import keys, number, text
from auditor.words import shown

PLATFORMS = frozenset({Platform.WINDOWS, Platform.MACOS, Platform.LINUX})
SOURCE = "cloud_folders"
ONEDRIVE = r"Software\Microsoft\OneDrive\Accounts"
ROOTS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\SyncRootManager"
SHELL = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
BITS = {0x200: "desktop", 0x400: "documents", 0x800: "pictures"}
_SUITE = "UBF8T346G9.OneDriveStandaloneSuite"
MAC_ONEDRIVE = f"Library/Group Containers/{_SUITE}/Library/Preferences/{_SUITE}.plist"
PROVIDERS = (
    ("onedrive", "OneDrive"), ("googledrive", "Google Drive"), ("dropbox", "Dropbox"),
    ("icloud", "iCloud"), ("box", "Box"), ("nextcloud", "Nextcloud"), ("owncloud", "ownCloud"),
    ("pcloud", "pCloud"), ("egnyte", "Egnyte"), ("mega", "MEGA"), ("proton", "Proton Drive"),
)  # fmt: skip
PRIVATE = frozenset({"iCloud", "MEGA", "pCloud", "Proton Drive"})
"""Services that people use for themselves."""
_ADDRESS = re.compile(r"[\w.+%-]+@[\w.-]+\.\w+")
_NAMED = re.compile(rf"((?:GoogleDrive|OneDrive|Dropbox|Box)-)?{_ADDRESS.pattern}")
_OF_PEOPLE = re.compile(
    r"@(?:gmail|googlemail|outlook|hotmail|live|yahoo|icloud|me)\.", re.IGNORECASE
)
_OF_SCHOOLS = re.compile(r"@[\w.-]*(?:\.sch\.uk|\.school|\.ac\.uk|\.sch\.\w+)$", re.IGNORECASE)


def ask(host: Host) -> Iterator[SyncFolder | Gap]:
    """Every synchronised folder, each once; of other accounts of Windows as far as it tells."""
    seen = set()
    for found in _all(host):
        key = (found.product, found.path) if isinstance(found, SyncFolder) else found.about
        if key not in seen:
            seen.add(key)
            yield found


def _all(host: Host) -> Iterator[SyncFolder | Gap]:
    if host.platform is Platform.WINDOWS:
        yield from _windows(host)
        return
    with suppress(HostError):
        home = host.environment("HOME")
        yield from dropbox(host, f"{home}/.dropbox/info.json")
        if host.platform is Platform.MACOS:
            yield from cloud_storage(host, home)
        else:
            yield from linux_clients(host, home)


def _windows(host: Host) -> Iterator[SyncFolder | Gap]:
    """Every account that is signed in, then what Windows tells of the others."""
    people = profiles(host)
    hives = ["HKCU", *(rf"HKU\{p.sid}" for p in people if p.loaded)]
    for hive in hives:
        yield from onedrive(host, hive)
    yield from sync_roots(host, {p.sid for p in people if not p.loaded})
    for hive in hives:
        yield from redirected(host, hive)
        yield from google_drive(host, hive)
    tops = [
        f"{p.folder}\\AppData\\{part}" for p in people for part in ("Local", "Roaming") if p.folder
    ]
    for variable in ("LOCALAPPDATA", "APPDATA"):
        with suppress(HostError):
            tops.insert(0, host.environment(variable))
    for top in tops:
        yield from dropbox(host, top + r"\Dropbox\info.json")
    away = sum(not p.loaded for p in people)
    if away:
        yield Gap(
            source=SOURCE,
            about="which folders OneDrive takes in of accounts that are not signed in",
            why=Why.LOCKED,
            detail="Sign in with each account that is used here, and run the audit again.",
            count=away,
        )


def onedrive(host: Host, hive: str = "HKCU") -> Iterator[SyncFolder]:
    """OneDrive's accounts: Business is a work or school account, Personal is not."""
    top = rf"{hive}\{ONEDRIVE}"
    with suppress(HostError):
        for name in keys(host, top):
            key = rf"{top}\{name}"
            with suppress(HostError):
                folder = text(host, key, "UserFolder")
                if folder:
                    yield SyncFolder(
                        product="OneDrive",
                        account=Account.PRIVATE if name == "Personal" else Account.WORK,
                        path=masked(folder),
                        protects=protected(number(host, key, "KfmFoldersProtectedNow")),
                    )


def protected(bits: int | None) -> tuple[str, ...] | None:
    """The folders that the bits name; None for bits that are not known."""
    if bits is None:
        return ()
    return None if bits & ~sum(BITS) else tuple(word for bit, word in BITS.items() if bits & bit)


def sync_roots(host: Host, away: Collection[str] = ()) -> Iterator[SyncFolder]:
    """Every client that shows placeholders in the Explorer: `Provider!SID!account`.

    Args:
        host: The machine.
        away: Accounts whose own settings cannot be read; of them OneDrive is told here.
    """
    with suppress(HostError):
        for name in keys(host, ROOTS):
            provider, _, rest = name.partition("!")
            product = _product(provider)
            sid, _, kind = rest.partition("!")
            if not product or (product == "OneDrive" and sid not in away):
                continue
            with suppress(HostError):
                folder = text(host, rf"{ROOTS}\{name}\UserSyncRoots", sid)
                if folder:
                    yield SyncFolder(
                        product=product, account=_whose_root(product, kind), path=masked(folder)
                    )


def _whose_root(product: str, kind: str) -> Account:
    """Whose account the last part of a root's name speaks of: `Personal`, `Business1|…`."""
    if product == "OneDrive":
        return Account.PRIVATE if kind.startswith("Personal") else Account.WORK
    return Account.PRIVATE if product in PRIVATE else whose(kind)


def redirected(host: Host, hive: str = "HKCU") -> Iterator[SyncFolder]:
    """Documents that Windows keeps on a server of the school (folder redirection)."""
    with suppress(HostError):
        folder = text(host, rf"{hive}\{SHELL}", "Personal")
        if folder.startswith("\\\\"):
            yield SyncFolder(
                product="Folder redirection",
                account=Account.WORK,
                path=masked(folder),
                protects=("documents",),
            )


def google_drive(host: Host, hive: str) -> Iterator[SyncFolder]:
    """Google Drive's own letter or folder; its accounts are known by numbers, and not told."""
    with suppress(HostError, ValueError):
        found = json.loads(text(host, rf"{hive}\Software\Google\DriveFS", "PerAccountPreferences"))
        accounts = found.get("per_account_preferences") if isinstance(found, dict) else None
        for one in accounts if isinstance(accounts, list) else ():
            value = one.get("value") if isinstance(one, dict) else None
            where = value.get("mount_point_path") if isinstance(value, dict) else None
            if isinstance(where, str) and where:
                path = f"{where.upper()}:\\" if len(where) == 1 else where
                yield SyncFolder(product="Google Drive", path=masked(path))


def dropbox(host: Host, path: str) -> Iterator[SyncFolder]:
    """Dropbox: a personal and a business account, each with its folder."""
    with suppress(HostError, ValueError):
        found = json.loads(host.read(path))
        for kind, account in (("personal", Account.PRIVATE), ("business", Account.WORK)):
            part = found.get(kind) if isinstance(found, dict) else None
            if isinstance(part, dict) and isinstance(part.get("path"), str):
                yield SyncFolder(product="Dropbox", account=account, path=masked(part["path"]))


def cloud_storage(host: Host, home: str) -> Iterator[SyncFolder | Gap]:
    """The folders of a Mac's cloud clients, by their names."""
    top = f"{home}/Library/CloudStorage"
    names: tuple[str, ...] = ()
    try:
        names = host.names(top)
    except AccessDenied:
        yield Gap(
            source=SOURCE,
            about="cloud folders of this Mac",
            why=Why.NEEDS_ADMIN,
            detail="Allow the terminal Full Disk Access in System Settings, Privacy & Security.",
        )
    except HostError:
        pass
    for name in names:
        product = _product(name)
        if product:
            takes = _mac_onedrive(host, home) if product == "OneDrive" else None
            account = Account.PRIVATE if product in PRIVATE else whose(name)
            if product == "OneDrive":
                account = Account.PRIVATE if name.endswith("Personal") else Account.WORK
            path = masked(f"{top}/{name}")
            yield SyncFolder(product=product, account=account, path=path, protects=takes)
    with suppress(HostError):
        icloud = f"{home}/Library/Mobile Documents/com~apple~CloudDocs"
        if host.names(icloud):
            yield SyncFolder(product="iCloud", account=Account.PRIVATE, path=masked(icloud))


def _mac_onedrive(host: Host, home: str) -> tuple[str, ...] | None:
    with suppress(HostError):
        found = plist(host.read(f"{home}/{MAC_ONEDRIVE}", 4_000_000))
        account = found.get("AccountInfo_Business1")
        bits = account.get("KfmFoldersProtectedNow") if isinstance(account, dict) else None
        return protected(bits) if isinstance(bits, int) else None
    return None


def linux_clients(host: Host, home: str) -> Iterator[SyncFolder]:
    """Nextcloud and ownCloud by their settings: an own server, whose account is not told."""
    for name, product in (
        ("Nextcloud/nextcloud.cfg", "Nextcloud"),
        ("ownCloud/owncloud.cfg", "ownCloud"),
    ):
        with suppress(HostError):
            config = host.read(f"{home}/.config/{name}").decode("utf-8", "replace")
            for folder in re.findall(r"localPath=(.+)$", config, re.MULTILINE):
                yield SyncFolder(product=product, path=masked(folder.strip().rstrip("/")))


def whose(name: str) -> Account:
    """Whose account a name with an address speaks of; the address itself goes no further."""
    address = _ADDRESS.search(name)
    if address is None:
        return Account.UNKNOWN
    if _OF_PEOPLE.search(address[0]):
        return Account.PRIVATE
    return Account.WORK if _OF_SCHOOLS.search(address[0]) else Account.UNKNOWN


def masked(path: str) -> str:
    """A path with three dots for an address."""
    return _NAMED.sub(lambda m: f"{m[1] or ''}…", shown(path))


def _product(name: str) -> str:
    plain = re.sub(r"[\s_-]", "", name).lower()
    return next((product for start, product in PROVIDERS if plain.startswith(start)), "")
