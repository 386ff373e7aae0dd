"""Truncated, translated and re-typed answers at every probe of the roll: a gap, never a crash, never "on"."""

from __future__ import annotations

import json
import plistlib
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import msgspec
import pytest
from answering_machines import answering, told
from test_monotone import wanted

from auditor.copies import Backup, BackupFiles, Encrypted
from auditor.evidence import EncryptionState, Health, HealthState, Setting, Volume
from auditor.host.recorded import Recorded
from auditor.host.sectors import Sectors
from auditor.host.sysfs import Blocks
from auditor.probes import PROBES, Probe
from auditor.survey import survey

SHAPE = "shape that this version does not know"
"""What the survey says of a probe that fell over."""
Twist = Callable[[bytes, Random], bytes]
WORDS = {
    b"On": "Activé", b"Off": "Désactivé", b"Yes": "Ja", b"No": "Nein", b"Enabled": "Aktiviert",
    b"enabled": "aktiviert", b"disabled": "deaktiviert", b"Encrypted": "Verschlüsselt", b"true": "wahr", b"active": "aktiv",
}  # fmt: skip


def truncated(said: bytes, random: Random) -> bytes:
    return said[: random.randrange(len(said) + 1)]


def translated(said: bytes, random: Random) -> bytes:
    """Words in another language; the keys of a structure stay, as programs leave them."""
    return _leaves(said, random, _foreign) or re.sub(
        rb"[A-Za-z]{2,}", lambda m: _foreign(m[0].decode(), random).encode(), said
    )


def _foreign(value: Any, random: Random) -> Any:
    if not isinstance(value, str) or not value:
        return value
    known = WORDS.get(value.encode())
    return known or "".join(reversed(value)) + random.choice(("é", "ß", "а", " \u200f"))


def retyped(said: bytes, random: Random) -> bytes:
    """Values of another type with the same look: lists for one, texts for numbers, none for some."""
    return _leaves(said, random, _other_type) or said[::-1]


def _other_type(value: Any, random: Random) -> Any:
    if random.random() < 0.6:
        return value
    if isinstance(value, bool):
        return random.choice((str(value), [value], {"x": value}, "", float(value) * 2 - 3))
    if isinstance(value, int | float):
        return random.choice(
            (f"{value} %", [value], {"value": value}, "", -value - 2, 10**30 + value)
        )
    return random.choice(([value], {"value": value}, 4.5e300, "", [], {}, [[[value]]]))


def _leaves(said: bytes, random: Random, change: Callable[[Any, Random], Any]) -> bytes:
    """A JSON or property list with changed leaves; nothing for other texts."""

    def walked(value: Any) -> Any:
        if isinstance(value, dict):
            made: Any = {k: walked(v) for k, v in value.items()}
        elif isinstance(value, list):
            made = [walked(v) for v in value]
        else:
            return change(value, random)
        return change(made, random) if change is _other_type and random.random() < 0.1 else made

    if said.lstrip()[:5] == b"<?xml" or said[:6] == b"bplist":
        try:
            return plistlib.dumps(walked(plistlib.loads(said)))
        except (ValueError, OverflowError, TypeError, plistlib.InvalidFileException):
            return b""
    try:
        return json.dumps(walked(json.loads(said))).encode()
    except (ValueError, OverflowError):
        pass
    lines = said.splitlines()
    try:
        return b"\n".join(json.dumps(walked(json.loads(line))).encode() for line in lines)
    except ValueError:
        return b""


def spliced(said: bytes, random: Random) -> bytes:
    other = random.choice(corpus())
    at = random.randrange(len(said) + 1)
    return said[:at] + other[random.randrange(len(other) + 1) :]


WAYS: dict[str, Twist] = {"truncated": truncated, "translated": translated, "retyped": retyped}


@cache
def machines() -> dict[str, Recorded]:
    return answering()


