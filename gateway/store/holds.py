"""The holds: one living row a slot, decided by a unique index and the database's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from gateway.domain.directory import FreeSlot
from gateway.domain.errors import HoldExpired, NotFound, RenewalsExhausted, SlotHeld, SlotTaken, TooManyHolds
from gateway.domain.hold import HOLD_FOR, MAX_RENEWALS, Hold, Holder
from gateway.domain.moscow import as_moscow
from gateway.ports import HoldLimits
from gateway.store.engine import Database
from gateway.store.free_slots import read_free_slot

__all__ = ["HoldLedger"]

_LOCK_VISITOR: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1::text || ':' || $2::text, 0))"

_STANDING: Final = """
SELECT count(*) FILTER (WHERE site_id = $1 AND client_ref = $3) AS by_visitor,
       count(*) FILTER (WHERE api_key_id = $2) AS by_key,
       min(expires_at) FILTER (WHERE client_ref = $3) - clock_timestamp() AS visitor_waits,
       min(expires_at) - clock_timestamp() AS key_waits
FROM holds
WHERE state = 'held' AND expires_at > now() AND (api_key_id = $2 OR (site_id = $1 AND client_ref = $3))
"""

_EXPIRE_OF_SLOT: Final = """
UPDATE holds h SET state = 'expired', ended_at = now()
FROM emias_doctors e
WHERE e.lpu_code = $1 AND e.emias_doctor_id = $2
  AND h.doctor_id = e.id AND h.starts_at = $3 AND h.state = 'held' AND h.expires_at <= now()
"""

_INSERT: Final = """
INSERT INTO holds (id, site_id, api_key_id, client_ref, site_doctor_id, doctor_id, starts_at, slot_id, expires_at,
                   verified)
SELECT $1, $2, $3, $4, d.id, e.id, $8, $9, now() + $10::interval, $11
FROM doctors d, emias_doctors e
WHERE d.site_id = $2 AND d.element_id = $5 AND e.lpu_code = $6 AND e.emias_doctor_id = $7
ON CONFLICT DO NOTHING
"""

_TAKEN: Final = """
SELECT s.is_free AND s.starts_at > now() AS for_sale, b.state AS booking,
       h.slot_id, e.lpu_code, e.emias_doctor_id, d.element_id, d.name AS doctor_name,
       s.emias_slot_id, s.starts_at, s.ends_at, s.room,
       h.expires_at, h.renewals, h.verified
FROM holds h
JOIN doctors d ON d.id = h.site_doctor_id
JOIN emias_doctors e ON e.id = h.doctor_id
JOIN local_emias_slots s ON s.doctor_id = h.doctor_id AND s.starts_at = h.starts_at
                        AND s.slot_date = (h.starts_at AT TIME ZONE 'Europe/Moscow')::date
LEFT JOIN bookings b ON b.doctor_id = h.doctor_id AND b.starts_at = h.starts_at
     AND b.state IN ('submitting', 'booked', 'in_doubt', 'manual', 'cancelling', 'cancel_in_doubt')
WHERE h.id = $1 AND h.site_id = $2
"""

_RENEW: Final = """
UPDATE holds SET expires_at = now() + $3::interval, renewals = renewals + 1
WHERE id = $1 AND site_id = $2 AND state = 'held' AND expires_at > now() AND renewals < $4
RETURNING id
"""

_LIVING: Final = "SELECT state = 'held' AND expires_at > now() FROM holds WHERE id = $1 AND site_id = $2"

_RELEASE: Final = """
UPDATE holds h SET state = 'released', ended_at = now()
WHERE h.id = $1 AND h.site_id = $2 AND h.state = 'held'
  AND NOT EXISTS (SELECT FROM bookings b WHERE b.hold_id = h.id AND b.state = 'submitting')
