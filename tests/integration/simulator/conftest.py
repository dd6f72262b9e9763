"""One stand-in a test, with certificates made once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from simulator.pki import Pki, open_pki
from simulator.running import SimulatorConfig, running_simulator
from tests.unit.simulator.soap_client import Emias, tls_client


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Make one set of certificates for all tests of this module."""
    return open_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
async def emias(pki: Pki) -> AsyncIterator[Emias]:
    """Run a fresh stand-in and hold a client with the right certificate."""
    async with (
        running_simulator(SimulatorConfig(pki_folder=pki.ca.parent, doctors=4)) as simulator,
        tls_client(pki, pki.client_cert, pki.client_key) as client,
    ):
        yield Emias(simulator, client)
