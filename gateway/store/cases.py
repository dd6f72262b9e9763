"""What wishes are about: a booking with its standing, an EMIAS doctor, a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from cryptography.fernet import InvalidToken

from gateway.domain.booking import LIVE_STATES, BookingState
from gateway.domain.doubt import Doubt
from gateway.domain.hold import Holder
from gateway.domain.identity import IdentitySource, PolicyMark
from gateway.domain.moscow import as_moscow
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef
from gateway.domain.wish import Wish
from gateway.domain.wish_rules import Standing
from gateway.ports import Case
from gateway.store.booking_rows import SELECT_BOOKING, read_booking
from gateway.store.cipher import Cipher
from gateway.store.engine import Database

__all__ = ["CaseBook", "has_booked_since", "read_standing"]

_LIVE: Final = sorted(state.value for state in LIVE_STATES)

_STANDING: Final = """
SELECT b.state, b.emias_appointment_id, b.patient_sealed IS NOT NULL AS has_patient, b.starts_at > now() AS is_ahead,
       i.calls_stopped, b.updated_at, last.cause, last.actor, last.at, r.id AS retried_by,
       b.state = 'cancel_in_doubt' OR b.state = 'manual' AND last.from_state = 'cancel_in_doubt' AS was_cancel,
       EXISTS (SELECT FROM bookings o JOIN emias_doctors their ON their.id = o.doctor_id
               WHERE o.snils_hash = b.snils_hash AND o.site_id = b.site_id AND o.id <> b.id AND o.state = ANY($2)
                 AND (o.starts_at = b.starts_at OR their.lpu_code = e.lpu_code
                      AND (o.created_at > b.created_at OR o.state IN ('submitting', 'in_doubt', 'manual')))
       ) AS booked_since
FROM bookings b
JOIN emias_doctors e ON e.id = b.doctor_id
JOIN institutions i ON i.lpu_code = e.lpu_code
LEFT JOIN bookings r ON r.retry_of = b.id
LEFT JOIN LATERAL (SELECT h.from_state, h.cause, h.actor, h.at FROM booking_history h
                   WHERE h.booking_id = b.id AND h.to_state = b.state AND h.from_state <> h.to_state
                   ORDER BY h.id DESC LIMIT 1) AS last ON true
WHERE b.id = $1
"""
_LOCK_PATIENT: Final = """
SELECT pg_advisory_xact_lock(hashtextextended('retry:' || site_id || ':' || snils_hash, 0))
FROM bookings WHERE id = $1
"""
_BOOKING: Final = f"{SELECT_BOOKING} WHERE b.id = $1"
_OWNER: Final = """
SELECT site_id, api_key_id, contact_sealed, identity_source, policy_mark FROM bookings WHERE id = $1
"""

_TAKE: Final = """
UPDATE bookings
SET token = nextval('fencing_tokens'),
    look_until = CASE WHEN state = 'manual' THEN NULL ELSE now() + $2::interval END
WHERE id = $1 AND state IN ('in_doubt', 'cancel_in_doubt', 'manual') AND (look_until IS NULL OR look_until <= now())
RETURNING id
"""
_GIVE_BACK: Final = "UPDATE bookings SET look_until = NULL WHERE id = $1 AND token = $2"
_KNOWN: Final = """
SELECT EXISTS (SELECT FROM bookings b JOIN emias_doctors e ON e.id = b.doctor_id
               WHERE e.lpu_code = $1 AND b.emias_appointment_id = $2 AND b.id <> $3)
"""
_NEXT: Final = """
SELECT b.id
FROM bookings b JOIN emias_doctors e ON e.id = b.doctor_id
WHERE e.lpu_code = $1 AND b.state = 'failed' AND b.created_at BETWEEN $2::timestamptz - $3::interval AND $2
  AND b.starts_at > now() AND b.patient_sealed IS NOT NULL
  AND (SELECT h.cause FROM booking_history h WHERE h.booking_id = b.id ORDER BY h.id DESC LIMIT 1) = 'not_sent'
  AND NOT EXISTS (SELECT FROM bookings r WHERE r.retry_of = b.id)
  AND NOT EXISTS (SELECT FROM wishes w WHERE w.subject = b.id::text AND (w.parent_id = $4 OR w.ended_at IS NULL))
