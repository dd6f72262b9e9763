"""News of changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from gateway.store.api_keys import KeyRing
from gateway.store.bookings import BookingLedger
from gateway.store.changes import Changes
from gateway.store.engine import Database
from gateway.store.holds import HoldLedger
from gateway.store.sync_book import SyncBook
from tests.integration.builders import MadeDoctor, MadeSite, Maker, intent_for

News = AsyncIterator[tuple[str, str]]


@pytest_asyncio.fixture
async def news(database: Database, doctor: MadeDoctor) -> AsyncIterator[News]:
    """Listen from after the doctor was made."""
    assert doctor.id
    async with Changes(database).listen() as told:
        yield told


async def _next(news: News) -> tuple[str, str]:
    return await asyncio.wait_for(anext(news), 10)


async def test_holds_and_bookings_are_told(
    news: News, maker: Maker, holds: HoldLedger, bookings: BookingLedger, site: MadeSite, doctor: MadeDoctor
) -> None:
    """Each hold, renewal, release and booking tells the doctor whose slots changed."""
    expected = ("slots", str(doctor.emias_row))
    slot, other = await maker.slots(doctor, 2)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    assert await _next(news) == expected
    await holds.renew(visitor, hold.id)
    assert await _next(news) == expected
    await holds.release(visitor, hold.id)
    assert await _next(news) == expected
    again = await maker.hold(other, visitor)
    assert await _next(news) == expected
    await bookings.open(intent_for(visitor, again.id))
    assert await _next(news) == expected


async def test_first_read_tells_the_directory(
    news: News, sync: SyncBook, database: Database, doctor: MadeDoctor
) -> None:
    """A first schedule read makes a doctor bookable, and the directory's readers hear of it."""
    await database.pool.execute("UPDATE emias_doctors SET as_of = NULL")
    assert await _next(news) == ("slots", str(doctor.emias_row))
    due = await sync.claim(doctor.ref, timedelta(minutes=1))
    assert due
    await sync.unchanged(due, timedelta(minutes=5))
    assert {await _next(news), await _next(news)} == {("slots", str(doctor.emias_row)), ("directory", "")}


async def test_directory_and_keys_are_told(news: News, database: Database, site: MadeSite) -> None:
    """A blocked doctor, a closed institution and a revoked key are told."""
    await database.pool.execute("UPDATE doctors SET is_blocked = true")
    assert await _next(news) == ("directory", "")
    await database.pool.execute("UPDATE institutions SET is_open = false")
    assert await _next(news) == ("directory", "")
    await KeyRing(database).revoke(site.key_id)
    assert await _next(news) == ("keys", site.key_id)


async def test_gap_is_told_and_listening_goes_on(news: News, database: Database, site: MadeSite) -> None:
    """When the connection is cut, news may be lost, which is told; then listening goes on."""
    await database.pool.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE query ILIKE 'LISTEN%' AND datname = current_database()"
    )
    assert await _next(news) == ("lost", "")
    assert await _next(news) == ("lost", "")
    await KeyRing(database).revoke(site.key_id)
    assert await _next(news) == ("keys", site.key_id)


async def test_quiet_connection_is_tried(database: Database, doctor: MadeDoctor) -> None:
    """A connection that stays quiet is asked now and then whether it still lives, and hears on."""
    assert doctor.id
    async with Changes(database, ping=timedelta(milliseconds=1)).listen() as news:
        pinged = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT' AND datname = current_database()"
        async with asyncio.timeout(10):
            while await database.pool.fetchval(pinged) == 0:
                continue
        await database.pool.execute("UPDATE doctors SET is_blocked = true")
        assert await _next(news) == ("directory", "")
