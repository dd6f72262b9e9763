"""The first request: every known mistake fails at its own code."""

from __future__ import annotations

import base64
from datetime import timedelta
from uuid import uuid1, uuid4

import pytest

from simulator.esia.stand import EsiaStand
from tests.integration.esia_stand.client import OLD, Client, stamp, unpadded
from tests.integration.esia_stand.conftest import card
from tests.integration.esia_stand.keys import rsa_key

OLD_PATH = "/aas/oauth2/ac"


async def test_a_right_request_is_asked_who_logs_in(client: Client, stand: EsiaStand) -> None:
    """The page names the system and what it wants; the journal has the request as well done."""
    page = await client.ask(client.first())
    assert page.status_code == 200
    assert all(text in page.text for text in ("Клиника", "СНИЛС", "полис ОМС", "Каштанова Вера Павловна"))
    assert stand.installation.journal.counts == {"authorise ok": 1}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_secret": ""}, "ESIA-007014"),
        ({"client_certificate_hash": ""}, "ESIA-007014"),
        ({"timestamp": ""}, "ESIA-007014"),
        ({"scope": ""}, "ESIA-007013"),
        ({"scope": "openid fullname medical"}, "ESIA-007006"),
        ({"scope": "fullname"}, "ESIA-007006"),
        ({"scope": "openid email"}, "ESIA-007019"),
        ({"response_type": "token"}, "ESIA-007009"),
        ({"access_type": "always"}, "ESIA-007003"),
        ({"access_type": "offline"}, "ESIA-007005"),
        ({"state": uuid4().hex}, "ESIA-007003"),
        ({"state": str(uuid1())}, "ESIA-007003"),
        ({"state": "from-outside"}, "ESIA-007003"),
        ({"timestamp": "2026-11-23T10:00:00+0300"}, "ESIA-007015"),
        ({"timestamp": "2026.13.23 10:00:00 +0300"}, "ESIA-007015"),
        ({"client_certificate_hash": "0" * 64}, "ESIA-007053"),
        ({"client_secret": "-"}, "ESIA-007053"),
        ({"person_filter": "everybody"}, "ESIA-007003"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "ESIA-007003"),
    ],
)
async def test_a_wrong_parameter_has_its_code(client: Client, changes: dict[str, str], code: str) -> None:
    """One parameter missing or wrong is refused on the callback by the code that names it."""
    assert await client.refused(client.first(**changes)) == code


@pytest.mark.parametrize("ago", [timedelta(seconds=75), timedelta(seconds=-75), timedelta(hours=3)])
async def test_a_clock_that_is_wrong_is_named(client: Client, ago: timedelta) -> None:
    """A timestamp more than a minute old or ahead is refused, however well signed."""
    assert await client.refused(client.first(timestamp=stamp(ago=ago))) == "ESIA-007015"


async def test_the_old_order_is_no_signature_of_the_new_request(client: Client) -> None:
    """A raw signature over the fields in the old order is refused."""
    form = client.first()
    secret = unpadded(client.key.raw(client.string(form, OLD)))
    assert await client.refused(form | {"client_secret": secret}) == "ESIA-007053"


async def test_pkcs7_is_no_signature_of_the_new_request(client: Client) -> None:
    """A PKCS#7 container, right in itself, is refused where a raw signature is due."""
    form = client.first()
    secret = unpadded(client.key.cms(client.string(form)))
    assert await client.refused(form | {"client_secret": secret}) == "ESIA-007053"


async def test_reversed_bytes_are_no_signature(client: Client) -> None:
    """The bytes of a right signature from the last to the first are refused."""
    form = client.first()
    secret = unpadded(client.key.raw(client.string(form))[::-1])
    assert await client.refused(form | {"client_secret": secret}) == "ESIA-007053"


async def test_the_hash_of_the_file_is_not_that_of_the_certificate(client: Client) -> None:
    """The hash of the PEM file names no certificate."""
    assert await client.refused(client.first(client_certificate_hash=client.key.hash_of_pem)) == "ESIA-007053"


async def test_standard_base64_must_be_escaped(client: Client) -> None:
    """The standard alphabet works when it is escaped, and does not when its plus has become a space."""
    form = client.first()
    while b"+" not in (standard := base64.b64encode(client.key.raw(client.string(form)))):
        form = client.first()
    assert (await client.ask(form | {"client_secret": standard.decode()})).status_code == 200
    assert await client.refused(form | {"client_secret": standard.decode().replace("+", " ")}) == "ESIA-007053"


