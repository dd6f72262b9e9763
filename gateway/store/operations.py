"""What a process tells of itself for the dashboard: gathered in memory, written every few seconds.

Whoever calls EMIAS never waits for it; while the database is away the sums only grow, a row for each minute,
institution and error.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

import structlog

from gateway.domain.circuit import Circuit, CircuitState, Lane
from gateway.domain.outcomes import Cause
from gateway.domain.timing import BUCKETS, bucket_of
from gateway.store.engine import Database
from gateway.store.stock import Stock, take_stock
from gateway.store.tables.choices import BeatKind, ErrorEnding

__all__ = ["Operations"]

_EVERY_SECONDS: Final = 5.0
_PATIENCE_SECONDS: Final = 5.0
_MOST_DOCTORS: Final = 5_000
_OWN_AFFAIRS: Final = frozenset({Cause.BREAKER, Cause.BUDGET, Cause.POOL, Cause.STOPPED})
"""Causes for which nothing was asked of EMIAS at all."""
_STANDS: Final = {state: float(place) for place, state in enumerate(CircuitState)}
_LANES: Final = {Lane.BOOKINGS: BeatKind.BREAKER_BOOKINGS, Lane.READS: BeatKind.BREAKER_READS}
_NO_ERRORS: Final = frozenset({Cause.BREAKER, Cause.STOPPED})
"""What follows from errors told before, or from a person's word."""
_READS: Final = frozenset({"get_schedule", "probe"})
_log = structlog.stdlib.get_logger("gateway.operations")

_BEAT: Final = """
INSERT INTO beats (process, instance, what, lpu_code, value, note) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (process, instance, what, lpu_code) DO UPDATE SET value = excluded.value, note = excluded.note, at = now()
"""
_ADD_MINUTE: Final = """
INSERT INTO emias_minutes AS m (at, lpu_code, lane, requests, failures, kept_back, times)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (at, lpu_code, lane) DO UPDATE
SET requests = m.requests + excluded.requests, failures = m.failures + excluded.failures,
    kept_back = m.kept_back + excluded.kept_back,
    times = ARRAY(SELECT old + new FROM unnest(m.times, excluded.times) AS u (old, new))
"""
_ADD_ERRORS: Final = """
INSERT INTO error_groups AS g (ending, cause, operation, lpu_code, times, first_at, last_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (ending, cause, operation, lpu_code) DO UPDATE
SET times = g.times + excluded.times, last_at = greatest(g.last_at, excluded.last_at)
RETURNING id
"""
_ADD_DOCTORS: Final = """
INSERT INTO error_group_doctors (error_group, emias_doctor_id)
SELECT $1, told FROM unnest($2::text[]) AS u (told) ORDER BY told
ON CONFLICT DO NOTHING
"""
# The first minute of each hour takes up the others, once they are a day old.
_FOLD: Final = """
WITH folded AS (
    DELETE FROM emias_minutes
    WHERE at < date_trunc('hour', now()) - interval '25 hours' AND at <> date_trunc('hour', at)
    RETURNING *
), parts AS (
    SELECT date_trunc('hour', at) AS hour, lpu_code, lane, place, sum(part) AS part
    FROM folded CROSS JOIN LATERAL unnest(times) WITH ORDINALITY AS u (part, place) GROUP BY 1, 2, 3, 4
), sums AS (
    SELECT date_trunc('hour', at) AS hour, lpu_code, lane,
           sum(requests) AS requests, sum(failures) AS failures, sum(kept_back) AS kept_back
    FROM folded GROUP BY 1, 2, 3
)
INSERT INTO emias_minutes AS m (at, lpu_code, lane, requests, failures, kept_back, times)
SELECT hour, lpu_code, lane, s.requests, s.failures, s.kept_back, array_agg(p.part ORDER BY p.place)
FROM sums s JOIN parts p USING (hour, lpu_code, lane)
GROUP BY hour, lpu_code, lane, s.requests, s.failures, s.kept_back
ON CONFLICT (at, lpu_code, lane) DO UPDATE
SET requests = m.requests + excluded.requests, failures = m.failures + excluded.failures,
    kept_back = m.kept_back + excluded.kept_back,
    times = ARRAY(SELECT old + new FROM unnest(m.times, excluded.times) AS u (old, new))
"""
_FORGET: Final = (
    "DELETE FROM emias_minutes WHERE at < now() - interval '8 days'",
    "DELETE FROM error_groups WHERE last_at < now() - interval '8 days'",
    "DELETE FROM alerts WHERE closed_at < now() - interval '90 days'",
    "DELETE FROM alert_messages WHERE made_at < now() - interval '90 days'",
    """
    DELETE FROM beats b WHERE NOT EXISTS (
        SELECT FROM beats a WHERE a.process = b.process AND a.instance = b.instance AND a.what = 'alive'
          AND a.at > now() - interval '1 day')
    """,
)


@dataclass(slots=True)
class _Minute:
    requests: int = 0
    failures: int = 0
    kept_back: int = 0
    times: list[int] = field(default_factory=lambda: [0] * BUCKETS)

    def add(self, other: _Minute) -> None:
        self.requests += other.requests
        self.failures += other.failures
        self.kept_back += other.kept_back
        self.times = [mine + theirs for mine, theirs in zip(self.times, other.times, strict=True)]


@dataclass(slots=True)
class _Errors:
    first_at: datetime
    last_at: datetime
    times: int = 0
    doctors: set[str] = field(default_factory=set)

    def add(self, other: _Errors) -> None:
        self.first_at, self.last_at = min(self.first_at, other.first_at), max(self.last_at, other.last_at)
        self.times += other.times
        self.doctors |= other.doctors


