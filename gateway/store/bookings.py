"""The bookings: every step is a row before it is an act, and only the row's present token may move it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from gateway.domain.booking import Booking, BookingState, may_move
from gateway.domain.directory import FreeSlot
from gateway.domain.errors import GatewayError, HoldExpired, IdempotencyInProgress, NotCancellable, NotFound, SlotTaken
from gateway.domain.hold import Holder
from gateway.domain.patient import Patient
from gateway.domain.settlement import HoldFate, Settlement
from gateway.failpoints import reach
from gateway.ports import IdempotencyKey, Intent
from gateway.store.booking_rows import ADD_HISTORY, SELECT_BOOKING, read_booking
from gateway.store.cases import has_booked_since
from gateway.store.cipher import Cipher
from gateway.store.engine import Database
from gateway.store.free_slots import read_free_slot

__all__ = ["FIRST_LOOK", "BookingLedger"]

FIRST_LOOK: Final = timedelta(seconds=5)

_HOLD: Final = """
SELECT h.state, h.expires_at > now() AS alive, h.site_doctor_id, h.doctor_id, h.slot_id, h.starts_at,
       e.lpu_code, e.emias_doctor_id, d.element_id, d.name AS doctor_name
FROM holds h
JOIN doctors d ON d.id = h.site_doctor_id
JOIN emias_doctors e ON e.id = h.doctor_id
WHERE h.id = $1 AND h.site_id = $2
FOR UPDATE OF h
"""

_EXPIRE: Final = "UPDATE holds SET state = 'expired', ended_at = now() WHERE id = $1"

_SLOT: Final = """
SELECT emias_slot_id, ends_at, room FROM local_emias_slots
WHERE doctor_id = $1 AND starts_at = $2 AND slot_date = ($2::timestamptz AT TIME ZONE 'Europe/Moscow')::date
  AND is_free AND starts_at > now()
"""

_INSERT: Final = """
INSERT INTO bookings (id, site_id, api_key_id, hold_id, site_doctor_id, doctor_id, starts_at, ends_at, room, slot_id,
                      emias_slot_id, patient_sealed, patient_mask, snils_hash, birth_hash, contact_sealed,
                      identity_source, policy_mark, retry_of)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
ON CONFLICT DO NOTHING
"""

# The hold first, as `open` does: a second booking of the hold waits for the first with the hold in its hand.
_BEFORE: Final = """
SELECT b.state, b.token, b.attempt, b.birth_hash, b.hold_id, b.doctor_id, b.starts_at, b.emias_appointment_id
FROM bookings b JOIN holds h ON h.id = b.hold_id
WHERE b.id = $1
FOR UPDATE OF h, b
"""

# Jitter only lengthens the wait for a look: the last one must come no sooner than planned.
_SETTLE: Final = """
UPDATE bookings
SET state = $2, refusal = $3, error_code = $4,
    evidence = CASE WHEN $5::jsonb IS NULL THEN evidence ELSE coalesce(evidence, '{}') || $5::jsonb END,
    emias_appointment_id = coalesce($6, emias_appointment_id), ticket = coalesce($7, ticket),
    guest_hash = coalesce($8, guest_hash), checks = 0, look_until = NULL, updated_at = now(),
    doubted_at = CASE WHEN $10 THEN now() ELSE doubted_at END,
    next_check_at = CASE WHEN $10 THEN now() + $9::interval * (1 + random() * 0.2) END
WHERE id = $1
"""

_NAME: Final = """
UPDATE bookings
SET emias_appointment_id = $3, ticket = coalesce(ticket, $4), guest_hash = coalesce(guest_hash, $5), look_until = NULL,
    next_check_at = NULL, updated_at = now()
