"""The judgement on running text, from its numbers, its labels and what it says of whom."""

from __future__ import annotations

import re

from auditor.content.crowd import NAME, Crowd, Gathering, crowd
from auditor.content.detect import labelled, narrative, rolls
from auditor.content.detect.certainty import certainty
from auditor.content.detect.compiled import Compiled
from auditor.content.detect.look import Reason, masked
from auditor.content.detect.naming import key
from auditor.content.detect.narrative import Narrative
from auditor.content.detect.persons import Person
from auditor.content.detect.phrasing import CALLED_PASSWORDS, CODE, LABELLED, PASSWORDS
from auditor.content.detect.prose import HEAD, Prose
from auditor.content.detect.table import People
from auditor.content.detect.tally import Seen
from auditor.content.raw import Passage
from auditor.evidence import Range, Strength
from auditor.personal import RecordKind, Role

_ENTRY = re.compile(rb"(?m)^(?:SUMMARY|DESCRIPTION|COMMENT)(?:;[^:\n]*)?:([^\r\n]+)")
MOST = 8_000_000
"""Bytes beyond the head of a text that are read for names; of a longer one, that is told."""
NOTE = 4_000
"""Bytes up to which a text is read for names, whatever words it has."""
_NAME = re.compile(rb"(?im)(?:^|[\t ]{2})[ *_>-]{0,4}(?:name|enw)\b[^\n:]{0,12}(?::|\t)")
_ORDER = tuple(Strength)


