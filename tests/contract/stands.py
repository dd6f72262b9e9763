"""The adapters of the `Emias` port, each with the same few things to do behind its back."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final, Protocol

import msgspec

from gateway.domain.moscow import MOSCOW
from gateway.domain.outcomes import Refusal
from gateway.domain.patient import OmsPolicy, Patient, Snils
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow
from gateway.emias.certificate import TlsFiles
from gateway.emias.connect import EmiasChannel, open_emias
from gateway.emias.guard import Guard
from gateway.emias.memory import MemoryEmias
from gateway.emias.profiles import Profile, load_profile
from gateway.emias.profiles import profile as shapes
from gateway.ports import AppointmentRequest, Emias
from simulator.running import Simulator

__all__ = [
    "ANNA",
    "DOCTOR",
    "OTHER_DOCTOR",
    "PROFILES",
    "VERA",
    "MemoryStand",
    "SimulatorStand",
    "Stand",
    "free_slots",
    "hasty",
    "horizon",
    "make_profiles",
    "request",
    "soap_stand",
    "tls_files",
    "today",
]

DOCTOR: Final = EmiasDoctorRef("0101", "41001")
OTHER_DOCTOR: Final = EmiasDoctorRef("0101", "41002")
PROFILES: Final = ("soap12", "soap11_in_chunks")
_HORIZON: Final = 30
_OPERATIONS: Final = {
    "probe": "GetVersion",
    "get_schedule": "GetSchedule",
    "create_appointment": "CreateAppointment",
    "find_appointments": "FindAppointments",
    "cancel_appointment": "CancelAppointment",
}
VERA: Final = Patient(
    last_name="Ольшанская",
    first_name="Вера",
    middle_name=None,
    birth_date=date(1985, 3, 14),
    snils=Snils.parse("112-233-445 95"),
    oms=OmsPolicy.parse("7756410885000127"),
)
ANNA: Final = Patient(
    last_name="Лазурина",
    first_name="Анна",
    middle_name="Львовна",
    birth_date=date(1948, 1, 2),
    snils=Snils.parse("087-654-303 00"),
    oms=OmsPolicy.parse("5078150847000121"),
)


class Stand(Protocol):
    """An adapter and a hand on the registry behind it."""

    @property
    def emias(self) -> Emias:
        """The adapter."""

    def refuse(self, operation: str, kind: Refusal) -> None:
        """Let the next call of an operation, named as the port's method, be refused."""

    def active(self) -> int:
        """Count the appointments that stand."""

    def change_one_slot(self) -> None:
        """Take one of tomorrow's free slots of the doctor, as a stranger would."""


class MemoryStand:
    """The adapter in memory."""

    def __init__(self) -> None:
        self.emias = MemoryEmias(lambda: datetime.now(MOSCOW))
        for doctor in (DOCTOR, OTHER_DOCTOR):
            self.emias.offer(doctor, (_slot(day, place) for day in range(_HORIZON + 2) for place in range(8)))

    def refuse(self, operation: str, kind: Refusal) -> None:
        """Refuse once."""
        self.emias.refuse(operation, kind)

    def active(self) -> int:
        """Count the ledger's active rows."""
        return sum(row.appointment.active for row in self.emias.ledger)

    def change_one_slot(self) -> None:
        """Take the first slot of tomorrow."""
        self.emias.offer(DOCTOR, [_slot(1, 0)._replace(is_free=False)])


def _slot(day: int, place: int) -> RemoteSlot:
    starts_at = datetime.combine(today() + timedelta(days=day), time(9), MOSCOW) + place * timedelta(minutes=12)
    return RemoteSlot(starts_at, f"m-{day}-{place}", is_free=place % 4 != 3, ends_at=starts_at + timedelta(minutes=12))


class SimulatorStand:
    """The SOAP adapter, over mutual TLS, toward the stand-in of EMIAS."""

    def __init__(self, emias: Emias, simulator: Simulator) -> None:
        self.emias = emias
        self.installation = simulator.installation

    def refuse(self, operation: str, kind: Refusal) -> None:
        """Plan one refusal with the contract's code for the kind."""
        codes = {kind: code for code, kind in load_profile("seed-soap").faults.refusals.items()}
        self.spoil(_OPERATIONS[operation], "refuse", code=codes.get(kind, "INTERNAL"))

    def spoil(self, operation: str, kind: str, **params: object) -> None:
        """Plan one fault."""
        self.installation.faults.add({"operation": operation, "kind": kind, "params": params})

    def active(self) -> int:
        """Count the ledger's active rows."""
        return sum(row.is_active for row in self.installation.ledger)

    def change_one_slot(self) -> None:
        """Take one of tomorrow's free slots."""
        world = self.installation.world
        tomorrow = today() + timedelta(days=1)
        slots = world.slots(world.doctors[int(DOCTOR.emias_doctor_id)], tomorrow, tomorrow)
        world.mark(next(slot for slot in slots if slot.is_free), free=False)


def make_profiles(folder: Path) -> dict[str, str]:
    """Return the profiles under test: the built-in one, and a clinic's own with SOAP 1.1 and ten days a call."""
    clinic = Path(shutil.copytree(Path(shapes.__file__).parent / "seed-soap", folder / "clinic"))
    file = clinic / "profile.toml"
    text = file.read_text(encoding="utf-8")
    for good, other in (
        ('version = "1.2"', 'version = "1.1"'),
        ("}SoapHttpsBinding12_", "}BasicHttpBinding_"),
        ("days_per_call = 31", "days_per_call = 10"),
    ):
        assert good in text
        text = text.replace(good, other)
    file.write_text(text, encoding="utf-8")
    return dict(zip(PROFILES, ("seed-soap", str(clinic)), strict=True))


def hasty(profile: Profile, deadline: float) -> Profile:
    """Shorten every deadline of a profile, in seconds."""
    operations = {
        name: msgspec.structs.replace(call, deadline=deadline)
        for name, call in msgspec.structs.asdict(profile.operations).items()
    }
    return msgspec.structs.replace(profile, operations=msgspec.structs.replace(profile.operations, **operations))


def tls_files(simulator: Simulator) -> TlsFiles:
    """Name the files of the good client, PKCS#12 as EMIAS hands it out."""
    pki = simulator.pki
    return TlsFiles(ca_file=pki.ca, pkcs12_file=pki.client_p12, password=pki.client_password.read_bytes())


@asynccontextmanager
async def soap_stand(simulator: Simulator, profile: str, guard: Guard | None = None) -> AsyncIterator[SimulatorStand]:
    """Open the adapter as the composition root does."""
    async with open_emias(EmiasChannel(profile, simulator.emias_url, tls_files(simulator)), guard) as emias:
        yield SimulatorStand(emias, simulator)


def today() -> date:
    """Return the present day in Moscow."""
    return datetime.now(MOSCOW).date()


def horizon() -> tuple[date, date]:
    """Return the range that a sync asks for."""
    return today(), today() + timedelta(days=_HORIZON - 1)


async def free_slots(emias: Emias, doctor: EmiasDoctorRef = DOCTOR) -> list[RemoteSlot]:
    """List a doctor's free slots from tomorrow on."""
    window = await emias.get_schedule(doctor, *horizon())
    assert isinstance(window, ScheduleWindow)
    return [slot for slot in window.slots if slot.is_free and slot.starts_at.date() > today()]


def request(slot: RemoteSlot, patient: Patient = VERA, doctor: EmiasDoctorRef = DOCTOR) -> AppointmentRequest:
    """Ask for a slot."""
    return AppointmentRequest(doctor, slot.emias_slot_id, slot.starts_at, patient, "booking-1")
