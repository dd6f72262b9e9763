"""ESIA's two tokens: believed only when every check is passed, and only for whose login they are."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from gateway.esia.errors import TokenRefused
from gateway.esia.signing import unpadded
from gateway.esia.trust import Trust

__all__ = ["TokenRules", "Tokens", "Vouched"]

_LEEWAY: Final = timedelta(seconds=60)
_PART: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_LONGEST: Final = 32 * 1024
_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token must say; nothing of it is taken from the token itself."""

    algorithm: str
    issuer: str
    client_id: str
    auth_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the tokens are about, and whether their account is confirmed."""

    oid: int
    is_trusted: bool


@dataclass(frozen=True, slots=True)
class _Token:
    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Tokens:
    """The checks, in the order in which they are made."""

    trust: Trust
    rules: TokenRules

    async def check(self, access_token: str, id_token: str, began_at: datetime, now: datetime) -> Vouched:
        """Return whom both tokens are about.

        Raises:
            TokenRefused: one of them is not believed; `what` names the check.
            EsiaSetupError: there is no certificate to believe by.
            SigningFailed: openssl cannot be run.
        """
        access = await self._believed(access_token, "access", now)
        identity = await self._believed(id_token, "id", now)
        if access.claims.get("client_id") != self.rules.client_id:
            raise TokenRefused("client_id")
        if identity.claims.get("aud") not in (self.rules.client_id, [self.rules.client_id]):
            raise TokenRefused("aud")
        for token in (access, identity):
            _check_times(token.claims, began_at, now)
        self._check_auth_time(identity.claims, now)
        return _same_person(access.claims, identity.claims)

    async def _believed(self, text: str, use: str, now: datetime) -> _Token:
        token = _parse(text)
        if token.header.get("alg") != self.rules.algorithm:
            raise TokenRefused("alg")
        if token.header.get("sbt") != use:
            raise TokenRefused("sbt")
        if not await self.trust.vouches(self.rules.algorithm, token.signed, token.signature, now):
            raise TokenRefused("signature")
        if token.claims.get("iss") != self.rules.issuer:
            raise TokenRefused("iss")
        return token

    def _check_auth_time(self, claims: dict[str, Any], now: datetime) -> None:
        """Hold the age of the person's own login to the rule, where there is one."""
        if "auth_time" not in claims and self.rules.auth_age is None:
            return
        since = _instant(claims, "auth_time", now)
        if since > now + _LEEWAY or (self.rules.auth_age and since < now - self.rules.auth_age - _LEEWAY):
            raise TokenRefused("auth_time")


def _parse(text: str) -> _Token:
    parts = text.split(".")
    if len(text) > _LONGEST or len(parts) != _PARTS or not all(map(_PART.fullmatch, parts)):
        raise TokenRefused("parts")
    header, claims, signature = (_decoded(part) for part in parts)
    return _Token(_object(header), _object(claims), ".".join(parts[:2]).encode(), signature)


def _decoded(part: str) -> bytes:
    try:
        content = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise TokenRefused("parts") from None
    if unpadded(content) != part:
        # The last character has bits to spare: without this one token could be written in several ways.
        raise TokenRefused("parts")
    return content


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise TokenRefused("parts") from None
    if not isinstance(found, dict):
        raise TokenRefused("parts")
    return found


def _check_times(claims: dict[str, Any], began_at: datetime, now: datetime) -> None:
    """Hold a token to its own times, and to a login that began before it was made."""
    if _instant(claims, "nbf", now) > now + _LEEWAY:
        raise TokenRefused("nbf")
    if not began_at - _LEEWAY <= _instant(claims, "iat", now) <= now + _LEEWAY:
        raise TokenRefused("iat")
    if _instant(claims, "exp", now) <= now - _LEEWAY:
        raise TokenRefused("exp")


def _instant(claims: dict[str, Any], name: str, now: datetime) -> datetime:
    seconds = claims.get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise TokenRefused(name)
    try:
        return datetime.fromtimestamp(seconds, now.tzinfo)
    except (OverflowError, ValueError, OSError):
        raise TokenRefused(name) from None


def _same_person(access: dict[str, Any], identity: dict[str, Any]) -> Vouched:
    """Compare what the tokens say of their subject; ESIA writes it as a whole number."""
    subject = identity.get("urn:esia:sbj")
    if not isinstance(subject, dict):
        raise TokenRefused("subject")
    oids = {_oid(access.get("urn:esia:sbj_id")), _oid(identity.get("sub")), _oid(subject.get("urn:esia:sbj:oid"))}
    if len(oids) != 1:
        raise TokenRefused("subject")
    session = access.get("urn:esia:sid")
    if not isinstance(session, str) or not session or session != identity.get("urn:esia:sid"):
        raise TokenRefused("sid")
    if subject.get("urn:esia:sbj:typ") != "P":
        raise TokenRefused("typ")
    return Vouched(oids.pop(), subject.get("urn:esia:sbj:is_tru") is True)


def _oid(given: Any) -> int:
    if isinstance(given, str) and given.isascii() and given.isdecimal():
        return int(given)
    if type(given) is not int or given <= 0:
        raise TokenRefused("subject")
    return given
