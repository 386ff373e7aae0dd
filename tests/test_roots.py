from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from auditor.content.walk import Item, LeftOut, walk
from auditor.errors import AuditorError
from auditor.evidence import Encryption, EncryptionState, Place, Platform, Volume
from auditor.host import Partition
from auditor.host.this import this_machine
from auditor.roots import roots
from auditor.survey import survey

HERE = Platform.WINDOWS if sys.platform == "win32" else Platform.LINUX
TOP = Path(tempfile.gettempdir()).anchor if sys.platform == "win32" else "/"
PLAIN = Encryption(state=EncryptionState.OFF)


class Mounts:
    """The two answers that `roots` asks a host for."""

    def __init__(self, *mounts: str, platform: Platform = HERE) -> None:
        self.platform = platform
        self.mounts = mounts

    def partitions(self) -> tuple[Partition, ...]:
        return tuple(Partition(device="x", mount=m, filesystem="x") for m in self.mounts)


def volume(mount: str, place: Place = Place.FIXED) -> Volume:
    return Volume(id=mount or "closed", mount=mount, place=place, encryption=PLAIN)


def test_without_paths_every_local_volume_is_looked_at_and_sticks_come_first() -> None:
    volumes = [
        volume("/"),
        volume("/mnt/office", Place.NETWORK),
        volume("", Place.REMOVABLE),
        volume("/media/stick", Place.REMOVABLE),
        volume("/media/cd", Place.OPTICAL),
    ]

    found = roots([], volumes, Mounts("/", "/proc", "/media/stick", "/mnt/office"))  # type: ignore[arg-type]

    assert [r.path for r in found] == ["/media/stick", "/media/cd", "/"]
    assert set(found[2].mounts) == {"/proc", "/media/stick", "/mnt/office", "/media/cd"}
    assert all(r.whole_machine for r in found)


def test_a_named_folder_counts_on_the_volume_that_holds_it(tmp_path: Path) -> None:
    (tmp_path / "stick" / "old").mkdir(parents=True)
    stick = volume(str(tmp_path / "stick"), Place.REMOVABLE)

    (found,) = roots([str(tmp_path / "stick" / "old")], [volume(TOP), stick], Mounts(TOP))  # type: ignore[arg-type]

    assert found.volume == stick.id
    assert not found.whole_machine


def test_sticks_mounted_below_a_named_folder_are_roots_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    stick = volume(str(tmp_path / "stick"), Place.REMOVABLE)

    found = roots([str(tmp_path)], [volume(TOP), stick], Mounts(TOP))  # type: ignore[arg-type]

    assert [(r.path, r.volume) for r in found] == [(str(tmp_path), TOP), (stick.mount, stick.id)]
    assert found[0].mounts == (stick.mount,)


def test_a_folder_on_a_mount_that_is_no_volume_belongs_to_none(tmp_path: Path) -> None:
    (tmp_path / "ram").mkdir()

    (found,) = roots([str(tmp_path / "ram")], [volume("/")], Mounts("/", str(tmp_path / "ram")))  # type: ignore[arg-type]

    assert not found.volume


def test_a_neighbour_with_a_longer_name_is_not_below(tmp_path: Path) -> None:
    for name in ("usb", "usb2"):
        (tmp_path / name).mkdir()
    usb = volume(str(tmp_path / "usb"), Place.REMOVABLE)

    (found,) = roots([str(tmp_path / "usb2")], [volume(TOP), usb], Mounts(TOP))  # type: ignore[arg-type]

    assert found.volume == TOP


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AuditorError) as e:
        roots([str(tmp_path / "nowhere")], [volume("/")], Mounts("/"))  # type: ignore[arg-type]

    assert e.value.where.endswith("nowhere")
    assert e.value.hint


def test_naming_a_folder_twice_looks_at_it_once(tmp_path: Path) -> None:
    found = roots([str(tmp_path), f"{tmp_path}/."], [volume("/")], Mounts("/"))  # type: ignore[arg-type]

    assert len(found) == 1


def test_what_is_on_the_network_below_a_named_folder_is_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "cloud").mkdir()
    (tmp_path / "cloud" / "far.csv").write_text("x")
    (tmp_path / "near.csv").write_text("x")
    cloud = volume(str(tmp_path / "cloud"), Place.NETWORK)

    found = roots([str(tmp_path)], [volume(TOP), cloud], Mounts(TOP))  # type: ignore[arg-type]
    met = list(walk(found, ()))

    assert [Path(m.path).name for m in met if isinstance(m, Item)] == ["near.csv"]
    assert [m.folder for m in met if isinstance(m, LeftOut)] == [cloud.mount]
    (named,) = roots([cloud.mount], [volume(TOP), cloud], Mounts(TOP))  # type: ignore[arg-type]
    assert [Path(m.path).name for m in walk([named], ()) if isinstance(m, Item)] == ["far.csv"]


@pytest.mark.skipif(
    not (shutil.which("rclone") and shutil.which("fusermount3") and Path("/dev/fuse").exists()),
    reason="needs rclone and FUSE",
)
def test_a_real_rclone_mount_is_entered_only_when_it_is_named(tmp_path: Path) -> None:
    far, near = tmp_path / "far", tmp_path / "near"
    (near / "mount").mkdir(parents=True)
    far.mkdir()
    (far / "far.csv").write_text("x")
    command = ["rclone", "mount", "--daemon", "--read-only", str(far), str(near / "mount")]
    if subprocess.run(command, check=False, timeout=30).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        host = this_machine()
        volumes = survey(host).volumes
        whole, named = (roots([str(p)], volumes, host) for p in (near, near / "mount"))
        assert not [m for m in walk(whole, ()) if isinstance(m, Item)]
        assert [Path(m.path).name for m in walk(named, ()) if isinstance(m, Item)] == ["far.csv"]
    finally:
        subprocess.run(["fusermount3", "-u", str(near / "mount")], check=False, timeout=30)
