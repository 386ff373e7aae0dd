"""Waivers: risks that somebody has accepted, shown beside the verdict and never instead of it.

waivers:
  - rule: REM-01
    where: "*SCHOOL USB*"          pattern of what it is about; left out for all of it
    machine: OFFICE-*              pattern of the machine's name; left out for all
    reason: The stick holds the fire drill list only, and lives in the office safe.
    owner: Head teacher
    agreed: 2026-10-01
    expires: 2027-07-31
"""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase

import msgspec

from auditor.evidence import Evidence, Waiver
from auditor.findings import Finding, Verdict

WAIVABLE = frozenset({Verdict.FAIL, Verdict.UNKNOWN, Verdict.NEEDS_ANSWER})


def waived(found: Finding, evidence: Evidence) -> Finding:
    """The finding with the waiver that covers it: one in force before one that has expired."""
    if not evidence.waivers or found.verdict not in WAIVABLE:
        return found
    today = evidence.machine.taken.date()
    covering = [w for w in evidence.waivers if covers(w, found, evidence.machine.name)]
    if not covering:
        return found
    chosen = max(covering, key=lambda w: (in_force(w, today), w.expires))
    return msgspec.structs.replace(found, waiver=chosen, waived=in_force(chosen, today))


def covers(waiver: Waiver, found: Finding, machine: str) -> bool:
    """Whether a waiver is about this finding, in force or not."""
    if waiver.rule != found.rule or not _like(machine, waiver.machine):
        return False
    return _like(found.subject.id, waiver.subject) or _like(found.subject.label, waiver.subject)


def in_force(waiver: Waiver, today: date) -> bool:
    """Whether a waiver holds on a day."""
    return today <= waiver.expires


def _like(name: str, pattern: str) -> bool:
    return not pattern or fnmatchcase(name.casefold(), pattern.casefold().replace("[", "[[]"))
