r"""Which kind of folder a path lies in, on any system.

>>> folder_of(r"C:\Users\ann\Downloads\pupils.csv"), folder_of("/srv/staff/list.csv")
(<Folder.DOWNLOADS: 'downloads'>, <Folder.OTHER: 'other'>)
"""

from __future__ import annotations

import re

from auditor.evidence import Folder

_KINDS: tuple[tuple[Folder, re.Pattern[str]], ...] = (
    (Folder.RECYCLE_BIN, re.compile(r"/(\$recycle\.bin|recycler|\.trash(es|-\d+)?|share/trash)/")),
    (Folder.DOWNLOADS, re.compile(r"/downloads/")),
    (Folder.DESKTOP, re.compile(r"/(users|home)/[^/]+/(onedrive[^/]*/)?desktop/|^/root/desktop/")),
    (Folder.TEMPORARY, re.compile(r"/(tmp|temp|\.tmp)/")),
    (
        Folder.SYNCED,
        re.compile(
            r"/(onedrive[^/]*|dropbox[^/]*|google ?drive[^/]*|icloud ?drive|mobile documents|"
            r"cloudstorage|nextcloud|box sync)/"
        ),
    ),
    (Folder.SHARED, re.compile(r"/users/(public|shared)/")),
)
"""The first that matches decides, so that the bin of a synced folder is a bin."""


def folder_of(path: str) -> Folder:
    """The kind of folder that a file lies in, by its path alone."""
    plain = path.replace("\\", "/").lower()
    return next((kind for kind, shape in _KINDS if shape.search(plain)), Folder.OTHER)
