"""Write one doctor's slots: nothing new, all new, half of them vanished; and the WAL that this costs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from benchmarks.figures import Figure, at_most
from benchmarks.population import Population, populate, schedule_window
from benchmarks.replies import doctor_ref
from benchmarks.rounds import take_turns, timed_wall
from benchmarks.sizes import Size
from benchmarks.stage import Stage
from gateway.domain.diff import diff_slots
from gateway.domain.schedule import ScheduleWindow
from gateway.ports import DueDoctor
from gateway.store.engine import Database
from gateway.store.sync_book import SyncBook

__all__ = ["measure"]

_LEASE: Final = timedelta(minutes=2)
_AGAIN: Final = timedelta(minutes=15)
_SELECT: Final = """
SELECT starts_at, emias_slot_id, is_free, ends_at, room FROM local_emias_slots
WHERE doctor_id = $1 AND slot_date BETWEEN $2 AND $3
"""
_UNNEST: Final = """
INSERT INTO local_emias_slots (doctor_id, slot_date, slot_time, starts_at, ends_at, id, emias_slot_id, is_free, state,
                               room)
SELECT $1, (starts_at AT TIME ZONE 'Europe/Moscow')::date, (starts_at AT TIME ZONE 'Europe/Moscow')::time,
       starts_at, ends_at, gen_random_uuid(), emias_slot_id, is_free, CASE WHEN is_free THEN 'free' ELSE 'busy' END,
       room
FROM unnest($2::timestamptz[], $3::text[], $4::boolean[], $5::timestamptz[], $6::text[])
     AS u (starts_at, emias_slot_id, is_free, ends_at, room)
"""
_UPSERT: Final = f"""{_UNNEST}
ON CONFLICT (doctor_id, starts_at, slot_date) DO UPDATE
SET emias_slot_id = excluded.emias_slot_id, is_free = excluded.is_free, state = excluded.state,
    ends_at = excluded.ends_at, room = excluded.room
WHERE (local_emias_slots.emias_slot_id, local_emias_slots.is_free, local_emias_slots.ends_at, local_emias_slots.room)
      IS DISTINCT FROM (excluded.emias_slot_id, excluded.is_free, excluded.ends_at, excluded.room)
"""
_EXCEPT: Final = """
UPDATE local_emias_slots SET is_free = false, state = 'closed'
WHERE doctor_id = $1 AND slot_date BETWEEN $3 AND $4 AND starts_at IN (
    SELECT starts_at FROM local_emias_slots WHERE doctor_id = $1 AND slot_date BETWEEN $3 AND $4
    EXCEPT SELECT unnest($2::timestamptz[]))
"""
_REOPEN: Final = "UPDATE local_emias_slots SET is_free = true, state = 'free' WHERE doctor_id = $1 AND state = 'closed'"
_SLOT_WAL: Final = """
SELECT coalesce(sum(record_length), 0)::bigint FROM pg_get_wal_block_info($1, $2) w
JOIN pg_class c ON c.relfilenode = w.relfilenode AND c.relname LIKE 'local_emias_slots%'
"""


async def measure(stage: Stage, size: Size) -> list[Figure]:
    """Compare the product's read, diff and write of a doctor with the least that SQL can do."""
    population = await populate(stage.database, 2)
    ours, peer = (_Doctor(stage.database, population, number) for number in (0, 1))
    window = schedule_window(ours.ref, size.days, size.slots_a_day)
    thinned = schedule_window(ours.ref, size.days, size.slots_a_day, every=2)
    slots = f"{len(window.slots):,}"
    return [
        await _new(ours, peer, window, size, slots),
        await _unchanged(ours, window, size, slots),
        await _wal(stage, ours, window, slots),
        await _vanished(ours, peer, window, thinned, size),
    ]


