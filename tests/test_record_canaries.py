"""A recording of a machine carries no name, serial number, identifier, key or password, wherever it stood."""

from __future__ import annotations

import json
import plistlib
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from answering_machines import answering
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.host.recorded import Recorded
from auditor.host.recorder import Recorder
from auditor.survey import survey

HEX = "0123456789ABCDEF"
GROUP = st.integers(0, 65_535).map(lambda n: f"{n * 11:06}")
SECRETS = st.fixed_dictionaries(
    {
        "name": st.text("abcdefgh", min_size=4, max_size=9).map(lambda t: f"Zeb{t}"),
        "serial": st.text(HEX, min_size=8, max_size=20).map(lambda t: f"S4{t}"),
        "guid": st.uuids().map(str),
        "key": st.lists(GROUP, min_size=8, max_size=8).map("-".join),
        "password": st.text("abcdefgh", min_size=8, max_size=12).map(lambda t: f"Wolver!{t}"),
        "sid": st.tuples(*[st.integers(10**8, 4 * 10**9)] * 3).map(lambda t: "S-1-5-21-{}-{}-{}-1001".format(*t)),
    }
)  # fmt: skip
BOOKS = ("files", "outputs")
LISTS = ("folders", "registry_keys", "registry_names")
VALUES = ("registry", "labels", "links", "targets", "variables")


def planted(host: Recorded, secret: dict[str, str]) -> Recorded:
    """The machine with each secret in each of its answers, where answers of the kind carry them."""
    made: dict[str, Any] = {}
    for table in BOOKS:
        made[table] = {
            q: _text(a, secret) if isinstance(a, str) else a
            for q, a in getattr(host.answers, table).items()
        }
    for table in LISTS:
        extra = (f"of {secret['name']}", f"{{{secret['guid']}}}", secret["sid"])
        made[table] = {
            q: (*a, *extra) if isinstance(a, tuple) else a
            for q, a in getattr(host.answers, table).items()
        }
    for table in VALUES:
        end = f"\\{secret['name']}\\{{{secret['guid']}}}"
        made[table] = {
            q: a + end
            if isinstance(a, str) and not a.isdigit() and q not in {"SystemRoot", "SystemDrive"}
            else a
            for q, a in getattr(host.answers, table).items()
        }
    return Recorded(msgspec.structs.replace(host.answers, **made))


def _text(said: str, secret: dict[str, str]) -> str:
    more = {
        "Owner": secret["name"], "SerialNumber": secret["serial"], "serial_num": secret["serial"],
        "USBDeviceKeySerialNumber": secret["serial"], "UniqueId": secret["guid"], "RecoveryPassword": secret["key"],
        "Password": secret["password"], "Sid": secret["sid"], "Line": f"--password={secret['password']} x",
    }  # fmt: skip
    if said.startswith("<?xml") and "plist" in said:
        found = plistlib.loads(said.encode())
        return plistlib.dumps({**found, **more}).decode() if isinstance(found, dict) else said
    try:
        whole = json.loads(said)
    except ValueError:
        lines = [f"{k}: {v}" for k, v in more.items()]
        journal = (
            f"usb 1-2: SerialNumber: {secret['serial']}\nE:ID_SERIAL_SHORT={secret['serial']}\n"
        )
        return "\n".join((said, *lines, f"iSerial={secret['serial']}", journal))
    return json.dumps({**whole, **more, "parts": [more]}) if isinstance(whole, dict) else said


@pytest.mark.parametrize("name", sorted(answering()))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(secret=SECRETS)
def test_nothing_that_was_planted_in_any_answer_is_recorded(
    name: str, secret: dict[str, str]
) -> None:
    host = planted(answering()[name], secret)
    recorder = Recorder(host)
    survey(recorder)
    with tempfile.TemporaryDirectory() as folder:
        recorder.save(Path(folder), [secret["name"], host.name])
        text = (Path(folder) / "machine.json").read_text("utf-8")
        again = Recorded.load(Path(folder))

    left = {kind for kind, value in secret.items() if value.lower() in text.lower()}
    assert not left
    assert survey(again).volumes is not None, "what is left is still a recording"


@pytest.mark.parametrize("name", sorted(answering()))
def test_a_redacted_recording_is_replayed_to_the_same_answers(name: str, tmp_path: Path) -> None:
    recorder = Recorder(answering()[name])
    first = survey(recorder)
    recorder.save(tmp_path, ["Zebedee"])
    again = survey(Recorded.load(tmp_path))

    assert [(v.place, v.encryption.state) for v in again.volumes] == [
        (v.place, v.encryption.state) for v in first.volumes
    ]
    assert [(s.id, s.on, s.encrypted) for s in again.settings] == [
        (s.id, s.on, s.encrypted) for s in first.settings
    ]
    assert [(h.state, h.redundant) for h in again.health] == [
        (h.state, h.redundant) for h in first.health
    ]
    assert [(b.product, b.encrypted, b.last_success) for b in again.backups] == [
        (b.product, b.encrypted, b.last_success) for b in first.backups
    ]  # fmt: skip
