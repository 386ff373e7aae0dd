"""The report that people read: one page that needs nothing but itself."""

from __future__ import annotations

from collections import Counter

from markupsafe import Markup

from auditor import wire
from auditor.evidence import Gap, Record, Volume
from auditor.findings import Audit, Finding, Severity, Source, Verdict
from auditor.reports import copies, copies_drawn, listing, summary, terms
from auditor.reports.language import Language, spoken
from auditor.reports.page import page
from auditor.reports.tame import tame
from auditor.rulebook.closed import can_leave
from auditor.rulebook.facts import facts

SUFFIX = ".html"

MOST_GAPS = 100
"""Gaps of one reason that the page lists."""
MOST_THINGS = 50
"""Things of one finding that the page lists."""
WORST = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.NEEDS_ANSWER, Verdict.PASS, Verdict.NOT_APPLICABLE)


class Problem(Record, frozen=True, kw_only=True):
    """One rule with everything that failed it, or everything for which it could not be told."""

    rule: Finding
    """The gravest of its findings: its texts are those of all."""
    things: tuple[Finding, ...]
    more: int
    """Things beyond those listed."""


class Tile(Record, frozen=True, kw_only=True):
    """An area of the rules at a glance."""

    area: str
    look: str
    text: str


class Zone(Record, frozen=True, kw_only=True):
    """Drives that have the same chance of leaving the premises."""

    leaves: bool | None
    volumes: tuple[tuple[Volume, str, int, int], ...]
    """Each with what is on it in words, how many sheets to draw, and the tenths that are used."""


def render(audit: Audit, reader: str = "school", language: str = "en", digest: str = "") -> str:
    """The page.

    Args:
        audit: What is reported.
        reader: `school` for plain English, `auditor` for the technical detail as well.
        language: The code of the language of the interface.
        digest: SHA-256 of the report.json that the audit was read from.

    Raises:
        AuditorError: There is no such language.
    """
    say, told = spoken(language), tame(audit)
    found = listing.rows(told)
    return page(
        "report.html",
        say,
        audit=told,
        auditor=reader == "auditor",
        machine=told.evidence.machine,
        scan=told.evidence.scan,
        digest=digest or wire.digest(audit),
        **_glance(told, say),
        zones=_zones(told, say),
        problems=_problems(summary.failed(told)),
        accepted=_problems(summary.accepted(told)),
        unsure=_problems(_of(told, Verdict.UNKNOWN)),
        asked=_problems(_of(told, Verdict.NEEDS_ANSWER)),
        titles={f.rule: f.title for f in told.findings},
        today=told.evidence.machine.taken.date(),
        tiles_321=copies.tiles(told.evidence, say),
        closed={b.id: b.closed for b in facts(told.evidence).backups},
        copies_drawn=Markup(copies_drawn.drawn(told)),  # noqa: S704 - its texts are escaped
        passed=_of(told, Verdict.PASS, Verdict.NOT_APPLICABLE),
        groups=listing.plain(told, found),
        total=len(found),
        most_plain=listing.MOST_PLAIN,
        data=listing.data(told, found, say) if found else "",
        what=lambda f: listing.what(f, terms.folders(say)),
        kinds=listing.kinds,
        age=lambda years: listing.age(years, say),
        gaps=_gaps(told, say),
        sources=_sources(told),
    )


def _glance(audit: Audit, say: Language) -> dict[str, object]:
    """What the top of the page says."""
    number, said, tone = summary.headline(audit.headline, say)
    return {
        "verdict": summary.verdict(audit, say),
        "tone": summary.tone(audit),
        "nothing": summary.saw_nothing(audit),
        "number": number,
        "said": said,
        "headline_tone": tone,
        "fixes": summary.fixes(audit, say),
        "most_fixes": summary.MOST_FIXES,
        "bar": _bar(audit, say),
        "tiles": _tiles(audit, say),
    }


def _by_rule(audit: Audit) -> dict[str, Verdict]:
    """Each rule once, by its worst answer."""
    worst: dict[str, Verdict] = {}
    for f in audit.findings:
        old = worst.get(f.rule, Verdict.NOT_APPLICABLE)
        worst[f.rule] = min(old, f.verdict, key=WORST.index)
    return worst


def _bar(audit: Audit, say: Language) -> list[tuple[str, str, int, float, float]]:
    """The parts of the bar: words, look, rules, where the part begins and how wide it is."""
    counted = Counter(_by_rule(audit).values())
    made, x, whole = [], 0.0, max(1, counted.total())
    for verdict, (words, look) in terms.verdicts(say).items():
        width = 100 * counted[Verdict(verdict)] / whole
        made.append((words, look, counted[Verdict(verdict)], round(x, 2), round(width, 2)))
        x += width
    return made


