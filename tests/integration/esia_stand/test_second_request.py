"""The request for tokens: a code works once, soon, and for whoever asked for it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest

from simulator.esia.stand import EsiaStand
from tests.integration.esia_stand.client import CALLBACK, OLD, SCOPE, Client, decoded, stamp, unpadded
from tests.integration.esia_stand.conftest import card

OLD_PATH = "/aas/oauth2/te"
VERIFIER = "v" * 50


async def test_a_code_gives_both_tokens(client: Client, stand: EsiaStand) -> None:
    """The answer echoes this request's own state and carries what public samples of both tokens show."""
    form = client.second(await client.code())
    answer = (await client.exchange(form)).json()
    assert (answer["state"], answer["token_type"], answer["expires_in"]) == (form["state"], "Bearer", 3600)
    (access_head, access), (id_head, identity) = decoded(answer["access_token"]), decoded(answer["id_token"])
    assert access_head == {"ver": 1, "typ": "JWT", "sbt": "access", "alg": "RS256"}
    assert id_head == {"ver": 0, "typ": "JWT", "sbt": "id", "alg": "RS256"}
    assert access["iss"] == identity["iss"] == stand.issuer
    assert (access["client_id"], identity["aud"]) == ("CLINIC01", "CLINIC01")
    assert "aud" not in access
    assert access["urn:esia:sbj_id"] == identity["sub"] == identity["urn:esia:sbj"]["urn:esia:sbj:oid"] == 1000300001
    assert access["urn:esia:sid"] == identity["urn:esia:sid"]
    assert identity["urn:esia:sbj"]["urn:esia:sbj:is_tru"] is True
    assert access["scope"].split() == [f"{one}?oid=1000300001" for one in SCOPE.split()]
    assert (access["exp"] - access["iat"], identity["exp"] - identity["iat"]) == (3600, 10800)


async def test_a_code_works_once(client: Client) -> None:
    """The second exchange of a code is refused."""
    code = await client.code()
    assert (await client.exchange(client.second(code))).status_code == 200
    assert await client.not_exchanged(client.second(code)) == "ESIA-007011"


async def test_a_login_is_finished_once(client: Client) -> None:
    """The button of a page that has been used leads nowhere."""
    page = await client.ask(client.first())
    await client.press(page, "verified")
    with pytest.raises(AssertionError, match="ESIA-007003"):
        await client.press(page, "verified")


async def test_a_code_ends_after_a_minute(client: Client, stand: EsiaStand) -> None:
    """A code that is too old is refused."""
    stand.installation.settings.change({"code_seconds": 0})
    assert await client.not_exchanged(client.second(await client.code())) == "ESIA-007011"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "made-up"}, "ESIA-007011"),
        ({"code": ""}, "ESIA-007014"),
        ({"client_secret": ""}, "ESIA-007014"),
        ({"client_certificate_hash": ""}, "ESIA-007014"),
        ({"token_type": ""}, "ESIA-007014"),
        ({"token_type": "MAC"}, "ESIA-007003"),
        ({"grant_type": "refresh_token"}, "ESIA-007012"),
        ({"redirect_uri": "https://elsewhere.example/"}, "ESIA-007023"),
        ({"scope": "openid fullname"}, "ESIA-007011"),
        ({"scope": "openid medical"}, "ESIA-007006"),
        ({"state": "x"}, "ESIA-007003"),
        ({"timestamp": stamp(ago=timedelta(minutes=20))}, "ESIA-007015"),
    ],
)
async def test_a_wrong_parameter_has_its_code(client: Client, changes: dict[str, str], code: str) -> None:
    """One parameter missing, wrong or unlike the first request's is refused by the code that names it."""
    assert await client.not_exchanged(client.second(await client.code(), **changes)) == code


async def test_the_signature_covers_the_code(client: Client) -> None:
    """The first request's string, without the code, is not what the second signs."""
    form = client.second(await client.code())
    secret = unpadded(client.key.raw(client.string({**form, "code": ""})))
    assert await client.not_exchanged(form | {"client_secret": secret}) == "ESIA-007053"


