r"""Rules that device management (Intune and its like) wrote into Windows' registry.

They lie below HKLM\SOFTWARE\Microsoft\PolicyManager\current\device, some as numbers and some as a
piece of XML (Microsoft Learn, BitLocker CSP and Policy CSP):
    BitLocker RemovableDrivesRequireEncryption = <enabled/><data id="RDVCrossOrg" value="0"/>
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import NamedTuple

from auditor.errors import NotThere
from auditor.host import Host

DEVICE = r"HKLM\SOFTWARE\Microsoft\PolicyManager\current\device"
_STATE = re.compile(r"^\s*<\s*(enabled|disabled)\s*/\s*>", re.IGNORECASE)
_DATA = re.compile(
    r"<data\s+id\s*=\s*[\"']([\w.]+)[\"']\s+value\s*=\s*[\"']([^\"'<>]*)[\"']\s*/\s*>"
)


class Ordered(NamedTuple):
    """A rule of device management."""

    on: bool | None
    """Whether it is in force; None when it is there and not understood."""
    data: dict[str, str]
    """What it says besides, by name."""


NONE = Ordered(on=False, data={})
UNKNOWN = Ordered(on=None, data={})


def ordered(host: Host, area: str, name: str) -> Ordered:
    """A rule of an area such as `BitLocker`; a rule that only its sender's mark tells is unknown.

    Raises:
        HostError: The registry refuses.
    """
    try:
        found = host.registry(f"{DEVICE}\\{area}", name)
    except NotThere:
        return _marked(host, area, name)
    if isinstance(found, int):
        return Ordered(on=found == 1 if found in {0, 1} else None, data={})
    if not isinstance(found, str) or not (state := _STATE.match(found)):
        return UNKNOWN
    return Ordered(on=state[1].lower() == "enabled", data=dict(_DATA.findall(found)))


def _marked(host: Host, area: str, name: str) -> Ordered:
    with suppress(NotThere):
        if host.registry(f"{DEVICE}\\{area}", f"{name}_ProviderSet") == 1:
            return UNKNOWN
    return NONE


def either(*answers: bool | None) -> bool | None:
    """Whether one of several is in force: unknown only where none is and one is not known."""
    return True if True in answers else None if None in answers else False
