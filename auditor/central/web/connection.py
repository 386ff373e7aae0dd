"""One connection of a client: uvicorn's, answering without delay and not waiting for ever.

uvicorn limits how long a connection may lie idle between two requests. It limits neither how long a
request may take to arrive, so that a few hundred clients that send a byte a minute keep everybody
else out (Slowloris), nor does it see to it that an answer in two pieces is not held back for the
other side's acknowledgement (Nagle, RFC 896): asyncio does so only for a socket of its own making,
which with several workers it did not, and each answer then takes 40 ms more.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD = 20.0
"""Seconds in which the first lines of a request are here, from the opening of the connection."""
BODY = 180.0
"""Seconds in which the rest is here: a part of 1 MiB over 50 kbit/s."""
_LASTS = {h11.IDLE: HEAD, h11.SEND_BODY: BODY}


class Connection(H11Protocol):
    """What uvicorn makes for each connection."""

    _expected: Any = None
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for a request."""
        made = transport.get_extra_info("socket")
        if made is not None and made.family in {socket.AF_INET, socket.AF_INET6}:
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Takes what came, and waits for what is still to come."""
        super().data_received(data)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no longer."""
        self._rest()
        super().connection_lost(exc)

    def _expect(self) -> None:
        if self.conn.their_state is self._expected:
            return
        self._rest()
        self._expected = self.conn.their_state
        lasts = _LASTS.get(self._expected)
        if lasts is not None and not self.transport.is_closing():
            self._late = self.loop.call_later(lasts, self.transport.close)

    def _rest(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
