"""A desk before a clinic whose EMIAS is the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gateway.store.engine import Database
from simulator.running import Simulator, SimulatorConfig, running_simulator
from tests.integration.builders import Maker
from tests.integration.doubts.clinic import Clinic
from tests.integration.doubts.conftest import open_clinic
from tests.integration.wishes.desk import Desk


@pytest_asyncio.fixture(scope="package")
async def wishes_simulator(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Simulator]:
    """Run the stand-in once."""
    config = SimulatorConfig(pki_folder=tmp_path_factory.mktemp("wishes-pki"), doctors=2)
    async with running_simulator(config) as simulator:
        yield simulator


@pytest.fixture
async def simulator(wishes_simulator: Simulator) -> Simulator:
    """Begin again from the seed."""
    wishes_simulator.installation.reset()
    await wishes_simulator.start()
    return wishes_simulator


@pytest.fixture
async def clinic(simulator: Simulator, database: Database, maker: Maker) -> AsyncIterator[Clinic]:
    """Open the clinic with its schedule read."""
    async with open_clinic(simulator, database, maker) as clinic:
        yield clinic


@pytest.fixture
def desk(clinic: Clinic, simulator: Simulator) -> Desk:
    """Open the desk."""
    return Desk(clinic, simulator)
