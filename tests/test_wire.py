from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_audit import clean_audit, laptop_audit, nothing_seen_audit

from auditor import wire
from auditor.errors import WireError
from auditor.findings import Audit

SAMPLES = [laptop_audit(), clean_audit(), nothing_seen_audit()]


@pytest.mark.parametrize("audit", SAMPLES)
def test_an_audit_comes_back_as_it_was_written(audit: Audit) -> None:
    assert wire.decode(wire.encode(audit)) == audit


@pytest.mark.parametrize("audit", SAMPLES)
def test_what_is_written_keeps_to_the_published_schema(audit: Audit) -> None:
    schema = wire.schema()
    jsonschema.Draft202012Validator.check_schema(schema)

    jsonschema.validate(json.loads(wire.encode(audit)), schema)


def test_the_same_audit_gives_the_same_bytes() -> None:
    assert wire.encode(laptop_audit()) == wire.encode(laptop_audit())


def test_a_field_of_a_later_minor_version_is_passed_over() -> None:
    document = json.loads(wire.encode(clean_audit())) | {"invented later": [1, 2]}

    assert wire.decode(json.dumps(document).encode()) == clean_audit()


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (b"", "not a report"),
        (b"not json", "not a report"),
        (b"[]", "not a report"),
        (b'{"format": "something else", "version": 1}', "not a report"),
        (b'{"format": "auditor-report", "version": 2}', "version 2"),
        (b'{"format": "auditor-report", "version": 0}', "version 0"),
        (b'{"format": "auditor-report", "version": 1}', "damaged"),
        (b"[" * 100_000, "not a report"),
    ],
)
def test_what_cannot_be_read_back_is_named(written: bytes, problem: str) -> None:
    with pytest.raises(WireError, match=problem):
        wire.decode(written, where="old.json")


@given(st.data())
def test_a_damaged_report_is_an_error_and_never_a_crash(data: st.DataObject) -> None:
    written = bytearray(wire.encode(laptop_audit()))
    at = data.draw(st.integers(0, len(written) - 1))
    written[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.just(len(written)), st.integers(0, len(written))))

    try:
        wire.decode(bytes(written[:cut]))
    except WireError as e:
        assert e.hint
