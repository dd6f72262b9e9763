"""The broker: an ordinary OpenID Connect provider, judged by a library that knows nothing of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError, UnsupportedAlgorithmError
from joserfc.jwk import KeySet

from simulator.esia.stand import EsiaStand
from tests.integration.esia_stand.client import CALLBACK, Client, unpadded
from tests.integration.esia_stand.conftest import card

VERIFIER = "v" * 64
SCOPE = "openid profile snils oms"
SECRET = "a made-up secret: 100%"


@pytest.fixture
async def broker(stand: EsiaStand, back: httpx.AsyncClient) -> dict[str, Any]:
    """Register the clinic with the broker and read where everything is."""
    await stand.installation.systems.register(
        {"client_id": "clinic", "redirect_uris": [CALLBACK], "scopes": SCOPE.split(), "secret": SECRET}
    )
    told: dict[str, Any] = (await back.get("/broker/.well-known/openid-configuration")).json()
    return told


def _request(**changes: str) -> dict[str, str]:
    form = {
        "response_type": "code",
        "client_id": "clinic",
        "redirect_uri": CALLBACK,
        "scope": SCOPE,
        "state": str(uuid4()),
        "nonce": "n-1",
        "code_challenge": unpadded(hashlib.sha256(VERIFIER.encode()).digest()),
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in {**form, **changes}.items() if value}


async def _callback(
    browser: httpx.AsyncClient, broker: Mapping[str, Any], form: Mapping[str, str], person: str = "verified"
) -> dict[str, str]:
    page = await browser.get(broker["authorization_endpoint"], params=dict(form))
    [login] = re.findall(r'name="login" value="([^"]+)"', page.text)
    answer = await browser.post("/stand/login", data={"login": login, "person": person})
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


async def _exchange(back: httpx.AsyncClient, broker: Mapping[str, Any], code: str, **changes: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **changes,
    }
    return await back.post(broker["token_endpoint"], data=form, auth=("clinic", "a+made-up+secret%3A+100%25"))


async def _keys(back: httpx.AsyncClient, broker: Mapping[str, Any]) -> KeySet:
    return KeySet.import_key_set((await back.get(broker["jwks_uri"])).json())


async def test_discovery_names_its_own_origin(broker: Mapping[str, Any], stand: EsiaStand) -> None:
    """Every endpoint but the browser's is on the issuer's origin."""
    assert broker["issuer"] == stand.broker_issuer
    for name in ("token_endpoint", "userinfo_endpoint", "jwks_uri"):
        assert broker[name].startswith(f"{stand.broker_issuer}/")
    assert broker["authorization_endpoint"].startswith(f"{stand.public_url}/")


async def test_a_login_ends_in_claims(
    broker: Mapping[str, Any], browser: httpx.AsyncClient, back: httpx.AsyncClient
) -> None:
    """The id_token verifies by the published keys and its nonce; userinfo tells of the same person."""
    form = _request()
    said = await _callback(browser, broker, form)
    assert said["state"] == form["state"]
    told = (await _exchange(back, broker, said["code"])).json()
    claims = jwt.decode(told["id_token"], await _keys(back, broker), algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (broker["issuer"], "clinic", "n-1")
    person = await back.get(broker["userinfo_endpoint"], headers={"Authorization": f"Bearer {told['access_token']}"})
    assert person.json() == {
        "sub": claims["sub"],
        "trusted": True,
        "family_name": "Каштанова",
        "given_name": "Вера",
        "middle_name": "Павловна",
        "birthdate": "1985-03-14",
        "gender": "female",
        "snils": "112-233-445 95",
        "oms_number": "7756410885000127",
        "oms_verified": True,
    }
    again = await _exchange(back, broker, said["code"])
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "openid medical"}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
async def test_the_first_request_is_checked(
    broker: Mapping[str, Any], browser: httpx.AsyncClient, changes: dict[str, str], error: str
) -> None:
    """PKCE by S256 and known scopes are demanded, in OAuth's words."""
    answer = await browser.get(broker["authorization_endpoint"], params=_request(**changes))
    assert dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["error"] == error


async def test_unknown_addresses_and_systems_are_not_answered_to(
    broker: Mapping[str, Any], browser: httpx.AsyncClient
) -> None:
    """A page says so instead of a redirect."""
    for changes in ({"redirect_uri": "https://elsewhere.example/"}, {"client_id": "nobody"}):
        answer = await browser.get(broker["authorization_endpoint"], params=_request(**changes))
        assert answer.status_code == 400


