"""What a document is to a school, and whose data it holds."""

from __future__ import annotations

from auditor.content.detect.tally import Seen

STAFF = frozenset(
    {"national-insurance-number", "teacher-reference-number", "staff-number", "bank-details"}
)
CONTACTS = frozenset({"address", "postcode", "email", "phone"})

_KINDS = (
    ("safeguarding", "safeguarding record", "safeguarding record"),
    ("sen", "SEN list", "SEN document"),
    ("medical", "medical list", "medical document"),
    ("behaviour", "behaviour record", "behaviour record"),
)
"""Which datum makes which list and which document; the first that was seen decides."""


def who(seen: Seen) -> tuple[str, ...]:
    """Pupils, staff, parents: whose data were seen, as far as the data tell."""
    return tuple(sorted({d.who for d in seen.data.values() if d.who}))


def category(seen: Seen, *, table: bool) -> str:
    """What a head teacher would call it."""
    ids = seen.data.keys()
    if STAFF & ids and not {"upn", "year-group"} & ids:
        return "staff list" if table else "staff document"
    for name, listed, told in _KINDS:
        if name in ids:
            return listed if table else told
    if "pupils" in who(seen):
        return "pupil list" if table else "document about pupils"
    if table:
        return "contact list" if CONTACTS & ids else "list of people"
    return "document about a person"
