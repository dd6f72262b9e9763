"""One stand for a folder's run, forgetful between tests; a clinic with an RSA and one with a GOST key."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import httpx
import pytest

from simulator.esia.stand import EsiaConfig, EsiaStand, running_esia
from simulator.pki import Pki, open_pki
from tests.integration.esia_stand.client import CALLBACK, SCOPE, Client
from tests.integration.esia_stand.keys import ClinicKey, gost_key, rsa_key
from tests.php.debian import need_gost

GRANTED = [*SCOPE.split(), "kid_fullname", "kid_birthdate", "kid_snils", "kid_medical_doc"]


@pytest.fixture(scope="package")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Make the certificates of the listeners."""
    return open_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="package")
async def running(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EsiaStand]:
    """Run a stand."""
    async with running_esia(EsiaConfig(tmp_path_factory.mktemp("esia"), pki)) as stand:
        yield stand


@pytest.fixture
def stand(running: EsiaStand) -> EsiaStand:
    """Give the stand without memories."""
    running.installation.reset()
    return running


@pytest.fixture(scope="package")
def clinic_rsa() -> ClinicKey:
    """Make the clinic's RSA key."""
    return rsa_key()


@pytest.fixture(scope="package")
def clinic_gost(tmp_path_factory: pytest.TempPathFactory) -> ClinicKey:
    """Make the clinic's GOST key, with Debian's engine on the machine."""
    need_gost()
    return gost_key(tmp_path_factory.mktemp("gost"))


def card(key: ClinicKey, **changes: object) -> dict[str, object]:
    """Write a clinic's card."""
    usual = {"client_id": "CLINIC01", "title": "Клиника", "redirect_uris": [CALLBACK], "scopes": GRANTED}
    return {**usual, "certificates": [key.certificate], **changes}


@pytest.fixture
async def browser(stand: EsiaStand) -> AsyncIterator[httpx.AsyncClient]:
    """Be a browser that follows nothing."""
    async with httpx.AsyncClient(base_url=stand.public_url, trust_env=False) as client:
        yield client


@pytest.fixture
async def back(stand: EsiaStand, pki: Pki) -> AsyncIterator[httpx.AsyncClient]:
    """Be a system on the back channel."""
    tls = ssl.create_default_context(cafile=str(pki.ca))
    async with httpx.AsyncClient(base_url=stand.url, verify=tls, trust_env=False) as client:
        yield client


@pytest.fixture
async def client(
    stand: EsiaStand, clinic_rsa: ClinicKey, browser: httpx.AsyncClient, back: httpx.AsyncClient
) -> Client:
    """Be the clinic with the RSA key."""
    await stand.installation.systems.register(card(clinic_rsa))
    return Client(clinic_rsa, browser, back)


@pytest.fixture
async def gost_client(
    stand: EsiaStand, clinic_gost: ClinicKey, browser: httpx.AsyncClient, back: httpx.AsyncClient
) -> Client:
    """Be the clinic with the GOST key, whose tokens are signed by GOST too."""
    if not stand.installation.keys.can_sign("GOST3410_2012_256"):
        await stand.installation.keys.open()  # the engine came after the stand
    await stand.installation.systems.register(card(clinic_gost, token_alg="GOST3410_2012_256"))
    return Client(clinic_gost, browser, back)
