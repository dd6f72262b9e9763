"""One running stand-in of EMIAS for the folder, and a client's folder of certificates that may be written over."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.emias.certificate import TlsFiles
from simulator.pki import Pki
from simulator.running import Simulator, SimulatorConfig, running_simulator

__all__ = ["Wallet"]


@dataclass(frozen=True)
class Wallet:
    """The files that a channel is set up with."""

    pki: Pki
    files: TlsFiles

    def replace(self, name: str) -> None:
        """Put another pair in their place, one file after the other, as an operator does."""
        for kind, target in (("cert", self.files.cert_file), ("key", self.files.key_file)):
            assert target is not None
            fresh = target.with_suffix(".new")
            shutil.copy(getattr(self.pki, f"{name}_{kind}"), fresh)
            os.replace(fresh, target)  # noqa: PTH105 - the very call that an operator's mv makes


@pytest.fixture(scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Simulator]:
    """Run the stand-in once."""
    config = SimulatorConfig(pki_folder=tmp_path_factory.mktemp("certificates-pki"), doctors=8)
    async with running_simulator(config) as simulator:
        yield simulator


@pytest.fixture
async def simulator(running: Simulator) -> Simulator:
    """Begin again from the seed."""
    running.installation.reset()
    return running


@pytest.fixture
def wallet(simulator: Simulator, tmp_path: Path) -> Wallet:
    """Lay out the good pair."""
    pki = simulator.pki
    files = TlsFiles(ca_file=pki.ca, cert_file=tmp_path / "emias.crt", key_file=tmp_path / "emias.key")
    wallet = Wallet(pki, files)
    wallet.replace("client")
    return wallet
