"""An OpenID Connect broker before ESIA: the ordinary code flow with PKCE."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit, urlunsplit

import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.domain.errors import IdentityUnavailable, InvalidInput, LoginFailed
from gateway.domain.identity import Account, IdentitySource, Login, VerifiedPerson
from gateway.domain.login_failure import FailureReason
from gateway.domain.patient import Sex, parse_birth_date, parse_name
from gateway.esia.calls import CallBroke, Calls, Reply, check_address
from gateway.esia.errors import EsiaSetupError, read_refusal
from gateway.esia.person import read_policy, read_snils
from gateway.esia.signing import unpadded
from gateway.ports import Begun, Clock

__all__ = ["OidcBroker", "OidcRules"]

_AGAIN_SECONDS: Final = 30
_LEEWAY_SECONDS: Final = 60
_SECRET_BYTES: Final = 48
_ALGORITHMS: Final = ("RS256",)
_FOR_BROWSERS: Final = "authorization_endpoint"
_NEEDED: Final = frozenset({_FOR_BROWSERS, "token_endpoint", "jwks_uri"})
_ENDPOINTS: Final = _NEEDED | {"userinfo_endpoint"}
_CLAIMS: Final = MappingProxyType(
    {
        "last_name": "family_name",
        "first_name": "given_name",
        "middle_name": "middle_name",
        "birth_date": "birthdate",
        "sex": "gender",
        "snils": "snils",
        "oms_number": "oms_number",
        "oms_series": "oms_series",
        "oms_verified": "oms_verified",
        "trusted": "trusted",
    }
)
_SEXES: Final = MappingProxyType({"female": Sex.FEMALE, "F": Sex.FEMALE, "male": Sex.MALE, "M": Sex.MALE})
_log = structlog.stdlib.get_logger("gateway.esia")


@dataclass(frozen=True, slots=True)
class OidcRules:
    """How we are known to the broker; `claims` names those of its claims that differ from the usual ones."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    scopes: str
    claims: Mapping[str, str] = field(default_factory=dict)
    require_trusted: bool = True


