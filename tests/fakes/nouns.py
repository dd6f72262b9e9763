"""The made-up site: its time, keys, slots and bookings."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from gateway.domain.booking import Booking, BookingState
from gateway.domain.directory import FreeSlot
from gateway.domain.moscow import MOSCOW
from gateway.domain.schedule import EmiasDoctorRef, SlotKey
from gateway.ports import (
    ApiKey,
)

__all__ = ["KEY", "NOW", "READ_ONLY_KEY", "SECRET", "SITE", "SOURCE", "make_booking", "make_key", "make_slot"]

SITE: Final = 1
SECRET: Final = "made-up-secret-of-more-than-thirty-two-characters"
KEY: Final = f"egw_k1_{SECRET}"
READ_ONLY_KEY: Final = f"egw_k2_{SECRET}"
NOW: Final = datetime(2026, 11, 23, 9, 15, tzinfo=MOSCOW)
SOURCE: Final = 501


def make_key(key_id: str, *scopes: str) -> ApiKey:
    """Make a key whose secret is `SECRET`."""
    return ApiKey(key_id, SITE, "main", frozenset(scopes), hashlib.sha256(SECRET.encode()).digest())


def make_slot(hours: int, *, doctor_id: str = "57", emias_doctor_id: str = "E57") -> FreeSlot:
    """Make a slot that begins some hours from `NOW`."""
    ref = EmiasDoctorRef("0101", emias_doctor_id)
    starts_at = NOW.replace(minute=0) + timedelta(hours=hours)
    public_id = SlotKey(ref, starts_at).public_id()
    ends_at = starts_at + timedelta(minutes=15)
    return FreeSlot(public_id, ref, doctor_id, "Иванова Анна Петровна", f"S{hours}", starts_at, ends_at, "312")


def make_booking(slot: FreeSlot, booking_id: UUID | None = None, at: datetime = NOW) -> Booking:
    """Make a booking that is being submitted."""
    return Booking(
        id=booking_id or uuid4(),
        state=BookingState.SUBMITTING,
        slot_id=slot.id,
        lpu_code=slot.doctor.lpu_code,
        emias_doctor_id=slot.doctor.emias_doctor_id,
        doctor_id=slot.doctor_id,
        doctor_name=slot.doctor_name,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        room=slot.room,
        token=1,
        attempt=1,
        refusal=None,
        error_code=None,
        emias_appointment_id=None,
        ticket=None,
        updated_at=at,
    )
