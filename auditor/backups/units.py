r"""How the services that systemd starts ended: the last run of each, and failures of late.

Samples of `systemctl show` (systemd 252; before 248 there is no --timestamp, and times are words):
    Result=exit-code                                 LastTriggerUSec=@1795614453
    ExecMainExitTimestamp=@1795614453                LastTriggerUSec=Wed 2026-11-25 02:00:03 UTC
    Id=office.service                                Id=office.timer
A failed unit leaves an entry in the journal under one number in every language and version
(systemd.journal-fields(7), message catalogue).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from auditor.errors import HostError
from auditor.host import Host

UNIT_FAILED = "MESSAGE_ID=d9b373ed55a64feb8242e02dbe79a49c"
_PROPERTIES = "Id,Result,ExecMainExitTimestamp,LastTriggerUSec"
_WORDS = re.compile(r"^(?:\w{3} )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?: (\S+))?$")


class Ran(NamedTuple):
    """What is known of the last run of a service."""

    failed: bool | None = None
    ended: datetime | None = None
    triggered: datetime | None = None
    """When its timer last started it."""
    errors: int | None = None
    """Failures within seven days; None where the journal does not reach back, or is closed."""


NOTHING = Ran()


def results(host: Host, units: Iterable[tuple[str, str]]) -> dict[str, Ran]:
    """The last run of each service.

    Args:
        host: The machine.
        units: Services, each with its timer.
    """
    wanted = list(dict.fromkeys(u for u in units if u[0]))
    if not wanted:
        return {}
    shown = _shown(host, [name for pair in wanted for name in pair if name])
    errors = _errors(host, [service for service, _ in wanted])
    return {s: _ran(host, shown.get(s, {}), shown.get(t, {}), errors.get(s)) for s, t in wanted}


def _ran(host: Host, service: dict[str, str], timer: dict[str, str], errors: int | None) -> Ran:
    ended = _moment(host, service.get("ExecMainExitTimestamp", ""))
    # A service that has not run since the machine started also says `success`.
    failed = service.get("Result") != "success" if ended else None
    return Ran(failed, ended, _moment(host, timer.get("LastTriggerUSec", "")), errors)


def _shown(host: Host, names: list[str]) -> dict[str, dict[str, str]]:
    """The properties of each unit; empty without systemd."""
    text = ""
    for form in (("--timestamp=unix",), ()):
        with suppress(HostError):
            printed = host.run("systemctl", "show", *form, "-p", _PROPERTIES, *names)
            text = printed.decode("utf-8", "replace")
            break
    blocks = (dict(x.partition("=")[::2] for x in b.splitlines()) for b in text.split("\n\n"))
    return {b["Id"]: b for b in blocks if "Id" in b}


def _moment(host: Host, text: str) -> datetime | None:
    """A moment as a number of seconds, or in words of the machine's own zone."""
    if found := re.fullmatch(r"@(\d+)(?:\.\d+)?", text):
        seconds = int(found[1])
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    if words := _WORDS.match(text):
        with suppress(ValueError):
            zone = UTC if words[2] in {"UTC", "GMT"} else host.now().tzinfo
            return datetime.fromisoformat(words[1]).replace(tzinfo=zone)
    return None


def _errors(host: Host, services: list[str]) -> dict[str, int]:
    """Failures within seven days, where this account may read a journal that reaches back."""
    if not host.elevated:
        return {}
    with suppress(HostError):
        ask = ("journalctl", "--quiet", "--no-pager", "-o", "json")
        before = host.run(*ask, "--lines=1", "--until=-7d")
        matches = [f"UNIT={s}" for s in services]
        found = Counter(_units(host.run(*ask, "--since=-7d", UNIT_FAILED, *matches)))
        return {s: found[s] for s in services if before.strip() or found[s] > 1}
    return {}


def _units(printed: bytes) -> Iterator[str]:
    """The unit of each entry, one a line."""
    for line in printed.splitlines():
        with suppress(ValueError):
            entry = json.loads(line)
            if isinstance(entry, dict) and isinstance(entry.get("UNIT"), str):
                yield entry["UNIT"]
