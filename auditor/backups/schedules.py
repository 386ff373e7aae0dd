"""What runs by itself on Linux: cron's tables and folders, systemd's timers.

Sample of /etc/cron.d/backup (crontab(5)):
    RESTIC_REPOSITORY=/mnt/usb/repo
    30 2 * * *  root  restic backup /home
Sample of a timer (systemd.timer(5)):
    [Timer]
    OnCalendar=daily
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime

from auditor.backups.commands import classify, classify_script
from auditor.backups.jobs import Job
from auditor.backups.lines import filled, pieces
from auditor.errors import AccessDenied, HostError, NotThere
from auditor.evidence import Gap, Record, Why
from auditor.host import Host

SOURCE = "linux_backups"
TABLES = ("/etc/crontab", "/etc/anacrontab")
FOLDERS = {"hourly": "every hour", "daily": "daily", "weekly": "weekly", "monthly": "monthly"}
SPOOLS = ("/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/var/spool/cron")
UNITS = ("/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
         "/usr/lib/systemd/system", "/lib/systemd/system")  # fmt: skip
OURS = frozenset({"RESTIC_REPOSITORY", "BORG_REPO"})
"""The only variables that are taken from a file that also holds passwords."""
SCRIPT = 131_072
"""Bytes of a script that are read."""

_ASSIGN = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$")
_WHEN = re.compile(r"^(@\w+|(?:[\d*,/A-Za-z-]+\s+){4}[\d*,/A-Za-z-]+)\s+(.+)$")
_SAID = {"@hourly": "every hour", "@daily": "daily", "@midnight": "daily", "@weekly": "weekly",
         "@monthly": "monthly", "@reboot": "at every start", "@yearly": "yearly"}  # fmt: skip


class Scheduled(Record, frozen=True, kw_only=True):
    """A job that runs by itself."""

    job: Job
    when: str
    active: bool = True
    unit: str = ""
    """The systemd service, where it is one."""
    timer: str = ""
    """The timer that starts it."""
    triggered: datetime | None = None
    """When systemd last started it."""


def cron(host: Host) -> Iterator[Scheduled | Gap]:
    """The backups in cron's tables and folders."""
    for path in TABLES:
        yield from _table(host, path, with_user="crontab" in path)
    for name in _names(host, "/etc/cron.d"):
        yield from _table(host, f"/etc/cron.d/{name}", with_user=True)
    for word, when in FOLDERS.items():
        for name in _names(host, f"/etc/cron.{word}"):
            for job in script_jobs(host, f"/etc/cron.{word}/{name}"):
                yield Scheduled(job=job, when=when)
    yield from _spools(host)


def _spools(host: Host) -> Iterator[Scheduled | Gap]:
    for folder in SPOOLS:
        try:
            names = host.names(folder)
        except AccessDenied:
            yield Gap(
                source=SOURCE,
                about="what other accounts have set to run by themselves",
                why=Why.NEEDS_ADMIN,
                detail="Run the audit as administrator (root) to see every account's schedule.",
            )
            with suppress(HostError):
                text = host.run("crontab", "-l").decode("utf-8", "replace")
                yield from _lines(host, text, with_user=False)
            return
        except HostError:
            continue
        for name in names:
            yield from _table(host, f"{folder}/{name}", with_user=False)


def _table(host: Host, path: str, *, with_user: bool) -> Iterator[Scheduled]:
    with suppress(HostError):
        yield from _lines(host, _text(host, path), with_user=with_user)


def _lines(host: Host, text: str, *, with_user: bool) -> Iterator[Scheduled]:
    """The backups of a crontab; a % that is not escaped ends the command."""
    variables: dict[str, str] = {}
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        found = _WHEN.match(line)
        if found is None:
            if assigned := _ASSIGN.match(line):
                variables[assigned[1]] = assigned[2].strip("\"'")
            continue
        command = found[2]
        if with_user:
            command = command.partition(" ")[2] if " " in command else ""
        command = re.split(r"(?<!\\)%", command.strip())[0].replace("\\%", "%")
        for job in jobs(host, command, variables):
            yield Scheduled(job=job, when=when(found[1]))


def when(fields: str) -> str:
    """A cron time for people.

    >>> when("30 2 * * *"), when("@weekly"), when("0 */4 * * *")
    ('daily at 02:30', 'weekly', 'by the table 0 */4 * * *')
    """
    if fields.startswith("@"):
        return _SAID.get(fields, fields)
    minute, hour, day, month, weekday = fields.split()
    if minute.isdecimal() and hour.isdecimal() and month == "*":
        at = f"at {int(hour):02}:{int(minute):02}"
        if day == weekday == "*":
            return f"daily {at}"
        return f"weekly {at}" if day == "*" and weekday.isalnum() else f"on some days {at}"
    return f"by the table {fields}"


