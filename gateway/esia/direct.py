"""ESIA spoken to by ourselves: v2/ac and v3/te with raw signatures, or the old ac and te with CMS."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import structlog

from gateway.domain.errors import IdentityUnavailable, LoginFailed
from gateway.domain.identity import Account, IdentitySource, Login
from gateway.domain.login_failure import FailureReason
from gateway.esia.calls import CallBroke, Calls, Reply
from gateway.esia.certificate import certificate_hash, read_certificate
from gateway.esia.errors import EsiaError, TokenRefused, read_refusal
from gateway.esia.openssl import OpenSsl
from gateway.esia.person import People
from gateway.esia.signers.signer import Signer
from gateway.esia.signing import signed_by_v1, signed_by_v2, timestamp, unpadded
from gateway.esia.tokens import Tokens, Vouched
from gateway.ports import Begun, Clock

__all__ = ["DirectEsia", "DirectRules"]

_AGAIN_SECONDS: Final = 60
_VERIFIER_BYTES: Final = 48
_AUTHORISE: Final = {"v2": "/aas/oauth2/v2/ac", "v1": "/aas/oauth2/ac"}
_TOKEN: Final = {"v2": "/aas/oauth2/v3/te", "v1": "/aas/oauth2/te"}
_log = structlog.stdlib.get_logger("gateway.esia")


@dataclass(frozen=True, slots=True)
class DirectRules:
    """The clinic's system as it is registered; `public_url` is where browsers go."""

    client_id: str
    scopes: str
    public_url: str
    certificate_file: Path
    api: Literal["v2", "v1"] = "v2"
    pkce: Literal["off", "S256", "GOST3411"] = "off"
    person_filter: str | None = None
    require_trusted: bool = True


@dataclass(frozen=True, slots=True)
class DirectEsia:
    """An `IdentityProvider`; `signed` is told how many seconds a signature took."""

    rules: DirectRules
    signer: Signer
    openssl: OpenSsl
    calls: Calls
    tokens: Tokens
    people: People
    clock: Clock
    signed: Callable[[float], None] = lambda _seconds: None

    @property
    def source(self) -> IdentitySource:
        """ESIA itself."""
        return IdentitySource.ESIA

    async def begin(self, state: str, callback: str) -> Begun:
        """Sign the address of a login; raise `IdentityUnavailable` when nobody can sign it."""
        verifier = secrets.token_urlsafe(_VERIFIER_BYTES) if self.rules.pkce != "off" else ""
        try:
            fields = await self._signed_fields(state, callback)
            challenge = await self._challenge(verifier) if verifier else {}
        except EsiaError as fault:
            _log.error("login_not_signed", what_to_do=str(fault))
            raise IdentityUnavailable(_AGAIN_SECONDS) from None
        asked = fields | {"response_type": "code", "access_type": "online"} | challenge
        if self.rules.person_filter:
            asked["person_filter"] = base64.b64encode(self.rules.person_filter.encode()).decode()
        url = f"{self.rules.public_url.rstrip('/')}{_AUTHORISE[self.rules.api]}?{urlencode(asked)}"
        return Begun(url, {"verifier": verifier} if verifier else {})

    async def finish(self, login: Login, code: str) -> Account:
        """Exchange the code, believe the tokens, read the person; nothing is asked twice. Raises `LoginFailed`."""
        access_token, id_token = await self._exchange(login, code)
        vouched = await self._vouched(access_token, id_token, login)
        account = await self.people.read(vouched.oid, access_token, self.clock.now().date())
        is_trusted = vouched.is_trusted and account.is_trusted
        if self.rules.require_trusted and not is_trusted:
            raise LoginFailed(FailureReason.ACCOUNT_NOT_CONFIRMED)
        return Account(account.holder, account.children, is_trusted)

    def read_refusal(self, error: str, description: str) -> LoginFailed:
        """Tell what the callback's error means."""
        return read_refusal(error, description)

    def logout_url(self, callback: str) -> str:
        """Return where the browser ends its session with Gosuslugi; it comes back to the site's root."""
        site = urlsplit(callback)
        asked = urlencode({"client_id": self.rules.client_id, "redirect_url": f"{site.scheme}://{site.netloc}/"})
        return f"{self.rules.public_url.rstrip('/')}/idp/ext/Logout?{asked}"

    async def _exchange(self, login: Login, code: str) -> tuple[str, str]:
        state = str(uuid4())
        try:
            form = await self._signed_fields(state, login.callback, code)
        except EsiaError as fault:
            _log.error("exchange_not_signed", what_to_do=str(fault))
            raise LoginFailed(FailureReason.CERTIFICATE) from None
        form |= {"code": code, "grant_type": "authorization_code", "token_type": "Bearer"}
        if "verifier" in login.memo:
            form["code_verifier"] = login.memo["verifier"]
        try:
            reply = await self.calls.post(_TOKEN[self.rules.api], form)
        except CallBroke as broke:
            _log.warning("exchange_broke", what=broke.what)
            raise LoginFailed(FailureReason.UNREACHABLE) from None
        return _read_tokens(reply, state)

    async def _signed_fields(self, state: str, callback: str, code: str = "") -> dict[str, str]:
        """Return the fields that both requests have, signed at this moment."""
        rules, now, began = self.rules, timestamp(self.clock.now()), time.perf_counter()
        fields = {
            "client_id": rules.client_id,
            "scope": rules.scopes,
            "timestamp": now,
            "state": state,
            "redirect_uri": callback,
        }
        if rules.api == "v1":
            message = signed_by_v1(scope=rules.scopes, timestamp=now, client_id=rules.client_id, state=state)
            signature = await self.signer.sign_cms(message)
        else:
            message = signed_by_v2(**fields, code=code)
            signature = await self.signer.sign_raw(message)
            certificate = read_certificate(rules.certificate_file)
            fields["client_certificate_hash"] = await certificate_hash(certificate, self.openssl)
        self.signed(time.perf_counter() - began)
        return fields | {"client_secret": unpadded(signature)}

    async def _challenge(self, verifier: str) -> dict[str, str]:
        is_gost = self.rules.pkce == "GOST3411"
        text = verifier.encode()
        digest = await self.openssl.streebog(text) if is_gost else hashlib.sha256(text).digest()
        return {"code_challenge": unpadded(digest), "code_challenge_method": self.rules.pkce}

    async def _vouched(self, access_token: str, id_token: str, login: Login) -> Vouched:
        try:
            return await self.tokens.check(access_token, id_token, login.began_at, self.clock.now())
        except TokenRefused as refused:
            _log.warning("token_not_believed", what=refused.what)
        except EsiaError as fault:
            _log.error("token_not_checked", what_to_do=str(fault))
        raise LoginFailed(FailureReason.TOKEN_NOT_BELIEVED)


def _read_tokens(reply: Reply, state: str) -> tuple[str, str]:
    """Return access and id token; an answer to another request than ours is none."""
    told = reply.fields()
    if not reply.is_ok:
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise LoginFailed(FailureReason.UNREACHABLE)
        if not told:
            raise LoginFailed(FailureReason.GARBLED)
        raise read_refusal(str(told.get("error", "")), str(told.get("error_description", "")))
    access_token, id_token = told.get("access_token"), told.get("id_token")
    if told.get("state") != state or not isinstance(access_token, str) or not isinstance(id_token, str):
        raise LoginFailed(FailureReason.GARBLED)
    return access_token, id_token