@dataclass(frozen=True, slots=True)
class OidcBroker:
    """An `IdentityProvider`; the broker's description and keys are read for each login, so that both may change."""

    rules: OidcRules
    calls: Calls
    clock: Clock

    @property
    def source(self) -> IdentitySource:
        """A broker."""
        return IdentitySource.BROKER

    async def begin(self, state: str, callback: str) -> Begun:
        """Make the address of a login; raise `IdentityUnavailable` when the broker does not say where it is."""
        try:
            authorise = (await self._description())["authorization_endpoint"]
        except LoginFailed as failed:
            _log.warning("broker_not_described", reason=failed.reason.value)
            raise IdentityUnavailable(_AGAIN_SECONDS) from None
        memo = {"verifier": secrets.token_urlsafe(_SECRET_BYTES), "nonce": secrets.token_urlsafe(_SECRET_BYTES)}
        asked = {
            "response_type": "code",
            "client_id": self.rules.client_id,
            "redirect_uri": callback,
            "scope": self.rules.scopes,
            "state": state,
            "nonce": memo["nonce"],
            "code_challenge": unpadded(hashlib.sha256(memo["verifier"].encode()).digest()),
            "code_challenge_method": "S256",
        }
        return Begun(f"{authorise}{'&' if urlsplit(authorise).query else '?'}{urlencode(asked)}", memo)

    async def finish(self, login: Login, code: str) -> Account:
        """Exchange the code, believe the id_token, read the claims; raise `LoginFailed`."""
        described = await self._description()
        access_token, id_token = await self._exchange(described["token_endpoint"], login, code)
        claims = await self._believed(id_token, described["jwks_uri"], login.memo["nonce"])
        if "userinfo_endpoint" in described:
            claims |= await self._userinfo(described["userinfo_endpoint"], access_token, claims["sub"])
        return self._account(claims, self.clock.now().date())

    def read_refusal(self, error: str, description: str) -> LoginFailed:
        """Tell what the callback's error means; a broker may pass ESIA's code on."""
        return read_refusal(error, description)

    def logout_url(self, callback: str) -> None:
        """Return nothing: a broker's session is its own affair."""

    async def _description(self) -> dict[str, str]:
        """Read where the broker's endpoints are; all that we ask ourselves must be at its own origin."""
        below = urlsplit(self.rules.issuer).path.rstrip("/")
        told = (await self._ask(self.calls.get(f"{below}/.well-known/openid-configuration"))).fields()
        found = {name: value for name, value in told.items() if name in _ENDPOINTS and isinstance(value, str)}
        if told.get("issuer") != self.rules.issuer or not set(found) >= _NEEDED:
            raise LoginFailed(FailureReason.GARBLED)
        try:
            check_address("authorization_endpoint", found["authorization_endpoint"].partition("?")[0])
        except EsiaSetupError:
            raise LoginFailed(FailureReason.GARBLED) from None
        return {name: url if name == _FOR_BROWSERS else self._path(url) for name, url in found.items()}

    def _path(self, url: str) -> str:
        """Return an endpoint's path and query; at another origin than the issuer's it is none of ours."""
        ours, theirs = urlsplit(self.rules.issuer), urlsplit(url)
        if (theirs.scheme, theirs.netloc) != (ours.scheme, ours.netloc):
            raise LoginFailed(FailureReason.GARBLED)
        return urlunsplit(("", "", theirs.path, theirs.query, ""))

    async def _exchange(self, path: str, login: Login, code: str) -> tuple[str, str]:
        pair = f"{quote_plus(self.rules.client_id)}:{quote_plus(self.rules.secret)}"
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": login.callback,
            "code_verifier": login.memo["verifier"],
        }
        headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        try:
            reply = await self.calls.post(path, form, headers)
        except CallBroke as broke:
            _log.warning("exchange_broke", what=broke.what)
            raise LoginFailed(FailureReason.UNREACHABLE) from None
        told = reply.fields()
        if not reply.is_ok and told:
            raise read_refusal(str(told.get("error", "")), str(told.get("error_description", "")))
        access_token, id_token = told.get("access_token"), told.get("id_token")
        if not reply.is_ok or not isinstance(access_token, str) or not isinstance(id_token, str):
            raise LoginFailed(FailureReason.GARBLED)
        return access_token, id_token

    async def _believed(self, id_token: str, jwks_path: str, nonce: str) -> dict[str, Any]:
        published = (await self._ask(self.calls.get(jwks_path))).fields().get("keys")
        listed = published if isinstance(published, list) else []
        # A key of a kind that the library does not know, such as one of GOST beside ours, spoils the whole set for it.
        keys: Any = {"keys": [one for one in listed if isinstance(one, dict) and one.get("kty") == "RSA"]}
        now = int(self.clock.now().timestamp())
        rules = jwt.JWTClaimsRegistry(
            now=now,
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self.rules.issuer},
            aud={"essential": True, "value": self.rules.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            token = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
            rules.validate(token.claims)
        except (JoseError, ValueError, KeyError, TypeError) as refused:
            _log.warning("token_not_believed", what=type(refused).__name__)
            raise LoginFailed(FailureReason.TOKEN_NOT_BELIEVED) from None
        if not hmac.compare_digest(str(token.claims.get("nonce", "")).encode(), nonce.encode()):
            _log.warning("token_not_believed", what="nonce")
            raise LoginFailed(FailureReason.TOKEN_NOT_BELIEVED)
        return dict(token.claims)

    async def _userinfo(self, path: str, access_token: str, subject: Any) -> dict[str, Any]:
        told = (await self._ask(self.calls.get(path, bearer=access_token))).fields()
        if told.get("sub") != subject:
            _log.warning("token_not_believed", what="sub")
            raise LoginFailed(FailureReason.TOKEN_NOT_BELIEVED)
        return told

    async def _ask(self, asking: Awaitable[Reply]) -> Reply:
        try:
            reply = await asking
        except CallBroke as broke:
            _log.warning("broker_call_broke", what=broke.what)
            raise LoginFailed(FailureReason.UNREACHABLE) from None
        if not reply.is_ok or not reply.fields():
            raise LoginFailed(FailureReason.GARBLED)
        return reply

    def _account(self, claims: Mapping[str, Any], today: date) -> Account:
        names = {**_CLAIMS, **self.rules.claims}
        told = {ours: claims.get(theirs) for ours, theirs in names.items()}
        is_trusted = told["trusted"] is True
        if self.rules.require_trusted and not is_trusted:
            raise LoginFailed(FailureReason.ACCOUNT_NOT_CONFIRMED)
        try:
            return Account(_person(told, today), is_trusted=is_trusted)
        except InvalidInput as wrong:
            _log.warning("person_not_whole", fields=[problem.field for problem in wrong.problems])
            raise LoginFailed(FailureReason.PERSON_INCOMPLETE) from None


def _person(told: Mapping[str, Any], today: date) -> VerifiedPerson:
    text = {name: value.strip() if isinstance(value, str) else "" for name, value in told.items()}
    policy = read_policy(text["oms_number"], text["oms_series"])
    return VerifiedPerson(
        parse_name("last_name", text["last_name"]),
        parse_name("first_name", text["first_name"]),
        parse_name("middle_name", text["middle_name"]) if text["middle_name"] else None,
        parse_birth_date(text["birth_date"], today),
        _SEXES.get(text["sex"]),
        read_snils(text["snils"]),
        policy,
        policy is not None and told["oms_verified"] is True,
    )
