"""The built-in profile and what is made of it."""

from __future__ import annotations

import pytest

from gateway.emias.contract import Contract, load_contract
from gateway.emias.faults import FaultReader
from gateway.emias.instants import InstantReader
from gateway.emias.profiles import Profile, load_profile
from gateway.emias.reply import ReplyReader
from gateway.emias.schedule_reader import ScheduleReader


@pytest.fixture(scope="session")
def profile() -> Profile:
    """Read the built-in profile."""
    return load_profile("seed-soap")


@pytest.fixture(scope="session")
def contract(profile: Profile) -> Contract:
    """Find the profile in its WSDL."""
    return load_contract(profile)


@pytest.fixture(scope="session")
def faults(profile: Profile, contract: Contract) -> FaultReader:
    """Make the reader of faults."""
    return FaultReader(profile, contract.faults)


@pytest.fixture(scope="session")
def replies(faults: FaultReader) -> ReplyReader:
    """Make the reader of SOAP 1.2 replies."""
    return ReplyReader("1.2", faults)


@pytest.fixture(scope="session")
def schedules(contract: Contract) -> ScheduleReader:
    """Make the reader of schedules."""
    return ScheduleReader(contract.operations["get_schedule"].paths, InstantReader("Europe/Moscow"))
