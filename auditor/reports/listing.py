"""The files of an audit, as the page lists them: the gravest first.

Without script the page shows the gravest in plain tables. With script the same place holds a
list of every file, drawn a hundred rows at a time from data in the page: names of folders, kinds
and sentences stand there once, so that 50,000 files take a few megabytes and no freezing.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from markupsafe import Markup

from auditor.evidence import FileSeen, Platform, ProtectionState, Record, Strength, Volume
from auditor.findings import Audit
from auditor.reports import terms
from auditor.reports.language import Language
from auditor.rulebook.closed import called, protected

MOST_PLAIN = 100
"""Files that the page shows without script, and on paper unless it is filtered."""
GUARDS = ("open", "weak", "unknown", "drive", "own")
SPECIAL, POSSIBLE, PART = 1, 2, 4
"""Marks of a row, added up."""
EPOCH = date(1970, 1, 1)


class Row(Record, frozen=True, kw_only=True):
    """A file with what the page says of it."""

    file: FileSeen
    folder: str
    """With its last separator, so that folder and name make the path."""
    name: str
    guard: str
    """Key of `terms.guards`."""
    years: int | None
    """Whole years since it was changed."""


class Group(Record, frozen=True, kw_only=True):
    """Rows of one volume."""

    label: str
    state: str
    """Encryption state of the volume."""
    rows: tuple[Row, ...]
    total: int
    """How many files with personal data the volume has in all."""


def rows(audit: Audit) -> list[Row]:
    """Every file, the gravest first: sensitive before not, then by people."""
    volumes = {v.id: v for v in audit.evidence.volumes}
    machine = audit.evidence.machine
    windows = machine.platform is Platform.WINDOWS
    return [
        _row(f, volumes.get(f.volume), machine.taken, windows=windows)
        for f in sorted(audit.evidence.files, key=_grave)
    ]


def plain(audit: Audit, found: list[Row]) -> list[Group]:
    """The gravest files by volume, for reading without script."""
    volumes = {v.id: v for v in audit.evidence.volumes}
    groups: dict[str, list[Row]] = {}
    for row in found[:MOST_PLAIN]:
        groups.setdefault(row.file.volume, []).append(row)
    totals: dict[str, int] = {}
    for row in found:
        totals[row.file.volume] = totals.get(row.file.volume, 0) + 1
    return [
        Group(
            label=called(volumes[name]) if name in volumes else name,
            state=volumes[name].encryption.state if name in volumes else "unknown",
            rows=tuple(some),
            total=totals[name],
        )
        for name, some in groups.items()
    ]


def data(audit: Audit, found: list[Row], say: Language) -> Markup:
    """Every file as JSON that may stand inside a script element."""
    made = _Packed(audit, say)
    packed = [made.row(r) for r in found]
    whole = {
        "places": [[called(v), terms.states(say)[v.encryption.state][0]] for v in made.volumes]
        + [[say.gettext("No known drive"), terms.states(say)["unknown"][0]]],
        "folders": list(made.folders),
        "whats": list(made.whats),
        "kinds": list(made.kinds),
        "guards": [terms.guards(say)[g] for g in GUARDS],
        "ages": [""] + [_age(n, say) for n in range(1, made.oldest + 1)],
        "months": say.months(),
        "say": _sentences(say),
        "rows": packed,
    }
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - no sign that HTML knows is left in it


class _Packed:
    """Gives each folder, kind and sentence a number the first time it is met."""

    def __init__(self, audit: Audit, say: Language) -> None:
        self.volumes = audit.evidence.volumes
        self._place = {v.id: n for n, v in enumerate(self.volumes)}
        self._folder_words = terms.folders(say)
        self.folders: dict[str, int] = {}
        self.whats: dict[str, int] = {}
        self.kinds: dict[str, int] = {}
        self.oldest = 0

    def row(self, r: Row) -> list[object]:
        f = r.file
        self.oldest = max(self.oldest, r.years or 0)
        marks = SPECIAL * f.special + POSSIBLE * (f.strength is Strength.POSSIBLE)
        return [
            self._place.get(f.volume, len(self.volumes)),
            _number(self.folders, r.folder),
            r.name,
            _number(self.whats, what(f, self._folder_words)),
            _number(self.kinds, kinds(f)),
            f.people.low,
            f.people.high,
            (f.modified.date() - EPOCH).days if f.modified else None,
            r.years or 0,
            f.size,
            GUARDS.index(r.guard),
            marks + PART * (not f.whole),
        ]


def what(f: FileSeen, folders: dict[str, str]) -> str:
    """`pupil list (table), Downloads`."""
    told = f"{f.category} ({f.kind})" if f.category else f.kind
    return f"{told}, {folders[f.folder]}" if folders.get(f.folder) else told


def kinds(f: FileSeen) -> str:
    """The kinds of data in a file, each once."""
    return ", ".join(dict.fromkeys(t.title for t in f.contents))


def age(years: int | None, say: Language) -> str:
    """`3 years old`; nothing for less than a year."""
    return _age(years, say) if years else ""


def _age(years: int, say: Language) -> str:
    return say.ngettext("%(num)s year old", "%(num)s years old", years)


def _number(seen: dict[str, int], text: str) -> int:
    return seen.setdefault(text, len(seen))


def _row(f: FileSeen, volume: Volume | None, taken: datetime, *, windows: bool) -> Row:
    end = max(f.path.rfind("/"), f.path.rfind("\\") if windows else -1) + 1
    end = end if end < len(f.path) else 0
    return Row(
        file=f,
        folder=f.path[:end],
        name=f.path[end:],
        guard=_guard(f, volume),
        years=_years(f, taken),
    )


def _guard(f: FileSeen, volume: Volume | None) -> str:
    closed = protected(f, volume.encryption if volume else None)
    if f.protection.state is ProtectionState.STRONG:
        return "own"
    if closed is None:
        return "unknown"
    if closed:
        return "drive"
    return "weak" if f.protection.state is ProtectionState.WEAK else "open"


def _years(f: FileSeen, taken: datetime) -> int | None:
    if f.modified is None:
        return None
    aware = f.modified if f.modified.tzinfo else f.modified.replace(tzinfo=UTC)
    start = taken if taken.tzinfo else taken.replace(tzinfo=UTC)
    return max(0, (start - aware).days * 400 // 146097)


def _grave(f: FileSeen) -> tuple[bool, int, str]:
    return not f.special, -f.people.high, f.path


def _sentences(say: Language) -> dict[str, str]:
    """What the script says; `{0}` and so on stand for numbers."""
    _ = say.gettext
    return {
        "span": _("%(low)s to %(high)s"),
        "least": _("at least %(low)s"),
        "unknown": _("not known"),
        "noDate": _("date not known"),
        "shown": _("{0} to {1} of {2} shown"),
        "none": _("Nothing matches."),
        "sensitive": _("sensitive"),
        "possible": _("possible"),
        "part": _("read in part"),
        "next": _("Next {0}"),
        "previous": _("Previous {0}"),
        "people": _("People"),
        "files": _("Files"),
        "sensitives": _("Sensitive"),
        "only": _("Show only this folder"),
    }
