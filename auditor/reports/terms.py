"""The words of enumerations, in the language of a page, each with how it looks."""

from __future__ import annotations

from auditor.findings import Verdict
from auditor.reports.language import Language


def severities(say: Language) -> dict[str, str]:
    """How bad a fail is."""
    _ = say.gettext
    return {
        "critical": _("Critical"),
        "high": _("High"),
        "medium": _("Medium"),
        "low": _("Low"),
        "info": _("For information"),
    }


def states(say: Language) -> dict[str, tuple[str, str]]:
    """The encryption of a volume."""
    _ = say.gettext
    return {
        "on": (_("encrypted"), "good"),
        "off": (_("not encrypted"), "bad"),
        "partial": (_("partly encrypted"), "bad"),
        "suspended": (_("encryption suspended"), "bad"),
        "unknown": (_("encryption not known"), "unsure"),
    }


def verdicts(say: Language) -> dict[str, tuple[str, str]]:
    """The answers to rules, for counting."""
    _ = say.gettext
    return {
        Verdict.FAIL: (_("failed"), "bad"),
        Verdict.UNKNOWN: (_("could not be checked"), "unsure"),
        Verdict.NEEDS_ANSWER: (_("need an answer"), "ask"),
        Verdict.PASS: (_("passed"), "good"),
        Verdict.NOT_APPLICABLE: (_("do not apply"), "plain"),
    }


def places(say: Language) -> dict[str, str]:
    """What a volume lies on."""
    _ = say.gettext
    return {
        "fixed": _("Built-in drive"),
        "removable": _("Portable drive"),
        "optical": _("CD or DVD"),
        "network": _("Network drive"),
        "unknown": _("Drive of unknown kind"),
    }


def why(say: Language) -> dict[str, str]:
    """Why something could not be seen."""
    _ = say.gettext
    return {
        "needs_admin": _("Needs an administrator's rights"),
        "tool_missing": _("A program that would answer is not installed"),
        "timed_out": _("Took too long"),
        "not_understood": _("The answer could not be understood"),
        "not_supported": _("Nothing on this machine answers this"),
        "unreadable": _("Could not be read, or changed meanwhile"),
        "too_large": _("Too large"),
        "locked": _("Closed or locked"),
        "in_cloud": _("Only in the cloud"),
        "format": _("A kind of file that is not opened"),
        "interrupted": _("The audit was stopped first"),
    }


def areas(say: Language) -> dict[str, str]:
    """The areas of rules, in the order of a report."""
    _ = say.gettext
    return {
        "drives": _("Drives"),
        "media": _("Sticks and discs"),
        "backups": _("Backups"),
        "files": _("Files"),
        "access": _("Access"),
        "cloud": _("Cloud and network"),
        "governance": _("Governance"),
    }


def folders(say: Language) -> dict[str, str]:
    """Folders that matter by their kind."""
    _ = say.gettext
    return {
        "downloads": _("Downloads"),
        "desktop": _("Desktop"),
        "temporary": _("Temporary folder"),
        "recycle_bin": _("Recycle bin"),
        "synced": _("Cloud folder"),
        "shared": _("Shared folder"),
        "other": "",
    }


def bases(say: Language) -> dict[str, str]:
    """What kind of authority a source has."""
    _ = say.gettext
    return {
        "law": _("law"),
        "regulator guidance": _("regulator guidance"),
        "sector standard": _("sector standard"),
        "insurance condition": _("insurance condition"),
        "good practice": _("good practice"),
    }


def readings(say: Language) -> dict[str, str]:
    """How a source was read."""
    _ = say.gettext
    return {
        "seen": _("read on the publisher's page"),
        "second-hand": _("known from another's account"),
        "unverified": _("not verified"),
    }


def guards(say: Language) -> dict[str, tuple[str, str]]:
    """What keeps a file from being read by whoever holds the drive."""
    _ = say.gettext
    return {
        "open": (_("Not encrypted"), "bad"),
        "weak": (_("Weak password only"), "bad"),
        "unknown": (_("Not known"), "unsure"),
        "drive": (_("Encrypted drive"), "good"),
        "own": (_("Encrypted file"), "good"),
    }


def healths(say: Language) -> dict[str, str]:
    """Whether a drive is about to lose what is on it."""
    _ = say.gettext
    return {
        "good": _("in good health"),
        "degraded": _("a part has failed; the next failure loses data"),
        "failing": _("failing: copy what is on it now"),
        "unknown": _("health not known"),
    }


def devices(say: Language) -> dict[str, str]:
    """What was plugged in."""
    _ = say.gettext
    return {
        "storage": _("stick or portable disk"),
        "phone": _("phone, camera or player"),
        "disc": _("disc drive"),
        "unknown": _("kind not known"),
    }


def media(say: Language) -> dict[str, str]:
    """What a copy is put on."""
    _ = say.gettext
    return {
        "same_disk": _("the same disk as the data"),
        "internal_disk": _("another disk of the machine"),
        "portable_disk": _("a portable disk or stick"),
        "disc": _("discs"),
        "tape": _("tape"),
        "network": _("another computer of the network"),
        "online": _("an online service"),
        "unknown": _("not known on what"),
    }


def held(say: Language) -> dict[str, str]:
    """Where a copy stays."""
    _ = say.gettext
    return {
        "onsite": _("on the premises"),
        "offsite": _("away from the premises"),
        "carried": _("carried about"),
        "offline": _("not attached when the audit looked"),
        "unknown": _("not known where"),
    }


def locks(say: Language) -> dict[str, str]:
    """How well a file's own lock holds."""
    _ = say.gettext
    return {
        "none": _("not locked"),
        "weak": _("weak lock: it keeps nobody out for long"),
        "strong": _("strong lock"),
        "unknown": _("lock of unknown strength"),
    }
