"""Single sign-on by OpenID Connect (Entra, Google and others), with authlib and joserfc.

Authorisation code with PKCE, state and nonce. Accounts are never made here: an administrator adds
them first. The first time, an account is found by its e-mail address, which the provider must not
call unverified; from then on by issuer and subject alone, so that an address that changes hands at
the provider opens nothing. Name the issuer of your own tenant: with an issuer that serves everybody
anybody's directory could claim an address. The provider's second factor is taken as ours.
"""

from __future__ import annotations

import secrets
from typing import Any

import httpx
import msgspec
import sqlalchemy as sa
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.discovery import get_well_known_url
from cryptography.fernet import Fernet, InvalidToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.response import Redirect

from auditor.central import ledger, people, sessions
from auditor.central.settings import SignOn
from auditor.central.tables import user
from auditor.central.web.rendering import page
from auditor.central.web.signing_in import Asked, vault
from auditor.central.web.state import Centre
from auditor.central.web.visiting import NotFound, address_of, cookie
from auditor.enrolment import safe

COOKIE = "__Host-auditor-on"
_LASTS = 600
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
NO = "Your work account could not be used to sign in here. Ask the authority's administrator."


class _Refused(Exception):
    """Why signing on failed, for the record; the person is told less."""


def _client(centre: Centre, on: SignOn) -> OAuth2Client:
    return OAuth2Client(
        client_id=on.client_id,
        client_secret=on.client_secret,
        scope="openid email profile",
        redirect_uri=f"{centre.home.settings.address.rstrip('/')}/sign-on/back",
        code_challenge_method="S256",
        timeout=20,
    )


def _provider(on: SignOn) -> dict[str, Any]:
    """What the provider says of itself; its issuer must be the one that was set."""
    if not safe(on.issuer):
        raise _Refused("the issuer is not https")
    found = httpx.get(get_well_known_url(on.issuer, external=True), timeout=20)
    found.raise_for_status()
    told: dict[str, Any] = found.json()
    if str(told.get("issuer", "")).rstrip("/") != on.issuer.rstrip("/"):
        raise _Refused("the provider names another issuer")
    return told


def _set(centre: Centre) -> SignOn:
    on = centre.home.settings.sign_on
    if on is None:
        raise NotFound
    return on


@get("/sign-on", include_in_schema=False, sync_to_thread=True)
def sign_on(request: Asked) -> Response[Any]:
    """Sends the browser to the provider."""
    centre: Centre = request.app.state.centre
    on = _set(centre)
    kept = {n: secrets.token_urlsafe(32) for n in ("state", "nonce", "verifier")}
    try:
        provider = _provider(on)
        with _client(centre, on) as client:
            url, _ = client.create_authorization_url(
                provider["authorization_endpoint"],
                state=kept["state"],
                nonce=kept["nonce"],
                code_verifier=kept["verifier"],
            )
    except (httpx.HTTPError, ValueError, KeyError, _Refused):
        return page("sign_in", status=503, centre=centre, said="The sign-on service is not there.")
    closed = vault(centre).encrypt(msgspec.json.encode(kept)).decode()
    return Redirect(url, status_code=303, cookies=[_cookie(closed, _LASTS)])


@get("/sign-on/back", include_in_schema=False, sync_to_thread=True)
def back(request: Asked) -> Response[Any]:
    """Takes the browser back from the provider."""
    centre: Centre = request.app.state.centre
    on = _set(centre)
    address = address_of(request)
    try:
        kept = _kept(vault(centre), request.cookies.get(COOKIE, ""))
        claims = _claims(centre, on, dict(request.query_params), kept)
        with centre.engine.begin() as c:
            row = _account(c, on, claims)
            people.came_in(c, row.id)
            ledger.note(c, row.email, "signed in by single sign-on", address=address)
            secret = sessions.begin(c, row.id, "in", address=address)
    except (_Refused, httpx.HTTPError, JoseError, ValueError, KeyError) as e:
        with centre.engine.begin() as c:
            why = str(e) if isinstance(e, _Refused) else type(e).__name__
            ledger.note(c, "single sign-on", "was refused", why, address)
        return page("sign_in", status=403, centre=centre, said=NO)
    return Redirect("/", status_code=303, cookies=[cookie(secret), _cookie("", 0)])


def _kept(box: Fernet, closed: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(box.decrypt(closed.encode(), ttl=_LASTS), type=dict[str, str])
    except (InvalidToken, msgspec.DecodeError) as e:
        raise _Refused("it was not begun in this browser, or took too long") from e


def _claims(
    centre: Centre, on: SignOn, came: dict[str, Any], kept: dict[str, str]
) -> dict[str, Any]:
    """The claims of an ID token that is the provider's, for us, for this browser, and fresh."""
    if not secrets.compare_digest(str(came.get("state", "")).encode(), kept["state"].encode()):
        raise _Refused("the answer is not to our question")
    if "code" not in came:
        raise _Refused("the provider refused")
    provider = _provider(on)
    with _client(centre, on) as client:
        token = client.fetch_token(
            provider["token_endpoint"], code=came["code"], code_verifier=kept["verifier"]
        )
    keys = KeySet.import_key_set(httpx.get(provider["jwks_uri"], timeout=20).json())
    claims = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS).claims
    jwt.JWTClaimsRegistry(
        leeway=120,
        iss={"essential": True, "value": provider["issuer"]},
        aud={"essential": True, "value": on.client_id},
        sub={"essential": True},
        exp={"essential": True},
        nonce={"essential": True, "value": kept["nonce"]},
    ).validate(claims)
    return claims


def _account(c: sa.Connection, on: SignOn, claims: dict[str, Any]) -> Any:
    """The account: by subject, or the first time by an address that is not called unverified."""
    subject = f"{on.issuer}|{claims['sub']}"
    row = c.execute(sa.select(user).where(user.c.subject == subject)).first()
    if row is None:
        email = str(claims.get("email", ""))
        if not email or claims.get("email_verified", True) is not True:
            raise _Refused("the provider does not vouch for the address")
        row = people.find(c, email)
        if row is None or row.subject:
            raise _Refused(f"no account for {email[:100]}")
        c.execute(user.update().where(user.c.id == row.id).values(subject=subject))
    if row.disabled is not None:
        raise _Refused("the account is closed")
    return row


def _cookie(value: str, seconds: int) -> Cookie:
    return Cookie(
        key=COOKIE, value=value, path="/", max_age=seconds, secure=True, httponly=True,
        samesite="lax",
    )  # fmt: skip


HANDLERS = (sign_on, back)
