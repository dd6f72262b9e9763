"""An ordinary OpenID Connect provider before the same persons, as a bought gateway to ESIA would be."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from aiohttp import web

from simulator.esia.authorise import LOGIN_PATH, found
from simulator.esia.broker_claims import claims_of, id_claims
from simulator.esia.call import Call
from simulator.esia.checks import Checks
from simulator.esia.forms import Form
from simulator.esia.installation import EsiaInstallation
from simulator.esia.jwt import SIGNING_FAULTS, sign_token
from simulator.esia.login_page import login_page, refusal_page
from simulator.esia.pkce import Challenge, unpadded
from simulator.esia.refusals import EsiaRefusalError
from simulator.esia.sessions import Access, Asked, Grant
from simulator.esia.systems import BROKER_SCOPES, System
from simulator.esia.token_keys import TokenKey

__all__ = ["BROKER_PATH", "Broker"]

BROKER_PATH = "/broker"
_ACCESS_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Broker:
    """Answer the five endpoints; `issuer` is on the back channel, `public` is the origin that browsers reach."""

    esia: EsiaInstallation
    issuer: Callable[[], str]
    public: Callable[[], str]

    async def discovery(self, _call: Call) -> web.StreamResponse:
        """Say where everything is."""
        issuer = self.issuer()
        return web.json_response(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{self.public()}{BROKER_PATH}/authorize",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "jwks_uri": f"{issuer}/jwks",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": sorted(BROKER_SCOPES),
            }
        )

    async def jwks(self, _call: Call) -> web.StreamResponse:
        """Publish the key that signs now."""
        return web.json_response({"keys": [_public_jwk(self.esia.keys.current("RS256"))]})

    async def authorize(self, call: Call) -> web.StreamResponse:
        """Check the first request and ask who logs in."""
        form, checks = Form(call.request.query.items()), self.esia.checks
        call.entry.client_id = form.get("client_id")
        try:
            system = _with_secret(checks, form)
            redirect_uri = checks.redirect_uri(form, system)
        except EsiaRefusalError as refusal:
            call.note(refusal)
            return refusal_page(refusal)
        try:
            asked = _asked(form, system, redirect_uri)
        except EsiaRefusalError as refusal:
            call.note(refusal)
            return found(redirect_uri, {"error": refusal.error, "state": form.get("state")})
        return login_page(LOGIN_PATH, self.esia.logins.keep(asked), asked)

    async def token(self, call: Call) -> web.StreamResponse:
        """Exchange a code, once, for an access token and an id_token."""
        form = Form((await call.request.post()).items())
        system = self._authenticated(call.request)
        if system is None:
            call.entry.outcome = "invalid_client"
            headers = {"WWW-Authenticate": 'Basic realm="broker"'}
            return web.json_response({"error": "invalid_client"}, status=401, headers=headers)
        call.entry.client_id = system.client_id
        if form.get("grant_type") != "authorization_code":
            return _refused(call, "unsupported_grant_type")
        grant = self.esia.codes.take(form.get("code"))
        if grant is None or not await _is_for(grant, system, form):
            return _refused(call, "invalid_grant")
        access = self.esia.accesses.keep(Access(grant.person, frozenset(grant.asked.scope.split())))
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": _ACCESS_SECONDS}
        if call.fault != "without_id_token":
            answer["id_token"] = await self._id_token(grant, call.fault)
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    async def userinfo(self, call: Call) -> web.StreamResponse:
        """Tell what the scopes open."""
        kind, _, token = call.request.headers.get("Authorization", "").partition(" ")
        access = self.esia.accesses.look(token) if kind == "Bearer" else None
        if access is None:
            call.entry.outcome = "invalid_token"
            return web.json_response({"error": "invalid_token"}, status=401, headers={"WWW-Authenticate": "Bearer"})
        return web.json_response(claims_of(access.person, access.scopes))

    def _authenticated(self, request: web.Request) -> System | None:
        kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
        try:
            text = base64.b64decode(credentials, validate=True).decode() if kind == "Basic" else ""
        except (binascii.Error, UnicodeDecodeError):
            return None
        client_id, _, secret = text.partition(":")
        system = self.esia.systems.get(unquote_plus(client_id))
        if system is None or not system.secret:
            return None
        return system if hmac.compare_digest(unquote_plus(secret).encode(), system.secret.encode()) else None

    async def _id_token(self, grant: Grant, fault: str) -> str:
        claims = id_claims(grant, issuer=self.issuer(), now=self.esia.now(), fault=fault)
        header = {"typ": "JWT", "kid": _kid(self.esia.keys.current("RS256"))}
        signing = fault if fault in SIGNING_FAULTS else ""
        return await sign_token(self.esia.keys, "RS256", header, claims, signing)


def _with_secret(checks: Checks, form: Form) -> System:
    system = checks.system(form)
    if not system.secret:
        raise EsiaRefusalError("ESIA-007005", "client_id")
    return system


def _asked(form: Form, system: System, redirect_uri: str) -> Asked:
    form.demand("response_type", "code", otherwise="ESIA-007009")
    form.require("scope", "state", "code_challenge")
    form.demand("code_challenge_method", "S256")
    wanted = set(form.get("scope").split())
    if "openid" not in wanted or not wanted <= BROKER_SCOPES & system.scopes:
        raise EsiaRefusalError("ESIA-007006", "scope")
    challenge = Challenge(form.get("code_challenge"), "S256")
    nonce = form.get("nonce") or None
    return Asked("broker", system, form.get("scope"), redirect_uri, form.get("state"), challenge=challenge, nonce=nonce)


async def _is_for(grant: Grant, system: System, form: Form) -> bool:
    asked = grant.asked
    if (asked.door, asked.system.client_id) != ("broker", system.client_id):
        return False
    if asked.redirect_uri != form.get("redirect_uri") or asked.challenge is None:
        return False
    return await asked.challenge.fits(form.get("code_verifier"))


def _refused(call: Call, error: str) -> web.Response:
    call.entry.outcome = error
    return web.json_response({"error": error}, status=400)


def _public_jwk(key: TokenKey) -> Mapping[str, Any]:
    if key.rsa_key is None:
        raise TypeError(key.algorithm)
    numbers = key.rsa_key.public_key().public_numbers()
    size = (numbers.n.bit_length() + 7) // 8
    modulus, exponent = numbers.n.to_bytes(size), numbers.e.to_bytes(3)
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": _kid(key),
        "n": unpadded(modulus),
        "e": unpadded(exponent),
    }


def _kid(key: TokenKey) -> str:
    return hashlib.sha256(key.certificate).hexdigest()[:16]
