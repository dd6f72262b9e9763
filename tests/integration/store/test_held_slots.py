"""A held slot that EMIAS sells elsewhere, and a hold that has run out under load."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from gateway.domain.errors import HoldExpired, NotFound, SlotHeld, SlotTaken
from gateway.domain.hold import Hold
from gateway.store.bookings import BookingLedger
from gateway.store.engine import Database
from gateway.store.holds import HoldLedger
from tests.integration.builders import WIDE, MadeDoctor, MadeSite, Maker, intent_for


async def test_a_living_hold_is_told(maker: Maker, holds: HoldLedger, site: MadeSite, doctor: MadeDoctor) -> None:
    """A hold is told to its own site as it was taken, and to no other."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    assert await holds.get(visitor, hold.id) == hold
    for holder, hold_id in (((await maker.site()).holder(), hold.id), (visitor, uuid4())):
        with pytest.raises(NotFound):
            await holds.get(holder, hold_id)
    await maker.expire(hold.id)
    with pytest.raises(HoldExpired):
        await holds.get(visitor, hold.id)


@pytest.mark.parametrize("change", ["is_free = false, state = 'busy'", "is_free = false, state = 'closed'"])
async def test_a_slot_sold_elsewhere_is_told_at_once(
    maker: Maker,
    holds: HoldLedger,
    bookings: BookingLedger,
    database: Database,
    site: MadeSite,
    doctor: MadeDoctor,
    change: str,
) -> None:
    """When the mirror shows a held slot as taken, the next poll, renewal or submit says so; nothing is lengthened."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    await database.pool.execute(f"UPDATE local_emias_slots SET {change}")  # noqa: S608 - a test's own words
    for ask in (
        holds.get(visitor, hold.id),
        holds.renew(visitor, hold.id),
        bookings.open(intent_for(visitor, hold.id)),
    ):
        with pytest.raises(SlotTaken) as told:
            await ask
        assert told.value.slot_id == slot.id
    row = await database.pool.fetchrow("SELECT renewals, expires_at FROM holds")
    assert tuple(row) == (0, hold.expires_at)


async def test_a_hold_that_ran_out_is_taken_over_once(
    maker: Maker, holds: HoldLedger, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """Of a crowd that wants an expired slot one gets it, while its late owner can neither renew nor submit."""
    old_owner = site.holder()
    for slot in await maker.slots(doctor, 10):
        old = await maker.hold(slot, old_owner)
        await maker.expire(old.id)
        late = [holds.renew(old_owner, old.id), bookings.open(intent_for(old_owner, old.id))]
        crowd = [holds.take(uuid4(), site.holder(), slot, WIDE, verified=True) for _ in range(15)]
        ends = await asyncio.gather(*late, *crowd, return_exceptions=True)
        assert all(isinstance(end, HoldExpired) for end in ends[:2])
        assert sum(isinstance(end, Hold) for end in ends[2:]) == 1
        assert sum(isinstance(end, SlotHeld) for end in ends[2:]) == 14
    living = await database.pool.fetchval("SELECT count(*) FROM holds WHERE state = 'held'")
    assert (living, await database.pool.fetchval("SELECT count(*) FROM bookings")) == (10, 0)