@cache
def corpus() -> tuple[bytes, ...]:
    """Whatever any machine ever said."""
    said = [
        v for m in machines().values() for t in (m.answers.files, m.answers.outputs)
        for v in t.values() if isinstance(v, str)
    ]  # fmt: skip
    return tuple(v.encode() for v in said)


class Twisted(Recorded):
    """A machine whose answers to questions of all kinds come out wrong, one in two or all."""

    def __init__(self, host: Recorded, way: Twist, random: Random, *, files: bool = True) -> None:
        super().__init__(host.answers)
        self.way, self.random, self.files = way, random, files
        self.often = random.choice((0.2, 0.5, 1.0))

    def _hit(self) -> bool:
        return self.random.random() < self.often

    def read(self, path: str, limit: int = 65_536) -> bytes:
        said = super().read(path, limit)
        return self.way(said, self.random)[:limit] if self.files and self._hit() else said

    def run(self, *command: str, timeout: float = 20.0, any_exit: bool = False) -> bytes:
        said = super().run(*command, timeout=timeout, any_exit=any_exit)
        return self.way(said, self.random) if self._hit() else said

    def registry(self, key: str, value: str) -> Any:
        said = super().registry(key, value)
        return self._registry(said) if self._hit() else said

    def _registry(self, said: Any) -> Any:
        """A value under another type, or cut: what a careless tool writes there."""
        random = self.random
        if self.way is truncated:
            return (
                said[: random.randrange(len(said) + 1)]
                if isinstance(said, str | bytes | tuple)
                else said
            )
        if self.way is translated:
            return _foreign(said, random)
        odd: tuple[Any, ...] = (b"\xff\x00" * 3, ("a", "b"), (), b"", "\ud800", f"<{said}>", 2**63)
        return random.choice(odd)

    def names(self, folder: str) -> tuple[str, ...]:
        return self._some(super().names(folder)) if self.files else super().names(folder)

    def registry_keys(self, key: str) -> tuple[str, ...]:
        return self._some(super().registry_keys(key))

    def registry_names(self, key: str) -> tuple[str, ...]:
        return self._some(super().registry_names(key))

    def _some(self, names: tuple[str, ...]) -> tuple[str, ...]:
        if not self.files or not self._hit():
            return names
        if self.way is truncated:
            return names[: self.random.randrange(len(names) + 1)]
        return tuple(sorted(_foreign(n, self.random) for n in names)) + ("", "\\", "..")

    def sectors(self, device: str) -> Sectors:
        said = super().sectors(device)
        return Sectors(filesystem=said.filesystem) if self._hit() else said


def pairs() -> list[Any]:
    return [
        pytest.param(p, name, id=f"{p.__name__.rpartition('.')[2]} on {name}")
        for p in PROBES
        for name, host in machines().items()
        if host.platform in p.PLATFORMS
    ]


@pytest.mark.parametrize("probe", PROBES, ids=lambda p: p.__name__.rpartition(".")[2])
def test_every_probe_of_the_roll_has_a_machine_that_it_reads_something_of(probe: Probe) -> None:
    for platform in probe.PLATFORMS:
        hosts = [h for h in machines().values() if h.platform is platform]

        assert any(told(probe, h) for h in hosts), (
            f"add answers for it to answering_machines ({platform})"
        )


def claims(probe: Probe, host: Recorded) -> Counter[str]:
    """All that a probe says which would pass a rule."""
    seen = survey(host, [probe])
    # One drive that is told twice, by its letter and by its name, is no news.
    drives = {(v.model, v.encryption.state): v for v in seen.volumes}.values()
    facts = (*drives, *seen.settings, *seen.health, *seen.backups, *seen.backup_files)
    return Counter(word for fact in facts for word in good(fact))


