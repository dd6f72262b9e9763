"""The bookings in doubt: leased one look at a time, each lease with a new fencing token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from cryptography.fernet import InvalidToken

from gateway.domain.doubt import Doubt
from gateway.domain.moscow import as_moscow
from gateway.domain.patient import Patient
from gateway.store.booking_rows import SELECT_BOOKING, read_booking
from gateway.store.cipher import Cipher
from gateway.store.engine import Database

__all__ = ["DoubtLedger"]

_ROWS_AT_ONCE: Final = 200

# A row that its own process is writing at this moment is skipped, hold and booking together, and so left to it.
_RECOVER: Final = """
WITH left_behind AS MATERIALIZED (
    SELECT b.id, b.state FROM bookings b JOIN holds h ON h.id = b.hold_id
    WHERE b.state IN ('submitting', 'cancelling') AND b.updated_at < now() - $1::interval
    ORDER BY b.updated_at LIMIT $2
    FOR UPDATE OF h, b SKIP LOCKED
), doubted AS (
    UPDATE bookings b
    SET state = CASE b.state WHEN 'submitting' THEN 'in_doubt' ELSE 'cancel_in_doubt' END,
        error_code = 'crash_recovery', token = nextval('fencing_tokens'), checks = 0, look_until = NULL,
        updated_at = now(), doubted_at = now(), next_check_at = now() + $3::interval * (1 + random() * 0.2)
    FROM left_behind WHERE b.id = left_behind.id
    RETURNING b.id, left_behind.state AS before, b.state AS after, b.attempt, b.hold_id
), spent AS (
    UPDATE holds h SET state = 'spent', ended_at = now()
    FROM doubted WHERE h.id = doubted.hold_id AND doubted.after = 'in_doubt' AND h.state = 'held'
), told AS (
    INSERT INTO booking_history (booking_id, from_state, to_state, cause, attempt, actor)
    SELECT id, before, after, 'crash_recovery', attempt, 'sync' FROM doubted
)
SELECT count(*) FROM doubted
"""

_OPEN: Final = """
(b.state IN ('in_doubt', 'cancel_in_doubt') OR b.state = 'booked' AND b.emias_appointment_id IS NULL)
AND b.next_check_at IS NOT NULL
"""
_IS_DOUBT: Final = f"{_OPEN} AND (b.look_until IS NULL OR b.look_until <= now())"

_LEASE: Final = """
UPDATE bookings b SET token = nextval('fencing_tokens'), look_until = now() + $1::interval
FROM wanted WHERE b.id = wanted.id
RETURNING b.id
"""
_CLAIM: Final = f"""
WITH room AS (
    SELECT i.lpu_code, greatest($3::integer - coalesce(r.running, 0), 0) AS places
    FROM institutions i LEFT JOIN unnest($4::text[], $5::integer[]) AS r (lpu_code, running) USING (lpu_code)
    WHERE EXISTS (SELECT FROM bookings b JOIN emias_doctors e ON e.id = b.doctor_id
                  WHERE e.lpu_code = i.lpu_code AND b.next_check_at <= now() AND {_IS_DOUBT})
), wanted AS MATERIALIZED (
    SELECT due.id FROM room CROSS JOIN LATERAL (
        SELECT b.id, b.next_check_at FROM bookings b JOIN emias_doctors e ON e.id = b.doctor_id
        WHERE e.lpu_code = room.lpu_code AND b.next_check_at <= now() AND {_IS_DOUBT}
        ORDER BY b.next_check_at, b.id
        LIMIT room.places
        FOR UPDATE OF b SKIP LOCKED
    ) AS due
    ORDER BY due.next_check_at, due.id
    LIMIT $2
)
{_LEASE}
"""  # noqa: S608 - joined from constants
_CLAIM_ONE: Final = f"""
WITH wanted AS MATERIALIZED (
    SELECT b.id FROM bookings b WHERE b.id = $2 AND {_IS_DOUBT} FOR UPDATE OF b SKIP LOCKED
)
{_LEASE}
"""  # noqa: S608 - joined from constants
_CLAIMED: Final = SELECT_BOOKING + "WHERE b.id = ANY($1::uuid[]) ORDER BY b.next_check_at, b.id"

_BESIDE: Final = """
SELECT other.id
FROM bookings mine
JOIN emias_doctors my_doctor ON my_doctor.id = mine.doctor_id
JOIN bookings other ON other.snils_hash = mine.snils_hash AND other.site_id = mine.site_id AND other.id <> mine.id
JOIN emias_doctors their_doctor ON their_doctor.id = other.doctor_id AND their_doctor.lpu_code = my_doctor.lpu_code
WHERE mine.id = $1 AND other.state IN ('submitting', 'in_doubt', 'manual')
  AND (other.starts_at = mine.starts_at
       OR other.doctor_id = mine.doctor_id
          AND date_trunc('day', other.starts_at, 'Europe/Moscow') = date_trunc('day', mine.starts_at, 'Europe/Moscow'))
