"""A clinic whose EMIAS is the stand-in, over plain SOAP with mutual TLS and hasty deadlines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from cryptography.fernet import Fernet

from gateway.emias.adapter import ContractEmias
from gateway.emias.profiles import Profile, load_profile
from gateway.emias.tls import client_context
from gateway.store.cipher import Cipher
from gateway.store.engine import Database
from simulator.running import Simulator, SimulatorConfig, running_simulator
from tests.contract.stands import tls_files
from tests.integration.builders import Maker
from tests.integration.doubts.clinic import DOCTOR, Clinic

DEADLINE = 1.0


@pytest.fixture(scope="session")
async def doubts_simulator(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Simulator]:
    """Run the stand-in once."""
    config = SimulatorConfig(pki_folder=tmp_path_factory.mktemp("doubts-pki"), doctors=2)
    async with running_simulator(config) as simulator:
        yield simulator


@pytest.fixture
async def simulator(doubts_simulator: Simulator) -> Simulator:
    """Begin again from the seed."""
    doubts_simulator.installation.reset()
    await doubts_simulator.start()
    return doubts_simulator


@pytest.fixture
async def clinic(simulator: Simulator, database: Database, maker: Maker) -> AsyncIterator[Clinic]:
    """Open the clinic with its schedule read."""
    async with open_clinic(simulator, database, maker) as clinic:
        yield clinic


@asynccontextmanager
async def open_clinic(simulator: Simulator, database: Database, maker: Maker) -> AsyncIterator[Clinic]:
    """Make the clinic's site and doctor in an empty database, and join it to the stand-in."""
    site = await maker.site()
    await database.pool.execute("INSERT INTO institutions (lpu_code) VALUES ($1)", DOCTOR.lpu_code)
    await maker.doctor(site, ref=DOCTOR)
    cipher = Cipher.from_keys([Fernet.generate_key().decode()], "lookup-key-of-thirty-two-letters-or-more")
    profile = _hurried(load_profile("seed-soap"))
    async with await ContractEmias.open(profile, simulator.emias_url, client_context(tls_files(simulator))) as emias:
        clinic = Clinic(database, emias, simulator.installation, site, cipher)
        await clinic.read()
        yield clinic
        await clinic.under_way.drain()


def _hurried(profile: Profile) -> Profile:
    """Shorten the deadlines of the calls that a booking makes."""
    given = profile.operations
    assert given.find is not None
    assert given.cancel is not None
    operations = msgspec.structs.replace(
        given,
        create=msgspec.structs.replace(given.create, deadline=DEADLINE),
        find=msgspec.structs.replace(given.find, deadline=DEADLINE),
        cancel=msgspec.structs.replace(given.cancel, deadline=DEADLINE),
    )
    return msgspec.structs.replace(profile, operations=operations)