def good(fact: Any) -> list[str]:
    match fact:
        case Volume() if fact.encryption.state is EncryptionState.ON:
            return ["a volume is encrypted"]
        case Setting() if fact.on is not None and fact.on is wanted().get(fact.id):
            return [fact.id.value]
        case Setting() if fact.encrypted:
            return [f"{fact.id.value} is encrypted"]
        case Health() if fact.state is HealthState.GOOD:
            return ["a disk is well"]
        case Backup() | BackupFiles() if fact.encrypted is Encrypted.ON:
            return ["a backup is encrypted"]
    return []


def twist(probe: Probe, name: str, way: str, times: int) -> None:
    host = machines()[name]
    before = claims(probe, host)
    for seed in range(times):
        files = Twisted(host, WAYS[way], Random(seed))
        seen = survey(files, [probe])
        fallen = [g for g in seen.gaps if SHAPE in g.detail]
        assert not fallen, f"seed {seed}: {fallen}"

        # A file or a list of names that was cut is another one; what a program prints is not.
        after = claims(probe, Twisted(host, WAYS[way], Random(seed), files=False))
        assert not after - before, f"seed {seed}"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("probe", "name"), pairs())
def test_twisted_answers_are_gaps_and_never_good_news(probe: Probe, name: str, way: str) -> None:
    twist(probe, name, way, 12)


@pytest.mark.slow
@pytest.mark.fuzz
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("probe", "name"), pairs())
def test_five_hundred_twists_of_every_answer(probe: Probe, name: str, way: str) -> None:
    twist(probe, name, way, 500)


class Babbling(Twisted):
    """A machine that answers every question, also those it was never asked, with something it once said."""

    def read(self, path: str, limit: int = 65_536) -> bytes:
        return spliced(self.random.choice(corpus()), self.random)[:limit]

    def run(self, *command: str, timeout: float = 20.0, any_exit: bool = False) -> bytes:
        return spliced(self.random.choice(corpus()), self.random)

    def registry(self, key: str, value: str) -> Any:
        return self.random.choice(
            (0, 1, 4, -1, 2**40, "", "1", "x", ("a", ""), (), b"\x01\x00\x04\x80" * 9)
        )

    def names(self, folder: str) -> tuple[str, ...]:
        return self._babble() if folder.count("/") + folder.count("\\") < 9 else ()

    def registry_keys(self, key: str) -> tuple[str, ...]:
        return self._babble() if key.count("\\") < 12 else ()

    registry_names = registry_keys

    def _babble(self) -> tuple[str, ...]:
        words = re.findall(r"[\w.@{}-]+", self.random.choice(corpus()).decode())
        return tuple(self.random.sample(words, min(len(words), 6)))

    def resolve(self, path: str) -> str:
        return self.random.choice(
            (path, "/", "/sys/devices/pci/sda", "/sys/devices/pci/sda/sda1", "")
        )

    def environment(self, variable: str) -> str:
        return self.random.choice(("C:\\Users\\o", "/home/o", "", "é"))


@pytest.mark.parametrize("probe", PROBES, ids=lambda p: p.__name__.rpartition(".")[2])
def test_no_probe_falls_over_on_a_machine_that_babbles(probe: Probe) -> None:
    for host in machines().values():
        if host.platform in probe.PLATFORMS:
            for seed in range(8):
                seen = survey(Babbling(host, truncated, Random(seed)), [probe])
                assert not [g for g in seen.gaps if SHAPE in g.detail], f"seed {seed}"


def test_drives_built_on_each_other_in_a_knot_are_looked_at_once() -> None:
    # A recording may hold what no kernel builds; each way through it once takes longer than a life.
    many = [f"dm-{n}" for n in range(60)]
    folders = {f"/sys/devices/{n}/slaves": tuple(m for m in many if m != n) for n in many}
    links = {f"/sys/class/block/{n}": f"/sys/devices/{n}" for n in many}
    base = machines()["linux-drives-root"].answers
    blocks = Blocks(Recorded(msgspec.structs.replace(base, folders=folders, links=links)))

    assert blocks.encryption("dm-0").state is EncryptionState.UNKNOWN
    assert blocks.disks("dm-0") == ()
