"""Cancelling in EMIAS."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from gateway.domain.booking import Booking, BookingState
from gateway.domain.errors import EmiasUnavailable, NotCancellable
from gateway.domain.outcomes import Cancelled, CancelOutcome, Cause, NotSent, Refusal, Rejected, Unknown
from gateway.domain.retry import RetryRules
from gateway.domain.settlement import settle_cancel
from gateway.services.cancel import Cancel
from gateway.services.resend import Resend
from gateway.services.under_way import UnderWay
from tests.unit.services.fakes import Bookings, Emias, Pause
from tests.unit.services.samples import HOLDER, a_booking

OUTCOMES: list[CancelOutcome] = [
    Cancelled(),
    Cancelled(already=True),
    *(Rejected(kind, "E1") for kind in Refusal),
    NotSent(Cause.CONNECT, 0.5),
    Unknown(Cause.RESET),
]


class Rig:
    """The service among its stand-ins, with a booked appointment."""

    def __init__(self, outcome: CancelOutcome | None = None, *, appointment: str | None = "A1") -> None:
        self.journal: list[str] = []
        self.booking_id: UUID = uuid4()
        row = replace(a_booking(self.booking_id, BookingState.BOOKED), emias_appointment_id=appointment)
        self.ledger = Bookings(self.journal, {self.booking_id: row})
        self.emias = Emias(self.journal, cancelled=outcome)
        self.under_way = UnderWay()
        self.service = Cancel(self.ledger, self.emias, self.under_way, Resend(self.ledger, RetryRules(attempts=1)))

    async def run(self) -> Booking | Exception:
        """Cancel, and give back whatever the caller gets."""
        try:
            return await self.service.run(HOLDER, self.booking_id, "patient_request", None)
        except Exception as told:  # noqa: BLE001 - it is the caller's answer
            return told

    @property
    def row(self) -> Booking:
        """The booking as the table has it."""
        return self.ledger.rows[self.booking_id]


async def test_the_wish_is_a_row_before_emias_is_asked() -> None:
    """First `cancelling`, then the one call, then the outcome."""
    rig = Rig(Cancelled())
    assert await rig.run() == rig.row
    assert rig.journal == ["cancelling", "cancel A1", "cancelled"]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=repr)
async def test_every_outcome_is_recorded_and_told(outcome: CancelOutcome) -> None:
    """The row takes the state of the outcome, and the caller is told the same."""
    rig = Rig(outcome)
    told = await rig.run()
    assert rig.row.state is settle_cancel(outcome).state
    match outcome:
        case Cancelled() | Unknown() | Rejected(kind=Refusal.ALREADY_CANCELLED):
            assert told == rig.row
        case Rejected():
            assert isinstance(told, NotCancellable)
            assert told.reason == outcome.kind
        case NotSent():
            assert isinstance(told, EmiasUnavailable)
            assert (told.cause, told.retry_after) == (outcome.cause, 1)


async def test_what_cannot_be_cancelled_is_not_sent() -> None:
    """When the table refuses, EMIAS is not asked."""
    rig = Rig(Cancelled())
    rig.ledger.open_error = refusal = NotCancellable("in_doubt")
    assert await rig.run() is refusal
    assert rig.journal == []


async def test_an_appointment_whose_id_is_still_pending_stands() -> None:
    """Without EMIAS's id there is nothing to name: the booking stays booked and the caller is told why."""
    rig = Rig(Cancelled(), appointment=None)
    told = await rig.run()
    assert isinstance(told, NotCancellable)
    assert rig.journal == ["cancelling", "booked"]
    assert rig.ledger.settlements[0].error_code == "appointment_id_pending"


async def test_an_adapter_that_breaks_leaves_a_doubt() -> None:
    """An exception out of the adapter proves nothing about EMIAS."""
    rig = Rig()
    rig.emias.error = RuntimeError("bug")
    assert await rig.run() == rig.row
    assert rig.row.state is BookingState.CANCEL_IN_DOUBT


@pytest.mark.parametrize("outcome", OUTCOMES, ids=repr)
@pytest.mark.parametrize("trouble", ["record", "token"])
async def test_an_outcome_that_is_not_ours_to_tell_is_told_as_doubt(outcome: CancelOutcome, trouble: str) -> None:
    """When the outcome is not recorded, or another decides by now, the caller is told neither yes nor no."""
    rig = Rig(outcome)
    rig.ledger.settle_error = ConnectionError() if trouble == "record" else None
    rig.ledger.token_lost = trouble == "token"
    told = await rig.run()
    assert isinstance(told, Booking)
    assert told.state is BookingState.CANCEL_IN_DOUBT
    assert rig.row.state is BookingState.CANCELLING


@pytest.mark.parametrize("where", ["wish", "call"])
async def test_a_caller_who_hangs_up_stops_nothing(where: str) -> None:
    """Cancelled while the wish is committed or EMIAS is at work, the cancellation still comes to its end, once."""
    rig, pause = Rig(Cancelled()), Pause()
    if where == "wish":
        rig.ledger.open_pause = pause
    else:
        rig.emias.pause = pause
    caller = asyncio.create_task(rig.run())
    await pause.reached.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    pause.over.set()
    await rig.under_way.drain()
    assert rig.journal == ["cancelling", "cancel A1", "cancelled"]
