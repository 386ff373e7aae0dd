"""OSCAL 1.2 assessment results (NIST): for authorities that keep their assessments in OSCAL.

A rule is a control, a finding says whether it is satisfied for one thing, its observation what was
seen. What could not be told is not satisfied, with the reason `other`, since OSCAL knows no third
state; rules that do not apply are excluded from the reviewed controls.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from auditor.evidence import Volume
from auditor.findings import Audit, Finding, Source, Verdict
from auditor.reports.place import name, one_line
from auditor.reports.tame import tame

SUFFIX = ".oscal.json"

Part = dict[str, object]

OSCAL_VERSION = "1.2.1"
_NS = "urn:auditor:oscal"
_REASONS = {Verdict.PASS: "pass", Verdict.FAIL: "fail"}


def render(
    audit: Audit,
    reader: str = "school",  # noqa: ARG001 - the same for every reader
    language: str = "en",  # noqa: ARG001
    digest: str = "",
) -> str:
    """The document."""
    made = _Document(tame(audit), digest).results()
    return json.dumps({"assessment-results": made}, ensure_ascii=False, indent=2) + "\n"


class _Document:
    """One audit, with the identifiers that its parts are known by."""

    def __init__(self, audit: Audit, digest: str) -> None:
        machine = audit.evidence.machine
        self._audit = audit
        self._digest = digest
        self._id = name(machine.name, machine.taken.isoformat(), audit.rulebook.digest)
        self._taken = _moment(machine.taken)

    def results(self) -> Part:
        audit = self._audit
        title = f"Data protection audit of {audit.evidence.machine.name}"
        return {
            "uuid": self._id,
            "metadata": {
                "title": one_line(f"{audit.school}: {title}" if audit.school else title),
                "last-modified": self._taken,
                "version": "1",
                "oscal-version": OSCAL_VERSION,
                "props": _props(
                    {"tool": audit.tool, "urn": audit.urn, "report-digest": self._digest}
                ),
                **self._people(),
            },
            "import-ap": {"href": f"#{self._name('rules')}"},
            "results": [self._result()],
            "back-matter": {"resources": self._resources()},
        }

    def _result(self) -> Part:
        audit = self._audit
        told = [f for f in audit.findings if f.verdict is not Verdict.NOT_APPLICABLE]
        failed = [f for f in told if f.verdict is Verdict.FAIL]
        copies = audit.headline
        return {
            "uuid": self._name("result"),
            "title": one_line(audit.rulebook.title),
            "description": (
                f"Unencrypted copies of personal data that can leave the premises: "
                f"{copies.copies if copies.known else 'not known'}; "
                f"for {copies.unsure} more it could not be told."
            ),
            "start": self._taken,
            "props": _props(
                {
                    "complete": "yes" if audit.complete else "no",
                    "open-copies": str(copies.copies),
                    "open-copies-unsure": str(copies.unsure),
                }
            ),
            "local-definitions": {"inventory-items": self._inventory()},
            "reviewed-controls": self._reviewed(),
            **_filled("observations", [self._observation(f) for f in told]),
            **_filled("risks", [self._risk(f) for f in failed]),
            **_filled("findings", [self._finding(f) for f in told]),
        }

    def _people(self) -> Part:
        if not self._audit.school:
            return {}
        school = {
            "uuid": self._name("school"),
            "type": "organization",
            "name": one_line(self._audit.school),
        }
        return {"parties": [school]}

    def _inventory(self) -> list[Part]:
        machine = self._audit.evidence.machine
        first: Part = {
            "uuid": self._name("machine"),
            "description": one_line(f"{machine.name}, {machine.os}"),
            "props": _props({"kind": "machine", "platform": machine.platform.value}),
        }
        return [first, *(self._volume(v) for v in self._audit.evidence.volumes)]

    def _volume(self, v: Volume) -> Part:
        return {
            "uuid": self._name("volume", v.id),
            "description": one_line(f"{v.mount or v.device or v.id} {v.label}"),
            "props": _props(
                {
                    "kind": "volume",
                    "place": v.place.value,
                    "encryption": v.encryption.state.value,
                    "product": v.encryption.product,
                    "file-system": v.filesystem,
                }
            ),
        }

    def _reviewed(self) -> Part:
        verdicts: dict[str, set[Verdict]] = {}
        for f in self._audit.findings:
            verdicts.setdefault(f.rule, set()).add(f.verdict)
        apart = sorted(r for r, v in verdicts.items() if v == {Verdict.NOT_APPLICABLE})
        asked = sorted(set(verdicts) - set(apart))
        if not asked and not apart:
            return {
                "control-selections": [{"description": "No rule was judged.", "include-all": {}}]
            }
        return {
            "control-selections": [
                {
                    **_filled("include-controls", [{"control-id": r} for r in asked]),
                    **_filled("exclude-controls", [{"control-id": r} for r in apart]),
                }
            ]
        }

    def _observation(self, f: Finding) -> Part:
        subject = ("volume", f.subject.id) if self._is_volume(f) else ("machine",)
        return {
            "uuid": self._about("observation", f),
            "title": one_line(f"{f.rule}: {f.subject.label}"),
            "description": f.seen or "-",
            "methods": ["INTERVIEW" if f.verdict is Verdict.NEEDS_ANSWER else "EXAMINE"],
            "subjects": [{"subject-uuid": self._name(*subject), "type": "inventory-item"}],
            "collected": self._taken,
        }

    def _risk(self, f: Finding) -> Part:
        steps = "\n".join(f"{n}. {step}" for n, step in enumerate(f.remedy, 1))
        return {
            "uuid": self._about("risk", f),
            "title": one_line(f"{f.title}: {f.subject.label}"),
            "description": f.seen or "-",
            "statement": f.why or "-",
            "props": _props({"severity": f.severity.value, "area": f.area}),
            "status": "open",
            "remediations": [
                {
                    "uuid": self._about("remediation", f),
                    "lifecycle": "recommendation",
                    "title": one_line(f.do),
                    "description": steps or f.do or "-",
                    "props": _props({"who": f.who, "takes": f.takes}),
                }
            ],
            "related-observations": [{"observation-uuid": self._about("observation", f)}],
        }

    def _finding(self, f: Finding) -> Part:
        failed = f.verdict is Verdict.FAIL
        passed = f.verdict is Verdict.PASS
        risks = [{"risk-uuid": self._about("risk", f)}] if failed else []
        return {
            "uuid": self._about("finding", f),
            "title": one_line(f"{f.rule} {f.title}"),
            "description": f.seen or "-",
            "props": _props({"verdict": f.verdict.value.replace("_", "-")}),
            "target": {
                "type": "objective-id",
                "target-id": f.rule,
                "title": one_line(f.title),
                "status": {
                    "state": "satisfied" if passed else "not-satisfied",
                    "reason": _REASONS.get(f.verdict, "other"),
                    **({} if failed or passed else {"remarks": "Could not be told."}),
                },
            },
            "related-observations": [{"observation-uuid": self._about("observation", f)}],
            **_filled("related-risks", risks),
        }

    def _resources(self) -> list[Part]:
        book = self._audit.rulebook
        sources = {c.source.id: c.source for f in self._audit.findings for c in f.because}
        plan: Part = {
            "uuid": self._name("rules"),
            "title": one_line(f"Rules: {book.title}"),
            "description": f"{book.rules} rules of the pack {book.pack}, SHA-256 {book.digest}",
        }
        return [plan, *(self._source(s) for s in sources.values())]

    def _source(self, s: Source) -> Part:
        link = [{"href": s.url}] if s.url.startswith(("https://", "http://")) else []
        return {
            "uuid": self._name("source", s.id),
            "title": one_line(s.title),
            "description": one_line(f"{s.publisher}; {s.basis.value}; read on {s.read_on}"),
            **_filled("rlinks", link),
        }

    def _is_volume(self, f: Finding) -> bool:
        ids = {v.id for v in self._audit.evidence.volumes}
        return f.subject.kind == "volume" and f.subject.id in ids

    def _about(self, part: str, f: Finding) -> str:
        return self._name(part, f.rule, f.subject.kind, f.subject.id)

    def _name(self, *parts: str) -> str:
        return name(self._id, *parts)


def _props(told: dict[str, str]) -> list[dict[str, str]]:
    """Properties in our namespace; one without a value is left out."""
    return [
        {"name": key, "ns": _NS, "value": one_line(value)} for key, value in told.items() if value
    ]


def _filled(key: str, found: Sequence[Mapping[str, object]]) -> Part:
    """OSCAL allows no empty lists: nothing at all, or the list under its name."""
    return {key: list(found)} if found else {}


def _moment(moment: datetime) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.isoformat(timespec="seconds")