class Text:
    """What the passages of a text say of people, judged when all were added."""

    def __init__(self, compiled: Compiled, place: str = "") -> None:
        self.compiled, self.place = compiled, place
        self.tabular = False
        """Whether it is a table of something else, of which only numbers tell."""
        self.further: list[Text] = []
        """Stretches beyond the head that are about people."""
        self.read = 0
        """Bytes beyond the head that were read for names."""
        self.cut = False
        """Whether there were more of them than are read."""
        self.public = False
        """Whether it is a table of books, players, suppliers or goods."""
        self.formal = False
        """Whether it is that or a program."""
        self.prose = Prose(compiled)
        self.people: People | None = None
        self.told = Narrative()

    def add(self, passage: Passage) -> None:
        """One more passage."""
        rest = self.prose.add(passage)
        while rest:
            if self.read >= MOST:
                self.cut = True
                return
            end = rest.rfind(b"\n", 0, HEAD) + 1 or HEAD
            self._window(rest[:end])
            rest = rest[end:]

    def _window(self, data: bytes) -> None:
        """Reads a stretch far from the start, and keeps what it is if it is about people."""
        self.read += len(data)
        part = Text(self.compiled, self.place)
        part.prose.add(Passage(data=data), numbers=False)
        if part.judge():
            part.prose.head = b""
            self.further.append(part)

    def judge(self) -> Strength | None:
        """How sure it is that the text is about people; None when nothing says so."""
        self.prose.drop_weak()
        numbers = any(self.prose.values.values())
        self._calendar()
        self.formal = self.tabular or len(CODE.findall(self.prose.head[:20_000])) > 3
        if self.formal and not self.further:
            births = self.prose.values.get("date-of-birth", ())
            others = any(v for n, v in self.prose.values.items() if n != "date-of-birth")
            program = not self.tabular and not others and len(births) < 3
            return None if program else self._counted([self.prose.strength()])
        if self.prose.words or numbers or len(self.prose.head) < NOTE:
            found = list(self.prose.words.values())
            self.told = narrative.read(
                self.compiled, self.prose.head, found, numbers=numbers, place=self.place
            )
        if (
            not self.public
            and self.told.best() < narrative.ENOUGH
            and rolls.likely(self.prose.head)
        ):
            self.told.listed = rolls.roll(self.compiled.naming, self.prose.head, self.place)
        if self.prose.labels or (self.prose.words and _NAME.search(self.prose.head)):
            text = self.prose.head.decode("utf-8", "replace")
            made = labelled.html(text) or labelled.table(self.compiled, text)
            self.people = People.listed(self.compiled, made) if made else None
        told = [
            self._by_numbers(), self._by_labels(), self._by_narrative(), self._by_passwords(),
        ]  # fmt: skip
        return self._counted(told)

    def _calendar(self) -> None:
        """Leaves of a calendar what people wrote in it."""
        if self.prose.head.startswith(b"BEGIN:VCALENDAR"):
            self.prose.head = b"\n".join(m[1] for m in _ENTRY.finditer(self.prose.head))

    def _counted(self, told: list[Strength | None]) -> Strength | None:
        known = [s for s in told if s]
        if self.further:
            known.append(Strength.LIKELY)
        if not known:
            return None
        self.prose.count_contacts()
        return min(known, key=_ORDER.index)

    def _by_numbers(self) -> Strength | None:
        """What numbers and dates tell; a day of birth alone is also told of heroes and authors."""
        found = self.prose.strength()
        born = [n for n, v in self.prose.values.items() if v]
        alone = [self.compiled.by_id[n].role for n in born] == [Role.BIRTH]
        if alone and not LABELLED.search(self.prose.head):
            return (
                found if self.told.school and self.told.counts and not self.told.made_up else None
            )
        return found

    def _by_passwords(self) -> Strength | None:
        """Whether it notes user names with their passwords, in a file that is called so."""
        if not CALLED_PASSWORDS.search(self.place):
            return None
        found = PASSWORDS.findall(self.prose.head[:20_000])
        if len(found) < 2:
            return None
        datum = self.compiled.by_id.get("password")
        if datum:
            self.prose.seen.add(datum, "the whole", "", len(found))
        return Strength.LIKELY

    def _by_labels(self) -> Strength | None:
        if self.people is None:
            return None
        found = certainty(self.people)
        born = any(c.datum.role is Role.BIRTH for c in self.people.columns.values())
        if not (born or self.people.share() >= 0.3 or self._told_plainly(self.people)):
            found = None
        if found is None:
            self.people = None
        return found

    def _told_plainly(self, people: People) -> bool:
        """Whether names that no list knows stand after labels that only people have, in a form."""
        headed = [people.columns[n].datum.role for n in people.who]
        cells = [c for t in people.people if isinstance(t, tuple) for c in t[: len(headed)]]
        plain = all(len(c.split()) > 1 and c.istitle() for c in cells)
        return (
            headed == [Role.NAME] and plain and len(people.columns) > 2 and bool(self.told.school)
        )

    def _by_narrative(self) -> Strength | None:
        if narrative.about(self.told):
            return Strength.LIKELY
        facts = any(
            self.compiled.by_id[n].role is Role.FACT and v for n, v in self.prose.values.items()
        )
        return Strength.LIKELY if facts and narrative.named_plainly(self.told) else None

    @property
    def seen(self) -> Seen:
        """All data, those of labels among them."""
        all_of = self.prose.seen
        if self.people:
            for name, datum in self.people.seen.data.items():
                if name not in all_of.data:
                    where, _ = self.people.seen.first[name]
                    all_of.add(datum, where, "", self.people.seen.counts[name])
        return all_of

    @property
    def record(self) -> RecordKind | None:
        """The kind of document, by its phrases."""
        return self.told.record

    def subjects(self) -> list[Person]:
        """The people whom the text is about, as far as it names them."""
        everyone = [p for p in self.told.persons.values() if p.sure]
        if self.told.record and self.told.record.people > 1:
            return everyone
        entries = [p for p in everyone if p.entry and not p.titled]
        if len(entries) > 2:
            return entries
        told = [p for p in self.told.subjects() if p.sure]
        told += [p for p in self._witnesses() if p not in told]
        whole = [p for p in told if all(p.name)]
        told = [p for p in told if all(p.name) or p.times > 1 or p.entry or p.facts or not whole]
        return told or [p for p in everyone if not p.office][:1]

    def _witnesses(self) -> list[Person]:
        """Others whom a short text names whole as doing something."""
        return [
            p
            for p in self.told.persons.values()
            if p.sure and p.acts and all(p.name) and not (p.titled or p.office or p.writes)
            if self.told.words < 500
        ]

    def named(self) -> tuple[Reason, ...]:
        """The people of whom most is told, masked, with what is told of them."""
        best = sorted(self.told.subjects(), key=lambda p: -p.score(dated=self.told.dated))[:5]
        return tuple(
            Reason(
                datum="Person named",
                where=", ".join(sorted({self.compiled.by_id[d].title for d, _ in p.facts | p.near}))
                or "words of school life",
                sample=" ".join(masked(n) for n in p.name if n),
                count=p.times,
            )
            for p in best
        )

    def against(self) -> tuple[Reason, ...]:
        """Why what was seen does not count, where something speaks against it."""
        return tuple(
            Reason(datum=f"Against: {why}", where="the whole", sample="", count=1)
            for why in ("a program or a table of something else",) * self.formal
        ) + tuple(
            Reason(datum=f"Against: {why}", where="the whole", sample="", count=1)
            for why in narrative.against(self.told)
        )

    def count(self) -> Range:
        """How many people the text is about."""
        numbers = self.prose.people()
        listed = self.people.count() if self.people else Range(low=0, high=0)
        named = len(set(self.told.listed) or self.subjects()) if narrative.about(self.told) else 0
        low = max(numbers.low, listed.low, named)
        own = Range(low=low, high=max(low, numbers.high, listed.high))
        if not self.further:
            return own
        everybody = Gathering()
        everybody.add(own, self._crowd())
        for part in self.further:
            everybody.add(part.count(), part.crowd())
        return everybody.people()

    def crowd(self) -> Crowd:
        """Who they are."""
        if not self.further:
            return self._crowd()
        everybody = Gathering()
        for part in (self._crowd(), *(p.crowd() for p in self.further)):
            many = max((k.total for k in part.keys.values()), default=0)
            everybody.add(Range(low=many, high=many), part)
        return everybody.crowd()

    def _crowd(self) -> Crowd:
        names = {" ".join(sorted(p.name)) for p in self.subjects() if all(p.name)}
        numbers = {
            n: values
            for n, values in self.prose.values.items()
            if values and self.compiled.by_id[n].identifies
        }
        names |= {key(name) for name in self.told.listed}
        if self.people:
            names |= self.people.named
            numbers |= self.people.numbers
        return crowd({**numbers, NAME: names})

    @property
    def grave(self) -> bool:
        """Whether it tells what harms most."""
        return self.seen.grave or any(p.grave for p in self.further)

    def about_role(self, role: Role) -> bool:
        """Whether a datum of this role was seen."""
        return any(d.role is role for d in self.seen.data.values())
