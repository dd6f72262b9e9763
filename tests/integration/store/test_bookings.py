"""Bookings: every step a row, one live booking a slot, tokens that fence."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import asyncpg
import pytest

from gateway.domain.booking import Booking, BookingState
from gateway.domain.directory import FreeSlot
from gateway.domain.errors import HoldExpired, IdempotencyInProgress, NotCancellable, NotFound, SlotTaken
from gateway.domain.hold import Holder
from gateway.domain.outcomes import Booked, Cancelled, Cause, NotSent, Refusal, Rejected, Unknown
from gateway.domain.settlement import settle_cancel, settle_create
from gateway.ports import IdempotencyKey
from gateway.store.bookings import BookingLedger
from gateway.store.engine import Database
from gateway.store.sync_book import SyncBook
from tests.integration.builders import PATIENT, MadeDoctor, MadeSite, Maker, intent_for

_LEASE = timedelta(minutes=1)


async def _open(maker: Maker, bookings: BookingLedger, slot: FreeSlot, holder: Holder) -> Booking:
    hold = await maker.hold(slot, holder)
    booking, _ = await bookings.open(intent_for(holder, hold.id))
    return booking


async def _book(
    maker: Maker, bookings: BookingLedger, slot: FreeSlot, holder: Holder, ticket: str | None = None
) -> Booking:
    opened = await _open(maker, bookings, slot, holder)
    booked = await bookings.settle(opened.id, opened.token, settle_create(Booked("A-1", ticket)), actor="test")
    assert booked
    return booked


async def test_intent_is_a_sealed_row(
    maker: Maker, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """An opened booking is submitting, says which slot, and shows nothing of its patient."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    booking, booked_slot = await bookings.open(intent_for(visitor, hold.id))
    assert booking.state is BookingState.SUBMITTING
    assert (booked_slot, booking.doctor_id, booking.attempt) == (slot, doctor.element_id, 1)
    row = await database.pool.fetchrow("SELECT b::text AS told FROM bookings b")
    for secret in (PATIENT.last_name, PATIENT.snils.digits, PATIENT.oms.number, "1985", "900 000"):
        assert secret not in row["told"].replace(PATIENT.mask(), "")
    history = await database.pool.fetch("SELECT from_state, to_state, cause, actor FROM booking_history")
    assert [tuple(step) for step in history] == [(None, "submitting", "submitted", f"key:{site.key_id}")]


async def test_two_submissions_of_one_hold(
    maker: Maker, bookings: BookingLedger, site: MadeSite, doctor: MadeDoctor
) -> None:
    """Of many submissions of one hold at once one is opened and the others hear that the slot is taken."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    results = await asyncio.gather(
        *(bookings.open(intent_for(visitor, hold.id)) for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(result, tuple) for result in results) == 1
    assert sum(isinstance(result, SlotTaken) for result in results) == 19


async def test_unknown_foreign_and_dead_holds(
    maker: Maker, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A hold that is not the site's is not found; one past its end is written off as expired."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    for holder, hold_id in ((visitor, uuid4()), ((await maker.site()).holder(), hold.id)):
        with pytest.raises(NotFound):
            await bookings.open(intent_for(holder, hold_id))
    await maker.expire(hold.id)
    for _ in range(2):
        with pytest.raises(HoldExpired):
            await bookings.open(intent_for(visitor, hold.id))
    assert await database.pool.fetchval("SELECT state FROM holds") == "expired"


async def test_slot_sold_meanwhile_is_taken(
    maker: Maker, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A slot that the mirror lost during the hold is taken at the submission."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    await database.pool.execute("UPDATE local_emias_slots SET is_free = false, state = 'busy'")
    with pytest.raises(SlotTaken):
        await bookings.open(intent_for(visitor, hold.id))


async def test_booked_spends_hold_and_slot(
    maker: Maker, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A booking that EMIAS made spends the hold, takes the slot off sale and drops the schedule's digest."""
    await database.pool.execute("UPDATE emias_doctors SET digest = 'old'")
    (slot,) = await maker.slots(doctor)
    booked = await _book(maker, bookings, slot, site.holder(), "Т-77")
    assert (booked.state, booked.emias_appointment_id, booked.ticket) == (BookingState.BOOKED, "A-1", "Т-77")
    assert await database.pool.fetchval("SELECT state FROM holds") == "spent"
    assert await database.pool.fetchval("SELECT state FROM local_emias_slots") == "busy"
    assert await database.pool.fetchval("SELECT digest FROM emias_doctors") is None
    history = await database.pool.fetch("SELECT from_state, to_state FROM booking_history ORDER BY id")
    assert [tuple(step) for step in history] == [(None, "submitting"), ("submitting", "booked")]


