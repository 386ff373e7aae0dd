"""Where recorded outputs of real machines lie, for tests that replay them when they are there."""

from __future__ import annotations

import os
from pathlib import Path

BESIDE = Path(__file__).resolve().parent.parent.parent / "shared" / "samples"
SAMPLES = Path(os.environ.get("AUDITOR_SAMPLES", BESIDE))
