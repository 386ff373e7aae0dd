"""The 3-2-1 picture: three copies, on two devices, one away, as far as the machine shows it.

A machine never shows every copy, so that a tile is either seen to be so or not known.
"""

from __future__ import annotations

from auditor.evidence import Evidence, Record
from auditor.reports.language import Language
from auditor.rulebook.facts import facts


class Tile(Record, frozen=True, kw_only=True):
    """One of the three numbers."""

    number: int
    seen: int
    """How many of them were seen; 0 where the machine shows no backup at all."""
    look: str
    thing: str
    why: str
    told: str


def tiles(evidence: Evidence, say: Language) -> tuple[Tile, Tile, Tile]:
    """The three numbers for this evidence."""
    known, _ = facts(evidence).copies, say.gettext
    spare, fault = _("the one in use and two backups"), _("so that one fault cannot take all")
    away = _("out of reach of fire, theft and ransomware")
    return (
        _tile(3, known.copies.low, _("copies of the records"), spare, say),
        _tile(2, known.devices.low, _("separate devices"), fault, say),
        _tile(1, int(bool(known.offsite)), _("away from the site"), away, say),
    )


def _tile(number: int, low: int, thing: str, why: str, say: Language) -> Tile:
    # The records in use are one copy on one device: alone they say nothing of a backup.
    seen = min(low, number) if low > 1 or number == 1 else 0
    told = say.gettext("not known")
    if seen == number:
        told = say.gettext("seen")
    elif seen:
        told = say.gettext("%(seen)s seen, more not known") % {"seen": seen}
    look = "good" if seen == number else "unsure"
    return Tile(number=number, seen=seen, look=look, thing=thing, why=why, told=told)
