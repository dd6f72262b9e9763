"""One running stand-in of EMIAS for the whole folder, made anew for each test; one adapter of each contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from simulator.running import Simulator, SimulatorConfig, running_simulator
from tests.contract.contracts import CONTRACTS
from tests.contract.stands import MemoryStand, SimulatorStand, Stand, simulator_stand, write_clinic

STEPPED = ("hub-like", "fer-like")


@pytest.fixture(scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Simulator]:
    """Run the stand-in once."""
    config = SimulatorConfig(pki_folder=tmp_path_factory.mktemp("contract-pki"), doctors=4)
    async with running_simulator(config) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Write the profiles that are not built in."""
    return {"seed-soap-11": write_clinic(tmp_path_factory.mktemp("profiles"))}


@pytest.fixture(scope="session")
async def opened(running: Simulator, paths: dict[str, str]) -> AsyncIterator[dict[str, SimulatorStand]]:
    """Open the adapter of each contract once: it keeps nothing from one call to the next."""
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(simulator_stand(running, name, paths.get(name))) for name in CONTRACTS
        }


@pytest.fixture
async def simulator(running: Simulator) -> Simulator:
    """Begin again from the seed, with the listener open."""
    running.installation.reset()
    await running.start()
    return running


@pytest.fixture(params=["memory", *CONTRACTS])
def stand(request: pytest.FixtureRequest, simulator: Simulator, opened: dict[str, SimulatorStand]) -> Stand:
    """Offer each adapter in turn."""
    assert simulator.is_open
    return MemoryStand() if request.param == "memory" else opened[request.param]


@pytest.fixture(params=CONTRACTS)
def contract(request: pytest.FixtureRequest, simulator: Simulator, opened: dict[str, SimulatorStand]) -> SimulatorStand:
    """Offer each contract over the network."""
    assert simulator.is_open
    return opened[request.param]


@pytest.fixture(params=STEPPED)
def stepped(request: pytest.FixtureRequest, simulator: Simulator, opened: dict[str, SimulatorStand]) -> SimulatorStand:
    """Offer the contracts that know the patient before they book."""
    assert simulator.is_open
    return opened[request.param]
