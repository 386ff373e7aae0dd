"""A recovery key that stands in an answer of the machine comes out nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec

from auditor import rulebook
from auditor.audit import Plan, audit
from auditor.host.recorded import Recorded
from auditor.host.recorder import Recorder
from auditor.reports import REPORTS
from auditor.reports import load as report
from auditor.rulebook import personal_data
from auditor.shipped import shipped
from auditor.survey import survey

MACHINES = Path(__file__).parent / "machines"
RECOVERY_KEY = re.compile(r"\d{6}(?:-\d{6}){7}")


def test_a_recovery_key_in_any_answer_of_the_machine_reaches_no_report(tmp_path: Path) -> None:
    key = "-".join(["132451"] * 8)
    recorded = Recorded.load(MACHINES / "windows-laptop-admin").answers
    answer = json.loads(str(next(v for k, v in recorded.outputs.items() if "powershell" in k)))
    for part in answer.values():
        for item in part if isinstance(part, list) else ():
            item |= {"RecoveryPassword": key, "KeyProtector": [{"RecoveryPassword": key}]}
    outputs = {
        k: json.dumps(answer) if "powershell" in k else v for k, v in recorded.outputs.items()
    }
    host = Recorded(msgspec.structs.replace(recorded, outputs=outputs))

    made = audit(
        host,
        rulebook.load(shipped("rules")),
        personal_data.load(shipped("rules")),
        Plan(files=False),
    )
    recorder = Recorder(host)
    survey(recorder)
    recorder.save(tmp_path)

    assert RECOVERY_KEY.search(str(outputs)), "it was there to be taken"
    for form in REPORTS:
        for reader in ("school", "auditor"):
            assert not RECOVERY_KEY.search(report(form).render(made, reader)), form
    assert not RECOVERY_KEY.search((tmp_path / "machine.json").read_text("utf-8"))
