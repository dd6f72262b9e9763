"""A booking in doubt is closed by an operator: proved by EMIAS where it can be, refused where it is not so."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.domain.booking import Booking, BookingState
from gateway.domain.wish import WishKind, WishState
from gateway.store.switches import SwitchBoard
from tests.integration.doubts.spies import Blindfolded, Watched
from tests.integration.wishes.desk import Desk

K, S, W = WishKind, BookingState, WishState


async def _doubted(desk: Desk, kind: str) -> Booking:
    desk.clinic.spoil("CreateAppointment", kind)
    booking = await desk.book_slot()
    assert booking.state is S.IN_DOUBT
    return booking


async def _to_operator(desk: Desk, booking: Booking) -> None:
    await desk.database.pool.execute("UPDATE bookings SET retries_stopped = true WHERE id = $1", booking.id)
    assert await SwitchBoard(desk.database).hand_over_stopped("test") == 1


@pytest.mark.parametrize("manual", [False, True])
async def test_a_proved_appointment_books(desk: Desk, manual: bool) -> None:  # noqa: FBT001 - a parameter
    """With EMIAS's id, looked up among the patient's, the booking is booked, and the history names who said so."""
    booking = await _doubted(desk, "commit_then_drop")
    if manual:
        await _to_operator(desk, booking)
    (made,) = desk.clinic.made_for(booking)
    seen = await desk.carried(K.RESOLVE_BOOKED, booking.id, appointment_id=made.id)
    assert (seen.state, seen.data["cause"]) == (W.DONE, "operator_proved")
    booked = await desk.clinic.ledger.get(desk.clinic.site.id, booking.id)
    assert (booked.state, booked.emias_appointment_id, booked.ticket) == (S.BOOKED, made.id, made.ticket)
    actor = await desk.database.pool.fetchval("SELECT actor FROM booking_history ORDER BY id DESC LIMIT 1")
    assert actor == "admin:anna"
    assert await desk.breaches() == []


async def test_without_an_id_the_look_up_finds_it(desk: Desk) -> None:
    """Where EMIAS lists the patient's appointments the operator need not know the id."""
    booking = await _doubted(desk, "commit_then_drop")
    assert (await desk.carried(K.RESOLVE_BOOKED, booking.id)).state is W.DONE
    assert await desk.breaches() == []


async def test_an_appointment_that_is_not_the_patient_s_is_refused(desk: Desk) -> None:
    """An id that EMIAS does not list, or of a cancelled appointment, settles nothing; the doubt goes on."""
    booking = await _doubted(desk, "commit_then_drop")
    strange = await desk.carried(K.RESOLVE_BOOKED, booking.id, appointment_id="A-999")
    assert strange.state is W.REFUSED
    assert "нет" in strange.result
    assert await desk.state(booking.id) == "in_doubt"
    async with desk.clinic.worker():
        assert (await desk.clinic.until(booking.id, S.BOOKED)).state is S.BOOKED
    assert await desk.breaches() == []


async def test_an_absent_appointment_is_proved_only_after_a_while(desk: Desk) -> None:
    """While EMIAS may still commit the request the wish is refused; afterwards the booking fails."""
    booking = await _doubted(desk, "drop")
    desk.proof_after = timedelta(hours=1)
    early = await desk.carried(K.RESOLVE_ABSENT, booking.id)
    assert (early.state, early.result.startswith("рано")) == (W.REFUSED, True)
    desk.proof_after = timedelta()
    seen = await desk.carried(K.RESOLVE_ABSENT, booking.id)
    assert (seen.state, seen.data) == (W.DONE, {"state": "failed", "cause": "operator_proved_absent"})
    assert await desk.breaches() == []


async def test_what_emias_has_is_not_absent(desk: Desk) -> None:
    """An operator who says that it is absent is told the id under which EMIAS has it."""
    booking = await _doubted(desk, "commit_then_drop")
    seen = await desk.carried(K.RESOLVE_ABSENT, booking.id)
    assert seen.state is W.REFUSED
    assert desk.clinic.made_for(booking)[0].id in seen.result
    assert await desk.state(booking.id) == "in_doubt"


