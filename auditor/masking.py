"""Hides what may be a name in the paths of an audit: `SEN plan - [hidden 1].docx`.

Any word could be a child's name, so words are not looked for but let through: those of
`rules/masking/words.txt`, years and short numbers stay, everything else is hidden. The same word
is hidden by the same number all through one audit, so that places can still be told apart.
Texts of rules, counts and kinds stay as they are, and so does the name of the machine, by which
an authority tells the machines of a school apart.
"""

from __future__ import annotations

import re
from functools import cache

import msgspec

from auditor.evidence import Evidence, Machine, Record
from auditor.findings import Audit, Citation, RulebookUsed, Source, Subject
from auditor.rewriting import rewritten
from auditor.rulebook.closed import called
from auditor.shipped import shipped

_PATHS = frozenset({
    "id", "mount", "device", "label", "disks", "volume", "path", "roots", "left_out", "subject",
    "target", "folder", "name", "sources",
})  # fmt: skip
"""Fields that hold paths and names of places, whatever the record."""
_OURS = frozenset({
    "rule", "title", "do", "area", "why", "remedy", "who", "takes", "kind", "category", "datum",
    "scheme", "product", "method", "model", "bus", "filesystem", "os", "source", "tool", "school",
    "urn", "by", "pack", "digest", "place", "said", "owner", "nation",
})  # fmt: skip
"""Fields in the words of rules or of the program, or said of themselves by those who audit."""
_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+|[\W_]+")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}([-./ _])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}([-./ _])\d{1,2}\2\d{1,2})(?!\d)"
)
_JOINS = " ._,'\u2019-"
_BETWEEN = re.compile(r"[ ._,'\u2019-]{1,3}")
"""What may stand between a forename and a surname."""
_PATH_IN_PROSE = re.compile(r"[A-Za-z]:[\\/]|\\\\|(?<![\w</:])~?/(?=\w)")
_DRIVE = re.compile(r"[A-Za-z]:(?=[\\/]|$)")


def masked(audit: Audit) -> Audit:
    """The audit with hidden names; masking it again changes nothing."""
    if audit.masked:
        return audit
    changed = rewritten(audit, _Masking(audit.evidence).change)
    return msgspec.structs.replace(changed, masked=True)


class _Masking:
    """The hidden words of one audit."""

    def __init__(self, evidence: Evidence) -> None:
        self._numbers: dict[str, int] = {}
        self._known = _known(evidence)
        whole = "|".join(re.escape(k) for k in sorted(self._known, key=len, reverse=True))
        self._quoted = re.compile(rf"(?<!\w)(?:{whole})(?!\w)") if whole else None

    def change(self, record: Record, field: str, text: str) -> str:
        if isinstance(record, Source | Citation | RulebookUsed) or field in _OURS:
            return text
        if isinstance(record, Machine):
            return text
        if isinstance(record, Subject) and record.kind not in {"volume", "file"}:
            return text if record.kind == "machine" else self._prose(text)
        return self._path(text) if field in _PATHS else self._prose(text)

    def _path(self, text: str) -> str:
        return "".join(
            part if n % 2 else self._name(part)
            for n, part in enumerate(re.split(r"([\\/]+)", text))
        )

    def _name(self, text: str) -> str:
        """One component: a run of hidden words, with what joins them, gets one number."""
        if _DRIVE.fullmatch(text):
            return text
        made, run = "", ""
        for part in _parts(text):
            if _open(part, text):
                made, run = made + self._hidden(run) + part, ""
            else:
                run += part
        return made + self._hidden(run)

    def _hidden(self, run: str) -> str:
        kept = run.strip(_JOINS)
        if not kept:
            return run
        before, _, after = run.partition(kept)
        number = self._numbers.setdefault(kept, len(self._numbers) + 1)
        return f"{before}[hidden {number}]{after}"

    def _prose(self, text: str) -> str:
        """A sentence: known places in it, then whatever else looks like a path, to its end."""
        if len(text) > 1_000:
            return self._path(text)  # no sentence of ours, and longer than a place is looked for
        if self._quoted is not None:
            pieces, at = [], 0
            for found in self._quoted.finditer(text):
                pieces += [self._rest(text[at : found.start()]), self._path(found[0])]
                at = found.end()
            return "".join([*pieces, self._rest(text[at:])])
        return self._rest(text)

    def _rest(self, text: str) -> str:
        found = _PATH_IN_PROSE.search(text)
        return text if found is None else text[: found.start()] + self._path(text[found.start() :])


def _known(evidence: Evidence) -> frozenset[str]:
    """The names of places that sentences quote."""
    named: set[str] = set()
    for v in evidence.volumes:
        named |= {v.id, v.mount, v.device, v.label, called(v)}
    named |= {*evidence.scan.roots, *evidence.scan.left_out}
    return frozenset(n for n in named if 1 < len(n) < 1_000)


def _parts(text: str) -> list[str]:
    """Words, numbers and what stands between them; a date is one part."""
    made, at = [], 0
    for found in _DATE.finditer(text):
        made += [*_TOKEN.findall(text[at : found.start()]), found[0]]
        at = found.end()
    return [*made, *_TOKEN.findall(text[at:])]


def _open(part: str, whole: str) -> bool:
    """Whether a part of a name may be read by anybody."""
    if part.isdecimal() and part.isascii():
        return len(part) <= 2 or (len(part) == 4 and 1990 <= int(part) <= 2099)
    if part[0].isalpha():
        # 3B and Y6, but not the letter of a pupil number.
        short = rf"(?<!\d)\d{{1,2}}{part}(?!\w)|(?<!\w){part}\d{{1,2}}(?!\d)"
        lone = len(part) == 1 and re.search(short, whole) is not None
        return lone or part.casefold() in _words() or f"={part}" in _words()
    return not part[0].isdigit() and not _BETWEEN.fullmatch(part)


@cache
def _words() -> frozenset[str]:
    """The words that stay."""
    text = (shipped("rules") / "masking" / "words.txt").read_text("utf-8")
    lines = (line.partition("#")[0] for line in text.splitlines())
    return frozenset(word for line in lines for word in line.split())