class _Doctor:
    """One doctor of the table, written by the product or by a peer's statement."""

    def __init__(self, database: Database, population: Population, number: int) -> None:
        self.book = SyncBook(database)
        self.pool = database.pool
        self.row = population.rows[number]
        self.ref = doctor_ref(number)
        self._due: DueDoctor | None = None

    async def lease(self) -> None:
        """Do what the due list does before a read."""
        self._due = await self.book.claim(self.ref, _LEASE)

    async def write(self, window: ScheduleWindow) -> None:
        """Read, diff and write as `Refresh` does."""
        if self._due is None:
            raise RuntimeError("the doctor is not leased")
        known = await self.book.known_slots(self._due, window.covered_from, window.covered_to)
        if await self.book.write(self._due, window, diff_slots(known, window), _AGAIN) is None:
            raise RuntimeError("the lease was lost")

    async def insert(self, window: ScheduleWindow, statement: str = _UNNEST) -> None:
        """Write every slot by one statement over arrays."""
        await self.pool.execute(statement, self.row, *(list(column) for column in zip(*window.slots, strict=True)))

    async def select_and_diff(self, window: ScheduleWindow) -> None:
        """Read the rows and find the different ones, nothing more."""
        rows = await self.pool.fetch(_SELECT, self.row, window.covered_from, window.covered_to)
        known = {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}
        different = [slot for slot in window.slots if known.get(slot.starts_at) != tuple(slot[1:])]
        if different or len(known) != len(window.slots):
            raise RuntimeError("the schedule was to be unchanged")

    async def close_by_except(self, window: ScheduleWindow) -> None:
        """Close what the window does not list by one statement."""
        listed: list[datetime] = [slot.starts_at for slot in window.slots]
        await self.pool.execute(_EXCEPT, self.row, listed, window.covered_from, window.covered_to)

    async def clear(self) -> None:
        """Remove every slot and lease the doctor."""
        await self.pool.execute("DELETE FROM local_emias_slots WHERE doctor_id = $1", self.row)
        await self.lease()

    async def reopen(self) -> None:
        """Bring closed slots back and lease the doctor."""
        await self.pool.execute(_REOPEN, self.row)
        await self.lease()


async def _new(ours: _Doctor, peer: _Doctor, window: ScheduleWindow, size: Size, slots: str) -> Figure:
    taken = await take_turns(
        size.rounds,
        {
            "product": timed_wall(lambda: ours.write(window), ours.clear),
            "unnest": timed_wall(lambda: peer.insert(window), peer.clear),
        },
    )
    return Figure(f"write {slots} new slots", "bare INSERT … unnest", taken.ratio("product", "unnest"), at_most(2))


async def _unchanged(doctor: _Doctor, window: ScheduleWindow, size: Size, slots: str) -> Figure:
    taken = await take_turns(
        size.rounds,
        {
            "product": timed_wall(lambda: doctor.write(window), doctor.lease),
            "diff": timed_wall(lambda: doctor.select_and_diff(window)),
        },
    )
    ratio = taken.ratio("product", "diff")
    return Figure(f"write {slots} slots, nothing changed", "SELECT + diff in Python, no write", ratio, at_most(2))


async def _wal(stage: Stage, doctor: _Doctor, window: ScheduleWindow, slots: str) -> Figure:
    what, peer = f"WAL for the slot table, {slots} slots, nothing changed", "INSERT … unnest … WHERE changed"
    try:
        await stage.database.pool.execute("CREATE EXTENSION IF NOT EXISTS pg_walinspect")
    except asyncpg.PostgresError as refusal:
        return Figure(what, peer, None, at_most(0), f"pg_walinspect is not to be had: {type(refusal).__name__}")
    await doctor.lease()
    ours = await _slot_wal(stage.database, lambda: doctor.write(window))
    theirs = await _slot_wal(stage.database, lambda: doctor.insert(window, _UPSERT))
    return Figure(what, peer, ours / theirs, at_most(0), f"{ours:,} bytes to {theirs:,}")


async def _slot_wal(database: Database, work: Callable[[], Awaitable[Any]]) -> int:
    before = await database.pool.fetchval("SELECT pg_current_wal_insert_lsn()")
    await work()
    after = await database.pool.fetchval("SELECT pg_current_wal_insert_lsn()")
    async with database.transaction() as connection:  # one commit that waits for the disk: only flushed WAL can be read
        await connection.execute("SET LOCAL synchronous_commit = on")
        await connection.execute("SELECT pg_logical_emit_message(true, 'bench', '')")
    return int(await database.pool.fetchval(_SLOT_WAL, before, after))


async def _vanished(
    ours: _Doctor, peer: _Doctor, window: ScheduleWindow, thinned: ScheduleWindow, size: Size
) -> Figure:
    await peer.clear()
    await peer.insert(window)
    taken = await take_turns(
        size.rounds,
        {
            "product": timed_wall(lambda: ours.write(thinned), ours.reopen),
            "except": timed_wall(lambda: peer.close_by_except(thinned), peer.reopen),
        },
    )
    what = f"close {len(window.slots) - len(thinned.slots):,} vanished slots of {len(window.slots):,}"
    return Figure(what, "UPDATE … EXCEPT unnest", taken.ratio("product", "except"), at_most(2))
