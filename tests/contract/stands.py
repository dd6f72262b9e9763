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
from gateway.domain.outcomes import Capabilities, Refusal
from gateway.domain.patient import OmsPolicy, Patient, Snils
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow
from gateway.emias.adapter import ContractEmias
from gateway.emias.certificate import TlsFiles
from gateway.emias.connect import EmiasChannel, open_emias
from gateway.emias.guard import Guard
from gateway.emias.memory import MemoryEmias
from gateway.emias.profiles import Profile, load_profile
from gateway.emias.profiles import profile as shapes
from gateway.emias.tls import client_context
from gateway.ports import AppointmentRequest, Emias
from simulator.running import Simulator
from tests.contract.contracts import CONTRACTS, ContractFacts

__all__ = [
    "ANNA",
    "DOCTOR",
    "OTHER_DOCTOR",
    "VERA",
    "MemoryStand",
    "SimulatorStand",
    "Stand",
    "free_slots",
    "hasty",
    "horizon",
    "request",
    "simulator_stand",
    "tls_files",
    "today",
    "write_clinic",
]

DOCTOR: Final = EmiasDoctorRef("0101", "41001")
OTHER_DOCTOR: Final = EmiasDoctorRef("0101", "41002")
_STRANGERS: Final = EmiasDoctorRef("0202", "52001")
_NOBODY: Final = EmiasDoctorRef("0101", "7")
_NO_SLOT: Final = "41001-0-0"
_DAYS: Final = 32
_HURRY: Final = 0.7
_OPERATIONS: Final = {
    "probe": "GetVersion",
    "get_schedule": "GetSchedule",
    "create_appointment": "CreateAppointment",
    "find_appointments": "FindAppointments",
    "cancel_appointment": "CancelAppointment",
    "identify": "IdentifyPatient",
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

    @property
    def can(self) -> Capabilities:
        """What the contract should be able to do."""

    @property
    def doctors(self) -> tuple[EmiasDoctorRef, EmiasDoctorRef]:
        """Two doctors of one institution, as the contract names them."""

    @property
    def other_lpu(self) -> str:
        """Another institution, as the contract names it."""

    @property
    def unknown_doctor(self) -> EmiasDoctorRef:
        """A doctor of the institution whom the registry does not know."""

    @property
    def unknown_slot_id(self) -> str:
        """A slot id of the right form that no slot has."""

    @property
    def has_slot_ends(self) -> bool:
        """Tell whether slots have an end."""

    @property
    def cancel_names_patient(self) -> bool:
        """Tell whether a cancellation says whose appointment it is."""

    def told_as(self, kind: Refusal) -> Refusal | None:
        """Tell as which kind a refusal arrives; None when the contract cannot say it."""

    def refuse(self, operation: str, kind: Refusal) -> None:
        """Let the next call of an operation, named as the port's method, be refused."""

    def active(self) -> int:
        """Count the appointments that stand."""

    def change_one_slot(self) -> None:
        """Take one of tomorrow's free slots of the first doctor, as a stranger would."""


class MemoryStand:
    """The adapter in memory."""

    can = Capabilities(lookup=True, cancel=True, returns_appointment_id=True, lists_busy_slots=True)
    doctors = (DOCTOR, OTHER_DOCTOR)
    other_lpu = "0202"
    unknown_doctor = _NOBODY
    unknown_slot_id = _NO_SLOT
    has_slot_ends = True
    cancel_names_patient = True

    def __init__(self) -> None:
        self.emias = MemoryEmias(lambda: datetime.now(MOSCOW))
        for doctor in self.doctors:
            self.emias.offer(doctor, (_slot(day, place) for day in range(_DAYS) for place in range(8)))

    def told_as(self, kind: Refusal) -> Refusal | None:
        """Tell every kind as it is."""
        return kind

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
    """The adapter of a profile, over mutual TLS, toward the stand-in; `hurried` is one with short deadlines."""

    def __init__(
        self, emias: Emias, simulator: Simulator, facts: ContractFacts, profile: Profile, hurried: Emias | None = None
    ) -> None:
        operations = profile.operations
        create, cancel = operations.create, operations.cancel
        self.emias = emias
        self.hurried = hurried or emias
        self.facts = facts
        self.profile = profile
        self.installation = simulator.installation
        self.doctors = (facts.ref(DOCTOR), facts.ref(OTHER_DOCTOR))
        self.other_lpu = facts.lpu(_STRANGERS.lpu_code)
        self.unknown_doctor = facts.ref(_NOBODY)
        self.unknown_slot_id = facts.slot_id(_NO_SLOT)
        self.has_slot_ends = operations.get_schedule.result.ends_at is not None
        names = cancel.parameters.values() if cancel else ()
        self.cancel_names_patient = any(name.startswith("patient") for name in names)
        self.can = Capabilities(
            lookup=operations.find is not None,
            cancel=cancel is not None,
            returns_appointment_id=create.result.appointment_id is not None,
            lists_busy_slots=profile.schedule.lists_busy,
            horizon_days=profile.schedule.horizon_days,
            echoes_client_ref="client_ref" in create.parameters.values(),
        )

    def told_as(self, kind: Refusal) -> Refusal | None:
        """Tell what the profile's tables make of it."""
        faults = self.profile.faults
        said = {*faults.refusals.values(), *(rule.refusal for rule in faults.texts)}
        return self.facts.told_as.get(kind, kind) if kind in said or kind in self.facts.told_as else None

    def refuse(self, operation: str, kind: Refusal) -> None:
        """Plan one refusal with the world's code for the kind."""
        codes = {kind: code for code, kind in load_profile("seed-soap").faults.refusals.items()}
        self.spoil(operation, "refuse", code=codes.get(kind, "INTERNAL"))

    def spoil(self, operation: str, kind: str, **params: object) -> None:
        """Plan one fault of an operation, named as the port's method."""
        self.installation.faults.add({"operation": _OPERATIONS[operation], "kind": kind, "params": params})

    def calls(self, operation: str) -> int:
        """Count the calls that arrived."""
        return self.installation.journal.calls[_OPERATIONS[operation]]

    def active(self) -> int:
        """Count the ledger's active rows."""
        return sum(row.is_active for row in self.installation.ledger)

    def change_one_slot(self) -> None:
        """Take one of tomorrow's free slots."""
        world = self.installation.world
        tomorrow = today() + timedelta(days=1)
        slots = world.slots(world.doctors[int(DOCTOR.emias_doctor_id)], tomorrow, tomorrow)
        world.mark(next(slot for slot in slots if slot.is_free), free=False)


def write_clinic(folder: Path) -> str:
    """Write a clinic's own profile, the built-in one over SOAP 1.1 and ten days a call; return its path."""
    clinic = Path(shutil.copytree(Path(shapes.__file__).parent / "seed-soap", folder / "seed-soap-11"))
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
    return str(clinic)


def hasty(profile: Profile, deadline: float) -> Profile:
    """Shorten every deadline of a profile, in seconds."""
    calls = {
        name: msgspec.structs.replace(call, deadline=deadline) for name, call in profile.operations.calls().items()
    }
    return msgspec.structs.replace(profile, operations=msgspec.structs.replace(profile.operations, **calls))


def tls_files(simulator: Simulator) -> TlsFiles:
    """Name the files of the good client, PKCS#12 as EMIAS hands it out."""
    pki = simulator.pki
    return TlsFiles(ca_file=pki.ca, pkcs12_file=pki.client_p12, password=pki.client_password.read_bytes())


@asynccontextmanager
async def simulator_stand(
    simulator: Simulator, contract: str, path: str | None = None, guard: Guard | None = None
) -> AsyncIterator[SimulatorStand]:
    """Open the adapter of a contract as the composition root does; `path` leads to a profile that is not built in."""
    facts = CONTRACTS[contract]
    profile = path or facts.profile
    channel = EmiasChannel(profile, simulator.contract_url(facts.served), tls_files(simulator), secrets=facts.secrets)
    async with (
        open_emias(channel, guard) as emias,
        await _hurried(simulator, facts, load_profile(profile)) as hurried,
    ):
        yield SimulatorStand(emias, simulator, facts, load_profile(profile), hurried)


async def _hurried(simulator: Simulator, facts: ContractFacts, profile: Profile) -> ContractEmias:
    url, tls = simulator.contract_url(facts.served), client_context(tls_files(simulator))
    return await ContractEmias.open(hasty(profile, _HURRY), url, tls, secrets=facts.secrets)


def today() -> date:
    """Return the present day in Moscow."""
    return datetime.now(MOSCOW).date()


def horizon(stand: Stand) -> tuple[date, date]:
    """Return the range that a sync asks for."""
    return today(), today() + timedelta(days=stand.can.horizon_days - 1)


async def free_slots(stand: Stand, doctor: EmiasDoctorRef | None = None) -> list[RemoteSlot]:
    """List a doctor's free slots from tomorrow on; the first doctor's where none is named."""
    window = await stand.emias.get_schedule(doctor or stand.doctors[0], *horizon(stand))
    assert isinstance(window, ScheduleWindow)
    return [slot for slot in window.slots if slot.is_free and slot.starts_at.date() > today()]


def request(
    stand: Stand, slot: RemoteSlot, patient: Patient = VERA, doctor: EmiasDoctorRef | None = None
) -> AppointmentRequest:
    """Ask for a slot; the first doctor's where none is named."""
    return AppointmentRequest(doctor or stand.doctors[0], slot.emias_slot_id, slot.starts_at, patient, "booking-1")
