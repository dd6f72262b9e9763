"""A booking that surely was not sent is tried again, once; nothing that may have been made is."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.domain.booking import BookingState
from gateway.domain.hold import Holder
from gateway.domain.patient import OmsPolicy, Patient, Snils
from gateway.domain.wish import WishKind, WishState
from gateway.holds.memory import MemoryGate
from gateway.ports import GateAnswer
from tests.integration.builders import PATIENT
from tests.integration.wishes.desk import Desk

K, S, W = WishKind, BookingState, WishState
NEIGHBOUR = Patient(
    "Порталов", "Пётр", None, PATIENT.birth_date, Snils.parse("087-654-303 00"), OmsPolicy.parse("5078150847000121")
)


class _Together(MemoryGate):
    """A gate at which two wait for each other, long after each has looked at its booking."""

    def __init__(self) -> None:
        super().__init__()
        self._both = asyncio.Barrier(2)

    async def enter(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> GateAnswer:
        """Go in with the other."""
        await self._both.wait()
        return await super().enter(slot_id, owner, lasts)


async def test_a_booking_that_was_not_sent_is_made(desk: Desk) -> None:
    """The retry is a booking of its own for the same patient and slot; the failed one stays as it was."""
    failed = await desk.failed()
    assert failed.state is S.FAILED
    seen = await desk.carried(K.RETRY_BOOKING, failed.id)
    assert (seen.state, seen.data["state"]) == (W.DONE, "booked")
    made = await desk.clinic.ledger.get(desk.clinic.site.id, UUID(seen.data["booking"]))
    assert (made.slot_id, made.state) == (failed.slot_id, S.BOOKED)
    assert await desk.state(failed.id) == "failed"
    assert len(desk.clinic.made_for(made)) == 1
    steps = await desk.database.pool.fetch(
        "SELECT cause, actor FROM booking_history WHERE booking_id = $1 ORDER BY id", made.id
    )
    assert tuple(steps[0]) == ("retried", "admin:anna")
    assert await desk.breaches() == []


async def test_a_second_retry_is_refused(desk: Desk) -> None:
    """Once retried, a booking is not retried again, whoever asks and however often."""
    failed = await desk.failed()
    assert (await desk.carried(K.RETRY_BOOKING, failed.id)).state is W.DONE
    again = await desk.carried(K.RETRY_BOOKING, failed.id)
    assert (again.state, "повторили" in again.result) == (W.REFUSED, True)
    assert len(list(desk.clinic.installation.ledger)) == 1
    assert await desk.breaches() == []


@pytest.mark.parametrize("kind", ["commit_then_drop", "drop"])
async def test_a_doubtful_booking_is_not_retried(desk: Desk, kind: str) -> None:
    """While nobody knows whether the appointment exists a retry could make a second one."""
    desk.clinic.spoil("CreateAppointment", kind)
    booking = await desk.book_slot()
    seen = await desk.carried(K.RETRY_BOOKING, booking.id)
    assert (seen.state, "вторую запись" in seen.result) == (W.REFUSED, True)
    assert desk.clinic.installation.journal.calls["CreateAppointment"] == 1


async def test_a_booked_one_is_not_retried(desk: Desk) -> None:
    """There is nothing to retry, and the wish says so."""
    booking = await desk.book_slot()
    assert (await desk.carried(K.RETRY_BOOKING, booking.id)).state is W.REFUSED


async def test_a_proved_absence_may_be_retried(desk: Desk) -> None:
    """What the looks have proved absent is as good as not sent."""
    desk.clinic.spoil("CreateAppointment", "drop")
    booking = await desk.book_slot()
    async with desk.clinic.worker():
        await desk.clinic.until(booking.id, S.FAILED)
    await desk.clinic.read()
    assert (await desk.carried(K.RETRY_BOOKING, booking.id)).state is W.DONE
    assert len(list(desk.clinic.installation.ledger)) == 1
    assert await desk.breaches() == []


async def test_an_absence_on_a_word_alone_is_not_retried(desk: Desk) -> None:
    """An operator's word frees the booking but proves nothing."""
    failed = await desk.failed()
    await desk.database.pool.execute(
        "UPDATE booking_history SET cause = 'absent_by_word' WHERE booking_id = $1 AND to_state = 'failed'", failed.id
    )
    seen = await desk.carried(K.RETRY_BOOKING, failed.id)
    assert (seen.state, "доказательства" in seen.result) == (W.REFUSED, True)


async def test_a_slot_that_another_has_booked_is_refused(desk: Desk) -> None:
    """The slot may be sold meanwhile: the retry says that it is taken, and takes nothing from anybody."""
    failed = await desk.failed()
    other = await desk.book_slot(0, NEIGHBOUR)
    assert (other.state, other.slot_id) == (S.BOOKED, failed.slot_id)
    seen = await desk.carried(K.RETRY_BOOKING, failed.id)
    assert (seen.state, "занято" in seen.result) == (W.REFUSED, True)
    assert await desk.breaches() == []


async def test_a_patient_who_booked_again_is_not_booked_twice(desk: Desk) -> None:
    """Whoever has another booking made since, at whatever time, is left with it."""
    failed = await desk.failed()
    assert (await desk.book_slot(3)).state is S.BOOKED
    seen = await desk.carried(K.RETRY_BOOKING, failed.id)
    assert (seen.state, "сам" in seen.result) == (W.REFUSED, True)
    assert len(list(desk.clinic.installation.ledger)) == 1