def jobs(host: Host, command: str, variables: Mapping[str, str]) -> list[Job]:
    """The backups of a command: by its own words, or by those of the script that it runs."""
    found = classify(command, variables)
    if found:
        return found
    for pipeline in pieces(command, dict(variables), windows=False):
        for piece in pipeline:
            for word in piece.words[:3]:
                path = filled(word, variables)
                if path.startswith("/") and not path.startswith(("/dev/", "/proc/", "/sys/")):
                    found = script_jobs(host, path, variables)
                    if found:
                        return found
    return found


def script_jobs(host: Host, path: str, variables: Mapping[str, str] | None = None) -> list[Job]:
    """The backups that a script makes; none for a program."""
    try:
        raw = host.read(path, SCRIPT)
    except HostError:
        return []
    if not raw.startswith(b"#!") and not re.search(r"\.(?:sh|bash)$", path):
        return []
    text = raw.decode("utf-8", "replace")
    before = "".join(f"{k}='{v}'\n" for k, v in (variables or {}).items())
    included = re.findall(r"^\s*(?:\.|source)\s+(/[\w./-]+)\s*$", text, re.MULTILINE)
    for other in included[:3]:
        known = environment(host, other)
        before += "".join(f"{k}='{v}'\n" for k, v in known.items())
    return classify_script(before + text)


def environment(host: Host, path: str) -> dict[str, str]:
    """The variables of a file that name a repository; the rest, passwords too, is dropped."""
    known = {}
    with suppress(HostError):
        for line in _text(host, path).splitlines():
            found = _ASSIGN.match(line)
            if found and found[1] in OURS:
                known[found[1]] = found[2].strip("\"'")
    return known


def timers(host: Host, folders: tuple[str, ...] = UNITS) -> Iterator[Scheduled]:
    """The backups that systemd's timers start, enabled or not."""
    names = dict.fromkeys(n for f in folders for n in _names(host, f) if n.endswith(".timer"))
    for name in names:
        text = _unit(host, folders, name)
        service = _values(text, "Unit")[-1:] or [name.removesuffix(".timer") + ".service"]
        for job in _service_jobs(host, _unit(host, folders, service[0])):
            yield Scheduled(
                job=job,
                when=_calendar(text),
                active=_enabled(host, folders, name),
                unit=service[0],
                timer=name,
                triggered=_stamp(host, name),
            )


def _unit(host: Host, folders: tuple[str, ...], name: str) -> str:
    """A unit's text: the file of the first folder that has it, then what is dropped in."""
    for folder in folders:
        with suppress(HostError):
            return _text(host, f"{folder}/{name}") + _drop_ins(host, folders, name)
    return ""


def _service_jobs(host: Host, text: str) -> list[Job]:
    variables: dict[str, str] = {}
    for path in _values(text, "EnvironmentFile"):
        variables |= environment(host, path.lstrip("-"))
    for line in _values(text, "Environment"):
        for name, value in re.findall(r"\"?([A-Za-z_]\w*)=([^\"\s]*)\"?", line):
            variables |= {name: value} if name in OURS else {}
    found: list[Job] = []
    for line in [*_values(text, "ExecStartPre"), *_values(text, "ExecStart")]:
        found += [j for j in jobs(host, line.lstrip("-@:+!"), variables) if j not in found]
    return found


def _values(text: str, key: str) -> list[str]:
    joined = text.replace("\\\n", " ")
    return re.findall(rf"^{key}\s*=\s*(.+?)\s*$", joined, re.MULTILINE)


def _calendar(text: str) -> str:
    found = _values(text, "OnCalendar")
    if found:
        return found[0] if found[0].isalpha() else f"by the calendar {found[0]}"
    every = _values(text, "OnUnitActiveSec")
    return f"every {every[0]}" if every else ""


def _enabled(host: Host, folders: tuple[str, ...], name: str) -> bool:
    return any(
        name in _names(host, f"{folder}/{wants}")
        for folder in folders
        for wants in ("timers.target.wants", "multi-user.target.wants", "default.target.wants")
    )


def _drop_ins(host: Host, folders: tuple[str, ...], name: str) -> str:
    text = ""
    for folder in folders:
        for part in _names(host, f"{folder}/{name}.d"):
            with suppress(HostError):
                text += "\n" + _text(host, f"{folder}/{name}.d/{part}")
    return text


def _stamp(host: Host, name: str) -> datetime | None:
    """When a persistent timer last started its service (systemd.timer(5), Persistent=)."""
    with suppress(HostError):
        return host.status(f"/var/lib/systemd/timers/stamp-{name}").modified
    return None


def _names(host: Host, folder: str) -> tuple[str, ...]:
    with suppress(NotThere, HostError):
        return host.names(folder)
    return ()


def _text(host: Host, path: str) -> str:
    return host.read(path, SCRIPT).decode("utf-8", "replace")
