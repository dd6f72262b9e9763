"""Domain nouns in the shapes that callers see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, Literal

from gateway.domain.booking import Booking, BookingState
from gateway.domain.directory import Alternative, Doctor, DoctorSlots, FreeSlot, Specialty
from gateway.domain.hold import Hold
from gateway.domain.moscow import as_moscow, moscow_day
from gateway.http.schemas import (
    AlternativeOut,
    BookingOut,
    BookingPendingOut,
    ClockOut,
    DayOut,
    DoctorListOut,
    DoctorNameOut,
    DoctorOut,
    DoctorSlotsOut,
    HoldOut,
    InstitutionStateOut,
    PendingState,
    SlotOut,
    SpecialtyNameOut,
    SpecialtyOut,
    StatusOut,
    SyncOut,
)
from gateway.services.report import EmiasState, Status

__all__ = [
    "PENDING_STATES",
    "POLL_AFTER",
    "alternatives_out",
    "booking_out",
    "doctors_out",
    "hold_out",
    "is_stale",
    "pending_out",
    "slots_out",
    "specialties_out",
    "status_out",
]

POLL_AFTER: Final = 5
_S = BookingState
PENDING_STATES: Final[Mapping[BookingState, PendingState]] = {
    _S.SUBMITTING: "submitting",
    _S.IN_DOUBT: "in_doubt",
    _S.MANUAL: "manual",
    _S.CANCELLING: "cancelling",
    _S.CANCEL_IN_DOUBT: "cancel_in_doubt",
}
"""States that end by themselves or by an operator: worth asking again."""


def _moscow(instant: datetime | None) -> datetime | None:
    return None if instant is None else as_moscow(instant)


def is_stale(as_of: datetime | None, now: datetime, stale_after: timedelta) -> bool:
    """Tell whether a schedule is too old to be shown without a warning."""
    return as_of is None or now - as_of > stale_after


def specialties_out(specialties: Sequence[Specialty]) -> tuple[SpecialtyOut, ...]:
    """Shape the list of specialties."""
    return tuple(SpecialtyOut(one.id, one.name, one.doctors) for one in specialties)


def doctors_out(doctors: Sequence[Doctor], cursor: str | None, now: datetime, stale_after: timedelta) -> DoctorListOut:
    """Shape a page of doctors."""
    return DoctorListOut(tuple(_doctor_out(doctor, now, stale_after) for doctor in doctors), cursor)


def _doctor_out(doctor: Doctor, now: datetime, stale_after: timedelta) -> DoctorOut:
    return DoctorOut(
        doctor.id,
        doctor.name,
        SpecialtyNameOut(doctor.specialty_id, doctor.specialty_name),
        doctor.lpu_codes[0] if doctor.lpu_codes else None,
        doctor.lpu_codes,
        doctor.bookable,
        _moscow(doctor.next_free),
        _moscow(doctor.as_of),
        is_stale(doctor.as_of, now, stale_after),
        doctor.reason,
    )


def slots_out(found: DoctorSlots, *, stale: bool) -> DoctorSlotsOut:
    """Shape a doctor's free slots, day by day."""
    ordered = sorted(found.slots, key=lambda slot: slot.starts_at)
    days = tuple(
        DayOut(day, tuple(_slot_out(slot) for slot in slots))
        for day, slots in groupby(ordered, key=lambda slot: moscow_day(slot.starts_at))
    )
    return DoctorSlotsOut(found.doctor_id, _moscow(found.as_of), stale, days)


def _slot_out(slot: FreeSlot) -> SlotOut:
    return SlotOut(slot.id, as_moscow(slot.starts_at), slot.doctor.lpu_code, _moscow(slot.ends_at), slot.room)


def hold_out(hold: Hold) -> HoldOut:
    """Shape a hold."""
    return HoldOut(
        hold.id,
        _slot_out(hold.slot),
        DoctorNameOut(hold.slot.doctor_id, hold.slot.doctor_name),
        as_moscow(hold.expires_at),
        hold.renewals_left,
        hold.verified,
    )


def booking_out(booking: Booking) -> BookingOut:
    """Shape a booking in any state."""
    pending = booking.state in PENDING_STATES
    return BookingOut(
        booking.id,
        booking.state.value,
        SlotOut(
            booking.slot_id, as_moscow(booking.starts_at), booking.lpu_code, _moscow(booking.ends_at), booking.room
        ),
        DoctorNameOut(booking.doctor_id, booking.doctor_name),
        booking.emias_appointment_id,
        booking.ticket,
        booking.refusal.value if booking.refusal and booking.state is BookingState.REJECTED else None,
        _status_url(booking) if pending else None,
        POLL_AFTER if pending else None,
    )


def pending_out(booking: Booking) -> BookingPendingOut:
    """Shape the news that a booking's end is not known yet."""
    return BookingPendingOut(booking.id, PENDING_STATES[booking.state], _status_url(booking), POLL_AFTER)


def _status_url(booking: Booking) -> str:
    return f"/v1/bookings/{booking.id}"


def alternatives_out(alternatives: Sequence[Alternative]) -> tuple[AlternativeOut, ...]:
    """Shape the slots offered in place of a lost one."""
    return tuple(
        AlternativeOut(
            other.slot.id,
            other.slot.doctor_id,
            other.slot.doctor_name,
            other.slot.doctor.lpu_code,
            as_moscow(other.slot.starts_at),
            other.same_doctor,
        )
        for other in alternatives
    )


def status_out(status: Status) -> StatusOut:
    """Shape the gateway's state: degraded when some patients cannot book, or see an old schedule."""
    level: Literal["ok", "degraded", "down"]
    level = "ok" if status.is_well else "down" if status.emias is EmiasState.DOWN else "degraded"
    return StatusOut(
        level,
        status.emias.value,
        tuple(InstitutionStateOut(one.lpu_code, one.emias.value) for one in status.institutions),
        SyncOut(_moscow(status.oldest_as_of), status.lagging, status.doctors),
        ClockOut(as_moscow(status.clock), round(status.clock_skew.total_seconds(), 3)),
    )
