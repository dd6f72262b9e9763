"""A create or cancel that is sent again: a row first, by whom the row belongs to, unless an operator forbids it."""

from __future__ import annotations

import pytest

from gateway.domain.booking import Booking
from gateway.domain.outcomes import Booked, Cause, Unknown
from gateway.domain.settlement import settle_create
from gateway.store.bookings import BookingLedger
from gateway.store.engine import Database
from tests.integration.builders import MadeDoctor, MadeSite, Maker, intent_for


async def _open(maker: Maker, bookings: BookingLedger, site: MadeSite, doctor: MadeDoctor) -> Booking:
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    booking, _ = await bookings.open(intent_for(visitor, hold.id))
    return booking


async def _again(bookings: BookingLedger, booking: Booking, token: int | None = None) -> bool:
    return await bookings.note_attempt(booking.id, token or booking.token, "again_after_connect", actor="test")


async def test_each_attempt_is_a_row(
    maker: Maker, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """Attempts are numbered in the booking and in its history, in `submitting` and in `cancelling`."""
    booking = await _open(maker, bookings, site, doctor)
    assert await _again(bookings, booking)
    assert await _again(bookings, booking)
    assert await bookings.settle(booking.id, booking.token, settle_create(Booked("A-1")), actor="test")
    cancelling, _ = await bookings.open_cancel(site.holder(), booking.id, None)
    assert await _again(bookings, cancelling)
    rows = await database.pool.fetch("SELECT from_state, to_state, attempt FROM booking_history ORDER BY id")
    assert [tuple(row) for row in rows] == [
        (None, "submitting", 1),
        ("submitting", "submitting", 2),
        ("submitting", "submitting", 3),
        ("submitting", "booked", 3),
        ("booked", "cancelling", 3),
        ("cancelling", "cancelling", 4),
    ]
    assert (await bookings.get(site.id, booking.id)).attempt == 4


async def test_only_the_owner_of_a_call_under_way_notes_one(
    maker: Maker, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """An older token, and a booking whose call has ended, have no further attempt."""
    booking = await _open(maker, bookings, site, doctor)
    assert not await _again(bookings, booking, booking.token - 1)
    await bookings.settle(booking.id, booking.token, settle_create(Unknown(Cause.RESET)), actor="test")
    assert not await _again(bookings, booking)
    assert await database.pool.fetchval("SELECT attempt FROM bookings") == 1


@pytest.mark.parametrize("whose", ["bookings", "institutions"])
async def test_an_operator_s_switch_ends_the_attempts(
    maker: Maker, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor, whose: str
) -> None:
    """A booking stopped alone, or with its whole institution, is not sent again."""
    booking = await _open(maker, bookings, site, doctor)
    await database.pool.execute(f"UPDATE {whose} SET retries_stopped = true")  # noqa: S608 - our own words
    assert not await _again(bookings, booking)
    await database.pool.execute(f"UPDATE {whose} SET retries_stopped = false")  # noqa: S608 - our own words
    assert await _again(bookings, booking)