async def test_a_bad_signature_does_not_spend_the_code(client: Client) -> None:
    """Whoever cannot sign learns nothing and spoils nothing."""
    code = await client.code()
    assert await client.not_exchanged(client.second(code) | {"client_secret": unpadded(b"x" * 256)}) == "ESIA-007053"
    assert (await client.exchange(client.second(code))).status_code == 200


async def test_a_code_is_for_the_system_that_asked(client: Client, stand: EsiaStand) -> None:
    """Another registered system cannot exchange it, and it is spent then."""
    code = await client.code()
    await stand.installation.systems.register(card(client.key, client_id="CLINIC02"))
    client.client_id = "CLINIC02"
    assert await client.not_exchanged(client.second(code)) == "ESIA-007011"
    client.client_id = "CLINIC01"
    assert await client.not_exchanged(client.second(code)) == "ESIA-007011"


async def test_a_code_is_for_the_address_that_it_was_sent_to(client: Client, stand: EsiaStand) -> None:
    """Another registered address of the same system is refused."""
    other = f"{CALLBACK}?second"
    await stand.installation.systems.register(card(client.key, redirect_uris=[CALLBACK, other]))
    assert await client.not_exchanged(client.second(await client.code(), redirect_uri=other)) == "ESIA-007011"


def _challenge(method: str = "S256") -> dict[str, str]:
    return {
        "code_challenge": unpadded(hashlib.sha256(VERIFIER.encode()).digest()),
        "code_challenge_method": method,
    }


async def test_pkce_binds_the_code_to_its_verifier(client: Client, stand: EsiaStand) -> None:
    """The right verifier opens; a wrong one and none are refused by the same code."""
    await stand.installation.systems.register(card(client.key, pkce="S256"))
    right = client.second(await client.code(**_challenge()), code_verifier=VERIFIER)
    assert (await client.exchange(right)).status_code == 200
    for verifier in ("w" * 50, ""):
        form = client.second(await client.code(**_challenge()), code_verifier=verifier)
        assert await client.not_exchanged(form) == "ESIA-007040"


async def test_pkce_is_asked_for_by_the_card(client: Client, stand: EsiaStand) -> None:
    """A system whose card wants PKCE may not leave it out or take another method; an unpromised verifier is named."""
    assert await client.not_exchanged(client.second(await client.code(), code_verifier=VERIFIER)) == "ESIA-007039"
    await stand.installation.systems.register(card(client.key, pkce="S256"))
    assert await client.refused(client.first()) == "ESIA-007014"
    assert await client.refused(client.first(**_challenge("GOST3411"))) == "ESIA-007003"


async def test_the_old_exchange_takes_pkcs7(client: Client) -> None:
    """A code of the old door is exchanged by a PKCS#7 request in the old order, and by no other."""
    page = await client.ask(client.old(client.first()), "/aas/oauth2/ac")
    code = (await client.press(page, "verified"))["code"]
    form = client.second(code)
    raw = form | {"client_secret": unpadded(client.key.raw(client.string(form, OLD)))}
    assert await client.not_exchanged(raw, OLD_PATH) == "ESIA-007053"
    assert (await client.exchange(client.old(form), OLD_PATH)).status_code == 200


async def test_a_get_is_no_exchange(client: Client) -> None:
    """The token address answers POST alone."""
    assert (await client.back.get("/aas/oauth2/v3/te", params={"state": str(uuid4())})).status_code == 405


async def test_refusals_and_unconfirmed_accounts(client: Client) -> None:
    """A person who refuses comes back by 007004, an unconfirmed one by 007055 when only confirmed ones may come."""
    said = await client.press(await client.ask(client.first()), "refuses")
    assert (said["error"], said["error_description"][:11]) == ("access_denied", "ESIA-007004")
    only_confirmed = client.first(person_filter=unpadded(b"conf_acc"))
    said = await client.press(await client.ask(only_confirmed), "unconfirmed")
    assert (said["error_description"][:11], said["state"]) == ("ESIA-007055", only_confirmed["state"])
    tokens = await client.tokens("unconfirmed")
    assert "urn:esia:sbj:is_tru" not in decoded(tokens["id_token"])[1]["urn:esia:sbj"]
