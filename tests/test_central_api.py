"""The API against its own description: pytest -m central."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("litestar")
pytest.importorskip("sqlalchemy")
pytest.importorskip("pyrage")

import centre
import httpx
from visitor import PASSWORD

from auditor.central import people, tokens
from auditor.central.people import Role
from auditor.central.tokens import Scope

pytestmark = [pytest.mark.slow, pytest.mark.central]


def test_the_description_is_openapi_3_1_and_names_every_way(tmp_path: Path) -> None:
    c = centre.new(tmp_path / "home")
    with centre.serving(Path(c.home.folder)) as address:
        described = httpx.get(f"{address}/api/v1/openapi/openapi.json").json()
        about = httpx.get(f"{address}/api/v1/about").json()
    c.engine.dispose()

    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {
        "/api/v1/about", "/api/v1/figures", "/api/v1/keys", "/api/v1/reports", "/api/v1/rules",
        "/api/v1/schools", "/api/v1/schools/{urn}", "/api/v1/schools/{urn}/findings",
        "/api/v1/uploads/{sha256}",
    }  # fmt: skip
    assert about["key"] == c.home.recipient


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    pytest.importorskip("schemathesis")
    c = centre.new(tmp_path / "home", wrong_per_minute=1_000_000, requests_per_minute=1_000_000)
    c.enrol("999001")
    with c.engine.begin() as connection:
        owner = people.add(connection, "a@example.org", Role.ADMIN, password=PASSWORD)
        school = 1
        everything = tokens.issue(
            connection, *Scope, name="all", by="test", user_id=owner, school_id=school
        )
    with centre.serving(Path(c.home.folder)) as address:
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")), "run",
                f"{address}/api/v1/openapi/openapi.json",
                "--header", f"Authorization: Bearer {everything}",
                "--checks", "all", "--max-examples", "30", "--seed", "7", "--no-color",
                # The framework answers OPTIONS itself, and names the methods of one handler.
                "--exclude-checks", "positive_data_acceptance,allow_header_conformance",
            ],
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip
    c.engine.dispose()

    assert done.returncode == 0, done.stdout[-6000:]
