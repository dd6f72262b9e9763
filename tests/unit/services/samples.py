"""Made-up people, slots and bookings; no number belongs to anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from gateway.domain.booking import Booking, BookingState
from gateway.domain.diff import KnownSlot
from gateway.domain.directory import Alternative, FreeSlot
from gateway.domain.hold import Holder
from gateway.domain.moscow import MOSCOW
from gateway.domain.patient import OmsPolicy, Patient, Snils
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow, SlotKey
from gateway.ports import DueDoctor, HoldLimits, Intent

__all__ = [
    "ALTERNATIVE",
    "DOCTOR",
    "HOLDER",
    "LIMITS",
    "NOW",
    "PATIENT",
    "SLOT",
    "a_booking",
    "a_due_doctor",
    "a_window",
    "an_intent",
    "known",
    "remote",
    "slot_at",
]

NOW = datetime(2026, 11, 23, 10, tzinfo=MOSCOW)
DOCTOR = EmiasDoctorRef("0101", "700")
HOLDER = Holder(1, "key1", "visitor")
LIMITS = HoldLimits(per_visitor=3, per_key=500)
PATIENT = Patient(
    "Ёлкина",
    "Анна",
    None,
    date(1985, 3, 14),
    Snils.parse("112-233-445 95"),
    OmsPolicy.parse("7756410885000127"),
)


def slot_at(hours: float) -> FreeSlot:
    """Return a slot so many hours from now."""
    starts_at = NOW + timedelta(hours=hours)
    public_id = SlotKey(DOCTOR, starts_at).public_id()
    return FreeSlot(public_id, DOCTOR, "17", "Сидоров С. С.", f"s{hours}", starts_at, None, "12")


SLOT = slot_at(24)
ALTERNATIVE = Alternative(slot_at(25), same_doctor=True)


def an_intent() -> Intent:
    """Return an intent to book the held slot."""
    return Intent(uuid4(), HOLDER, uuid4(), PATIENT, "Н-1", None, None)


def a_booking(booking_id: UUID, state: BookingState = BookingState.SUBMITTING) -> Booking:
    """Return a booking of `SLOT`; a booked one has its appointment id."""
    booking = Booking(
        id=booking_id,
        state=state,
        slot_id=SLOT.id,
        lpu_code=DOCTOR.lpu_code,
        emias_doctor_id=DOCTOR.emias_doctor_id,
        doctor_id=SLOT.doctor_id,
        doctor_name=SLOT.doctor_name,
        starts_at=SLOT.starts_at,
        ends_at=None,
        room=SLOT.room,
        token=7,
        attempt=1,
        refusal=None,
        error_code=None,
        emias_appointment_id=None,
        ticket=None,
        updated_at=NOW,
    )
    return booking if state is BookingState.SUBMITTING else replace(booking, emias_appointment_id="A1")


def a_due_doctor(*, failures: int = 0, quarantined: int = 0, digest: str | None = None) -> DueDoctor:
    """Return a leased doctor who is read every ten minutes."""
    return DueDoctor(1, DOCTOR, uuid4(), digest, NOW, timedelta(minutes=10), failures, quarantined)


def remote(hours: float, *, free: bool = True) -> RemoteSlot:
    """Return a slot of a reply, so many hours from now."""
    return RemoteSlot(NOW + timedelta(hours=hours), f"s{hours}", free)


def known(hours: float) -> KnownSlot:
    """Return the row of the same slot."""
    return KnownSlot(NOW + timedelta(hours=hours), f"s{hours}", True, None, None, False)  # noqa: FBT003 - a named tuple


def a_window(*slots: RemoteSlot, digest: str = "new") -> ScheduleWindow:
    """Return a reply about the days from today on."""
    return ScheduleWindow(DOCTOR, slots, NOW.date(), NOW.date() + timedelta(days=29), digest)