ORDER BY b.created_at, b.id
LIMIT 1
"""
_LEFT_HOLD: Final = "SELECT id FROM holds WHERE site_id = $1 AND client_ref = $2 AND state = 'held' LIMIT 1"
_DOCTOR: Final = "SELECT lpu_code, emias_doctor_id FROM emias_doctors WHERE id = $1"
_MAPPING: Final = """
SELECT m.lpu_code, m.emias_doctor_id FROM doctor_mappings m JOIN institutions i USING (lpu_code)
WHERE m.id = $1 AND m.emias_doctor_id <> ''
"""
_log = structlog.stdlib.get_logger("gateway.cases")


async def read_standing(connection: Any, booking_id: UUID) -> Standing | None:
    """Read how a booking stands, from a connection or a pool; None when there is no such one."""
    row = await connection.fetchrow(_STANDING, booking_id, _LIVE)
    if row is None:
        return None
    return Standing(
        state=BookingState(row["state"]),
        cause=row["cause"] or "",
        actor=row["actor"] or "",
        since=as_moscow(row["at"] or row["updated_at"]),
        was_cancel=row["was_cancel"],
        appointment_id=row["emias_appointment_id"],
        has_patient=row["has_patient"],
        is_ahead=row["is_ahead"],
        retried_by=row["retried_by"],
        booked_since=row["booked_since"],
        calls_stopped=row["calls_stopped"],
    )


async def has_booked_since(connection: Any, booking_id: UUID) -> bool:
    """Tell, as a booking's retry is opened, whether its patient has another by now; True when there is no such booking.

    Until the transaction's end no other retry of the patient's is opened.
    """
    await connection.execute(_LOCK_PATIENT, booking_id)
    standing = await read_standing(connection, booking_id)
    return standing is None or standing.booked_since


@dataclass(frozen=True, slots=True)
class CaseBook:
    """Reads bookings with their patients, for the worker."""

    database: Database
    cipher: Cipher

    async def look(self, booking_id: UUID) -> Case | None:
        """Read a booking; None when there is no such one."""
        async with self.database.transaction() as connection:
            return await self._read(connection, booking_id)

    async def take(self, booking_id: UUID, lease: timedelta) -> Case | None:
        """Take a booking in doubt over under a new token; None when it is looked at now, or in no doubt."""
        async with self.database.transaction() as connection:
            if await connection.fetchval(_TAKE, booking_id, lease) is None:
                return None
            return await self._read(connection, booking_id)

    async def give_back(self, booking_id: UUID, token: int) -> None:
        """End the lease that `take` began, if the token is still the row's."""
        await self.database.pool.execute(_GIVE_BACK, booking_id, token)

    async def is_known(self, lpu_code: str, appointment_id: str, besides: UUID) -> bool:
        """Tell whether another booking of ours has this appointment."""
        return bool(await self.database.pool.fetchval(_KNOWN, lpu_code, appointment_id, besides))

    async def next_to_retry(self, bulk: Wish, within: timedelta) -> UUID | None:
        """Find the oldest booking of the institution that was surely not sent, whose visit is ahead.

        It failed within the time before the wish, no part of which is about it.
        """
        found: UUID | None = await self.database.pool.fetchval(_NEXT, bulk.subject, bulk.wished_at, within, bulk.id)
        return found

    async def left_hold(self, holder: Holder) -> UUID | None:
        """Find a living hold of this very visitor."""
        found: UUID | None = await self.database.pool.fetchval(_LEFT_HOLD, holder.site_id, holder.client_ref)
        return found

    async def doctor(self, row_id: int) -> EmiasDoctorRef | None:
        """Return the EMIAS doctor of this row."""
        return _ref(await self.database.pool.fetchrow(_DOCTOR, row_id))

    async def mapping(self, row_id: int) -> EmiasDoctorRef | None:
        """Return where a mapping leads, or would lead; None when it names no doctor of a known institution."""
        return _ref(await self.database.pool.fetchrow(_MAPPING, row_id))

    async def _read(self, connection: Any, booking_id: UUID) -> Case | None:
        standing = await read_standing(connection, booking_id)
        if standing is None:
            return None
        row = await connection.fetchrow(_BOOKING, booking_id)
        owner = await connection.fetchrow(_OWNER, booking_id)
        doubt = Doubt(
            booking=read_booking(row),
            patient=self._patient(row),
            looks=row["checks"],
            tried_at=as_moscow(row["created_at"]),
            age=row["doubted_for"] or timedelta(),
        )
        return Case(
            standing=standing,
            doubt=doubt,
            site_id=owner["site_id"],
            api_key_id=owner["api_key_id"],
            contact=self._contact(owner),
            source=IdentitySource(owner["identity_source"]),
            policy_mark=PolicyMark(owner["policy_mark"]),
        )

    def _patient(self, row: Mapping[str, Any]) -> Patient | None:
        if row["patient_sealed"] is None:
            return None
        try:
            return self.cipher.open_patient(row["patient_sealed"])
        except InvalidToken:
            _log.error("patient_unreadable", booking=str(row["id"]))
            return None

    def _contact(self, owner: Mapping[str, Any]) -> str | None:
        try:
            return self.cipher.open_text(owner["contact_sealed"]) if owner["contact_sealed"] else None
        except InvalidToken:
            return None


def _ref(row: Mapping[str, Any] | None) -> EmiasDoctorRef | None:
    return EmiasDoctorRef(row["lpu_code"], row["emias_doctor_id"]) if row else None
