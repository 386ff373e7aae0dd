"""Hands a sealed report to the authority: the only part of the program that uses the network.

It goes through the proxy of the machine (HTTPS_PROXY), trusts what the machine trusts (the system's
certificate store, so that a school's web filter does not stand in the way), sends large reports in
parts and goes on where it broke off, and tries again when the network or the server is not there.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import msgspec

from auditor.enrolment import Enrolment
from auditor.errors import SendError
from auditor.evidence import Record
from auditor.keys import EXTRA, SigningKey, public_line

if TYPE_CHECKING:
    import httpx

WHOLE = 1024 * 1024
"""Bytes up to which a report goes in one piece; larger ones go in parts of that size."""
TRIES = 6
_LONGEST_WAIT = 60.0


class Sent(Record, frozen=True, kw_only=True):
    """What the authority said."""

    report: str
    """The digest of the report, which the authority knows it by."""
    state: str
    """`accepted`, or `already` when it was there before."""


class _Answer(msgspec.Struct):
    """The fields of any answer that are looked at."""

    report: str = ""
    state: str = ""
    received: int | None = None
    receipt: Sent | None = None
    why: str = ""
    detail: str = ""

    @property
    def ours(self) -> bool:
        """Whether it says what became of a step, as nothing but the authority's server does."""
        return bool(self.state) or self.received is not None


class Line:
    """A connection to the authority.

    Args:
        to: Where, and with which token.
        proxy: A proxy's URL, if not that of the environment.
        sleep: How to wait between tries.
        tell: Is told, in a sentence, of every try that failed.
        tries: How often each step is tried.
    """

    def __init__(
        self,
        to: Enrolment,
        *,
        sleep: Callable[[float], None],
        tell: Callable[[str], None],
        proxy: str | None = None,
        tries: int = TRIES,
    ) -> None:
        self._to, self._sleep, self._tell, self._tries = to, sleep, tell, tries
        self._http = _client(to, proxy)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def enrol(self, key: SigningKey, name: str = "") -> None:
        """Tells the authority the key; again does no harm.

        Raises:
            SendError: It was not taken.
        """
        body = msgspec.json.encode({"public": public_line(key.public), "name": name})
        self._ask("POST", "/keys", body, {"Content-Type": "application/json"})

    def send(self, sealed: bytes) -> Sent:
        """Sends a sealed report, and comes back when the authority has stored it.

        Raises:
            SendError: It was not taken; the message says why and what to do.
        """
        if len(sealed) <= WHOLE:
            answer = self._ask("POST", "/reports", sealed)
            return Sent(report=answer.report, state=answer.state)
        return self._in_parts(sealed)

    def _in_parts(self, sealed: bytes) -> Sent:
        place = f"/uploads/{hashlib.sha256(sealed).hexdigest()}"
        here = self._ask("GET", place).received or 0
        while True:
            if here >= len(sealed):
                here = 0
            part = sealed[here : here + WHOLE]
            answer = self._ask("PUT", f"{place}?offset={here}&total={len(sealed)}", part)
            if answer.receipt is not None:
                return answer.receipt
            here = (self._ask("GET", place) if answer.why else answer).received or 0

    def _ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> _Answer:
        """One step, tried again while that may help."""
        said = ""
        for turn in range(self._tries):
            response, trouble = self._once(method, path, body, headers)
            if response is not None and response.status_code < 400:
                answer = _decoded(response)
                if response.status_code < 300 and answer.ours:
                    return answer
                trouble = "something on the way answered in the authority's place"
            elif response is not None:
                answer = _decoded(response)
                if answer.why == "wrong_place":
                    return answer
                if response.status_code not in {408, 425, 429, 500, 502, 503, 504}:
                    raise self._refused(response.status_code, answer)
                trouble = answer.detail or f"the server answered {response.status_code}"
            said = trouble
            if turn + 1 < self._tries:
                wait = _wait(turn, response)
                self._tell(f"{said}; trying again in {wait:.0f} seconds")
                self._sleep(wait)
        raise SendError(
            f"the report could not be sent: {said}",
            where=self._to.address,
            hint="nothing is lost: run the same command again when the network is there, or hand "
            "over the file report.audit",
        )

    def _once(
        self, method: str, path: str, body: bytes, headers: dict[str, str] | None
    ) -> tuple[httpx.Response | None, str]:
        import httpx

        try:
            return self._http.request(method, path, content=body, headers=headers), ""
        except httpx.TimeoutException:
            return None, "the authority did not answer in time"
        except httpx.ProxyError as e:
            return None, f"the proxy refused: {e}"
        except httpx.TransportError as e:
            if "CERTIFICATE_VERIFY_FAILED" in str(e):
                raise SendError(
                    "the connection is not private: the certificate is not trusted here",
                    where=self._to.address,
                    hint="ask IT support whether a web filter opens connections; its certificate "
                    "belongs into the system's store",
                ) from e
            return None, f"the authority could not be reached ({e or type(e).__name__})"

    def _refused(self, status: int, answer: _Answer) -> SendError:
        hints = {
            "unauthorised": "ask the authority for a new enrolment file",
            "other_school": "name the school's own number with auditor scan --urn, or use its own "
            "enrolment file",
            "stale": "audit the machine again, and send the new report",
            "future": "set the machine's clock right, and audit again",
            "revoked_key": "make a new key: remove the old one from beside the enrolment file",
        }
        said = answer.detail or f"the server answered {status}"
        return SendError(
            f"the authority did not take the report: {said}",
            where=self._to.address,
            hint=hints.get(answer.why, "show this message to the authority"),
        )


def _client(to: Enrolment, proxy: str | None) -> httpx.Client:
    try:
        import ssl

        import httpx
        import truststore
    except ImportError as e:
        raise SendError("sending needs more parts than scanning", hint=EXTRA) from e
    return httpx.Client(
        base_url=to.address.rstrip("/") + "/api/v1",
        headers={"Authorization": f"Bearer {to.token}"},
        verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        timeout=httpx.Timeout(90, connect=15),
        proxy=proxy,
    )


def _decoded(response: Any) -> _Answer:
    try:
        return msgspec.json.decode(response.content, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Answer()


def _wait(turn: int, response: httpx.Response | None) -> float:
    """Seconds: what the server asks for, else doubling; by chance, so that not all come at once."""
    asked = response.headers.get("retry-after", "") if response is not None else ""
    wait = float(asked) if asked.isdecimal() else 2.0**turn
    return min(wait, _LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret
