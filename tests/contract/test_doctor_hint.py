"""What each contract says of a doctor beside the slots."""

from __future__ import annotations

from gateway.domain.schedule import DoctorHint, ScheduleWindow
from simulator.running import Simulator
from tests.contract.stands import DOCTOR, SimulatorStand, horizon

_SAYS = ("seed-soap", "seed-soap-11", "seed-rest")


async def test_name_and_specialty_are_a_hint(contract: SimulatorStand, simulator: Simulator) -> None:
    """Contracts whose schedule names its doctor bring both texts; the others bring none."""
    known = simulator.installation.world.doctors[int(DOCTOR.emias_doctor_id)]
    window = await contract.emias.get_schedule(contract.doctors[0], *horizon(contract))

    assert isinstance(window, ScheduleWindow)
    says = contract.facts.profile in _SAYS
    assert window.hint == (DoctorHint(known.name, known.specialty) if says else DoctorHint())
