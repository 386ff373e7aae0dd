"""What `auditor rules check` looks for beyond what can be read: examples, orphans, choices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from auditor.errors import RulebookError
from auditor.findings import Verdict
from auditor.rulebook.conditions import Scope
from auditor.rulebook.facts import AROUND
from auditor.rulebook.judging import verdict
from auditor.rulebook.rules import TODAY, Rule
from auditor.rulebook.shelf import Shelf


def problems(shelf: Shelf) -> Iterator[RulebookError]:
    """Examples that come to another verdict, questions that come to none, sources nobody cites."""
    for r in shelf.rules:
        yield from _examples(r)
        if r.must is None:
            yield from _choices(r)
    cited = {b.source for r in shelf.rules for b in r.because}
    cited |= {b.source for p in shelf.packs.values() for b in p.references()}
    for name in shelf.sources:
        if name not in cited:
            yield RulebookError(
                f"no rule rests on '{name}'", where="rules/guidance", hint="remove it, or cite it"
            )


def _examples(r: Rule) -> Iterator[RulebookError]:
    for example in r.examples:
        around: dict[str, object] = {"answer": {}, **{k: {} for k in AROUND}}
        things = {**around, r.kind: {}, **example.given}
        things["machine"] = {"taken": TODAY, **example.given.get("machine", {})}
        found = verdict(r, Scope(r.kind, things, example.others))
        if found is not example.verdict:
            yield RulebookError(
                f"this example of {r.id} comes to '{found.value}', not '{example.verdict.value}'",
                where=example.where,
                hint="mend the rule or the example",
            )


def _choices(r: Rule) -> Iterator[RulebookError]:
    """A mere question shows its verdicts by its choices: they are run like examples."""
    if r.ask is None:
        return
    wanted = {**r.ask.choices, "": Verdict.NEEDS_ANSWER, "do not know": Verdict.NEEDS_ANSWER}
    if r.ask.within is not None:
        day = TODAY.date()
        wanted[day.isoformat()] = Verdict.PASS
        wanted[(day - r.ask.within - timedelta(days=1)).isoformat()] = Verdict.FAIL
        wanted[(day + timedelta(days=9)).isoformat()] = Verdict.NEEDS_ANSWER
    for said, verdict_ in wanted.items():
        answers = {r.id: said} if said else {}
        things = {"machine": {"taken": TODAY}, "scan": {}, r.kind: {}, "answer": answers}
        found = verdict(r, Scope(r.kind, things, {}))
        if found is not verdict_:
            yield RulebookError(
                f"the answer '{said}' comes to '{found.value}', not '{verdict_.value}'",
                where=r.file,
            )
