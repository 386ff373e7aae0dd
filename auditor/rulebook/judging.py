"""One rule held against one thing: the pure heart of judging."""

from __future__ import annotations

from auditor.findings import Severity, Verdict
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
    if rule.must is None:
        return Verdict.NEEDS_ANSWER
    held = rule.must.holds(scope)
    if held is True:
        return Verdict.PASS
    return Verdict.FAIL if all_of([meant, no(held)]) is True else Verdict.UNKNOWN


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
