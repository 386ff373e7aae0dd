"""What a document is to a school, and whose data it holds."""

from __future__ import annotations

from auditor.content.detect.compiled import Compiled
from auditor.content.detect.table import People
from auditor.content.detect.tally import Seen
from auditor.content.detect.text import Text
from auditor.personal import RecordKind, Role

STAFF = frozenset(
    {
        "national-insurance-number",
        "teacher-reference-number",
        "staff-number",
        "bank-details",
        "employment",
        "dbs-certificate",
    }
)
_PUPILS = frozenset({"upn", "year-group", "registration-group", "sen", "free-school-meals"})


def who(seen: Seen, kind: RecordKind) -> tuple[str, ...]:
    """Pupils, staff, parents, governors: whose data were seen, as far as the data tell."""
    found = {d.who for d in seen.data.values() if d.who}
    if kind.who and not found & {"pupils", "staff"}:
        found.add(kind.who)
    return tuple(sorted(found))


def kind_of_table(compiled: Compiled, name: str, people: People) -> RecordKind:
    """What a head teacher would call the list."""
    held = people.seen.data.keys()
    staff = bool(STAFF & held) and not _PUPILS & held
    hinted = _hinted(compiled, f"{name} {people.layout.above}")
    for kind in compiled.kinds:
        fits = bool(held & set(kind.columns)) and set(kind.all_of) <= held
        pupils_kind = kind.who == "pupils" and staff
        if kind in hinted and (fits or not kind.columns) and not pupils_kind:
            return kind
    for kind in compiled.kinds:
        fits = bool(held & set(kind.columns)) and set(kind.all_of) <= held
        if fits and kind.columns and (kind.who == "staff" or not staff):
            return kind
    return _plain(people.seen, staff=staff, listed=True)


def kind_of_text(compiled: Compiled, name: str, text: Text) -> RecordKind:
    """What a head teacher would call the document."""
    if text.record:
        return text.record
    held = text.seen.data.keys()
    hinted = [k for k in _hinted(compiled, name) if k.phrases or k.columns]
    if hinted:
        return hinted[0]
    staff = bool(STAFF & held) and not _PUPILS & held
    by_words = {"safeguarding": "safeguarding-record", "sen": "sen-record"}
    by_words |= {"medical": "medical-record", "behaviour": "exclusion-record"}
    known = {k.id: k for k in compiled.kinds}
    if staff:
        of = [k for k in compiled.kinds if k.who == "staff" and held & set(k.columns)]
        return of[0] if of else _plain(text.seen, staff=True, listed=False)
    for datum, kind in by_words.items():
        if datum in held and kind in known:
            return known[kind]
    return _plain(text.seen, staff=False, listed=False)


def _hinted(compiled: Compiled, name: str) -> list[RecordKind]:
    return [kind for kind, shape in compiled.record_names if name and shape.search(name)]


def _plain(seen: Seen, *, staff: bool, listed: bool) -> RecordKind:
    if staff:
        title, of, weight = ("staff list" if listed else "staff document"), "staff", 5
    elif any(d.who == "pupils" for d in seen.data.values()):
        title, of, weight = ("pupil list" if listed else "document about pupils"), "pupils", 4
    elif listed:
        contact = any(d.role is Role.CONTACT for d in seen.data.values())
        title, of, weight = ("contact list" if contact else "list of people"), "", 3
    else:
        title, of, weight = "document about a person", "", 3
    return RecordKind(id="", title=title, who=of, weight=weight)
