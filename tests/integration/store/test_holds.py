"""Holds: one owner a slot, five minutes, by the database's clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from gateway.domain.errors import HoldExpired, NotFound, RenewalsExhausted, SlotHeld, SlotTaken, TooManyHolds
from gateway.domain.hold import MAX_RENEWALS, Hold
from gateway.ports import HoldLimits
from gateway.store.bookings import BookingLedger
from gateway.store.engine import Database
from gateway.store.holds import HoldLedger
from tests.integration.builders import WIDE, MadeDoctor, MadeSite, Maker, intent_for


async def test_hold_lasts_five_minutes(maker: Maker, database: Database, site: MadeSite, doctor: MadeDoctor) -> None:
    """A hold keeps its slot for five minutes from the database's now and may be renewed twice."""
    (slot,) = await maker.slots(doctor)
    hold = await maker.hold(slot, site.holder())
    left = hold.expires_at - await database.pool.fetchval("SELECT now()")
    assert timedelta(minutes=4, seconds=50) < left <= timedelta(minutes=5)
    assert (hold.slot, hold.renewals_left, hold.verified) == (slot, MAX_RENEWALS, True)


async def test_fifty_takes_one_winner(maker: Maker, database: Database, site: MadeSite, doctor: MadeDoctor) -> None:
    """Of fifty visitors who take one slot at once one gets it and the others hear that it is held."""
    (slot,) = await maker.slots(doctor)
    results = await asyncio.gather(*(maker.hold(slot, site.holder()) for _ in range(50)), return_exceptions=True)
    assert sum(isinstance(result, Hold) for result in results) == 1
    assert sum(isinstance(result, SlotHeld) for result in results) == 49
    assert await database.pool.fetchval("SELECT count(*) FROM holds") == 1


