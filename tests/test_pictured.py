"""Photographs are told by the folder they lie in, once a folder, and never counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from auditor.content import scan
from auditor.content.detect import pictured
from auditor.content.found import Found
from auditor.content.walk import Root
from auditor.evidence import Strength
from auditor.rulebook import personal_data
from auditor.rulebook.closed import counts
from auditor.shipped import shipped

DEFINITIONS = personal_data.load(shipped("rules"))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (r"D:\Office\Year 3 photos\IMG_0001.jpg", True),
        ("/srv/staff/Photographs/Sports day 2024/a.png", True),
        ("/home/ann/Pictures/Leavers_2023/b.jpg", True),
        ("/home/ann/Pictures/garden/b.jpg", False),
        ("/usr/share/images/logo.png", False),
        ("/srv/Year 3/worksheet.png", False),
    ],
)
def test_a_folder_says_that_its_pictures_may_show_pupils(path: str, told: bool) -> None:
    assert (pictured.look(DEFINITIONS, path) is not None) is told


def test_a_folder_of_photographs_is_listed_once_and_not_counted(tmp_path: Path) -> None:
    folder = tmp_path / "Class 4B photos"
    folder.mkdir()
    for n in range(5):
        Image.new("RGB", (30, 30 + n)).save(folder / f"{n}.jpg")
    found = Found()
    scan([Root(path=str(tmp_path), volume="")], DEFINITIONS, found, jobs=1)
    files = found.all_files()

    assert [f.category for f in files] == ["photographs"]
    assert files[0].strength is Strength.POSSIBLE
    assert not counts(files[0])