WHERE id = $1 AND token = $2 AND state = 'booked' AND emias_appointment_id IS NULL
RETURNING attempt
"""

_OPEN_CANCEL: Final = """
UPDATE bookings SET state = 'cancelling', token = nextval('fencing_tokens'), updated_at = now()
WHERE id = $1 AND site_id = $2 AND state = 'booked' AND emias_appointment_id IS NOT NULL AND patient_sealed IS NOT NULL
RETURNING attempt
"""

_NEXT_ATTEMPT: Final = """
UPDATE bookings b SET attempt = attempt + 1, updated_at = now()
FROM emias_doctors e JOIN institutions i ON i.lpu_code = e.lpu_code
WHERE b.id = $1 AND b.token = $2 AND b.state IN ('submitting', 'cancelling') AND e.id = b.doctor_id
  AND NOT b.retries_stopped AND NOT i.retries_stopped
RETURNING b.state, b.attempt
"""

_BIND_KEY: Final = """
UPDATE idempotency_keys SET booking_id = $4
WHERE api_key_id = $1 AND operation = $2 AND key = $3 AND run = $5 AND state = 'running'
  AND (booking_id IS NULL OR booking_id = $4)
"""

# The schedule's digest no longer describes our rows, and a read of it under way was begun before: both are dropped.
_OUTDATE_SCHEDULE: Final = """
UPDATE emias_doctors SET digest = NULL, lease_token = NULL, lease_until = NULL
WHERE id = $1
"""

_READ_SOON: Final = "UPDATE emias_doctors SET next_sync_at = now() WHERE id = $1 AND next_sync_at > now()"

_SELL_SLOT: Final = """
UPDATE local_emias_slots SET is_free = false, state = 'busy', seen_at = now()
WHERE doctor_id = $1 AND starts_at = $2 AND slot_date = ($2::timestamptz AT TIME ZONE 'Europe/Moscow')::date AND is_free
"""

_BY_ID: Final = SELECT_BOOKING + "WHERE b.id = $1"
_BY_SITE_AND_ID: Final = SELECT_BOOKING + "WHERE b.id = $1 AND b.site_id = $2"
_BY_GUEST: Final = SELECT_BOOKING + "WHERE b.site_id = $1 AND b.guest_hash = $2 ORDER BY b.created_at DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class BookingLedger:
    """Opens, settles and reads bookings; a doubt is first looked into after `first_look`."""

    database: Database
    cipher: Cipher
    first_look: timedelta = FIRST_LOOK

    async def open(self, intent: Intent) -> tuple[Booking, FreeSlot]:
        """Commit the intent as `submitting`.

        Raises:
            NotFound: the site has no such hold.
            HoldExpired: the hold has ended, by the database's clock.
            SlotTaken: the slot is no longer free, or has a live booking; or the patient of a retry has another by now.
            IdempotencyInProgress: another run under the same key has taken over.
        """
        async with self.database.transaction() as connection:
            opened = await self._open(connection, intent)
            if __debug__:
                await reach("intent_not_committed")
        # Raised only now, so that a hold found to be over is committed as expired.
        if isinstance(opened, GatewayError):
            raise opened
        if __debug__:
            await reach("intent_committed")
        return opened

    async def _open(self, connection: Any, intent: Intent) -> tuple[Booking, FreeSlot] | HoldExpired:
        hold = await connection.fetchrow(_HOLD, intent.hold_id, intent.holder.site_id)
        if hold is None:
            raise NotFound("hold")
        if hold["state"] != "held":
            return HoldExpired()
        if not hold["alive"]:
            await connection.execute(_EXPIRE, intent.hold_id)
            return HoldExpired()
        slot = await connection.fetchrow(_SLOT, hold["doctor_id"], hold["starts_at"])
        if slot is None or (intent.retry_of and await has_booked_since(connection, intent.retry_of)):
            raise SlotTaken(slot_id=hold["slot_id"])
        await self._insert(connection, intent, hold, slot)
        if intent.idempotency:
            await _bind_key(connection, intent.idempotency, intent.booking_id)
        cause = "submitted" if intent.retry_of is None else "retried"
        actor = intent.actor or _actor(intent.holder)
        await connection.execute(ADD_HISTORY, intent.booking_id, None, BookingState.SUBMITTING, cause, 1, actor)
        row = await connection.fetchrow(_BY_ID, intent.booking_id)
        return read_booking(row), read_free_slot(row)

    async def _insert(self, connection: Any, intent: Intent, hold: Mapping[str, Any], slot: Mapping[str, Any]) -> None:
        patient = intent.patient
        written = await connection.execute(
            _INSERT,
            intent.booking_id,
            intent.holder.site_id,
            intent.holder.api_key_id,
            intent.hold_id,
            hold["site_doctor_id"],
            hold["doctor_id"],
            hold["starts_at"],
            slot["ends_at"],
            slot["room"],
            hold["slot_id"],
            slot["emias_slot_id"],
            self.cipher.seal_patient(patient),
            patient.mask(),
            self.cipher.snils_hash(patient.snils),
            self.cipher.birth_hash(patient.birth_date),
            self.cipher.seal_text(intent.contact) if intent.contact else None,
            intent.source,
            intent.policy_mark,
            intent.retry_of,
        )
        if written != "INSERT 0 1":
            raise SlotTaken(slot_id=hold["slot_id"])

    async def settle(self, booking_id: UUID, token: int, settlement: Settlement, *, actor: str) -> Booking | None:
        """Commit what came of it, with the fate of hold and slot.

        None when the token is no longer the row's, or its state may not move there: somebody else has decided.
        """
        async with self.database.transaction() as connection:
            before = await connection.fetchrow(_BEFORE, booking_id)
            if before is None or before["token"] != token:
                return None
            if not may_move(BookingState(before["state"]), settlement.state):
                return None
            await self._move(connection, booking_id, before, settlement)
            await _follow(connection, settlement, before)
            await connection.execute(
                ADD_HISTORY, booking_id, before["state"], settlement.state, settlement.cause, before["attempt"], actor
            )
            settled = read_booking(await connection.fetchrow(_BY_ID, booking_id))
            if __debug__:
                await reach("result_not_committed")
        if __debug__:
            await reach("result_committed")
        return settled

    async def _move(self, connection: Any, booking_id: UUID, before: Mapping[str, Any], settlement: Settlement) -> None:
        ticket = settlement.ticket or settlement.emias_appointment_id
        await connection.execute(
            _SETTLE,
            booking_id,
            settlement.state,
            settlement.refusal,
            settlement.error_code,
            msgspec.json.encode(settlement.evidence).decode() if settlement.evidence else None,
            settlement.emias_appointment_id,
            ticket,
            self.cipher.guest_hash(ticket, before["birth_hash"]) if ticket else None,
            self.first_look,
            _is_open(settlement, before),
        )

    async def name(self, booking_id: UUID, token: int, appointment_id: str, ticket: str | None) -> bool:
        """Write down which appointment a booking without one is; False when another has decided by now."""
        async with self.database.transaction() as connection:
            birth_hash = await connection.fetchval("SELECT birth_hash FROM bookings WHERE id = $1", booking_id)
            told = ticket or appointment_id
            guest_hash = self.cipher.guest_hash(told, birth_hash)
            attempt = await connection.fetchval(_NAME, booking_id, token, appointment_id, told, guest_hash)
            if attempt is None:
                return False
            booked = BookingState.BOOKED
            await connection.execute(ADD_HISTORY, booking_id, booked, booked, "named", attempt, "resolve")
            return True

    async def note_attempt(self, booking_id: UUID, token: int, cause: str, *, actor: str) -> bool:
        """Commit that a call under way is about to be sent again, as a step from its state to the same.

        False when somebody else has decided by now (the token is no longer the row's, or its call has ended), or an
        operator has stopped its retries.
        """
        async with self.database.transaction() as connection:
            row = await connection.fetchrow(_NEXT_ATTEMPT, booking_id, token)
            if row is None:
                return False
            await connection.execute(ADD_HISTORY, booking_id, row["state"], row["state"], cause, row["attempt"], actor)
            return True

    async def get(self, site_id: int, booking_id: UUID) -> Booking:
        """Return a booking of the site; raise `NotFound`."""
        row = await self.database.pool.fetchrow(_BY_SITE_AND_ID, booking_id, site_id)
        if row is None:
            raise NotFound("booking")
        return read_booking(row)

    async def look_up(self, site_id: int, ticket: str, birth_date: date) -> Booking:
        """Find a booking by what its patient knows; raise `NotFound` whichever is wrong."""
        guest_hash = self.cipher.guest_hash(ticket, self.cipher.birth_hash(birth_date))
        row = await self.database.pool.fetchrow(_BY_GUEST, site_id, guest_hash)
        if row is None:
            raise NotFound("booking")
        return read_booking(row)

    async def open_cancel(
        self, holder: Holder, booking_id: UUID, idempotency: IdempotencyKey | None, actor: str | None = None
    ) -> tuple[Booking, Patient]:
        """Commit `cancelling` under a new token, asked for by `actor`, else by the holder's key.

        Raises:
            NotFound: the site has no such booking.
            NotCancellable: the booking is in another state than `booked` (the reason is that state), EMIAS has not yet
                named its appointment (`appointment_id_pending`), or the patient is erased (`patient_erased`).
            IdempotencyInProgress: another run under the same key has taken over.
        """
        async with self.database.transaction() as connection:
            attempt = await connection.fetchval(_OPEN_CANCEL, booking_id, holder.site_id)
            row = await connection.fetchrow(_BY_SITE_AND_ID, booking_id, holder.site_id)
            if row is None:
                raise NotFound("booking")
            if attempt is None:
                raise NotCancellable(_why_not(row))
            if idempotency:
                await _bind_key(connection, idempotency, booking_id)
            await connection.execute(
                ADD_HISTORY,
                booking_id,
                BookingState.BOOKED,
                BookingState.CANCELLING,
                "cancel_asked",
                attempt,
                actor or _actor(holder),
            )
            return read_booking(row), self.cipher.open_patient(row["patient_sealed"])


def _is_open(settlement: Settlement, before: Mapping[str, Any]) -> bool:
    """Tell whether EMIAS must be asked what became of it, or which appointment it is."""
    if settlement.state is BookingState.BOOKED:
        return settlement.emias_appointment_id is None and before["emias_appointment_id"] is None
    return settlement.state in {BookingState.IN_DOUBT, BookingState.CANCEL_IN_DOUBT}


async def _bind_key(connection: Any, key: IdempotencyKey, booking_id: UUID) -> None:
    bound = await connection.execute(_BIND_KEY, key.api_key_id, key.operation, key.key, booking_id, key.run)
    if bound != "UPDATE 1":
        raise IdempotencyInProgress(1)


async def _follow(connection: Any, settlement: Settlement, booking: Mapping[str, Any]) -> None:
    """Carry out on hold and slot what the booking's move means for them."""
    if settlement.hold in {HoldFate.SPENT, HoldFate.RELEASED}:
        await connection.execute(
            "UPDATE holds SET state = $2, ended_at = now() WHERE id = $1 AND state = 'held'",
            booking["hold_id"],
            settlement.hold,
        )
    if settlement.slot_gone:
        # The schedule's row first: sync writes in the same order.
        await connection.execute(_OUTDATE_SCHEDULE, booking["doctor_id"])
        await connection.execute(_SELL_SLOT, booking["doctor_id"], booking["starts_at"])
    if settlement.read_again:
        await connection.execute(_READ_SOON, booking["doctor_id"])


def _why_not(row: Mapping[str, Any]) -> str:
    if row["state"] != BookingState.BOOKED:
        return str(row["state"])
    return "appointment_id_pending" if row["emias_appointment_id"] is None else "patient_erased"


def _actor(holder: Holder) -> str:
    return f"key:{holder.api_key_id}"
