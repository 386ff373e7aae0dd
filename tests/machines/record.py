"""Records this machine for the tests: python tests/machines/record.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from auditor.host.recorder import Recorder
from auditor.host.this import this_machine
from auditor.survey import survey

recorder = Recorder(this_machine())
survey(recorder)
recorder.save(Path(sys.argv[1]))
