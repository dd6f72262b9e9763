"""A broker's description is believed as far as it stays at its own origin."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from gateway.domain.errors import IdentityUnavailable
from gateway.domain.identity import Binding, Login
from gateway.esia.broker import OidcBroker, OidcRules
from gateway.esia.calls import Calls, Origin
from gateway.esia.signing import unpadded
from tests.fakes import FakeClock

ISSUER = "https://broker.example/realms/clinic"
STATE = "5a0d3c8e-0b7f-4e57-9a1c-2f1f0c8b1100"
ENDPOINTS = {
    "issuer": ISSUER,
    "authorization_endpoint": "https://login.example/authorize?tenant=1",
    "token_endpoint": "https://broker.example/op/token",
    "jwks_uri": f"{ISSUER}/jwks",
    "userinfo_endpoint": f"{ISSUER}/userinfo",
}


def broker_that_says(client: httpx.AsyncClient) -> OidcBroker:
    """Make a provider over a client."""
    rules = OidcRules(ISSUER, "clinic", "made-up", "openid profile snils oms")
    return OidcBroker(rules, Calls(client, Origin("https://broker.example"), lambda _ahead: None), FakeClock())


async def begin(described: Any) -> str:
    """Begin a login with a broker that describes itself so."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, content=json.dumps(described))

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        url = (await broker_that_says(client).begin(STATE, "https://clinic.example/cb/")).authorize_url
    assert asked == [f"{ISSUER}/.well-known/openid-configuration"]
    return url


async def test_a_login_begins_with_pkce_and_a_nonce() -> None:
    """The browser goes where the description says, with all that the code flow asks for."""
    url = await begin(ENDPOINTS)

    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert url.startswith("https://login.example/authorize?tenant=1&")
    assert (asked["response_type"], asked["client_id"], asked["state"]) == ("code", "clinic", STATE)
    assert (asked["redirect_uri"], asked["scope"]) == ("https://clinic.example/cb/", "openid profile snils oms")
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", len(unpadded(bytes(32))))
    assert len(asked["nonce"]) >= 43


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://broker.example/realms/other"},
        {"token_endpoint": "https://evil.example/token"},
        {"token_endpoint": "http://broker.example/token"},
        {"token_endpoint": "https://broker.example:444/token"},
        {"jwks_uri": "https://broker.example.evil/jwks"},
        {"userinfo_endpoint": "https://evil.example/userinfo"},
        {"authorization_endpoint": "http://login.example/authorize"},
        {"authorization_endpoint": None},
        {"jwks_uri": 7},
    ],
)
async def test_a_description_that_leads_elsewhere_begins_no_login(changes: dict[str, Any]) -> None:
    """Neither secret nor token is carried to another origin."""
    with pytest.raises(IdentityUnavailable):
        await begin(ENDPOINTS | changes)


async def test_a_description_that_is_none_begins_no_login() -> None:
    """A list is no description."""
    with pytest.raises(IdentityUnavailable):
        await begin(["https://broker.example"])


_UNKNOWN_KEYS = (
    {"kty": "EC", "crv": "1.2.643.7.1.2.1.1.1", "kid": "gost", "x": "AAAA", "y": "AAAA"},
    {"kty": "OKP", "crv": "X999", "kid": "new", "x": "AAAA"},
    {"kid": "nameless"},
    "no key",
)


@pytest.mark.parametrize("unknown", _UNKNOWN_KEYS)
async def test_a_key_of_an_unknown_kind_beside_the_broker_s_own_is_passed_over(unknown: Any) -> None:
    """A broker that publishes a GOST key too is believed by its RSA one."""
    key = RSAKey.generate_key(2048, parameters={"kid": "rsa"})
    at = int(FakeClock().now().timestamp())
    claims = {
        "iss": ISSUER, "aud": "clinic", "sub": "person-1", "iat": at, "exp": at + 60, "nonce": "n", "trusted": True,
        "family_name": "Каштанова", "given_name": "Вера", "birthdate": "1985-03-14",
    }  # fmt: skip
    told: dict[str, Any] = {
        f"{ISSUER}/.well-known/openid-configuration": ENDPOINTS,
        ENDPOINTS["token_endpoint"]: {
            "access_token": "a",
            "id_token": jwt.encode({"alg": "RS256", "kid": "rsa"}, claims, key),
        },
        ENDPOINTS["jwks_uri"]: {"keys": [unknown, key.as_dict(private=False)]},
        ENDPOINTS["userinfo_endpoint"]: {"sub": "person-1"},
    }
    login = Login(
        UUID(STATE),
        STATE,
        Binding.of("1", "0123456789abcdef"),
        "https://clinic.example/cb/",
        "/",
        FakeClock().now(),
        {"verifier": "v", "nonce": "n"},
    )

    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=told[str(request.url)]))
    async with httpx.AsyncClient(transport=transport) as client:
        account = await broker_that_says(client).finish(login, "code")

    assert account.holder.display() == "Вера К."
