"""The report that people read: one page that needs nothing but itself.

Styles and script stand in the page and are named by their digests in its content security
policy, so that a browser loads and runs nothing else. The script only filters and sorts.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

import jinja2
from markupsafe import Markup

from auditor import words
from auditor.evidence import FileSeen, Gap, Volume
from auditor.findings import Audit, Finding, Verdict
from auditor.reports import summary
from auditor.shipped import shipped

SUFFIX = ".html"

MOST_FILES = 1_000
"""Files that the page lists; report.csv and report.json list all."""
MOST_GAPS = 100
"""Gaps of one reason that the page lists."""

_WHY = {
    "needs_admin": "Needs an administrator's rights",
    "tool_missing": "A program that would answer is not installed",
    "timed_out": "Took too long",
    "not_understood": "The answer could not be understood",
    "not_supported": "Nothing on this machine answers this",
    "unreadable": "Could not be read, or changed meanwhile",
    "too_large": "Too large",
    "locked": "Closed or locked",
    "in_cloud": "Only in the cloud",
    "format": "A kind of file that is not opened yet",
    "interrupted": "The audit was stopped first",
}
_STATES = {
    "on": ("encrypted", "good"),
    "off": ("not encrypted", "bad"),
    "partial": ("partly encrypted", "bad"),
    "suspended": ("encryption suspended", "bad"),
    "unknown": ("encryption not known", "unsure"),
}
_VERDICTS = {
    "fail": ("failed", "bad"),
    "unknown": ("could not be checked", "unsure"),
    "needs_answer": ("need an answer", "unsure"),
    "pass": ("passed", "good"),
    "not_applicable": ("do not apply", "plain"),
}
_PLACES = {
    "fixed": "Built-in drive",
    "removable": "Portable drive",
    "optical": "CD or DVD",
    "network": "Network drive",
    "unknown": "Drive of unknown kind",
}


def render(audit: Audit, reader: str = "school") -> str:
    """The page."""
    style, script = _part("report.css"), _part("report.js")
    number, said, tone = summary.headline(audit.headline)
    return _page().render(
        audit=audit,
        auditor=reader == "auditor",
        machine=audit.evidence.machine,
        scan=audit.evidence.scan,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        style_digest=_digest(style),
        script_digest=_digest(script),
        verdict=summary.verdict(audit),
        tone=summary.tone(audit),
        nothing=summary.saw_nothing(audit),
        title=summary.TITLE,
        number=number,
        said=said,
        headline_tone=tone,
        fixes=summary.fixes(audit),
        most_fixes=summary.MOST_FIXES,
        counts=[(*_VERDICTS[v], n) for v, n in summary.counts(audit).items()],
        volumes=[(v, _on_it(v, audit)) for v in audit.evidence.volumes],
        failed=summary.failed(audit),
        unsure=_of(audit, Verdict.UNKNOWN, Verdict.NEEDS_ANSWER),
        passed=_of(audit, Verdict.PASS, Verdict.NOT_APPLICABLE),
        files=_files(audit),
        hidden_files=max(0, len(audit.evidence.files) - MOST_FILES),
        gaps=_gaps(audit),
        sources=_sources(audit),
    )


@cache
def _page() -> jinja2.Template:
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(_part),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters.update(
        number=words.number,
        people=words.people,
        size=words.size,
        day=words.day,
        moment=words.moment,
        spent=words.spent,
        listed=words.listed,
    )
    made.globals.update(
        count=words.count, states=_STATES, places=_PLACES, why=_WHY, verdicts=_VERDICTS
    )
    return made.get_template("report.html")


def _part(name: str) -> str:
    return (shipped("templates") / name).read_text("utf-8")


def _digest(text: str) -> str:
    """What a content security policy calls a block: `sha256-` and the digest of its text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _of(audit: Audit, *verdicts: Verdict) -> list[Finding]:
    return [f for f in audit.findings if f.verdict in verdicts]


def _on_it(volume: Volume, audit: Audit) -> str:
    """What is on a volume, for its picture."""
    found = [f for f in audit.evidence.files if f.volume == volume.id]
    if found:
        return f"{words.count(len(found), 'file')} with personal data"
    if not audit.evidence.scan.asked or volume.id not in audit.evidence.scan.roots:
        return "not looked into"
    return "no personal data found" if audit.evidence.scan.complete else "nothing found so far"


def _files(audit: Audit) -> list[tuple[str, str, list[FileSeen]]]:
    """The files by volume, the gravest first: label, encryption state, files."""
    volumes = {v.id: v for v in audit.evidence.volumes}
    shown = sorted(audit.evidence.files, key=_grave)[:MOST_FILES]
    groups: dict[str, list[FileSeen]] = {}
    for f in shown:
        groups.setdefault(f.volume, []).append(f)
    made = []
    for name, files in groups.items():
        v = volumes.get(name)
        label = f"{v.mount} ({v.label})" if v and v.label else name or "No known drive"
        made.append((label, v.encryption.state.value if v else "unknown", files))
    return made


def _grave(f: FileSeen) -> tuple[bool, int, str]:
    return not f.special, -f.people.high, f.path


def _gaps(audit: Audit) -> list[tuple[str, list[Gap], int]]:
    """What could not be seen, by reason: the reason, some of it, how many more."""
    groups: dict[str, list[Gap]] = {}
    for g in audit.evidence.gaps:
        groups.setdefault(g.why.value, []).append(g)
    return [
        (_WHY.get(why, why), found[:MOST_GAPS], max(0, len(found) - MOST_GAPS))
        for why, found in groups.items()
    ]


def _sources(audit: Audit) -> list[object]:
    found = {c.source.id: c.source for f in audit.findings for c in f.because}
    return [found[name] for name in sorted(found)]