async def test_a_patient_whose_earlier_booking_is_in_doubt_is_not_booked_beside_it(desk: Desk) -> None:
    """An earlier booking whose outcome nobody knows may be the appointment: it is settled before another is made."""
    desk.clinic.spoil("CreateAppointment", "drop")
    assert (await desk.book_slot(3)).state is S.IN_DOUBT
    failed = await desk.failed()
    seen = await desk.carried(K.RETRY_BOOKING, failed.id)
    assert (seen.state, "исход" in seen.result) == (W.REFUSED, True)
    assert len(list(desk.clinic.installation.ledger)) == 0


async def test_two_retries_of_one_patient_at_once_make_one_appointment(desk: Desk) -> None:
    """Whoever tried two slots in vain gets one of them, though both retries began before either was made."""
    failed = [await desk.failed(number) for number in (0, 3)]
    wished = [await desk.ask(K.RETRY_BOOKING, each.id) for each in failed]
    worker = desk.worker(gate=_Together())
    endings = await asyncio.gather(*(worker.one(wish) for wish in await worker.due(2)))
    assert sorted(endings) == ["done", "refused"]
    seen = [await desk.seen(each.wish) for each in wished]
    assert sum("сам" in each.result for each in seen) == 1
    assert len(list(desk.clinic.installation.ledger)) == 1
    assert await desk.breaches() == []


async def test_a_slot_that_a_visitor_holds_is_waited_for(desk: Desk) -> None:
    """While a visitor fills the form the wish waits, and it is told why."""
    failed = await desk.failed()
    await desk.clinic.hold(0)
    worker = desk.worker()
    wished = await desk.ask(K.RETRY_BOOKING, failed.id)
    assert await worker.one(await desk.lease_one(worker)) == "later"
    seen = await desk.seen(wished.wish)
    assert (seen.is_open, "удерживает" in seen.result) == (True, True)
    await desk.database.pool.execute("UPDATE holds SET expires_at = now() WHERE state = 'held'")
    await desk.lapse()
    assert await worker.one(await desk.lease_one(worker)) == "done"
    assert await desk.breaches() == []


async def test_a_retry_that_is_not_sent_either_can_itself_be_retried(desk: Desk) -> None:
    """The chain goes on from the newest; the hold that the retry took is given back."""
    failed = await desk.failed()
    await desk.simulator.stop()
    seen = await desk.carried(K.RETRY_BOOKING, failed.id)
    await desk.simulator.start()
    assert (seen.state, seen.data["state"]) == (W.FAILED, "failed")
    assert await desk.database.pool.fetchval("SELECT count(*) FROM holds WHERE state = 'held'") == 0
    assert (await desk.carried(K.RETRY_BOOKING, failed.id)).state is W.REFUSED
    assert (await desk.carried(K.RETRY_BOOKING, seen.data["booking"])).state is W.DONE
    assert len(list(desk.clinic.installation.ledger)) == 1
    assert await desk.breaches() == []


async def test_a_retry_whose_end_was_not_written_is_told_not_repeated(desk: Desk) -> None:
    """Killed after EMIAS was asked, the wish is taken over and tells of the booking that it made."""
    failed = await desk.failed()
    wished = await desk.ask(K.RETRY_BOOKING, failed.id)
    worker = desk.worker()
    wish = await desk.lease_one(worker)
    await worker.hands[wish.kind](wish)
    await desk.lapse()
    assert await worker.one(await desk.lease_one(worker)) == "done"
    assert (await desk.seen(wished.wish)).data["state"] == "booked"
    assert len(list(desk.clinic.installation.ledger)) == 1
    assert await desk.breaches() == []


async def test_the_closed_institution_is_refused(desk: Desk) -> None:
    """With the calls stopped nothing is tried; the reason says what to switch on first."""
    failed = await desk.failed()
    await desk.database.pool.execute("UPDATE institutions SET calls_stopped = true")
    seen = await desk.carried(K.RETRY_BOOKING, failed.id)
    assert (seen.state, "остановлен" in seen.result) == (W.REFUSED, True)


async def test_many_retries_of_one_booking_make_one_appointment(desk: Desk) -> None:
    """Four workers and eight askers: one wish, one booking, one appointment."""
    failed = await desk.failed()
    wished = await asyncio.gather(*(desk.ask(K.RETRY_BOOKING, failed.id, by=f"u{n}") for n in range(8)))
    assert sum(each.is_new for each in wished) == 1
    async with desk.loop(), desk.loop(), desk.loop(), desk.loop():
        assert (await desk.ended(wished[0].wish)).state is W.DONE
    assert len(list(desk.clinic.installation.ledger)) == 1
    assert await desk.breaches() == []


async def test_the_hold_of_a_run_that_died_is_taken_over(desk: Desk) -> None:
    """Killed between the hold and the booking, the retry does not wait for its own hold to run out."""
    failed = await desk.failed()
    await desk.ask(K.RETRY_BOOKING, failed.id)
    await desk.clinic.hold(0, Holder(desk.clinic.site.id, desk.clinic.site.key_id, f"retry:{failed.id}"))
    worker = desk.worker()
    assert await worker.one(await desk.lease_one(worker)) == "done"
    assert await desk.breaches() == []


async def test_a_retry_that_breaks_is_tried_again(desk: Desk) -> None:
    """Whatever broke before EMIAS was asked leaves no key behind that would hold up the next try."""
    failed = await desk.failed()
    wished = await desk.ask(K.RETRY_BOOKING, failed.id)
    await desk.database.pool.execute("ALTER TABLE local_emias_slots RENAME COLUMN room TO away")
    worker = desk.worker()
    assert await worker.one(await desk.lease_one(worker)) == "later"
    await desk.database.pool.execute("ALTER TABLE local_emias_slots RENAME COLUMN away TO room")
    await desk.lapse()
    assert await worker.one(await desk.lease_one(worker)) == "done"
    assert (await desk.seen(wished.wish)).state is W.DONE
    assert await desk.breaches() == []
