"""One rule held against one thing: the pure heart of judging."""

from __future__ import annotations

from auditor.findings import Severity, Verdict
from auditor.rulebook.asking import DO_NOT_KNOW
from auditor.rulebook.conditions import Condition, Scope, all_of, no
from auditor.rulebook.rules import Rule


def verdict(rule: Rule, scope: Scope) -> Verdict:
    """What a rule says of a thing.

    Where it is not known whether the rule is meant for the thing, it can pass but not fail: a
    drive that may be removable and is not encrypted is told as unknown.
    """
    meant = rule.where.holds(scope)
    if meant is False:
        return Verdict.NOT_APPLICABLE
    held = rule.must.holds(scope) if rule.must is not None else None
    if held is True:
        return Verdict.PASS
    if all_of([meant, no(held)]) is True:
        return Verdict.FAIL
    return answered(rule, scope) if meant and held is None else Verdict.UNKNOWN


def answered(rule: Rule, scope: Scope) -> Verdict:
    """What a person's answer makes of what the machine does not tell.

    An answer settles what could not be seen and never overrules what was. A rule whose `must`
    itself weighs its own answer only asks for it.
    """
    if rule.ask is None:
        return Verdict.UNKNOWN
    said, taken = scope.look(f"answer.{rule.id}"), scope.look("machine.taken")
    if said is None or said == DO_NOT_KNOW:
        return Verdict.NEEDS_ANSWER
    if rule.must is not None and f"answer.{rule.id}" in rule.must.paths():
        return Verdict.UNKNOWN
    given = scope.look(f"given.{rule.id}")
    visit = taken.date() if taken else None
    return rule.ask.verdict(said, max(filter(None, (visit, given)), default=None))


def severity(rule: Rule, scope: Scope) -> Severity:
    """How bad a fail would be: the first line of the ladder that surely holds."""
    return next(word for word, condition in rule.severity if condition.holds(scope) is True)


def unknown(condition: Condition, scope: Scope) -> tuple[str, ...]:
    """The fields that a condition looks at and that are not known, each once."""
    found = []
    for path in condition.paths():
        value = scope.look(path)
        if (value is None or value == "unknown") and path not in found:
            found.append(path)
    return tuple(found)