RETURNING h.slot_id
"""


@dataclass(frozen=True, slots=True)
class HoldLedger:
    """Takes, renews and ends holds."""

    database: Database

    async def take(self, hold_id: UUID, holder: Holder, slot: FreeSlot, limits: HoldLimits, *, verified: bool) -> Hold:
        """Write the hold; raise `SlotHeld`, `SlotTaken` or `TooManyHolds`.

        A visitor's holds are counted exactly, one take after the other; a key's without waiting for other visitors, so
        that takes at the same instant may pass its limit by their number.
        """
        ref = slot.doctor
        async with self.database.transaction() as connection:
            await _refuse_hoarding(connection, holder, limits)
            await connection.execute(_EXPIRE_OF_SLOT, ref.lpu_code, ref.emias_doctor_id, slot.starts_at)
            written = await connection.execute(
                _INSERT,
                hold_id,
                holder.site_id,
                holder.api_key_id,
                holder.client_ref,
                slot.doctor_id,
                ref.lpu_code,
                ref.emias_doctor_id,
                slot.starts_at,
                slot.id,
                HOLD_FOR,
                verified,
            )
            # Look only now: while our row stands no other hold, and so no new booking, can come between.
            row = await connection.fetchrow(_TAKEN, hold_id, holder.site_id)
            if written != "INSERT 0 1":
                raise SlotHeld
            if row is None:
                raise SlotTaken
            if row["booking"] == "submitting":
                raise SlotHeld
            if row["booking"] or not row["for_sale"]:
                raise SlotTaken
            return _hold(hold_id, row)

    async def renew(self, holder: Holder, hold_id: UUID) -> Hold:
        """Give a living hold another five minutes from now.

        Raises `NotFound`, `HoldExpired`, `RenewalsExhausted`, or `SlotTaken` when EMIAS shows the slot as taken: then
        nothing is lengthened.
        """
        async with self.database.transaction() as connection:
            renewed = await connection.fetchval(_RENEW, hold_id, holder.site_id, HOLD_FOR, MAX_RENEWALS)
            if renewed is None:
                living = await connection.fetchval(_LIVING, hold_id, holder.site_id)
                if living is None:
                    raise NotFound("hold")
                raise RenewalsExhausted if living else HoldExpired
            return _still_for_sale(hold_id, await connection.fetchrow(_TAKEN, hold_id, holder.site_id))

    async def get(self, holder: Holder, hold_id: UUID) -> Hold:
        """Return a living hold; raise `NotFound`, `HoldExpired`, or `SlotTaken` when EMIAS shows its slot as taken."""
        async with self.database.pool.acquire() as connection:
            living = await connection.fetchval(_LIVING, hold_id, holder.site_id)
            if living is None:
                raise NotFound("hold")
            if not living:
                raise HoldExpired
            return _still_for_sale(hold_id, await connection.fetchrow(_TAKEN, hold_id, holder.site_id))

    async def release(self, holder: Holder, hold_id: UUID) -> UUID | None:
        """End a hold that no booking is using and return its slot id; None when there was nothing to end."""
        async with self.database.transaction() as connection:
            # The row is locked before the booking is looked for, as the booking's opening does it too.
            await connection.execute(
                "SELECT FROM holds WHERE id = $1 AND site_id = $2 FOR UPDATE", hold_id, holder.site_id
            )
            slot_id: UUID | None = await connection.fetchval(_RELEASE, hold_id, holder.site_id)
            return slot_id


async def _refuse_hoarding(connection: Any, holder: Holder, limits: HoldLimits) -> None:
    if holder.client_ref is not None:
        await connection.execute(_LOCK_VISITOR, str(holder.site_id), holder.client_ref)
    row = await connection.fetchrow(_STANDING, holder.site_id, holder.api_key_id, holder.client_ref)
    if row["by_visitor"] >= limits.per_visitor:
        raise TooManyHolds(_seconds(row["visitor_waits"]))
    if row["by_key"] >= limits.per_key:
        raise TooManyHolds(_seconds(row["key_waits"]))


def _seconds(wait: timedelta | None) -> int:
    return max(1, math.ceil(wait.total_seconds())) if wait else 1


def _still_for_sale(hold_id: UUID, row: Any) -> Hold:
    if row is None:
        raise SlotTaken
    if not row["for_sale"]:
        raise SlotTaken(slot_id=row["slot_id"])
    return _hold(hold_id, row)


def _hold(hold_id: UUID, row: Any) -> Hold:
    return Hold(
        id=hold_id,
        slot=read_free_slot(row),
        expires_at=as_moscow(row["expires_at"]),
        renewals_left=MAX_RENEWALS - row["renewals"],
        verified=row["verified"],
    )