@pytest.mark.parametrize("changes", [{"code_verifier": "w" * 64}, {"redirect_uri": f"{CALLBACK}?x"}, {"code": "none"}])
async def test_the_exchange_is_bound(
    broker: Mapping[str, Any], browser: httpx.AsyncClient, back: httpx.AsyncClient, changes: dict[str, str]
) -> None:
    """Another verifier, another address and another code are no grant."""
    code = (await _callback(browser, broker, _request()))["code"]
    answer = await _exchange(back, broker, **{"code": code, **changes})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_the_secret_is_demanded(
    broker: Mapping[str, Any], browser: httpx.AsyncClient, back: httpx.AsyncClient
) -> None:
    """Without it, or with another, the system is not the system."""
    code = (await _callback(browser, broker, _request()))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    assert (await back.post(broker["token_endpoint"], data=form)).status_code == 401
    for auth in (("clinic", "guess"), ("nobody", "")):
        answer = await back.post(broker["token_endpoint"], data=form, auth=auth)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_refusal_is_oauths_own(broker: Mapping[str, Any], browser: httpx.AsyncClient) -> None:
    """Whoever refuses comes back by access_denied, without a code of ESIA's."""
    form = _request()
    assert await _callback(browser, broker, form, "refuses") == {"error": "access_denied", "state": form["state"]}


async def test_a_code_of_one_door_does_not_open_the_other(
    broker: Mapping[str, Any], client: Client, stand: EsiaStand
) -> None:
    """A system that may use either door must exchange a code where it came from."""
    await stand.installation.systems.register(card(client.key, secret=SECRET))
    asked = _request(client_id=client.client_id, scope="openid snils")
    code = (await _callback(client.browser, broker, asked))["code"]
    assert await client.not_exchanged(client.second(code, scope="openid snils")) == "ESIA-007011"


async def test_only_a_code_is_exchanged(broker: Mapping[str, Any], back: httpx.AsyncClient) -> None:
    """Other grants are named as such."""
    refused = await _exchange(back, broker, "any", grant_type="refresh_token")
    assert refused.json() == {"error": "unsupported_grant_type"}


async def test_tokens_that_must_not_be_believed(
    broker: Mapping[str, Any], browser: httpx.AsyncClient, back: httpx.AsyncClient, stand: EsiaStand
) -> None:
    """Signatures and claims of the id_token are wrong each in its turn."""
    keys = await _keys(back, broker)

    async def spoiled(kind: str) -> str:
        stand.installation.faults.add({"operation": "broker_token", "kind": kind})
        code = (await _callback(browser, broker, _request()))["code"]
        token: str = (await _exchange(back, broker, code)).json()["id_token"]
        return token

    for kind in ("foreign_key", "broken_signature"):
        with pytest.raises(BadSignatureError):
            jwt.decode(await spoiled(kind), keys, algorithms=["RS256"])
    for kind in ("none_alg", "hmac_alg", "wrong_alg"):
        with pytest.raises(UnsupportedAlgorithmError):
            jwt.decode(await spoiled(kind), keys, algorithms=["RS256"])
    claims = {
        kind: jwt.decode(await spoiled(kind), keys, algorithms=["RS256"]).claims
        for kind in ("wrong_iss", "wrong_aud", "wrong_nonce", "swapped_sub", "expired", "future_nbf")
    }
    assert claims["wrong_iss"]["iss"] != broker["issuer"]
    assert claims["wrong_aud"]["aud"] != "clinic"
    assert claims["wrong_nonce"]["nonce"] != "n-1"
    assert claims["swapped_sub"]["sub"] != claims["wrong_iss"]["sub"]
    assert claims["expired"]["exp"] < claims["wrong_iss"]["iat"] < claims["future_nbf"]["nbf"]


async def test_a_policy_that_was_typed_in_is_not_called_verified(
    broker: Mapping[str, Any], browser: httpx.AsyncClient, back: httpx.AsyncClient
) -> None:
    """The best policy is told with its mark; without one there is none."""
    marks = []
    for person in ("unverified", "two_policies", "no_policy"):
        code = (await _callback(browser, broker, _request(), person))["code"]
        token = (await _exchange(back, broker, code)).json()["access_token"]
        told = (await back.get(broker["userinfo_endpoint"], headers={"Authorization": f"Bearer {token}"})).json()
        marks.append((told.get("oms_number"), told.get("oms_verified")))
    assert marks == [("5078150847000121", False), ("7750030840000156", True), (None, None)]
