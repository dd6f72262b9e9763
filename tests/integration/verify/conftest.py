"""A database whose guards are dropped, and a book in it that is sound until somebody plants a violation."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest_asyncio

from gateway.commands.verify import Scope, Verdict, check_invariants
from gateway.settings import VerifySettings, read_settings
from gateway.store.engine import Database, open_database
from tests.integration.builders import MadeDoctor, MadeSite, Maker
from tests.integration.conftest import MakeDatabase

_DROP_GUARDS = """
DROP INDEX holds_one_per_slot;
DROP INDEX bookings_one_live_per_slot;
ALTER TABLE bookings DISABLE TRIGGER guard_booking_move;
ALTER TABLE bookings DISABLE TRIGGER plan_look;
ALTER TABLE audit_log DISABLE TRIGGER append_only;
ALTER TABLE audit_chain DISABLE TRIGGER append_only;
ALTER TABLE audit_head DISABLE TRIGGER chained_only;
CREATE OR REPLACE VIEW slots_for_sale AS SELECT * FROM local_emias_slots WHERE is_free;
"""
_NO_AUDIT = """
TRUNCATE audit_log, audit_chain;
UPDATE audit_head SET rows = 0, hash = sha256('emias-gateway audit log')
"""
_INSERT_HOLD = """
INSERT INTO holds (id, site_id, api_key_id, site_doctor_id, doctor_id, starts_at, slot_id, expires_at, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, now() + interval '5 minutes', $8)
"""
_INSERT_BOOKING = """
INSERT INTO bookings (id, site_id, api_key_id, hold_id, site_doctor_id, doctor_id, starts_at, slot_id, emias_slot_id,
                      state, emias_appointment_id, patient_mask, snils_hash, birth_hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'E1', $9, $10, 'О. А., СНИЛС …95', 'x', 'y', now())
"""
_INSERT_STEP = """
INSERT INTO booking_history (booking_id, from_state, to_state, cause, attempt, actor)
VALUES ($1, $2, $3, 'x', 1, 'test')
"""
_INSERT_KEY = """
INSERT INTO idempotency_keys (api_key_id, operation, key, fingerprint, state, lease_until, booking_id, status, body,
                              expires_at)
VALUES ($1, 'book', $2, 'x', 'done', now(), $3, 201, $4, now() + interval '2 days')
"""
_TABLES = (
    "sites, api_keys, institutions, emias_doctors, doctors, doctor_mappings, local_emias_slots, holds, bookings,"
    " booking_history, idempotency_keys, sync_log, disclosures, retention_clock"
)


@dataclass(slots=True)
class Book:
    """A book with one doctor and one slot; rows are written past every rule."""

    database: Database
    url: str
    site: MadeSite
    doctor: MadeDoctor
    starts_at: Any
    slot_id: UUID

    async def hold(self, state: str = "held") -> UUID:
        """Write a hold of the slot."""
        hold_id = uuid4()
        place = (self.doctor.id, self.doctor.emias_row, self.starts_at, self.slot_id)
        await self.run(_INSERT_HOLD, hold_id, self.site.id, self.site.key_id, *place, state)
        return hold_id

    async def booking(self, *states: str, appointment: str | None = None) -> UUID:
        """Write a booking of the slot that went through the states, with its key."""
        hold_id, booking_id = await self.hold("spent"), uuid4()
        place = (self.doctor.id, self.doctor.emias_row, self.starts_at, self.slot_id)
        whose = (booking_id, self.site.id, self.site.key_id, hold_id)
        await self.run(_INSERT_BOOKING, *whose, *place, states[-1], appointment)
        for before, after in zip((None, *states), states, strict=False):
            await self.run(_INSERT_STEP, booking_id, before, after)
        if "booked" in states:
            body = json.dumps({"id": str(booking_id)}).encode()
            await self.run(_INSERT_KEY, self.site.key_id, uuid4().hex, booking_id, body)
        return booking_id

    async def run(self, statement: str, *arguments: Any) -> None:
        """Run a statement."""
        await self.database.pool.execute(statement, *arguments)

    async def verdicts(self, scope: Scope | None = None) -> dict[str, Verdict]:
        """Check every invariant."""
        settings = read_settings(VerifySettings, {"DATABASE_URL": self.url})
        return {one.invariant: one for one in await check_invariants(settings, scope or Scope())}


@pytest_asyncio.fixture(scope="session")
async def unguarded_url(make_database: MakeDatabase, template_url: str) -> str:
    """Name a migrated database without unique indexes, trigger and the view's conditions."""
    url = await make_database(template_url)
    async with open_database(url, max_size=2) as database:
        await database.pool.execute(_DROP_GUARDS)
    return url


@pytest_asyncio.fixture
async def book(unguarded_url: str) -> AsyncIterator[Book]:
    """Begin with a booked slot, of which everything is as it should be."""
    async with open_database(unguarded_url, max_size=2) as database:
        await database.pool.execute(f"TRUNCATE {_TABLES} CASCADE")
        await database.pool.execute(_NO_AUDIT)
        await database.pool.execute("INSERT INTO retention_clock (kind, erased_until) VALUES ('disclosures', now())")
        maker = Maker(database)
        site = await maker.site()
        doctor = await maker.doctor(site)
        [slot] = await maker.slots(doctor)
        book = Book(database, unguarded_url, site, doctor, slot.starts_at, slot.id)
        await book.run("UPDATE local_emias_slots SET is_free = false, state = 'busy'")
        await book.booking("submitting", "booked", appointment="AP-1")
        yield book
