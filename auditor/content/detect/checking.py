"""Holds the definitions of personal data against their own examples."""

from __future__ import annotations

import re2

from auditor.content.detect.checksums import CHECKS
from auditor.content.detect.compiled import CONTEXT, Compiled, options
from auditor.errors import RulebookError
from auditor.personal import Datum, Definitions


def wrong(definitions: Definitions) -> list[RulebookError]:
    """Everything that is wrong with the definitions; empty when all is well."""
    found = [e for d in definitions.data for e in _patterns(d)]
    return found or [e for d in definitions.data for e in _examples(d)]


def _patterns(datum: Datum) -> list[RulebookError]:
    where = f"rules/personal-data/{datum.id}.yaml"
    found = []
    if datum.check and datum.check not in CHECKS:
        found.append(
            RulebookError(
                f"there is no check '{datum.check}'",
                where=where,
                hint=f"one of: {', '.join(CHECKS)}",
            )
        )
    for name, pattern in (
        ("pattern", datum.pattern),
        ("values", datum.values),
        ("content", datum.content),
    ):
        try:
            re2.compile(pattern.encode(), options())
        except re2.error as e:
            found.append(RulebookError(f"the {name} is not RE2 syntax: {e}", where=where))
    return found


def _examples(datum: Datum) -> list[RulebookError]:
    """Each example must be seen and no counter-example may be, by this datum alone."""
    alone = Compiled(Definitions(data=(datum,)))
    common = alone.secondary
    where = f"rules/personal-data/{datum.id}.yaml"

    def seen(text: str) -> bool:
        raw = text.encode()
        hits = alone.hits(raw)
        return bool(hits.words and datum.role in CONTEXT) or any(
            next(p.values(raw), None) is not None
            for p in (*hits.patterns, *common)
            if p.announced or not datum.context
        )

    missed = [e for e in datum.examples if not seen(e)]
    false = [e for e in datum.counter_examples if seen(e)]
    return [RulebookError(f"the example '{e}' is not recognised", where=where) for e in missed] + [
        RulebookError(f"the counter-example '{e}' is recognised", where=where) for e in false
    ]
