"""Bookings in doubt in the real tables: leases, tokens, recovery of what a vanished process left."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from gateway.domain.booking import Booking, BookingState
from gateway.domain.directory import FreeSlot
from gateway.domain.doubt import Doubt
from gateway.domain.errors import SlotTaken
from gateway.domain.outcomes import Booked, Cause, Unknown
from gateway.domain.settlement import LookEvidence, Settlement, settle_cancel, settle_create
from gateway.store.bookings import BookingLedger
from gateway.store.cipher import Cipher
from gateway.store.doubts import DoubtLedger
from gateway.store.engine import Database
from tests.integration.builders import PATIENT, MadeDoctor, MadeSite, Maker, intent_for

_LEASE = timedelta(minutes=1)
_OLD = timedelta(minutes=2)


@pytest.fixture
def doubts(database: Database, cipher: Cipher) -> DoubtLedger:
    """Give the ledger of doubts."""
    return DoubtLedger(database, cipher, timedelta(seconds=5))


class Desk:
    """Opens bookings and lets time pass over them."""

    def __init__(self, maker: Maker, bookings: BookingLedger, site: MadeSite) -> None:
        self.maker, self.bookings, self.site = maker, bookings, site

    async def open(self, slot: FreeSlot) -> Booking:
        """Open a booking."""
        holder = self.site.holder()
        hold = await self.maker.hold(slot, holder)
        return (await self.bookings.open(intent_for(holder, hold.id)))[0]

    async def doubt(self, slot: FreeSlot) -> Booking:
        """Open a booking whose outcome is not known."""
        opened = await self.open(slot)
        doubted = await self.bookings.settle(
            opened.id, opened.token, settle_create(Unknown(Cause.TIMEOUT)), actor="test"
        )
        assert doubted
        return doubted

    async def book(self, slot: FreeSlot) -> Booking:
        """Open a booking that EMIAS makes."""
        opened = await self.open(slot)
        booked = await self.bookings.settle(opened.id, opened.token, settle_create(Booked("A-1")), actor="test")
        assert booked
        return booked

    async def pass_time(self, span: timedelta = _OLD) -> None:
        """Let all that was planned and written be so much older."""
        await self.maker.database.pool.execute(
            "UPDATE bookings SET updated_at = updated_at - $1::interval, next_check_at = next_check_at - $1::interval,"
            " look_until = look_until - $1::interval, doubted_at = doubted_at - $1::interval",
            span,
        )


@pytest.fixture
def desk(maker: Maker, bookings: BookingLedger, site: MadeSite) -> Desk:
    """Give the desk of a site."""
    return Desk(maker, bookings, site)


async def _history(database: Database, booking_id: UUID) -> list[tuple[str | None, str, str]]:
    rows = await database.pool.fetch(
        "SELECT from_state, to_state, cause FROM booking_history WHERE booking_id = $1 ORDER BY id", booking_id
    )
    return [tuple(row) for row in rows]


async def test_a_doubt_is_due_after_the_first_wait(
    maker: Maker, doubts: DoubtLedger, desk: Desk, doctor: MadeDoctor
) -> None:
    """A doubt is claimed when its time has come, with its patient, its age and a new token."""
    (slot,) = await maker.slots(doctor)
    doubted = await desk.doubt(slot)
    assert await doubts.claim(10, _LEASE, at_once=5) == []
    await desk.pass_time()
    (claimed,) = await doubts.claim(10, _LEASE, at_once=5)
    assert (claimed.booking.id, claimed.patient, claimed.looks) == (doubted.id, PATIENT, 0)
    assert claimed.booking.token > doubted.token
    assert claimed.age >= _OLD
    assert str(PATIENT.snils.digits) not in repr(claimed)


async def test_a_claimed_doubt_is_nobody_else_s(
    maker: Maker, doubts: DoubtLedger, desk: Desk, doctor: MadeDoctor
) -> None:
    """Of many workers at once each doubt goes to one, and comes back only when the lease has run out."""
    for slot in await maker.slots(doctor, 12):
        await desk.doubt(slot)
    await desk.pass_time()
    ids: list[UUID] = []
    while len(ids) < 12:  # a claim may skip what another has only just looked over, and finds it the next time
        claims = await asyncio.gather(*(doubts.claim(4, _LEASE, at_once=100) for _ in range(8)))
        ids += [doubt.booking.id for claim in claims for doubt in claim]
    assert len(ids) == len(set(ids)) == 12
    assert await doubts.claim_one(ids[0], _LEASE) is None
    await desk.pass_time(_LEASE)
    assert len(await doubts.claim(100, _LEASE, at_once=100)) == 12


async def test_a_late_worker_loses(
    maker: Maker, doubts: DoubtLedger, bookings: BookingLedger, desk: Desk, doctor: MadeDoctor, site: MadeSite
) -> None:
    """Neither the first caller nor a worker whose lease ran out may settle or postpone after a new claim."""
    (slot,) = await maker.slots(doctor)
    doubted = await desk.doubt(slot)
    await desk.pass_time()
    (first,) = await doubts.claim(1, _LEASE, at_once=1)
    await desk.pass_time()
    (second,) = await doubts.claim(1, _LEASE, at_once=1)
    booked = settle_create(Booked("A-9"))
    for token in (doubted.token, first.booking.token):
        assert await bookings.settle(doubted.id, token, booked, actor="late") is None
        assert not await doubts.postpone(doubted.id, token, _LEASE, looked=True)
    assert (await bookings.get(site.id, doubted.id)).state is BookingState.IN_DOUBT
    assert await bookings.settle(doubted.id, second.booking.token, booked, actor="resolve")
    assert not await doubts.postpone(doubted.id, second.booking.token, _LEASE, looked=True)


async def test_no_institution_takes_all_the_places(
    maker: Maker, doubts: DoubtLedger, desk: Desk, site: MadeSite
) -> None:
    """However many doubts one institution has, it gets no more looks at once than it may, running ones counted."""
    crowded, other = await maker.doctor(site), await maker.doctor(site)
    for slot in [*await maker.slots(crowded, 6), *await maker.slots(other, 2)]:
        await desk.doubt(slot)
    await desk.pass_time()
    claimed = await doubts.claim(10, _LEASE, at_once=2, running={crowded.ref.lpu_code: 1})
    codes = sorted(doubt.booking.lpu_code for doubt in claimed)
    assert codes == sorted([crowded.ref.lpu_code, other.ref.lpu_code, other.ref.lpu_code])


async def test_looks_are_counted_and_planned(
    maker: Maker, doubts: DoubtLedger, database: Database, desk: Desk, doctor: MadeDoctor
) -> None:
    """A made look is counted and the next never comes sooner than asked; an unplanned one leaves the plan as it was."""
    (slot,) = await maker.slots(doctor)
    doubted = await desk.doubt(slot)
    planned = await database.pool.fetchval("SELECT next_check_at FROM bookings")
    leased = await doubts.claim_one(doubted.id, _LEASE)
    assert leased
    assert await doubts.postpone(doubted.id, leased.booking.token, None, looked=False)
    row = await database.pool.fetchrow("SELECT next_check_at, checks, look_until FROM bookings")
    assert tuple(row) == (planned, 0, None)
    again = await doubts.claim_one(doubted.id, _LEASE)
    assert again
    assert await doubts.postpone(doubted.id, again.booking.token, timedelta(minutes=10), looked=True)
    wait, checks = await database.pool.fetchrow("SELECT next_check_at - now(), checks FROM bookings")
    assert timedelta(minutes=9, seconds=50) < wait <= timedelta(minutes=12)
    assert checks == 1


async def test_what_a_vanished_process_left_is_in_doubt(
    maker: Maker, doubts: DoubtLedger, database: Database, bookings: BookingLedger, desk: Desk, doctor: MadeDoctor
) -> None:
    """Old `submitting` and `cancelling` rows become doubts under new tokens, never failures; young ones are left."""
    left, cancelled, young = await maker.slots(doctor, 3)
    opened, booked = await desk.open(left), await desk.book(cancelled)
    cancelling, _ = await bookings.open_cancel(desk.site.holder(), booked.id, None)
    await desk.pass_time()
    fresh = await desk.open(young)
    assert await doubts.recover_abandoned(_OLD) == 2
    assert await doubts.recover_abandoned(_OLD) == 0
    states = {row["id"]: row for row in await database.pool.fetch("SELECT * FROM bookings")}
    assert states[opened.id]["state"] == "in_doubt"
    assert states[cancelling.id]["state"] == "cancel_in_doubt"
    assert states[fresh.id]["state"] == "submitting"
    assert all(states[id_]["next_check_at"] is not None for id_ in (opened.id, cancelling.id))
    assert (await _history(database, opened.id))[-1] == ("submitting", "in_doubt", "crash_recovery")
    assert await bookings.settle(opened.id, opened.token, settle_create(Booked("A-2")), actor="late") is None
    assert await database.pool.fetchval("SELECT state FROM holds WHERE starts_at = $1", left.starts_at) == "spent"
    with pytest.raises(SlotTaken):
        await maker.hold(left, desk.site.holder())


async def test_two_workers_recover_each_row_once(
    maker: Maker, doubts: DoubtLedger, database: Database, desk: Desk, doctor: MadeDoctor
) -> None:
    """Many recoveries at once write one step of history for each booking."""
    for slot in await maker.slots(doctor, 10):
        await desk.open(slot)
    await desk.pass_time()
    counts = await asyncio.gather(*(doubts.recover_abandoned(_OLD) for _ in range(6)))
    assert sum(counts) == 10
    assert await database.pool.fetchval("SELECT count(*) FROM booking_history WHERE cause = 'crash_recovery'") == 10


async def test_a_doubt_put_by_hand_has_a_next_step(
    maker: Maker, doubts: DoubtLedger, desk: Desk, doctor: MadeDoctor
) -> None:
    """Whoever puts a booking in doubt, it has a beginning and is due."""
    (slot,) = await maker.slots(doctor)
    opened = await desk.open(slot)
    await maker.database.pool.execute("UPDATE bookings SET state = 'in_doubt'")
    (claimed,) = await doubts.claim(1, _LEASE, at_once=1)
    assert (claimed.booking.id, claimed.age < _LEASE) == (opened.id, True)


async def test_a_patient_who_cannot_be_read_is_told_as_absent(
    maker: Maker, doubts: DoubtLedger, database: Database, desk: Desk, doctor: MadeDoctor
) -> None:
    """An erased patient, or one sealed with a lost key, stops neither the claim nor its neighbours."""
    for slot in await maker.slots(doctor, 3):
        await desk.doubt(slot)
    await desk.pass_time()
    await database.pool.execute(
        "UPDATE bookings SET patient_sealed = CASE WHEN starts_at = (SELECT min(starts_at) FROM bookings)"
        " THEN NULL ELSE 'gAAAAA-nonsense' END WHERE starts_at < (SELECT max(starts_at) FROM bookings)"
    )
    claimed = await doubts.claim(10, _LEASE, at_once=10)
    assert sorted(doubt.patient is None for doubt in claimed) == [False, True, True]


async def test_the_same_patient_s_doubts_stand_beside(
    maker: Maker, doubts: DoubtLedger, desk: Desk, doctor: MadeDoctor
) -> None:
    """Doubts of the same patient with the same doctor that day, or at the same time, are found; no others."""
    colleague = await maker.doctor(desk.site, lpu_code=doctor.ref.lpu_code)
    stranger = await maker.doctor(desk.site)
    first, second, third = await maker.slots(doctor, 3)
    (tomorrow,) = await maker.slots(doctor, 1, first=first.starts_at + timedelta(days=1))
    (same_time,) = await maker.slots(colleague, 1, first=third.starts_at)
    (elsewhere,) = await maker.slots(stranger, 1, first=third.starts_at)
    same_day, settled, at_once = await desk.doubt(first), await desk.book(second), await desk.doubt(same_time)
    await desk.doubt(tomorrow)
    await desk.doubt(elsewhere)
    refused = await desk.open(third)
    assert await doubts.beside(refused.id) == [same_day.id, at_once.id]
    assert settled.id not in await doubts.beside(refused.id)
    assert await doubts.beside(uuid4()) == []


async def test_the_operator_sees_what_was_seen(
    maker: Maker, doubts: DoubtLedger, bookings: BookingLedger, database: Database, desk: Desk, doctor: MadeDoctor
) -> None:
    """The evidence of the call and that of the looks stand together, and the slot stays blocked."""
    (slot,) = await maker.slots(doctor)
    doubted = await desk.doubt(slot)
    leased = await doubts.claim_one(doubted.id, _LEASE)
    assert isinstance(leased, Doubt)
    manual = Settlement(BookingState.MANUAL, "unresolved", evidence=LookEvidence("slot_busy", 4, 612))
    assert await bookings.settle(doubted.id, leased.booking.token, manual, actor="resolve")
    evidence = await database.pool.fetchval("SELECT evidence FROM bookings")
    for word in ("timeout", "slot_busy", "612"):
        assert word in evidence
    with pytest.raises(SlotTaken):
        await maker.hold(slot, desk.site.holder())


async def test_a_cancelled_slot_is_read_again_soon(
    maker: Maker, bookings: BookingLedger, database: Database, desk: Desk, doctor: MadeDoctor
) -> None:
    """After a cancel the slot stays off sale, and its schedule is due at once."""
    (slot,) = await maker.slots(doctor)
    booked = await desk.book(slot)
    await database.pool.execute("UPDATE emias_doctors SET next_sync_at = now() + interval '10 minutes'")
    cancelling, _ = await bookings.open_cancel(desk.site.holder(), booked.id, None)
    doubted = await bookings.settle(booked.id, cancelling.token, settle_cancel(Unknown(Cause.RESET)), actor="test")
    assert doubted
    assert await database.pool.fetchval("SELECT next_sync_at > now() FROM emias_doctors")
    gone = Settlement(BookingState.CANCELLED, "found_cancelled", read_again=True)
    assert await bookings.settle(booked.id, doubted.token, gone, actor="resolve")
    assert not await database.pool.fetchval("SELECT next_sync_at > now() FROM emias_doctors")
    assert not await database.pool.fetchval("SELECT is_free FROM local_emias_slots")


async def test_a_booking_without_an_id_is_looked_at_until_it_has_one(
    maker: Maker, doubts: DoubtLedger, bookings: BookingLedger, database: Database, desk: Desk, doctor: MadeDoctor
) -> None:
    """What EMIAS booked without naming is due like a doubt; named, a guest finds it and it can be cancelled."""
    named, nameless = await maker.slots(doctor, 2)
    for slot in (named, nameless):
        opened = await desk.open(slot)
        assert await bookings.settle(opened.id, opened.token, settle_create(Booked(None)), actor="test")
    await desk.pass_time()
    first, second = sorted(await doubts.claim(5, _LEASE, at_once=5), key=lambda doubt: doubt.booking.starts_at)
    assert (first.is_nameless, first.patient) == (True, PATIENT)
    assert not await bookings.name(first.booking.id, second.booking.token, "A-7", None)
    assert await bookings.name(first.booking.id, first.booking.token, "A-7", "Т-7")
    assert await doubts.rest(second.booking.id, second.booking.token)
    await desk.pass_time()
    assert await doubts.claim(5, _LEASE, at_once=5) == []
    assert (await bookings.look_up(desk.site.id, "Т-7", PATIENT.birth_date)).id == first.booking.id
    assert await bookings.open_cancel(desk.site.holder(), first.booking.id, None)
    assert ("booked", "booked", "named") in await _history(database, first.booking.id)
