"""One running stand-in of EMIAS for the whole folder, made anew for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from simulator.running import Simulator, SimulatorConfig, running_simulator
from tests.contract.stands import PROFILES, MemoryStand, SimulatorStand, Stand, make_profiles, soap_stand


@pytest.fixture(scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Simulator]:
    """Run the stand-in once."""
    config = SimulatorConfig(pki_folder=tmp_path_factory.mktemp("contract-pki"), doctors=4)
    async with running_simulator(config) as simulator:
        yield simulator


@pytest.fixture
async def simulator(running: Simulator) -> Simulator:
    """Begin again from the seed, with the listener open."""
    running.installation.reset()
    await running.start()
    return running


@pytest.fixture(scope="session")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Write the profiles under test."""
    return make_profiles(tmp_path_factory.mktemp("profiles"))


@pytest.fixture(params=["memory", *PROFILES])
async def stand(request: pytest.FixtureRequest, simulator: Simulator, profiles: dict[str, str]) -> AsyncIterator[Stand]:
    """Offer each adapter in turn."""
    if request.param == "memory":
        yield MemoryStand()
        return
    async with soap_stand(simulator, profiles[request.param]) as soap:
        yield soap


@pytest.fixture(params=PROFILES)
async def soap(
    request: pytest.FixtureRequest, simulator: Simulator, profiles: dict[str, str]
) -> AsyncIterator[SimulatorStand]:
    """Offer the SOAP adapter in each version."""
    async with soap_stand(simulator, profiles[request.param]) as stand:
        yield stand
