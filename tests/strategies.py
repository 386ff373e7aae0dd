"""Evidence of any machine, for properties."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from auditor.evidence import (
    Encryption,
    EncryptionState,
    Evidence,
    FileSeen,
    Folder,
    Gap,
    Machine,
    Place,
    Platform,
    Protection,
    ProtectionState,
    Range,
    Scan,
    Setting,
    SettingId,
    Strength,
    Tally,
    Volume,
    Why,
)

TAKEN = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
MOUNTS = ("C:\\", "D:\\", "E:\\", "F:\\")
UPN = Tally(
    datum="upn",
    title="Unique pupil number (UPN)",
    category="identity",
    count=3,
    strength=Strength.CERTAIN,
)


def volume(mount: str) -> st.SearchStrategy[Volume]:
    return st.builds(
        Volume,
        id=st.just(mount),
        mount=st.sampled_from([mount, mount, ""]),
        label=st.sampled_from(["", "SCHOOL USB"]),
        place=st.sampled_from(Place),
        system=st.sampled_from([True, False, None]),
        encryption=st.builds(Encryption, state=st.sampled_from(EncryptionState)),
    )


def file() -> st.SearchStrategy[FileSeen]:
    return st.builds(
        FileSeen,
        path=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
        volume=st.sampled_from([*MOUNTS, ""]),
        folder=st.sampled_from(Folder),
        kind=st.just("table"),
        category=st.just("pupil list"),
        size=st.integers(0, 10**9),
        modified=st.sampled_from([None, TAKEN]),
        contents=st.just((UPN,)),
        people=st.integers(0, 500).map(lambda n: Range(low=n, high=n)),
        strength=st.sampled_from(Strength),
        special=st.booleans(),
        protection=st.builds(Protection, state=st.sampled_from(ProtectionState)),
    )


def gap() -> st.SearchStrategy[Gap]:
    return st.builds(
        Gap,
        source=st.sampled_from(["files", "windows_volumes"]),
        about=st.sampled_from(["encryption of E:\\", "3 files in E:\\old"]),
        why=st.sampled_from(Why),
        detail=st.sampled_from(["", "Look at it by hand."]),
        count=st.integers(1, 9),
        volume=st.sampled_from([*MOUNTS, ""]),
    )


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    mounts = draw(st.lists(st.sampled_from(MOUNTS), unique=True))
    return Evidence(
        machine=Machine(
            name="PC",
            platform=draw(st.sampled_from(Platform)),
            os="any",
            elevated=draw(st.booleans()),
            portable=draw(st.sampled_from([True, False, None])),
            taken=TAKEN,
        ),
        volumes=tuple(draw(volume(m)) for m in mounts),
        files=tuple(draw(st.lists(file(), max_size=6))),
        scan=draw(
            st.builds(
                Scan,
                asked=st.booleans(),
                complete=st.booleans(),
                roots=st.lists(st.sampled_from(MOUNTS), unique=True).map(tuple),
                examined=st.integers(0, 900),
                unreadable=st.integers(0, 3),
            )
        ),
        gaps=tuple(draw(st.lists(gap(), max_size=4))),
        settings=tuple(
            Setting(id=name, about=name.value, on=draw(st.sampled_from([True, False, None])))
            for name in draw(st.lists(st.sampled_from(SettingId), unique=True))
        ),
    )
