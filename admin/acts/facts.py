"""What the pages of acts read: rows without personal data, a patient only masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from gateway.domain.wish_rules import Standing
from gateway.store.cases import read_standing
from gateway.store.engine import Database

__all__ = ["BookingFacts", "read_booking", "read_doctor", "read_institution", "read_mapping"]

Row = Mapping[str, Any]

_BOOKING: Final = """
SELECT b.id, b.state, b.patient_mask, b.starts_at, b.room, b.created_at, b.updated_at, b.attempt, b.ticket,
       b.emias_appointment_id, b.refusal, b.error_code, b.evidence, b.checks, b.doubted_at, b.next_check_at,
       now() - b.doubted_at AS doubted_for, coalesce(b.look_until > now(), false) AS is_looked_at, b.retry_of,
       b.doctor_id AS emias_doctor, d.name AS doctor, e.lpu_code, i.name AS institution
FROM bookings b
JOIN doctors d ON d.id = b.site_doctor_id
JOIN emias_doctors e ON e.id = b.doctor_id
JOIN institutions i ON i.lpu_code = e.lpu_code
WHERE b.id = $1
"""
_HISTORY: Final = """
SELECT at, from_state, to_state, cause, attempt, actor FROM booking_history WHERE booking_id = $1 ORDER BY id
"""
_DOCTOR: Final = """
SELECT e.id, e.lpu_code, e.emias_doctor_id, e.hint_name, e.as_of, now() - e.as_of AS age, e.free_slots, e.failures,
       e.last_error, e.last_error_at, i.name AS institution,
       ARRAY(SELECT d.name FROM doctor_mappings m JOIN doctors d ON d.id = m.doctor_id AND d.is_active
             WHERE m.emias_doctor = e.id AND m.status = 'mapped' ORDER BY d.name) AS names
FROM emias_doctors e JOIN institutions i USING (lpu_code)
WHERE e.id = $1
"""
_MAPPING: Final = """
SELECT m.id, m.doctor_id, m.lpu_code, m.emias_doctor_id, m.status, m.reason, m.origin, m.emias_doctor, d.name AS doctor,
       e.hint_name
FROM doctor_mappings m JOIN doctors d ON d.id = m.doctor_id LEFT JOIN emias_doctors e ON e.id = m.emias_doctor
WHERE m.id = $1
"""
_INSTITUTION: Final = """
SELECT i.lpu_code, i.name, i.is_open, NOT i.calls_stopped AS calls, NOT i.retries_stopped AS retries, i.switch_reason,
       i.switched_at, i.last_ok_at, i.last_error, i.last_error_at,
       (SELECT count(*) FROM emias_doctors e WHERE e.lpu_code = i.lpu_code) AS doctors,
       (SELECT count(*) FROM bookings b JOIN emias_doctors e ON e.id = b.doctor_id
        WHERE e.lpu_code = i.lpu_code AND b.state = 'failed' AND b.created_at > now() - interval '72 hours'
          AND b.starts_at > now() AND b.patient_sealed IS NOT NULL
          AND (SELECT h.cause FROM booking_history h WHERE h.booking_id = b.id ORDER BY h.id DESC LIMIT 1) = 'not_sent'
          AND NOT EXISTS (SELECT FROM bookings r WHERE r.retry_of = b.id)) AS candidates
FROM institutions i WHERE i.lpu_code = $1
"""


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """A booking's row, what may be decided of it, and its history."""

    row: Row
    standing: Standing
    history: Sequence[Row]


async def read_booking(database: Database, booking_id: UUID) -> BookingFacts | None:
    """Read a booking at one instant; None when there is no such one."""
    async with (
        database.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        row = await connection.fetchrow(_BOOKING, booking_id)
        standing = await read_standing(connection, booking_id)
        if row is None or standing is None:
            return None
        return BookingFacts(row, standing, await connection.fetch(_HISTORY, booking_id))


async def read_doctor(database: Database, row_id: int) -> Row | None:
    """Read an EMIAS doctor with the site's doctors who are mapped to it."""
    return await _one(database, _DOCTOR, row_id)


async def read_mapping(database: Database, row_id: int) -> Row | None:
    """Read a mapping."""
    return await _one(database, _MAPPING, row_id)


async def read_institution(database: Database, lpu_code: str) -> Row | None:
    """Read an institution with its switches, and how many bookings could be retried."""
    return await _one(database, _INSTITUTION, lpu_code)


async def _one(database: Database, query: str, key: object) -> Row | None:
    row: Row | None = await database.pool.fetchrow(query, key)
    return row
