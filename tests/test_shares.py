"""Folders shared with everybody: an office laptop whose Staff folder anybody can open."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.evidence import Platform
from auditor.host.recorded import Answers, Recorded, Refusal
from auditor.probes import shares

EVERYONE, USERS, GROUP = (
    bytes.fromhex("010100000000000100000000"),
    bytes.fromhex("01020000000000052000000021020000"),
    bytes.fromhex("0105000000000005150000000102030405060708090a0b0c51040000"),
)


def entry(who: bytes, mask: int = 0x1200A9, kind: int = 0) -> bytes:
    return (
        bytes([kind, 0]) + (8 + len(who)).to_bytes(2, "little") + mask.to_bytes(4, "little") + who
    )


def descriptor(*entries: bytes, present: bool = True) -> bytes:
    body = b"".join(entries)
    acl = (
        bytes([2, 0])
        + (8 + len(body)).to_bytes(2, "little")
        + len(entries).to_bytes(2, "little")
        + b"\0\0"
        + body
    )
    control = 0x8004 if present else 0x8000
    return (
        bytes([1, 0]) + control.to_bytes(2, "little") + bytes(12) + (20).to_bytes(4, "little") + acl
    )


def machine(platform: Platform = Platform.WINDOWS, **answers: Any) -> Recorded:
    return Recorded(
        Answers(platform=platform, name="office", os="x", elevated=True, now=datetime(2026, 11, 25, tzinfo=UTC), **answers)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "on", "who"),
    [
        pytest.param(descriptor(entry(EVERYONE)), True, "Everyone", id="everyone reads"),
        pytest.param(
            descriptor(entry(GROUP), entry(USERS)), True, "Users", id="a group, and all users"
        ),
        pytest.param(descriptor(entry(GROUP)), False, "", id="a named group"),
        pytest.param(descriptor(entry(EVERYONE, kind=1)), False, "", id="everyone is denied"),
        pytest.param(
            descriptor(entry(EVERYONE, mask=0x10000000)), True, "Everyone", id="all rights"
        ),
        pytest.param(descriptor(entry(EVERYONE, mask=0x100000)), False, "", id="no right to read"),
        pytest.param(descriptor(), False, "", id="an empty list lets nobody in"),
        pytest.param(descriptor(present=False), True, "Everyone", id="no list lets everybody in"),
        pytest.param(descriptor(entry(EVERYONE))[:-4], None, "", id="cut short"),
        pytest.param(b"", None, "", id="nothing"),
    ],
)
def test_windows_security_descriptors(found: bytes, on: bool | None, who: str) -> None:
    assert shares.opened(found) == (on, who)


def test_each_open_share_of_a_laptop_is_told_and_closed_ones_are_not() -> None:
    names = ("Staff", "SENCo", "Old")
    key = f"{shares.SHARES}\\Security\\"
    binary = {f"{key}Staff": descriptor(entry(EVERYONE)), f"{key}SENCo": descriptor(entry(GROUP))}
    host = machine(
        registry_names={shares.SHARES: names},
        binary={k: base64.b64encode(v).decode() for k, v in binary.items()},
        registry={f"{key}Old": Refusal(error="AccessDenied")},
    )

    assert [(s.about, s.on) for s in shares.ask(host)] == [
        ("shared folder Staff", True),
        ("shared folder Old", None),
    ]


def test_a_laptop_without_shares_shares_nothing_and_a_refusal_is_unknown() -> None:
    assert [s.on for s in shares.ask(machine())] == [False]
    host = machine(registry_names={shares.SHARES: Refusal(error="AccessDenied")})
    assert [s.on for s in shares.ask(host)] == [None]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, [False]),
        ({shares.SAMBA: "[global]\nworkgroup = X\n[staff]\npath = /srv\nguest ok = no\n"}, [False]),
        ({shares.SAMBA: "[staff]\npath = /srv\nguest ok = Yes\n"}, [True]),
        ({shares.SAMBA: "[staff]\n  public = yes\n"}, [True]),
        ({shares.SAMBA: "[print$]\nguest ok = yes\n"}, [False]),
        ({shares.SAMBA: "no section\n"}, [None]),
        ({shares.SAMBA: Refusal(error="AccessDenied")}, [None]),
        ({shares.EXPORTS: "/srv/records 10.0.0.5(rw)\n# /x *(ro)\n"}, [False]),
        ({shares.EXPORTS: "/srv/records *(rw,sync)\n/srv/b (ro)\n/srv/c\n"}, [True, True, True]),
    ],
)
def test_shares_of_linux(files: dict[str, str | Refusal], expected: list[bool | None]) -> None:
    assert [s.on for s in shares.ask(machine(Platform.LINUX, files=files))] == expected


@given(st.binary(max_size=120), st.text(max_size=120))
def test_anything_else_never_crashes(noise: bytes, text: str) -> None:
    assert shares.opened(noise)[0] in {True, False, None}
    list(shares.samba(text))
    list(shares.exports(text))
