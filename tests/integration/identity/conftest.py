"""A house with the Gosuslugi login on, a site's key to it, and the stands of ESIA and EMIAS behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from redis.asyncio import Redis

from demo.engines import embedded_valkey
from gateway.domain.schedule import EmiasDoctorRef
from gateway.http.app import create_app
from gateway.settings import Settings, read_settings
from gateway.store.api_keys import KeyRing
from gateway.store.engine import Database
from gateway.wiring import open_house
from simulator.esia.stand import EsiaConfig, EsiaStand, running_esia
from simulator.pki import Pki, open_pki
from simulator.running import Simulator, SimulatorConfig, running_simulator
from tests.integration.builders import Maker
from tests.integration.identity.visit import CALLBACK, DOCTOR, Visit
from tests.php.debian import need_gost
from tests.served import serving
from tests.unit.esia.pairs import Pair, gost_pair, rsa_pair

SCOPES = "openid fullname birthdate gender snils medical_doc kid_fullname kid_birthdate kid_snils kid_medical_doc"
_BROKER_SCOPES = ["openid", "profile", "snils", "oms"]
_REF = EmiasDoctorRef(*DOCTOR)
_READ_WITHIN = timedelta(seconds=20)
SECRET = "made-up-secret-of-the-broker"


@pytest.fixture(scope="package")
async def emias(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Simulator]:
    """Run the stand-in of EMIAS once."""
    config = SimulatorConfig(pki_folder=tmp_path_factory.mktemp("identity-emias"), doctors=2)
    async with running_simulator(config) as simulator:
        yield simulator


@pytest.fixture(scope="package")
def esia_pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Make the certificates of ESIA's listeners."""
    return open_pki(tmp_path_factory.mktemp("identity-pki"))


@pytest.fixture(scope="package")
async def running(tmp_path_factory: pytest.TempPathFactory, esia_pki: Pki) -> AsyncIterator[EsiaStand]:
    """Run the stand of ESIA once, with GOST where it can be had."""
    async with running_esia(EsiaConfig(tmp_path_factory.mktemp("identity-esia"), esia_pki)) as stand:
        yield stand


@pytest.fixture
def stand(running: EsiaStand) -> EsiaStand:
    """Give the stand without memories."""
    running.installation.reset()
    return running


@pytest.fixture(scope="package")
async def own_redis(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Run a Redis that nobody else writes to."""
    async with embedded_valkey(tmp_path_factory.mktemp("identity-redis"), keep=False) as valkey:
        yield valkey.url


@pytest.fixture(scope="package")
def rsa(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Make the clinic's RSA key."""
    return rsa_pair(tmp_path_factory.mktemp("identity-rsa"))


@pytest.fixture(scope="package")
def gost(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Make the clinic's GOST key."""
    need_gost()
    return gost_pair(tmp_path_factory.mktemp("identity-gost"))


class Opener:
    """Opens visits to houses with settings of their own."""

    def __init__(self, stand: EsiaStand, pki: Pki, emias: Simulator, database: Database, redis_url: str) -> None:
        self.stand = stand
        self.pki = pki
        self.emias = emias
        self.database = database
        self.redis_url = redis_url

    @asynccontextmanager
    async def direct(self, pair: Pair, card: dict[str, Any] | None = None, **changes: str) -> AsyncIterator[Visit]:
        """Register the clinic by a key and open a house that speaks to ESIA itself."""
        await self.stand.installation.systems.register(_card(pair) | (card or {}))
        settings = {
            "IDENTITY_PROVIDER": "esia",
            "ESIA_CERT_FILE": str(pair.certificate_file),
            "ESIA_KEY_FILE": str(pair.key_file),
            "ESIA_SIGNER": "openssl_gost" if pair.is_gost else "rsa_local",
        }
        async with self._visit(settings | changes) as visit:
            yield visit

    @asynccontextmanager
    async def broker(self, pair: Pair, **changes: str) -> AsyncIterator[Visit]:
        """Register the clinic with a secret and open a house that speaks to the broker."""
        await self.stand.installation.systems.register(_card(pair) | {"secret": SECRET, "scopes": _BROKER_SCOPES})
        settings = {
            "IDENTITY_PROVIDER": "broker",
            "BROKER_ISSUER": self.stand.broker_issuer,
            "BROKER_CA_FILE": str(self.pki.ca),
            "BROKER_CLIENT_ID": "CLINIC01",
            "BROKER_CLIENT_SECRET": SECRET,
        }
        async with self._visit(settings | changes) as visit:
            yield visit

    @asynccontextmanager
    async def _visit(self, changes: dict[str, str]) -> AsyncIterator[Visit]:
        site = await Maker(self.database).site()
        key = await KeyRing(self.database).create(site.id, ["read", "book", "identity"])
        settings = read_settings(Settings, self.given(changes))
        async with (
            open_house(settings) as house,
            serving(create_app(house), Authorization=f"Bearer {key}") as client,
        ):
            await Maker(self.database).doctor(site, ref=_REF)
            assert await house.refresh.one(_REF, within=_READ_WITHIN)
            yield Visit(client, self.stand, self.emias, self.database, house, self.redis_url)

    def given(self, changes: dict[str, str]) -> dict[str, str]:
        """Write the environment of a house."""
        pki = self.emias.pki
        usual = {
            "DATABASE_URL": self.database.url,
            "REDIS_URL": self.redis_url,
            "EMIAS_URL": self.emias.emias_url,
            "EMIAS_CA_FILE": str(pki.ca),
            "EMIAS_PKCS12_FILE": str(pki.client_p12),
            "EMIAS_KEY_PASSWORD": pki.client_password.read_text(encoding="utf-8"),
            "EMIAS_RATE": "50",
            "EMIAS_BURST": "20",
            "INSTITUTIONS": f"{DOCTOR[0]}=Поликлиника",
            "FIELD_KEYS": Fernet.generate_key().decode(),
            "LOOKUP_KEY": "a-made-up-lookup-key-of-more-than-32-characters",
            "IDENTITY_REDIRECT_URI": CALLBACK,
            "ESIA_URL": self.stand.url,
            "ESIA_PUBLIC_URL": self.stand.public_url,
            "ESIA_CA_FILE": str(self.pki.ca),
            "ESIA_ISSUER": self.stand.issuer,
            "ESIA_CLIENT_ID": "CLINIC01",
            "ESIA_SCOPES": SCOPES,
            "ESIA_TRUST_DIR": str(self.stand.trust_folder),
        }
        return usual | changes


@pytest.fixture
async def opener(stand: EsiaStand, esia_pki: Pki, emias: Simulator, database: Database, own_redis: str) -> Opener:
    """Begin on a clean slate."""
    emias.installation.reset()
    await emias.start()
    async with Redis.from_url(own_redis) as client:
        await client.flushdb()
    return Opener(stand, esia_pki, emias, database, own_redis)


@pytest.fixture
async def visit(opener: Opener, rsa: Pair) -> AsyncIterator[Visit]:
    """Open a visit to a clinic with an RSA key."""
    async with opener.direct(rsa) as opened:
        yield opened


def _card(pair: Pair) -> dict[str, Any]:
    return {
        "client_id": "CLINIC01",
        "title": "Клиника",
        "redirect_uris": [CALLBACK],
        "scopes": SCOPES.split(),
        "certificates": [Path(pair.certificate_file).read_text(encoding="utf-8")],
    }
