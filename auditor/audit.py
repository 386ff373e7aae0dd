"""One visit: survey the machine, scan its files, judge what was seen.

This is the page to read first. Everything the person sees in a report is in the `Audit` that
comes back; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from time import monotonic

import msgspec

from auditor import __version__
from auditor.content import Found, Journal, Step, scan
from auditor.evidence import Evidence, Machine, Record, Scan
from auditor.findings import Audit, RulebookUsed
from auditor.host import Host
from auditor.host.own import own_key
from auditor.judge import headline, judge
from auditor.personal import Definitions
from auditor.roots import roots
from auditor.rulebook import Rulebook
from auditor.rulebook.answers import Answers
from auditor.survey import Survey, survey


class Plan(Record, frozen=True, kw_only=True):
    """What the person asked for."""

    paths: tuple[str, ...] = ()
    """Where to look for files; empty for every local and removable volume."""
    machine: bool = True
    """False for a self-assessment by answers alone."""
    files: bool = True
    """Whether to look into files at all."""
    keep_out: tuple[str, ...] = ()
    """Folders that are not looked into: the report's own."""
    jobs: int | None = None
    """Worker processes; None for one a core."""
    journal: str = ""
    """The folder in which the scan keeps its journal; empty to keep none."""
    full: bool = False
    """Whether files that the journal knows are read again."""
    school: str = ""
    urn: str = ""
    by: str = ""
    answers: Answers = Answers()


def audit(
    host: Host,
    rulebook: Rulebook,
    definitions: Definitions,
    plan: Plan,
    watch: Callable[[Step], None] | None = None,
) -> Audit:
    """Audits the machine.

    Ctrl-C during the file scan ends it early: the audit then carries what was found, and says
    in its evidence and headline that it is not complete.

    Raises:
        CannotAudit: No probe knows this platform.
        AuditorError: A path of the plan does not exist.
    """
    if not plan.machine:
        return judged(_told(host, plan), rulebook, school=plan.school, urn=plan.urn, by=plan.by)
    seen = survey(host)
    found = Found()
    done = (
        _scanned(host, seen, definitions, plan, found, watch) if plan.files else Scan(asked=False)
    )
    evidence = Evidence(
        machine=seen.machine,
        volumes=seen.volumes,
        files=found.all_files(),
        scan=done,
        gaps=seen.gaps + tuple(found.all_gaps()),
        settings=seen.settings,
        locked=found.all_locked(),
        backups=seen.backups,
        synced=seen.synced,
        systems=seen.systems,
        backup_files=seen.backup_files + found.backups.all(),
        answers=plan.answers.answers,
        waivers=plan.answers.waivers,
        nation=plan.answers.nation,
        devices=seen.devices,
        health=seen.health,
        keys=found.all_keys(),
    )
    return judged(evidence, rulebook, school=plan.school, urn=plan.urn, by=plan.by)


def _told(host: Host, plan: Plan) -> Evidence:
    """The evidence of a self-assessment: what people answered, and no machine."""
    return Evidence(
        machine=Machine(
            name="Self-assessment",
            platform=host.platform,
            os="no machine was looked at",
            elevated=False,
            taken=host.now(),
        ),
        answers=plan.answers.answers,
        waivers=plan.answers.waivers,
        nation=plan.answers.nation,
        machine_asked=False,
    )


def judged(evidence: Evidence, rulebook: Rulebook, *, school: str, urn: str, by: str) -> Audit:
    """The audit that this evidence makes under these rules; also for evidence of long ago."""
    return Audit(
        tool=f"auditor {__version__}",
        school=school,
        urn=urn,
        by=by,
        rulebook=RulebookUsed(
            pack=rulebook.pack.id,
            title=rulebook.pack.title,
            rules=len(rulebook.rules),
            digest=rulebook.digest,
            publisher=rulebook.pack.publisher,
            note=rulebook.pack.note,
            dated=rulebook.pack.dated,
            changes=rulebook.changes,
            signed_by=rulebook.signed_by,
        ),
        evidence=evidence,
        headline=headline(evidence),
        findings=judge(evidence, rulebook),
        complete=evidence.scan.complete,
    )


def _journal(
    plan: Plan, definitions: Definitions, host: Host
) -> AbstractContextManager[Journal | None]:
    if not plan.journal:
        return nullcontext()
    return Journal(plan.journal, definitions, full=plan.full, key=own_key(host))


def _scanned(
    host: Host,
    seen: Survey,
    definitions: Definitions,
    plan: Plan,
    found: Found,
    watch: Callable[[Step], None] | None,
) -> Scan:
    starts = roots(plan.paths, seen.volumes, host)
    out = tuple(str(Path(p).resolve()) for p in plan.keep_out)
    begun, complete = monotonic(), False
    definitions = msgspec.structs.replace(definitions, year=host.now().year)
    try:
        with _journal(plan, definitions, host) as journal:
            scan(
                starts,
                definitions,
                found,
                keep_out=out,
                jobs=plan.jobs,
                watch=watch,
                journal=journal,
            )
        complete = True
    except KeyboardInterrupt:
        pass  # the person has seen enough; the report says that it is not complete
    return found.summary(complete=complete, seconds=monotonic() - begun)
