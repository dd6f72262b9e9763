"""One key, one outcome."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from gateway.domain.errors import IdempotencyInProgress, IdempotencyReused
from gateway.domain.outcomes import Booked, Cause, Unknown
from gateway.domain.settlement import settle_create
from gateway.ports import IdempotencyKey, Replay, Retold, Started
from gateway.store.bookings import BookingLedger
from gateway.store.engine import Database
from gateway.store.idempotency import IdempotencyBook
from tests.integration.builders import MadeDoctor, MadeSite, Maker, intent_for

_LEASE = timedelta(seconds=30)


_RUN = uuid4()


def _key(site: MadeSite, run: UUID = _RUN) -> IdempotencyKey:
    return IdempotencyKey(site.key_id, "book", "k", run)


async def _end_lease(database: Database) -> None:
    await database.pool.execute("UPDATE idempotency_keys SET lease_until = now() - interval '1 second'")


async def test_twenty_runs_one_starts(book: IdempotencyBook, site: MadeSite) -> None:
    """Of twenty equal requests at once one starts and the others are told to wait."""
    results = await asyncio.gather(*(book.begin(_key(site), b"f", _LEASE) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(result, Started) for result in results) == 1
    waiting = [result for result in results if isinstance(result, IdempotencyInProgress)]
    assert len(waiting) == 19
    assert all(1 <= result.retry_after <= 30 for result in waiting)


async def test_finished_run_is_replayed(book: IdempotencyBook, site: MadeSite) -> None:
    """A finished run answers the same again, and its answer is never replaced or freed."""
    await book.begin(_key(site), b"f", _LEASE)
    await book.finish(_key(site), 201, b'{"id": 1}')
    await book.finish(_key(site), 500, b"late")
    await book.forget(_key(site))
    assert await book.begin(_key(site), b"f", _LEASE) == Replay(201, b'{"id": 1}')


async def test_other_body_is_refused(book: IdempotencyBook, site: MadeSite) -> None:
    """A key with another body is refused, also when the first run died; another operation's key is another key."""
    await book.begin(_key(site), b"f", _LEASE)
    with pytest.raises(IdempotencyReused):
        await book.begin(_key(site), b"g", timedelta(0))
    assert await book.begin(IdempotencyKey(site.key_id, "cancel", "k"), b"g", _LEASE) == Started()


async def test_forgotten_key_is_new(book: IdempotencyBook, site: MadeSite) -> None:
    """A key whose request did nothing may be used again, for any body."""
    await book.begin(_key(site), b"f", _LEASE)
    await book.forget(_key(site))
    assert await book.begin(_key(site), b"g", _LEASE) == Started()


async def test_dead_run_without_booking_is_taken_over_once(
    book: IdempotencyBook, database: Database, site: MadeSite
) -> None:
    """When the first run died before it had a booking, one of many equal requests takes over."""
    await book.begin(_key(site), b"f", _LEASE)
    await _end_lease(database)
    results = await asyncio.gather(*(book.begin(_key(site), b"f", _LEASE) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(result, Started) for result in results) == 1


async def test_run_with_booking_is_retold(
    maker: Maker, book: IdempotencyBook, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A run that left a booking names it: while it runs in the refusal, when it died or ended open as the answer."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    await book.begin(_key(site), b"f", _LEASE)
    intent = intent_for(visitor, hold.id, _key(site))
    await bookings.open(intent)
    with pytest.raises(IdempotencyInProgress) as running:
        await book.begin(_key(site), b"f", _LEASE)
    assert running.value.booking_id == intent.booking_id
    await _end_lease(database)
    assert await book.begin(_key(site), b"f", _LEASE) == Retold(intent.booking_id)
    await book.leave_open(_key(site))
    assert await book.begin(_key(site), b"f", _LEASE) == Retold(intent.booking_id)


async def test_a_run_paused_past_its_lease_speaks_for_nobody(
    maker: Maker, book: IdempotencyBook, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """When another run has taken the key over, the first neither opens a booking under it, nor ends or frees it."""
    (slot,) = await maker.slots(doctor)
    visitor, late, now = site.holder(), _key(site), _key(site, uuid4())
    hold = await maker.hold(slot, visitor)
    await book.begin(late, b"f", _LEASE)
    await _end_lease(database)
    assert await book.begin(now, b"f", _LEASE) == Started()
    with pytest.raises(IdempotencyInProgress):
        await bookings.open(intent_for(visitor, hold.id, late))
    for ending in (book.finish(late, 409, b"late"), book.leave_open(late), book.forget(late)):
        await ending
    intent = intent_for(visitor, hold.id, now)
    await bookings.open(intent)
    await book.finish(now, 201, b"{}")
    assert await book.begin(late, b"f", _LEASE) == Replay(201, b"{}")
    assert await database.pool.fetchval("SELECT array_agg(id) FROM bookings") == [intent.booking_id]


async def test_a_booking_known_to_be_in_doubt_is_told_before_the_lease_ends(
    maker: Maker, book: IdempotencyBook, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A killed run's booking speaks as soon as it was found in doubt, or was settled a while ago; not before."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    await book.begin(_key(site), b"f", _LEASE)
    intent = intent_for(visitor, hold.id, _key(site))
    booking, _ = await bookings.open(intent)
    with pytest.raises(IdempotencyInProgress) as running:
        await book.begin(_key(site), b"f", _LEASE)
    assert running.value.retry_after <= 2
    await bookings.settle(booking.id, booking.token, settle_create(Unknown(Cause.RESET)), actor="test")
    assert await book.begin(_key(site), b"f", _LEASE) == Retold(booking.id)
    await bookings.settle(booking.id, booking.token, settle_create(Booked("A-1")), actor="test")
    with pytest.raises(IdempotencyInProgress):
        await book.begin(_key(site), b"f", _LEASE)
    await database.pool.execute("UPDATE bookings SET updated_at = now() - interval '6 seconds'")
    assert await book.begin(_key(site), b"f", _LEASE) == Retold(booking.id)


async def test_over_aged_key_is_new(book: IdempotencyBook, database: Database, site: MadeSite) -> None:
    """A key is kept for two days and is new afterwards."""
    await book.begin(_key(site), b"f", _LEASE)
    await book.finish(_key(site), 201, b"{}")
    kept = await database.pool.fetchval("SELECT expires_at - created_at FROM idempotency_keys")
    assert kept == timedelta(hours=48)
    await database.pool.execute("UPDATE idempotency_keys SET expires_at = now()")
    assert await book.begin(_key(site), b"other", _LEASE) == Started()
