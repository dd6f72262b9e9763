"""What operators have stopped: read before every call to EMIAS, turned by command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Final, Literal
from uuid import UUID

import structlog

from gateway.domain.moscow import as_moscow
from gateway.store.engine import Database

__all__ = ["InstitutionSwitches", "Switch", "SwitchBoard", "Switches"]

Switch = Literal["sale", "calls", "retries"]
_BELIEVED_SECONDS: Final = 0.5
_PATIENCE_SECONDS: Final = 1.0
_log = structlog.stdlib.get_logger("gateway.switches")

_STOPPED: Final = "SELECT calls_stopped FROM institutions WHERE lpu_code = $1"
_TURN: Final[dict[Switch, str]] = {
    "sale": "UPDATE institutions SET switch_reason = $3, is_open = $2 WHERE lpu_code = $1",
    "calls": "UPDATE institutions SET switch_reason = $3, calls_stopped = NOT $2 WHERE lpu_code = $1",
    "retries": "UPDATE institutions SET switch_reason = $3, retries_stopped = NOT $2 WHERE lpu_code = $1",
}
_TURN_BOOKING: Final = "UPDATE bookings SET retries_stopped = NOT $2 WHERE id = $1"
_SIGNED: Final = "SELECT set_config('gateway.switch_reason', $1, true), set_config('gateway.switch_actor', $2, true)"
_LIST: Final = """
SELECT lpu_code, name, is_open, NOT calls_stopped AS calls, NOT retries_stopped AS retries, switch_reason, switched_at
FROM institutions ORDER BY lpu_code
"""
_STOPPED_BOOKINGS: Final = """
SELECT count(*) FROM bookings
WHERE retries_stopped AND state IN ('submitting', 'in_doubt', 'manual', 'cancelling', 'cancel_in_doubt')
"""
_HAND_OVER: Final = """
WITH stopped AS (
    SELECT b.id, b.state, b.attempt
    FROM bookings b JOIN emias_doctors e ON e.id = b.doctor_id JOIN institutions i ON i.lpu_code = e.lpu_code
    WHERE b.state IN ('in_doubt', 'cancel_in_doubt') AND (b.retries_stopped OR i.retries_stopped)
    LIMIT 1000
    FOR UPDATE OF b SKIP LOCKED
), moved AS (
    UPDATE bookings b
    SET state = 'manual', token = nextval('fencing_tokens'), next_check_at = NULL, look_until = NULL,
        updated_at = now()
    FROM stopped WHERE b.id = stopped.id
    RETURNING b.id
)
INSERT INTO booking_history (booking_id, from_state, to_state, cause, attempt, actor)
SELECT id, state, 'manual', 'retries_stopped', attempt, $1 FROM stopped JOIN moved USING (id)
"""


@dataclass(frozen=True, slots=True)
class _Seen:
    stopped: bool
    at: float


@dataclass(frozen=True, slots=True)
class Switches:
    """The switch of every call; what was read is believed for half a second, and as long as the table is away."""

    database: Database
    clock: Callable[[], float] = monotonic
    _seen: dict[str, _Seen] = field(default_factory=dict)

    async def calls_stopped(self, lpu_code: str) -> bool:
        """Tell whether nothing may be sent to the institution's EMIAS; an unknown institution is not stopped."""
        seen = self._seen.get(lpu_code)
        if seen is not None and self.clock() - seen.at < _BELIEVED_SECONDS:
            return seen.stopped
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                stopped = bool(await self.database.pool.fetchval(_STOPPED, lpu_code))
        except Exception as fault:  # noqa: BLE001 - a table that is away stops no call that it had not stopped before
            _log.warning("switches_unreadable", fault=type(fault).__name__)
            stopped = seen is not None and seen.stopped
        self._seen[lpu_code] = _Seen(stopped, self.clock())
        return stopped


@dataclass(frozen=True, slots=True)
class InstitutionSwitches:
    """An institution's switches, each True when on: offered on the site, called, asked again by itself."""

    lpu_code: str
    name: str
    sale: bool
    calls: bool
    retries: bool
    reason: str
    switched_at: datetime | None


@dataclass(frozen=True, slots=True)
class SwitchBoard:
    """Turns switches; the database logs who did and why."""

    database: Database

    async def institution(self, lpu_code: str, switch: Switch, *, on: bool, reason: str, actor: str) -> bool:
        """Turn a switch of an institution; False when there is no such institution."""
        async with self.database.transaction() as connection:
            await connection.execute(_SIGNED, reason, actor)
            turned = await connection.execute(_TURN[switch], lpu_code, on, reason)
            await _hand_over(connection, actor)
        return bool(turned == "UPDATE 1")

    async def booking(self, booking_id: UUID, *, on: bool, reason: str, actor: str) -> str | None:
        """Let one booking be asked about again by itself, or not; return its state, None when there is no such one."""
        async with self.database.transaction() as connection:
            await connection.execute(_SIGNED, reason, actor)
            await connection.execute(_TURN_BOOKING, booking_id, on)
            await _hand_over(connection, actor)
            state: str | None = await connection.fetchval("SELECT state FROM bookings WHERE id = $1", booking_id)
        return state

    async def hand_over_stopped(self, actor: str) -> int:
        """Give the doubtful bookings whose retries are stopped to the operator and count them."""
        return await _hand_over(self.database.pool, actor)

    async def entries(self) -> list[InstitutionSwitches]:
        """List the switches of every institution."""
        return [
            InstitutionSwitches(
                row["lpu_code"],
                row["name"],
                row["is_open"],
                row["calls"],
                row["retries"],
                row["switch_reason"],
                row["switched_at"] and as_moscow(row["switched_at"]),
            )
            for row in await self.database.pool.fetch(_LIST)
        ]

    async def stopped_bookings(self) -> int:
        """Count the unfinished bookings that are stopped one by one."""
        return int(await self.database.pool.fetchval(_STOPPED_BOOKINGS))


async def _hand_over(connection: Any, actor: str) -> int:
    status = await connection.execute(_HAND_OVER, actor)
    return int(status.rpartition(" ")[2])
