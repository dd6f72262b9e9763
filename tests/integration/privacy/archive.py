"""Rows of every kind and every age, written straight into the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from gateway.domain.booking import BookingState
from gateway.domain.patient import Patient
from gateway.store.cipher import Cipher
from gateway.store.engine import Database
from tests.integration.builders import PATIENT, MadeDoctor

__all__ = ["CONTACT", "ENDINGS", "VISITOR", "Archive"]

CONTACT: Final = "canary@example.org"
VISITOR: Final = "visitor-of-the-archive"
_S = BookingState
ENDINGS: Final[Mapping[str, tuple[BookingState, ...]]] = {
    "visited": (_S.SUBMITTING, _S.BOOKED),
    "cancelled": (_S.SUBMITTING, _S.BOOKED, _S.CANCELLING, _S.CANCELLED),
    "rejected": (_S.SUBMITTING, _S.REJECTED),
    "failed": (_S.SUBMITTING, _S.FAILED),
    "resolved": (_S.SUBMITTING, _S.IN_DOUBT, _S.MANUAL, _S.FAILED),
    "unsettled": (_S.SUBMITTING, _S.IN_DOUBT, _S.MANUAL),
}
"""How a booking came to the ending of each kind."""

_HOLD: Final = """
INSERT INTO holds (id, site_id, api_key_id, client_ref, site_doctor_id, doctor_id, starts_at, slot_id, state,
                   expires_at, created_at, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, now() - $7::interval, gen_random_uuid(), $8, now() - $7::interval,
        now() - $7::interval - interval '5 minutes', now() - $7::interval)
"""
_BOOKING: Final = """
INSERT INTO bookings (id, site_id, api_key_id, hold_id, site_doctor_id, doctor_id, starts_at, slot_id, emias_slot_id,
                      emias_appointment_id, patient_sealed, patient_mask, snils_hash, birth_hash, guest_hash,
                      contact_sealed, created_at)
VALUES ($1, $2, $3, $4, $5, $6, now() - $7::interval, gen_random_uuid(), 'E1', $8, $9, $10, $11, $12, $13, $14,
        now() - greatest($7::interval, '0') - interval '2 days')
"""
_MOVE: Final = """
UPDATE bookings SET state = $2, doubted_at = CASE WHEN $2 = 'in_doubt' THEN now() - $3::interval ELSE doubted_at END,
                    updated_at = now() - $3::interval
WHERE id = $1
"""
_STEP: Final = """
INSERT INTO booking_history (booking_id, from_state, to_state, cause, attempt, actor, at)
VALUES ($1, $2, $3, 'test', 1, 'test',
        now() - greatest($4::interval, '0') - interval '2 days' + make_interval(secs => $5))
"""
_WISH: Final = """
INSERT INTO wishes (kind, subject, reason, wished_by, state, result, wished_at, ended_at, parent_id)
VALUES ('retry_booking', $1, 'звонок', 'a', 'done', 'сделано', now() - $2::interval, now() - $2::interval, $3)
RETURNING id
"""
_KEY: Final = """
INSERT INTO idempotency_keys (api_key_id, operation, key, fingerprint, lease_until, expires_at, state, status, body)
VALUES ($1, 'book', $2, 'x', now(), now() - $3::interval, 'done', 409, '{}')
"""


@dataclass(slots=True)
class Archive:
    """An archive of one doctor; every row rests since `age` ago, which may be ahead for a visit."""

    database: Database
    cipher: Cipher
    doctor: MadeDoctor
    patient: Patient = PATIENT

    async def booking(self, ending: str, age: timedelta) -> UUID:
        """Write a booking with its hold and history."""
        booking_id, hold_id = uuid4(), await self.hold(age, "spent")
        place = (self.doctor.site.id, self.doctor.site.key_id, hold_id, self.doctor.id, self.doctor.emias_row)
        states = ENDINGS[ending]
        appointment = f"AP-{booking_id}" if BookingState.BOOKED in states else None
        await self._run(_BOOKING, booking_id, *place, age, appointment, *self._personal(appointment))
        for step, (before, after) in enumerate(zip((None, *states), states, strict=False)):
            if before:
                await self._run(_MOVE, booking_id, after, age)
            await self._run(_STEP, booking_id, before, after, age, step)
        return booking_id

    def _personal(self, ticket: str | None) -> tuple[str | None, ...]:
        patient, birth_hash = self.patient, self.cipher.birth_hash(self.patient.birth_date)
        return (
            self.cipher.seal_patient(patient),
            patient.mask(),
            self.cipher.snils_hash(patient.snils),
            birth_hash,
            self.cipher.guest_hash(ticket, birth_hash) if ticket else None,
            self.cipher.seal_text(CONTACT),
        )

    async def hold(self, age: timedelta, state: str = "expired") -> UUID:
        """Write a hold that ended."""
        hold_id, site = uuid4(), self.doctor.site
        whose = (hold_id, site.id, site.key_id, VISITOR, self.doctor.id, self.doctor.emias_row)
        await self._run(_HOLD, *whose, age, state)
        return hold_id

    async def key(self, age: timedelta) -> str:
        """Write an idempotency key whose time was over so long ago."""
        key = uuid4().hex
        await self._run(_KEY, self.doctor.site.key_id, key, age)
        return key

    async def log(self, age: timedelta) -> None:
        """Write a report of the worker."""
        await self._run(
            "INSERT INTO sync_log (at, lpu_code, outcome) VALUES (now() - $1::interval, '0101', 'changed')", age
        )

    async def wish(self, age: timedelta, parent: int | None = None) -> int:
        """Write a wish that was carried out."""
        async with self.database.transaction() as connection:
            await connection.execute("ALTER TABLE wishes DISABLE TRIGGER guard_wish")
            made: int = await connection.fetchval(_WISH, uuid4().hex, age, parent)
            await connection.execute("ALTER TABLE wishes ENABLE TRIGGER guard_wish")
        return made

    async def disclosure(self, age: timedelta) -> int:
        """Write that somebody was shown a field."""
        made: int = await self.database.pool.fetchval(
            "INSERT INTO disclosures (what, booking_id, actor, reason, state, asked_at, expires_at)"
            " VALUES ('name', $1, 'admin:a', 'звонок', 'answered', now() - $2::interval, now() - $2::interval)"
            " RETURNING id",
            uuid4(),
            age,
        )
        return made

    async def _run(self, statement: str, *arguments: Any) -> None:
        await self.database.pool.execute(statement, *arguments)
