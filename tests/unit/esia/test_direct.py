"""The two requests of a login with ESIA itself, field by field."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from gateway.domain.errors import IdentityUnavailable, LoginFailed
from gateway.domain.identity import Binding, Login
from gateway.domain.login_failure import FailureReason
from gateway.esia.calls import Calls, Origin
from gateway.esia.certificate import read_certificate
from gateway.esia.connect import DirectChannel, DirectParts, SignerChoice, open_direct
from gateway.esia.direct import DirectRules
from gateway.esia.openssl import OpenSsl
from gateway.esia.trust import made_by
from tests.fakes import FakeClock
from tests.unit.esia.pairs import Pair
from tests.unit.esia.tokens import NOW, RULES

CALLBACK: Final = "https://clinic.example/cb/"
STATE: Final = "5a0d3c8e-0b7f-4e57-9a1c-2f1f0c8b1100"
SCOPES: Final = "openid fullname"


@pytest.fixture
def channel(rsa: Pair, trust_dir: Path) -> DirectChannel:
    """Name a clinic's system."""
    rules = DirectRules("CLINIC01", SCOPES, "https://esia.example", rsa.certificate_file)
    signer = SignerChoice("rsa_local", rsa.certificate_file, rsa.key_file)
    return DirectChannel(Origin("https://esia.example"), rules, RULES, trust_dir, signer)


@pytest.fixture
async def parts(channel: DirectChannel) -> AsyncIterator[DirectParts]:
    """Open it, calling nobody."""
    async with open_direct(channel, FakeClock(NOW)) as opened:
        yield opened


async def is_signed(pair: Pair, message: str, secret: str) -> bool:
    """Tell whether a client_secret is the signature of a message."""
    signature = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
    return await made_by(read_certificate(pair.certificate_file), OpenSsl(), message.encode(), signature)


def fields_of(url: str) -> dict[str, str]:
    """Read a query."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


def a_login(memo: dict[str, str] | None = None) -> Login:
    """Make a login whose callback has come."""
    return Login(uuid4(), STATE, Binding("k1", "s"), CALLBACK, "/", NOW, memo or {})


async def test_the_first_request_is_signed_and_whole(parts: DirectParts, rsa: Pair) -> None:
    """Everything that v2/ac wants is there, and the signature is of exactly that."""
    begun = await parts.provider.begin(STATE, CALLBACK)

    asked = fields_of(begun.authorize_url)
    moment = NOW.strftime("%Y.%m.%d %H:%M:%S +0000")
    secret = asked.pop("client_secret")
    assert begun.authorize_url.startswith("https://esia.example/aas/oauth2/v2/ac?")
    assert asked == {
        "client_id": "CLINIC01",
        "client_certificate_hash": hashlib.sha256(read_certificate(rsa.certificate_file).der).hexdigest().upper(),
        "scope": SCOPES,
        "response_type": "code",
        "state": STATE,
        "timestamp": moment,
        "access_type": "online",
        "redirect_uri": CALLBACK,
    }
    assert "%2B0000" in begun.authorize_url
    assert await is_signed(rsa, f"CLINIC01{SCOPES}{moment}{STATE}{CALLBACK}", secret)
    assert begun.memo == {}


async def test_filter_and_challenge_are_sent_where_they_are_wanted(channel: DirectChannel) -> None:
    """The verifier stays with us."""
    rules = replace(channel.rules, person_filter="conf_acc", pkce="S256")
    async with open_direct(replace(channel, rules=rules), FakeClock(NOW)) as parts:
        begun = await parts.provider.begin(STATE, CALLBACK)

    asked = fields_of(begun.authorize_url)
    digest = hashlib.sha256(begun.memo["verifier"].encode()).digest()
    assert base64.b64decode(asked["person_filter"]) == b"conf_acc"
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert asked["code_challenge_method"] == "S256"
    assert 43 <= len(begun.memo["verifier"]) <= 128
    assert begun.memo["verifier"] not in begun.authorize_url


async def test_the_old_request_has_no_hash(channel: DirectChannel) -> None:
    """The certificate is in the CMS."""
    async with open_direct(replace(channel, rules=replace(channel.rules, api="v1")), FakeClock(NOW)) as parts:
        url = (await parts.provider.begin(STATE, CALLBACK)).authorize_url

    assert url.startswith("https://esia.example/aas/oauth2/ac?")
    assert "client_certificate_hash" not in fields_of(url)


async def test_the_exchange_is_signed_with_the_code_and_a_state_of_its_own(parts: DirectParts, rsa: Pair) -> None:
    """It is sent once, as a form, and what comes back under another state is not read."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"access_token": "a", "id_token": "b", "state": STATE})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        provider = replace(parts.provider, calls=Calls(client, Origin("https://esia.example"), lambda _ahead: None))
        with pytest.raises(LoginFailed) as failed:
            await provider.finish(a_login({"verifier": "v-1"}), "c-1")

    (request,) = asked
    form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
    assert failed.value.reason is FailureReason.GARBLED
    assert (request.method, str(request.url)) == ("POST", "https://esia.example/aas/oauth2/v3/te")
    assert UUID(form["state"]).version == 4
    assert form["state"] != STATE
    assert (form["code"], form["grant_type"], form["token_type"]) == ("c-1", "authorization_code", "Bearer")
    assert form["code_verifier"] == "v-1"
    signed = f"CLINIC01{SCOPES}{form['timestamp']}{form['state']}{CALLBACK}c-1"
    assert await is_signed(rsa, signed, form["client_secret"])


async def test_a_login_that_cannot_be_signed_is_not_begun(channel: DirectChannel, tmp_path: Path) -> None:
    """The visitor is told to come again; the form goes on."""
    key = tmp_path / "gone.key"
    key.touch(mode=0o600)
    signer = replace(channel.signer, key_file=key)
    async with open_direct(replace(channel, signer=signer), FakeClock(NOW)) as parts:
        with pytest.raises(IdentityUnavailable):
            await parts.provider.begin(STATE, CALLBACK)
        with pytest.raises(LoginFailed) as failed:
            await parts.provider.finish(a_login(), "c-1")

    assert failed.value.reason is FailureReason.CERTIFICATE
