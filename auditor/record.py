"""The base of every record that an audit is made of."""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The base of every record: frozen, built by keyword, encodable as it stands."""
