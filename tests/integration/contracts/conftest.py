"""A running stand-in of EMIAS, and profiles that call it a test stand."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.domain.schedule import EmiasDoctorRef
from gateway.emias import profiles
from gateway.settings import ChannelSettings, read_settings
from simulator.running import Simulator, SimulatorConfig, running_simulator
from tests.contract.contracts import CONTRACTS
from tests.contract.stands import DOCTOR

__all__ = ["CANARIES", "MADE_UP", "StandCase", "stand_case"]

MADE_UP = """
[test_stand.patient]
last_name = "Стендовская"
first_name = "Вера"
middle_name = "Игоревна"
birth_date = "1985-03-14"
snils = "11223344595"
oms = "7756410885000127"
sex = "F"
"""
CANARIES = (
    "Стендовск",
    "Вер",
    "Игоревн",
    "112-233-445 95",
    "11223344595",
    "7756410885000127",
    "14.03.1985",
    "1985-03-14",
)


@dataclass(frozen=True)
class StandCase:
    """A contract of the stand-in with the settings by which it is reached."""

    name: str
    simulator: Simulator
    settings: ChannelSettings
    doctor: EmiasDoctorRef

    def spoil(self, operation: str, kind: str, **params: object) -> None:
        """Plan one fault, by the stand-in's own name of the operation."""
        self.simulator.installation.faults.add({"operation": operation, "kind": kind, "params": params})

    def active(self) -> int:
        """Count the appointments that stand."""
        return sum(row.is_active for row in self.simulator.installation.ledger)


@pytest.fixture(scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Simulator]:
    """Run the stand-in once."""
    config = SimulatorConfig(pki_folder=tmp_path_factory.mktemp("stand-pki"), doctors=4)
    async with running_simulator(config) as simulator:
        yield simulator


@pytest.fixture(params=["seed-soap", "seed-rest", "hub-like", "fer-like"])
async def case(request: pytest.FixtureRequest, running: Simulator, tmp_path: Path) -> StandCase:
    """Offer each shipped profile in turn, marked as a test stand's."""
    running.installation.reset()
    return stand_case(request.param, running, tmp_path)


@pytest.fixture
async def seed(running: Simulator, tmp_path: Path) -> StandCase:
    """Offer the contract of record, marked as a test stand's."""
    running.installation.reset()
    return stand_case("seed-soap", running, tmp_path)


def stand_case(name: str, simulator: Simulator, folder: Path) -> StandCase:
    """Copy a shipped profile, mark it, and point the settings at the stand-in."""
    facts = CONTRACTS[name]
    profile = Path(shutil.copytree(Path(profiles.__file__).parent / name, folder / name)) / "profile.toml"
    profile.write_text(profile.read_text(encoding="utf-8") + MADE_UP, encoding="utf-8")
    secrets = folder / "secrets.toml"
    lines = (f"{key} = {json.dumps(secret)}\n" for key, secret in facts.secrets.items())
    secrets.write_text("".join(lines), encoding="utf-8")
    environment = {
        "EMIAS_PROFILE": str(profile),
        "EMIAS_URL": simulator.contract_url(facts.served),
        "EMIAS_CA_FILE": str(simulator.pki.ca),
        "EMIAS_PKCS12_FILE": str(simulator.pki.client_p12),
        "EMIAS_KEY_PASSWORD_FILE": str(simulator.pki.client_password),
        "EMIAS_SECRETS_FILE": str(secrets),
    }
    return StandCase(name, simulator, read_settings(ChannelSettings, environment), facts.ref(DOCTOR))
