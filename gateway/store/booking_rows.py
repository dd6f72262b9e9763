"""How a booking's row is read and its history written, for all who do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.domain.booking import Booking, BookingState
from gateway.domain.moscow import as_moscow
from gateway.domain.outcomes import Refusal

__all__ = ["ADD_HISTORY", "SELECT_BOOKING", "read_booking"]

SELECT_BOOKING: Final = """
SELECT b.id, b.state, b.slot_id, e.lpu_code, e.emias_doctor_id, d.element_id, d.name AS doctor_name, b.starts_at,
       b.ends_at, b.room, b.token, b.attempt, b.refusal, b.error_code, b.emias_appointment_id, b.ticket, b.updated_at,
       b.emias_slot_id, b.patient_sealed, b.checks, b.created_at, now() - b.doubted_at AS doubted_for
FROM bookings b
JOIN doctors d ON d.id = b.site_doctor_id
JOIN emias_doctors e ON e.id = b.doctor_id
"""

ADD_HISTORY: Final = """
INSERT INTO booking_history (booking_id, from_state, to_state, cause, attempt, actor) VALUES ($1, $2, $3, $4, $5, $6)
"""


def read_booking(row: Mapping[str, Any]) -> Booking:
    """Read a row of `SELECT_BOOKING` as the domain's booking."""
    ends_at = row["ends_at"]
    return Booking(
        id=row["id"],
        state=BookingState(row["state"]),
        slot_id=row["slot_id"],
        lpu_code=row["lpu_code"],
        emias_doctor_id=row["emias_doctor_id"],
        doctor_id=row["element_id"],
        doctor_name=row["doctor_name"],
        starts_at=as_moscow(row["starts_at"]),
        ends_at=ends_at and as_moscow(ends_at),
        room=row["room"],
        token=row["token"],
        attempt=row["attempt"],
        refusal=Refusal(row["refusal"]) if row["refusal"] else None,
        error_code=row["error_code"],
        emias_appointment_id=row["emias_appointment_id"],
        ticket=row["ticket"],
        updated_at=as_moscow(row["updated_at"]),
    )