def _tiles(audit: Audit, say: Language) -> list[Tile]:
    area = {f.rule: f.area for f in audit.findings}
    by_area: dict[str, Counter[Verdict]] = {}
    for rule, verdict in _by_rule(audit).items():
        by_area.setdefault(area[rule], Counter())[verdict] += 1
    return [_tile(name, by_area.get(name, Counter()), say) for name in terms.areas(say)]


def _tile(area: str, n: Counter[Verdict], say: Language) -> Tile:
    told = [
        (Verdict.FAIL, "bad", say.ngettext("%(num)s to mend", "%(num)s to mend", n[Verdict.FAIL])),
        (
            Verdict.UNKNOWN,
            "unsure",
            say.ngettext("%(num)s not known", "%(num)s not known", n[Verdict.UNKNOWN]),
        ),
        (
            Verdict.NEEDS_ANSWER,
            "ask",
            say.ngettext("%(num)s to answer", "%(num)s to answer", n[Verdict.NEEDS_ANSWER]),
        ),
    ]
    open_ = [(look, text) for verdict, look, text in told if n[verdict]]
    if open_:
        return Tile(area=area, look=open_[0][0], text=", ".join(text for _, text in open_))
    if n[Verdict.PASS]:
        return Tile(area=area, look="good", text=say.gettext("all well"))
    return Tile(
        area=area,
        look="plain",
        text=say.gettext("does not apply") if n.total() else say.gettext("not looked at"),
    )


def _zones(audit: Audit, say: Language) -> list[Zone]:
    by_zone: dict[bool | None, list[tuple[Volume, str, int, int]]] = {True: [], None: [], False: []}
    for v in audit.evidence.volumes:
        n = sum(f.volume == v.id for f in audit.evidence.files)
        drawn = (v, _on_it(v, n, audit, say), min(3, n), _tenths(v))
        by_zone[can_leave(v, audit.evidence.machine)].append(drawn)
    return [Zone(leaves=leaves, volumes=tuple(some)) for leaves, some in by_zone.items() if some]


def _tenths(v: Volume) -> int:
    """Tenths of a volume that are in use; -1 when not known."""
    if not v.size or v.free is None or not 0 <= v.free <= v.size:
        return -1
    return round(10 * (v.size - v.free) / v.size)


def _on_it(volume: Volume, n: int, audit: Audit, say: Language) -> str:
    """What is on a volume, for its picture."""
    if n:
        return say.ngettext(
            "%(num)s file with personal data", "%(num)s files with personal data", n
        )
    scan = audit.evidence.scan
    if not scan.asked or volume.id not in scan.roots:
        return say.gettext("not looked into")
    hidden = any(g.volume == volume.id and g.source == "files" for g in audit.evidence.gaps)
    if not scan.complete or hidden:
        return say.gettext("nothing found, but not all was seen")
    return say.gettext("no personal data found")


def _of(audit: Audit, *verdicts: Verdict) -> list[Finding]:
    return [f for f in audit.findings if f.verdict in verdicts]


def _problems(findings: list[Finding]) -> list[Problem]:
    """The findings by rule, the gravest first."""
    by_rule: dict[str, list[Finding]] = {}
    for f in findings:
        by_rule.setdefault(f.rule, []).append(f)
    made = [
        Problem(
            rule=min(found, key=lambda f: f.severity.rank),
            things=tuple(found[:MOST_THINGS]),
            more=max(0, len(found) - MOST_THINGS),
        )
        for found in by_rule.values()
    ]
    return sorted(made, key=lambda p: Severity(p.rule.severity).rank)


def _gaps(audit: Audit, say: Language) -> list[tuple[str, list[Gap], int]]:
    """What could not be seen, by reason: the reason, some of it, how many more."""
    groups: dict[str, list[Gap]] = {}
    for g in audit.evidence.gaps:
        groups.setdefault(g.why.value, []).append(g)
    return [
        (terms.why(say).get(why, why), found[:MOST_GAPS], max(0, len(found) - MOST_GAPS))
        for why, found in groups.items()
    ]


def _sources(audit: Audit) -> list[Source]:
    found = {c.source.id: c.source for f in audit.findings for c in f.because}
    return sorted(found.values(), key=lambda s: (s.publisher, s.title))
