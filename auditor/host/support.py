"""Until when operating systems get security updates without a further contract.

Sources: Microsoft Learn, Windows release information and lifecycle pages, as repeated by lists
kept from them (read 2026-11-24); Ubuntu and Debian by their release pages' second-hand lists
(read 2026-11-24). A version that is missing here is unknown, never supported.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Support(NamedTuple):
    """The last day of free security updates."""

    until: date
    extended: bool = False
    """Whether updates are sold (or given on request) after that day."""


CLIENTS = {
    19045: ("2025-10-14", "2025-10-14"),  # Windows 10 22H2
    22000: ("2023-10-10", "2024-10-08"),  # Windows 11 21H2
    22621: ("2024-10-08", "2025-10-14"),  # 22H2
    22631: ("2025-11-11", "2026-11-10"),  # 23H2
    26100: ("2026-10-13", "2027-10-12"),  # 24H2
    26200: ("2027-10-12", "2028-10-10"),  # 25H2
    26300: ("2028-10-10", "2029-10-09"),  # 26H2
    28000: ("2028-03-14", "2029-03-13"),  # 26H1
}
"""By build: Home and Pro, then Enterprise and Education."""
LONG_TERM = {14393: "2026-10-13", 17763: "2029-01-09", 19044: "2027-01-12"}
SERVERS = {
    9200: "2023-10-10",  # 2012
    9600: "2023-10-10",  # 2012 R2
    14393: "2027-01-12",  # 2016
    17763: "2029-01-09",  # 2019
    20348: "2031-10-14",  # 2022
    26100: "2034-10-10",  # 2025
}
EXTENDED = frozenset({9200, 9600, 14393, 19045})
"""Builds for which Extended Security Updates are sold."""
LAST_WINDOWS_10 = 19045
FIRST_WINDOWS_10 = 10240
BEFORE_WINDOWS_10 = Support(date(2023, 1, 10))
"""Windows 8.1, the last of them."""
UBUNTU = {
    "16.04": "2021-04-30", "18.04": "2023-05-31", "20.04": "2025-05-31", "22.04": "2027-04-30",
    "24.04": "2029-04-30", "26.04": "2031-04-30",
}  # fmt: skip
LAST_ENDED_MACOS = 13
MACOS = {14: "2026-09-15", 15: "2027-09-15", 26: "2028-09-15"}
"""When three newer releases are likely to be out; from memory of Apple's practice."""
DEBIAN = {"10": "2024-06-30", "11": "2026-08-31", "12": "2028-06-30", "13": "2030-06-30"}
"""Debian with its free long-term support."""


def windows(build: int, edition: str, *, server: bool) -> Support | None:
    """Support of a Windows by its build number and EditionID; None when it is not known here."""
    if server:
        return _dated(SERVERS.get(build), build)
    if "EnterpriseS" in edition:
        # Editions for devices (IoT) of the same build are kept up for longer.
        return None if edition.startswith("IoT") else _dated(LONG_TERM.get(build), build)
    if build < FIRST_WINDOWS_10:
        return BEFORE_WINDOWS_10
    # Pro Education and Pro for Workstations go with Pro.
    business = edition.startswith(("Enterprise", "Education"))
    if build < LAST_WINDOWS_10:
        return Support(date.fromisoformat("2024-06-11"))
    return _dated(CLIENTS.get(build, ("", ""))[business], build)


def macos(major: int) -> Support | None:
    """Support of a macOS by its first number.

    Apple gives no dates, so that only what its practice of three releases has plainly ended is
    called ended.
    """
    if major <= LAST_ENDED_MACOS:
        return Support(date(2025, 9, 15))
    ends = MACOS.get(major)
    return Support(date.fromisoformat(ends), extended=True) if ends else None


def linux(release: dict[str, str]) -> Support | None:
    """Support of a Linux by its os-release: the date that it names itself, else by these lists."""
    try:
        if release.get("SUPPORT_END"):
            return Support(date.fromisoformat(release["SUPPORT_END"]))
    except ValueError:
        return None
    version = release.get("VERSION_ID", "")
    if release.get("ID") == "ubuntu":
        return _dated(UBUNTU.get(version), extended=True)
    return _dated(DEBIAN.get(version)) if release.get("ID") == "debian" else None


def _dated(day: str | None, build: int = 0, *, extended: bool = False) -> Support | None:
    return Support(date.fromisoformat(day), extended or build in EXTENDED) if day else None


def told(support: Support | None, today: date) -> tuple[bool | None, str]:
    """Whether a system is still supported, and what to say of it."""
    if support is None:
        return None, "No end of support is known for this version."
    day = f"{support.until.day} {support.until:%B %Y}"
    if today <= support.until:
        return True, f"Free security updates until {day}."
    if support.extended:
        return None, f"Free security updates ended on {day}; only a paid extension brings more."
    return False, f"Security updates ended on {day}."
