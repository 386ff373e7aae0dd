"""Personal data in a document: found, counted, and forgotten.

Stage one asks one automaton which patterns hit a passage at all; only what hit is looked at
closely. A table is read by its headings and cells, running text by its numbers, labels, names and
facts. What comes out is a `Look`: kinds and counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.content.detect import holding, pictured
from auditor.content.detect.certainty import Around, certainty
from auditor.content.detect.classify import kind_of_table, kind_of_text, who
from auditor.content.detect.combining import combine
from auditor.content.detect.compiled import Compiled
from auditor.content.detect.dating import of_table, of_text, of_title
from auditor.content.detect.look import Look, Reason
from auditor.content.detect.table import People, headed, public
from auditor.content.detect.text import Text
from auditor.content.passages import text as running
from auditor.content.raw import Document, Passage
from auditor.evidence import Strength
from auditor.personal import Definitions, Role

__all__ = ["Detector", "Look", "Reason", "combine"]


PART = 6_000
"""Bytes up to which a part in which nothing was found is read again with its neighbours."""
PARTS = 40
"""Such parts of one file; one of more is an archive, whose members are not one document."""


def _joined(parts: list[bytes]) -> str:
    return "\n\n".join(p.decode("utf-8", "replace") for p in parts)


class Detector:
    """Holds documents against the definitions; one a worker, used for many documents."""

    def __init__(self, definitions: Definitions) -> None:
        self.compiled = Compiled(definitions)
        self.definitions = definitions
        self.cut = 0
        """Texts of the latest file in which nothing was found and not all could be read."""

    def look(self, document: Document, place: str = "") -> Look | None:
        """What personal data the document holds; None when it holds none.

        Args:
            document: The document.
            place: The names of the folders around its file.
        """
        return self.explain(document, place)[0]

    def pictured(self, path: str) -> Look | None:
        """What a picture is by the folder it lies in; what it shows is not looked at."""
        return pictured.look(self.definitions, path)

    def holding(self, path: str, kind: str, head: bytes, look: Look | None) -> Look | None:
        """The look at a file as the mailbox, database or backup that it is by its format."""
        return holding.holding(self.definitions, path, kind, head, look)

    def looks(
        self, documents: Iterable[Document], place: str = ""
    ) -> Iterator[tuple[Look | None, tuple[Reason, ...]]]:
        """The look at each document of a file, and at what is left of one in several parts.

        A name stands in the title or on the tab, and what is told of it in a table below: parts
        of one document in which nothing was found are read once more, together.
        """
        left: list[bytes] = []
        name, self.cut = "", 0
        for document in documents:
            look, reasons = self._explain(document, place, left)
            name = name or document.name
            yield look, reasons
        if 1 < len(left) <= PARTS:
            yield self.explain(running([_joined(left)], len(left), name), place)

    def explain(
        self, document: Document, place: str = ""
    ) -> tuple[Look | None, tuple[Reason, ...]]:
        """The look, and where each kind of datum was seen first, masked."""
        return self._explain(document, place, [])

    def _explain(
        self, document: Document, place: str, left: list[bytes]
    ) -> tuple[Look | None, tuple[Reason, ...]]:
        people: People | None = None
        around = f"{document.name} {place}"
        text, strength = Text(self.compiled, around), None
        for passage in document.passages:
            if passage.first and document.kind == "table":
                people = People.of(self.compiled, passage, document.delimiter)
                strength = self._certainty(people, passage, around) if people else None
                people = people if strength else None
                text.tabular = not people and headed(self.compiled, passage, document.delimiter)
                text.public = not people and public(self.compiled, passage, document.delimiter)
                # A list of people is known by its columns; its rows need no second look, but
                # for the words of its title and notes.
                text.prose.add(passage, numbers=not people)
            elif people:
                people.add(passage)
            else:
                text.add(passage)
        if people and strength:
            return self._of_table(document, people, text, strength), people.seen.reasons()
        strength = text.judge()
        self.cut += text.cut and strength is None
        small = len(text.prose.head) <= PART and not (text.public or text.formal)
        if strength is None and small and len(left) <= PARTS:
            left.append(text.prose.head)
        reasons = (*text.seen.reasons(), *text.named(), *(() if strength else text.against()))
        return (self._of_text(document, text, strength) if strength else None), reasons

    def _certainty(self, people: People, passage: Passage, place: str) -> Strength | None:
        found = certainty(people, Around(place=place))
        if found is None:
            facts = [d for d, _ in self.compiled.hits(passage.data).words if d.role is Role.FACT]
            found = certainty(people, Around(place=place, facts=bool(facts)))
        return found

    def _of_table(self, document: Document, people: People, text: Text, strength: Strength) -> Look:
        words = {
            n: d for n, d in text.prose.seen.data.items() if d.words and n not in people.seen.data
        }
        kind = kind_of_table(self.compiled, document.name, people)
        return Look(
            contents=people.seen.tallies(strength),
            people=people.count(),
            category=kind.title,
            record=kind.id,
            weight=kind.weight,
            who=who(people.seen, kind),
            strength=strength,
            special=people.seen.grave or bool(words),
            whole=people.whole,
            keep=kind.keep,
            dated=of_title(f"{document.name} {people.layout.above}")
            or of_table(people.sample, people.columns, self.compiled.year),
            crowd=people.crowd(),
        )

    def _of_text(self, document: Document, text: Text, strength: Strength) -> Look:
        kind = kind_of_text(self.compiled, document.name, text)
        return Look(
            contents=text.seen.tallies(strength),
            people=text.count(),
            category=kind.document or kind.title,
            record=kind.id,
            weight=kind.weight,
            who=who(text.seen, kind),
            strength=strength,
            special=text.grave,
            whole=text.prose.whole and not text.cut,
            keep=kind.keep,
            dated=of_title(document.name)
            or of_text(text.prose.head.decode("utf-8", "replace"), self.compiled.year),
            crowd=text.crowd(),
        )
