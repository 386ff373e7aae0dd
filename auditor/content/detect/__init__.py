"""Personal data in a document: found, counted, and forgotten.

Stage one asks one automaton which patterns hit a passage at all; only what hit is looked at
closely. A table is read by its headings. What comes out is a `Look`: kinds and counts.
"""

from __future__ import annotations

from auditor.content.detect.classify import category, who
from auditor.content.detect.combining import combine
from auditor.content.detect.compiled import Compiled
from auditor.content.detect.look import Look, Reason
from auditor.content.detect.prose import Prose
from auditor.content.detect.table import People
from auditor.content.raw import Document
from auditor.evidence import Strength
from auditor.personal import Definitions

__all__ = ["Detector", "Look", "Reason", "combine"]


class Detector:
    """Holds documents against the definitions; one a worker, used for many documents."""

    def __init__(self, definitions: Definitions) -> None:
        self.compiled = Compiled(definitions)

    def look(self, document: Document) -> Look | None:
        """What personal data the document holds; None when it holds none."""
        return self.explain(document)[0]

    def explain(self, document: Document) -> tuple[Look | None, tuple[Reason, ...]]:
        """The look, and where each kind of datum was seen first, masked."""
        people, prose = self._read(document)
        prose.drop_weak()
        strength = people.strength() if people else None
        if people and strength:
            return _of_table(people, prose, strength), people.seen.reasons()
        told = prose.strength()
        if told:
            prose.count_contacts()
            return _of_text(prose, told, table=document.kind == "table"), prose.seen.reasons()
        return None, people.seen.reasons() if people else prose.seen.reasons()

    def _read(self, document: Document) -> tuple[People | None, Prose]:
        people: People | None = None
        prose, start = Prose(self.compiled), None
        for passage in document.passages:
            if passage.first and document.kind == "table":
                start = passage
                people = People.of(self.compiled, passage, document.delimiter)
            elif people:
                people.add(passage)
            # A list of people is known by its columns; its later rows need no second look.
            if not people:
                prose.add(passage)
            elif passage.first:
                prose.add(passage, numbers=False)
        if people and start and not people.strength():
            prose = Prose(self.compiled)
            prose.add(start)
        return people, prose


def _of_table(people: People, prose: Prose, strength: Strength) -> Look:
    words = {n: d for n, d in prose.seen.data.items() if d.words and n not in people.seen.data}
    contents = people.seen.tallies(strength)
    grave = people.seen.grave or bool(words)
    return Look(
        contents=contents,
        people=people.people(),
        category=category(people.seen, table=True),
        who=who(people.seen),
        strength=strength,
        special=grave,
        whole=people.whole,
    )


def _of_text(prose: Prose, strength: Strength, *, table: bool) -> Look:
    return Look(
        contents=prose.seen.tallies(strength),
        people=prose.people(),
        category=category(prose.seen, table=table),
        who=who(prose.seen),
        strength=strength,
        special=prose.seen.grave,
        whole=prose.whole,
    )
