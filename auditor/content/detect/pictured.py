"""Photographs of pupils, by the names of the folders that they lie in.

What a picture shows is not looked at. A folder called `Year 3 photos` or `Sports day pictures`
makes it possible that its pictures show pupils: told, and never counted.
"""

from __future__ import annotations

import re

from auditor.content.detect.look import Look
from auditor.evidence import Range, Strength
from auditor.personal import Definitions

_PHOTOS = re.compile(r"(?i)\b(?:photos?|photographs?|pictures|pics|images|portraits|lluniau)\b")
_PUPILS = re.compile(
    r"(?i)\b(?:pupils?|students?|class(?:es)?|(?:year|yr|class|form) ?(?:1[0-3]|[1-9]|r)[a-z]?|"
    r"reception|nursery|eyfs|leavers|sports ?day|nativity|assembly|residential|"
    r"school (?:trip|play|visit)|trip|tempest|individuals?|staff|disgyblion)\b"
)
KIND = "photographs"


def look(definitions: Definitions, path: str) -> Look | None:
    """What a picture at this path may be; None where nothing says that it shows pupils."""
    folders = [re.sub(r"[_.-]+", " ", part) for part in path.replace("\\", "/").split("/")[-4:-1]]
    photos = any(_PHOTOS.search(f) for f in folders)
    if not (photos and any(_PUPILS.search(f) for f in folders)):
        return None
    kind = next((k for k in definitions.records if k.id == KIND), None)
    return Look(
        contents=(),
        people=Range(low=0, high=0),
        category=kind.title if kind else KIND,
        record=KIND,
        who=("pupils",),
        strength=Strength.POSSIBLE,
        special=False,
        whole=False,
        keep=kind.keep if kind else 0,
    )