_MinuteKey = tuple[datetime, str, Lane]
_ErrorKey = tuple[ErrorEnding, str, str, str]


@dataclass(slots=True)
class _Gathered:
    beats: dict[tuple[BeatKind, str], tuple[float, str]] = field(default_factory=dict)
    minutes: dict[_MinuteKey, _Minute] = field(default_factory=dict)
    errors: dict[_ErrorKey, _Errors] = field(default_factory=dict)

    def give_back(self, earlier: _Gathered) -> None:
        """Take up what could not be written."""
        self.beats = earlier.beats | self.beats
        for place, minute in earlier.minutes.items():
            self.minutes.setdefault(place, _Minute()).add(minute)
        for key, errors in earlier.errors.items():
            if key in self.errors:
                self.errors[key].add(errors)
            else:
                self.errors[key] = errors


@dataclass(slots=True)
class Operations:
    """What this process has seen; `instance` tells it from its replicas."""

    database: Database
    process: Literal["gateway", "sync"]
    instance: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    _gathered: _Gathered = field(default_factory=_Gathered)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Write what gathers every few seconds, and once more in the end."""
        writing = asyncio.create_task(self._write_for_ever())
        try:
            yield
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
            await self.write()

    async def _write_for_ever(self) -> None:
        while True:
            await self.write()
            await asyncio.sleep(_EVERY_SECONDS)

    def tell(self, what: BeatKind, value: float, lpu_code: str = "", note: str = "") -> None:
        """Say how something stands now."""
        self._gathered.beats[what, lpu_code] = (value, note)

    def breaker_seen(self, circuit: Circuit, state: CircuitState) -> None:
        """Say where a circuit stands."""
        self.tell(_LANES[circuit.lane], _STANDS[state], circuit.lpu_code)

    def request_ended(self, circuit: Circuit, seconds: float, *, is_failure: bool) -> None:
        """Count a request that was sent to EMIAS, and how long it took."""
        minute = self._minute(circuit.lpu_code, circuit.lane)
        minute.requests += 1
        minute.failures += is_failure
        minute.times[bucket_of(seconds)] += 1

    def call_ended(self, operation: str, lpu_code: str, outcome: str, emias_doctor_id: str | None) -> None:
        """Note an operation that ended badly; `outcome` as `gateway.emias.observed` tells it."""
        ending, _, cause = outcome.partition(":")
        if cause in _OWN_AFFAIRS:
            self._minute(lpu_code, Lane.READS if operation in _READS else Lane.BOOKINGS).kept_back += 1
        if ending in set(ErrorEnding) and cause not in _NO_ERRORS:
            self.error_seen(ErrorEnding(ending), cause or ending, operation, lpu_code, emias_doctor_id)

    def error_seen(
        self, ending: ErrorEnding, cause: str, operation: str, lpu_code: str, emias_doctor_id: str | None = None
    ) -> None:
        """Count an error in its group."""
        now = self.now()
        errors = self._gathered.errors.setdefault((ending, cause, operation, lpu_code), _Errors(now, now))
        errors.times += 1
        errors.last_at = now
        if emias_doctor_id and len(errors.doctors) < _MOST_DOCTORS:
            errors.doctors.add(emias_doctor_id)

    def _minute(self, lpu_code: str, lane: Lane) -> _Minute:
        return self._gathered.minutes.setdefault(
            (self.now().replace(second=0, microsecond=0), lpu_code, lane), _Minute()
        )

    async def institutions(self) -> list[str]:
        """List the codes of all institutions."""
        return [row[0] for row in await self.database.pool.fetch("SELECT lpu_code FROM institutions ORDER BY lpu_code")]

    async def write(self) -> None:
        """Write what has gathered; what cannot be written now stays for the next time."""
        self.tell(BeatKind.ALIVE, 1)
        told, self._gathered = self._gathered, _Gathered()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS), self.database.transaction() as connection:
                await self._write(connection, told)
        except Exception as fault:  # noqa: BLE001 - written next time
            self._gathered.give_back(told)
            _log.warning("operations_not_written", fault=type(fault).__name__)
        except BaseException:
            self._gathered.give_back(told)
            raise

    async def _write(self, connection: Any, told: _Gathered) -> None:
        """Write in the order of the keys, so that replicas do not wait for each other in a circle."""
        beats = [(self.process, self.instance, *key, *value) for key, value in sorted(told.beats.items())]
        await connection.executemany(_BEAT, beats)
        minutes = [(*key, m.requests, m.failures, m.kept_back, m.times) for key, m in sorted(told.minutes.items())]
        await connection.executemany(_ADD_MINUTE, minutes)
        for key, errors in sorted(told.errors.items()):
            group = await connection.fetchval(_ADD_ERRORS, *key, errors.times, errors.first_at, errors.last_at)
            await connection.execute(_ADD_DOCTORS, group, sorted(errors.doctors))

    async def tidy(self) -> int:
        """Fold old minutes into hours, forget what no window of the dashboard shows, and count the rows."""
        async with self.database.transaction() as connection:
            folded = await connection.execute(_FOLD)
            forgotten = [await connection.execute(statement) for statement in _FORGET]
        return sum(int(status.rpartition(" ")[2]) for status in [folded, *forgotten])

    async def stock(self) -> Stock:
        """Count what the tables hold."""
        return await take_stock(self.database)
