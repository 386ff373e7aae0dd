"""What has changed between two folders of rules, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.rulebook import Rulebook, english
from auditor.rulebook.rules import Rule


def changes(old: Rulebook, new: Rulebook) -> Iterator[str]:
    """A line a rule, source, threshold or pack that came, went or changed."""
    yield from _rules(old, new)
    before, after = dict(old.thresholds), dict(new.thresholds)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            was, now = before.get(name, "not set"), after.get(name, "not set")
            yield f"threshold {name}: {was} -> {now}"
    yield from _names("source", set(old.sources), set(new.sources))
    yield from _names("pack", {p.id for p in old.packs}, {p.id for p in new.packs})
    for name in sorted(old.sources.keys() & new.sources.keys()):
        if old.sources[name] != new.sources[name]:
            yield f"~ source {name}: {_fields(old.sources[name], new.sources[name])}"


def _names(word: str, was: set[str], now: set[str]) -> Iterator[str]:
    yield from (f"+ {word} {name}" for name in sorted(now - was))
    yield from (f"- {word} {name}" for name in sorted(was - now))


def _rules(old: Rulebook, new: Rulebook) -> Iterator[str]:
    before, after = {r.id: r for r in old.every}, {r.id: r for r in new.every}
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield f"+ {name} {after[name].title}"
        elif name not in after:
            yield f"- {name} {before[name].title}: answers and waivers to it no longer count"
        else:
            told = list(_rule(before[name], after[name]))
            if told:
                yield f"~ {name} {after[name].title}"
                yield from (f"    {line}" for line in told)


def _rule(old: Rule, new: Rule) -> Iterator[str]:
    for word, was, now in (
        ("checks", list(english.checked(old)), list(english.checked(new))),
        ("severity", list(english.severities(old)), list(english.severities(new))),
        ("title", old.title, new.title),
        ("why", old.why, new.why),
        ("remedy", old.remedy, new.remedy),
        ("who and how long", (old.who, old.takes, old.done), (new.who, new.takes, new.done)),
        ("nations", old.nations, new.nations),
        ("sources", _cited(old), _cited(new)),
    ):
        if was != now:
            yield f"{word}: {_short(was)} -> {_short(now)}"


def _cited(r: Rule) -> list[str]:
    return [" ".join(filter(None, (b.source, b.section))) for b in r.because]


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return f"{sum(len(v) for v in value.values())} steps"
    text = value if isinstance(value, str) else " ".join(str(v) for v in value)
    return text if len(text) <= 200 else f"{text[:197]}…"


def _fields(old: Any, new: Any) -> str:
    names = [n for n in old.__struct_fields__ if getattr(old, n) != getattr(new, n)]
    return ", ".join(names)
