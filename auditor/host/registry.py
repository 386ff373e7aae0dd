"""Values of the Windows registry by the type that they should have."""

from __future__ import annotations

from auditor.errors import HostError, NotThere
from auditor.host import Host


def number(host: Host, key: str, name: str) -> int | None:
    """A number of the registry, also where it is written as text; None when it does not exist.

    Raises:
        HostError: It cannot be read, or is no number.
    """
    try:
        found = host.registry(key, name)
    except NotThere:
        return None
    if isinstance(found, str) and found.strip().isdecimal():
        return int(found)
    if not isinstance(found, int):
        raise HostError("the value is no number", where=name)
    return found


def text(host: Host, key: str, name: str) -> str:
    """A text of the registry; empty when it does not exist.

    Raises:
        HostError: It cannot be read, or is no text.
    """
    try:
        found = host.registry(key, name)
    except NotThere:
        return ""
    if not isinstance(found, str):
        raise HostError("the value is no text", where=name)
    return found.strip()


def texts(host: Host, key: str, name: str) -> tuple[str, ...]:
    """The lines of a value with several; none when it does not exist.

    Raises:
        HostError: It cannot be read, or holds something else.
    """
    try:
        found = host.registry(key, name)
    except NotThere:
        return ()
    if isinstance(found, str):
        return (found,)
    if not isinstance(found, tuple):
        raise HostError("the value is no list of texts", where=name)
    return found


def keys(host: Host, key: str) -> tuple[str, ...]:
    """The names of the keys below a key; none when it does not exist.

    Raises:
        HostError: They cannot be read.
    """
    try:
        return host.registry_keys(key)
    except NotThere:
        return ()
