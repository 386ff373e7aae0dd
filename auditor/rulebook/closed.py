"""Whether a file is closed to strangers, and whether what it lies on can leave the premises."""

from __future__ import annotations

from auditor.evidence import (
    Encryption,
    EncryptionState,
    FileSeen,
    Machine,
    Place,
    ProtectionState,
    Strength,
    Volume,
)


def counts(file: FileSeen) -> bool:
    """Whether a file counts as personal data: what is only possible is shown, not counted."""
    return file.strength is not Strength.POSSIBLE


def called(v: Volume) -> str:
    r"""What people call a volume: `E:\\ (SCHOOL USB)`, `/media/ann/STICK`, `/dev/sdb1 (CAMERA)`."""
    place = v.mount or v.device or v.id
    return f"{place} ({v.label})" if v.label and v.label not in place else place


def can_leave(v: Volume, machine: Machine) -> bool | None:
    """Whether a volume can leave the premises; None when place or machine do not tell."""
    if v.place in {Place.REMOVABLE, Place.OPTICAL}:
        return True
    if v.place is Place.NETWORK:
        return False
    return machine.portable if v.place is Place.FIXED or machine.portable else None


def protected(file: FileSeen, volume: Encryption | None) -> bool | None:
    """Whether a file is closed by itself or by its volume; weak protection closes nothing."""
    if file.protection.state is ProtectionState.STRONG:
        return True
    if volume is not None and volume.state is EncryptionState.ON:
        return True
    unknown = volume is None or volume.state is EncryptionState.UNKNOWN
    return None if unknown or file.protection.state is ProtectionState.UNKNOWN else False
