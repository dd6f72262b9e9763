"""A simulated EMIAS and a Redis of this folder's own, and two houses before them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from demo.engines import embedded_valkey
from gateway.store.engine import Database
from simulator.running import Simulator, SimulatorConfig, running_simulator
from tests.integration.restraint.replicas import Replicas, open_replicas

_DOCTORS = 60


@pytest_asyncio.fixture(scope="package")
async def emias(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Simulator]:
    """Run the stand-in once."""
    config = SimulatorConfig(pki_folder=tmp_path_factory.mktemp("restraint-pki"), doctors=_DOCTORS)
    async with running_simulator(config) as simulator:
        yield simulator


@pytest_asyncio.fixture(scope="package")
async def own_redis(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Run a Redis whose circuits may be forgotten between tests."""
    async with embedded_valkey(tmp_path_factory.mktemp("restraint"), keep=False) as valkey:
        yield valkey.url


@pytest_asyncio.fixture
async def replicas(emias: Simulator, own_redis: str, database: Database) -> AsyncIterator[Replicas]:
    """Open two replicas on a clean slate."""
    emias.installation.reset()
    await emias.start()
    async with Redis.from_url(own_redis) as client:
        await client.flushdb()
    async with open_replicas(emias, database, own_redis) as opened:
        yield opened
