"""Asks every probe of this platform; what fails costs one gap and never the audit."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from auditor.backups.joining import joined
from auditor.copies import Backup, BackupFiles, SchoolSystem, SyncFolder
from auditor.errors import AccessDenied, CannotAudit, HostError, NotThere, TimedOut, ToolMissing
from auditor.evidence import DeviceSeen, Gap, Health, Machine, Record, Setting, Volume, Why
from auditor.host import Host
from auditor.host.about import machine
from auditor.probes import PROBES, Fact, Probe

_log = logging.getLogger(__name__)

_WHY = {
    AccessDenied: Why.NEEDS_ADMIN,
    ToolMissing: Why.TOOL_MISSING,
    NotThere: Why.NOT_SUPPORTED,
    TimedOut: Why.TIMED_OUT,
}


class Survey(Record, frozen=True, kw_only=True):
    """What the probes saw."""

    machine: Machine
    volumes: tuple[Volume, ...]
    gaps: tuple[Gap, ...]
    settings: tuple[Setting, ...] = ()
    backups: tuple[Backup, ...] = ()
    synced: tuple[SyncFolder, ...] = ()
    systems: tuple[SchoolSystem, ...] = ()
    backup_files: tuple[BackupFiles, ...] = ()
    devices: tuple[DeviceSeen, ...] = ()
    health: tuple[Health, ...] = ()


def survey(host: Host, probes: Sequence[Probe] = PROBES) -> Survey:
    """Asks the probes in turn.

    Raises:
        CannotAudit: None of them knows this platform; an empty report would look like a clean one.
    """
    ours = [p for p in probes if host.platform in p.PLATFORMS]
    if not ours:
        raise CannotAudit(
            "there is no probe for this kind of machine",
            where=host.os,
            hint="run auditor on Windows, macOS or Linux",
        )
    facts = [fact for probe in ours for fact in _asked(probe, host)]
    about = machine(host)
    if about.portable is None:
        facts.append(
            Gap(
                source="machine",
                about="whether this machine is a laptop",
                why=Why.NOT_SUPPORTED,
                detail="The machine does not name its case and shows no battery.",
            )
        )
    volumes = tuple(f for f in facts if isinstance(f, Volume))
    copies = joined(facts, volumes, host, portable=about.portable)
    return Survey(
        machine=about,
        volumes=volumes,
        gaps=tuple(f for f in facts if isinstance(f, Gap)),
        settings=tuple(f for f in facts if isinstance(f, Setting)),
        backups=tuple(f for f in copies if isinstance(f, Backup)),
        synced=tuple(f for f in copies if isinstance(f, SyncFolder)),
        systems=tuple(f for f in copies if isinstance(f, SchoolSystem)),
        backup_files=tuple(f for f in copies if isinstance(f, BackupFiles)),
        devices=tuple(f for f in facts if isinstance(f, DeviceSeen)),
        health=tuple(f for f in facts if isinstance(f, Health)),
    )


def _asked(probe: Probe, host: Host) -> Iterator[Fact]:
    """The border at which a probe's failure becomes a gap; what it had said before is kept."""
    name = probe.__name__.rpartition(".")[2]
    try:
        yield from probe.ask(host)
    except HostError as e:
        why = next((w for kind, w in _WHY.items() if isinstance(e, kind)), Why.NOT_UNDERSTOOD)
        yield Gap(source=name, about=_question(name), why=why, detail=f"{e.problem}: {e.where}")
    except Exception as e:  # noqa: BLE001 - a bug in one probe must not cost the audit
        _log.debug("probe %s failed", name, exc_info=True)
        yield Gap(
            source=name,
            about=_question(name),
            why=Why.NOT_UNDERSTOOD,
            detail=f"The answer had a shape that this version does not know ({type(e).__name__}).",
        )


def _question(name: str) -> str:
    return f"part of what {name.replace('_', ' ')} asks"
