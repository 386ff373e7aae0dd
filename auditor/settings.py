"""Settings of a machine that decide who can copy records, read them or come in."""

from __future__ import annotations

from enum import StrEnum

from auditor.record import Record


class SettingId(StrEnum):
    """The settings that rules can ask for."""

    REMOVABLE_WRITE_BLOCKED = "removable-write-blocked"
    """Whether records cannot be written to an unencrypted stick."""
    AUTOMATIC_SIGN_IN = "automatic-sign-in"
    REMOTE_DESKTOP_OPEN = "remote-desktop-open"
    """Whether Remote Desktop answers before anybody has signed in."""
    SCREEN_LOCKS = "screen-locks"
    """Whether the screen locks itself after 15 minutes or less without use."""
    RECOVERY_KEY_ESCROWED = "recovery-key-escrowed"
    """Whether a policy saves the key of the system drive in the school's directory first."""
    FIXED_WRITE_BLOCKED = "fixed-write-blocked"
    """Whether records cannot be written to an unencrypted built-in drive."""
    DISC_BURNING_BLOCKED = "disc-burning-blocked"
    PHONES_BLOCKED = "phones-blocked"
    """Whether phones and cameras cannot take copies over USB."""
    AUTORUN_OFF = "autorun-off"
    """Whether nothing starts by itself from a stick or disc."""
    MEMORY_ON_DISK = "memory-on-disk"
    """Whether the system writes memory to a drive: page file, hibernation, swap."""
    OFFLINE_FILES = "offline-files"
    """Whether copies of network folders are kept on the machine (Offline Files)."""
    SYSTEM_SUPPORTED = "system-supported"
    """Whether the operating system still gets security updates."""
    UPDATES_RECENT = "updates-recent"
    """Whether the system installed an update within the last 30 days."""
    ANTI_MALWARE_ON = "anti-malware-on"
    """Whether anti-malware runs with definitions of the last seven days."""
    FIREWALL_ON = "firewall-on"
    GUEST_ENABLED = "guest-enabled"
    DAILY_ADMINISTRATOR = "daily-administrator"
    """Whether the account at work on the machine is one of its administrators."""
    PASSWORD_LENGTH = "password-length"  # noqa: S105
    """Whether short passwords are refused."""
    IDLE_PROFILES = "idle-profiles"
    """Whether there are accounts that nobody has used for 400 days."""
    REMOTE_CONTROL = "remote-control"
    """Whether a program is installed by which others can work on the machine from afar."""
    REMOTELY_MANAGED = "remotely-managed"
    """Whether device management can lock or wipe the machine from afar."""
    SHARE_OPEN = "share-open"
    """Whether a folder that is shared over the network is open to everybody."""
    KEY_BESIDE_LOCK = "key-beside-lock"
    """Whether a key that opens an encrypted drive lies in a file of this machine."""
    STICK_OPENS_ITSELF = "stick-opens-itself"
    """Whether this machine opens an encrypted stick without asking."""
    SELF_ENCRYPTING = "self-encrypting"
    """Whether a drive could encrypt itself; it is never taken for doing so."""
    FOLDERS_ENCRYPTED = "folders-encrypted"
    """Whether single folders of an open drive are encrypted (fscrypt)."""
    ENCRYPTION_WAITS = "encryption-waits"
    """Whether encryption was ordered and waits for somebody to sign out or restart."""


class Setting(Record, frozen=True, kw_only=True):
    """A setting of the machine that decides who can copy records or come in."""

    id: SettingId
    about: str
    """What it is, for people."""
    on: bool | None
    """Whether it is in force; None when it could not be told."""
    detail: str = ""
    """Where it was found set, or why it could not be told."""
    volume: str = ""
    """Id of the volume that the setting is about, if it is about one."""
    encrypted: bool | None = None
    """For a place that is no volume of its own, such as swap: whether it is encrypted."""
