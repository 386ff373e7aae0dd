"""Folders that hold programs and no records, left out when the whole machine is scanned.

A folder that the person names is always looked into, whatever it is called. What is left out is
listed in the report.
"""

from __future__ import annotations

import re
import sys

ANYWHERE = frozenset(
    {
        "__pycache__", "node_modules", "site-packages", "dist-packages", ".git", ".svn", ".hg",
        ".cache", ".cargo", ".rustup", ".pyenv", ".npm", ".nvm", ".gradle", ".m2", ".tox", ".venv",
        "code cache", "gpucache", "cachestorage", "cache_data", "cache2", "inetcache",
        "$winreagent", "system volume information",
    }
)  # fmt: skip
"""Names, lower case, of caches and program parts wherever they stand."""

SYSTEM = {
    "linux": frozenset(
        {
            "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "lost+found", "nix",
            "proc", "run", "sbin", "snap", "sys", "usr", "var/cache", "var/lib", "var/log",
        }
    ),
    "darwin": frozenset(
        {
            "applications", "bin", "cores", "dev", "library", "opt", "private/etc", "private/var",
            "sbin", "system", "usr",
        }
    ),
    "win32": frozenset(
        {
            "$windows.~bt", "msocache", "perflogs", "program files", "program files (x86)",
            "programdata/microsoft", "programdata/package cache", "recovery", "windows",
        }
    ),
}  # fmt: skip
"""Paths below the root of the system volume, lower case, by sys.platform."""

USERS = re.compile(
    r"^(users|home)/[^/]+/(appdata/local/(microsoft|packages|programs|google/chrome|mozilla)"
    r"|appdata/roaming/mozilla|library/(caches|application support/(google/chrome|firefox))"
    r"|\.config/(google-chrome|chromium)|\.mozilla|\.var/app/[^/]+/cache|snap)$"
)
"""Browsers and programs in people's own folders, below the root of the system volume."""


def is_left_out(below: str, name: str, *, system: bool) -> bool:
    """Whether a folder holds programs only.

    Args:
        below: Its path under the root of its volume, with `/` between the parts.
        name: Its own name.
        system: Whether the volume is the one that the operating system runs from.
    """
    if name.lower() in ANYWHERE:
        return True
    path = below.lower()
    return system and (path in SYSTEM.get(sys.platform, SYSTEM["linux"]) or bool(USERS.match(path)))