ORDER BY other.created_at
"""

_POSTPONE: Final = f"""
UPDATE bookings b
SET look_until = NULL, checks = checks + $4::boolean::integer,
    next_check_at = coalesce(now() + $3::interval * (1 + random() * 0.2), next_check_at)
WHERE b.id = $1 AND b.token = $2 AND {_OPEN}
"""  # noqa: S608 - joined from constants
_REST: Final = "UPDATE bookings SET look_until = NULL, next_check_at = NULL WHERE id = $1 AND token = $2"

_log = structlog.stdlib.get_logger("gateway.doubts")


@dataclass(frozen=True, slots=True)
class DoubtLedger:
    """Leases doubts and plans their next look; what settles them goes through the booking ledger."""

    database: Database
    cipher: Cipher
    first_look: timedelta

    async def recover_abandoned(self, older_than: timedelta) -> int:
        """Put in doubt what a vanished process left `submitting` or `cancelling` so long ago, and count it."""
        return int(await self.database.pool.fetchval(_RECOVER, older_than, _ROWS_AT_ONCE, self.first_look))

    async def claim(
        self, limit: int, lease: timedelta, *, at_once: int, running: Mapping[str, int] | None = None
    ) -> list[Doubt]:
        """Lease the doubts that are due, oldest first, skipping those that another looks at."""
        running = running or {}
        async with self.database.transaction() as connection:
            leased = await connection.fetch(_CLAIM, lease, limit, at_once, list(running), list(running.values()))
            return await self._read(connection, leased)

    async def claim_one(self, booking_id: UUID, lease: timedelta) -> Doubt | None:
        """Lease this doubt, due or not; None when another looks at it, or it is no longer one."""
        async with self.database.transaction() as connection:
            leased = await connection.fetch(_CLAIM_ONE, lease, booking_id)
            return next(iter(await self._read(connection, leased)), None)

    async def beside(self, booking_id: UUID) -> list[UUID]:
        """List the site's bookings in doubt, or under way, of which EMIAS's refusal of this one may speak."""
        return [row["id"] for row in await self.database.pool.fetch(_BESIDE, booking_id)]

    async def postpone(self, booking_id: UUID, token: int, after: timedelta | None, *, looked: bool) -> bool:
        """End the lease and plan the next look; False when the token is no longer the row's."""
        changed = await self.database.pool.execute(_POSTPONE, booking_id, token, after, looked)
        return bool(changed == "UPDATE 1")

    async def rest(self, booking_id: UUID, token: int) -> bool:
        """End the lease and plan no further look; False when the token is no longer the row's."""
        return bool(await self.database.pool.execute(_REST, booking_id, token) == "UPDATE 1")

    async def _read(self, connection: Any, leased: list[Mapping[str, Any]]) -> list[Doubt]:
        rows = await connection.fetch(_CLAIMED, [row["id"] for row in leased]) if leased else []
        return [
            Doubt(
                booking=read_booking(row),
                patient=self._patient(row),
                looks=row["checks"],
                tried_at=as_moscow(row["created_at"]),
                age=row["doubted_for"],
            )
            for row in rows
        ]

    def _patient(self, row: Mapping[str, Any]) -> Patient | None:
        if row["patient_sealed"] is None:
            return None
        try:
            return self.cipher.open_patient(row["patient_sealed"])
        except InvalidToken:
            _log.error("patient_unreadable", booking=str(row["id"]))
            return None