async def test_without_a_look_up_the_word_stands_and_is_told(desk: Desk) -> None:
    """A contract without a look-up takes the operator's word, and the history says whose it was."""
    booking = await _doubted(desk, "commit_then_drop")
    await _to_operator(desk, booking)
    (made,) = desk.clinic.made_for(booking)
    blind = desk.worker(Blindfolded(desk.clinic.emias))
    nameless = await desk.ask(K.RESOLVE_BOOKED, booking.id)
    assert await blind.one(await desk.lease_one(blind)) == "refused"
    assert "номер" in (await desk.seen(nameless.wish)).result
    wished = await desk.ask(K.RESOLVE_BOOKED, booking.id, appointment_id=made.id)
    assert await blind.one(await desk.lease_one(blind)) == "done"
    assert "по слову оператора" in (await desk.seen(wished.wish)).result
    assert (await desk.clinic.history(booking))[-1] == "booked:operator_word"
    assert await desk.breaches() == []


async def test_a_cancel_in_doubt_is_resolved_both_ways(desk: Desk) -> None:
    """What EMIAS has cancelled cannot be resolved as booked, and is as cancelled."""
    booking = await desk.book_slot()
    desk.clinic.spoil("CancelAppointment", "commit_then_drop")
    assert (await desk.carried(K.CANCEL_BOOKING, booking.id)).data == {"state": "cancel_in_doubt"}
    kept = await desk.carried(K.RESOLVE_BOOKED, booking.id)
    assert kept.state is W.REFUSED
    gone = await desk.carried(K.RESOLVE_ABSENT, booking.id)
    assert (gone.state, gone.data["state"]) == (W.DONE, "cancelled")
    assert await desk.breaches() == []


async def test_emias_that_does_not_answer_leaves_the_doubt(desk: Desk) -> None:
    """Without an answer nothing is settled on a word that could be proved; the wish fails and may be asked again."""
    booking = await _doubted(desk, "commit_then_drop")
    desk.clinic.spoil("*", "drop", times=0)
    seen = await desk.carried(K.RESOLVE_ABSENT, booking.id)
    desk.clinic.installation.faults.clear()
    assert (seen.state, await desk.state(booking.id)) == (W.FAILED, "in_doubt")


@pytest.mark.parametrize("kind", [K.RESOLVE_BOOKED, K.RESOLVE_ABSENT])
async def test_a_known_outcome_is_not_resolved(desk: Desk, kind: WishKind) -> None:
    """A booked booking is refused, with the reason, and stays."""
    booking = await desk.book_slot()
    seen = await desk.carried(kind, booking.id, appointment_id="A-1")
    assert (seen.state, "известен" in seen.result) == (W.REFUSED, True)
    assert await desk.state(booking.id) == "booked"


async def test_a_worker_that_died_while_resolving_is_followed_by_another(desk: Desk) -> None:
    """Killed between the look and the settling, nothing was done; the next worker ends it, once."""
    booking = await _doubted(desk, "commit_then_drop")
    wished = await desk.ask(K.RESOLVE_BOOKED, booking.id)
    watched = Watched(desk.clinic.emias)
    watched.pause = asyncio.Event()
    dying = desk.worker(watched)
    cut = asyncio.create_task(dying.one(await desk.lease_one(dying)))
    await watched.looking.wait()
    cut.cancel()
    await asyncio.gather(cut, return_exceptions=True)
    await desk.lapse()
    async with desk.loop():
        assert (await desk.ended(wished.wish)).state is W.DONE
    assert [step for step in await desk.clinic.history(booking) if step.startswith("booked")] == [
        "booked:operator_proved"
    ]
    assert await desk.breaches() == []


async def test_a_resolution_whose_end_was_not_written_is_told_not_repeated(desk: Desk) -> None:
    """Killed after the settling, the wish ends as done by the next worker, and the booking has one settlement."""
    booking = await _doubted(desk, "commit_then_drop")
    wished = await desk.ask(K.RESOLVE_BOOKED, booking.id)
    worker = desk.worker()
    wish = await desk.lease_one(worker)
    await worker.hands[wish.kind](wish)
    await desk.lapse()
    assert await worker.one(await desk.lease_one(worker)) == "done"
    assert (await desk.seen(wished.wish)).data["state"] == "booked"
    assert len(await desk.clinic.history(booking)) == 3
