"""Rows to measure with: a site with a key, doctors joined to EMIAS, slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from benchmarks.replies import LPU_CODE, doctor_ref, starts
from gateway.domain.hold import Holder
from gateway.domain.moscow import MOSCOW
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow, SlotKey
from gateway.store.api_keys import KeyRing
from gateway.store.engine import Database
from gateway.store.institutions import Institutions
from gateway.store.sites import Sites

__all__ = ["Population", "empty_tables", "insert_slots", "populate", "schedule_window", "today"]

_LENGTH: Final = timedelta(minutes=12)
_INSERT_SLOTS: Final = """
INSERT INTO local_emias_slots (doctor_id, slot_date, slot_time, starts_at, ends_at, id, emias_slot_id, is_free, state,
                               room)
SELECT $1, (starts_at AT TIME ZONE 'Europe/Moscow')::date, (starts_at AT TIME ZONE 'Europe/Moscow')::time, starts_at,
       starts_at + $4::interval, id, extract(epoch FROM starts_at)::bigint::text, true, 'free', 'каб. 101'
FROM unnest($2::timestamptz[], $3::uuid[]) AS u (starts_at, id)
"""


@dataclass(frozen=True, slots=True)
class Population:
    """A site, its key and its doctors; the doctor of a number has element id `element_id(number)`."""

    site_id: int
    key: str
    rows: tuple[int, ...]

    def holder(self, visitor: str) -> Holder:
        """Name a visitor."""
        return Holder(self.site_id, self.key.split("_")[1], visitor)

    @staticmethod
    def element_id(number: int) -> str:
        """Name a doctor as the site does."""
        return str(1000 + number)


def today() -> date:
    """Return Moscow's day."""
    return datetime.now(MOSCOW).date()


async def empty_tables(database: Database) -> None:
    """Empty every table that a benchmark fills."""
    await database.pool.execute("TRUNCATE sites, institutions, sync_log CASCADE")


async def populate(database: Database, doctors: int) -> Population:
    """Empty the tables and make doctors without slots, each read this very moment."""
    await empty_tables(database)
    site_id = await Sites(database).ensure("bench")
    key = await KeyRing(database).create(site_id, ("read", "book"))
    await Institutions(database).ensure(LPU_CODE)
    rows = [await _doctor(database, site_id, number) for number in range(doctors)]
    await database.pool.execute("UPDATE emias_doctors SET as_of = now()")
    days = today()
    await database.pool.execute("SELECT ensure_slot_partitions($1, $2)", days, days + timedelta(days=31))
    return Population(site_id, key, tuple(rows))


async def _doctor(database: Database, site_id: int, number: int) -> int:
    doctor_id = await database.pool.fetchval(
        "INSERT INTO doctors (site_id, element_id, name, specialty_id, specialty_name)"
        " VALUES ($1, $2, $3, 'therapy', 'Терапия') RETURNING id",
        site_id,
        Population.element_id(number),
        f"Врач {number:04}",
    )
    row: int = await database.pool.fetchval(
        "INSERT INTO doctor_mappings (doctor_id, lpu_code, emias_doctor_id) VALUES ($1, $2, $3) RETURNING emias_doctor",
        doctor_id,
        *doctor_ref(number),
    )
    return row


async def insert_slots(database: Database, population: Population, number: int, begins: list[datetime]) -> list[UUID]:
    """Give a doctor free slots and return their public ids."""
    ids = [SlotKey(doctor_ref(number), begin).public_id() for begin in begins]
    await database.pool.execute(_INSERT_SLOTS, population.rows[number], begins, ids, _LENGTH)
    return ids


def schedule_window(doctor: EmiasDoctorRef, days: int, slots_a_day: int, *, every: int = 1) -> ScheduleWindow:
    """Make the answer of EMIAS in which only each n-th slot is listed."""
    first = today()
    slots = tuple(
        RemoteSlot(begin, f"{doctor.emias_doctor_id}-{number:x}", number % 4 != 0, begin + _LENGTH, "каб. 101")
        for number, begin in enumerate(starts(first, days, slots_a_day))
        if number % every == 0
    )
    return ScheduleWindow(doctor, slots, first, first + timedelta(days=days - 1), f"{every}")
