"""A booking is cancelled for an operator, once, whatever dies on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.domain.booking import BookingState
from gateway.domain.outcomes import CancelOutcome
from gateway.domain.patient import Patient
from gateway.domain.wish import WishKind, WishState
from gateway.services.cancel import Cancel
from gateway.services.under_way import UnderWay
from gateway.services.wishes.cancelling import Cancelling
from gateway.services.wishes.carry_out import CarryOut
from gateway.store.cases import CaseBook
from tests.integration.doubts.spies import Watched
from tests.integration.wishes.desk import Desk

K, S, W = WishKind, BookingState, WishState


class Hanging(Watched):
    """Cancels in EMIAS and never tells; `sent` is set when it has."""

    def __init__(self, inner: Watched) -> None:
        super().__init__(inner)
        self.sent = asyncio.Event()

    async def cancel_appointment(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str
    ) -> CancelOutcome:
        """Cancel, and hang."""
        await self.inner.cancel_appointment(lpu_code, appointment_id, patient, reason)
        self.sent.set()
        outcome: CancelOutcome = await asyncio.get_running_loop().create_future()
        return outcome


async def test_a_cancel_reaches_emias_with_its_code(desk: Desk) -> None:
    """The appointment is cancelled there and here; the history names the operator, EMIAS gets the reason's code."""
    booking = await desk.book_slot()
    seen = await desk.carried(K.CANCEL_BOOKING, booking.id, code="mistake")
    assert (seen.state, seen.data) == (W.DONE, {"state": "cancelled"})
    (made,) = desk.clinic.made_for(booking)
    assert (made.is_active, made.cancel_reason) == (False, "mistake")
    actors = await desk.database.pool.fetch("SELECT actor FROM booking_history WHERE cause = 'cancel_asked'")
    assert [row["actor"] for row in actors] == ["admin:anna"]
    assert await desk.breaches() == []


async def test_an_unclear_cancel_is_looked_into_by_itself(desk: Desk) -> None:
    """The wish tells that the answer is unclear, the looks find out, and asking again meanwhile is refused."""
    booking = await desk.book_slot()
    desk.clinic.spoil("CancelAppointment", "commit_then_drop")
    seen = await desk.carried(K.CANCEL_BOOKING, booking.id)
    assert (seen.state, seen.data) == (W.DONE, {"state": "cancel_in_doubt"})
    assert (await desk.carried(K.CANCEL_BOOKING, booking.id)).state is W.REFUSED
    async with desk.clinic.worker():
        assert (await desk.clinic.until(booking.id, S.CANCELLED)).state is S.CANCELLED
    assert desk.clinic.installation.journal.calls["CancelAppointment"] == 1
    assert await desk.breaches() == []


async def test_a_refused_cancel_tells_why(desk: Desk) -> None:
    """When EMIAS says that there is no such appointment the booking stands, and the wish has failed."""
    booking = await desk.book_slot()
    await desk.database.pool.execute("UPDATE bookings SET emias_appointment_id = 'A-0' WHERE id = $1", booking.id)
    seen = await desk.carried(K.CANCEL_BOOKING, booking.id)
    assert (seen.state, "refusal" in seen.data) == (W.FAILED, True)
    assert await desk.state(booking.id) == "booked"


async def test_what_is_in_doubt_is_not_cancelled(desk: Desk) -> None:
    """A booking whose outcome is unknown is refused, with the reason, and EMIAS is not asked."""
    desk.clinic.spoil("CreateAppointment", "commit_then_drop")
    booking = await desk.book_slot()
    seen = await desk.carried(K.CANCEL_BOOKING, booking.id)
    assert (seen.state, "сначала закройте" in seen.result) == (W.REFUSED, True)
    assert desk.clinic.installation.journal.calls["CancelAppointment"] == 0


async def test_two_administrators_make_one_cancel(desk: Desk) -> None:
    """The second is shown the first's wish, by name; EMIAS is asked once."""
    booking = await desk.book_slot()
    one, other = await asyncio.gather(
        desk.ask(K.CANCEL_BOOKING, booking.id, by="anna"), desk.ask(K.CANCEL_BOOKING, booking.id, by="boris")
    )
    assert sorted([one.is_new, other.is_new]) == [False, True]
    assert (one.wish.id, one.wish.wished_by) == (other.wish.id, other.wish.wished_by)
    rival = await desk.ask(K.RESOLVE_ABSENT, booking.id, by="clara")
    assert (rival.is_new, rival.wish.id) == (False, one.wish.id)
    async with desk.loop(), desk.loop():
        assert (await desk.ended(one.wish)).state is W.DONE
    assert desk.clinic.installation.journal.calls["CancelAppointment"] == 1
    assert await desk.database.pool.fetchval("SELECT count(*) FROM wishes") == 1
    assert await desk.breaches() == []


@pytest.mark.parametrize("resolved", [False, True])
async def test_a_worker_that_died_while_cancelling_is_followed_by_another(desk: Desk, *, resolved: bool) -> None:
    """Killed with the request sent, the cancel goes the way of doubt: one effect, and no second request."""
    booking = await desk.book_slot()
    wished = await desk.ask(K.CANCEL_BOOKING, booking.id)
    hanging = Hanging(Watched(desk.clinic.emias))
    dying = _dying_worker(desk, hanging)
    cut = asyncio.create_task(dying.one(await desk.lease_one(dying)))
    await hanging.sent.wait()
    cut.cancel()
    await asyncio.gather(cut, return_exceptions=True)
    if resolved:
        assert await desk.clinic.resolve.recover(timedelta()) == 1
        async with desk.clinic.worker():
            await desk.clinic.until(booking.id, S.CANCELLED)
    await desk.lapse()
    async with desk.loop():
        seen = await desk.ended(wished.wish)
    assert (seen.state, seen.data["state"]) == (W.DONE, "cancelled" if resolved else "cancelling")
    assert desk.clinic.installation.journal.calls["CancelAppointment"] == 1
    assert sum(not made.is_active for made in desk.clinic.installation.ledger) == 1
    assert await desk.breaches() == []


def _dying_worker(desk: Desk, emias: Hanging) -> CarryOut:
    """Make a worker whose calls nobody waits for when it dies."""
    cancel = Cancel(desk.clinic.ledger, emias, UnderWay(), desk.impatient)
    hand = Cancelling(CaseBook(desk.database, desk.clinic.cipher), cancel).carry
    return CarryOut(desk.book, {K.CANCEL_BOOKING: hand}, desk.lease)
