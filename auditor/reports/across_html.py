"""Pages over several audits: two of one machine compared, the machines of a site."""

from __future__ import annotations

from auditor.across.compare import Change, Comparison, Step, better, tally
from auditor.across.site import Cell, Site
from auditor.evidence import Record
from auditor.reports import summary, terms
from auditor.reports.language import Language, spoken
from auditor.reports.page import page
from auditor.reports.tame import tame

MOST_LISTS = 100
"""Lists with copies that the page names."""
MOST_PLACES = 20
"""Places of one list that the page names."""
_LOOKS = {
    Change.NEW: "bad",
    Change.WORSE: "bad",
    Change.UNSEEN: "unsure",
    Change.UNCHANGED: "plain",
    Change.FIXED: "good",
}


class Square(Record, frozen=True, kw_only=True):
    """One cell of the heat map: always a word beside the colour."""

    look: str
    text: str


def compared(comparison: Comparison, language: str = "en") -> str:
    """The page of two audits compared.

    Raises:
        AuditorError: There is no such language.
    """
    say, told = spoken(language), tame(comparison)
    went = better(told.old.headline, told.new.headline)
    return page(
        "compare.html",
        say,
        comparison=told,
        went=went,
        look={True: "good", False: "bad", None: "unsure"}[went],
        verdict=sentence(told, say),
        groups=_groups(told, say),
        counted=[(_words(say)[c], _LOOKS[c], n) for c, n in tally(told).items()],
        before=summary.headline(told.old.headline, say),
        now=summary.headline(told.new.headline, say),
    )


def sentence(comparison: Comparison, say: Language) -> str:
    """What became of the older audit's problems, in a sentence or two."""
    n = tally(comparison)
    fresh = n[Change.NEW] + n[Change.WORSE]
    if not n[Change.FIXED] and not fresh:
        same = [say.gettext("Nothing was fixed and nothing new was found.")]
    else:
        same = [
            say.ngettext("%(num)s thing was fixed.", "%(num)s things were fixed.", n[Change.FIXED]),
            say.ngettext("%(num)s is new or worse.", "%(num)s are new or worse.", fresh),
        ]
    if n[Change.UNCHANGED]:
        same.append(
            say.ngettext("%(num)s is as before.", "%(num)s are as before.", n[Change.UNCHANGED])
        )
    if n[Change.UNSEEN]:
        same.append(
            say.ngettext(
                "%(num)s could not be seen this time.",
                "%(num)s could not be seen this time.",
                n[Change.UNSEEN],
            )
        )
    return " ".join(same)


def site(found: Site, language: str = "en") -> str:
    """The page of a site.

    Raises:
        AuditorError: There is no such language.
    """
    say, told = spoken(language), tame(found)
    return page(
        "site.html",
        say,
        site=told,
        look=_site_look(told),
        heat=[
            (m, [_square(m.areas.get(area), say) for area in terms.areas(say)])
            for m in told.machines
        ],
        lists=told.lists[:MOST_LISTS],
        more_lists=told.more_lists + max(0, len(told.lists) - MOST_LISTS),
        most_places=MOST_PLACES,
    )


def _site_look(told: Site) -> str:
    if told.copies:
        return "bad"
    return "good" if told.complete and not told.unsure and not told.not_read else "unsure"


def _square(cell: Cell | None, say: Language) -> Square:
    if cell is None:
        return Square(look="plain", text=say.gettext("not looked at"))
    if cell.fail:
        bad = cell.worst is not None and cell.worst.rank <= 1
        text = say.ngettext("%(num)s to mend", "%(num)s to mend", cell.fail)
        return Square(look="bad" if bad else "unsure", text=text)
    if cell.unknown:
        text = say.ngettext("%(num)s not known", "%(num)s not known", cell.unknown)
        return Square(look="ask", text=text)
    if cell.passed:
        return Square(look="good", text=say.gettext("all well"))
    return Square(look="plain", text=say.gettext("does not apply"))


def _words(say: Language) -> dict[Change, str]:
    _ = say.gettext
    return {
        Change.NEW: _("New"),
        Change.WORSE: _("Worse"),
        Change.UNSEEN: _("Not seen this time"),
        Change.UNCHANGED: _("As before"),
        Change.FIXED: _("Fixed"),
    }


def _groups(told: Comparison, say: Language) -> list[tuple[str, str, str, list[Step]]]:
    """The steps by what became of them: key, heading, look, steps."""
    return [
        (c.value, _words(say)[c], _LOOKS[c], found)
        for c in Change
        if (found := [s for s in told.steps if s.change is c])
    ]