async def test_expired_hold_is_raced_for_once(
    maker: Maker, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """When a hold has run out, one of many takes replaces it and the old one is written off."""
    (slot,) = await maker.slots(doctor)
    old = await maker.hold(slot, site.holder())
    await maker.expire(old.id)
    results = await asyncio.gather(*(maker.hold(slot, site.holder()) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(result, Hold) for result in results) == 1
    assert await database.pool.fetchval("SELECT state FROM holds WHERE id = $1", old.id) == "expired"


async def test_visitor_s_limit_is_exact(
    maker: Maker, holds: HoldLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A visitor who takes many slots at once gets as many as the limit, and learns when to come back."""
    slots = await maker.slots(doctor, 10)
    visitor = site.holder("hoarder")
    limits = HoldLimits(per_visitor=2, per_key=1000)
    results = await asyncio.gather(
        *(holds.take(uuid4(), visitor, slot, limits, verified=True) for slot in slots), return_exceptions=True
    )
    refused = [result for result in results if isinstance(result, TooManyHolds)]
    assert len(refused) == 8
    assert all(1 <= refusal.retry_after <= 300 for refusal in refused)
    assert await database.pool.fetchval("SELECT count(*) FROM holds WHERE state = 'held'") == 2


async def test_key_s_limit_counts_everybody(
    maker: Maker, holds: HoldLedger, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A key holds no more than its limit for all its visitors, and a hold that ran out counts no more."""
    first, second, third = await maker.slots(doctor, 3)
    limits = HoldLimits(per_visitor=5, per_key=2)
    taken = await holds.take(uuid4(), site.holder(), first, limits, verified=True)
    await holds.take(uuid4(), site.holder(), second, limits, verified=True)
    with pytest.raises(TooManyHolds):
        await holds.take(uuid4(), site.holder(), third, limits, verified=True)
    await maker.expire(taken.id)
    hold = await holds.take(uuid4(), site.holder(), third, limits, verified=False)
    assert not hold.verified


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE local_emias_slots SET is_free = false, state = 'busy' WHERE id = $1",
        "UPDATE local_emias_slots SET is_free = false, state = 'closed' WHERE id = $1",
        "DELETE FROM local_emias_slots WHERE id = $1",
    ],
)
async def test_slot_not_for_sale_is_taken(
    maker: Maker, database: Database, site: MadeSite, doctor: MadeDoctor, spoil: str
) -> None:
    """A slot that is busy, closed or gone from the mirror is taken, and no hold stays behind."""
    (slot,) = await maker.slots(doctor)
    await database.pool.execute(spoil, slot.id)
    with pytest.raises(SlotTaken):
        await maker.hold(slot, site.holder())
    assert await database.pool.fetchval("SELECT count(*) FROM holds") == 0


async def test_begun_slot_is_taken(maker: Maker, database: Database, site: MadeSite, doctor: MadeDoctor) -> None:
    """A slot whose time has come cannot be held."""
    now = await database.pool.fetchval("SELECT now()")
    (slot,) = await maker.slots(doctor, first=now - timedelta(seconds=1))
    with pytest.raises(SlotTaken):
        await maker.hold(slot, site.holder())


async def test_slot_being_booked_is_held(
    maker: Maker, bookings: BookingLedger, site: MadeSite, doctor: MadeDoctor
) -> None:
    """While a booking of the slot is being sent, others hear `held`, even past the hold's end."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    await bookings.open(intent_for(visitor, hold.id))
    await maker.expire(hold.id)
    with pytest.raises(SlotHeld):
        await maker.hold(slot, site.holder())


async def test_renewals_run_out(maker: Maker, holds: HoldLedger, site: MadeSite, doctor: MadeDoctor) -> None:
    """A hold is renewed twice and no more."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    first = await holds.renew(visitor, hold.id)
    second = await holds.renew(visitor, hold.id)
    assert (first.renewals_left, second.renewals_left) == (1, 0)
    assert hold.expires_at < first.expires_at < second.expires_at
    with pytest.raises(RenewalsExhausted):
        await holds.renew(visitor, hold.id)


async def test_dead_and_foreign_holds_are_not_renewed(
    maker: Maker, holds: HoldLedger, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A hold that ended is expired for its owner and unknown to another site."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    other = await maker.site()
    with pytest.raises(NotFound):
        await holds.renew(other.holder(), hold.id)
    await maker.expire(hold.id)
    with pytest.raises(HoldExpired):
        await holds.renew(visitor, hold.id)


async def test_release_frees_the_slot_once(maker: Maker, holds: HoldLedger, site: MadeSite, doctor: MadeDoctor) -> None:
    """A released slot may be held again; releasing again, or from another site, ends nothing."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    assert await holds.release((await maker.site()).holder(), hold.id) is None
    assert await holds.release(visitor, hold.id) == slot.id
    assert await holds.release(visitor, hold.id) is None
    assert (await maker.hold(slot, site.holder())).id != hold.id


async def test_hold_under_a_booking_is_not_released(
    maker: Maker, holds: HoldLedger, bookings: BookingLedger, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A visitor who closes the page cannot release the slot while the booking is being sent."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    await bookings.open(intent_for(visitor, hold.id))
    assert await holds.release(visitor, hold.id) is None


async def test_release_and_booking_race(
    maker: Maker, holds: HoldLedger, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """When a release and a booking meet, either the hold is released or the booking stands, never both."""
    visitor = site.holder()
    for slot in await maker.slots(doctor, 20):
        hold = await maker.hold(slot, visitor)
        released, opened = await asyncio.gather(
            holds.release(visitor, hold.id), bookings.open(intent_for(visitor, hold.id)), return_exceptions=True
        )
        assert (released is None) == (not isinstance(opened, HoldExpired))
    both = await database.pool.fetchval(
        "SELECT count(*) FROM holds h JOIN bookings b ON b.hold_id = h.id WHERE h.state <> 'held'"
    )
    assert both == 0


async def test_random_crowd_never_shares_a_slot(
    maker: Maker, holds: HoldLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A crowd that takes and releases at once never leaves two living holds on a slot."""
    slots = await maker.slots(doctor, 5)

    async def visit(number: int) -> None:
        visitor = site.holder()
        for step in range(6):
            try:
                hold = await holds.take(uuid4(), visitor, slots[(number * 7 + step) % 5], WIDE, verified=True)
            except SlotHeld:
                continue
            if step % 2:
                await holds.release(visitor, hold.id)

    await asyncio.gather(*(visit(number) for number in range(20)))
    shared = await database.pool.fetch(
        "SELECT starts_at FROM holds WHERE state = 'held' GROUP BY doctor_id, starts_at HAVING count(*) > 1"
    )
    assert shared == []
