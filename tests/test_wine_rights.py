"""Who may change a folder, as Windows' own calls tell it: pytest -m wine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from testing_beds import in_wine

pytestmark = [pytest.mark.slow, pytest.mark.wine]

ASK = (
    "import json, sys\n"
    "from auditor.errors import HostError\n"
    "from auditor.host.this import this_machine\n"
    "def tell(p):\n"
    "    try: return this_machine().changeable(p)\n"
    "    except HostError as e: return type(e).__name__\n"
    "print('@@' + json.dumps([tell(p) for p in sys.argv[1:]]))\n"
)


def test_a_folder_that_everybody_may_write_to_is_told_from_one_that_only_its_owner_may(
    tmp_path: Path,
) -> None:
    """Wine makes a security descriptor of the permissions that a folder has on Linux."""
    for name, mode in (("open", 0o777), ("closed", 0o700), ("read", 0o755)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(mode)
    paths = [f"Z:{tmp_path}/{n}".replace("/", "\\") for n in ("open", "closed", "read", "gone")]

    done = in_wine("-c", ASK, *paths)

    assert json.loads(done.stdout.partition("@@")[2]) == [True, False, False, "NotThere"], (
        done.stderr
    )
