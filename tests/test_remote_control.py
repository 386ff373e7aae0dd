"""Programs by which others can work on the machine from afar."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from auditor.evidence import Platform
from auditor.host.recorded import Answers, Recorded, Refusal
from auditor.probes import remote_control

NOW = datetime(2026, 11, 24, tzinfo=UTC)
KEY = remote_control.UNINSTALL[0]


def told(platform: Platform, **more: Any) -> tuple[bool | None, str]:
    host = Recorded(Answers(platform=platform, name="x", os="x", elevated=False, now=NOW, **more))
    (setting,) = remote_control.ask(host)
    return setting.on, setting.detail


@pytest.mark.parametrize(
    ("titles", "on", "detail"),
    [
        (["7-Zip 23", "Microsoft Edge"], False, ""),
        (["AnyDesk", "TeamViewer 15", "Microsoft Edge"], True, "Found: AnyDesk and TeamViewer."),
        (["Book about TeamViewer"], False, ""),
    ],
)  # fmt: skip
def test_windows_by_the_list_of_its_programs(titles: list[str], on: bool, detail: str) -> None:
    names = [f"{{{n}}}" for n in range(len(titles))]
    registry = {rf"{KEY}\{n}\DisplayName": t for n, t in zip(names, titles, strict=True)}

    assert told(Platform.WINDOWS, registry=registry, registry_keys={KEY: tuple(names)}) == (
        on,
        detail,
    )


def test_a_list_that_may_not_be_read_or_is_empty_is_not_known() -> None:
    refused = Refusal(error="AccessDenied")

    assert told(Platform.WINDOWS, registry_keys={KEY: refused})[0] is None
    assert told(Platform.WINDOWS)[0] is None
    assert told(Platform.MACOS)[0] is None
    assert told(Platform.LINUX, folders={"/usr/bin": refused, "/opt": ("x",)})[0] is None


def test_macs_and_linux_by_their_folders_of_programs() -> None:
    assert (
        told(Platform.MACOS, folders={"/Applications": ("TeamViewer.app", "Mail.app")})[0] is True
    )
    assert told(Platform.LINUX, folders={"/usr/bin": ("ls", "rustdesk"), "/opt": ()})[0] is True
    assert told(Platform.LINUX, folders={"/usr/bin": ("ls",), "/opt": ()})[0] is False
