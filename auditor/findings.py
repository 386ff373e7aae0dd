"""What we make of the evidence: verdicts with their reasons, and the audit as a whole.

`Audit` is everything a report shows; nothing in a report is computed from anything else.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from auditor.evidence import Answer, Evidence, Range, Record, Waiver


class Verdict(StrEnum):
    """The answer to one rule about one thing."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    """Could not tell; never counted as a pass."""
    NEEDS_ANSWER = "needs_answer"
    """Only a person can tell."""
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    NOT_APPLICABLE = "not_applicable"


class Severity(StrEnum):
    """How bad a fail is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical, growing as severity falls."""
        return list(Severity).index(self)


class Basis(StrEnum):
    """What kind of authority a source has."""

    LAW = "law"
    REGULATOR = "regulator guidance"
    SECTOR = "sector standard"
    INSURANCE = "insurance condition"
    PRACTICE = "good practice"


class Source(Record, frozen=True, kw_only=True):
    """A document that rules rest on."""

    id: str
    publisher: str
    title: str
    url: str
    basis: Basis
    dated: str = ""
    """The document's own date or version, as its publisher writes it."""
    read_on: date
    status: str
    """`seen` on the publisher's page, `second-hand`, or `unverified`."""
    note: str = ""


class Citation(Record, frozen=True, kw_only=True):
    """One reason for a rule: a section of a source."""

    source: Source
    section: str = ""


class Subject(Record, frozen=True, kw_only=True):
    """What a finding is about."""

    kind: str
    """volume, file, machine, scan …: the rule's `for each`."""
    id: str
    """Volume id or file path; the machine's name for the machine."""
    label: str
    """For people: `C: (Windows)`, `E: SCHOOL USB`."""


class Finding(Record, frozen=True, kw_only=True):
    """One rule's answer about one thing."""

    rule: str
    title: str
    """What should be so."""
    do: str
    """What to do when it is not, in a few words."""
    area: str
    """The folder of the rule: drives, media, files …"""
    verdict: Verdict
    severity: Severity
    subject: Subject
    seen: str
    """One sentence with the values seen, or, when unknown, what could not be told and why."""
    because: tuple[Citation, ...] = ()
    why: str = ""
    """Why the rule matters, in one or two sentences."""
    remedy: tuple[str, ...] = ()
    """Steps for this system."""
    who: str = ""
    """Who can do it: anyone, IT support, head teacher …"""
    takes: str = ""
    """How long it takes, such as `10 minutes`."""
    done: str = ""
    """What it looks like when it is done."""
    answer: Answer | None = None
    """The answer that decided, where a person's did."""
    waiver: Waiver | None = None
    """The waiver that covers it, in force or expired."""
    waived: bool = False
    """Whether that waiver is in force: the verdict stands, but does not count as action due."""


class Spot(Record, frozen=True, kw_only=True):
    """One place of the headline: a volume with unencrypted copies that can leave the premises."""

    volume: str
    label: str
    place: str
    copies: int
    people: Range
    certain: bool
    """False where encryption or portability could not be told."""


class Headline(Record, frozen=True, kw_only=True):
    """Unencrypted copies of personal data that can leave the premises.

    A copy is a file with personal data that neither its own protection nor its volume's
    encryption closes. It can leave when it lies on removable or optical media, or on a machine
    that is itself carried. The same list on two sticks is two copies of the same people, so
    people is a range from the largest file to the sum of all that are not about the same people.
    """

    copies: int
    """Copies known to be unencrypted and able to leave."""
    unsure: int
    """Copies that may be: encryption, place or portability could not be told."""
    people: Range
    spots: tuple[Spot, ...] = ()
    known: bool = True
    """False when no files were examined, so that a zero means nothing."""
    complete: bool = True
    """False when part of the scan was stopped or could not be read."""


class RulebookUsed(Record, frozen=True, kw_only=True):
    """Which rules judged the evidence."""

    pack: str
    title: str
    rules: int
    digest: str
    """SHA-256 over the files that were read."""
    publisher: str = ""
    """Whose pack it is, where it is not that of the program."""
    note: str = ""
    """What its publisher says of it."""
    dated: str = ""
    """The years for which a historic pack spoke."""
    changes: tuple[str, ...] = ()
    """What it leaves out, weighs or measures otherwise than the default rules, in sentences."""
    signed_by: str = ""
    """Whose signature on the folder of rules held; empty when it is not signed."""

    def sentences(self) -> tuple[str, ...]:
        """What a reader must know of rules that are not simply those of the program."""
        told = [
            f"Published by {self.publisher}." if self.publisher else "",
            self.note,
            f"Historic: these rules spoke for {self.dated}." if self.dated else "",
            f"Signed by {self.signed_by}." if self.signed_by else "",
            "Not signed." if self.publisher and not self.signed_by else "",
            *self.changes,
        ]
        return tuple(t for t in told if t)


class Audit(Record, frozen=True, kw_only=True):
    """One audit of one machine: the content of every report."""

    tool: str
    """Name and version of the program, such as `auditor 0.1.0`."""
    school: str = ""
    urn: str = ""
    by: str = ""
    """The person or role that ran it, if given."""
    rulebook: RulebookUsed
    evidence: Evidence
    headline: Headline
    findings: tuple[Finding, ...] = ()
    complete: bool = True
    """False when the person stopped it before the end."""
    masked: bool = False
    """Whether what may be names in paths is hidden (`auditor.masking`)."""
