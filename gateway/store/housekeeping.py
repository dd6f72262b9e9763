"""The chores of the tables: what has run out is written down or removed, a thousand rows at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from gateway.store.engine import Database
from gateway.store.switches import SwitchBoard

__all__ = ["Housekeeping"]

_ROWS_AT_ONCE: Final = 1000

_TRY_TURN: Final = "SELECT pg_try_advisory_lock(hashtextextended('mirror_turn', $1))"
_END_TURN: Final = "SELECT pg_advisory_unlock(hashtextextended('mirror_turn', $1))"
_MIRRORED: Final = "SELECT coalesce(mirrored_at > now() - $2::interval, false) FROM sites WHERE id = $1"

_PARTITIONS: Final = """
SELECT ensure_slot_partitions(today, (today + $1::interval)::date)
FROM (SELECT (now() AT TIME ZONE 'Europe/Moscow')::date AS today) AS moscow
"""

_EXPIRE_HOLDS: Final = """
UPDATE holds SET state = 'expired', ended_at = now()
WHERE id IN (SELECT id FROM holds WHERE state = 'held' AND expires_at <= now()
             ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)
"""

_FORGET_KEYS: Final = """
DELETE FROM idempotency_keys
WHERE (api_key_id, operation, key) IN (SELECT api_key_id, operation, key FROM idempotency_keys WHERE expires_at <= now()
                                       LIMIT $1 FOR UPDATE SKIP LOCKED)
"""

_FORGET_EVENTS: Final = """
DELETE FROM bitrix_events
WHERE (site_id, uuid) IN (SELECT site_id, uuid FROM bitrix_events WHERE received_at < now() - $2::interval
                          LIMIT $1 FOR UPDATE SKIP LOCKED)
"""
_FORGET_MARKS: Final = """
DELETE FROM doctor_rereads
WHERE (site_id, element_id) IN (SELECT site_id, element_id FROM doctor_rereads WHERE marked_at < now() - $2::interval
                                LIMIT $1 FOR UPDATE SKIP LOCKED)
"""

# A session's end is naive local time of the admin's host; a day covers every zone.
_FORGET_SESSIONS: Final = """
DELETE FROM sessions
WHERE id IN (SELECT id FROM sessions
             WHERE least(expiry_date, max_expiry_date) < (now() AT TIME ZONE 'UTC') - interval '1 day'
             LIMIT $1 FOR UPDATE SKIP LOCKED)
"""
_FORGET_GUESSES: Final = """
DELETE FROM login_guesses
WHERE (kind, digest) IN (SELECT kind, digest FROM login_guesses WHERE last_at < now() - interval '1 day'
                         LIMIT $1 FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Chores by the database's clock; rows that somebody works on are left for the next time."""

    database: Database

    @asynccontextmanager
    async def mirror_turn(self, site_id: int, every: timedelta) -> AsyncIterator[bool]:
        """Keep the mirror pass of a site for one worker; False when another has it now, or had it within `every`."""
        async with self.database.pool.acquire() as connection:
            if not await connection.fetchval(_TRY_TURN, site_id):
                yield False
                return
            try:
                yield not await connection.fetchval(_MIRRORED, site_id, every)
            finally:
                await _end_turn(connection, site_id)

    async def make_slot_partitions(self, ahead: timedelta) -> int:
        """Make ready the months of the slot table from now on and count the new ones."""
        return int(await self.database.pool.fetchval(_PARTITIONS, ahead))

    async def expire_holds(self) -> int:
        """Write down the holds that have run out and count them."""
        return await self._in_portions(_EXPIRE_HOLDS)

    async def hand_over_stopped(self) -> int:
        """Give the doubtful bookings whose retries an operator has stopped to the operator and count them."""
        return await SwitchBoard(self.database).hand_over_stopped("sync")

    async def forget_idempotency_keys(self) -> int:
        """Remove the keys whose time is over and count them."""
        return await self._in_portions(_FORGET_KEYS)

    async def forget_logins(self) -> int:
        """Remove the admin's sessions that are over and failed logins that no longer count, and count them."""
        return await self._in_portions(_FORGET_SESSIONS) + await self._in_portions(_FORGET_GUESSES)

    async def forget_pushes(self, older_than: timedelta) -> int:
        """Remove old events of the sites, and marks that nobody reads, and count them."""
        return await self._in_portions(_FORGET_EVENTS, older_than) + await self._in_portions(_FORGET_MARKS, older_than)

    async def _in_portions(self, statement: str, *arguments: Any) -> int:
        total = 0
        while True:
            status = await self.database.pool.execute(statement, _ROWS_AT_ONCE, *arguments)
            rows = int(status.rpartition(" ")[2])
            total += rows
            if rows < _ROWS_AT_ONCE:
                return total


async def _end_turn(connection: Any, site_id: int) -> None:
    """Give the turn up; a connection that cannot do so is closed, which does."""
    try:
        await asyncio.shield(connection.fetchval(_END_TURN, site_id))
    except BaseException:
        connection.terminate()
        raise
