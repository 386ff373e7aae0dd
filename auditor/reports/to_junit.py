"""JUnit XML: findings as test cases, for the servers that show tests.

A fail is a failure, what could not be told is an error, for it must not look passed, and what
needs a person's answer or does not apply is skipped.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from auditor.findings import Audit, Finding, Verdict
from auditor.reports.place import one_line
from auditor.reports.tame import tame

SUFFIX = ".junit.xml"


def render(
    audit: Audit,
    reader: str = "school",  # noqa: ARG001 - the same for every reader
    language: str = "en",  # noqa: ARG001
    digest: str = "",  # noqa: ARG001
) -> str:
    """A suite an area."""
    told = tame(audit)
    by_area: dict[str, list[Finding]] = {}
    for f in told.findings:
        by_area.setdefault(f.area, []).append(f)
    top = ET.Element("testsuites", {"name": one_line(told.school or told.evidence.machine.name)})
    _count(top, list(told.findings))
    for area, found in by_area.items():
        top.append(_suite(area, found, told))
    ET.indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(top, "unicode") + "\n"


def _count(element: ET.Element, found: list[Finding]) -> None:
    element.set("tests", str(len(found)))
    element.set("failures", str(sum(f.verdict is Verdict.FAIL for f in found)))
    element.set("errors", str(sum(f.verdict is Verdict.UNKNOWN for f in found)))


def _suite(area: str, found: list[Finding], audit: Audit) -> ET.Element:
    machine = audit.evidence.machine
    suite = ET.Element(
        "testsuite",
        {
            "name": area,
            "timestamp": machine.taken.isoformat(timespec="seconds"),
            "hostname": one_line(machine.name),
        },
    )
    _count(suite, found)
    skipped = {Verdict.NEEDS_ANSWER, Verdict.NOT_APPLICABLE}
    suite.set("skipped", str(sum(f.verdict in skipped for f in found)))
    suite.set("time", "0")
    properties = ET.SubElement(suite, "properties")
    for key, value in (
        ("tool", audit.tool),
        ("rules", audit.rulebook.digest),
        ("complete", str(audit.complete).lower()),
        ("open copies that can leave", str(audit.headline.copies)),
    ):
        ET.SubElement(properties, "property", {"name": key, "value": value})
    suite.extend(_case(f) for f in found)
    return suite


def _case(f: Finding) -> ET.Element:
    name = one_line(f"{f.rule} {f.title} [{f.subject.label}]")
    case = ET.Element("testcase", {"classname": f"auditor.{f.area}", "name": name, "time": "0"})
    seen = one_line(f.seen)
    match f.verdict:
        case Verdict.FAIL:
            told = ET.SubElement(case, "failure", {"message": seen, "type": f.severity.value})
            told.text = "\n".join([f.do, *(f"{n}. {s}" for n, s in enumerate(f.remedy, 1))])
        case Verdict.UNKNOWN:
            told = ET.SubElement(case, "error", {"message": seen, "type": "unknown"})
            told.text = "Could not be told; never counted as a pass."
        case Verdict.NEEDS_ANSWER:
            ET.SubElement(case, "skipped", {"message": f"Needs a person's answer: {seen}"})
        case Verdict.NOT_APPLICABLE:
            ET.SubElement(case, "skipped", {"message": "Does not apply."})
        case Verdict.PASS:
            pass
    return case
