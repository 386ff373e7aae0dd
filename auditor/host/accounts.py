r"""The accounts of people on a Windows machine: whose settings can be read, and whose folders.

Windows loads the registry of an account while it is signed in; loading that of another would
change the machine. Whose it is, is told by its identifier and never shown.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import NamedTuple

from auditor.errors import HostError
from auditor.host import Host
from auditor.host.registry import keys, text

PROFILES = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"
OF_PEOPLE = re.compile(r"^S-1-(?:5-21|12-1)-[\d-]+$")
"""Identifiers of accounts of this machine, of a domain, and of Entra ID; none of services."""


class Profile(NamedTuple):
    """An account that has been used on this machine."""

    sid: str
    folder: str
    """Its folder, such as `C:\\Users\\ann`."""
    loaded: bool
    """Whether its part of the registry can be read: it is signed in."""


def profiles(host: Host) -> list[Profile]:
    """Every account of a person; none where Windows does not say."""
    found = []
    with suppress(HostError):
        loaded = {s.upper() for s in keys(host, "HKU")}
        for sid in keys(host, PROFILES):
            if OF_PEOPLE.match(sid):
                folder = ""
                with suppress(HostError):
                    folder = text(host, rf"{PROFILES}\{sid}", "ProfileImagePath")
                found.append(Profile(sid, folder, sid.upper() in loaded))
    return found
