"""GOST for real: Debian's engine signs and verifies, and a library in pure Python judges both."""

from __future__ import annotations

import base64
from pathlib import Path

import gostcrypto
import httpx
import pytest

from simulator.esia.clinic import open_clinic
from simulator.esia.stand import EsiaConfig, EsiaStand, running_esia
from simulator.pki import Pki
from tests.integration.esia_stand.client import CALLBACK, OLD, Client, decoded, unpadded
from tests.integration.esia_stand.conftest import card
from tests.integration.esia_stand.keys import ClinicKey, oracle_verifies

VERIFIER = "г" * 3 + "v" * 47


async def test_a_login_signed_by_gost_ends_in_gost_tokens(gost_client: Client, stand: EsiaStand) -> None:
    """Both requests carry 64 raw bytes; both tokens verify by the published certificate, says the second oracle."""
    assert len(gost_client.key.raw(b"anything")) == 64
    tokens = await gost_client.tokens()
    certificate = max(stand.trust_folder.glob("gost*.pem")).read_text()
    for token in (tokens["access_token"], tokens["id_token"]):
        assert decoded(token)[0]["alg"] == "GOST3410_2012_256"
        signed, _, signature = token.rpartition(".")
        assert oracle_verifies(certificate, signed.encode(), base64.urlsafe_b64decode(signature + "=="))
        assert not oracle_verifies(certificate, signed.encode() + b"x", base64.urlsafe_b64decode(signature + "=="))


async def test_the_second_oracle_agrees_on_requests(gost_client: Client) -> None:
    """What the stand takes the library takes, and what the library refuses the stand refuses."""
    form = gost_client.first()
    signature = base64.urlsafe_b64decode(form["client_secret"] + "==")
    message = gost_client.string(form)
    assert oracle_verifies(gost_client.key.certificate, message, signature)
    assert (await gost_client.ask(form)).status_code == 200
    for wrong in (signature[::-1], signature[32:] + signature[:32], bytes(64)):
        assert not oracle_verifies(gost_client.key.certificate, message, wrong)
        assert await gost_client.refused(form | {"client_secret": unpadded(wrong)}) == "ESIA-007053"


async def test_the_hash_is_streebog_of_the_certificate(gost_client: Client) -> None:
    """The library's Streebog of the DER names the certificate; SHA-256 and the PEM file's hash name none."""
    assert (await gost_client.ask(gost_client.first())).status_code == 200
    assert await gost_client.refused(gost_client.first(client_certificate_hash=gost_client.key.hash_of_pem)) == (
        "ESIA-007053"
    )


@pytest.mark.parametrize("mistake", ["old order", "cms", "another key"])
async def test_gost_mistakes_fail_as_others_do(gost_client: Client, clinic_rsa: ClinicKey, mistake: str) -> None:
    """The old order, a PKCS#7 container and an RSA key's signature are refused by the code of the secret."""
    form = gost_client.first()
    message = gost_client.string(form)
    secrets = {
        "old order": gost_client.key.raw(gost_client.string(form, OLD)),
        "cms": gost_client.key.cms(message),
        "another key": clinic_rsa.raw(message),
    }
    assert await gost_client.refused(form | {"client_secret": unpadded(secrets[mistake])}) == "ESIA-007053"


async def test_gost_pkcs7_opens_the_old_door(gost_client: Client) -> None:
    """A GOST container in the old order is taken at the old addresses, and in the new order is not."""
    page = await gost_client.ask(gost_client.old(gost_client.first()), "/aas/oauth2/ac")
    code = (await gost_client.press(page, "verified"))["code"]
    answer = await gost_client.exchange(gost_client.old(gost_client.second(code)), "/aas/oauth2/te")
    assert answer.status_code == 200
    form = gost_client.first()
    secret = unpadded(gost_client.key.cms(gost_client.string(form)))
    assert await gost_client.refused(form | {"client_secret": secret}, "/aas/oauth2/ac") == "ESIA-007053"


async def test_pkce_by_streebog(gost_client: Client, stand: EsiaStand) -> None:
    """With GOST3411 on the card the challenge is the url-safe Streebog of the verifier."""
    await stand.installation.systems.register(card(gost_client.key, pkce="GOST3411"))
    digest = bytes(gostcrypto.gosthash.new("streebog256", data=VERIFIER.encode()).digest())
    promise = {"code_challenge": unpadded(digest), "code_challenge_method": "GOST3411"}
    code = await gost_client.code(**promise)
    assert (await gost_client.exchange(gost_client.second(code, code_verifier=VERIFIER))).status_code == 200
    code = await gost_client.code(**promise)
    assert await gost_client.not_exchanged(gost_client.second(code, code_verifier="v")) == "ESIA-007040"


async def test_both_kinds_of_certificate_may_stand_on_one_card(
    gost_client: Client, clinic_rsa: ClinicKey, stand: EsiaStand
) -> None:
    """The hash chooses the certificate, and a signature by the other key does not pass under it."""
    both = [gost_client.key.certificate, clinic_rsa.certificate]
    await stand.installation.systems.register(card(clinic_rsa, certificates=both))
    keys = [gost_client.key, clinic_rsa]
    for gost_client.key in keys:
        assert (await gost_client.ask(gost_client.first())).status_code == 200
    form = gost_client.first(client_certificate_hash=keys[0].hash)
    assert await gost_client.refused(form) == "ESIA-007053"


async def test_without_the_engine_rsa_goes_on(
    pki: Pki, tmp_path: Path, clinic_rsa: ClinicKey, clinic_gost: ClinicKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where openssl has no engine the stand opens, serves RSA, and refuses a GOST card by its reason."""
    monkeypatch.setenv("OPENSSL_ENGINES", str(tmp_path))
    async with running_esia(EsiaConfig(tmp_path / "esia", pki)) as stand:
        systems = stand.installation.systems
        await systems.register(card(clinic_rsa))
        with pytest.raises(ValueError, match="openssl has no GOST engine here"):
            await systems.register(card(clinic_gost))
        with pytest.raises(ValueError, match="no key signs tokens by GOST3410_2012_256 here"):
            await systems.register(card(clinic_rsa, token_alg="GOST3410_2012_256"))
        clinic = await open_clinic(stand, tmp_path / "clinic", CALLBACK)
        assert (clinic.gost_client_id, clinic.gost_key.exists()) == ("", False)
        async with httpx.AsyncClient(base_url=stand.public_url, trust_env=False) as browser:
            client = Client(clinic_rsa, browser, browser)
            assert (await client.ask(client.first())).status_code == 200
