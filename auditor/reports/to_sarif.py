"""SARIF 2.1.0 (OASIS): findings for the tools that gather results of checks.

Every verdict has its kind there: fail, open (could not be told), review (needs a person's
answer), pass and notApplicable. What could not be seen stands as notifications of the run.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from auditor.evidence import FileSeen, Gap, Platform
from auditor.findings import Audit, Finding, Severity, Verdict
from auditor.reports.place import name, one_line, uri
from auditor.reports.tame import tame

SUFFIX = ".sarif"

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_KINDS = {
    Verdict.FAIL: "fail",
    Verdict.UNKNOWN: "open",
    Verdict.NEEDS_ANSWER: "review",
    Verdict.PASS: "pass",
    Verdict.NOT_APPLICABLE: "notApplicable",
}
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_RANKS = {
    Severity.CRITICAL: 95.0,
    Severity.HIGH: 80.0,
    Severity.MEDIUM: 50.0,
    Severity.LOW: 25.0,
    Severity.INFO: 5.0,
}
"""SARIF's rank: from 0 to 100, higher is more important."""


def render(
    audit: Audit,
    reader: str = "school",  # noqa: ARG001 - the same for every reader
    language: str = "en",  # noqa: ARG001
    digest: str = "",
) -> str:
    """The log with its one run."""
    told = tame(audit)
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(told, digest)]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _run(audit: Audit, digest: str) -> dict[str, object]:
    machine = audit.evidence.machine
    rules = {f.rule: f for f in reversed(audit.findings)}
    order = {rule: n for n, rule in enumerate(sorted(rules))}
    tool, _, version = audit.tool.partition(" ")
    return {
        "tool": {
            "driver": {
                "name": tool or "auditor",
                "fullName": audit.tool or "auditor",
                **({"version": version, "semanticVersion": version} if version else {}),
                "rules": [_rule(rules[rule]) for rule in order],
            }
        },
        "automationDetails": {
            "id": f"{one_line(machine.name)}/{_utc(machine.taken)}",
            "description": {"text": f"{audit.school or machine.name}: {audit.rulebook.title}"},
            "guid": name(machine.name, machine.taken.isoformat(), audit.rulebook.digest),
        },
        "invocations": [
            {
                "executionSuccessful": audit.complete,
                "startTimeUtc": _utc(machine.taken),
                "toolExecutionNotifications": [_gap(g) for g in audit.evidence.gaps],
            }
        ],
        "results": [_result(f, order[f.rule], audit) for f in audit.findings],
        "artifacts": [_artifact(f, machine.platform) for f in audit.evidence.files],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "school": audit.school,
            "urn": audit.urn,
            "rulesDigest": audit.rulebook.digest,
            "reportDigest": digest,
            "openCopiesThatCanLeave": audit.headline.copies,
            "openCopiesNotKnown": audit.headline.unsure,
            "copiesKnown": audit.headline.known,
        },
    }


def _rule(f: Finding) -> dict[str, object]:
    steps = "\n".join(f"{n}. {step}" for n, step in enumerate(f.remedy, 1))
    links = [c.source.url for c in f.because if c.source.url.startswith(("https://", "http://"))]
    return {
        "id": f.rule,
        "name": "".join(word.capitalize() for word in f.rule.split("-")),
        "shortDescription": {"text": _sentence(f.title)},
        "fullDescription": {"text": _sentence(f.why or f.title)},
        "help": {"text": _sentence(f.do) + ("\n" + steps if steps else "")},
        **({"helpUri": links[0]} if links else {}),
        "defaultConfiguration": {"level": _LEVELS[f.severity], "rank": _RANKS[f.severity]},
        "properties": {
            "tags": ["data-protection", f.area],
            "who": f.who,
            "takes": f.takes,
            "because": [one_line(f"{c.source.title} {c.section}") for c in f.because],
        },
    }


def _result(f: Finding, index: int, audit: Audit) -> dict[str, object]:
    failed = f.verdict is Verdict.FAIL
    return {
        "ruleId": f.rule,
        "ruleIndex": index,
        "kind": _KINDS[f.verdict],
        "level": _LEVELS[f.severity] if failed else "none",
        **({"rank": _RANKS[f.severity]} if failed else {}),
        "message": {"text": _sentence(f.seen)},
        "locations": [_location(f, audit)],
        "partialFingerprints": {
            "ruleAndSubject/v1": name(f.rule, f.subject.kind, f.subject.id),
        },
        "properties": {"severity": f.severity.value},
    }


def _location(f: Finding, audit: Audit) -> dict[str, object]:
    platform = audit.evidence.machine.platform
    mounts = {v.id: v.mount for v in audit.evidence.volumes}
    path = f.subject.id if f.subject.kind == "file" else mounts.get(f.subject.id, "")
    logical = {
        "name": one_line(f.subject.label),
        "fullyQualifiedName": one_line(f"{audit.evidence.machine.name}/{f.subject.id}"),
        "kind": "resource",
    }
    made: dict[str, object] = {"logicalLocations": [logical]}
    if path:
        made["physicalLocation"] = {"artifactLocation": {"uri": uri(path, platform)}}
    return made


def _artifact(f: FileSeen, platform: Platform) -> dict[str, object]:
    return {
        "location": {"uri": uri(f.path, platform)},
        "length": f.size,
        **({"lastModifiedTimeUtc": _utc(f.modified)} if f.modified else {}),
        "roles": ["resultFile"],
        "properties": {
            "category": f.category,
            "peopleLow": f.people.low,
            "peopleHigh": f.people.high,
            "sensitive": f.special,
            "protection": f.protection.state.value,
            "contents": [t.datum for t in f.contents],
        },
    }


def _gap(g: Gap) -> dict[str, object]:
    return {
        "level": "warning",
        "message": {"text": _sentence(f"Could not be seen: {g.about}. {g.detail}")},
        "descriptor": {"id": g.why.value},
        "properties": {"source": g.source, "count": g.count},
    }


def _sentence(text: str) -> str:
    """Ended by a full stop, as SARIF's guidance wants messages."""
    told = text.strip() or "-"
    return told if told.endswith((".", "!", "?")) else told + "."


def _utc(moment: datetime) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
