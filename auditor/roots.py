"""Which folders the content scan starts from, and which volume each lies on.

With no paths: every mounted volume that is not on the network. With paths: those, and every such
volume mounted somewhere below them, each as a root of its own, so that a file is always counted
on the volume that holds it. What is on the network is entered when it is named, and else left out.
"""

from __future__ import annotations

import ntpath
import posixpath
from collections.abc import Sequence
from pathlib import Path

from auditor.content import Root
from auditor.errors import AuditorError
from auditor.evidence import Place, Platform, Volume
from auditor.host import Host


def roots(paths: Sequence[str], volumes: Sequence[Volume], host: Host) -> list[Root]:
    """The roots of a scan, in the order to visit them: what can be carried away comes first.

    Args:
        paths: What the person named; empty for the whole machine.
        volumes: What the survey saw.
        host: Tells the other mounts that must not be entered.

    Raises:
        AuditorError: A path does not exist.
    """
    on = _Mounts(volumes, host)
    if not paths:
        return [on.root(v.mount, v, whole=True) for v in sorted(volumes, key=_first) if _ours(v)]
    found: dict[str, Root] = {}
    for path in paths:
        start = _there(path, on)
        here = on.holding(start)
        found.setdefault(start, on.root(start, here, whole=False))
        for volume in volumes:
            if _ours(volume) and volume is not here and on.under(volume.mount, start):
                found.setdefault(volume.mount, on.root(volume.mount, volume, whole=False))
    return list(found.values())


def _first(volume: Volume) -> tuple[int, str]:
    order = {Place.REMOVABLE: 0, Place.OPTICAL: 1, Place.FIXED: 2}
    return order.get(volume.place, 3), volume.mount


def _ours(volume: Volume) -> bool:
    return bool(volume.mount) and volume.place is not Place.NETWORK


def _there(path: str, on: _Mounts) -> str:
    try:
        real = Path(path).resolve(strict=True)
    except OSError as e:
        raise AuditorError(
            "there is nothing to scan under this path",
            where=path,
            hint="check the spelling; name a drive as E:\\ or a folder as it is shown",
        ) from e
    except RuntimeError as e:
        raise AuditorError("this path is a circle of links", where=path) from e
    return on.spelled(str(real))


class _Mounts:
    """Compares paths the way the machine's own file system does."""

    def __init__(self, volumes: Sequence[Volume], host: Host) -> None:
        self.windows = host.platform is Platform.WINDOWS
        self.path = ntpath if self.windows else posixpath
        self.volumes = [v for v in volumes if v.mount]
        self.all = {p.mount for p in host.partitions()} | {v.mount for v in self.volumes}

    def spelled(self, path: str) -> str:
        r"""The path without the \\?\ that Windows puts before long ones."""
        return path.removeprefix("\\\\?\\") if self.windows else path

    def under(self, path: str, top: str) -> bool:
        """Whether `path` is `top` or lies somewhere below it."""
        a: str = self.path.normcase(path)
        b: str = self.path.normcase(top)
        return a == b or a.startswith(b.rstrip(self.path.sep) + self.path.sep)

    def holding(self, path: str) -> Volume | None:
        """The volume whose mount is nearest above the path; None when that is no volume."""
        near = max((m for m in self.all if self.under(path, m)), key=len, default="")
        return next((v for v in self.volumes if v.mount == near), None)

    def root(self, start: str, volume: Volume | None, *, whole: bool) -> Root:
        """A root with the mounts below it that are other volumes or no volumes at all."""
        below = tuple(sorted(m for m in self.all if m != start and self.under(m, start)))
        return Root(
            path=start,
            volume=volume.id if volume else "",
            mounts=below,
            remote=tuple(v.mount for v in self.volumes if v.mount in below and not _ours(v)),
            whole_machine=whole,
            system=bool(volume and volume.system),
        )
