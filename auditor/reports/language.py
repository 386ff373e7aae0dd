"""The language of a page: its interface texts, numbers, dates and counts.

Texts stand in the code and the templates in English and are looked up in gettext catalogues
(`templates/languages/*.po`), so that a language is added by translating one file. What rules say
stays in the language that they are written in.

>>> ENGLISH.people(Range(low=30, high=41)), ENGLISH.day(None)
('30 to 41 people', 'date not known')
"""

from __future__ import annotations

import gettext
import io
from datetime import date, datetime
from functools import cache

from auditor import words
from auditor.errors import AuditorError
from auditor.evidence import Range
from auditor.shipped import shipped

LANGUAGES = {"en": "English", "cy": "Cymraeg"}
"""The languages of pages by their ISO 639-1 codes, each by its own name."""


class Language:
    """Says numbers, dates and sentences in one language."""

    def __init__(self, code: str, catalogue: gettext.NullTranslations) -> None:
        self.code = code
        self.tag = "en-GB" if code == "en" else code
        """What HTML calls it (BCP 47)."""
        self.gettext = catalogue.gettext
        self.plain_ngettext = catalogue.ngettext

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The text for a number of things, the number filled in as `%(num)s`."""
        return self.plain_ngettext(one, many, n) % {"num": words.number(n)}

    def span(self, value: Range) -> str:
        """`30`, `20 to 30`, `at least 20`."""
        if value.high >= words.UNBOUNDED:
            if not value.low:
                return self.gettext("not known")
            return self.gettext("at least %(low)s") % {"low": words.number(value.low)}
        if value.low == value.high:
            return words.number(value.low)
        between = {"low": words.number(value.low), "high": words.number(value.high)}
        return self.gettext("%(low)s to %(high)s") % between

    def people(self, value: Range) -> str:
        """`1 person`, `20 to 30 people`, `at least 3 people`."""
        if value.high >= words.UNBOUNDED and not value.low:
            return self.gettext("an unknown number of people")
        one = value.low == value.high or value.high >= words.UNBOUNDED
        n = value.low if one else 0  # a range takes the form of many
        text = self.plain_ngettext("%(num)s person", "%(num)s people", n)
        return text % {"num": self.span(value)}

    def files(self, n: int) -> str:
        """`1 file`, `1,200 files`."""
        return self.ngettext("%(num)s file", "%(num)s files", n)

    def copies(self, n: int) -> str:
        """`1 copy`, `3 copies`."""
        return self.ngettext("%(num)s copy", "%(num)s copies", n)

    def size(self, value: int | None) -> str:
        """Bytes in decimal units."""
        return self.gettext("size not known") if value is None else words.size(value)

    def months(self) -> list[str]:
        """The names of the months."""
        _ = self.gettext
        return [
            _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
            _("July"), _("August"), _("September"), _("October"), _("November"),
            _("December"),
        ]  # fmt: skip

    def day(self, value: date | None) -> str:
        """`24 November 2026`."""
        if value is None:
            return self.gettext("date not known")
        return f"{value.day} {self.months()[value.month - 1]} {value.year}"

    def moment(self, value: datetime | None) -> str:
        """`24 November 2026, 14:05`."""
        return f"{self.day(value)}, {value:%H:%M}" if value else self.gettext("time not known")

    def spent(self, seconds: float) -> str:
        """`4 seconds`, `3 minutes`, `2 hours 10 minutes`."""
        whole = round(seconds)
        if whole < 60:
            return self.ngettext("%(num)s second", "%(num)s seconds", whole)
        minutes, hours = whole // 60, whole // 3600
        if not hours:
            return self.ngettext("%(num)s minute", "%(num)s minutes", minutes)
        told, rest = self.ngettext("%(num)s hour", "%(num)s hours", hours), minutes - hours * 60
        more = self.ngettext("%(num)s minute", "%(num)s minutes", rest) if rest else ""
        return f"{told} {more}".strip()

    def listed(self, items: tuple[str, ...] | list[str], most: int = 5) -> str:
        """`a, b and c`; beyond `most`, `a, b and 7 more`."""
        kept = list(items[:most])
        if len(items) > most:
            kept.append(self.ngettext("%(num)s more", "%(num)s more", len(items) - most))
        if len(kept) < 2:
            return "".join(kept)
        both = {"several": ", ".join(kept[:-1]), "last": kept[-1]}
        return self.gettext("%(several)s and %(last)s") % both


ENGLISH = Language("en", gettext.NullTranslations())


@cache
def spoken(code: str) -> Language:
    """The language of that code.

    Raises:
        AuditorError: There is no catalogue for it.
    """
    if code == "en":
        return ENGLISH
    if code not in LANGUAGES:
        raise AuditorError(f"there is no language '{code}'", hint=f"one of: {', '.join(LANGUAGES)}")
    return Language(code, _catalogue(code))


def _catalogue(code: str) -> gettext.NullTranslations:
    """Read from the text form, so that nobody can forget to compile it."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    text = (shipped("templates") / "languages" / f"{code}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(text), locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