async def test_booking_outdates_a_read_under_way(
    maker: Maker, bookings: BookingLedger, sync: SyncBook, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A schedule read begun before the booking loses its lease, so that it cannot put the slot back on sale."""
    (slot,) = await maker.slots(doctor)
    (due,) = await sync.claim_due(5, _LEASE)
    await _book(maker, bookings, slot, site.holder())
    assert not await sync.unchanged(due, _LEASE)
    assert await sync.claim(doctor.ref, _LEASE)


async def test_refused_patient_may_try_again(
    maker: Maker, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """After a refusal of the patient's data the hold lives and takes another booking."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    first, _ = await bookings.open(intent_for(visitor, hold.id))
    refused = await bookings.settle(
        first.id, first.token, settle_create(Rejected(Refusal.POLICY_INVALID, "17")), actor="test"
    )
    assert refused
    assert (refused.state, refused.refusal, refused.error_code) == (BookingState.REJECTED, Refusal.POLICY_INVALID, "17")
    assert await database.pool.fetchval("SELECT is_free FROM local_emias_slots")
    second, _ = await bookings.open(intent_for(visitor, hold.id))
    assert second.token > first.token


async def test_lost_slot_releases_the_hold(
    maker: Maker, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """When EMIAS says that the slot is taken, hold and slot go."""
    (slot,) = await maker.slots(doctor)
    opened = await _open(maker, bookings, slot, site.holder())
    await bookings.settle(opened.id, opened.token, settle_create(Rejected(Refusal.SLOT_TAKEN, "5")), actor="test")
    assert await database.pool.fetchval("SELECT state FROM holds") == "released"
    assert not await database.pool.fetchval("SELECT is_free FROM local_emias_slots")


async def test_unknown_outcome_is_kept_with_evidence(
    maker: Maker, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """An unknown outcome is in doubt, planned for a check, blocks its slot and resolves later."""
    (slot,) = await maker.slots(doctor)
    opened = await _open(maker, bookings, slot, site.holder())
    doubted = await bookings.settle(opened.id, opened.token, settle_create(Unknown(Cause.TIMEOUT)), actor="test")
    assert doubted
    assert doubted.state is BookingState.IN_DOUBT
    row = await database.pool.fetchrow("SELECT evidence, next_check_at > now() AS planned FROM bookings")
    assert "timeout" in row["evidence"]
    assert row["planned"]
    with pytest.raises(SlotTaken):
        await maker.hold(slot, site.holder())
    booked = await bookings.settle(opened.id, opened.token, settle_create(Booked("A-9")), actor="resolver")
    assert booked
    assert booked.ticket == "A-9"
    assert await database.pool.fetchval("SELECT next_check_at FROM bookings") is None


async def test_older_token_changes_nothing(
    maker: Maker, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """Who comes late with an older token changes nothing."""
    (slot,) = await maker.slots(doctor)
    opened = await _open(maker, bookings, slot, site.holder())
    await database.pool.execute("UPDATE bookings SET state = 'in_doubt', token = nextval('fencing_tokens')")
    assert await bookings.settle(opened.id, opened.token, settle_create(Booked("A-1")), actor="late") is None
    assert (await bookings.get(site.id, opened.id)).state is BookingState.IN_DOUBT


async def test_settled_twice_stays(maker: Maker, bookings: BookingLedger, site: MadeSite, doctor: MadeDoctor) -> None:
    """Of two settlements at once one is committed, and a settled booking moves no further."""
    (slot,) = await maker.slots(doctor)
    opened = await _open(maker, bookings, slot, site.holder())
    results = await asyncio.gather(
        bookings.settle(opened.id, opened.token, settle_create(Booked("A-1")), actor="one"),
        bookings.settle(opened.id, opened.token, settle_create(NotSent(Cause.DNS)), actor="two"),
    )
    assert sum(result is not None for result in results) == 1


async def test_database_refuses_illegal_moves(
    maker: Maker, bookings: BookingLedger, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """The database itself refuses a move that the domain does not know, and a booking that begins in the middle."""
    (slot,) = await maker.slots(doctor)
    booked = await _book(maker, bookings, slot, site.holder())
    for state in ("submitting", "failed", "cancelled", "rejected"):
        with pytest.raises(asyncpg.CheckViolationError):
            await database.pool.execute("UPDATE bookings SET state = $2 WHERE id = $1", booked.id, state)
    with pytest.raises(asyncpg.CheckViolationError):
        await database.pool.execute(
            "INSERT INTO bookings (id, site_id, api_key_id, hold_id, site_doctor_id, doctor_id, starts_at, slot_id,"
            " emias_slot_id, state, patient_mask, snils_hash, birth_hash)"
            " SELECT gen_random_uuid(), site_id, api_key_id, hold_id, site_doctor_id, doctor_id, now(), slot_id,"
            " emias_slot_id, 'booked', '', '', '' FROM bookings"
        )


async def test_guest_finds_by_ticket_and_birth_date(
    maker: Maker, bookings: BookingLedger, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A guest finds a booking by ticket and birth date together, on that site only; the newest of equal ones."""
    older, newer = await maker.slots(doctor, 2)
    await _book(maker, bookings, older, site.holder(), "Т-1")
    newest = await _book(maker, bookings, newer, site.holder(), "Т-1")
    assert (await bookings.look_up(site.id, " т-1", PATIENT.birth_date)).id == newest.id
    other = await maker.site()
    for site_id, ticket, born in (
        (site.id, "Т-2", PATIENT.birth_date),
        (site.id, "Т-1", date(1985, 3, 15)),
        (other.id, "Т-1", PATIENT.birth_date),
    ):
        with pytest.raises(NotFound):
            await bookings.look_up(site_id, ticket, born)


async def test_booking_belongs_to_its_site(
    maker: Maker, bookings: BookingLedger, site: MadeSite, doctor: MadeDoctor
) -> None:
    """Another site neither reads nor cancels a booking."""
    (slot,) = await maker.slots(doctor)
    booked = await _book(maker, bookings, slot, site.holder())
    assert await bookings.get(site.id, booked.id) == booked
    other = await maker.site()
    with pytest.raises(NotFound):
        await bookings.get(other.id, booked.id)
    with pytest.raises(NotFound):
        await bookings.open_cancel(other.holder(), booked.id, None)


async def test_cancel_takes_a_new_token(
    maker: Maker, bookings: BookingLedger, site: MadeSite, doctor: MadeDoctor
) -> None:
    """Cancelling opens the patient, fences the old token, and ends cancelled."""
    (slot,) = await maker.slots(doctor)
    holder = site.holder()
    booked = await _book(maker, bookings, slot, holder)
    cancelling, patient = await bookings.open_cancel(holder, booked.id, None)
    assert patient == PATIENT
    assert cancelling.state is BookingState.CANCELLING
    assert cancelling.token > booked.token
    assert await bookings.settle(booked.id, booked.token, settle_cancel(Cancelled()), actor="late") is None
    with pytest.raises(NotCancellable, match="cancelling"):
        await bookings.open_cancel(holder, booked.id, None)
    cancelled = await bookings.settle(booked.id, cancelling.token, settle_cancel(Cancelled()), actor="test")
    assert cancelled
    assert cancelled.state is BookingState.CANCELLED


async def test_booking_without_appointment_id_is_not_cancelled_yet(
    maker: Maker, bookings: BookingLedger, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A booking whose appointment EMIAS has not yet named is not cancelled, and stays booked."""
    (slot,) = await maker.slots(doctor)
    holder = site.holder()
    opened = await _open(maker, bookings, slot, holder)
    await bookings.settle(opened.id, opened.token, settle_create(Booked(None)), actor="test")
    with pytest.raises(NotCancellable, match="appointment_id_pending"):
        await bookings.open_cancel(holder, opened.id, None)
    assert (await bookings.get(site.id, opened.id)).state is BookingState.BOOKED


async def test_key_that_was_taken_over_opens_nothing(
    maker: Maker, bookings: BookingLedger, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A run whose idempotency key is gone or another's opens no booking."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    key = IdempotencyKey(site.key_id, "book", "vanished")
    with pytest.raises(IdempotencyInProgress):
        await bookings.open(intent_for(visitor, hold.id, key))
    assert await bookings.open(intent_for(visitor, hold.id))
