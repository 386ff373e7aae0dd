"""From each control to its rule, the evidence that the rule weighs and the part that gathers it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources.abc import Traversable

from auditor.errors import RulebookError
from auditor.evidence import Record
from auditor.rulebook import Rulebook, reading
from auditor.rulebook.rules import Rule

FILE = "coverage.yaml"
GATHERED: dict[str, tuple[str, str]] = {
    "machine": ("the machine itself", "host"),
    "scan": ("how much was seen", "survey, content"),
    "volume": ("drives, their encryption and the files on them", "probes/*_volumes, content"),
    "file": ("files with personal data", "content"),
    "locked": ("files closed by a password", "content"),
    "setting": ("settings", "probes/*_settings, windows_protection, windows_safety, *_accounts"),
    "device": ("devices seen before", "probes/*_devices, windows_safety"),
    "health": ("health of disks", "probes/*_storage, windows_safety"),
    "backup": ("backups", "probes/*_backups"),
    "copies": ("all copies together", "probes/*_backups"),
    "sync": ("synchronised folders", "probes/cloud_folders, *_backups"),
    "system": ("school systems", "probes/*_backups"),
    "backup-files": ("backup files", "content, probes/*_backups"),
    "school": ("answers of people", "auditor answer"),
}
"""By kind, what it is and which part of the program gathers it."""


class Control(Record, frozen=True, kw_only=True):
    """One thing that guidance asks for, before it became a rule."""

    id: str
    tier: str
    """core or extra."""
    title: str
    merged: str = ""
    """The rule that asks for it now, where it has another id."""
    also: str = ""
    """A second rule that asks for a part of it."""
    open: str = ""
    """What remains that no machine shows, and why."""


def controls(rules: Traversable) -> tuple[Control, ...]:
    """The controls in `coverage.yaml`.

    Raises:
        RulebookError: The file is missing or wrong.
    """
    file = rules / FILE
    if not file.is_file():
        raise RulebookError("there is no table of controls", where=f"rules/{FILE}")
    return tuple(_control(name, n) for name, n in reading.read(file, f"rules/{FILE}"))


def _control(name: str, node: reading.Node) -> Control:
    f = reading.fields(node, ("tier", "title", "merged", "also", "open"), ("tier", "title"))
    return Control(id=name, **{key: reading.text(n) for key, n in f.items()})


def table(found: tuple[Control, ...], book: Rulebook) -> str:
    """The controls as a Markdown table, then the rules that no control asked for."""
    rules = {r.id: r for r in book.every}
    lines = [
        "| control | tier | rule | evidence | gathered by | what remains open |",
        "|---|---|---|---|---|---|",
        *(_line(c, rules.get(c.merged or c.id)) for c in found),
    ]
    known = {c.merged or c.id for c in found} | {c.also for c in found}
    more = [r for r in book.every if r.id not in known]
    if more:
        lines += ["", "Rules beyond the controls: " + ", ".join(f"{r.id} {r.title}" for r in more)]
    return "\n".join(lines)


def _line(c: Control, r: Rule | None) -> str:
    if r is None:
        return f"| {c.id} {c.title} | {c.tier} | none |  |  | {c.open} |"
    evidence, by = (" and ".join(part) for part in zip(*_gathered(r), strict=True))
    named = f"{r.id}, {c.also}" if c.also else r.id
    return f"| {c.id} {c.title} | {c.tier} | {named} | {evidence} | {by} | {c.open} |"


def _gathered(r: Rule) -> Iterator[tuple[str, str]]:
    """What a rule weighs: its own kind, what it looks at around it, and people where it asks."""
    kinds = [r.kind] if r.must is not None else []
    for condition in (r.where, r.must):
        for path in condition.paths() if condition is not None else ():
            first = path.split(".", 1)[0]
            if "." in path and first in GATHERED and first not in kinds:
                kinds.append(first)
    if r.ask is not None and "school" not in kinds:
        kinds.append("school")
    yield from (GATHERED[k] for k in kinds)