async def test_a_secret_may_be_padded(client: Client) -> None:
    """Clients that keep the padding work too."""
    form = client.first()
    secret = base64.urlsafe_b64encode(client.key.raw(client.string(form))).decode()
    assert (await client.ask(form | {"client_secret": secret})).status_code == 200


@pytest.mark.parametrize("name", ["client_id", "scope", "timestamp", "state", "redirect_uri"])
async def test_every_signed_field_counts(client: Client, stand: EsiaStand, name: str) -> None:
    """A field that was changed after signing breaks the signature, even by another right value."""
    other = {
        "client_id": "CLINIC02",
        "scope": "openid fullname birthdate snils",
        "timestamp": stamp(ago=timedelta(seconds=20)),
        "state": str(uuid4()),
        "redirect_uri": "https://clinic.example/esia/callback/?second",
    }
    both = [form["redirect_uri"] for form in (client.first(), other)]
    for system in ("CLINIC01", "CLINIC02"):
        await stand.installation.systems.register(card(client.key, client_id=system, redirect_uris=both))
    assert await client.refused(client.first() | {name: other[name]}) == "ESIA-007053"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"redirect_uri": "clinic.example"}, "ESIA-007023"),
        ({"redirect_uri": "https://clinic.example/esia/callback"}, "ESIA-007023"),
        ({"redirect_uri": "https://elsewhere.example/esia/callback/"}, "ESIA-007023"),
        ({"redirect_uri": ""}, "ESIA-007014"),
        ({"client_id": "NOBODY"}, "ESIA-007002"),
        ({"client_id": ""}, "ESIA-007014"),
    ],
)
async def test_nobody_is_sent_to_an_unknown_address(client: Client, changes: dict[str, str], code: str) -> None:
    """Where the system or its address is not known a page says so instead of a redirect."""
    answer = await client.ask(client.first(**changes))
    assert (answer.status_code, code in answer.text) == (400, True)


async def test_a_parameter_that_comes_twice_is_refused(client: Client) -> None:
    """Two values for one parameter are never chosen from."""
    form = client.first()
    answer = await client.browser.get("/aas/oauth2/v2/ac", params=[*form.items(), ("scope", "openid")])
    assert (answer.status_code, "ESIA-007003" in answer.text) == (400, True)


@pytest.mark.parametrize("begins", [timedelta(days=-90), timedelta(days=3)])
async def test_a_certificate_out_of_its_time_is_refused(client: Client, stand: EsiaStand, begins: timedelta) -> None:
    """A registered certificate that has ended, or not begun, verifies nothing."""
    client.key = rsa_key(begins=begins)
    await stand.installation.systems.register(card(client.key))
    assert await client.refused(client.first()) == "ESIA-007053"


async def test_a_second_certificate_lets_keys_change(client: Client, stand: EsiaStand) -> None:
    """With two certificates on the card either key signs, chosen by the hash; with one left the other does not."""
    before, after = client.key, rsa_key()
    both = [before.certificate, after.certificate]
    await stand.installation.systems.register(card(before, certificates=both))
    for client.key in (before, after):
        assert (await client.ask(client.first())).status_code == 200
    await stand.installation.systems.register(card(before))
    assert await client.refused(client.first()) == "ESIA-007053"


async def test_the_old_request_takes_pkcs7_in_its_own_order(client: Client) -> None:
    """PKCS#7 over scope, timestamp, client_id and state opens the old door."""
    assert (await client.ask(client.old(client.first()), OLD_PATH)).status_code == 200


@pytest.mark.parametrize("mistake", ["new order", "raw", "smime text", "foreign key", "another message"])
async def test_the_old_request_refuses_what_is_not_its_signature(client: Client, mistake: str) -> None:
    """The new order, a raw signature, S/MIME text and another's key are refused at the old door."""
    form = client.first()
    message = client.string(form, OLD)
    secrets = {
        "new order": client.key.cms(client.string(form)),
        "raw": client.key.raw(message),
        "smime text": b"MIME-Version: 1.0\n\n" + base64.encodebytes(client.key.cms(message)),
        "foreign key": rsa_key().cms(message),
        "another message": client.key.cms(b"another message"),
    }
    assert await client.refused(form | {"client_secret": unpadded(secrets[mistake])}, OLD_PATH) == "ESIA-007053"


async def test_an_empty_signature_is_refused_at_the_old_door(client: Client) -> None:
    """What the first version of the site sent, an empty client_secret at the old address, is refused by its code."""
    assert await client.refused(client.first() | {"client_secret": ""}, OLD_PATH) == "ESIA-007014"
